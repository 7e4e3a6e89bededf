//! The rows of all handles: what can be done with a value of each type.

use super::{dataset, history, meter, network, optimizer, run, stopwatch, tensor, texts, training, vectors};
use crate::script::base::kinds::Kinds;

/// A new handle with a state, or with parts of its own, has a line here.
pub const KINDS: Kinds = Kinds(&[
    tensor::KIND,
    network::KIND,
    optimizer::KIND,
    meter::KIND,
    history::KIND,
    stopwatch::KIND,
    training::KIND,
    dataset::KIND,
    texts::KIND,
    vectors::KIND,
    run::KIND,
]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::checkpoint::{Checkpoint, Position};
    use crate::script::api::{self, handles::Network};
    use crate::script::base::{
        copying::{copy_map, replica},
        kinds::{Kind, Size, held},
        saving,
        state::State,
    };
    use crate::script::help::{inspect, size};
    use rhai::{Array, Dynamic, Engine, Map, Scope};
    use serde_json::json;
    use std::{cell::RefCell, rc::Rc};
    use tch::Tensor;

    /// What a new file would bring: a running mean of a tensor, that stands in a script as a handle.
    #[derive(Clone)]
    struct Ema(Rc<RefCell<(f64, Tensor)>>);

    impl Ema {
        fn new(decay: f64, mean: &[f64]) -> Self {
            Ema(Rc::new(RefCell::new((decay, Tensor::from_slice(mean)))))
        }

        fn read(&self) -> (f64, Vec<f64>) {
            let (decay, mean) = &*self.0.borrow();
            (*decay, Vec::try_from(mean).unwrap())
        }
    }

    const EMA: Kind = Kind {
        fields: Some(|value| Map::from_iter([("decay".into(), held::<Ema>(value).0.borrow().0.into())])),
        size: Some(|value| Size { shape: Some("a mean".into()), bytes: Some(8 * held::<Ema>(value).read().1.len()) }),
        copy: Some(|value, _| {
            let (decay, mean) = held::<Ema>(value).read();
            Ok(Dynamic::from(Ema::new(decay, &mean)))
        }),
        save: Some(|value, _| {
            let ema = held::<Ema>(value);
            let (decay, mean) = &*ema.0.borrow();
            Ok(State { tensors: vec![("mean".into(), mean.shallow_clone())], plain: json!({ "decay": decay }) })
        }),
        load: Some(|value, saved| {
            let mean = saved.tensor("mean")?.copy();
            *held::<Ema>(value).0.borrow_mut() = (saved.plain["decay"].as_f64().unwrap_or(0.0), mean);
            Ok(())
        }),
        ..Kind::of::<Ema>()
    };

    const WITH_EMA: Kinds = Kinds(&[EMA, tensor::KIND, network::KIND]);

    /// Two means, one of them deep inside.
    fn means() -> (Map, Ema, Ema) {
        let (a, b) = (Ema::new(0.9, &[1.0, 2.0]), Ema::new(0.5, &[3.0]));
        let list: Array = vec![Dynamic::from(b.clone()), 7.into()];
        let map = Map::from_iter([
            ("ema".into(), Dynamic::from(a.clone())),
            ("inside".into(), Map::from_iter([("list".into(), list.into())]).into()),
        ]);
        (map, a, b)
    }

    #[test]
    fn a_type_with_a_row_is_saved_in_a_checkpoint_and_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let (mut map, a, b) = means();
        let State { tensors, plain } = saving::save(WITH_EMA, &map).unwrap().detached().unwrap();
        let names: Vec<&str> = tensors.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ema.mean", "inside.list.0.mean"]);
        let position = Position { epoch: 1, step: 3 };
        Checkpoint { position, best: false, turn: 0, run: None, tensors, state: plain }.write(folder.path()).unwrap();

        *a.0.borrow_mut() = (0.1, Tensor::from_slice(&[0.0, 0.0]));
        *b.0.borrow_mut() = (0.1, Tensor::from_slice(&[0.0]));
        let Checkpoint { tensors, state: plain, .. } = Checkpoint::newest(folder.path(), None, 0).0.unwrap();
        saving::load(WITH_EMA, &State { tensors, plain }, &mut map).unwrap();
        assert_eq!((a.read(), b.read()), ((0.9, vec![1.0, 2.0]), (0.5, vec![3.0])), "the handles are the same objects");
    }

    #[test]
    fn a_type_with_a_row_is_copied_with_a_fork_also_inside_a_network() {
        let mut engine = Engine::new();
        api::register(&mut engine);
        let (mut map, a, _) = means();
        let mut scope = Scope::new();
        scope.push("ema", a.clone());
        let text = "network(#{ ema: ema, forward: |x| x + this.ema.decay })";
        engine.register_get("decay", |ema: &mut Ema| ema.read().0);
        map.insert("net".into(), Dynamic::from(engine.eval_with_scope::<Network>(&mut scope, text).unwrap()));

        let copies = copy_map(WITH_EMA, &map, &mut replica(WITH_EMA)).unwrap();
        a.0.borrow_mut().0 = 100.0;
        assert_eq!(copies["ema"].clone().cast::<Ema>().read().0, 0.9);
        scope.push_dynamic("net", copies["net"].clone());
        let output: f64 = engine.eval_with_scope(&mut scope, "net.forward(tensor([0.0])).item()").unwrap();
        assert!((output - 0.9).abs() < 1e-6, "{output}");
    }

    #[test]
    fn a_type_with_a_row_is_listed_with_its_size_and_its_fields() {
        let engine = Engine::new();
        let mut scope = Scope::new();
        scope.push("ema", means().1);
        let [measure] = &size::measure(&engine, WITH_EMA, &scope)[..] else { panic!("one variable") };
        assert_eq!((measure.shape.as_str(), measure.bytes), ("a mean", Some(16)));
        let variables = inspect::variables(&engine, WITH_EMA, &scope);
        let fields: Vec<&str> = variables[0].fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(fields, ["decay"]);
    }
}
