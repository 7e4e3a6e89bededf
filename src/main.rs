fn main() {
    imdbsh::cli::main()
}

/// Runs before the initialisers of all libraries.
#[cfg(target_os = "linux")]
#[used]
#[unsafe(link_section = ".preinit_array")]
static BEFORE_LIBTORCH: extern "C" fn() = imdbsh::cli::leave_if_nameless;
