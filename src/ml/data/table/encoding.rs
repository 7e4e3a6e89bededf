//! The bytes of a file as characters.

use crate::error::{Error, ErrorKind, Result, nearest};
use crate::memory;
use encoding_rs::{UTF_16BE, UTF_16LE, mem::decode_latin1};

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Or UTF-16 where a mark at the beginning says so.
    #[default]
    Utf8,
    /// ISO 8859-1: each byte is the character of its number. The web's Latin-1 is Windows' code page 1252.
    Latin1,
    Other(&'static encoding_rs::Encoding),
}

/// What messages propose.
const COMMON: [&str; 12] = [
    "utf-8",
    "latin1",
    "cp1252",
    "utf-16le",
    "utf-16be",
    "iso-8859-2",
    "cp1251",
    "koi8-r",
    "shift-jis",
    "euc-jp",
    "gbk",
    "euc-kr",
];
/// Names that Python has and the web has not.
const PYTHON: [(&str, &str); 11] = [
    ("utf-16-le", "utf-16le"),
    ("utf-16-be", "utf-16be"),
    ("cp932", "shift_jis"),
    ("ms932", "shift_jis"),
    ("latin-9", "iso-8859-15"),
    ("latin9", "iso-8859-15"),
    ("latin-2", "iso-8859-2"),
    ("mac-roman", "macintosh"),
    ("iso2022-jp", "iso-2022-jp"),
    ("cp936", "gbk"),
    ("cp949", "euc-kr"),
];
/// Marks in front of a text.
const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF_32_MARKS: [&[u8]; 2] = [b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"];

impl Encoding {
    /// By its name, as Python and the web have it.
    ///
    /// # Errors
    /// A name that is not known, with those that are common.
    pub fn parse(name: &str) -> Result<Encoding> {
        let plain = name.trim().to_lowercase().replace('_', "-");
        match plain.as_str() {
            "utf-8" | "utf8" | "utf-8-sig" => return Ok(Encoding::Utf8),
            "latin1" | "latin-1" | "iso-8859-1" | "iso8859-1" | "l1" => return Ok(Encoding::Latin1),
            "ascii" | "us-ascii" | "u8" => return Ok(Encoding::Utf8),
            _ => {}
        }
        let plain = PYTHON.iter().find(|(name, _)| *name == plain).map_or(plain, |(_, web)| web.to_string());
        // Python's names, and the web's.
        let names = [plain.clone(), plain.replace("cp", "windows-"), plain.replace('-', "_")];
        let known = names.iter().find_map(|name| encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()));
        known.map(Encoding::Other).ok_or_else(|| {
            let near = nearest(&plain, &COMMON).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            let message = format!("unknown encoding `{name}`{near} (some that are known: {})", COMMON.join(", "));
            Error::new(ErrorKind::Option, message)
        })
    }

    /// The bytes as UTF-8, without a mark in front. Those that are UTF-8 stay as they are, with what in them is no character.
    ///
    /// # Errors
    /// UTF-32, which nobody reads, UTF-16 without a mark; too little memory.
    pub(in crate::ml::data) fn to_utf8(self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        if UTF_32_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
            return Err(Error::data("its text is UTF-32, which is not read: save it as UTF-8"));
        }
        let marked = encoding_rs::Encoding::for_bom(&bytes)
            .map(|(marked, _)| marked)
            .filter(|e| [UTF_16LE, UTF_16BE].contains(e));
        let other = match (self, marked) {
            (_, Some(marked)) => marked,
            (Encoding::Other(other), None) => other,
            (Encoding::Utf8, None) => {
                return match looks_like_utf_16(&bytes) {
                    Some(name) => Err(Error::data(format!(
                        "every other byte of its text is zero, as in UTF-16 without a mark: encoding: \"{name}\" reads it"
                    ))),
                    None if bytes.starts_with(UTF_8_MARK) => Ok(bytes[UTF_8_MARK.len()..].to_vec()),
                    None => Ok(bytes),
                };
            }
            (Encoding::Latin1, None) => {
                room(&bytes)?;
                return Ok(decode_latin1(&bytes).into_owned().into_bytes());
            }
        };
        room(&bytes)?;
        Ok(other.decode(&bytes).0.into_owned().into_bytes())
    }

    /// Where the text begins in a file that begins so, behind a mark perhaps, if its bytes are UTF-8 as they stand.
    ///
    /// # Errors
    /// As [`Self::to_utf8`].
    pub(in crate::ml::data) fn begin_of_utf8(self, start: &[u8]) -> Result<Option<usize>> {
        let text = self.to_utf8(start.to_vec())?;
        Ok((self == Encoding::Utf8 && start.ends_with(&text)).then(|| start.len() - text.len()))
    }
}

fn room(bytes: &[u8]) -> Result<()> {
    memory::room(|| "its text as UTF-8".to_string(), 2 * bytes.len() as u64)
}

/// Texts of Latin letters have a zero in each pair.
fn looks_like_utf_16(bytes: &[u8]) -> Option<&'static str> {
    let start = &bytes[..bytes.len().min(200)];
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let pairs = start.len() / 2;
    let (first, second) = (zeros(0), zeros(1));
    (pairs >= 4 && first.max(second) * 2 > pairs).then_some(if second > first { "utf-16le" } else { "utf-16be" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> String {
        String::from_utf8(Encoding::parse(name).unwrap().to_utf8(bytes.to_vec()).unwrap()).unwrap()
    }

    // >>> [s.encode(e) for s, e in …]   # Python 3.12
    #[test]
    fn texts_are_those_of_python() {
        assert_eq!(read("latin1", b"caf\xe9 \x80"), "café \u{80}");
        assert_eq!(read("cp1252", b"caf\xe9 \x80"), "café €");
        assert_eq!(read("shift_jis", b"\x89f\x89\xe6"), "映画");
        assert_eq!(read("GBK", b"\xb5\xe7\xd3\xb0"), "电影");
        assert_eq!(read("latin-9", b"\xa4"), "€");
        assert_eq!(read("cp932", b"\x89f"), "映");
        assert_eq!(read("utf_16_be", b"\0f"), "f");
        assert_eq!(read("koi8-r", b"\xc6\xc9\xcc\xd8\xcd"), "фильм");
        assert_eq!(read("utf-16le", b"f\0i\0"), "fi");
        // A mark says it, whatever is asked for.
        for (mark, text) in [(&b"\xff\xfe"[..], &b"f\0i\0"[..]), (b"\xfe\xff", b"\0f\0i"), (b"\xef\xbb\xbf", b"fi")] {
            assert_eq!(read("utf-8", &[mark, text].concat()), "fi");
        }
        assert_eq!(Encoding::Utf8.to_utf8(b"a\xff".to_vec()).unwrap(), b"a\xff");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let said = |name: &str| Encoding::parse(name).unwrap_err().message;
        assert!(said("klingon").starts_with("unknown encoding `klingon` (some that are known: utf-8, latin1, "));
        assert!(said("cp1525").contains("did you mean `cp1252`?"), "{}", said("cp1525"));
        let utf_16 = Encoding::Utf8.to_utf8(b"t\0e\0x\0t\0,\0".to_vec()).unwrap_err().message;
        assert!(utf_16.contains("encoding: \"utf-16le\""), "{utf_16}");
        assert!(Encoding::Utf8.to_utf8(b"\xff\xfe\0\0a\0\0\0".to_vec()).unwrap_err().message.contains("UTF-32"));
    }
}
