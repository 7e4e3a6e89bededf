//! Families of encoders at lengths that the tests' own models do not have: windows end, distances share a number, turns go far.

use crate::common::networks::*;
use crate::common::python;
use imdbsh::ml::batch::Pad;
use imdbsh::ml::models::encoder::{Classifier, Encoder, Options};
use imdbsh::ml::models::{Module, Readout, named_parameters};
use imdbsh::ml::weights;
use std::path::PathBuf;
use tch::Tensor;

const EXPECTED: &str = r#"
import os, sys, torch, transformers as t
from safetensors.torch import save_file
sizes = dict(vocab_size=500, hidden_size=64, num_hidden_layers=4, num_attention_heads=4, intermediate_size=96, initializer_range=0.1)
families = {
    "bert": (t.BertConfig, sizes), "roberta": (t.RobertaConfig, sizes | dict(max_position_embeddings=514)),
    "distilbert": (t.DistilBertConfig, dict(vocab_size=500, dim=64, n_layers=3, n_heads=4, hidden_dim=96, initializer_range=0.1)),
    "electra": (t.ElectraConfig, sizes), "mpnet": (t.MPNetConfig, sizes | dict(max_position_embeddings=514)),
    "albert": (t.AlbertConfig, sizes | dict(hidden_act="gelu")),
    "modernbert": (t.ModernBertConfig, sizes | dict(pad_token_id=0, bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2)),
}
for name, (config, given) in families.items():
    torch.manual_seed(3)
    folder = f"{sys.argv[1]}/{name}"
    model = t.AutoModelForSequenceClassification.from_config(config(**given)).eval()
    model.save_pretrained(folder)
    lengths = torch.tensor([300, 40, 171, 1])
    mask = (torch.arange(300)[None] < lengths[:, None]).long()
    ids = torch.where(mask == 1, torch.randint(5, 500, (4, 300)), model.config.pad_token_id)
    hidden = model.base_model(ids, attention_mask=mask).last_hidden_state
    kept = {"ids": ids, "lengths": lengths, "hidden": (hidden * mask[..., None]).detach()}
    logits = model(ids, attention_mask=mask).logits
    kept["logits"] = logits.detach()
    ramp = torch.arange(1, logits.numel() + 1).double().sin().float().reshape(logits.shape)
    (logits * ramp).sum().backward()
    kept.update({"grad." + n: p.grad for n, p in model.named_parameters() if p.grad is not None})
    save_file({n: x.contiguous() for n, x in kept.items()}, f"{folder}/outputs.safetensors")
    print(folder)
"#;

#[test]
fn long_rows_are_those_of_transformers() {
    let Some(python) = python::python_with("transformers") else { return };
    let all = tempfile::tempdir().unwrap();
    let folders = python::printed(&python, EXPECTED, &[all.path()]);
    for folder in folders.lines().map(PathBuf::from) {
        let expected = weights::read(&folder.join("outputs.safetensors")).unwrap().tensors;
        let get = |name: &str| expected.iter().find(|(n, _)| n == name).map(|(_, t)| t.shallow_clone()).unwrap();
        let close = |what: &str, got: &Tensor, wanted: &Tensor| {
            let off = (got - wanted).abs().max().double_value(&[]);
            let size = wanted.abs().max().double_value(&[]).max(1.0);
            assert!(off < 1e-4 * size, "{}: {what} is off by {off} of {size}", folder.display());
        };
        let lengths = Vec::<i64>::try_from(&get("lengths")).unwrap();
        let input = || sequence(&get("ids"), &lengths, Pad::Back);
        let (encoder, _) = Encoder::load(&folder, Options { readout: Readout::All, ..Options::default() }).unwrap();
        encoder.set_training(false);
        close("hidden", &run(&encoder, input()), &get("hidden"));
        let (classifier, _) = Classifier::load(&folder, Options::default()).unwrap();
        classifier.set_training(false);
        let logits = run(&classifier, input());
        close("logits", &logits, &get("logits"));
        probe(&logits).backward();
        for (name, p) in named_parameters(&classifier).into_iter().filter(|(_, p)| p.grad().defined()) {
            close(&name, &p.grad(), &get(&format!("grad.{name}")));
        }
    }
}
