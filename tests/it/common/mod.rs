//! What the tests share.

pub mod alone;
pub mod events;
pub mod networks;
pub mod python;
pub mod pytorch;
pub mod runs;
pub mod scripts;
pub mod server;
#[cfg(unix)]
pub mod terminal;
