//! Each native function of the program's is made to panic, and called as scripts call it.

use super::{assemble::assemble, setup::Setup};
use crate::script::base::guard::fault;
use rhai::{Dynamic, Engine, Scope};
use std::any::TypeId;

/// Values of the types that functions take.
const VALUES: &[&str] = &[
    "1",
    "0.5",
    "true",
    "'x'",
    "\"a\"",
    "[1]",
    "#{ a: 1 }",
    "blob(2, 7)",
    "|| 1",
    "0..3",
    "0..=3",
    "ones([2, 3])",
    "linear(2, 3)",
    "sequence(ones([2, 3, 4]), tensor([3, 1]), \"back\")",
    "adam(linear(2, 3))",
    "adam(linear(2, 3)).groups[0]",
    "history()",
    "meter()",
    "stopwatch()",
    "progress(\"x\", 3, false)",
    "dataset(ones([6, 3]), tensor([0, 1, 0, 1, 0, 1]))",
    "dataset(ones([6, 3]), tensor([0, 1, 0, 1, 0, 1])).batches(#{ size: 2 })",
    "let b = (); for x in dataset(ones([1, 3]), tensor([0])).batches(#{}) { b = x; } b",
    "texts([\"a fine film\"])",
    "texts([\"a fine film\"]).split()",
    "vocabulary(texts([\"a fine film\"]).split())",
    "vocabulary(texts([\"a b\"]).split()).encode(texts([\"a b\"]).split(), 4)",
    "word_vectors(\"sample\", [texts([\"film\"]).split()])",
    "tokenizer(\"tests/data/tiny_bert\")",
    "training(#{ s: #{ epoch: 1, step: 0 } }, #{})",
    "training(#{ s: #{ epoch: 1, step: 0 } }, #{}).turn()",
    "training(#{ s: #{ epoch: 1, step: 0 } }, #{}).snapshot()",
    "run_folder(#{}, #{})",
];

/// A function, as a script calls it with `first` and the variables `b`, `c` and so on.
fn call(name: &str, first: Option<&str>, count: usize) -> String {
    let rest: Vec<String> =
        ["b", "c", "d", "e", "f", "g"][..count.saturating_sub(1)].iter().map(|x| x.to_string()).collect();
    let Some(first) = first else { return format!("{name}()") };
    if let Some(field) = name.strip_prefix("get$") {
        return format!("{first}.{field}");
    }
    if let Some(field) = name.strip_prefix("set$") {
        return format!("{first}.{field} = b");
    }
    match name {
        "index$get$" => format!("{first}[b]"),
        "index$set$" => format!("{first}[b] = c"),
        _ if name.starts_with(|c: char| c.is_alphabetic()) => {
            let all: Vec<String> = [first.to_string()].into_iter().chain(rest).collect();
            format!("{name}({})", all.join(", "))
        }
        _ if count == 1 => format!("{name}{first}"),
        _ => format!("{first} {name} b"),
    }
}

fn natives(engine: &Engine) -> Vec<(String, Vec<TypeId>)> {
    engine.collect_fn_metadata(
        None,
        |f| f.script.is_none().then(|| (f.metadata.name.to_string(), f.metadata.param_types.to_vec())),
        false,
    )
}

#[test]
fn a_panic_in_any_function_is_an_error_and_leaves_the_variable_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup { run_dir: Some(folder.path().join("run")), ..Setup::named("test") };
    let engine = assemble(setup).unwrap().engine;
    let values: Vec<Dynamic> =
        VALUES.iter().map(|text| engine.eval(text).unwrap_or_else(|e| panic!("{text}: {e}"))).collect();
    let natives = natives(&engine);
    assert!(natives.len() > 500, "{}", natives.len());
    let mut unknown = Vec::new();
    for (name, types) in natives {
        let value = |of: &TypeId| match *of == TypeId::of::<Dynamic>() {
            true => Some(Dynamic::from(1_i64)),
            false => values.iter().find(|value| value.type_id() == *of).cloned(),
        };
        let Some(arguments) = types.iter().map(value).collect::<Option<Vec<_>>>() else {
            unknown.push(name);
            continue;
        };
        // A variable is lent to the call, a block's value is given to it.
        for first in ["a", "({ a })"] {
            let first = (!arguments.is_empty()).then_some(first);
            // What stands in front of a statement of its own is not called.
            if first == Some("({ a })")
                && (name.starts_with("set$")
                    || name.starts_with("index$")
                    || name.ends_with('=') && !["==", "!=", "<=", ">="].contains(&name.as_str()))
            {
                continue;
            }
            let call = call(&name, first, arguments.len());
            let code = format!(
                "let said = `no error`; try {{ let r = {{ {call} }}; }} catch (e) {{ said = `${{type_of(a)}} ${{e}}`; }} said"
            );
            let mut scope = Scope::new();
            scope.push_dynamic("a", Dynamic::UNIT);
            for (name, value) in ["a", "b", "c", "d", "e", "f", "g"].into_iter().zip(&arguments) {
                scope.set_or_push(name, value.clone());
            }
            let before = scope.get("a").map(Dynamic::type_id);
            let said = fault::in_all(|| engine.eval_with_scope::<String>(&mut scope, &code));
            let said = said.unwrap_or_else(|e| {
                panic!("{code} ({}): {e}", arguments.iter().map(Dynamic::type_name).collect::<Vec<_>>().join(", "))
            });
            assert!(said.contains("a fault in") && said.contains("\"internal\""), "{code}: {said}");
            assert_eq!(scope.get("a").map(Dynamic::type_id), before, "{code}");
        }
    }
    assert!(unknown.is_empty(), "no values for {unknown:?}");
}
