//! What evaluations do: steps, segments, bands, deadlines, and what is refused.

use super::*;
use crate::qualify::{Actor, BandChange, Reason, Trigger, Why};

fn hot(lead: LeadBuilder<'_>) -> LeadBuilder<'_> {
    lead.set("need", true).unwrap()
}

fn cold(lead: LeadBuilder<'_>) -> LeadBuilder<'_> {
    lead
}

fn competitor(lead: LeadBuilder<'_>) -> LeadBuilder<'_> {
    lead.set("email_domain", "competitor.example").unwrap()
}

fn gone_quiet(lead: LeadBuilder<'_>) -> LeadBuilder<'_> {
    lead.event("visited", "blog", at("2026-01-01")).unwrap()
}

/// Where each sort of evaluation leads from each stage, and by which step.
#[test]
fn every_stage_with_every_automatic_step() {
    let rules = rules();
    type Known = fn(LeadBuilder<'_>) -> LeadBuilder<'_>;
    type ByStage = [Option<(Trigger, Stage)>; 7];
    let cases: [(&str, Known, ByStage); 4] = {
        use Stage::{Disqualified, Lead, Mql, Recycled};
        use Trigger::{Disqualify, Promote, Recycle, Revert};
        let out = Some((Disqualify, Disqualified));
        let quiet = Some((Recycle, Recycled));
        // In the order of the stages: lead, mql, sal, sql, customer, recycled, disqualified. The recycled lead has
        // not waited long enough to be promoted again.
        [
            ("hot", hot, [Some((Promote, Mql)), None, None, None, None, None, None]),
            ("cold", cold, [None, Some((Revert, Lead)), None, None, None, None, None]),
            ("competitor", competitor, [out, out, out, out, None, out, None]),
            ("gone quiet", gone_quiet, [quiet, quiet, None, None, None, None, None]),
        ]
    };
    for (name, known, steps) in cases {
        for (stage, step) in Stage::ALL.into_iter().zip(steps) {
            let (mut qualification, first) = standing(&rules, stage);
            let records = see(&rules, &mut qualification, today(), known);
            // The first evaluation tells the band.
            assert_eq!(records.len(), 1, "{name} from {stage}");
            let (what, to) = step.unwrap_or((Trigger::Observe, stage));
            assert_eq!(
                (records[0].what, records[0].from, records[0].to),
                (what, stage, to),
                "{name} from {stage}"
            );
            assert_eq!(records[0].by, Actor::Rules);
            let since = if step.is_some() { today() } else { at("2026-11-01T09:00:00Z") };
            assert_eq!((qualification.stage(), qualification.stage_since()), (to, Some(since)));
            // From there the same lead goes no further.
            let again = see(&rules, &mut qualification, today(), known);
            assert_eq!(again, [], "{name} from {stage}");
            assert_eq!(Qualification::rebuild(std::iter::once(&first).chain(&records)).unwrap().stage(), to);
        }
    }
}

#[test]
fn a_recycled_lead_comes_back_when_it_has_waited() {
    let rules = rules();
    let (mut qualification, _) = standing(&rules, Stage::Recycled);
    see(&rules, &mut qualification, at("2026-12-01T08:59:59Z"), hot);
    assert_eq!(qualification.stage(), Stage::Recycled);
    let records = see(&rules, &mut qualification, at("2026-12-01T09:00:00Z"), hot);
    assert_eq!((records[0].what, records[0].from), (Trigger::Promote, Stage::Recycled));
    assert_eq!(qualification.due(), Some(at("2026-12-03T09:00:00Z")));
}

#[test]
fn a_step_tells_why() {
    let rules = rules();
    let (qualification, records) = promoted(&rules);
    let [record] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!(record.why, Some(Why::Gate { gate: crate::Gate::Mql, reason: None }));
    let scores = &record.evaluation.as_ref().unwrap().scores;
    assert_eq!(scores.get("score"), Some(&"40".parse().unwrap()));
    assert_eq!(record.entered, ["keen"]);
    assert_eq!(record.strongest.len(), 1);
    assert_eq!(record.strongest[0].says, "Has the problem: need is true");
    assert_eq!((record.due, record.fingerprint), (qualification.due(), rules.fingerprint()));
    assert_eq!(
        record.to_string(),
        "2026-11-02T09:00:00Z L-1: promote, lead to mql, by the rule set: the criterion mql holds; \
         into segment keen; score no band to hot; due at 2026-11-04T09:00:00Z"
    );
    let (mut out, _) = standing(&rules, Stage::Sql);
    let records = see(&rules, &mut out, today(), competitor);
    assert!(records[0].to_string().contains("the criterion disqualify holds (works for a competitor)"));
}

/// A step names at most five rules, those that weigh the most first, whether they add or take.
#[test]
fn the_strongest_rules_come_first() {
    let rules = RuleSet::compile(
        "a: need => +1  b: need => -7  c: need => +5  d: need => +5  e: budget => +100  f: need => +3
         g: need => +2  h: need => 0
         stage mql when score > 0",
    )
    .unwrap();
    let mut qualification = rules.qualification("L-1");
    let records = see(&rules, &mut qualification, today(), hot);
    let named: Vec<&str> = records[0].strongest.iter().map(|rule| rule.rule.as_str()).collect();
    assert_eq!(named, ["b", "c", "d", "f", "g"]);
    let (mut qualification, evaluation) = (rules.qualification("L-1"), {
        let lead = hot(rules.lead()).build();
        rules.evaluate(&lead, today())
    });
    assert_eq!(qualification.observe(&evaluation, None).unwrap()[0].strongest, []);
}

#[test]
fn segments_and_bands_are_told_when_they_change() {
    let rules = rules();
    let mut qualification = rules.qualification("L-1");
    let first = see(&rules, &mut qualification, today(), cold);
    let change = |from: Option<&str>, to: Option<&str>| BandChange {
        score: "score".to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    assert_eq!((first[0].what, &first[0].bands), (Trigger::Observe, &vec![change(None, Some("cold"))]));
    let visit = |lead: LeadBuilder<'_>| lead.event("visited", "pricing", today()).unwrap().build();
    let mut lead = visit(rules.lead());
    qualification.place(&mut lead);
    let second = qualification.observe(&rules.evaluate(&lead, today()), &lead).unwrap();
    assert_eq!((&second[0].entered, &second[0].left), (&vec!["keen".to_owned()], &vec![]));
    assert_eq!(second[0].bands, [change(Some("cold"), Some("warm"))]);
    assert_eq!(qualification.segments().collect::<Vec<_>>(), ["keen"]);
    assert_eq!(qualification.bands().collect::<Vec<_>>(), [("score", "warm")]);
    // No step: nobody asks for its strongest rules.
    assert_eq!(second[0].strongest, []);
    let later = today() + chrono::TimeDelta::days(30);
    let third = qualification.observe(&rules.evaluate(&lead, later), &lead).unwrap();
    assert_eq!((&third[0].entered, &third[0].left), (&vec![], &vec!["keen".to_owned()]));
    assert_eq!(third[0].bands, [change(Some("warm"), Some("cold"))]);
    // Another rule set has neither.
    let other = RuleSet::compile("need => 7  segment all_of_them when not need").unwrap();
    let adopted = qualification.adopt(&other, later, "dana").unwrap().unwrap();
    let fourth = see(&other, &mut qualification, later, cold);
    assert_eq!(
        (&fourth[0].entered, &fourth[0].bands),
        (&vec!["all_of_them".to_owned()], &vec![change(Some("cold"), None)])
    );
    let records = [first, second, third, vec![adopted], fourth].concat();
    assert_eq!(Qualification::rebuild(&records), Ok(qualification));
}

#[test]
fn the_same_evaluation_twice_changes_nothing() {
    let rules = rules();
    let mut qualification = rules.qualification("L-1");
    let (evaluation, lead) = evaluated(&rules, &qualification, today(), hot);
    assert_eq!(qualification.observe(&evaluation, &lead).unwrap().len(), 1);
    let before = qualification.clone();
    assert_eq!(qualification.observe(&evaluation, &lead), Ok(vec![]));
    assert_eq!(qualification, before);
    // Nor does one that changed nothing the first time.
    let (evaluation, lead) = evaluated(&rules, &qualification, today(), hot);
    assert_eq!(qualification.observe(&evaluation, &lead), Ok(vec![]));
    let after = qualification.clone();
    assert_eq!(qualification.observe(&evaluation, &lead), Ok(vec![]));
    assert_eq!(qualification, after);
}

#[test]
fn evaluations_of_something_else_are_refused() {
    let rules = rules();
    let (before, _) = promoted(&rules);
    let refuse = |evaluation: &Evaluation, lead: Option<&Lead>, expected: &str| {
        let mut qualification = before.clone();
        assert_eq!(qualification.observe(evaluation, lead).unwrap_err().to_string(), expected);
        assert_eq!(qualification, before);
    };
    let mut other = hot(rules.lead().id("L-\n2")).build();
    before.place(&mut other);
    let of_other = rules.evaluate(&other, today());
    let text = r#"the evaluation is of lead "L-\u{a}2", the qualification of lead "L-1""#;
    refuse(&of_other, None, text);
    let (mine, lead) = evaluated(&rules, &before, today(), hot);
    refuse(&mine, Some(&other), text);
    let version = RuleSet::compile("need => 7").unwrap();
    let (by_other, _) = evaluated(&version, &before, today(), hot);
    refuse(
        &by_other,
        Some(&lead),
        &format!(
            "the evaluation was made by rule set {}, the qualification goes by {}; to go on with the other one, \
             adopt it first",
            version.fingerprint(),
            rules.fingerprint()
        ),
    );
    let (older, _) = evaluated(&rules, &before, at("2026-11-02T08:59:59Z"), hot);
    refuse(
        &older,
        None,
        "the evaluation at 2026-11-02T08:59:59Z is older than the latest record or evaluation, at \
         2026-11-02T09:00:00Z; an evaluation at that instant or a later one belongs here",
    );
    for (stage, since, shown) in [
        (Stage::Lead, None, "lead since an unknown instant"),
        (Stage::Mql, None, "mql since an unknown instant"),
        (Stage::Mql, Some(at("2026-11-01")), "mql since 2026-11-01T00:00:00Z"),
    ] {
        let mut lead = hot(rules.lead().id("L-1")).build();
        lead.set_stage(stage, since).unwrap();
        refuse(
            &rules.evaluate(&lead, at("2026-11-03")),
            None,
            &format!(
                "the evaluation is of a lead record at {shown}, the qualification stands at mql since \
                 2026-11-02T09:00:00Z; put the lead there (`Qualification::place`) and evaluate it again"
            ),
        );
    }
}

/// Also one that changed nothing: what it saw is newer than what an older one saw.
#[test]
fn nothing_older_than_the_latest_evaluation_is_taken() {
    let rules = rules();
    let (mut qualification, _) = promoted(&rules);
    assert_eq!(see(&rules, &mut qualification, at("2026-11-03"), hot), []);
    assert_eq!(qualification.last_instant(), Some(at("2026-11-03")));
    let before = qualification.clone();
    let (older, lead) = evaluated(&rules, &qualification, at("2026-11-02T12:00:00Z"), cold);
    assert!(qualification.observe(&older, &lead).unwrap_err().to_string().contains("is older than"));
    assert!(qualification.accept(at("2026-11-02T12:00:00Z"), "dana").is_err());
    assert_eq!(qualification, before);
}

#[test]
fn a_breach_is_reported_once_and_ends_with_an_answer() {
    let rules = rules();
    let due = at("2026-11-04T09:00:00Z");
    let just_before = due - chrono::TimeDelta::microseconds(1);
    let (mut qualification, mut records) = promoted(&rules);
    assert_eq!(qualification.due(), Some(due));
    assert!(!qualification.is_overdue(just_before) && qualification.is_overdue(due));
    assert_eq!(qualification.report_breach(just_before), Ok(None));
    let breach = qualification.report_breach(due).unwrap().unwrap();
    assert_eq!((breach.what, &breach.why), (Trigger::Breach, &Some(Why::Due(due))));
    assert!(qualification.is_breach_reported());
    assert_eq!(qualification.report_breach(due), Ok(None));
    assert_eq!(see(&rules, &mut qualification, due, hot), []);
    assert!(qualification.report_breach(just_before).is_err());
    records.push(breach);
    let late = at("2026-11-09");
    records.push(qualification.reject(Reason::NotReady, Stage::Recycled, late, "dana").unwrap());
    assert_eq!((qualification.due(), qualification.is_breach_reported()), (None, false));
    assert_eq!(qualification.report_breach(late), Ok(None));
    // Promoted again, it has another deadline, which can be missed again.
    let again = at("2026-12-09");
    records.extend(see(&rules, &mut qualification, again, hot));
    assert_eq!(qualification.due(), Some(at("2026-12-11")));
    records.extend(qualification.report_breach(at("2027-01-01")).unwrap());
    assert_eq!(records.iter().filter(|record| record.what == Trigger::Breach).count(), 2);
    records.push(qualification.accept(at("2027-01-02"), "dana").unwrap());
    assert_eq!(Qualification::rebuild(&records), Ok(qualification));
}

/// Whoever looks first tells: here an evaluation, which then takes the lead out of the stage.
#[test]
fn an_evaluation_reports_a_breach_before_its_own_step() {
    let rules = rules();
    let (mut qualification, mut records) = promoted(&rules);
    let late = at("2026-11-20");
    let after = see(&rules, &mut qualification, late, cold);
    let what: Vec<Trigger> = after.iter().map(|record| record.what).collect();
    assert_eq!(what, [Trigger::Breach, Trigger::Revert]);
    assert_eq!((after[0].to, after[0].at), (Stage::Mql, late));
    assert_eq!((qualification.stage(), qualification.due()), (Stage::Lead, None));
    records.extend(after);
    assert_eq!(Qualification::rebuild(&records), Ok(qualification));
}

#[test]
fn a_calendar_sets_the_deadline() {
    let rules = rules();
    let fresh = rules.qualification("L-1");
    let (evaluation, lead) = evaluated(&rules, &fresh, today(), hot);
    let mut qualification = fresh.clone();
    let due = at("2026-11-06T17:00:00Z");
    let records = qualification
        .observe_with_deadline(&evaluation, &lead, |promoted, sla| {
            assert_eq!((promoted, sla), (today(), chrono::TimeDelta::hours(48)));
            Ok::<_, &str>(due)
        })
        .unwrap();
    assert_eq!((records[0].due, qualification.due()), (Some(due), Some(due)));
    // A calendar may say that sales has no time at all: then the deadline has passed at once.
    let mut qualification = fresh.clone();
    let mut records = qualification
        .observe_with_deadline(&evaluation, &lead, |promoted, _| Ok::<_, &str>(promoted))
        .unwrap();
    assert_eq!((qualification.due(), qualification.is_overdue(today())), (Some(today()), true));
    records.extend(qualification.report_breach(today()).unwrap());
    assert_eq!((records.len(), Qualification::rebuild(&records)), (2, Ok(qualification)));
    for (given, expected) in [
        (Err("no working time is left"), "no deadline can be set: no working time is left"),
        (
            Ok(today() - chrono::TimeDelta::seconds(1)),
            "no deadline can be set: the calendar gives an instant before the promotion; a later one belongs here",
        ),
        (
            Ok(DateTime::<Utc>::MAX_UTC),
            "no deadline can be set: the calendar gives an instant outside the years 0001 to 9999",
        ),
    ] {
        let mut qualification = fresh.clone();
        let error = qualification.observe_with_deadline(&evaluation, &lead, |_, _| given).unwrap_err();
        assert_eq!((error.to_string().as_str(), &qualification), (expected, &fresh));
    }
    // Where nothing is promoted nobody asks.
    let (evaluation, lead) = evaluated(&rules, &fresh, today(), cold);
    let asked = fresh.clone().observe_with_deadline(&evaluation, &lead, |_, _| Err("asked"));
    assert_eq!(asked.unwrap().len(), 1);
}

#[test]
fn at_the_end_of_time_nothing_is_due() {
    let rules = rules();
    let mut qualification = rules.qualification("L-1");
    see(&rules, &mut qualification, at("9999-12-31T00:00:00Z"), hot);
    assert_eq!((qualification.stage(), qualification.due()), (Stage::Mql, None));
}

/// So that a host may leave ids to its own tables.
#[test]
fn a_lead_without_an_id_passes_for_any() {
    let rules = rules();
    let lead = hot(rules.lead()).build();
    let mut qualification = rules.qualification("L-1");
    assert_eq!(qualification.observe(&rules.evaluate(&lead, today()), &lead).unwrap().len(), 1);
}

/// A host that keeps states in place of leads evaluates those.
#[test]
fn a_state_is_evaluated_where_it_stands() {
    let rules = rules();
    let mut keeper = rules.keeper();
    let mut state = keeper.new_state("L-1");
    let need = keeper.attribute("need").unwrap();
    keeper.set(&mut state, need, true, today()).unwrap();
    let mut qualification = rules.qualification("L-1");
    let mut evaluator = rules.evaluator();
    let records = qualification.observe(evaluator.evaluate_state(&state, today()).unwrap(), None).unwrap();
    assert_eq!((records[0].what, records[0].to), (Trigger::Promote, Stage::Mql));
    let later = at("2026-11-03");
    let error = qualification.observe(evaluator.evaluate_state(&state, later).unwrap(), None).unwrap_err();
    assert!(error.to_string().contains("a lead record at lead since an unknown instant"), "{error}");
    let (stage, since) = (qualification.stage(), qualification.stage_since());
    keeper.set_stage(&mut state, stage, since, later).unwrap();
    assert_eq!(qualification.observe(evaluator.evaluate_state(&state, later).unwrap(), None), Ok(vec![]));
}
