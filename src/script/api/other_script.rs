//! Functions of another script, without running it.

use crate::access;
use crate::error::{Error, ErrorKind};
use crate::script::base::{ScriptResult, part};
use crate::script::language::{
    namespaces::{compiled, inside},
    sources::{Sources, plain},
};
use rhai::{AST, Array, CallFnOptions, Dynamic, Engine, EvalAltResult, Map, NativeCallContext, Scope, plugin::*};
use std::path::Path;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Calls a function of the script in a file, with an array of arguments. Of the script nothing else is run: its
    /// functions alone are there, not its variables.
    ///
    /// Errors: a file that is not there or does not parse, or that has no such function.
    ///
    /// ```rhai
    /// write_text("imdbsh-doc.rhai", "throw \"not run\"; fn twice(x) { 2 * x }");
    /// assert_eq(call_script("imdbsh-doc.rhai", "twice", [21]), 42);
    /// assert_throws(|| call_script("imdbsh-doc.rhai", "thrice", [1]), "has no function thrice");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn call_script(
        context: NativeCallContext,
        path: &str,
        function: &str,
        arguments: Array,
    ) -> ScriptResult<Dynamic> {
        let text = access::read_to_string(Path::new(path))?;
        called(&context, path, &text, function, arguments)
    }

    /// Whether the script in a file defines a function of this name, with so many parameters.
    ///
    /// Errors: a file that is not there or does not parse.
    ///
    /// ```rhai
    /// write_text("imdbsh-doc.rhai", "fn twice(x) { 2 * x }");
    /// assert(script_has("imdbsh-doc.rhai", "twice", 1) && !script_has("imdbsh-doc.rhai", "twice", 2));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn script_has(context: NativeCallContext, path: &str, function: &str, count: i64) -> ScriptResult<bool> {
        let text = access::read_to_string(Path::new(path))?;
        Ok(has(&functions(context.engine(), path, &text)?, function, count as usize))
    }

    /// The network that a run's `config.json` says how to make, as `network.built`: an expression, in which `reviews` is what is known of the
    /// run's data. It may call the functions of the script in the file `script`.
    ///
    /// Errors: a text that does not parse, or fails.
    ///
    /// ```rhai
    /// write_text("imdbsh-doc.rhai", "fn half(x) { x / 2 }");
    /// let net = network_of("sequential([linear(3, 4), lambda(|x| half(x))])", #{}, "imdbsh-doc.rhai");
    /// assert_eq(net.forward(zeros([2, 3])).shape, [2, 4]);
    /// assert_eq(network_of("sequential([linear(3, 4), tanh()])", #{}).parameters().len(), 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn network_of(context: NativeCallContext, built: &str, reviews: Map, script: &str) -> ScriptResult<Dynamic> {
        let text = access::read_to_string(Path::new(script))?;
        let own = functions(context.engine(), script, &text)?;
        part::<Sources>(&context)?.add(script, &text, &own);
        network_in(&context, Some(&own), built, reviews)
    }

    #[rhai_fn(name = "network_of", return_raw)]
    pub fn network_of_layers(context: NativeCallContext, built: &str, reviews: Map) -> ScriptResult<Dynamic> {
        network_in(&context, None, built, reviews)
    }
}

/// The network, whose text may call the functions of `script`.
fn network_in(context: &NativeCallContext, script: Option<&AST>, built: &str, reviews: Map) -> ScriptResult<Dynamic> {
    const NAME: &str = "network_as_built";
    let (path, text) = ("config.json", format!("fn {NAME}(reviews) {{ {built} }}"));
    let made = functions(context.engine(), path, &text)?;
    part::<Sources>(context)?.add(path, &text, &made);
    let all = script.map_or_else(|| made.clone(), |script| script.merge(&made));
    run(context, &all, path, NAME, vec![Dynamic::from_map(reviews)])
}

/// The functions of a script.
fn functions(engine: &Engine, path: &str, text: &str) -> ScriptResult<AST> {
    let ast = compiled(engine, &Scope::new(), &plain(text))
        .map_err(|e| Error::data(format!("the script {path} does not parse: {e}")))?;
    let mut ast = ast.clone_functions_only();
    ast.set_source(path);
    Ok(ast)
}

fn has(ast: &AST, function: &str, count: usize) -> bool {
    ast.iter_functions().any(|f| f.name == function && f.params.len() == count)
}

fn called(
    context: &NativeCallContext,
    path: &str,
    text: &str,
    function: &str,
    arguments: Array,
) -> ScriptResult<Dynamic> {
    let engine = context.engine();
    let ast = functions(engine, path, text)?;
    part::<Sources>(context)?.add(path, text, &ast);
    if !has(&ast, function, arguments.len()) {
        let message = format!("{path} has no function {function} of {} parameters", arguments.len());
        return Err(Error::new(ErrorKind::Value, message).into());
    }
    run(context, &ast, path, function, arguments)
}

fn run(context: &NativeCallContext, ast: &AST, path: &str, function: &str, arguments: Array) -> ScriptResult<Dynamic> {
    let engine = context.engine();
    let options = CallFnOptions::new().eval_ast(false);
    let called =
        inside(ast, || engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), ast, function, arguments));
    called.map_err(|error| match *error {
        ended @ (EvalAltResult::ErrorTerminated(..) | EvalAltResult::Exit(..)) => ended.into(),
        // Its place is in that script, and not in the one that calls.
        other => {
            let at = context.call_position();
            EvalAltResult::ErrorInFunctionCall(function.to_string(), path.to_string(), other.into(), at).into()
        }
    })
}
