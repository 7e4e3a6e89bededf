//! What is written behind a `:command`, for whoever completes or reads it before it is run.

use crate::script::Command;

/// The commands behind which code stands; a test in `commands` sees to it that these are all.
pub const TAKE_CODE: [&str; 2] = ["time", "bench"];

/// What is written behind a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    File,
    /// Of a function, a module or a variable.
    Name,
    Code,
    /// Nothing, or something that cannot be completed.
    Other,
}

/// The command that `line` begins with and what it takes, once that can be typed: `:load ` and more.
pub fn begun<'l>(commands: &[Command], line: &'l str) -> Option<(Argument, &'l str)> {
    let (name, rest) = line.strip_prefix(':')?.split_once(' ')?;
    let command = commands.iter().find(|c| c.name == name)?;
    let argument = match command.argument.trim_matches(['[', ']']).split(' ').next().unwrap_or_default() {
        "FILE" => Argument::File,
        "NAME" if command.name != "set" => Argument::Name,
        "CODE" => Argument::Code,
        _ => Argument::Other,
    };
    Some((argument, rest))
}

/// The code behind one of the commands that every prompt has.
pub fn begun_code(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix(':')?.split_once(' ')?;
    TAKE_CODE.contains(&name).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_takes_is_told_from_its_row() {
        let command = |name, argument| Command { name, argument, about: "" };
        let commands =
            [command("load", "FILE"), command("doc", "[NAME]"), command("time", "CODE"), command("vars", "")];
        assert_eq!(begun(&commands, ":load a.rhai"), Some((Argument::File, "a.rhai")));
        assert_eq!(begun(&commands, ":doc "), Some((Argument::Name, "")));
        assert_eq!(begun(&commands, ":time f("), Some((Argument::Code, "f(")));
        assert_eq!(begun(&commands, ":vars x"), Some((Argument::Other, "x")));
        assert_eq!(begun(&commands, ":load"), None);
        assert_eq!(begun(&commands, ":other x"), None);
    }
}
