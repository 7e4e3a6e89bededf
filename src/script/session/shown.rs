//! Values as the prompt shows them: short, as tensors are, and as a person reads them. `print` shows all.

use super::layout::Piece;
use crate::script::{
    api::{
        aligned,
        handles::{History, KINDS},
    },
    base::nesting::{DEEPEST_JSON, deeper},
    help::{inspect, size},
    language::sources::{CLOSURE, Sources},
};
use rhai::{Array, Blob, Dynamic, Engine, FnPtr, ImmutableString, Map};

/// What has more elements, those of its elements included, is shortened.
const WHOLE: usize = 100;
/// Elements shown at each end of what is shortened.
const EDGE: usize = 3;
/// Fields of a map that is shortened.
const FIELDS: usize = 20;
/// How deep what is shortened is shown.
const LEVELS: usize = 4;
/// How many characters of a text are shown, and of one inside of something.
const TEXT: usize = 1000;
const INNER_TEXT: usize = 100;
/// How many characters of a closure are shown.
const SOURCE: usize = 60;
/// Rows of a table that is shown whole, and at each end of a longer one.
const ROWS: usize = 60;
const EDGE_ROWS: usize = 5;

/// Looks up how objects and closures are shown.
pub struct Shown<'a> {
    pub engine: &'a Engine,
    pub sources: &'a Sources,
    /// In columns.
    pub width: usize,
}

impl Shown<'_> {
    /// `value` in lines of at most `width` columns, where it can be broken.
    pub fn text(&self, value: &Dynamic) -> String {
        if let Some(history) = value.clone().try_cast::<History>() {
            let rows = history.0.borrow();
            let title = format!("history of {} epochs", rows.len());
            return self.table(&rows).map_or(title.clone(), |table| format!("{title}\n{table}"));
        }
        if let Some(text) = value.read_lock::<ImmutableString>() {
            return quoted(&text, TEXT);
        }
        let rows = value.read_lock::<Array>().and_then(|array| rows(&array));
        if let Some(table) = rows.and_then(|rows| self.table(&rows)) {
            return table;
        }
        if value.is_array() || value.is_map() || value.is_blob() || is_closure(value) {
            let cut = leaves(value, WHOLE) > WHOLE;
            return self.piece(value, cut, 0).laid_out(self.width);
        }
        self.object(value)
    }

    /// An object of the program's own as `print` shows it.
    fn object(&self, value: &Dynamic) -> String {
        let shown = self.engine.eval_fn_call::<String>("to_string", None, (value.clone(),));
        shown.unwrap_or_else(|_| value.to_string())
    }

    fn piece(&self, value: &Dynamic, cut: bool, level: usize) -> Piece {
        let Ok(_level) = deeper(DEEPEST_JSON) else { return Piece::Leaf("…".into()) };
        if let Some(array) = value.read_lock::<Array>() {
            return self.elements(&array, cut, level);
        }
        if let Some(map) = value.read_lock::<Map>() {
            return self.fields(&map, cut, level);
        }
        Piece::Leaf(self.leaf(value))
    }

    fn elements(&self, array: &Array, cut: bool, level: usize) -> Piece {
        let one = |value: &Dynamic| self.piece(value, cut, level + 1);
        let note = |is_cut: bool| if is_cut { format!(" ({} elements)", array.len()) } else { String::new() };
        if cut && level >= LEVELS && !array.is_empty() {
            return Piece::Leaf(format!("[…]{}", note(true)));
        }
        if !cut || array.len() <= 2 * EDGE {
            return Piece::Elements { parts: array.iter().map(one).collect(), note: note(false) };
        }
        let mut parts: Vec<Piece> = array[..EDGE].iter().map(one).collect();
        parts.push(Piece::Leaf("…".into()));
        parts.extend(array[array.len() - EDGE..].iter().map(one));
        Piece::Elements { parts, note: note(true) }
    }

    fn fields(&self, map: &Map, cut: bool, level: usize) -> Piece {
        let note = format!(" ({} fields)", map.len());
        if cut && level >= LEVELS && !map.is_empty() {
            return Piece::Leaf(format!("#{{…}}{note}"));
        }
        let most = if cut { FIELDS } else { usize::MAX };
        let field = |(name, value): (_, &Dynamic)| (key(name), self.piece(value, cut, level + 1));
        let mut parts: Vec<(String, Piece)> = map.iter().take(most).map(|(name, value)| field((name, value))).collect();
        if map.len() <= most {
            return Piece::Fields { parts, note: String::new() };
        }
        parts.push((String::new(), Piece::Leaf("…".into())));
        Piece::Fields { parts, note }
    }

    /// What holds nothing that is shown, in one line.
    fn leaf(&self, value: &Dynamic) -> String {
        if let Some(text) = value.read_lock::<ImmutableString>() {
            return quoted(&text, INNER_TEXT);
        }
        if let Some(blob) = value.read_lock::<Blob>()
            && blob.len() > WHOLE
        {
            return format!("blob of {} bytes", blob.len());
        }
        if let Some(closure) = value.read_lock::<FnPtr>() {
            return self.function(&closure);
        }
        if value.is_unit() {
            return "()".into();
        }
        if value.is_char() {
            return format!("{:?}", value.flatten_clone());
        }
        let text = self.object(value);
        if !text.contains('\n') && text.chars().count() <= INNER_TEXT {
            return text;
        }
        // A network or a tensor in the middle of a map: what and how large.
        let kind = inspect::kind(self.engine, value);
        let shape = size::size(self.engine, KINDS, &value.flatten_clone()).shape.unwrap_or_default();
        format!("{kind} {shape}").trim_end().to_string()
    }

    /// A closure as it stands in its text.
    fn function(&self, function: &FnPtr) -> String {
        if !function.fn_name().starts_with(CLOSURE) {
            return format!("Fn({:?})", function.fn_name());
        }
        match self.sources.text_of(function.fn_name()) {
            Some((text, ..)) if !text.is_empty() => {
                let words: Vec<&str> = text.split_whitespace().collect();
                console::truncate_str(&words.join(" "), SOURCE, "…").into_owned()
            }
            _ => "a closure".into(),
        }
    }

    /// The rows with aligned columns; of many rows both ends, of many columns those that fit.
    fn table(&self, rows: &[Map]) -> Option<String> {
        if rows.is_empty() {
            return None;
        }
        let shown: Vec<Map> = match rows.len() {
            n if n > ROWS => rows[..EDGE_ROWS].iter().chain(&rows[n - EDGE_ROWS..]).cloned().collect(),
            _ => rows.to_vec(),
        };
        let (table, left_out) = aligned(&shown, self.width);
        let mut lines: Vec<String> = table.lines().map(str::to_string).collect();
        if rows.len() > ROWS {
            lines.insert(1 + EDGE_ROWS, "…".into());
            lines.push(format!("({} rows)", rows.len()));
        }
        if !left_out.is_empty() {
            lines.push(format!("({} more: {})", left_out.len(), left_out.join(", ")));
        }
        Some(lines.join("\n"))
    }
}

/// The maps of an array that reads better as a table: of two and more rows, whose values are plain.
fn rows(array: &Array) -> Option<Vec<Map>> {
    let is_plain = |value: &Dynamic| {
        let is_line = value.read_lock::<ImmutableString>().map(|text| !text.contains(char::is_control));
        is_line.unwrap_or(value.is_int() || value.is_float() || value.is_bool() || value.is_unit())
    };
    if array.len() < 2 {
        return None;
    }
    array
        .iter()
        .map(|row| row.read_lock::<Map>().filter(|m| !m.is_empty() && m.values().all(is_plain)).map(|m| m.clone()))
        .collect()
}

fn is_closure(value: &Dynamic) -> bool {
    value.read_lock::<FnPtr>().is_some()
}

/// How many values `value` is made of, counted up to a little more than `most`.
fn leaves(value: &Dynamic, most: usize) -> usize {
    let Ok(_level) = deeper(DEEPEST_JSON) else { return most + 1 };
    let mut count = 0;
    let mut add = |values: &mut dyn Iterator<Item = &Dynamic>| {
        for value in values {
            count += leaves(value, most);
            if count > most {
                break;
            }
        }
    };
    if let Some(array) = value.read_lock::<Array>() {
        add(&mut array.iter());
    } else if let Some(map) = value.read_lock::<Map>() {
        add(&mut map.values());
    }
    count.max(1)
}

/// A field's name as a map in a script has it.
fn key(name: &str) -> String {
    let mut letters = name.chars();
    let begins = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let is_name = begins && letters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name { name.to_string() } else { quoted(name, INNER_TEXT) }
}

/// A text as a script writes it; of a long one both ends, and how long it is.
fn quoted(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return format!("\"{}\"", escaped(text));
    }
    let edge = most / 2;
    let (first, last): (String, String) =
        (text.chars().take(edge).collect(), text.chars().skip(length - edge).collect());
    format!("\"{}…{}\" ({length} characters)", escaped(&first), escaped(&last))
}

/// What steers a terminal, as the escape that a script has for it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\t' => out += "\\t",
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            c if c.is_control() && u32::from(c) < 0x80 => out += &format!("\\x{:02x}", u32::from(c)),
            c if c.is_control() || crate::output::in_a_line(c.encode_utf8(&mut [0; 4])) != c.to_string() => {
                out += &format!("\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::script::session::{eval::Session, setup::Setup};

    fn shown(code: &str, width: usize) -> String {
        let mut session = Session::new(Setup::named("test")).unwrap();
        let value = session.workspace().input(code).unwrap();
        session.workspace().show_within(&value, width)
    }

    #[test]
    fn texts_are_shown_as_a_script_writes_them() {
        assert_eq!(shown(r#""a\nb\x1b[31m\"c\"\\""#, 80), r#""a\nb\x1b[31m\"c\"\\""#);
        assert_eq!(shown("\"é 日\\u202e\"", 80), "\"é 日\\u202e\"");
        let long = shown("let t = \"\"; t.pad(100000, 'x'); t", 80);
        assert!(long.starts_with("\"xxx") && long.ends_with("xxx\" (100000 characters)"), "{long}");
        assert!(long.len() < 1100);
    }

    #[test]
    fn what_is_long_is_shortened_as_tensors_are_and_says_how_long_it_is() {
        assert_eq!(shown("(0..1000).map(|i| i)", 80), "[0, 1, 2, …, 997, 998, 999] (1000 elements)");
        let nested = shown("(0..200).map(|i| (0..300).map(|j| i * j))", 80);
        assert!(nested.starts_with("[\n    [0, 0, 0, …, 0, 0, 0] (300 elements),\n"), "{nested}");
        assert!(nested.ends_with("(300 elements),\n] (200 elements)"), "{nested}");
        assert_eq!(shown("(0..5).map(|i| i * 0.5)", 80), "[0.0, 0.5, 1.0, 1.5, 2.0]");
        let map = shown("let m = #{}; for i in 0..500 { m[`k${i}`] = i; } m", 80);
        assert!(map.contains("    k0: 0,\n") && map.ends_with("    …,\n} (500 fields)"), "{map}");
        assert_eq!(shown("blob(1000000, 7)", 80), "blob of 1000000 bytes");
    }

    #[test]
    fn maps_are_indented_where_they_do_not_fit() {
        let code = "#{ lr: 0.1, \"a b\": [1, 2], net: linear(2, 1), f: |s| s.lr / 2.0, c: 'x', n: () }";
        let flat = shown(code, 200);
        assert!(flat.starts_with("#{ \"a b\": [1, 2], c: 'x', f: |s| s.lr / 2.0, lr: 0.1, n: (), net: "), "{flat}");
        assert!(!flat.contains('\n'));
        let tall = shown(code, 30);
        assert!(tall.starts_with("#{\n    \"a b\": [1, 2],\n    c: 'x',\n    f: |s| s.lr / 2.0,\n"), "{tall}");
        assert!(shown("#{ w: zeros([100, 100]) }", 80).contains("w: Tensor [100, 100] float32"));
    }

    #[test]
    fn rows_and_histories_are_tables() {
        let rows = shown("(1..=3).map(|i| #{ epoch: i, loss: 1.0 / i, note: \"x\" })", 80);
        assert_eq!(rows, "epoch    loss  note\n    1  1.0000  x\n    2  0.5000  x\n    3  0.3333  x");
        let narrow = shown("(1..=3).map(|i| #{ epoch: i, loss: 1.0 / i, note: \"x\" })", 13);
        assert_eq!(narrow, "epoch    loss\n    1  1.0000\n    2  0.5000\n    3  0.3333\n(1 more: note)");
        let many = shown("let h = history(); for i in 0..100 { h.push(#{ epoch: i }); } h", 80);
        assert!(many.starts_with("history of 100 epochs\nepoch\n    0\n"), "{many}");
        assert!(many.contains("\n    4\n…\n   95\n") && many.ends_with("(100 rows)"), "{many}");
    }

    #[test]
    fn what_holds_itself_is_shown() {
        let shown = shown("let a = #{ n: 1 }; let f = || a; a.f = f; a", 80);
        assert_eq!(shown, "#{ f: || a, n: 1 }");
    }
}
