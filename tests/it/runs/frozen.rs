//! Run folders that an older program left go on as they would have gone on then, and are scored as they were: what a run keeps is a
//! format. `tests/data/make_runs.py` made them, and says how.

use crate::common::scripts::{root, script};
use safetensors::SafeTensors;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The plainest instructions, with which processors differ least.
const PLAIN: &[(&str, &str)] =
    &[("ATEN_CPU_CAPABILITY", "default"), ("MKL_CBWR", "COMPATIBLE"), ("ONEDNN_MAX_CPU_ISA", "SSE41")];

/// A folder in which an old run lies as `run`, as if it had been made here.
struct Old {
    folder: TempDir,
    expected: PathBuf,
    outcome: Value,
}

impl Old {
    fn new(name: &str) -> Self {
        let old = root().join("tests/data/runs").join(name);
        let folder = TempDir::new().unwrap();
        copy(&old.join("run"), &folder.path().join("run"));
        copy(&root().join("tests/data/tiny_bert"), &folder.path().join("tiny_bert"));
        // Where the script lay.
        let config = folder.path().join("run/config.json");
        let text = fs::read_to_string(&config).unwrap();
        assert!(text.contains("PLACE/s.rhai"), "{name}: {text}");
        fs::write(&config, text.replace("PLACE", folder.path().to_str().unwrap())).unwrap();
        fs::copy(folder.path().join("run/script.rhai"), folder.path().join("s.rhai")).unwrap();
        let expected = old.join("expected");
        let outcome = serde_json::from_str(&fs::read_to_string(expected.join("outcome.json")).unwrap()).unwrap();
        Old { folder, expected, outcome }
    }

    fn imdbsh(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        command.current_dir(self.folder.path()).env_remove("IMDBSH_PATH").env_remove("IMDBSH_DATA");
        command.envs(PLAIN.iter().copied()).args(arguments).output().unwrap()
    }

    /// Goes on to the end, which must be that of the old program: to the bit, unless what computes has changed since, which rounds sums in
    /// another way, as another processor does.
    #[track_caller]
    fn ends_as_it_did(&self, same_bits: bool) {
        let texts = |key: &str| -> Vec<String> {
            self.outcome[key].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_string()).collect()
        };
        let resumed = texts("resumed");
        let arguments: Vec<&str> = ["resume", "run"].into_iter().chain(resumed.iter().map(String::as_str)).collect();
        let output = self.imdbsh(&arguments);
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{err}");
        let place = fs::canonicalize(self.folder.path()).unwrap();
        let err = err.replace(place.to_str().unwrap(), "PLACE");
        let goes_on: Vec<&str> = err.lines().filter(|line| line.contains(" goes on from ")).collect();
        assert_eq!(goes_on, texts("goes_on"), "{err}");

        let run = self.folder.path().join("run");
        let rows = Value::Array(rows(&run));
        let (weights, expected) = (read(&run), read(&self.expected));
        if same_processor() && same_bits {
            assert_eq!(rows, self.outcome["rows"]);
            assert!(weights == expected, "the weights are not those of the old program");
        } else {
            assert_close("rows", &rows, &self.outcome["rows"]);
            assert_close_weights(&weights, &expected);
        }
    }

    /// The scores of `scripts/test.rhai`.
    #[track_caller]
    fn scores_as_it_did(&self) {
        let (all, test) = (root().to_str().unwrap(), script("test"));
        let options = ["model=run", "test=32", "save=figures.json"];
        let arguments = [&["--threads", "1", "--allow-read", all, test.to_str().unwrap()], &options[..]].concat();
        let output = self.imdbsh(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let figures = fs::read_to_string(self.folder.path().join("figures.json")).unwrap();
        let mut figures: Value = serde_json::from_str(&figures).unwrap();
        // Which weights these are was not said then.
        assert_eq!(figures.as_object_mut().unwrap().remove("weights"), Some(Value::from("last")));
        assert_eq!(figures, self.outcome["figures"]);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => assert!(fs::copy(entry.path(), to).is_ok()),
        }
    }
}

/// The rows without their times.
fn rows(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let row = |line| {
        let mut row: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        row.retain(|key, _| !key.ends_with("_seconds"));
        Value::Object(row)
    };
    text.lines().map(row).collect()
}

fn read(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("model.safetensors")).unwrap()
}

/// Whether the old program ran on one like this: libtorch's sums are rounded as the processor's instructions have it.
fn same_processor() -> bool {
    let Ok(text) = fs::read_to_string("/proc/cpuinfo") else { return false };
    let value = |key: &str| {
        let line = text.lines().find(|line| line.split(':').next().is_some_and(|k| k.trim() == key));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim()).unwrap_or_default()
    };
    let flags: Vec<&str> = value("flags").split(' ').collect();
    let known = ["avx2", "fma", "avx512f"].into_iter().filter(|flag| flags.contains(flag));
    let this = [value("vendor_id")].into_iter().chain(known).collect::<Vec<_>>().join(" ");
    this == fs::read_to_string(root().join("tests/data/runs/processor.txt")).unwrap().trim()
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 + 1e-5 * b.abs()
}

/// Its true gradient is zero, since softmax does not see what all keys of a query share: what a program computes of it is rounding alone, and
/// another one's rounding is another number (`ml::models::encoder::kernel` tests both). Adam divides a gradient by its own size, and so makes steps
/// of the learning rate of it. No score depends on this bias; all other weights and the scores are compared as everywhere.
const KEY_BIAS: &str = ".attention.self.key.bias";

/// Two that each went 24 steps of about 1e-3 at most.
fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 2.0 * 24.0 * 1e-3
}

fn assert_close(what: &str, got: &Value, expected: &Value) {
    match (got, expected) {
        (Value::Array(got), Value::Array(expected)) if got.len() == expected.len() => {
            for (i, (g, e)) in got.iter().zip(expected).enumerate() {
                assert_close(&format!("{what}[{i}]"), g, e);
            }
        }
        (Value::Object(got), Value::Object(expected)) if got.len() == expected.len() => {
            for (key, e) in expected {
                assert_close(&format!("{what}.{key}"), &got[key], e);
            }
        }
        (Value::Number(g), Value::Number(e)) => {
            assert!(is_close(g.as_f64().unwrap(), e.as_f64().unwrap()), "{what}: {g}, was {e}");
        }
        _ => assert_eq!(got, expected, "{what}"),
    }
}

fn assert_close_weights(got: &[u8], expected: &[u8]) {
    let (got, expected) = (SafeTensors::deserialize(got).unwrap(), SafeTensors::deserialize(expected).unwrap());
    let names = |tensors: &SafeTensors| tensors.names().into_iter().map(str::to_string).collect::<Vec<_>>();
    let (mut ours, mut theirs) = (names(&got), names(&expected));
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);
    for name in theirs {
        let numbers = |tensors: &SafeTensors| -> Vec<f64> {
            let bytes = tensors.tensor(&name).unwrap().data().to_vec();
            bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()).into()).collect()
        };
        let (g, e) = (numbers(&got), numbers(&expected));
        assert_eq!(g.len(), e.len(), "{name}");
        let fits = if name.ends_with(KEY_BIAS) { is_near } else { is_close };
        let far = g.iter().zip(&e).position(|(g, e)| !fits(*g, *e));
        assert!(far.is_none(), "{name}: {:?}", far.map(|i| (i, g[i], e[i])));
    }
}

macro_rules! go_on {
    ($($name:ident: $folder:literal, $same_bits:expr;)*) => {$(
        #[test]
        fn $name() {
            Old::new($folder).ends_as_it_did($same_bits);
        }
    )*};
}

/// `lstm` and `bilstm` were libtorch's own layer then.
const WITH_LSTM: bool = false;
/// Adam, and in a BERT attention, were of several of libtorch's operations, each of which rounded.
const WITH_ADAM: bool = false;
const WITHOUT: bool = true;

go_on! {
    a_run_killed_in_the_middle_of_an_epoch: "killed", WITH_LSTM;
    a_run_stopped_by_ctrl_c: "interrupted", WITH_LSTM;
    a_run_with_pauses_behind_and_before_it: "planned", WITH_LSTM;
    a_run_that_went_back_after_nan: "nan", WITH_LSTM;
    a_run_with_a_schedule_and_a_stop_that_remember: "early", WITH_LSTM;
    a_loop_of_ones_own: "loop", WITHOUT;
}

#[test]
fn a_bert() {
    let old = Old::new("bert");
    old.ends_as_it_did(WITH_ADAM);
    old.scores_as_it_did();
}

#[test]
fn a_network_written_by_hand() {
    let old = Old::new("handwritten");
    old.ends_as_it_did(WITH_ADAM);
    old.scores_as_it_did();
}

#[test]
fn a_bilstm_of_the_lab() {
    let old = Old::new("bilstm");
    old.ends_as_it_did(WITH_LSTM);
    old.scores_as_it_did();
}
