//! The bytes that a state keeps its events in.
//!
//! They have two parts. In the first, the *packed* one, events lie by term and of one term by time, each as the
//! time since the one before it. Behind it stands what came since, event by event as it arrived. Numbers take
//! as many bytes as they need. Only this crate writes these bytes, in memory; what is stored is another form
//! ([`super::stored`]), which is checked when it is read.

use super::retention::Retention;
use super::token;
use crate::plan::Micros;

/// A run of bytes; an empty one stands for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    from: u32,
    to: u32,
}

impl Span {
    pub(super) fn new(from: usize, to: usize) -> Self {
        // OK because a state has fewer than 2^31 bytes: see `Keeper`.
        Span { from: from as u32, to: to as u32 }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.from == self.to
    }

    pub(super) fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.from as usize..self.to as usize).unwrap_or(&[])
    }
}

/// An event in a term, its texts where they stand among bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) term: u32,
    pub(super) at: Micros,
    /// The token of its id.
    pub(super) id: Span,
    /// The token of its subject, where the term tells subjects apart.
    pub(super) subject: Span,
    /// The first of its values in a list of them: one for each sum of the term.
    pub(super) values: u32,
}

/// Puts a number in groups of seven bits, the lowest first; the high bit of each byte but the last is set.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    let (mut bytes, mut length) = ([0; 10], 0);
    for byte in &mut bytes {
        length += 1;
        *byte = number as u8 | 0x80;
        number >>= 7;
        if number == 0 {
            *byte &= 0x7f;
            break;
        }
    }
    out.extend_from_slice(bytes.get(..length).unwrap_or(&[]));
}

pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, (number << 1 ^ number >> 63) as u64);
}

/// Joins the groups of seven bits of up to eight bytes: neighbours first, then pairs, then fours.
const fn groups(word: u64) -> u64 {
    let pairs = (word & 0x007f_007f_007f_007f) | (word & 0x7f00_7f00_7f00_7f00) >> 1;
    let fours = (pairs & 0x0000_3fff_0000_3fff) | (pairs & 0x3fff_0000_3fff_0000) >> 2;
    (fours & 0x0fff_ffff) | (fours & 0x0fff_ffff_0000_0000) >> 4
}

/// Reads what was put.
struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self) -> u64 {
        let left = self.bytes.get(self.at..).unwrap_or(&[]);
        if let Some(eight) = left.first_chunk() {
            let word = u64::from_le_bytes(*eight);
            let ends = !word & 0x8080_8080_8080_8080;
            if ends > 0 {
                self.at += ends.trailing_zeros() as usize / 8 + 1;
                return groups(word & (ends ^ (ends - 1)));
            }
        }
        // Near the end of the bytes, or a number of more than 56 bits.
        let (mut number, mut shift) = (0, 0);
        for byte in left.iter().take(10) {
            self.at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 {
                break;
            }
        }
        number
    }

    fn signed(&mut self) -> i64 {
        let number = self.number();
        (number >> 1) as i64 ^ -((number & 1) as i64)
    }

    fn small(&mut self) -> u32 {
        // OK because only numbers of 32 bits are put where this reads.
        self.number() as u32
    }

    fn token(&mut self) -> Span {
        let from = self.at;
        let first = self.bytes.get(from).copied().unwrap_or(0);
        self.at += 1 + token::length_behind(first);
        Span::new(from, self.at)
    }

    fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }
}

/// Reads the packed events in `bytes` from `from` to `to`, in their order.
pub(super) fn read_packed(
    bytes: &[u8],
    (from, to): (usize, usize),
    retention: &Retention,
    entries: &mut Vec<Entry>,
    values: &mut Vec<i64>,
) {
    let mut reader = Reader { bytes: bytes.get(..to).unwrap_or(&[]), at: from };
    let (mut term, mut first) = (0, 0);
    while !reader.is_done() {
        term += reader.small();
        let count = reader.small();
        first += reader.signed();
        let Some(kept) = retention.term(term) else { return };
        let mut at = first;
        for _ in 0..count {
            let head = reader.number();
            at += (head >> 1) as i64;
            let id = if head & 1 == 1 { reader.token() } else { Span::default() };
            let subject = if kept.subjects { reader.token() } else { Span::default() };
            entries.push(Entry { term, at, id, subject, values: values.len() as u32 });
            for _ in &kept.sums {
                values.push(reader.signed());
            }
        }
    }
}

/// Packs entries that are sorted by term and time.
pub(super) fn pack(
    entries: &[Entry],
    source: &[u8],
    values: &[i64],
    retention: &Retention,
    out: &mut Vec<u8>,
) {
    let (mut last_term, mut last_first) = (0, 0);
    for run in entries.chunk_by(|one, other| one.term == other.term) {
        let Some(Entry { term, at: first, .. }) = run.first().copied() else { continue };
        let Some(kept) = retention.term(term) else { continue };
        put_number(out, u64::from(term - last_term));
        put_number(out, run.len() as u64);
        put_signed(out, first - last_first);
        (last_term, last_first) = (term, first);
        let mut last = first;
        for entry in run {
            put_number(out, ((entry.at - last) as u64) << 1 | u64::from(!entry.id.is_empty()));
            last = entry.at;
            out.extend_from_slice(entry.id.of(source));
            if kept.subjects {
                out.extend_from_slice(entry.subject.of(source));
            }
            for value in values_of(entry, kept.sums.len(), values) {
                put_signed(out, *value);
            }
        }
    }
}

/// The values of an entry, one for each sum of its term.
pub(super) fn values_of<'v>(entry: &Entry, sums: usize, values: &'v [i64]) -> &'v [i64] {
    let from = entry.values as usize;
    values.get(from..from + sums).unwrap_or(&[])
}

/// An event as it arrives: what stands behind the packed ones.
pub(super) struct Arrival<'a> {
    pub(super) at: Micros,
    pub(super) id: &'a str,
    pub(super) subject: &'a str,
    /// Ascending, each once.
    pub(super) terms: &'a [u32],
    /// For each sum of each term, in their order.
    pub(super) values: &'a [i64],
}

/// In the first byte of an arrival: whether an id and a subject follow.
const HAS_ID: u8 = 1;
const HAS_SUBJECT: u8 = 2;

impl Arrival<'_> {
    pub(super) fn put(&self, retention: &Retention, out: &mut Vec<u8>) {
        let subjects = self.terms.iter().any(|term| retention.term(*term).is_some_and(|term| term.subjects));
        let has_id = !self.id.is_empty();
        out.push(if has_id { HAS_ID } else { 0 } | if subjects { HAS_SUBJECT } else { 0 });
        out.extend_from_slice(&self.at.to_le_bytes());
        put_number(out, self.terms.len() as u64);
        let mut last = 0;
        for term in self.terms {
            put_number(out, u64::from(*term - last));
            last = *term;
        }
        if has_id {
            token::put(out, self.id);
        }
        if subjects {
            token::put_folded(out, self.subject);
        }
        for value in self.values {
            put_signed(out, *value);
        }
    }
}

/// Reads the arrivals in `bytes` from `from` to `to`: an entry for each of their terms, in no order.
pub(super) fn read_arrivals(
    bytes: &[u8],
    (from, to): (usize, usize),
    retention: &Retention,
    entries: &mut Vec<Entry>,
    values: &mut Vec<i64>,
) {
    let mut reader = Reader { bytes: bytes.get(..to).unwrap_or(&[]), at: from };
    while !reader.is_done() {
        let flags = reader.bytes.get(reader.at).copied().unwrap_or(0);
        let at = reader.bytes.get(reader.at + 1..).and_then(<[u8]>::first_chunk);
        let at = at.map_or(0, |bytes| Micros::from_le_bytes(*bytes));
        reader.at += 9;
        let (first, mut term) = (entries.len(), 0);
        for _ in 0..reader.small() {
            term += reader.small();
            let none = Span::default();
            entries.push(Entry { term, at, id: none, subject: none, values: 0 });
        }
        let id = if flags & HAS_ID > 0 { reader.token() } else { Span::default() };
        let subject = if flags & HAS_SUBJECT > 0 { reader.token() } else { Span::default() };
        for entry in entries.iter_mut().skip(first) {
            let Some(kept) = retention.term(entry.term) else { continue };
            entry.id = id;
            entry.values = values.len() as u32;
            if kept.subjects {
                entry.subject = subject;
            }
            for _ in &kept.sums {
                values.push(reader.signed());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_read_back() {
        let mut numbers = vec![0, 1, u64::MAX];
        for bits in 1..64 {
            numbers.extend([(1 << bits) - 1, 1 << bits, 0x5555_5555_5555_5555 >> bits]);
        }
        let mut bytes = Vec::new();
        numbers.iter().for_each(|number| put_number(&mut bytes, *number));
        for signed in [0, -1, i64::MIN, i64::MAX] {
            put_signed(&mut bytes, signed);
        }
        let mut reader = Reader { bytes: &bytes, at: 0 };
        for number in numbers {
            assert_eq!(reader.number(), number);
        }
        assert_eq!([0; 4].map(|_| reader.signed()), [0, -1, i64::MIN, i64::MAX]);
        assert!(reader.is_done());
        // What is cut off reads as something, and ends.
        let mut cut = Reader { bytes: &[0x80; 3], at: 0 };
        assert_eq!((cut.number(), cut.is_done()), (0, true));
    }
}
