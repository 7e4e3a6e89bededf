//! ALBERT (Lan et al. 2020): BERT with narrow embeddings, whose layers compute with the same weights.

use super::{bert, standard};
use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::head::HeadPlan;
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts, Projections};
use crate::ml::models::encoder::plan::{Dropout, Plan, Shared};

pub(super) const FAMILY: Family =
    Family { model_type: "albert", prefix: "albert", plan, head, rename: standard::rename };

static NAMES: Names = Names {
    model: "AlbertModel",
    parts: Parts(&[
        ("embeddings", "AlbertEmbeddings"),
        ("encoder", "AlbertTransformer"),
        ("encoder.embedding_hidden_mapping_in", "Linear"),
        ("encoder.albert_layer_groups", "ModuleList"),
        ("encoder.albert_layer_groups.*", "AlbertLayerGroup"),
        ("encoder.albert_layer_groups.*.albert_layers", "ModuleList"),
        ("encoder.albert_layer_groups.*.albert_layers.*", "AlbertLayer"),
        ("pooler", "Linear"),
    ]),
    projection: "encoder.embedding_hidden_mapping_in",
    layer: "encoder.albert_layer_groups.*.albert_layers.*",
    projections: Projections::Apart { query: "attention.query", key: "attention.key", value: "attention.value" },
    attention_output: "attention.dense",
    attention_norm: "attention.LayerNorm",
    intermediate: "ffn",
    output: "ffn_output",
    output_norm: "full_layer_layer_norm",
    pooler: "pooler",
    ..bert::NAMES
};

fn plan(items: &mut Items) -> Plan {
    let usual = standard::Usual {
        vocab_size: 30000,
        hidden_size: 4096,
        num_attention_heads: 64,
        intermediate_size: 16384,
        hidden_act: "gelu_new",
        dropout: 0.0,
        ..standard::BERT
    };
    let embedding_size = items.size("embedding_size", 128);
    let shared = Shared { groups: items.size("num_hidden_groups", 1), inner: items.size("inner_group_num", 1) };
    let plan = standard::plan(items, &NAMES, &usual);
    if shared.groups > plan.num_hidden_layers {
        let (groups, layers) = (shared.groups, plan.num_hidden_layers);
        items.refuse(format!("num_hidden_groups is {groups}, but there are {layers} layers"));
    }
    let dropout = Dropout { output: None, ..plan.dropout };
    Plan { embedding_size, projected: true, shared: Some(shared), dropout, ..plan }
}

fn head(items: &mut Items, _: &Plan) -> HeadPlan {
    const DROPOUT: &str = "classifier_dropout_prob";
    standard::pooled("AlbertForSequenceClassification", items.dropout(DROPOUT, 0.1), DROPOUT)
}
