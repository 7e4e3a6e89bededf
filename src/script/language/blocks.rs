//! Blocks of a script, put into expressions of our own.

use super::frames;
use rhai::{AST, CustomExpr, Dynamic, EvalAltResult, EvalContext, Expr, Expression, FlowControl, Stmt, StmtBlock};
use std::mem;

/// Makes a block one expression of ours, with the block inside.
pub fn put_into(block: &mut StmtBlock, name: &str, state: Dynamic) {
    let span = block.span();
    let inside = mem::take(block);
    let expression = CustomExpr {
        inputs: [Expr::Stmt(Box::new(inside))].into_iter().collect(),
        tokens: [name.into()].into_iter().collect(),
        state,
        scope_may_be_changed: false,
        self_terminated: true,
    };
    let expression = Stmt::Expr(Box::new(Expr::Custom(Box::new(expression), span.start())));
    *block = StmtBlock::new_with_span([expression], span);
}

/// Encloses a block, in front of which so many variables of its loop stand, and all in it. What stands in a `try` is left alone: there an error is not the end.
pub fn enclose_in(block: &mut StmtBlock, name: &str, loop_variables: i64) {
    if block.is_empty() {
        return;
    }
    block.statements_mut().iter_mut().for_each(|statement| enclose(statement, name));
    put_into(block, name, loop_variables.into());
}

/// Encloses the blocks that stand outside of functions.
pub fn enclose_all(ast: &AST, name: &str) {
    let statements = ast.statements();
    // SAFETY: the text has just been parsed, so that nothing else looks at its statements now.
    let statements = unsafe { std::slice::from_raw_parts_mut(statements.as_ptr().cast_mut(), statements.len()) };
    statements.iter_mut().for_each(|statement| enclose(statement, name));
}

fn enclose(statement: &mut Stmt, name: &str) {
    let both = |flow: &mut FlowControl, variables: i64| {
        enclose_in(&mut flow.body, name, variables);
        enclose_in(&mut flow.branch, name, 0);
    };
    match statement {
        Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) => both(flow, 0),
        Stmt::For(parts, _) => {
            let (_, counter, flow) = &mut **parts;
            both(flow, 1 + i64::from(counter.is_some()));
        }
        Stmt::Block(block) => enclose_in(block, name, 0),
        _ => {}
    }
}

/// Evaluates a block; where an error comes out of it, its variables are kept.
pub fn evaluate(
    context: &mut EvalContext,
    parts: &[Expression],
    state: &Dynamic,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let [body] = parts else { return Ok(Dynamic::UNIT) };
    let own = usize::try_from(state.as_int().unwrap_or(0)).unwrap_or(0);
    let is_outermost = frames::begin_block(context.scope().len().saturating_sub(own));
    // What it sets is still there when it has failed; the block around it, which is ours, takes it away.
    #[allow(deprecated, reason = "not deprecated but marked volatile; rhai is pinned")]
    let result = context.eval_expression_tree_raw(body, false);
    if let Err(error) = &result
        && !matches!(**error, EvalAltResult::LoopBreak(..) | EvalAltResult::Return(..) | EvalAltResult::Exit(..))
    {
        frames::note_failed(context.scope(), error);
    }
    if is_outermost {
        frames::end_block();
    }
    result
}
