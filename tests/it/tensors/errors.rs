//! Wrong calls of tensor functions: each is an error that says what was wrong, and none ends the program.

use crate::common::alone::alone;
use imdbsh::{
    memory,
    script::{Failure, Session, Setup, docs, quiet_panics},
};

/// What an uncaught call reports.
fn report(session: &mut Session, code: &str) -> String {
    match session.eval("wrong", code) {
        Err(Failure::Script(report)) => report,
        other => format!("no script error but {other:?}"),
    }
}

/// A call, and what its message must say.
const WRONG: &[(&str, &[&str])] = &[
    ("zeros([2]) + zeros([3])", &["add of [2] float32 and [3] float32", "(2) must match"]),
    ("matmul(zeros([2, 3]), zeros([4, 5]))", &["matmul of [2, 3] float32 and [4, 5] float32", "2x3 and 4x5"]),
    ("ones([2, 3]).sum(5)", &["sum of [2, 3] float32", "range of [-2, 1], but got 5"]),
    ("zeros([3])[7]", &["index 7 is out of range", "valid: -3 to 2"]),
    ("zeros([0])[0]", &["index 0 is out of range", "it is empty"]),
    ("zeros([2])[[0, 0]]", &["more parts than dimensions"]),
    ("tensor(1)[0]", &["more parts than dimensions"]),
    ("tensor([1, 2])[tensor([true])]", &["mask of shape [1] does not fit [2] int64"]),
    ("let t = #{ rows: [1] }; t.rows.map(|row| t.rows.len())", &["a closure uses a variable", "another name of it"]),
    ("[1, 2, 3][1..3]", &["a range stands where a whole number is wanted", "xs.extract(1..3)"]),
    ("plot([#{ confusion: 1 }])", &["no column `train_loss`", "known: confusion"]),
    ("zeros([2]).numel", &["no property `numel`", "it is a function, which is called with parentheses"]),
    ("let x = zeros([2]); x[5] = 1;", &["index 5 is out of range"]),
    ("let x = zeros([2]); x[0..1] = zeros([5]);", &["assignment to an index", "broadcast shape [5]"]),
    ("let x = zeros([2]); x[0] = \"a\";", &["takes a tensor or a number", "\"a\""]),
    ("tensor([[1, 2], [3]])", &["rows of 2 and of 1"]),
    ("tensor([1, [2]])", &["nested deeper"]),
    ("tensor([[], [1]])", &["rows of 0 and of 1"]),
    ("tensor([\"a\"])", &["takes numbers", "\"a\""]),
    ("zeros([-1])", &["cannot be negative"]),
    ("zeros([1000000000, 1000000000, 1000])", &["larger than any memory"]),
    ("zeros([1000000, 1000000])", &["takes 4000 GB"]),
    ("zeros([1]).expand([1099511627776]) + 1", &["not enough memory: 4398 GB more are asked for"]),
    ("zeros([2], #{ knd: \"int64\" })", &["did you mean `kind`"]),
    ("zeros([2], #{ kind: \"float23\" })", &["did you mean `float32`"]),
    ("zeros([2]).to(\"gpu\")", &["unknown kind or device `gpu`"]),
    ("tensor([5]) % 0", &["remainder of [1] int64", "divided by zero"]),
    ("tensor([2]) ** -1", &["pow of [1] int64", "negative integer powers"]),
    ("tensor([1]).softmax(0)", &["softmax takes floats, got [1] int64"]),
    ("tensor([1]).gelu()", &["gelu takes floats"]),
    ("tensor([1]).add_(0.5)", &["add_ of [1] int64", "Float can't be cast"]),
    ("parameter(ones([2])).add_(1)", &["leaf Variable that requires grad"]),
    ("parameter(ones([2])).exp().backward()", &["one number, got [2] float32"]),
    ("ones([2]).sum().backward()", &["no part of it has gradients"]),
    ("tensor([1], #{ requires_grad: true })", &["floating point"]),
    ("parameter(tensor([1]))", &["only floats have gradients"]),
    ("zeros([2]).item()", &["one element, got [2] float32"]),
    ("zeros([2, 2, 2]).T", &["takes a matrix"]),
    ("zeros([2]).gather(0, tensor([5]))", &["index 5 is out of bounds"]),
    ("cat([])", &["at least one tensor"]),
    ("cat([zeros([2]), 1])", &["one element is 1"]),
    ("where(tensor([1]), 1, 2)", &["boolean"]),
    ("zeros([2]).split(0)", &["at least 1"]),
    ("for row in tensor(1) { row.sum(); }", &["without dimensions"]),
    ("zeros([2]).size(3)", &["no dimension 3 (valid: -1 to 0)"]),
    ("matmul(1, 2)", &["`matmul` cannot be called with (int, int)"]),
];

#[test]
fn a_wrong_call_says_what_was_wrong() {
    alone!();
    quiet_panics();
    memory::limit(None, |_| {});
    let mut wrong = Vec::new();
    for (code, parts) in WRONG {
        let mut session = Session::new(Setup::named("wrong")).unwrap();
        let report = report(&mut session, code);
        if parts.iter().any(|part| !report.contains(part)) || report.contains("frame #") || report.contains("itself") {
            wrong.push(format!("{code}\n{report}"));
        }
    }
    drop(std::panic::take_hook());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Arguments that are legal in no or few places: extremes, empties, other kinds.
const ODD: &[&str] = &[
    "zeros([0])",
    "tensor(1)",
    "tensor([-9223372036854775807 - 1, 0])",
    "tensor([[1.5, 0.0 / 0.0], [1.0 / 0.0, -2.0]])",
    "tensor([true, false])",
    "ones([2, 0, 3], #{ kind: \"bfloat16\" })",
    "-9223372036854775807 - 1",
    "-1",
    "0",
    "3",
    "9223372036854775807",
    "0.5",
    "0.0 / 0.0",
    "true",
    "()",
    "\"a\"",
    "[]",
    "[1, -1]",
    "[9223372036854775807, 2]",
    "[zeros([2]), tensor([1, 2])]",
    "#{ kind: \"int64\" }",
];

/// The names of all functions that take or give tensors, with the numbers of arguments that they take.
fn tensor_functions() -> Vec<(String, usize)> {
    let engine = Session::new(Setup::named("names")).unwrap().engine;
    let mut functions = Vec::new();
    for doc in docs::index(&engine).into_iter().filter(|d| !d.builtin) {
        for signature in doc.signatures.iter().filter(|s| s.contains("Tensor")) {
            let arguments = signature.split_once('(').and_then(|(_, rest)| rest.split_once(')')).unwrap_or_default().0;
            let count = arguments.split(", ").filter(|a| !a.is_empty() && !a.contains("context")).count();
            functions.push((doc.name.clone(), count));
        }
    }
    functions.sort();
    functions.dedup();
    functions
}

/// Every tensor function, every operator and every index, with every combination of two odd arguments (the others
/// fixed): whatever comes of it, it is a value or an error, not the end of the program.
#[test]
fn odd_arguments_never_end_the_program() {
    alone!();
    let functions = tensor_functions();
    assert!(functions.len() > 150, "only {} functions found", functions.len());
    // What tch panics with is an error by then; the default hook would print it with a trace.
    quiet_panics();
    // Some of the functions leave a picture where they are called.
    let folder = tempfile::TempDir::new().unwrap();
    std::env::set_current_dir(folder.path()).unwrap();
    let mut calls = Vec::new();
    for a in ODD {
        for b in ODD {
            for (name, arguments) in &functions {
                match arguments {
                    0 => calls.push(format!("{name}()")),
                    1 if a == b => calls.push(format!("{name}({a})")),
                    2 => calls.push(format!("{name}({a}, {b})")),
                    3 => {
                        calls.push(format!("{name}({a}, {b}, {b})"));
                        calls.push(format!("{name}({a}, 0, {b})"));
                    }
                    _ => {}
                }
            }
            let operators = ["+", "-", "*", "/", "%", "**", "==", "!=", "<", "<=", ">", ">=", "&", "|", "^"];
            calls.extend(operators.iter().map(|op| format!("({a}) {op} ({b})")));
            calls.push(format!("let x = ({a}); x[{b}]"));
            calls.push(format!("let x = ({a}); x[{b}] = 1;"));
            calls.push(format!("let x = tensor([[1, 2], [3, 4]]); x[{a}] = {b};"));
            calls.push(format!("let x = tensor([[1, 2], [3, 4]]); x[[{a}, {b}]]"));
        }
    }
    // Rhai's own `pad` of arrays runs out of memory, which has nothing to do with tensors.
    calls.retain(|call| !call.starts_with("pad([") || !call.contains("9223372036854775807"));
    let mut session = Session::new(Setup::named("odd")).unwrap();
    let mut wrong = Vec::new();
    for call in calls {
        // Caught in the script: reports of uncaught errors are slow to make.
        let said = match session.eval(
            "odd",
            &format!("let said = (); try {{ said = {{ {call} }}; }} catch (e) {{ said = `${{e}}`; }} said"),
        ) {
            Ok(value) => value.into_string().unwrap_or_default(),
            Err(failure) => format!("{failure:?}"),
        };
        if said.contains("itself failed") || said.contains("frame #") {
            wrong.push(format!("{call}: {}", said.lines().next().unwrap_or_default()));
        }
    }
    drop(std::panic::take_hook());
    assert!(wrong.is_empty(), "{} calls:\n{}", wrong.len(), wrong.join("\n"));
}
