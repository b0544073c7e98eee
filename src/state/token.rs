//! Ids and subjects as short runs of bytes that can be compared with each other.
//!
//! A text goes in; bytes come out that say where they end and are equal exactly where the texts are. Texts of
//! up to 40 bytes stand as they are and UUIDs in their usual form as the 16 bytes they stand for. Of a longer
//! text 128 bits of its SHA-256 digest stand in, so that what a lead may grow to has a bound; no two texts with
//! the same are known, and nobody knows how to make them.

use sha2::{Digest, Sha256};

/// The longest text that stands as it is.
const LONGEST: usize = 40;
/// A UUID has as many bytes when it is written out.
const UUID_LENGTH: usize = 36;
/// The first byte where the 16 bytes of a UUID follow.
const UUID: u8 = 0xfe;
/// The first byte where 16 bytes of a digest follow.
const DIGEST: u8 = 0xff;

/// The most bytes that a token takes.
pub(super) const MOST_BYTES: usize = LONGEST + 1;

/// Puts the token of `text` behind what `out` holds.
pub(super) fn put(out: &mut Vec<u8>, text: &str) {
    if let Some(uuid) = uuid(text) {
        out.push(UUID);
        out.extend_from_slice(&uuid);
    } else if let Some(length) =
        u8::try_from(text.len()).ok().filter(|length| usize::from(*length) <= LONGEST)
    {
        out.push(length);
        out.extend_from_slice(text.as_bytes());
    } else {
        out.push(DIGEST);
        let digest = Sha256::digest(text.as_bytes());
        out.extend(digest.iter().take(16));
    }
}

/// As [`put`], the ASCII letters of the text in lower case.
pub(super) fn put_folded(out: &mut Vec<u8>, text: &str) {
    let folded = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let from = out.len() + 1;
    if folded {
        put(out, text);
    } else if text.len() > LONGEST || text.len() == UUID_LENGTH {
        put(out, &text.to_ascii_lowercase());
    } else {
        put(out, text);
        out.get_mut(from..).into_iter().for_each(<[u8]>::make_ascii_lowercase);
    }
}

/// The text that a token is stored as: the text itself, or `#` and the digest. A text that starts with `#` gets
/// another one in front.
pub(super) fn text(token: &[u8]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match token.split_first() {
        None => String::new(),
        Some((&UUID, bytes)) => {
            let mut text = hex(bytes);
            for hyphen in [20, 16, 12, 8] {
                text.insert(hyphen, '-');
            }
            text
        }
        Some((&DIGEST, bytes)) => format!("#{}", hex(bytes)),
        Some((_, bytes)) => {
            // OK because whole texts go into tokens.
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            if text.starts_with('#') { format!("#{text}") } else { text.to_owned() }
        }
    }
}

/// Puts the token behind what `out` holds that is stored as `text`; false where there is none.
pub(super) fn put_stored(out: &mut Vec<u8>, text: &str) -> bool {
    let from = out.len();
    match text.strip_prefix('#') {
        None => put(out, text),
        Some(own) if own.starts_with('#') => put(out, own),
        Some(digest) => {
            out.push(DIGEST);
            for pair in digest.as_bytes().chunks(2) {
                let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
                let [Some(high), Some(low)] = [0, 1].map(|at| pair.get(at).copied().and_then(digit)) else {
                    return false;
                };
                // OK because both are below 16.
                out.push((high << 4 | low) as u8);
            }
            return out.len() - from == 17;
        }
    }
    // A longer text would have been stored as its digest.
    out.get(from) != Some(&DIGEST)
}

/// As [`put_stored`]; false too where ASCII letters are not in lower case.
pub(super) fn put_stored_folded(out: &mut Vec<u8>, text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_uppercase()) && put_stored(out, text)
}

/// How many bytes behind its first one a token takes.
pub(super) fn length_behind(first: u8) -> usize {
    match first {
        UUID | DIGEST => 16,
        length => usize::from(length),
    }
}

/// The 16 bytes of a UUID as it is usually written: in lower case, with its four hyphens.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; UUID_LENGTH] = text.as_bytes().try_into().ok()?;
    let mut digits = [0; 32];
    let mut places = digits.iter_mut();
    for (at, byte) in text.iter().enumerate() {
        let digit = match (at, byte) {
            (8 | 13 | 18 | 23, b'-') => continue,
            (8 | 13 | 18 | 23, _) => return None,
            (_, b'0'..=b'9') => byte - b'0',
            (_, b'a'..=b'f') => byte - b'a' + 10,
            _ => return None,
        };
        *places.next()? = digit;
    }
    let mut bytes = [0; 16];
    for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks().0) {
        *byte = high << 4 | low;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, text);
        assert_eq!(out.len(), 1 + length_behind(out[0]), "{text}");
        assert!(out.len() <= MOST_BYTES);
        out
    }

    #[test]
    fn texts_that_differ_have_tokens_that_differ() {
        let uuid = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
        let long = "x".repeat(LONGEST + 1);
        let texts = [
            "",
            "e-1",
            "E-1",
            uuid,
            &uuid.to_uppercase(),
            &uuid.replace('-', "_"),
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8fg",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            &long,
            &long[1..],
            &long.to_uppercase(),
        ];
        for (at, one) in texts.iter().enumerate() {
            for other in &texts[at + 1..] {
                assert_ne!(token(one), token(other), "{one} {other}");
            }
        }
        assert_eq!(token(uuid).len(), 17);
        for one in texts.into_iter().chain(["#", "##", "#e-1"]) {
            let (token, mut back) = (token(one), Vec::new());
            assert!(put_stored(&mut back, &text(&token)), "{one}");
            assert_eq!(back, token, "{one}");
        }
        for wrong in [&long, "#", "#00", "#0x", "#0000000000000000000000000000000G"] {
            assert!(!put_stored(&mut Vec::new(), wrong), "{wrong}");
        }
    }

    #[test]
    fn folding_reaches_ascii_letters_only() {
        let folded = |text: &str| {
            let mut out = vec![9];
            put_folded(&mut out, text);
            assert_eq!(out.remove(0), 9);
            out
        };
        for text in ["Pricing", "É", "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9", &"Long ".repeat(20)] {
            assert_eq!(folded(text), token(&text.to_ascii_lowercase()), "{text}");
        }
    }
}
