//! What explanations say, sentence by sentence: a rule or a gate, a lead, and the findings that come out.

use chrono::{DateTime, Utc};

use crate::explanation::{Change, Finding, Line};
use crate::{Explanation, Lead, LeadBuilder, LeadError, NewEvent, RuleSet, Stage};

fn now() -> DateTime<Utc> {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn ago(days: i64) -> DateTime<Utc> {
    now() - chrono::TimeDelta::days(days)
}

type Fill = fn(LeadBuilder<'_>) -> Result<LeadBuilder<'_>, LeadError>;

fn explained(rules: &str, fill: Fill) -> Explanation {
    let rules = RuleSet::compile(rules).unwrap_or_else(|found| panic!("{found}"));
    let lead: Lead = fill(rules.lead()).unwrap().build();
    rules.explain(&lead, now())
}

/// Findings as lines, parts further in, what holds with a `+` and what does not with a `-`.
fn told(findings: &[Finding], depth: usize, lines: &mut Vec<String>) {
    for finding in findings {
        let sign = if finding.holds { '+' } else { '-' };
        lines.push(format!("{:1$}{sign} {2}", "", depth * 2, finding.says));
        told(&finding.parts, depth + 1, lines);
    }
}

/// What decides a rule set's only rule.
fn says(rule: &str, fill: Fill) -> Vec<String> {
    let explanation = explained(rule, fill);
    let score = &explanation.scores[0];
    let because = match (score.lines.first(), score.missed.first()) {
        (Some(Line::Rule(line)), _) => &line.because,
        (_, Some(missed)) => &missed.because,
        other => panic!("{other:?}"),
    };
    let mut lines = Vec::new();
    told(because, 0, &mut lines);
    lines
}

#[test]
fn events_are_counted_and_the_others_are_found() {
    let two: Fill = |lead| lead.event("visited", "pricing", ago(2))?.event("visited", "pricing", ago(34));
    let three: Fill = |lead| {
        lead.event("visited", "Pricing", ago(2))?
            .event("visited", "pricing", ago(34))?
            .event("visited", "pricing", ago(50))?
            .event("visited", "docs", ago(51))
    };
    for (rule, fill, found) in [
        (
            "visited(pricing) >= 2 within 30d => 1",
            two,
            "- 1 of 2 visits to pricing within 30d; the other was 34 days ago",
        ),
        (
            "visited(pricing) > 2 within 30d => 1",
            three,
            "- 1 of 3 visits to pricing within 30d; the next was 34 days ago",
        ),
        ("visited(pricing) within 1d => 1", two, "- no visit to pricing within 1d; the last was 2 days ago"),
        (
            "visited(pricing) >= 3 within 1d => 1",
            two,
            "- 0 of 3 visits to pricing within 1d; the last was 2 days ago",
        ),
        (
            "visited(docs) within 30d => 1",
            three,
            "- no visit to docs within 30d; the only one was 51 days ago",
        ),
        ("visited(faq) => 1", three, "- no visit to faq"),
        (
            "visited(pricing) between 40d and 20d ago => 1",
            three,
            "+ 1 visit to pricing between 40d and 20d ago, 34 days ago",
        ),
        (
            "visited(pricing) >= 2 between 40d and 20d ago => 1",
            three,
            "- 1 of 2 visits to pricing between 40d and 20d ago; outside of that the newest was 2 days ago",
        ),
        ("visited(pricing) <= 1 => 1", two, "- 2 visits to pricing, at most 1 wanted"),
        ("visited(pricing) = 0 => 1", two, "- 2 visits to pricing, none wanted"),
        ("visited(pricing) = 3 => 1", two, "- 2 visits to pricing, exactly 3 wanted"),
        ("visited(pricing) != 2 => 1", two, "- 2 visits to pricing, anything but 2 wanted"),
        ("visited(pricing) < 5 => 1", two, "+ 2 visits to pricing, newest 2 days ago"),
        ("not visited(pricing) => 1", two, "- 2 visits to pricing, none wanted"),
        ("not visited(faq) => 1", two, "+ no visit to faq"),
        ("visited(*) => 1", three, "+ 4 visits, newest 2 days ago (Pricing 3 times, docs)"),
        (
            "visited(pricing | \"/x/*\") or visited(docs) => 1",
            two,
            "+ 2 visits to pricing or \"/x/*\", newest 2 days ago (all pricing)",
        ),
        ("distinct(visited(*)) >= 3 => 1", three, "- 2 of 3 different pages among visits"),
        (
            "days(visited(*)) >= 5 within 40d => 1",
            three,
            "- 2 of 5 days with visits within 40d; the next was 50 days ago",
        ),
        (
            "days(visited(*)) = 4 => 1",
            three,
            "+ 4 days with visits, newest 2 days ago (Pricing 3 times, docs)",
        ),
        ("each visited(*) within 1d => 1", two, "- no visit within 1d; the last was 2 days ago"),
        ("each visited(*) => 1 up to 1 times", two, "+ 1 visit, 2 days ago (pricing)"),
    ] {
        let expected =
            found.replace(" (all pricing)", if rule.contains('|') { " (all pricing)" } else { "" });
        assert_eq!(says(rule, fill), [expected], "{rule}");
    }
}

#[test]
fn sums_and_unions_and_properties_are_worded() {
    let watched: Fill = |lead| {
        lead.add_event(NewEvent::new("watched", "demo", ago(2)).property("seconds", 340))?
            .add_event(NewEvent::new("watched", "demo", ago(3)).property("seconds", 0.5))
    };
    for (rule, found) in [
        (
            "sum(watched(demo).seconds) >= 600 => 1",
            "- 2 viewings of demo, sum of seconds 340.5, at least 600 wanted",
        ),
        (
            "sum(watched(tour).seconds) >= 600 => 1",
            "- no viewing of tour, a sum of seconds of at least 600 wanted",
        ),
        (
            "sum(watched(*).seconds) > 340 => 1",
            "+ 2 viewings, sum of seconds 340.5, newest 2 days ago (all demo)",
        ),
        ("watched(*, seconds >= 600) => 1", "- no viewing with seconds at least 600"),
        ("event trial_step(step)  trial_step(invite) >= 2 => 1", "- 0 of 2 trial_step events of invite"),
        (
            "activity x = viewed(a) or visited(*) or asked(b) or posted(c) or shared(d)  x => 1",
            "- no view of a, visit, question about b or 2 more",
        ),
    ] {
        assert_eq!(says(rule, watched), [found], "{rule}");
    }
}

#[test]
fn attributes_say_what_is_and_what_is_wanted() {
    let fill: Fill = |lead| {
        lead.set("title", "Head of IT")?
            .set("company_size", 30)?
            .set("budget", false)?
            .set("created_at", ago(34))?
            .set("technologies", vec!["aws", "k8s"])
    };
    for (rule, found) in [
        ("company_size between 50 and 500 => 1", "- company_size is 30, 50 to 500 wanted"),
        ("company_size > 30 => 1", "- company_size is 30, more than 30 wanted"),
        ("not company_size > 20 => 1", "- company_size is 30, at most 20 wanted"),
        ("not company_size between 1 and 90 => 1", "- company_size is 30, anything but 1 to 90 wanted"),
        ("company_size in [1, 2, 3, 4, 5, 6, 7] => 1", "- company_size is 30, 1, 2, 3, 4 or 3 more wanted"),
        ("company_size != 30 => 1", "- company_size is 30, anything but 30 wanted"),
        ("company_size >= 30 => 1", "+ company_size is 30"),
        ("industry = \"x\" => 1", "- industry is missing"),
        ("not industry = \"x\" => 1", "+ industry is missing"),
        ("industry is known => 1", "- industry is missing"),
        ("title is missing => 1", "- title is \"Head of IT\", missing wanted"),
        (
            "title has any word of [\"chief\", \"vp\"] => 1",
            "- title is \"Head of IT\", the word \"chief\" or \"vp\" wanted",
        ),
        ("title contains \"chief\" => 1", "- title is \"Head of IT\", a text with \"chief\" in it wanted"),
        (
            "title not in [\"head of it\"] => 1",
            "- title is \"Head of IT\", anything but \"head of it\" wanted",
        ),
        (
            "not title starts with \"head\" => 1",
            "- title is \"Head of IT\", anything but a text that starts with \"head\" wanted",
        ),
        ("title matches \"*chief*\" => 1", "- title is \"Head of IT\", a text like \"*chief*\" wanted"),
        ("budget => 1", "- budget is false, true wanted"),
        (
            "technologies contains \"gcp\" => 1",
            "- technologies is \"aws\" and \"k8s\", \"gcp\" among them wanted",
        ),
        (
            "technologies contains all of [\"aws\", \"gcp\"] => 1",
            "- technologies is \"aws\" and \"k8s\", all of \"aws\" and \"gcp\" among them wanted",
        ),
        ("created_at within 30d => 1", "- created_at was 34 days ago, within 30d wanted"),
        ("created_at before 2026-01-01 => 1", "- created_at is 2026-09-28, before 2026-01-01 wanted"),
        ("attribute plan: one of [Free, pro]  plan = free => 1", "- plan is missing"),
        ("inactive for 60d => 1", "- last active 34 days ago, inactive for 60d wanted"),
        ("not inactive for 30d => 1", "- last active 34 days ago, within 30d wanted"),
    ] {
        assert_eq!(says(rule, fill), [found], "{rule}");
    }
    assert_eq!(
        says("inactive for 60d => 1", |lead| Ok(lead)),
        ["- no activity is known, inactive for 60d wanted"]
    );
}

#[test]
fn the_smallest_part_that_decides_is_told() {
    let fill: Fill = |lead| lead.set("budget", true)?.set("need", false);
    for (rule, found) in [
        ("budget and need and timing => 1", vec!["- need is false, true wanted", "- timing is missing"]),
        ("budget and consent is missing => 1", vec!["+ budget is true", "+ consent is missing"]),
        ("budget or need => 1", vec!["+ budget is true"]),
        (
            "need or timing => 1",
            vec![
                "- none of these holds, and one is wanted",
                "  - need is false, true wanted",
                "  - timing is missing",
            ],
        ),
        (
            "budget and (need or not budget and timing) => 1",
            vec![
                "- none of these holds, and one is wanted",
                "  - need is false, true wanted",
                "  - 0 of 2 hold, and all are wanted",
                "    - budget is true, false wanted",
                "    - timing is missing",
            ],
        ),
        ("not (budget or need) => 1", vec!["- budget is true, false wanted"]),
        (
            "not (budget and need is known) => 1",
            vec![
                "- none of these holds, and one is wanted",
                "  - budget is true, false wanted",
                "  - need is false, missing wanted",
            ],
        ),
        (
            "at least 2 of [budget, need, timing] => 1",
            vec![
                "- 1 of 3 hold, and 2 are wanted",
                "  - need is false, true wanted",
                "  - timing is missing",
            ],
        ),
        (
            "not at least 2 of [budget, need = false, timing] => 1",
            vec![
                "- 1 of 3 hold, and 2 are wanted",
                "  - budget is true, false wanted",
                "  - need is false, true wanted",
            ],
        ),
        (
            "let ready = need or timing  let so = not not ready  so => 1",
            vec![
                "- none of these holds, and one is wanted",
                "  - need is false, true wanted",
                "  - timing is missing",
            ],
        ),
        ("each visited(*) when need => 1", vec!["- no visit", "- need is false, true wanted"]),
    ] {
        assert_eq!(says(rule, fill), found, "{rule}");
    }
}

#[test]
fn scores_bands_and_segments_say_how_far_it_is() {
    let text = "need => +25
        band score { hot >= 40, warm >= 20, cold }
        segment near when score >= 30
        stage mql when score >= 50 and score is at least hot and score is cold and segment near
            until score < 35 and score between 1 and 20 and not score is at least warm";
    let explanation = explained(text, |lead| lead.set("need", true));
    let mut lines = Vec::new();
    for gate in &explanation.gates {
        told(&gate.because, 0, &mut lines);
    }
    assert_eq!(
        lines,
        [
            "- score is 25, at least 50 wanted (25 short)",
            "- score is warm (25), at least hot wanted (15 short)",
            "- score is warm (25), cold wanted",
            "- not in segment near",
            "  - score is 25, at least 30 wanted (5 short)",
            "- score is 25, 1 to 20 wanted (5 over)",
            "- score is warm (25), not at least warm wanted",
        ]
    );
    let band = explanation.scores[0].band.as_ref().unwrap();
    assert_eq!(
        (band.band.as_str(), band.next.as_ref().unwrap().missing.to_string()),
        ("warm", "15".to_owned())
    );
}

/// Every line of the only score: its sort or title, and its points.
fn lines(explanation: &Explanation, score: usize) -> Vec<String> {
    let lines = explanation.scores[score].lines.iter();
    let name = |line: &Line| match line {
        Line::Rule(line) => line.rule.title().to_owned(),
        Line::NotTaken { rule, .. } => format!("not taken {rule}"),
        Line::GroupLimit { group, limit, .. } => format!("{group} {limit}"),
        Line::Part { score, weight, .. } => format!("{weight} {score}"),
        Line::Rounding { .. } => "rounding".to_owned(),
        Line::ScoreLimit { limit, .. } => format!("limit {limit}"),
    };
    lines.map(|line| format!("{} {}", name(line), line.points())).collect()
}

#[test]
fn clamps_best_groups_and_rounding_have_lines_of_their_own() {
    let text = "score s 0..20 {
            group size best max 9 { a: need => +5  b: need => +12  c: need => +12  d: timing => +90 }
            group floor min 3 { timing => +1 }
            need => +10 \"asked\"
            each visited(*) => +3 decay 1 every 1d
        }
        score t = 0.333 * s + 0.001 * u - 0.5 * u
        score u { need => +0.5  need => +0.001 }";
    let explanation = explained(text, |lead| {
        lead.set("need", true)?.event("visited", "a", ago(1))?.event("visited", "b", ago(9))
    });
    assert_eq!(
        lines(&explanation, 0),
        [
            "a 5",
            "b 12",
            "c 12",
            "not taken a -5",
            "not taken c -12",
            "size max 9 -3",
            "floor min 3 3",
            "asked 10",
            "each visited(*) 2",
            "limit 20 -4",
        ]
    );
    // 6.66 + 0.000501 - 0.2505, cut once.
    assert_eq!(lines(&explanation, 1), ["0.333 s 6.66", "0.001 u 0", "-0.5 u -0.25"]);
    let Line::Rule(faded) = &explanation.scores[0].lines[8] else { panic!() };
    let decay = faded.decay.as_ref().unwrap();
    assert_eq!(
        (decay.decay.as_str(), decay.before.to_string(), decay.took.to_string()),
        ("1 every 1d", "6".into(), "-4".into())
    );
}

#[test]
fn what_rounding_took_from_the_parts_comes_back_at_the_end() {
    let text = "score a { need => +0.003 }  score b = 0.5 * a + 0.5 * a";
    let explanation = explained(text, |lead| lead.set("need", true));
    assert_eq!(lines(&explanation, 1), ["0.5 a 0.001", "0.5 a 0.001", "rounding 0.001"]);
}

#[test]
fn a_derived_score_beyond_what_points_hold_still_adds_up() {
    let part = "1000000 * a + ".repeat(30);
    let text = format!("score a {{ each visited(*) => +1000000 }}\nscore b = {part} 1000000 * a");
    let rules = RuleSet::compile(&text).unwrap_or_else(|found| panic!("{found}"));
    let mut lead = rules.lead();
    for _ in 0..1_000 {
        lead = lead.event("visited", "a", ago(1)).unwrap();
    }
    let ledger = &rules.explain(&lead.build(), now()).scores[1];
    let sum: i128 = ledger.lines.iter().map(|line| i128::from(line.points().thousandths())).sum();
    assert_eq!((sum, ledger.points.to_string()), (1_000_000_000_000, "1000000000".to_owned()));
}

#[test]
fn limits_say_what_they_left_out() {
    let text = "each visited(*) => +1 up to 2 times per subject up to 3 times";
    let explanation = explained(text, |lead| {
        let lead = lead.event("visited", "a", ago(1))?.event("visited", "a", ago(2))?.event(
            "visited",
            "A",
            ago(3),
        )?;
        lead.event("visited", "b", ago(4))?.event("visited", "c", ago(5))?.event("visited", "a", ago(6))
    });
    let Line::Rule(line) = &explanation.scores[0].lines[0] else { panic!() };
    let left_out: Vec<(&str, usize)> =
        line.left_out.iter().map(|left_out| (left_out.limit.as_str(), left_out.events)).collect();
    assert_eq!(left_out, [("up to 3 times", 2), ("up to 2 times per subject", 1)]);
    assert_eq!(line.events.as_ref().map(|events| events.count), Some(3));
}

#[test]
fn the_stage_says_why_it_moves_and_why_it_stays() {
    const RULES: &str = "need => +10
        stage mql when score >= 10 until timing again after 30d
        stage sql when budget
        recycle when consent = false \"said no\"
        disqualify when title = \"spam\"
        disqualify when title = \"rival\" \"works for a rival\"";
    let says = |fill: Fill| {
        let stage = explained(RULES, fill).stage;
        format!("{} {} {}: {}", stage.from, stage.to, stage.gate.unwrap_or("-"), stage.says)
    };
    assert_eq!(says(|lead| Ok(lead)), "lead lead -: does not meet the criteria for an MQL");
    assert_eq!(says(|lead| lead.set("need", true)), "lead mql mql: meets the criteria for an MQL");
    assert_eq!(
        says(|lead| lead.set("title", "rival")),
        "lead disqualified disqualify: disqualified: works for a rival"
    );
    assert_eq!(says(|lead| lead.set("title", "spam")), "lead disqualified disqualify: disqualified");
    assert_eq!(
        says(|lead| lead.set("consent", false)),
        "lead recycled recycle: sent back for nurturing: said no"
    );
    assert_eq!(
        says(|lead| lead.set("need", true)?.set("timing", true)),
        "lead lead -: meets the criteria for an MQL, but also those for falling back from it"
    );
    assert_eq!(
        says(|lead| lead.set("need", true)?.stage(Stage::Recycled, ago(10))),
        "recycled recycled -: meets the criteria for an MQL, but was recycled and may come back only from 2026-11-21 on"
    );
    assert_eq!(
        says(|lead| lead.set("timing", true)?.stage(Stage::Mql, None)),
        "mql lead revert: no longer meets the criteria for an MQL"
    );
    assert_eq!(
        says(|lead| lead.set("budget", true)?.stage(Stage::Sal, None)),
        "sal sal -: meets the criteria for an SQL; sales has to confirm it"
    );
    assert_eq!(
        says(|lead| lead.stage(Stage::Customer, None)),
        "customer customer -: won; nothing moves a customer"
    );
}

#[test]
fn what_changes_next_is_told() {
    let text = "visited(*) within 3d => +10
        band score { hot >= 10, cold }
        segment near when score is hot
        stage mql when segment near";
    let explanation = explained(text, |lead| lead.event("visited", "a", ago(1)));
    assert_eq!(explanation.valid_until, Some(ago(-2)));
    let points = |text: &str| text.parse().unwrap();
    assert_eq!(
        explanation.then,
        [
            Change::Score { name: "score".into(), from: points("10"), to: points("0") },
            Change::Band { name: "score".into(), from: "hot".into(), to: "cold".into() },
            Change::Segment { name: "near".into(), from: true, to: false },
            Change::Gate { name: "mql", reason: None, from: true, to: false },
            Change::Gate { name: "revert", reason: None, from: false, to: true },
            Change::Stage { from: Stage::Mql, to: Stage::Lead },
        ]
    );
}

#[test]
fn chains_of_lets_are_told_as_far_as_helps() {
    let mut text = String::from("let a0 = need or timing\n");
    for number in 1..300 {
        let before = number - 1;
        let way = if number % 2 == 0 { "or" } else { "and" };
        text.push_str(&format!("let a{number} = a{before} {way} budget {way} (consent or a{before})\n"));
    }
    let explanation = explained(&(text + "a299 => +1"), |lead| lead.set("consent", false));
    let text = explanation.to_string();
    assert!(text.len() < 20_000 && text.contains("more"), "{text}");
}
