//! `??name`: the source of a function.

use super::super::command::Call;
use super::help;
use crate::output::say;

/// Shows how a function is written, with its place. One of Rust has no source here: what is known of it is shown, and that.
pub fn show(call: &Call<'_, '_, '_>, name: &str) {
    // `net.forward` asks for the method.
    let plain = name.rsplit('.').next().unwrap_or(name);
    let found = call.workspace.source_of(plain);
    if found.is_empty() {
        let library = call.state.library(call.workspace);
        let is_native = library.docs.iter().any(|doc| doc.name == plain);
        help::show(call, name);
        if is_native {
            say(&format!("\n`{plain}` is native: it is written in Rust, and no script has its source"));
        }
        return;
    }
    let parts: Vec<String> = found.iter().map(|(place, text)| format!("{place}\n{text}")).collect();
    call.state.show(&parts.join("\n\n"));
}
