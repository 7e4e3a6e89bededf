//! `plot` and `plot_panels` as scripts call them: what they draw, and what they refuse.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs a script in `folder`; its standard output, or what it says of its error.
fn run(folder: &Path, code: &str) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.current_dir(folder).args(["--threads", "1", "-e", code]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The picture that a script draws into `a.svg`.
fn svg(code: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), code).unwrap();
    fs::read_to_string(folder.path().join("a.svg")).unwrap()
}

/// Each of these calls draws nothing, and says so.
fn refused(calls: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    for (call, said) in calls {
        let error = run(folder.path(), call).unwrap_err();
        assert!(error.contains(said), "{call}:\n{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{call}");
    }
}

fn count(svg: &str, start: &str) -> usize {
    svg.lines().filter(|line| line.starts_with(start)).count()
}

#[test]
fn names_stand_in_the_legend_as_people_count() {
    let svg = svg(r#"plot(#{ run10: [1, 2], run2: [2, 3], "1e-2": [3, 4], "1e-10": [4, 5] }, #{ file: "a.svg" })"#);
    let names: Vec<&str> = svg.lines().filter(|line| line.starts_with("run") || line.starts_with("1e")).collect();
    assert_eq!(names, ["1e-10", "1e-2", "run2", "run10"]);
}

#[test]
fn points_alone_have_no_line_and_error_bars_are_as_long_as_is_said() {
    let bare =
        svg(r#"plot(#{ a: #{ x: [3, 1, 2], y: [1, 2, 3], style: "points" } }, #{ file: "a.svg", y_range: [0, 9] })"#);
    assert_eq!(count(&bare, "<circle"), 3 + 1, "three points, and one in the legend");
    assert!(!bare.lines().any(|line| line.starts_with("<polyline") && line.contains("#0072B2")), "{bare}");
    let call = |parts: &str| {
        svg(&format!(
            r#"plot(#{{ a: #{{ x: [3, 1, 2], y: [1, 2, 3], style: "points", {parts} }} }}, #{{ file: "a.svg", y_range: [0, 9] }})"#
        ))
    };
    let one = call("error: 0.5");
    assert_ne!(one, bare);
    assert_eq!(one, call("error: [0.5, 0.5, 0.5]"));
    assert_eq!(one, call("low: [0.5, 1.5, 2.5], high: [1.5, 2.5, 3.5], error: true"));
    assert_eq!(bare, call("error: false"));
    let band = call("low: [0.5, 1.5, 2.5], high: [1.5, 2.5, 3.5]");
    assert_eq!((count(&band, "<polygon"), count(&one, "<polygon")), (1, 0));
}

#[test]
fn panels_are_drawn_beside_each_other_each_with_its_own_title_and_axes() {
    let svg = svg(r#"plot_panels([
            #{ plot: #{ a: [1, 10, 100] }, title: "first", log_y: true, y_range: [1, 1000] },
            #{ histogram: [1, 2, 2, 3], bins: 3, title: "second", x_label: "value" },
            #{ confusion: tensor([[8, 2], [1, 9]]), title: "third" },
        ], #{ file: "a.svg", title: "all", columns: 2, size: [900, 700] })"#);
    assert!(svg.starts_with("<svg width=\"900\" height=\"700\""));
    for word in ["all", "first", "second", "third", "value", "count", "predicted", "10³"] {
        assert!(svg.lines().any(|line| line == word), "{word}");
    }
}

#[test]
fn a_terminal_shows_panels_under_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let panels = r#"plot_panels([#{ plot: [1, 2], title: "one" }, #{ histogram: [1, 2], title: "two" }], #{ file: "", terminal: true })"#;
    let shown = run(folder.path(), panels).unwrap();
    assert!(shown.find("one").unwrap() < shown.find("two").unwrap() && shown.contains('█'), "{shown}");
}

#[test]
fn what_makes_no_picture_is_refused_with_what_would() {
    refused(&[
        ("plot(#{ a: #{ x: [1, 2], y: [1] } })", "series `a` has 2 x and 1 y values"),
        ("plot(#{ a: #{ y: [1], eror: 1 } })", "unknown part of the series `a` `eror`; did you mean `error`?"),
        (r#"plot(#{ a: #{ y: [1], style: "point" } })"#, "unknown style of `a` `point`; did you mean `points`?"),
        ("plot(#{ a: #{ y: [1, 2], error: [1] } })", "series `a` has 2 y values and 1 errors"),
        ("plot(#{ a: #{ y: [1, 2], error: -1 } })", "at least 0, got -1"),
        ("plot(#{ a: #{ y: [1, 2], error: true } })", "bars from `low` to `high`, which it does not have"),
        ("plot(#{ a: #{ y: [1, 2], low: [1, 2] } })", "series `a` has no `high`"),
        (r#"plot(#{ lr: [1] }, #{ right: "lrr" })"#, "unknown curve `lrr`; did you mean `lr`?"),
        ("plot([1], #{ dip: 200 })", "unknown option `dip`; did you mean `dpi`?"),
        ("plot([1], #{ size: [100] })", "`size` is [width, height] in whole pixels"),
        ("plot([1], #{ size: [10, 100] })", "a figure of 10×100 pixels: each side must be 50 to 8000"),
        ("plot([1], #{ dpi: 1000 })", "a figure of 1000×700 at 1000 dots per inch has 10000×7000 pixels"),
        ("plot([1], #{ dpi: -1 })", "got -1"),
        ("plot_panels([])", "a figure needs at least one panel"),
        ("plot_panels([[1, 2]])", "panel 1: a panel is a map such as #{ plot: numbers"),
        (
            "plot_panels([#{ histogramm: [1] }])",
            "panel 1: nothing to draw; did you mean `histogram`; it has one of plot, histogram, confusion",
        ),
        ("plot_panels([#{ plot: [1] }, #{ plot: [1], histogram: [1] }])", "panel 2: both `plot` and `histogram`"),
        (
            "plot_panels([#{ histogram: [1], bin: 3 }])",
            "panel 1: plot_histogram: unknown option `bin`; did you mean `bins`?",
        ),
        (r#"plot_panels([#{ plot: [1], file: "a.png" }])"#, "panel 1: plot: unknown option `file`"),
        ("plot_panels([#{ confusion: [1] }])", "panel 1: `confusion` takes a tensor, got"),
        ("plot_panels([#{ plot: [1] }], #{ columns: 0 })", "`columns` must be 1 to 16, got 0"),
    ]);
}
