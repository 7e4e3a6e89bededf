//! Pictures.

use super::{
    assert::numbers,
    files,
    history::{History, rows},
    tensor::TensorHandle,
    training::TrainingHandle,
};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::plot::{self, Figure, Look, Panel, Scale, Series, Style};
use crate::ml::run::METRICS;
use crate::output::{self, say};
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
    out: Out,
    x: String,
    columns: Vec<String>,
    /// Columns or curves that have the axis on the right.
    right: Vec<String>,
    names: Vec<String>,
    x_label: Option<String>,
    y_label: Option<String>,
    right_label: Option<String>,
    log_x: bool,
    log_y: bool,
    log_right: bool,
    y_range: Option<(f64, f64)>,
}

impl Request {
    fn read(options: Map) -> Result<Self> {
        let mut o = Options::new("plot", options);
        let request = Request {
            out: Out::read(&mut o, "plot.png")?,
            x: o.string("x", "epoch")?,
            columns: strings(&mut o, "y")?,
            right: strings(&mut o, "right")?,
            names: strings(&mut o, "names")?,
            x_label: o.optional_string("x_label")?,
            y_label: o.optional_string("y_label")?,
            right_label: o.optional_string("right_label")?,
            log_x: o.boolean("log_x", false)?,
            log_y: o.boolean("log_y", false)?,
            log_right: o.boolean("log_right", false)?,
            y_range: y_range(&mut o)?,
        };
        o.done()?;
        Ok(request)
    }
}

fn y_range(options: &mut Options) -> Result<Option<(f64, f64)>> {
    match options.numbers("y_range")?.as_deref() {
        None => Ok(None),
        Some([low, high]) => Ok(Some((*low, *high))),
        Some(other) => Err(Error::value(format!("plot: `y_range` is [low, high], got {other:?}"))),
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

/// The rows of a run, where `value` is one: a history or its rows, a training, what `train::fit` gave, a run folder. With its
/// name, where it has one.
fn run(value: &Dynamic) -> ScriptResult<Option<(Vec<Map>, Option<String>)>> {
    if let Some(training) = value.clone().try_cast::<TrainingHandle>() {
        let history = training.history().ok_or_else(|| Error::value("plot: this training has no history"))?;
        return Ok(Some((history.into_iter().collect(), None)));
    }
    if let Some(history) = value.read_lock::<Map>().and_then(|map| map.get("history").cloned()) {
        return Ok(Some((rows(&history)?, None)));
    }
    if let Ok(folder) = value.clone().into_string() {
        let name = Path::new(&folder).file_name().map(|name| name.to_string_lossy().into_owned());
        return Ok(Some((files::json_lines(&Path::new(&folder).join(METRICS))?, name)));
    }
    let is_rows = |array: &Array| array.first().is_some_and(|row| row.is_map() && !has_history(row));
    if value.is::<History>() || value.read_lock::<Array>().is_some_and(|array| is_rows(&array)) {
        return Ok(Some((rows(value)?, None)));
    }
    Ok(None)
}

fn has_history(value: &Dynamic) -> bool {
    value.read_lock::<Map>().is_some_and(|map| map.contains_key("history"))
}

/// The curves of one run. Which columns: those asked for, else every loss. `place` is its number among several, whose
/// colour its curves then share.
fn of_run(rows: &[Map], request: &Request, name: Option<&str>, place: Option<usize>) -> ScriptResult<Vec<Series>> {
    let known: Vec<String> = rows.iter().flat_map(|r| r.keys()).map(ToString::to_string).collect();
    let mut columns = request.columns.clone();
    if columns.is_empty() {
        columns.extend(["train_loss", "test_loss"].map(String::from).into_iter().filter(|c| known.contains(c)));
    }
    let left = columns.len();
    columns.extend(request.right.iter().filter(|c| !request.columns.contains(c)).cloned());
    let value = |row: &Map, column: &str| row.get(column).and_then(number);
    let series = |(i, column): (usize, &String)| {
        if !known.contains(column) {
            let known: Vec<&str> =
                known.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            return Err(Error::unknown(ErrorKind::Value, "column", column, &known).within("plot").into());
        }
        let x = rows.iter().enumerate().map(|(i, r)| value(r, &request.x).unwrap_or(i as f64 + 1.0)).collect();
        let y = rows.iter().map(|r| value(r, column).unwrap_or(f64::NAN)).collect();
        let name = match (name, columns.len()) {
            (None, _) => column.clone(),
            (Some(name), 1) => name.to_string(),
            (Some(name), _) => format!("{name} {column}"),
        };
        let right = request.right.contains(column);
        let curve = Series { right, color: place, ..curve(name, x, y) };
        // Of one colour, all but the last are dashed: training beside test.
        let dashed = place.is_some() && i + 1 < left;
        Ok(if dashed { curve.with_style(Style::Dashed) } else { curve })
    };
    columns.iter().enumerate().map(series).collect()
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

/// The curves that `what` stands for: one run, an array or a map of runs, an array or tensor of numbers, or a map from names to
/// any of numbers or `#{ x, y }`. And whether it is of runs.
fn series(what: &Dynamic, request: &Request) -> ScriptResult<(Vec<Series>, bool)> {
    if let Some((rows, _)) = run(what)? {
        return Ok((of_run(&rows, request, None, None)?, true));
    }
    let mut all = Vec::new();
    let mut runs = false;
    if let Some(map) = what.clone().try_cast::<Map>() {
        for (place, (name, value)) in map.iter().enumerate() {
            if let Some((rows, _)) = run(value)? {
                all.extend(of_run(&rows, request, Some(name), Some(place))?);
                runs = true;
            } else {
                let right = request.right.iter().any(|r| r == name.as_str());
                all.push(Series { right, ..of_numbers(name, value)? });
            }
        }
        return Ok((all, runs));
    }
    if let Some(array) = what.clone().try_cast::<Array>()
        && let Some(first) = array.first()
        && run(first)?.is_some()
    {
        for (place, value) in array.iter().enumerate() {
            let (rows, own) = run(value)?.ok_or_else(|| Error::value(format!("plot: {} is no run", shown(value))))?;
            let given = request.names.get(place).cloned().or(own);
            let name = given.unwrap_or_else(|| format!("run {}", place + 1));
            all.extend(of_run(&rows, request, Some(&name), Some(place))?);
        }
        return Ok((all, true));
    }
    Ok((vec![counted(request.names.first().cloned().unwrap_or_default(), values("plot", what)?)], false))
}

/// A curve of numbers, or of `#{ x, y }`.
fn of_numbers(name: &str, value: &Dynamic) -> ScriptResult<Series> {
    let Some(xy) = value.clone().try_cast::<Map>() else {
        return Ok(counted(name.to_string(), values(name, value)?));
    };
    let part = |key: &str| {
        let part = xy.get(key).ok_or_else(|| Error::value(format!("plot: series `{name}` has no `{key}`")))?;
        values(name, part)
    };
    Ok(curve(name.to_string(), part("x")?, part("y")?))
}

/// A curve over 1, 2, 3 ….
fn counted(name: String, y: Vec<f64>) -> Series {
    curve(name, (1..=y.len()).map(|i| i as f64).collect(), y)
}

fn scale(log: bool) -> Scale {
    if log { Scale::Log } else { Scale::Linear }
}

/// Where a picture goes: into a file, and onto the terminal.
struct Out {
    file: String,
    title: String,
    terminal: Option<bool>,
}

impl Out {
    fn read(o: &mut Options, file: &str) -> Result<Self> {
        let terminal = o.optional_boolean("terminal")?;
        Ok(Out { file: o.string("file", file)?, title: o.string("title", "")?, terminal })
    }

    /// Draws the panel, and gives the file's name.
    fn draw(self, panel: Panel) -> Result<String> {
        let figure = Figure::new(self.title, vec![panel]);
        if !self.file.is_empty() {
            plot::save(&figure, Path::new(&self.file))?;
        }
        if self.terminal.unwrap_or_else(output::stdout_is_terminal) {
            say(&plot::text(&figure, look()));
        }
        Ok(self.file)
    }
}

/// What the terminal on stdout can show; a page of text where there is none.
fn look() -> Look {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let size = output::size();
    let (rows, columns) = size.unwrap_or((40, 80));
    Look {
        // The last column stays free: some terminals begin a new line there.
        width: usize::from(columns).saturating_sub(1).clamp(10, 160),
        height: (usize::from(rows) / 2).clamp(8, 24),
        color: !output::is_plain() && size.is_some(),
        unicode: !dumb,
    }
}

#[export_module]
mod api {
    /// Draws curves: into a PNG or SVG file, and, where standard output is a terminal, into it. Gives the file's name. `what` may be
    /// - a run: a history, a training, what `train::fit` gave, or the path of a run folder. Its losses are drawn, or the columns
    ///   that `y` names
    /// - an array of runs, or a map from names to runs: a colour each
    /// - an array or tensor of numbers, or a map from names to numbers or `#{ x: [...], y: [...] }`
    ///
    /// Options: `file` `"plot.png"` (`""`: none), `title`, `y` (a column of the runs or several), `right` (columns or curves that have an axis
    /// of their own on the right), `x` `"epoch"`, `names` (of the runs), `x_label`, `y_label`, `right_label`, `log_x`, `log_y`, `log_right`
    /// false, `y_range` (`[low, high]`; what lies outside is not drawn), `terminal` (true draws text even where there is no terminal).
    ///
    /// Errors: a file that ends neither in .png nor in .svg, an unknown column.
    ///
    /// ```rhai
    /// plot(#{ lr: [0.1, 0.05, 0.025] }, #{ file: "imdbsh-doc.png", x_label: "epoch", log_y: true });
    /// let runs = [[#{ epoch: 1, test_loss: 0.7, lr: 0.1 }, #{ epoch: 2, test_loss: 0.5, lr: 0.05 }]];
    /// plot(runs, #{ y: "test_loss", right: "lr", names: ["first"], file: "imdbsh-doc.png" });
    /// assert_throws(|| plot([1, 2], #{ file: "curve.gif" }), ".png");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot(what: Dynamic, options: Map) -> ScriptResult<String> {
        let request = Request::read(options)?;
        let (series, runs) = series(&what, &request)?;
        let x_label = request.x_label.clone().unwrap_or_else(|| if runs { request.x.clone() } else { String::new() });
        let left: Vec<&str> =
            request.columns.iter().filter(|c| !request.right.contains(c)).map(String::as_str).collect();
        let y_label = if runs && request.columns.is_empty() { "loss".to_string() } else { left.join(", ") };
        let y_label = request.y_label.clone().unwrap_or(y_label);
        let right_label = request.right_label.clone().unwrap_or_else(|| request.right.join(", "));
        let panel = Panel {
            x_scale: scale(request.log_x),
            y_scale: scale(request.log_y),
            y_range: request.y_range,
            right_scale: scale(request.log_right),
            right_label: if series.iter().any(|s| s.right) { right_label } else { String::new() },
            ..Panel::new("", &x_label, &y_label, series)
        };
        Ok(request.out.draw(panel)?)
    }

    #[rhai_fn(name = "plot", return_raw)]
    pub fn plot_plain(what: Dynamic) -> ScriptResult<String> {
        plot(what, Map::new())
    }

    /// Draws how often values occur in a tensor or an array, and gives the file's name. Options: `bins` 30, `file`
    /// `"histogram.png"`, `title`, `x_label`, `terminal`.
    ///
    /// ```rhai
    /// plot_histogram(randn([1000]), #{ bins: 20, file: "imdbsh-doc.png" });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot_histogram(what: Dynamic, options: Map) -> ScriptResult<String> {
        let mut o = Options::new("plot_histogram", options);
        let (bins, out) = (o.integer("bins", 30)?, Out::read(&mut o, "histogram.png")?);
        let x_label = o.string("x_label", "")?;
        o.done()?;
        let bins = usize::try_from(bins).ok().filter(|b| (1..=1000).contains(b));
        let bins = bins.ok_or_else(|| Error::value("plot_histogram: `bins` must be 1 to 1000"))?;
        Ok(out.draw(Panel::histogram("", &x_label, &values("plot_histogram", &what)?, bins))?)
    }

    #[rhai_fn(name = "plot_histogram", return_raw)]
    pub fn plot_histogram_plain(what: Dynamic) -> ScriptResult<String> {
        plot_histogram(what, Map::new())
    }

    /// Draws a confusion matrix, `[classes, classes]` with the true classes as rows, and gives the file's name. Options:
    /// `classes` (their names), `file` `"confusion.png"`, `title`, `terminal`.
    ///
    /// ```rhai
    /// plot_confusion(tensor([[8, 2], [1, 9]]), #{ classes: ["neg", "pos"], file: "imdbsh-doc.png" });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot_confusion(counts: TensorHandle, options: Map) -> ScriptResult<String> {
        let mut o = Options::new("plot_confusion", options);
        let out = Out::read(&mut o, "confusion.png")?;
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
        Ok(out.draw(Panel::confusion("", &counts, &classes))?)
    }

    #[rhai_fn(name = "plot_confusion", return_raw)]
    pub fn plot_confusion_plain(counts: TensorHandle) -> ScriptResult<String> {
        plot_confusion(counts, Map::new())
    }
}
