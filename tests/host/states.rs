//! States of leads across versions of a rule set: what a version did not ask for is missing until it is rebuilt, and
//! merging, storing and reading keep that in mind.

use leadql::{Keeper, LeadState, NewEvent, RuleSet};

use super::at;

const OLD: &str = "visited(pricing) >= 2 => +1";
const NEW: &str = "visited(pricing) >= 2 => +1\neach viewed(\"Case Study\" | blog | docs | news | jobs) => +10\nneed => +100";

/// A state that the older version kept, read by the newer.
fn adopted(keeper: &mut Keeper) -> LeadState {
    let mut old = RuleSet::compile(OLD).unwrap().keeper();
    let mut state = old.new_state("L-1");
    for day in ["2026-01-01", "2026-01-02"] {
        old.record(&mut state, &NewEvent::new("visited", "pricing", at(day)), at("2026-01-03")).unwrap();
    }
    let stored = old.store(&state).unwrap();
    keeper.adopt(&stored).unwrap()
}

fn parts(keeper: &Keeper, state: &LeadState) -> Vec<String> {
    keeper.parts(state).unwrap().iter().map(ToString::to_string).collect()
}

fn score(rules: &RuleSet, state: &LeadState) -> Result<String, String> {
    let mut evaluator = rules.evaluator();
    let evaluation = evaluator.evaluate_state(state, at("2026-01-03")).map_err(|error| error.to_string())?;
    Ok(evaluation.score("score").unwrap().to_string())
}

const MISSING: [&str; 3] = [
    "attribute need: to be rebuilt from history",
    "events visited(pricing): carried over",
    "events viewed(\"case study\" | blog | docs | news | 1 more): to be rebuilt from history",
];

#[test]
fn what_is_missing_stays_so_through_merging_and_storing() {
    let rules = RuleSet::compile(NEW).unwrap();
    let mut keeper = rules.keeper();
    let state = adopted(&mut keeper);
    assert!(state.must_be_rebuilt());
    assert_eq!(parts(&keeper, &state), MISSING);
    assert!(score(&rules, &state).unwrap_err().contains("attribute need"));

    // Together with a whole state it is not whole.
    for turned in [false, true] {
        let (mut one, mut other) = (keeper.new_state("L-1"), state.clone());
        if turned {
            std::mem::swap(&mut one, &mut other);
        }
        keeper.merge(&mut one, &other).unwrap();
        assert_eq!(parts(&keeper, &one), MISSING);
    }
    // Two that lack the same lack it once.
    let mut twice = state.clone();
    keeper.merge(&mut twice, &state).unwrap();
    assert_eq!(parts(&keeper, &twice), MISSING);

    // Stored and read again it lacks the same, and the older version still finds all that it asks for.
    let stored = keeper.store(&state).unwrap();
    let again = keeper.adopt(&stored).unwrap();
    assert_eq!(parts(&keeper, &again), MISSING);
    let old_rules = RuleSet::compile(OLD).unwrap();
    let mut old = old_rules.keeper();
    let back = old.adopt(&stored).unwrap();
    assert!(!back.must_be_rebuilt());
    assert_eq!(score(&old_rules, &back), Ok("1".to_owned()));
}

#[test]
fn a_history_that_is_played_again_makes_it_whole() {
    let rules = RuleSet::compile(NEW).unwrap();
    let mut keeper = rules.keeper();
    let mut state = adopted(&mut keeper);
    let now = at("2026-01-03");
    for (kind, subject) in
        [("visited", "pricing"), ("viewed", "CASE STUDY"), ("viewed", "blog"), ("viewed", "else")]
    {
        keeper.replay(&mut state, &NewEvent::new(kind, subject, at("2026-01-02")), now).unwrap();
    }
    let need = keeper.attribute("need").unwrap();
    keeper.set(&mut state, need, true, now).unwrap();
    assert!(score(&rules, &state).is_err(), "nobody said that this is all");
    keeper.rebuilt(&mut state).unwrap();
    assert!(!state.must_be_rebuilt());
    assert!(parts(&keeper, &state).iter().all(|part| part.ends_with(": carried over")));
    assert_eq!(score(&rules, &state), Ok("121".to_owned()));
}
