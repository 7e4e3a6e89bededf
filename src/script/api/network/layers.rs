//! The layers' constructors.

use crate::error::{Error, Result};
use crate::ml::models::{
    Activation, Dropout, Embedding, LayerNorm, Linear, Lstm, LstmOptions, Module, Readout, Sequential, activation_names,
};
use crate::script::api::handles::{Network, TensorHandle};
use crate::script::{
    ScriptResult,
    options::{Options, number, shown},
};
use rhai::{Array, Dynamic, Engine, FuncRegistration, Map, Module as ScriptModule, plugin::*};
use std::rc::Rc;

fn recurrent(
    function: &'static str,
    bidirectional: bool,
    input: i64,
    hidden: i64,
    options: Map,
) -> ScriptResult<Network> {
    let mut o = Options::new(function, options);
    let built = LstmOptions {
        layers: o.integer("layers", 1)?,
        bidirectional,
        dropout: o.number("dropout", 0.0)?,
        readout: Readout::parse(&o.string("readout", "last")?)?,
    };
    o.done()?;
    Ok(Lstm::new(input, hidden, built)?.into())
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

/// Each activation as a layer without parameters: `relu()`, `tanh()`, `softmax()`, `softmax(dim)`.
pub fn register_activations(engine: &mut Engine) {
    let mut module = ScriptModule::new();
    for name in activation_names() {
        let comments = [
            format!("/// The layer `{name}`, for a `sequential`; it has no parameters."),
            "///".into(),
            "/// ```rhai".into(),
            format!("/// assert_eq({name}().forward(zeros([2, 3])).shape, [2, 3]);"),
            "/// ```".into(),
        ];
        FuncRegistration::new(name)
            .with_comments(&comments)
            .set_into_module(&mut module, move || -> ScriptResult<Network> { Ok(Activation::new(name)?.into()) });
        if Activation::along(name, -1).is_ok() {
            FuncRegistration::new(name)
                .with_params_info(["dim: int", "Network"])
                .set_into_module(&mut module, move |dim: i64| -> ScriptResult<Network> {
                    Ok(Activation::along(name, dim)?.into())
                });
        }
    }
    engine.register_global_module(module.into());
}

#[export_module]
pub mod api {
    /// A linear layer, `y = x Wᵀ + b`: `[…, in]` → `[…, out]`. Parameters `weight` `[out, in]` and `bias` `[out]` start
    /// uniform in ±1/√in. Option: `bias` true.
    ///
    /// ```rhai
    /// assert_eq(linear(3, 2).forward(zeros([5, 3])).shape, [5, 2]);
    /// assert_eq(linear(3, 2, #{ bias: false }).parameters().len(), 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn linear(in_features: i64, out_features: i64) -> ScriptResult<Network> {
        linear_with(in_features, out_features, Map::new())
    }

    #[rhai_fn(name = "linear", return_raw)]
    pub fn linear_with(in_features: i64, out_features: i64, options: Map) -> ScriptResult<Network> {
        let mut o = Options::new("linear", options);
        let bias = o.boolean("bias", true)?;
        o.done()?;
        Ok(Linear::new(in_features, out_features, bias)?.into())
    }

    /// A table of vectors looked up by index: int64 `[…]` → `[…, dimensions]`; a batch of words becomes a sequence of
    /// vectors. Its `weight` `[count, dimensions]` starts normal(0, 1) and is trained. Option: `padding_idx`, a row that
    /// stays zero.
    ///
    /// ```rhai
    /// assert_eq(embedding(10, 4).forward(tensor([[1, 2, 3]])).shape, [1, 3, 4]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn embedding(count: i64, dimensions: i64) -> ScriptResult<Network> {
        embedding_with(count, dimensions, Map::new())
    }

    #[rhai_fn(name = "embedding", return_raw)]
    pub fn embedding_with(count: i64, dimensions: i64, options: Map) -> ScriptResult<Network> {
        let mut o = Options::new("embedding", options);
        let padding = o.optional_integer("padding_idx")?;
        o.done()?;
        Ok(Embedding::new(count, dimensions, padding)?.into())
    }

    /// A table that is there already, such as GloVe's vectors. Options: `trained` false, `padding_idx`.
    #[rhai_fn(name = "embedding", return_raw)]
    pub fn embedding_of(table: TensorHandle, options: Map) -> ScriptResult<Network> {
        let mut o = Options::new("embedding", options);
        let (trained, padding) = (o.boolean("trained", false)?, o.optional_integer("padding_idx")?);
        o.done()?;
        Ok(Embedding::from_table(&table, trained, padding)?.into())
    }

    /// Drops each element with probability `p` in training and scales the others by 1/(1 − p); in evaluation lets
    /// everything through.
    ///
    /// ```rhai
    /// let net = dropout(0.5);
    /// net.eval();
    /// assert_eq(net.forward(ones([4])), ones([4]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn dropout(p: Dynamic) -> ScriptResult<Network> {
        let p = number(&p).ok_or_else(|| Error::value(format!("dropout takes a probability, got {}", shown(&p))))?;
        Ok(Dropout::new(p)?.into())
    }

    /// Normalizes the last dimension to mean 0 and variance 1, then scales and shifts it (Ba, Kiros, Hinton 2016).
    /// Options: `eps` 1e-5, `affine` true.
    ///
    /// ```rhai
    /// let y = layer_norm(4).forward(tensor([[1.0, 2.0, 3.0, 4.0]]));
    /// assert_close(y.mean(), 0.0, 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn layer_norm(size: i64) -> ScriptResult<Network> {
        layer_norm_with(size, Map::new())
    }

    #[rhai_fn(name = "layer_norm", return_raw)]
    pub fn layer_norm_with(size: i64, options: Map) -> ScriptResult<Network> {
        let mut o = Options::new("layer_norm", options);
        let (eps, affine) = (o.number("eps", 1e-5)?, o.boolean("affine", true)?);
        o.done()?;
        Ok(LayerNorm::new(&[size], eps, affine)?.into())
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

    /// A long short-term memory (Hochreiter, Schmidhuber 1997) over sequences, `[batch, length, in]`. Padding never
    /// touches a result. Parameters have PyTorch's names and start uniform in ±1/√hidden. Options:
    /// - `readout`: `"last"` the output at the last position, `"final"` the final state of each direction, `"max"` and
    ///   `"mean"` over the real positions, all `[batch, hidden]`; or `"all"`, a sequence `[batch, length, hidden]`
    /// - `layers` 1, `dropout` 0 between them
    ///
    /// ```rhai
    /// let net = lstm(3, 8, #{ readout: "max" });
    /// assert_eq(net.forward(zeros([2, 5, 3])).shape, [2, 8]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn lstm(in_features: i64, hidden: i64) -> ScriptResult<Network> {
        recurrent("lstm", false, in_features, hidden, Map::new())
    }

    #[rhai_fn(name = "lstm", return_raw)]
    pub fn lstm_with(in_features: i64, hidden: i64, options: Map) -> ScriptResult<Network> {
        recurrent("lstm", false, in_features, hidden, options)
    }

    /// An `lstm` in both directions; the outputs of the two stand side by side, `[batch, 2·hidden]`. With the readout
    /// `"last"`, PyTorch's `output[-1]`, the reverse direction has seen the last word only. Takes `lstm`'s options.
    ///
    /// ```rhai
    /// assert_eq(bilstm(3, 8, #{ readout: "mean" }).forward(zeros([2, 5, 3])).shape, [2, 16]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bilstm(in_features: i64, hidden: i64) -> ScriptResult<Network> {
        recurrent("bilstm", true, in_features, hidden, Map::new())
    }

    #[rhai_fn(name = "bilstm", return_raw)]
    pub fn bilstm_with(in_features: i64, hidden: i64, options: Map) -> ScriptResult<Network> {
        recurrent("bilstm", true, in_features, hidden, options)
    }
}
