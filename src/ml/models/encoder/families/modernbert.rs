//! ModernBERT (Warner et al. 2024): normalization in front of blocks, gated feed-forward blocks, positions by turning, and layers of which most see
//! only what is near.

use super::{bert, standard};
use crate::ml::models::Readout;
use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::head::{HeadPlan, Hidden};
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts, Projections};
use crate::ml::models::encoder::plan::{Biases, Dropout, Norms, Plan, Positions, Turn};
use serde_json::Value;

pub(super) const FAMILY: Family =
    Family { model_type: "modernbert", prefix: "model", plan, head, rename: standard::rename };

static NAMES: Names = Names {
    model: "ModernBertModel",
    parts: Parts(&[
        ("embeddings", "ModernBertEmbeddings"),
        ("layers", "ModuleList"),
        ("layers.*", "ModernBertEncoderLayer"),
        ("final_norm", "LayerNorm"),
    ]),
    words: "embeddings.tok_embeddings",
    embeddings_norm: "embeddings.norm",
    layer: "layers.*",
    projections: Projections::Joint("attn.Wqkv"),
    attention_output: "attn.Wo",
    attention_norm: "attn_norm",
    intermediate: "mlp.Wi",
    output: "mlp.Wo",
    output_norm: "mlp_norm",
    final_norm: "final_norm",
    pooler: "",
    ..bert::NAMES
};

fn plan(items: &mut Items) -> Plan {
    let hidden_size = items.size("hidden_size", 768);
    let num_hidden_layers = items.size("num_hidden_layers", 22);
    let weights = items.dropout("attention_dropout", 0.0);
    let plan = Plan {
        names: &NAMES,
        vocab_size: items.size("vocab_size", 50368),
        embedding_size: hidden_size,
        projected: false,
        hidden_size,
        num_hidden_layers,
        shared: None,
        num_attention_heads: items.size("num_attention_heads", 12),
        intermediate_size: items.size("intermediate_size", 1152),
        hidden_act: items.activation("hidden_activation", "gelu"),
        gated: true,
        max_position_embeddings: items.size("max_position_embeddings", 8192),
        positions: Positions::Turned(turns(items, num_hidden_layers)),
        distances: 0,
        type_vocab_size: 0,
        norms: Norms::Before,
        layer_norm_eps: items.number("norm_eps", 1e-5, f64::MIN_POSITIVE..1.0),
        biases: Biases {
            attention: items.flag("attention_bias", false),
            feed_forward: items.flag("mlp_bias", false),
            norms: items.flag("norm_bias", false),
        },
        dropout: Dropout {
            embeddings: items.dropout("embedding_dropout", 0.0),
            weights,
            attention: Some(weights),
            inner: Some(items.dropout("mlp_dropout", 0.0)),
            output: None,
        },
        initializer_range: items.number("initializer_range", 0.02, 0.0..1e3),
        pad_token_id: items.token("pad_token_id", Some(50283)),
        pooler: false,
    };
    standard::check(items, &plan, "hidden_size", "num_attention_heads");
    let size = plan.hidden_size / plan.num_attention_heads;
    if size % 2 != 0 {
        items.refuse(format!("a head has {size} features, but they are turned in pairs"));
    }
    plan
}

const LAYER_KINDS: [&str; 2] = ["full_attention", "sliding_attention"];

/// How each layer turns and how far it sees, as transformers 5 writes it (`layer_types`, `rope_parameters`) or as 4 did.
fn turns(items: &mut Items, layers: i64) -> Vec<Turn> {
    let full = Turn { theta: theta(items, LAYER_KINDS[0], "global_rope_theta", 160_000.0), window: None };
    let window = Some(items.size("local_attention", 128) / 2);
    let sliding = Turn { theta: theta(items, LAYER_KINDS[1], "local_rope_theta", 10_000.0), window };
    let Some(kinds) = items.get("layer_types") else {
        let every = items.size("global_attn_every_n_layers", 3);
        return (0..layers).map(|n| if n % every == 0 { full } else { sliding }).collect();
    };
    let kind =
        |kind: &Value| [full, sliding].into_iter().zip(LAYER_KINDS).find(|(_, name)| kind == name).map(|(t, _)| t);
    let turns: Option<Vec<Turn>> = kinds.as_array().and_then(|kinds| kinds.iter().map(kind).collect());
    turns.filter(|turns| turns.len() as i64 == layers).unwrap_or_else(|| {
        items.refuse(format!(
            "layer_types is {kinds}, expected \"full_attention\" or \"sliding_attention\" for each of {layers} layers"
        ));
        Vec::new()
    })
}

fn theta(items: &mut Items, kind: &str, before: &str, usual: f64) -> f64 {
    items.only("rope_scaling", Value::Null);
    let before = items.number(before, usual, 1.0..1e12);
    let Some(given) = items.get("rope_parameters").and_then(|all| all.get(kind).cloned()).filter(|of| !of.is_null())
    else {
        return before;
    };
    if given.get("rope_type").is_some_and(|way| way != "default") {
        items.refuse(format!("rope_parameters of {kind} are {given}, only those of the rope_type \"default\" are"));
    }
    match given.get("rope_theta") {
        None => before,
        Some(theta) => theta.as_f64().filter(|theta| *theta >= 1.0).unwrap_or_else(|| {
            items.refuse(format!("rope_theta of {kind} is {theta}, expected a number of at least 1"));
            before
        }),
    }
}

fn head(items: &mut Items, _: &Plan) -> HeadPlan {
    let readout = match items.get("classifier_pooling") {
        Some(pooling) if pooling == "mean" => Readout::Mean,
        Some(pooling) if pooling != "cls" => {
            items.refuse(format!("classifier_pooling is {pooling}, only \"cls\" and \"mean\" are"));
            Readout::Cls
        }
        _ => Readout::Cls,
    };
    HeadPlan {
        class: "ModernBertForSequenceClassification",
        parts: Parts(&[("head", "ModernBertPredictionHead"), ("classifier", "Linear")]),
        readout,
        hidden: Some(Hidden {
            dense: "head.dense",
            bias: items.flag("classifier_bias", false),
            activation: items.activation("classifier_activation", "gelu"),
            norm: Some("head.norm"),
            drops: false,
        }),
        output: "classifier",
        dropout: items.dropout(standard::DROPOUT, 0.0),
        dropout_item: Some(standard::DROPOUT),
    }
}
