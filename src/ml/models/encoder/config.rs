//! A Hugging Face `config.json`: which family it is of, and what that makes of it.

use super::families;
use super::family::Family;
use super::head::HeadPlan;
use super::items::Items;
use super::labels::labels;
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

/// Whether the model of a `config.json` is one that is read: before what is long to get of it.
///
/// # Errors
/// As [`plan`]; a file that cannot be read or is no JSON object.
pub fn check(path: &Path) -> Result<()> {
    read(path).map(drop)
}

/// Reads a `config.json` of a classifier: its encoder, its head, and the names of its classes.
///
/// # Errors
/// As [`plan`]; labels that are none.
pub(super) fn read_classifier(path: &Path) -> Result<(&'static Family, Plan, HeadPlan, Vec<String>)> {
    let within = |e: Error| e.within(&path.display().to_string());
    let mut items = Items::new(items(path)?);
    let family = family_in(families::TABLE, &items).map_err(within)?;
    let plan = (family.plan)(&mut items);
    let head = (family.head)(&mut items, &plan);
    let labels = labels(&mut items);
    supported(family, items).map_err(within)?;
    Ok((family, plan, head, labels))
}

/// # Errors
/// A checkpoint whose scores are something else than those of classes, of which a text has one.
pub(super) fn tells_classes(path: &Path) -> Result<()> {
    const HEAD: &str = "ForSequenceClassification";
    const PROBLEM: &str = "single_label_classification";
    let items = items(path)?;
    let names = items.get("architectures").and_then(Value::as_array).into_iter().flatten();
    let names: Vec<&str> = names.filter_map(Value::as_str).collect();
    let why = match items.get("problem_type").and_then(Value::as_str).filter(|problem| *problem != PROBLEM) {
        Some(problem) => format!("problem_type is {problem:?}, only {PROBLEM:?} is read"),
        None if names.is_empty() || names.iter().any(|name| name.ends_with(HEAD)) => return Ok(()),
        None => format!("architectures is {}, and a classifier of texts is one {HEAD}", names.join(", ")),
    };
    Err(Error::value(format!("{}: {why}; `encoder` reads what is in front of the head", path.display())))
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
/// Another kind of model than those that are read. Items of the wrong type or range, or that ask for what is not supported (a decoder, relative
/// positions): all named.
pub fn plan(items: Map<String, Value>) -> Result<Plan> {
    plan_in(families::TABLE, items).map(|(_, plan)| plan)
}

fn plan_in(families: &'static [Family], items: Map<String, Value>) -> Result<(&'static Family, Plan)> {
    let mut items = Items::new(items);
    let family = family_in(families, &items)?;
    let plan = (family.plan)(&mut items);
    supported(family, items)?;
    Ok((family, plan))
}

fn family_in(families: &'static [Family], items: &Items) -> Result<&'static Family> {
    let Some(given) = items.get("model_type") else { return Ok(&families[0]) };
    families.iter().find(|family| given == family.model_type).ok_or_else(|| {
        let known: Vec<String> = families.iter().map(|family| format!("\"{}\"", family.model_type)).collect();
        let verb = if known.len() == 1 { "is" } else { "are" };
        let message = format!("this encoder is not read: model_type is {given}, only {} {verb}", known.join(", "));
        Error::new(ErrorKind::Option, message)
    })
}

fn supported(family: &Family, items: Items) -> Result<()> {
    match items.wrong() {
        wrong if wrong.is_empty() => Ok(()),
        wrong => {
            let message = format!("this {} is not supported: {}", family.model_type, wrong.join("; "));
            Err(Error::new(ErrorKind::Option, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::models::encoder::names::{Names, Parts, Projections};
    use crate::ml::models::encoder::plan::{Positions, Turn};
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
            "position_embedding_type": "relative_key", "is_decoder": true,
            "pruned_heads": { "1": [0] }, "hidden_act": "gelu_nwe", "hidden_size": 10, "num_attention_heads": 3,
            "num_hidden_layers": 0, "layer_norm_eps": "small", "hidden_dropout_prob": 1.0, "pad_token_id": -1,
        }))
        .unwrap_err()
        .message;
        for part in [
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

    #[test]
    fn another_kind_of_model_is_refused_with_those_that_are_read() {
        for other in ["deberta-v2", "xlnet", "gpt2"] {
            let message = of(json!({ "model_type": other, "hidden_size": 10 })).unwrap_err().message;
            assert!(message.contains(&format!("model_type is \"{other}\", only \"bert\", \"albert\", ")), "{message}");
            assert!(message.ends_with("\"roberta\", \"xlm-roberta\" are"), "{message}");
        }
    }

    #[test]
    fn modernberts_layers_are_those_of_old_and_of_new_configurations() {
        let turns = |more: Value| -> Result<Vec<Turn>> {
            let mut items = json!({ "model_type": "modernbert", "num_hidden_layers": 4 });
            items.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            match of(items)?.positions {
                Positions::Turned(turns) => Ok(turns),
                other => panic!("{other:?}"),
            }
        };
        let old = json!({ "global_attn_every_n_layers": 2, "global_rope_theta": 5e4, "local_rope_theta": 100.0, "local_attention": 10 });
        let new = json!({
            "layer_types": ["full_attention", "sliding_attention", "full_attention", "sliding_attention"], "local_attention": 10,
            "rope_parameters": { "full_attention": { "rope_type": "default", "rope_theta": 5e4 }, "sliding_attention": { "rope_theta": 100 } },
        });
        let (full, near) = (Turn { theta: 5e4, window: None }, Turn { theta: 100.0, window: Some(5) });
        assert_eq!(turns(old).unwrap(), [full, near, full, near]);
        assert_eq!(turns(new).unwrap(), [full, near, full, near]);
        let usual = turns(json!({})).unwrap();
        assert_eq!(usual[0], Turn { theta: 160_000.0, window: None });
        assert_eq!(usual[1..3], [Turn { theta: 10_000.0, window: Some(64) }; 2]);
        assert_eq!(usual[3], usual[0]);
        let refused = |more: Value, part: &str| {
            let message = turns(more).unwrap_err().message;
            assert!(message.contains(part), "{message}");
        };
        refused(json!({ "layer_types": ["full_attention"] }), "for each of 4 layers");
        refused(
            json!({ "rope_parameters": { "full_attention": { "rope_type": "yarn" } } }),
            "only those of the rope_type",
        );
    }

    static NAMES: Names = Names {
        model: "TinyModel",
        parts: Parts(&[("tables", "Tables"), ("blocks", "ModuleList"), ("blocks.*", "Block"), ("head", "Head")]),
        words: "tables.words",
        positions: "tables.places",
        types: "tables.segments",
        embeddings_norm: "tables.norm",
        projection: "",
        layer: "blocks.*",
        projections: Projections::Apart { query: "q", key: "k", value: "v" },
        attention_output: "o",
        attention_norm: "norm_1",
        intermediate: "up",
        output: "down",
        output_norm: "norm_2",
        distances: "",
        final_norm: "",
        pooler: "head.dense",
    };

    static TINY: Family = Family {
        model_type: "tiny",
        prefix: "tiny",
        plan: |items| {
            let usual = Items::new(Map::from_iter([("num_hidden_layers".to_string(), 1.into())]));
            Plan {
                names: &NAMES,
                vocab_size: items.size("words", 10),
                embedding_size: 2 * items.size("heads", 2),
                hidden_size: 2 * items.size("heads", 2),
                num_attention_heads: items.size("heads", 2),
                ..(families::TABLE[0].plan)(&mut { usual })
            }
        },
        head: families::TABLE[0].head,
        rename: |name| Some(name.to_string()),
    };

    #[test]
    fn a_row_and_its_file_are_a_new_family() {
        static FAMILIES: &[Family] = &[TINY];
        let items = json!({ "model_type": "tiny", "words": 7 });
        let (family, plan) = plan_in(FAMILIES, items.as_object().unwrap().clone()).unwrap();
        assert_eq!((family.prefix, plan.vocab_size, plan.hidden_size), ("tiny", 7, 4));
        let encoder: Rc<dyn crate::ml::models::Module> = Rc::new(Encoder::new(plan, Options::default()).unwrap());
        let names: Vec<String> = named_parameters(encoder.as_ref()).into_iter().map(|(name, _)| name).collect();
        for name in ["tables.words.weight", "blocks.0.q.weight", "blocks.0.norm_1.bias", "head.dense.weight"] {
            assert!(names.iter().any(|n| n == name), "{name} of {names:?}");
        }
        assert_eq!(encoder.type_name(), "TinyModel");
        encoder.set_training(false);
        let ids = Tensor::zeros([2, 3], (Kind::Int64, tch::Device::Cpu));
        assert_eq!(Pass::default().run(&encoder, &ids.into()).unwrap().shape(), [2, 4]);
        for (given, part) in [
            (json!({ "model_type": "bert" }), "model_type is \"bert\", only \"tiny\" is"),
            (json!({ "model_type": "tiny", "words": 0 }), "this tiny is not supported: words is 0"),
        ] {
            let message = plan_in(FAMILIES, given.as_object().unwrap().clone()).map(drop).unwrap_err().message;
            assert!(message.contains(part), "{message}");
        }
    }
}
