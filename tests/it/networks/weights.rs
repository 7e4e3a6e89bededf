//! Files of weights: whole, checked, and PyTorch's.

use crate::common::networks::*;
use crate::common::pytorch;
use imdbsh::error::ErrorKind;
use imdbsh::ml::models::{
    Activation, Cell, Linear, Module, Pass, Recurrent, RecurrentOptions, Sequential, assign, load_module,
    named_parameters, save_module,
};
use imdbsh::ml::weights::{read, save};
use std::collections::BTreeMap;
use tch::{Device, Kind, Tensor};

fn labnet() -> Sequential {
    let lstm =
        Recurrent::new(Cell::Lstm, 5, 4, RecurrentOptions { bidirectional: true, ..RecurrentOptions::default() })
            .unwrap();
    let layer = Sequential::new(vec![
        rc(Linear::new(8, 3, true).unwrap()),
        rc(Activation::new("tanh").unwrap()),
        rc(Linear::new(3, 2, true).unwrap()),
    ]);
    Sequential::named(vec![("lstm".to_string(), rc(lstm)), ("layer".to_string(), rc(layer))]).unwrap()
}

#[test]
fn every_kind_comes_back_as_it_was_saved() {
    on_every_device(|d| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.safetensors");
        let x = ramp(&[2, 3], 1.0, 0.0);
        let tensors = vec![
            ("f32".to_string(), x.tr()),
            ("f64".to_string(), x.to_device(Device::Cpu).to_kind(Kind::Double)),
            ("bf16".to_string(), x.to_kind(Kind::BFloat16)),
            ("i64".to_string(), Tensor::from_slice(&[i64::MIN, 7]).to_device(d)),
            ("bool".to_string(), x.gt(0.0)),
            ("scalar".to_string(), Tensor::from(2.5f32)),
            ("empty".to_string(), Tensor::zeros([0, 3], (Kind::Float, d))),
        ];
        let metadata = BTreeMap::from([("epoch".to_string(), "3".to_string())]);
        save(&path, &tensors, &metadata).unwrap();
        let found = read(&path).unwrap();
        assert_eq!(found.metadata["epoch"], "3");
        assert_eq!(found.metadata["format"], "pt");
        assert_eq!(found.tensors.len(), tensors.len());
        for (name, t) in &tensors {
            let (_, back) = found.tensors.iter().find(|(n, _)| n == name).unwrap();
            assert_eq!((back.size(), back.kind()), (t.size(), t.kind()), "{name}");
            assert!(back.equal(&t.to_device(Device::Cpu)), "{name}");
        }
        let e = save(&path, &[("half".to_string(), x.to_kind(Kind::Half))], &metadata).unwrap_err();
        assert!(e.message.contains("cannot save `half`"), "{}", e.message);
        assert!(save(&path, &[("a".to_string(), x.copy()), ("a".to_string(), x.copy())], &metadata).is_err());
    });
}

#[test]
fn a_network_scores_alike_after_saving_and_loading() {
    on_every_device(|_| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let (one, other) = (labnet(), labnet());
        let x = ramp(&[2, 6, 5], 1.0, 0.0);
        assert_ne!(numbers(&run(&one, x.shallow_clone())), numbers(&run(&other, x.shallow_clone())));
        save_module(&path, &one, &BTreeMap::new()).unwrap();
        load_module(&path, &other).unwrap();
        assert_eq!(numbers(&run(&one, x.shallow_clone())), numbers(&run(&other, x)));
        assert!(named_parameters(&other).iter().all(|(_, p)| p.requires_grad() && p.is_leaf()));
    });
}

#[test]
fn the_same_weights_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let metadata: BTreeMap<String, String> = (0..20).map(|i| (format!("key {i}"), "value".to_string())).collect();
    let net = labnet();
    let bytes = |name: &str| {
        let path = folder.path().join(name);
        save_module(&path, &net, &metadata).unwrap();
        std::fs::read(path).unwrap()
    };
    assert_eq!(bytes("a"), bytes("b"));
}

#[test]
fn all_that_does_not_fit_is_named_at_once_and_nothing_is_changed() {
    let net = labnet();
    let mut tensors = named_parameters(&net).into_iter().map(|(n, p)| (n, p.detach().ones_like())).collect::<Vec<_>>();
    tensors.retain(|(name, _)| name != "layer.0.bias");
    tensors.push(("extra".to_string(), ramp(&[2], 1.0, 0.0)));
    tensors[0].1 = ramp(&[3, 3], 1.0, 0.0);
    let before: Vec<f64> = named_parameters(&net).iter().flat_map(|(_, p)| numbers(p)).collect();
    let e = assign(&net, &tensors).unwrap_err();
    assert_eq!(
        e.message,
        "the tensors do not fit the network: missing: layer.0.bias [3]; misshapen: lstm.weight_ih_l0 is [16, 5] in the network, \
         [3, 3] given; unexpected: extra [2]"
    );
    assert_eq!(before, named_parameters(&net).iter().flat_map(|(_, p)| numbers(p)).collect::<Vec<f64>>());
}

#[test]
fn a_file_that_is_cut_short_or_missing_says_so_and_a_failed_save_keeps_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let net = labnet();
    save_module(&path, &net, &BTreeMap::new()).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 4, 20, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let e = load_module(&path, &net).unwrap_err();
        assert_eq!(e.kind, ErrorKind::Data);
        assert!(e.message.contains("is not a whole safetensors file"), "{}", e.message);
    }
    assert_eq!(read(&folder.path().join("none")).unwrap_err().kind, ErrorKind::File);
    assert_eq!(save_module(&folder.path().join("no/such"), &net, &BTreeMap::new()).unwrap_err().kind, ErrorKind::File);

    std::fs::write(&path, &whole).unwrap();
    assert!(save(&path, &[("half".to_string(), ramp(&[2], 1.0, 0.0).to_kind(Kind::Half))], &BTreeMap::new()).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "something temporary is left");
}

const LOAD: &str = r#"
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(5, 4, batch_first=True, bidirectional=True)
        self.layer = torch.nn.Sequential(torch.nn.Linear(8, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    def forward(self, x):
        return self.layer(self.lstm(x)[0][:, -1])
net = Net()
net.load_state_dict(state, strict=True)
x = torch.arange(60, dtype=torch.float64).add(1).sin().float().reshape(2, 6, 5)
print(json.dumps(net(x).flatten().tolist()))
"#;

#[test]
fn the_file_loads_into_the_same_network_in_pytorch_and_scores_alike() {
    let Some(python) = pytorch::python() else { return };
    on_every_device(|_| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let net = labnet();
        save_module(&path, &net, &BTreeMap::new()).unwrap();
        let theirs: Vec<f64> = serde_json::from_str(&pytorch::with_weights(&python, &path, LOAD)).unwrap();
        let ours = net.forward(&ramp(&[2, 6, 5], 1.0, 0.0).into(), &Pass::default()).unwrap();
        assert_close("scores", &ours.tensor().unwrap(), &theirs);
    });
}
