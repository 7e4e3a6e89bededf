//! What `save_pretrained` writes is what transformers computes with, and what this program reads again.

use crate::common::python::python_with;
use crate::common::runs::Place;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Reads a list `asked` of `{ folder, rows }`, where each row is a text, its class and the probabilities of all, or null for an encoder alone. Prints for each the type of
/// the model, what transformers had to say while it was loaded, how many rows are of another class, and how far the probabilities are at most.
const ASKED: &str = r#"
import json, logging, sys, warnings
from transformers import AutoModel, AutoModelForSequenceClassification, pipeline
from transformers.utils.logging import disable_progress_bar
disable_progress_bar()
said = []
class Heard(logging.Handler):
    def emit(self, record): said.append(record.getMessage())
logging.getLogger("transformers").addHandler(Heard(logging.WARNING))
answers = []
for asked in json.load(open(sys.argv[1], encoding="utf-8"))["asked"]:
    kind = AutoModel if asked["rows"] is None else AutoModelForSequenceClassification
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        model, info = kind.from_pretrained(asked["folder"], output_loading_info=True)
        said += [f"{key}: {value}" for key, value in info.items() if value]
        wrong, far = 0, 0.0
        if asked["rows"]:
            ask = pipeline("text-classification", model=asked["folder"], top_k=None, truncation=True, batch_size=8)
            for (_, label, expected), got in zip(asked["rows"], ask([row[0] for row in asked["rows"]])):
                wrong += got[0]["label"] != label
                scores = {one["label"]: one["score"] for one in got}
                far = max([far] + [abs(scores[name] - p) for name, p in zip(model.config.id2label.values(), expected)])
    said += [str(warning.message) for warning in warned]
    answers.append([type(model).__name__, list(said), wrong, far])
    said.clear()
print(json.dumps(answers))
"#;

/// Texts of all kinds, many longer than what a tiny model reads.
const TEXTS: &str = r#"
let kinds = ["A great film, and so well acted!", "THE WORST EVER", "é, naïve: Él À ß ﬁ", "漢字 and 🙂 👍🏽", "it's so-so... isn't it?", "film"];
let read = imdb::read("sample", "test", 24).texts;
let all = kinds;
for i in 0..read.len() { all.push(read[i]); }
fn rows(texts, said) {
    let rows = [];
    for i in 0..texts.len() { rows.push([texts[i], said[i].class, said[i].probabilities]); }
    rows
}
"#;

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
        if from.join(file).exists() {
            fs::copy(from.join(file), to.join(file)).unwrap();
        }
    }
}

/// A place with the tiny models in it, CamemBERT among them, which is a RoBERTa with the tokenizer of XLM-RoBERTa.
fn with_models() -> Place {
    let place = Place::new();
    let data = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"));
    copied(&data.join("tiny_bert"), &place.path("tiny_bert"));
    for family in ["albert", "bert", "distilbert", "electra", "modernbert", "mpnet", "roberta", "xlm-roberta"] {
        copied(&data.join("tiny_encoders").join(family), &place.path(family));
    }
    copied(&place.path("xlm-roberta"), &place.path("camembert"));
    let config = place.path("camembert").join("config.json");
    let text = fs::read_to_string(&config).unwrap().replace("\"xlm-roberta\"", "\"camembert\"");
    fs::write(config, text).unwrap();
    place
}

/// What the script prints, and its notes.
#[track_caller]
fn printed(place: &Place, script: &str) -> (String, String) {
    fs::write(place.path("s.rhai"), script).unwrap();
    let output = place.command(&["s.rhai"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{err}");
    (String::from_utf8(output.stdout).unwrap(), err)
}

/// What transformers says of a list as the script above takes it: nothing, but the types of the models and the same classes and probabilities.
#[track_caller]
fn same_in_transformers(python: &str, place: &Place, list: &str, types: &[&str]) {
    fs::write(place.path("asked.json"), list).unwrap();
    let output = Command::new(python).args(["-c", ASKED, "asked.json"]).current_dir(place.path("")).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && err.is_empty(), "{err}");
    let answers: Vec<(String, Vec<String>, usize, f64)> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.iter().map(|(kind, ..)| kind.as_str()).collect::<Vec<_>>(), types);
    for (kind, said, wrong, far) in answers {
        assert!(said.is_empty() && wrong == 0 && far < 1e-5, "{kind}: {said:?}, {wrong} wrong, off by {far}");
    }
}

#[test]
fn a_run_of_the_labs_script_with_the_standard_head_says_the_same_in_transformers() {
    let place = with_models();
    let script = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/bert.rhai"));
    fs::copy(script, place.path("bert.rhai")).unwrap();
    let options =
        ["model=tiny_bert", "readout=pooler", "depth=0", "max_len=30", "train=40", "test=20", "epochs=2", "lr=1e-2"];
    place.run(&[&["--run-dir", "run", "bert.rhai"], &options[..]].concat());
    let save = r#"
let run = runs::open("run");
save_pretrained(run, "out");
let said = run.predict(all);
let cleaned = bert::clean(texts(all), run.data.clean);
let rows = [];
for i in 0..all.len() { rows.push([cleaned[i], said[i].class, said[i].probabilities]); }
print(to_json(#{ asked: [#{ folder: "out", rows: rows }] }));
"#;
    let (list, notes) = printed(&place, &format!("{TEXTS}{save}"));
    assert!(notes.contains("this run cleans its texts before the tokenizer reads them (clean: \"lab\""), "{notes}");
    let asked: Value = serde_json::from_str(&list).unwrap();
    let has = |class: &str| asked["asked"][0]["rows"].as_array().unwrap().iter().any(|row| row[1] == class);
    assert!(has("neg") && has("pos"), "one class alone is no test");
    // Both cut what is too long at the run's 30 tokens.
    let long = "the best film of the year ".repeat(20);
    let said = |model: &str| place.command(&["predict", model, "a great film", &long]).output().unwrap();
    let (by_run, by_folder) = (said("run"), said("out"));
    assert!(by_run.status.success() && by_run.stdout.len() > 20, "{}", String::from_utf8_lossy(&by_run.stderr));
    assert_eq!(String::from_utf8(by_folder.stdout).unwrap(), String::from_utf8(by_run.stdout).unwrap());
    let Some(python) = python_with("transformers") else { return };
    same_in_transformers(&python, &place, &list, &["BertForSequenceClassification"]);
}

/// Trained for an epoch, in the families' own order of casing, accents and truncation.
#[test]
fn a_trained_classifier_of_each_family_says_the_same_in_transformers() {
    let place = with_models();
    let script = r#"
let list = [];
for family in ["albert", "bert", "camembert", "distilbert", "electra", "modernbert", "mpnet", "roberta", "xlm-roberta"] {
    let reviews = bert::load(#{ model: family, train: 8, test: 4, max_len: 16 });
    let net = classifier(family);
    train::fit(net, adam(net, #{ lr: 0.003 }), reviews, #{ epochs: 1, batch: 4, run: false, progress: false });
    save_pretrained(net, `out/${family}`);
    let again = runs::predictor(`out/${family}`, #{});
    list.push(#{ folder: `out/${family}`, rows: rows(all, runs::predict(#{ net: net, data: again.data }, all)) });
    let own = net.named_parameters();
    let read = again.net.named_parameters();
    assert_eq(own.map(|pair| pair[0]), read.map(|pair| pair[0]));
    for i in 0..own.len() { assert_eq(own[i][1].detach(), read[i][1].detach()); }
}
print(to_json(#{ asked: list }));
"#;
    let (list, _) = printed(&place, &format!("{TEXTS}{script}"));
    let Some(python) = python_with("transformers") else { return };
    let types =
        ["Albert", "Bert", "Camembert", "DistilBert", "Electra", "ModernBert", "MPNet", "Roberta", "XLMRoberta"];
    let types = types.map(|kind| format!("{kind}ForSequenceClassification"));
    same_in_transformers(&python, &place, &list, &types.each_ref().map(String::as_str));
}

/// Built in the script, layer by layer, of an encoder that has a pooler whether the head reads it or not.
#[test]
fn the_standard_head_of_each_family_says_the_same_in_transformers() {
    let place = with_models();
    let script = r#"
let list = [];
let one = |width| [dropout(0.3), linear(width, 2)];
let two = |width, between| [dropout(0.3), linear(width, width), between, dropout(0.3), linear(width, 2)];
let heads = #{
    "albert": ["pooler", one.call(32)], "bert": ["pooler", one.call(32)],
    "camembert": ["cls", two.call(32, tanh())], "distilbert": ["cls", two.call(32, relu())], "electra": ["cls", two.call(32, gelu())],
    "mpnet": ["cls", two.call(32, tanh())], "roberta": ["cls", two.call(32, tanh())], "xlm-roberta": ["cls", two.call(32, tanh())],
};
for family in heads.keys() {
    let net = sequential([["encoder", encoder(family, #{ readout: heads[family][0] })], ["head", sequential(heads[family][1])]]);
    save_pretrained(net, `out/${family}`, #{ labels: ["neg", "pos"], max_len: 20 });
    let data = #{ tokenizer: tokenizer(family), clean: |all| all, keep: "head", max_len: 20, class_names: ["neg", "pos"], classes: 2 };
    list.push(#{ folder: `out/${family}`, rows: rows(all, runs::predict(#{ net: net, data: data }, all)) });
}
print(to_json(#{ asked: list }));
"#;
    let (list, _) = printed(&place, &format!("{TEXTS}{script}"));
    let dropped = |family: &str, item: &str| {
        let text = fs::read_to_string(place.path("out").join(family).join("config.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()[item].clone()
    };
    assert_eq!(dropped("roberta", "classifier_dropout"), json!(0.3));
    assert_eq!(dropped("albert", "classifier_dropout_prob"), json!(0.3));
    assert_eq!(dropped("distilbert", "seq_classif_dropout"), json!(0.3));
    let Some(python) = python_with("transformers") else { return };
    let types = ["Albert", "Bert", "Camembert", "DistilBert", "Electra", "MPNet", "Roberta", "XLMRoberta"];
    let types = types.map(|kind| format!("{kind}ForSequenceClassification"));
    same_in_transformers(&python, &place, &list, &types.each_ref().map(String::as_str));
}

#[test]
fn an_encoder_alone_is_one_in_transformers() {
    let place = with_models();
    let script = r#"
let list = [];
for family in ["albert", "bert", "camembert", "distilbert", "electra", "modernbert", "mpnet", "roberta", "xlm-roberta"] {
    save_pretrained(encoder(family), `out/${family}`);
    list.push(#{ folder: `out/${family}`, rows: () });
}
print(to_json(#{ asked: list }));
"#;
    let (list, _) = printed(&place, script);
    let Some(python) = python_with("transformers") else { return };
    let types =
        ["Albert", "Bert", "Camembert", "DistilBert", "Electra", "ModernBert", "MPNet", "Roberta", "XLMRoberta"];
    let types = types.map(|kind| format!("{kind}Model"));
    same_in_transformers(&python, &place, &list, &types.each_ref().map(String::as_str));
}

/// Every way in which a tokenizer can be written, which all come out as one.
#[test]
fn a_tokenizer_gives_the_same_ids_again() {
    let place = with_models();
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_encoders");
    let script = r#"
let all = read_json("TEXTS");
for name in ["accents", "as_it_is", "casing", "lines", "lines_added", "lines_cased", "lines_decoder", "lines_mpnet", "pairs", "pairs_spaced"] {
    let given = tokenizer(`DATA/${name}`);
    save_pretrained(encoder(if name.starts_with("pairs") { "roberta" } else { "bert" }), `out/${name}`, #{ tokenizer: given });
    let again = tokenizer(`out/${name}`);
    for text in all { assert_eq(again.encode(texts([text]), 40)[0], given.encode(texts([text]), 40)[0]); }
}
"#;
    let script = script.replace("TEXTS", &format!("{data}/texts.json")).replace("DATA", &format!("{data}/tokenizers"));
    fs::write(place.path("s.rhai"), script).unwrap();
    place.run(&["--allow-read", data, "s.rhai"]);
    let Some(python) = python_with("transformers") else { return };
    let code = r#"
import json, sys
from transformers import AutoTokenizer
texts = json.load(open(f"{sys.argv[1]}/texts.json", encoding="utf-8"))
for name in sys.argv[2:]:
    rows = AutoTokenizer.from_pretrained(f"out/{name}")(texts, max_length=40, truncation=True)["input_ids"]
    expected = json.load(open(f"{sys.argv[1]}/tokenizers/{name}/tokens.json"))
    assert rows == expected, [(text, row) for text, row, other in zip(texts, rows, expected) if row != other]
"#;
    let names: Vec<String> =
        fs::read_dir(place.path("out")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 10);
    let output =
        Command::new(python).args(["-c", code, data]).args(names).current_dir(place.path("")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn weights_are_float32_in_a_file_for_pytorch() {
    let place = with_models();
    let script = r#"
let net = classifier("roberta", #{ precision: "bf16" });
net.forward(tensor([[0, 5, 6, 2]])).sum().backward();
save_pretrained(net, "out");
"#;
    printed(&place, script);
    let bytes = fs::read(place.path("out/model.safetensors")).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Map<String, Value> = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    assert_eq!(header["__metadata__"], json!({ "format": "pt" }));
    assert!(header.len() > 30 && header.iter().all(|(name, of)| name == "__metadata__" || of["dtype"] == "F32"));
}

#[test]
fn a_folder_is_replaced_or_refused() {
    let place = with_models();
    for folder in ["old", "stuck/model.safetensors", "foreign", "run/encoder"] {
        fs::create_dir_all(place.path(folder)).unwrap();
    }
    for file in ["stuck/config.json", "old/README.md", "foreign/added_tokens.json", "run/status.json"] {
        fs::write(place.path(file), "{}").unwrap();
    }
    let script = r#"
let net = classifier("bert");
save_pretrained(net, "old", #{ labels: ["a", "b", "c"] });
save_pretrained(classifier("distilbert"), "old");
assert_eq(classifier("old").class_names, ["bad", "fair", "good"]);
assert_throws(|| save_pretrained(net, "old/README.md"), "old/README.md is a file, and the model is a folder");
assert_throws(|| save_pretrained(net, ""), "the name of the folder is empty");
assert_throws(|| save_pretrained(net, "foreign"), "foreign has added_tokens.json of another model");
assert_throws(|| save_pretrained(net, "run"), "run is of a run, whose files it would replace");
assert_throws(|| save_pretrained(net, "run/encoder"), "run/encoder is of a run");
assert_throws(|| save_pretrained(net, "/imdbsh-elsewhere"), "/imdbsh-elsewhere");
assert_throws(|| save_pretrained(net, "stuck"), "stuck/model.safetensors");
save_pretrained(net, "run/pretrained");
// What was read from the folder is written into it again.
let mine = classifier("old");
no_grad(|| mine.classifier.bias.add_(1.0));
save_pretrained(mine, "old");
assert_eq(classifier("old").classifier.bias.detach(), mine.classifier.bias.detach());
"#;
    printed(&place, script);
    for file in ["old/README.md", "stuck/config.json"] {
        assert_eq!(fs::read_to_string(place.path(file)).unwrap(), "{}");
    }
    assert_eq!(fs::read_dir(place.path("foreign")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(place.path("run")).unwrap().count(), 3);
    assert!(!Path::new("/imdbsh-elsewhere").exists());
}
