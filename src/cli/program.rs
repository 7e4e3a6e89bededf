//! What was asked, and the exit code that answers it.

use super::command::{Row, start};
use super::commands::{Run, TABLE};
use super::flags::Flags;
#[cfg(unix)]
use super::folder;
use super::needs;
use crate::ml::{denormals, heap, small_operations};
use crate::output::{self, complain, is_stderr_coloured, is_stdout_coloured, report, say_coloured};
use crate::script::{self, Failure};
use crate::{interrupt, memory};
use clap::{ArgMatches, Args, FromArgMatches};

const SCRIPT_ERROR: u8 = 1;
const USAGE: u8 = 2;

/// Runs Rhai scripts over libtorch: tensors, IMDb reviews, LSTM and BiLSTM networks, optimizers, plots.
///
/// Without a file, a prompt.
#[derive(Args)]
#[command(version, subcommand_precedence_over_arg = true)]
struct Cli {
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    flags: Flags,
}

pub fn main() -> ! {
    interrupt::exit_when_written(run().into())
}

/// Gives the exit code.
fn run() -> u8 {
    let asked = match parser(TABLE).try_get_matches() {
        Ok(asked) => asked,
        Err(answer) => return answered(&answer),
    };
    if let Err(lack) = enough() {
        complain(&format!("error: {lack}"));
        return SCRIPT_ERROR;
    }
    // First of all: the threads that libtorch starts take it over.
    denormals::flush_to_zero();
    heap::share();
    small_operations::stay_on_one_thread();
    interrupt::install(complain);
    script::quiet_panics();
    let code = memory::with_stack(|| code(answer(TABLE, &asked)));
    code.unwrap_or_else(|cause| {
        complain(&format!("error: {cause}"));
        SCRIPT_ERROR
    })
}

/// Looks at what no program goes without.
fn enough() -> Result<(), String> {
    #[cfg(unix)]
    folder::come_back()?;
    needs::files()?;
    needs::threads(needs::FIRST_THREADS)
}

/// Shows what clap answers itself: `--help`, `--version`, and what it does not understand.
fn answered(answer: &clap::Error) -> u8 {
    let text = answer.render();
    let shown = |is_coloured| match is_coloured {
        true => text.ansi().to_string(),
        false => text.to_string(),
    };
    match answer.use_stderr() {
        true => report(shown(is_stderr_coloured()).trim_end()),
        false => say_coloured(shown(is_stdout_coloured()).trim_end()),
    }
    answer.exit_code() as u8
}

/// Reads the command line of a program with these commands.
fn parser(table: &[Row]) -> clap::Command {
    // The commands first: by the order in which all is added, `--help` lists it.
    Cli::augment_args(clap::Command::new("imdbsh").subcommands(table.iter().map(Row::parser)))
}

fn code(result: Result<(), Failure>) -> u8 {
    match result {
        Ok(()) => match output::lost() {
            None => 0,
            Some(why) => {
                complain(&why);
                SCRIPT_ERROR
            }
        },
        Err(Failure::Script(text)) => {
            report(&text);
            SCRIPT_ERROR
        }
        Err(Failure::Interrupted(text)) => {
            report(&text);
            interrupt::code()
        }
        Err(Failure::Usage(message)) => {
            complain(&format!("error: {message}"));
            USAGE
        }
    }
}

/// Does what was asked: one of the commands, or, without, what to run.
fn answer(table: &[Row], asked: &ArgMatches) -> Result<(), Failure> {
    let Cli { run, flags } = Cli::from_arg_matches(asked).map_err(|e| Failure::Usage(e.to_string()))?;
    let Some((name, arguments)) = asked.subcommand() else { return start(run, flags) };
    if let Some(other) = run.first() {
        return Err(Failure::Usage(format!("`{other}` and a command: one of the two, please")));
    }
    match table.iter().find(|row| row.name == name) {
        Some(row) => (row.run)(arguments, flags),
        None => Err(Failure::Usage(format!("there is no command {name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::{Command, Guests, row};
    use super::*;

    /// Says a word after another.
    #[derive(Args)]
    struct Echo {
        word: String,
    }

    impl Command for Echo {
        fn guests(&self) -> Guests {
            Guests::None
        }

        fn run(self, flags: Flags) -> Result<(), Failure> {
            Err(Failure::Usage(format!("{} {:?}", self.word, flags.seed)))
        }
    }

    fn said(arguments: &[&str]) -> String {
        let table = [row::<Echo>("echo")];
        let asked = parser(&table).try_get_matches_from(arguments).unwrap();
        answer(&table, &asked).unwrap_err().into_report()
    }

    #[test]
    fn a_new_command_is_a_row() {
        assert_eq!(said(&["imdbsh", "echo", "hello", "--seed", "3"]), "hello Some(3)");
        assert!(said(&["imdbsh", "a.rhai", "echo", "hello"]).contains("`a.rhai` and a command"));
        let help = parser(&[row::<Echo>("echo")]).render_help().to_string();
        assert!(help.contains("echo  Says a word after another"), "{help}");
    }
}
