//! Functions that stand in tables: a row holds name, doc and example beside what it does, so that the documentation cannot
//! fall behind.

use crate::script::base::guard::{FnNamespace, FuncRegistration};

/// A function with its doc. `parameters` end with the type of what comes back.
pub fn function(name: &str, doc: &str, example: &str, parameters: &[&str]) -> FuncRegistration {
    let mut lines: Vec<String> = doc.lines().map(|line| format!("/// {line}")).collect();
    lines.push("///\n/// ```rhai".to_string());
    lines.extend(example.lines().map(|line| format!("/// {line}")));
    lines.push("/// ```".to_string());
    another_form(name, parameters).with_comments([lines.join("\n")])
}

/// One more way to call a function that has its doc already.
pub fn another_form(name: &str, parameters: &[&str]) -> FuncRegistration {
    FuncRegistration::new(name).with_namespace(FnNamespace::Global).with_params_info(parameters)
}
