//! Fine-tuning as a user meets it: the scripts with a tiny BERT, and their runs in PyTorch.

use crate::common::pytorch;
use crate::common::scripts::{imdbsh, root, script};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SMALL: &[&str] = &["train=64", "test=32", "epochs=2", "max_len=24"];

/// A folder with a run of a script in it, and its accuracy.
#[track_caller]
fn trained(name: &str, options: &[&str]) -> (TempDir, f64) {
    let folder = TempDir::new().unwrap();
    let model = format!("model={}", root().join("tests/data/tiny_bert").display());
    let (code, out, err) = imdbsh(folder.path(), &script(name), &[&[model.as_str()], SMALL, options].concat());
    assert_eq!(code, 0, "{name} {options:?}: {out}{err}");
    let rows = fs::read_to_string(folder.path().join("run/metrics.jsonl")).unwrap();
    let last: Value = serde_json::from_str(rows.lines().last().unwrap()).unwrap();
    let accuracy = last["test_acc"].as_f64().unwrap();
    (folder, accuracy)
}

#[test]
fn a_fine_tuned_run_is_scored_again_and_is_a_model_to_go_on_with() {
    for options in [
        &["depth=3", "dropout=0.3", "lr=1e-3"][..],
        &["lr=1e-3", "schedule=halve_every:1", "readout=mean", "frozen=1", "decay=0.8", "width=4"],
    ] {
        let (folder, accuracy) = trained("bert", options);
        let (code, out, err) = imdbsh(folder.path(), &script("test"), &["model=run", "test=32"]);
        assert_eq!(code, 0, "{options:?}: {out}{err}");
        assert!(out.contains(&format!("accuracy {accuracy:.4}")), "{accuracy} in training, {out}");

        let code = r#"
            let net = bert("run", #{ readout: "cls" });
            let ids = tokenizer("run").encode(texts(["a good film"]), 8);
            print(net.forward(tensor([ids[0]])).shape);
        "#;
        fs::write(folder.path().join("again.rhai"), code).unwrap();
        let (code, out, err) = imdbsh(folder.path(), Path::new("again.rhai"), &[]);
        assert_eq!((code, out.as_str(), err.as_str()), (0, "[1, 16]\n", ""));
    }
}

#[test]
fn several_runs_are_compared_on_the_same_reviews() {
    let (folder, accuracy) = trained("bert", &["lr=1e-3"]);
    let lstm = ["train=32", "test=32", "hidden=4", "epochs=1", "max_len=20", "batch=16"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    command.current_dir(folder.path()).args(["--threads", "1", "--run-dir", "other"]).arg(script("bilstm_adam"));
    assert!(command.args(lstm).output().unwrap().status.success());
    let options = ["model=run,other", "test=32", "wrong=1", "save=figures.json"];
    let (code, out, err) = imdbsh(folder.path(), &script("test"), &options);
    assert_eq!(code, 0, "{out}{err}");
    let figures: Value = serde_json::from_slice(&fs::read(folder.path().join("figures.json")).unwrap()).unwrap();
    assert_eq!(figures["runs"][0]["accuracy"].as_f64().unwrap(), accuracy);
    let pair = &figures["pairs"][0];
    let right = pair["both"].as_i64().unwrap() + pair["first"].as_i64().unwrap();
    assert_eq!(right as f64 / 32.0, accuracy, "{pair}");
    assert!(out.contains("run and other: both right"), "{out}");
    let (code, _, err) = imdbsh(folder.path(), &script("test"), &["model=run,other", "picture=a.png"]);
    assert!(code == 2 && err.contains("picture names one file"), "{code} {err}");
}

#[test]
fn layers_that_are_frozen_stay_as_they_are_and_the_others_move() {
    let (folder, _) = trained("bert", &["frozen=2", "lr=1e-2"]);
    let read = |path: &Path| imdbsh::ml::weights::read(path).unwrap().tensors;
    let after = read(&folder.path().join("run/model.safetensors"));
    for (name, before) in read(&root().join("tests/data/tiny_bert/model.safetensors")) {
        let (_, now) = after.iter().find(|(n, _)| *n == format!("bert.{name}")).unwrap();
        let trained = name.starts_with("encoder.layer.2.") && !name.ends_with("key.bias");
        if !name.ends_with("key.bias") {
            assert_eq!(*now != before, trained, "{name}");
        }
    }
}

#[test]
fn pytorch_loads_the_weights_into_the_labs_network_and_computes_the_same() {
    let Some(python) = pytorch::python() else { return };
    let (folder, _) = trained("bert", &["lr=1e-3"]);
    let own = r#"
        let run = runs::open("run");
        let rows = runs::dataset_of(run, runs::reviews(run, #{ test: 16 }), #{});
        print(runs::probabilities(run.net, rows, #{}).to_array());
    "#;
    fs::write(folder.path().join("own.rhai"), own).unwrap();
    let (code, out, err) = imdbsh(folder.path(), Path::new("own.rhai"), &[]);
    assert_eq!(code, 0, "{err}");
    let ours: Vec<Vec<f64>> = serde_json::from_str(&out).unwrap();

    let tiny = root().join("tests/data/tiny_bert");
    let texts = sample_texts();
    fs::write(folder.path().join("texts.json"), serde_json::to_string(&texts).unwrap()).unwrap();
    let code = format!(
        r#"
from torch import nn
try:
    from transformers import BertConfig, BertModel, BertTokenizerFast
except ImportError:
    print("none"); sys.exit()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = BertModel(BertConfig.from_pretrained("{tiny}"))
        self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
net = Net()
net.load_state_dict(state, strict=True)
net.eval()
tokenizer = BertTokenizerFast.from_pretrained("{tiny}")
texts = json.load(open("{texts}"))
coded = tokenizer(texts, max_length=24, padding="max_length", truncation=True, return_tensors="pt")
with torch.no_grad():
    hidden = net.bert(coded["input_ids"], attention_mask=coded["attention_mask"]).last_hidden_state[:, -1]
    print(json.dumps(net.classifier(hidden).softmax(-1).tolist()))
"#,
        tiny = tiny.display(),
        texts = folder.path().join("texts.json").display(),
    );
    let theirs = pytorch::with_weights(&python, &folder.path().join("run/model.safetensors"), &code);
    if theirs.trim() == "none" {
        return;
    }
    let theirs: Vec<Vec<f64>> = serde_json::from_str(theirs.lines().last().unwrap()).unwrap();
    assert_eq!((ours.len(), theirs.len()), (16, 16));
    for (a, b) in ours.iter().flatten().zip(theirs.iter().flatten()) {
        assert!((a - b).abs() < 1e-4, "{a} and {b}");
    }
}

/// The texts that the script above scores, cleaned as the lab does it.
fn sample_texts() -> Vec<String> {
    use imdbsh::ml::data::{Label, sample};
    let read = |label| sample::reviews("test", Label::parse(label).unwrap(), Some(0..8)).unwrap().texts;
    let all = read("neg").followed_by(&read("pos")).unwrap();
    all.replace(r#"[\s+.!@/_,$%^*()'"，。？！、～~#￥…&（）—]+"#, " ")
        .unwrap()
        .lower_case()
        .iter()
        .map(|text| String::from(text.unwrap()))
        .collect()
}
