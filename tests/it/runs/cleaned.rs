//! Runs whose texts a function of the script has cleaned, opened again.

use crate::common::scripts::{imdbsh, script};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// A run that was trained with this option `clean`.
fn trained(clean: &str) -> (TempDir, Value) {
    let folder = TempDir::new().unwrap();
    let code = format!(
        r#"
        fn shouted(texts) {{ texts.replace("[^a-zA-Z]+", " ").to_lower().split() }}
        fn model(o, reviews) {{ sequential([lstm(reviews.width, 4), linear(4, 2)]) }}
        let o = options(#{{ data: "sample", train: "40", test: "20" }});
        let reviews = imdb::load(o + #{{ clean: {clean}, max_len: 30 }});
        let net = model(o, reviews);
        train::fit(net, adam(net), reviews, #{{ epochs: 1 }});
        "#
    );
    let file = folder.path().join("s.rhai");
    fs::write(&file, code).unwrap();
    let (code, out, err) = imdbsh(folder.path(), &file, &[]);
    assert_eq!(code, 0, "{out}{err}");
    let config: Value = serde_json::from_slice(&fs::read(folder.path().join("run/config.json")).unwrap()).unwrap();
    (folder, config["data"]["clean"].clone())
}

#[test]
fn a_function_of_the_script_cleans_again_where_a_run_is_opened() {
    let (folder, clean) = trained("Fn(\"shouted\")");
    assert_eq!(clean, serde_json::json!({ "function": "shouted" }));
    let rows = fs::read_to_string(folder.path().join("run/metrics.jsonl")).unwrap();
    let row: Value = serde_json::from_str(rows.lines().last().unwrap()).unwrap();
    let (code, out, err) = imdbsh(folder.path(), &script("test"), &["model=run", "weights=last"]);
    assert_eq!(code, 0, "{out}{err}");
    let accuracy = format!("accuracy {:.4}", row["test_acc"].as_f64().unwrap());
    assert!(out.contains(&accuracy), "{accuracy} in training: {out}");
}

#[test]
fn a_closure_that_cleaned_is_told_and_not_done_without() {
    let (folder, clean) = trained("|texts| texts.to_lower().split()");
    let text = clean["closure"].as_str().unwrap();
    assert!(text.contains("texts.to_lower().split()"), "{text}");
    let (code, _, err) = imdbsh(folder.path(), &script("test"), &["model=run"]);
    assert!(code != 0 && err.contains("cleaned by a closure, which cannot be read back"), "{err}");
}

#[test]
fn a_named_cleaning_is_recorded_by_its_name() {
    let (_folder, clean) = trained("\"words\"");
    assert_eq!(clean, "words");
}
