//! One panel: its title, what is said of its axes, and what lies between them.

use super::canvas::{Align, Canvas, fit, heading};
use super::frame::{Frame, GAP};
use super::look::{self, Look, label};
use super::palette::AXIS;
use super::scale::{Scale, is_drawable};
use crate::error::{Error, Result};
use std::fmt::Debug;
use std::rc::Rc;

const TITLE: f64 = 20.0;
const NOTE: f64 = 15.0;

/// One pair of axes.
#[derive(Debug, Clone)]
pub struct Panel {
    pub title: String,
    pub x_label: String,
    pub y_label: String,
    pub x_scale: Scale,
    pub y_scale: Scale,
    /// The ends of the y axis; taken from the data where there is none. What lies outside is not drawn.
    pub y_range: Option<(f64, f64)>,
    /// The axis on the right, for series that are [`Series::right`](super::Series::right).
    pub right_label: String,
    pub right_scale: Scale,
    pub content: Rc<dyn Content>,
}

/// What lies between the axes of a panel. Each kind is a file of [`kinds`](super::kinds).
pub trait Content: Debug {
    /// # Errors
    /// Data that do not fit together.
    fn check(&self) -> Result<()>;

    /// What is said under the picture: of values that are not in it.
    fn note(&self, _: &Panel) -> Option<String> {
        None
    }

    /// The width and height that it needs as the only panel, where that is more than usual.
    fn wants(&self) -> Option<(u32, u32)> {
        None
    }

    /// Draws axes and data into `place`, which is that of the panel without its title.
    ///
    /// # Errors
    /// Whatever the drawing library refuses.
    fn draw(&self, canvas: &mut dyn Canvas, panel: &Panel, place: Frame) -> Result<()>;

    /// The same in the cells of a terminal: adds its lines.
    fn write(&self, panel: &Panel, look: Look, lines: &mut Vec<String>);
}

impl Panel {
    /// Linear axes around `content`.
    pub fn of(title: &str, x_label: &str, y_label: &str, content: impl Content + 'static) -> Self {
        Panel {
            title: look::title(title),
            x_label: label(x_label),
            y_label: label(y_label),
            x_scale: Scale::Linear,
            y_scale: Scale::Linear,
            y_range: None,
            right_label: String::new(),
            right_scale: Scale::Linear,
            content: Rc::new(content),
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        if let Some((low, high)) = self.y_range
            && !(low < high && is_drawable(low) && is_drawable(high))
        {
            return Err(Error::value(format!("a y range from {low} to {high}: the first must be the smaller")));
        }
        let has_logarithm = |end: f64| self.y_scale != Scale::Log || end > 0.0;
        if let Some((low, high)) = self.y_range.filter(|(low, _)| !has_logarithm(*low)) {
            return Err(Error::value(format!(
                "a y range from {low} to {high} on a log axis, which begins above 0: give another `y_range`, or leave `log_y` out"
            )));
        }
        self.content.check()
    }

    pub(super) fn draw(&self, canvas: &mut dyn Canvas, place: Frame) -> Result<()> {
        let mut place = place;
        if !self.title.is_empty() {
            let middle = place.left.midpoint(place.right);
            place.top =
                heading(canvas, &self.title, (middle, place.top + 2.0), TITLE, place.width())? + 2.0 * GAP - 2.0;
        }
        if let Some(note) = self.content.note(self) {
            let note = fit(canvas, &note, NOTE, place.width());
            canvas.text(&note, (place.left, place.bottom - NOTE / 2.0), NOTE, Align::Left, AXIS)?;
            place.bottom -= NOTE + GAP;
        }
        self.content.draw(canvas, self, place)
    }
}
