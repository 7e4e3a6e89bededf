//! Functions of another script, without running it.

use crate::access;
use crate::error::{Error, ErrorKind};
use crate::script::base::{ScriptResult, part};
use crate::script::language::{
    namespaces::{compiled, inside},
    sources::{Sources, plain},
};
use rhai::{Array, CallFnOptions, Dynamic, EvalAltResult, NativeCallContext, Scope, plugin::*};
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
        let engine = context.engine();
        let text = access::read_to_string(Path::new(path))?;
        let mut ast = compiled(engine, &Scope::new(), &plain(&text))
            .map_err(|e| Error::data(format!("the script {path} does not parse: {e}")))?
            .clone_functions_only();
        ast.set_source(path);
        part::<Sources>(&context)?.add(path, &text, &ast);
        if !ast.iter_functions().any(|f| f.name == function && f.params.len() == arguments.len()) {
            let message = format!("{path} has no function {function} of {} parameters", arguments.len());
            return Err(Error::new(ErrorKind::Value, message).into());
        }
        let options = CallFnOptions::new().eval_ast(false);
        let called = inside(&ast, || {
            engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), &ast, function, arguments)
        });
        called.map_err(|error| match *error {
            ended @ (EvalAltResult::ErrorTerminated(..) | EvalAltResult::Exit(..)) => ended.into(),
            // Its place is in that script, and not in the one that calls.
            other => {
                let at = context.call_position();
                EvalAltResult::ErrorInFunctionCall(function.to_string(), path.to_string(), other.into(), at).into()
            }
        })
    }
}
