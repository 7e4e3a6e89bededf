//! Colours that people with any kind of colour vision tell apart, on paper too.

/// Red, green, blue.
pub type Color = (u8, u8, u8);

pub const PAPER: Color = (255, 255, 255);
pub const INK: Color = (38, 38, 38);
pub const AXIS: Color = (110, 110, 110);
pub const GRID: Color = (226, 226, 226);
pub const FINE_GRID: Color = (241, 241, 241);

/// Okabe & Ito: Color Universal Design (2008), without its yellow, which white paper swallows. Neighbours differ in
/// lightness, so that a grey print still tells the first two apart.
const SERIES: [Color; 7] =
    [(0, 114, 178), (230, 159, 0), (0, 158, 115), (213, 94, 0), (204, 121, 167), (86, 180, 233), (0, 0, 0)];

/// The colour of series `i`; they repeat after [`round`] of them.
pub fn series(i: usize) -> Color {
    SERIES[i % SERIES.len()]
}

/// How often the palette was used up before series `i`: those of another round need another sign.
pub fn round(i: usize) -> usize {
    i / SERIES.len()
}

/// What is left of a colour on paper, `share` from 0 to 1.
pub fn pale(color: Color, share: f64) -> Color {
    let mix = |to: u8| (255.0 + (f64::from(to) - 255.0) * share).round() as u8;
    (mix(color.0), mix(color.1), mix(color.2))
}

/// White to the first colour of the series, `share` from 0 to 1.
pub fn heat(share: f64) -> Color {
    pale(SERIES[0], share.clamp(0.0, 1.0))
}
