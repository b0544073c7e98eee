//! Gates and the automatic step.

use super::outcome;
use crate::lead::{Facts, Stage};
use crate::model::*;
use crate::plan::test_support::*;
use crate::score::{Outcome, Scratch, evaluate, settled, take_settled};
use crate::time::Instant;

/// A rule set whose gates hold from the day on which a page of their name was visited.
fn gates(until: bool, again_after: bool) -> ModelMaker {
    let mut maker = ModelMaker::new();
    let visited = |maker: &mut ModelMaker, page: &str| {
        let term = maker.term(VISITED, &[page], &[]);
        maker.at_least(term, 1, Window::Ever)
    };
    let gate = |when, reason: Option<&str>| ReasonedGate { when, reason: reason.map(str::to_owned) };
    let when = visited(&mut maker, "mql");
    let until = until.then(|| visited(&mut maker, "until"));
    maker.model.gates.mql =
        Some(MqlGate { when, until, again_after: again_after.then(|| days(30)), sla: None });
    maker.model.gates.sql = Some(visited(&mut maker, "sql"));
    maker.model.gates.recycle = Some(gate(visited(&mut maker, "recycle"), None));
    for (page, reason) in [("x", Some("spam")), ("y", None), ("z", Some("spam")), ("w", Some(""))] {
        let when = visited(&mut maker, page);
        maker.model.gates.disqualify.push(gate(when, reason));
    }
    maker
}

fn stage_of(maker: &ModelMaker, pages: &[&str], stage: Stage, since: Option<Instant>) -> Stage {
    let pages: Vec<_> = pages.iter().map(|page| (*page, day(0))).collect();
    let facts = Facts { stage, stage_since: since, ..visits(&pages) };
    let first = outcome(&maker.model, &facts, day(100));
    // Evaluating the new stage at the same instant moves it no further.
    let again =
        outcome(&maker.model, &Facts { stage: first.stage, stage_since: Some(day(100)), ..facts }, day(100));
    assert_eq!(again.stage, first.stage, "{pages:?} from {stage}");
    first.stage
}

#[test]
fn one_step_in_the_order_of_the_gates() {
    use Stage::*;
    let plain = gates(false, false);
    let until = gates(true, false);
    for (maker, pages, steps) in [
        // From each stage in the order of a lead's life, to:
        (&plain, &[][..], [Lead, Lead, Sal, Sql, Customer, Recycled, Disqualified]),
        (&plain, &["mql"], [Mql, Mql, Sal, Sql, Customer, Recycled, Disqualified]),
        (&until, &[], [Lead, Mql, Sal, Sql, Customer, Recycled, Disqualified]),
        (&until, &["mql", "until"], [Lead, Lead, Sal, Sql, Customer, Recycled, Disqualified]),
        (&plain, &["mql", "recycle"], [Recycled, Recycled, Sal, Sql, Customer, Recycled, Disqualified]),
        (&until, &["until", "recycle"], [Recycled, Recycled, Sal, Sql, Customer, Recycled, Disqualified]),
        (
            &plain,
            &["mql", "recycle", "y"],
            [Disqualified, Disqualified, Disqualified, Disqualified, Customer, Disqualified, Disqualified],
        ),
        (&plain, &["sql"], [Lead, Lead, Sal, Sql, Customer, Recycled, Disqualified]),
    ] {
        let found = Stage::ALL.map(|stage| stage_of(maker, pages, stage, None));
        assert_eq!(found, steps, "{pages:?}");
    }
}

#[test]
fn a_recycled_lead_comes_back_when_it_has_waited() {
    let maker = gates(true, true);
    for (pages, since, stage) in [
        (&["mql"][..], None, Stage::Mql),
        (&["mql"], Some(day(70)), Stage::Mql),
        (&["mql"], Some(at(days(70).micros() + 1)), Stage::Recycled),
        (&["mql", "recycle"], Some(day(0)), Stage::Recycled),
        (&["mql", "until"], Some(day(0)), Stage::Recycled),
        (&[], Some(day(0)), Stage::Recycled),
    ] {
        assert_eq!(stage_of(&maker, pages, Stage::Recycled, since), stage, "{pages:?} {since:?}");
    }
    let record =
        |since| Facts { stage: Stage::Recycled, stage_since: Some(since), ..visits(&[("mql", day(0))]) };
    assert_eq!(outcome(&maker.model, &record(day(90)), day(100)).valid_until, Some(day(120)));
    assert_eq!(outcome(&maker.model, &record(day(90)), day(120)).valid_until, None);
    let without = gates(true, false);
    assert_eq!(outcome(&without.model, &record(day(90)), day(100)).valid_until, None);
}

#[test]
fn gates_tell_what_holds_whatever_the_stage() {
    let maker = gates(true, false);
    let pages = |pages: &[&str]| pages.iter().map(|page| (page.to_string(), day(0))).collect::<Vec<_>>();
    let found = |names: &[&str]| {
        let pages = pages(names);
        let pages: Vec<_> = pages.iter().map(|(page, at)| (page.as_str(), *at)).collect();
        outcome(&maker.model, &Facts { stage: Stage::Customer, ..visits(&pages) }, day(1)).gates
    };
    let all = found(&["mql", "until", "sql", "recycle", "z"]);
    assert!(all.mql && all.revert && all.sql && all.recycle);
    // The third gate has the reason of the first, the fourth that of the second: none.
    assert_eq!(all.disqualify, Some(0));
    assert_eq!(found(&["w"]).disqualify, Some(1));
    assert_eq!(found(&["y", "z"]).disqualify, Some(1));
    assert_eq!(found(&[]), Default::default());
    // Without `until`, what is no longer fulfilled is to be reverted; without a gate nothing is.
    assert!(outcome(&gates(false, false).model, &visits(&[]), day(1)).gates.revert);
    assert!(!outcome(&ModelMaker::new().model, &visits(&[]), day(1)).gates.revert);
}

#[test]
fn another_gate_with_the_same_reason_is_no_change() {
    let maker = gates(true, false);
    let facts = |pages: &[(&str, Instant)]| Facts { stage: Stage::Disqualified, ..visits(pages) };
    let until = |facts: &Facts| -> Outcome { outcome(&maker.model, facts, day(0)) };
    assert_eq!(until(&facts(&[("z", day(0)), ("x", day(5))])).valid_until, None);
    assert_eq!(until(&facts(&[("y", day(0)), ("x", day(5))])).valid_until, Some(day(5)));
    assert_eq!(until(&facts(&[("w", day(0)), ("y", day(5))])).valid_until, None);
}

#[test]
fn segments_may_be_named_before_their_condition_stands() {
    let mut maker = ModelMaker::new();
    let named = maker.condition(ConditionKind::Segment(SegmentIndex(0)));
    let not = maker.condition(ConditionKind::Not(named));
    maker.model.gates.sql = Some(not);
    let term = maker.term(VISITED, &["*"], &[]);
    let score =
        ConditionKind::Score { score: ScoreIndex(0), comparison: Comparison::Greater, points: points(0) };
    let scored = maker.condition(score);
    maker.segment(scored);
    maker.rule(each(term, Window::Ever, 1, None), 1_000, None);
    let facts = visits(&[("a", day(1))]);
    let found = [day(0), day(1)].map(|now| outcome(&maker.model, &facts, now));
    assert_eq!(
        found.each_ref().map(|found| (found.segments[0], found.gates.sql)),
        [(false, true), (true, false)]
    );
}

#[test]
fn what_no_time_touches_is_worked_out_once_for_all_stages_but_one() {
    let rules = "attribute need: flag\nattribute bored: flag\nscore total { need => +3 }\nband total { high >= 3, low }\n\
                 segment needy when need\nstage mql when need again after 30d\nrecycle when bored";
    let rules = crate::RuleSet::compile(rules).unwrap();
    let plan = &rules.compiled.plan;
    for (need, bored) in [(false, false), (true, false), (true, true)] {
        let lead = rules.lead().set("need", need).unwrap().set("bored", bored).unwrap().build();
        let signals = plan.signals(lead.facts());
        let settled = settled(plan, &signals).unwrap();
        for stage in Stage::ALL {
            for since in [None, Some(day(0)), Some(day(90))] {
                let (mut plain, mut found) = (Outcome::default(), Outcome::default());
                let now = day(100);
                evaluate(plan, &signals, (stage, since), now, &mut Scratch::default(), &mut plain);
                // Recycled leads may come back once they have waited.
                let taken = take_settled(plan, &settled, (stage, since), now, &mut found);
                assert_eq!(taken, stage != Stage::Recycled);
                assert!(!taken || found == plain, "{stage} {since:?}");
            }
        }
    }
    let timed = crate::RuleSet::compile("visited(pricing) >= 1 within 30d => +5").unwrap();
    let plan = &timed.compiled.plan;
    assert!(settled(plan, &plan.signals(timed.lead().build().facts())).is_none());
}
