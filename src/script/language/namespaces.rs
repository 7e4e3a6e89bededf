//! A function calls the functions of its own text, whoever has called it.
//!
//! Rhai looks a call up in the texts of all callers as well, and keeps what it has found by the function's name and the number of arguments:
//! where two texts have a function of the same name, a private one too, one text would call that of the other, or not, as the
//! hashes of this process have it. So the body of each function is put into an expression of our own, which evaluates it among the functions of
//! its text alone, and with a memory of its own, where the caller's text is another.

use rhai::{AST, CustomExpr, Engine, EvalContext, Expr, Expression, Module, ParseError, Scope, Stmt, StmtBlock};
use rhai::{Dynamic, EvalAltResult, ScriptFuncDef, Shared};
use std::cell::Cell;
use std::mem;
use std::ptr;

/// What the interpreter calls the expression; no script can write it.
const BODY: &str = "body of a function";

thread_local! {
    /// The functions of the text in which calls are looked up now.
    static CURRENT: Cell<*const Module> = const { Cell::new(ptr::null()) };
}

/// Back to the text of before, also where something fails.
struct Entered(*const Module);

impl Entered {
    fn text(functions: *const Module) -> Self {
        Entered(CURRENT.replace(functions))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Teaches `engine` to evaluate what [`compiled`] gives.
pub fn register(engine: &mut Engine) {
    let never = |_: &[_], _: &str, _: &mut Dynamic| Ok(None);
    engine.register_custom_syntax_with_state_raw(BODY, never, false, |context, parts, _| evaluate(context, parts));
}

/// Parses a text, which sees the constants of `scope`.
///
/// # Errors
/// A text that does not parse.
pub fn compiled(engine: &Engine, scope: &Scope, text: &str) -> Result<AST, ParseError> {
    #[expect(clippy::disallowed_methods, reason = "this is what stands for it")]
    let ast = engine.compile_with_scope(scope, text)?;
    ast.iter_fn_def().for_each(enclose);
    Ok(ast)
}

/// Runs the statements of `ast`, which `run` does.
pub fn inside<T>(ast: &AST, run: impl FnOnce() -> T) -> T {
    let _entered = Entered::text(Shared::as_ptr(ast.shared_lib()));
    run()
}

/// A closure's definition is shared by the text's functions and the value that stands where it is written.
fn enclose(function: &Shared<ScriptFuncDef>) {
    // SAFETY: the text has just been parsed, so that nothing else looks at the definition now. (`Rc::get_mut_unchecked`, which is not stable,
    // asks for no more.)
    let function = unsafe { &mut *Shared::as_ptr(function).cast_mut() };
    if function.body.is_empty() {
        return;
    }
    let span = function.body.span();
    let body = mem::take(&mut function.body);
    let body = CustomExpr {
        inputs: [Expr::Stmt(Box::new(body))].into_iter().collect(),
        tokens: [BODY.into()].into_iter().collect(),
        state: Dynamic::UNIT,
        scope_may_be_changed: false,
        self_terminated: true,
    };
    let body = Stmt::Expr(Box::new(Expr::Custom(Box::new(body), span.start())));
    function.body = StmtBlock::new_with_span([body], span);
}

fn evaluate(context: &mut EvalContext, parts: &[Expression]) -> Result<Dynamic, Box<EvalAltResult>> {
    let [body] = parts else { return Ok(Dynamic::UNIT) };
    let own = context.global_runtime_state().lib.last().cloned();
    let Some(own) = own.filter(|own| Shared::as_ptr(own) != CURRENT.get()) else {
        return context.eval_expression_tree(body);
    };
    let _entered = Entered::text(Shared::as_ptr(&own));
    let callers = mem::replace(&mut context.global_runtime_state_mut().lib, [own].into_iter().collect());
    let mut frame = context.new_frame().with_new_caching_layer();
    let value = frame.eval_expression_tree(body);
    drop(frame);
    context.global_runtime_state_mut().lib = callers;
    value
}
