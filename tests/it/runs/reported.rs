//! `imdbsh report`: the page says what the folders say, and needs nothing else.

use crate::common::runs::Place;
use serde_json::Value;
use std::fs;

/// Exit code, the page, stderr.
fn reported(place: &Place, arguments: &[&str]) -> (Option<i32>, String, String) {
    let _ = fs::remove_file(place.path("report.html"));
    let output = place.command(&[&["report"], arguments].concat()).output().unwrap();
    let page = fs::read_to_string(place.path("report.html")).unwrap_or_default();
    (output.status.code(), page, String::from_utf8(output.stderr).unwrap())
}

/// A little LSTM on the sample, three epochs.
fn reviews_script(place: &Place) {
    let script = r#"
let o = options(#{ data: "sample", train: "40", test: "20", max_len: 30, lr: 0.02, seed: 2 });
fn model(o, reviews) { sequential([["lstm", lstm(reviews.width, 4)], ["layer", linear(4, 2)]]) }
let reviews = imdb::load(o);
let net = model(o, reviews);
train::fit(net, adam(net, #{ lr: o.lr }), reviews, #{ epochs: 3, batch: 8, progress: false, log_every: 2, notes: "</style><b>notes</b> & more" });
"#;
    fs::write(place.path("reviews.rhai"), script).unwrap();
}

fn charts(page: &str) -> Vec<Value> {
    let parts = page.split("data-chart='").skip(1);
    parts.map(|part| serde_json::from_str(part.split('\'').next().unwrap()).unwrap()).collect()
}

#[test]
fn the_page_has_the_figures_of_the_folder_to_the_last_digit_and_refers_to_nothing_outside() {
    let place = Place::new();
    reviews_script(&place);
    place.run(&["--run-dir", "run", "reviews.rhai"]);
    let (code, page, err) = reported(&place, &["run"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for outside in ["http:", "https:", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let text = fs::read_to_string(place.path("run/metrics.jsonl")).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let charts = charts(&page);
    for column in ["train_loss", "test_loss", "train_acc", "test_acc", "lr"] {
        let mut curves = charts.iter().flat_map(|chart| chart["curves"].as_array().unwrap());
        let curve = curves.find(|curve| curve["name"] == column).unwrap();
        let drawn: Vec<f64> = curve["points"].as_array().unwrap().iter().map(|p| p["y"].as_f64().unwrap()).collect();
        let kept: Vec<f64> = rows.iter().map(|row| row[column].as_f64().unwrap()).collect();
        assert_eq!(drawn, kept, "{column}");
    }
    // What the weights say of the reviews is what they said in the last epoch.
    let accuracy = format!("accuracy <b>{:.4}</b>", rows[2]["test_acc"].as_f64().unwrap());
    assert!(page.contains("20 reviews") && page.contains(&accuracy), "{accuracy}");
    let counts = page.split("class=\"confusion\"").nth(1).unwrap().split("</table>").next().unwrap();
    let cells = counts.split("<td").skip(1).map(|cell| cell.split(['>', '<']).nth(1).unwrap().parse::<u32>().unwrap());
    assert_eq!(cells.sum::<u32>(), 20);
    let wrong = rows[2]["test_acc"].as_f64().unwrap();
    assert_eq!(page.matches("<details class=\"review\"").count(), ((1.0 - wrong) * 20.0).round().min(10.0) as usize);
    assert!(
        page.contains("&lt;&#x2f;style&gt;&lt;b&gt;notes&lt;&#x2f;b&gt; &amp; more") && !page.contains("<b>notes"),
        "{page}"
    );
    assert!(page.contains("LSTM(100, 4, readout=") && page.contains("By step"));
}

#[test]
fn runs_stand_beside_each_other_and_what_differs_is_marked() {
    let place = Place::new();
    place.run(&["--run-dir", "runs/a", "s.rhai", "epochs=2"]);
    place.run(&["--run-dir", "runs/b", "s.rhai", "epochs=2", "lr=0.02"]);
    let (code, page, err) = reported(&place, &["runs", "--title", "<two> rates"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(page.contains("<title>&lt;two&gt; rates</title>"), "{page}");
    let differing: Vec<&str> =
        page.split("class=\"differs\"").skip(1).map(|row| row.split("</tr>").next().unwrap()).collect();
    assert!(differing[0].contains("lr</th><td>0.01</td><td>0.02</td>"), "{differing:?}");
    let names: Vec<String> =
        charts(&page)[0]["curves"].as_array().unwrap().iter().map(|c| c["name"].to_string()).collect();
    assert_eq!(names, ["\"lr=0.01 train\"", "\"lr=0.01 test\"", "\"lr=0.02 train\"", "\"lr=0.02 test\""]);
    // These scripts read no reviews: the page says so, and has all else.
    assert!(
        err.contains("the reviews of lr=0.01 are not in the report: ") && page.matches("class=\"error\"").count() == 2,
        "{err}"
    );
    let (code, page, err) = reported(&place, &["runs", "--reviews", "none"]);
    assert_eq!((code, err.as_str(), page.matches("class=\"error\"").count()), (Some(0), "", 0));
}

#[test]
fn what_is_left_of_a_run_is_reported_and_a_failure_says_why() {
    let place = Place::new();
    fs::write(place.path("f.rhai"), "let net = linear(2, 2); let set = dataset(randn([8, 2]), arange(8) % 2);
        train::fit(net, sgd(net, #{ lr: 0.1 }), #{ train: set }, #{ epochs: 3, on_epoch: |t| { if t.epoch == 2 { throw \"<i>no more</i>\"; } } });").unwrap();
    place.command(&["--run-dir", "run", "f.rhai"]).output().unwrap();
    let (code, page, _) = reported(&place, &["run", "--reviews", "none"]);
    assert_eq!(code, Some(0));
    assert!(page.contains("status failed") && page.contains("&lt;i&gt;no more&lt;&#x2f;i&gt;"), "{page}");
    fs::remove_file(place.path("run/config.json")).unwrap();
    fs::write(
        place.path("run/metrics.jsonl"),
        "{\"epoch\":1,\"train_loss\":0.5}\n{\"epoch\":2,\"train_loss\":null}\n{\"ep",
    )
    .unwrap();
    let (code, page, err) = reported(&place, &["run", "--reviews", "none"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(page.contains("status damaged") && charts(&page)[0]["curves"][0]["points"].as_array().unwrap().len() == 1);
}

#[test]
fn what_a_model_raises_is_placed_in_the_runs_script() {
    let place = Place::new();
    reviews_script(&place);
    place.run(&["--run-dir", "run", "reviews.rhai"]);
    let script = fs::read_to_string(place.path("run/script.rhai")).unwrap();
    let failing = script.replace("fn model(o, reviews) {", "fn model(o, reviews) {\n    throw \"no more\";");
    fs::write(place.path("run/script.rhai"), failing).unwrap();
    // A run of before config.json said how its network is made.
    let config = fs::read_to_string(place.path("run/config.json")).unwrap();
    fs::write(place.path("run/config.json"), config.replace("\"built\"", "\"summed\"")).unwrap();
    let (code, page, err) = reported(&place, &["run"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("error: no more") && err.contains("--> run/script.rhai:4:5"), "{err}");
    assert!(err.contains("model() called from stdlib/runs/folder.rhai:") && page.contains("no more"), "{err}");
}

#[test]
fn other_reviews_than_those_of_the_run_are_not_scored_in_their_place() {
    let place = Place::new();
    let table = |turned: bool| {
        let row =
            |i: usize| format!("text {i} {},{}\n", ["bad", "good"][i % 2], ["a", "b"][(i + usize::from(turned)) % 2]);
        format!("text,label\n{}", (0..40).map(row).collect::<String>())
    };
    fs::write(place.path("t.csv"), table(false)).unwrap();
    let script = r#"
let o = options(#{ data: "t.csv", train: "all", test: "all", vectors: "none", seed: 2 });
fn model(o, reviews) { sequential([embedding(reviews.vocabulary.len(), 4), lstm(4, 4), linear(4, 2)]) }
let reviews = imdb::load(o);
let net = model(o, reviews);
train::fit(net, adam(net, #{ lr: 0.01 }), reviews, #{ epochs: 1, batch: 8, progress: false });
"#;
    fs::write(place.path("t.rhai"), script).unwrap();
    place.run(&["--run-dir", "run", "t.rhai"]);
    let (code, page, err) = reported(&place, &["run", "--seed", "9"]);
    assert_eq!(code, Some(0));
    assert!(err.contains("seed 2 draws 8 of its rows"), "{err}");
    assert!(page.contains("8 reviews, accuracy"), "{page}");
    fs::write(place.path("t.csv"), table(true)).unwrap();
    let (code, page, err) = reported(&place, &["run"]);
    assert_eq!(code, Some(0));
    assert!(err.contains("are not those that it was tested on") && !page.contains("Most wrong"), "{err}");
}

#[test]
fn what_cannot_be_reported_is_said() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    place.run(&["--run-dir", "run", "s.rhai", "epochs=1"]);
    for (arguments, said) in [
        (&["none"][..], "there is no folder none"),
        (&["empty"], "there is no run in empty"),
        (&["run", "--reviews", "dta=x"], "unknown key `dta`; did you mean `data`"),
        (&["run", "--reviews", "test=all"], "--reviews data=sample"),
        (&["run", "--reviews", "data"], "options are given as key=value, got `data`"),
        (&["run", "--reviews", "none", "--out", "missing/r.html"], "missing/r.html"),
        (&["run", "--reviews", "none", "--out", "run/script.rhai"], "--out takes a file that ends in .html"),
    ] {
        let (code, page, err) = reported(&place, arguments);
        assert!(
            code.is_some_and(|code| code > 0) && page.is_empty() && err.contains(said),
            "{arguments:?} {code:?}: {err}"
        );
    }
}
