//! Texts.

use super::messages::{Dim, Event, Metadata, PluginData, Shape, Shown, Summary, SummaryValue, Tensor};

const STRING: i32 = 7;

/// A text as it stands. TensorBoard reads Markdown: in it the lines are those of code, which four blanks say.
pub fn text(wall_time: f64, step: i64, tag: &str, text: &str) -> Event {
    let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
    let tensor =
        Tensor { dtype: STRING, shape: Some(Shape { dim: vec![Dim { size: 1 }] }), texts: vec![lines.into_bytes()] };
    let metadata = Some(Metadata { plugin_data: Some(PluginData { plugin_name: "text".into(), content: Vec::new() }) });
    let value = SummaryValue { tag: tag.into(), metadata, shown: Some(Shown::Tensor(tensor)) };
    Event { wall_time, step, summary: Some(Summary { value: vec![value] }), ..Event::default() }
}
