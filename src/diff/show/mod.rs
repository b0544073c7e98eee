//! A diff in words: for a terminal, and for a review comment.
//!
//! Both say the same: what changed, a lead that shows it, what it does to leads. The tables of figures are made once.

mod lines;
mod markdown;
mod tables;
mod text;

use crate::diff::{Change, ChangeSort, Detail, Diff, LeadsDiff, MovedLead, Proof, Version};
use crate::explain::signed;
use crate::readable::readable;

use lines::apart;

/// Longer names from outside are cut.
const LONGEST_NAME: usize = 60;
/// Longer lists of attributes are cut.
const MOST_ATTRIBUTES: usize = 8;

fn short(name: &str) -> String {
    readable(name, LONGEST_NAME)
}

/// `Acme B2B 2026.4`, or as much as there is; the fingerprint tells versions without a name apart.
fn version(version: &Version) -> String {
    let digits: String = version.fingerprint.to_string().chars().take(8).collect();
    let named: Vec<String> =
        [&version.name, &version.version].into_iter().flatten().map(|it| short(it)).collect();
    if named.is_empty() { digits } else { format!("{} ({digits})", named.join(" ")) }
}

/// `+`, `-` or `~`
const fn mark(change: ChangeSort) -> &'static str {
    match change {
        ChangeSort::Added => "+",
        ChangeSort::Removed => "-",
        ChangeSort::Changed => "~",
    }
}

/// `rule engagement / pricing_twice`; of a rule without a name of its own also what stands before its `=>`.
fn part(change: &Change) -> String {
    let name = short(&change.name);
    let Some(score) = &change.score else { return format!("{} {name}", change.part.name()) };
    if !name.starts_with(&format!("{score}#")) {
        return format!("{} {} / {name}", change.part.name(), short(score));
    }
    let is_told = change.details.iter().any(|detail| detail.what == "test");
    match &change.test {
        Some(test) if !is_told => format!("{} {name}, {}", change.part.name(), short(test)),
        _ => format!("{} {name}", change.part.name()),
    }
}

/// What a detail was and is, long ones cut to where they differ.
fn sides(detail: &Detail) -> (Option<String>, Option<String>) {
    match (&detail.old, &detail.new) {
        (Some(old), Some(new)) => {
            let (old, new) = apart(old, new);
            (Some(old), Some(new))
        }
        (old, new) => (old.as_deref().map(lines::cut), new.as_deref().map(lines::cut)),
    }
}

/// `3 changes in meaning`
fn how_many(diff: &Diff) -> String {
    match diff.changes.len() {
        _ if diff.same_meaning => "Nothing changed in meaning.".to_owned(),
        1 => "1 change in meaning".to_owned(),
        number => format!("{number} changes in meaning"),
    }
}

/// Why no lead is treated differently.
fn proof(proof: &Proof) -> String {
    let because = match proof {
        Proof::SameMeaning => "the fingerprints agree".to_owned(),
        Proof::NothingResultsRestOn => {
            "no score, band, segment, gate or stage rests on what changed".to_owned()
        }
        Proof::EveryCase { attributes, .. } if attributes.is_empty() => {
            "what differs rests on nothing that can be known of a lead, and comes out alike".to_owned()
        }
        Proof::EveryCase { cases, attributes } => {
            let mut names: Vec<String> =
                attributes.iter().take(MOST_ATTRIBUTES).map(|name| short(name)).collect();
            if attributes.len() > names.len() {
                names.push(format!("{} more", attributes.len() - names.len()));
            }
            let names = names.join(", ");
            format!(
                "it rests on {names} alone, and all {cases} cases that the tests tell apart come out alike"
            )
        }
    };
    format!("No lead is treated differently: {because}.")
}

/// `15 leads at …: 3 have another stage (20.0 %), 5 another score or band`
fn leads_line(leads: &LeadsDiff) -> String {
    let at = crate::time::print_instant(leads.at);
    let noun = if leads.leads == 1 { "lead" } else { "leads" };
    format!(
        "{} {noun} at {at}: {} with another stage{}, {} with another score or band",
        leads.leads,
        leads.stage_changed,
        share(leads.stage_changed, leads.leads),
        leads.score_changed
    )
}

/// ` (20.0 %)`; empty of none.
fn share(part: u64, of: u64) -> String {
    let thousandths = (u128::from(part) * 1_000 + u128::from(of) / 2).checked_div(u128::from(of));
    thousandths.map_or(String::new(), |it| format!(" ({}.{} %)", it / 10, it % 10))
}

/// What decided for a lead: `+5 engagement / pricing_twice (+15, was +10)`, of several the largest and how many more.
fn because(moved: &MovedLead) -> String {
    let Some(first) = moved.rules.first() else {
        return "(a criterion, a band or a bound)".to_owned();
    };
    let rule = match first.rule.starts_with(&format!("{}#", first.score)) {
        true => short(&first.rule),
        false => format!("{} / {}", short(&first.score), short(&first.rule)),
    };
    let (old, new) = (signed(first.old), signed(first.new));
    match moved.rules.len() - 1 {
        0 => format!("{rule} {old} → {new}"),
        more => format!("{rule} {old} → {new}, and {more} more"),
    }
}
