//! From the library's errors to the interpreter's.

use super::nesting::text;
use crate::error::{Error, ErrorKind};
use rhai::{Dynamic, EvalAltResult, Map, Position};

/// What every function that scripts can call returns.
pub type ScriptResult<T> = Result<T, Box<EvalAltResult>>;

/// A script catches a map with `kind` and `message`; an interrupt cannot be caught.
///
/// The position stays open: the interpreter fills in that of the call.
impl From<Error> for Box<EvalAltResult> {
    fn from(error: Error) -> Self {
        if error.kind == ErrorKind::Interrupted {
            return EvalAltResult::ErrorTerminated(Dynamic::from(error.message), Position::NONE).into();
        }
        let mut map = Map::new();
        map.insert("kind".into(), error.kind.as_str().into());
        map.insert("message".into(), error.message.into());
        EvalAltResult::ErrorRuntime(map.into(), Position::NONE).into()
    }
}

/// The message of a thrown value: the `message` of a map, else the value as it prints.
pub fn message_of(thrown: &Dynamic) -> String {
    match thrown.read_lock::<Map>().and_then(|map| map.get("message").map(text)) {
        Some(message) => message,
        None => text(thrown),
    }
}
