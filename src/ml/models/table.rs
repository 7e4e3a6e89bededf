//! The layers under their names.

use super::{
    Row, attention, batch_norm, dropout, embedding, embedding_bag, global_pool, layer_norm, linear, recurrent,
    rms_norm, windows,
};

/// A new layer is a new file and a new row here. Activations have [a table of their own](super::activation_names).
pub static TABLE: &[Row] = &[
    linear::ROW,
    embedding::ROW,
    embedding_bag::ROW,
    dropout::ROW,
    layer_norm::ROW,
    rms_norm::ROW,
    batch_norm::ROW,
    recurrent::LSTM,
    recurrent::BILSTM,
    recurrent::GRU,
    recurrent::RNN,
    windows::CONV1D,
    windows::MAX_POOL1D,
    windows::AVG_POOL1D,
    global_pool::ROW,
    attention::MULTIHEAD_ATTENTION,
    attention::TRANSFORMER_ENCODER,
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
                Build::Three(_, build) => drop(build(&mut options).unwrap()),
                Build::Probability(..) | Build::Named(..) => {}
            }
            for option in options.names {
                assert!(row.doc.contains(&format!("`{option}`")), "{}: {option}", row.name);
            }
        }
    }
}
