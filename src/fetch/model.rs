//! Where a pre-trained model is: in a folder, or on the hub.

use super::hub::{Hub, is_name};
use super::patience::Patience;
use crate::access::{self, Want};
use crate::error::Result;
use crate::places::Places;
use std::path::PathBuf;

/// The folder of the pre-trained model `name`, looked for where data is, then by that name on the Hugging Face hub. What the hub has of it
/// may be read from then on.
///
/// # Errors
/// It is in none of the places, and its name is none of the hub's: the hub is not told of what is a path here, refused or not. Or
/// whatever [`Hub::model`] says.
pub fn find_model(places: &Places, name: &str) -> Result<PathBuf> {
    match places.find_model(name) {
        Err(nowhere) if !is_name(name) || !places.is_free(name) => Err(nowhere),
        Err(_) => {
            let hub = Hub::of_environment()?;
            let folder = hub.model(name, &Patience::default())?;
            // Its files are links to others of its own, in a folder beside.
            access::allow(Want::Read, &hub.folder(name));
            Ok(folder)
        }
        found => found,
    }
}
