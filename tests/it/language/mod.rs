mod doc_examples;
mod limits;
mod rhai_pin;
mod rhai_suites;
