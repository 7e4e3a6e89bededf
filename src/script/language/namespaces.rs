//! A function calls the functions of its own text, whoever has called it.
//!
//! Rhai looks a call up in the texts of all callers as well, and keeps what it has found by the function's name and the number of arguments:
//! where two texts have a function of the same name, a private one too, one text would call that of the other, or not, as the
//! hashes of this process have it. So the body of each function is put into an expression of our own, which evaluates it among the functions of
//! its text alone, and with a memory of its own, where the caller's text is another.

use super::{
    blocks,
    frames::{self, Place},
};
use rhai::{AST, Engine, EvalContext, Expr, Expression, Module, ParseError, Scope};
use rhai::{Dynamic, EvalAltResult, FnPtr, GlobalRuntimeState, Position, ScriptFuncDef, Shared, StaticVec};
use std::cell::{Cell, RefCell};
use std::mem;
use std::ptr;

/// What the interpreter calls the expressions; no script can write them.
const BODY: &str = "body of a function";
const BLOCK: &str = "block of a function";

/// The functions of several texts, the innermost last.
type Texts = StaticVec<Shared<Module>>;

thread_local! {
    /// The functions of the text in which calls are looked up now.
    static CURRENT: Cell<*const Module> = const { Cell::new(ptr::null()) };
    /// Those of the callers, which are put aside meanwhile.
    static CALLERS: RefCell<Vec<Texts>> = const { RefCell::new(Vec::new()) };
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

/// Callers that are put aside; they are forgotten also where something panics.
struct Aside;

impl Aside {
    fn put(callers: Texts) -> Self {
        CALLERS.with_borrow_mut(|all| all.push(callers));
        Aside
    }

    fn back(self) -> Texts {
        CALLERS.with_borrow_mut(|all| all.last_mut().map(mem::take)).unwrap_or_default()
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        CALLERS.with_borrow_mut(Vec::pop);
    }
}

/// The functions of all texts that are at work where `context` stands, the innermost first.
pub fn at_work(context: &EvalContext) -> Vec<Shared<Module>> {
    let here = context.global_runtime_state().lib.iter().rev().cloned();
    let callers =
        CALLERS.with_borrow(|all| all.iter().rev().flat_map(|texts| texts.iter().rev().cloned()).collect::<Vec<_>>());
    here.chain(callers).collect()
}

/// The function `name` of the text that runs in `global`, to be called from anywhere; any function of this name, where that text has none, or
/// several.
///
/// # Errors
/// A name that no function can have.
pub fn function_named(global: &GlobalRuntimeState, name: &str) -> Result<FnPtr, Box<EvalAltResult>> {
    let own = global.lib.last().into_iter().flat_map(|text| text.iter_script_fn_info());
    let mut own = own.filter(|(.., known, _, _)| *known == name).map(|(.., function)| function.clone());
    let (Some(function), None) = (own.next(), own.next()) else { return FnPtr::new(name) };
    // As the interpreter does it with a closure: it gets the surroundings of where it is.
    let pointer = Expr::DynamicConstant(Box::new(FnPtr::from(function).into()), Position::NONE);
    let pointer = pointer.get_literal_value(Some(global)).and_then(Dynamic::try_cast);
    pointer.map_or_else(|| FnPtr::new(name), Ok)
}

/// Teaches `engine` to evaluate what [`compiled`] gives.
pub fn register(engine: &mut Engine) {
    let never = |_: &[_], _: &str, _: &mut Dynamic| Ok(None);
    engine.register_custom_syntax_with_state_raw(BODY, never, false, evaluate);
    let never = |_: &[_], _: &str, _: &mut Dynamic| Ok(None);
    engine.register_custom_syntax_with_state_raw(BLOCK, never, false, blocks::evaluate);
}

/// Parses a text, which sees the constants of `scope`.
///
/// # Errors
/// A text that does not parse.
pub fn compiled(engine: &Engine, scope: &Scope, text: &str) -> Result<AST, ParseError> {
    #[expect(clippy::disallowed_methods, reason = "this is what stands for it")]
    let ast = engine.compile_with_scope(scope, text)?;
    ast.iter_fn_def().for_each(enclose);
    if frames::keeps_failed() {
        blocks::enclose_all(&ast, BLOCK);
    }
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
    if frames::keeps_failed() {
        blocks::enclose_in(&mut function.body, BLOCK, 0);
    }
    let name = function.name.clone();
    blocks::put_into(&mut function.body, BODY, name.into());
}

fn evaluate(context: &mut EvalContext, parts: &[Expression], name: &Dynamic) -> Result<Dynamic, Box<EvalAltResult>> {
    let [body] = parts else { return Ok(Dynamic::UNIT) };
    let source = context.global_runtime_state().source.clone();
    let place = Place { function: name.clone().into_immutable_string().unwrap_or_default(), source };
    // Its parameters are all that it has, for each call has variables of its own.
    let _entered = frames::enter(context.scope_mut(), 0, place);
    let texts = &mut context.global_runtime_state_mut().lib;
    let Some(own) = texts.last().cloned() else { return context.eval_expression_tree(body) };
    let is_same = Shared::as_ptr(&own) == CURRENT.get();
    if is_same && texts.len() == 1 {
        return context.eval_expression_tree(body);
    }
    let _entered = Entered::text(Shared::as_ptr(&own));
    // Also where it is the same text again: a closure brings a copy of all texts, and a closure made in it one of twice as many.
    let aside = Aside::put(mem::replace(texts, [own].into_iter().collect()));
    let value = match is_same {
        true => context.eval_expression_tree(body),
        false => context.new_frame().with_new_caching_layer().eval_expression_tree(body),
    };
    context.global_runtime_state_mut().lib = aside.back();
    value
}
