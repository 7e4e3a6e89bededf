//! The JSON that others may have written: a run's `config.json`, a checkpoint, a BERT's `config.json`.
#![no_main]

use imdbsh::ml::models::encoder::{Encoder, Options};
use imdbsh::ml::models::{Module, Pass};
use imdbsh::ml::{checkpoint, run};
use imdbsh::resume::Program;
use imdbsh_fuzz::{begin, chosen, file, place, read};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::rc::Rc;
use tch::Tensor;

const BERT: &[u8] = include_bytes!("../../../tests/data/tiny_bert/model.safetensors");
const TENSORS: &[u8] = include_bytes!("../../../tests/data/runs/early/run/checkpoints/e0002-s000016.safetensors");

fn make() {
    begin();
    file("run/script.rhai", b"print(1)");
    file("run/checkpoints/e0002-s000016.safetensors", TENSORS);
    file("bert/model.safetensors", BERT);
}

/// A checkpoint's JSON as the program writes it, with its checksums right; else as it is.
fn checkpoint(json: &[u8]) -> Vec<u8> {
    let Ok(Value::Object(mut items)) = serde_json::from_slice(json) else { return json.to_vec() };
    if let Some(state) = items.get("state").map(Value::to_string) {
        items.insert("state_crc32".into(), crc32fast::hash(state.as_bytes()).into());
    }
    items.insert("tensors_crc32".into(), crc32fast::hash(TENSORS).into());
    Value::Object(items).to_string().into_bytes()
}

fn read_run(json: &[u8]) {
    file("run/config.json", json);
    if let Ok(config) = run::read_config(&place("run")) {
        let _ = run::id(&config);
    }
    if let Ok(program) = Program::of(&place("run")) {
        let _ = program.threads();
        program.setup(Default::default(), Default::default(), None);
    }
}

fn read_checkpoint(json: &[u8]) {
    let (json, run) = (checkpoint(json), place("run"));
    file("run/checkpoints/e0002-s000016.json", &json);
    let name = serde_json::from_slice::<Value>(&json).ok().and_then(|file| Some(file["run"].as_str()?.to_string()));
    let _ = checkpoint::Checkpoint::newest(&run, name.as_deref(), 0);
    let _ = checkpoint::find(&run, "e0002-s000016");
    let _ = checkpoint::best_file(&run, 2);
}

fn read_bert(json: &[u8]) {
    file("bert/config.json", json);
    let Ok((encoder, _)) = Encoder::load(&place("bert"), Options::default()) else { return };
    let encoder: Rc<dyn Module> = Rc::new(encoder);
    let _ = Pass::default().run(&encoder, &Tensor::from_slice2(&[[2_i64, 5, 3]]).into());
}

fuzz_target!(init: make(), |input: &[u8]| {
    let Some((way, json)) = chosen(input, 3) else { return };
    read(|| match way {
        0 => read_run(json),
        1 => read_checkpoint(json),
        _ => read_bert(json),
    });
});
