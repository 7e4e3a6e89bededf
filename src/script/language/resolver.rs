//! `import "schedules" as s;` reads `schedules.rhai` beside the importing file, else beside the script.

use super::namespaces::{compiled, inside};
use super::sources::{Sources, plain};
use crate::access;
use crate::error::{Error, ErrorKind};
use crate::script::base::guard::caught;
use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};
use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
};

/// A file that was read anew, or why it could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reloaded {
    pub name: String,
    pub result: Result<(), String>,
}

/// Copies share what was read.
#[derive(Clone, Default)]
pub struct Resolver {
    folder: PathBuf,
    sources: Sources,
    loaded: Rc<RefCell<HashMap<PathBuf, Shared<Module>>>>,
    /// The file that a path meant last. At a prompt each line imports anew what was imported before, in a file of another folder too.
    meant: Rc<RefCell<HashMap<String, PathBuf>>>,
    /// The files that are being read, the outermost first: one that comes again imports itself.
    reading: Rc<RefCell<Vec<PathBuf>>>,
}

impl Resolver {
    pub fn new(folder: PathBuf, sources: Sources) -> Self {
        Resolver { folder, sources, ..Resolver::default() }
    }

    /// The files that were imported.
    pub fn files(&self) -> Vec<PathBuf> {
        self.loaded.borrow().keys().cloned().collect()
    }

    /// Reads all imported files anew where one of them has changed, and gives the names of those; one that cannot be read stays
    /// as it was.
    pub fn reload(&self, engine: &Engine) -> Vec<Reloaded> {
        let files = self.files();
        let is_changed = |file: &PathBuf| {
            let name = file.display().to_string();
            !access::read_to_string(file).is_ok_and(|text| self.sources.reads(&name, &text))
        };
        let mut changed: Vec<PathBuf> = files.iter().filter(|file| is_changed(file)).cloned().collect();
        changed.sort();
        if changed.is_empty() {
            return Vec::new();
        }
        let mut reloaded = self.read_anew(engine);
        let changed: Vec<String> = changed.iter().map(|file| file.display().to_string()).collect();
        reloaded.retain(|file| changed.contains(&file.name) || file.result.is_err());
        reloaded.sort_by(|a, b| a.name.cmp(&b.name));
        reloaded
    }

    /// Reads all imported files anew, since they import each other; one that cannot be read stays as it was.
    pub fn read_anew(&self, engine: &Engine) -> Vec<Reloaded> {
        let before = self.loaded.take();
        let read = |(file, module): (PathBuf, Shared<Module>)| {
            let result = self.read(engine, &file, Position::NONE);
            if result.is_err() {
                self.loaded.borrow_mut().insert(file.clone(), module);
            }
            Reloaded { name: file.display().to_string(), result: result.map(drop).map_err(|error| error.to_string()) }
        };
        before.into_iter().map(read).collect()
    }

    /// Where `path` may stand, in the order in which it is looked for.
    fn candidates(&self, importer: Option<&str>, path: &str) -> Vec<PathBuf> {
        let mut file = PathBuf::from(path);
        if file.extension().is_none() {
            file.set_extension("rhai");
        }
        let beside = importer.and_then(|source| Path::new(source).parent());
        let mut candidates: Vec<PathBuf> =
            beside.into_iter().chain([self.folder.as_path()]).map(|d| d.join(&file)).collect();
        candidates.dedup();
        candidates
    }

    /// The file that `path` means in the script `importer`.
    ///
    /// # Errors
    /// None is there, or it may not be read.
    pub fn file_of(&self, importer: Option<&str>, path: &str) -> Result<PathBuf, Error> {
        let candidates = self.candidates(importer, path);
        // One that has gone since is still known.
        let is_there = |file: &&PathBuf| self.loaded.borrow().contains_key(*file) || access::is_file(file);
        let found = candidates.iter().find(is_there).cloned().or_else(|| self.meant.borrow().get(path).cloned());
        found.ok_or_else(|| {
            let refused = candidates.iter().find_map(|file| access::metadata(file).err());
            let tried: Vec<String> = candidates.iter().map(|c| c.display().to_string()).collect();
            // Not `ErrorModuleNotFound`, of which the interpreter keeps the name alone.
            let message = format!("no module {path} (looked for {})", tried.join(" and "));
            refused.unwrap_or_else(|| Error::new(ErrorKind::File, message))
        })
    }

    /// The module in `file`, read now unless it has been.
    fn read(&self, engine: &Engine, file: &Path, position: Position) -> Result<Shared<Module>, Box<EvalAltResult>> {
        if let Some(module) = self.loaded.borrow().get(file) {
            return Ok(module.clone());
        }
        let name = file.display().to_string();
        let in_module = |cause| Box::new(EvalAltResult::ErrorInModule(name.clone(), cause, position));
        if self.reading.borrow().iter().any(|f| f == file) {
            let way = self.reading.borrow().iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(" → ");
            let mut error: Box<EvalAltResult> =
                Error::value(format!("module {name} imports itself ({way} → {name})")).into();
            error.set_position(position);
            return Err(error);
        }
        let text = access::read_to_string(file).map_err(|e| in_module(e.into()))?;
        let ast = caught(|| compiled(engine, &Scope::new(), &plain(&text))).map_err(|e| in_module(e.into()))?;
        let mut ast = ast.map_err(|e| in_module(e.into()))?;
        ast.set_source(&name);
        self.sources.add(&name, &text, &ast);
        self.reading.borrow_mut().push(file.to_path_buf());
        let module = inside(&ast, || Module::eval_ast_as_new(Scope::new(), &ast, engine));
        self.reading.borrow_mut().pop();
        let module = module.map_err(in_module)?;
        let module = Shared::new(module);
        self.loaded.borrow_mut().insert(file.to_path_buf(), module.clone());
        Ok(module)
    }
}

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        importer: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        if let Some(module) = self.sources.edited_module(path) {
            return Ok(module);
        }
        let file = self.file_of(importer, path).map_err(|error| {
            let mut error: Box<EvalAltResult> = error.into();
            error.set_position(position);
            error
        })?;
        let module = self.read(engine, &file, position)?;
        self.meant.borrow_mut().insert(path.to_string(), file);
        Ok(module)
    }
}
