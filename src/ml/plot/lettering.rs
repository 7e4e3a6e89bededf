//! Text that the embedded font cannot draw: other writings, and those whose letters join or that are read from the right. A font of the system's draws
//! it, which fontconfig's rules find; cosmic-text shapes it and brings it into the order in which it is read.

use super::palette::Color;
use crate::error::{Error, ErrorKind, Result};
use ab_glyph::{Font, FontRef};
use cosmic_text::{Attrs, Buffer, Color as Ink, Family, FontSystem, Metrics, Shaping, SwashCache};
use std::cell::RefCell;
use std::sync::LazyLock;

/// The embedded font, and what it calls itself.
pub(super) static FONT_FILE: &[u8] = include_bytes!("font/DejaVuSans.ttf");
const FONT_NAME: &str = "DejaVu Sans";

/// Lines are so much higher than letters.
const LINE: f32 = 1.2;

/// The widest of a column of a viewer's font, as a share of the size: what an SVG file's text takes is known to its viewer alone.
const COLUMN: f64 = 0.6;

static EMBEDDED: LazyLock<Option<FontRef<'static>>> = LazyLock::new(|| FontRef::try_from_slice(FONT_FILE).ok());

thread_local! {
    /// The system's fonts, looked for when the first of such texts is drawn.
    static FONTS: RefCell<Option<(FontSystem, SwashCache)>> = const { RefCell::new(None) };
}

/// Whether the embedded font does not have a text's characters, or they have to be shaped.
pub fn is_foreign(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| needs_shaping(c) || lacks(c))
}

fn lacks(c: char) -> bool {
    EMBEDDED.as_ref().is_none_or(|font| font.glyph_id(c).0 == 0)
}

/// Marks that stand on other letters, joiners, what is read from the right, and the writings of South and Southeast Asia.
fn needs_shaping(c: char) -> bool {
    matches!(u32::from(c),
        0x300..=0x36f | 0x590..=0x8ff | 0x900..=0x109f | 0x1780..=0x17ff | 0x200c..=0x200d | 0x20d0..=0x20ff | 0xfb1d..=0xfdff
        | 0xfe00..=0xfe0f | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x11000..=0x11fff | 0x1e800..=0x1efff)
}

/// How wide a text is about, for a file whose viewer has the font.
pub fn guessed_width(text: &str, size: f64) -> f64 {
    console::measure_text_width(text) as f64 * size * COLUMN
}

/// How wide a text is when it is drawn.
pub fn width(text: &str, size: f64) -> f64 {
    shaped(text, size, |_, buffer, _| run_width(buffer))
}

/// The pixels of a text, for a size in pixels: each with its place, from the middle of the text's box, its colour, and how much of it is covered, 0 to 1.
///
/// # Errors
/// A character that no font of the system's has.
pub fn draw(text: &str, size: f64, ink: Color, mut pixel: impl FnMut((i32, i32), Color, f64)) -> Result<()> {
    shaped(text, size, |fonts, buffer, cache| {
        if let Some(missing) = missing(text, buffer) {
            return Err(Error::new(
                ErrorKind::Data,
                format!(
                    "no font here can draw `{missing}` of `{text}`: install one that has it, such as Noto's, or write an .svg, whose viewer brings its own"
                ),
            ));
        }
        let (across, down) = ((run_width(buffer) / 2.0) as i32, (size * f64::from(LINE) / 2.0) as i32);
        buffer.draw(fonts, cache, Ink::rgb(ink.0, ink.1, ink.2), |x, y, w, h, color| {
            let (r, g, b, covered) = color.as_rgba_tuple();
            for (x, y) in (0..h as i32).flat_map(|j| (0..w as i32).map(move |i| (x + i, y + j))) {
                if covered > 0 {
                    pixel((x - across, y - down), (r, g, b), f64::from(covered) / 255.0);
                }
            }
        });
        Ok(())
    })
}

fn shaped<T>(text: &str, size: f64, f: impl FnOnce(&mut FontSystem, &mut Buffer, &mut SwashCache) -> T) -> T {
    FONTS.with_borrow_mut(|fonts| {
        let (fonts, cache) = fonts.get_or_insert_with(|| {
            let mut fonts = FontSystem::new();
            fonts.db_mut().load_font_data(FONT_FILE.to_vec());
            (fonts, SwashCache::new())
        });
        let size = size as f32;
        let mut buffer = Buffer::new(fonts, Metrics::new(size, size * LINE));
        buffer.set_size(None, None);
        buffer.set_text(text, &Attrs::new().family(Family::Name(FONT_NAME)), Shaping::Advanced, None);
        buffer.shape_until_scroll(fonts, false);
        f(fonts, &mut buffer, cache)
    })
}

fn run_width(buffer: &Buffer) -> f64 {
    buffer.layout_runs().map(|run| f64::from(run.line_w)).fold(0.0, f64::max)
}

/// The first part of a text for which there is no glyph.
fn missing<'t>(text: &'t str, buffer: &Buffer) -> Option<&'t str> {
    let without = buffer.layout_runs().flat_map(|run| run.glyphs.iter()).find(|glyph| glyph.glyph_id == 0)?;
    text.get(without.start..without.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_embedded_font_draws_right_is_not_foreign() {
        for text in ["loss", "Größe, naïve, Łódź", "потери", "απώλεια", "10⁻³ ± 2 × 3 ≤ 4 → …"]
        {
            assert!(!is_foreign(text), "{text}");
        }
        for text in ["損失", "손실", "損失 loss", "خسارة", "אובדן", "हानि", "🙂"] {
            assert!(is_foreign(text), "{text}");
        }
    }

    #[test]
    fn what_no_font_has_is_named_and_not_drawn_as_a_box() {
        // A place that Unicode has promised never to use.
        let failed = draw("a\u{3fffd}b", 20.0, (0, 0, 0), |_, _, _| {}).unwrap_err();
        assert!(
            failed.message.contains("no font here can draw `\u{3fffd}`") && failed.message.contains(".svg"),
            "{failed:?}"
        );
    }

    #[test]
    fn a_text_is_drawn_around_its_middle() {
        let mut pixels = Vec::new();
        draw("loss", 40.0, (1, 2, 3), |at, color, share| pixels.push((at, color, share))).unwrap();
        let xs: Vec<i32> = pixels.iter().map(|((x, _), ..)| *x).collect();
        let (left, right) = (*xs.iter().min().unwrap(), *xs.iter().max().unwrap());
        assert!((left + right).abs() <= 6 && f64::from(right - left) <= width("loss", 40.0) + 2.0, "{left} {right}");
        assert!(pixels.iter().all(|(_, color, share)| *color == (1, 2, 3) && *share > 0.0 && *share <= 1.0));
    }
}
