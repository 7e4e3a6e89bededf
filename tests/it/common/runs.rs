//! The program at work on run folders: started, stopped in the middle, and what it has left.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Dropout, buckets, Adam, clipping, a schedule, an accuracy of the test set: steps of about 30 ms.
pub const SCRIPT: &str = r#"
let o = options(#{ epochs: 4, lr: 0.01, seed: 3, wait: 0.0, abort: 0 });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
let x = randn([96, 24, 8]);
let y = (x.sum([1, 2]) > 0).to("int64");
let net = sequential([dropout(0.2), lstm(8, 8, #{ readout: "max" }), linear(8, 2)]);
let data = #{ train: dataset(x[0..64], y[0..64]), test: dataset(x[64..96], y[64..96]) };
let result = train::fit(net, adam(net, #{ lr: o.lr }), data, #{
    epochs: o.epochs, batch: 8, clip: 1.0, penalty: penalty::l2(1e-3), schedule: schedule::cosine(),
    loss: |scores, labels| { sleep(o.wait); cross_entropy(scores, labels) },
});
runs::report(result);
"#;

/// Numbers that are the same each time (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % end
    }
}

/// Sends a signal, such as `-TERM`.
pub fn kill(signal: &str, process: u32) {
    assert!(Command::new("kill").args([signal, &process.to_string()]).status().unwrap().success());
}

/// A folder with the script in it, to run the program in.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("s.rhai"), SCRIPT).unwrap();
        Place(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        command.current_dir(self.0.path()).env_remove("IMDBSH_PATH").args(["--threads", "1"]).args(arguments);
        command
    }

    /// The script after a run from its beginning to its end, in `whole`, and what came out of that.
    pub fn with_a_whole_run() -> (Place, (String, Vec<u8>)) {
        let place = Place::new();
        place.run(&["--run-dir", "whole", "s.rhai"]);
        let outcome = place.outcome("whole");
        (place, outcome)
    }

    /// Runs the program to its end, which must be a good one; gives what it wrote to stderr.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{err}");
        err
    }

    /// Runs the script, and sends a signal once it has finished `epochs` and a few steps more. Gives the exit code and stderr.
    pub fn interrupted(&self, run: &str, signal: &str, epochs: usize) -> (Option<i32>, String) {
        let mut child = self
            .command(&["--run-dir", run, "s.rhai", "wait=0.03"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let mut seen: Vec<String> = lines.by_ref().take(epochs).collect();
        std::thread::sleep(Duration::from_millis(100));
        kill(signal, child.id());
        seen.extend(lines);
        (child.wait().unwrap().code(), seen.join("\n"))
    }

    /// Runs the script, kills it at random moments, the same ones each time for the same `seed`, and resumes it until it comes to its
    /// end. Says how often it was resumed.
    #[track_caller]
    pub fn killed_until_done(&self, run: &str, seed: u64) -> usize {
        let mut random = Random(seed);
        for resumed in 0.. {
            let begun = self.path(run).join("config.json").exists();
            let arguments: &[&str] = if begun { &["resume", run] } else { &["--run-dir", run, "s.rhai"] };
            let mut child = self.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            // After some kills it is left alone, so that the test comes to its end.
            if resumed < 6 {
                let before = self.kept(run);
                // Three of four get on a little first; the fourth is killed wherever it is.
                let gets_on = random.below(4) > 0;
                while gets_on && self.kept(run) == before && child.try_wait().unwrap().is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                std::thread::sleep(Duration::from_micros(random.below(60_000)));
                child.kill().unwrap();
            }
            let output = child.wait_with_output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            assert!(!err.contains("damaged"), "{err}");
            match output.status.code() {
                Some(0) => return resumed,
                Some(code) => panic!("exit code {code}: {err}"),
                None => {}
            }
        }
        unreachable!("it runs to its end")
    }

    /// The names of the files that a run keeps to go on from.
    fn kept(&self, run: &str) -> Vec<OsString> {
        let first = self.path(run).join("checkpoints");
        let turns = fs::read_dir(&first).into_iter().flatten().map(|file| file.unwrap().path());
        let folders = std::iter::once(first.clone()).chain(turns.filter(|path| path.is_dir()));
        let files = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
        files.filter_map(|file| Some(file.ok()?.file_name())).collect()
    }

    /// All that has to be the same: the rows without their times, what was said of each test row, and the weights.
    pub fn outcome(&self, run: &str) -> (String, Vec<u8>) {
        let text = fs::read_to_string(self.path(run).join("metrics.jsonl")).unwrap();
        let row = |line: &str| {
            let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            row.retain(|key, _| !key.ends_with("_seconds"));
            serde_json::to_string(&row).unwrap()
        };
        let mut rows: Vec<String> = text.lines().map(row).collect();
        rows.extend(fs::read_to_string(self.path(run).join("predictions.csv")));
        (rows.join("\n"), fs::read(self.path(run).join("model.safetensors")).unwrap())
    }

    /// The file of the newest checkpoint that ends so.
    pub fn newest_checkpoint(&self, run: &str, ending: &str) -> PathBuf {
        let files = fs::read_dir(self.path(run).join("checkpoints")).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|e| e == ending)).max().unwrap()
    }

    /// As [`Place::checkpoints`], of a run that may not have begun.
    pub fn checkpoints_or_none(&self, run: &str) -> Vec<String> {
        if self.path(run).join("checkpoints").exists() { self.checkpoints(run) } else { Vec::new() }
    }

    pub fn checkpoints(&self, run: &str) -> Vec<String> {
        let folder = self.path(run).join("checkpoints");
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".json"));
        names.sort();
        names
    }
}
