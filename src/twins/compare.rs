//! What must hold of every case, and how a case that breaks it is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::dice::Dice;
#[cfg(feature = "json")]
use super::keep;
use super::progress::{LONG, Progress};
use super::{Case, rules, shrink};
use crate::explain::Reader;
use crate::lead::Facts;
use crate::model::Model;
use crate::score::{self, Outcome, Scratch};
use crate::time::{Instant, Period};
use crate::{Diagnostics, RuleSet};

/// A case whose rule set is compiled and whose lead is read.
pub(super) struct Compiled<'c> {
    pub(super) case: &'c Case,
    pub(super) rules: RuleSet,
    pub(super) facts: Facts,
}

/// What came of trying a case.
#[derive(PartialEq)]
enum Verdict {
    Fine,
    /// The rule set does not compile, for reasons with these codes.
    Refused(Vec<&'static str>, String),
    Broken(String),
}

impl Verdict {
    /// Whether it is the same sort of failure: what shrinking must keep.
    fn is_like(&self, other: &Verdict) -> bool {
        match (self, other) {
            (Verdict::Refused(codes, _), Verdict::Refused(other, _)) => codes == other,
            (Verdict::Broken(_), Verdict::Broken(_)) => true,
            _ => false,
        }
    }
}

/// Tries a property on as many cases as `LEADQL_CASES` says, from a seed that differs by property.
pub(super) fn for_all(property: u64, holds: impl Fn(&Compiled<'_>) -> Result<(), String> + Sync) {
    for_one_in(1, property, holds);
}

/// As [`for_all`], on one in so many of these cases: for what takes long.
pub(super) fn for_one_in(
    share: u64,
    property: u64,
    holds: impl Fn(&Compiled<'_>) -> Result<(), String> + Sync,
) {
    let variable = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let cases = variable("LEADQL_CASES").unwrap_or(200) / share;
    let first = variable("LEADQL_SEED").unwrap_or(0) + property * 1_000_000_000;
    let Some(seed) = first_to_fail(first, cases, &holds) else { return };
    let case = of_seed(seed);
    let verdict = tried(&case, &holds);
    let smallest = shrink::smallest(case, |case| tried(case, &holds).is_like(&verdict));
    match tried(&smallest, &holds) {
        Verdict::Refused(_, why) => panic!("seed {seed} does not compile:\n{smallest}\n{why}"),
        Verdict::Broken(what) => {
            #[cfg(feature = "json")]
            let kept = keep::write_down(&smallest, seed);
            #[cfg(not(feature = "json"))]
            let kept = "";
            panic!("seed {seed}:\n{smallest}\n{what}\n{kept}")
        }
        Verdict::Fine => panic!("seed {seed} fails at times only:\n{smallest}"),
    }
}

/// Small rule sets and large ones in turn.
fn of_seed(seed: u64) -> Case {
    super::case(seed, 1 + usize::try_from(seed % 16).unwrap())
}

/// The seed of a case of which the property does not hold. The other tests keep the processors busy while this one
/// takes a few cases; a run over night has them to itself, and takes all of them.
fn first_to_fail(
    first: u64,
    cases: u64,
    holds: &(impl Fn(&Compiled<'_>) -> Result<(), String> + Sync),
) -> Option<u64> {
    let long = cases >= LONG;
    let threads = if long { thread::available_parallelism().map_or(1, usize::from) } else { 1 };
    let (next, agreed, failed) = (AtomicU64::new(first), AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let progress = Mutex::new(Progress::new(cases));
    let try_on = || {
        while failed.load(Ordering::Relaxed) == u64::MAX {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + cases {
                break;
            }
            if tried(&of_seed(seed), holds) == Verdict::Fine {
                let agreed = agreed.fetch_add(1, Ordering::Relaxed) + 1;
                if long {
                    progress.lock().unwrap().tell(agreed);
                }
            } else {
                failed.fetch_min(seed, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        (1..threads).for_each(|_| drop(scope.spawn(try_on)));
        try_on();
    });
    Some(failed.into_inner()).filter(|seed| *seed != u64::MAX)
}

fn tried(case: &Case, holds: &impl Fn(&Compiled<'_>) -> Result<(), String>) -> Verdict {
    let attempt = || {
        let compiled = match Compiled::of(case) {
            Ok(compiled) => compiled,
            Err(found) => {
                let codes = found.codes().map(|code| code.as_str()).collect();
                return Verdict::Refused(codes, found.to_string());
            }
        };
        match holds(&compiled) {
            Ok(()) => Verdict::Fine,
            Err(what) => Verdict::Broken(what),
        }
    };
    catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|_| Verdict::Broken("it panics".to_owned()))
}

impl<'c> Compiled<'c> {
    /// # Errors
    /// What is wrong with the rule set.
    pub(super) fn of(case: &'c Case) -> Result<Compiled<'c>, Diagnostics> {
        let rules = RuleSet::compile(&rules::render(&case.pieces))?;
        let facts = case.lead.facts(&rules.compiled.model.vocabulary);
        Ok(Compiled { case, rules, facts })
    }
}

impl Compiled<'_> {
    pub(super) fn model(&self) -> &Model {
        &self.rules.compiled.model
    }

    /// What the fast core makes of a lead.
    pub(super) fn core(&self, facts: &Facts, now: Instant) -> Outcome {
        let plan = &self.rules.compiled.plan;
        let mut outcome = Outcome::default();
        let stage = (facts.stage, facts.stage_since);
        score::evaluate(plan, &plan.signals(facts), stage, now, &mut Scratch::default(), &mut outcome);
        outcome
    }

    /// What the plain reading makes of a lead; only for how long that holds the core is asked. Finding that plainly,
    /// too, takes a reading for every edge.
    pub(super) fn plainly(&self, facts: &Facts, now: Instant) -> Outcome {
        let valid_until = self.core(facts, now).valid_until;
        Outcome { valid_until, ..Reader::new(self.model(), facts).read(now).outcome }
    }

    pub(super) fn equal(&self, what: &str, left: &Outcome, right: &Outcome) -> Result<(), String> {
        if left == right {
            return Ok(());
        }
        let names: Vec<&str> = self.rules.scores().collect();
        Err(format!("{what}\nscores: {names:?}\n{left:#?}\n{right:#?}"))
    }
}

/// An outcome but for how long it is valid.
fn timeless(outcome: Outcome) -> Outcome {
    Outcome { valid_until: None, ..outcome }
}

#[test]
fn the_core_gives_what_the_plain_reading_gives() {
    for_all(1, |compiled| {
        let now = compiled.case.now;
        let plain = Reader::new(compiled.model(), &compiled.facts).outcome(now);
        compiled.equal("plain reading, then core:", &plain, &compiled.core(&compiled.facts, now))
    });
}

#[test]
fn the_core_gives_what_the_plain_reading_gives_at_every_change() {
    for_all(2, |compiled| {
        let reader = Reader::new(compiled.model(), &compiled.facts);
        let mut now = compiled.case.now;
        for _ in 0..4 {
            let plain = reader.outcome(now);
            let equal = compiled.equal("plain, then core:", &plain, &compiled.core(&compiled.facts, now));
            equal.map_err(|what| format!("at {now}, {what}"))?;
            match plain.valid_until {
                Some(until) => now = until,
                None => break,
            }
        }
        Ok(())
    });
}

#[test]
fn nothing_differs_before_valid_until_and_something_does_at_it() {
    for_all(3, |compiled| {
        let now = compiled.case.now;
        let outcome = compiled.core(&compiled.facts, now);
        let Some(until) = outcome.valid_until else { return Ok(()) };
        if until <= now {
            return Err(format!("valid until {until}, which is not after now"));
        }
        // What is valid from now until then is so from every instant between.
        let before = compiled.core(&compiled.facts, until.minus(Period::from_micros(1)));
        compiled.equal("now, then just before valid_until:", &outcome, &before)?;
        if timeless(compiled.core(&compiled.facts, until)) == timeless(outcome) {
            return Err(format!("nothing differs at valid_until, {until}"));
        }
        Ok(())
    });
}

#[test]
fn the_order_of_events_does_not_matter() {
    for_all(4, |compiled| {
        let (now, mut lead) = (compiled.case.now, compiled.case.lead.clone());
        // Of events with one id and one time the first read counts.
        lead.events.iter_mut().for_each(|event| event.id = None);
        let facts = lead.facts(&compiled.model().vocabulary);
        Dice::new(lead.events.len() as u64).shuffle(&mut lead.events);
        let shuffled = lead.facts(&compiled.model().vocabulary);
        let (first, second) = (compiled.core(&facts, now), compiled.core(&shuffled, now));
        compiled.equal("in one order, then another:", &first, &second)
    });
}

#[test]
fn evaluating_twice_at_one_instant_is_the_same_as_once() {
    for_all(5, |compiled| {
        let now = compiled.case.now;
        let once = compiled.core(&compiled.facts, now);
        let moved = Facts { stage: once.stage, stage_since: Some(now), ..compiled.facts.clone() };
        compiled.equal("once, then twice:", &timeless(once), &timeless(compiled.core(&moved, now)))
    });
}

#[test]
fn a_lead_is_read_as_the_reference_says() {
    for_all(6, |compiled| {
        let read = compiled.rules.lead_from(&compiled.case.lead).map_err(|error| error.to_string())?;
        if *read.facts() == compiled.facts {
            return Ok(());
        }
        Err(format!("as the reference says, then as read:\n{:#?}\n{:#?}", compiled.facts, read.facts()))
    });
}
