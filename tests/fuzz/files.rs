//! Files of each kind that the program reads, with a part of their structure changed, checksums and lengths right: what a byte changed by chance
//! seldom reaches.

use super::{chance::Chance, json, pickles};
use serde_json::Value;
use std::fs;

enum Form {
    /// A JSON value.
    Json,
    /// One a line.
    JsonLines,
    /// A length, a header in JSON, elements.
    Safetensors,
    Pickle,
    /// Lines of fields.
    Table(&'static str),
}

struct Kind {
    file: &'static str,
    /// Reads it.
    read: &'static str,
    form: Form,
    whole: Vec<u8>,
}

pub struct Files(Vec<Kind>);

const TABLE: &str = "`${read_sets(#{ data: \"FILE\", train: 2, test: 2, test_share: 0.5 }).train.labels}`";
const BERT: &str = "`${bert(\"tiny\").forward(tensor([[2, 5, 3]]))}`";
const TOKENS: &str = "`${tokenizer(\"tiny\").encode(texts([\"a fine acted film\", \"\"]), 16)[0]}`";

impl Files {
    pub fn new() -> Files {
        let tiny = |name: &str| fs::read(super::root().join("tests/data/tiny_bert").join(name)).unwrap();
        let text = |text: &str| text.as_bytes().to_vec();
        let run = |name: &str| fs::read(super::root().join("tests/data/runs/early/run").join(name)).unwrap_or_default();
        let kind = |file, read, form, whole| Kind { file, read, form, whole };
        Files(vec![
            kind("tiny/config.json", BERT, Form::Json, tiny("config.json")),
            kind("tiny/tokenizer.json", TOKENS, Form::Json, tiny("tokenizer.json")),
            kind("tiny/vocab.txt", TOKENS, Form::Table(" "), tiny("vocab.txt")),
            kind("tiny/model.safetensors", BERT, Form::Safetensors, tiny("model.safetensors")),
            kind(
                "w.safetensors",
                "`${load_tensors(\"w.safetensors\")}`",
                Form::Safetensors,
                tiny("outputs.safetensors"),
            ),
            kind("w.pt", "`${load_tensors(\"w.pt\")}`", Form::Pickle, tiny("pytorch_model.bin")),
            kind(
                "x.json",
                "`${read_json(\"x.json\")}`",
                Form::Json,
                text("{\"lr\": 0.5, \"a\": [null, {\"b\": -1e300}]}"),
            ),
            kind(
                "v.json",
                "`${load_vocabulary(\"v.json\")}`",
                Form::Json,
                text("{\"words\": [\"<pad>\", \"<unk>\", \"a\", \"film\"], \"counts\": [0, 0, 2, 1]}"),
            ),
            kind(
                "t.csv",
                TABLE,
                Form::Table(","),
                text("text,label\n\"fine, \"\"so\"\"\",pos\ndull,neg\nok,pos\nbad,neg\n"),
            ),
            kind("t.tsv", TABLE, Form::Table("\t"), text("text\tlabel\nfine\tpos\ndull\tneg\nok\tpos\nbad\tneg\n")),
            kind(
                "t.jsonl",
                TABLE,
                Form::JsonLines,
                text(
                    "{\"text\": \"fine\", \"label\": 1}\n{\"text\": \"dull\", \"label\": 0}\n{\"text\": \"ok\", \"label\": 1}\n{\"text\": \"bad\", \"label\": 0}\n",
                ),
            ),
            kind(
                "g.txt",
                "let w = texts([\"a fine film\", \"dull\"]).split(); `${word_vectors(\"g.txt\", [w]).table(vocabulary(w))}`",
                Form::Table(" "),
                text("fine 0.5 -1.25 3e-2\nfilm 1.0 2.0 3.0\ndull -0.1 0.2 0.3\n"),
            ),
            kind("run/config.json", "`${runs::config(\"run\")}`", Form::Json, run("config.json")),
            kind(
                "run/metrics.jsonl",
                "plot(\"run\", #{ file: \"run.png\" }); `${runs::history(\"run\")}`",
                Form::JsonLines,
                run("metrics.jsonl"),
            ),
        ])
    }

    /// Writes one that is changed; gives a script that reads it.
    pub fn make(&self, chance: &mut Chance) -> String {
        let kind = chance.of(&self.0);
        // A tokenizer comes in two kinds, and a model needs its other files.
        let _ = fs::remove_dir_all("tiny");
        for folder in ["tiny", "run"] {
            fs::create_dir_all(folder).unwrap();
        }
        let first_of = |file: &str| self.0.iter().find(|k| k.file == file).unwrap();
        for file in ["tiny/config.json", "tiny/model.safetensors", "run/config.json", "run/metrics.jsonl"] {
            fs::write(file, &first_of(file).whole).unwrap();
        }
        fs::write(kind.file, kind.form.mutate(&kind.whole, chance)).unwrap();
        let read = kind.read.replace("FILE", kind.file);
        format!("let said = \"\"; try {{ said = {{ {read} }}; }} catch (e) {{ said = `${{e}}`; }} said")
    }
}

impl Form {
    fn mutate(&self, whole: &[u8], chance: &mut Chance) -> Vec<u8> {
        match self {
            Form::Json => changed(whole, chance),
            Form::JsonLines => {
                let mut lines: Vec<Vec<u8>> = whole.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                let at = chance.below(lines.len());
                match chance.below(4) {
                    0 => drop(lines.remove(at)),
                    1 => lines.push(lines[at].clone()),
                    2 => lines.swap(0, at),
                    _ => {
                        lines[at] = changed(&lines[at], chance);
                        lines[at].push(b'\n');
                    }
                }
                lines.concat()
            }
            Form::Safetensors => safetensors(whole, chance),
            Form::Pickle => pickles::mutate(whole, chance),
            Form::Table(separator) => table(whole, separator, chance),
        }
    }
}

fn changed(whole: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(whole).unwrap_or_default();
    json::mutate(&mut value, chance);
    let text = value.to_string();
    // Numbers that no value can hold.
    match chance.below(12) {
        0 => text.replacen("1", "1e999", 1).into_bytes(),
        1 => text.replacen("0", "123456789012345678901234567890", 1).into_bytes(),
        2 => format!("\u{FEFF}{text}").into_bytes(),
        _ => text.into_bytes(),
    }
}

fn safetensors(whole: &[u8], chance: &mut Chance) -> Vec<u8> {
    let length = u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let (header, body) = whole[8..].split_at(length);
    let (mut header, mut body) = (changed(header, chance), body.to_vec());
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut said = header.len() as u64;
    match chance.below(8) {
        0 => body.truncate(chance.below(body.len())),
        1 => body.extend([7; 13]),
        2 => said = *chance.of(&[0, said.wrapping_sub(1), said + 8, u64::MAX, 1 << 40, 100_000_001]),
        _ => {}
    }
    [&said.to_le_bytes()[..], &header, &body].concat()
}

fn table(whole: &[u8], separator: &str, chance: &mut Chance) -> Vec<u8> {
    const FIELDS: &[&str] = &[
        "",
        "\"",
        "\"\"",
        "'",
        "\0",
        "\u{FEFF}",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "1e-999",
        "-0",
        "0x10",
        "99999999999999999999",
        "\r",
        "\n",
        "<unk>",
        "pos",
        "1",
        "text",
        "label",
        "\u{1b}[2J",
        "=1+1",
        "a\u{301}",
        "\u{202e}",
    ];
    let text = String::from_utf8_lossy(whole).into_owned();
    let mut lines: Vec<Vec<String>> =
        text.lines().map(|line| line.split(separator).map(str::to_string).collect()).collect();
    for _ in 0..1 + chance.below(3) {
        let at = chance.below(lines.len());
        let field = chance.below(lines[at].len());
        match chance.below(9) {
            0 => lines[at][field] = (*chance.of(FIELDS)).to_string(),
            1 => lines[at].insert(field, (*chance.of(FIELDS)).to_string()),
            2 if lines[at].len() > 1 => drop(lines[at].remove(field)),
            3 if lines.len() > 1 => drop(lines.remove(at)),
            4 => lines.push(lines[at].clone()),
            5 => lines[at][field] = lines[at][field].repeat(1 << chance.below(14)),
            6 => lines[at] = vec![lines[at].clone(); 1 << chance.below(10)].concat(),
            7 => lines.swap(0, at),
            _ => lines[at][field] += *chance.of(FIELDS),
        }
    }
    let ending = *chance.of(&["\n", "\n", "\n", "\r\n", "\r"]);
    let mut bytes = lines.iter().map(|line| line.join(separator)).collect::<Vec<_>>().join(ending).into_bytes();
    match chance.below(6) {
        0 => bytes.insert(chance.below(bytes.len() + 1), 0xFF),
        1 => bytes = bytes.iter().flat_map(|b| [*b, 0]).collect(),
        _ => {}
    }
    bytes
}
