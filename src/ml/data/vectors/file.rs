//! A file of word vectors, read part by part: packed or not, text or binary.

use super::block::Block;
use super::head::{Head, Layout};
use super::{binary, text};
use crate::access;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::data::packed::{Unpacked, with_unpacked};
use rayon::prelude::*;
use std::io::BufReader;
use std::path::Path;

/// How the file is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Bytes that are read at a time, while those before are parsed. A row is shorter.
    pub part: usize,
    /// Of these, what one thread parses at a time: some hundred lines, so that a stop is noticed soon.
    pub block: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes { part: 1 << 24, block: 1 << 19 }
    }
}

/// The rows of a file, as they come.
pub(super) trait Visit {
    /// Takes some rows, each of so many numbers.
    ///
    /// # Errors
    /// What ends the reading.
    fn rows(&mut self, dim: usize, block: &Block) -> Result<()>;
}

/// Reads a file, on all cores, and gives `visit` its rows in their order; then what the file's head said.
///
/// # Errors
/// A file that cannot be read, is damaged or holds no vectors; a row of another width, or with something that is not a finite number: file
/// and line (of a binary file, the row) are named. Those of `visit`.
pub(super) fn read(path: &Path, sizes: Sizes, visit: &mut impl Visit) -> Result<Head> {
    let file = BufReader::new(access::open(path)?);
    with_unpacked(path, file, ("vectors file", &names_vectors), |bytes, _| {
        Parts { path, bytes, sizes, rest: Vec::new(), ended: false }.read(visit)
    })
}

/// Whether a file of an archive may hold vectors.
fn names_vectors(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let known = name.rsplit_once('.').is_none_or(|(_, ending)| ["txt", "vec", "bin", "w2v"].contains(&ending));
    known && !["", "readme", "license"].iter().any(|other| name.split('.').next() == Some(other))
}

struct Parts<'a, 'b> {
    path: &'a Path,
    bytes: Unpacked<'b>,
    sizes: Sizes,
    /// What was read and is no whole row yet.
    rest: Vec<u8>,
    ended: bool,
}

impl Parts<'_, '_> {
    fn read(mut self, visit: &mut impl Visit) -> Result<Head> {
        self.fill()?;
        let wrong = |at: String, why: &str| Error::data(format!("{}{at}: {why}", self.path.display()));
        let head = Head::of(&self.rest).map_err(|why| wrong(String::new(), &why))?;
        let (path, block) = (self.path, self.sizes.block);
        self.rest.drain(..head.length);
        let mut part = Vec::new();
        self.next(&head, &mut part)?;
        let mut line = head.lines;
        let mut ready = Vec::new();
        let mut visit_all = |blocks: Vec<Block>| {
            for block in blocks {
                if let Some((at, why)) = &block.problem {
                    let at = line + at;
                    let place = match head.layout {
                        Layout::Text => format!(":{at}"),
                        Layout::Binary => format!(", row {}", at - head.lines),
                    };
                    return Err(Error::data(format!("{}{place}: {why}", path.display())));
                }
                line += block.lines;
                visit.rows(head.dim, &block)?;
            }
            Ok(())
        };
        let mut following = Vec::new();
        while !part.is_empty() {
            let (mut parsed, mut visited) = (Ok(Vec::new()), Ok(()));
            let blocks = std::mem::take(&mut ready);
            // What unpacks stays on this thread.
            let read = rayon::in_place_scope(|scope| {
                scope.spawn(|_| parsed = parse(&part, &head, block));
                let read = self.next(&head, &mut following);
                visited = visit_all(blocks);
                read
            });
            visited?;
            ready = parsed?;
            read?;
            std::mem::swap(&mut part, &mut following);
        }
        visit_all(ready)?;
        Ok(head)
    }

    /// The next whole rows; none at the end.
    fn next(&mut self, head: &Head, part: &mut Vec<u8>) -> Result<()> {
        part.clear();
        self.fill()?;
        let whole = match (self.ended, head.layout) {
            (true, _) => self.rest.len(),
            (false, Layout::Text) => memchr::memrchr(b'\n', &self.rest).map_or(0, |at| at + 1),
            (false, Layout::Binary) => binary::whole(&self.rest, head.dim),
        };
        if whole == 0 && !self.ended {
            let (path, most) = (self.path.display(), self.sizes.part);
            return Err(Error::data(format!("{path}: no row ends within {most} bytes: this is no file of vectors")));
        }
        part.extend_from_slice(&self.rest[whole..]);
        std::mem::swap(part, &mut self.rest);
        part.truncate(whole);
        Ok(())
    }

    /// Reads until there is a part, or the end.
    fn fill(&mut self) -> Result<()> {
        let lacks = self.sizes.part.saturating_sub(self.rest.len());
        if lacks > 0 && !self.ended {
            interrupt::check()?;
            self.ended = self.bytes.append(&mut self.rest, lacks)? < lacks;
        }
        Ok(())
    }
}

/// The rows of a part on all cores, in their order.
fn parse(part: &[u8], head: &Head, size: usize) -> Result<Vec<Block>> {
    if head.layout == Layout::Binary {
        return Ok(vec![binary::parse(part, head.dim)]);
    }
    let mut blocks = Vec::new();
    let mut rest = part;
    while !rest.is_empty() {
        let size = size.min(rest.len());
        let end = size + if rest[size - 1] == b'\n' { 0 } else { text::line_end(&rest[size..]) };
        let (block, others) = rest.split_at(end);
        blocks.push(block);
        rest = others;
    }
    let parse = |block| {
        interrupt::check()?;
        Ok(text::parse(block, head.dim))
    };
    blocks.into_par_iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::vectors::words::copy_row;
    use proptest::prelude::*;
    use std::io::Write;

    type Rows = Vec<(String, Vec<f32>)>;

    struct Gathered(Rows);

    impl Visit for Gathered {
        fn rows(&mut self, dim: usize, block: &Block) -> Result<()> {
            self.0.extend(block.rows().map(|(word, bytes)| {
                let mut row = vec![0.0; dim];
                copy_row(bytes, &mut row);
                (word.to_string(), row)
            }));
            Ok(())
        }
    }

    fn gathered(bytes: &[u8], sizes: Sizes) -> Result<(Head, Rows)> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut all = Gathered(Vec::new());
        Ok((read(file.path(), sizes, &mut all)?, all.0))
    }

    /// All rows, or the message, by reading line for line.
    fn serial(text: &str, dim: usize) -> Result<Rows, String> {
        let mut rows = Vec::new();
        for (i, line) in text.lines().enumerate() {
            let mut fields: Vec<&str> = line.split([' ', '\t', '\r']).filter(|field| !field.is_empty()).collect();
            if line.starts_with([' ', '\t']) && fields.len() == dim {
                fields.insert(0, "");
            }
            match fields.len() {
                0 => {}
                n if n == dim + 1 => {
                    let numbers: Result<Vec<f32>, _> = fields[1..].iter().map(|f| f.parse::<f32>()).collect();
                    rows.push((fields[0].to_string(), numbers.map_err(|_| format!(":{}: `x` in the row of", i + 1))?));
                }
                n => return Err(format!(":{}: {} numbers behind the word", i + 1, n - 1)),
            }
        }
        Ok(rows)
    }

    proptest! {
        // Parts and blocks of a few bytes: lines span several of them, and end where they end.
        #[test]
        fn a_file_read_in_parts_is_that_read_line_by_line(
            lines in prop::collection::vec("[a-cé]{0,12}[ \t]{1,2}-?[0-9]{1,3}(\\.[0-9]{1,9})[ \t]{1,3}-?[0-9]e-[12][ \r\t]{0,2}|", 0..200),
            wrong in prop::option::weighted(0.3, (0..200usize, prop::sample::select(vec!["a 1", "a 1 2 3", "a x 2"]))),
            (block, part) in (1..200usize, 80..400usize),
        ) {
            let mut lines = lines;
            if let Some((at, line)) = wrong { lines.insert(at.min(lines.len()), line.to_string()); }
            let text = format!("the 1 2\n{}", lines.join("\n"));
            match (gathered(text.as_bytes(), Sizes { part, block }), serial(&text, 2)) {
                (Ok((head, rows)), Ok(expected)) => prop_assert_eq!((head.dim, rows), (2, expected)),
                (Err(e), Err(expected)) => prop_assert!(e.message.contains(&expected), "{} {}", e.message, expected),
                (read, expected) => prop_assert!(false, "{:?} {:?}", read, expected),
            }
        }

        #[test]
        fn binary_rows_are_those_that_were_written(
            rows in prop::collection::vec(("[a-cé_]{1,12}", prop::array::uniform3(-1e9f32..1e9)), 1..60),
            feeds in any::<bool>(),
            part in 60..400usize,
        ) {
            // The first row tells the layout. Three numbers can by chance have bytes of letters alone, as a hundred cannot.
            let mut rows = rows;
            rows[0].1[0] = 0.5;
            let mut bytes = format!("{} 3\n", rows.len()).into_bytes();
            for (word, row) in &rows {
                bytes.extend(word.bytes().chain([b' ']).chain(row.iter().flat_map(|value| value.to_le_bytes())));
                bytes.extend(feeds.then_some(b'\n'));
            }
            let (head, read) = gathered(&bytes, Sizes { part, block: part }).unwrap();
            prop_assert_eq!((head.layout, head.broken_promise(read.len() as u64)), (Layout::Binary, None));
            prop_assert_eq!(read, rows.into_iter().map(|(word, row)| (word, row.to_vec())).collect::<Rows>());
        }
    }

    #[test]
    fn a_row_without_an_end_is_refused_before_it_is_in_memory() {
        let sizes = Sizes { part: 100, block: 50 };
        let text = format!("the 1 2\nfilm {}", "0".repeat(1000));
        let said = gathered(text.as_bytes(), sizes).unwrap_err().message;
        assert!(said.ends_with("no row ends within 100 bytes: this is no file of vectors"), "{said}");
    }
}
