//! A transformer's encoder: layers of attention, positions in front and a readout behind.

use super::layer::{FeedForward, LayerOptions, TransformerEncoderLayer};
use super::positions::{self, Positions};
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::ml::batch::{Sequence, Value};
use crate::ml::models::module::EXAMPLE_LENGTH;
use crate::ml::models::{Build, LayerNorm, Module, Pass, Readout, Replica, Row, Sequential, init};
use crate::ml::options::ReadOptions;
use std::rc::Rc;
use tch::{Kind, Tensor};

pub(in crate::ml::models) const ROW: Row = Row {
    name: "transformer_encoder",
    doc: "A transformer's encoder (Vaswani and others 2017) over sequences, `[batch, length, d_model]`, as PyTorch's `TransformerEncoder`,\n\
          with its parameters' names (`layers.0.self_attn.in_proj_weight`); each layer's are drawn anew. Padding is neither seen nor\n\
          computed. Options:\n\
          - `layers` 1, `dim_feedforward` 2048, `dropout` 0.1, `activation` `\"relu\"` or `\"gelu\"`, `layer_norm_eps` 1e-5\n\
          - `norm_first` false: normalize in front of attention and linear layers, not behind; `final_norm` false: once more at the end\n\
          - `positions` `\"none\"`, `\"sinusoidal\"`, or `\"learned\"`, a table `positions` of `max_len` 512 rows that starts normal(0, 0.02)\n\
          - `causal` false: each position sees itself and those before it\n\
          - `readout` `\"all\"`, a sequence; or `\"max\"`, `\"mean\"`, `\"cls\"` (the first position), `[batch, d_model]`",
    example: "let net = transformer_encoder(8, 2, #{ layers: 2, dim_feedforward: 16, positions: \"sinusoidal\", readout: \"mean\" });\n\
          assert_eq(net.forward(randn([2, 5, 8])).shape, [2, 8]);\n\
          assert_eq(net.named_parameters()[0][0], \"layers.0.self_attn.in_proj_weight\");",
    build: Build::Two(["d_model", "nhead"], |options| {
        let options = TransformerOptions::read(options).map_err(|e| e.within("transformer_encoder"))?;
        Ok(Box::new(move |width, heads| Ok(Rc::new(TransformerEncoder::new(width, heads, options)?))))
    }),
};

/// Where an option for a number was not given.
const UNSAID: i64 = i64::MIN;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransformerOptions {
    pub layers: i64,
    pub layer: LayerOptions,
    pub final_norm: bool,
    pub positions: Positions,
    /// Rows of the table, where positions are learned.
    pub max_len: i64,
    /// One of [`TransformerEncoder::READOUTS`].
    pub readout: Readout,
}

impl Default for TransformerOptions {
    fn default() -> Self {
        TransformerOptions {
            layers: 1,
            layer: LayerOptions::default(),
            final_norm: false,
            positions: Positions::None,
            max_len: 512,
            readout: Readout::All,
        }
    }
}

impl TransformerOptions {
    fn read(options: &mut dyn ReadOptions) -> Result<TransformerOptions> {
        let (usual, layer) = (TransformerOptions::default(), LayerOptions::default());
        let positions = Positions::parse(&options.string("positions", usual.positions.name())?)?;
        let max_len = options.integer("max_len", UNSAID)?;
        if max_len != UNSAID && positions != Positions::Learned {
            return Err(Error::new(
                ErrorKind::Option,
                format!(
                    "max_len is the length of the table of learned positions, and these are \"{}\": leave it out, or give positions: \"learned\"",
                    positions.name()
                ),
            ));
        }
        Ok(TransformerOptions {
            layers: options.integer("layers", usual.layers)?,
            layer: LayerOptions {
                dim_feedforward: options.integer("dim_feedforward", layer.dim_feedforward)?,
                dropout: options.number("dropout", layer.dropout)?,
                activation: FeedForward::parse(&options.string("activation", layer.activation.name())?)?,
                norm_first: options.boolean("norm_first", layer.norm_first)?,
                layer_norm_eps: options.number("layer_norm_eps", layer.layer_norm_eps)?,
                causal: options.boolean("causal", layer.causal)?,
            },
            final_norm: options.boolean("final_norm", usual.final_norm)?,
            positions,
            max_len: if max_len == UNSAID { usual.max_len } else { max_len },
            readout: Readout::parse(&options.string("readout", usual.readout.name())?, &TransformerEncoder::READOUTS)?,
        })
    }
}

/// PyTorch's `TransformerEncoder` over `[batch, length, width]`.
pub struct TransformerEncoder {
    width: i64,
    heads: i64,
    options: TransformerOptions,
    /// `[max_len, width]`.
    table: Option<Tensor>,
    layers: Rc<dyn Module>,
    norm: Option<Rc<dyn Module>>,
}

impl TransformerEncoder {
    /// What it can hand on.
    pub const READOUTS: [Readout; 4] = [Readout::All, Readout::Max, Readout::Mean, Readout::Cls];

    /// # Errors
    /// As [`TransformerEncoderLayer::new`]; another readout than [`TransformerEncoder::READOUTS`]; memory that cannot be had.
    pub fn new(width: i64, heads: i64, options: TransformerOptions) -> Result<TransformerEncoder> {
        let name = "transformer_encoder";
        init::at_least_one(name, "d_model", width)?;
        init::at_least_one(name, "layers", options.layers)?;
        init::at_least_one(name, "max_len", options.max_len)?;
        if !TransformerEncoder::READOUTS.contains(&options.readout) {
            return Err(options.readout.unknown(&TransformerEncoder::READOUTS).within(name));
        }
        room(width, &options)?;
        let table = match options.positions {
            Positions::Learned => Some(init::gaussian(&[options.max_len, width], 0.02)?),
            Positions::None | Positions::Sinusoidal => None,
        };
        let layer = |_| Ok(Rc::new(TransformerEncoderLayer::new(width, heads, options.layer)?) as Rc<dyn Module>);
        let layers = Rc::new(Sequential::new((0..options.layers).map(layer).collect::<Result<_>>()?));
        let norm: Option<Rc<dyn Module>> = match options.final_norm {
            true => Some(Rc::new(LayerNorm::new(&[width], options.layer.layer_norm_eps, true)?)),
            false => None,
        };
        Ok(TransformerEncoder { width, heads, options, table, layers, norm })
    }

    fn with_positions(&self, s: &Sequence) -> Result<Sequence> {
        let x = s.to_packed()?;
        let x = match self.options.positions {
            Positions::None => x,
            Positions::Sinusoidal | Positions::Learned => {
                positions::add(&x, s.layout().lengths(), self.table.as_ref())?
            }
        };
        Sequence::packed(x, s.layout().clone())
    }
}

/// Refuses layers that memory has no room for, before the first of them is made.
fn room(width: i64, options: &TransformerOptions) -> Result<()> {
    /// Of a layer, beside its numbers: twelve tensors, and what libtorch keeps of each.
    const OF_TENSORS: f64 = 12.0 * 512.0;
    let [width, wide, layers] = [width, options.layer.dim_feedforward, options.layers].map(|n| n as f64);
    let layer = size_of::<f32>() as f64 * width * (4.0 * width + 2.0 * wide) + OF_TENSORS;
    memory::room(|| format!("transformer_encoder: {} layers", options.layers), (layers * layer) as u64)
}

impl Module for TransformerEncoder {
    fn type_name(&self) -> &str {
        "TransformerEncoder"
    }

    /// All of which a run builds it again: sizes and readout, and each option that is not as usual.
    fn describe(&self) -> String {
        let (usual, own) = (TransformerOptions::default(), self.options);
        let (layer, usual_layer) = (own.layer, usual.layer);
        let others = [
            ("dropout", layer.dropout != usual_layer.dropout, layer.dropout.to_string()),
            ("activation", layer.activation != usual_layer.activation, format!("{:?}", layer.activation.name())),
            ("norm_first", layer.norm_first, "true".to_string()),
            (
                "layer_norm_eps",
                layer.layer_norm_eps != usual_layer.layer_norm_eps,
                format!("{:e}", layer.layer_norm_eps),
            ),
            ("final_norm", own.final_norm, "true".to_string()),
            ("positions", own.positions != usual.positions, format!("{:?}", own.positions.name())),
            ("max_len", self.table.is_some() && own.max_len != usual.max_len, own.max_len.to_string()),
            ("causal", layer.causal, "true".to_string()),
        ];
        let others = others.iter().filter(|(_, is_told, _)| *is_told);
        let others: String = others.map(|(name, _, value)| format!(", {name}={value}")).collect();
        format!(
            "{}, {}, layers={}, dim_feedforward={}{others}, readout=\"{}\"",
            self.width,
            self.heads,
            own.layers,
            layer.dim_feedforward,
            own.readout.name()
        )
    }

    fn forward(&self, input: &Value, pass: &Pass) -> Result<Value> {
        let layer = format!("transformer_encoder({})", self.describe());
        let s = input.sequence(&layer)?;
        if s.shape().len() != 3 || s.shape().last() != Some(&self.width) {
            let (takes, given) = (self.width, s.describe());
            return Err(Error::shape(format!("{layer} takes [batch, length, {takes}], got {given}")));
        }
        let mut x = pass.run(&self.layers, &self.with_positions(&s)?.into())?;
        if let Some(norm) = &self.norm {
            x = pass.run(norm, &x)?;
        }
        let y = x.sequence(&layer)?;
        match self.options.readout {
            Readout::Max => Ok(y.max()?.into()),
            Readout::Mean => Ok(y.mean()?.into()),
            Readout::Cls => Ok(y.firsts()?.into()),
            _ => Ok(x),
        }
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        self.table.iter().map(|table| ("positions".to_string(), table.shallow_clone())).collect()
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        let norm = self.norm.iter().map(|norm| ("norm".to_string(), norm.clone()));
        std::iter::once(("layers".to_string(), self.layers.clone())).chain(norm).collect()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let TransformerEncoder { width, heads, options, .. } = *self;
        let table = self.table.as_ref().map(|table| replica.tensor(table)).transpose()?;
        let norm = self.norm.as_ref().map(|norm| replica.module(norm)).transpose()?;
        Ok(Rc::new(TransformerEncoder { width, heads, options, table, layers: replica.module(&self.layers)?, norm }))
    }

    fn example_input(&self) -> Option<Value> {
        let device = self.layers.children()[0].1.children()[1].1.own_parameters()[0].1.device();
        Tensor::f_zeros([1, EXAMPLE_LENGTH, self.width], (Kind::Float, device)).ok().map(Value::from)
    }
}
