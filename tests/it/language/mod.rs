mod checks;
mod doc_examples;
mod guide;
mod limits;
mod memory;
mod namespaces;
mod nesting;
mod own_library;
mod rhai_pin;
mod rhai_suites;
#[cfg(unix)]
mod unheard;
mod unkept;
