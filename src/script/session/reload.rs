//! `--watch`: functions of the script, of its imports and of the standard library that are edited while a training runs.
//!
//! What runs holds closures: the schedule, the penalty, the loop's own epoch. When a file has changed, each closure that stands in
//! it is exchanged for the one that stands in its place now, with what it has captured, and sees the functions as they are
//! now. A file that does not parse is said, and what was there before stays.

use super::version::{Closure, Version};
use crate::access;
use crate::error::{Error, Result};
use crate::script::{
    base::nesting::{DEEPEST, deeper},
    help::failure,
    language::{
        namespaces::{compiled, inside},
        resolver::Resolver,
        sources::{Sources, plain},
        stdlib,
    },
};
use rhai::{AST, Array, Dynamic, Engine, FnPtr, Map, Module, Scope, Shared, Stmt};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// The watched files, and what was seen of them so far.
pub struct Reload {
    /// The script's file, where there is one.
    script: Option<PathBuf>,
    /// The script's folder.
    folder: PathBuf,
    sources: Sources,
    /// Knows the imported files.
    resolver: Resolver,
    /// By the names that they have in messages.
    files: BTreeMap<String, File>,
    /// The files in which closures stand, watched or not: how they read, version by version.
    versions: HashMap<String, Vec<Version>>,
    /// The modules of the standard library that were edited.
    modules: Vec<String>,
}

struct File {
    path: PathBuf,
    text: String,
    /// The module's name, where it is one of the standard library.
    module: Option<String>,
    is_import: bool,
}

/// A file whose functions are new.
pub struct Change {
    pub source: String,
    pub text: String,
}

/// The files that a session watches, where it was asked to.
pub struct Watch(Option<RefCell<Reload>>);

impl Watch {
    pub fn new(reload: Option<Reload>) -> Self {
        Watch(reload.map(RefCell::new))
    }

    pub fn reload(&self) -> Option<&RefCell<Reload>> {
        self.0.as_ref()
    }
}

impl Reload {
    /// Watches the file `script`, the library's files beside it in `folder`, and those that `resolver` reads.
    pub fn new(script: Option<PathBuf>, folder: PathBuf, sources: Sources, resolver: Resolver) -> Self {
        Reload {
            script,
            folder,
            sources,
            resolver,
            files: BTreeMap::new(),
            versions: HashMap::new(),
            modules: Vec::new(),
        }
    }

    /// Looks for files that changed since the last time, and exchanges the closures in `values` if some did. Gives those
    /// that did, and what has to be said of those that do not parse.
    ///
    /// # Errors
    /// A module of the standard library that fails.
    pub fn refresh(&mut self, engine: &Engine, values: &mut Map) -> Result<(Vec<Change>, Vec<String>)> {
        for (source, file) in self.watched()? {
            self.files.entry(source).or_insert(file);
        }
        let (mut changes, mut broken, mut is_import_new) = (Vec::new(), Vec::new(), false);
        let names: Vec<String> = self.files.keys().cloned().collect();
        for source in names {
            let Some(file) = self.files.get_mut(&source) else { continue };
            // An editor may be in the middle of writing it: the next look will find it.
            let Ok(text) = access::read_to_string(&file.path) else { continue };
            let is_new = |text: &String| plain(text) != plain(&file.text);
            // What it settles at may be what it read before: an editor wrote the same once more.
            let text = Some(text).filter(is_new).and_then(|text| settled(&file.path, text)).filter(is_new);
            let Some(text) = text else { continue };
            self.version(engine, &source)?;
            let Some(file) = self.files.get_mut(&source) else { continue };
            file.text.clone_from(&text);
            let (module, is_import) = (file.module.clone(), file.is_import);
            match failure::parsed(engine, &self.sources, &source, &text, &Scope::new()) {
                Ok(ast) => {
                    is_import_new |= is_import;
                    self.versions.entry(source.clone()).or_default().push(Version::of(ast));
                    if let Some(module) = module {
                        self.replace_module(engine, &module)?;
                    }
                    changes.push(Change { source, text });
                }
                Err(failure) => broken.push(failure.into_report()),
            }
        }
        if is_import_new {
            let read = self.resolver.read_anew(engine);
            broken.extend(read.into_iter().filter_map(|file| file.result.err().map(|e| format!("{}: {e}", file.name))));
        }
        if !changes.is_empty() {
            let mut exchange = Exchange { reload: self, engine, current: HashMap::new() };
            values.values_mut().try_for_each(|value| exchange.value(value))?;
        }
        Ok((changes, broken))
    }

    fn watched(&self) -> Result<BTreeMap<String, File>> {
        let file = |path: PathBuf, module: Option<String>, is_import: bool| {
            let source = path.display().to_string();
            let text = self.sources.get(&source).map(|text| text.to_string()).unwrap_or_default();
            (source, File { path, text, module, is_import })
        };
        let script = self.script.iter().map(|path| file(path.clone(), None, false));
        let modules = stdlib::files(&self.folder)?.into_iter().map(|(name, path)| file(path, Some(name), false));
        let imports = self.resolver.files().into_iter().map(|path| file(path, None, true));
        Ok(script.chain(modules).chain(imports).collect())
    }

    fn replace_module(&mut self, engine: &Engine, name: &str) -> Result<()> {
        let ast = self.module(engine, name)?;
        let module = inside(&ast, || Module::eval_ast_as_new(Scope::new(), &ast, engine));
        let module = module.map_err(|e| Error::data(format!("stdlib module {name}: {e}")))?;
        self.sources.replace_module(&stdlib_path(name), Shared::new(module));
        if !self.modules.iter().any(|known| known == name) {
            self.modules.push(name.to_string());
        }
        Ok(())
    }

    /// A module of the standard library as its files read now.
    fn module(&mut self, engine: &Engine, name: &str) -> Result<AST> {
        let mut files = Vec::new();
        for source in stdlib::sources_of(name, &self.folder)? {
            let now = self.version(engine, &source)?.last().map(|version| version.ast.clone());
            files.push((source, now.unwrap_or_default()));
        }
        Ok(stdlib::merged(&self.sources, name, &files))
    }

    /// The versions of a text, the first of which is how it read when the program began.
    fn version(&mut self, engine: &Engine, source: &str) -> Result<&[Version]> {
        if !self.versions.contains_key(source) {
            let text = self.sources.get(source).unwrap_or_default();
            let ast =
                compiled(engine, &Scope::new(), &plain(&text)).map_err(|e| Error::data(format!("{source}: {e}")))?;
            self.versions.insert(source.to_string(), vec![Version::of(ast)]);
        }
        Ok(self.versions.get(source).map(Vec::as_slice).unwrap_or_default())
    }
}

/// What a file reads that was `before` a moment ago, once it reads the same twice and is not empty, as it is while an editor
/// begins to write it; nothing where it goes on changing.
fn settled(file: &Path, mut before: String) -> Option<String> {
    for _ in 0..LOOKS {
        thread::sleep(BETWEEN_LOOKS);
        let now = access::read_to_string(file).ok()?;
        if now == before && !now.is_empty() {
            return Some(now);
        }
        before = now;
    }
    None
}

/// Longer than a file takes to be written.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
const LOOKS: usize = 10;

/// The name under which the resolver finds an edited module of the standard library.
fn stdlib_path(name: &str) -> String {
    format!("stdlib:{name}")
}

/// Puts the closures of now in the place of those that values hold.
struct Exchange<'a> {
    reload: &'a mut Reload,
    engine: &'a Engine,
    /// The closures of each text as it is now, ready to be called.
    current: HashMap<String, Vec<Closure>>,
}

impl Exchange<'_> {
    fn value(&mut self, value: &mut Dynamic) -> Result<()> {
        let _level = deeper(DEEPEST)?;
        if let Some(mut map) = value.write_lock::<Map>() {
            return map.values_mut().try_for_each(|value| self.value(value));
        }
        if let Some(mut array) = value.write_lock::<Array>() {
            return array.iter_mut().try_for_each(|value| self.value(value));
        }
        let Some(mut pointer) = value.read_lock::<FnPtr>().map(|pointer| pointer.clone()) else { return Ok(()) };
        pointer.iter_curry_mut().try_for_each(|captured| self.value(captured))?;
        let new = self.closure(&pointer)?.unwrap_or(pointer);
        if let Some(mut place) = value.write_lock::<FnPtr>() {
            *place = new;
        }
        Ok(())
    }

    /// What stands in the place of a closure now; nothing where it does not stand in a file, or its file has others now.
    fn closure(&mut self, old: &FnPtr) -> Result<Option<FnPtr>> {
        let Some(source) = self.reload.sources.home(old.fn_name(), "") else { return Ok(None) };
        let versions = self.reload.version(self.engine, &source)?;
        let found = versions.iter().rev().find_map(|version| Some((version, version.place(old.fn_name())?)));
        let (Some((was, place)), Some(now)) = (found, versions.last()) else { return Ok(None) };
        let before = was.closures[place].parameters.clone();
        let place = match was.closures.len() == now.closures.len() {
            true => Some(place),
            false => now.place(old.fn_name()),
        };
        let Some(new) = place.map(|place| self.ready(&source).map(|all| all.get(place).cloned())) else {
            return Ok(None);
        };
        let Some(new) = new? else { return Ok(None) };
        // It must take the same: what was captured first, then as many arguments.
        let captured = old.curry().len();
        let alike = new.parameters.len() == before.len() && new.parameters.get(..captured) == before.get(..captured);
        if !alike {
            return Ok(None);
        }
        let mut pointer = new.pointer;
        pointer.set_curry(old.curry().iter().cloned());
        Ok(Some(pointer))
    }

    /// A text as it is now, or the module of the standard library to which it belongs.
    fn beside(&mut self, source: &str) -> Result<AST> {
        if let Some(module) = self.reload.sources.module_of(source) {
            return self.reload.module(self.engine, &module);
        }
        let now = self.reload.versions.get(source).and_then(|all| all.last());
        Ok(now.map(|version| version.ast.clone()).unwrap_or_default())
    }

    /// The closures of a text with all that they can call: the functions beside them, its imports, edited modules.
    fn ready(&mut self, source: &str) -> Result<&[Closure]> {
        if !self.current.contains_key(source) {
            let beside = self.beside(source)?;
            let Some(version) = self.reload.versions.get(source).and_then(|all| all.last()) else { return Ok(&[]) };
            let failed = |e: String| Error::data(format!("{source}: {e}"));
            let edited: Vec<String> =
                self.reload.modules.iter().map(|name| format!("import \"{}\" as {name};", stdlib_path(name))).collect();
            let edited = compiled(self.engine, &Scope::new(), &edited.join("\n")).map_err(|e| failed(e.to_string()))?;
            let imports: Vec<Stmt> =
                beside.statements().iter().filter(|s| matches!(s, Stmt::Import(..))).cloned().collect();
            let mut around = AST::new(imports, Module::new()).merge(&edited).merge(&beside.clone_functions_only());
            around.set_source(beside.source().unwrap_or(source));
            let mut scope = Scope::new();
            for (i, closure) in version.closures.iter().enumerate() {
                scope.push(format!("c{i}"), closure.pointer.clone());
                scope.set_alias(format!("c{i}"), "");
            }
            // A module gives the functions in its variables its surroundings.
            let module = inside(&around, || Module::eval_ast_as_new(scope, &around, self.engine));
            let module = module.map_err(|e| failed(e.to_string()))?;
            let ready = |(i, closure): (usize, &Closure)| {
                let pointer = module.get_var(&format!("c{i}")).and_then(Dynamic::try_cast::<FnPtr>)?;
                Some(Closure { pointer, parameters: closure.parameters.clone() })
            };
            let ready = version.closures.iter().enumerate().filter_map(ready).collect();
            self.current.insert(source.to_string(), ready);
        }
        Ok(self.current.get(source).map(Vec::as_slice).unwrap_or_default())
    }
}
