//! `plot`, which takes all that a run leaves behind.

use super::draw::Out;
use super::request::Request;
use super::what::series;
use crate::ml::plot::{Panel, Scale};
use crate::output::in_a_line;
use crate::script::base::{ScriptResult, options::Options};
use rhai::{Dynamic, Map, plugin::*};

fn scale(log: bool) -> Scale {
    if log { Scale::Log } else { Scale::Linear }
}

/// The panel of what `plot` was given; all of its options are read.
pub fn panel(what: &Dynamic, mut options: Options) -> ScriptResult<Panel> {
    let request = Request::read(&mut options)?;
    options.done()?;
    let (series, runs) = series(what, &request)?;
    let x_label = request.x_label.clone().unwrap_or_else(|| if runs { request.x.clone() } else { String::new() });
    let left: Vec<&str> = request.columns.iter().filter(|c| !request.right.contains(c)).map(String::as_str).collect();
    let y_label = if runs && request.columns.is_empty() { "loss".to_string() } else { left.join(", ") };
    let y_label = request.y_label.clone().unwrap_or(y_label);
    let right_label = request.right_label.clone().unwrap_or_else(|| request.right.join(", "));
    let has_right = series.iter().any(|s| s.right);
    Ok(Panel {
        x_scale: scale(request.log_x),
        y_scale: scale(request.log_y),
        y_range: request.y_range,
        right_scale: scale(request.log_right),
        right_label: if has_right { in_a_line(&right_label).into_owned() } else { String::new() },
        ..Panel::new("", &x_label, &y_label, series)
    })
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Draws curves: into a PNG or SVG file, and, where standard output is a terminal, into it. Gives the file's name. `what` may be
    /// - a run: a history, a training, what `train::fit` gave, or the path of a run folder. Its losses are drawn, or the columns
    ///   that `y` names
    /// - an array of runs, or a map from names to runs: a colour each
    /// - an array or tensor of numbers, an array of such arrays (a curve each, which `names` names), or a map from names to numbers or to a series, `#{ x: [...], y: [...] }`. `x` is 1, 2, 3 … where it is
    ///   not given, and in any order. Names sort as people count, `run2` before `run10`
    ///
    /// A series may have, besides `x` and `y`,
    /// - `style`: `"line"`, `"points"` (a scatter plot), `"both"`, or `"dashed"`. By default a line, with its points where there are at most 40
    /// - `low` and `high`: from the one to the other lies a band, such as a deviation over seeds
    /// - `error`: error bars. A number or one for each point, as `yerr` of matplotlib: so far to both sides; `true`: from `low` to `high`, in
    ///   place of the band
    ///
    /// Options: `file` `"plot.png"` (`""`: none), `title`, `y` (a column of the runs or several), `right` (columns or curves that have an axis
    /// of their own on the right), `x` `"epoch"`, `names` (of the runs), `x_label`, `y_label`, `right_label`, `log_x`, `log_y`, `log_right`
    /// false, `y_range` (`[low, high]`; what lies outside is not drawn), `terminal` (true draws text even where there is no terminal).
    ///
    /// `size` is `[width, height]` in pixels, `[1000, 700]`, with `dpi` 100 dots per inch. `dpi: 200` gives a PNG twice the pixels to each side, texts and strokes
    /// twice as large: the same picture, finer. Each side has 50 to 8000 pixels. In panels below 440 by 320 texts and strokes shrink along.
    ///
    /// Errors: a file that ends neither in .png nor in .svg, an unknown column.
    ///
    /// ```rhai
    /// plot(#{ lr: [0.1, 0.05, 0.025] }, #{ file: "imdbsh-doc.png", x_label: "epoch", log_y: true });
    /// let runs = [[#{ epoch: 1, test_loss: 0.7, lr: 0.1 }, #{ epoch: 2, test_loss: 0.5, lr: 0.05 }]];
    /// plot(runs, #{ y: "test_loss", right: "lr", names: ["first"], file: "imdbsh-doc.png" });
    /// plot(#{ mean: #{ y: [0.7, 0.5], low: [0.6, 0.45], high: [0.8, 0.55] } }, #{ file: "imdbsh-doc.png" });
    /// plot(#{ seeds: #{ x: [3, 1, 2], y: [0.7, 0.5, 0.4], error: 0.05, style: "points" } }, #{ file: "imdbsh-doc.png", size: [500, 350], dpi: 200 });
    /// plot([[0.7, 0.5], [0.8, 0.6]], #{ names: ["train", "test"], file: "imdbsh-doc.png" });
    /// assert_throws(|| plot([1, 2], #{ file: "curve.gif" }), ".png");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn plot(what: Dynamic, options: Map) -> ScriptResult<String> {
        let mut options = Options::new("plot", options);
        let out = Out::read(&mut options, "plot.png")?;
        Ok(out.draw(vec![panel(&what, options)?], None)?)
    }

    #[rhai_fn(name = "plot", return_raw)]
    pub fn plot_plain(what: Dynamic) -> ScriptResult<String> {
        plot(what, Map::new())
    }
}
