//! A readable print of a tensor, laid out as PyTorch's (`torch/_tensor_str.py`): one format for all elements, columns
//! aligned, lines of at most 80 characters, and only the edges of what has more than 1,000 elements.

use super::{During, describe, kind_name};
use crate::error::Result;
use tch::{Device, Kind, Tensor};

/// Elements up to which a tensor is shown whole.
const THRESHOLD: usize = 1000;
/// Elements shown at each end of a shortened dimension.
const EDGE: usize = 3;
const LINE: usize = 80;
const PREFIX: &str = "tensor(";

/// `tensor([[1.0000, 2.5000], …])`, with what is not the default behind it: `dtype=float64`, `device=cuda:0`,
/// `requires_grad=true`. A tensor that cannot be read is described by its shape.
pub fn format(tensor: &Tensor) -> String {
    print(tensor).unwrap_or_else(|_| format!("tensor({})", describe(tensor)))
}

fn print(tensor: &Tensor) -> Result<String> {
    let empty = tensor.numel() == 0;
    let body = if empty {
        "[]".to_string()
    } else {
        let shown = Shown::read(tensor)?;
        let mut place = 0;
        shown.write(0, &mut place, PREFIX.len())
    };
    Ok(with_suffixes(format!("{PREFIX}{body}"), &suffixes(tensor, empty)))
}

/// What a reader could not tell from the elements.
fn suffixes(tensor: &Tensor, empty: bool) -> Vec<String> {
    let mut all = Vec::new();
    if tensor.device() != Device::Cpu {
        all.push(format!("device={}", crate::ml::device::name(tensor.device())));
    }
    if empty && tensor.dim() != 1 {
        all.push(format!("shape={:?}", tensor.size()));
    }
    let told_by_elements = !empty && matches!(tensor.kind(), Kind::Int64 | Kind::Bool);
    if tensor.kind() != Kind::Float && !told_by_elements {
        all.push(format!("dtype={}", kind_name(tensor.kind())));
    }
    if tensor.requires_grad() {
        all.push("requires_grad=true".to_string());
    }
    all
}

fn with_suffixes(mut text: String, suffixes: &[String]) -> String {
    let mut length = text.rsplit('\n').next().map_or(0, str::len) + 2;
    for suffix in suffixes {
        if length + suffix.len() + 2 > LINE {
            text.push_str(&format!(",\n{}{suffix}", " ".repeat(PREFIX.len())));
            length = PREFIX.len() + suffix.len();
        } else {
            text.push_str(&format!(", {suffix}"));
            length += suffix.len() + 2;
        }
    }
    text.push(')');
    text
}

/// The elements that are shown, as text of one width, and the shape that they have together.
struct Shown {
    elements: Vec<String>,
    width: usize,
    /// Sizes of what is shown, not of the tensor.
    sizes: Vec<usize>,
    /// Whether the middle of a dimension was left out.
    cut: Vec<bool>,
}

impl Shown {
    fn read(tensor: &Tensor) -> Result<Shown> {
        let mut edges = tensor.f_detach().during("print", &[tensor])?;
        let mut cut = vec![false; tensor.dim()];
        if tensor.numel() > THRESHOLD {
            // The longest dimension first: what is copied on the way to the edges then stays small.
            let mut dims: Vec<usize> = (0..tensor.dim()).collect();
            dims.sort_by_key(|d| std::cmp::Reverse(tensor.size()[*d]));
            let keep = EDGE as i64;
            for d in dims.into_iter().filter(|d| tensor.size()[*d] > 2 * keep) {
                let (dim, size) = (d as i64, tensor.size()[d]);
                let first = edges.f_narrow(dim, 0, keep).during("print", &[tensor])?;
                let last = edges.f_narrow(dim, size - keep, keep).during("print", &[tensor])?;
                edges = Tensor::f_cat(&[first, last], dim).during("print", &[tensor])?;
                cut[d] = true;
            }
        }
        let sizes = edges.size().iter().map(|s| *s as usize).collect();
        let flat = edges.f_to_device(Device::Cpu).and_then(|t| t.f_reshape([-1])).during("print", &[tensor])?;
        let elements = match tensor.kind() {
            Kind::Bool => read::<bool>(&flat)?.into_iter().map(|b| b.to_string()).collect(),
            Kind::Int64 | Kind::Int | Kind::Int16 | Kind::Int8 | Kind::Uint8 => {
                let flat = flat.f_to_kind(Kind::Int64).during("print", &[tensor])?;
                read::<i64>(&flat)?.into_iter().map(|n| n.to_string()).collect()
            }
            _ => {
                let values = read(&flat.f_to_kind(Kind::Double).during("print", &[tensor])?)?;
                let notation = Notation::of(&values);
                values.into_iter().map(|v| notation.write(v)).collect::<Vec<_>>()
            }
        };
        // PyTorch measures NaN and infinity only by the numbers beside them; for the eye they count as well.
        let width = elements.iter().map(String::len).max().unwrap_or(1);
        Ok(Shown { elements, width, sizes, cut })
    }

    /// The text of the part that begins at element `place` and spans the dimensions from `dim` on.
    fn write(&self, dim: usize, place: &mut usize, indent: usize) -> String {
        let Some(&size) = self.sizes.get(dim) else {
            return self.take(place);
        };
        let innermost = dim + 1 == self.sizes.len();
        let mut parts = Vec::with_capacity(size + 1);
        for i in 0..size {
            if self.cut[dim] && i == EDGE {
                parts.push(if innermost { " ..." } else { "..." }.to_string());
            }
            parts.push(match innermost {
                true => self.take(place),
                false => self.write(dim + 1, place, indent + 1),
            });
        }
        let margin = " ".repeat(indent + 1);
        if !innermost {
            let between = format!(",{}{margin}", "\n".repeat(self.sizes.len() - dim - 1));
            return format!("[{}]", parts.join(&between));
        }
        let per_line = (LINE.saturating_sub(indent) / (self.width + 2)).max(1);
        let lines: Vec<String> = parts.chunks(per_line).map(|line| line.join(", ")).collect();
        format!("[{}]", lines.join(&format!(",\n{margin}")))
    }

    fn take(&self, place: &mut usize) -> String {
        let text = self.elements.get(*place).map_or("", String::as_str);
        *place += 1;
        format!("{text:>width$}", width = self.width)
    }
}

fn read<T: tch::kind::Element + Copy>(flat: &Tensor) -> Result<Vec<T>> {
    Vec::<T>::try_from(flat).during("print", &[flat])
}

/// How all the floats of a tensor are written.
#[derive(Clone, Copy)]
enum Notation {
    /// `3.`: all are whole.
    Whole,
    /// `3.1416`
    Fixed,
    /// `3.1416e+00`: too large, too small, or too far apart for four decimals.
    Scientific,
}

impl Notation {
    /// PyTorch's rule.
    fn of(values: &[f64]) -> Notation {
        let sizes = || values.iter().map(|v| v.abs()).filter(|v| v.is_finite() && *v != 0.0);
        let (min, max) = sizes().fold((f64::INFINITY, 0.0_f64), |(min, max), v| (min.min(v), max.max(v)));
        if max == 0.0 {
            Notation::Whole
        } else if max / min > 1000.0 || max > 1.0e8 || min < 1.0e-4 {
            Notation::Scientific
        } else if sizes().all(|v| v.fract() == 0.0) {
            Notation::Whole
        } else {
            Notation::Fixed
        }
    }

    fn write(self, v: f64) -> String {
        if v.is_nan() {
            return "nan".to_string();
        }
        if v.is_infinite() {
            return if v > 0.0 { "inf" } else { "-inf" }.to_string();
        }
        match self {
            Notation::Whole => format!("{v:.0}."),
            Notation::Fixed => format!("{v:.4}"),
            Notation::Scientific => {
                let text = format!("{v:.4e}");
                let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let (sign, digits) = match exponent.strip_prefix('-') {
                    Some(digits) => ('-', digits),
                    None => ('+', exponent),
                };
                format!("{mantissa}e{sign}{digits:0>2}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const F: (Kind, Device) = (Kind::Float, Device::Cpu);
    const I: (Kind, Device) = (Kind::Int64, Device::Cpu);

    fn floats(values: &[f32]) -> Tensor {
        Tensor::from_slice(values)
    }

    // Each text is what PyTorch 2.13 prints for the expression above it, but for `true` and `false`, names of kinds
    // without `torch.`, and `shape=[…]`.
    #[track_caller]
    fn golden(tensor: &Tensor, lines: &[&str]) {
        assert_eq!(format(tensor), lines.join("\n"));
    }

    #[test]
    fn floats_are_aligned_with_four_decimals() {
        // torch.tensor([[1., 2.5], [-3.25, 4.]])
        let matrix = floats(&[1., 2.5, -3.25, 4.]).reshape([2, 2]);
        golden(&matrix, &["tensor([[ 1.0000,  2.5000],", "        [-3.2500,  4.0000]])"]);
        // torch.tensor(3.5)
        golden(&Tensor::from(3.5_f32), &["tensor(3.5000)"]);
    }

    #[test]
    fn whole_floats_end_in_a_point() {
        // torch.tensor([1., 2., 300.])
        golden(&floats(&[1., 2., 300.]), &["tensor([  1.,   2., 300.])"]);
    }

    #[test]
    fn a_wide_range_is_written_scientifically() {
        // torch.tensor([1e-5, 1., 1e4])
        golden(&floats(&[1e-5, 1., 1e4]), &["tensor([1.0000e-05, 1.0000e+00, 1.0000e+04])"]);
        // torch.tensor([1e9, 2.])
        golden(&floats(&[1e9, 2.]), &["tensor([1.0000e+09, 2.0000e+00])"]);
    }

    #[test]
    fn nan_and_infinity_stand_among_the_numbers() {
        let (nan, inf) = (f32::NAN, f32::INFINITY);
        // torch.tensor([1., nan, inf, -inf, 0.25])
        golden(&floats(&[1., nan, inf, -inf, 0.25]), &["tensor([1.0000,    nan,    inf,   -inf, 0.2500])"]);
        // torch.tensor([nan, 1.]); PyTorch leaves a column of nan alone unaligned, we do not
        golden(&floats(&[nan, 1.]), &["tensor([nan,  1.])"]);
    }

    #[test]
    fn integers_and_bools() {
        // torch.tensor([[1, -20], [300, 4]])
        let matrix = Tensor::from_slice(&[1_i64, -20, 300, 4]).reshape([2, 2]);
        golden(&matrix, &["tensor([[  1, -20],", "        [300,   4]])"]);
        // torch.tensor(7)
        golden(&Tensor::from(7_i64), &["tensor(7)"]);
        // torch.tensor([True, False])
        golden(&Tensor::from_slice(&[true, false]), &["tensor([ true, false])"]);
    }

    #[test]
    fn nested_dimensions_are_set_apart_by_blank_lines() {
        // torch.zeros(2, 2, 2)
        golden(
            &Tensor::zeros([2, 2, 2], F),
            &["tensor([[[0., 0.],", "         [0., 0.]],", "", "        [[0., 0.],", "         [0., 0.]]])"],
        );
    }

    #[test]
    fn lines_break_at_eighty_columns() {
        // torch.arange(30.) / 8
        golden(
            &(Tensor::arange(30, F) / 8),
            &[
                "tensor([0.0000, 0.1250, 0.2500, 0.3750, 0.5000, 0.6250, 0.7500, 0.8750, 1.0000,",
                "        1.1250, 1.2500, 1.3750, 1.5000, 1.6250, 1.7500, 1.8750, 2.0000, 2.1250,",
                "        2.2500, 2.3750, 2.5000, 2.6250, 2.7500, 2.8750, 3.0000, 3.1250, 3.2500,",
                "        3.3750, 3.5000, 3.6250])",
            ],
        );
        // (torch.arange(8, dtype=torch.float64) / 3).requires_grad_()
        golden(
            &(Tensor::arange(8, (Kind::Double, Device::Cpu)) / 3).set_requires_grad(true),
            &[
                "tensor([0.0000, 0.3333, 0.6667, 1.0000, 1.3333, 1.6667, 2.0000, 2.3333],",
                "       dtype=float64, requires_grad=true)",
            ],
        );
    }

    #[test]
    fn more_than_a_thousand_elements_are_shortened() {
        // torch.arange(1001)
        golden(&Tensor::arange(1001, I), &["tensor([   0,    1,    2,  ...,  998,  999, 1000])"]);
        // torch.arange(1200).reshape(2, 2, 300)
        golden(
            &Tensor::arange(1200, I).reshape([2, 2, 300]),
            &[
                "tensor([[[   0,    1,    2,  ...,  297,  298,  299],",
                "         [ 300,  301,  302,  ...,  597,  598,  599]],",
                "",
                "        [[ 600,  601,  602,  ...,  897,  898,  899],",
                "         [ 900,  901,  902,  ..., 1197, 1198, 1199]]])",
            ],
        );
        // torch.arange(2000).reshape(40, 50)
        golden(
            &Tensor::arange(2000, I).reshape([40, 50]),
            &[
                "tensor([[   0,    1,    2,  ...,   47,   48,   49],",
                "        [  50,   51,   52,  ...,   97,   98,   99],",
                "        [ 100,  101,  102,  ...,  147,  148,  149],",
                "        ...,",
                "        [1850, 1851, 1852,  ..., 1897, 1898, 1899],",
                "        [1900, 1901, 1902,  ..., 1947, 1948, 1949],",
                "        [1950, 1951, 1952,  ..., 1997, 1998, 1999]])",
            ],
        );
    }

    #[test]
    fn a_huge_tensor_is_not_copied() {
        // A view of one number, which would be 4 TB if anybody copied it.
        let huge = Tensor::zeros([1, 1], F).expand([1_000_000, 1_000_000], false);
        assert!(format(&huge).starts_with("tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n"));
    }

    #[test]
    fn what_is_not_the_default_is_said() {
        // torch.tensor([0.1], dtype=torch.float64)
        golden(&Tensor::from_slice(&[0.1_f64]), &["tensor([0.1000], dtype=float64)"]);
        // torch.tensor([1.5, 2.5], dtype=torch.bfloat16)
        golden(&floats(&[1.5, 2.5]).to_kind(Kind::BFloat16), &["tensor([1.5000, 2.5000], dtype=bfloat16)"]);
        // torch.tensor([[1.]], requires_grad=True)
        golden(&floats(&[1.]).reshape([1, 1]).set_requires_grad(true), &["tensor([[1.]], requires_grad=true)"]);
    }

    #[test]
    fn empty_tensors_tell_their_shape() {
        // torch.zeros(0), torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)
        golden(&Tensor::zeros([0], F), &["tensor([])"]);
        golden(&Tensor::zeros([0, 3], F), &["tensor([], shape=[0, 3])"]);
        golden(&Tensor::zeros([0], I), &["tensor([], dtype=int64)"]);
    }

    #[test]
    fn every_device_prints_alike() {
        for device in crate::ml::device::all() {
            let text = format(&floats(&[1., 2.]).to_device(device));
            let place = if device == Device::Cpu {
                String::new()
            } else {
                format!(", device={}", crate::ml::device::name(device))
            };
            assert_eq!(text, format!("tensor([1., 2.]{place})"));
        }
    }
}
