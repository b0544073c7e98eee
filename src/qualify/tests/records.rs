//! Histories: every one rebuilds the qualification, and none that was tampered with does.

use super::*;
use crate::qualify::digest::Digest;
use crate::qualify::{Actor, Answer, BantItem, Reason, Trigger, Why};

/// A life with every trigger in it but import: its records, and the qualification after each.
pub(super) fn life() -> Vec<(Record, Qualification)> {
    let rules = rules();
    let stricter = RuleSet::compile(&RULES.replace("inactive for 90d", "inactive for 60d")).unwrap();
    let mut life = Vec::new();
    let mut q = rules.qualification("L-1");
    let keep = |life: &mut Vec<(Record, Qualification)>, records: Vec<Record>, q: &Qualification| {
        let [record] = records.as_slice() else { panic!("not one record: {records:?}") };
        life.push((record.clone(), q.clone()));
    };
    let hot = |lead: LeadBuilder<'_>| lead.set("need", true).unwrap().build();
    macro_rules! see {
        ($rules:expr, $now:expr, $($known:tt)+) => {{
            let mut lead = ($($known)+)($rules.lead().id("L-1").bant(q.bant()));
            q.place(&mut lead);
            let records = q.observe(&$rules.evaluate(&lead, at($now)), &lead).unwrap();
            keep(&mut life, records, &q);
        }};
    }
    macro_rules! give {
        ($command:ident($($argument:expr),*) $now:expr) => {{
            let record = q.$command($($argument,)* at($now), "dana").unwrap();
            keep(&mut life, vec![record], &q);
        }};
    }
    see!(rules, "2026-01-01", LeadBuilder::build);
    see!(rules, "2026-01-02", hot);
    let breach = q.report_breach(at("2026-01-05")).unwrap().unwrap();
    keep(&mut life, vec![breach], &q);
    give!(reject(Reason::NotReady, Stage::Recycled) "2026-01-05");
    give!(reopen() "2026-01-06");
    see!(rules, "2026-01-06", hot);
    see!(rules, "2026-01-07", LeadBuilder::build);
    see!(rules, "2026-01-08", hot);
    give!(accept() "2026-01-08");
    give!(answer(BantItem::Budget, Answer::Confirmed) "2026-01-09");
    give!(answer(BantItem::Authority, Answer::Confirmed) "2026-01-09");
    let mut lead = hot(rules.lead().id("L-1").bant(q.bant()));
    q.place(&mut lead);
    let evaluation = rules.evaluate(&lead, at("2026-01-09"));
    give!(qualify(&evaluation, &lead) "2026-01-10");
    give!(send_back(Reason::Other("merged with another firm".into())) "2026-01-11");
    let adopted = q.adopt(&stricter, at("2026-01-12"), "eli").unwrap().unwrap();
    keep(&mut life, vec![adopted], &q);
    see!(stricter, "2026-01-13", |lead: LeadBuilder<'_>| {
        hot(lead.set("email_domain", "competitor.example").unwrap())
    });
    give!(disqualify(Reason::BadFit) "2026-01-14");
    give!(reopen() "2026-01-15");
    see!(stricter, "2026-06-15", |lead: LeadBuilder<'_>| {
        hot(lead.event("visited", "blog", at("2026-01-15")).unwrap())
    });
    see!(stricter, "2026-07-16", hot);
    give!(accept() "2026-07-16");
    // Nothing changes, and yet the next command rests on it.
    let mut lead = hot(stricter.lead().id("L-1").bant(q.bant()));
    q.place(&mut lead);
    assert_eq!(q.observe(&stricter.evaluate(&lead, at("2026-07-17")), &lead), Ok(vec![]));
    give!(qualify_anyway("a letter of intent") "2026-07-18");
    give!(win() "2026-07-19");
    give!(answer(BantItem::Need, Answer::Denied) "2026-07-20");
    life
}

fn records() -> Vec<Record> {
    life().into_iter().map(|(record, _)| record).collect()
}

#[test]
fn the_life_has_every_trigger() {
    let records = records();
    for trigger in Trigger::ALL {
        let is_there = records.iter().any(|record| record.what == trigger);
        assert_eq!(is_there, trigger != Trigger::Import, "{trigger}");
    }
}

#[test]
fn records_rebuild_the_qualification_after_each_of_them() {
    let life = life();
    let records: Vec<&Record> = life.iter().map(|(record, _)| record).collect();
    for (last, (_, expected)) in life.iter().enumerate() {
        let rebuilt = Qualification::rebuild(records[..=last].iter().copied());
        assert_eq!(rebuilt.as_ref(), Ok(expected), "{last}");
        assert_eq!(expected.check_records(records[..=last].iter().copied()), Ok(()));
    }
    assert_eq!(
        Qualification::rebuild::<Record>([]).unwrap_err().to_string(),
        "record 1, records: found none where at least one record belongs"
    );
    let fresh = rules().qualification("L-1");
    assert_eq!(fresh.check_records(&[]), Ok(()));
}

#[test]
fn a_history_that_lacks_repeats_or_reorders_is_refused_with_the_place() {
    let records = records();
    let refused_at = |records: &[Record]| Qualification::rebuild(records).unwrap_err().index();
    for place in 0..records.len() {
        let mut twice = records.clone();
        twice.insert(place, records[place].clone());
        assert_eq!(refused_at(&twice), place + 1);
        if place + 1 == records.len() {
            continue;
        }
        let mut without = records.clone();
        without.remove(place);
        assert_eq!(refused_at(&without), place);
        for other in place + 1..records.len() {
            let mut swapped = records.clone();
            swapped.swap(place, other);
            assert_eq!(refused_at(&swapped), place);
            // Numbered anew they are in order, but no longer what was written.
            for (index, record) in swapped.iter_mut().enumerate() {
                record.sequence = index as u64 + 1;
            }
            assert_eq!(refused_at(&swapped), place);
        }
    }
}

type Forgery = (&'static str, fn(&mut Record) -> bool, Option<&'static [&'static str]>);

/// What a forger may do to a record; true where it applies. The fields are those that the refusal may name when
/// the digests were worked out anew; none where then nobody could tell.
const FORGERIES: [Forgery; 29] = [
    (
        "sequence",
        |r| {
            r.sequence += 1;
            true
        },
        Some(&["sequence"]),
    ),
    (
        "lead",
        |r| {
            r.lead.push('x');
            true
        },
        Some(&["lead"]),
    ),
    (
        "earlier",
        |r| {
            r.at -= chrono::TimeDelta::days(400);
            r.sequence > 1
        },
        Some(&["at"]),
    ),
    (
        "later",
        |r| {
            r.at += chrono::TimeDelta::days(4_000);
            r.from != Stage::Customer
        },
        Some(&["at", "evaluation.at", "due"]),
    ),
    (
        "from",
        |r| {
            r.from = other_stage(r.from);
            true
        },
        Some(&["from"]),
    ),
    (
        "to",
        |r| {
            r.to = other_stage(r.to);
            true
        },
        Some(&["to"]),
    ),
    (
        "customer",
        |r| {
            let was = r.to;
            r.to = Stage::Customer;
            was != Stage::Customer
        },
        Some(&["to"]),
    ),
    (
        "what",
        |r| {
            r.what = Trigger::Win;
            r.from != Stage::Sql
        },
        Some(&["what", "by", "fingerprint"]),
    ),
    (
        "imported",
        |r| {
            r.what = Trigger::Import;
            r.sequence > 1
        },
        Some(&["what", "by", "fingerprint"]),
    ),
    (
        "a person did it",
        |r| {
            let was = r.by.clone();
            r.by = Actor::Person("mallory".into());
            was == Actor::Rules
        },
        Some(&["by", "why", "what", "entered, left and bands"]),
    ),
    (
        "the rules did it",
        |r| {
            let was = r.by.clone();
            r.by = Actor::Rules;
            was != Actor::Rules
        },
        Some(&["by", "why", "evaluation.at", "evaluation", "what"]),
    ),
    (
        "nobody did it",
        |r| {
            let was = r.by.clone();
            r.by = Actor::Person(String::new());
            was != Actor::Rules
        },
        Some(&["by"]),
    ),
    (
        "somebody else did it",
        |r| {
            let was = r.by.clone();
            r.by = Actor::Person("mallory".into());
            was != Actor::Rules
        },
        None,
    ),
    ("no reason", |r| r.why.take().is_some(), Some(&["why"])),
    ("a reason", |r| r.why.replace(Why::Reason(Reason::Other(String::new()))).is_none(), Some(&["why"])),
    (
        "another gate",
        |r| matches!(r.why.replace(Why::Gate { gate: crate::Gate::Revert, reason: None }), Some(Why::Gate { gate, .. }) if gate != crate::Gate::Revert),
        Some(&["why"]),
    ),
    (
        "empty words",
        |r| matches!(r.why.replace(Why::Override(" ".into())), Some(Why::Override(_))),
        Some(&["why"]),
    ),
    (
        "another breach",
        |r| matches!(r.why.replace(Why::Due(at("2026-01-01"))), Some(Why::Due(_))),
        Some(&["why"]),
    ),
    ("no evaluation", |r| r.evaluation.take().is_some(), Some(&["evaluation"])),
    (
        "an evaluation of later",
        |r| {
            r.evaluation.as_mut().is_some_and(|e| {
                e.at += chrono::TimeDelta::days(999);
                true
            })
        },
        Some(&["evaluation.at"]),
    ),
    (
        "an evaluation of long ago",
        |r| {
            r.sequence > 1
                && r.evaluation.as_mut().is_some_and(|e| {
                    e.at = at("2025-01-01");
                    true
                })
        },
        Some(&["evaluation.at"]),
    ),
    (
        "other scores",
        |r| {
            r.evaluation.as_mut().is_some_and(|e| {
                e.scores.clear();
                true
            })
        },
        None,
    ),
    (
        "a deadline before the promotion",
        |r| {
            r.due = Some(r.at - chrono::TimeDelta::days(1));
            r.what == Trigger::Promote
        },
        Some(&["due"]),
    ),
    ("a deadline", |r| r.what != Trigger::Promote && r.due.replace(r.at).is_none(), Some(&["due"])),
    (
        "a segment left",
        |r| {
            r.left.push("nowhere".into());
            true
        },
        Some(&["left", "entered, left and bands"]),
    ),
    (
        "a segment entered where nobody looked",
        |r| {
            r.entered.push("elsewhere".into());
            let is_judged = matches!(r.why, Some(Why::Gate { .. }));
            r.what == Trigger::Breach || (matches!(r.by, Actor::Person(_)) && !is_judged)
        },
        Some(&["entered, left and bands"]),
    ),
    (
        "a segment twice",
        |r| {
            let first = r.entered.first().cloned();
            r.entered.extend(first.clone());
            first.is_some()
        },
        Some(&["entered"]),
    ),
    (
        "another band before",
        |r| {
            r.bands.first_mut().is_some_and(|change| {
                change.from = Some("x".into());
                true
            })
        },
        Some(&["bands.from"]),
    ),
    (
        "other rules",
        |r| {
            r.fingerprint = RuleSet::compile("need => 9").unwrap().fingerprint();
            r.what != Trigger::Adopt
        },
        Some(&["fingerprint", "evaluation.fingerprint"]),
    ),
];

fn other_stage(stage: Stage) -> Stage {
    if stage == Stage::Sal { Stage::Sql } else { Stage::Sal }
}

#[test]
fn a_record_that_was_changed_is_refused_with_the_place() {
    let records = records();
    for (name, forge, _) in FORGERIES {
        let mut applied = 0;
        for place in 0..records.len() {
            let mut forged = records.clone();
            if !forge(&mut forged[place]) {
                continue;
            }
            applied += 1;
            assert_eq!(Qualification::rebuild(&forged).unwrap_err().index(), place, "{name}");
        }
        assert!(applied > 0, "{name}");
    }
    let mut forged = records.clone();
    forged[4].by = Actor::Person("mallory".to_owned());
    let error = Qualification::rebuild(&forged).unwrap_err();
    assert_eq!((error.index(), error.field()), (4, "digest"));
    let (found, expected) = (records[4].digest, Digest::of_record(&forged[4], records[3].digest));
    assert_eq!(
        error.to_string(),
        format!(
            "record 5 of lead \"L-1\", digest: found {found} where {expected}, the digest of this record and the \
             one before it, belongs"
        )
    );
}

/// Whoever works the digests out anew is found out by what does not go together.
#[test]
fn a_forger_who_knows_the_digests_is_found_out_by_what_does_not_fit() {
    let records = records();
    for (name, forge, fields) in FORGERIES {
        for place in 0..records.len() {
            let mut forged = records.clone();
            if !forge(&mut forged[place]) {
                continue;
            }
            chain(&mut forged);
            match (Qualification::rebuild(&forged), fields) {
                (Ok(_), None) => {}
                (Err(error), Some(fields)) => {
                    // What the record claims of before may come to light only with the next one.
                    assert!(error.index() == place || error.index() == place + 1, "{name}, {place}: {error}");
                    assert!(fields.contains(&error.field()), "{name}, {place}: {error}");
                }
                (found, _) => panic!("{name}, {place}: {found:?}\n{}", forged[place]),
            }
        }
    }
}

#[test]
fn a_breach_before_its_time_or_once_more_is_refused() {
    let records = records();
    let place = records.iter().position(|record| record.what == Trigger::Breach).unwrap();
    let refused = |mut forged: Vec<Record>| {
        chain(&mut forged);
        let error = Qualification::rebuild(&forged).unwrap_err();
        (error.index(), error.field().to_owned())
    };
    let mut early = records[..=place].to_vec();
    early[place].at -= chrono::TimeDelta::days(2);
    assert_eq!(refused(early), (place, "what".to_owned()));
    let mut again = records[..=place].to_vec();
    again.push(Record { sequence: records[place].sequence + 1, ..records[place].clone() });
    assert_eq!(refused(again), (place + 1, "what".to_owned()));
}

/// A step that the table lacks is refused with those that it has.
#[test]
fn a_step_that_is_not_in_the_table_is_refused_with_those_that_are() {
    let rules = rules();
    let forged = |stage: Stage, what: Trigger, by: Actor, to: Stage| {
        let (_, first) = standing(&rules, stage);
        let mut second = first.clone();
        (second.sequence, second.what, second.from, second.to) = (2, what, stage, to);
        (second.by, second.why) = (by, None);
        let mut records = [first, second];
        chain(&mut records);
        Qualification::rebuild(&records).unwrap_err().to_string()
    };
    let person = || Actor::Person("mallory".to_owned());
    for (found, expected) in [
        (forged(Stage::Lead, Trigger::Win, person(), Stage::Customer), "found win where disqualify belongs"),
        (
            forged(Stage::Sql, Trigger::Accept, person(), Stage::Sal),
            "found accept where send_back, win or disqualify belongs",
        ),
        (
            forged(Stage::Sal, Trigger::Promote, Actor::Rules, Stage::Mql),
            "found promote where disqualify belongs",
        ),
        (
            forged(Stage::Lead, Trigger::Revert, Actor::Rules, Stage::Lead),
            "found revert where promote, recycle or disqualify belongs",
        ),
        (
            forged(Stage::Customer, Trigger::Reopen, person(), Stage::Lead),
            "found reopen where no step, from customer, belongs",
        ),
    ] {
        assert_eq!(found, format!("record 2 of lead \"L-1\", what: {expected}"));
    }
}

fn chain(records: &mut [Record]) {
    let mut before = Digest::before_all(&records[0].lead);
    for record in records {
        record.digest = Digest::of_record(record, before);
        before = record.digest;
    }
}

#[test]
fn a_stored_qualification_is_held_against_its_records() {
    let life = life();
    let records: Vec<&Record> = life.iter().map(|(record, _)| record).collect();
    let (_, q) = life.last().unwrap();
    // Evaluations that changed nothing leave no record.
    let mut later = q.clone();
    later.evaluation.as_mut().unwrap().at = at("2026-08-01");
    assert_eq!(later.check_records(records.iter().copied()), Ok(()));
    let refused = |q: &Qualification, records: &[&Record]| {
        let error = q.check_records(records.iter().copied()).unwrap_err();
        (error.index(), error.field().to_owned())
    };
    let all = records.len();
    assert_eq!(refused(q, &records[..all - 1]), (all - 1, "records".to_owned()));
    assert_eq!(refused(&life[all - 2].1, &records), (all - 1, "records".to_owned()));
    assert_eq!(refused(q, &records[1..]), (0, "sequence".to_owned()));
    type Change = fn(&mut Qualification);
    let changes: [(&str, Change); 11] = [
        ("stage", |q| q.stage = Stage::Sql),
        ("stage_since", |q| q.stage_since = None),
        ("due", |q| q.due = q.recorded_at),
        ("breached", |q| q.breached = true),
        ("segments", |q| q.segments.extend(["x".to_owned()])),
        ("bands", |q| q.bands.extend([("x".to_owned(), "y".to_owned())])),
        ("bant", |q| q.bant.budget.by = None),
        ("recorded_at", |q| q.recorded_at = Some(at("2027-01-01"))),
        ("evaluation", |q| q.evaluation = None),
        // Of the same instant, before the last record, and yet another one.
        ("evaluation", |q| q.evaluation.as_mut().unwrap().scores.clear()),
        ("digest", |q| q.digest = Digest::before_all("x")),
    ];
    for (field, change) in changes {
        let mut changed = q.clone();
        change(&mut changed);
        assert_eq!(refused(&changed, &records), (all - 1, format!("{field} of the qualification")));
    }
    let mut changed = q.clone();
    changed.digest = Digest::before_all("x");
    assert_eq!(
        changed.check_records(records.iter().copied()).unwrap_err().to_string(),
        format!(
            "record {all} of lead \"L-1\", digest of the qualification: found {} where {} belongs",
            changed.digest, q.digest
        )
    );
}

/// The digests of version 1: they change only with the version of the stored form.
#[test]
fn digests_are_the_same_in_every_release() {
    let record = rules().qualification("L-1").disqualify(Reason::BadData, today(), "dana").unwrap();
    let before = Digest::before_all("L-1");
    assert_eq!(before.to_string(), "0b2afc4d4c6879f18ccf5197b1beed02e29456834e295310a4b4423b59da9dcd");
    assert_eq!(record.digest.to_string(), "3e2ed87b335553dff57395e9b0c2c50a214c3c0fe2ac413ba742f5e379204394");
}
