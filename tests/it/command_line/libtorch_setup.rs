//! `tools/libtorch.sh` on its cheap paths: each test has a checkout and a cache of its own, and a libtorch of four small
//! files. The whole download is what `make` does.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const VERSION: &str = "2.13.0";

/// A checkout that holds only the tools, and the user's cache beside it.
struct Machine {
    folder: tempfile::TempDir,
}

/// What one run of the script came to.
struct Run {
    success: bool,
    messages: String,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tools = folder.path().join("a checkout/tools");
        fs::create_dir_all(&tools).unwrap();
        for name in ["libtorch.sh", "unpack_libtorch.py"] {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools").join(name);
            fs::copy(source, tools.join(name)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn link(&self) -> PathBuf {
        self.path("a checkout/libtorch")
    }

    /// The script, cut off from the network and from what the person who runs the tests has set.
    fn script(&self) -> Command {
        let mut command = Command::new("bash");
        command.arg(self.path("a checkout/tools/libtorch.sh")).stdin(Stdio::null());
        for name in ["LIBTORCH", "LIBTORCH_BYPASS_VERSION_CHECK", "IMDBSH_LIBTORCH_URL", "PIP_FIND_LINKS"] {
            command.env_remove(name);
        }
        command.env("XDG_CACHE_HOME", self.path("cache")).env("IMDBSH_TORCH", "cpu");
        // Nothing listens on port 9 of this machine. pip reads no settings file, so that none leads it elsewhere.
        command.env("PIP_CONFIG_FILE", "/dev/null").env("PIP_INDEX_URL", "http://127.0.0.1:9/").env("PIP_RETRIES", "0");
        for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env(name, "http://127.0.0.1:9/");
        }
        command
    }

    /// A folder laid out like libtorch, with empty files.
    fn libtorch(&self, name: &str, version: &str) -> PathBuf {
        let root = self.path(name);
        let include = root.join("include/torch/csrc/api/include/torch");
        fs::create_dir_all(&include).unwrap();
        fs::create_dir_all(root.join("lib")).unwrap();
        fs::write(include.join("torch.h"), "").unwrap();
        fs::write(root.join("lib/libtorch.so"), "").unwrap();
        fs::write(root.join("build-version"), format!("{version}\n")).unwrap();
        root
    }

    /// The address of a zip of such a folder; nothing where there is no python3 to make it.
    fn zip(&self, version: &str) -> Option<String> {
        self.libtorch("packed/libtorch", version);
        let zip = self.path("libtorch.zip");
        let made = Command::new("python3")
            .args(["-m", "zipfile", "-c"])
            .arg(&zip)
            .arg("libtorch")
            .current_dir(self.path("packed"))
            .status();
        if !made.is_ok_and(|status| status.success()) {
            use std::io::Write;
            // Not `eprintln!`, which the test harness keeps to itself.
            let _ = writeln!(std::io::stderr(), "skipped: the zip of a libtorch (there is no python3 to pack one)");
            return None;
        }
        Some(format!("file://{}", zip.display()))
    }

    /// What is in the user's cache, hidden files included.
    fn cached(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("cache/imdbsh")) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run { success: output.status.success(), messages: String::from_utf8_lossy(&output.stderr).into_owned() }
}

fn has(run: &Run, part: &str) {
    assert!(run.messages.contains(part), "no {part:?} in:\n{}", run.messages);
}

#[test]
fn a_fitting_libtorch_of_the_users_own_is_taken_and_nothing_else_done() {
    let machine = Machine::new();
    let own = machine.libtorch("own", "2.13.0+cu130");
    let run = run(machine.script().env("LIBTORCH", &own));
    assert!(run.success, "{}", run.messages);
    has(&run, &format!("taking LIBTORCH={}", own.display()));
    assert!(machine.cached().is_empty() && !machine.link().exists());
}

#[test]
fn a_libtorch_of_the_users_own_that_does_not_fit_is_refused_with_the_reason() {
    let machine = Machine::new();
    let missing = run(machine.script().env("LIBTORCH", machine.path("nowhere")));
    assert!(!missing.success);
    has(&missing, "nowhere has no lib/libtorch.so");
    let old = machine.libtorch("old", "2.1.0+cpu");
    let old = run(machine.script().env("LIBTORCH", old));
    assert!(!old.success);
    has(&old, "old is libtorch 2.1.0+cpu; what is needed is libtorch 2.13.0");
}

#[test]
fn an_unknown_kind_of_libtorch_is_named_with_the_known_ones() {
    let machine = Machine::new();
    let run = run(machine.script().env("IMDBSH_TORCH", "rocm"));
    assert!(!run.success);
    has(&run, "IMDBSH_TORCH is 'rocm'; it can be 'cpu' or 'cuda'");
    assert!(!machine.link().exists());
}

#[test]
fn without_a_network_it_says_what_it_tried_and_what_can_be_done_and_leaves_nothing() {
    let machine = Machine::new();
    let run = run(&mut machine.script());
    assert!(!run.success);
    has(&run, &format!("libtorch {VERSION} could not be had. Tried:"));
    has(&run, "the Python wheel torch 2.13.0: ");
    has(&run, "the libtorch project's own zip: ");
    has(&run, "set LIBTORCH to its folder");
    assert!(machine.cached().is_empty(), "left behind: {:?}", machine.cached());
    assert!(!machine.link().exists());
}

#[test]
fn a_zip_is_laid_out_once_and_linked() {
    let machine = Machine::new();
    let Some(url) = machine.zip("2.13.0+cpu") else { return };
    let first = run(machine.script().env("IMDBSH_LIBTORCH_URL", &url));
    assert!(first.success, "{}", first.messages);
    assert_eq!(machine.cached(), ["libtorch-2.13.0-cpu"]);
    assert_eq!(fs::read_link(machine.link()).unwrap(), machine.path("cache/imdbsh/libtorch-2.13.0-cpu"));
    assert!(machine.link().join("include/torch/csrc/api/include/torch/torch.h").exists());

    // The second run has nothing to fetch from, needs nothing, says nothing, and does not touch the link.
    let before = fs::symlink_metadata(machine.link()).unwrap().modified().unwrap();
    let second = run(&mut machine.script());
    assert!(second.success && second.messages.is_empty(), "{}", second.messages);
    assert_eq!(fs::symlink_metadata(machine.link()).unwrap().modified().unwrap(), before);
}

#[test]
fn a_zip_that_does_not_fit_leaves_nothing() {
    let machine = Machine::new();
    let Some(url) = machine.zip("2.1.0+cpu") else { return };
    let wrong = run(machine.script().env("IMDBSH_LIBTORCH_URL", url));
    assert!(!wrong.success);
    has(&wrong, "what was got does not fit: libtorch-2.13.0-cpu is libtorch 2.1.0+cpu");

    let half = machine.path("half.zip");
    fs::write(&half, &fs::read(machine.path("libtorch.zip")).unwrap()[..200]).unwrap();
    let half = run(machine.script().env("IMDBSH_LIBTORCH_URL", format!("file://{}", half.display())));
    assert!(!half.success);
    has(&half, "could not be had");
    assert!(machine.cached().is_empty(), "left behind: {:?}", machine.cached());
}

#[test]
fn two_runs_at_once_end_with_one_whole_libtorch() {
    let machine = Machine::new();
    let Some(url) = machine.zip("2.13.0+cpu") else { return };
    let mut runs: Vec<_> = (0..4)
        .map(|_| machine.script().env("IMDBSH_LIBTORCH_URL", &url).stderr(Stdio::null()).spawn().unwrap())
        .collect();
    for run in &mut runs {
        assert!(run.wait().unwrap().success());
    }
    assert_eq!(machine.cached(), ["libtorch-2.13.0-cpu"]);
    let mut names: Vec<_> = fs::read_dir(machine.link()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["build-version", "include", "lib"]);
}

#[test]
fn a_run_that_is_ended_in_the_middle_ends_at_once_and_leaves_nothing() {
    let machine = Machine::new();
    // A download that never begins: nobody writes into this pipe.
    let pipe = machine.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let url = format!("file://{}", pipe.display());
    let mut run = machine.script().env("IMDBSH_LIBTORCH_URL", url).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while machine.cached().is_empty() && started.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!machine.cached().is_empty(), "it never started");
    thread::sleep(Duration::from_millis(100));
    let ended = Instant::now();
    assert!(Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(143));
    assert!(ended.elapsed() < Duration::from_secs(5), "it took {:?} to end", ended.elapsed());
    assert!(machine.cached().is_empty(), "left behind: {:?}", machine.cached());
}

#[test]
fn what_a_killed_run_left_behind_is_removed() {
    let machine = Machine::new();
    let Some(url) = machine.zip("2.13.0+cpu") else { return };
    let host = Command::new("uname").arg("-n").output().unwrap().stdout;
    let host = String::from_utf8(host).unwrap();
    // A process that has ended, and one that lives: this one.
    let mut ended = Command::new("true").spawn().unwrap();
    ended.wait().unwrap();
    let of = |pid: u32| format!(".tmp-{}-{pid}-abcdef", host.trim());
    for pid in [ended.id(), std::process::id()] {
        fs::create_dir_all(machine.path("cache/imdbsh").join(of(pid)).join("wheels")).unwrap();
    }
    assert!(run(machine.script().env("IMDBSH_LIBTORCH_URL", url)).success);
    let mut cached = machine.cached();
    cached.sort();
    assert_eq!(cached, [of(std::process::id()), "libtorch-2.13.0-cpu".to_owned()]);
}

#[test]
fn a_link_that_leads_elsewhere_is_set_right_and_a_folder_of_the_users_own_is_kept() {
    let machine = Machine::new();
    machine.libtorch("cache/imdbsh/libtorch-2.13.0-cpu", "2.13.0+cpu");
    symlink("/nowhere", machine.link()).unwrap();
    assert!(run(&mut machine.script()).success);
    assert_eq!(fs::read_link(machine.link()).unwrap(), machine.path("cache/imdbsh/libtorch-2.13.0-cpu"));

    fs::remove_file(machine.link()).unwrap();
    machine.libtorch("a checkout/libtorch", "2.13.0");
    assert!(run(&mut machine.script()).success);
    assert!(!machine.link().is_symlink());
}
