//! Sizes as they are written.

pub(super) fn shown(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{} kB", bytes / 1000),
        10_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

/// `2G`, `500M`, `64k`, or bytes.
///
/// # Errors
/// Anything else.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        _ => return Err("a size is a number with k, M or G behind it, such as 2G".into()),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0);
    bytes.ok_or_else(|| "a size is a number with k, M or G behind it, such as 2G".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_with_a_unit() {
        assert_eq!(parse("2G"), Ok(2_000_000_000));
        assert_eq!(parse("500mb"), Ok(500_000_000));
        assert_eq!(parse("1024"), Ok(1024));
        for wrong in ["", "G", "2T", "-1", "0", "1.5G", "99999999999999G"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
