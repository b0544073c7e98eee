//! Slips in names, keywords and the subjects of events.

use super::Hint;
use crate::diagnostic::{Code, closest};
use crate::syntax::characters::looks_like;
use crate::syntax::failure::{Failure, name_of_character};
use crate::syntax::grammar::Rule;
use crate::syntax::keyword::{KEYWORDS, is_keyword};
use crate::syntax::start::STATEMENTS;
use crate::syntax::token::TokenKind;

/// `visited (pricing)`
pub(super) fn space_before_event(failure: &Failure<'_>) -> Option<Hint> {
    let open = failure.at;
    let kind = open.checked_sub(1)?;
    let spaced =
        failure.word(open) == "(" && !failure.touches_previous(open) && failure.same_line(kind, open);
    if !spaced || !failure.is_kind(kind, TokenKind::Word) || is_keyword(failure.word(kind)) {
        return None;
    }
    let close = failure.token(open).and_then(|token| token.partner).map(|close| close as usize);
    let inner = close
        .filter(|close| failure.same_line(open, *close))
        .map_or_else(|| "…)".to_owned(), |close| failure.quote(open + 1, close));
    let message = "the `(` of an event stands directly behind its kind";
    let report = failure.report_range(Code::Syntax, kind, open, message, "a space between");
    Some(report.help(format!("write `{}({inner}`", failure.word(kind))).into())
}

/// `event trial_step`, `event trial_step (step)`
pub(super) fn kind_alone(failure: &Failure<'_>) -> Option<Hint> {
    let kind = failure.word(failure.at);
    let is_name = failure.is_kind(failure.at, TokenKind::Word) && !is_keyword(kind);
    if failure.expected != [Rule::event_kind] || !is_name {
        return None;
    }
    let message = "an event kind has its subject in parentheses directly behind it";
    let report = failure.report(Code::Syntax, failure.at, message, "no parenthesis behind it");
    let subject = if failure.word(failure.at + 1) == "(" { failure.word(failure.at + 2) } else { "subject" };
    Some(report.help(format!("write `{kind}({subject})`")).into())
}

/// `visited()`
pub(super) fn empty_subject(failure: &Failure<'_>) -> Option<Hint> {
    let open = failure.at.checked_sub(1)?;
    let kind = open.checked_sub(1).filter(|_| failure.touches_previous(open))?;
    if failure.word(failure.at) != ")" || failure.word(open) != "(" || !failure.expects(Rule::subject) {
        return None;
    }
    let message = "an event has a subject";
    let report = failure.report_range(Code::Syntax, open, failure.at, message, "nothing in here");
    let kind = failure.word(kind);
    let any = failure.expects(Rule::star);
    let help = if any {
        format!("write `{kind}(*)` for events with any subject")
    } else {
        format!("write `{kind}(\"\")` for an event without one")
    };
    Some(report.help(help).into())
}

/// `visited(/docs/*)`, `visited(case-study)`, `visited(Pricing)`
pub(super) fn subject_in_need_of_quotes(failure: &Failure<'_>) -> Option<Hint> {
    if !failure.expects(Rule::subject) && !failure.expects(Rule::pipe) {
        return None;
    }
    let before =
        |index: usize| index.checked_sub(1).is_some_and(|before| matches!(failure.word(before), "(" | "|"));
    let mut first = failure.at;
    while !before(first) && failure.touches_previous(first) {
        first -= 1;
    }
    let ends = |index: usize| matches!(failure.word(index), "" | ")" | "|" | "," | "=>");
    let mut last = first;
    while failure.touches_previous(last + 1) && !ends(last + 1) {
        last += 1;
    }
    let quoted = (first..=last).any(|index| {
        matches!(failure.token(index).map(|token| token.kind), Some(TokenKind::Text | TokenKind::OpenText))
    });
    if !before(first) || ends(first) || quoted || failure.word(first) == "*" && first == last {
        return None;
    }
    let subject = failure.quote(first, last);
    let span = failure.span(first).to(failure.span(last));
    let message = "a subject that is no plain name stands in quotes";
    let report = failure.report_range(Code::BadName, first, last, message, "no plain name");
    let report = report.help(format!("write `\"{subject}\"`"));
    // A long subject is shown shortened, and one with a `\` would need more than quotes.
    let is_whole = span.end - span.start == subject.len() && !subject.contains('\\');
    Some(if is_whole { report.fix(format!("\"{subject}\"")) } else { report }.into())
}

/// `visited(*) 2d ago` in a test
pub(super) fn wildcard_in_test(failure: &Failure<'_>) -> Option<Hint> {
    if failure.word(failure.at) != "*" || !failure.expects(Rule::subject) || failure.expects(Rule::star) {
        return None;
    }
    let message = "an event in a test has one subject, which is no wildcard";
    let report = failure.report(Code::Syntax, failure.at, message, "a wildcard");
    Some(report.help("name the subject, as in `visited(pricing)`").into())
}

/// `recyle when …`, `visited(pricing) witin 30d`, `a AND b`
pub(super) fn misspelt(failure: &Failure<'_>) -> Option<Hint> {
    let say = |at: usize, right: &str| {
        let found = failure.word(at);
        if found.eq_ignore_ascii_case(right) {
            let message = "keywords are written in small letters";
            return Hint::from(
                failure
                    .report(Code::Syntax, at, message, "capitals")
                    .help(format!("write `{right}`"))
                    .fix(right),
            );
        }
        let report = failure.report(Code::Syntax, at, format!("`{found}` is no keyword"), "not known here");
        Hint::from(report.did_you_mean(right))
    };
    let is_word = |at: usize| failure.is_kind(at, TokenKind::Word) && !is_keyword(failure.word(at));
    // The first word decides what is expected behind it, so it is looked at first.
    if is_word(failure.start) && !failure.is_leftover() && failure.at <= failure.start + 1 {
        let near = closest(failure.word(failure.start), STATEMENTS);
        if let Some(near) = near {
            return Some(say(failure.start, near));
        }
    }
    let in_capitals = |at: usize| {
        let small = failure.word(at).to_ascii_lowercase();
        KEYWORDS.into_iter().find(|keyword| is_word(at) && *keyword == small)
    };
    if let Some((at, keyword)) =
        [failure.start, failure.at].into_iter().find_map(|at| in_capitals(at).map(|keyword| (at, keyword)))
    {
        return Some(say(at, keyword));
    }
    failure.nearest_expected(failure.at).map(|near| say(failure.at, &near))
}

/// `attribute plan: txet`
pub(super) fn misspelt_type(failure: &Failure<'_>) -> Option<Hint> {
    const TYPES: [&str; 6] = ["date", "flag", "number", "one of", "set of text", "text"];
    const OTHERS: [(&str, &str); 9] = [
        ("bool", "flag"),
        ("boolean", "flag"),
        ("datetime", "date"),
        ("enum", "one of"),
        ("float", "number"),
        ("int", "number"),
        ("integer", "number"),
        ("list", "set of text"),
        ("string", "text"),
    ];
    if !failure.expects(Rule::value_type) {
        return None;
    }
    let found = failure.word(failure.at);
    let other = OTHERS.iter().find(|(other, _)| *other == found).map(|(_, right)| *right);
    let right = other.or_else(|| closest(found, TYPES))?;
    let report = failure.report(Code::Syntax, failure.at, format!("`{found}` is no type"), "not known here");
    Some(report.did_you_mean(right).into())
}

/// `one of ["free"]`, `ruleset Acme`
pub(super) fn quotes(failure: &Failure<'_>) -> Option<Hint> {
    let word = failure.quote(failure.at, failure.at);
    if failure.expected == [Rule::text] && failure.is_kind(failure.at, TokenKind::Word) {
        let report = failure.report(Code::Syntax, failure.at, "a text stands in double quotes", "no quotes");
        return Some(report.help(format!("write `\"{word}\"`")).into());
    }
    let symbols = failure.expects(Rule::symbol) && failure.is_kind(failure.at, TokenKind::Text);
    let bare = word.trim_matches('"');
    if !symbols || !bare.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let report = failure.report(Code::Syntax, failure.at, "symbols have no quotes", "a text");
    Some(report.help(format!("write `{bare}`")).into())
}

/// `pricing visited(pricing) => +5`
pub(super) fn missing_colon(failure: &Failure<'_>) -> Option<Hint> {
    let colon =
        failure.at == failure.start + 1 && failure.expects(Rule::colon) && failure.expects(Rule::arrow);
    let mut line =
        (failure.at + 1..).take_while(|index| failure.token(*index).is_some_and(|token| !token.first));
    if !colon
        || failure.word(failure.at + 1) == ":"
        || !failure.is_kind(failure.at, TokenKind::Word)
        || !line.any(|index| failure.word(index) == "=>")
    {
        return None;
    }
    let name = failure.word(failure.start);
    let message = format!("if `{name}` is the name of the rule, a `:` stands behind it");
    let report = failure.report(Code::Syntax, failure.at, message, "expected `:` or an operator");
    Some(report.help(format!("write `{name}:`")).into())
}

/// `let MyName = …`, `let my-name = …`, `let score = …`
pub(super) fn bad_name(failure: &Failure<'_>) -> Option<Hint> {
    let dash = |index: usize| {
        failure.word(index) == "-"
            && failure.touches_previous(index)
            && failure.touches_previous(index + 1)
            && failure.is_kind(index + 1, TokenKind::Word)
            && index.checked_sub(1).is_some_and(|before| failure.is_kind(before, TokenKind::Word))
    };
    let mut first = if dash(failure.at) { failure.at - 1 } else { failure.at };
    let mut last = first;
    while dash(last + 1) {
        last += 2;
    }
    while first >= 2 && dash(first - 1) {
        first -= 2;
    }
    let word = failure.quote(first, last);
    if first == last && is_keyword(&word) {
        return keyword_as_name(failure, &word);
    }
    let plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let starts_well = word.starts_with(|first: char| first.is_ascii_lowercase());
    let is_name = first < last || failure.inside || NAMES.iter().any(|wanted| failure.expects(*wanted));
    if !failure.is_kind(first, TokenKind::Word) || !is_name || (plain && starts_well) {
        return None;
    }
    let message = "a name has small letters, digits and `_`, a letter first";
    let label = match word.chars().find(|character| !character.is_ascii()) {
        Some(foreign) => match looks_like(foreign) {
            Some(plain) => format!("the {} is no `{plain}`", name_of_character(foreign)),
            None => format!("{} inside", name_of_character(foreign)),
        },
        None => "other characters inside".to_owned(),
    };
    let report = failure.report_range(Code::BadName, first, last, message, &label);
    let plain: String = word.chars().map(|character| looks_like(character).unwrap_or(character)).collect();
    Some(match folded(&plain) {
        Some(name) => report.help(format!("write `{name}`")).into(),
        None => report.into(),
    })
}

/// Where names stand, and what starts with one.
const NAMES: [Rule; 17] = [
    Rule::name,
    Rule::plain_name,
    Rule::event_kind,
    Rule::band_name,
    Rule::score_name,
    Rule::owner,
    Rule::symbol,
    Rule::gate,
    Rule::condition,
    Rule::number_or_param,
    Rule::duration_or_param,
    Rule::points,
    Rule::value,
    Rule::rule,
    Rule::statement,
    Rule::property_test,
    Rule::test_setting,
];

fn keyword_as_name(failure: &Failure<'_>, word: &str) -> Option<Hint> {
    // Only where nothing but a name fits: elsewhere the keyword says what is wrong.
    let names = NAMES.get(..6).unwrap_or_default();
    if failure.expected.is_empty() || !failure.expected.iter().all(|wanted| names.contains(wanted)) {
        return None;
    }
    let message = format!("`{word}` is a keyword and cannot be a name");
    let report = failure.report(Code::KeywordAsName, failure.at, message, "a keyword");
    let help = match word {
        "score" => {
            "rules outside any block belong to the score named `score`; give this one another name".to_owned()
        }
        _ => format!("take another name, such as `my_{word}`"),
    };
    Some(report.help(help).into())
}

/// A word as a name: small letters, `_` for every other run of characters and between words in camel case.
fn folded(word: &str) -> Option<String> {
    let mut name = String::new();
    let mut small = false;
    for character in word.chars() {
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && small {
                name.push('_');
            }
            name.push(character.to_ascii_lowercase());
            small = character.is_ascii_lowercase();
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
            small = false;
        }
    }
    let name = name.trim_matches('_').to_owned();
    let fits = name.starts_with(|first: char| first.is_ascii_lowercase()) && !is_keyword(&name);
    (fits && word.is_ascii()).then_some(name)
}
