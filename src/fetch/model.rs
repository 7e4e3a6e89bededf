//! Where a pre-trained model is: in a folder, or on the hub.

use super::hub::{Hub, is_name};
use super::patience::Patience;
use crate::access::{self, Want};
use crate::error::Result;
use crate::places::Places;
use std::path::PathBuf;

/// The folder of the pre-trained model `name`, looked for where data is, then by that name on the Hugging Face hub. What came from the hub
/// may be read from then on.
///
/// # Errors
/// It is in none of the places, and its name is none of the hub's; or whatever [`Hub::model`] says.
pub fn find_model(places: &Places, name: &str) -> Result<PathBuf> {
    match places.find_model(name) {
        Err(nowhere) if !is_name(name) => Err(nowhere),
        Err(_) => {
            let hub = Hub::of_environment()?;
            let folder = hub.model(name, &Patience::default())?;
            // The model's files are links into another folder of the same cache.
            access::allow(Want::Read, &hub.cache);
            Ok(folder)
        }
        found => found,
    }
}
