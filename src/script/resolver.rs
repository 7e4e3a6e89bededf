//! `import "schedules" as s;` reads `schedules.rhai` beside the importing file, else beside the script.

use super::sources::{Sources, plain};
use crate::error::{Error, ErrorKind};
use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};
use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
};

pub struct Resolver {
    folder: PathBuf,
    sources: Sources,
    loaded: RefCell<HashMap<PathBuf, Shared<Module>>>,
    /// The files that are being read, the outermost first: one that comes again imports itself.
    reading: RefCell<Vec<PathBuf>>,
}

impl Resolver {
    pub fn new(folder: PathBuf, sources: Sources) -> Self {
        Resolver { folder, sources, loaded: RefCell::default(), reading: RefCell::default() }
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
}

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        importer: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        let candidates = self.candidates(importer, path);
        let Some(file) = candidates.iter().find(|c| c.is_file()) else {
            let tried: Vec<String> = candidates.iter().map(|c| c.display().to_string()).collect();
            // Not `ErrorModuleNotFound`, of which the interpreter keeps the name alone.
            let message = format!("no module {path} (looked for {})", tried.join(" and "));
            let mut error: Box<EvalAltResult> = Error::new(ErrorKind::File, message).into();
            error.set_position(position);
            return Err(error);
        };
        if let Some(module) = self.loaded.borrow().get(file) {
            return Ok(module.clone());
        }
        let name = file.display().to_string();
        let in_module = |cause| Box::new(EvalAltResult::ErrorInModule(name.clone(), cause, position));
        if self.reading.borrow().contains(file) {
            let way = self.reading.borrow().iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(" → ");
            let mut error: Box<EvalAltResult> =
                Error::value(format!("module {name} imports itself ({way} → {name})")).into();
            error.set_position(position);
            return Err(error);
        }
        let text = std::fs::read_to_string(file).map_err(|e| in_module(e.to_string().into()))?;
        let mut ast = engine.compile(plain(&text)).map_err(|e| in_module(e.into()))?;
        ast.set_source(&name);
        self.sources.add(&name, &text, &ast);
        self.reading.borrow_mut().push(file.clone());
        let module = Module::eval_ast_as_new(Scope::new(), &ast, engine);
        self.reading.borrow_mut().pop();
        let module = module.map_err(in_module)?;
        let module = Shared::new(module);
        self.loaded.borrow_mut().insert(file.clone(), module.clone());
        Ok(module)
    }
}
