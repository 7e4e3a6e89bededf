//! DistilBERT (Sanh et al. 2019): BERT of half the layers, without token types and pooler, under names of its own.

use super::{bert, standard};
use crate::ml::models::Readout;
use crate::ml::models::encoder::activation::Activation;
use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::head::{HeadPlan, Hidden};
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts, Projections};
use crate::ml::models::encoder::plan::{Biases, Dropout, Norms, Plan, Positions};

pub(super) const FAMILY: Family =
    Family { model_type: "distilbert", prefix: "distilbert", plan, head, rename: standard::rename };

static NAMES: Names = Names {
    model: "DistilBertModel",
    parts: Parts(&[
        ("embeddings", "Embeddings"),
        ("transformer", "Transformer"),
        ("transformer.layer", "ModuleList"),
        ("transformer.layer.*", "TransformerBlock"),
    ]),
    layer: "transformer.layer.*",
    projections: Projections::Apart { query: "attention.q_lin", key: "attention.k_lin", value: "attention.v_lin" },
    attention_output: "attention.out_lin",
    attention_norm: "sa_layer_norm",
    intermediate: "ffn.lin1",
    output: "ffn.lin2",
    output_norm: "output_layer_norm",
    pooler: "",
    ..bert::NAMES
};

fn plan(items: &mut Items) -> Plan {
    items.only("sinusoidal_pos_embds", false);
    let hidden_size = items.size("dim", 768);
    let plan = Plan {
        names: &NAMES,
        vocab_size: items.size("vocab_size", 30522),
        embedding_size: hidden_size,
        projected: false,
        hidden_size,
        num_hidden_layers: items.size("n_layers", 6),
        shared: None,
        num_attention_heads: items.size("n_heads", 12),
        intermediate_size: items.size("hidden_dim", 3072),
        hidden_act: items.activation("activation", "gelu"),
        gated: false,
        max_position_embeddings: items.size("max_position_embeddings", 512),
        positions: Positions::Counted,
        distances: 0,
        type_vocab_size: 0,
        norms: Norms::Behind,
        // No item of the configuration says it.
        layer_norm_eps: 1e-12,
        biases: Biases::ALL,
        dropout: Dropout::of(items.dropout("dropout", 0.1), items.dropout("attention_dropout", 0.1)),
        initializer_range: items.number("initializer_range", 0.02, 0.0..1e3),
        pad_token_id: items.token("pad_token_id", Some(0)),
        pooler: false,
    };
    // What attention adds is not dropped, only what the feed-forward block adds.
    let plan = Plan { dropout: Dropout { attention: None, ..plan.dropout }, ..plan };
    standard::check(items, &plan, "dim", "n_heads");
    plan
}

fn head(items: &mut Items, _: &Plan) -> HeadPlan {
    const DROPOUT: &str = "seq_classif_dropout";
    let activation = Activation::known("relu");
    HeadPlan {
        class: "DistilBertForSequenceClassification",
        parts: Parts(&[("pre_classifier", "Linear"), ("classifier", "Linear")]),
        readout: Readout::Cls,
        hidden: Some(Hidden { dense: "pre_classifier", bias: true, activation, norm: None, drops: false }),
        output: "classifier",
        dropout: items.dropout(DROPOUT, 0.2),
        dropout_item: Some(DROPOUT),
    }
}
