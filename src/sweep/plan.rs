//! What a sweep is: `plan.json`.

use super::trials::Options;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Of the form of `plan.json`.
const VERSION: u32 = 1;
/// What a plan may hand to the program, each with a value. A script can write a plan: nothing of this lets a trial reach more than others do.
const FLAGS: [&str; 11] = [
    "--device",
    "--seed",
    "--name",
    "--tag",
    "--max-seconds",
    "--max-memory",
    "--max-operations",
    "--max-depth",
    "--max-string",
    "--max-array",
    "--max-map",
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    version: u32,
    /// The script, as it was named, and where that was.
    pub script: PathBuf,
    pub folder: PathBuf,
    /// Of the script's text: trials of different scripts are not compared.
    pub fingerprint: String,
    /// With how many threads each trial computes: its bits may depend on them.
    pub threads: u16,
    /// Flags of the program that each trial gets, with their values.
    pub flags: Vec<String>,
    /// Whether a trial's seed is the program's own flag, for the script has no such option.
    pub seed_is_flag: bool,
    /// The column by which trials are compared; without it, the one by which they compare their epochs.
    pub by: Option<String>,
    /// After so many epochs each the better half goes on; empty where all trials are run to their ends.
    pub rungs: Vec<u64>,
    pub trials: Vec<Trial>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Of its folder in that of the sweep.
    pub name: String,
    options: Map<String, Value>,
}

impl Trial {
    /// Its options with their values, as they were typed.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    /// `lr=1e-3 seed=2`, without the options that `is_left_out`.
    pub fn shown(&self, is_left_out: impl Fn(&str) -> bool) -> String {
        let shown = self.options().filter(|(key, _)| !is_left_out(key)).map(|(key, value)| format!("{key}={value}"));
        shown.collect::<Vec<_>>().join(" ")
    }
}

impl Plan {
    /// A plan of these trials, whose folders are numbered and named by the options that are not the same in all.
    pub fn new(script: PathBuf, text: &str, folder: PathBuf, trials: &[Options]) -> Plan {
        let digits = trials.len().to_string().len().max(2);
        let is_same = |key: &str| is_same_in_all(trials, key);
        let trial = |(number, options): (usize, &Options)| Trial {
            name: name(&format!("{:0digits$}", number + 1), options.iter().filter(|(key, _)| !is_same(key))),
            options: options.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect(),
        };
        Plan {
            version: VERSION,
            script,
            folder,
            fingerprint: fingerprint(text),
            threads: 1,
            flags: Vec::new(),
            seed_is_flag: false,
            by: None,
            rungs: Vec::new(),
            trials: trials.iter().enumerate().map(trial).collect(),
        }
    }

    /// # Errors
    /// A text that is no plan, or that of a later version; trials that share a folder, or whose folder would be elsewhere.
    pub fn read(text: &str) -> Result<Plan> {
        let plan: Plan =
            serde_json::from_str(text).map_err(|e| Error::data(format!("it is no plan of a sweep: {e}")))?;
        if plan.version != VERSION {
            return Err(Error::data(format!("it is of version {}, this program reads {VERSION}", plan.version)));
        }
        let mut names: Vec<&str> = plan.trials.iter().map(|trial| trial.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::data(format!("two trials are called {}", pair[0])));
        }
        let is_flag = |pair: &[String]| matches!(pair, [flag, _] if FLAGS.contains(&flag.as_str()));
        if !plan.flags.chunks(2).all(is_flag) {
            return Err(Error::data(format!(
                "its flags are {:?}; each trial can have {}",
                plan.flags,
                FLAGS.join(", ")
            )));
        }
        let is_option = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
        let options = || plan.trials.iter().flat_map(Trial::options);
        if let Some((key, _)) = options().find(|(key, _)| !is_option(key)) {
            return Err(Error::data(format!("{key:?} is no name of an option")));
        }
        if plan.script.to_string_lossy().starts_with('-') {
            return Err(Error::data(format!("{:?} is no script", plan.script)));
        }
        let is_plain = |name: &str| !name.is_empty() && !name.starts_with(['.', '-']) && name.chars().all(is_plain);
        match plan.trials.iter().find(|trial| !is_plain(&trial.name) || trial.options().count() != trial.options.len())
        {
            Some(trial) => Err(Error::data(format!("the trial {:?} has a name or a value that is none", trial.name))),
            None => Ok(plan),
        }
    }

    /// Which options are not the same in all trials, seeds apart, in the order in which they were typed.
    pub fn changed(&self) -> Vec<&str> {
        let Some(first) = self.trials.first() else { return Vec::new() };
        let value = |trial: &Trial, key: &str| trial.options().find(|(k, _)| *k == key).map(|(_, v)| v.to_string());
        let is_changed = |key: &&str| {
            *key != super::trials::SEED && self.trials.iter().any(|trial| value(trial, key) != value(first, key))
        };
        first.options().map(|(key, _)| key).filter(is_changed).collect()
    }

    /// The trials by their settings: those of one differ in their seeds alone. In the order of the plan.
    pub fn settings(&self) -> Vec<Vec<usize>> {
        let mut all: Vec<(String, Vec<usize>)> = Vec::new();
        for (number, trial) in self.trials.iter().enumerate() {
            let setting = trial.shown(|key| key == super::trials::SEED);
            match all.iter_mut().find(|(known, _)| *known == setting) {
                Some((_, trials)) => trials.push(number),
                None => all.push((setting, vec![number])),
            }
        }
        all.into_iter().map(|(_, trials)| trials).collect()
    }

    /// What this plan asks otherwise than another one does, if anything.
    pub fn difference(&self, other: &Plan) -> Option<String> {
        let trials = |plan: &Plan| {
            let all = plan.trials.iter().map(|trial| format!("{} ({})", trial.name, trial.shown(|_| false)));
            all.collect::<Vec<_>>()
        };
        let (ours, theirs) = (trials(self), trials(other));
        let first = ours.iter().zip(&theirs).find(|(a, b)| a != b).map(|(a, b)| format!("the trial {a} is {b}"));
        let parts = [
            (self.script != other.script).then(|| format!("{} is {}", self.script.display(), other.script.display())),
            (self.fingerprint != other.fingerprint).then(|| "the script has been changed".to_string()),
            first.or_else(|| {
                (ours.len() != theirs.len()).then(|| format!("{} trials are {}", ours.len(), theirs.len()))
            }),
            (self.rungs != other.rungs).then(|| "one is halved, or otherwise".to_string()),
            (self.by != other.by).then(|| "they compare by different columns".to_string()),
            ((self.threads, &self.flags) != (other.threads, &other.flags))
                .then(|| "their trials get other threads or flags".to_string()),
        ];
        parts.into_iter().flatten().next()
    }
}

/// Of a text: two that differ have different ones.
pub fn fingerprint(text: &str) -> String {
    use md5::{Digest, Md5};
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_same_in_all(trials: &[Options], key: &str) -> bool {
    let value = |options: &Options| options.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
    trials.windows(2).all(|pair| value(&pair[0]) == value(&pair[1]))
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "=.+-_".contains(letter)
}

/// A folder's name: the number, and what tells the trial apart as far as it can stand in a name.
fn name<'a>(number: &str, options: impl Iterator<Item = &'a (String, String)>) -> String {
    const LONGEST: usize = 80;
    let mut name = number.to_string();
    for (key, value) in options {
        let part = format!("-{key}={value}").chars().map(|c| if is_plain(c) { c } else { '_' }).collect::<String>();
        if name.len() + part.len() > LONGEST {
            break;
        }
        name += &part;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(all: &[&[(&str, &str)]]) -> Vec<Options> {
        all.iter().map(|one| one.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()).collect()
    }

    fn plan(all: &[&[(&str, &str)]]) -> Plan {
        Plan::new("a.rhai".into(), "1", "/x".into(), &options(all))
    }

    #[test]
    fn trials_are_named_by_what_tells_them_apart() {
        let asked =
            plan(&[&[("lr", "1e-3"), ("n", "5"), ("seed", "1")], &[("lr", "../\u{1b}[1m"), ("n", "5"), ("seed", "1")]]);
        let names: Vec<&str> = asked.trials.iter().map(|trial| trial.name.as_str()).collect();
        assert_eq!(names, ["01-lr=1e-3", "02-lr=..___1m"]);
        assert_eq!(asked.changed(), ["lr"]);
        assert_eq!(asked.trials[0].shown(|key| key == "n"), "lr=1e-3 seed=1");
    }

    #[test]
    fn a_plan_is_read_as_it_was_written_and_no_other() {
        let asked =
            plan(&[&[("lr", "1"), ("seed", "1")], &[("lr", "1"), ("seed", "2")], &[("lr", "2"), ("seed", "1")]]);
        let text = serde_json::to_string(&asked).unwrap();
        assert_eq!(Plan::read(&text).unwrap(), asked);
        assert_eq!(asked.settings(), [vec![0, 1], vec![2]]);
        for (from, to, why) in [
            ("\"version\":1", "\"version\":9", "version 9"),
            ("02-lr=1-seed=2", "01-lr=1-seed=1", "two trials are called 01-lr=1-seed=1"),
            ("02-lr=1-seed=2", "../elsewhere", "has a name"),
            ("\"seed\":\"2\"", "\"seed\":2", "has a name or a value"),
            ("\"flags\":[]", "\"flags\":[\"--allow-write\",\"/\"]", "its flags are"),
            ("\"flags\":[]", "\"flags\":[\"--seed\"]", "its flags are"),
            ("\"lr\":\"2\"", "\"--allow-write=/\":\"2\"", "no name of an option"),
            ("\"a.rhai\"", "\"--allow-write=/\"", "is no script"),
            ("{", "", "no plan"),
        ] {
            let message = Plan::read(&text.replacen(from, to, 1)).unwrap_err().message;
            assert!(message.contains(why), "{message}");
        }
    }

    #[test]
    fn plans_say_how_they_differ() {
        let a = plan(&[&[("lr", "1")], &[("lr", "2")]]);
        assert_eq!(a.difference(&a.clone()), None);
        let b = plan(&[&[("lr", "1")], &[("lr", "3")]]);
        assert_eq!(a.difference(&b).unwrap(), "the trial 02-lr=2 (lr=2) is 02-lr=3 (lr=3)");
        let fewer = Plan { trials: a.trials[..1].to_vec(), ..a.clone() };
        assert_eq!(a.difference(&fewer).unwrap(), "2 trials are 1");
        assert!(a.difference(&Plan { fingerprint: fingerprint("2"), ..a.clone() }).unwrap().contains("script"));
    }
}
