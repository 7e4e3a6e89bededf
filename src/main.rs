fn main() -> std::process::ExitCode {
    imdbsh::cli::main()
}
