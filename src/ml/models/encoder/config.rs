//! A Hugging Face `config.json`: which family it is of, and what that makes of it.

use super::families;
use super::family::Family;
use super::items::Items;
use super::plan::Plan;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Map, Value};
use std::path::Path;

/// Reads a `config.json`.
///
/// # Errors
/// A file that cannot be read or is no JSON object; what [`plan`] refuses.
pub(super) fn read(path: &Path) -> Result<(&'static Family, Plan)> {
    plan_in(families::TABLE, items(path)?).map_err(|e| e.within(&path.display().to_string()))
}

/// The items of a `config.json`, whatever they say.
///
/// # Errors
/// A file that cannot be read or is no JSON object.
pub fn items(path: &Path) -> Result<Map<String, Value>> {
    let text = access::read(path)?;
    serde_json::from_slice(&text).map_err(|e| Error::data(format!("{} is no configuration: {e}", path.display())))
}

/// What these items of a `config.json` say. Those that say nothing of what is computed (`architectures`, `use_cache`,
/// `id2label`, …) are passed over.
///
/// # Errors
/// An item of the wrong type or range, or one that asks for what is not supported (a decoder, relative positions, another kind
/// of model): all named.
pub fn plan(items: Map<String, Value>) -> Result<Plan> {
    plan_in(families::TABLE, items).map(|(_, plan)| plan)
}

fn plan_in(families: &'static [Family], items: Map<String, Value>) -> Result<(&'static Family, Plan)> {
    let mut items = Items::new(items);
    let family = match items.get("model_type") {
        None => &families[0],
        Some(given) => families.iter().find(|family| given == family.model_type).unwrap_or_else(|| {
            let known: Vec<String> = families.iter().map(|family| format!("\"{}\"", family.model_type)).collect();
            let verb = if known.len() == 1 { "is" } else { "are" };
            items.refuse(format!("model_type is {given}, only {} {verb}", known.join(", ")));
            &families[0]
        }),
    };
    let plan = (family.plan)(&mut items);
    let wrong = items.wrong();
    match wrong.is_empty() {
        true => Ok((family, plan)),
        false => Err(Error::new(ErrorKind::Option, format!("this BERT is not supported: {}", wrong.join("; ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::models::encoder::plan::{Names, PartName};
    use crate::ml::models::encoder::{Encoder, Options};
    use crate::ml::models::{Pass, named_parameters};
    use serde_json::json;
    use std::rc::Rc;
    use tch::{Kind, Tensor};

    fn of(items: Value) -> Result<Plan> {
        plan(items.as_object().unwrap().clone())
    }

    #[test]
    fn without_items_it_is_bert_base_uncased() {
        let base = of(json!({ "use_cache": true, "architectures": ["BertModel"] })).unwrap();
        assert_eq!(base, of(json!({ "model_type": "bert" })).unwrap());
        let sizes = [base.vocab_size, base.hidden_size, base.num_hidden_layers, base.num_attention_heads];
        assert_eq!(sizes, [30522, 768, 12, 12]);
        assert_eq!([base.intermediate_size, base.max_position_embeddings, base.type_vocab_size], [3072, 512, 2]);
        assert_eq!((base.layer_norm_eps, base.pad_token_id), (1e-12, Some(0)));
        assert_eq!(of(json!({ "pad_token_id": null })).unwrap().pad_token_id, None);
    }

    #[test]
    fn all_that_is_wrong_or_not_supported_is_named_at_once() {
        let message = of(json!({
            "model_type": "roberta", "position_embedding_type": "relative_key", "is_decoder": true,
            "pruned_heads": { "1": [0] }, "hidden_act": "gelu_nwe", "hidden_size": 10, "num_attention_heads": 3,
            "num_hidden_layers": 0, "layer_norm_eps": "small", "hidden_dropout_prob": 1.0, "pad_token_id": -1,
        }))
        .unwrap_err()
        .message;
        for part in [
            "model_type is \"roberta\", only \"bert\" is",
            "position_embedding_type is \"relative_key\"",
            "is_decoder is true",
            "pruned_heads",
            "did you mean `gelu_new`?",
            "hidden_size 10 is not a multiple of num_attention_heads 3",
            "num_hidden_layers is 0",
            "layer_norm_eps is \"small\"",
            "hidden_dropout_prob is 1.0",
            "pad_token_id is -1",
        ] {
            assert!(message.contains(part), "`{part}` is not in {message}");
        }
    }

    static NAMES: Names = Names {
        model: "TinyModel",
        embeddings: PartName { name: "tables", class: "Tables" },
        words: "words",
        positions: "places",
        types: "segments",
        embeddings_norm: "norm",
        around: &[PartName { name: "blocks", class: "ModuleList" }],
        layer: "Block",
        query: "q",
        key: "k",
        value: "v",
        attention_output: "o",
        attention_norm: "norm_1",
        intermediate: "up",
        output: "down",
        output_norm: "norm_2",
        pooler: PartName { name: "head", class: "Head" },
        pooler_dense: "dense",
    };

    static TINY: Family = Family {
        model_type: "tiny",
        prefix: "tiny.",
        plan: |items| Plan {
            names: &NAMES,
            vocab_size: items.size("words", 10),
            hidden_size: 2 * items.size("heads", 2),
            num_attention_heads: items.size("heads", 2),
            ..(families::TABLE[0].plan)(&mut Items::new(Map::from_iter([("num_hidden_layers".to_string(), 1.into())])))
        },
        rename: |name| Some(name.to_string()),
    };

    #[test]
    fn a_row_and_its_file_are_a_new_family() {
        static FAMILIES: &[Family] = &[TINY];
        let items = json!({ "model_type": "tiny", "words": 7 });
        let (family, plan) = plan_in(FAMILIES, items.as_object().unwrap().clone()).unwrap();
        assert_eq!((family.prefix, plan.vocab_size, plan.hidden_size), ("tiny.", 7, 4));
        let encoder: Rc<dyn crate::ml::models::Module> = Rc::new(Encoder::new(plan, Options::default()).unwrap());
        let names: Vec<String> = named_parameters(encoder.as_ref()).into_iter().map(|(name, _)| name).collect();
        for name in ["tables.words.weight", "blocks.0.q.weight", "blocks.0.norm_1.bias", "head.dense.weight"] {
            assert!(names.iter().any(|n| n == name), "{name} of {names:?}");
        }
        assert_eq!(encoder.type_name(), "TinyModel");
        encoder.set_training(false);
        let ids = Tensor::zeros([2, 3], (Kind::Int64, tch::Device::Cpu));
        assert_eq!(Pass::default().run(&encoder, &ids.into()).unwrap().shape(), [2, 4]);
        let wrong = plan_in(FAMILIES, json!({ "model_type": "bert", "words": 0 }).as_object().unwrap().clone());
        let message = wrong.map(drop).unwrap_err().message;
        assert!(message.contains("model_type is \"bert\", only \"tiny\" is; words is 0"), "{message}");
    }
}
