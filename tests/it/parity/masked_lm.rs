//! Models for masked words: their loss, and the gradient of every weight (that of the words' table from both its uses), are those of transformers' `…ForMaskedLM` of
//! the same weights and the same hidden tokens.

use crate::common::python::{printed, python_with};
use crate::common::scripts::{imdbsh, root};
use std::fs;
use tempfile::TempDir;

const FAMILIES: [&str; 7] = ["bert", "distilbert", "roberta", "xlm-roberta", "electra", "mpnet", "albert"];

/// Loss and gradients of hidden tokens, in evaluation mode, where nothing is dropped.
const OURS: &str = r#"
let o = options(#{ family: "", folder: "" });
let reads = tokenizer(o.folder);
let ids = reads.encode(texts(["A great film, the best of all!", "the worst", "I loved the acting and the story."]), 40);
let net = pretrain::masked_lm(o.folder, #{});
net.eval();
for p in net.named_parameters() { no_grad(|| p[1].add_(randn(p[1].shape) * 0.05)); }
let said = ();
for batch in mask_tokens(dataset(ids, pretrain::no_labels(3), #{}), reads, #{ mlm_probability: 0.4 }).batches(#{ epoch: 1 }) {
    let loss = cross_entropy(net.forward(batch), batch.labels);
    loss.backward();
    said = #{
        ids: batch.ids.to_array(), lengths: batch.lengths.to_array(), asked: batch.asked.to_array(), labels: batch.labels.to_array(),
        loss: loss.item(),
    };
}
net.save(`${o.family}.safetensors`);
let grads = #{};
for p in net.named_parameters() { grads[p[0]] = p[1].grad; }
save_tensors(`${o.family}-grads.safetensors`, grads);
write_text(`${o.family}.json`, said.to_json());
"#;

const THEIRS: &str = r#"
import json, sys, torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForMaskedLM
for family in sys.argv[2:]:
    at = f"{sys.argv[1]}/{family}"
    said = json.load(open(f"{at}.json"))
    model = AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(f"{at}-config")).eval()
    missing, unexpected = model.load_state_dict(load_file(f"{at}.safetensors"), strict=False)
    # What is tied stands in a file once.
    assert not unexpected and set(missing) <= set(model._tied_weights_keys), (family, missing, unexpected)
    model.tie_weights()
    ids, lengths = torch.tensor(said["ids"]), torch.tensor(said["lengths"])
    real = torch.arange(ids.shape[1])[None, :] < lengths[:, None]
    labels = torch.full(ids.shape, -100)
    labels.view(-1)[real.reshape(-1).nonzero()[:, 0][torch.tensor(said["asked"])]] = torch.tensor(said["labels"])
    loss = model(input_ids=ids, attention_mask=real.long(), labels=labels).loss
    loss.backward()
    grads = load_file(f"{at}-grads.safetensors")
    parameters = dict(model.named_parameters(remove_duplicate=False))
    off = max((parameters[name].grad - grad).abs().max().item() for name, grad in grads.items())
    print(json.dumps([family, abs(loss.item() - said["loss"]), off, len(grads), len(list(model.parameters()))]))
"#;

#[test]
fn losses_and_gradients_are_those_of_transformers() {
    let Some(python) = python_with("transformers") else { return };
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("ours.rhai"), OURS).unwrap();
    for family in FAMILIES {
        let model = root().join("tests/data/tiny_encoders").join(family);
        let options = [format!("family={family}"), format!("folder={}", model.display())];
        let (code, _, err) = imdbsh(folder.path(), "ours.rhai".as_ref(), &options.each_ref().map(String::as_str));
        assert_eq!(code, 0, "{family}: {err}");
        assert!(err.contains("has no layer in front of its vocabulary"), "{family}: {err}");
        fs::create_dir(folder.path().join(format!("{family}-config"))).unwrap();
        fs::copy(model.join("config.json"), folder.path().join(format!("{family}-config/config.json"))).unwrap();
    }
    let arguments: Vec<_> =
        std::iter::once(folder.path()).chain(FAMILIES.iter().map(|family| family.as_ref())).collect();
    let said = printed(&python, THEIRS, &arguments);
    let rows: Vec<(String, f64, f64, usize, usize)> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(), FAMILIES);
    for (family, loss, gradient, ours, theirs) in rows {
        assert!(loss < 1e-5, "{family}: the losses differ by {loss}");
        assert!(gradient < 1e-5, "{family}: a gradient is off by {gradient}");
        assert_eq!(ours, theirs, "{family}: parameters");
    }
}
