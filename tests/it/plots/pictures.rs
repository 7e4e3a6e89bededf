//! Pictures can be decoded, have the size asked for, and survive any data. To look at them:
//! `IMDBSH_PICTURES=some/folder cargo test --test it gallery`.

use imdbsh::error::ErrorKind;
use imdbsh::ml::plot::{Figure, Panel, Scale, Series, Style, save};
use imdbsh::ml::run::{Record, training_curves};
use proptest::prelude::*;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Width, height and pixels (three bytes each) of a PNG file.
fn decode(path: &Path) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(fs::File::open(path).unwrap()).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

fn has_color(pixels: &[u8], color: [u8; 3]) -> bool {
    pixels.chunks_exact(3).any(|p| p == color)
}

const BLUE: [u8; 3] = [0, 114, 178];
const ORANGE: [u8; 3] = [230, 159, 0];

/// A run that learns and overfits, with some noise that is the same every time.
fn history(epochs: usize, noise: f64) -> Vec<Record> {
    (1..=epochs)
        .map(|epoch| {
            let t = epoch as f64 / epochs as f64;
            let wobble = |k: f64| noise * ((epoch as f64 * k).sin() + (epoch as f64 * k * 2.7).cos());
            let record = json!({
                "epoch": epoch, "lr": 1e-3,
                "train_loss": 0.69 * (-3.0 * t).exp() + 0.05 + wobble(1.3).abs(),
                "train_acc": 0.96 - 0.46 * (-4.0 * t).exp() + 0.2 * wobble(2.1),
                "test_loss": 0.5 * (-4.0 * t).exp() + 0.35 + 0.15 * t + wobble(1.9).abs(),
                "test_acc": 0.83 - 0.32 * (-5.0 * t).exp() + 0.3 * wobble(1.1),
                "train_seconds": 1.0, "test_seconds": 0.2,
            });
            record.as_object().unwrap().clone()
        })
        .collect()
}

fn without(mut history: Vec<Record>, keys: &[&str], from: usize) -> Vec<Record> {
    for record in &mut history[from..] {
        keys.iter().for_each(|k| drop(record.remove(*k)));
    }
    history
}

fn one(panel: Panel) -> Figure {
    Figure::new("", vec![panel])
}

fn curve(name: &str, n: usize, f: impl Fn(f64) -> f64) -> Series {
    let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let y = x.iter().map(|x| f(*x)).collect();
    Series::new(name, x, y)
}

fn gallery() -> Vec<(&'static str, Figure)> {
    let long =
        "bilstm_adam_l2 with gradients clipped to norm 1, warm-up over two epochs, cosine, dropout 0.3 and seed 17";
    let many = |n: usize| -> Vec<Series> {
        let name = |i: usize| format!("lr {:.0e}, hidden {}", 10f64.powi(-(i as i32 % 6)), 32 << (i % 4));
        (0..n).map(|i| curve(&name(i), 60, |x| (x / 9.0 + i as f64 / 2.0).sin() / (1.0 + i as f64 / 4.0))).collect()
    };
    let rates: Vec<f64> = (0..80).map(|i| 10f64.powf(-6.0 + i as f64 / 14.0)).collect();
    let losses = rates.iter().map(|r| 0.69 - 0.3 / (1.0 + (2e-3 / r)) + (r / 0.08).powi(2).min(2.0)).collect();
    let found = vec![Series::new("loss", rates, losses)];
    let mut lr_find = Panel::new("learning rate finder", "learning rate", "loss", found);
    lr_find.x_scale = Scale::Log;
    let mut both_log = Panel::new(
        "",
        "step",
        "gradient norm",
        vec![curve("norm", 5000, |x| 50.0 / (1.0 + x)).with_style(Style::Points)],
    );
    both_log.x_scale = Scale::Log;
    both_log.y_scale = Scale::Log;
    let nan = |x: f64| if (10.0..20.0).contains(&x) || x == 25.0 || x == 27.0 { f64::NAN } else { x.sqrt() };
    let runs = vec![
        Series { color: Some(0), ..curve("a, test", 30, |x| 0.83 - 0.3 * (-x / 5.0).exp()) },
        Series { color: Some(0), ..curve("a, train", 30, |x| 0.95 - 0.4 * (-x / 6.0).exp()).with_style(Style::Dashed) },
        Series { color: Some(1), ..curve("b, test", 30, |x| 0.79 - 0.29 * (-x / 9.0).exp()) },
        Series { color: Some(1), ..curve("b, train", 30, |x| 0.90 - 0.4 * (-x / 8.0).exp()).with_style(Style::Dashed) },
    ];
    let around = |width: f64, curve: Series| {
        let band = curve.y.iter().map(|y| (y - width, y + width)).collect();
        Series { band, ..curve }
    };
    let seeds = vec![
        around(0.04, curve("lr=1e-3", 30, |x| 0.83 - 0.3 * (-x / 5.0).exp())),
        around(0.02, curve("lr=3e-3", 30, nan).with_style(Style::Both)),
    ];
    let normal: Vec<f64> =
        (1..4000).map(|i| (i as f64 * 12.9898).sin() + (i as f64 * 78.233).sin() + (i as f64 * 3.7).cos()).collect();
    let counts = vec![vec![823.0, 177.0], vec![154.0, 846.0]];
    let ten: Vec<Vec<f64>> =
        (0..10).map(|i| (0..10).map(|j| (200.0 * (-((i - j) as f64).powi(2) / 3.0).exp()).round()).collect()).collect();
    let classes = ["negative".to_string(), "positive".to_string()];
    let ratings: Vec<String> = (1..=10).map(|r| r.to_string()).collect();
    let mut clipped = Panel::new(
        "y range given",
        "step",
        "loss",
        vec![curve("exploding", 100, |x| (x / 8.0).sin() * (x / 20.0).exp())],
    );
    clipped.y_range = Some((-2.0, 2.0));
    vec![
        ("epochs-1", training_curves("bilstm_adam_l2", &history(1, 0.0))),
        ("epochs-2", training_curves("bilstm_adam_l2", &history(2, 0.0))),
        ("epochs-30", training_curves("bilstm_adam_l2", &history(30, 0.01))),
        ("epochs-200", training_curves("bilstm_adam_l2", &history(200, 0.05))),
        ("no-test", training_curves("train only", &without(history(20, 0.01), &["test_loss", "test_acc"], 0))),
        (
            "gaps",
            training_curves(
                "a run that lost its test set",
                &without(history(30, 0.01), &["test_loss", "test_acc", "train_loss"], 14),
            ),
        ),
        ("no-epochs", training_curves("interrupted", &[])),
        ("long-name", training_curves(long, &history(12, 0.02))),
        ("nan", one(Panel::new("gaps and lone points", "epoch", "loss", vec![curve("with NaN", 30, nan)]))),
        ("lr-find", one(lr_find)),
        ("log-log", one(both_log)),
        ("many", one(Panel::new("twelve runs", "epoch", "loss", many(12)))),
        ("very-many", one(Panel::new("sixty runs", "epoch", "loss", many(60)))),
        (
            "long-names",
            one(Panel::new(long, "epoch", "loss", vec![curve(long, 30, |x| x), curve("b", 30, |x| 29.0 - x)])),
        ),
        ("bands", one(Panel::new("mean over seeds, and one deviation", "epoch", "accuracy", seeds))),
        ("runs", one(Panel::new("two runs", "epoch", "accuracy", runs))),
        ("clipped", one(clipped)),
        ("large-numbers", one(Panel::new("", "tokens", "time (s)", vec![curve("a", 20, |x| 1e-7 * x)]))),
        ("histogram", one(Panel::histogram("lstm.weight_ih_l0", "value", &normal, 40))),
        (
            "confusion",
            Figure::new(
                "test set",
                vec![Panel::confusion("sentiment", &counts, &classes), Panel::confusion("rating", &ten, &ratings)],
            ),
        ),
    ]
}

#[test]
fn every_picture_of_the_gallery_is_drawn_in_both_formats() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("IMDBSH_PICTURES").map_or_else(|| temporary.path().to_path_buf(), PathBuf::from);
    for (name, figure) in gallery() {
        let png = folder.join(format!("{name}.png"));
        save(&figure, &png).unwrap();
        let (w, h, pixels) = decode(&png);
        assert_eq!((w, h), figure.size, "{name}");
        assert_eq!(has_color(&pixels, BLUE), name != "no-epochs", "{name}: a curve in the first colour");

        let svg = folder.join(format!("{name}.svg"));
        save(&figure, &svg).unwrap();
        let text = fs::read_to_string(&svg).unwrap();
        let head = format!(
            "<svg width=\"{w}\" height=\"{h}\" stroke-linejoin=\"round\" viewBox=\"0 0 {} {}\"",
            w * 10,
            h * 10
        );
        assert!(text.starts_with(&head) && text.trim_end().ends_with("</svg>"), "{name}");
    }
}

#[test]
fn training_curves_show_both_sets_in_a_wide_picture_with_the_name_of_the_run() {
    let figure = training_curves("my run", &history(30, 0.01));
    assert_eq!((figure.size, figure.title.as_str()), ((1200, 500), "my run"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loss.svg");
    save(&figure, &path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for word in ["my run", "epoch", "loss", "accuracy", "train", "test"] {
        assert!(text.lines().any(|line| line == word), "`{word}` is not written");
    }
}

#[test]
fn a_set_without_values_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loss.png");
    save(&training_curves("x", &without(history(9, 0.0), &["test_loss", "test_acc"], 0)), &path).unwrap();
    let (_, _, pixels) = decode(&path);
    assert!(has_color(&pixels, BLUE) && !has_color(&pixels, ORANGE));
}

#[test]
fn only_png_and_svg_are_known_in_either_case() {
    let folder = tempfile::tempdir().unwrap();
    let figure = training_curves("x", &history(2, 0.0));
    save(&figure, &folder.path().join("A.PNG")).unwrap();
    for name in ["loss.pdf", "loss"] {
        let error = save(&figure, &folder.path().join(name)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Value);
        assert!(error.message.contains(".png") && error.message.contains(".svg"), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_does_not_fit_together_is_an_error() {
    let path = Path::new("never.png");
    let uneven = Panel::new("", "", "", vec![Series::new("a", vec![1.0, 2.0], vec![1.0])]);
    let message = save(&one(uneven), path).unwrap_err().message;
    assert_eq!(message, "series `a` has 2 x and 1 y values");
    let narrow = Series { band: vec![(0.0, 1.0)], ..Series::new("a", vec![1.0, 2.0], vec![1.0, 2.0]) };
    let message = save(&one(Panel::new("", "", "", vec![narrow])), path).unwrap_err().message;
    assert_eq!(message, "series `a` has 2 x values, and a band of 1");
    let ragged = Panel::confusion("", &[vec![1.0, 2.0], vec![3.0]], &["a".to_string(), "b".to_string()]);
    assert_eq!(save(&one(ragged), path).unwrap_err().kind, ErrorKind::Shape);
    let backwards = Panel { y_range: Some((1.0, f64::NAN)), ..Panel::new("", "", "", vec![]) };
    assert_eq!(save(&one(backwards), path).unwrap_err().kind, ErrorKind::Value);
    let log = Panel { y_range: Some((0.0, 1.0)), y_scale: Scale::Log, ..Panel::new("", "", "", vec![]) };
    assert!(save(&one(log), path).unwrap_err().message.contains("on a log axis, which begins above 0"));
    let size = |size| Figure { size, ..one(Panel::new("", "", "", vec![])) };
    for bad in [(0, 100), (100, 0), (100_000, 100_000)] {
        assert_eq!(save(&size(bad), path).unwrap_err().kind, ErrorKind::Value);
    }
    assert_eq!(save(&Figure::new("", vec![]), path).unwrap_err().kind, ErrorKind::Value);
    assert!(!path.exists());
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0,
        1 => any::<f64>(),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0, -0.0, 5e-324, 1e300, 1.0]),
    ]
}

fn any_series() -> impl Strategy<Value = Series> {
    let points = prop_oneof![
        prop::collection::vec((any_number(), any_number()), 0..12),
        (any_number(), any_number(), 0..5usize).prop_map(|(x, y, n)| vec![(x, y); n]),
    ];
    let style = prop::sample::select(vec![Style::Line, Style::Dashed, Style::Points, Style::Both]);
    let right = prop::bool::weighted(0.3);
    let width = prop::option::of(any_number());
    (".{0,40}", points, style, prop::option::of(0..100usize), right, width).prop_map(
        |(name, points, style, color, right, width)| {
            let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
            let band = width.map_or_else(Vec::new, |width| y.iter().map(|y| (y - width, y + width)).collect());
            let bars = if right { band.clone() } else { Vec::new() };
            Series { name, x, y, style, color, right, band, bars }
        },
    )
}

fn any_panel() -> impl Strategy<Value = Panel> {
    let scale = || prop::sample::select(vec![Scale::Linear, Scale::Log]);
    let range = prop::option::of(
        (any_number(), any_number()).prop_filter("a range", |(a, b)| a < b && a.is_finite() && b.is_finite()),
    );
    let series = (prop::collection::vec(any_series(), 0..5), scale(), scale(), range).prop_map(
        |(series, x_scale, y_scale, y_range)| Panel {
            x_scale,
            y_scale,
            y_range: y_range.filter(|(low, _)| y_scale == Scale::Linear || *low > 0.0),
            ..Panel::new("title", "x", "y", series)
        },
    );
    let histogram = (prop::collection::vec(any_number(), 0..20), 0..30usize)
        .prop_map(|(v, bins)| Panel::histogram("", "", &v, bins));
    let matrix = (0..4usize).prop_flat_map(|n| {
        prop::collection::vec(prop::collection::vec(any_number(), n), n)
            .prop_map(move |counts| Panel::confusion("", &counts, &vec!["class".to_string(); n]))
    });
    prop_oneof![6 => series, 1 => histogram, 1 => matrix]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn no_data_make_it_panic(panels in prop::collection::vec(any_panel(), 1..3), w in 50..400u32, h in 50..300u32) {
        let folder = tempfile::tempdir().unwrap();
        let figure = Figure { size: (w, h), ..Figure::new("a title", panels) };
        save(&figure, &folder.path().join("a.svg")).unwrap();
        match save(&figure, &folder.path().join("a.png")) {
            Ok(()) => {
                let (width, height, _) = decode(&folder.path().join("a.png"));
                prop_assert_eq!((width, height), (w, h));
            }
            // A name of characters that nobody has is refused, and never boxes.
            Err(refused) => prop_assert!(refused.message.contains("no font here can draw"), "{refused:?}"),
        }
    }
}
