//! Whether two runs came to the same, to the bit, and where they first do not.

use super::compare::first_difference;
use super::order::by_text;
use super::told::{predictions, test_row};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::run::{Summary, WEIGHTS};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde_json::Value;
use std::path::Path;

/// What became of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub is_equal: bool,
    /// In words, a line each for the rows, for what the test set says in the end and of each row, and for the weights.
    pub lines: Vec<String>,
}

/// Compares the rows of two runs, times apart, what their test sets say, and their weights.
///
/// # Errors
/// Weights or predictions that cannot be read.
pub fn equal(a: &Summary, b: &Summary) -> Result<Verdict> {
    let (mut lines, mut is_equal) = (Vec::new(), true);
    match first_difference(&a.rows, &b.rows) {
        None => lines.push(format!("rows: equal to the bit ({} epochs)", a.rows.len())),
        Some((epoch, column, values)) => {
            is_equal = false;
            let [x, y] = values.map(|value| if value == Value::Null { "none".into() } else { value.to_string() });
            lines.push(format!("rows: differ first in epoch {epoch}, column {column}: {x}, and now {y}"));
        }
    }
    for told in [test_row(a, b), predictions(a, b)?].into_iter().flatten() {
        is_equal &= told.is_ok();
        lines.push(told.unwrap_or_else(|other| other));
    }
    match weights(&a.folder.join(WEIGHTS), &b.folder.join(WEIGHTS))? {
        Ok(said) => lines.push(format!("weights: equal to the bit ({said})")),
        Err(said) => {
            is_equal = false;
            lines.push(format!("weights: {said}"));
        }
    }
    Ok(Verdict { is_equal, lines })
}

/// How much is equal, or what is not.
fn weights(a: &Path, b: &Path) -> Result<Result<String, String>> {
    match [a, b].map(access::is_file) {
        [false, false] => return Ok(Ok("none, for no epoch was finished".into())),
        [true, true] => {}
        [has_first, _] => {
            let (with, without) = if has_first { (a, b) } else { (b, a) };
            return Ok(Err(format!("{} is there, and {} is not", with.display(), without.display())));
        }
    }
    let [first, second] = [access::read(a)?, access::read(b)?];
    let read = |bytes, path: &Path| {
        SafeTensors::deserialize(bytes).map_err(|e| Error::data(format!("{} is damaged: {e}", path.display())))
    };
    Ok(tensors(&read(&first, a)?, &read(&second, b)?))
}

fn tensors(a: &SafeTensors, b: &SafeTensors) -> Result<String, String> {
    let sorted = |tensors: &SafeTensors| {
        let mut names: Vec<String> = tensors.names().into_iter().map(str::to_string).collect();
        names.sort_by(|a, b| by_text(a, b));
        names
    };
    let (names, others) = (sorted(a), sorted(b));
    if let Some(name) = names.iter().find(|name| !others.contains(name)) {
        return Err(format!("{name} is no more among them"));
    }
    if let Some(name) = others.iter().find(|name| !names.contains(name)) {
        return Err(format!("{name} is new among them"));
    }
    let (mut first, mut differing, mut of, mut numbers) = (None, 0, 0, 0);
    for name in &names {
        let (Ok(x), Ok(y)) = (a.tensor(name), b.tensor(name)) else { continue };
        if (x.dtype(), x.shape()) != (y.dtype(), y.shape()) {
            let [p, q] = [&x, &y].map(|t| format!("{:?} {:?}", t.dtype(), t.shape()));
            return Err(format!("{name} was of {p}, and is of {q} now"));
        }
        let count: usize = x.shape().iter().product();
        numbers += count;
        let size = (x.data().len() / count.max(1)).max(1);
        let pairs = x.data().chunks(size).zip(y.data().chunks(size));
        let places: Vec<usize> = pairs.enumerate().filter(|(_, (p, q))| p != q).map(|(i, _)| i).collect();
        differing += places.len();
        of += usize::from(!places.is_empty());
        if let (None, Some(place)) = (&first, places.first()) {
            let at = place_in(*place, x.shape());
            first = Some(format!("{name}{at}: {}, and now {}", number(&x, *place, size), number(&y, *place, size)));
        }
    }
    match first {
        None => Ok(format!("{} tensors, {numbers} numbers", names.len())),
        Some(first) => Err(format!(
            "differ first in {first} ({differing} of {numbers} numbers, in {of} of {} tensors)",
            names.len()
        )),
    }
}

/// `[3, 17]`
fn place_in(mut place: usize, shape: &[usize]) -> String {
    let mut index = Vec::new();
    for side in shape.iter().rev() {
        index.push(place % side.max(&1));
        place /= side.max(&1);
    }
    index.reverse();
    format!("{index:?}")
}

/// A number as it is written; of a kind that is not known here, its bytes.
fn number(tensor: &TensorView, place: usize, size: usize) -> String {
    let bytes = &tensor.data()[place * size..(place + 1) * size];
    match (tensor.dtype(), bytes) {
        (Dtype::F32, [a, b, c, d]) => f32::from_le_bytes([*a, *b, *c, *d]).to_string(),
        (Dtype::F64, bytes) if size == 8 => bytes.try_into().map(f64::from_le_bytes).unwrap_or(f64::NAN).to_string(),
        (Dtype::I64, bytes) if size == 8 => bytes.try_into().map(i64::from_le_bytes).unwrap_or_default().to_string(),
        (_, bytes) => format!("the bytes {bytes:02x?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file of tensors of float32.
    fn file(tensors: &[(&str, &[usize], &[f32])]) -> Vec<u8> {
        let data: Vec<Vec<u8>> =
            tensors.iter().map(|(_, _, numbers)| numbers.iter().flat_map(|n| n.to_le_bytes()).collect()).collect();
        let views = tensors.iter().zip(&data).map(|((name, shape, _), data)| {
            (name.to_string(), TensorView::new(Dtype::F32, shape.to_vec(), data).unwrap())
        });
        safetensors::serialize(views.collect::<Vec<_>>(), None).unwrap()
    }

    fn compared(a: &[(&str, &[usize], &[f32])], b: &[(&str, &[usize], &[f32])]) -> Result<String, String> {
        let (a, b) = (file(a), file(b));
        tensors(&SafeTensors::deserialize(&a).unwrap(), &SafeTensors::deserialize(&b).unwrap())
    }

    #[test]
    fn the_first_number_that_differs_is_found() {
        let a: &[(&str, &[usize], &[f32])] =
            &[("w.10", &[1], &[1.0]), ("w.9", &[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0])];
        assert_eq!(compared(a, a), Ok("2 tensors, 7 numbers".into()));
        let b: &[(&str, &[usize], &[f32])] =
            &[("w.10", &[1], &[2.0]), ("w.9", &[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.5, 6.0])];
        let said = "differ first in w.9[1, 1]: 4, and now 4.5 (3 of 7 numbers, in 2 of 2 tensors)";
        assert_eq!(compared(a, b), Err(said.into()));
        // Not by their values: -0 equals 0, and is another number.
        assert!(compared(&[("w", &[1], &[0.0])], &[("w", &[1], &[-0.0])]).unwrap_err().contains("w[0]: 0, and now -0"));
        assert_eq!(compared(a, &a[..1]), Err("w.9 is no more among them".into()));
        assert_eq!(compared(&a[..1], a), Err("w.9 is new among them".into()));
        let other: &[(&str, &[usize], &[f32])] = &[("w", &[2, 1], &[0.0, 0.0])];
        let said = compared(&[("w", &[2], &[0.0, 0.0])], other).unwrap_err();
        assert_eq!(said, "w was of F32 [2], and is of F32 [2, 1] now");
    }
}
