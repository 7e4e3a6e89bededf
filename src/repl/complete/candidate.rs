//! One way to go on.

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As it is listed.
    pub shown: String,
    /// What takes the place of the word that was begun.
    pub text: String,
}

/// One that is listed as it is put in.
pub fn candidate(text: impl Into<String>) -> Candidate {
    let text = text.into();
    Candidate { shown: text.clone(), text }
}
