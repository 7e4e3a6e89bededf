//! The standard library: `stdlib/*.rhai`, embedded, as modules that need no `import`.
//!
//! A module is the file `NAME.rhai`, and the files of the folder `NAME` beside it where there is one: together they are one text, so
//! that a `private fn` of one file can be called in all of them.
//!
//! A file of the same name in a `stdlib/` folder beside the script, or in a folder of `IMDBSH_PATH`, takes the embedded
//! one's place: it can be copied, changed and tried without compiling anything. One of a new name in a module's folder adds to it.

use super::{
    resolver::Reloaded,
    sources::{Sources, plain},
};
use crate::error::{Error, Result};
use crate::places;
use include_dir::{Dir, include_dir};
use rhai::{AST, Engine, Module, Scope, Shared};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
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
}

/// Gives `engine` all modules; `folder` is the script's.
///
/// # Errors
/// A file of the user's own that does not parse.
pub fn register(engine: &mut Engine, folder: &Path, sources: &Sources) -> Result<()> {
    for name in names() {
        register_one(engine, sources, &name, &read(&name, folder)?)?;
    }
    Ok(())
}

fn register_one(engine: &mut Engine, sources: &Sources, name: &str, files: &[File]) -> Result<()> {
    let bad = |source: &str, cause: String| Error::data(format!("stdlib module {source}: {cause}"));
    let compile = |file: &File| {
        let ast = engine.compile(plain(&file.text)).map_err(|e| bad(&file.source, e.to_string()))?;
        Ok((file.source.clone(), ast))
    };
    let parts = files.iter().map(compile).collect::<Result<Vec<_>>>()?;
    files.iter().zip(&parts).for_each(|(file, (_, ast))| sources.add(&file.source, &file.text, ast));
    let ast = merged(sources, name, &parts);
    let module = Module::eval_ast_as_new(Scope::new(), &ast, engine);
    let module = Shared::new(module.map_err(|e| bad(ast.source().unwrap_or(name), e.to_string()))?);
    match name {
        PRELUDE => drop(engine.register_global_module(module)),
        _ => drop(engine.register_static_module(name, module)),
    }
    Ok(())
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
pub fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let of = |name: String| {
        let own = paths(&name, folder).into_iter().filter_map(|file| own(&file, folder));
        own.map(|path| (name.clone(), path)).collect::<Vec<_>>()
    };
    names().into_iter().flat_map(of).collect()
}

/// The names in messages of a module's files, in the order in which they are merged.
pub fn sources_of(name: &str, folder: &Path) -> Vec<String> {
    paths(name, folder).iter().map(|file| source(file, folder)).collect()
}

/// The files of a module below the library's folder, in the order in which they are merged: `NAME.rhai` is the last.
#[expect(clippy::disallowed_methods, reason = "folders that the user named")]
fn paths(name: &str, folder: &Path) -> Vec<PathBuf> {
    let mut inside: BTreeSet<PathBuf> =
        EMBEDDED.get_dir(name).into_iter().flat_map(Dir::files).map(|file| file.path().to_path_buf()).collect();
    for own in folders(folder) {
        let own = std::fs::read_dir(own.join(name)).into_iter().flatten().flatten();
        inside.extend(own.map(|entry| Path::new(name).join(entry.file_name())));
    }
    let inside = inside.into_iter().filter(|path| is_script(path));
    inside.chain([PathBuf::from(format!("{name}.rhai"))]).collect()
}

/// Where files of the user's own are looked for, in this order.
fn folders(script: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::once(script.join("stdlib")).chain(places::library_folders())
}

/// The file of the user's own that stands for `file` of the library.
#[expect(clippy::disallowed_methods, reason = "folders that the user named")]
fn own(file: &Path, folder: &Path) -> Option<PathBuf> {
    folders(folder).map(|folder| folder.join(file)).find(|path| path.is_file())
}

fn source(file: &Path, folder: &Path) -> String {
    own(file, folder).unwrap_or_else(|| Path::new("stdlib").join(file)).display().to_string()
}

/// The files that stand for a module here.
fn read(name: &str, folder: &Path) -> Result<Vec<File>> {
    let read = |file: PathBuf| Ok(File { source: source(&file, folder), text: text(&file, folder)? });
    paths(name, folder).into_iter().map(read).collect()
}

#[expect(clippy::disallowed_methods, reason = "folders that the user named")]
fn text(file: &Path, folder: &Path) -> Result<String> {
    match own(file, folder) {
        Some(path) => std::fs::read_to_string(&path).map_err(|e| Error::file("read", &path, e)),
        None => Ok(EMBEDDED.get_file(file).and_then(|f| f.contents_utf8()).unwrap_or_default().to_string()),
    }
}
