//! How many of the words of texts have a vector.

use super::WordVectors;
use crate::ml::data::Tokens;

/// Words of texts, and how many of them have a vector: the distinct ones, and all as they stand one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    pub distinct: usize,
    pub distinct_found: usize,
    pub running: usize,
    pub running_found: usize,
}

impl WordVectors {
    /// How many of the words of `texts` have a vector here.
    pub fn coverage(&self, texts: &Tokens) -> Coverage {
        let mut coverage = Coverage { distinct: 0, distinct_found: 0, running: 0, running_found: 0 };
        for (word, count) in texts.distinct().iter().zip(texts.counts()) {
            let found = usize::from(self.contains(word));
            coverage.distinct += 1;
            coverage.distinct_found += found;
            coverage.running += count;
            coverage.running_found += found * count;
        }
        coverage
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::{Split, Texts};

    #[test]
    fn distinct_and_running_words_are_counted_apart() {
        let texts = Tokens::split(&Texts::new(["the film the", "the", "dull plot"]), Split::WhiteSpace).unwrap();
        let vectors = WordVectors::new("v", 1, [("the", [1.0]), ("dull", [2.0]), ("other", [3.0])]).unwrap();
        let coverage = Coverage { distinct: 4, distinct_found: 2, running: 6, running_found: 4 };
        assert_eq!(vectors.coverage(&texts), coverage);
    }
}
