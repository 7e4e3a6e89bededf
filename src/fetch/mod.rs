//! `imdbsh fetch`: data sets from their official addresses into the cache, whole or not at all; and pre-trained models and
//! data sets from the Hugging Face hub, when a script names one.
//!
//! ```text
//! catalog → download (http) → checksum → unpack into a temporary folder → rename
//! ```

#![expect(clippy::disallowed_methods, reason = "the program's own folders")]

mod address;
mod bar;
mod catalog;
mod data_set;
mod download;
mod http;
mod hub;
mod lock;
mod model;
mod package;
mod patience;
mod pretrained;
mod unpack;

pub use catalog::{CATALOG, Package, package};
pub use data_set::{Choose, DataSet, data_set_name};
pub use hub::Hub;
pub use model::{find_data_set, find_model};
pub use package::fetch;
pub use patience::Patience;
pub use pretrained::Accept;
