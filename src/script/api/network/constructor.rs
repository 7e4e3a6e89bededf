//! Networks as the constructors that make them, by which a run's is built again.

use super::written;
use crate::ml::models::{Activation, Module, TABLE, activation_names};
use crate::script::language::sources::Sources;
use std::rc::Rc;

/// A network as a script makes one: `sequential([lstm(100, 8, #{ readout: "max" }), linear(8, 2)])`. What a layer was told is what it says of itself,
/// and a forward function of the script stands there as its text. An encoder is the one in the folder `reviews.encoder`.
///
/// # Errors
/// The layer that cannot be written, and why.
pub fn constructor(sources: &Sources, module: &Rc<dyn Module>) -> Result<String, String> {
    if let Some(scripted) = written::scripted(sources, module.as_ref(), &|layer| constructor(sources, layer)) {
        return scripted;
    }
    let (name, children) = (module.type_name(), module.children());
    let described = module.describe();
    if let Some(call) = of_a_row(name, &described) {
        return Ok(call);
    }
    match (name, children.as_slice()) {
        ("Embedding", []) => Ok(embedding(&described)),
        ("Sequential", _) => sequential(sources, &children),
        ("Residual", [(_, layer)]) => Ok(format!("residual({})", constructor(sources, layer)?)),
        (_, [(first, _), ..]) if name.ends_with("Model") && first == "embeddings" => {
            let told = told(&described);
            let readout = told.named.iter().filter(|(name, _)| ["readout", "add_pooling_layer"].contains(name));
            Ok(format!("bert(reviews.encoder{})", options(readout.copied())))
        }
        // Its readout and its head are the configuration's.
        _ if name.ends_with("ForSequenceClassification") => Ok("classifier(reviews.encoder)".to_string()),
        _ => Err(format!("no constructor makes {name}({described})")),
    }
}

/// What a layer says that it was told: values, and values with names.
struct Told<'d> {
    plain: Vec<&'d str>,
    named: Vec<(&'d str, &'d str)>,
}

/// Of `100, 8, layers=2, readout="max"`. Commas within brackets part nothing.
fn told(described: &str) -> Told<'_> {
    let mut told = Told { plain: Vec::new(), named: Vec::new() };
    let (mut depth, mut from) = (0, 0);
    let ends = described.char_indices().chain([(described.len(), ',')]);
    for (at, sign) in ends {
        match sign {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            ',' if depth == 0 => {
                let part = described[from..at].trim();
                match part.split_once('=') {
                    Some((name, value)) => told.named.push((name.trim(), value.trim())),
                    None if part.is_empty() => {}
                    None => told.plain.push(part),
                }
                from = at + 1;
            }
            _ => {}
        }
    }
    told
}

/// `, #{ bias: false }`; nothing without any.
fn options<'o>(named: impl Iterator<Item = (&'o str, &'o str)>) -> String {
    let all: Vec<String> = named.map(|(name, value)| format!("{name}: {value}")).collect();
    if all.is_empty() { String::new() } else { format!(", #{{ {} }}", all.join(", ")) }
}

/// The call of a constructor that stands in a table, by PyTorch's name of the layer.
fn of_a_row(name: &str, described: &str) -> Option<String> {
    // PyTorch's name says `BatchNorm1d` where the row says `batch_norm`.
    let short = name.trim_end_matches("1d");
    let same = |row: &str| row.replace('_', "").trim_end_matches("1d").eq_ignore_ascii_case(short);
    let told = told(described);
    if let Some(function) = activation_names().into_iter().find(|row| same(row)) {
        let along: Vec<&str> = told.named.iter().map(|(_, dim)| *dim).collect();
        let is_along = Activation::along(function, -1).is_ok();
        return Some(format!("{function}({})", if is_along { along.join(", ") } else { String::new() }));
    }
    let row = TABLE.iter().find(|row| same(row.name) && row.name != "embedding")?.name;
    let is_both = told.named.contains(&("bidirectional", "true"));
    let both = TABLE.iter().find(|other| is_both && other.name == format!("bi{row}"));
    let named = told.named.iter().filter(|(name, _)| both.is_none() || *name != "bidirectional");
    Some(format!("{}({}{})", both.map_or(row, |both| both.name), told.plain.join(", "), options(named.copied())))
}

/// One that is not trained is made of a table, whose place zeros take: its values come with the weights.
fn embedding(described: &str) -> String {
    let told = told(described);
    let is_fixed = told.plain.contains(&"fixed");
    let sizes: Vec<&str> = told.plain.iter().copied().filter(|part| *part != "fixed").collect();
    let (sizes, named) = (sizes.join(", "), told.named.iter().copied());
    match is_fixed {
        true => format!("embedding(zeros([{sizes}]){})", options([("trained", "false")].into_iter().chain(named))),
        false => format!("embedding({sizes}{})", options(named)),
    }
}

/// Children of names of their own stand in pairs with them.
fn sequential(sources: &Sources, children: &[(String, Rc<dyn Module>)]) -> Result<String, String> {
    let is_numbered = children.iter().enumerate().all(|(i, (name, _))| *name == i.to_string());
    let child = |(name, layer): &(String, Rc<dyn Module>)| {
        let layer = constructor(sources, layer)?;
        Ok(if is_numbered { layer } else { format!("[{name:?}, {layer}]") })
    };
    let all = children.iter().map(child).collect::<Result<Vec<String>, String>>()?;
    Ok(format!("sequential([{}])", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::models::{
        Build, FeedForward, LayerNorm, LayerOptions, Positions, TransformerEncoder, TransformerOptions,
    };
    use crate::ml::options::Defaults;

    fn call(module: impl Module + 'static) -> String {
        let module: Rc<dyn Module> = Rc::new(module);
        constructor(&Sources::default(), &module).unwrap()
    }

    /// Each layer of the table, of usual options: its call names it, and its sizes.
    #[test]
    fn every_layer_of_the_table_is_written() {
        for row in TABLE {
            let mut options = Defaults::default();
            let module = match row.build {
                Build::One(_, build) => build(&mut options).unwrap()(4),
                Build::Two(_, build) => build(&mut options).unwrap()(4, 2),
                Build::Three(_, build) => build(&mut options).unwrap()(4, 6, 3),
                Build::Named(_, build) => build("max"),
                Build::Probability(_, build) => build(0.25),
            };
            let call = constructor(&Sources::default(), &module.unwrap()).unwrap();
            assert!(call.starts_with(&format!("{}(", row.name)), "{}: {call}", row.name);
        }
        for name in activation_names() {
            let call = call(Activation::new(name).unwrap());
            assert!(call.starts_with(&format!("{name}(")), "{name}: {call}");
        }
    }

    #[test]
    fn what_a_layer_was_told_is_an_option() {
        let told = told("[2, 3], 8, eps=1e-5, affine=false, readout=\"max\", fixed");
        assert_eq!(told.plain, ["[2, 3]", "8", "fixed"]);
        assert_eq!(told.named, [("eps", "1e-5"), ("affine", "false"), ("readout", "\"max\"")]);
        assert_eq!(call(LayerNorm::new(&[4], 1e-5, true).unwrap()), "layer_norm(4, #{ eps: 1e-5 })");
        let told = TransformerOptions { max_len: 64, positions: Positions::Learned, ..TransformerOptions::default() };
        let layer = LayerOptions { norm_first: true, dropout: 0.0, activation: FeedForward::Gelu, ..told.layer };
        assert_eq!(
            call(TransformerEncoder::new(8, 2, TransformerOptions { layer, ..told }).unwrap()),
            "transformer_encoder(8, 2, #{ layers: 1, dim_feedforward: 2048, dropout: 0, activation: \"gelu\", \
             norm_first: true, positions: \"learned\", max_len: 64, readout: \"all\" })"
        );
        assert_eq!(
            embedding("9, 3, padding_idx=0, fixed"),
            "embedding(zeros([9, 3]), #{ trained: false, padding_idx: 0 })"
        );
    }
}
