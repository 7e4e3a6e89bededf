//! Why rhai is pinned to 1.25.1. If a newer rhai passes all of this, the pin in Cargo.toml can go.

use rhai::{Engine, Module, Scope};

fn engine_with_module(text: &str) -> Engine {
    let mut engine = Engine::new();
    let ast = engine.compile(text).unwrap();
    let module = Module::eval_ast_as_new(Scope::new(), &ast, &engine).unwrap();
    engine.register_static_module("m", module.into());
    engine
}

/// In 1.26 and 1.27: "Function not found: anon$…".
#[test]
fn a_closure_that_a_modules_function_returns_can_be_called() {
    let engine = engine_with_module("fn twice(factor) { |x| double(x) * factor }  private fn double(x) { 2 * x }");
    assert_eq!(engine.eval::<i64>("let f = m::twice(5); f.call(3)").unwrap(), 30);
}

/// In 1.27 the module's function of the same name was found instead.
#[test]
fn a_users_closure_called_inside_a_module_sees_the_users_functions() {
    let engine = engine_with_module("fn run(f) { f.call(1) }  fn helper(x) { x + 1000 }");
    assert_eq!(engine.eval::<i64>("fn helper(x) { x + 1 }  m::run(|x| helper(x))").unwrap(), 2);
}
