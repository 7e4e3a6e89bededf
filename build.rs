//! Writes libtorch's folder into the program, so that it runs with no `LD_LIBRARY_PATH`.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    println!("cargo:rerun-if-changed=libtorch");
    let Some(root) = env::var_os("LIBTORCH").map(PathBuf::from) else {
        return;
    };
    // The checkout holds a link; the program must outlive the checkout, so it remembers where the link leads.
    let root = fs::canonicalize(&root).unwrap_or(root);
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", root.join("lib").display());
}
