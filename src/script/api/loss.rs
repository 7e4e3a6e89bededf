//! Losses: one function for each row of the table.

use super::{
    given::Given,
    handles::TensorHandle,
    row::{another_form, function},
};
use crate::ml::loss::{Row, TABLE};
use crate::script::base::ScriptResult;
use rhai::{Engine, Map, Module};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(functions(TABLE).into());
}

/// `mse(scores, targets)` and `mse(scores, targets, #{ reduction: "sum" })` for the row `mse`, and so on.
fn functions(rows: &'static [Row]) -> Module {
    let mut module = Module::new();
    for row in rows {
        let [a, b] = row.inputs.map(|input| format!("{input}: Tensor"));
        function(row.name, row.doc, row.example, &[&a, &b, "Tensor"])
            .set_into_module(&mut module, move |a: TensorHandle, b: TensorHandle| -> ScriptResult<TensorHandle> {
                compute(row, &a, &b, Map::new())
            });
        another_form(row.name, &[&a, &b, "options: Map", "Tensor"]).set_into_module(
            &mut module,
            move |a: TensorHandle, b: TensorHandle, options: Map| -> ScriptResult<TensorHandle> {
                compute(row, &a, &b, options)
            },
        );
    }
    module
}

fn compute(row: &Row, a: &TensorHandle, b: &TensorHandle, options: Map) -> ScriptResult<TensorHandle> {
    let loss = Given::read(row.name, options, row.build)?;
    Ok(loss(a, b)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Scope;
    use tch::Tensor;

    static HINGE: Row = Row {
        name: "hinge",
        inputs: ["scores", "targets"],
        doc: "max(0, margin − x·y), added up. Option: `margin`.",
        example: "hinge(tensor([0.5]), tensor([1.0]));",
        build: |options| {
            let margin = options.number("margin", 1.0)?;
            Ok(Box::new(move |x, y| Ok((margin - x * y).relu().sum(None))))
        },
    };

    #[test]
    fn a_row_and_its_file_are_a_new_loss() {
        let mut engine = Engine::new();
        engine.register_global_module(functions(std::slice::from_ref(&HINGE)).into());
        let mut scope = Scope::new();
        scope.push("x", TensorHandle::from(Tensor::from_slice(&[0.5f32, -1.0])));
        scope.push("y", TensorHandle::from(Tensor::from_slice(&[1f32, 1.0])));
        let mut loss = |text: &str| engine.eval_with_scope::<TensorHandle>(&mut scope, text);
        assert_eq!(loss("hinge(x, y)").unwrap().double_value(&[]), 2.5);
        assert_eq!(loss("hinge(x, y, #{ margin: 0 })").unwrap().double_value(&[]), 1.0);
        let wrong = loss("hinge(x, y, #{ margn: 0 })").unwrap_err().to_string();
        assert!(wrong.contains("hinge: unknown option `margn`; did you mean `margin`? (known: margin)"), "{wrong}");
        let wrong = loss("hinge(x, y, #{ margin: true })").unwrap_err().to_string();
        assert!(wrong.contains("hinge: option `margin` takes a number, got true (bool)"), "{wrong}");
    }
}
