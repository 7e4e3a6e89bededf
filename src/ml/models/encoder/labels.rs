//! The names of a classifier's classes.

use super::items::Items;
use serde_json::Value;

/// `id2label`, by number; `LABEL_0`, `LABEL_1`, … as many as `num_labels` says where it is not there: 2 if that is not there, either.
pub(super) fn labels(items: &mut Items) -> Vec<String> {
    let Some(given) = items.get("id2label") else {
        let classes = items.size("num_labels", 2);
        return (0..classes).map(|n| format!("LABEL_{n}")).collect();
    };
    let named = given.as_object().map(|all| {
        let mut numbered: Vec<(usize, &Value)> =
            all.iter().filter_map(|(n, name)| Some((n.parse().ok()?, name))).collect();
        numbered.sort_by_key(|(n, _)| *n);
        (all.len(), numbered)
    });
    let names =
        named.filter(|(count, numbered)| numbered.len() == *count && numbered.iter().map(|(n, _)| *n).eq(0..*count));
    let names = names.map(|(_, numbered)| {
        // transformers takes numbers for names as well.
        numbered.into_iter().map(|(_, name)| name.as_str().map_or_else(|| name.to_string(), str::to_string)).collect()
    });
    if let Some(names) = names.as_ref() {
        let names: &Vec<String> = names;
        if let Some(twice) = (1..names.len()).find(|n| names[..*n].contains(&names[*n])) {
            items.refuse(format!("id2label has the name {} twice", names[twice]));
        }
    }
    names.filter(|names: &Vec<String>| !names.is_empty()).unwrap_or_else(|| {
        items.refuse(format!("id2label is {given}, expected a name for each of \"0\", \"1\", …"));
        vec![String::new()]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(given: Value) -> (Vec<String>, Vec<String>) {
        let mut items = Items::new(given.as_object().unwrap().clone());
        let labels = labels(&mut items);
        (labels, items.wrong())
    }

    #[test]
    fn classes_are_named_by_their_numbers() {
        let many: serde_json::Map<String, Value> = (0..12).map(|n| (n.to_string(), json!(format!("c{n}")))).collect();
        assert_eq!(of(json!({ "id2label": many })).0, (0..12).map(|n| format!("c{n}")).collect::<Vec<_>>());
        assert_eq!(of(json!({ "id2label": { "0": "bad", "1": 5 } })).0, ["bad", "5"]);
        assert_eq!(of(json!({})).0, ["LABEL_0", "LABEL_1"]);
        assert_eq!(of(json!({ "num_labels": 1 })).0, ["LABEL_0"]);
    }

    #[test]
    fn what_names_no_classes_is_said() {
        for given in [json!({}), json!({ "1": "a", "2": "b" }), json!({ "neg": "0" }), json!(["neg", "pos"])] {
            let (_, wrong) = of(json!({ "id2label": given }));
            assert!(wrong[0].contains("expected a name for each of"), "{wrong:?}");
        }
    }
}
