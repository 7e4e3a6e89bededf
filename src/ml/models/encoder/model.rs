//! A transformer's encoder with a readout: attention and two linear layers, layer upon layer (Vaswani et al. 2017).

use super::dense::Dense;
use super::embeddings::Embeddings;
use super::layer::Layer;
use super::norm::Norm;
use super::part::tree;
use super::plan::{Dropout, Norms, Plan};
use super::precision::Precision;
use super::read::{End, READOUTS};
use super::rows::{Asked, Rows};
use super::sight::{Distances, Sight};
use super::source::Source;
use super::step::Step;
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::ml::batch::Value;
use crate::ml::models::module::EXAMPLE_LENGTH;
use crate::ml::models::{Module, Pass, Pretrained, Readout, Replica, dropout, named_parameters};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tch::{Kind, Tensor};

/// How an encoder is used, beside what its configuration says.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// One of [`Encoder::READOUTS`].
    pub readout: Readout,
    /// In place of all that the configuration drops but weights of attention: `hidden_dropout_prob`.
    pub dropout: Option<f64>,
    /// In place of its `attention_probs_dropout_prob`.
    pub attention_dropout: Option<f64>,
    pub precision: Precision,
    /// Leaves the pooler out: transformers' `add_pooling_layer=False`.
    pub without_pooler: bool,
}

/// Token ids `[batch, length]` → `[batch, hidden]`, or a sequence `[batch, longest, hidden]` with [`Readout::All`].
pub struct Encoder {
    plan: Plan,
    options: Options,
    embeddings: Embeddings,
    /// Each that has weights of its own.
    layers: Vec<Layer>,
    distances: Distances,
    final_norm: Option<Norm>,
    pooler: Option<Dense>,
    /// Parameters that are in no part.
    own: Vec<(String, Tensor)>,
    children: Vec<(String, Rc<dyn Module>)>,
    training: Cell<bool>,
    /// The folder that it was read from.
    folder: Option<PathBuf>,
}

impl Encoder {
    /// What it can hand on.
    pub const READOUTS: [Readout; 6] = READOUTS;

    /// An encoder whose weights are drawn by the seed, as transformers draws them: normal with the configuration's
    /// `initializer_range`, biases and the padding token's row zero.
    ///
    /// # Errors
    /// A dropout outside `[0, 1)`, another readout than [`Encoder::READOUTS`], memory that cannot be had.
    pub fn new(plan: Plan, options: Options) -> Result<Encoder> {
        Encoder::build(&mut Source::Drawn(plan.initializer_range), plan, options)
    }

    pub(super) fn build(source: &mut Source, plan: Plan, options: Options) -> Result<Encoder> {
        let plan = Plan { pooler: plan.pooler && !options.without_pooler, ..plan };
        for p in [options.dropout, options.attention_dropout].into_iter().flatten() {
            dropout::check("encoder", p)?;
        }
        check_readout(&plan, options.readout)?;
        memory::room(|| format!("an encoder of {} layers", plan.num_hidden_layers), plan.bytes())?;
        let names = plan.names;
        let embeddings = Embeddings::new(source, &plan)?;
        let layers = plan.layers().into_iter().enumerate();
        let layers = layers.map(|(n, numbers)| Layer::new(source, &names.layer(&numbers), &plan, n == 0));
        let layers = layers.collect::<Result<Vec<_>>>()?;
        let distances = Distances::new(source, &plan)?;
        let width = plan.hidden_size;
        let final_norm = match plan.norms {
            Norms::Behind => None,
            Norms::Before => Some(Norm::new(source, names.final_norm, width, &plan)?),
        };
        let pooler = match plan.pooler {
            false => None,
            true => {
                source.has_part(names.pooler);
                Some(Dense::new(source, names.pooler, width, width, true)?)
            }
        };
        let mut parameters = embeddings.parameters(names);
        for (numbers, layer) in plan.layers().iter().zip(&layers) {
            let full = |(name, p)| (format!("{}.{name}", names.layer(numbers)), p);
            parameters.extend(layer.parameters(names).into_iter().map(full));
        }
        parameters.extend(distances.parameters(names));
        parameters.extend(final_norm.iter().flat_map(|norm| norm.parameters(names.final_norm)));
        parameters.extend(pooler.iter().flat_map(|pooler| pooler.parameters(names.pooler)));
        let (own, children) = tree(&names.parts, parameters);
        let (training, folder) = (Cell::new(true), None);
        Ok(Encoder {
            plan,
            options,
            embeddings,
            layers,
            distances,
            final_norm,
            pooler,
            own,
            children,
            training,
            folder,
        })
    }

    /// Remembers the folder that it was read from.
    pub(super) fn read_from(self, folder: &Path) -> Encoder {
        Encoder { folder: Some(folder.to_path_buf()), ..self }
    }

    fn step(&self) -> Step {
        let Options { dropout, attention_dropout, precision, .. } = self.options;
        let dropout = match self.training.get() {
            true => self.plan.dropout.with(dropout, attention_dropout),
            false => Dropout::NONE,
        };
        Step { dropout, precision }
    }
}

fn check_readout(plan: &Plan, readout: Readout) -> Result<()> {
    match readout {
        Readout::Pooler if !plan.pooler => {
            let others =
                READOUTS.iter().filter(|other| **other != readout).map(|other| format!("\"{}\"", other.name()));
            let others = others.collect::<Vec<_>>().join(", ");
            let message = format!("{} has no pooler: its readouts are {others}", plan.names.model);
            Err(Error::new(ErrorKind::Option, message))
        }
        _ if READOUTS.contains(&readout) => Ok(()),
        _ => Err(readout.unknown(&READOUTS).within("encoder")),
    }
}

impl Module for Encoder {
    fn type_name(&self) -> &str {
        self.plan.names.model
    }

    fn describe(&self) -> String {
        let Plan { num_hidden_layers: layers, hidden_size, num_attention_heads: heads, .. } = self.plan;
        let pooler = if self.options.without_pooler { ", add_pooling_layer=false" } else { "" };
        format!("{layers} layers, {hidden_size}, {heads} heads, readout=\"{}\"{pooler}", self.options.readout.name())
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let readout = self.options.readout;
        let (rows, tokens) = Rows::of(input, readout == Readout::Last, &self.plan)?;
        let step = self.step();
        let sights = Sight::of(&self.plan, &self.distances, &rows, &tokens)?;
        let order = self.plan.order();
        let mut passes = order.iter().map(|n| &self.layers[*n]).zip(&sights);
        let Some((last, sight)) = passes.next_back() else {
            return Err(Error::value("encoder: it has no layers"));
        };
        let mut x = self.embeddings.forward(&tokens, step.dropout.embeddings)?;
        for (layer, sight) in passes {
            x = layer.forward(&x, Asked::All, &rows, sight, &step)?;
        }
        let end = End { layer: last, sight, norm: self.final_norm.as_ref(), pooler: self.pooler.as_ref() };
        end.read(readout, &x, &rows, &step)
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        self.own.iter().map(|(name, p)| (name.clone(), p.shallow_clone())).collect()
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        self.children.clone()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let copy = |(name, p): (String, Tensor)| Ok((name, replica.tensor(&p)?));
        let tensors = named_parameters(self).into_iter().map(copy).collect::<Result<_>>()?;
        let mut copy = Encoder::build(&mut Source::Copied(tensors), self.plan.clone(), self.options)?;
        copy.folder = self.folder.clone();
        copy.training.set(self.training.get());
        Ok(Rc::new(copy))
    }

    fn pretrained(&self) -> Option<Pretrained<'_>> {
        Some(Pretrained { folder: self.folder.as_deref(), readout: self.options.readout })
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
    }

    fn max_len(&self) -> Option<i64> {
        Some(self.plan.longest())
    }

    fn example_input(&self) -> Option<Value> {
        let length = EXAMPLE_LENGTH.min(self.plan.longest());
        let device = crate::ml::device::current();
        Tensor::f_zeros([1, length], (Kind::Int64, device)).ok().map(Value::from)
    }
}
