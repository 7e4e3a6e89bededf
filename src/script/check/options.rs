//! Which options a function takes, as its own text says, or the table in which it stands.

use super::bodies::{Bodies, each, statements};
use super::facts::Facts;
use super::findings::{OPTION, WORD, kind::Finding};
use super::known::Known;
use crate::error::{Result, nearest};
use crate::ml::{models, optim, options::ReadOptions};
use rhai::{ASTNode, Expr, FnCallExpr, Ident, Position, ScriptFuncDef, Stmt};

/// How deep calls are followed.
const DEPTH: usize = 4;

/// Where a call is looked up: a script, or a module of the standard library.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub known: &'a Known<'a>,
    pub facts: &'a Facts,
    module: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub fn of(known: &'a Known<'a>, facts: &'a Facts) -> Self {
        Place { known, facts, module: None }
    }

    /// The function that is called, and where its own calls are looked up.
    fn function(self, call: &FnCallExpr) -> Option<(&'a ScriptFuncDef, Place<'a>)> {
        let library = |module: &str| {
            let (module, bodies) = self.known.bodies.get_key_value(module)?;
            Some((&**bodies.taking(&call.name, call.args.len())?, Place { module: Some(module), ..self }))
        };
        match (call.namespace.path.as_slice(), self.module) {
            ([module], _) if !self.facts.imported.contains_key(module.name.as_str()) => library(&module.name),
            ([], Some(module)) => library(module).or_else(|| library("prelude")),
            ([], None) => {
                let own: &Bodies = &self.facts.bodies;
                let own = own.taking(&call.name, call.args.len()).map(|f| (&**f, self));
                own.or_else(|| library(self.facts.module.as_deref()?)).or_else(|| library("prelude"))
            }
            _ => None,
        }
    }
}

/// The keys of a map that a script writes, joins of other maps, or gets from a function that does nothing else.
pub fn keys(place: Place, value: &Expr, depth: usize) -> Option<Vec<String>> {
    match value {
        Expr::Map(map, _) => Some(map.0.iter().map(|(key, _)| key.name.to_string()).collect()),
        Expr::FnCall(call, _) if depth < DEPTH => match (call.name.as_str(), call.args.as_slice()) {
            ("+", [a, b]) => Some([keys(place, a, depth + 1)?, keys(place, b, depth + 1)?].concat()),
            ("options", [defaults, presets]) => {
                Some([keys(place, defaults, depth + 1)?, keys(place, presets, depth + 1)?].concat())
            }
            ("options" | "with_defaults" | "pick_options", [defaults, ..]) => keys(place, defaults, depth + 1),
            (_, []) => {
                let (function, inside) = place.function(call)?;
                match statements(&function.body) {
                    [only] => keys(inside, value_of(only)?, depth + 1),
                    _ => None,
                }
            }
            _ => None,
        },
        _ => None,
    }
}

fn value_of(statement: &Stmt) -> Option<&Expr> {
    match statement {
        Stmt::Expr(value) => Some(value),
        Stmt::Return(Some(value), ..) => Some(value),
        _ => None,
    }
}

fn is_variable(value: &Expr, name: &str) -> bool {
    matches!(value, Expr::Variable(variable, ..) if variable.1 == name && variable.2.path.is_empty())
}

/// The options that a function takes in its parameter of this number: those with which it reads them, or hands them on to be read.
fn taken(place: Place, function: &ScriptFuncDef, parameter: usize, depth: usize) -> Option<Vec<String>> {
    let name = function.params.get(parameter)?;
    let mut found: Option<Vec<String>> = None;
    let mut is_known = true;
    let mut also: Vec<String> = Vec::new();
    let is_it = |value: &Expr| match value {
        // `listed(given)`: the same, in another form.
        Expr::FnCall(call, _) => call.args.len() == 1 && is_variable(&call.args[0], name),
        value => is_variable(value, name),
    };
    let mut on_call = |call: &FnCallExpr| match (call.name.as_str(), call.args.as_slice()) {
        ("with_defaults" | "pick_options", [defaults, given, ..]) if is_it(given) => match keys(place, defaults, 0) {
            Some(keys) => found.get_or_insert_default().extend(keys),
            None => is_known = false,
        },
        ("in" | "contains", [Expr::StringConstant(text, _), given] | [given, Expr::StringConstant(text, _)])
            if is_variable(given, name) =>
        {
            also.push(text.to_string());
        }
        (_, arguments) if depth < DEPTH => {
            let Some(at) = arguments.iter().position(|argument| is_variable(argument, name)) else { return };
            let Some((callee, inside)) = place.function(call) else { return };
            if let Some(keys) = taken(inside, callee, at, depth + 1) {
                found.get_or_insert_default().extend(keys);
            }
        }
        _ => {}
    };
    let mut properties: Vec<String> = Vec::new();
    let mut is_changed = false;
    each(statements(&function.body), &mut |node| match node {
        ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)) => on_call(call),
        ASTNode::Expr(Expr::Dot(dot, ..)) if is_variable(&dot.lhs, name) => match &dot.rhs {
            Expr::Property(property, _) => properties.push(property.2.to_string()),
            _ => is_changed = true,
        },
        ASTNode::Expr(Expr::Index(index, ..)) if is_variable(&index.lhs, name) => {
            if let Expr::StringConstant(text, _) = &index.rhs {
                properties.push(text.to_string());
            }
        }
        ASTNode::Stmt(Stmt::Assignment(assignment)) if is_variable(&assignment.1.lhs, name) => is_changed = true,
        _ => {}
    });
    let mut found = found.filter(|_| is_known && !is_changed)?;
    found.extend(also);
    found.extend(properties);
    Some(found)
}

/// The options that are known of the value at this place of a call; and what the function is called.
pub fn of_call(place: Place, call: &FnCallExpr, at: usize) -> Option<Vec<String>> {
    if let Some((function, inside)) = place.function(call) {
        return taken(inside, function, at, 0);
    }
    if !call.namespace.path.is_empty() || at + 1 != call.args.len() {
        return None;
    }
    if let Some(row) = optim::TABLE.iter().find(|row| row.name == call.name) {
        return (at == 1).then(|| row.defaults().keys().cloned().collect());
    }
    let (sizes, names, _) = layer(&call.name, &[])?;
    (sizes == at).then_some(names)
}

/// What a layer says to words that are written among its options: `readout: "mx"`.
pub fn refused_word(call: &FnCallExpr, at: usize) -> Option<String> {
    let Some(Expr::Map(map, _)) = call.args.get(at) else { return None };
    let words: Vec<(&str, &str)> =
        map.0.iter().filter_map(|(key, value)| Some((key.name.as_str(), text(value)?))).collect();
    let (sizes, _, made) = layer(&call.name, &words).filter(|_| call.namespace.path.is_empty())?;
    made.err().filter(|_| sizes == at)
}

fn text(value: &Expr) -> Option<&str> {
    match value {
        Expr::StringConstant(text, _) => Some(text),
        _ => None,
    }
}

/// Of a layer in the table: how many sizes it has, which options, and what it says to these words.
fn layer(name: &str, words: &[(&str, &str)]) -> Option<(usize, Vec<String>, Result<(), String>)> {
    let row = models::TABLE.iter().find(|row| row.name == name)?;
    let mut written = Written { words, names: Vec::new() };
    let (sizes, made) = match row.build {
        models::Build::One(_, build) => (1, build(&mut written).map(drop)),
        models::Build::Two(_, build) => (2, build(&mut written).map(drop)),
        models::Build::Three(_, build) => (3, build(&mut written).map(drop)),
        _ => return None,
    };
    let names = written.names.iter().map(ToString::to_string).collect();
    Some((sizes, names, made.map_err(|error| error.message)))
}

/// The words that a script writes as options, and the defaults of all others.
struct Written<'w> {
    words: &'w [(&'w str, &'w str)],
    names: Vec<&'static str>,
}

impl ReadOptions for Written<'_> {
    fn number(&mut self, name: &'static str, default: f64) -> Result<f64> {
        self.names.push(name);
        Ok(default)
    }

    fn optional_number(&mut self, name: &'static str) -> Result<Option<f64>> {
        self.names.push(name);
        Ok(None)
    }

    fn integer_or(&mut self, name: &'static str, default: i64, _: &'static str) -> Result<Option<i64>> {
        self.names.push(name);
        Ok(Some(default))
    }

    fn optional_integer(&mut self, name: &'static str) -> Result<Option<i64>> {
        self.names.push(name);
        Ok(None)
    }

    fn boolean(&mut self, name: &'static str, default: bool) -> Result<bool> {
        self.names.push(name);
        Ok(default)
    }

    fn string(&mut self, name: &'static str, default: &str) -> Result<String> {
        self.names.push(name);
        let word = self.words.iter().find(|(known, _)| *known == name);
        Ok(word.map_or(default, |(_, word)| word).to_string())
    }

    fn tensor(&mut self, name: &'static str) -> Result<Option<tch::Tensor>> {
        self.names.push(name);
        Ok(None)
    }
}

/// What is wrong with a map that is written at this place of a call.
pub fn refused(place: Place, call: &FnCallExpr, at: usize, written: &[(Ident, Expr)]) -> Vec<Finding> {
    let mut found = Vec::new();
    let called = shown(call);
    if let Some(known) = of_call(place, call, at) {
        for (key, _) in written.iter().filter(|(key, _)| !known.iter().any(|known| key.name == *known)) {
            let title = format!("{called} has no option `{}`", key.name);
            found.push(Finding::new(&OPTION, key.pos, title).with(listed(&key.name, &known)));
        }
    }
    if let Some(why) = refused_word(call, at) {
        let is_word = |(_, value): &&(Ident, Expr)| text(value).is_some_and(|word| why.contains(&format!("`{word}`")));
        let position = written.iter().find(is_word).map_or(Position::NONE, |(_, value)| value.position());
        found.push(Finding::new(&WORD, position, format!("{called}: {why}")));
    }
    if let Some((_, Expr::Array(metrics, _))) =
        written.iter().find(|(key, _)| key.name == "metrics" && called.starts_with("train::"))
    {
        found.extend(metrics.iter().filter_map(|metric| named(place.known, "metrics", metric)));
    }
    found
}

/// What is wrong with `schedule::named("…")`.
pub fn of_words(place: Place, call: &FnCallExpr) -> Option<Finding> {
    let ([module], "named", [word]) = (call.namespace.path.as_slice(), call.name.as_str(), call.args.as_slice()) else {
        return None;
    };
    named(place.known, &module.name, word)
}

/// A word that is not in the table of a module.
fn named(known: &Known, module: &str, word: &Expr) -> Option<Finding> {
    let (asked, table) = (text(word)?, names_in_table(known, module)?);
    let head = |name: &str| name.split(':').next().unwrap_or_default().to_string();
    let is_there = |name: &String| head(name) == head(asked) && name.contains(':') == asked.contains(':');
    if table.iter().any(is_there) {
        return None;
    }
    let what = if module == "metrics" { "metric" } else { module };
    Some(Finding::new(&WORD, word.position(), format!("no {what} is called `{asked}`")).with(listed(asked, &table)))
}

fn shown(call: &FnCallExpr) -> String {
    let path = call.namespace.path.iter().map(|part| format!("{}::", part.name)).collect::<String>();
    format!("{path}{}", call.name)
}

/// The nearest of the names, or which there are.
pub fn listed(name: &str, known: &[String]) -> String {
    /// So many can be read at a glance.
    const SHOWN: usize = 12;
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    if let Some(near) = nearest(name, &names) {
        return format!("did you mean `{near}`?");
    }
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len().min(SHOWN)].join(", ");
    if more == 0 { format!("there are {shown}") } else { format!("there are {shown} and {more} more") }
}

/// The names in a table of the standard library: `metrics::table`, whose rows begin with them.
pub fn names_in_table(known: &Known, module: &str) -> Option<Vec<String>> {
    let table = known.bodies.get(module)?.taking("table", 0)?;
    let [Stmt::Expr(rows)] = statements(&table.body) else { return None };
    let Expr::Array(rows, _) = &**rows else { return None };
    let first = |row: &Expr| match row {
        Expr::Array(row, _) => match row.first() {
            Some(Expr::StringConstant(text, _)) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    };
    rows.iter().map(first).collect()
}
