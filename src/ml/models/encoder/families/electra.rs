//! ELECTRA (Clark et al. 2020): BERT with embeddings that may be narrower than the layers, and without a pooler.

use super::{bert, standard};
use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::head::HeadPlan;
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts};
use crate::ml::models::encoder::plan::Plan;

pub(super) const FAMILY: Family =
    Family { model_type: "electra", prefix: "electra", plan, head, rename: standard::rename };

static NAMES: Names = Names {
    model: "ElectraModel",
    parts: Parts(&[
        ("embeddings", "ElectraEmbeddings"),
        ("embeddings_project", "Linear"),
        ("encoder", "ElectraEncoder"),
        ("encoder.layer", "ModuleList"),
        ("encoder.layer.*", "ElectraLayer"),
    ]),
    projection: "embeddings_project",
    pooler: "",
    ..bert::NAMES
};

fn plan(items: &mut Items) -> Plan {
    let usual = standard::Usual { hidden_size: 256, num_attention_heads: 4, intermediate_size: 1024, ..standard::BERT };
    let embedding_size = items.size("embedding_size", 128);
    let plan = standard::plan(items, &NAMES, &usual);
    Plan { embedding_size, projected: embedding_size != plan.hidden_size, pooler: false, ..plan }
}

fn head(items: &mut Items, plan: &Plan) -> HeadPlan {
    let parts = Parts(&[("classifier", "ElectraClassificationHead")]);
    let dropout = standard::classifier_dropout(items, plan);
    standard::in_two("ElectraForSequenceClassification", parts, "gelu", dropout)
}
