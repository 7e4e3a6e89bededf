//! How a layer is listed: its name, its help, and how sizes and options make it.

use super::Module;
use crate::error::Result;
use crate::ml::options::ReadOptions;
use std::rc::Rc;

/// One layer that can be asked for by name.
#[derive(Clone, Copy)]
pub struct Row {
    pub name: &'static str,
    /// What the help says of it.
    pub doc: &'static str,
    /// Lines of a script that use it; a test runs them.
    pub example: &'static str,
    pub build: Build,
}

type Made = Result<Rc<dyn Module>>;
/// Makes a layer of one size, such as the number of features.
pub type OfOne = Box<dyn Fn(i64) -> Made>;
/// Makes a layer of two sizes, such as what goes in and what comes out.
pub type OfTwo = Box<dyn Fn(i64, i64) -> Made>;
/// Makes a layer of three sizes.
pub type OfThree = Box<dyn Fn(i64, i64, i64) -> Made>;

/// What a layer is made of, under the names that the help gives it. Options are read, all of them, before a layer is made:
/// a misspelt one draws no parameters.
#[derive(Clone, Copy)]
pub enum Build {
    One(&'static str, fn(&mut dyn ReadOptions) -> Result<OfOne>),
    Two([&'static str; 2], fn(&mut dyn ReadOptions) -> Result<OfTwo>),
    Three([&'static str; 3], fn(&mut dyn ReadOptions) -> Result<OfThree>),
    /// Of one of several words, without options.
    Named(&'static str, fn(&str) -> Made),
    /// Of a probability, without options.
    Probability(&'static str, fn(f64) -> Made),
}
