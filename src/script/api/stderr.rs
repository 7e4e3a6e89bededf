//! What a script says beside its results.

use crate::output::complain;
use crate::script::base::ScriptResult;
use rhai::plugin::*;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Says something on stderr, a line, where notes and errors stand: what is worth a word, and is no result.
    ///
    /// ```rhai
    /// eprint("no review is longer than 300 words");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn eprint(text: &str) -> ScriptResult<()> {
        complain(text);
        Ok(())
    }
}
