//! Names of files.

#![expect(clippy::disallowed_methods, reason = "the user looks for a file to name")]

use super::candidate::Candidate;
use std::path::Path;

/// The files and folders whose path begins with `begun`; hidden ones only where a dot was typed.
pub fn names(begun: &str) -> Vec<Candidate> {
    let (folder, name) = begun.rsplit_once('/').map_or(("", begun), |(folder, name)| (&begun[..=folder.len()], name));
    let place = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let entries = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let own = entry.file_name().into_string().ok()?;
        let slash = if entry.path().is_dir() { "/" } else { "" };
        let fits = own.starts_with(name) && (name.starts_with('.') || !own.starts_with('.'));
        fits.then(|| Candidate { shown: format!("{own}{slash}"), text: format!("{folder}{own}{slash}") })
    });
    entries.collect()
}
