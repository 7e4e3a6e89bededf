//! BERT (Devlin et al. 2019), as transformers' `BertConfig` and `BertModel` have it.

use super::standard;
use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::head::HeadPlan;
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts, Projections};
use crate::ml::models::encoder::plan::Plan;

pub(super) const FAMILY: Family = Family { model_type: "bert", prefix: "bert", plan, head, rename: standard::rename };

/// Those of families that follow BERT as well, but for the classes.
pub(super) const NAMES: Names = Names {
    model: "BertModel",
    parts: Parts(&[
        ("embeddings", "BertEmbeddings"),
        ("encoder", "BertEncoder"),
        ("encoder.layer", "ModuleList"),
        ("encoder.layer.*", "BertLayer"),
        ("pooler", "BertPooler"),
    ]),
    words: "embeddings.word_embeddings",
    positions: "embeddings.position_embeddings",
    types: "embeddings.token_type_embeddings",
    embeddings_norm: "embeddings.LayerNorm",
    projection: "",
    layer: "encoder.layer.*",
    projections: Projections::Apart {
        query: "attention.self.query",
        key: "attention.self.key",
        value: "attention.self.value",
    },
    attention_output: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    intermediate: "intermediate.dense",
    output: "output.dense",
    output_norm: "output.LayerNorm",
    distances: "",
    final_norm: "",
    pooler: "pooler.dense",
};

fn plan(items: &mut Items) -> Plan {
    if let Some(width) = items.get("embedding_size").filter(|v| Some(v) != items.get("hidden_size").as_ref()) {
        items.refuse(format!("embedding_size is {width}, only that of hidden_size is"));
    }
    standard::plan(items, &NAMES, &standard::BERT)
}

fn head(items: &mut Items, plan: &Plan) -> HeadPlan {
    let dropout = standard::classifier_dropout(items, plan);
    standard::pooled("BertForSequenceClassification", dropout, standard::DROPOUT)
}
