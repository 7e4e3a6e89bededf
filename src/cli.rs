//! The command line: what was asked, and the exit code that answers it.

use crate::access::{self, Want};
use crate::error::ErrorKind;
use crate::resume::Program;
use crate::script::{Failure, Limits, Session, Setup};
use crate::terminal::{ask_to_end, complain, say};
use crate::{
    fetch, interrupt, memory,
    ml::{denormals, device, heap},
    places,
    repl::{self, Console},
    script, testing,
};
use clap::{Args, Parser, Subcommand};
use std::{
    collections::BTreeMap,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
    process::ExitCode,
    rc::Rc,
    time::Duration,
};

const SCRIPT_ERROR: u8 = 1;
const USAGE: u8 = 2;

/// The device that is taken where none is named.
const AUTO: &str = "auto";

/// Runs Rhai scripts over libtorch: tensors, IMDb reviews, LSTM and BiLSTM networks, optimizers, plots.
///
/// Without a file, a prompt.
#[derive(Parser)]
#[command(name = "imdbsh", version, subcommand_precedence_over_arg = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Run {
    /// The script to run; `-` reads it from standard input.
    file: Option<String>,
    /// Options of the script, in place of its defaults.
    #[arg(value_name = "KEY=VALUE")]
    arguments: Vec<String>,
    /// Runs this code instead of a file and prints its value.
    #[arg(short = 'e', value_name = "CODE")]
    code: Option<String>,
}

#[derive(Args)]
struct Common {
    /// Where tensors live: auto, cpu, cuda, cuda:N or mps.
    #[arg(long, global = true, default_value = AUTO)]
    device: String,
    /// How many threads libtorch and the text functions use [default: one per core].
    #[arg(long, global = true, value_name = "N")]
    threads: Option<std::num::NonZeroU16>,
    /// The seed of all randomness, in place of the script's own.
    #[arg(long, global = true, value_name = "N")]
    seed: Option<i64>,
    /// The folder for the run's files, in place of runs/NAME-DATE-TIME.
    #[arg(long, global = true, value_name = "DIR")]
    run_dir: Option<PathBuf>,
    /// Where data sets are, before IMDBSH_DATA and the cache.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Lets the script read below this folder too. It reads below the current folder, its own, the data folders and those of
    /// IMDBSH_PATH; a folder that is written may be read.
    #[arg(long, global = true, value_name = "DIR")]
    allow_read: Vec<PathBuf>,
    /// Lets the script write below this folder too. It writes below the current folder and its run folder.
    #[arg(long, global = true, value_name = "DIR")]
    allow_write: Vec<PathBuf>,
    /// Takes up functions of the script and of the standard library that are edited while a training runs, at its next epoch.
    #[arg(long, global = true)]
    watch: bool,
    /// Ends a script after so many operations without any work on tensors; 0 never does.
    #[arg(long, global = true, value_name = "N", default_value_t = Limits::default().operations)]
    max_operations: u64,
    /// Ends the program after so many seconds.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_seconds: Option<u32>,
    /// How much memory the script's tensors may take, such as 2G; its texts, arrays and maps a quarter of it [default: what is free].
    #[arg(long, global = true, value_name = "SIZE", value_parser = memory::parse)]
    max_memory: Option<u64>,
    /// How deep functions may call each other.
    #[arg(long, global = true, value_name = "N", default_value_t = Limits::default().depth as u16,
        value_parser = clap::value_parser!(u16).range(1..=Limits::DEEPEST as i64))]
    max_depth: u16,
    /// How many bytes a text may have; 0: as many as fit into memory. This one and the next two take time at each call.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    max_string: usize,
    /// How many values an array may have, those of arrays in it included; 0: as many as fit into memory.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    max_array: usize,
    /// How many values a map may have when a function is called with it; 0: as many as fit into memory.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    max_map: usize,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the functions test_… of a suite, or of every suite in a folder.
    Test {
        /// A .rhai file, or a folder of them.
        path: PathBuf,
    },
    /// Shows what a function does, or lists all functions.
    Doc {
        /// A function such as matmul or schedule::cosine, a module such as schedule, or words to search for.
        name: Option<String>,
    },
    /// Goes on with a run that was interrupted, or is to go further: its script is run again, with its options and its seed, and
    /// its training goes on from the newest checkpoint.
    ///
    /// Paused and resumed or not, a run of the same options ends with the same numbers.
    Resume {
        /// The run folder.
        run: PathBuf,
        /// Options of the script, in place of those of the run.
        #[arg(value_name = "KEY=VALUE")]
        arguments: Vec<String>,
        /// The checkpoint to go on from, such as e0003-s000120, in place of the newest.
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        /// Takes the script as it is now, in place of the copy that the run kept.
        #[arg(long)]
        edited: bool,
    },
    /// Downloads data sets into the cache, where scripts find them; without a name, lists those that it knows.
    ///
    /// A download that was cut goes on where it ended. Checksums are compared before anything is unpacked, and a folder appears
    /// when it is whole. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are obeyed. The folder's path goes to standard output.
    Fetch {
        /// imdb, glove, …
        names: Vec<String>,
        /// The folder to unpack into, in place of --data, or of imdbsh/data in the cache (XDG_CACHE_HOME, ~/.cache).
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// The folder of a server that has the same archives, in place of the official one; IMDBSH_MIRROR says the same.
        #[arg(long, value_name = "URL")]
        from: Option<String>,
    },
}

pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // First of all: the threads that libtorch starts take it over.
    denormals::flush_to_zero();
    heap::share();
    interrupt::install();
    script::quiet_panics();
    let code = memory::with_stack(|| run(cli));
    ExitCode::from(code.unwrap_or_else(|cause| {
        complain(&format!("error: {cause}"));
        SCRIPT_ERROR
    }))
}

fn run(cli: Cli) -> u8 {
    match dispatch(cli) {
        Ok(()) => 0,
        Err(Failure::Script(report)) => {
            complain(&report);
            SCRIPT_ERROR
        }
        Err(Failure::Interrupted(report)) => {
            complain(&report);
            interrupt::code()
        }
        Err(Failure::Usage(message)) => {
            complain(&format!("error: {message}"));
            USAGE
        }
    }
}

fn dispatch(mut cli: Cli) -> Result<(), Failure> {
    let resumed = match &cli.command {
        Some(Command::Resume { run, .. }) => Some(Program::of(run).map_err(usage)?),
        _ => None,
    };
    // A run goes on as it was: on another device, or with other threads, sums are rounded in another way.
    let of_run = |p: &Program| p.device.clone().filter(|_| cli.common.device == AUTO);
    if let Some(device) = resumed.as_ref().and_then(of_run) {
        cli.common.device = device;
    }
    device::set_current(device::parse(&cli.common.device).map_err(usage)?);
    let threads = cli.common.threads.map(|threads| usize::from(threads.get()));
    if let Some(threads) = threads.or_else(|| resumed.as_ref()?.threads) {
        tch::set_num_threads(threads as i32);
        // Only fails where the pool is there already, which nothing before this line makes.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    if let (Some(_), Some(other)) = (&cli.command, cli.run.code.as_ref().or(cli.run.file.as_ref())) {
        return Err(Failure::Usage(format!("`{other}` and a command: one of the two, please")));
    }
    match cli.command {
        Some(Command::Test { path }) => {
            confine(&cli.common, if path.is_dir() { Some(&path) } else { path.parent() })?;
            testing::run(&path, || setup(&cli.common, "test"))
        }
        Some(Command::Doc { name }) => {
            let session = Session::new(setup(&cli.common, "session")).map_err(usage)?;
            script::pages::show(&session.engine, name.as_deref()).map_err(usage)
        }
        Some(Command::Fetch { names, to, from }) => fetch(&names, to.or(cli.common.data), from),
        Some(Command::Resume { arguments, from, edited, .. }) => match resumed {
            Some(program) => resume(program, &cli.common, &arguments, from, edited),
            None => Ok(()),
        },
        None => run_script(cli.run, &cli.common),
    }
}

fn resume(
    mut program: Program,
    common: &Common,
    arguments: &[String],
    from: Option<String>,
    edited: bool,
) -> Result<(), Failure> {
    if edited {
        program.take_edited().map_err(usage)?;
    }
    // Not the folders that its `config.json` names: the script can write there.
    confine(common, None)?;
    program.run_folders().for_each(|folder| access::allow(Want::Write, folder));
    let (name, text) = program.script();
    let setup = program.setup(with_prompt(setup(common, "session")).0, key_values(arguments)?, from);
    Session::new(setup).map_err(usage)?.eval(&name, &text).map(drop)
}

/// The setup with the terminal to ask at, where there is one.
fn with_prompt(mut setup: Setup) -> (Setup, Console) {
    let console = Console::default();
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        setup.prompt = Some(Rc::new(console.clone()));
        interrupt::ask_with(ask_to_end);
    }
    (setup, console)
}

fn fetch(names: &[String], to: Option<PathBuf>, from: Option<String>) -> Result<(), Failure> {
    let packages = names.iter().map(|name| fetch::package(name)).collect::<Result<Vec<_>, _>>().map_err(usage)?;
    let no_home = || Failure::Usage("there is no home folder for the cache: name a folder with --to DIR".into());
    let folder = to.or_else(places::fetched).ok_or_else(no_home)?;
    if packages.is_empty() {
        for package in fetch::CATALOG {
            let there = if package.is_in(&folder) { "here" } else { "" };
            say(&format!("{:<15} {:>8}  {:<5} {}", package.name, package.size, there, package.about));
        }
        return Ok(());
    }
    let mirror = from.or_else(|| std::env::var("IMDBSH_MIRROR").ok()).filter(|mirror| !mirror.is_empty());
    for package in packages {
        let found = fetch::fetch(package, &folder, mirror.as_deref(), &fetch::Patience::default());
        let path = found.map_err(|e| match e.kind {
            ErrorKind::Interrupted => Failure::Interrupted(e.message),
            _ => Failure::Script(format!("error: {}", e.message)),
        })?;
        say(&path.display().to_string());
    }
    Ok(())
}

fn run_script(run: Run, common: &Common) -> Result<(), Failure> {
    let (mut setup, console) = with_prompt(setup(common, "session"));
    let (file, arguments) = match run.code {
        // With -e there is no file: what clap took for one is the first option.
        Some(_) => (None, run.file.into_iter().chain(run.arguments).collect()),
        None => (run.file, run.arguments),
    };
    setup.arguments = key_values(&arguments)?;
    confine(common, file.as_deref().filter(|file| *file != "-").and_then(|file| Path::new(file).parent()))?;
    if let Some(code) = run.code {
        setup.script.clone_from(&code);
        let mut session = Session::new(setup).map_err(usage)?;
        let value = session.eval("-e", &code)?;
        if !value.is_unit() {
            say(&session.show(&value));
        }
        return Ok(());
    }
    match file.as_deref() {
        None if std::io::stdin().is_terminal() => repl::run(&console, Session::new(setup).map_err(usage)?),
        None | Some("-") => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|e| Failure::Usage(format!("cannot read standard input: {e}")))?;
            setup.script.clone_from(&text);
            Session::new(setup).map_err(usage)?.eval("standard input", &text).map(drop)
        }
        Some(file) => {
            let path = Path::new(file);
            setup.name = path.file_stem().map_or_else(|| file.to_string(), |s| s.to_string_lossy().into_owned());
            setup.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
            setup.script = read_script(path)?;
            setup.file = Some(path.to_path_buf());
            let text = setup.script.clone();
            Session::new(setup).map_err(usage)?.eval(file, &text).map(drop)
        }
    }
}

/// From here on, what happens is done for a script: it reaches the files, and takes the memory and the time, that the user allows.
fn confine(common: &Common, script: Option<&Path>) -> Result<(), Failure> {
    if let Some(folder) = common.allow_read.iter().chain(&common.allow_write).find(|folder| !folder.is_dir()) {
        return Err(Failure::Usage(format!("there is no folder {} to allow", folder.display())));
    }
    memory::limit(common.max_memory);
    if let Some(seconds) = common.max_seconds {
        interrupt::expire_after(Duration::from_secs(seconds.into()));
    }
    access::confine();
    let chosen = common.allow_write.iter().map(|folder| (Want::Write, folder.as_path()));
    let chosen = chosen.chain(common.allow_read.iter().map(|folder| (Want::Read, folder.as_path())));
    for (want, folder) in chosen.chain([(Want::Write, Path::new("."))]) {
        access::allow(want, folder);
    }
    let known = places::data_folders(common.data.as_deref()).chain(places::library_folders());
    for folder in known.chain(script.map(Path::to_path_buf)) {
        access::allow(Want::Read, &folder);
    }
    Ok(())
}

fn read_script(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| usage(crate::error::Error::file("read the script", path, e)))?;
    String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{} is not a text file in UTF-8", path.display())))
}

fn setup(common: &Common, name: &str) -> Setup {
    Setup {
        seed: common.seed,
        run_dir: common.run_dir.clone(),
        data_dir: common.data.clone(),
        cache: crate::places::cache(),
        limits: Limits {
            operations: common.max_operations,
            depth: usize::from(common.max_depth),
            string: common.max_string,
            array: common.max_array,
            map: common.max_map,
        },
        watch: common.watch,
        ..Setup::named(name)
    }
}

fn key_values(arguments: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut map = BTreeMap::new();
    for argument in arguments {
        let Some((key, value)) = argument.split_once('=') else {
            return Err(Failure::Usage(format!("options are given as key=value, got `{argument}`")));
        };
        if map.insert(key.to_string(), value.to_string()).is_some() {
            return Err(Failure::Usage(format!("option `{key}` is given twice")));
        }
    }
    Ok(map)
}

fn usage(error: crate::error::Error) -> Failure {
    Failure::Usage(error.message)
}
