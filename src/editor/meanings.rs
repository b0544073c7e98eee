//! One line on each keyword and on each name of the standard vocabulary.
//!
//! Both tables are held against the grammar and the standard vocabulary, so that none is missing and none is left
//! over.

/// What a keyword is for. A word that is one only in its place, such as `least`, has its line too.
pub(super) fn keyword(word: &str) -> Option<&'static str> {
    look_up(&KEYWORDS, word)
}

/// What a name of the standard vocabulary means.
pub(super) fn standard(name: &str) -> Option<&'static str> {
    look_up(&STANDARD, name)
}

fn look_up(table: &[(&'static str, &'static str)], word: &str) -> Option<&'static str> {
    let at = table.binary_search_by_key(&word, |(known, _)| known).ok()?;
    table.get(at).map(|(_, meaning)| *meaning)
}

const KEYWORDS: [(&str, &str); 84] = [
    ("activity", "Names a union of events: `activity content = viewed(*) or downloaded(*)`."),
    (
        "after",
        "`after 2026-10-01`: the date is later. `again after 30d`: when a recycled lead may be promoted again.",
    ),
    ("again", "`again after 30d`: a recycled lead is promoted again once it has been recycled for so long."),
    (
        "ago",
        "Counts back from the instant of evaluation: `between 30d and 7d ago`, `visited(pricing) 2d ago`.",
    ),
    ("all", "`contains all of [..]`: the set has every one of these."),
    ("and", "Holds while both sides hold; binds tighter than `or`."),
    ("any", "`contains any of [..]`, `has any word of [..]`: one of these is enough."),
    ("at", "`at least N of [..]`, `is at least BAND`; in tests the instant: `at 2026-11-01`."),
    ("attribute", "Declares what is known of a lead: `attribute plan: one of [free, pro]`."),
    ("band", "Names stretches of a score, the highest first: `band fit { A >= 60, B >= 40, C }`."),
    ("before", "`before 2026-10-01`: the date is earlier."),
    ("best", "Of the rules of this group only the one that gives most counts."),
    ("between", "`between A and B`: both ends included. `between 30d and 7d ago`: a window over events."),
    ("contains", "The text has this in it, or the set this entry; the case of ASCII letters does not count."),
    ("date", "A type: a day or an instant."),
    ("day", "`up to 3 times per day`: counts at most so often in one UTC calendar day."),
    ("days", "`days(visited(*)) >= 3`: on how many different UTC calendar days."),
    ("decay", "What an event gives fades in whole steps: `decay 50% every 30d`, or `decay 5 every 7d`."),
    ("declared", "`vocabulary only declared`: the standard vocabulary is left out."),
    (
        "disqualify",
        "Any lead but a customer is disqualified while this holds; the first that holds gives the reason.",
    ),
    ("distinct", "`distinct(visited(*)) >= 5`: how many different subjects."),
    ("each", "Every matching event gives its points: `each downloaded(ebook) => +5 up to 3 times`."),
    ("ends", "`ends with \"x\"`: the text ends so."),
    (
        "event",
        "Declares an event kind, what it is about and its properties: `event trial_step(step, minutes: number)`.",
    ),
    ("every", "The length of one step: `decay 50% every 30d`, `review every 90d`."),
    (
        "expect",
        "What a test wants to come out: `expect fit = 50`, `expect stage mql`, `expect not segment loyal`.",
    ),
    ("false", "`consent = false`: the flag is known and false."),
    ("flag", "A type: true or false."),
    ("for", "`inactive for 60d`."),
    ("group", "Rules that share a cap: `group email max 20 { … }`; with `best` only the largest counts."),
    ("has", "`has word \"vp\"`: as a word of its own, not inside another."),
    ("in", "One of a list: `country in [\"US\", \"CA\"]`."),
    (
        "inactive",
        "`inactive for 60d`: no sign of life of the lead for so long; what merely happens to it does not count.",
    ),
    ("include", "Takes the definitions of another file in where it stands: `include \"names.lql\"`."),
    ("is", "`is known`, `is missing`, `engagement is hot`, `fit is at least B`."),
    ("known", "`title is known`: there is a value."),
    ("least", "`at least 2 of [..]`, `is at least B`."),
    ("let", "Names a condition or a list: `let decision_maker = title has word \"chief\"`."),
    ("matches", "`matches \"chief * officer\"`: the whole text fits; `*` stands for any run of characters."),
    ("max", "The group gives at most so much: `group email max 20 { … }`."),
    ("min", "The group gives at least so much: `group penalties min -30 { … }`."),
    ("missing", "`title is missing`: no value is known. Every other test of a missing value is false."),
    ("mql", "Marketing qualified: `stage mql when …` says when marketing hands a lead to sales."),
    ("never", "`expect valid until never`: nothing will ever change by itself."),
    ("no", "`no decay`: what this rule gives does not fade, whatever its score says."),
    ("not", "The plain opposite: true of a missing value too. Binds tightest."),
    ("number", "A type: a decimal with up to 6 digits after the point."),
    ("of", "`one of [..]`, `set of text`, `at least 2 of [..]`, `contains any of [..]`."),
    ("older", "`created_at older than 30d`: the date is at least so long ago."),
    ("one", "`one of [free, pro]`: a type with these values and no others."),
    ("only", "`vocabulary only declared`: the standard vocabulary is left out."),
    ("or", "Holds while one of the sides holds."),
    ("owners", "Who answers for the rule set: `owners marketing \"demand-gen\", sales \"revenue-ops\"`."),
    ("param", "A constant that the host may set to another value: `param bonus = 10`."),
    ("passive", "The event happens to a lead and is no sign of life: a bounce, a mail sent."),
    ("per", "`up to 3 times per day`, `up to 2 times per subject`."),
    (
        "recycle",
        "A lead or MQL goes back to nurturing while this holds: `recycle when inactive for 90d \"gone quiet\"`.",
    ),
    ("review", "How often both teams look at the rule set: `review every 90d since 2026-10-01`."),
    ("ruleset", "The name and version of the rule set: `ruleset \"Acme B2B\" version \"2026.4\"`."),
    (
        "score",
        "A sum of rules within bounds, or derived from other scores: `score total = 0.6 * engagement + 0.4 * fit`.",
    ),
    ("segment", "A named group of leads: `segment loyal when content >= 5 within 30d`."),
    ("set", "`set of text`: a type with any number of texts."),
    ("since", "`review every 90d since 2026-10-01`; in tests `stage = mql since 3d ago`."),
    ("sla", "Sales answers within so long after the promotion: `sla 48h`."),
    ("sql", "Sales qualified: `stage sql when …` says what sales needs in hand."),
    (
        "stage",
        "The criteria of a stage: `stage mql when …`, `stage sql when …`; in tests the stage of the lead.",
    ),
    ("starts", "`starts with \"x\"`: the text begins so."),
    ("subject", "`up to 2 times per subject`: counts at most so often for one page, form or mail."),
    ("sum", "`sum(watched(demo).seconds) >= 600`: adds a number property up."),
    ("test", "An example of a lead and what is expected of it; `leadql test` runs it."),
    ("text", "A type: any text; the empty text counts as missing."),
    ("than", "`older than 30d`."),
    ("times", "`up to 3 times`: only the newest so many count."),
    ("to", "`up to 3 times`."),
    ("true", "`consent = true`, the same as `consent` alone."),
    ("until", "An MQL goes back to lead when this holds: `stage mql when … until engagement < 35`."),
    ("up", "`up to 3 times`: only the newest so many count."),
    ("valid", "`expect valid until 2026-11-21`: the first instant at which anything changes by itself."),
    ("version", "The version of the rule set: `ruleset \"Acme\" version \"2026.4\"`."),
    ("vocabulary", "`vocabulary only declared`: the standard vocabulary is left out."),
    ("when", "What has to hold."),
    ("with", "`starts with \"x\"`, `ends with \"x\"`."),
    ("within", "A window that moves with time: `within 30d` keeps what is newer than 30 days."),
    ("word", "`has word \"vp\"`: as a word of its own, not inside another."),
];

const STANDARD: [(&str, &str); 52] = [
    ("added_to_cart", "The lead put a product into the cart."),
    ("annual_revenue", "What the company turns over in a year."),
    ("answered", "The lead answered a survey."),
    ("asked", "The lead asked about something."),
    ("attended", "The lead was at an event: a webinar, a fair."),
    ("authority", "BANT: the lead may decide, or has the one who may."),
    ("bounced", "A mail to the lead came back."),
    ("budget", "BANT: there is money for it."),
    ("called", "The lead called."),
    ("campaign", "The campaign that the lead came from."),
    ("chatted", "The lead wrote in the chat."),
    ("city", "Where the lead is."),
    ("clicked", "The lead followed a link."),
    ("commented", "The lead commented on a post."),
    ("company", "Who the lead works for."),
    ("company_size", "How many people work there."),
    ("complained", "The lead marked a mail as unwanted."),
    ("consent", "The lead agreed to be contacted."),
    ("country", "Where the lead is."),
    ("created_at", "When the lead came in; `inactive for` counts from here where nothing newer is known."),
    ("downloaded", "The lead downloaded a paper, an e-book, a data sheet."),
    ("email_domain", "What stands behind the @ of the lead's address."),
    ("emailed", "A mail was sent to the lead."),
    ("followed", "The lead follows a channel."),
    ("industry", "What the company does."),
    ("job_function", "What the lead works on."),
    ("lead_source", "Where the lead came from."),
    ("liked", "The lead liked a post."),
    ("met", "The lead was in a meeting."),
    ("need", "BANT: there is a problem that this solves."),
    ("opened", "The lead opened a mail."),
    ("pain_points", "What troubles the lead."),
    ("persona", "The sort of buyer that the lead is."),
    ("posted", "The lead wrote on a topic."),
    ("purchased", "The lead bought a product."),
    ("referred", "The lead came on somebody's word."),
    ("region", "Where the lead is."),
    ("registered", "The lead registered for an event."),
    ("replied", "The lead answered a mail."),
    ("requested", "The lead asked for something: a demo, a quote, a call."),
    ("seniority", "How high the lead stands in the company."),
    ("shared", "The lead shared a post."),
    ("started", "The lead started a trial."),
    ("submitted", "The lead sent a form."),
    ("subscribed", "The lead subscribed to a list."),
    ("technologies", "What the company uses."),
    ("timing", "BANT: there is a date by which it is wanted."),
    ("title", "The lead's title in the company."),
    ("unsubscribed", "The lead left a list."),
    ("viewed", "The lead looked at content: a post, a case study."),
    ("visited", "The lead visited a page."),
    ("watched", "The lead watched a video, so many seconds of it."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::syntax::keyword;

    #[test]
    fn every_keyword_has_its_line_and_no_other_word_has() {
        let grammar = include_str!("../../grammar/leadql.pest");
        let in_grammar = grammar
            .lines()
            .filter_map(|line| line.strip_prefix("kw_"))
            .filter_map(|line| line.split('"').nth(1));
        let expected: BTreeSet<&str> = in_grammar.chain(keyword::KEYWORDS).collect();
        assert!(KEYWORDS.is_sorted_by_key(|(word, _)| *word));
        assert_eq!(KEYWORDS.iter().map(|(word, _)| *word).collect::<BTreeSet<_>>(), expected);
        assert_eq!(KEYWORDS.len(), expected.len());
    }

    #[test]
    fn every_standard_name_has_its_line_and_no_other_name_has() {
        let vocabulary = &crate::check::STANDARD;
        let attributes = vocabulary.attributes.iter().map(|attribute| attribute.name.as_str());
        let expected: BTreeSet<&str> =
            attributes.chain(vocabulary.kinds.iter().map(|kind| kind.name.as_str())).collect();
        assert!(STANDARD.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(STANDARD.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(), expected);
    }
}
