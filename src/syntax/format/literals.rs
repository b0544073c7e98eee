//! Texts, numbers, lists and the other values.
//!
//! Numbers, durations, instants and words stay as they are written. Texts keep their value and get the one
//! spelling: characters as themselves, but for quotes, backslashes and what an eye cannot see.

use std::fmt::Write as _;

use super::writer::Writer;
use crate::readable::unseen;
use crate::syntax::ast::{
    Duration, NumberLiteral, NumberOr, OrParam, Sign, Span, Spanned, Subject, Value, ValueKind, When,
};

/// `text` in quotes, escaped where it has to be.
///
/// Escaped are also characters that show as nothing or turn the order of what is read around, so that the
/// text on the screen is the text that is compared; joiners that scripts and emoji need stay.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if unseen(c) => {
                // OK because writing to a String does not fail.
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A subject as an event names it: bare where it is a name.
pub(crate) fn bare_or_quoted(subject: &str) -> String {
    let is_name = subject.starts_with(|first: char| first.is_ascii_lowercase())
        && subject.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_name { subject.to_owned() } else { quoted(subject) }
}

pub(super) fn text(writer: &mut Writer<'_>, text: &Spanned<String>) {
    writer.spelled(text.span, quoted(&text.node));
}

/// `LO..HI`, nothing between.
pub(super) fn bounds(writer: &mut Writer<'_>, low: &NumberOr, high: &NumberOr) {
    writer.source(low.span);
    writer.glued("..");
    writer.glued_source(high.span);
}

/// Points that a rule gives: with a `+` where they are more than none.
pub(super) fn points(writer: &mut Writer<'_>, points: &NumberOr) {
    match points.node {
        OrParam::Literal(NumberLiteral { value, sign: Sign::None, .. }) if value.millionths() > 0 => {
            let written = writer.slice(points.span).trim_ascii_end();
            writer.spelled(points.span, format!("+{written}"));
        }
        _ => writer.source(points.span),
    }
}

pub(super) fn every(writer: &mut Writer<'_>, every: Span) {
    writer.space();
    writer.token("every");
    writer.space();
    writer.source(every);
}

pub(super) fn duration(writer: &mut Writer<'_>, keywords: &[&'static str], duration: &Duration) {
    writer.tokens(keywords);
    writer.space();
    writer.source(duration.span);
}

pub(super) fn value(writer: &mut Writer<'_>, value: &Value) {
    match &value.node {
        ValueKind::Text(text) => writer.spelled(value.span, quoted(text)),
        ValueKind::List(items) => list(writer, items),
        ValueKind::Number(_) | ValueKind::Word(_) | ValueKind::Instant(_) | ValueKind::Duration(_) => {
            writer.source(value.span);
        }
    }
}

pub(super) fn list(writer: &mut Writer<'_>, items: &[Value]) {
    writer.open();
    writer.token("[");
    writer.entries(items, "]", value);
}

pub(super) fn subject(writer: &mut Writer<'_>, subject: &Spanned<Subject>) {
    match &subject.node {
        Subject::Quoted(text) => writer.spelled(subject.span, quoted(text)),
        Subject::Any | Subject::Bare(_) => writer.source(subject.span),
    }
}

/// `AGE ago` or `KEYWORD INSTANT`, where a test block says when.
pub(super) fn when(writer: &mut Writer<'_>, when: &When, keyword: Option<&'static str>) {
    match when {
        When::Ago(_) => {
            writer.next_time();
            writer.space();
            writer.token("ago");
        }
        When::At(_) => {
            if let Some(keyword) = keyword {
                writer.token(keyword);
                writer.space();
            }
            writer.next_time();
        }
    }
}

/// `[A, B]` of anything that has a span and stays as written.
pub(super) fn words<T>(writer: &mut Writer<'_>, words: &[Spanned<T>]) {
    writer.open();
    writer.token("[");
    writer.entries(words, "]", |writer, word| writer.source(word.span));
}
