//! The few strokes that charts are made of, over plotters' backends. Coordinates and sizes are pixels of the finished
//! picture; a backend may hold several of its own to one of them.

use super::dash::{DASH, dashes};
use super::lettering;
use super::palette::{Color, INK};
use crate::error::{Error, ErrorKind, Result};
use plotters::backend::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontStyle, FontTransform, IntoFont, RGBColor, ShapeStyle, TextStyle, register_font};
use std::sync::OnceLock;

pub type Point = (f64, f64);

/// Which point of a text is put where it is told; vertically it is always the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
    Right,
    /// Centred, and turned to read upwards.
    Upward,
}

/// What can be drawn on.
///
/// # Errors
/// All of them: whatever the drawing library refuses.
pub trait Canvas {
    fn line(&mut self, points: &[Point], width: f64, color: Color) -> Result<()>;
    /// A line of strokes as [`DASH`](super::dash::DASH) has them, the first of a length of its own.
    fn dashed(&mut self, points: &[Point], first: f64, width: f64, color: Color) -> Result<()>;
    fn rect(&mut self, from: Point, to: Point, color: Color) -> Result<()>;
    fn dot(&mut self, center: Point, radius: f64, color: Color) -> Result<()>;
    /// What lies inside of an outline, covered to the share `opacity`.
    fn area(&mut self, outline: &[Point], opacity: f64, color: Color) -> Result<()>;
    fn text(&mut self, text: &str, at: Point, size: f64, align: Align, color: Color) -> Result<()>;
    /// The width of `text` at this size.
    fn width(&self, text: &str, size: f64) -> f64;
}

/// plotters finds the font under this name; an SVG file carries it as its list of fonts to try.
const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

fn load_font() -> Result<()> {
    static LOADED: OnceLock<bool> = OnceLock::new();
    match LOADED.get_or_init(|| register_font(FONT, FontStyle::Normal, lettering::FONT_FILE).is_ok()) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Data, "the embedded font cannot be read")),
    }
}

/// One of plotters' backends.
pub struct On<B> {
    backend: B,
    /// Pixels of the backend to one of the picture.
    scale: f64,
    /// Whether the backend paints pixels itself (rather than telling a viewer what to paint).
    raster: bool,
    /// Where in its first stroke each of the dashed lines begins.
    offsets: Vec<f64>,
}

/// plotters knows no dashes: lines that are to have them are marked by an opacity that nothing else has.
const MARKED: f32 = 0.984_375;

impl<B: DrawingBackend> On<B> {
    pub fn new(backend: B, scale: f64, raster: bool) -> Result<Self> {
        load_font()?;
        Ok(On { backend, scale, raster, offsets: Vec::new() })
    }

    /// Ends the drawing: an SVG file gets its last line only here. Gives what its text has to be [`with_dashes`].
    pub fn finish(mut self) -> Result<Dashes> {
        self.backend.present().map_err(failed)?;
        Ok(Dashes { scale: self.scale, offsets: self.offsets })
    }

    fn point(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    /// Text of a font of the system's, pixel by pixel.
    fn foreign(&mut self, text: &str, (x, y): (i32, i32), size: f64, align: Align, color: Color) -> Result<()> {
        let half = (lettering::width(text, size) / 2.0) as i32;
        let (x, y) = match align {
            Align::Left => (x + half, y),
            Align::Right => (x - half, y),
            Align::Center | Align::Upward => (x, y),
        };
        let mut outcome = Ok(());
        lettering::draw(text, size, color, |(across, down), (r, g, b), covered| {
            let at = if align == Align::Upward { (x + down, y - across) } else { (x + across, y + down) };
            let ink = RGBColor(r, g, b).mix(covered).to_backend_color();
            if outcome.is_ok() {
                outcome = self.backend.draw_pixel(at, ink).map_err(failed);
            }
        })?;
        outcome
    }

    fn style(&self, color: Color, width: f64) -> ShapeStyle {
        let color = RGBColor(color.0, color.1, color.2);
        ShapeStyle { color: color.into(), filled: true, stroke_width: (width * self.scale).round().max(1.0) as u32 }
    }
}

/// The dashed lines of an SVG file, in the order in which they were drawn.
pub struct Dashes {
    scale: f64,
    offsets: Vec<f64>,
}

/// The text of an SVG file whose dashed lines have their dashes: an attribute each, and not an element for each stroke.
pub fn with_dashes(svg: &str, dashes: &Dashes) -> String {
    let mark = format!("opacity=\"{MARKED}\"");
    let (on, off) = (DASH.0 * dashes.scale, DASH.1 * dashes.scale);
    let mut pieces = svg.split(&mark);
    let mut text = pieces.next().unwrap_or_default().to_string();
    for (piece, offset) in pieces.zip(&dashes.offsets) {
        text += &format!("stroke-dasharray=\"{on:.0} {off:.0}\" stroke-dashoffset=\"{offset:.0}\"{piece}");
    }
    text
}

fn failed(e: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Data, format!("plot: {e}"))
}

impl<B: DrawingBackend> Canvas for On<B> {
    fn line(&mut self, points: &[Point], width: f64, color: Color) -> Result<()> {
        let style = self.style(color, width);
        let mut path: Vec<(i32, i32)> = points.iter().map(|p| self.point(*p)).collect();
        // plotters computes the direction between neighbours: equal ones have none.
        path.dedup();
        if !self.raster {
            return self.backend.draw_path(path, &style).map_err(failed);
        }
        // plotters' own thick paths grow spikes at sharp turns. Pieces with round joints do not.
        let radius = style.stroke_width / 2;
        for pair in path.windows(2) {
            self.backend.draw_line(pair[0], pair[1], &style).map_err(failed)?;
        }
        if radius > 1 && path.len() > 2 {
            for joint in &path[1..path.len() - 1] {
                self.backend.draw_circle(*joint, radius, &style, true).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn dashed(&mut self, points: &[Point], first: f64, width: f64, color: Color) -> Result<()> {
        if self.raster {
            return dashes(points, DASH, first).iter().try_for_each(|stroke| self.line(stroke, width, color));
        }
        let mut style = self.style(color, width);
        style.color = style.color.mix(f64::from(MARKED));
        let mut path: Vec<(i32, i32)> = points.iter().map(|p| self.point(*p)).collect();
        path.dedup();
        self.offsets.push((DASH.0 - first) * self.scale);
        self.backend.draw_path(path, &style).map_err(failed)
    }

    fn rect(&mut self, from: Point, to: Point, color: Color) -> Result<()> {
        let style = self.style(color, 1.0);
        self.backend.draw_rect(self.point(from), self.point(to), &style, true).map_err(failed)
    }

    fn dot(&mut self, center: Point, radius: f64, color: Color) -> Result<()> {
        let style = self.style(color, 1.0);
        let radius = (radius * self.scale).round().max(1.0) as u32;
        self.backend.draw_circle(self.point(center), radius, &style, true).map_err(failed)
    }

    fn area(&mut self, outline: &[Point], opacity: f64, color: Color) -> Result<()> {
        let color = RGBColor(color.0, color.1, color.2).mix(opacity);
        let mut path: Vec<(i32, i32)> = outline.iter().map(|p| self.point(*p)).collect();
        path.dedup();
        self.backend.fill_polygon(path, &color).map_err(failed)
    }

    fn text(&mut self, text: &str, at: Point, size: f64, align: Align, color: Color) -> Result<()> {
        let size = size * self.scale;
        let (mut x, mut y) = self.point(at);
        if self.raster && lettering::is_foreign(text) {
            return self.foreign(text, (x, y), size, align, color);
        }
        // plotters' ab_glyph text sits a fifth of its size too high.
        if self.raster {
            let nudge = (size * 0.21).round() as i32;
            match align {
                Align::Upward => x += nudge,
                _ => y += nudge,
            }
        }
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Right => HPos::Right,
            Align::Center | Align::Upward => HPos::Center,
        };
        let turn = if align == Align::Upward { FontTransform::Rotate270 } else { FontTransform::None };
        let ink = RGBColor(color.0, color.1, color.2);
        let style = TextStyle::from((FONT, size).into_font().transform(turn))
            .color(&ink)
            .pos(Pos::new(horizontal, VPos::Center));
        self.backend.draw_text(text, &style, (x, y)).map_err(failed)
    }

    fn width(&self, text: &str, size: f64) -> f64 {
        if lettering::is_foreign(text) {
            return match self.raster {
                true => lettering::width(text, size * self.scale) / self.scale,
                false => lettering::guessed_width(text, size),
            };
        }
        let font = (FONT, size * self.scale).into_font();
        font.box_size(text).map_or(0.0, |(w, _)| f64::from(w) / self.scale)
    }
}

/// How much of a title is drawn.
const TITLE_LINES: usize = 4;

/// A title, centred, line under line from `top` on, each no wider than `room`; where it ends.
pub fn heading(canvas: &mut dyn Canvas, title: &str, (middle, top): Point, size: f64, room: f64) -> Result<f64> {
    let mut end = top;
    for (i, line) in title.lines().take(TITLE_LINES).enumerate() {
        let line = fit(canvas, line, size, room);
        end = top + i as f64 * size * 1.25 + size;
        canvas.text(&line, (middle, end - size / 2.0), size, Align::Center, INK)?;
    }
    Ok(end)
}

/// `text` itself where it fits into `room` pixels, else its beginning and end around `…`.
pub fn fit(canvas: &dyn Canvas, text: &str, size: f64, room: f64) -> String {
    if canvas.width(text, size) <= room {
        return text.to_string();
    }
    let letters: Vec<char> = text.chars().collect();
    let shortened = |keep: usize| {
        let (head, tail) = (keep.div_ceil(2), keep / 2);
        let (head, tail) = (&letters[..head], &letters[letters.len() - tail..]);
        head.iter().chain(std::iter::once(&'…')).chain(tail).collect::<String>()
    };
    // The longest that fits, found by halving: names may be whole paragraphs.
    let (mut fits, mut too_long) = (0, letters.len());
    while too_long - fits > 1 {
        let middle = fits.midpoint(too_long);
        if canvas.width(&shortened(middle), size) <= room { fits = middle } else { too_long = middle }
    }
    shortened(fits)
}
