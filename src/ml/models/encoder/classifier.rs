//! A checkpoint for sequence classification, whole: an encoder and its head, as transformers' `…ForSequenceClassification`.

use super::config;
use super::head::{Head, HeadPlan};
use super::load::{Opened, fit};
use super::model::{Encoder, Options};
use super::part::tree;
use super::plan::Plan;
use super::source::Source;
use crate::error::{Error, Result};
use crate::ml::batch::Value;
use crate::ml::models::{Module, Pass, Replica};
use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use tch::Tensor;

/// Token ids `[batch, length]` → scores `[batch, classes]`, of which a softmax makes probabilities.
pub struct Classifier {
    /// Under its name in the whole.
    encoder: (String, Rc<dyn Module>),
    encoder_plan: Plan,
    head: Head,
    /// In place of what the head drops.
    dropout: Option<f64>,
    class_names: Vec<String>,
    own: Vec<(String, Tensor)>,
    parts: Vec<(String, Rc<dyn Module>)>,
    training: Cell<bool>,
}

impl Classifier {
    /// Reads a folder as [`Encoder::load`] does, and the head in the same file. The configuration says what is read out: of `options`, `readout` is
    /// not asked for.
    ///
    /// Gives notes, too: which tensors were ignored.
    ///
    /// # Errors
    /// As [`Encoder::load`]; a file without a head, and a head that gives other classes than the configuration names.
    pub fn load(folder: &Path, options: Options) -> Result<(Classifier, Vec<String>)> {
        let opened = Opened::of(folder)?;
        config::tells_classes(&opened.config)?;
        let (family, plan, head, class_names) = config::read_classifier(&opened.config)?;
        let (own, mut other) = opened.tensors(family, &plan)?;
        let output = format!("{}.weight", head.output);
        match other.get(&output).map(Tensor::size) {
            None => {
                let message =
                    format!("it has no `{output}`, which {} has: `encoder` reads what is in front of it", head.class);
                return Err(opened.refused(Error::data(message)));
            }
            Some(size) if size.first() != Some(&(class_names.len() as i64)) => {
                let message = format!(
                    "`{output}` {size:?} gives {} scores, but {} names {} classes: {}",
                    size.first().unwrap_or(&0),
                    opened.config.display(),
                    class_names.len(),
                    class_names.join(", ")
                );
                return Err(opened.refused(Error::data(message)));
            }
            Some(_) => {}
        }
        let wanted = head.wanted();
        let of_head = other.extract_if(.., |name, _| wanted.iter().any(|part| part == name)).collect();
        // What the head does not read of an encoder is no part of it.
        let plan = Plan { pooler: plan.pooler && head.readout == crate::ml::models::Readout::Pooler, ..plan };
        let mut of_encoder = Source::file(own, plan.initializer_range);
        let encoder = Encoder::build(&mut of_encoder, plan.clone(), Options { readout: head.readout, ..options });
        let left = fit(of_encoder, &opened)?;
        if !left.drawn.is_empty() {
            let parts: Vec<&str> = left.drawn.iter().map(|part| part.trim_end_matches('.')).collect();
            let message = format!(
                "it has no {}, which the head of {} reads: `encoder` reads the rest of it",
                parts.join(", "),
                head.class
            );
            return Err(opened.refused(Error::data(message)));
        }
        let mut of_head = Source::file(of_head, plan.initializer_range);
        let built = Head::new(&mut of_head, &plan, head, class_names.len() as i64);
        fit(of_head, &opened)?;
        let encoder = (family.prefix.to_string(), Rc::new(encoder?.read_from(folder)) as Rc<dyn Module>);
        let notes = opened.notes(other.into_keys().chain(left.ignored).collect(), left.drawn, "classifier");
        Ok((Classifier::of(encoder, plan, built?, options.dropout, class_names), notes))
    }

    fn of(
        encoder: (String, Rc<dyn Module>),
        encoder_plan: Plan,
        head: Head,
        dropout: Option<f64>,
        class_names: Vec<String>,
    ) -> Classifier {
        let (own, parts) = tree(&head.plan().parts, head.parameters());
        Classifier { encoder, encoder_plan, head, dropout, class_names, own, parts, training: Cell::new(true) }
    }
}

impl HeadPlan {
    /// The names of all tensors that it can have.
    fn wanted(&self) -> Vec<String> {
        let hidden = self.hidden.iter().flat_map(|hidden| [Some(hidden.dense), hidden.norm]).flatten();
        hidden.chain([self.output]).flat_map(|part| [format!("{part}.weight"), format!("{part}.bias")]).collect()
    }
}

impl Module for Classifier {
    fn type_name(&self) -> &str {
        self.head.plan().class
    }

    fn describe(&self) -> String {
        format!("{} classes", self.class_names.len())
    }

    fn forward(&self, input: &Value, pass: &Pass) -> Result<Value> {
        let Value::Tensor(read) = pass.run(&self.encoder.1, input)? else {
            return Err(Error::value("classifier: its encoder gives no vector for each row"));
        };
        let drop = if self.training.get() { self.dropout.unwrap_or(self.head.plan().dropout) } else { 0.0 };
        Ok(self.head.forward(&read, drop)?.into())
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        self.own.iter().map(|(name, p)| (name.clone(), p.shallow_clone())).collect()
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        std::iter::once(self.encoder.clone()).chain(self.parts.iter().cloned()).collect()
    }

    fn class_names(&self) -> Option<&[String]> {
        Some(&self.class_names)
    }

    fn max_len(&self) -> Option<i64> {
        Some(self.encoder_plan.longest())
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let encoder = (self.encoder.0.clone(), replica.module(&self.encoder.1)?);
        let copy = |(name, p): (String, Tensor)| Ok((name, replica.tensor(&p)?));
        let tensors = self.head.parameters().into_iter().map(copy).collect::<Result<_>>()?;
        let (plan, classes) = (self.encoder_plan.clone(), self.class_names.len() as i64);
        let head = Head::new(&mut Source::Copied(tensors), &plan, self.head.plan().clone(), classes)?;
        let copy = Classifier::of(encoder, plan, head, self.dropout, self.class_names.clone());
        copy.training.set(self.training.get());
        Ok(Rc::new(copy))
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
        self.encoder.1.set_training(training);
    }

    fn example_input(&self) -> Option<Value> {
        self.encoder.1.example_input()
    }
}
