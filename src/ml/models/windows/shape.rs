//! How windows lie over the positions of a row.

use crate::error::{Error, Result};
use crate::ml::batch::{Layout, Sequence};
use crate::ml::models::init;
use std::rc::Rc;

/// Windows of `kernel` positions, `dilation` apart, every `stride` positions, the first beginning `before` positions before the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Windows {
    pub kernel: i64,
    pub stride: i64,
    pub dilation: i64,
    pub before: i64,
    pub after: i64,
}

impl Windows {
    /// # Errors
    /// A kernel, stride or dilation below 1, a padding below 0; `layer` is named.
    pub fn checked(self, layer: &str) -> Result<Windows> {
        init::at_least_one(layer, "kernel_size", self.kernel)?;
        init::at_least_one(layer, "stride", self.stride)?;
        init::at_least_one(layer, "dilation", self.dilation)?;
        if self.before < 0 {
            return Err(Error::value(format!("{layer}: padding must be at least 0, got {}", self.before)));
        }
        Ok(self)
    }

    /// Positions from a window's first to its last.
    pub fn span(&self) -> i64 {
        self.dilation.saturating_mul(self.kernel - 1).saturating_add(1)
    }

    /// PyTorch's formula for a row of `n` positions: `⌊(n + padding − span) / stride⌋ + 1`.
    pub fn formula(&self, n: i64) -> i64 {
        (n + self.before + self.after - self.span()).div_euclid(self.stride) + 1
    }

    /// Windows over a row of `n` positions: one at least, for a row that is shorter than a window is a row still.
    pub fn count(&self, n: i64) -> i64 {
        self.formula(n).max(1)
    }

    /// How the outputs of these rows lie.
    ///
    /// # Errors
    /// Rows that are too long to be padded.
    pub fn over(&self, layout: &Layout) -> Result<Rc<Layout>> {
        let lengths = layout.lengths().iter().map(|n| self.count(*n)).collect();
        Ok(Rc::new(Layout::new(lengths, self.count(layout.width()), layout.pad())?))
    }

    /// What a layer reads: sequences of `features` (any number where there is none), or a tensor that PyTorch would take as well.
    ///
    /// # Errors
    /// Another shape; a tensor with fewer positions than a window has.
    pub fn check(&self, s: &Sequence, features: Option<i64>, is_tensor: bool, layer: &str) -> Result<()> {
        let shape = s.shape();
        if shape.len() != 3 || features.is_some_and(|features| shape.last() != Some(&features)) {
            let takes = features.map_or_else(|| "features".to_string(), |n| n.to_string());
            let given = s.describe();
            return Err(Error::shape(format!("{layer} takes [batch, length, {takes}], got {given}")));
        }
        if is_tensor && self.formula(shape[1]) < 1 {
            let (n, span) = (shape[1], self.span() - self.before - self.after);
            return Err(Error::shape(format!(
                "{layer} takes rows of at least {span} positions, got {n}: use padding, or a sequence, whose end counts as followed by zeros"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::batch::Pad;

    #[test]
    fn lengths_follow_pytorchs_formula_and_no_row_is_lost() {
        let windows = Windows { kernel: 3, stride: 2, dilation: 2, before: 1, after: 1 };
        assert_eq!([1, 2, 3, 4, 5, 9].map(|n| windows.count(n)), [1, 1, 1, 1, 2, 4]);
        let layout = windows.over(&Layout::new(vec![9, 1], 12, Pad::Back).unwrap()).unwrap();
        assert_eq!((layout.lengths(), layout.width()), (&[4, 1][..], 5));
        let wrong = |w: Windows| w.checked("conv1d").unwrap_err().message;
        assert_eq!(wrong(Windows { stride: 0, ..windows }), "conv1d: stride must be at least 1, got 0");
        assert_eq!(wrong(Windows { before: -1, ..windows }), "conv1d: padding must be at least 0, got -1");
    }
}
