//! What was done at a prompt, as a script that does it again.

use super::record::{Entry, Outcome, Record};
use crate::script::{
    api::Pause,
    language::{
        input::{Reader, shows_value},
        lexer::{Kind, Token, lex},
        syntax::last_ranges,
    },
};

/// The line that ends a pause, and with it the input that runs.
pub const ABORT: &str = ":abort";

impl Record {
    /// The session as a script, the input that is running included.
    pub fn script_so_far(&self) -> String {
        self.script() + self.running().as_deref().map(ended).unwrap_or_default().as_str()
    }

    /// The same with the pauses of the input that is running, and the one in which it is.
    pub fn script_with(&self, here: Option<Pause>) -> String {
        let inside: String = match self.pauses().is_empty() && here.is_none() {
            true => self.inside().iter().map(|(place, line)| comment(&format!("{place} {line}"))).collect(),
            false => self.pauses().iter().chain(&here).map(planned).collect(),
        };
        self.script() + inside.as_str() + self.running().as_deref().map(ended).unwrap_or_default().as_str()
    }

    /// The session as a script: it prints what the prompt showed. Inputs that failed are left out, unless random numbers were
    /// drawn in them.
    pub fn script(&self) -> String {
        let entries = self.entries();
        let reader = Reader::default();
        let mut script = self.first();
        if !script.is_empty() && !script.ends_with('\n') && !entries.is_empty() {
            script.push('\n');
        }
        let mut shown: Option<usize> = None;
        let needed = names_needed(&entries);
        for (i, entry) in entries.iter().enumerate() {
            for (place, line) in entry.inside.iter().filter(|_| entry.pauses.is_empty()) {
                script += &comment(&format!("{place} {line}"));
            }
            let was_aborted = entry.pauses.last().is_some_and(|pause| pause.lines.last().is_some_and(|l| l == ABORT));
            // What Ctrl-C has stopped at once is not done again, and so comes to none of its pauses.
            let is_done_again = was_aborted || !matches!(entry.outcome, Outcome::Stopped { .. });
            let pauses: String = entry.pauses.iter().map(planned).collect();
            script += &if is_done_again { pauses } else { comment(&pauses) };
            let text = with_name(&entry.text, shown);
            match &entry.outcome {
                Outcome::Done => script += &ended(&text),
                Outcome::Shown => {
                    script += &printed(&reader, &text, needed.contains(&i).then_some(i));
                    shown = Some(i);
                }
                Outcome::Stopped { left } if was_aborted => {
                    script += &attempt(&text);
                    script += &variables(left);
                }
                Outcome::Failed { message, drew, left } if reader.parses(&text) => {
                    script += &if *drew { attempt(&text) } else { comment(&text) };
                    script += &comment(&format!("failed: {message}"));
                    script += &variables(left);
                }
                // A slip of the finger.
                Outcome::Failed { .. } => {}
                Outcome::Stopped { left } => {
                    script += &comment(&text);
                    script += &comment("stopped by Ctrl-C; of what it had done by then, this script has:");
                    script += &variables(left);
                }
            }
        }
        script
    }
}

/// The entries whose values later ones use as `_`.
fn names_needed(entries: &[Entry]) -> Vec<usize> {
    let (mut needed, mut shown) = (Vec::new(), None);
    for (i, entry) in entries.iter().enumerate() {
        if !last_ranges(&entry.text, &lex(&entry.text)).is_empty() {
            needed.extend(shown);
        }
        if entry.outcome == Outcome::Shown {
            shown = Some(i);
        }
    }
    needed
}

/// The variable for the value of an entry.
fn value_name(entry: usize) -> String {
    format!("value_{}", entry + 1)
}

/// `_` replaced by the variable that it stands for.
fn with_name(text: &str, shown: Option<usize>) -> String {
    let Some(shown) = shown else { return text.to_string() };
    let mut out = text.to_string();
    for range in last_ranges(text, &lex(text)).into_iter().rev() {
        out.replace_range(range, &value_name(shown));
    }
    out
}

/// A text that ends its last statement.
fn ended(text: &str) -> String {
    let lexed = lex(text);
    let Some(last) = lexed.code().next_back() else { return format!("{text}\n") };
    let first = lexed.code().next().map_or("", |t| t.text(text));
    let is_block = ["fn", "private", "if", "for", "while", "loop", "do", "switch", "try"].contains(&first);
    match last.text(text) {
        ";" => format!("{text}\n"),
        "}" if is_block => format!("{text}\n"),
        _ => format!("{};{}\n", &text[..last.range.end], &text[last.range.end..]),
    }
}

/// An input whose value was shown, so that the script prints it; `name` is the entry whose value is used later.
fn printed(reader: &Reader, text: &str, name: Option<usize>) -> String {
    let (before, value) = text.split_at(last_statement(text));
    // It would end the script.
    let value =
        value.strip_prefix("return").filter(|v| v.starts_with(char::is_whitespace)).map_or(value, str::trim_start);
    let value_end = lex(value).code().next_back().map_or(0, |t| t.range.end);
    let (value, behind) = value.split_at(value_end);
    let print = match name {
        Some(entry) => format!("let {name} = {value};{behind}\nprint({name});\n", name = value_name(entry)),
        None => format!("print({value});{behind}\n"),
    };
    let whole = format!("{before}{print}");
    // What is no expression after all stays as it was typed.
    if shows_value(text) && reader.parses(&whole) { whole } else { ended(text) }
}

/// Where the last statement of a text begins.
fn last_statement(text: &str) -> usize {
    let lexed = lex(text);
    let mut depth = 0_i64;
    let mut start = 0;
    let code: Vec<&Token> = lexed.code().filter(|t| t.kind != Kind::Text).collect();
    for token in &code {
        match token.text(text) {
            "(" | "[" | "{" | "#{" | "${" | "?[" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            ";" if depth == 0 => start = token.range.end,
            _ => {}
        }
    }
    start + (text[start..].len() - text[start..].trim_start().len())
}

fn variables(left: &[(String, String)]) -> String {
    left.iter().map(|(name, value)| format!("let {name} = {value};\n")).collect()
}

/// An input that fails again.
fn attempt(text: &str) -> String {
    format!("try {{ {} }} catch {{ }}\n", ended(text).trim_end())
}

/// A pause that happens by itself when the script is run.
fn planned(pause: &Pause) -> String {
    let lines: Vec<String> = pause.lines.iter().map(|line| format!("{line:?}")).collect();
    format!("pause_at({}, [{}]);\n", pause.step, lines.join(", "))
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("// {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(entries: &[(&str, Outcome)]) -> String {
        let record = Record::default();
        for (text, outcome) in entries {
            record.add(text, outcome.clone());
        }
        record.script()
    }

    #[test]
    fn a_session_becomes_a_script_that_prints_what_was_shown() {
        let failed = |drew| Outcome::Failed { message: "no".into(), drew, left: Vec::new() };
        let entries = [
            ("let x = 1", Outcome::Done),
            ("x + 1 // more", Outcome::Shown),
            ("_ * 2", Outcome::Shown),
            ("fn f(a) {\n    a\n}", Outcome::Done),
            ("let y = 2; f(y)", Outcome::Shown),
            ("nope()", failed(false)),
            ("1 +* 2", failed(false)),
            ("randn([2]).nope()", failed(true)),
            ("let n = 0; loop { n += 1 }", Outcome::Stopped { left: vec![("n".into(), "7".into())] }),
            ("if x > 0 { 1 } else { 2 }", Outcome::Shown),
            ("f(1);", Outcome::Done),
            ("return x", Outcome::Shown),
        ];
        let expected = "\
let x = 1;
let value_2 = x + 1; // more
print(value_2);
print(value_2 * 2);
fn f(a) {
    a
}
let y = 2; print(f(y));
// nope()
// failed: no
try { randn([2]).nope(); } catch { }
// failed: no
// let n = 0; loop { n += 1 }
// stopped by Ctrl-C; of what it had done by then, this script has:
let n = 7;
print(if x > 0 { 1 } else { 2 });
f(1);
print(x);
";
        assert_eq!(script(&entries), expected);
    }

    #[test]
    fn pauses_are_planned_before_the_input_in_which_they_were_unless_ctrl_c_has_stopped_it() {
        let stopped = || Outcome::Stopped { left: Vec::new() };
        let paused = |step, line: &str, text, outcome| {
            let record = Record::default();
            record.add_pause(Pause { step, lines: vec![line.into()] });
            record.add(text, outcome);
            record.script()
        };
        assert_eq!(paused(3, "x = 1", "t.run();", Outcome::Done), "pause_at(3, [\"x = 1\"]);\nt.run();\n");
        let aborted = "pause_at(3, [\":abort\"]);\ntry { t.run(); } catch { }\n";
        assert_eq!(paused(3, ":abort", "t.run()", stopped()), aborted);
        let script = paused(3, "x = 1", "t.run()", stopped());
        assert!(script.starts_with("// pause_at(3, [\"x = 1\"]);\n// t.run()\n"), "{script}");
    }

    #[test]
    fn the_input_that_runs_is_in_the_script_so_far() {
        let record = Record::default();
        record.add("let x = 1", Outcome::Done);
        record.begin("train(x)");
        assert_eq!(record.script_so_far(), "let x = 1;\ntrain(x);\n");
        record.add("train(x)", Outcome::Done);
        assert_eq!(record.script_so_far(), record.script());
    }
}
