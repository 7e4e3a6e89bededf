//! Each kind of file that the program reads, cut at every hundredth of its length and with bytes changed by chance: an error that names
//! it, or what can still be read; and where the file has a checksum, never other data.

use crate::common::alone::alone;
use imdbsh::{
    access, memory,
    resume::Program,
    script::{Session, Setup, quiet_panics},
};
use std::{fs, io::Write, panic, path::Path};

struct Kind {
    /// The file that is damaged.
    file: &'static str,
    /// Makes it.
    make: &'static str,
    /// Reads it, and gives what it holds as a text.
    read: &'static str,
    /// Whether a checksum tells every damage: what is read then is what was written.
    checked: bool,
}

const TEXTS: &str = r#"texts(["a fine film", "dull"]).split()"#;

const KINDS: &[Kind] = &[
    Kind {
        file: "w.safetensors",
        make: "manual_seed(1); linear(3, 2).save(\"w.safetensors\");",
        read: "let n = linear(3, 2); n.load(\"w.safetensors\"); `${n.weight}${load_tensors(\"w.safetensors\")}`",
        checked: false,
    },
    Kind {
        file: "v.json",
        make: "vocabulary(TEXTS).save(\"v.json\");",
        read: "`${load_vocabulary(\"v.json\")}`",
        checked: false,
    },
    Kind {
        file: "v.safetensors",
        make: "let v = vocabulary(TEXTS); v.save(\"v.safetensors\", ones([v.len(), 4]));",
        read: "`${load_vocabulary(\"v.safetensors\")}${word_vectors(\"v.safetensors\", [])}`",
        checked: false,
    },
    Kind {
        file: "g.txt",
        make: "write_text(\"g.txt\", \"fine 0.5 -1.25 3e-2\\nfilm 1.0 2.0 3.0\\ndull -0.1 0.2 0.3\\n\");",
        read: "let w = TEXTS; `${word_vectors(\"g.txt\", [w]).table(vocabulary(w))}`",
        checked: false,
    },
    Kind {
        file: "w.vec",
        make: "write_text(\"w.vec\", \"3 3\\nfine 0.5 -1.25 3e-2\\nfilm\\t1.0  2.0 3.0\\ndull -0.1 0.2 0.3\\n\");",
        read: "let w = TEXTS; `${load_vectors(\"w.vec\", [w]).table(vocabulary(w))}`",
        checked: false,
    },
    Kind {
        file: "w.bin",
        make: "",
        read: "let w = TEXTS; `${load_vectors(\"w.bin\", [w]).table(vocabulary(w))}`",
        checked: false,
    },
    Kind {
        file: "w.gz",
        make: "",
        read: "let w = TEXTS; `${load_vectors(\"w.gz\", [w]).table(vocabulary(w))}`",
        checked: false,
    },
    Kind {
        file: "w.zip",
        make: "",
        read: "let w = TEXTS; `${load_vectors(\"w.zip\", [w]).table(vocabulary(w))}`",
        checked: false,
    },
    Kind {
        file: "t.csv",
        make: "write_text(\"t.csv\", \"text,label\\n\\\"fine, \\\"\\\"so\\\"\\\"\\\",pos\\ndull,neg\\nok,pos\\nbad,neg\\n\");",
        read: "`${read_sets(#{ data: \"t.csv\", train: 2, test: 2, test_share: 0.5 }).train.labels}`",
        checked: false,
    },
    Kind {
        file: "t.tsv",
        make: "write_text(\"t.tsv\", \"text\\tlabel\\nfine\\tpos\\ndull\\tneg\\nok\\tpos\\nbad\\tneg\\n\");",
        read: "`${read_sets(#{ data: \"t.tsv\", train: 2, test: 2, test_share: 0.5 }).train.labels}`",
        checked: false,
    },
    Kind {
        file: "t.jsonl",
        make: "write_text(\"t.jsonl\", `{\"text\": \"fine\", \"label\": 1}\n{\"text\": \"dull\", \"label\": 0}\n{\"text\": \"ok\", \"label\": 1}\n{\"text\": \"bad\", \"label\": 0}\n`);",
        read: "`${read_sets(#{ data: \"t.jsonl\", train: 2, test: 2, test_share: 0.5 }).train.labels}`",
        checked: false,
    },
    Kind {
        file: "x.json",
        make: "write_text(\"x.json\", `{\"lr\": 0.5, \"names\": [\"neg\", null, {\"a\": -1e300}]}`);",
        read: "`${read_json(\"x.json\")}`",
        checked: false,
    },
    Kind { file: "run/config.json", make: "RUN", read: "`${runs::config(\"run\")}`", checked: false },
    Kind {
        file: "run/metrics.jsonl",
        make: "RUN",
        read: "plot(\"run\", #{ file: \"run.png\" }); `${runs::history(\"run\")}${read_json_lines(\"run/metrics.jsonl\")}`",
        checked: false,
    },
    Kind { file: "run/checkpoints/e0001-s000002.json", make: "RUN", read: "RESTORED", checked: true },
    Kind { file: "run/checkpoints/e0001-s000002.safetensors", make: "RUN", read: "RESTORED", checked: true },
    Kind {
        file: "tiny/config.json",
        make: "",
        read: "`${bert_config(\"tiny\")}${bert(\"tiny\").forward(tensor([[2, 5, 3]]))}`",
        checked: false,
    },
    Kind {
        file: "tiny/model.safetensors",
        make: "",
        read: "`${bert(\"tiny\").forward(tensor([[2, 5, 3]]))}`",
        checked: false,
    },
    // The archive has a checksum of each part, but not of the table of its parts.
    Kind {
        file: "pickled/pytorch_model.bin",
        make: "",
        read: "`${bert(\"pickled\").forward(tensor([[2, 5, 3]]))}`",
        checked: false,
    },
    Kind {
        file: "tiny/tokenizer.json",
        make: "",
        read: "`${tokenizer(\"tiny\").encode(texts([\"a fine acted film\"]), 16)[0]}`",
        checked: false,
    },
    Kind {
        file: "words/vocab.txt",
        make: "",
        read: "`${tokenizer(\"words\").encode(texts([\"a fine acted film\"]), 16)[0]}`",
        checked: false,
    },
    Kind {
        file: "m.rhai",
        make: "write_text(\"m.rhai\", \"const X = 1; fn f(x) { let y = [x, `a${x}`]; y.len() }\");",
        read: "call_script(\"m.rhai\", \"f\", [1]).to_string()",
        checked: false,
    },
    Kind {
        file: "aclImdb/train/neg/0_1.txt",
        make: "for split in [\"train\", \"test\"] { for label in [\"neg\", \"pos\"] { make_folder(`aclImdb/${split}/${label}`); write_text(`aclImdb/${split}/${label}/0_${if label == \"neg\" { 1 } else { 9 }}.txt`, \"ein Film, 中文 <br /> fine\"); } }",
        read: "`${read_sets(#{ data: \"aclImdb\", train: 2, test: 2, overlap: \"keep\" }).train.texts[0]}`",
        checked: false,
    },
];

const RUN: &str = r#"manual_seed(1);
    let run = run_folder(#{ epochs: 1 }, #{});
    let h = history();
    for e in 1..=3 { h.push(#{ epoch: e, lr: 0.1, train_loss: 0.7 / e, test_loss: 0.6, train_acc: 0.5, test_acc: 0.5 });
        run.save_epoch(h[-1], h, linear(2, 1)); }
    run.finish(h);
    let net = linear(2, 3);
    checkpoint(run, #{ net: net, optimizer: adam(net), epoch: 1, step: 2, note: "as it was" });"#;
const RESTORED: &str = r#"let net = linear(2, 3);
    let t = training(#{ net: net, optimizer: adam(net), epoch: 0, step: 0, note: "" }, #{});
    t.restore("run");
    `${t.note} ${net.weight.to_array()}`"#;

fn session(cache: Option<std::path::PathBuf>) -> Session {
    Session::new(Setup { cache, run_dir: Some("run".into()), ..Setup::named("damaged") }).unwrap()
}

fn filled(text: &str) -> String {
    text.replace("RUN", RUN).replace("RESTORED", RESTORED).replace("TEXTS", TEXTS)
}

/// The file as it is, cut at every hundredth, and with one or several of its bytes changed.
fn damages(whole: &[u8]) -> Vec<Vec<u8>> {
    let mut state = 7_u64;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n.max(1)
    };
    let mut all: Vec<Vec<u8>> = (0..100).map(|percent| whole[..whole.len() * percent / 100].to_vec()).collect();
    for round in 0..150 {
        let mut bytes = whole.to_vec();
        for _ in 0..=round % 4 {
            // The beginning holds lengths and names: half of the damage goes there.
            let at = if round % 2 == 0 { next(bytes.len()) } else { next(bytes.len().min(64)) };
            bytes[at] = match round % 3 {
                0 => next(256) as u8,
                1 => bytes[at] ^ (1 << next(8)),
                _ => [0, 0xFF, b'"', b'\n', b'{'][next(5)],
            };
        }
        all.push(bytes);
    }
    all.retain(|bytes| bytes != whole);
    all
}

#[test]
fn a_damaged_file_is_an_error_or_is_read_and_never_other_data_where_a_checksum_tells() {
    alone!();
    let folder = tempfile::tempdir().unwrap();
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny_bert");
    std::env::set_current_dir(&folder).unwrap();
    for (to, names) in [
        ("tiny", &["config.json", "model.safetensors", "tokenizer.json"][..]),
        ("pickled", &["config.json", "pytorch_model.bin"]),
        ("words", &["vocab.txt"]),
    ] {
        fs::create_dir(to).unwrap();
        for name in names {
            fs::copy(tiny.join(name), Path::new(to).join(name)).unwrap();
        }
    }
    put_vectors();
    // What a file claims to be its size is not asked for blindly: more would end the process.
    memory::limit(Some(1_500_000_000), |_| {});
    quiet_panics();
    let mut wrong = Vec::new();
    for kind in KINDS {
        let _ = fs::remove_dir_all("run");
        if let Err(failure) = session(None).eval("make", &filled(kind.make)) {
            wrong.push(format!("{} is not made: {failure:?}", kind.file));
            continue;
        }
        let Ok(whole) = fs::read(kind.file) else {
            wrong.push(format!("{} is not there", kind.file));
            continue;
        };
        let mut session = session(None);
        let mut read = || {
            session.reset();
            let outcome = session.eval("read", &filled(kind.read));
            outcome.map(|value| value.into_string().unwrap_or_default()).map_err(|failure| format!("{failure:?}"))
        };
        let intact = match read() {
            Ok(intact) => intact,
            Err(report) => {
                wrong.push(format!("{} is not read: {report}", kind.file));
                continue;
            }
        };
        let (mut refused, mut others) = (0, 0);
        for (number, bytes) in damages(&whole).iter().enumerate() {
            fs::write(kind.file, bytes).unwrap();
            match read() {
                Ok(found) if found == intact => {}
                Ok(found) if kind.checked => wrong.push(format!("{} {number}: other data: {found}", kind.file)),
                Ok(_) => others += 1,
                Err(report) if report.contains("itself failed") => {
                    wrong.push(format!("{} {number}: {report}", kind.file))
                }
                Err(report) if report.len() < 12 => wrong.push(format!("{} {number}: no reason: {report}", kind.file)),
                Err(_) => refused += 1,
            }
        }
        fs::write(kind.file, &whole).unwrap();
        println!("{:<45} {refused:>4} refused, {others:>4} read as they are", kind.file);
        if refused == 0 && kind.checked {
            wrong.push(format!("{}: no damage was found", kind.file));
        }
    }
    drop(panic::take_hook());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    a_cache_gives_the_vectors_of_its_source_whatever_is_done_to_it();
    a_run_that_cannot_be_resumed_is_said();
}

/// Word vectors in files that no script can write.
fn put_vectors() {
    let mut binary = b"3 3\n".to_vec();
    for (word, row) in [("fine", [0.5f32, -1.25, 3e-2]), ("film", [1.0, 2.0, 3.0]), ("dull", [-0.1, 0.2, 0.3])] {
        binary
            .extend(word.bytes().chain([b' ']).chain(row.iter().flat_map(|value| value.to_le_bytes())).chain([b'\n']));
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&binary).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("w.bin", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&binary).unwrap();
    fs::write("w.bin", binary).unwrap();
    fs::write("w.gz", gzip.finish().unwrap()).unwrap();
    fs::write("w.zip", zip.finish().unwrap().into_inner()).unwrap();
}

fn a_cache_gives_the_vectors_of_its_source_whatever_is_done_to_it() {
    let rows: String = (0..200).map(|i| format!("word{i} {}.5 -{i}.25 1e-{}\n", i % 7, i % 9)).collect();
    fs::write("glove.txt", rows).unwrap();
    let read = r#"let w = texts(["word3 word77 word199 nothing"]).split(); `${word_vectors("glove.txt", [w]).table(vocabulary(w)).to_array()}`"#;
    let mut session = session(Some("cache".into()));
    let mut vectors = || session.eval("read", read).unwrap().into_string().unwrap();
    let intact = vectors();
    let file = fs::read_dir("cache/vectors").unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    for (number, bytes) in damages(&whole).iter().enumerate() {
        fs::write(&file, bytes).unwrap();
        assert_eq!(vectors(), intact, "damage {number}");
    }
}

fn a_run_that_cannot_be_resumed_is_said() {
    fs::remove_dir_all("run").ok();
    let setup = Setup { script: "print(1);".into(), run_dir: Some("run".into()), ..Setup::named("damaged") };
    let made = Session::new(setup).unwrap().eval("make", &filled(RUN));
    assert!(made.is_ok(), "{made:?}");
    for file in ["run/config.json", "run/script.rhai"] {
        let whole = fs::read(file).unwrap();
        for (number, bytes) in damages(&whole).iter().enumerate() {
            fs::write(file, bytes).unwrap();
            let outcome = panic::catch_unwind(|| Program::of(Path::new("run")).map(|program| program.script().1));
            assert!(outcome.is_ok(), "{file}, damage {number}");
        }
        fs::write(file, &whole).unwrap();
    }
    assert!(access::is_file(Path::new("run/config.json")));
}
