//! Reviews, word vectors, data sets and their batches.

mod batch;
mod batches;
mod dataset;
mod objective;
mod reviews;
mod sets;
mod table_options;
mod texts;
mod vectors;

use crate::script::api::handles::{BatchHandle, BatchesHandle, DatasetHandle, VectorsHandle};
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<DatasetHandle>("Dataset");
    engine.register_type_with_name::<VectorsHandle>("WordVectors");
    engine.register_type_with_name::<BatchHandle>("Batch");
    engine.register_type_with_name::<BatchesHandle>("Batches");
    engine.register_iterator_result::<BatchesHandle, BatchHandle>();
    engine.register_global_module(exported_module!(reviews::api).into());
    engine.register_global_module(exported_module!(sets::api).into());
    engine.register_global_module(exported_module!(texts::api).into());
    engine.register_global_module(exported_module!(vectors::api).into());
    engine.register_global_module(exported_module!(dataset::api).into());
    engine.register_global_module(exported_module!(objective::api).into());
    engine.register_global_module(exported_module!(batches::api).into());
    engine.register_global_module(exported_module!(batch::api).into());
}
