//! What a run folder says of itself: what it was, and how it stands, at every moment.

use crate::common::runs::{Place, kill};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn read(place: &Place, file: &str) -> Value {
    let text = fs::read_to_string(place.path(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    serde_json::from_str(&text).unwrap()
}

/// How a run stands, as its file has it, and the error.
fn status(place: &Place, run: &str) -> (String, String) {
    let status = read(place, &format!("{run}/status.json"));
    let text = |key: &str| status[key].as_str().unwrap_or_default().to_string();
    (text("status"), text("error"))
}

/// Runs a script in `run`; gives the exit code and stderr.
fn script(place: &Place, run: &str, text: &str, arguments: &[&str]) -> (Option<i32>, String) {
    fs::write(place.path("t.rhai"), text).unwrap();
    let output = place.command(&[&["--run-dir", run, "t.rhai"], arguments].concat()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

const TINY: &str = "let x = randn([16, 2]);
let set = dataset(x, (x.sum(1) > 0).to(\"int64\"));
fn net() { sequential([linear(2, 4), tanh(), linear(4, 2)]) }
";

#[test]
fn a_run_says_what_it_was() {
    let place = Place::new();
    let text = TINY.to_string()
        + "let o = options(#{ lr: 0.1 });
let net = net();
let factor = 0.5;
let optimizer = adamw([#{ params: net[0].parameters(), lr: 0.01 }, #{ params: net[2].parameters() }], #{ lr: o.lr, weight_decay: 0.2 });
train::fit(net, optimizer, #{ train: set }, #{
    epochs: 1, progress: false, penalty: penalty::l2(0.25),
    schedule: |s| s.base_lr * factor,
    loss: |scores, labels| { cross_entropy(scores, labels) },   // as it stands
    name: `two ${o.lr}`, tags: [\"a\", \"b\"], notes: \"first\",
});
";
    let (code, err) = script(&place, "run", &text, &["lr=0.3", "--tag", "c", "--tag", "a"]);
    assert_eq!(code, Some(0), "{err}");
    let config = read(&place, "run/config.json");
    assert_eq!(config["run"], json!({ "name": "two 0.3", "tags": ["a", "b", "c"], "notes": "first" }));
    assert_eq!(config["name"], "t");

    let optimizer = &config["optimizer"];
    assert_eq!(optimizer["algorithm"], "adamw");
    let of = |key: &str| [&optimizer["groups"][0][key], &optimizer["groups"][1][key]];
    assert_eq!(of("lr"), [&json!(0.01), &json!(0.3)]);
    assert_eq!(of("weight_decay"), [&json!(0.2), &json!(0.2)]);
    assert_eq!(of("betas"), [&json!([0.9, 0.999]), &json!([0.9, 0.999])]);
    assert_eq!(of("parameters"), [&json!(2), &json!(2)]);
    assert_eq!(of("numbers"), [&json!(12), &json!(10)]);

    let network = &config["network"];
    assert_eq!((&network["parameters"], &network["trainable"]), (&json!(22), &json!(22)));
    let summary: Vec<&str> = network["summary"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(summary.iter().any(|line| line.contains("Linear(2, 4)") && line.ends_with("12")), "{summary:#?}");

    let training = &config["training"];
    assert_eq!(training["schedule"], "|s| s.base_lr * factor");
    assert_eq!(training["loss"], "|scores, labels| { cross_entropy(scores, labels) }");
    assert!(training["penalty"].as_str().unwrap().starts_with("|net| "), "{}", training["penalty"]);
    assert!(training["stop"].as_str().unwrap().starts_with("|s| "), "{}", training["stop"]);
    assert!(training.get("name").is_none(), "{training}");
    let functions = &config["functions"];
    assert_eq!(functions["schedule"], json!({ "at": "t.rhai:10", "captured": { "factor": 0.5 } }));
    assert_eq!(functions["loss"]["at"], "t.rhai:11");
    let penalty = &functions["penalty"];
    assert!(penalty["at"].as_str().unwrap().starts_with("stdlib/penalty.rhai:"), "{penalty}");
    assert!(penalty["captured"].as_object().unwrap().values().any(|v| *v == 0.25), "{penalty}");

    let machine = &config["machine"];
    assert!(machine["cores"].as_u64() > Some(0) && machine["architecture"].is_string(), "{machine}");
    assert!(config["started"].as_str().unwrap().ends_with('Z'));
    // The folders above are not for a script to look into.
    assert_eq!(config["git"], json!({ "commit": "unknown", "changed": "unknown" }));
}

#[test]
fn runs_of_a_loop_are_told_apart() {
    let place = Place::new();
    let text = TINY.to_string()
        + "for rate in [0.1, 0.01] {
    let net = net();
    train::fit(net, sgd(net, #{ lr: rate }), #{ train: set }, #{ epochs: 1, progress: false, name: `rate ${rate}` });
}";
    fs::write(place.path("t.rhai"), text).unwrap();
    place.run(&["t.rhai"]);
    let mut names: Vec<_> =
        fs::read_dir(place.path("runs")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let rates: Vec<Value> = names
        .iter()
        .map(|name| read(&place, &format!("runs/{name}/config.json"))["optimizer"]["groups"][0]["lr"].clone())
        .collect();
    assert!(names[0].starts_with("rate_0.01-") && names[1].starts_with("rate_0.1-"), "{names:?}");
    assert_eq!(rates, [json!(0.01), json!(0.1)]);
}

#[test]
fn the_commit_around_a_script_is_kept() {
    let place = Place::new();
    let git = |arguments: &[&str]| {
        let all = [&["-c", "user.name=a", "-c", "user.email=a@b"], arguments].concat();
        Command::new("git").current_dir(place.path("")).args(all).output().map(|o| String::from_utf8(o.stdout).unwrap())
    };
    if git(&["init", "-q"]).is_err() {
        return eprintln!("SKIPPED: there is no git here");
    }
    git(&["add", "."]).unwrap();
    git(&["commit", "-q", "-m", "one"]).unwrap();
    let head = git(&["rev-parse", "HEAD"]).unwrap();
    place.run(&["--run-dir", "a", "-e", "run_folder(#{}, #{});"]);
    assert_eq!(read(&place, "a/config.json")["git"], json!({ "commit": head.trim(), "changed": false }));
    fs::write(place.path("s.rhai"), "1").unwrap();
    place.run(&["--run-dir", "b", "-e", "run_folder(#{}, #{});"]);
    assert_eq!(read(&place, "b/config.json")["git"]["changed"], true);
}

#[test]
fn a_run_that_comes_to_its_end_is_finished_and_one_that_fails_says_why() {
    let place = Place::new();
    let fit =
        "let net = net();\nlet t = train::start(net, sgd(net), #{ train: set }, #{ epochs: 3, progress: false });\n";
    let with = |rest: &str| format!("{TINY}{fit}{rest}");
    let finished = ("finished".to_string(), String::new());

    assert_eq!(script(&place, "whole", &with("t.run(); t.finish();"), &[]).0, Some(0));
    assert_eq!(status(&place, "whole"), finished);
    assert_eq!(script(&place, "unsaid", &with("t.run();"), &[]).0, Some(0));
    assert_eq!(status(&place, "unsaid"), finished);
    assert_eq!(script(&place, "half", &with("t.run(2);"), &[]).0, Some(0));
    assert_eq!(status(&place, "half"), ("paused".into(), "left after 2 of 3 epochs".into()));

    // In the middle of the training; behind it; and in a function, whose variables are gone by then.
    let failing = "t.o.loss = |a, b| throw \"no loss today\"; t.run();";
    assert_eq!(script(&place, "loss", &with(failing), &[]).0, Some(1));
    let (state, error) = status(&place, "loss");
    assert!(state == "failed" && error.contains("no loss today") && error.contains("t.rhai:"), "{state}: {error}");
    let function = format!("{TINY}fn f(set) {{ {fit} t.o.loss = |a, b| throw \"no loss\"; t.run(); }}\nf(set);");
    assert_eq!(script(&place, "function", &function, &[]).0, Some(1));
    let (state, error) = status(&place, "function");
    assert!(state == "failed" && error.contains("no loss") && error.contains("t.rhai:"), "{state}: {error}");
    // What is finished stays so.
    assert_eq!(script(&place, "behind", &with("t.run(); t.finish(); throw \"later\";"), &[]).0, Some(1));
    assert_eq!(status(&place, "behind"), finished);

    // An error that the script catches is the run's all the same.
    let caught = format!(
        "{TINY}fn f(set) {{ {fit} t.run(1); t.o.loss = |a, b| throw \"no loss\"; t.run(); }}\ntry {{ f(set); }} catch {{}} print(read_json(\"caught/status.json\").status);"
    );
    assert_eq!(script(&place, "caught", &caught, &[]).0, Some(0));
    let (state, error) = status(&place, "caught");
    assert!(state == "failed" && error.contains("after 1 of 3 epochs") && error.contains("caught"), "{state}: {error}");
}

#[test]
fn a_run_at_work_says_so_and_one_that_is_stopped_waits() {
    let place = Place::new();
    let (code, err) = place.interrupted("stopped", "-INT", 1);
    assert_eq!(code, Some(130), "{err}");
    let (state, error) = status(&place, "stopped");
    assert!(state == "paused" && error.contains("imdbsh resume"), "{state}: {error}");

    let mut child = place
        .command(&["--run-dir", "killed", "s.rhai", "wait=0.05"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !place.path("killed/config.json").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
    let file = read(&place, "killed/status.json");
    assert_eq!((&file["status"], &file["process"]), (&json!("running"), &json!(child.id())));
    kill("-KILL", child.id());
    child.wait().unwrap();
    assert_eq!(read(&place, "killed/status.json")["process"], child.id());

    place.run(&["resume", "killed", "wait=0"]);
    assert_eq!(status(&place, "killed"), ("finished".into(), String::new()));
}

#[test]
fn a_run_that_goes_on_keeps_its_name() {
    let place = Place::new();
    place.run(&["--run-dir", "run", "--name", "mine", "--tag", "t", "s.rhai", "epochs=1"]);
    let before = read(&place, "run/config.json");
    place.run(&["resume", "run", "epochs=2"]);
    let after = read(&place, "run/config.json");
    assert_eq!(after["run"], json!({ "name": "mine", "tags": ["t"], "notes": null }));
    assert_eq!((&after["run"], &after["started"]), (&before["run"], &before["started"]));
    assert_eq!(after["training"]["epochs"], 2);
}

#[test]
fn names_and_tags_that_are_none_are_said() {
    let place = Place::new();
    for (option, said) in [
        ("name: 3", "`name` takes a text"),
        ("tags: \"a\"", "`tags` takes an array of texts"),
        ("notes: []", "`notes` takes a text"),
    ] {
        let (code, err) = script(&place, "run", &format!("run_folder(#{{ {option} }}, #{{}});"), &[]);
        assert!(code == Some(1) && err.contains(said), "{err}");
        assert!(!place.path("run/config.json").exists());
    }
}
