//! A network as a table: layers, output shapes, parameter counts.

use super::{
    Count, Module, Pass, count,
    pass::{Host, Trace},
};
use crate::error::Result;
use crate::ml::batch::Value;
use crate::ml::random;
use std::{fmt, rc::Rc};

/// One row: a layer or a network of layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The path of names, as in front of its parameters: `layer.0`; empty for the network itself.
    pub path: String,
    /// How many networks it stands in.
    pub depth: usize,
    /// `Linear(256, 32)`.
    pub layer: String,
    /// Of the last output that it gave, where a pass was run and came by.
    pub shape: Option<Vec<i64>>,
    /// Parameters of its own, without those of the layers inside.
    pub parameters: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub layers: Vec<Layer>,
    pub count: Count,
}

/// Walks the network and runs it once on `input`, or on what its first layer offers as an example, without gradients, in
/// evaluation mode, and drawing no random numbers that anyone misses. Training flags are afterwards as they were.
///
/// # Errors
/// Those of the pass, where `input` was given. With an example of the network's own, shapes are left out instead.
pub fn summary(net: &Rc<dyn Module>, input: Option<&Value>, host: Option<&dyn Host>) -> Result<Summary> {
    let (ran, seen) = match input.cloned().or_else(|| net.example_input()) {
        Some(example) => Trace::of(|| run(net, &example, &Pass::new(host))),
        None => (Ok(()), Trace::default()),
    };
    // An example of the network's own is a guess where the first layers cannot tell what they take.
    if input.is_some() {
        ran?;
    }
    Ok(outline_of(net, &seen))
}

/// The same without running it, and so without the shapes.
pub fn outline(net: &Rc<dyn Module>) -> Summary {
    outline_of(net, &Trace::default())
}

fn outline_of(net: &Rc<dyn Module>, seen: &Trace) -> Summary {
    let mut layers = Vec::new();
    walk(net, "", 0, &mut |path, depth, module| {
        let parameters = module.own_parameters().iter().map(|(_, p)| p.numel() as i64).sum();
        let layer = match module.describe() {
            none if none.is_empty() => module.type_name().to_string(),
            described => format!("{}({described})", module.type_name()),
        };
        layers.push(Layer { path: path.to_string(), depth, layer, shape: seen.shape_of(module), parameters });
    });
    Summary { layers, count: count(net.as_ref()) }
}

fn run(net: &Rc<dyn Module>, input: &Value, pass: &Pass) -> Result<()> {
    let mut flags = Vec::new();
    walk(net, "", 0, &mut |_, _, module| flags.extend(module.training().map(|flag| (module.clone(), flag))));
    let state = random::state();
    net.set_training(false);
    let output = tch::no_grad(|| pass.run(net, input));
    random::set_state(state);
    // Outer networks come first, so that one which passes its flag on does not undo those inside.
    for (module, flag) in flags {
        module.set_training(flag);
    }
    output.map(drop)
}

/// Visits a network and all inside it, the outer ones first, with path and depth.
fn walk(module: &Rc<dyn Module>, path: &str, depth: usize, visit: &mut impl FnMut(&str, usize, &Rc<dyn Module>)) {
    visit(path, depth, module);
    for (name, child) in module.children() {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        walk(&child, &path, depth + 1, visit);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = vec![["name", "layer", "output", "parameters"].map(str::to_string)];
        for row in &self.layers {
            let name = row.path.rsplit('.').next().unwrap_or_default();
            let name = format!("{}{name}", "  ".repeat(row.depth.saturating_sub(1)));
            let shape = row.shape.as_ref().map_or_else(|| "?".to_string(), |shape| format!("{shape:?}"));
            let parameters = if row.parameters == 0 { "-".to_string() } else { grouped(row.parameters) };
            table.push([name, row.layer.clone(), shape, parameters]);
        }
        let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2), width(3)];
        // Of one that was not run there is nothing to say.
        let has_shapes = self.layers.iter().any(|row| row.shape.is_some());
        let rule = "-".repeat(widths.iter().sum::<usize>() + 6 - if has_shapes { 0 } else { widths[2] + 2 });
        for (number, [name, layer, shape, parameters]) in table.iter().enumerate() {
            let [a, b, c, d] = widths;
            match has_shapes {
                true => writeln!(f, "{name:a$}  {layer:b$}  {shape:c$}  {parameters:>d$}")?,
                false => writeln!(f, "{name:a$}  {layer:b$}  {parameters:>d$}")?,
            }
            if number == 0 {
                writeln!(f, "{rule}")?;
            }
        }
        let Count { total, trainable, bytes } = self.count;
        writeln!(f, "{rule}")?;
        write!(f, "{} parameters, {} trainable, {}", grouped(total), grouped(trainable), size(bytes))
    }
}

/// `238658` → `238,658`.
fn grouped(n: i64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn size(bytes: i64) -> String {
    match bytes as f64 {
        b if b >= 1e6 => format!("{:.1} MB", b / 1e6),
        b if b >= 1e3 => format!("{:.1} KB", b / 1e3),
        b => format!("{b} bytes"),
    }
}
