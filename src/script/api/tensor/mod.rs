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

pub fn made(engine: &mut Engine) {
    engine.register_type_with_name::<TensorHandle>("Tensor");
    engine.register_iterator_result::<TensorHandle, TensorHandle>();
    add(engine, [create::shaped(), exported_module!(create::api), exported_module!(random::api)]);
    add(engine, [like::table(), exported_module!(like::api), exported_module!(array::api)]);
    add(engine, [kind::table(), exported_module!(kind::api), exported_module!(print::api)]);
    add(engine, [exported_module!(files::api)]);
}

pub fn shaped(engine: &mut Engine) {
    add(engine, [exported_module!(shape::api), exported_module!(arrange::api), exported_module!(index::api)]);
    add(engine, [exported_module!(combine::api), exported_module!(select::api)]);
}

pub fn computed(engine: &mut Engine) {
    add(engine, [operators::table(), unary::table(), elementwise::table(), exported_module!(elementwise::api)]);
    add(engine, [linalg::table(), exported_module!(linalg::api), exported_module!(softmax::api)]);
}

pub fn reduced(engine: &mut Engine) {
    add(engine, [reduce::table(), reduce::spread(), exported_module!(reduce::api)]);
    add(engine, [extremes::table(), exported_module!(extremes::api), exported_module!(norm::api)]);
    add(engine, [exported_module!(compare::api)]);
}

pub fn changed(engine: &mut Engine) {
    add(engine, [inplace::table(), exported_module!(inplace::api), exported_module!(autograd::api)]);
}

fn add<const N: usize>(engine: &mut Engine, modules: [Module; N]) {
    for module in modules {
        engine.register_global_module(module.into());
    }
}
