//! How the source is built: who may name whom, how long a file may be. Read from the text of `src`, without a compiler.

mod arrows;
mod rules;
