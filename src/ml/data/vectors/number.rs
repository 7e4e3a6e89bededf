//! Numbers in text.

/// The finite number that `bytes` begin with, up to white space, and its length.
pub(super) fn number(bytes: &[u8]) -> Option<(f32, usize)> {
    /// Exact in float32, as are all whole numbers up to 2^24: one division rounds as the number itself would be rounded.
    const POWERS: [f32; 11] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
    let negative = bytes.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let (mut whole, mut digits, mut point) = (0u32, 0, None);
    loop {
        match bytes.get(at) {
            Some(digit @ b'0'..=b'9') if whole < 1 << 24 => {
                whole = 10 * whole + u32::from(digit - b'0');
                digits += 1;
            }
            Some(b'.') if point.is_none() => point = Some(digits),
            None | Some(b' ' | b'\n' | b'\r' | b'\t') if digits > 0 && whole <= 1 << 24 => {
                let decimals = digits - point.unwrap_or(digits);
                let Some(power) = POWERS.get(decimals) else { break };
                let size = whole as f32 / power;
                return Some((if negative { -size } else { size }, at));
            }
            _ => break,
        }
        at += 1;
    }
    // Many digits, an exponent: seldom.
    let length = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    let value = std::str::from_utf8(&bytes[..length]).ok()?.parse::<f32>().ok()?;
    value.is_finite().then_some((value, length))
}

/// Whether a field of a line is a number, finite or not.
pub(super) fn is_number(field: &[u8]) -> bool {
    std::str::from_utf8(field).is_ok_and(|text| text.parse::<f32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(text: &str) -> Result<(), TestCaseError> {
        let expected = text.parse::<f32>().ok().filter(|v| v.is_finite());
        let read = number(format!("{text} 1").as_bytes());
        prop_assert_eq!(read.map(|(v, length)| (v.to_bits(), length)), expected.map(|v| (v.to_bits(), text.len())));
        Ok(())
    }

    #[test]
    fn odd_numbers_are_read_as_rusts_own() {
        for text in
            ["-0", "0.0", "-0.0", ".5", "5.", "+1", ".", "-", "", "1e-5", "16777216", "16777217", "0.16777217", "1.2.3"]
        {
            same(text).unwrap();
        }
        for text in ["0.00000000001", "99999999999999999999", "1e39", "nan", "inf", "0x1", "1_0", "1-"] {
            same(text).unwrap();
        }
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_rusts_own(text in r"-?[0-9]{0,9}(\.[0-9]{0,12})?(e-?[0-9]{1,2})?") {
            same(&text)?;
        }
    }
}
