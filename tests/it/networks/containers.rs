//! Containers of weights: the same tensors in each (`tests/data/make_containers.py`).

use imdbsh::error::ErrorKind;
use imdbsh::ml::weights::read;
use std::fs;
use std::path::{Path, PathBuf};
use tch::{Kind, Tensor};

const ALL: [&str; 4] = ["zip.bin", "old.bin", "model.safetensors.index.json", "pytorch_model.bin.index.json"];

fn containers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/containers")
}

fn copied() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(containers()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

#[test]
fn each_holds_the_same_tensors() {
    let table = Tensor::arange(12, (Kind::Float, tch::Device::Cpu)).reshape([3, 4]) / 8;
    let expected = [
        ("brain", Tensor::from_slice(&[1.5, -3.0]).to_kind(Kind::BFloat16)),
        ("double", Tensor::from(0.1)),
        ("empty", Tensor::zeros([0, 3], (Kind::Float, tch::Device::Cpu))),
        ("half", Tensor::from_slice(&[0.5, -2.0]).to_kind(Kind::Half)),
        ("part", table.narrow(0, 1, 2).narrow(1, 1, 2)),
        ("table", table.shallow_clone()),
        ("tuned", Tensor::from_slice(&[0.25f32])),
        ("turned", table.tr()),
        ("whole", Tensor::from_slice(&[1, -(1i64 << 40)]).unsqueeze(0)),
    ];
    for name in ALL {
        let found = read(&containers().join(name)).unwrap().tensors;
        assert_eq!(found.len(), expected.len(), "{name}");
        for ((found_name, found), (expected_name, expected)) in found.iter().zip(&expected) {
            assert_eq!(found_name, expected_name, "{name}");
            assert_eq!((found.size(), found.kind()), (expected.size(), expected.kind()), "{name}: {found_name}");
            assert!(found.equal(expected) && found.is_contiguous(), "{name}: {found_name}");
        }
    }
}

#[test]
fn what_an_index_names_and_is_not_there_is_said() {
    let folder = copied();
    let index = folder.path().join("model.safetensors.index.json");
    let refused = |expected: &str| {
        let e = read(&index).unwrap_err();
        assert!(e.message.contains(expected), "{}", e.message);
        e.kind
    };
    let second = folder.path().join("model-00002-of-00002.safetensors");
    let whole = fs::read(&second).unwrap();
    fs::write(&second, &whole[..whole.len() - 3]).unwrap();
    refused("model-00002-of-00002.safetensors is not a whole safetensors file: its tensors end at byte");
    fs::copy(folder.path().join("model-00001-of-00002.safetensors"), &second).unwrap();
    refused("model-00002-of-00002.safetensors has no part, table, tuned, turned, whole, which");
    fs::remove_file(&second).unwrap();
    let kind = refused("names 2 files, of which 1 are not there: model-00002-of-00002.safetensors");
    assert_eq!(kind, ErrorKind::File);
    for (text, expected) in [
        ("{", "is no index of weights"),
        (r#"{"weight_map": {}}"#, "its weight_map names no tensor"),
        (r#"{"weight_map": {"a": "../a.safetensors"}}"#, "`../a.safetensors` is no file beside it"),
        (r#"{"weight_map": {"a": "/a.safetensors"}}"#, "`/a.safetensors` is no file beside it"),
    ] {
        fs::write(&index, text).unwrap();
        refused(expected);
    }
}

#[test]
fn no_cut_of_an_old_file_is_read_and_no_changed_byte_ends_the_program() {
    let whole = fs::read(containers().join("old.bin")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.bin");
    for end in 0..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        assert!(read(&path).is_err(), "{end}");
    }
    for place in 0..whole.len() {
        let mut other = whole.clone();
        other[place] ^= 0x55;
        fs::write(&path, &other).unwrap();
        let _ = read(&path);
    }
}
