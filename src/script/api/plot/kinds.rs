//! Functions for the kinds of plots that need nothing but numbers: those of `ml`'s table.

use super::super::{
    given::Given,
    handles::TensorHandle,
    row::{another_form, function},
};
use super::draw::Out;
use super::read::{strings, values};
use crate::error::Result;
use crate::ml::options::ReadOptions;
use crate::ml::plot::{
    Panel,
    kinds::{Asked, Kind, Takes},
};
use crate::script::base::{ScriptResult, options::Options};
use rhai::{Dynamic, Engine, Map, Module};

/// One function for each of `kinds`, with and without options.
pub fn register(engine: &mut Engine, kinds: &'static [Kind]) {
    let mut module = Module::new();
    for kind in kinds {
        let of = |ty: &str| [format!("{}: {ty}", kind.parameter), "options: Map".into(), "ScriptResult<String>".into()];
        match kind.takes {
            Takes::Numbers => register_one(&mut module, kind, &of("Dynamic"), |what: Dynamic| what),
            Takes::Tensor => {
                register_one(&mut module, kind, &of("TensorHandle"), |what: TensorHandle| Dynamic::from(what))
            }
        }
    }
    engine.register_global_module(module.into());
}

fn register_one<T: Clone + 'static>(
    module: &mut Module,
    kind: &'static Kind,
    parameters: &[String; 3],
    what: fn(T) -> Dynamic,
) {
    let [first, options, result] = parameters.each_ref().map(String::as_str);
    function(kind.name, kind.doc, kind.example, &[first, options, result])
        .set_into_module(module, move |data: T, options: Map| draw(kind, what(data), options));
    another_form(kind.name, &[first, result])
        .set_into_module(module, move |data: T| draw(kind, what(data), Map::new()));
}

fn draw(kind: &Kind, what: Dynamic, options: Map) -> ScriptResult<String> {
    let (panel, out) = build(kind, what, options, false)?;
    Ok(out.draw(vec![panel], None)?)
}

/// The panel of such a function, alone in its figure or among others, and where it goes.
pub fn build(kind: &Kind, what: Dynamic, options: Map, is_among_others: bool) -> Result<(Panel, Out)> {
    let options = Given(Options::new(kind.name, options));
    let mut call = Call { name: kind.name, what, options, out: Out::default(), is_among_others };
    Ok(((kind.build)(&mut call)?, call.out))
}

/// One call of such a function.
struct Call {
    name: &'static str,
    what: Dynamic,
    options: Given,
    out: Out,
    is_among_others: bool,
}

impl Asked for Call {
    fn options(&mut self) -> &mut dyn ReadOptions {
        &mut self.options
    }

    fn texts(&mut self, option: &'static str) -> Result<Vec<String>> {
        strings(&mut self.options.0, option)
    }

    fn picture(&mut self, file: &str) -> Result<()> {
        self.out = match self.is_among_others {
            true => Out::of_panel(&mut self.options.0)?,
            false => Out::read(&mut self.options.0, file)?,
        };
        Ok(())
    }

    fn done(&mut self) -> Result<()> {
        std::mem::replace(&mut self.options.0, Options::none(self.name)).done()
    }

    fn numbers(&self) -> Result<Vec<f64>> {
        values(self.name, &self.what)
    }

    fn shape(&self) -> Vec<i64> {
        self.what.read_lock::<TensorHandle>().map(|tensor| tensor.size()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::plot::{Canvas, Content, Figure, Frame, Look, text};
    use crate::output::Colours;

    /// A dot for each number, from left to right.
    #[derive(Debug)]
    struct Dots(Vec<f64>, i64);

    impl Content for Dots {
        fn check(&self) -> Result<()> {
            Ok(())
        }

        fn draw(&self, canvas: &mut dyn Canvas, _: &Panel, place: Frame) -> Result<()> {
            let dot = |(i, y): (usize, &f64)| {
                canvas.dot(place.pixel((i as f64 / self.0.len() as f64, *y)), self.1 as f64, (0, 114, 178))
            };
            self.0.iter().enumerate().try_for_each(dot)
        }

        fn write(&self, panel: &Panel, _: Look, lines: &mut Vec<String>) {
            lines.push(format!("{} {}", panel.y_label, "•".repeat(self.0.len())));
        }
    }

    fn panel(numbers: Vec<f64>, radius: i64) -> Panel {
        Panel::of("", "", "dots", Dots(numbers, radius))
    }

    static ROWS: [Kind; 1] = [Kind {
        name: "plot_dots",
        doc: "Draws dots.",
        example: "plot_dots([1, 2]);",
        parameter: "what",
        takes: Takes::Numbers,
        build: |asked| {
            asked.picture("dots.png")?;
            let radius = asked.options().integer("radius", 3)?;
            asked.done()?;
            Ok(panel(asked.numbers()?, radius))
        },
    }];

    #[test]
    fn a_kind_of_ones_own_is_a_row_and_is_drawn_into_files_and_terminals() {
        let mut engine = Engine::new();
        register(&mut engine, &ROWS);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dots.svg").display().to_string();
        let mut scope = rhai::Scope::new();
        scope.push("file", file.clone());
        let mut run = |text: &str| engine.eval_with_scope::<String>(&mut scope, text);
        assert_eq!(run("plot_dots([0.25, 0.5, 0.75], #{ file: file, radius: 4 })").unwrap(), file);
        assert_eq!(std::fs::read_to_string(&file).unwrap().matches("<circle").count(), 3);
        let unknown = run("plot_dots([1], #{ file: file, radios: 4 })").unwrap_err().to_string();
        assert!(unknown.contains("plot_dots: unknown option `radios`; did you mean `radius`"), "{unknown}");
        let look = Look { width: 40, height: 10, colours: Colours::None, unicode: true };
        assert_eq!(text(&Figure::new("", vec![panel(vec![1.0, 2.0], 3)]), look), "dots ••");
    }
}
