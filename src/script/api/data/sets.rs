//! A training set, a validation set and a test set of reviews, from wherever they are.

use super::reviews::map;
use super::table_options::{names, table_options};
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::{self, data_set_name};
use crate::ml::data::{
    Corpus, CorpusOptions, Overlap, Selection, SetAccount, Source, Valid, files_of_sets, is_table, sample, sets_of,
};
use crate::output::complain;
use crate::places::Places;
use crate::script::base::options::{Options, shown};
use crate::script::base::{ScriptResult, part};
use rhai::{Array, Dynamic, Map, NativeCallContext, plugin::*};
use std::path::{Path, PathBuf};

const FUNCTION: &str = "read_sets";

/// `2000`, `"all"` or `"neg[0:100]"`.
fn selection(o: &mut Options, name: &'static str) -> Result<Option<Selection>> {
    let Some(value) = o.take(name) else { return Ok(None) };
    let parsed = match (value.as_int(), value.clone().into_string()) {
        (Ok(count), _) => usize::try_from(count)
            .map(Selection::count)
            .map_err(|_| Error::value(format!("{name} is {count}, it must be at least 0"))),
        (_, Ok(text)) => Selection::parse(&text).map_err(|e| e.within(name)),
        _ => Err(Error::new(
            ErrorKind::Option,
            format!("option `{name}` takes a number, \"all\" or slices, got {}", shown(&value)),
        )),
    };
    parsed.map(Some)
}

/// `0.1`, `200`, or `"neg[900:1000] + pos[900:1000]"`.
fn valid(o: &mut Options) -> Result<Option<Valid>> {
    let Some(value) = o.take("valid") else { return Ok(None) };
    match (value.as_int(), value.as_float(), value.clone().into_string()) {
        (Ok(count), ..) => usize::try_from(count)
            .map(|count| Some(Valid::count(count)))
            .map_err(|_| Error::value(format!("valid is {count}, it must be at least 0"))),
        (_, Ok(share), _) => Valid::share(share).map(Some),
        (.., Ok(text)) => Valid::parse(&text),
        _ => Err(Error::new(
            ErrorKind::Option,
            format!("option `valid` takes a share such as 0.1, a number or slices, got {}", shown(&value)),
        )),
    }
}

/// A name, or an array of such as the list that they are on a command line; `usual` without a value.
pub(super) fn files(value: Option<Dynamic>, name: &'static str, usual: &str) -> Result<String> {
    let Some(value) = value else { return Ok(usual.to_string()) };
    let wrong = || {
        let message =
            format!("option `{name}` takes a name, or an array of names without commas, got {}", shown(&value));
        Error::new(ErrorKind::Option, message)
    };
    if let Ok(text) = value.clone().into_string() {
        return Ok(text);
    }
    let array = value.read_lock::<Array>().ok_or_else(wrong)?;
    let names: Option<Vec<String>> = array.iter().map(|name| name.clone().into_string().ok()).collect();
    let names = names.filter(|names| !names.is_empty() && !names.iter().any(|name| name.contains(',')));
    names.map(|names| names.join(",")).ok_or_else(wrong)
}

/// The data that `name` stands for: here, or on the hub.
fn source(places: &Places, name: &str, test: Vec<PathBuf>) -> Result<Source> {
    let nowhere = match places.find_all(name) {
        Ok(found) => return Source::of(&found, test),
        Err(nowhere) => nowhere,
    };
    let Some((own, config)) = data_set_name(name).filter(|_| !is_table(Path::new(name))) else { return Err(nowhere) };
    if !test.is_empty() {
        return Err(Error::value(format!(
            "test_data is for tables; {name} has a test set of its own, or one is drawn"
        )));
    }
    let found = fetch::find_data_set(places, name, nowhere, &|names| files_of_sets(names, config, own))?;
    let none = || Error::data(format!("{name} has no training set to read"));
    Ok(Source::Tables(sets_of(&found.names, config, own)?.ok_or_else(none)?.within(&found.folder)))
}

/// Of each set its figures; and what was said of them.
fn account(corpus: &Corpus) -> Map {
    let count = |count: usize| Dynamic::from(count as i64);
    let of_set = |set: &SetAccount| {
        let classes = corpus.classes.iter().zip(&set.classes).map(|(name, rows)| (name.into(), count(*rows)));
        let mut map: Map = [
            ("rows", set.rows),
            ("empty", set.empty),
            ("replaced", set.replaced),
            ("repeated", set.repeated),
            ("spanning", set.spanning),
        ]
        .map(|(name, figure)| (name.into(), count(figure)))
        .into();
        map.insert("classes".into(), Dynamic::from_map(classes.collect()));
        if set.set != "train" {
            map.insert("in_train".into(), count(set.in_train));
        }
        (set.set.into(), Dynamic::from_map(map))
    };
    let notes: Array = corpus.notes.iter().map(|note| note.clone().into()).collect();
    corpus.account.iter().map(of_set).chain([("notes".into(), notes.into())]).collect()
}

fn read(places: &Places, given: Map) -> Result<Corpus> {
    let mut o = Options::new(FUNCTION, given);
    let usual = CorpusOptions::default();
    let data = files(o.take("data"), "data", sample::NAME)?;
    let test_data = files(o.take("test_data"), "test_data", "")?;
    let options = CorpusOptions {
        train: selection(&mut o, "train")?,
        test: selection(&mut o, "test")?,
        valid: valid(&mut o)?,
        classes: match o.integer("classes", 0)? {
            0 => None,
            classes => Some(usize::try_from(classes).map_err(|_| {
                Error::value(format!("classes is {classes}, it must be at least 2, or 0 for those that there are"))
            })?),
        },
        class_names: names(&mut o, "class_names")?,
        table: table_options(&mut o)?,
        test_share: o.number("test_share", usual.test_share)?,
        overlap: Overlap::parse(&o.string("overlap", "error")?)?,
    };
    o.done()?;
    if !(0.0..=1.0).contains(&options.test_share) {
        return Err(Error::value(format!("test_share is {}, it must be between 0 and 1", options.test_share)));
    }
    let source = match data.as_str() {
        sample::NAME if test_data.is_empty() => Source::Sample,
        sample::NAME => return Err(Error::value("test_data is for tables; the sample has test reviews of its own")),
        name => {
            let test = if test_data.is_empty() { Vec::new() } else { places.find_all(&test_data)? };
            source(places, name, test)?
        }
    };
    Corpus::read(&source, &options)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Reads a training set, a validation set and a test set of reviews: `#{ train, valid, test, classes, class_names, account }`, where the sets
    /// are maps `#{ texts, labels, ratings, ids, names, replaced }` as `read_reviews` gives them (one that is not asked for is
    /// left out), `classes` is their number, `class_names` what each is called, and `account` what was read, in figures: of each set `#{ rows, classes, empty, replaced, repeated,
    /// spanning }`, of the others also `in_train`, see `imdb::load`, and `notes`. What is worth a word (which label is which
    /// class, classes without a review, replaced characters, reviews in both sets) is said on stderr, once, and stands in `account.notes`.
    ///
    /// The options, and what data can be, are those of `imdb::load`.
    ///
    /// Errors: data that is not there or not as it should be (the file and line are named), more reviews than there are, a
    /// slice beyond the end, a training set of one class, a test label that training never had, a validation set that leaves nothing
    /// to train on.
    ///
    /// ```rhai
    /// let sets = read_sets(#{ train: 4, test: "neg[10:12] + pos[-1:]" });
    /// assert_eq(sets.train.labels.to_array(), [0, 0, 1, 1]);
    /// assert_eq(sets.test.labels.to_array(), [0, 0, 1]);
    /// assert_eq(sets.class_names, ["neg", "pos"]);
    /// assert_eq(sets.account.train.classes, #{ neg: 2, pos: 2 });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_sets(context: NativeCallContext, options: Map) -> ScriptResult<Map> {
        let corpus = read(&*part::<Places>(&context)?, options)?;
        corpus.notes.iter().for_each(|note| complain(note));
        let mut sets = Map::new();
        sets.insert("account".into(), account(&corpus).into());
        sets.insert("classes".into(), (corpus.classes.len() as i64).into());
        let names: Array = corpus.classes.into_iter().map(Dynamic::from).collect();
        sets.insert("class_names".into(), names.into());
        for (name, set) in [("train", corpus.train), ("valid", corpus.valid), ("test", corpus.test)] {
            if let Some(set) = set {
                sets.insert(name.into(), map(set)?.into());
            }
        }
        Ok(sets)
    }

    /// Whether `data` is the name of a table of reviews, such as `read_sets` reads. Its ending tells: `.csv`, `.tsv`, `.tab`,
    /// `.jsonl`, `.ndjson`, `.json`, `.parquet` or `.arrow`, and behind it perhaps `.gz`, `.zst` or `.bz2`; or it is `.zip`. The file need not be there.
    ///
    /// ```rhai
    /// assert_eq(["mine.csv", "MINE.TAB", "aclImdb", "sample"].map(|data| is_table(data)), [true, true, false, false]);
    /// ```
    #[rhai_fn(name = "is_table")]
    pub fn names_table(data: &str) -> bool {
        is_table(Path::new(data))
    }
}
