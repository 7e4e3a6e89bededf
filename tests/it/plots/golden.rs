//! Pictures as SVG, line by line as they were looked at. What is meant to change is written by `IMDBSH_GOLDEN=write cargo test --test it plots::golden`;
//! then look at the pictures in `tests/data/golden`.

use imdbsh::ml::plot::{Figure, Panel, Scale, Series, Style, save};
use std::{env, fs, path::Path};

#[track_caller]
fn stands_in(name: &str, figure: &Figure) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    save(figure, &path).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden").join(name);
    if env::var_os("IMDBSH_GOLDEN").is_some_and(|what| what == "write") {
        fs::copy(&path, &golden).unwrap();
    }
    let [new, old] = [&path, &golden].map(|path| fs::read_to_string(path).unwrap());
    let other = new.lines().zip(old.lines()).find(|(new, old)| new != old);
    assert!(new == old, "{name} is drawn otherwise, first: {other:?}");
}

fn falling(i: usize) -> Series {
    let x: Vec<f64> = (0..8).map(f64::from).collect();
    let y = x.iter().map(|x| (-0.3 * x).exp() + 0.1 * i as f64).collect();
    Series::new(format!("run {}", i + 1), x, y)
}

#[test]
fn curves_beyond_those_that_can_be_told_apart_are_pale_and_counted() {
    let curves: Vec<Series> = (0..40).map(falling).collect();
    stands_in(
        "curves.svg",
        &Figure { size: (700, 700), ..Figure::new("", vec![Panel::new("", "epoch", "loss", curves)]) },
    );
}

#[test]
fn values_without_a_place_are_counted_and_marked_and_dashes_are_an_attribute() {
    let x: Vec<f64> = (1..=7).map(f64::from).collect();
    let a = vec![1.0, f64::NAN, 2.0, f64::INFINITY, 3.0, f64::NEG_INFINITY, 4.0];
    let b = vec![0.5, 1.0, 0.0, -1.0, 2.0, 2.5, 3.0];
    let series =
        vec![Series::new("a", x.clone(), a).with_style(Style::Both), Series::new("b", x, b).with_style(Style::Dashed)];
    let panel = Panel { y_scale: Scale::Log, ..Panel::new("", "epoch", "loss", series) };
    stands_in("gaps.svg", &Figure { size: (500, 400), ..Figure::new("", vec![panel]) });
    let counts = Panel::histogram("", "", &[1.0, 2.0, 2.0, f64::NAN, 3.0, f64::INFINITY], 3);
    stands_in("histogram.svg", &Figure { size: (400, 300), ..Figure::new("", vec![counts]) });
}

#[test]
fn a_matrix_of_many_classes_is_as_large_as_its_names_need() {
    let classes: Vec<String> = (0..20).map(|i| format!("comp.sys.class number {i}")).collect();
    let counts: Vec<Vec<f64>> = (0..20).map(|i| (0..20).map(|j| f64::from(i * j % 7)).collect()).collect();
    let figure = Figure::new("", vec![Panel::confusion("", &counts, &classes)]);
    stands_in("classes.svg", &figure);
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden/classes.svg")).unwrap();
    assert_eq!((text.matches("class number 19").count(), text.matches('…').count()), (2, 0));
}
