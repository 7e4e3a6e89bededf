//! The optimizers under their names: what scripts write, run folders and checkpoints keep.

use super::{Algorithm, Row, adadelta, adagrad, adam, adamw, lbfgs, lion, muon, nadam, radam, rmsprop, sgd};
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Map, Value};
use std::rc::Rc;

/// A new optimizer is a new file and a new row here.
pub static TABLE: &[Row] = &[
    sgd::ROW,
    adam::ROW,
    adamw::ROW,
    rmsprop::ROW,
    adagrad::ROW,
    adadelta::ROW,
    nadam::ROW,
    radam::ROW,
    lion::ROW,
    muon::ROW,
    lbfgs::ROW,
];

/// The optimizer `name` with `options` in place of its defaults, see [`Row::algorithm`].
///
/// # Errors
/// An unknown name or option, with the nearest known one; a value of the wrong type or out of range.
pub fn algorithm(name: &str, options: &Map<String, Value>) -> Result<Rc<dyn Algorithm>> {
    let row = TABLE.iter().find(|row| row.name == name).ok_or_else(|| {
        let known: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
        Error::unknown(ErrorKind::Value, "optimizer", name, &known)
    })?;
    row.algorithm(options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(name: &str, options: Value) -> String {
        algorithm(name, options.as_object().unwrap()).unwrap_err().message
    }

    #[test]
    fn every_row_builds_an_optimizer_that_goes_by_the_name_of_the_row() {
        for row in TABLE {
            assert_eq!(row.algorithm(&row.defaults()).unwrap().name(), row.name);
        }
    }

    #[test]
    fn the_help_names_every_option() {
        for row in TABLE.iter().filter(|row| row.name != "adamw") {
            for option in row.defaults().keys() {
                assert!(row.doc.contains(&format!("`{option}`")), "{}: {option}", row.name);
            }
        }
    }

    #[test]
    fn an_integer_serves_for_a_float() {
        assert_eq!(algorithm("sgd", json!({"lr": 1}).as_object().unwrap()).unwrap().lr(), 1.0);
    }

    #[test]
    fn what_is_wrong_with_an_option_is_said() {
        assert_eq!(
            refused("adma", json!({})),
            "unknown optimizer `adma`; did you mean `adam`? \
             (known: sgd, adam, adamw, rmsprop, adagrad, adadelta, nadam, radam, lion, muon, lbfgs)"
        );
        assert_eq!(
            refused("sgd", json!({"momentun": 0.9})),
            "sgd: unknown option `momentun`; did you mean `momentum`? \
             (known: lr, momentum, dampening, weight_decay, nesterov)"
        );
        assert_eq!(
            refused("adam", json!({"betas": 0.9})),
            "adam: option `betas` must be two numbers, such as [0.9, 0.999], not 0.9"
        );
        assert_eq!(
            refused("rmsprop", json!({"centered": 1})),
            "rmsprop: option `centered` must be true or false, not 1"
        );
        assert_eq!(
            refused("muon", json!({"ns_coefficients": [1.0, 2.0]})),
            "muon: option `ns_coefficients` must be 3 numbers, such as [3.4445,-4.775,2.0315], not [1.0,2.0]"
        );
        assert_eq!(
            refused("muon", json!({"adjust_lr_fn": 1})),
            "muon: option `adjust_lr_fn` must be a text, such as \"original\", not 1"
        );
    }

    #[test]
    fn values_outside_their_range_are_refused() {
        let cases = [
            ("sgd", json!({"lr": -0.1}), "lr"),
            ("sgd", json!({"momentum": -1}), "momentum"),
            ("sgd", json!({"nesterov": true}), "nesterov"),
            ("sgd", json!({"nesterov": true, "momentum": 0.9, "dampening": 0.1}), "nesterov"),
            ("adam", json!({"betas": [1.0, 0.999]}), "first of betas"),
            ("adam", json!({"betas": [0.9, -0.1]}), "second of betas"),
            ("adam", json!({"eps": -1e-8}), "eps"),
            ("adamw", json!({"weight_decay": -0.1}), "weight_decay"),
            ("adamw", json!({"lr": -1}), "lr"),
            ("rmsprop", json!({"alpha": 1.5}), "alpha"),
            ("rmsprop", json!({"momentum": -0.5}), "momentum"),
            ("adagrad", json!({"initial_accumulator_value": -1}), "initial_accumulator_value"),
            ("adadelta", json!({"rho": 1.1}), "rho"),
            ("nadam", json!({"momentum_decay": -1}), "momentum_decay"),
            ("radam", json!({"betas": [0.9, 1.0]}), "second of betas"),
            ("lion", json!({"betas": [1.5, 0.9]}), "first of betas"),
            ("muon", json!({"ns_steps": 100}), "ns_steps"),
            ("muon", json!({"adjust_lr_fn": "adamw"}), "match_rms_adamw"),
            ("lbfgs", json!({"max_iter": 0}), "max_iter"),
            ("lbfgs", json!({"line_search_fn": "wolfe"}), "strong_wolfe"),
        ];
        for (name, options, word) in cases {
            let message = refused(name, options);
            assert!(message.starts_with(name) && message.contains(word), "{message}");
        }
    }
}
