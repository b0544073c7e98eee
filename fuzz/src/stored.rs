//! What a host stores and may get back cut or altered: states, qualifications and their records.

use std::sync::LazyLock;

use leadql::funnel::{Funnel, FunnelOptions};
use leadql::{NewEvent, Qualification, ReadOptions, Reason, Record, RuleSet, StateError, StoredState};

use super::look;

/// The rule set of the examples, which what is kept in `tests/stored` is of.
static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    RuleSet::compile(include_str!("../../examples/saas/rules.lql")).unwrap_or_else(|found| panic!("{found}"))
});

/// Takes any bytes as a stored state, as a stored qualification, and as records, one a line.
pub fn run(data: &[u8]) {
    if let Ok(stored) = serde_json::from_slice::<StoredState>(data) {
        state(&stored);
        if let Some(mended) = mended_state(&stored) {
            state(&mended);
        }
    }
    if let Ok(qualification) = serde_json::from_slice::<Qualification>(data) {
        commands(qualification);
    }
    let text = String::from_utf8_lossy(data);
    let read: Vec<Record> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    records(&read);
    records(&mended_records(read));
    funnel(data);
}

/// The same state with the digest that its other fields come to, as whoever alters a state can work out: what the
/// digest shows must not be all that is looked at.
fn mended_state(stored: &StoredState) -> Option<StoredState> {
    let Err(StateError::Stored { place, expected, .. }) = RULES.keeper().adopt(stored) else { return None };
    if place != "digest" {
        return None;
    }
    let mut fields = serde_json::to_value(stored).expect("a stored state is plain data");
    fields["digest"] = expected.split(',').next()?.into();
    serde_json::from_value(fields).ok()
}

/// The same records, each with the digest that belongs there.
fn mended_records(mut records: Vec<Record>) -> Vec<Record> {
    const BEHIND: &str = ", the digest of this record";
    for _ in 0..records.len() {
        let Err(error) = Qualification::rebuild(&records) else { break };
        let (index, told) = (error.index(), error.to_string());
        let right = told.split(BEHIND).next().and_then(|told| told.rsplit(' ').next());
        let Some(right) = right.filter(|_| told.contains(BEHIND)) else { break };
        let Ok(right) = serde_json::from_value(right.into()) else { break };
        if let Some(record) = records.get_mut(index) {
            record.digest = right;
        }
    }
    records
}

/// Whatever is adopted can be evaluated or says that it must be rebuilt, goes on, and is stored as it is.
fn state(stored: &StoredState) {
    let mut keeper = RULES.keeper();
    let mut state = match keeper.adopt(stored) {
        Ok(state) => state,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let again = keeper.store(&state).expect("a state of this keeper");
    let text = serde_json::to_string(&again).expect("a stored state is plain data");
    let read: StoredState = serde_json::from_str(&text).expect("what was written is read");
    assert_eq!(again, read, "stored, then read back");
    let adopted = keeper.adopt(&read).expect("what was stored is adopted");
    assert_eq!(again, keeper.store(&adopted).expect("as before"), "stored, then stored again");

    let now = state.horizon().unwrap_or_else(|| look::at("2026-11-01"));
    let mut evaluator = RULES.evaluator();
    let said = |state: &_, evaluator: &mut leadql::Evaluator| {
        evaluator.evaluate_state(state, now).map(look::said).map_err(|error| error.to_string())
    };
    assert_eq!(said(&state, &mut evaluator), said(&adopted, &mut evaluator), "as adopted, then stored again");
    for days in [0, 3, 400] {
        let now = now + chrono::TimeDelta::days(days);
        let evaluation = evaluator.evaluate_state(&state, now);
        assert_eq!(evaluation.is_err(), state.must_be_rebuilt());
    }
    keeper.parts(&state).expect("a state of this keeper");
    keeper.record(&mut state, &NewEvent::new("visited", "pricing", now), now).ok();
    keeper.settle(&mut state).expect("a state of this keeper");
    if state.must_be_rebuilt() {
        keeper.rebuilt(&mut state).ok();
    }
    keeper.merge(&mut state, &adopted).ok();
    evaluator.evaluate_state(&state, now).ok();
}

/// Every command is taken or refused, and what it leads to is stored and read back as it is.
fn commands(qualification: Qualification) {
    same(&qualification);
    let now = qualification.last_instant().unwrap_or_else(|| look::at("2026-11-01"));
    let lead = RULES.lead().id(qualification.lead_id()).build();
    let steps: [fn(&mut Qualification, chrono::DateTime<chrono::Utc>) -> bool; 7] = [
        |qualification, now| qualification.accept(now, "dana").is_ok(),
        |qualification, now| qualification.qualify_anyway("asked", now, "dana").is_ok(),
        |qualification, now| qualification.win(now, "dana").is_ok(),
        |qualification, now| qualification.send_back(Reason::BadData, now, "dana").is_ok(),
        |qualification, now| qualification.disqualify(Reason::BadData, now, "dana").is_ok(),
        |qualification, now| qualification.reopen(now, "dana").is_ok(),
        |qualification, now| qualification.report_breach(now).is_ok(),
    ];
    for step in steps {
        let mut moved = qualification.clone();
        if step(&mut moved, now) {
            same(&moved);
        }
        assert!(moved.records() >= qualification.records());
    }
    let mut seen = qualification.clone();
    let mut placed = lead;
    seen.place(&mut placed);
    seen.observe(&RULES.evaluate(&placed, now), &placed).ok();
    qualification.check_records(&[]).ok();
}

fn same(qualification: &Qualification) {
    let text = serde_json::to_string(qualification).expect("a qualification is plain data");
    let read: Qualification = serde_json::from_str(&text).expect("what was written is read");
    assert_eq!(*qualification, read, "stored, then read back");
}

/// Records rebuild their qualification or are refused, alone and in a funnel.
fn records(read: &[Record]) {
    for record in read {
        let written = serde_json::to_string(record).expect("a record is plain data");
        let again: Record = serde_json::from_str(&written).expect("what was written is read");
        assert_eq!(*record, again, "written, then read back");
    }
    match Qualification::rebuild(read) {
        Ok(rebuilt) => {
            rebuilt.check_records(read).expect("it is what the records make of it");
            commands(rebuilt);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Records in a funnel are counted, or refused with their place.
fn funnel(data: &[u8]) {
    let mut funnel = Funnel::new(FunnelOptions::new());
    for line in funnel.read_records(data, &ReadOptions::new("records.jsonl")) {
        if let Err(error) = line {
            assert!(error.to_string().starts_with("records.jsonl"), "no place: {error}");
        }
    }
    let now = funnel.latest().unwrap_or_else(|| look::at("2026-11-01"));
    assert!(!funnel.report(now).to_string().is_empty());
}
