//! What can be fetched, and from where. A further data set is a further row.

use crate::error::{Error, ErrorKind, Result};
use std::path::Path;

/// An archive at its official address, and the folder that it becomes.
#[derive(Debug, Clone)]
pub struct Package {
    /// What the user types.
    pub name: &'static str,
    /// What it is, and whose work.
    pub about: &'static str,
    /// How much is downloaded, for people.
    pub size: &'static str,
    /// Where the archive is, without its name.
    pub base: &'static str,
    /// The archive's name; its ending tells the format.
    pub archive: &'static str,
    /// Its MD5, where its authors' is known. A zip file also carries a checksum of each file in it.
    pub md5: Option<&'static str>,
    /// The folder that it becomes.
    pub folder: &'static str,
    /// Whether the archive's files lie in a folder of that name already.
    pub wrapped: bool,
    /// What the folder holds when it is whole.
    pub holds: &'static [&'static str],
}

impl Package {
    /// Where the archive is: at its official address, or in the folder `mirror` of another server.
    pub fn url(&self, mirror: Option<&str>) -> String {
        format!("{}/{}", mirror.unwrap_or(self.base).trim_end_matches('/'), self.archive)
    }

    /// Whether `folder/…` holds all of it.
    pub fn is_in(&self, folder: &Path) -> bool {
        self.holds.iter().all(|name| folder.join(self.folder).join(name).exists())
    }
}

const GLOVE: &str = "https://nlp.stanford.edu/data";

pub const CATALOG: &[Package] = &[
    Package {
        name: "imdb",
        about: "aclImdb: 50,000 labelled reviews of films, and 50,000 more (Maas et al., 2011)",
        size: "84 MB",
        base: "https://ai.stanford.edu/~amaas/data/sentiment",
        archive: "aclImdb_v1.tar.gz",
        md5: Some("7c2ac02c03563afcf9b574c7e56c153a"),
        folder: "aclImdb",
        wrapped: true,
        holds: &["train/neg", "train/pos", "test/neg", "test/pos"],
    },
    Package {
        name: "glove",
        about: "GloVe 6B: vectors of 400,000 words in 50, 100, 200 and 300 dimensions (Pennington et al., 2014)",
        size: "862 MB",
        base: GLOVE,
        archive: "glove.6B.zip",
        md5: None,
        folder: "glove.6B",
        wrapped: false,
        holds: &["glove.6B.50d.txt", "glove.6B.100d.txt", "glove.6B.200d.txt", "glove.6B.300d.txt"],
    },
    Package {
        name: "glove.42B",
        about: "GloVe 42B: 1.9 million words of web pages in lower case, 300 dimensions",
        size: "1.9 GB",
        base: GLOVE,
        archive: "glove.42B.300d.zip",
        md5: None,
        folder: "glove.42B",
        wrapped: false,
        holds: &["glove.42B.300d.txt"],
    },
    Package {
        name: "glove.840B",
        about: "GloVe 840B: 2.2 million words of web pages, cased, 300 dimensions",
        size: "2.2 GB",
        base: GLOVE,
        archive: "glove.840B.300d.zip",
        md5: None,
        folder: "glove.840B",
        wrapped: false,
        holds: &["glove.840B.300d.txt"],
    },
    Package {
        name: "glove.twitter",
        about: "GloVe Twitter: 1.2 million words of tweets in 25, 50, 100 and 200 dimensions",
        size: "1.5 GB",
        base: GLOVE,
        archive: "glove.twitter.27B.zip",
        md5: None,
        folder: "glove.twitter.27B",
        wrapped: false,
        holds: &["glove.twitter.27B.25d.txt", "glove.twitter.27B.100d.txt", "glove.twitter.27B.200d.txt"],
    },
];

/// The package of this name.
///
/// # Errors
/// There is none; the nearest is named.
pub fn package(name: &str) -> Result<&'static Package> {
    let names: Vec<&str> = CATALOG.iter().map(|p| p.name).collect();
    let found = CATALOG.iter().find(|p| p.name == name);
    found.ok_or_else(|| Error::unknown(ErrorKind::Usage, "data set", name, &names))
}
