//! The picture of a training: `loss.png`.

use super::record::Record;
use crate::ml::plot::{Figure, Panel, Series, Style};

/// Up to this many epochs each is marked by a point.
const MARKED: usize = 40;

/// Loss (left) and accuracy (right) of all sets over the epochs of `history`. Its records hold `epoch`, `train_loss`,
/// `train_acc`, `valid_loss`, `test_loss` and so on; what is missing, null or not finite is a gap, and a set of which there is no
/// value at all is left out.
pub fn training_curves(name: &str, history: &[Record]) -> Figure {
    let loss = Panel::new("", "epoch", "loss", curves(history, "loss"));
    let accuracies = curves(history, "acc");
    let y_range = share_range(&accuracies);
    let accuracy = Panel { y_range, ..Panel::new("", "epoch", "accuracy", accuracies) };
    Figure::new(name, vec![loss, accuracy])
}

fn curves(history: &[Record], measure: &str) -> Vec<Series> {
    let style = if history.len() <= MARKED { Style::Both } else { Style::Line };
    let value = |record: &Record, key: &str| record.get(key).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
    let epochs: Vec<f64> = history
        .iter()
        .enumerate()
        .map(|(i, record)| record.get("epoch").and_then(serde_json::Value::as_f64).unwrap_or(i as f64 + 1.0))
        .collect();
    let sets = ["train", "test", "valid"].into_iter().enumerate().filter_map(|(color, set)| {
        let key = format!("{set}_{measure}");
        let y: Vec<f64> = history.iter().map(|record| value(record, &key)).collect();
        let any = y.iter().any(|v| v.is_finite());
        any.then(|| Series { color: Some(color), ..Series::new(set, epochs.clone(), y).with_style(style) })
    });
    sets.collect()
}

/// The range of shares: that of the values and a margin, not beyond what a share can be (but for half a stroke).
fn share_range(series: &[Series]) -> Option<(f64, f64)> {
    let values = || series.iter().flat_map(|s| s.y.iter().copied()).filter(|v| v.is_finite());
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    // Whatever is called accuracy but is none keeps the axis that its values ask for.
    if !(0.0 <= low && low <= high && high <= 1.0) {
        return None;
    }
    let margin = ((high - low) * 0.06).max(0.02);
    Some(((low - margin).max(-0.01), (high + margin).min(1.01)))
}
