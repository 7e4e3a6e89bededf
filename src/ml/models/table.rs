//! The layers under their names.

use super::{Row, dropout, embedding, layer_norm, linear, recurrent};

/// A new layer is a new file and a new row here. Activations have [a table of their own](super::activation_names).
pub static TABLE: &[Row] = &[
    linear::ROW,
    embedding::ROW,
    dropout::ROW,
    layer_norm::ROW,
    recurrent::LSTM,
    recurrent::BILSTM,
    recurrent::GRU,
    recurrent::RNN,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::models::Build;
    use crate::ml::options::Defaults;

    #[test]
    fn the_help_names_every_option() {
        for row in TABLE.iter().filter(|row| row.name != "bilstm") {
            let mut options = Defaults::default();
            match row.build {
                Build::One(_, build) => drop(build(&mut options).unwrap()),
                Build::Two(_, build) => drop(build(&mut options).unwrap()),
                Build::Probability(..) => {}
            }
            for option in options.names {
                assert!(row.doc.contains(&format!("`{option}`")), "{}: {option}", row.name);
            }
        }
    }
}
