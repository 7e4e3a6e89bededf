//! `plot_panels`: several pictures in one.

use super::curves::panel as curves;
use super::draw::Out;
use super::kinds::build;
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::ml::plot::{
    Panel,
    kinds::{Kind, TABLE, Takes},
    title,
};
use crate::script::api::handles::TensorHandle;
use crate::script::base::{
    ScriptResult,
    error::message_of,
    options::{Options, shown},
};
use rhai::{Array, Dynamic, EvalAltResult, Map, plugin::*};

const FUNCTION: &str = "plot_panels";
/// What `plot` draws.
const CURVES: &str = "plot";

/// What a kind's panel is asked for by: the name of its function without what all have.
fn key(kind: &Kind) -> &'static str {
    kind.name.strip_prefix("plot_").unwrap_or(kind.name)
}

/// The key that says what a panel draws.
fn asked_for(options: &Map) -> Result<&'static str> {
    let keys: Vec<&str> = std::iter::once(CURVES).chain(TABLE.iter().map(key)).collect();
    let found: Vec<&&str> = keys.iter().filter(|key| options.contains_key(**key)).collect();
    match found[..] {
        [key] => Ok(key),
        [] => {
            let nearest = options.keys().map(|key| did_you_mean(key, &keys)).find(|nearest| !nearest.is_empty());
            let message = format!(
                "nothing to draw{}; it has one of {}, as in #{{ plot: numbers, y_label: \"loss\" }}",
                nearest.unwrap_or_default().trim_end_matches('?'),
                keys.join(", ")
            );
            Err(Error::new(ErrorKind::Option, message))
        }
        _ => {
            let message = format!("both `{}` and `{}`: a panel draws one of them", found[0], found[1]);
            Err(Error::new(ErrorKind::Option, message))
        }
    }
}

/// The error of panel `i`, counted from 0.
fn at(i: usize, error: EvalAltResult) -> Box<EvalAltResult> {
    match error {
        EvalAltResult::ErrorRuntime(mut thrown, position) => {
            let message = format!("{FUNCTION}: panel {}: {}", i + 1, message_of(&thrown));
            match thrown.write_lock::<Map>() {
                Some(mut map) => drop(map.insert("message".into(), message.into())),
                None => return EvalAltResult::ErrorRuntime(message.into(), position).into(),
            }
            EvalAltResult::ErrorRuntime(thrown, position).into()
        }
        other => other.into(),
    }
}

fn one(panel: &Dynamic) -> ScriptResult<Panel> {
    let Some(mut options) = panel.clone().try_cast::<Map>() else {
        let message = format!("a panel is a map such as #{{ plot: numbers, y_label: \"loss\" }}, got {}", shown(panel));
        return Err(Error::value(message).into());
    };
    let key = asked_for(&options)?;
    let what = options.remove(key).unwrap_or_default();
    let (panel, out) = match TABLE.iter().find(|kind| self::key(kind) == key) {
        Some(kind) if kind.takes == Takes::Tensor && !what.is::<TensorHandle>() => {
            return Err(Error::value(format!("`{key}` takes a tensor, got {}", shown(&what))).into());
        }
        Some(kind) => build(kind, what, options, true)?,
        None => {
            let mut options = Options::new(CURVES, options);
            let out = Out::of_panel(&mut options)?;
            (curves(&what, options)?, out)
        }
    };
    Ok(Panel { title: title(&out.title), ..panel })
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Draws several pictures side by side into one, and gives the file's name. Each of `panels` is a map: what is drawn stands under `plot`, `histogram` or
    /// `confusion`, and beside it the options of `plot`, `plot_histogram` or `plot_confusion`, with a `title` of its own.
    ///
    /// Options: `columns` (how many stand in a row; by itself up to three), `file` `"panels.png"`, `title`, `size`, `dpi`, `terminal`, as those of `plot`.
    ///
    /// Errors: a panel that draws nothing, or that has an option which its function does not have.
    ///
    /// ```rhai
    /// let losses = #{ train: [0.7, 0.5, 0.4], test: [0.7, 0.6, 0.6] };
    /// plot_panels([
    ///     #{ plot: losses, title: "loss", x_label: "epoch", log_y: true },
    ///     #{ histogram: randn([500]), bins: 20, title: "weights" },
    ///     #{ confusion: tensor([[8, 2], [1, 9]]), classes: ["neg", "pos"] },
    /// ], #{ title: "a run", file: "imdbsh-doc.png" });
    /// assert_throws(|| plot_panels([#{ plot: losses, log_Y: true }]), "panel 1: plot: unknown option `log_Y`; did you mean `log_y`?");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot_panels(panels: Array, options: Map) -> ScriptResult<String> {
        let mut o = Options::new(FUNCTION, options);
        let out = Out::read(&mut o, "panels.png")?;
        let columns = o.optional_integer("columns")?;
        o.done()?;
        let columns = columns.map(|n| usize::try_from(n).ok().filter(|n| (1..=16).contains(n)).ok_or(n)).transpose();
        let columns = columns.map_err(|n| Error::value(format!("{FUNCTION}: `columns` must be 1 to 16, got {n}")))?;
        let mut drawn = Vec::new();
        for (i, panel) in panels.iter().enumerate() {
            drawn.push(one(panel).map_err(|e| at(i, *e))?);
        }
        Ok(out.draw(drawn, columns)?)
    }

    #[rhai_fn(name = "plot_panels", return_raw)]
    pub fn plot_panels_plain(panels: Array) -> ScriptResult<String> {
        plot_panels(panels, Map::new())
    }
}
