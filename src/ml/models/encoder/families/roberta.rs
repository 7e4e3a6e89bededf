//! RoBERTa (Liu et al. 2019) and those that are RoBERTa of other texts and tokenizers: XLM-RoBERTa (Conneau et al. 2020) and CamemBERT (Martin et
//! al. 2020).

use super::{bert, standard};
use crate::ml::models::encoder::family::Family;
use crate::ml::models::encoder::head::HeadPlan;
use crate::ml::models::encoder::items::Items;
use crate::ml::models::encoder::names::{Names, Parts};
use crate::ml::models::encoder::plan::{Plan, Positions};

pub(super) const FAMILY: Family =
    Family { model_type: "roberta", prefix: "roberta", plan, head, rename: standard::rename };
pub(super) const XLM: Family = Family {
    model_type: "xlm-roberta",
    head: |items, plan| HeadPlan { class: "XLMRobertaForSequenceClassification", ..head(items, plan) },
    ..FAMILY
};
pub(super) const CAMEMBERT: Family = Family {
    model_type: "camembert",
    head: |items, plan| HeadPlan { class: "CamembertForSequenceClassification", ..head(items, plan) },
    ..FAMILY
};

static NAMES: Names = Names {
    model: "RobertaModel",
    parts: Parts(&[
        ("embeddings", "RobertaEmbeddings"),
        ("encoder", "RobertaEncoder"),
        ("encoder.layer", "ModuleList"),
        ("encoder.layer.*", "RobertaLayer"),
        ("pooler", "RobertaPooler"),
    ]),
    ..bert::NAMES
};

fn plan(items: &mut Items) -> Plan {
    let usual = standard::Usual { vocab_size: 50265, pad_token_id: 1, ..standard::BERT };
    let plan = standard::plan(items, &NAMES, &usual);
    let Some(pad) = plan.pad_token_id else {
        items.refuse("pad_token_id is null, but positions are counted from behind it".into());
        return plan;
    };
    let plan = Plan { positions: Positions::BehindPadding(pad), ..plan };
    standard::check(items, &plan, "hidden_size", "num_attention_heads");
    plan
}

fn head(items: &mut Items, plan: &Plan) -> HeadPlan {
    let parts = Parts(&[("classifier", "RobertaClassificationHead")]);
    standard::in_two("RobertaForSequenceClassification", parts, "tanh", standard::classifier_dropout(items, plan))
}
