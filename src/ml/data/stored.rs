//! Where texts are: at hand, or where they are read each time that they are asked for.

use crate::error::Result;
use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// What is told of a text that is read; it may stop the reading.
pub(super) type Each<'f> = dyn FnMut(Cow<'_, str>) -> Result<()> + 'f;

/// Texts that are read by their rows, such as those of a table's file.
pub(super) trait ByRow: Debug + Send + Sync {
    /// Tells the texts of `rows`, in this order.
    ///
    /// # Errors
    /// A file that can no longer be read, or is no longer what it was; those of `each`.
    fn read(&self, rows: &[u32], each: &mut Each) -> Result<()>;

    /// What it takes of memory.
    fn bytes(&self) -> usize;

    /// How many bytes `rows` of its texts have that are not in memory, about.
    fn unheld(&self, rows: usize) -> u64;
}

/// Texts in their order. A copy shares them.
#[derive(Debug, Clone)]
pub(super) enum Stored {
    Kept(Arc<[Arc<str>]>),
    /// Some rows, in some order.
    Rows(Arc<dyn ByRow>, Arc<[u32]>),
    /// One behind the other.
    Chain(Arc<[Stored]>),
}

impl Default for Stored {
    fn default() -> Self {
        Stored::Kept(Arc::new([]))
    }
}

impl Stored {
    pub fn len(&self) -> usize {
        match self {
            Stored::Kept(texts) => texts.len(),
            Stored::Rows(_, rows) => rows.len(),
            Stored::Chain(parts) => parts.iter().map(Stored::len).sum(),
        }
    }

    /// What the texts take of memory; several that share them are counted once each.
    pub fn bytes(&self) -> usize {
        match self {
            Stored::Kept(texts) => texts.iter().map(|text| text.len()).sum(),
            Stored::Rows(source, rows) => source.bytes() + size_of_val(&**rows),
            Stored::Chain(parts) => parts.iter().map(Stored::bytes).sum(),
        }
    }

    /// How many bytes of the texts are not in memory, about.
    pub fn unheld(&self) -> u64 {
        match self {
            Stored::Kept(_) => 0,
            Stored::Rows(source, rows) => source.unheld(rows.len()),
            Stored::Chain(parts) => parts.iter().map(Stored::unheld).sum(),
        }
    }

    /// The text at `index`; borrowed where it is at hand.
    ///
    /// # Errors
    /// As [`ByRow::read`].
    pub fn get(&self, index: usize) -> Result<Option<Cow<'_, str>>> {
        match self {
            Stored::Kept(texts) => Ok(texts.get(index).map(|text| Cow::Borrowed(&**text))),
            Stored::Rows(source, rows) => {
                let Some(row) = rows.get(index) else { return Ok(None) };
                let mut found = None;
                source.read(&[*row], &mut |text| {
                    found = Some(text.into_owned());
                    Ok(())
                })?;
                Ok(found.map(Cow::Owned))
            }
            Stored::Chain(parts) => {
                let mut before = 0;
                for part in parts.iter() {
                    if index < before + part.len() {
                        return part.get(index - before);
                    }
                    before += part.len();
                }
                Ok(None)
            }
        }
    }

    /// Tells the texts of a range, in their order; what is beyond the end is no part of it.
    ///
    /// # Errors
    /// As [`ByRow::read`].
    pub fn each(&self, range: Range<usize>, each: &mut Each) -> Result<()> {
        let range = range.start.min(self.len())..range.end.min(self.len());
        if range.is_empty() {
            return Ok(());
        }
        match self {
            Stored::Kept(texts) => texts[range].iter().try_for_each(|text| each(Cow::Borrowed(text))),
            Stored::Rows(source, rows) => source.read(&rows[range], each),
            Stored::Chain(parts) => {
                let mut before = 0;
                for part in parts.iter() {
                    let here = range.start.saturating_sub(before)..range.end.saturating_sub(before);
                    part.each(here, each)?;
                    before += part.len();
                }
                Ok(())
            }
        }
    }

    /// Those of a range, which are shared; what is beyond the end is no part of it.
    pub fn slice(&self, range: Range<usize>) -> Stored {
        let range = range.start.min(self.len())..range.end.min(self.len());
        match self {
            Stored::Kept(texts) => Stored::Kept(texts[range].into()),
            Stored::Rows(source, rows) => Stored::Rows(source.clone(), rows[range].into()),
            Stored::Chain(parts) => {
                let mut before = 0;
                let part = |part: &Stored| {
                    let here = range.start.saturating_sub(before)..range.end.saturating_sub(before);
                    before += part.len();
                    part.slice(here)
                };
                Stored::Chain(parts.iter().map(part).filter(|part| part.len() > 0).collect())
            }
        }
    }

    /// These texts, and behind them those of `other`.
    pub fn followed_by(&self, other: &Stored) -> Stored {
        match (self, other) {
            (Stored::Kept(a), Stored::Kept(b)) => Stored::Kept(a.iter().chain(b.iter()).cloned().collect()),
            _ => Stored::Chain([self.clone(), other.clone()].into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 3 is `3`.
    #[derive(Debug)]
    struct Numbers;

    impl ByRow for Numbers {
        fn read(&self, rows: &[u32], each: &mut Each) -> Result<()> {
            rows.iter().try_for_each(|row| each(row.to_string().into()))
        }

        fn bytes(&self) -> usize {
            0
        }

        fn unheld(&self, _: usize) -> u64 {
            0
        }
    }

    #[test]
    fn texts_one_behind_the_other_are_read_as_one_list() {
        let kept = Stored::Kept(["a".into(), "b".into()].into());
        let rows = Stored::Rows(Arc::new(Numbers), [7, 5, 3].into());
        let all = kept.followed_by(&rows).followed_by(&kept);
        let expected = ["a", "b", "7", "5", "3", "a", "b"];
        assert_eq!(all.len(), expected.len());
        for from in 0..expected.len() {
            assert_eq!(all.get(from).unwrap().as_deref(), Some(expected[from]));
            for to in from..expected.len() + 2 {
                let mut read = Vec::new();
                let mut each = |text: Cow<str>| {
                    read.push(text.into_owned());
                    Ok(())
                };
                all.each(from..to, &mut each).unwrap();
                assert_eq!(read, expected[from..to.min(expected.len())], "{from}..{to}");
                let (slice, mut read) = (all.slice(from..to), Vec::new());
                let mut each = |text: Cow<str>| {
                    read.push(text.into_owned());
                    Ok(())
                };
                slice.each(0..slice.len(), &mut each).unwrap();
                assert_eq!(read, expected[from..to.min(expected.len())], "slice {from}..{to}");
            }
        }
        assert!(all.get(expected.len()).unwrap().is_none());
        assert!(matches!(kept.followed_by(&kept), Stored::Kept(_)));
    }
}
