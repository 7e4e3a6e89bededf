//! Larger models than the tests' own give the numbers of transformers too: MiniLM, where IMDBSH_DATA has it, and two layers as wide
//! as bert-base-uncased's, with random weights.

use crate::common::networks::*;
use crate::common::pytorch;
use imdbsh::ml::batch::Pad;
use imdbsh::ml::models::encoder::{Encoder, Options};
use imdbsh::ml::models::{Module, Readout, named_parameters};
use imdbsh::ml::weights;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use tch::Tensor;

const EXPECTED: &str = r#"
import os, sys
try:
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel
except ImportError:
    sys.exit(3)
folder, out = sys.argv[1:]
torch.manual_seed(0)
if not os.path.exists(folder + "/config.json"):
    BertModel(BertConfig(num_hidden_layers=2, vocab_size=3000)).save_pretrained(folder)
model = BertModel.from_pretrained(folder).eval()
lengths = torch.tensor([40, 7, 23, 1])
mask = (torch.arange(40)[None] < lengths[:, None]).long()
ids = torch.randint(100, 3000, (4, 40)) * mask
kept = {"ids": ids, "lengths": lengths}
hidden = model(ids, attention_mask=mask).last_hidden_state
kept["all"] = (hidden * mask[..., None]).detach()
kept["last"] = hidden[:, -1].detach().contiguous()
ramp = torch.arange(1, hidden[:, -1].numel() + 1).double().sin().float().reshape(hidden[:, -1].shape)
(hidden[:, -1] * ramp).sum().backward()
kept.update({"grad." + name: p.grad for name, p in model.named_parameters() if p.grad is not None})
save_file(kept, out)
"#;

/// What transformers computes with the model in `folder`, which is made where it is not there; none without transformers.
fn expected(folder: &Path) -> Option<Vec<(String, Tensor)>> {
    let python = pytorch::python()?;
    let file = tempfile::NamedTempFile::new().unwrap();
    let run = Command::new(python).args(["-c", EXPECTED]).args([folder, file.path()]).output().unwrap();
    if run.status.code() == Some(3) {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "skipped: a test against transformers, which that Python does not have").unwrap();
        return None;
    }
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(weights::read(file.path()).unwrap().tensors)
}

fn compare(folder: &Path) {
    let Some(expected) = expected(folder) else { return };
    let get = |name: &str| expected.iter().find(|(n, _)| n == name).map(|(_, t)| t.shallow_clone()).unwrap();
    let close = |what: &str, got: &Tensor, wanted: &Tensor| {
        let off = (got - wanted).abs().max().double_value(&[]);
        let size = wanted.abs().max().double_value(&[]).max(1.0);
        assert!(off < 1e-4 * size, "{what} is off by {off} of {size}");
    };
    let lengths = Vec::<i64>::try_from(&get("lengths")).unwrap();
    for (name, readout) in [("all", Readout::All), ("last", Readout::Last)] {
        let (bert, _) = Encoder::load(folder, Options { readout, ..Options::default() }).unwrap();
        bert.set_training(false);
        let hidden = run(&bert, sequence(&get("ids"), &lengths, Pad::Back));
        close(name, &hidden, &get(name));
        if readout == Readout::Last {
            probe(&hidden).backward();
            let trained = named_parameters(&bert).into_iter().filter(|(_, p)| p.grad().defined());
            for (name, p) in trained {
                close(&name, &p.grad(), &get(&format!("grad.{name}")));
            }
        }
    }
}

#[test]
fn layers_as_wide_as_those_of_bert_base_compute_what_transformers_does() {
    let folder = tempfile::tempdir().unwrap();
    compare(&folder.path().join("base"));
}

#[test]
fn minilm_computes_what_transformers_does() {
    let assets = std::env::var_os("IMDBSH_DATA").map(|folder| Path::new(&folder).join("minilm")).filter(|f| f.is_dir());
    match assets {
        Some(folder) => compare(&folder),
        None => writeln!(std::io::stderr(), "skipped: a test with MiniLM, which IMDBSH_DATA does not have").unwrap(),
    }
}
