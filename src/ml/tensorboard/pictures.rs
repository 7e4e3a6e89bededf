//! The pictures of a run folder.

use super::messages::{Event, Image, Shown, Summary, SummaryValue};
use crate::access;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// How a whole PNG ends: an empty chunk, and its checksum.
const END: &[u8] = b"IEND\xae\x42\x60\x82";

/// The PNG files in a folder, in the order of their names.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let names = access::list(folder).unwrap_or_default().into_iter().map(|name| folder.join(name));
    let is_png = |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    names.filter(is_png).filter(|path| access::is_file(path)).collect()
}

/// The picture of a file, as `pictures/NAME`.
///
/// # Errors
/// A file that cannot be read, or is no whole PNG.
pub fn picture(wall_time: f64, step: i64, file: &Path) -> Result<Event> {
    let encoded = access::read(file)?;
    let broken = |cause: &dyn std::fmt::Display| Error::data(format!("{} is no whole PNG: {cause}", file.display()));
    let reader = png::Decoder::new(encoded.as_slice()).read_info().map_err(|e| broken(&e))?;
    let info = reader.info();
    if !encoded.ends_with(END) {
        return Err(broken(&"its end is missing"));
    }
    // What a palette says are colours.
    let colorspace = if info.color_type == png::ColorType::Indexed { 3 } else { info.color_type.samples() as i32 };
    let side = |pixels: u32| i32::try_from(pixels).map_err(|_| broken(&"it is too large"));
    let (height, width) = (side(info.height)?, side(info.width)?);
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let value = SummaryValue {
        tag: format!("pictures/{name}"),
        metadata: None,
        shown: Some(Shown::Image(Image { height, width, colorspace, encoded })),
    };
    Ok(Event { wall_time, step, summary: Some(Summary { value: vec![value] }), ..Event::default() })
}
