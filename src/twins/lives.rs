//! A qualification that is looked at whenever an evaluation ceases to be valid goes through what a timeline tells:
//! every band, segment and stage at its instant, and its records rebuild it.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::compare::{Compiled, for_all};
use crate::qualification::{Actor, Trigger};
use crate::rule_set::Lead;
use crate::time::{Instant, Period};
use crate::{Difference, Qualification, Record};

/// At most so many instants of a case are looked at.
const LOOKS: usize = 40;

#[test]
fn a_qualification_goes_through_what_a_timeline_tells() {
    let steps = AtomicUsize::new(0);
    for_all(21, |compiled| {
        for days in [0, 45] {
            let start = compiled.case.now.minus(Period::from_seconds(days * 86_400));
            if let Some(start) = Instant::from_micros(start.micros()) {
                steps.fetch_add(same(compiled, start)?, Ordering::Relaxed);
            }
        }
        Ok(())
    });
    assert!(steps.load(Ordering::Relaxed) > 0, "no lead moved");
}

/// Gives the number of steps from stage to stage.
fn same(compiled: &Compiled<'_>, start: Instant) -> Result<usize, String> {
    let mut facts = compiled.facts.clone();
    facts.stage_since = facts.stage_since.filter(|since| *since <= start);
    let (stage, since) = (facts.stage, facts.stage_since.map(Into::into));
    let mut lead = Lead::new(&compiled.rules.compiled, facts);
    let timed = lead.clone();
    let imported = compiled.rules.imported_qualification(lead.id(), stage, since, start.into(), "host");
    let (mut qualification, first) = imported.map_err(|error| error.to_string())?;
    let mut records = vec![first];
    let (mut now, mut end) = (start, start);
    for _ in 0..LOOKS {
        end = now;
        let evaluation = look(compiled, &mut qualification, &mut lead, now, &mut records)?;
        // From its new stage the lead goes no further at the same instant; but that is valid for another time.
        let again = look(compiled, &mut qualification, &mut lead, now, &mut Vec::new())?;
        if evaluation.stage() != again.stage() || qualification.evaluation().is_none() {
            return Err(format!("two steps at {now}"));
        }
        let Some(next) = again.valid_until().map(Instant::nearest) else { break };
        now = next;
    }
    let mut told: Vec<String> = Vec::new();
    for record in records.iter().filter(|record| Instant::nearest(record.at) > start) {
        told.extend(changes(record));
    }
    let timeline =
        compiled.rules.timeline(&timed, start.into()..=end.into()).map_err(|error| error.to_string())?;
    let mut timed: Vec<String> = timeline
        .filter_map(|change| {
            let what = match change.what {
                Difference::Band { score, from, to } => format!("band {score} {from} {to}"),
                Difference::Segment { name, to, .. } => format!("segment {name} {to}"),
                Difference::Stage { from, to } => format!("stage {from} {to}"),
                Difference::Score { .. } => return None,
            };
            Some(format!("{} {what}", Instant::nearest(change.at)))
        })
        .collect();
    timed.sort();
    told.sort();
    if told != timed {
        return Err(format!("from {start}, told by records, then by a timeline:\n{told:#?}\n{timed:#?}"));
    }
    if Qualification::rebuild(&records).map(|rebuilt| rebuilt.digest()) != Ok(qualification.digest()) {
        return Err("the records give another qualification".to_owned());
    }
    qualification.check_records(&records).map_err(|error| error.to_string())?;
    Ok(told.iter().filter(|change| change.contains(" stage ")).count())
}

fn look(
    compiled: &Compiled<'_>,
    qualification: &mut Qualification,
    lead: &mut Lead,
    now: Instant,
    records: &mut Vec<Record>,
) -> Result<crate::Evaluation, String> {
    qualification.place(lead);
    let evaluation = compiled.rules.evaluate(lead, now.into());
    let new = qualification.observe(&evaluation, &*lead).map_err(|error| error.to_string())?;
    if new.iter().any(|record| record.by != Actor::Rules) {
        return Err("an evaluation is no person".to_owned());
    }
    records.extend(new);
    Ok(evaluation)
}

/// What a record tells, as a timeline would.
fn changes(record: &Record) -> Vec<String> {
    let at = Instant::nearest(record.at);
    let band = |change: &crate::qualification::BandChange| {
        let name = |band: &Option<String>| band.clone().unwrap_or_default();
        format!("{at} band {} {} {}", change.score, name(&change.from), name(&change.to))
    };
    let mut changes: Vec<String> = record.bands.iter().map(band).collect();
    changes.extend(record.entered.iter().map(|segment| format!("{at} segment {segment} true")));
    changes.extend(record.left.iter().map(|segment| format!("{at} segment {segment} false")));
    if record.is_step() && record.what != Trigger::Import {
        changes.push(format!("{at} stage {} {}", record.from, record.to));
    }
    changes
}
