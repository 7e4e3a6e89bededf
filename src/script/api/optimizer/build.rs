//! The constructors: one for each row of the table of optimizers.

use super::parameters::groups_of;
use crate::error::{Error, Result};
use crate::ml::optim::{Algorithm, Group, Optimizer, Row};
use crate::script::{
    api::{
        handles::OptimizerHandle,
        row::{another_form, function},
    },
    base::{ScriptResult, options::shown},
};
use rhai::{Dynamic, Map, Module};
use std::rc::Rc;

/// `adam(net)` and `adam(net, #{ lr: 1e-3 })` for the row `adam`, and so on.
pub(super) fn constructors(rows: &'static [Row]) -> Module {
    let mut module = Module::new();
    for row in rows {
        function(row.name, row.doc, row.example, &["parameters", "Optimizer"])
            .set_into_module(&mut module, move |parameters: Dynamic| -> ScriptResult<OptimizerHandle> {
                build(row, &parameters, &Map::new())
            });
        another_form(row.name, &["parameters", "options: Map", "Optimizer"]).set_into_module(
            &mut module,
            move |parameters: Dynamic, options: Map| -> ScriptResult<OptimizerHandle> {
                build(row, &parameters, &options)
            },
        );
    }
    module
}

fn build(row: &'static Row, of: &Dynamic, options: &Map) -> ScriptResult<OptimizerHandle> {
    let mut groups = Vec::new();
    for (params, own) in groups_of(row.name, of, options)? {
        groups.push(Group::new(params, algorithm(row, &own)?)?);
    }
    Ok(Optimizer::new(groups)?.into())
}

fn algorithm(row: &Row, options: &Map) -> Result<Rc<dyn Algorithm>> {
    let name = row.name;
    let mut json = serde_json::Map::new();
    for (option, value) in options.iter().filter(|(_, v)| !v.is_unit()) {
        // JSON has no NaN.
        let read = rhai::serde::from_dynamic::<serde_json::Value>(value).ok().filter(|read| !read.is_null());
        let read = read.ok_or_else(|| Error::value(format!("{name}: option `{option}` cannot be {}", shown(value))))?;
        json.insert(option.to_string(), read);
    }
    row.algorithm(&json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::optim::{Buffer, ParamState};
    use crate::script::api::handles::TensorHandle;
    use rhai::Engine;
    use serde::{Deserialize, Serialize};
    use tch::{TchError, Tensor};

    /// p ← p − lr · sign(g).
    #[derive(Debug, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct SignSgd {
        lr: f64,
    }

    impl Default for SignSgd {
        fn default() -> Self {
            SignSgd { lr: 0.5 }
        }
    }

    impl Algorithm for SignSgd {
        fn name(&self) -> &'static str {
            "sign_sgd"
        }

        fn lr(&self) -> f64 {
            self.lr
        }

        fn options(&self) -> serde_json::Value {
            serde_json::json!(self)
        }

        fn buffers(&self) -> Vec<Buffer<'_>> {
            Vec::new()
        }

        fn validate(&self) -> Result<()> {
            Ok(())
        }

        fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, _: &mut ParamState) -> Result<(), TchError> {
            param.f_sub_(&grad.f_sign()?.f_mul_scalar(lr)?).map(drop)
        }
    }

    #[test]
    fn a_row_and_its_file_are_a_new_optimizer() {
        static ROWS: &[Row] = &[Row::new::<SignSgd>("sign_sgd", "Steps of one size.", "sign_sgd([]);")];
        let mut engine = Engine::new();
        engine.register_global_module(constructors(ROWS).into());
        let w = Tensor::from_slice(&[1f32, 1.0]).set_requires_grad(true);
        (&w * Tensor::from_slice(&[3f32, -2.0])).sum(None).backward();
        let mut scope = rhai::Scope::new();
        scope.push("w", TensorHandle::from(w.shallow_clone()));
        let made = engine.eval_with_scope::<OptimizerHandle>(&mut scope, "sign_sgd(w, #{ lr: 1 })").unwrap();
        made.0.borrow_mut().step().unwrap();
        assert_eq!(Vec::<f32>::try_from(&w.detach()).unwrap(), [0.0, 2.0]);
        let plain = engine.eval_with_scope::<OptimizerHandle>(&mut scope, "sign_sgd(w)").unwrap();
        assert_eq!(plain.0.borrow().lr(), 0.5);
        let wrong = engine.eval_with_scope::<OptimizerHandle>(&mut scope, "sign_sgd(w, #{ lrr: 1 })").unwrap_err();
        assert!(wrong.to_string().contains("unknown option `lrr`; did you mean `lr`?"), "{wrong}");
    }
}
