//! Slips in how statements and rules are put together.

use super::Hint;
use crate::diagnostic::{Code, closest};
use crate::syntax::failure::{Context, Failure};
use crate::syntax::grammar::Rule;
use crate::syntax::start::STATEMENTS;
use crate::syntax::token::TokenKind;

/// `visited(pricing) = 15`
pub(super) fn equals_for_arrow(failure: &Failure<'_>) -> Option<Hint> {
    if !failure.expects(Rule::arrow) || failure.token(failure.at).is_some_and(is_within_line) {
        return None;
    }
    let number = failure.at.checked_sub(1).filter(|at| failure.is_kind(*at, TokenKind::Number))?;
    let before = number.checked_sub(1)?;
    let signed = matches!(failure.word(before), "+" | "-");
    let equals = if signed { before.checked_sub(1)? } else { before };
    if failure.word(equals) != "=" || equals <= failure.start {
        return None;
    }
    let report = failure.report(Code::Syntax, equals, "points stand behind `=>`", "a comparison");
    let sign = if signed { failure.word(before) } else { "+" };
    Some(report.help(format!("write `=> {sign}{}`", failure.word(number))).into())
}

/// Whether more of the line stands before a token, and what it is does not belong behind points.
fn is_within_line(token: &crate::syntax::token::Token) -> bool {
    !token.first && token.kind != TokenKind::Text
}

/// A `stage` in a score, a group in a group.
pub(super) fn statement_in_block(failure: &Failure<'_>) -> Option<Hint> {
    let word = failure.word(failure.start);
    let block = match failure.context {
        Context::Score => "score",
        Context::Group => "group",
        Context::Test => "test",
        Context::Band | Context::File => return None,
    };
    let allowed = match failure.context {
        Context::Score => word == "group",
        Context::Test => word == "stage" && failure.word(failure.start + 1) == "=",
        _ => false,
    };
    // `score` and `segment` also start conditions.
    let starts = STATEMENTS.contains(&word) && !failure.is_kind(failure.start + 1, TokenKind::Mark);
    if allowed || !starts {
        return None;
    }
    let message = match (failure.context, word) {
        (Context::Group, "group") => "groups do not nest".to_owned(),
        _ => format!("`{word}` has no place in a {block}"),
    };
    let help = format!("put it behind the `}}` that closes the {block}");
    Some(failure.report(Code::NotAllowedHere, failure.start, message, "not in here").help(help).into())
}

/// `=> 15 points`
pub(super) fn points_in_words(failure: &Failure<'_>) -> Option<Hint> {
    let number = failure.at.checked_sub(1).filter(|before| failure.is_kind(*before, TokenKind::Number))?;
    if !matches!(failure.word(failure.at), "points" | "point" | "pts" | "pt") {
        return None;
    }
    let before = number.checked_sub(1).map_or("", |before| failure.word(before));
    let sign = match before {
        "-" => "=> -",
        "=>" | "+" => "=> +",
        _ => "",
    };
    let report = failure.report(Code::Syntax, failure.at, "points are a number alone", "one word too many");
    Some(report.help(format!("write `{sign}{}`", failure.word(number))).into())
}

/// `=> +5 "label" up to 3 times`, `=> +5 decay 50% every 7d up to 3 times`
pub(super) fn behind_points(failure: &Failure<'_>) -> Option<Hint> {
    let behind_label = failure.is_kind(failure.at.checked_sub(1)?, TokenKind::Text);
    let message = match failure.word(failure.at) {
        "up" | "decay" | "no" if failure.expects(Rule::arrow) => {
            "the points of a rule stand before its limits and decay"
        }
        _ if !failure.is_leftover() || STATEMENTS.contains(&failure.word(failure.start)) => return None,
        "up" | "decay" | "no" if behind_label => "the label of a rule stands last",
        "up" => "the limits of a rule stand before its decay",
        "decay" | "no" => "a rule has one decay",
        _ => return None,
    };
    let help = "the order is `=> +5 up to 3 times decay 50% every 30d \"label\"`";
    Some(failure.report(Code::Syntax, failure.at, message, "not here").help(help).into())
}

/// `visited(pricing) >= 2 times`
pub(super) fn times_behind_count(failure: &Failure<'_>) -> Option<Hint> {
    let at = failure.at;
    let number = at.checked_sub(1).filter(|before| failure.is_kind(*before, TokenKind::Number));
    if number.is_none() || !matches!(failure.word(at), "times" | "time") {
        return None;
    }
    let comparison = at.checked_sub(2).filter(|before| failure.is_kind(*before, TokenKind::Mark))?;
    let count = failure.quote(comparison, at - 1);
    let report = failure.report(Code::Syntax, at, "a count is a number alone", "one word too many");
    Some(report.help(format!("write `{count}`")).into())
}

/// `visited(pricing) within 30d >= 2`
pub(super) fn window_before_comparison(failure: &Failure<'_>) -> Option<Hint> {
    let at = failure.at;
    let within = at.checked_sub(2).filter(|before| failure.word(*before) == "within")?;
    if !matches!(failure.word(at), "=" | "!=" | "<" | "<=" | ">" | ">=") {
        return None;
    }
    let message = "a comparison stands before the window";
    let report = failure.report(Code::Syntax, at, message, "too late");
    let (window, comparison) = (failure.quote(within, at - 1), failure.quote(at, at + 1));
    Some(report.help(format!("write `{comparison} {window}`")).into())
}

/// `stage mql when a sla 48h again after 30d`
pub(super) fn parts_of_stage(failure: &Failure<'_>) -> Option<Hint> {
    let part = matches!(failure.word(failure.at), "until" | "again" | "sla");
    if !part || failure.word(failure.start) != "stage" || !failure.is_leftover() {
        return None;
    }
    let message = "the parts of a stage have an order, and each stands once";
    let report = failure.report(Code::Syntax, failure.at, message, "not here");
    Some(report.help("the order is `stage mql when … until … again after 30d sla 48h`").into())
}

/// `event trial(step, minutes)`
pub(super) fn property_without_type(failure: &Failure<'_>) -> Option<Hint> {
    let property = failure.at.checked_sub(1)?;
    if failure.expected != [Rule::colon] || !matches!(failure.word(failure.at), ")" | ",") {
        return None;
    }
    let report = failure.report(Code::Syntax, property, "a property has a type", "no type");
    Some(report.help(format!("write `{}: text`, `: number` or `: flag`", failure.word(property))).into())
}

/// `title not contains "x"`, `title is not known`
pub(super) fn negation(failure: &Failure<'_>) -> Option<Hint> {
    // Behind `not` the parser still hopes for `in`.
    let at = [Some(failure.at), failure.at.checked_sub(1)];
    let at = at.into_iter().flatten().find(|at| failure.word(*at) == "not")?;
    let before = at.checked_sub(1)?;
    if failure.word(before) == "is" {
        let value = failure.is_kind(at + 1, TokenKind::Text) || failure.is_kind(at + 1, TokenKind::Number);
        let right = match failure.word(at + 1) {
            "known" => "is missing".to_owned(),
            "missing" => "is known".to_owned(),
            "true" | "false" => format!("!= {}", failure.word(at + 1)),
            _ if value => format!("!= {}", failure.quote(at + 1, at + 1)),
            band => {
                let subject =
                    before.checked_sub(1).filter(|subject| failure.is_kind(*subject, TokenKind::Word));
                format!("not {} is {band}", subject.map_or("…", |subject| failure.word(subject)))
            }
        };
        let report = failure.report(Code::Syntax, at, "`is` has no `not` behind it", "not here");
        return Some(report.help(format!("write `{right}`")).into());
    }
    const TESTS: [&str; 8] = ["contains", "starts", "ends", "matches", "has", "between", "within", "older"];
    if !failure.is_kind(before, TokenKind::Word) || !TESTS.contains(&failure.word(at + 1)) {
        return None;
    }
    let message = format!("`not` stands before the whole test, not before `{}`", failure.word(at + 1));
    let test = format!("not {} {} …", failure.word(before), failure.word(at + 1));
    Some(failure.report(Code::Syntax, at, message, "not here").help(format!("write `{test}`")).into())
}

/// `title is "chief"`
pub(super) fn is_with_value(failure: &Failure<'_>) -> Option<Hint> {
    let is_value = failure.is_kind(failure.at, TokenKind::Text)
        || failure.is_kind(failure.at, TokenKind::Number)
        || matches!(failure.word(failure.at), "true" | "false");
    let before = failure.at.checked_sub(1).filter(|before| is_value && failure.word(*before) == "is")?;
    let message = "`is` asks for a band, for `known` or for `missing`";
    let report = failure.report(Code::Syntax, before, message, "a value follows");
    Some(report.help(format!("write `= {}`", failure.quote(failure.at, failure.at))).into())
}

/// `watched(demo, seconds within 30d)`, `activity a = viewed(x) within 30d`
pub(super) fn window_in_term(failure: &Failure<'_>) -> Option<Hint> {
    let window = failure.word(failure.at) == "within";
    if !window || !failure.expects(Rule::close_paren) || !failure.expects(Rule::comma) {
        return None;
    }
    let message = "a window stands behind the `)` of its event";
    let report = failure.report(Code::Syntax, failure.at, message, "not in here");
    let window = failure.quote(failure.at, failure.at + 1);
    Some(report.help(format!("write `) {window}`")).into())
}

/// `stage sal when …`
pub(super) fn stage_without_criteria(failure: &Failure<'_>) -> Option<Hint> {
    let at = failure.at;
    let stage = failure.word(at);
    if failure.start + 1 != at || failure.word(failure.start) != "stage" || !failure.expects(Rule::kw_mql) {
        return None;
    }
    if !failure.is_kind(at, TokenKind::Word) {
        return None;
    }
    const OTHERS: [&str; 5] = ["lead", "sal", "customer", "recycled", "disqualified"];
    if OTHERS.contains(&stage) {
        let help = match stage {
            "recycled" => "write `recycle when …`",
            "disqualified" => "write `disqualify when …`",
            _ => {
                "people move leads there; a rule set has `stage mql`, `stage sql`, `recycle` and `disqualify`"
            }
        };
        let message = format!("the stage `{stage}` has no criteria of its own here");
        return Some(failure.report(Code::Syntax, at, message, "not `mql` or `sql`").help(help).into());
    }
    let message = format!("there is no stage `{stage}`");
    let report = failure.report(Code::Syntax, at, message, "no stage");
    let report = match closest(stage, ["mql", "sql"]) {
        Some(near) => {
            report.help(format!("did you mean `{near}`? only `mql` and `sql` have criteria")).fix(near)
        }
        None => report.help("only the stages `mql` and `sql` have criteria: write `stage mql when …`"),
    };
    Some(report.into())
}

/// `score total = engagement + fit`
pub(super) fn missing_weight(failure: &Failure<'_>) -> Option<Hint> {
    if !failure.expects(Rule::weighted) && !failure.expects(Rule::number) {
        return None;
    }
    let score = failure.word(failure.at);
    let derived = failure.word(failure.start) == "score" && failure.is_kind(failure.at, TokenKind::Word);
    if !derived {
        return None;
    }
    let message = "each score in a sum has a weight";
    let report = failure.report(Code::Syntax, failure.at, message, "no weight");
    Some(report.help(format!("write `1 * {score}`")).into())
}

/// `each distinct(visited(*)) => +5`
pub(super) fn aggregate_in_each(failure: &Failure<'_>) -> Option<Hint> {
    let word = failure.word(failure.at);
    let event = failure.expects(Rule::event_kind) && failure.word(failure.at + 1) == "(";
    if !event || !matches!(word, "distinct" | "days" | "sum") {
        return None;
    }
    let message = format!("events stand here, and `{word}(…)` is a number of them");
    let report = failure.report(Code::NotAllowedHere, failure.at, message, "an aggregate");
    Some(report.help("name the events alone, as in `each visited(*)`").into())
}

/// `sum(watched(demo)) >= 600`
pub(super) fn sum_without_property(failure: &Failure<'_>) -> Option<Hint> {
    if failure.word(failure.at) != ")" || failure.expected != [Rule::dot] {
        return None;
    }
    let message = "a sum adds up a property of its events";
    let report = failure.report(Code::Syntax, failure.at, message, "no property");
    Some(report.help("name the property before the `)`, as in `sum(watched(demo).seconds)`").into())
}

/// `band fit { hot > 70, cold }`
pub(super) fn bound_of_band(failure: &Failure<'_>) -> Option<Hint> {
    let word = failure.word(failure.at);
    if failure.context != Context::Band || !matches!(word, ">" | "=" | "==" | "=>" | ":" | "<" | "<=") {
        return None;
    }
    let message = "a band holds the scores from its bound on: `>=`";
    let report = failure.report(Code::Syntax, failure.at, message, "another mark");
    Some(report.help("write `>=`").into())
}

/// `if budget => +5`, `when budget => +5`
pub(super) fn leading_word(failure: &Failure<'_>) -> Option<Hint> {
    // On a new line it was hardly meant to go on with what stands before.
    let new_line = failure.is_leftover() && failure.token(failure.at).is_some_and(|token| token.first);
    let start = if new_line { failure.at } else { failure.start };
    let word = failure.word(start);
    let at_once = new_line || (failure.at <= start + 1 && !failure.is_leftover());
    if !at_once || !matches!(word, "if" | "when") {
        return None;
    }
    let message = format!("a rule starts with its condition, without `{word}`");
    let report = failure.report(Code::Syntax, start, message, "one word too many");
    Some(report.help("write `condition => +5`").into())
}
