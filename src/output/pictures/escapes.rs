//! A picture in the escape sequences of a terminal.

use super::palette::Palette;
use std::fmt::Write;

/// How a terminal takes pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// <https://sw.kovidgoyal.net/kitty/graphics-protocol/>
    Kitty,
    /// <https://iterm2.com/documentation-images.html>
    Iterm2,
    /// <https://vt100.net/docs/vt3xx-gp/chapter14.html>
    Sixel,
}

/// A picture, as a file and in pixels.
pub struct Picture {
    /// The bytes of a PNG file.
    pub png: Vec<u8>,
    pub width: usize,
    pub height: usize,
    /// Three bytes a pixel, row by row.
    pub pixels: Vec<u8>,
}

/// How many letters of a picture kitty takes in one sequence.
const CHUNK: usize = 4096;

impl Picture {
    /// What is written to the terminal; the next line begins below the picture.
    pub fn escaped(&self, protocol: Protocol) -> String {
        match protocol {
            Protocol::Kitty => kitty(&base64(&self.png)),
            Protocol::Iterm2 => {
                format!("\x1b]1337;File=inline=1;size={}:{}\x07\n", self.png.len(), base64(&self.png))
            }
            Protocol::Sixel => self.sixel(),
        }
    }

    /// Six rows at a time, colour after colour.
    fn sixel(&self) -> String {
        let palette = Palette::of(&self.pixels);
        let mut text = format!("\x1bPq\"1;1;{};{}", self.width, self.height);
        for (i, color) in palette.colors().iter().enumerate() {
            let [r, g, b] = color.map(|part| u32::from(part) * 100 / 255);
            let _ = write!(text, "#{i};2;{r};{g};{b}");
        }
        let places: Vec<u8> =
            self.pixels.chunks_exact(3).map(|pixel| palette.place([pixel[0], pixel[1], pixel[2]])).collect();
        for band in places.chunks((6 * self.width).max(1)) {
            let mut used: Vec<u8> = band.to_vec();
            used.sort_unstable();
            used.dedup();
            for color in used {
                let _ = write!(text, "#{color}");
                add_runs(&mut text, (0..self.width).map(|x| bits(band, self.width, x, color)));
                text.push('$');
            }
            text.push('-');
        }
        text + "\x1b\\\n"
    }
}

/// Which of the six pixels of a column have the colour, the uppermost the lowest bit.
fn bits(band: &[u8], width: usize, x: usize, color: u8) -> u8 {
    (0..6).filter(|row| band.get(row * width + x) == Some(&color)).fold(0, |bits, row| bits | 1 << row)
}

/// `!12~` stands for twelve of the same.
fn add_runs(text: &mut String, columns: impl Iterator<Item = u8>) {
    let mut run: Option<(u8, usize)> = None;
    let mut end = |run: Option<(u8, usize)>| {
        let Some((bits, count)) = run else { return };
        let letter = char::from(b'?' + bits);
        match count {
            1..=3 => (0..count).for_each(|_| text.push(letter)),
            _ => {
                let _ = write!(text, "!{count}{letter}");
            }
        }
    };
    for bits in columns {
        run = match run {
            Some((same, count)) if same == bits => Some((same, count + 1)),
            other => {
                end(other);
                Some((bits, 1))
            }
        };
    }
    // Nothing stands at the end of what is blank there.
    end(run.filter(|(bits, _)| *bits != 0));
}

fn kitty(data: &str) -> String {
    let chunks: Vec<&str> = data.as_bytes().chunks(CHUNK).filter_map(|chunk| std::str::from_utf8(chunk).ok()).collect();
    let mut text = String::new();
    for (i, chunk) in chunks.iter().enumerate() {
        // No answer: it would be taken for keys.
        let front = if i == 0 { "a=T,f=100,q=2," } else { "" };
        let _ = write!(text, "\x1b_G{front}m={};{chunk}\x1b\\", u8::from(i + 1 < chunks.len()));
    }
    text + "\n"
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let part = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let all = part(0) << 16 | part(1) << 8 | part(2);
        for i in 0..4 {
            let letter = LETTERS[(all >> (18 - 6 * i) & 63) as usize];
            text.push(if i <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_base_64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn kitty_gets_a_picture_in_pieces() {
        let text = kitty(&"A".repeat(9000));
        let pieces: Vec<&str> = text.trim_end().split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert_eq!(pieces.len(), 3);
        assert!(pieces[0].starts_with("\x1b_Ga=T,f=100,q=2,m=1;AAA"));
        assert!(pieces[1].starts_with("\x1b_Gm=1;") && pieces[2].starts_with("\x1b_Gm=0;"));
        assert!(pieces.iter().all(|piece| piece.split_once(';').unwrap().1.len() <= CHUNK));
    }

    /// The places in the palette that a sixel text draws.
    fn drawn(text: &str, width: usize, height: usize) -> Vec<Option<u8>> {
        let mut all = vec![None; width * height];
        let body = text.strip_prefix("\x1bPq").unwrap().strip_suffix("\x1b\\\n").unwrap();
        let (mut x, mut band, mut color, mut letters) = (0, 0, 0, body.chars().peekable());
        let number = |letters: &mut std::iter::Peekable<std::str::Chars>| {
            let mut digits = String::new();
            while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            digits.parse::<usize>().unwrap_or(0)
        };
        while let Some(letter) = letters.next() {
            let mut put = |letter: char, count: usize| {
                for _ in 0..count {
                    for row in (0..6).filter(|row| (letter as u8 - b'?') >> row & 1 == 1) {
                        all[(6 * band + row) * width + x] = Some(color);
                    }
                    x += 1;
                }
            };
            match letter {
                '"' => while letters.next_if(|c| c.is_ascii_digit() || *c == ';').is_some() {},
                '#' => {
                    color = number(&mut letters) as u8;
                    while letters.next_if(|c| c.is_ascii_digit() || *c == ';').is_some() {}
                }
                '!' => {
                    let count = number(&mut letters);
                    put(letters.next().unwrap(), count);
                }
                '$' => x = 0,
                '-' => (x, band) = (0, band + 1),
                letter => put(letter, 1),
            }
        }
        all
    }

    #[test]
    fn a_sixel_picture_has_the_pixels_of_the_picture() {
        let (width, height) = (17, 8);
        let colors = [[255, 255, 255], [0, 114, 178], [213, 94, 0]];
        let pixels: Vec<u8> = (0..width * height).flat_map(|i| colors[(i * i / 7) % 3]).collect();
        let picture = Picture { png: Vec::new(), width, height, pixels: pixels.clone() };
        let palette = Palette::of(&pixels);
        let all = drawn(&picture.escaped(Protocol::Sixel), width, height);
        for (pixel, place) in pixels.chunks_exact(3).zip(all) {
            assert_eq!(palette.colors()[usize::from(place.unwrap())], [pixel[0], pixel[1], pixel[2]]);
        }
    }
}
