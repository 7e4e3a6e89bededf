//! Figures into files.

use super::canvas::{Canvas, On, heading, with_dashes};
use super::figure::Figure;
use super::frame::Frame;
use super::palette::PAPER;
use super::panel::Panel;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_atomically;
use plotters::backend::{BitMapBackend, SVGBackend};
use png::PixelDimensions;
use std::{io::Write, path::Path};
use tch::{Kind, Tensor};

const TITLE: f64 = 23.0;
const MARGIN: f64 = 14.0;
/// Between panels.
const GUTTER: f64 = 26.0;
/// SVG coordinates of plotters are whole numbers: drawn this much larger, and shown smaller, curves are smooth.
const SVG_SCALE: u32 = 10;
/// plotters draws without smoothing: pictures are drawn larger and averaged, as far as memory allows.
const PIXELS: u64 = 40_000_000;
const METRES_PER_INCH: f64 = 0.0254;

/// Writes the picture as `.png` or `.svg`, whichever `path` ends in. An old file is replaced, at once and whole.
///
/// # Errors
/// Another ending, data that do not fit together (a series with more x than y), a file that cannot be written.
pub fn save(figure: &Figure, path: &Path) -> Result<()> {
    figure.check()?;
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "png" => {
            let pixels = png_pixels(figure)?;
            write_atomically(path, |file| encode(figure, &pixels, file))
        }
        "svg" => {
            let text = svg_text(figure)?;
            write_atomically(path, |file| file.write_all(text.as_bytes()))
        }
        _ => Err(Error::new(
            ErrorKind::Value,
            format!("a picture is saved as .png or .svg, and `{}` ends in neither", path.display()),
        )),
    }
}

/// The picture as the bytes of a PNG file, and its pixels, three bytes each, row by row; see [`Figure::pixels`] for its size.
///
/// # Errors
/// As [`save`].
pub fn png(figure: &Figure) -> Result<(Vec<u8>, Vec<u8>)> {
    figure.check()?;
    let pixels = png_pixels(figure)?;
    let mut bytes = Vec::new();
    encode(figure, &pixels, &mut bytes).map_err(|e| Error::value(format!("the picture cannot be written: {e}")))?;
    Ok((bytes, pixels))
}

fn encode(figure: &Figure, pixels: &[u8], to: impl Write) -> std::result::Result<(), png::EncodingError> {
    let (w, h) = figure.pixels();
    let per_metre = (f64::from(figure.dpi) / METRES_PER_INCH).round() as u32;
    let mut encoder = png::Encoder::new(to, w, h);
    let size = PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter };
    encoder.set_pixel_dims(Some(size));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Best);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

/// Three bytes a pixel, row by row.
fn png_pixels(figure: &Figure) -> Result<Vec<u8>> {
    let (w, h) = figure.pixels();
    let area = u64::from(w) * u64::from(h);
    let scale = [4, 3, 2].into_iter().find(|s| area * s * s <= PIXELS).unwrap_or(1) as u32;
    let mut large = vec![0; 3 * (w * scale) as usize * (h * scale) as usize];
    let backend = BitMapBackend::with_buffer(&mut large, (w * scale, h * scale));
    let mut canvas = On::new(backend, f64::from(scale) * figure.scale() * figure.zoom(), true)?;
    draw(&mut canvas, figure)?;
    canvas.finish()?;
    shrink(&large, w as usize, h as usize, scale as usize)
}

/// The mean of each `scale`×`scale` square, rounded.
fn shrink(large: &[u8], w: usize, h: usize, scale: usize) -> Result<Vec<u8>> {
    /// What is summed is widened to four bytes each: some rows at a time.
    const AT_ONCE: usize = 1 << 22;
    let row = w * scale * scale * 3;
    let rows = (AT_ONCE / row.max(1)).max(1);
    let mut small = Vec::with_capacity(w * h * 3);
    for band in large.chunks((rows * row).max(1)) {
        let [h, w, scale] = [band.len() / row, w, scale].map(|n| n as i64);
        let squares = Tensor::f_from_slice(band)?.f_view([h, scale, w, scale, 3])?;
        let sums = squares.f_sum_dim_intlist([1, 3].as_slice(), false, Kind::Int)?;
        let n = scale * scale;
        let means = sums.f_add_scalar(n / 2)?.f_divide_scalar_mode(n, "floor")?.f_to_kind(Kind::Uint8)?;
        small.extend(Vec::<u8>::try_from(means.f_reshape([-1])?)?);
    }
    debug_assert_eq!(small.len(), w * h * 3);
    Ok(small)
}

fn svg_text(figure: &Figure) -> Result<String> {
    let (w, h) = figure.size;
    let mut text = String::new();
    let backend = SVGBackend::with_string(&mut text, (w * SVG_SCALE, h * SVG_SCALE));
    let mut canvas = On::new(backend, f64::from(SVG_SCALE) * figure.zoom(), false)?;
    draw(&mut canvas, figure)?;
    let text = {
        let dashes = canvas.finish()?;
        with_dashes(&text, &dashes)
    };
    let drawn = format!("width=\"{}\" height=\"{}\"", w * SVG_SCALE, h * SVG_SCALE);
    // Inherited by every curve: sharp turns would else grow spikes.
    let wanted = format!("width=\"{w}\" height=\"{h}\" stroke-linejoin=\"round\"");
    Ok(text.replacen(&drawn, &wanted, 1))
}

fn draw(canvas: &mut dyn Canvas, figure: &Figure) -> Result<()> {
    let (w, h) = (f64::from(figure.size.0) / figure.zoom(), f64::from(figure.size.1) / figure.zoom());
    canvas.rect((0.0, 0.0), (w, h), PAPER)?;
    let mut top = MARGIN;
    if !figure.title.is_empty() {
        top = heading(canvas, &figure.title, (w / 2.0, top), TITLE, w - 2.0 * MARGIN)? + 12.0;
    }
    let columns = figure.columns.max(1);
    let rows: Vec<&[Panel]> = figure.panels.chunks(columns).collect();
    let width = (w - 2.0 * MARGIN - (columns - 1) as f64 * GUTTER) / columns as f64;
    let height = (h - top - MARGIN - rows.len().saturating_sub(1) as f64 * GUTTER) / rows.len().max(1) as f64;
    for (r, row) in rows.iter().enumerate() {
        for (c, panel) in row.iter().enumerate() {
            let (left, top) = (MARGIN + c as f64 * (width + GUTTER), top + r as f64 * (height + GUTTER));
            panel.draw(canvas, Frame { left, top, right: left + width, bottom: top + height })?;
        }
    }
    Ok(())
}
