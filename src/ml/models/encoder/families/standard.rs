//! What families share that follow BERT: the items of a `config.json` by BERT's names, and BERT's heads.

use crate::ml::models::Readout;
use crate::ml::models::encoder::activation::Activation;
use crate::ml::models::encoder::head::{HeadPlan, Hidden};
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts};
use crate::ml::models::encoder::plan::{Biases, Dropout, Norms, Plan, Positions};

/// What items are worth that are not there: the values of a configuration's class in transformers.
pub(super) struct Usual {
    pub vocab_size: i64,
    pub hidden_size: i64,
    pub num_attention_heads: i64,
    pub intermediate_size: i64,
    pub hidden_act: &'static str,
    /// Of whatever is dropped.
    pub dropout: f64,
    pub pad_token_id: i64,
}

/// `BertConfig()`: bert-base-uncased.
pub(super) const BERT: Usual = Usual {
    vocab_size: 30522,
    hidden_size: 768,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: "gelu",
    dropout: 0.1,
    pad_token_id: 0,
};

/// A BERT of these names and items.
pub(super) fn plan(items: &mut Items, names: &'static Names, usual: &Usual) -> Plan {
    items.only("position_embedding_type", "absolute");
    items.only("is_decoder", false);
    items.only("is_encoder_decoder", false);
    items.only("add_cross_attention", false);
    if let Some(pruned) = items.get("pruned_heads").filter(|v| v.as_object().is_none_or(|heads| !heads.is_empty())) {
        items.refuse(format!("pruned_heads is {pruned}, only all heads are"));
    }
    let hidden_size = items.size("hidden_size", usual.hidden_size);
    let plan = Plan {
        names,
        vocab_size: items.size("vocab_size", usual.vocab_size),
        embedding_size: hidden_size,
        projected: false,
        hidden_size,
        num_hidden_layers: items.size("num_hidden_layers", 12),
        shared: None,
        num_attention_heads: items.size("num_attention_heads", usual.num_attention_heads),
        intermediate_size: items.size("intermediate_size", usual.intermediate_size),
        hidden_act: items.activation("hidden_act", usual.hidden_act),
        gated: false,
        max_position_embeddings: items.size("max_position_embeddings", 512),
        positions: Positions::Counted,
        distances: 0,
        type_vocab_size: items.size("type_vocab_size", 2),
        norms: Norms::Behind,
        layer_norm_eps: items.number("layer_norm_eps", 1e-12, f64::MIN_POSITIVE..1.0),
        biases: Biases::ALL,
        dropout: Dropout::of(
            items.dropout("hidden_dropout_prob", usual.dropout),
            items.dropout("attention_probs_dropout_prob", usual.dropout),
        ),
        initializer_range: items.number("initializer_range", 0.02, 0.0..1e3),
        pad_token_id: items.token("pad_token_id", Some(usual.pad_token_id)),
        pooler: true,
    };
    check(items, &plan, "hidden_size", "num_attention_heads");
    plan
}

/// What no encoder can be; the names are the configuration's.
pub(super) fn check(items: &mut Items, plan: &Plan, hidden_size: &str, heads: &str) {
    let (size, count) = (plan.hidden_size, plan.num_attention_heads);
    if size % count != 0 {
        items.refuse(format!("{hidden_size} {size} is not a multiple of {heads} {count}"));
    }
    if plan.pad_token_id.is_some_and(|id| id >= plan.vocab_size) {
        items.refuse("pad_token_id is beyond vocab_size".into());
    }
    if plan.longest() < 1 {
        items.refuse(format!(
            "max_position_embeddings is {}, which leaves none behind that of the padding token",
            plan.max_position_embeddings
        ));
    }
}

/// The item that says what a head drops.
pub(super) const DROPOUT: &str = "classifier_dropout";

/// The pooler, and a linear layer: BERT's.
pub(super) fn pooled(class: &'static str, dropout: f64, item: &'static str) -> HeadPlan {
    HeadPlan {
        class,
        parts: Parts(&[("classifier", "Linear")]),
        readout: Readout::Pooler,
        hidden: None,
        output: "classifier",
        dropout,
        dropout_item: Some(item),
    }
}

/// A linear layer, an activation and another linear layer: RoBERTa's.
pub(super) fn in_two(class: &'static str, parts: Parts, activation: &str, dropout: f64) -> HeadPlan {
    let hidden = Hidden {
        dense: "classifier.dense",
        bias: true,
        activation: Activation::known(activation),
        norm: None,
        drops: true,
    };
    let (readout, output, dropout_item) = (Readout::Cls, "classifier.out_proj", Some(DROPOUT));
    HeadPlan { class, parts, readout, hidden: Some(hidden), output, dropout, dropout_item }
}

/// `classifier_dropout`, or what else is dropped of the encoder.
pub(super) fn classifier_dropout(items: &mut Items, plan: &Plan) -> f64 {
    items.dropout(DROPOUT, plan.dropout.embeddings)
}

/// The name of a tensor as newer files have it; none for what no encoder has.
pub(super) fn rename(name: &str) -> Option<String> {
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
