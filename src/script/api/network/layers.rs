//! The layers' constructors: one for each row of the table, and those that take tensors or networks.

use crate::error::{Error, Result};
use crate::ml::models::{Activation, Build, Embedding, Module, Residual, Row, Sequential, activation_names};
use crate::script::{
    api::{
        given::Given,
        handles::{Network, TensorHandle},
        row::{another_form, function},
    },
    base::{
        ScriptResult,
        options::{Options, number, shown},
    },
};
use rhai::{Array, Dynamic, Map, Module as ScriptModule, plugin::*};
use std::rc::Rc;

/// `linear(3, 2)` and `linear(3, 2, #{ bias: false })` for the row `linear`, and so on.
pub fn constructors(rows: &'static [Row]) -> ScriptModule {
    let mut module = ScriptModule::new();
    for row in rows {
        let name = row.name;
        match row.build {
            Build::One(size, build) => {
                let size = format!("{size}: int");
                let make = move |size: i64, options: Map| -> ScriptResult<Network> {
                    Ok(Network(Given::read(name, options, build)?(size)?))
                };
                function(name, row.doc, row.example, &[&size, "Network"])
                    .set_into_module(&mut module, move |size: i64| make(size, Map::new()));
                another_form(name, &[&size, "options: Map", "Network"]).set_into_module(&mut module, make);
            }
            Build::Two(sizes, build) => {
                let [a, b] = sizes.map(|size| format!("{size}: int"));
                let make = move |a: i64, b: i64, options: Map| -> ScriptResult<Network> {
                    Ok(Network(Given::read(name, options, build)?(a, b)?))
                };
                function(name, row.doc, row.example, &[&a, &b, "Network"])
                    .set_into_module(&mut module, move |a: i64, b: i64| make(a, b, Map::new()));
                another_form(name, &[&a, &b, "options: Map", "Network"]).set_into_module(&mut module, make);
            }
            Build::Three(sizes, build) => {
                let [a, b, c] = sizes.map(|size| format!("{size}: int"));
                let make = move |a: i64, b: i64, c: i64, options: Map| -> ScriptResult<Network> {
                    Ok(Network(Given::read(name, options, build)?(a, b, c)?))
                };
                function(name, row.doc, row.example, &[&a, &b, &c, "Network"])
                    .set_into_module(&mut module, move |a: i64, b: i64, c: i64| make(a, b, c, Map::new()));
                another_form(name, &[&a, &b, &c, "options: Map", "Network"]).set_into_module(&mut module, make);
            }
            Build::Named(parameter, build) => {
                let parameter = format!("{parameter}: string");
                function(name, row.doc, row.example, &[&parameter, "Network"])
                    .set_into_module(&mut module, move |word: &str| -> ScriptResult<Network> {
                        Ok(Network(build(word)?))
                    });
            }
            Build::Probability(parameter, build) => {
                function(name, row.doc, row.example, &[parameter, "Network"]).set_into_module(
                    &mut module,
                    move |p: Dynamic| -> ScriptResult<Network> {
                        let takes = || Error::value(format!("{name} takes a probability, got {}", shown(&p)));
                        Ok(Network(build(number(&p).ok_or_else(takes)?)?))
                    },
                );
            }
        }
    }
    module
}

/// Each activation as a layer without parameters: `relu()`, `tanh()`, `softmax()`, `softmax(dim)`.
pub fn activations() -> ScriptModule {
    let mut module = ScriptModule::new();
    for name in activation_names() {
        let doc = format!("The layer `{name}`, for a `sequential`; it has no parameters.");
        let example = format!("assert_eq({name}().forward(zeros([2, 3])).shape, [2, 3]);");
        function(name, &doc, &example, &[])
            .set_into_module(&mut module, move || -> ScriptResult<Network> { Ok(Activation::new(name)?.into()) });
        if Activation::along(name, -1).is_ok() {
            another_form(name, &["dim: int", "Network"])
                .set_into_module(&mut module, move |dim: i64| -> ScriptResult<Network> {
                    Ok(Activation::along(name, dim)?.into())
                });
        }
    }
    module
}

/// The children of a `sequential`: networks, or `[name, network]` pairs.
fn stack(layers: &Array) -> Result<Sequential> {
    let network = |d: &Dynamic| d.clone().try_cast::<Network>().map(|n| n.0);
    if let Some(plain) = layers.iter().map(network).collect::<Option<Vec<Rc<dyn Module>>>>() {
        return Ok(Sequential::new(plain));
    }
    let named = |d: &Dynamic| match d.read_lock::<Array>().as_deref().map(Vec::as_slice) {
        Some([name, layer]) => Some((name.clone().into_string().ok()?, network(layer)?)),
        _ => None,
    };
    let mut children = Vec::new();
    for (i, layer) in layers.iter().enumerate() {
        children.push(named(layer).ok_or_else(|| {
            let message = format!(
                "sequential takes networks, or [name, network] pairs throughout; element {i} is {}",
                shown(layer)
            );
            Error::value(message)
        })?);
    }
    Sequential::named(children)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A table that is there already, such as GloVe's vectors. Options: `trained` false, `padding_idx`.
    #[rhai_fn(name = "embedding", return_raw)]
    pub fn embedding_of(table: TensorHandle, options: Map) -> ScriptResult<Network> {
        let mut o = Options::new("embedding", options);
        let (trained, padding) = (o.boolean("trained", false)?, o.optional_integer("padding_idx")?);
        o.done()?;
        Ok(Embedding::from_table(&table, trained, padding)?.into())
    }

    /// A connection past a layer (He and others 2016): `x + layer(x)`. The layer's parameters stand below `layer`.
    ///
    /// Errors, when it runs: an output of another shape than the input.
    ///
    /// ```rhai
    /// let net = residual(sequential([linear(3, 3), tanh()]));
    /// assert_eq(net.forward(zeros([2, 3])).shape, [2, 3]);
    /// assert_throws(|| residual(linear(3, 2)).forward(zeros([2, 3])), "made [2, 2] of [2, 3]");
    /// ```
    pub fn residual(layer: Network) -> Network {
        Residual::new(layer.0).into()
    }

    /// Networks one behind the other. Their parameters are named by their number (`0.weight`), or by names of their own:
    /// `sequential([["lstm", lstm(…)], ["head", linear(…)]])`.
    ///
    /// ```rhai
    /// let net = sequential([linear(3, 4), relu(), linear(4, 2)]);
    /// assert_eq(net.forward(zeros([5, 3])).shape, [5, 2]);
    /// assert_eq(net[2].parameters()[0].shape, [2, 4]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sequential(layers: Array) -> ScriptResult<Network> {
        Ok(stack(&layers)?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::batch::Value;
    use crate::ml::models::{Pass, Replica, named_parameters};
    use rhai::Engine;
    use tch::{Kind, Tensor};

    /// A parameter for each number, to multiply with.
    struct Scale(Tensor);

    impl Module for Scale {
        fn type_name(&self) -> &str {
            "Scale"
        }

        fn describe(&self) -> String {
            self.0.size()[0].to_string()
        }

        fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
            input.map(|x| Ok(x * &self.0))
        }

        fn own_parameters(&self) -> Vec<(String, Tensor)> {
            vec![("weight".to_string(), self.0.shallow_clone())]
        }

        fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
            Ok(Rc::new(Scale(replica.tensor(&self.0)?)))
        }
    }

    static SCALE: Row = Row {
        name: "scale",
        doc: "Multiplies each number by one of its own. Option: `start` 1.",
        example: "scale(3);",
        build: Build::One("size", |options| {
            let start = options.number("start", 1.0)?;
            Ok(Box::new(move |size| {
                let weight = Tensor::full([size], start, (Kind::Float, tch::Device::Cpu));
                Ok(Rc::new(Scale(weight.set_requires_grad(true))))
            }))
        }),
    };

    #[test]
    fn a_row_and_its_file_are_a_new_layer() {
        let mut engine = Engine::new();
        engine.register_global_module(constructors(std::slice::from_ref(&SCALE)).into());
        let made = |text: &str| engine.eval::<Network>(text);
        let net = made("scale(3, #{ start: 2 })").unwrap();
        assert_eq!(named_parameters(net.0.as_ref())[0].1.sum(Kind::Double).double_value(&[]), 6.0);
        let output =
            Pass::default().run(&net.0, &Tensor::ones([2, 3], (Kind::Float, tch::Device::Cpu)).into()).unwrap();
        assert_eq!(output.tensor().unwrap().sum(Kind::Double).double_value(&[]), 12.0);
        assert_eq!(made("scale(4)").unwrap().0.describe(), "4");
        let wrong = made("scale(3, #{ strat: 2 })").map(drop).unwrap_err().to_string();
        assert!(wrong.contains("scale: unknown option `strat`; did you mean `start`? (known: start)"), "{wrong}");
    }
}
