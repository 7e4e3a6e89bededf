//! Names that there are not, and names that hide others.

use super::facts::Facts;
use super::findings::{HIDDEN, VARIABLE, kind::Finding};
use super::known::Known;
use super::variables::Variables;
use crate::error::nearest;
use rhai::{Ident, Position, ScriptFuncDef};

/// A variable that nothing declares.
pub fn no_variable(known: &Known, facts: &Facts, variables: &Variables, name: &str, position: Position) -> Finding {
    let finding = Finding::new(&VARIABLE, position, format!("no variable `{name}` here"));
    if known.modules.contains_key(name) {
        return finding.with(format!("it is a module: its functions are called as {name}::…"));
    }
    if facts.declared.contains(name) {
        return finding.with(
            "it is declared elsewhere: a function sees its parameters and its own variables, a block what stands before it or around it",
        );
    }
    if let Some(near) = nearest(name, &variables.names()) {
        return finding.with(format!("did you mean `{near}`?"));
    }
    match known.global.contains_key(name) {
        true => finding.with(format!("it is a function, which is called as {name}(…)")),
        false => finding.with(format!("a new variable begins with `let`: let {name} = …")),
    }
}

/// In a closure, a variable that is named like a function of the script is the function.
pub fn captured(facts: &Facts, name: &str, position: Position) -> Option<Finding> {
    (!facts.bodies.named(name).is_empty()).then(|| {
        let title = format!("in a closure `{name}` is the function {name}, and not the variable");
        Finding::new(&HIDDEN, position, title).with("give the variable or the function another name")
    })
}

/// A function that takes the place of the program's own, also where that is called as a method.
pub fn function(known: &Known, facts: &Facts, function: &ScriptFuncDef) -> Option<Finding> {
    let name = function.name.as_str();
    let is_own = facts.module.is_none() && function.this_type.is_none();
    let count = function.params.len();
    let ways = known.global.get(name).filter(|ways| is_own && ways.counts.contains(&count))?;
    let is_method = facts.methods.contains(&(name.to_string(), count.checked_sub(1)?));
    let is_both = is_method && facts.called.contains(&(name.to_string(), count));
    let whose = if ways.is_own { "the program's" } else { "the language's" };
    let title = format!("`{name}` of the script takes the place of {whose} own, also in value.{name}(…)");
    let finding = Finding::new(&HIDDEN, function.body.position(), title);
    is_both.then(|| finding.with("give it another name"))
}

/// An import that takes the place of a module.
pub fn import(known: &Known, alias: &Ident) -> Option<Finding> {
    known.modules.contains_key(alias.name.as_str()).then(|| {
        let title = format!("`{0}` hides the module {0} of the standard library", alias.name);
        Finding::new(&HIDDEN, alias.pos, title).with("import it as another name")
    })
}
