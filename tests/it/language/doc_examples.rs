//! Every function that a script can call has a doc with an example, and every example runs.

use crate::common::alone::alone;
use imdbsh::script::{Session, Setup, docs};

#[test]
fn every_script_function_has_a_doc_and_its_examples_run() {
    alone!();
    // Examples write into the current folder, and read a model that lies in the repository's.
    let folder = tempfile::tempdir().unwrap();
    std::env::set_current_dir(&folder).unwrap();
    let engine = Session::new(Setup::named("docs")).unwrap().engine;
    let mut wrong = Vec::new();
    for doc in docs::index(&engine).into_iter().filter(|d| !d.builtin) {
        let examples = doc.examples();
        if examples.is_empty() {
            wrong.push(format!("{}: no example", doc.name));
        }
        for example in examples {
            let data_dir = Some(env!("CARGO_MANIFEST_DIR").into());
            let mut session = Session::new(Setup { data_dir, ..Setup::named("docs") }).unwrap();
            if let Err(failure) = session.eval(&doc.name, &example) {
                wrong.push(format!("{}: {failure:?}", doc.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} docs are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
