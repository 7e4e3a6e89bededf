//! Pictures.

use super::{
    assert::numbers,
    history::{History, rows},
    tensor::TensorHandle,
};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::plot::{self, Figure, Panel, Scale, Series, Style};
use crate::script::{
    ScriptResult,
    options::{Options, number, shown},
};
use rhai::{Array, Dynamic, Engine, Map, exported_module, plugin::*};
use std::path::Path;

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(api).into());
}

/// Up to this many points each is marked.
const MARKED: usize = 40;

/// How `plot` was asked to draw.
struct Request {
    file: String,
    title: String,
    x: String,
    columns: Vec<String>,
    names: Vec<String>,
    x_label: Option<String>,
    y_label: Option<String>,
    log_x: bool,
    log_y: bool,
}

impl Request {
    fn read(options: Map) -> Result<Self> {
        let mut o = Options::new("plot", options);
        let request = Request {
            file: o.string("file", "plot.png")?,
            title: o.string("title", "")?,
            x: o.string("x", "epoch")?,
            columns: strings(&mut o, "y")?,
            names: strings(&mut o, "names")?,
            x_label: o.optional_string("x_label")?,
            y_label: o.optional_string("y_label")?,
            log_x: o.boolean("log_x", false)?,
            log_y: o.boolean("log_y", false)?,
        };
        o.done()?;
        Ok(request)
    }

    fn name(&self, index: usize) -> String {
        self.names.get(index).cloned().unwrap_or_else(|| format!("run {}", index + 1))
    }
}

/// A string, or an array of strings.
fn strings(options: &mut Options, name: &'static str) -> Result<Vec<String>> {
    let Some(value) = options.take(name) else { return Ok(Vec::new()) };
    let array = value.clone().into_array().unwrap_or_else(|_| vec![value.clone()]);
    array.into_iter().map(Dynamic::into_string).collect::<std::result::Result<_, _>>().map_err(|_| {
        let message = format!("plot: option `{name}` takes a string or an array of strings, got {}", shown(&value));
        Error::new(ErrorKind::Option, message)
    })
}

/// The curves of one history. Which columns: those asked for, else every loss.
fn of_history(history: &Dynamic, request: &Request, prefix: Option<&str>) -> ScriptResult<Vec<Series>> {
    let rows = rows(history)?;
    let known: Vec<String> = rows.iter().flat_map(|r| r.keys()).map(ToString::to_string).collect();
    let columns = match request.columns.is_empty() {
        false => request.columns.clone(),
        true => ["train_loss", "test_loss"].map(String::from).into_iter().filter(|c| known.contains(c)).collect(),
    };
    let value = |row: &Map, column: &str| row.get(column).and_then(number);
    let series = |column: &String| {
        if !known.contains(column) {
            let known: Vec<&str> =
                known.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            return Err(Error::unknown(ErrorKind::Value, "column", column, &known).within("plot").into());
        }
        let x = rows.iter().enumerate().map(|(i, r)| value(r, &request.x).unwrap_or(i as f64 + 1.0)).collect();
        let y = rows.iter().map(|r| value(r, column).unwrap_or(f64::NAN)).collect();
        let name = match (prefix, columns.len()) {
            (None, _) => column.clone(),
            (Some(prefix), 1) => prefix.to_string(),
            (Some(prefix), _) => format!("{prefix} {column}"),
        };
        Ok(curve(name, x, y))
    };
    columns.iter().map(series).collect()
}

fn curve(name: String, x: Vec<f64>, y: Vec<f64>) -> Series {
    let style = if x.len() <= MARKED { Style::Both } else { Style::Line };
    Series::new(name, x, y).with_style(style)
}

/// Numbers in an array or a tensor.
fn values(name: &str, from: &Dynamic) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    match numbers(from, &mut all) {
        true => Ok(all),
        false => {
            Err(Error::value(format!("plot: `{name}` takes an array or a tensor of numbers, got {}", shown(from))))
        }
    }
}

/// The curves that `what` stands for: a history, an array of histories, an array or tensor of numbers, or a map from names
/// to any of numbers or `#{ x, y }`.
fn series(what: &Dynamic, request: &Request) -> ScriptResult<Vec<Series>> {
    if what.is::<History>() {
        return of_history(what, request, None);
    }
    if let Some(map) = what.clone().try_cast::<Map>() {
        let each = |(name, value): (&rhai::Identifier, &Dynamic)| {
            if let Some(xy) = value.clone().try_cast::<Map>() {
                let part = |key: &str| {
                    let part =
                        xy.get(key).ok_or_else(|| Error::value(format!("plot: series `{name}` has no `{key}`")))?;
                    values(name, part)
                };
                return Ok(vec![curve(name.to_string(), part("x")?, part("y")?)]);
            }
            if value.is::<History>() {
                return of_history(value, request, Some(name));
            }
            Ok(vec![counted(name.to_string(), values(name, value)?)])
        };
        return Ok(map.iter().map(each).collect::<ScriptResult<Vec<_>>>()?.concat());
    }
    if let Some(array) = what.clone().try_cast::<Array>() {
        if array.first().is_some_and(Dynamic::is_map) {
            return of_history(what, request, None);
        }
        if array.first().is_some_and(|h| h.is::<History>() || h.is_array()) {
            let each = |(i, h): (usize, &Dynamic)| of_history(h, request, Some(&request.name(i)));
            return Ok(array.iter().enumerate().map(each).collect::<ScriptResult<Vec<_>>>()?.concat());
        }
    }
    Ok(vec![counted(request.names.first().cloned().unwrap_or_default(), values("plot", what)?)])
}

/// Whether `what` is drawn over a column of histories.
fn over_rows(what: &Dynamic) -> bool {
    if let Some(map) = what.read_lock::<Map>() {
        return map.values().any(|v| v.is::<History>());
    }
    let rows = |v: &Dynamic| v.is::<History>() || v.is_map() || v.is_array();
    what.is::<History>() || what.read_lock::<Array>().is_some_and(|array| array.iter().any(rows))
}

/// A curve over 1, 2, 3 ….
fn counted(name: String, y: Vec<f64>) -> Series {
    curve(name, (1..=y.len()).map(|i| i as f64).collect(), y)
}

fn scale(log: bool) -> Scale {
    if log { Scale::Log } else { Scale::Linear }
}

fn save(title: &str, panel: Panel, file: &str) -> Result<String> {
    plot::save(&Figure::new(title, vec![panel]), Path::new(file))?;
    Ok(file.to_string())
}

#[export_module]
mod api {
    /// Draws curves into a PNG or SVG file and gives the file's name. `what` may be a history (its losses, or the columns
    /// that `y` names), an array of histories (one curve each), an array or tensor of numbers, or a map from names to
    /// numbers, histories, or `#{ x: [...], y: [...] }`.
    ///
    /// Options: `file` `"plot.png"`, `title`, `y` (a column of the histories or several), `x` `"epoch"`, `names` (of the
    /// runs), `x_label`, `y_label`, `log_x` false, `log_y` false.
    ///
    /// Errors: a file that ends neither in .png nor in .svg, an unknown column.
    ///
    /// ```rhai
    /// plot(#{ lr: [0.1, 0.05, 0.025] }, #{ file: "/tmp/imdbsh-doc.png", x_label: "epoch", log_y: true });
    /// assert_throws(|| plot([1, 2], #{ file: "curve.gif" }), ".png");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot(what: Dynamic, options: Map) -> ScriptResult<String> {
        let request = Request::read(options)?;
        let series = series(&what, &request)?;
        let x_label = if over_rows(&what) { request.x.clone() } else { String::new() };
        let x_label = request.x_label.clone().unwrap_or(x_label);
        let y_label = request.y_label.clone().unwrap_or_else(|| request.columns.join(", "));
        let panel = Panel {
            x_scale: scale(request.log_x),
            y_scale: scale(request.log_y),
            ..Panel::new("", &x_label, &y_label, series)
        };
        Ok(save(&request.title, panel, &request.file)?)
    }

    #[rhai_fn(name = "plot", return_raw)]
    pub fn plot_plain(what: Dynamic) -> ScriptResult<String> {
        plot(what, Map::new())
    }

    /// Draws how often values occur in a tensor or an array, and gives the file's name. Options: `bins` 30, `file`
    /// `"histogram.png"`, `title`, `x_label`.
    ///
    /// ```rhai
    /// plot_histogram(randn([1000]), #{ bins: 20, file: "/tmp/imdbsh-doc.png" });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot_histogram(what: Dynamic, options: Map) -> ScriptResult<String> {
        let mut o = Options::new("plot_histogram", options);
        let (bins, file) = (o.integer("bins", 30)?, o.string("file", "histogram.png")?);
        let (title, x_label) = (o.string("title", "")?, o.string("x_label", "")?);
        o.done()?;
        let bins = usize::try_from(bins).ok().filter(|b| (1..=1000).contains(b));
        let bins = bins.ok_or_else(|| Error::value("plot_histogram: `bins` must be 1 to 1000"))?;
        Ok(save(&title, Panel::histogram("", &x_label, &values("plot_histogram", &what)?, bins), &file)?)
    }

    #[rhai_fn(name = "plot_histogram", return_raw)]
    pub fn plot_histogram_plain(what: Dynamic) -> ScriptResult<String> {
        plot_histogram(what, Map::new())
    }

    /// Draws a confusion matrix, `[classes, classes]` with the true classes as rows, and gives the file's name. Options:
    /// `classes` (their names), `file` `"confusion.png"`, `title`.
    ///
    /// ```rhai
    /// plot_confusion(tensor([[8, 2], [1, 9]]), #{ classes: ["neg", "pos"], file: "/tmp/imdbsh-doc.png" });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot_confusion(counts: TensorHandle, options: Map) -> ScriptResult<String> {
        let mut o = Options::new("plot_confusion", options);
        let (file, title) = (o.string("file", "confusion.png")?, o.string("title", "")?);
        let mut classes = strings(&mut o, "classes")?;
        o.done()?;
        let n = match counts.size()[..] {
            [n, m] if n == m => n as usize,
            ref other => {
                return Err(Error::shape(format!("plot_confusion takes [classes, classes], got {other:?}")).into());
            }
        };
        if classes.is_empty() {
            classes = (0..n).map(|c| c.to_string()).collect();
        }
        let flat = values("plot_confusion", &Dynamic::from(counts))?;
        let counts: Vec<Vec<f64>> = flat.chunks(n.max(1)).map(<[f64]>::to_vec).collect();
        Ok(save(&title, Panel::confusion("", &counts, &classes), &file)?)
    }

    #[rhai_fn(name = "plot_confusion", return_raw)]
    pub fn plot_confusion_plain(counts: TensorHandle) -> ScriptResult<String> {
        plot_confusion(counts, Map::new())
    }
}
