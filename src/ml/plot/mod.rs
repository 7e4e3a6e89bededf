//! Charts. A [`Figure`] says what to show; [`save`] draws it as PNG or SVG, [`text`] in the cells of a terminal. The drawing library stays behind
//! [`canvas`], the layout (axes, legend, panels) is here, so that both kinds of file look alike.

mod axis;
mod canvas;
mod figure;
mod legend;
mod matrix;
mod palette;
mod panel;
mod save;
mod series;
mod terminal;
mod training;

pub use figure::{Content, Figure, Panel, Scale, Series, Style};
pub use save::save;
pub use terminal::{Look, text};
pub use training::training_curves;
