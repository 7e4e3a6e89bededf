//! Where a pre-trained model is, in a folder or on the hub; and where a data set of the hub is.

use super::data_set::{Choose, DataSet, data_set_name};
use super::hub::{Hub, Kind, is_name};
use super::patience::Patience;
use super::pretrained::Accept;
use crate::access::{self, Want};
use crate::error::{ErrorKind, Result};
use crate::places::Places;
use std::path::{Path, PathBuf};

/// The folder of the pre-trained model `name`, looked for where data is, then by that name on the Hugging Face hub. What the hub has of it
/// may be read from then on. `accept` is shown its `config.json` before what is long is downloaded.
///
/// # Errors
/// What `accept` refuses. It is in none of the places, and its name is none of the hub's: the hub is not told of what is a path here, refused or not. Or
/// whatever [`Hub::model`] says.
pub fn find_model(places: &Places, name: &str, accept: Accept) -> Result<PathBuf> {
    match places.find_model(name) {
        Err(nowhere) if !is_name(name) || !places.is_free(name) => Err(nowhere),
        Err(_) => {
            let hub = Hub::of_environment()?;
            // Its files are links to others of its own, in a folder beside.
            let allow = || access::allow(Want::Read, &hub.folder(Kind::Model, name));
            let accept = |config: &Path| {
                allow();
                accept(config)
            };
            let folder = hub.model(name, &accept, &Patience::default())?;
            allow();
            Ok(folder)
        }
        found => found,
    }
}

/// The files that are chosen of a data set of the hub, `OWNER/NAME`, which is found in none of the places where data is looked for: `nowhere` says so. What the hub has of
/// it may be read from then on.
///
/// # Errors
/// `nowhere`, where the name is none of the hub's: it is not told of what is a path here. Or what [`Hub::data_set`] says.
pub fn find_data_set(places: &Places, name: &str, nowhere: crate::error::Error, choose: Choose) -> Result<DataSet> {
    let Some((own, _)) = data_set_name(name).filter(|_| places.is_free(name)) else { return Err(nowhere) };
    let hub = Hub::of_environment()?;
    let found = hub.data_set(own, choose, &Patience::default()).map_err(|mut e| {
        // It may have been meant as a path.
        if e.kind == ErrorKind::File {
            e.message =
                format!("{}\nNor is it there by that name of the Hugging Face hub: {}", nowhere.message, e.message);
        }
        e
    })?;
    access::allow(Want::Read, &hub.folder(Kind::DataSet, own));
    Ok(found)
}
