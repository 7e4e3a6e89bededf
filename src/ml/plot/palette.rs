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

/// Which of a terminal's eight stands for a colour of the series, 0 to 7: by its hue, so that no two are one; grey for any other.
pub fn of_sixteen(color: Color) -> u8 {
    const HUES: [u8; 7] = [4, 3, 2, 1, 5, 6, 7];
    SERIES.iter().position(|known| *known == color).map_or(7, |i| HUES[i])
}

/// The nearest of a terminal's 256: the cube of 16 to 231, and the greys behind it.
pub fn of_256((r, g, b): Color) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let far = |(x, y, z): Color| {
        let square = |a: u8, b: u8| i32::from(a.abs_diff(b)).pow(2);
        square(x, r) + square(y, g) + square(z, b)
    };
    let step = |part: u8| (0..6).min_by_key(|i| STEPS[*i].abs_diff(part)).unwrap_or(0);
    let [x, y, z] = [r, g, b].map(step);
    let grey = (0..24u8).min_by_key(|i| far((8 + 10 * i, 8 + 10 * i, 8 + 10 * i))).unwrap_or(0);
    let shade = 8 + 10 * grey;
    match far((STEPS[x], STEPS[y], STEPS[z])) <= far((shade, shade, shade)) {
        true => (16 + 36 * x + 6 * y + z) as u8,
        false => 232 + grey,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_colours_of_the_series_stay_apart_on_any_terminal() {
        assert_eq!(SERIES.iter().map(|color| of_sixteen(*color)).collect::<HashSet<_>>().len(), SERIES.len());
        assert_eq!(SERIES.iter().map(|color| of_256(*color)).collect::<HashSet<_>>().len(), SERIES.len());
        assert_eq!([of_256((255, 0, 0)), of_256((128, 128, 128)), of_256((0, 0, 0))], [196, 244, 16]);
    }
}
