//! Figures as text.

use super::super::{
    figure::Figure,
    look::{Look, centered},
};
use console::truncate_str;

/// The figure, panel under panel, in lines that end without spaces.
pub fn text(figure: &Figure, look: Look) -> String {
    let mut lines = Vec::new();
    if !figure.title.is_empty() {
        lines.extend(figure.title.lines().map(|line| centered(line, look.width)));
    }
    for panel in &figure.panels {
        if !panel.title.is_empty() {
            lines.extend(panel.title.lines().map(|line| centered(line, look.width)));
        }
        panel.content.write(panel, look, &mut lines);
        lines.extend(panel.content.note(panel).map(|note| truncate_str(&note, look.width, "…").into_owned()));
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::plot::{Panel, Scale, Series, Style};
    use crate::output::Colours;
    use console::measure_text_width;

    const PLAIN: Look = Look { width: 44, height: 12, colours: Colours::None, unicode: true };

    fn line(name: &str, n: usize, f: impl Fn(f64) -> f64) -> Series {
        let x: Vec<f64> = (1..=n).map(|i| i as f64).collect();
        let y = x.iter().map(|x| f(*x)).collect();
        Series::new(name, x, y)
    }

    fn shown(panel: Panel, look: Look) -> String {
        text(&Figure::new("", vec![panel]), look)
    }

    #[test]
    fn a_curve_stands_in_braille_between_its_axes() {
        let found = shown(Panel::new("", "epoch", "loss", vec![line("train", 5, |x| 1.0 / x)]), PLAIN);
        assert!(found.starts_with("── train\nloss\n") && found.contains('⠤'), "{found}");
        assert!(found.lines().all(|line| measure_text_width(line) <= 44), "{found}");
        assert!(found.ends_with("epoch") && found.contains('└'), "{found}");
    }

    #[test]
    fn no_width_makes_lines_that_are_wider_and_none_is_too_small_to_draw() {
        for width in [1, 10, 20, 80, 300] {
            for unicode in [true, false] {
                let look = Look { width, unicode, ..PLAIN };
                let series = vec![line("a", 30, f64::sqrt), Series { right: true, ..line("b", 30, |x| 1.0 / x) }];
                let mut panel = Panel::new("a title that is long", "a label", "y", series);
                panel.y_scale = Scale::Log;
                let text = shown(panel, look);
                let widest = text.lines().map(measure_text_width).max().unwrap();
                assert!(widest <= width.max(30), "{width}:\n{text}");
                assert!(unicode || text.is_ascii() || text.contains('⁰') || text.contains('…'), "{text}");
            }
        }
    }

    #[test]
    fn without_colours_several_curves_have_signs_of_their_own() {
        let series = vec![line("a", 9, |x| x), line("b", 9, |x| 9.0 - x).with_style(Style::Points)];
        let plain = shown(Panel::new("", "", "", series.clone()), PLAIN);
        assert!(plain.contains("** a   oo b") && plain.matches('o').count() >= 9, "{plain}");
        let colored = shown(Panel::new("", "", "", series), Look { colours: Colours::Full, ..PLAIN });
        assert!(colored.contains("\x1b[38;2;0;114;178m") && !colored.contains('*'), "{colored}");
    }

    #[test]
    fn bars_and_tables_have_their_numbers() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let bars = shown(Panel::histogram("", "x", &values, 4), PLAIN);
        assert!(bars.contains('█') && bars.contains("20 ┤"), "{bars}");
        let classes = ["neg".to_string(), "pos".to_string()];
        let table = shown(Panel::confusion("", &[vec![8.0, 2.0], vec![1.0, 9.0]], &classes), PLAIN);
        assert_eq!(table, "true \\ predicted  neg  pos\n             neg    8    2\n             pos    1    9");
    }

    #[test]
    fn no_data_still_draw() {
        for series in [vec![], vec![line("a", 0, |x| x)], vec![line("a", 3, |_| f64::NAN)]] {
            assert!(!shown(Panel::new("", "", "", series), PLAIN).is_empty());
        }
        assert!(!shown(Panel::histogram("", "", &[], 5), PLAIN).is_empty());
    }
}
