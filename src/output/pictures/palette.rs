//! The colours of a picture that can have no more than 256.

use std::collections::HashMap;

type Color = [u8; 3];

/// The most frequent colours; every other has the place of the nearest of them.
pub struct Palette {
    colors: Vec<Color>,
    places: HashMap<Color, u8>,
}

const MOST: usize = 256;

impl Palette {
    /// Of three bytes a pixel.
    pub fn of(pixels: &[u8]) -> Self {
        let mut counts: HashMap<Color, usize> = HashMap::new();
        for pixel in pixels.chunks_exact(3) {
            *counts.entry([pixel[0], pixel[1], pixel[2]]).or_default() += 1;
        }
        let mut all: Vec<(Color, usize)> = counts.into_iter().collect();
        all.sort_by_key(|(color, count)| (std::cmp::Reverse(*count), *color));
        let colors: Vec<Color> = all.iter().take(MOST).map(|(color, _)| *color).collect();
        let places = all.iter().map(|(color, _)| (*color, nearest(&colors, *color))).collect();
        Palette { colors, places }
    }

    pub fn colors(&self) -> &[Color] {
        &self.colors
    }

    /// The place of a colour of the picture.
    pub fn place(&self, color: Color) -> u8 {
        self.places.get(&color).copied().unwrap_or(0)
    }
}

fn nearest(colors: &[Color], color: Color) -> u8 {
    let distance =
        |other: &Color| -> u32 { other.iter().zip(color).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum() };
    let place = colors.iter().enumerate().min_by_key(|(_, other)| distance(other)).map_or(0, |(place, _)| place);
    u8::try_from(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_colours_become_the_nearest_frequent_one() {
        let mut pixels: Vec<u8> = (0..=255).flat_map(|i| [i, 0, 0, i, 0, 0]).collect();
        pixels.extend([100, 3, 0]);
        let palette = Palette::of(&pixels);
        assert_eq!(palette.colors().len(), 256);
        assert_eq!(palette.colors()[usize::from(palette.place([100, 3, 0]))], [100, 0, 0]);
        assert_eq!(palette.colors()[usize::from(palette.place([7, 0, 0]))], [7, 0, 0]);
    }
}
