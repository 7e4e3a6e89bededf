mod doc_examples;
mod limits;
mod own_library;
mod rhai_pin;
mod rhai_suites;
