//! Where data is looked for, where `imdbsh fetch` puts it, and where the prompt keeps its history.

use crate::access;
use crate::error::{Error, ErrorKind, Result};
use std::env;
use std::path::{Path, PathBuf};

/// The user's cache folder for this program, `${XDG_CACHE_HOME:-~/.cache}/imdbsh`; `None` where there is no home.
pub fn cache() -> Option<PathBuf> {
    users("XDG_CACHE_HOME", ".cache")
}

/// What the program remembers between its runs, `${XDG_STATE_HOME:-~/.local/state}/imdbsh`; `None` where there is no home.
pub fn state() -> Option<PathBuf> {
    users("XDG_STATE_HOME", ".local/state")
}

fn users(variable: &str, below_home: &str) -> Option<PathBuf> {
    let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = folder(variable).or_else(|| Some(folder("HOME").or_else(env::home_dir)?.join(below_home)));
    base.map(|base| base.join("imdbsh"))
}

/// Where fetched data lies.
pub fn fetched() -> Option<PathBuf> {
    cache().map(|cache| cache.join("data"))
}

/// The folders that belong to one script.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Its own, where its `stdlib/` and its imports are looked for first.
    pub script: PathBuf,
    /// `--data`: where data sets are looked for before `IMDBSH_DATA`.
    pub data: Option<PathBuf>,
    /// Where what can be made anew is kept: [`cache`]; nowhere with `None`.
    pub cache: Option<PathBuf>,
}

impl Places {
    /// Where `name` is: as it stands, or below the script's folder, `--data`, `IMDBSH_DATA` or the cache, in this order. A file
    /// of GloVe is also found in the folder that its archive is unpacked into.
    ///
    /// # Errors
    /// It is in none of them: all are named, and how to get it.
    pub fn find(&self, name: &str) -> Result<PathBuf> {
        let places = self.roots().flat_map(|root| {
            let unpacked = glove_folder(name).map(|folder| root.join(folder).join(name));
            [Some(root.join(name)), unpacked].into_iter().flatten()
        });
        let places = match search(places)? {
            Ok(found) => return Ok(found),
            Err(places) => places,
        };
        let how = match name {
            _ if name.ends_with("aclImdb") => "`imdbsh fetch imdb` downloads it; \"sample\" is in the program",
            _ if name.starts_with("glove.6B") => {
                "`imdbsh fetch glove` downloads it; the sample's vectors are in the program"
            }
            _ => {
                "`imdbsh fetch imdb` downloads aclImdb; \"sample\" is in the program; --data or IMDBSH_DATA names a folder of your own"
            }
        };
        Err(nowhere(&format!("there is no data called `{name}` ({how})"), &places))
    }

    /// The files that `name` stands for: what [`Self::find`] finds, else those that a pattern such as `reviews/*.csv` fits in the first of these
    /// places that has any, as people count; else those of a list, `a.csv,b.csv`.
    ///
    /// # Errors
    /// As [`Self::find`]; a pattern that nothing fits; a file that is named twice.
    pub fn find_all(&self, name: &str) -> Result<Vec<PathBuf>> {
        let nowhere = match self.find(name) {
            Ok(found) => return Ok(vec![found]),
            Err(nowhere) => nowhere,
        };
        let mut all = Vec::new();
        let parts: Vec<&str> = name.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [only] if access::is_pattern(only) => {
                for root in self.roots() {
                    let found = access::matching(&root.join(only))?;
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                return Err(Error::new(ErrorKind::File, format!("no file fits `{only}`: {}", nowhere.message)));
            }
            [] | [_] => return Err(nowhere),
            several => {
                for part in several {
                    all.extend(self.find_all(part)?);
                }
            }
        }
        match all.iter().enumerate().find(|(i, path)| all[..*i].contains(path)) {
            Some((_, twice)) => Err(Error::value(format!("`{name}` names {} twice", twice.display()))),
            None => Ok(all),
        }
    }

    /// Where the pre-trained model `name` is: a folder, or a file of one, in the places where data is looked for.
    ///
    /// # Errors
    /// It is in none of them: all are named.
    pub fn find_model(&self, name: &str) -> Result<PathBuf> {
        match search(self.roots().map(|root| root.join(name)))? {
            Ok(found) => Ok(found),
            Err(places) => Err(nowhere(&format!("there is no model called `{name}`"), &places)),
        }
    }

    /// Whether nothing in these places has this name, a file that may not be read included.
    pub fn is_free(&self, name: &str) -> bool {
        self.roots().all(|root| access::is_free(&root.join(name)))
    }

    /// Folders in which a name is looked for, in their order.
    fn roots(&self) -> impl Iterator<Item = PathBuf> {
        [PathBuf::new(), self.script.clone()].into_iter().chain(data_folders(self.data.as_deref()))
    }
}

/// The first of the places where something is; else all of them.
///
/// # Errors
/// There is nothing where scripts may look, and at one place they may not.
fn search(places: impl Iterator<Item = PathBuf>) -> Result<Result<PathBuf, Vec<PathBuf>>> {
    let (mut tried, mut refused) = (Vec::new(), None);
    for place in places {
        match access::exists(&place) {
            Ok(true) => return Ok(Ok(place)),
            Ok(false) => {}
            Err(error) => refused = refused.or(Some(error)),
        }
        if !tried.contains(&place) {
            tried.push(place);
        }
    }
    refused.map_or(Ok(Err(tried)), Err)
}

/// The data folders: `--data`, `IMDBSH_DATA`, and where fetched data lies.
pub fn data_folders(data: Option<&Path>) -> impl Iterator<Item = PathBuf> {
    let environment = env::var_os("IMDBSH_DATA").map(PathBuf::from);
    [data.map(Path::to_path_buf), environment, fetched()].into_iter().flatten()
}

/// `IMDBSH_PATH`: folders with files of the standard library that take the embedded ones' places.
pub fn library_folders() -> Vec<PathBuf> {
    let path = env::var_os("IMDBSH_PATH").unwrap_or_default();
    env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty()).collect()
}

fn nowhere(what: &str, places: &[PathBuf]) -> Error {
    let tried: Vec<String> = places.iter().map(|place| format!("\n  {}", place.display())).collect();
    Error::new(ErrorKind::File, format!("{what}. Looked for{}", tried.concat()))
}

/// `glove.6B.100d.txt` → `glove.6B`
fn glove_folder(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".txt").filter(|_| name.starts_with("glove."))?;
    let (folder, width) = stem.rsplit_once('.')?;
    width.ends_with('d').then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_glove_belongs_to_the_folder_of_its_archive() {
        assert_eq!(glove_folder("glove.6B.100d.txt"), Some("glove.6B"));
        assert_eq!(glove_folder("glove.twitter.27B.25d.txt"), Some("glove.twitter.27B"));
        assert_eq!(glove_folder("vectors.txt"), None);
    }

    #[test]
    fn what_is_nowhere_is_said_with_all_places_in_their_order() {
        let places = Places { script: "scripts".into(), data: Some("my/data".into()), cache: None };
        let message = places.find("no/aclImdb").unwrap_err().message;
        let order = [
            "`imdbsh fetch imdb`",
            "\n  no/aclImdb",
            "\n  scripts/no/aclImdb",
            "\n  my/data/no/aclImdb",
            "imdbsh/data/no/aclImdb",
        ];
        let places: Vec<usize> =
            order.iter().map(|part| message.find(part).unwrap_or_else(|| panic!("{part}: {message}"))).collect();
        assert!(places.is_sorted(), "{message}");
    }
}
