//! Writes libtorch's folder into the program, so that it runs with no `LD_LIBRARY_PATH`, and says what to do where there
//! is no libtorch: the bindings' own complaint is a page of C++. Compiles what the bindings lack, in C++, against the same libtorch as the bindings.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    // Of a path that is not there, cargo thinks at each build that it has changed.
    if fs::exists("libtorch").unwrap_or(false) {
        println!("cargo::rerun-if-changed=libtorch");
    }
    println!("cargo::rerun-if-changed=build.rs");
    // They are embedded, and nothing else would notice a new file in them.
    println!("cargo::rerun-if-changed=stdlib");
    println!("cargo::rerun-if-changed=docs/guide/src");
    // Unset only when cargo runs outside the checkout and so does not read `.cargo/config.toml`; the bindings then look
    // for a libtorch of the system's, which needs no path.
    let Some(root) = env::var_os("LIBTORCH").map(PathBuf::from) else {
        println!("cargo::rustc-env=IMDBSH_LIBTORCH_VERSION=system");
        compile(&[]);
        return;
    };
    let version = fs::read_to_string(root.join("build-version")).unwrap_or_else(|_| "unknown".into());
    println!("cargo::rustc-env=IMDBSH_LIBTORCH_VERSION={}", version.trim());
    if root.is_relative() {
        println!(
            "cargo::error=LIBTORCH={} must be a full path, for its bindings are compiled in another folder",
            root.display()
        );
        return;
    }
    // The checkout holds a link; the program must outlive the checkout, so it remembers where the link leads.
    let Ok(lib) = fs::canonicalize(root.join("lib")) else {
        println!(
            "cargo::error=there is no libtorch at {}: run `make libtorch` once, which gets it, then build again",
            root.display()
        );
        return;
    };
    println!("cargo::rustc-link-arg=-Wl,-rpath,{}", lib.display());
    let include = env::var_os("LIBTORCH_INCLUDE").map_or(root, PathBuf::from).join("include");
    compile(&[include]);
    // No symbol of it is named, since CUDA registers itself when it is loaded: the linker would leave it out.
    let cuda = lib.join("libtorch_cuda.so");
    if cuda.exists() {
        println!("cargo::rustc-link-arg=-Wl,--no-as-needed");
        println!("cargo::rustc-link-arg={}", cuda.display());
        println!("cargo::rustc-link-arg=-Wl,--as-needed");
    }
}

/// What the bindings lack.
const FILES: [&str; 10] = [
    "src/memory/cpu_allocator.cpp",
    "src/ml/small_operations.cpp",
    "src/ml/kernels/processor.cpp",
    "src/ml/optim/adam.cpp",
    "src/ml/optim/grad.cpp",
    "src/ml/models/encoder/kernel/attention.cpp",
    "src/ml/models/encoder/kernel/positions.cpp",
    "src/ml/models/recurrent/kernel/function.cpp",
    "src/ml/models/windows/kernel/function.cpp",
    "src/ml/tensor/rows.cpp",
];

/// What computes, and knows nothing of libtorch: optimised in every build, or nobody could train with an unoptimised one.
const KERNELS: [&str; 11] = [
    "src/ml/kernels/draws.cpp",
    "src/ml/kernels/products.cpp",
    "src/ml/models/encoder/kernel/heads.cpp",
    "src/ml/models/encoder/kernel/numbers.cpp",
    "src/ml/optim/moments.cpp",
    "src/ml/models/recurrent/kernel/gru.cpp",
    "src/ml/models/recurrent/kernel/lstm.cpp",
    "src/ml/models/recurrent/kernel/rnn.cpp",
    "src/ml/models/recurrent/kernel/steps.cpp",
    "src/ml/models/windows/kernel/convolution.cpp",
    "src/ml/models/windows/kernel/pooling.cpp",
];

/// What `FILES` and `KERNELS` become.
const LIBRARIES: [&str; 2] = ["imdbsh_libtorch", "imdbsh_kernels"];

/// Where what kernels share lies.
const SHARED: &str = "src/ml/kernels";

const HEADERS: [&str; 14] = [
    "src/memory/kept.h",
    "src/ml/kernels/draws.h",
    "src/ml/kernels/lanes.h",
    "src/ml/kernels/processor.h",
    "src/ml/kernels/products.h",
    "src/ml/kernels/threads.h",
    "src/ml/kernels/watch.h",
    "src/ml/models/encoder/kernel/heads.h",
    "src/ml/models/encoder/kernel/numbers.h",
    "src/ml/models/recurrent/kernel/cell.h",
    "src/ml/models/recurrent/kernel/steps.h",
    "src/ml/models/recurrent/kernel/units.h",
    "src/ml/models/windows/kernel/windows.h",
    "src/ml/optim/moments.h",
];

/// Compiled when one of them, or how they are compiled, has changed: this program runs also where a script of `stdlib` has,
/// and they take a minute.
fn compile(include: &[PathBuf]) {
    let files = || FILES.iter().chain(&KERNELS).chain(&HEADERS);
    for file in files() {
        println!("cargo::rerun-if-changed={file}");
    }
    let variables = ["LIBTORCH_INCLUDE", "LIBTORCH_CXX11_ABI", "CXX", "CXXFLAGS"];
    for name in variables {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder for what is built"));
    println!("cargo::rustc-link-search=native={}", out.display());
    for name in LIBRARIES {
        println!("cargo::rustc-link-lib=static={name}");
    }
    let is_apple = env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple");
    println!("cargo::rustc-link-lib={}", if is_apple { "c++" } else { "stdc++" });

    let told = ["TARGET", "OPT_LEVEL", "DEBUG"].iter().chain(&variables).map(|name| env::var(name).unwrap_or_default());
    let texts = ["build.rs"].iter().chain(files()).map(|file| fs::read_to_string(file).unwrap_or_default());
    let made_of = format!("{include:?}\n{}", told.chain(texts).collect::<Vec<_>>().join("\n"));
    let (libraries, stamp) = (LIBRARIES.map(|name| out.join(format!("lib{name}.a"))), out.join("made_of"));
    let is_made = fs::read_to_string(&stamp).is_ok_and(|was| was == made_of);
    if is_made && libraries.iter().all(|library| library.exists()) {
        return;
    }
    let abi = env::var("LIBTORCH_CXX11_ABI").unwrap_or_else(|_| "1".into());
    cc::Build::new()
        .cargo_metadata(false)
        .cpp(true)
        .std("c++17")
        .warnings(false)
        .define("_GLIBCXX_USE_CXX11_ABI", abi.as_str())
        .includes(include)
        .include(SHARED)
        .files(FILES)
        .compile(LIBRARIES[0]);
    cc::Build::new()
        .cargo_metadata(false)
        .cpp(true)
        .std("c++17")
        .opt_level(3)
        .flag_if_supported("-ffp-contract=fast")
        // A root is an instruction, and no call that may note an error.
        .flag_if_supported("-fno-math-errno")
        // Vectors cross no border of a function that is not inlined.
        .flag_if_supported("-Wno-psabi")
        .include(SHARED)
        .files(KERNELS)
        .compile(LIBRARIES[1]);
    fs::write(stamp, made_of).expect("the folder for what is built can be written");
}
