//! Words that are searched for in the texts of the docs.

/// What a search asks for.
pub struct Words {
    wanted: Vec<String>,
    /// One or two letters stand in every text, as the name of something.
    pub is_short: bool,
}

impl Words {
    pub fn of(words: &str) -> Words {
        let wanted: Vec<String> = split(words).filter(|word| !word.is_empty()).collect();
        let is_short = wanted.iter().all(|word| word.len() < 3);
        Words { wanted, is_short }
    }

    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Whether all of them occur, each at the beginning of a word.
    pub fn stand_in(&self, text: &str) -> bool {
        let words: Vec<String> = split(text).collect();
        let is_there =
            |wanted: &String| words.iter().any(|word| word == wanted || !self.is_short && word.starts_with(wanted));
        self.wanted.iter().all(is_there)
    }

    /// Whether all of them are parts of a name.
    pub fn are_part_of(&self, name: &str) -> bool {
        !self.is_short && self.wanted.iter().all(|wanted| name.to_lowercase().contains(wanted))
    }
}

fn split(text: &str) -> impl Iterator<Item = String> {
    let text = text.to_lowercase();
    let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_string).collect();
    words.into_iter()
}
