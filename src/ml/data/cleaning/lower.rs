//! Lower case.

use super::step::{Clean, Row, Step};
use std::borrow::Cow;

pub(super) const ROW: Row = Row {
    name: "to_lower",
    parameters: &[],
    about: "Texts in lower case, by Unicode's rules.",
    example: r#"assert_eq(texts(["Élan"]).to_lower()[0], "élan");"#,
    step: |_| Ok(step()),
};

pub(in crate::ml::data) fn step() -> Step {
    Step::new(ROW.name, &[], Lower)
}

#[derive(Debug)]
struct Lower;

impl Clean for Lower {
    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Cow::Owned(text.to_lowercase())
    }

    /// Two bytes may become three.
    fn most(&self, text: &str) -> usize {
        text.len().saturating_mul(2)
    }
}
