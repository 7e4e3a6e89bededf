//! `imdbsh predict`: the same answers from arguments, lines and tables, in their order.

use crate::common::runs::Place;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// A network on the sample.
fn script(place: &Place, name: &str, options: &str, network: &str) {
    let text = format!(
        r#"
let o = options(#{{ data: "sample", train: "200", test: "20", max_len: 60, lr: 0.01, seed: 2, {options} }});
let reviews = imdb::load(o);
let net = {network};
train::fit(net, adam(net, #{{ lr: o.lr }}), reviews, #{{ epochs: 3, batch: 8, progress: false }});
"#
    );
    fs::write(place.path(name), text).unwrap();
}

/// A little LSTM, which has seen enough to tell a few words.
fn trained() -> Place {
    let place = Place::new();
    let network = r#"sequential([["lstm", lstm(reviews.width, 8, #{ readout: "max" })], ["layer", linear(8, 2)]])"#;
    script(&place, "reviews.rhai", "", network);
    place.run(&["--run-dir", "run", "reviews.rhai"]);
    place
}

#[test]
fn a_run_is_opened_without_a_function_of_its_script_and_says_the_same() {
    let place = Place::new();
    let network = r#"sequential([
        ["words", imdb::embedding(reviews)], ["drop", dropout(0.1)],
        ["rows", bilstm(reviews.width, 4, #{ layers: 2, readout: "mean", dropout: 0.2 })],
        ["norm", layer_norm(8, #{ affine: false })], ["head", sequential([linear(8, 4, #{ bias: false }), gelu(), linear(4, 2)])],
        ["end", log_softmax(-1)],
    ])"#;
    script(&place, "plain.rhai", "trained: true", network);
    place.run(&["--run-dir", "plain", "plain.rhai"]);
    let model = format!("model(o, reviews);\nfn model(o, reviews) {{ {network} }}");
    script(&place, "function.rhai", "trained: true", &model);
    place.run(&["--run-dir", "function", "function.rhai"]);
    let said = |run: &str| {
        let output = place.command(&["predict", run, "A wonderful, moving film.", "Awful."]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(said("plain"), said("function"));
}

#[test]
fn a_forward_function_of_the_script_is_built_from_its_text() {
    let place = Place::new();
    let made = r#"{
        let rate = 0.5;
        let names = ["first", "second"];
        network(#{
            "odd name": 3, words: imdb::embedding(reviews), heads: [linear(4, 2), linear(4, 2)], lstm: lstm(reviews.width, 4),
            scale: parameter(ones([4])), seen: buffer(zeros([1]).to("int64")), notes: #{ a: [1, 2.5, true, (), "q\"\n"] },
            forward: |x| {
                // A comment, a text `${names[0]}` and a nested closure.
                let row = this.lstm.forward(this.words.forward(x)) * this.scale * rate;
                if this.training() { this.seen += 1; }
                let all = this.heads.map(|head| halved(head.forward(row)));
                if names[1] == "second" && this["odd name"] == 3 && this.notes.a[4].len() == 3 { all[0] + all[1] } else { row }
            },
        })
    }"#;
    let helper = "fn halved(x) { x / 2 }\n";
    script(&place, "plain.rhai", "trained: true", &format!("{made};\n{helper}"));
    place.run(&["--run-dir", "plain", "plain.rhai"]);
    script(
        &place,
        "function.rhai",
        "trained: true",
        &format!("model(o, reviews);\nfn model(o, reviews) {made}\n{helper}"),
    );
    place.run(&["--run-dir", "function", "function.rhai"]);
    let said = |run: &str| {
        let output = place.command(&["predict", run, "A wonderful, moving film.", "Awful."]).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (plain, err) = said("plain");
    assert!(plain.contains("Awful."), "{err}");
    assert_eq!(plain, said("function").0);

    // As it was at the end, whatever the script calls its own functions; its last line needs no `;`.
    let text = format!(
        "{}let k = 1.0;\nlet net = sequential([imdb::embedding(reviews), lambda(|x| x.mean() * k), linear(reviews.width, 2)]);\n\
         fn model(width, hidden) {{ 3 }}\nk = 30.0;\n\
         train::fit(net, adam(net), reviews, #{{ epochs: 1, progress: false }})",
        "let reviews = imdb::load(#{ train: 60, test: 20, max_len: 40 });\n"
    );
    fs::write(place.path("changed.rhai"), text).unwrap();
    place.run(&["--run-dir", "changed", "changed.rhai"]);
    let config = fs::read_to_string(place.path("changed/config.json")).unwrap();
    assert!(config.contains("let k = 30.0;"), "{config}");
    assert!(said("changed").0.contains("Awful."), "{}", said("changed").1);

    // Its numbers would not be those of the run.
    let outside = "{ let head = linear(reviews.width, 2); sequential([imdb::embedding(reviews), lambda(|x| head.forward(x.mean()))]) }";
    script(&place, "outside.rhai", "", outside);
    place.run(&["--run-dir", "outside", "outside.rhai"]);
    let err = said("outside").1;
    let why = "outside does not say how its network is made: its script has no function model(o, reviews), and `lambda` has captured `head`";
    assert!(err.contains(why), "{err}");
}

#[test]
fn what_of_a_text_has_no_part_in_its_class_is_said() {
    let place = trained();
    let long = "fine ".repeat(61);
    let (_, _, err) = predicted(&place, &["A fine film.", &long, "zxqwv qqxzz", &long, ""], b"");
    let cut = "2 of 5 texts are longer than what the network reads: their ends, or middles, had no part in their classes (the first is row 2)";
    assert!(err.contains(cut), "{err}");
    let unknown =
        "1 of 5 texts hold nothing that the network knows: their classes tell nothing of them (the first is row 3)";
    assert!(err.contains(unknown), "{err}");
    let (_, _, err) = predicted(&place, &["A fine film."], b"");
    assert!(!err.contains("texts"), "{err}");
}

/// Exit code, stdout, stderr.
fn predicted(place: &Place, arguments: &[&str], stdin: &[u8]) -> (Option<i32>, String, String) {
    let mut command = place.command(&[&["predict", "run"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const TEXTS: [&str; 5] =
    ["A wonderful, moving film.", "", "The worst film ever. Awful, boring, bad.", "A comma, a \"quote\"", "<br />"];

#[test]
fn arguments_lines_and_tables_have_the_same_answers_in_their_order() {
    let place = trained();
    let (code, by_arguments, err) = predicted(&place, &[TEXTS.as_slice(), &["--format", "jsonl"]].concat(), b"");
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("2 of 5 texts without a word have no class (the first is row 2)"), "{err}");
    let rows: Vec<Value> = by_arguments.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.iter().map(|row| row["text"].as_str().unwrap()).collect::<Vec<_>>(), TEXTS);
    assert_eq!(rows.iter().map(|row| row["row"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!((&rows[0]["class"], &rows[2]["class"]), (&"pos".into(), &"neg".into()));
    assert!(rows[1]["class"].is_null() && rows[4]["probabilities"].is_null());
    let p = |row: &Value, class: &str| row["probabilities"][class].as_f64().unwrap();
    assert!((p(&rows[0], "neg") + p(&rows[0], "pos") - 1.0).abs() < 1e-6);
    assert_eq!(rows[0]["p"], rows[0]["probabilities"]["pos"]);

    let lines = TEXTS.join("\r\n") + "\n";
    let (code, by_lines, _) = predicted(&place, &["--format", "jsonl", "--batch", "1"], lines.as_bytes());
    assert_eq!(code, Some(0));
    let class = |rows: &str| -> Vec<Value> {
        rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["class"].clone()).collect()
    };
    assert_eq!(class(&by_lines), class(&by_arguments));

    let rows = TEXTS.iter().map(|text| format!("1;\"{}\"\n", text.replace('"', "\"\"")));
    fs::write(place.path("new.csv"), format!("id;review\n{}", rows.collect::<String>())).unwrap();
    let of_table = ["--data", "new.csv", "--text-column", "review", "--out", "said.csv"];
    let (code, out, err) = predicted(&place, &of_table, b"");
    assert_eq!((code, out.as_str()), (Some(0), "said.csv\n"), "{err}");
    let mut said = csv::Reader::from_path(place.path("said.csv")).unwrap();
    assert_eq!(said.headers().unwrap(), vec!["row", "class", "p", "p_neg", "p_pos", "text"]);
    let said: Vec<csv::StringRecord> = said.records().map(Result::unwrap).collect();
    assert_eq!(said.iter().map(|row| row[5].to_string()).collect::<Vec<_>>(), TEXTS);
    let classes: Vec<Value> =
        said.iter().map(|row| if row[1].is_empty() { Value::Null } else { row[1].into() }).collect();
    assert_eq!(classes, class(&by_arguments));

    // The same in a script.
    let script =
        r#"let run = runs::open("run"); print(run.predict(["A wonderful, moving film.", ""]).map(|s| s.class));"#;
    let output = place.command(&["-e", script]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "[\"pos\", ()]\n");
}

#[test]
fn a_line_is_answered_as_soon_as_it_comes() {
    let place = trained();
    let mut command = place.command(&["predict", "run"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for (text, class) in [("A wonderful, moving film.", "pos"), ("Awful, boring, bad.", "neg")] {
        writeln!(stdin, "{text}").unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert!(answer.starts_with(class) && answer.trim_end().ends_with(text), "{answer}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_cannot_be_answered_is_said() {
    let place = trained();
    let (code, out, err) = predicted(&place, &["--format", "csv"], b"fine \xff film\n");
    assert_eq!(code, Some(0));
    assert!(out.ends_with("fine \u{fffd} film\n"), "{out}");
    assert!(err.contains("1 line holds bytes that are not UTF-8 (the first is line 1)"), "{err}");

    let long = "a fine film ".repeat(9000);
    let (code, out, _) = predicted(&place, &[], long.as_bytes());
    assert_eq!((code, out.lines().count()), (Some(0), 1));
    assert_eq!(predicted(&place, &[], b""), (Some(0), String::new(), String::new()));

    fs::write(place.path("new.csv"), "id,review\n1,fine\n").unwrap();
    let refused = |arguments: &[&str], code: i32, expected: &str| {
        let (found, out, err) = predicted(&place, arguments, b"");
        assert_eq!((found, out.as_str()), (Some(code), ""), "{arguments:?}: {err}");
        assert!(err.contains(expected), "{arguments:?}: {err}");
    };
    refused(&["--data", "new.csv"], 1, "new.csv has no column `text`");
    refused(&["--data", "no.csv"], 1, "no.csv");
    refused(&["--data", "new.csv", "a text"], 2, "the texts are either named or those of new.csv, not both");
    refused(&["--text-column", "review"], 2, "--data FILE names it");
    refused(&["--data", "new.csv", "--table", "seperator=;"], 2, "unknown key `seperator`");
    refused(&["--out", "said.xls", "a"], 2, "no format has the ending `xls`: .csv, .jsonl and .txt are written");
    fs::remove_file(place.path("run/best.safetensors")).unwrap();
    refused(&["--weights", "best", "a"], 1, "keeps no weights of its best epoch");
    let none = place.command(&["predict", "no-such-run", "a"]).env("HF_HUB_OFFLINE", "1").output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8(none.stderr).unwrap().contains("no-such-run is no run folder, and no classifier: "));
    assert!(!place.path("said.xls").exists());
}

#[test]
fn a_checkpoint_of_the_hub_answers_without_a_run() {
    let place = Place::new();
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny_encoders");
    for family in ["distilbert", "roberta", "modernbert"] {
        let model = models.join(family);
        let arguments = ["predict", model.to_str().unwrap(), "--format", "jsonl", "A great film!", "", "Dull."];
        let output = place.command(&arguments).output().unwrap();
        assert!(output.status.success(), "{family}: {}", String::from_utf8_lossy(&output.stderr));
        let rows: Vec<Value> =
            String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(["bad", "fair", "good"].contains(&rows[0]["class"].as_str().unwrap()), "{family}");
        assert!(rows[1]["class"].is_null() && rows.len() == 3);
        let of_all = rows[2]["probabilities"].as_object().unwrap().values().map(|p| p.as_f64().unwrap());
        assert!((of_all.sum::<f64>() - 1.0).abs() < 1e-6, "{family}");
    }
}

#[test]
fn answers_never_replace_what_is_read() {
    let place = trained();
    fs::write(place.path("t.csv"), "text\ngood\n").unwrap();
    for (arguments, message) in [
        (&["run", "--data", "t.csv", "--out", "./t.csv"][..], "would replace the table that it reads"),
        (&["run", "good", "--out", "run/predictions.csv"][..], "is a file of the run itself"),
    ] {
        let output = place.command(&[&["predict"], arguments].concat()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains(message), "{err}");
    }
    assert_eq!(fs::read_to_string(place.path("t.csv")).unwrap(), "text\ngood\n");
    let output = place.command(&["predict", "run/nosuch", "good"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("run/nosuch is no run and no model: there is no such folder in run"), "{err}");
}
