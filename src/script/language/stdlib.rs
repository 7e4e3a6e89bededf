//! The standard library: `stdlib/*.rhai`, embedded, as modules that need no `import`.
//!
//! A file of the same name in a `stdlib/` folder beside the script, or in a folder of `IMDBSH_PATH`, takes the embedded
//! one's place: it can be copied, changed and tried without compiling anything.

use super::{
    resolver::Reloaded,
    sources::{Sources, plain},
};
use crate::error::{Error, Result};
use crate::places;
use include_dir::{Dir, include_dir};
use rhai::{Engine, Module, Scope, Shared};
use std::path::{Path, PathBuf};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/stdlib");

/// The module whose functions need no name before them.
const PRELUDE: &str = "prelude";

/// The modules' names, in alphabetical order.
pub fn names() -> Vec<String> {
    let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let mut names: Vec<String> = EMBEDDED
        .files()
        .filter(|f| f.path().extension().is_some_and(|e| e == "rhai"))
        .filter_map(|f| stem(f.path()))
        .collect();
    names.sort();
    names
}

/// Gives `engine` all modules; `folder` is the script's.
///
/// # Errors
/// A file of the user's own that does not parse.
pub fn register(engine: &mut Engine, folder: &Path, sources: &Sources) -> Result<()> {
    for name in names() {
        let (source, text) = find(&name, folder)?;
        register_one(engine, sources, &name, &source, &text)?;
    }
    Ok(())
}

fn register_one(engine: &mut Engine, sources: &Sources, name: &str, source: &str, text: &str) -> Result<()> {
    let bad = |cause: String| Error::data(format!("stdlib module {source}: {cause}"));
    let mut ast = engine.compile(plain(text)).map_err(|e| bad(e.to_string()))?;
    ast.set_source(source);
    sources.add(source, text, &ast);
    let module = Shared::new(Module::eval_ast_as_new(Scope::new(), &ast, engine).map_err(|e| bad(e.to_string()))?);
    match name {
        PRELUDE => drop(engine.register_global_module(module)),
        _ => drop(engine.register_static_module(name, module)),
    }
    sources.add_module(name, source);
    Ok(())
}

/// Registers those modules anew whose text is not what it was, and gives their names; one that does not parse stays as it was.
pub fn reload(engine: &mut Engine, folder: &Path, sources: &Sources) -> Vec<Reloaded> {
    let mut reloaded = Vec::new();
    for name in names() {
        let found = find(&name, folder);
        if let Ok((source, text)) = &found
            && sources.of_module(&name).as_ref() == Some(source)
            && sources.get(source).as_deref() == Some(text)
        {
            continue;
        }
        let source = found.as_ref().map_or_else(|_| name.clone(), |(source, _)| source.clone());
        let result = found.and_then(|(source, text)| register_one(engine, sources, &name, &source, &text));
        reloaded.push(Reloaded { name: source, result: result.map_err(|e| e.message) });
    }
    reloaded
}

/// The user's own files that take the place of embedded ones: module names and paths.
pub fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    names().into_iter().filter_map(|name| own(&name, folder).map(|path| (name, path))).collect()
}

/// The file of the user's own that stands for a module.
#[expect(clippy::disallowed_methods, reason = "folders that the user named")]
fn own(name: &str, folder: &Path) -> Option<PathBuf> {
    let file = format!("{name}.rhai");
    let folders = std::iter::once(folder.join("stdlib")).chain(places::library_folders());
    folders.map(|f| f.join(&file)).find(|p| p.is_file())
}

/// The source name and text that stand for a module here.
#[expect(clippy::disallowed_methods, reason = "folders that the user named")]
fn find(name: &str, folder: &Path) -> Result<(String, String)> {
    if let Some(path) = own(name, folder) {
        let text = std::fs::read_to_string(&path).map_err(|e| Error::file("read", &path, e))?;
        return Ok((path.display().to_string(), text));
    }
    let file = format!("{name}.rhai");
    let text = EMBEDDED.get_file(&file).and_then(|f| f.contents_utf8()).unwrap_or_default();
    Ok((format!("stdlib/{file}"), text.to_string()))
}
