//! The steps of a cleaning, as methods of texts.

use crate::ml::data::cleaning::Row;
use crate::script::api::handles::TextsHandle;
use crate::script::base::{
    ScriptResult,
    guard::{FuncRegistration, Module},
};
use std::rc::Rc;

/// A method for each of `rows`.
pub fn steps(rows: &'static [Row]) -> Module {
    let mut module = Module::new();
    for row in rows {
        let step = |texts: &TextsHandle, arguments: &[&str]| -> ScriptResult<TextsHandle> {
            Ok(Rc::new(texts.then(row.with(arguments)?)))
        };
        let method = FuncRegistration::new(row.name).with_comments([comment(row)]).with_params_info(signature(row));
        match row.parameters.len() {
            0 => method.set_into_module(&mut module, move |texts: &mut TextsHandle| step(texts, &[])),
            1 => method.set_into_module(&mut module, move |texts: &mut TextsHandle, a: &str| step(texts, &[a])),
            _ => method
                .set_into_module(&mut module, move |texts: &mut TextsHandle, a: &str, b: &str| step(texts, &[a, b])),
        };
    }
    module
}

fn comment(row: &Row) -> String {
    let lines = row.about.lines().chain(["", "```rhai"]).chain(row.example.lines()).chain(["```"]);
    lines.map(|line| format!("/// {line}")).collect::<Vec<_>>().join("\n")
}

/// What is called how, and behind the parameters what comes back.
fn signature(row: &Row) -> Vec<String> {
    let texts = ["texts: &mut TextsHandle".to_string()].into_iter();
    let parameters = row.parameters.iter().map(|name| format!("{name}: &str"));
    texts.chain(parameters).chain(["ScriptResult<TextsHandle>".to_string()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::Texts;
    use crate::ml::data::cleaning::{Clean, Step, TABLE};
    use rhai::Engine;
    use std::borrow::Cow;

    #[derive(Debug)]
    struct Cut(String);

    impl Clean for Cut {
        fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
            Cow::Borrowed(text.split(self.0.as_str()).next().unwrap_or(text))
        }

        fn most(&self, text: &str) -> usize {
            text.len()
        }
    }

    static ROWS: [Row; 1] = [Row {
        name: "cut_at",
        parameters: &["mark"],
        about: "Texts up to a mark.",
        example: "",
        step: |arguments| Ok(Step::new("cut_at", arguments, Cut(arguments[0].to_string()))),
    }];

    #[test]
    fn a_step_of_a_table_is_a_method_of_texts() {
        let mut engine = Engine::new();
        engine.register_global_module(steps(&TABLE).into());
        engine.register_global_module(steps(&ROWS).into());
        let mut scope = rhai::Scope::new();
        scope.push("texts", TextsHandle::new(Texts::new(["Fine; not so good", "dull"])));
        let code = r#"texts.to_lower().cut_at(";").replace("l+", "L")"#;
        let clean: TextsHandle = engine.eval_with_scope(&mut scope, code).unwrap();
        assert_eq!(*clean, Texts::new(["fine", "duL"]));
    }

    #[test]
    fn no_step_has_more_parameters_than_a_method_here() {
        assert!(TABLE.iter().all(|row| row.parameters.len() <= 2));
    }
}
