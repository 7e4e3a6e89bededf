//! The functions that are at work, with their variables: for a prompt in the middle of one, and for one where something has failed.

use super::sources::CLOSURE;
use rhai::{Dynamic, EvalAltResult, ImmutableString, Position, Scope};
use std::{
    cell::{Cell, RefCell},
    fmt, mem,
};

/// A function that is at work, or the text of a session.
struct Frame {
    place: Place,
    scope: *mut Scope<'static>,
    /// How many of the variables are its callers'.
    base: usize,
    /// How many there were before the outermost block that is at work, its loop's own not counted.
    block: Option<usize>,
}

/// Where variables live.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Empty for what stands outside of functions.
    pub function: ImmutableString,
    /// The text, `s.rhai`.
    pub source: Option<ImmutableString>,
}

impl Place {
    /// Whether it is outside of functions.
    pub fn is_outside(&self) -> bool {
        self.function.is_empty()
    }

    pub fn is_closure(&self) -> bool {
        self.function.starts_with(CLOSURE)
    }
}

impl fmt::Display for Place {
    /// `fit in stdlib/train.rhai`, `a closure in s.rhai`, `s.rhai`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.source.as_deref().unwrap_or("a text");
        match (self.is_outside(), self.is_closure()) {
            (true, _) => write!(f, "{source}"),
            (_, true) => write!(f, "a closure in {source}"),
            _ => write!(f, "{} in {source}", self.function),
        }
    }
}

/// What had gone wrong where, the innermost function first.
#[derive(Debug, Clone)]
pub struct Failed {
    pub place: Place,
    /// In the order in which they were set.
    pub variables: Vec<(String, Dynamic)>,
    depth: usize,
    position: Position,
}

thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
    /// Old values of variables that were changed while something ran.
    static PARKED: RefCell<Vec<Dynamic>> = const { RefCell::new(Vec::new()) };
    /// Whether variables are kept where something fails.
    static KEEPS: Cell<bool> = const { Cell::new(false) };
    static FAILED: RefCell<Vec<Failed>> = const { RefCell::new(Vec::new()) };
}

/// While it lives, its function is at work.
pub struct Entered(());

impl Drop for Entered {
    fn drop(&mut self) {
        FRAMES.with_borrow_mut(Vec::pop);
    }
}

/// Notes that the variables of `scope` from `base` on are those of what begins now, which ends before `scope` does.
pub fn enter(scope: &mut Scope, base: usize, place: Place) -> Entered {
    // Whoever is called through it looks at it only while what begins now is at work, see `with_callers`.
    let scope = (&raw mut *scope).cast();
    FRAMES.with_borrow_mut(|all| all.push(Frame { place, scope, base, block: None }));
    Entered(())
}

/// Where the function is at work that runs now.
pub fn here() -> Option<Place> {
    FRAMES.with_borrow(|all| all.last().map(|frame| frame.place.clone()))
}

/// A variable of a caller, which was lent.
pub struct Lent {
    pub name: String,
    pub place: Place,
    slot: *mut Dynamic,
}

/// Puts copies of the variables of all callers, the innermost first, into `scope` behind those that are there; of several of the same name that which is
/// found first, and none that `scope` has. What becomes of them is told by [`give_back`].
pub fn lend(scope: &mut Scope) -> Vec<Lent> {
    let mut lent: Vec<Lent> = Vec::new();
    FRAMES.with_borrow(|all| {
        let callers = all.split_last().map(|(_, callers)| callers).unwrap_or_default();
        for frame in callers.iter().rev() {
            if frame.scope.cast_const().cast::<()>() == (&raw const *scope).cast() {
                continue;
            }
            // SAFETY: the scope is one of a caller of what runs now, further down on the stack, where nothing looks at it until what runs has come back. No variable is added to it or
            // taken out of it.
            let theirs = unsafe { &mut *frame.scope };
            let own = theirs.len().saturating_sub(frame.base);
            let names: Vec<String> = theirs.iter_raw().take(own).map(|(name, ..)| name.to_string()).collect();
            for name in names {
                // One that is in use cannot be looked at.
                let Some(value) = theirs.get(&name).filter(|value| !scope.contains(&name) && !value.is_locked()) else {
                    continue;
                };
                if value.is_read_only() {
                    scope.push_constant_dynamic(name, value.clone());
                    continue;
                }
                scope.push_dynamic(name.clone(), value.clone());
                if let Some(slot) = theirs.get_mut(&name) {
                    lent.push(Lent { name, place: frame.place.clone(), slot: &raw mut *slot });
                }
            }
        }
    });
    lent
}

/// Puts those variables that `is_changed` (by name, of the old value and the new one) to where they live. The old values stay in memory until nothing runs any more: a function of
/// Rust that was called with one, and is still at work, has a reference into it.
pub fn give_back(scope: &Scope, lent: Vec<Lent>, is_changed: impl Fn(&str, &Dynamic, &Dynamic) -> bool) {
    for Lent { name, slot, .. } in lent {
        // SAFETY: as in `lend`: nothing was added to that scope or taken out of it meanwhile.
        let slot = unsafe { &mut *slot };
        let Some(value) = scope.get(&name).filter(|value| !value.is_locked() && !slot.is_locked()) else { continue };
        // What a closure has captured is the same value everywhere.
        if slot.is_shared() && value.is_shared() || !is_changed(&name, slot, value) {
            continue;
        }
        let value = value.flatten_clone();
        let old = match slot.is_shared() {
            true => slot.write_lock::<Dynamic>().map(|mut cell| mem::replace(&mut *cell, value)),
            false => Some(mem::replace(slot, value)),
        };
        PARKED.with_borrow_mut(|parked| parked.extend(old));
    }
}

/// Forgets the old values of variables that were changed from inside: nothing runs any more.
pub fn forget_parked() {
    if FRAMES.with_borrow(Vec::is_empty) {
        drop(PARKED.take());
    }
}

/// A block begins, in front of which the function has so many variables. Says whether it is the outermost one, which [`end_block`] ends.
pub fn begin_block(variables: usize) -> bool {
    FRAMES.with_borrow_mut(|all| {
        all.last_mut().is_some_and(|frame| {
            let is_outermost = frame.block.is_none();
            frame.block.get_or_insert(variables);
            is_outermost
        })
    })
}

pub fn end_block() {
    FRAMES.with_borrow_mut(|all| all.last_mut().map(|frame| frame.block.take()));
}

/// Says whether variables are to be kept where something fails: of what is parsed from here on.
pub fn keep_failed(keeps: bool) {
    KEEPS.set(keeps);
}

pub fn keeps_failed() -> bool {
    KEEPS.get()
}

/// The functions in which the last error was raised, the innermost first, with their variables; they are forgotten here.
pub fn failed() -> Vec<Failed> {
    FAILED.take()
}

/// The innermost of them.
pub fn failed_place() -> Option<Place> {
    FAILED.with_borrow(|failed| failed.first().map(|function| function.place.clone()))
}

/// An error comes out of a block in the function that runs now, which ends with it: keeps the variables. Of blocks in each other the innermost comes first.
pub fn note_failed(scope: &Scope, error: &EvalAltResult) {
    if !keeps_failed() {
        return;
    }
    let frame = FRAMES.with_borrow(|all| {
        // What stands outside of functions and blocks stays in the session.
        let first = |frame: &Frame| if frame.place.function.is_empty() { frame.block } else { Some(frame.base) };
        all.last().map(|frame| (frame.place.clone(), first(frame).unwrap_or(scope.len()), all.len()))
    });
    let Some((place, first, depth)) = frame else { return };
    let comes_from_inside = matches!(error, EvalAltResult::ErrorInFunctionCall(..));
    let position = error.position();
    FAILED.with_borrow_mut(|failed| {
        match failed.last() {
            Some(last) if last.depth == depth && last.position == position => return,
            Some(last) if comes_from_inside && last.depth == depth + 1 => {}
            _ => failed.clear(),
        }
        failed.push(Failed { place, variables: values(scope, first), depth, position });
    });
}

/// The variables from the place `first` on.
fn values(scope: &Scope, first: usize) -> Vec<(String, Dynamic)> {
    let count = scope.len().saturating_sub(first);
    let mut names: Vec<String> = scope.iter_raw().take(count).map(|(name, ..)| name.to_string()).collect();
    names.reverse();
    let mut variables: Vec<(String, Dynamic)> = Vec::new();
    for name in names {
        let is_new = !variables.iter().any(|(known, _)| *known == name);
        if is_new && let Some(value) = scope.get(&name).filter(|value| !value.is_locked()) {
            variables.push((name, value.clone()));
        }
    }
    variables
}
