//! What the terminal can show, by what the environment says.

use std::env;

/// How many colours a stream's reader can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colours {
    None,
    /// The eight of old, and bright ones.
    Sixteen,
    /// A cube of 6 × 6 × 6, and greys.
    TwoHundredFiftySix,
    /// 24 bits.
    Full,
}

/// The colours for a stream that is a terminal, or none.
pub fn colours(is_terminal: bool) -> Colours {
    of(&variable, is_terminal)
}

/// Whether the terminal can do nothing but write lines, or nobody says what it can.
pub fn is_dumb() -> bool {
    is_dumb_by(&variable)
}

/// Whether the reader's characters are Unicode's: the locale says so, or nothing is said of any. `C` and `POSIX` are ASCII.
pub fn is_unicode() -> bool {
    is_unicode_by(&variable)
}

fn variable(name: &str) -> Option<String> {
    env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// `NO_COLOR` (no-color.org) goes before `FORCE_COLOR` (force-color.org; 1, 2, 3 say how many at least) and `CLICOLOR_FORCE` (bixense.com/clicolors), which go before what
/// the terminal is; 24 bits are there where `COLORTERM` says so.
fn of(get: Environment, is_terminal: bool) -> Colours {
    let set = |name: &str| get(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return Colours::None;
    }
    let forced = match get("FORCE_COLOR").as_deref() {
        Some("0" | "false") => return Colours::None,
        Some("2") => Colours::TwoHundredFiftySix,
        Some("3") => Colours::Full,
        Some(_) => Colours::Sixteen,
        None if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => Colours::Sixteen,
        None => Colours::None,
    };
    let is_off = set("CLICOLOR").is_some_and(|value| value == "0");
    if forced == Colours::None && (is_off || !is_terminal || is_dumb_by(get)) {
        return Colours::None;
    }
    let term = get("TERM").unwrap_or_default();
    let known = match set("COLORTERM").as_deref() {
        Some("truecolor" | "24bit") => Colours::Full,
        _ if term.ends_with("-direct") => Colours::Full,
        _ if term.contains("256color") => Colours::TwoHundredFiftySix,
        _ => Colours::Sixteen,
    };
    forced.max(known)
}

fn is_dumb_by(get: Environment) -> bool {
    // The console of Windows is no terminal of this kind, and sets none.
    get("TERM").map_or(cfg!(unix), |term| term.is_empty() || term == "dumb")
}

fn is_unicode_by(get: Environment) -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| get(name).filter(|value| !value.is_empty()));
    said.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase().replace('-', "");
        locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(variables: &[(&str, &str)], is_terminal: bool) -> Colours {
        let get = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        of(&get, is_terminal)
    }

    #[test]
    fn colours_are_as_many_as_the_environment_says() {
        use Colours::{Full, Sixteen, TwoHundredFiftySix};
        let xterm = ("TERM", "xterm-256color");
        for (variables, wanted) in [
            (vec![("TERM", "xterm")], Sixteen),
            (vec![xterm], TwoHundredFiftySix),
            (vec![xterm, ("COLORTERM", "truecolor")], Full),
            (vec![xterm, ("COLORTERM", "24bit")], Full),
            (vec![xterm, ("COLORTERM", "yes")], TwoHundredFiftySix),
            (vec![("TERM", "xterm-direct")], Full),
            (vec![], Colours::None),
            (vec![("TERM", "")], Colours::None),
            (vec![("TERM", "dumb")], Colours::None),
            (vec![("TERM", "dumb"), ("FORCE_COLOR", "1")], Sixteen),
            (vec![("TERM", "dumb"), ("FORCE_COLOR", "")], Sixteen),
            (vec![xterm, ("FORCE_COLOR", "0")], Colours::None),
            (vec![xterm, ("FORCE_COLOR", "3")], Full),
            (vec![xterm, ("NO_COLOR", "1")], Colours::None),
            (vec![xterm, ("NO_COLOR", "")], TwoHundredFiftySix),
            (vec![xterm, ("NO_COLOR", "1"), ("FORCE_COLOR", "3")], Colours::None),
            (vec![xterm, ("CLICOLOR", "0")], Colours::None),
            (vec![xterm, ("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")], TwoHundredFiftySix),
        ] {
            assert_eq!(by(&variables, true), wanted, "{variables:?}");
        }
        assert_eq!(by(&[xterm], false), Colours::None);
        for force in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
            assert_eq!(by(&[xterm, (force, "1")], false), TwoHundredFiftySix);
            assert_eq!(by(&[(force, "1")], false), Sixteen);
        }
        assert_eq!(by(&[xterm, ("CLICOLOR_FORCE", "0")], false), Colours::None);
    }

    #[test]
    fn a_locale_that_is_not_utf_8_is_ascii() {
        for (variables, wanted) in [
            (vec![], true),
            (vec![("LANG", "C.UTF-8")], true),
            (vec![("LANG", "de_DE.utf8")], true),
            (vec![("LANG", "C")], false),
            (vec![("LANG", "de_DE.ISO-8859-1")], false),
            (vec![("LC_ALL", "POSIX"), ("LANG", "C.UTF-8")], false),
            (vec![("LC_ALL", ""), ("LC_CTYPE", "en_US.UTF-8"), ("LANG", "C")], true),
        ] {
            let get =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
            assert_eq!(is_unicode_by(&get), wanted, "{variables:?}");
        }
    }
}
