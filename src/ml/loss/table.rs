//! The losses under their names.

use super::{Row, bce, bce_with_logits, cross_entropy, huber, l1, mse, nll, smooth_l1};

/// A new loss is a new file and a new row here.
pub static TABLE: &[Row] =
    &[cross_entropy::ROW, nll::ROW, bce::ROW, bce_with_logits::ROW, mse::ROW, l1::ROW, smooth_l1::ROW, huber::ROW];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::options::Defaults;

    #[test]
    fn the_help_names_every_option() {
        for row in TABLE {
            let mut options = Defaults::default();
            drop((row.build)(&mut options).unwrap());
            assert!(options.names.contains(&"reduction"), "{}", row.name);
            for option in options.names {
                assert!(row.doc.contains(&format!("`{option}`")), "{}: {option}", row.name);
            }
        }
    }
}
