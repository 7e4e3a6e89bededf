//! Error bars, points alone, several panels, size and resolution. To look at them: `IMDBSH_PICTURES=some/folder cargo test --test it layout`.

use imdbsh::error::ErrorKind;
use imdbsh::ml::plot::{Figure, Look, Panel, Scale, Series, Style, save, text};
use imdbsh::output::Colours;
use std::fs;
use std::path::{Path, PathBuf};

fn curve(name: &str, n: usize, f: impl Fn(f64) -> f64) -> Series {
    let x: Vec<f64> = (1..=n).map(|i| i as f64).collect();
    let y = x.iter().map(|x| f(*x)).collect();
    Series::new(name, x, y).with_style(Style::Both)
}

fn with_bars(length: f64, series: Series) -> Series {
    let bars = series.y.iter().map(|y| (y - length, y + length)).collect();
    Series { bars, ..series }
}

fn scatter() -> Series {
    let t: Vec<f64> = (0..60).map(|i| f64::from(i) * 2.4).collect();
    let x = t.iter().map(|t| 3.0 * t.sin()).collect();
    let y = t.iter().map(|t| 2.0 * (t * 1.7).cos()).collect();
    Series::new("points", x, y).with_style(Style::Points)
}

fn panels() -> Vec<Panel> {
    let loss = Panel {
        y_scale: Scale::Log,
        ..Panel::new(
            "loss",
            "epoch",
            "loss",
            vec![curve("train", 8, |x| (-x / 2.0).exp()), curve("test", 8, |x| 0.5 / x)],
        )
    };
    let counts = [vec![83.0, 17.0], vec![14.0, 86.0]];
    let values: Vec<f64> = (1..900).map(|i| f64::from(i).sin() + (f64::from(i) * 3.1).cos()).collect();
    let seeds = vec![
        with_bars(0.03, curve("lr=1e-3", 6, |x| 0.8 - 0.4 / x)),
        with_bars(0.05, curve("lr=3e-3", 6, |x| 0.75 - 0.3 / x)),
    ];
    vec![
        loss,
        Panel::new("over five seeds", "epoch", "accuracy", seeds),
        Panel::histogram("weights", "value", &values, 30),
        Panel::confusion("test set", &counts, &["negative".into(), "positive".into()]),
    ]
}

fn dashes() -> Panel {
    let mut all: Vec<Series> = (0..3)
        .map(|i| {
            curve(["a, train", "b, train", "c, train"][i], 12, |x| x / (x + i as f64 + 1.0)).with_style(Style::Dashed)
        })
        .collect();
    all.extend(
        (7..9).map(|i| Series { color: Some(i), ..curve("second round", 12, |x| 0.4 - x / 40.0 * (i as f64 - 6.0)) }),
    );
    all.push(curve("plain", 12, |x| 0.1 * x.sin().abs()).with_style(Style::Line));
    Panel::new("", "epoch", "accuracy", all)
}

fn gallery() -> Vec<(&'static str, Figure)> {
    let seeds = || Figure::new("", vec![panels().remove(1)]);
    let small = |panel: usize| Figure { size: (300, 200), ..Figure::new("", vec![panels().remove(panel)]) };
    vec![
        ("error-bars", seeds()),
        ("scatter", Figure::new("", vec![Panel::new("", "x", "y", vec![scatter()])])),
        ("panels-4", Figure::new("a run", panels())),
        ("panels-3", Figure::new("a run", panels().split_off(1))),
        ("panels-column", Figure::new("", panels().split_off(2)).in_columns(1)),
        ("dashes", Figure::new("", vec![dashes()])),
        ("dpi-200", Figure { dpi: 200, size: (500, 350), ..seeds() }),
        ("dpi-50", Figure { dpi: 50, ..seeds() }),
        ("small-loss", small(0)),
        ("small-bars", small(1)),
        ("small-histogram", small(2)),
        ("small-confusion", small(3)),
    ]
}

#[test]
fn the_layout_gallery_is_drawn_as_png_and_svg() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("IMDBSH_PICTURES").map_or_else(|| temporary.path().to_path_buf(), PathBuf::from);
    for (name, figure) in gallery() {
        for ending in ["png", "svg"] {
            save(&figure, &folder.join(format!("{name}.{ending}"))).unwrap();
        }
        let reader =
            png::Decoder::new(fs::File::open(folder.join(format!("{name}.png"))).unwrap()).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), figure.pixels(), "{name}");
        let text = text(&figure, Look { width: 70, height: 16, colours: Colours::None, unicode: true });
        fs::write(folder.join(format!("{name}.txt")), text).unwrap();
    }
}

fn svg(figure: &Figure) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.svg");
    save(figure, &path).unwrap();
    fs::read_to_string(path).unwrap()
}

/// How often lines of this colour are drawn.
fn lines(svg: &str, color: &str) -> usize {
    svg.lines().filter(|line| line.starts_with("<polyline") && line.contains(color)).count()
}

#[test]
fn an_error_bar_has_two_caps_and_one_that_leaves_the_picture_none_there() {
    const BLUE: &str = "#0072B2";
    let panel = |range| Panel { y_range: range, ..Panel::new("", "", "", vec![with_bars(1.0, curve("", 3, |_| 0.0))]) };
    let of = |range| lines(&svg(&Figure::new("", vec![panel(range)])), BLUE);
    // A line through the points; three bars with two caps each, or with one.
    assert_eq!(of(None), 1 + 3 * 3);
    assert_eq!(of(Some((-0.5, 2.0))), 1 + 3 * 2);
    assert_eq!(of(Some((5.0, 6.0))), 0);
    let log = Panel { y_scale: Scale::Log, ..Panel::new("", "", "", vec![with_bars(1.0, curve("", 3, |_| 0.5))]) };
    assert_eq!(
        lines(&svg(&Figure::new("", vec![log])), BLUE),
        1 + 3 * 2,
        "a bar that reaches below zero ends at the edge"
    );
}

#[test]
fn twice_the_dots_per_inch_are_twice_the_pixels_and_the_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let figure = Figure { size: (200, 100), ..Figure::new("", vec![panels().remove(0)]) };
    for (dpi, size, per_metre) in [(100, (200, 100), 3937), (200, (400, 200), 7874), (72, (144, 72), 2835)] {
        let path = folder.path().join("a.png");
        save(&Figure { dpi, ..figure.clone() }, &path).unwrap();
        let reader = png::Decoder::new(fs::File::open(&path).unwrap()).read_info().unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height), size);
        let dims = info.pixel_dims.unwrap();
        assert_eq!((dims.xppu, dims.yppu, dims.unit), (per_metre, per_metre, png::Unit::Meter));
    }
    assert_eq!(svg(&Figure { dpi: 400, ..figure.clone() }), svg(&figure), "an SVG has no pixels");
    for (dpi, size, said) in
        [(1201, (200, 100), "20 to 1200"), (0, (200, 100), "20 to 1200"), (1000, (1000, 700), "10000×7000")]
    {
        let refused = save(&Figure { dpi, size, ..figure.clone() }, Path::new("never.png")).unwrap_err();
        assert!(refused.kind == ErrorKind::Value && refused.message.contains(said), "{refused}");
    }
}

#[test]
fn panels_stand_in_rows_as_many_as_are_asked_for() {
    let sizes: Vec<_> = (1..=4).map(|columns| Figure::new("", panels()).in_columns(columns).size).collect();
    assert_eq!(sizes, [(1000, 1800), (1200, 900), (1500, 900), (2000, 450)]);
    assert_eq!(Figure::new("", panels()).size, (1200, 900));
    let svg = svg(&Figure::new("a run", panels()));
    for word in ["a run", "loss", "over five seeds", "weights", "test set", "negative"] {
        assert!(svg.lines().any(|line| line == word), "{word}");
    }
}

#[test]
fn a_terminal_shows_bars_and_bands_too() {
    let look = Look { width: 40, height: 12, colours: Colours::None, unicode: false };
    let shown = |series| text(&Figure::new("", vec![Panel::new("", "", "", vec![series])]), look);
    let signs = |series| shown(series).matches('|').count();
    assert!(signs(with_bars(1.0, curve("", 3, |x| x))) > signs(curve("", 3, |x| x)) + 3);
    let band = curve("", 3, |x| x).y.iter().map(|y| (y - 1.0, y + 1.0)).collect();
    assert!(shown(Series { band, ..curve("", 3, |x| x) }).matches(':').count() > 20);
}
