//! Charts. A [`Figure`] says what to show; [`save`] draws it as PNG or SVG, [`text`] in the cells of a terminal. The drawing library stays behind
//! [`Canvas`], the layout (axes, legend, panels) is here, so that both kinds of file look alike.
//!
//! What lies between the axes of a [`Panel`] is a [`Content`]; each kind of it is a file of [`kinds`], with its axes, its strokes and its text.

mod axes;
mod axis;
mod canvas;
mod clip;
mod dash;
mod figure;
mod frame;
pub mod kinds;
mod left_out;
mod legend;
mod lettering;
mod look;
mod marker;
mod palette;
mod panel;
mod save;
mod scale;
mod series;
mod stroke;
mod terminal;

pub use axis::Axis;
pub use canvas::{Align, Canvas, Point};
pub use figure::{DPI, Figure};
pub use frame::Frame;
pub use look::{Look, title};
pub use palette::{Color, series as color_of};
pub use panel::{Content, Panel};
pub use save::{png, save};
pub use scale::Scale;
pub use series::{Series, Style};
pub use terminal::text;
