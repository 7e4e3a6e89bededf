//! BERT (Devlin et al. 2019), as transformers' `BertConfig` and `BertModel` have it.

use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::plan::{Names, PartName, Plan};

pub(super) const FAMILY: Family = Family { model_type: "bert", prefix: "bert.", plan, rename };

static NAMES: Names = Names {
    model: "BertModel",
    embeddings: PartName { name: "embeddings", class: "BertEmbeddings" },
    words: "word_embeddings",
    positions: "position_embeddings",
    types: "token_type_embeddings",
    embeddings_norm: "LayerNorm",
    around: &[PartName { name: "encoder", class: "BertEncoder" }, PartName { name: "layer", class: "ModuleList" }],
    layer: "BertLayer",
    query: "attention.self.query",
    key: "attention.self.key",
    value: "attention.self.value",
    attention_output: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    intermediate: "intermediate.dense",
    output: "output.dense",
    output_norm: "output.LayerNorm",
    pooler: PartName { name: "pooler", class: "BertPooler" },
    pooler_dense: "dense",
};

/// An item that is not there has the value that it has in `BertConfig()`: that of bert-base-uncased.
fn plan(items: &mut Items) -> Plan {
    items.only("position_embedding_type", "absolute");
    items.only("is_decoder", false);
    items.only("is_encoder_decoder", false);
    items.only("add_cross_attention", false);
    if let Some(pruned) = items.get("pruned_heads").filter(|v| v.as_object().is_none_or(|heads| !heads.is_empty())) {
        items.refuse(format!("pruned_heads is {pruned}, only all heads are"));
    }
    if let Some(width) = items.get("embedding_size").filter(|v| Some(v) != items.get("hidden_size").as_ref()) {
        items.refuse(format!("embedding_size is {width}, only that of hidden_size is"));
    }
    let plan = Plan {
        names: &NAMES,
        vocab_size: items.size("vocab_size", 30522),
        hidden_size: items.size("hidden_size", 768),
        num_hidden_layers: items.size("num_hidden_layers", 12),
        num_attention_heads: items.size("num_attention_heads", 12),
        intermediate_size: items.size("intermediate_size", 3072),
        hidden_act: items.activation("hidden_act"),
        hidden_dropout_prob: items.number("hidden_dropout_prob", 0.1, 0.0..1.0),
        attention_probs_dropout_prob: items.number("attention_probs_dropout_prob", 0.1, 0.0..1.0),
        max_position_embeddings: items.size("max_position_embeddings", 512),
        type_vocab_size: items.size("type_vocab_size", 2),
        initializer_range: items.number("initializer_range", 0.02, 0.0..1e3),
        layer_norm_eps: items.number("layer_norm_eps", 1e-12, f64::MIN_POSITIVE..1.0),
        pad_token_id: items.token("pad_token_id", Some(0)),
    };
    if plan.hidden_size % plan.num_attention_heads != 0 {
        let (size, heads) = (plan.hidden_size, plan.num_attention_heads);
        items.refuse(format!("hidden_size {size} is not a multiple of num_attention_heads {heads}"));
    }
    if plan.pad_token_id.is_some_and(|id| id >= plan.vocab_size) {
        items.refuse("pad_token_id is beyond vocab_size".into());
    }
    plan
}

fn rename(name: &str) -> Option<String> {
    // A table of 0, 1, 2, … that old versions kept.
    if name == "embeddings.position_ids" {
        return None;
    }
    // The first checkpoints have TensorFlow's names of the layer normalization's parameters.
    Some(match (name.strip_suffix(".gamma"), name.strip_suffix(".beta")) {
        (Some(norm), _) => format!("{norm}.weight"),
        (_, Some(norm)) => format!("{norm}.bias"),
        _ => name.to_string(),
    })
}
