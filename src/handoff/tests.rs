use chrono::TimeDelta;

use super::*;
use crate::qualify::{Answer, BantItem};
use crate::{LeadBuilder, LeadError, NewEvent};

fn at(text: &str) -> DateTime<Utc> {
    crate::parse_instant(text).unwrap()
}

fn rules() -> RuleSet {
    RuleSet::compile(
        "visited(*) => +15
         title contains \"chief\" => +20
         country in [\"US\"] => +5
         stage mql when score >= 15 until score < 15 sla 48h
         stage sql when at least 2 of [budget, need, timing]",
    )
    .unwrap_or_else(|found| panic!("{found}"))
}

fn lead(rules: &RuleSet, more: impl FnOnce(LeadBuilder<'_>) -> Result<LeadBuilder<'_>, LeadError>) -> Lead {
    more(rules.lead().id("L-1")).unwrap().build()
}

const NOW: &str = "2026-11-01T12:00:00Z";

#[test]
fn a_lead_is_due_from_its_promotion_on() {
    let rules = rules();
    let visitor = |stage: Stage, since: Option<&str>| {
        lead(&rules, |lead| lead.event("visited", "pricing", at("2026-10-01"))?.stage(stage, since.map(at)))
    };
    for (lead, promoted, due) in [
        // Promoted now, the day before, at an unknown time, not an MQL any more, not one yet.
        (visitor(Stage::Lead, None), Some(NOW), Some("2026-11-03T12:00:00Z")),
        (visitor(Stage::Mql, Some("2026-10-31")), Some("2026-10-31"), Some("2026-11-02")),
        (visitor(Stage::Mql, None), None, None),
        (visitor(Stage::Sal, Some("2026-10-31")), None, None),
        (lead(&rules, |lead| Ok(lead)), None, None),
    ] {
        let page = rules.handoff(&lead, at(NOW));
        assert_eq!(page.promoted_at, promoted.map(at), "{page}");
        assert_eq!(page.due.map(|due| due.at), due.map(at), "{page}");
    }
}

#[test]
fn from_the_instant_on_that_it_is_due_it_is_too_late() {
    let rules = rules();
    let page = rules.handoff(&lead(&rules, |lead| Ok(lead)), at(NOW));
    for (due, overdue, left, says) in [
        (
            "2026-11-01T15:00:00Z",
            false,
            10_800,
            "Sales has to accept or reject it by 2026-11-01 15:00 UTC, in 3 hours.",
        ),
        ("2026-11-01T12:00:00.000001Z", false, 0, "Sales has to accept or reject it by"),
        (NOW, true, 0, "Overdue: sales had to accept or reject it by 2026-11-01 12:00 UTC, just now."),
        ("2026-11-01T11:59:59.999999Z", true, -1, "Overdue: "),
        (
            "2026-10-30",
            true,
            -216_000,
            "Overdue: sales had to accept or reject it by 2026-10-30, 2 days ago.",
        ),
    ] {
        let page = page.clone().due_at(at(due));
        assert_eq!(page.due.map(|due| (due.overdue, due.seconds_left)), Some((overdue, left)), "{due}");
        assert!(page.to_string().contains(says) && page.to_markdown().contains(says), "{page}");
    }
}

#[test]
fn a_qualification_knows_more_than_the_record() {
    let rules = rules();
    let mut qualification = rules.qualification("L-1");
    let visitor = lead(&rules, |lead| {
        lead.event("visited", "pricing", at("2026-10-01"))?.set("budget", true)?.set("authority", false)
    });
    let friday = at("2026-10-30T09:00:00Z");
    // An hour after the office opens on a Friday; 48 hours of work are six days.
    let office = crate::Calendar::builder("UTC").hours("mon-fri", "08:00-16:00").build().unwrap();
    let promotion = rules.evaluate(&visitor, friday);
    qualification.observe_with_deadline(&promotion, &visitor, |from, sla| office.due(from, sla)).unwrap();
    for (item, answer) in [(BantItem::Need, Answer::Confirmed), (BantItem::Authority, Answer::Confirmed)] {
        qualification.answer(item, answer, friday, "dana").unwrap();
    }
    let page = rules.handoff_of(&qualification, &visitor, at(NOW));
    assert_eq!(
        (page.promoted_at, page.due.map(|due| due.at)),
        (Some(friday), Some(at("2026-11-09T09:00:00Z")))
    );
    let known: Vec<(Answer, Option<&str>)> =
        page.bant.iter().map(|line| (line.answer, line.by.as_deref())).collect();
    // The lead's own flag counts where the qualification says nothing, and only there.
    assert_eq!(
        known,
        [
            (Answer::Confirmed, None),
            (Answer::Confirmed, Some("dana")),
            (Answer::Confirmed, Some("dana")),
            (Answer::Unknown, None),
        ]
    );
    let asked: Vec<&str> = page.ask.iter().map(|ask| ask.attribute.as_str()).collect();
    assert_eq!(asked, ["timing", "title", "country"]);
    assert!(page.to_string().contains("need       confirmed by dana, 2 days ago"), "{page}");
}

#[test]
fn what_the_rule_set_asks_for_comes_first() {
    let rules = rules();
    let known = lead(&rules, |lead| {
        lead.set("city", "Lyon")?
            .set("country", "FR")?
            .set("title", "CEO")?
            .set("need", true)?
            .set("consent", false)
    });
    let page = rules.handoff(&known, at(NOW));
    let who: Vec<(&str, bool)> =
        page.who.iter().map(|detail| (detail.attribute.as_str(), detail.used)).collect();
    // `need` has a place of its own.
    assert_eq!(who, [("title", true), ("country", true), ("city", false), ("consent", false)]);
    assert!(page.to_string().contains("consent  no\n"), "{page}");
}

#[test]
fn activity_is_told_by_day_and_ends_with_now() {
    let rules = rules();
    let page = rules.handoff(
        &lead(&rules, |mut lead| {
            for hour in 0..30 {
                lead = lead.event(
                    "visited",
                    if hour % 3 == 2 { "Pricing" } else { "pricing" },
                    at("2026-10-31T00:30:00Z") + TimeDelta::hours(hour),
                )?;
            }
            for number in 0..9 {
                lead = lead.event(
                    "opened",
                    &format!("mail {number}"),
                    at("2026-10-20T08:00:00Z") + TimeDelta::minutes(number),
                )?;
            }
            for day in 1..8 {
                lead = lead.event("downloaded", "", at("2026-10-01") + TimeDelta::days(day))?;
            }
            lead.add_event(
                NewEvent::new("watched", "demo", at("2026-10-31T23:50:00Z")).property("seconds", 340),
            )?
            .event("visited", "tomorrow", at("2026-11-01T12:00:00.000001Z"))
        }),
        at(NOW),
    );
    let days: Vec<(&str, usize, usize)> =
        page.activity.days.iter().map(|day| (day.day.as_str(), day.lines.len(), day.more)).collect();
    assert_eq!(
        days,
        [
            ("2026-11-01", 1, 0),
            ("2026-10-31", 2, 0),
            ("2026-10-20", 6, 3),
            ("2026-10-08", 1, 0),
            ("2026-10-07", 1, 0)
        ]
    );
    assert_eq!(page.activity.earlier, 5);
    let says: Vec<&str> =
        page.activity.days.iter().take(2).flat_map(|day| &day.lines).map(|line| line.says.as_str()).collect();
    assert_eq!(says, ["6 visits to Pricing", "1 viewing of demo, with seconds 340", "24 visits to Pricing"]);
    assert_eq!(page.activity.days[3].lines[0].says, "1 download");
    assert_eq!(page.activity.days[2].lines[0].says, "1 opening of \"mail 8\"");
}

#[test]
fn a_rule_set_without_the_four_does_not_tell_of_them() {
    let rules =
        RuleSet::compile("vocabulary only declared  attribute plan: text  plan is known => 5").unwrap();
    let lead = rules.lead().build();
    let page = rules.handoff(&lead, at(NOW));
    assert!(page.bant.is_empty() && !page.to_string().contains("Budget"), "{page}");
    assert!(
        page.to_string().starts_with("This lead, stage lead: the rule set has no criteria for an MQL\n"),
        "{page}"
    );
    // A qualification knows them all the same.
    let page = rules.handoff_of(&rules.qualification("L-1"), &lead, at(NOW));
    assert_eq!(page.bant.len(), 4);
    assert_eq!(page.ask.first().map(ToString::to_string).as_deref(), Some("budget: is there money for it?"));
}

#[test]
fn nothing_from_a_lead_passes_for_a_part_of_the_page() {
    let hostile = [
        "# heading",
        "\n\n**bold** \u{202e}x",
        "| a | b |\n| --- | --- |",
        "<script>alert(1)</script>",
        "[a](javascript:b) ![c](d)",
        "1. one\n2. two",
        "12) a",
        "```\ncode",
        "- [x] done",
        "\u{1b}[2J\r\t\u{0}",
        "&lt;b&gt; ~~gone~~ \\",
        "===\n---",
    ];
    let rules = rules();
    for text in hostile {
        let page = rules.handoff(
            &lead(&rules, |lead| {
                lead.id(text)
                    .set("title", format!("{text} chief"))?
                    .set("company", text)?
                    .set("technologies", [text, "x"])?
                    .event("visited", text, at("2026-10-31"))?
                    .event("visited", &text.repeat(900), at("2026-10-30"))
            }),
            at(NOW),
        );
        let (plain, note) = (page.to_string(), page.to_markdown());
        for shown in [&plain, &note] {
            assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{shown}");
            assert!(shown.len() < 6_000, "{} bytes", shown.len());
        }
        assert!(plain.lines().all(|line| line.chars().count() <= 100), "{plain}");
        // Every line is one of the page's own: nothing begins a block that it did not begin.
        for line in note.lines().filter(|line| !line.is_empty()) {
            let own = line.trim_start().starts_with("- ") || line.starts_with("**");
            let head = note.lines().take(4).any(|first| first == line);
            assert!(
                own || head,
                "{line}
in
{note}"
            );
        }
        let unescaped = note
            .replace("\\\\", "")
            .replace("\\`", "")
            .replace("\\<", "")
            .replace("\\[", "")
            .replace("\\|", "");
        assert!(!unescaped.contains(['`', '<', '[', '|']), "{note}");
        let first = note.trim_start_matches(|c: char| c.is_ascii_digit());
        assert!(!first.starts_with(['.', ')', '#', '-', '=', '>', '+']), "{note}");
        // Bold marks come in pairs, those of the page.
        assert!(note.lines().all(|line| line.replace("\\*", "").matches("**").count() % 2 == 0), "{note}");
        // As data everything is as it came in.
        assert_eq!(page.id, text);
        assert!(page.who.iter().any(|detail| detail.value == Known::Text(text.to_owned())));
    }
}
