//! The row of a run in the table of hyperparameters.
//!
//! No record says which columns the table has (`_hparams_/experiment`): of several, one for each run, TensorBoard takes one, and the settings and figures that only other runs have would not be
//! shown. Without it, the columns are all settings and all scalars that there are.

use super::messages::{
    Dim, Event, Hparams, Kind, Metadata, PluginData, Session, SessionEnd, SessionStart, Shape, Shown, Summary,
    SummaryValue, Tensor, Value,
};
use crate::ml::run::How;
use prost::Message;
use serde_json::{Map, Value as Json};

const START: &str = "_hparams_/session_start_info";
const END: &str = "_hparams_/session_end_info";
const FLOAT: i32 = 1;

/// What a run was asked for. Values that are neither numbers, texts nor truths are shown as JSON.
pub fn start(settings: &Map<String, Json>, began: f64) -> Event {
    let kind = |value: &Json| match value {
        Json::Null => None,
        Json::Bool(truth) => Some(Kind::Bool(*truth)),
        Json::Number(number) => Some(Kind::Number(number.as_f64()?)),
        Json::String(text) => Some(Kind::Text(text.clone())),
        other => Some(Kind::Text(other.to_string())),
    };
    let value = |(name, value): (&String, &Json)| Some((name.clone(), Value { kind: Some(kind(value)?) }));
    let hparams = settings.iter().filter_map(value).collect();
    event(began, START, Session::Start(SessionStart { hparams, start_time_secs: began }))
}

/// How a run ended; none of one that may go on, since TensorBoard keeps the first that it reads.
pub fn end(how: How, at: f64) -> Option<Event> {
    let status = match how {
        How::Finished => 1,
        How::Failed | How::Killed => 2,
        How::Running | How::Paused | How::Damaged | How::Unknown => return None,
    };
    Some(event(at, END, Session::End(SessionEnd { status, end_time_secs: at })))
}

fn event(wall_time: f64, tag: &str, session: Session) -> Event {
    let content = Hparams { version: 0, session: Some(session) }.encode_to_vec();
    let metadata = Some(Metadata { plugin_data: Some(PluginData { plugin_name: "hparams".into(), content }) });
    // A value is needed, or the value's metadata are not read either.
    let empty = Tensor { dtype: FLOAT, shape: Some(Shape { dim: vec![Dim { size: 0 }] }), texts: Vec::new() };
    let value = SummaryValue { tag: tag.into(), metadata, shown: Some(Shown::Tensor(empty)) };
    Event { wall_time, summary: Some(Summary { value: vec![value] }), ..Event::default() }
}
