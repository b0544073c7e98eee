//! Digests of 32 bytes as text: 64 hex digits.

use std::fmt;

/// Writes the digits in lower case.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, bytes: &[u8; 32]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads 64 digits, in either case; none where the text is anything else.
pub(crate) fn read(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_digits_are_a_digest() {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (0xab, 1);
        let text = format!("ab{}01", "0".repeat(60));
        assert_eq!(read(&text), Some(bytes));
        assert_eq!(read(&text.to_uppercase()), Some(bytes));
        for wrong in [&text[1..], "", &format!("{text}0"), &text.replace('b', "g"), &text.replace("ab", "+b")]
        {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
