//! The standard library: `stdlib/*.rhai`, embedded, as modules that need no `import`.
//!
//! A module is the file `NAME.rhai`, and the files of the folder `NAME` beside it where there is one: together they are one text, so
//! that a `private fn` of one file can be called in all of them.
//!
//! A file of the same name in a `stdlib/` folder beside the script, or in a folder of `IMDBSH_PATH`, takes the embedded
//! one's place: it can be copied, changed and tried without compiling anything. One of a new name in a module's folder adds to it.

use super::{
    namespaces::{compiled, inside},
    resolver::Reloaded,
    sources::{Sources, plain},
};
use crate::error::{Error, ErrorKind, Result};
use crate::output::complain;
use crate::script::base::{error::message_of, guard::caught};
use crate::{access, interrupt, places};
use include_dir::{Dir, include_dir};
use rhai::{AST, Engine, EvalAltResult, Module, Scope, Shared};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/stdlib");

/// The module whose functions need no name before them.
const PRELUDE: &str = "prelude";

/// The modules' names, in alphabetical order.
pub fn names() -> Vec<String> {
    let files = EMBEDDED.files().map(include_dir::File::path).filter(|path| is_script(path));
    let mut names: Vec<String> =
        files.filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

fn is_script(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rhai")
}

/// A file of a module, as it stands here.
struct File {
    /// Its name in messages.
    source: String,
    text: String,
    /// Whether the program itself has another, or none.
    is_own: bool,
}

/// Gives `engine` all modules; `folder` is the script's. Says which files of the user's own are among them.
///
/// # Errors
/// A file of the user's own that does not parse, or whose statements fail.
pub fn register(engine: &mut Engine, folder: &Path, sources: &Sources) -> Result<()> {
    let mut own = Vec::new();
    for name in names() {
        let files = read(&name, folder)?;
        own.extend(files.iter().filter(|file| file.is_own).map(|file| file.source.clone()));
        register_one(engine, sources, &name, &files)?;
    }
    tell(&own);
    Ok(())
}

/// Says once which files go before the program's own.
fn tell(own: &[String]) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    let new: Vec<&str> = own.iter().filter(|file| said.insert((*file).clone())).map(String::as_str).collect();
    let more = new.len().saturating_sub(SAID_AT_MOST);
    match (new.get(..SAID_AT_MOST).unwrap_or(&new), more) {
        ([], _) => {}
        (some, 0) => complain(&format!("with {} of your own in the standard library", some.join(", "))),
        (some, n) => complain(&format!("with {} and {n} more of your own in the standard library", some.join(", "))),
    }
}

/// So many files are named.
const SAID_AT_MOST: usize = 4;

fn register_one(engine: &mut Engine, sources: &Sources, name: &str, files: &[File]) -> Result<()> {
    let bad = |source: &str, cause: String| Error::data(format!("stdlib module {source}: {cause}"));
    let parsed = |file: &File| {
        // Some texts make the parser panic.
        let ast =
            caught(|| compiled(engine, &Scope::new(), &plain(&file.text))).map_err(|e| bad(&file.source, e.message))?;
        Ok((file.source.clone(), ast.map_err(|e| bad(&file.source, e.to_string()))?))
    };
    let parts = files.iter().map(parsed).collect::<Result<Vec<_>>>()?;
    files.iter().zip(&parts).for_each(|(file, (_, ast))| sources.add(&file.source, &file.text, ast));
    files.iter().filter(|file| file.is_own).for_each(|file| sources.add_own_library(&file.source));
    let ast = merged(sources, name, &parts);
    let module = interrupt::polled(|| inside(&ast, || Module::eval_ast_as_new(Scope::new(), &ast, engine)));
    let module = module.map_err(|e| bad(ast.source().unwrap_or(name), cause(&e)))?;
    let module = Shared::new(module);
    match name {
        PRELUDE => drop(engine.register_global_module(module)),
        _ => drop(engine.register_static_module(name, module)),
    }
    Ok(())
}

/// What went wrong; of what was stopped, why.
fn cause(error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorTerminated(why, position) => format!("{why} ({position})"),
        EvalAltResult::ErrorRuntime(thrown, position) => format!("{} ({position})", message_of(thrown)),
        other => other.to_string(),
    }
}

/// The files of a module as one; where two define a function, it is the later one's. Remembers in which file each stands.
pub fn merged(sources: &Sources, name: &str, files: &[(String, AST)]) -> AST {
    sources.add_module(name, files);
    let mut all = files.iter().fold(AST::empty(), |all, (_, ast)| all.merge(ast));
    if let Some((source, _)) = files.last() {
        all.set_source(source);
    }
    all
}

/// Registers those modules anew of which a text is not what it was, and gives the names of such texts; one that does not parse
/// leaves its module as it was.
pub fn reload(engine: &mut Engine, folder: &Path, sources: &Sources) -> Vec<Reloaded> {
    let mut reloaded = Vec::new();
    for name in names() {
        let before = sources.files_of(&name);
        let is_new = |file: &File| {
            !before.contains(&file.source) || sources.get(&file.source).as_deref() != Some(file.text.as_str())
        };
        let (changed, result) = match read(&name, folder) {
            Ok(files) => {
                let changed = files.iter().find(|file| is_new(file)).map(|file| file.source.clone());
                if changed.is_none() && files.len() == before.len() {
                    continue;
                }
                (changed, register_one(engine, sources, &name, &files))
            }
            Err(error) => (None, Err(error)),
        };
        reloaded.push(Reloaded { name: changed.unwrap_or(name), result: result.map_err(|e| e.message) });
    }
    reloaded
}

/// The user's own files that take the place of embedded ones, or stand beside them: module names and paths.
///
/// # Errors
/// As [`own`].
pub fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut all = Vec::new();
    for name in names() {
        for file in paths(&name, folder) {
            let own = own(&file, folder)?.filter(|path| trusted(path).is_ok());
            all.extend(own.map(|path| (name.clone(), path)));
        }
    }
    Ok(all)
}

/// The names in messages of a module's files, in the order in which they are merged.
///
/// # Errors
/// As [`own`].
pub fn sources_of(name: &str, folder: &Path) -> Result<Vec<String>> {
    let source = |file: &PathBuf| Ok(source(file, own(file, folder)?.as_deref()));
    paths(name, folder).iter().map(source).collect()
}

/// The files of a module below the library's folder, in the order in which they are merged: `NAME.rhai` is the last.
fn paths(name: &str, folder: &Path) -> Vec<PathBuf> {
    let mut inside: BTreeSet<PathBuf> =
        EMBEDDED.get_dir(name).into_iter().flat_map(Dir::files).map(|file| file.path().to_path_buf()).collect();
    for own in folders(folder) {
        let own = access::list(&own.join(name)).unwrap_or_default();
        inside.extend(own.into_iter().map(|file| Path::new(name).join(file)));
    }
    let inside = inside.into_iter().filter(|path| is_script(path));
    inside.chain([PathBuf::from(format!("{name}.rhai"))]).collect()
}

/// Where files of the user's own are looked for, in this order.
fn folders(script: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::once(script.join("stdlib")).chain(places::library_folders())
}

/// The file of the user's own that stands for `file` of the library.
///
/// # Errors
/// One that may not be read.
fn own(file: &Path, folder: &Path) -> Result<Option<PathBuf>> {
    for path in folders(folder).map(|folder| folder.join(file)) {
        if access::metadata(&path)?.is_some_and(|found| found.is_file()) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// The name in messages of a file of the library.
fn source(file: &Path, own: Option<&Path>) -> String {
    own.map_or_else(|| Path::new("stdlib").join(file), Path::to_path_buf).display().to_string()
}

/// The files that stand for a module here.
fn read(name: &str, folder: &Path) -> Result<Vec<File>> {
    paths(name, folder).iter().map(|file| read_one(file, folder)).collect()
}

fn read_one(file: &Path, folder: &Path) -> Result<File> {
    let embedded = EMBEDDED.get_file(file).and_then(|file| file.contents_utf8());
    let own = own(file, folder)?;
    let source = source(file, own.as_deref());
    let text = own.as_deref().map(access::read_to_string).transpose()?;
    let is_own = text.as_deref().is_some_and(|text| embedded != Some(text));
    if let Some(path) = own.filter(|_| is_own) {
        trusted(&path)?;
    }
    Ok(File { source, text: text.unwrap_or_else(|| embedded.unwrap_or_default().to_string()), is_own })
}

/// Whether a file of the user's own may run here: what some script has left beside it gets no more than that script had, unless the
/// user names the folder.
fn trusted(path: &Path) -> Result<()> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let is_named = places::library_folders().iter().any(|named| absolute(path).starts_with(absolute(named)));
    let Some(more) = access::more_than_the_writer_of(path).filter(|_| !is_named) else { return Ok(()) };
    let message = format!(
        "{} may be a script's work, and what runs here reaches {} as well; if it is yours, IMDBSH_PATH names the folder stdlib",
        path.display(),
        more.display()
    );
    Err(Error::new(ErrorKind::Access, message))
}
