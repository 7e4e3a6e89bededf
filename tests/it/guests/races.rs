//! What is exchanged while a script is at it: a folder for a link that leads out, over and over, as fast as the system can.

#![cfg(target_os = "linux")]

use super::world::{SECRET, World, everything};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is tried in `swap/`, which is a folder or a link to `outside`: what reads gives what it has read, in which the secret must
/// not be; what writes must change nothing outside.
const RACES: &[(&str, &str)] = &[
    ("a text", r#"read_text("swap/secret.txt")"#),
    ("a text, through a folder above", r#"read_text("swap/../swap/sub/../secret.txt")"#),
    ("JSON", r#"read_json("swap/secret.json") + read_json_lines("swap/secret.jsonl")"#),
    ("a list of names", r#"list_folder("swap")"#),
    ("what is there", r#"if path_exists("swap/only_outside") { SECRET } else { "" }"#),
    ("the words of a tokenizer", r#"let t = tokenizer("swap/vocab.txt"); `${t.word(5)}`"#),
    ("the words of a tokenizer in a folder", r#"let t = tokenizer("swap"); `${t.word(5)}`"#),
    ("a configuration", r#"bert_config("swap").name"#),
    ("a review", r#"read_reviews("swap", "train", "pos", 0..1).texts[0]"#),
    (
        "a table",
        r#"let o = #{ data: "swap/secret.csv", text_column: "review", label_column: "sentiment", test: 0 }; imdb::read(o).train.texts[0]"#,
    ),
    ("tensors", r#"if load_tensors("swap/t.safetensors").t[0].item() > 5.0 { SECRET } else { "" }"#),
    ("vectors", r#"if word_vectors("swap/secret.vec", []).dimensions == 2 { SECRET } else { "" }"#),
    ("a vocabulary", r#"load_vocabulary("swap/words.json").vocabulary.word(2)"#),
    ("a module", r#"call_script("swap/m.rhai", "f", [])"#),
    ("a text that is written", r#"write_text("swap/new.txt", "x")"#),
    ("a text that is replaced", r#"write_text("swap/secret.txt", "harmless")"#),
    ("a folder that is made", r#"make_folder(`swap/folder${i}`); make_folder(`swap/a${i}/b`)"#),
    ("tensors that are written", r#"save_tensors("swap/new.safetensors", #{ a: ones(1) })"#),
    ("a picture", r#"plot([1, 2], #{ file: "swap/new.svg", terminal: false })"#),
    ("words that are written", r#"vocabulary(texts(["x"]).split()).save("swap/new.json")"#),
    ("a run's folder", r#"runs::history("swap")"#),
];

/// How often each is tried; the long form is asked for by the environment.
fn tries() -> usize {
    std::env::var("IMDBSH_RACE_TRIES").ok().and_then(|n| n.parse().ok()).unwrap_or(50)
}

/// A world with a folder `swap`, harmless, and a link `other` to what is outside, of the same names.
fn world() -> World {
    let world = World::new();
    let (swap, outside) = (world.inside().join("swap"), world.outside());
    let words = |word: &str| ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", word, "a"].join("\n");
    for (folder, word, value) in [(&swap, "harmless", 1.0_f32), (&outside, SECRET, 9.0)] {
        fs::create_dir_all(folder.join("train/pos")).unwrap();
        fs::create_dir_all(folder.join("sub")).unwrap();
        for name in ["secret.txt", "secret.json", "secret.jsonl", "train/pos/0_9.txt"] {
            fs::write(folder.join(name), format!("\"{word}\"")).unwrap();
        }
        fs::write(folder.join("secret.csv"), format!("review,sentiment\n{word},pos\n{word},neg\n")).unwrap();
        fs::write(folder.join("vocab.txt"), words(word)).unwrap();
        fs::write(folder.join("config.json"), format!("{{\"name\": \"{word}\"}}")).unwrap();
        fs::write(folder.join("metrics.jsonl"), format!("{{\"epoch\": 1, \"name\": \"{word}\"}}\n")).unwrap();
        fs::write(folder.join("words.json"), format!("[\"<unk>\", \"<pad>\", \"{word}\"]")).unwrap();
        imdbsh::ml::weights::save(
            &folder.join("t.safetensors"),
            &[("t".into(), tch::Tensor::from_slice(&[value]))],
            &Default::default(),
        )
        .unwrap();
        fs::write(folder.join("m.rhai"), format!("fn f() {{ \"{word}\" }}")).unwrap();
    }
    fs::write(swap.join("secret.vec"), "harmless 1.0\n").unwrap();
    fs::write(outside.join("only_outside"), "").unwrap();
    symlink(&outside, world.inside().join("other")).unwrap();
    world
}

/// Runs a script that writes `begun` when the exchange is to begin; gives what it prints, all that it says, and how often was exchanged.
fn racing(world: &World, flags: &[&str], script: &str) -> (String, String, u64) {
    let (swap, other) = (world.inside().join("swap"), world.inside().join("other"));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let exchange = scope.spawn(|| {
            let mut count = 0;
            while !stop.load(Ordering::Relaxed) {
                match count > 0 || world.inside().join("begun").exists() {
                    true => {
                        renameat_with(CWD, &swap, CWD, &other, RenameFlags::EXCHANGE).unwrap();
                        count += 1;
                    }
                    false => std::thread::sleep(std::time::Duration::from_millis(1)),
                }
            }
            count
        });
        let (printed, all) = world.run(flags, script);
        stop.store(true, Ordering::Relaxed);
        (printed, all, exchange.join().unwrap())
    })
}

#[test]
fn no_race_gains_anything() {
    let (tries, mut wrong) = (tries(), Vec::new());
    for (what, act) in RACES {
        let world = world();
        let before = everything(&world.outside());
        // Once without a race. Then, what cannot be opened may be missing or damaged too, since the folder is another one meanwhile.
        let script = format!(
            "const SECRET = \"{SECRET}\"; let i = \"\"; {{ {act} }} write_text(\"begun\", \"\");\n\
             let tried = 0;\n\
             for i in 0..{tries} {{\n\
                 try {{ let x = {{ {act} }}; x = `${{x}}`; if x.contains(SECRET) || x.contains(\"only_outside\") {{ print(x); }} }}\n\
                 catch (e) {{ if !(e.kind in [\"access\", \"file\", \"data\"]) {{ throw e; }} }}\n\
                 tried += 1;\n\
             }}\n\
             print(tried == {tries});"
        );
        let (printed, all, exchanged) = racing(&world, &[], &script);
        println!("{what}: {tries} tries, exchanged {exchanged} times");
        if printed != "true" || exchanged < 20 || before != everything(&world.outside()) {
            wrong.push(format!("{what}: exchanged {exchanged} times, {all}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The folder that the user names is the one that was there when the program began.
#[test]
fn a_run_folder_is_where_the_user_saw_it() {
    let rounds = tries().div_ceil(20);
    for round in 0..rounds {
        let world = world();
        let before = everything(&world.outside());
        // A link that is there in the beginning is the user's word: the exchange begins with the script.
        let script = "write_text(\"begun\", \"\"); for i in 0..3 { try { let run = run_folder(#{}, #{}); checkpoint(run, #{ epoch: 1, step: i }); } \
                      catch (e) { if !(e.kind in [\"access\", \"file\"]) { throw e; } } } print(\"done\");";
        let (printed, all, _) = racing(&world, &["--run-dir", "swap/run"], script);
        assert_eq!(printed, "done", "{all}");
        assert_eq!(before, everything(&world.outside()), "{round}");
    }
}
