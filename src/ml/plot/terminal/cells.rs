//! The cells between the axes: signs, braille dots, blocks.

use super::super::{look::Look, palette};

pub struct Cells {
    width: usize,
    height: usize,
    /// Row by row: a sign, and the series that put it there.
    cells: Vec<Option<(char, usize)>>,
}

impl Cells {
    pub fn new(width: usize, height: usize) -> Self {
        Cells { width, height, cells: vec![None; width * height] }
    }

    pub fn put(&mut self, column: usize, row: usize, sign: char, series: usize) {
        if column < self.width && row < self.height {
            self.cells[row * self.width + column] = Some((sign, series));
        }
    }

    /// Adds a braille dot; `x` counts half columns, `y` quarter rows.
    pub fn dot(&mut self, x: usize, y: usize, series: usize) {
        const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (column, row) = (x / 2, y / 4);
        if column < self.width && row < self.height {
            let old = self.cells[row * self.width + column].map_or(0x2800, |(sign, _)| u32::from(sign).max(0x2800));
            let sign = char::from_u32(old | BITS[y % 4][x % 2]).unwrap_or('*');
            self.put(column, row, sign, series);
        }
    }

    pub fn line(&self, row: usize, look: Look) -> String {
        let mut line = String::new();
        for cell in &self.cells[row * self.width..(row + 1) * self.width] {
            match cell {
                None => line.push(' '),
                Some((sign, series)) => line += &look.painted(&sign.to_string(), palette::series(*series)),
            }
        }
        line
    }
}
