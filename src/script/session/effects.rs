//! What is set at a pause and has no effect any more.

use crate::script::{
    api::{folder, handles::TrainingHandle},
    language::lexer::{Kind, Token, lex},
};
use rhai::Map;

/// Options of a training that were read when it began: what they are about, and what would work instead. `RUN` is the run's folder, `VALUE` what was to be set.
const READ: &[(&[&str], &str, &str)] = &[
    (
        &["batch", "shuffle", "bucket", "drop_last"],
        "what batches are was settled when the training began",
        ":stop, and then `imdbsh resume RUN NAME=…`",
    ),
    (
        &["epochs"],
        "how far this goes was settled when it was called",
        ":stop and `t.run(5)`, or `imdbsh resume RUN epochs=…`",
    ),
    (
        &[
            "monitor",
            "metrics",
            "callbacks",
            "average",
            "restore_best",
            "tensorboard",
            "run",
            "name",
            "tags",
            "notes",
            "on_disk_error",
        ],
        "it was read when the training began",
        ":stop, and a training that is begun with it",
    ),
];

/// The training that is paused.
pub struct Effects(TrainingHandle);

impl Effects {
    pub fn of(training: TrainingHandle) -> Self {
        Effects(training)
    }

    /// Notes on the options that a line sets, where that changes nothing.
    pub fn without(&self, line: &str) -> Vec<String> {
        let options = self.0.get("o").and_then(|o| o.try_cast::<Map>()).unwrap_or_default();
        fields_set(line, "o").into_iter().filter_map(|name| self.note(&name, &options)).collect()
    }

    fn note(&self, name: &str, options: &Map) -> Option<String> {
        if !options.contains_key(name) {
            return Some(format!(
                "note: `o` is the options of the training, which has none called `{name}`: nothing reads it. What a script made of its own option when it came by, such as \
                 `penalty::l2(o.l2)`, stays; set that: o.penalty, o.schedule, optimizer.lr"
            ));
        }
        let (_, why, instead) = READ.iter().find(|(names, ..)| names.contains(&name))?;
        let run = folder::path_of(&self.0).unwrap_or_else(|| "RUN".into());
        let instead = instead.replace("RUN", &run).replace("NAME", name);
        Some(format!("note: `o.{name}` has no effect any more: {why}. What works: {instead}"))
    }
}

/// The fields of the variable that a text gives a value to: `batch` in `o.batch = 32`.
fn fields_set(text: &str, variable: &str) -> Vec<String> {
    let lexed = lex(text);
    let code: Vec<&Token> = lexed.code().collect();
    let assigns = |operator: &str| operator.ends_with('=') && !["==", "!=", "<=", ">="].contains(&operator);
    let is_set = |parts: &&[&Token]| {
        parts[0].text(text) == variable
            && parts[1].text(text) == "."
            && parts[2].kind == Kind::Name
            && assigns(parts[3].text(text))
    };
    code.windows(4).filter(is_set).map(|parts| parts[2].text(text).to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_set_are_told_from_those_that_are_read() {
        let text = "o.batch = 32; x = o.lr == 1; o.l2 += 0.1; t.o.clip = 1; other.o = 2";
        assert_eq!(fields_set(text, "o"), ["batch", "l2", "clip"]);
    }
}
