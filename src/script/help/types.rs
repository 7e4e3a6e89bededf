//! The names of types as scripts know them, in place of Rust's.

/// A text with the paths of Rust types replaced by their names in scripts: `Tensor` for `imdbsh::…::TensorHandle`.
pub fn plain_types(text: &str) -> String {
    let is_path = |c: char| c.is_alphanumeric() || "_:<>".contains(c);
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        match word.starts_with("imdbsh::") || word.starts_with("alloc::rc::Rc<") {
            true => out += word.rsplit("::").next().unwrap_or(word).trim_end_matches('>').trim_end_matches("Handle"),
            false => out += word,
        }
        let next = behind.chars().next();
        out.extend(next);
        rest = &behind[next.map_or(0, char::len_utf8)..];
    }
    out
}

/// A signature without Rust's wrappings.
pub fn tidy(signature: &str) -> String {
    const PLAIN: [(&str, &str); 13] = [
        ("Handle", ""),
        ("&str | ImmutableString | String", "string"),
        ("ScriptResult<", "Result<"),
        ("&mut ", ""),
        ("ImmutableString", "string"),
        ("&str", "string"),
        ("INT", "int"),
        ("FLOAT", "float"),
        ("i64", "int"),
        ("f64", "float"),
        ("FnPtr", "Fn"),
        (": Dynamic", ""),
        ("NativeCallContext", "context"),
    ];
    let mut text = signature.to_string();
    for (from, to) in PLAIN {
        text = text.replace(from, to);
    }
    match text.rsplit_once(" -> Result<") {
        Some((head, result)) => {
            let result = result.trim_end_matches('>');
            let result = result.split(", Box").next().unwrap_or(result);
            if result == "()" { head.to_string() } else { format!("{head} -> {result}") }
        }
        None => text,
    }
}
