//! Tensors, by theme. A file holds either functions under `#[export_module(root = "crate::script::base::guard")]`, or, for families of alike functions, a
//! table of names, docs and what they do.

pub(super) mod args;
mod arrange;
mod array;
mod autograd;
mod combine;
mod compare;
mod create;
mod elementwise;
mod extremes;
mod files;
mod fill;
mod index;
mod inplace;
mod kind;
mod like;
mod linalg;
mod norm;
mod operators;
mod place;
mod print;
mod random;
mod reduce;
mod select;
mod shape;
mod softmax;
mod table;
mod unary;

use super::handles::TensorHandle;
use rhai::{Engine, Module, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<TensorHandle>("Tensor");
    engine.register_iterator_result::<TensorHandle, TensorHandle>();
    let modules: [Module; 28] = [
        create::shaped(),
        exported_module!(create::api),
        exported_module!(random::api),
        like::table(),
        exported_module!(like::api),
        exported_module!(array::api),
        kind::table(),
        exported_module!(kind::api),
        exported_module!(shape::api),
        exported_module!(arrange::api),
        exported_module!(index::api),
        operators::table(),
        unary::table(),
        elementwise::table(),
        exported_module!(elementwise::api),
        reduce::table(),
        reduce::spread(),
        exported_module!(reduce::api),
        extremes::table(),
        exported_module!(extremes::api),
        exported_module!(combine::api),
        exported_module!(select::api),
        linalg::table(),
        exported_module!(linalg::api),
        exported_module!(softmax::api),
        exported_module!(norm::api),
        exported_module!(compare::api),
        inplace::table(),
    ];
    for module in modules {
        engine.register_global_module(module.into());
    }
    for module in [
        exported_module!(inplace::api),
        exported_module!(autograd::api),
        exported_module!(print::api),
        exported_module!(files::api),
    ] {
        engine.register_global_module(module.into());
    }
}
