//! The flags that all commands share, and the setup that they make.

use super::{needs, usage::usage};
use crate::ml::{device, random, waiting};
use crate::script::{Failure, Label, Limits, Setup};
use crate::{interrupt, memory, places};
use clap::Args;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    num::{NonZeroU16, NonZeroUsize},
    path::PathBuf,
    thread::available_parallelism,
};

/// The device that is taken where none is named.
pub const AUTO: &str = "auto";

#[derive(Args)]
pub struct Flags {
    /// Where tensors live: auto, cpu, cuda, cuda:N or mps.
    #[arg(long, global = true, default_value = AUTO)]
    pub device: String,
    /// How many threads libtorch and the text functions use [default: one per core].
    #[arg(long, global = true, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroU16>,
    /// The seed of all randomness, in place of the script's own.
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<i64>,
    /// The folder for the run's files, in place of runs/NAME-DATE-TIME.
    #[arg(long, global = true, value_name = "DIR")]
    pub run_dir: Option<PathBuf>,
    /// What the run is called, its folder too, in place of the script's own name for it.
    #[arg(long, global = true, value_name = "NAME")]
    pub name: Option<String>,
    /// A word to find the run by; several may be given.
    #[arg(long, global = true, value_name = "WORD")]
    pub tag: Vec<String>,
    /// Where data sets are, before IMDBSH_DATA and the cache.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Lets the script read below this folder too. It reads below the current folder, its own, the data folders and those of
    /// IMDBSH_PATH; a folder that is written may be read.
    #[arg(long, global = true, value_name = "DIR")]
    pub allow_read: Vec<PathBuf>,
    /// Lets the script write below this folder too. It writes below the current folder and its run folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub allow_write: Vec<PathBuf>,
    /// Takes up functions of the script and of the standard library that are edited while a training runs, at its next epoch.
    #[arg(long, global = true)]
    pub watch: bool,
    /// Runs scripts without a look at them before: see `imdbsh check`.
    #[arg(long, global = true)]
    pub no_check: bool,
    /// Leaves the training after so many epochs, with a checkpoint: `imdbsh resume` goes on.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub until_epoch: Option<u32>,
    /// Ends with the program of this number, which has started this one.
    #[arg(long, global = true, hide = true, value_name = "PID")]
    pub with_parent: Option<u32>,
    /// Ends a script after so many operations without any work on tensors; 0 never does.
    #[arg(long, global = true, value_name = "N", default_value_t = Limits::default().operations)]
    pub max_operations: u64,
    /// Ends the program after so many seconds.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_seconds: Option<u32>,
    /// How much memory the script's tensors may take, such as 2G; its texts, arrays and maps a quarter of it [default: what is free].
    #[arg(long, global = true, value_name = "SIZE", value_parser = memory::parse)]
    pub max_memory: Option<u64>,
    /// How deep functions may call each other.
    #[arg(long, global = true, value_name = "N", default_value_t = Limits::default().depth as u16,
        value_parser = clap::value_parser!(u16).range(1..=Limits::DEEPEST as i64))]
    pub max_depth: u16,
    /// How many bytes a text may have; 0: as many as fit into memory. This one and the next two take time at each call.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub max_string: usize,
    /// How many values an array may have, those of arrays in it included; 0: as many as fit into memory.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub max_array: usize,
    /// How many values a map may have when a function is called with it; 0: as many as fit into memory.
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub max_map: usize,
}

impl Flags {
    /// Makes the device and the threads those that were asked for.
    pub fn set_up(&self) -> Result<(), Failure> {
        if let Some(parent) = self.with_parent {
            interrupt::end_with(parent);
        }
        device::set_current(device::parse(&self.device).map_err(usage)?);
        self.set_threads().map_err(|lack| Failure::Script(format!("error: {lack}")))?;
        random::prepare();
        Ok(())
    }

    /// Starts the pool of the text functions now, and looks whether libtorch's can be started: later, nobody could say that the system
    /// has no threads.
    fn set_threads(&self) -> Result<(), String> {
        let asked = self.threads.map(|threads| usize::from(threads.get()));
        let compute = asked.unwrap_or_else(|| tch::get_num_threads().max(1) as usize);
        let text = asked.unwrap_or_else(|| available_parallelism().map_or(1, NonZeroUsize::get));
        needs::pools(compute, text)?;
        if asked.is_some() {
            tch::set_num_threads(compute as i32);
        }
        waiting::sleep(compute);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(text).build_global();
        pool.map_err(|why| format!("the {text} threads of the text functions cannot be started: {why}"))
    }

    /// Those that each trial of a sweep gets, as they are typed, each with its value: none that widens what a script may reach, for a script could write the plan in which they
    /// stand.
    pub fn of_trials(&self) -> Vec<String> {
        let usual = Limits::default();
        let mut all = Vec::new();
        let mut add = |flag: &str, value: Option<String>| all.extend(value.into_iter().flat_map(|v| [flag.into(), v]));
        add("--device", (self.device != AUTO).then(|| self.device.clone()));
        add("--seed", self.seed.map(|seed| seed.to_string()));
        add("--max-seconds", self.max_seconds.map(|seconds| seconds.to_string()));
        add("--max-memory", self.max_memory.map(|bytes| bytes.to_string()));
        let other = |value: u64, usual: u64| (value != usual).then(|| value.to_string());
        add("--max-operations", other(self.max_operations, usual.operations));
        add("--max-depth", other(self.max_depth.into(), usual.depth as u64));
        add("--max-string", other(self.max_string as u64, 0));
        add("--max-array", other(self.max_array as u64, 0));
        add("--max-map", other(self.max_map as u64, 0));
        add("--name", self.name.clone());
        self.tag.iter().for_each(|tag| add("--tag", Some(tag.clone())));
        all
    }

    /// Those that widen it, as they are typed.
    pub fn of_reach(&self) -> Vec<OsString> {
        let all = [
            ("--allow-read", &self.allow_read[..]),
            ("--allow-write", &self.allow_write[..]),
            ("--data", self.data.as_slice()),
        ];
        let pairs = all.into_iter().flat_map(|(flag, folders)| folders.iter().map(move |folder| (flag, folder)));
        pairs.flat_map(|(flag, folder)| [flag.into(), folder.clone().into_os_string()]).collect()
    }

    /// The setup of a session called `name`.
    pub fn setup(&self, name: &str) -> Setup {
        Setup {
            seed: self.seed,
            run_dir: self.run_dir.clone(),
            label: Label { name: self.name.clone(), tags: self.tag.clone(), notes: None },
            data_dir: self.data.clone(),
            cache: places::cache(),
            limits: Limits {
                operations: self.max_operations,
                depth: usize::from(self.max_depth),
                string: self.max_string,
                array: self.max_array,
                map: self.max_map,
            },
            watch: self.watch,
            until_epoch: self.until_epoch,
            ..Setup::named(name)
        }
    }
}

fn threads(text: &str) -> Result<NonZeroU16, String> {
    device::threads(text).map_err(|e| e.message)
}

/// The options of a script, `key=value`.
pub fn key_values(arguments: &[String]) -> Result<BTreeMap<String, String>, Failure> {
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
