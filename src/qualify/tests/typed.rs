//! The typestates against the run-time machine: the same commands, the same records, the same errors.

use super::*;
use crate::qualify::typed::{self, InStage, Qualified, StageMarker};
use crate::qualify::{Answer, BantItem, QualificationError, Reason, STEPS, Trigger, commands_from};

type Typed = Result<(Qualification, Record), Box<(Qualification, QualificationError)>>;

/// Gives a command to a qualification whose stage has it as a method.
fn give_typed(
    qualification: Qualification,
    command: Trigger,
    to: Stage,
    evaluation: &Evaluation,
) -> Option<Typed> {
    let (now, by) = (today(), "dana");
    fn untyped<F: StageMarker, T>(given: Result<(Qualified<T>, Record), typed::Refused<F>>) -> Typed {
        given.map(|(qualified, record)| (qualified.into_inner(), record)).map_err(|refused| {
            let (qualified, error) = refused.into_parts();
            Box::new((qualified.into_inner(), error))
        })
    }
    Some(match (qualification.in_stage(), command) {
        (InStage::Mql(mql), Trigger::Accept) => untyped(mql.accept(now, by)),
        (InStage::Mql(mql), Trigger::Reject) if to == Stage::Recycled => {
            untyped(mql.reject_to_recycled(Reason::NotReady, now, by))
        }
        (InStage::Mql(mql), Trigger::Reject) => {
            untyped(mql.reject_to_disqualified(Reason::NotReady, now, by))
        }
        (InStage::Sal(sal), Trigger::Qualify) => untyped(sal.qualify(evaluation, None, now, by)),
        (InStage::Sal(sal), Trigger::SendBack) => untyped(sal.send_back(Reason::NotReady, now, by)),
        (InStage::Sql(sql), Trigger::SendBack) => untyped(sql.send_back(Reason::NotReady, now, by)),
        (InStage::Sql(sql), Trigger::Win) => untyped(sql.win(now, by)),
        (InStage::Lead(lead), Trigger::Disqualify) => untyped(lead.disqualify(Reason::NotReady, now, by)),
        (InStage::Mql(mql), Trigger::Disqualify) => untyped(mql.disqualify(Reason::NotReady, now, by)),
        (InStage::Sal(sal), Trigger::Disqualify) => untyped(sal.disqualify(Reason::NotReady, now, by)),
        (InStage::Sql(sql), Trigger::Disqualify) => untyped(sql.disqualify(Reason::NotReady, now, by)),
        (InStage::Recycled(recycled), Trigger::Disqualify) => {
            untyped(recycled.disqualify(Reason::NotReady, now, by))
        }
        (InStage::Disqualified(out), Trigger::Disqualify) => {
            untyped(out.disqualify(Reason::NotReady, now, by))
        }
        (InStage::Recycled(recycled), Trigger::Reopen) => untyped(recycled.reopen(now, by)),
        (InStage::Disqualified(out), Trigger::Reopen) => untyped(out.reopen(now, by)),
        _ => return None,
    })
}

fn give(
    qualification: &mut Qualification,
    command: Trigger,
    to: Stage,
    evaluation: &Evaluation,
) -> Result<Record, QualificationError> {
    let (now, by, reason) = (today(), "dana", Reason::NotReady);
    match command {
        Trigger::Accept => qualification.accept(now, by),
        Trigger::Reject => qualification.reject(reason, to, now, by),
        Trigger::Qualify => qualification.qualify(evaluation, None, now, by),
        Trigger::SendBack => qualification.send_back(reason, now, by),
        Trigger::Win => qualification.win(now, by),
        Trigger::Disqualify => qualification.disqualify(reason, now, by),
        Trigger::Reopen => qualification.reopen(now, by),
        other => panic!("{other} is no command"),
    }
}

/// Where the run-time machine allows a command, the stage has the method, and both do the same; where it does not,
/// there is no method.
#[test]
fn both_faces_agree_on_every_stage_and_command() {
    let rules = rules();
    for stage in Stage::ALL {
        for step in STEPS.iter().filter(|step| !step.automatic) {
            for to in step.to {
                let (before, _) = standing(&rules, stage);
                let (evaluation, _) = evaluated(&rules, &before, today(), |lead| {
                    lead.set("budget", true).and_then(|lead| lead.set("timing", true)).unwrap()
                });
                let mut qualification = before.clone();
                let given = give(&mut qualification, step.trigger, *to, &evaluation);
                let typed = give_typed(before, step.trigger, *to, &evaluation);
                let is_allowed = commands_from(stage).any(|command| command == step.trigger);
                assert_eq!(
                    (given.is_ok(), typed.is_some()),
                    (is_allowed, is_allowed),
                    "{} from {stage}",
                    step.trigger
                );
                if let (Ok(record), Some(typed)) = (given, typed) {
                    assert_eq!(typed, Ok((qualification, record)));
                }
            }
        }
    }
}

#[test]
fn what_is_refused_comes_back_as_it_was() {
    let (before, _) = standing(&rules(), Stage::Mql);
    let mql = Qualified::<typed::Mql>::try_from(before.clone()).unwrap();
    let refused = mql.accept(today(), " ").unwrap_err();
    assert_eq!(refused.to_string(), "by is empty; a name for whoever does this belongs here");
    let (mql, error) = refused.into_parts();
    assert_eq!(before.clone().accept(today(), " "), Err(error));
    assert_eq!(mql.as_inner(), &before);
}

#[test]
fn going_there_and_back_loses_nothing() {
    let rules = rules();
    for stage in Stage::ALL {
        let (before, _) = standing(&rules, stage);
        assert_eq!(before.clone().in_stage().into_inner(), before);
        let taken = Qualified::<typed::Sal>::try_from(before.clone());
        match taken {
            Ok(sal) => assert_eq!((Qualification::from(sal), stage), (before, Stage::Sal)),
            Err(other) => {
                assert_eq!(other.to_string(), format!("the lead stands at {stage}, not at sal"));
                assert_eq!(other.into_inner(), before);
            }
        }
    }
}

#[test]
fn an_evaluation_may_lead_to_another_type() {
    let rules = rules();
    let InStage::Lead(lead) = rules.qualification("L-1").in_stage() else { panic!("a lead begins as one") };
    let (evaluation, facts) =
        evaluated(&rules, lead.as_inner(), today(), |lead| lead.set("need", true).unwrap());
    let (next, records) = lead.observe(&evaluation, &facts).unwrap();
    let InStage::Mql(mql) = next else { panic!("{next:?}") };
    assert_eq!(records.len(), 1);
    let refused = mql.observe(&rules.evaluate(&facts, at("2026-11-03")), &facts).unwrap_err();
    assert!(matches!(refused.error(), QualificationError::OtherStage { .. }));
    let (mql, _) = refused.into_parts();
    let (evaluation, facts) = evaluated(&rules, mql.as_inner(), at("2026-11-03"), |lead| lead);
    let (next, _) = mql
        .observe_with_deadline(&evaluation, &facts, |_, _| Err::<DateTime<Utc>, _>("nothing is promoted"))
        .unwrap();
    assert!(matches!(next, InStage::Lead(_)));
}

#[test]
fn what_leaves_the_stage_leaves_the_type() {
    let (rules, other) = (rules(), RuleSet::compile("need => 7").unwrap());
    let (mut plain, records) = promoted(&rules);
    let mut mql = Qualified::<typed::Mql>::try_from(plain.clone()).unwrap();
    let later = at("2026-11-09");
    let breach = mql.report_breach(later).unwrap();
    assert_eq!((breach.is_some(), breach), (true, plain.report_breach(later).unwrap()));
    let answer = mql.answer(BantItem::Need, Answer::Confirmed, later, "dana");
    assert_eq!(answer, plain.answer(BantItem::Need, Answer::Confirmed, later, "dana"));
    assert_eq!(mql.adopt(&other, later, "dana"), plain.adopt(&other, later, "dana"));
    assert_eq!((mql.as_ref(), records.len()), (&plain, 1));
}
