//! Slips in and around numbers, durations and dates.

use super::Hint;
use crate::decimal::Number;
use crate::diagnostic::Code;
use crate::syntax::failure::Failure;
use crate::syntax::grammar::Rule;
use crate::syntax::lower::meant_duration;
use crate::syntax::token::TokenKind;

/// `company_size > 1,000`
pub(super) fn with_comma(failure: &Failure<'_>) -> Option<Hint> {
    let is_group = |index: usize| {
        let word = failure.word(index);
        word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let comma = [Some(failure.at), failure.at.checked_sub(1)].into_iter().flatten().find(|comma| {
        failure.word(*comma) == ","
            && failure.touches_previous(*comma)
            && failure.touches_previous(comma + 1)
            && failure.is_kind(comma.saturating_sub(1), TokenKind::Number)
            && is_group(comma + 1)
    })?;
    let (mut last, mut written) = (comma + 1, failure.word(comma - 1).to_owned());
    written.push('_');
    written.push_str(failure.word(last));
    while failure.word(last + 1) == "," && failure.touches_previous(last + 2) && is_group(last + 2) {
        last += 2;
        written.push('_');
        written.push_str(failure.word(last));
    }
    let message = "a number has no commas";
    let report = failure.report_range(Code::BadNumber, comma - 1, last, message, "commas inside");
    Some(report.help(format!("write `{written}`")).into())
}

/// `within 3 months`, `within 30 d`
pub(super) fn spaced_duration(failure: &Failure<'_>) -> Option<Hint> {
    let pairs = [Some(failure.at), failure.at.checked_sub(1)];
    let (amount, meant) = pairs.into_iter().flatten().find_map(|amount| {
        let unit = amount + 1;
        let fits = failure.is_kind(amount, TokenKind::Number) && failure.same_line(amount, unit);
        fits.then(|| meant_duration(failure.word(amount), failure.word(unit)))?.map(|meant| (amount, meant))
    })?;
    let unit = failure.word(amount + 1);
    let message = match meant.unfixed {
        Some(unit) => format!("{unit} have no fixed length"),
        None if unit.len() == 1 => "a unit stands directly behind its number".to_owned(),
        None => format!("`{unit}` is no unit of time"),
    };
    let report = failure.report_range(Code::BadDuration, amount, amount + 1, message, "in this duration");
    let lead_in = failure.tokens.lead_in(failure.text, failure.span(amount).start);
    Some(report.help(format!("write `{lead_in}{}`", meant.period)).into())
}

/// `within 30`
pub(super) fn without_unit(failure: &Failure<'_>) -> Option<Hint> {
    let number = failure.word(failure.at);
    let wanted = failure.expects(Rule::duration_or_param) || failure.expects(Rule::duration);
    if !wanted
        || !failure.is_kind(failure.at, TokenKind::Number)
        || !number.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let lead_in = failure.tokens.lead_in(failure.text, failure.span(failure.at).start);
    let report = failure.report(Code::BadDuration, failure.at, "a duration has a unit", "no unit");
    Some(report.help(format!("write `{lead_in}{number}d` for days, or one of `s`, `m`, `h`, `w`")).into())
}

/// `=> + 15`
pub(super) fn spaced_sign(failure: &Failure<'_>) -> Option<Hint> {
    let sign = failure.word(failure.at);
    let number = failure.at + 1;
    let fits = matches!(sign, "+" | "-")
        && failure.is_kind(number, TokenKind::Number)
        && !failure.touches_previous(number)
        && wants_number(failure);
    if !fits {
        return None;
    }
    let message = "a sign stands directly before its number";
    let report = failure.report_range(Code::BadNumber, failure.at, number, message, "a space between");
    Some(report.help(format!("write `{sign}{}`", failure.word(number))).into())
}

/// `=> -bonus`
pub(super) fn signed_param(failure: &Failure<'_>) -> Option<Hint> {
    let sign = failure.word(failure.at);
    let name = failure.at + 1;
    let fits = matches!(sign, "+" | "-") && failure.is_kind(name, TokenKind::Word) && wants_number(failure);
    if !fits {
        return None;
    }
    let message = "a param has no sign before it";
    let report = failure.report_range(Code::Syntax, failure.at, name, message, "a sign");
    let param = failure.word(name);
    Some(
        report
            .help(format!("write `{param}`, and the sign where it is defined: `param {param} = {sign}5`"))
            .into(),
    )
}

/// `since 01.10.2026`, `since 2026-10-01 09:30:00Z`
pub(super) fn foreign_date(failure: &Failure<'_>) -> Option<Hint> {
    let is_date = |index: usize| failure.word(index).split(['.', '-']).count() == 3;
    let candidates = [Some(failure.at), failure.at.checked_sub(1)];
    let mut numbers =
        candidates.into_iter().flatten().filter(|index| failure.is_kind(*index, TokenKind::Number));
    if let Some(date) = numbers.clone().find(|index| is_date(*index) && failure.word(*index).contains('.')) {
        let report =
            failure.report(Code::BadInstant, date, "a date is year, month and day", "of another form");
        return Some(report.help("write it as in `2026-10-01`").into());
    }
    let time = |date: usize| failure.is_kind(date + 1, TokenKind::Number) && failure.word(date + 2) == ":";
    let date = numbers.find(|index| is_date(*index) && time(*index))?;
    let message = "a `T` stands between date and time, and an offset or `Z` behind the time";
    let report = failure.report_range(Code::BadInstant, date, date + 1, message, "a space between");
    Some(report.help(format!("write it as in `{}T09:30:00Z`", failure.word(date))).into())
}

/// `amount > 1e6`
pub(super) fn with_exponent(failure: &Failure<'_>) -> Option<Hint> {
    let candidates = [Some(failure.at), failure.at.checked_sub(1)];
    let at = candidates.into_iter().flatten().find(|index| {
        failure.is_kind(*index, TokenKind::Number) && failure.word(*index).contains(['e', 'E'])
    })?;
    let value = failure.word(at).parse::<Number>().ok()?;
    let report = failure.report(Code::BadNumber, at, "a number has no exponent", "an exponent");
    Some(report.help(format!("write `{value}`")).into())
}

fn wants_number(failure: &Failure<'_>) -> bool {
    const NUMBERS: [Rule; 7] = [
        Rule::points,
        Rule::number,
        Rule::number_or_param,
        Rule::value,
        Rule::value_or_word,
        Rule::weighted,
        Rule::item,
    ];
    NUMBERS.iter().any(|wanted| failure.expects(*wanted))
}
