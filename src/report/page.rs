//! The page: all that is told of the runs, put into its template.

use super::{
    chart::Chart,
    charts,
    reviews::reviews,
    tables::{Described, Line, circumstances, described, figures, options, settings},
};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::run::Summary;
use crate::output::{complain, in_a_line, visible};
use crate::runs::picture::labels;
use crate::script::{Failure, Setup};
use minijinja::{Environment, value::Serde};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a report is to have.
pub struct Asked {
    /// Empty: what the runs are called.
    pub title: String,
    /// The options of `runs::mistakes`; none: no reviews are scored.
    pub reviews: Option<BTreeMap<String, String>>,
}

/// What the template is given.
#[derive(Serialize)]
struct Page {
    title: String,
    /// Of each run, what it is told by.
    labels: Vec<String>,
    version: &'static str,
    style: &'static str,
    code: &'static str,
    charts: Vec<Chart>,
    steps: Vec<Chart>,
    figures: Vec<Line>,
    options: Vec<Line>,
    settings: Vec<Line>,
    circumstances: Vec<Line>,
    /// `{ label, found }`, or `{ label, why }` where its reviews could not be scored.
    scored: Vec<Value>,
    described: Vec<Described>,
}

/// The report on these runs, HTML that refers to nothing outside of itself. `setup` is called for the session of each run whose reviews are scored; why some could
/// not be is said on the page, and on stderr.
///
/// # Errors
/// An interrupt.
pub fn page(runs: &[Summary], asked: &Asked, setup: impl Fn() -> Setup) -> Result<String> {
    let labels: Vec<String> = labels(runs).iter().map(|label| visible(label).into_owned()).collect();
    let described = runs.iter().zip(&labels).map(|(run, label)| described(run, label)).collect();
    let mut scored: Vec<Value> = Vec::new();
    for (run, label) in runs.iter().zip(&labels) {
        interrupt::check()?;
        let Some(given) = &asked.reviews else { break };
        scored.push(match reviews(run, given, setup()) {
            Ok(found) => json!({ "label": label, "found": shares(found) }),
            Err(Failure::Interrupted(message)) => return Err(Error::interrupted(message)),
            Err(Failure::Script(why) | Failure::Usage(why)) => {
                complain(&format!("the reviews of {label} are not in the report: {}", visible(&why)));
                json!({ "label": label, "why": visible(&why) })
            }
        });
    }
    let title = if asked.title.is_empty() { title(&labels) } else { visible(&asked.title).into_owned() };
    let mut templates = Environment::new();
    // Its ending makes it escape what it is given.
    templates.add_template("report.html", include_str!("template/report.html")).map_err(failed)?;
    let template = templates.get_template("report.html").map_err(failed)?;
    let page = Page {
        title,
        version: env!("CARGO_PKG_VERSION"),
        style: include_str!("template/style.css"),
        code: include_str!("template/pointer.js"),
        charts: charts::charts(runs, &labels),
        steps: if let [run] = runs { charts::steps(run) } else { Vec::new() },
        figures: figures(runs),
        options: options(runs),
        settings: settings(runs),
        circumstances: circumstances(runs),
        labels,
        scored,
        described,
    };
    template.render(Serde(page)).map_err(failed)
}

fn title(labels: &[String]) -> String {
    match labels {
        [one] => one.clone(),
        [first, .., last] => format!("{} runs, {first} to {last}", labels.len()),
        [] => "no runs".into(),
    }
}

/// Weights as shares of the largest of a review, from -1 to 1; counts as shares of their row.
fn shares(mut found: Value) -> Value {
    for review in found["wrong"].as_array_mut().into_iter().flatten() {
        let words = review["words"].as_array().cloned().unwrap_or_default();
        let weight = |pair: &Value| pair[1].as_f64().filter(|weight| weight.is_finite()).unwrap_or(0.0);
        let largest = words.iter().map(|pair| weight(pair).abs()).fold(0.0, f64::max);
        let share = |pair: &Value| if largest > 0.0 { weight(pair) / largest } else { 0.0 };
        let told = words.iter().map(|pair| {
            let share = share(pair);
            json!({
                "text": pair[0].as_str().map(in_a_line), "weight": weight(pair), "toward": if share >= 0.0 { "is" } else { "said" },
                "depth": (share.abs() * 100.0).round(),
            })
        });
        review["words"] = told.collect();
    }
    let rows = found["confusion"].as_array().cloned().unwrap_or_default();
    let row = |row: &Value| {
        let counts: Vec<f64> = row.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        let all: f64 = counts.iter().sum();
        counts
            .iter()
            .map(|n| json!({ "count": n, "depth": if all > 0.0 { (n / all * 100.0).round() } else { 0.0 } }))
            .collect()
    };
    found["confusion"] = rows.iter().map(row).collect::<Vec<Value>>().into();
    found
}

fn failed(error: minijinja::Error) -> Error {
    Error::data(format!("the report: {error:#}"))
}
