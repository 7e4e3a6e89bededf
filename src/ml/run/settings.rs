//! What a run was asked for, as a row of a table has it.

use super::record::Record;
use serde_json::Value;

/// What `training` and `optimizer` of `config.json` hold that does not make a run another one.
pub const NO_SETTINGS: [&str; 6] = ["run", "progress", "tensorboard", "callbacks", "parameters", "numbers"];

/// The options of a run's script; where it has none, those of its training and of its optimizer's first group. The seed stands with them.
pub fn settings(config: &Value) -> Record {
    let part = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut all = part(&config["options"]);
    if all.is_empty() {
        let optimizer = &config["optimizer"];
        let algorithm = optimizer.get("algorithm").map(|name| ("algorithm".to_string(), name.clone()));
        for (name, value) in part(&config["training"]).into_iter().chain(algorithm).chain(part(&optimizer["groups"][0]))
        {
            if !NO_SETTINGS.contains(&name.as_str()) {
                all.entry(name).or_insert(value);
            }
        }
    }
    if let Some(seed) = config.get("seed").filter(|seed| !seed.is_null()) {
        all.entry("seed").or_insert(seed.clone());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_scripts_options_go_before_those_of_its_training() {
        let mut config = json!({ "options": { "lr": 0.1 }, "training": { "epochs": 3, "progress": true }, "seed": 7,
            "optimizer": { "algorithm": "adam", "groups": [{ "lr": 0.2, "parameters": 4 }] } });
        assert_eq!(json!(settings(&config)), json!({ "lr": 0.1, "seed": 7 }));
        config["options"] = json!({});
        assert_eq!(json!(settings(&config)), json!({ "epochs": 3, "algorithm": "adam", "lr": 0.2, "seed": 7 }));
        config["training"] = json!({ "lr": 0.3, "seed": 8 });
        assert_eq!(json!(settings(&config)), json!({ "lr": 0.3, "seed": 8, "algorithm": "adam" }));
        assert!(settings(&Value::Null).is_empty());
    }
}
