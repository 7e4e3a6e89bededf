//! MPNet (Song et al. 2020): BERT with RoBERTa's positions, without token types, and with a number for each distance between two positions that
//! is added to their scores in all layers.

use super::{bert, standard};
use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::head::HeadPlan;
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts, Projections};
use crate::ml::models::encoder::plan::{Plan, Positions};

pub(super) const FAMILY: Family = Family { model_type: "mpnet", prefix: "mpnet", plan, head, rename: standard::rename };

static NAMES: Names = Names {
    model: "MPNetModel",
    parts: Parts(&[
        ("embeddings", "MPNetEmbeddings"),
        ("encoder", "MPNetEncoder"),
        ("encoder.layer", "ModuleList"),
        ("encoder.layer.*", "MPNetLayer"),
        ("encoder.relative_attention_bias", "Embedding"),
        ("pooler", "MPNetPooler"),
    ]),
    projections: Projections::Apart { query: "attention.attn.q", key: "attention.attn.k", value: "attention.attn.v" },
    attention_output: "attention.attn.o",
    attention_norm: "attention.LayerNorm",
    distances: "encoder.relative_attention_bias",
    ..bert::NAMES
};

/// transformers takes these two for granted, whatever the configuration says.
const PADDING: i64 = 1;
const DISTANCES: i64 = 32;

fn plan(items: &mut Items) -> Plan {
    items.only("relative_attention_num_buckets", DISTANCES);
    let usual = standard::Usual { vocab_size: 30527, pad_token_id: PADDING, ..standard::BERT };
    let plan = standard::plan(items, &NAMES, &usual);
    let plan = Plan {
        positions: Positions::BehindPadding(PADDING),
        distances: DISTANCES,
        type_vocab_size: 0,
        pad_token_id: Some(PADDING),
        ..plan
    };
    standard::check(items, &plan, "hidden_size", "num_attention_heads");
    plan
}

fn head(_: &mut Items, plan: &Plan) -> HeadPlan {
    let parts = Parts(&[("classifier", "MPNetClassificationHead")]);
    let head = standard::in_two("MPNetForSequenceClassification", parts, "tanh", plan.dropout.embeddings);
    HeadPlan { dropout_item: None, ..head }
}
