//! The usual slips, each with a message of its own and a help text that can be pasted.
//!
//! Every hint is a function that looks at a [`Failure`] and says something or nothing; [`HINTS`] is the order in
//! which they are asked. Plain mix-ups of one word or mark for another are rows of a table.

mod number;
mod order;
mod word;

use super::failure::Failure;
use super::grammar::Rule;
use super::token::TokenKind;
use crate::diagnostic::{Code, Diagnostic};

/// What a hint says.
pub(super) struct Hint {
    pub(super) diagnostic: Diagnostic,
    /// The token to go on at, where the slip is a mark too many and nothing else is wrong.
    pub(super) resume: Option<usize>,
}

impl From<Diagnostic> for Hint {
    fn from(diagnostic: Diagnostic) -> Self {
        Hint { diagnostic, resume: None }
    }
}

type Ask = fn(&Failure<'_>) -> Option<Hint>;

/// All hints; the first that has something to say is heard. What stands at the place itself comes first, then
/// what the statement around it tells, then guesses at words.
pub(super) const HINTS: [Ask; 43] = [
    open_text,
    foreign_quotes,
    end_mark,
    order::bound_of_band,
    order::equals_for_arrow,
    foreign_comment,
    foreign_mark,
    round_list,
    stray_character,
    unmatched_close,
    number::with_comma,
    number::spaced_duration,
    number::without_unit,
    number::spaced_sign,
    number::signed_param,
    number::foreign_date,
    number::with_exponent,
    word::space_before_event,
    word::kind_alone,
    word::empty_subject,
    word::subject_in_need_of_quotes,
    word::wildcard_in_test,
    unclosed,
    order::statement_in_block,
    order::points_in_words,
    order::behind_points,
    order::times_behind_count,
    order::window_before_comparison,
    order::parts_of_stage,
    order::property_without_type,
    order::negation,
    order::is_with_value,
    order::window_in_term,
    order::stage_without_criteria,
    order::missing_weight,
    order::aggregate_in_each,
    order::sum_without_property,
    order::leading_word,
    word::quotes,
    word::misspelt_type,
    word::misspelt,
    word::missing_colon,
    word::bad_name,
];

/// Marks and words of other languages, what LeadQL has in their place, and what to say of it.
const FOREIGN: [(&str, &str, &str); 24] = [
    ("==", "=", "equality is a single `=`"),
    ("&&", "and", "`and` is written as a word"),
    ("&", "and", "`and` is written as a word"),
    ("||", "or", "`or` is written as a word"),
    ("!", "not", "`not` is written as a word"),
    ("->", "=>", "points stand behind `=>`"),
    ("→", "=>", "points stand behind `=>`"),
    ("⇒", "=>", "points stand behind `=>`"),
    ("=<", "<=", "at most is `<=`"),
    ("≤", "<=", "at most is `<=`"),
    ("≥", ">=", "at least is `>=`"),
    ("<>", "!=", "not equal is `!=`"),
    ("≠", "!=", "not equal is `!=`"),
    ("−", "-", "a minus is a plain `-`"),
    ("–", "-", "a minus is a plain `-`"),
    ("×", "*", "a weight and its score are joined by `*`"),
    ("|", "or", "`or` is written as a word"),
    ("per", "every", "a decay has a step `every` so often"),
    ("to", "..", "bounds are joined by `..`"),
    ("upto", "up to", "a limit starts with `up to`"),
    ("to", "and", "two bounds are joined by `and`"),
    ("if", "when", "a criterion follows the word `when`"),
    ("where", "when", "a criterion follows the word `when`"),
    ("unless", "when not", "a criterion follows the word `when`"),
];

/// `title = "chief`
fn open_text(failure: &Failure<'_>) -> Option<Hint> {
    let at = failure.at;
    if !failure.is_kind(at, TokenKind::OpenText) {
        return None;
    }
    let message = "this text does not end on its line";
    let help = "close it with `\"`; a line break inside a text is written `\\n`";
    Some(failure.report(Code::BadText, at, message, "opened here").help(help).into())
}

/// `title = 'chief'`, `title = “chief”`
fn foreign_quotes(failure: &Failure<'_>) -> Option<Hint> {
    const QUOTES: [&str; 9] = ["'", "`", "“", "”", "„", "‘", "’", "«", "»"];
    let at = failure.at;
    if !QUOTES.contains(&failure.word(at)) {
        return None;
    }
    let same_line = (at + 1..).take_while(|index| failure.token(*index).is_some_and(|token| !token.first));
    let close = same_line.clone().find(|index| QUOTES.contains(&failure.word(*index)));
    let report = |last| {
        let message = "a text stands in double quotes";
        failure.report_range(Code::BadText, at, last, message, "other quotes")
    };
    Some(match close {
        Some(close) => {
            let inner = failure.between(at, close);
            report(close).help(format!("write `\"{inner}\"`")).into()
        }
        None => report(at).help("write `\"`").into(),
    })
}

/// `visited(pricing) => +15;`, `let a = b, c`
fn end_mark(failure: &Failure<'_>) -> Option<Hint> {
    let word = failure.word(failure.at);
    if !failure.is_leftover() || !matches!(word, ";" | ",") {
        return None;
    }
    if word == "," && failure.same_line(failure.at, failure.at + 1) {
        let report =
            failure.report(Code::Syntax, failure.at, "what belongs together is joined by a word", "a comma");
        return Some(report.help("write `or` or `and`").into());
    }
    let message = format!("nothing stands between statements, no `{word}` either");
    let diagnostic = failure.report(Code::Syntax, failure.at, message, "one mark too many");
    let diagnostic = diagnostic.help(format!("leave the `{word}` out"));
    Some(Hint { diagnostic, resume: Some(failure.at + 1) })
}

/// `title == "chief"`, `a && b`, `stage mql if …`
fn foreign_mark(failure: &Failure<'_>) -> Option<Hint> {
    let word = failure.word(failure.at);
    // Some have a meaning elsewhere, or are names like any other.
    let fits = |right: &str| match (word, right) {
        (_, "=>") => failure.expects(Rule::arrow),
        (_, "up to") => failure.expects(Rule::kw_up),
        (_, "..") => failure.expects(Rule::dots),
        ("per", _) => failure.expected == [Rule::kw_every],
        ("to", _) => failure.expected == [Rule::kw_and],
        ("|", _) => failure.expects(Rule::kw_or),
        (_, "when" | "when not") => failure.expects(Rule::kw_when),
        _ => true,
    };
    let (_, right, message) = FOREIGN.iter().find(|(foreign, right, _)| *foreign == word && fits(right))?;
    let report = failure.report(Code::Syntax, failure.at, *message, "not LeadQL");
    Some(report.help(format!("write `{right}`")).into())
}

/// `// a comment`, `/* a comment */`, `-- a comment`
fn foreign_comment(failure: &Failure<'_>) -> Option<Hint> {
    let marks = [failure.word(failure.at), failure.word(failure.at + 1)];
    let comment = matches!(marks, ["/", "/" | "*"] | ["-", "-"]) && failure.touches_previous(failure.at + 1);
    if !comment {
        return None;
    }
    let message = "a comment starts with `#`";
    let report = failure.report_range(Code::Syntax, failure.at, failure.at + 1, message, "other marks");
    Some(report.help("write `#`").into())
}

/// `title in ("a", "b")`
fn round_list(failure: &Failure<'_>) -> Option<Hint> {
    if failure.word(failure.at) != "(" || !failure.expects(Rule::value) {
        return None;
    }
    let report =
        failure.report(Code::Syntax, failure.at, "a list stands in square brackets", "a parenthesis");
    let close = failure.token(failure.at).and_then(|token| token.partner).map(|close| close as usize);
    let inner = close.map_or("…", |close| failure.between(failure.at, close));
    Some(report.help(format!("write `[{}]`", inner.lines().next().unwrap_or("…"))).into())
}

/// A character that belongs nowhere outside texts.
fn stray_character(failure: &Failure<'_>) -> Option<Hint> {
    let at = failure.at;
    if !failure.is_kind(at, TokenKind::Stray) {
        return None;
    }
    let character = failure.word(at).chars().next()?;
    let message = format!("the character {} has no place outside texts", failure.found(at));
    let report = failure.report(Code::Syntax, at, message, "this character");
    Some(if character.is_whitespace() { report.help("put a plain space here").into() } else { report.into() })
}

/// `visited(pricing)) => +15`
fn unmatched_close(failure: &Failure<'_>) -> Option<Hint> {
    let token = failure.token(failure.at)?;
    if token.kind != TokenKind::Close || token.partner.is_some() {
        return None;
    }
    let word = failure.word(failure.at);
    let report = failure.report(
        Code::UnbalancedBracket,
        failure.at,
        format!("nothing opens this `{word}`"),
        "one bracket too many",
    );
    Some(report.help(format!("leave the `{word}` out")).into())
}

/// `visited(pricing => +15`
fn unclosed(failure: &Failure<'_>) -> Option<Hint> {
    let open = (failure.start..failure.at).rev().find(|index| {
        failure.token(*index).is_some_and(|token| token.kind == TokenKind::Open && token.partner.is_none())
    })?;
    let (word, close, closing) = match failure.word(open) {
        "(" => ("(", ")", Rule::close_paren),
        "[" => ("[", "]", Rule::close_bracket),
        _ => return None,
    };
    if !failure.expects(closing) {
        return None;
    }
    let report = failure.report(
        Code::UnbalancedBracket,
        open,
        format!("this `{word}` is never closed"),
        "opened here",
    );
    let label = format!("`{close}` is missing, here at the latest");
    let found = failure.found(failure.at);
    let report = report.also(failure.place(failure.span(failure.at)), label);
    Some(report.help(format!("write `{close}` before {found}")).into())
}

impl Failure<'_> {
    /// The text between two tokens.
    fn between(&self, first: usize, last: usize) -> &str {
        self.text.get(self.span(first).end..self.span(last).start).unwrap_or("")
    }

    /// Whether two tokens stand on one line.
    fn same_line(&self, first: usize, last: usize) -> bool {
        (first + 1..=last).all(|index| self.token(index).is_some_and(|token| !token.first))
    }
}
