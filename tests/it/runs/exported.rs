//! `imdbsh runs export`: runs as TensorBoard and pandas read them.

use crate::common::events::{Told, event_file};
use crate::common::python::{printed, python_with};
use imdbsh::ml::tensorboard::messages::{Kind, Session, Shown};
use imdbsh::ml::weights;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tch::Tensor;
use tempfile::TempDir;

/// 2026-11-25T10:00:00Z
const BEGAN: f64 = 1_795_600_800.0;

struct Place(TempDir);

impl Place {
    fn new() -> Place {
        Place(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A run of two epochs, as the program leaves it.
    fn run(&self, name: &str, options: Value) {
        let folder = self.path(name);
        fs::create_dir_all(&folder).unwrap();
        let write = |file: &str, text: String| fs::write(folder.join(file), text).unwrap();
        let config = json!({ "name": "s", "run": { "name": "base", "tags": [], "notes": null }, "started": "2026-11-25T10:00:00Z",
            "options": options, "training": { "epochs": 2 }, "seed": 1, "optimizer": { "algorithm": "adam", "groups": [{ "lr": 0.5 }] } });
        write("config.json", config.to_string());
        write("status.json", json!({ "status": "finished", "since": "2026-11-25T10:00:30Z" }).to_string());
        let row = |epoch: i64, loss: f64, acc: f64| json!({ "epoch": epoch, "lr": 0.25, "train_loss": loss, "test_acc": acc, "train_seconds": 4.0, "test_seconds": 1.0 });
        write("metrics.jsonl", format!("{}\n{}\n", row(1, 0.691_288_091_182_708_7, 0.5), row(2, 0.1, 1.0 / 3.0)));
        let step = |epoch: i64, step: i64| json!({ "epoch": epoch, "step": step, "loss": step as f64 / 7.0, "grad_norm": null });
        write("steps.jsonl", format!("{}\n{}\n{}\n", step(1, 10), step(1, 20), step(2, 30)));
        let weight = Tensor::from_slice(&[0.0_f32, 1.0, 2.0, 3.0]).reshape([2, 2]);
        let named = [("0.weight".to_string(), weight), ("0.bias".to_string(), Tensor::from_slice(&[7.0_f32, 7.0]))];
        weights::save(&folder.join("model.safetensors"), &named, &BTreeMap::new()).unwrap();
        fs::write(folder.join("loss.png"), png(3, 2)).unwrap();
    }

    /// Exit code, stdout, stderr.
    fn export(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        let output = command.current_dir(self.0.path()).args(["runs", "export"]).args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// What the program says in the end, which must be a good one without a complaint.
    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.export(arguments);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        out
    }

    /// What it complains of, and exports all the same.
    #[track_caller]
    fn complaints(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.export(arguments);
        assert_eq!(code, Some(0), "{out}{err}");
        err
    }

    #[track_caller]
    fn told(&self, folder: &str) -> Told {
        Told::of(&self.path(folder))
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&vec![9; (width * height * 3) as usize]).unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
fn a_run_is_exported_with_all_that_its_folder_has() {
    let place = Place::new();
    place.run("runs/a", json!({ "lr": 0.01, "bucket": true, "readout": "max", "sizes": [1, 2], "none": null }));
    let said = place.said(&["runs", "--tensorboard", "tb"]);
    assert_eq!(said, "tb: 1 run; tensorboard --logdir tb shows them\n");
    let told = place.told("tb/a");

    assert_eq!(told.numbers("loss/train"), [(1, 0.691_288_091_182_708_7_f64 as f32), (2, 0.1_f32)]);
    assert_eq!(told.numbers("acc/test"), [(1, 0.5), (2, (1.0 / 3.0) as f32)]);
    assert_eq!(told.numbers("lr"), [(1, 0.25), (2, 0.25)]);
    assert_eq!(told.numbers("steps/loss"), [10, 20, 30].map(|step| (i64::from(step), (f64::from(step) / 7.0) as f32)));
    assert!(told.numbers("steps/grad_norm").iter().all(|(_, number)| number.is_nan()));
    let tags: Vec<&str> = told.scalars.keys().map(String::as_str).collect();
    assert_eq!(
        tags,
        ["acc/test", "loss/train", "lr", "seconds/test", "seconds/train", "steps/grad_norm", "steps/loss"]
    );
    // Its times are those that its files say.
    let times = |tag: &str| -> Vec<f64> { told.scalars[tag].iter().map(|(_, time, _)| time - BEGAN).collect() };
    assert_eq!((times("loss/train"), times("steps/loss")), (vec![5.0, 10.0], vec![2.0, 4.0, 9.0]));

    let Some(Session::Start(start)) = told.session("start") else { panic!("{:?}", told.others) };
    let hparams: BTreeMap<&str, &Kind> =
        start.hparams.iter().map(|(name, value)| (name.as_str(), value.kind.as_ref().unwrap())).collect();
    let text = |text: &str| Kind::Text(text.into());
    let expected = [
        ("bucket", Kind::Bool(true)),
        ("lr", Kind::Number(0.01)),
        ("readout", text("max")),
        ("seed", Kind::Number(1.0)),
        ("sizes", text("[1,2]")),
    ];
    assert_eq!(hparams, expected.iter().map(|(name, kind)| (*name, kind)).collect());
    assert_eq!(start.start_time_secs, BEGAN);
    let Some(Session::End(end)) = told.session("end") else { panic!("{:?}", told.others) };
    assert_eq!((end.status, end.end_time_secs - BEGAN), (1, 30.0));

    let Some(Shown::Image(image)) = &told.others["pictures/loss"].shown else { panic!() };
    let loss = fs::read(place.path("runs/a/loss.png")).unwrap();
    assert_eq!((image.width, image.height, image.colorspace, &image.encoded), (3, 2, 3, &loss));
    let Some(Shown::Histogram(spread)) = &told.others["weights/0.weight"].shown else { panic!() };
    assert_eq!((spread.num, spread.sum, spread.sum_squares, spread.min, spread.max), (4.0, 6.0, 14.0, 0.0, 3.0));
    assert_eq!((spread.bucket.iter().sum::<f64>(), spread.bucket.len()), (4.0, spread.bucket_limit.len()));
    let Some(Shown::Histogram(same)) = &told.others["weights/0.bias"].shown else { panic!() };
    assert_eq!((&same.bucket, &same.bucket_limit), (&vec![2.0], &vec![7.0]));
    let Some(Shown::Tensor(page)) = &told.others["run"].shown else { panic!() };
    let page = String::from_utf8(page.texts[0].clone()).unwrap();
    assert!(page.contains("    status      finished\n") && page.contains("lr=0.01"), "{page}");
}

#[test]
fn asked_again_it_writes_its_own_file_anew_and_touches_no_other() {
    let place = Place::new();
    place.run("runs/a", json!({ "lr": 1 }));
    place.said(&["runs/a", "--tensorboard", "tb"]);
    let first = event_file(&place.path("tb/a"));
    let others =
        ["tb/a/events.out.tfevents.1764513000.host.7.0", "tb/a/notes.txt", "tb/b/events.out.tfevents.1.x.imdbsh"];
    fs::create_dir(place.path("tb/b")).unwrap();
    others.iter().for_each(|file| fs::write(place.path(file), "mine").unwrap());
    let mut rows = fs::read_to_string(place.path("runs/a/metrics.jsonl")).unwrap();
    rows.push_str("{\"epoch\":3,\"train_loss\":0.0625}\n");
    fs::write(place.path("runs/a/metrics.jsonl"), rows).unwrap();
    place.said(&["runs/a", "--tensorboard", "tb"]);
    assert_eq!(place.told("tb/a").numbers("loss/train")[1..], [(2, 0.1), (3, 0.0625)]);
    // TensorBoard, which reads in alphabetical order, comes to it behind the first, which it finds empty.
    assert!(event_file(&place.path("tb/a")) > first && fs::metadata(&first).unwrap().len() == 0);
    assert!(others.iter().all(|file| fs::read_to_string(place.path(file)).unwrap() == "mine"));
    place.said(&["runs/a", "--tensorboard", "tb"]);
    assert_eq!(fs::read_dir(place.path("tb/a")).unwrap().count(), 4);
}

#[test]
fn runs_that_are_called_alike_get_folders_of_their_own_and_keep_them() {
    let place = Place::new();
    for (name, lr) in [("one/x", 1), ("two/x", 2), ("two/deep/x", 3)] {
        place.run(name, json!({ "lr": lr }));
    }
    let lr = |folder: &str| match place.told(folder).session("start") {
        Some(Session::Start(start)) => start.hparams["lr"].kind.clone().unwrap(),
        _ => panic!("{folder}"),
    };
    // A run that is named twice is one.
    place.said(&["one", "two", "one/x", "--tensorboard", "tb"]);
    let folders = ["tb/x", "tb/x-2", "tb/deep/x"];
    assert_eq!(folders.map(lr), [1.0, 2.0, 3.0].map(Kind::Number));
    place.said(&["two/x", "--tensorboard", "tb"]);
    place.said(&["two/deep/x", "--tensorboard", "tb"]);
    place.said(&["two", "one", "--tensorboard", "tb"]);
    assert_eq!(folders.map(lr), [1.0, 2.0, 3.0].map(Kind::Number));
    assert_eq!(lr("tb/x-3"), Kind::Number(3.0));
}

#[test]
fn what_is_missing_or_damaged_is_said_and_the_rest_exported() {
    let place = Place::new();
    for name in ["ok", "torn", "bare", "young", "gone", "works", "nan"] {
        place.run(&format!("runs/{name}"), json!({ "lr": 1 }));
    }
    let write = |file: &str, text: &str| fs::write(place.path("runs").join(file), text).unwrap();
    let remove = |file: &str| fs::remove_file(place.path("runs").join(file)).unwrap();
    write("torn/model.safetensors", "no weights");
    write("torn/loss.png", "no picture");
    fs::write(place.path("runs/torn/cut.png"), &png(8, 8)[..40]).unwrap();
    write("torn/steps.jsonl", "{\"step\":\n{\"step\":2}\n");
    remove("bare/model.safetensors");
    write("young/metrics.jsonl", "");
    write("young/status.json", "{\"status\":\"failed\",\"since\":\"2026-11-25T10:00:30Z\"}");
    remove("gone/config.json");
    write("nan/metrics.jsonl", "{\"epoch\":1,\"train_loss\":null,\"note\":\"x\"}\n{\"epoch\":2,\"train_loss\":0.5}\n");
    let broken = Tensor::from_slice(&[f32::NAN, 1.0, f32::INFINITY]);
    weights::save(&place.path("runs/nan/model.safetensors"), &[("w".into(), broken)], &BTreeMap::new()).unwrap();
    write("works/status.json", "{\"status\":\"running\",\"since\":\"2026-11-25T10:00:30Z\",\"process\":1}");
    let lock = fs::File::create(place.path("runs/works/.lock")).unwrap();
    lock.lock().unwrap();

    let said = place.complaints(&["runs", "--tensorboard", "tb", "--csv", "e.csv"]);
    for part in [
        "runs/torn/model.safetensors is not a whole safetensors file",
        "runs/torn/loss.png is no whole PNG",
        "runs/torn/cut.png is no whole PNG",
        "runs/torn/steps.jsonl is damaged",
        "runs/bare/model.safetensors is not there",
        "runs/young: no epoch is over",
        "runs/gone is no run folder",
        "runs/works is at work",
        "runs/nan: at some epochs no number in train_loss",
        "runs/nan/model.safetensors: 2 numbers of w are NaN or infinite",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("runs/ok") && said.lines().count() == 10, "{said}");

    for name in ["ok", "torn", "bare", "gone", "works"] {
        assert_eq!(place.told(&format!("tb/{name}")).numbers("loss/train").len(), 2, "{name}");
    }
    let nan = place.told("tb/nan");
    assert!(nan.numbers("loss/train")[0].1.is_nan() && nan.numbers("loss/train")[1] == (2, 0.5));
    assert_eq!((nan.scalars.len(), place.told("tb/young").status()), (3, Some(2)));
    // What may still go on has no end that TensorBoard would keep.
    assert_eq!((place.told("tb/works").status(), place.told("tb/ok").status()), (None, Some(1)));
    let csv = fs::read_to_string(place.path("e.csv")).unwrap();
    assert!(csv.contains("runs/nan,base,1,1,1,,,") && csv.contains("runs/nan,base,1,1,2,,0.5,"), "{csv}");
}

#[test]
fn what_cannot_be_meant_is_said_and_nothing_is_written() {
    let place = Place::new();
    place.run("runs/a", json!({ "lr": 1 }));
    fs::create_dir(place.path("empty")).unwrap();
    fs::write(place.path("file"), "").unwrap();
    for (arguments, said) in [
        (vec!["runs/a"], "--tensorboard <DIR>|--csv <FILE>"),
        (vec!["--csv", "e.csv"], "<RUNS>..."),
        (vec!["empty", "--csv", "e.csv"], "there is no run in empty"),
        (vec!["runs", "empty", "--tensorboard", "tb"], "there is no run in empty"),
        (vec!["nowhere", "--tensorboard", "tb"], "there is no folder nowhere"),
        (vec!["file", "--tensorboard", "tb"], "file is no folder of runs"),
        (vec!["runs", "--tensorboard", "file"], "file is a file, and --tensorboard takes a folder"),
        (vec!["runs", "--csv", "empty", "--tensorboard", "tb"], "empty is a folder, and --csv takes a file"),
        (vec!["runs", "--tensorboard", "runs"], "runs/a is the folder of a run"),
        (vec!["runs", "--tensorboard", "file/tb"], "cannot make the folder file/tb"),
        (vec!["runs", "--csv", "no/e.csv"], "cannot write no/e.csv"),
    ] {
        let (code, out, err) = place.export(&arguments);
        assert!(matches!(code, Some(1 | 2)) && out.is_empty() && err.contains(said), "{arguments:?}: {code:?} {err}");
    }
    assert!(!place.path("tb").exists() && !place.path("e.csv").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.run("runs/a", json!({ "lr": 1 }));
    fs::create_dir(place.path("tb")).unwrap();
    fs::set_permissions(place.path("tb"), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(place.path("tb/x"), "").is_ok() {
        eprintln!("skipped: this user may write anywhere");
        return;
    }
    let (code, _, err) = place.export(&["runs", "--tensorboard", "tb"]);
    assert!(code == Some(1) && err.contains("tb/a") && err.contains("Permission denied"), "{err}");
}

#[test]
fn names_with_line_breaks_and_escape_sequences_are_plain_for_tensorboard_and_whole_as_data() {
    let place = Place::new();
    let name = "d\n\u{1b}[31me";
    place.run(&format!("runs/{name}"), json!({ "lr": 1, "x\n\u{1b}]0;y": "a\n\u{1b}b,\"" }));
    fs::remove_file(place.path("runs").join(name).join("model.safetensors")).unwrap();
    let (code, out, err) = place.export(&["runs", "--tensorboard", "tb", "--csv", "e.csv"]);
    assert_eq!((code, out.contains('\u{1b}'), err.contains('\u{1b}')), (Some(0), false, false), "{out}{err}");
    let told = place.told("tb/d__[31me");
    let Some(Session::Start(start)) = told.session("start") else { panic!() };
    assert_eq!(start.hparams["x\n\u{1b}]0;y"].kind, Some(Kind::Text("a\n\u{1b}b,\"".into())));
    let mut csv = csv::Reader::from_path(place.path("e.csv")).unwrap();
    let head = csv.headers().unwrap().clone();
    let row = csv.records().next().unwrap().unwrap();
    assert_eq!((&row[0], &row[3]), (format!("runs/{name}").as_str(), "a\n\u{1b}b,\""));
    assert_eq!(&head[3], "x\n\u{1b}]0;y");
}

/// Two runs that have other options and other columns.
fn unlike(place: &Place) {
    place.run("runs/a", json!({ "lr": 0.01, "hidden": 8, "name": "n" }));
    place.run("runs/b", json!({ "lr": 1e-5, "bucket": true }));
    let row = "{\"epoch\":1,\"lr\":0.125,\"train_loss\":0.30000000000000004,\"gap\":\"a,b\"}\n";
    fs::write(place.path("runs/b/metrics.jsonl"), row).unwrap();
}

#[test]
fn all_epochs_stand_in_one_table_with_the_settings_of_their_run() {
    let place = Place::new();
    unlike(&place);
    assert_eq!(place.said(&["runs", "--csv", "e.csv"]), "e.csv: 3 epochs of 2 runs\n");
    let csv = fs::read_to_string(place.path("e.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines,
        [
            "run,name,lr,hidden,options.name,seed,bucket,epoch,epoch.lr,train_loss,test_acc,train_seconds,test_seconds,gap",
            "runs/a,base,0.01,8,n,1,,1,0.25,0.6912880911827087,0.5,4.0,1.0,",
            "runs/a,base,0.01,8,n,1,,2,0.25,0.1,0.3333333333333333,4.0,1.0,",
            "runs/b,base,0.00001,,,1,true,1,0.125,0.30000000000000004,,,,\"a,b\"",
        ]
    );
}

#[test]
fn pandas_groups_the_table_by_a_setting() {
    let Some(python) = python_with("pandas") else { return };
    let place = Place::new();
    unlike(&place);
    place.said(&["runs", "--csv", "e.csv"]);
    let code = "import pandas, sys
table = pandas.read_csv(sys.argv[1])
print(dict(table.groupby('lr').train_loss.min()) == {0.01: 0.1, 1e-5: 0.30000000000000004})
print(table.hidden.isna().tolist(), len(table), table.epoch.dtype, table['epoch.lr'].tolist())";
    let out = printed(&python, code, &[&place.path("e.csv")]);
    assert_eq!(out, "True\n[False, False, True] 3 int64 [0.25, 0.25, 0.125]\n");
}

#[test]
fn tensorboard_reads_what_is_exported() {
    let Some(python) = python_with("tensorboard") else { return };
    let place = Place::new();
    place.run("runs/a", json!({ "lr": 0.01, "readout": "max" }));
    place.said(&["runs", "--tensorboard", "tb"]);
    // Once more: what is read from two files must not come twice.
    let first = fs::read(event_file(&place.path("tb/a"))).unwrap();
    place.said(&["runs", "--tensorboard", "tb"]);
    let mut told = place.told("tb/a");
    fs::write(place.path("tb/a/events.out.tfevents.0000000001.host.1.0"), first).unwrap();
    let code = r#"
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata
read = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0, "histograms": 0, "images": 0})
read.Reload()
tags = read.Tags()
scalars = {tag: [[e.step, e.wall_time, e.value] for e in read.Scalars(tag)] for tag in tags["scalars"] if tag != "steps/grad_norm"}
histogram = read.Histograms("weights/0.weight")
image = read.Images("pictures/loss")
content = lambda tag: read.SummaryMetadata(tag).plugin_data.content
start = metadata.parse_session_start_info_plugin_data(content("_hparams_/session_start_info"))
end = metadata.parse_session_end_info_plugin_data(content("_hparams_/session_end_info"))
text = read.Tensors("run")[0].tensor_proto.string_val[0].decode()
print(json.dumps({
    "scalars": scalars, "images": [[i.width, i.height, len(i.encoded_image_string)] for i in image],
    "histogram": [[h.histogram_value.num, list(h.histogram_value.bucket)] for h in histogram],
    "lr": start.hparams["lr"].number_value, "readout": start.hparams["readout"].string_value, "status": end.status,
    "text": text.splitlines()[0],
}))
"#;
    let read: Value = serde_json::from_str(&printed(&python, code, &[&place.path("tb/a")])).unwrap();
    told.scalars.remove("steps/grad_norm");
    let own: BTreeMap<String, Vec<Value>> = told
        .scalars
        .iter()
        .map(|(tag, all)| (tag.clone(), all.iter().map(|(s, t, v)| json!([s, t, f64::from(*v)])).collect()))
        .collect();
    assert_eq!(read["scalars"], json!(own));
    assert_eq!(read["images"], json!([[3, 2, png(3, 2).len()]]));
    assert_eq!((&read["histogram"][0][0], read["histogram"].as_array().unwrap().len()), (&json!(4.0), 1));
    assert_eq!((&read["lr"], &read["readout"], &read["status"]), (&json!(0.01), &json!("max"), &json!(1)));
    assert_eq!(read["text"], "    run         runs/a");
}

/// The bytes of records, beside those of TensorBoard's own writer for the same messages.
#[test]
fn a_file_has_the_bytes_that_tensorboard_would_write() {
    let Some(python) = python_with("tensorboard") else { return };
    let place = Place::new();
    place.run("runs/a", json!({ "lr": 0.01 }));
    place.said(&["runs", "--tensorboard", "tb"]);
    let code = r#"
import sys
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.record_writer import RecordWriter
writer = RecordWriter(open(sys.argv[2], "wb"))
for raw in RawEventFileLoader(sys.argv[1]).Load():
    assert Event.FromString(raw).ByteSize() == len(raw)
    writer.write(raw)
writer.close()
"#;
    let (file, copy) = (event_file(&place.path("tb/a")), place.path("copy"));
    printed(&python, code, &[Path::new(&file), &copy]);
    assert!(fs::read(&file).unwrap() == fs::read(&copy).unwrap(), "the copy is another");
}
