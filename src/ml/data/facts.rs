//! A data set in a line.

use super::Dataset;
use crate::ml::tensor::describe;
use tch::{Kind, Tensor};

/// Of how many classes each is counted.
const COUNTED: usize = 4;
/// How many there may be: what has greater labels is no class.
const CLASSES: i64 = 10_000;

/// `data set of 200 rows, classes of 100 and 100 rows, 4 to 150 words each`.
pub fn facts(data: &Dataset) -> String {
    let labels = data.labels();
    let labels = classes(&labels).unwrap_or_else(|| format!("labels {}", describe(&labels)));
    let rows = match (data.lengths(), data.rows_of_tensor()) {
        (Some(lengths), _) => {
            let (shortest, longest) = (lengths.iter().min().unwrap_or(&0), lengths.iter().max().unwrap_or(&0));
            format!("{shortest} to {longest} words each")
        }
        (_, Some(x)) => format!("rows of {}", describe(x)),
        _ => return format!("data set of {} rows, {labels}", data.len()),
    };
    format!("data set of {} rows, {labels}, {rows}", data.len())
}

/// How many rows each class has; `None` where labels are no classes.
fn classes(labels: &Tensor) -> Option<String> {
    let is_classes = labels.dim() == 1 && labels.kind() == Kind::Int64;
    let labels: Vec<i64> = Vec::try_from(labels).ok().filter(|_| is_classes)?;
    let (least, most) = (*labels.iter().min()?, *labels.iter().max()?);
    if least < 0 || most >= CLASSES {
        return None;
    }
    let mut counts = vec![0_usize; most as usize + 1];
    labels.iter().for_each(|label| counts[*label as usize] += 1);
    let text = |counts: &[usize]| counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Some(match counts.as_slice() {
        [one] => format!("one class of {one} rows"),
        [first @ .., last] if counts.len() <= COUNTED => format!("classes of {} and {last} rows", text(first)),
        all => {
            let (least, most) = (all.iter().min()?, all.iter().max()?);
            format!("{} classes of {least} to {most} rows", all.len())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &Tensor) -> String {
        let x = Tensor::zeros([labels.size()[0], 3], (Kind::Float, tch::Device::Cpu));
        facts(&Dataset::tensors(&x, labels).unwrap())
    }

    #[test]
    fn a_data_set_is_told_by_its_rows_classes_and_sizes() {
        let shown = of(&Tensor::from_slice(&[0_i64, 1, 1]));
        assert_eq!(shown, "data set of 3 rows, classes of 1 and 2 rows, rows of [3, 3] float32");
        assert!(of(&Tensor::from_slice(&[0_i64, 9, 9])).contains(", 10 classes of 0 to 2 rows,"));
        assert!(of(&Tensor::from_slice(&[0_i64, -1])).contains(", labels [2] int64,"));
        assert!(of(&Tensor::from_slice(&[0.5_f32, 1.0])).contains(", labels [2] float32,"));
    }
}
