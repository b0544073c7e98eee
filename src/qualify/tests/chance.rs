//! Lives made by chance: evaluations, commands and times in any order, held against a small second machine that
//! knows the language reference and nothing of the table.

use std::ops::ControlFlow;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::qualify::{Answer, BantItem, QualificationError, Reason, Trigger, Why};

/// Something that happens, so many seconds after what happened before.
#[derive(Clone, Copy, Debug)]
enum Happening {
    See(Known),
    /// The same evaluation once more.
    SeeAgain,
    Command(Command),
    Answer(BantItem, Answer),
    Breach,
    Adopt,
    /// The host stores the qualification and reads it back.
    Store,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    need: bool,
    competitor: bool,
    /// How many days ago the last visit was.
    visit: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Command {
    Accept,
    Reject(Stage),
    Qualify,
    QualifyAnyway,
    SendBack,
    Win,
    Disqualify,
    Reopen,
}

fn happening() -> impl Strategy<Value = (i64, Happening)> {
    let hours = |hours: i64| hours * 3_600;
    let after = prop::sample::select(vec![
        0,
        0,
        1,
        60,
        hours(1),
        hours(24),
        hours(48) - 1,
        hours(48),
        hours(49),
        hours(30 * 24),
        hours(95 * 24),
        -1,
        -60,
    ]);
    let visit = prop::option::of(prop::sample::select(vec![0, 1, 29, 30, 89, 90, 200]));
    let known = (prop::bool::weighted(0.6), prop::bool::weighted(0.05), visit)
        .prop_map(|(need, competitor, visit)| Known { need, competitor, visit });
    let command = prop::sample::select(vec![
        Command::Accept,
        Command::Accept,
        Command::Reject(Stage::Recycled),
        Command::Reject(Stage::Disqualified),
        Command::Reject(Stage::Mql),
        Command::Qualify,
        Command::QualifyAnyway,
        Command::SendBack,
        Command::Win,
        Command::Disqualify,
        Command::Reopen,
        Command::Reopen,
    ]);
    let item = prop::sample::select(BantItem::ALL.to_vec());
    let answer =
        prop::sample::select(vec![Answer::Confirmed, Answer::Confirmed, Answer::Denied, Answer::Unknown]);
    let what = prop_oneof![
        6 => known.prop_map(Happening::See),
        1 => Just(Happening::SeeAgain),
        8 => command.prop_map(Happening::Command),
        3 => (item, answer).prop_map(|(item, answer)| Happening::Answer(item, answer)),
        1 => Just(Happening::Breach),
        1 => Just(Happening::Adopt),
        1 => Just(Happening::Store),
    ];
    (after, what)
}

/// What the language reference says of stages and deadlines.
#[derive(Clone, Debug, PartialEq)]
struct Reference {
    stage: Stage,
    since: Option<DateTime<Utc>>,
    due: Option<DateTime<Utc>>,
    reported: bool,
    last: Option<DateTime<Utc>>,
}

impl Reference {
    fn go(&mut self, to: Stage, now: DateTime<Utc>, promotes: bool) {
        if self.stage != to {
            (self.stage, self.since, self.reported) = (to, Some(now), false);
            self.due = promotes.then(|| now + TimeDelta::hours(48));
        }
    }

    /// Where a command leads, if it is allowed.
    fn destination(&self, command: Command) -> Option<Stage> {
        match (command, self.stage) {
            (Command::Accept, Stage::Mql) => Some(Stage::Sal),
            (Command::Reject(to @ (Stage::Recycled | Stage::Disqualified)), Stage::Mql) => Some(to),
            (Command::Qualify | Command::QualifyAnyway, Stage::Sal) => Some(Stage::Sql),
            (Command::SendBack, Stage::Sal | Stage::Sql) => Some(Stage::Recycled),
            (Command::Win, Stage::Sql) => Some(Stage::Customer),
            (Command::Disqualify, stage) if stage != Stage::Customer => Some(Stage::Disqualified),
            (Command::Reopen, Stage::Recycled | Stage::Disqualified) => Some(Stage::Lead),
            _ => None,
        }
    }

    /// Where an evaluation leads, by its gates.
    fn step(&self, evaluation: &Evaluation, now: DateTime<Utc>) -> Stage {
        let waited = self.since.is_none_or(|since| since <= now - TimeDelta::days(30));
        match self.stage {
            Stage::Customer => Stage::Customer,
            _ if evaluation.disqualify().is_some() => Stage::Disqualified,
            Stage::Lead | Stage::Mql if evaluation.recycle().is_some() => Stage::Recycled,
            Stage::Mql if evaluation.revert() => Stage::Lead,
            Stage::Lead if evaluation.mql() && !evaluation.revert() => Stage::Mql,
            Stage::Recycled
                if evaluation.mql() && !evaluation.revert() && evaluation.recycle().is_none() && waited =>
            {
                Stage::Mql
            }
            stage => stage,
        }
    }
}

struct Life {
    /// The rule set and one that differs in nothing that matters here.
    rules: [RuleSet; 2],
    current: usize,
    now: DateTime<Utc>,
    q: Qualification,
    reference: Reference,
    records: Vec<Record>,
    latest: Option<(Evaluation, Lead)>,
}

impl Life {
    fn new() -> Self {
        let rules = [rules(), RuleSet::compile(&format!("{RULES} segment others when not need")).unwrap()];
        Life {
            q: rules[0].qualification("L-1"),
            rules,
            current: 0,
            now: today(),
            reference: Reference { stage: Stage::Lead, since: None, due: None, reported: false, last: None },
            records: Vec::new(),
            latest: None,
        }
    }

    fn evaluated(&self, known: Known) -> (Evaluation, Lead) {
        let (now, rules) = (self.now, &self.rules[self.current]);
        // With the visits of all the past: a lead does not forget.
        evaluated(rules, &self.q, now, |lead| {
            let lead = lead.set("need", known.need).unwrap();
            let domain = if known.competitor { "competitor.example" } else { "" };
            let lead = lead.set("email_domain", domain).unwrap();
            match known.visit {
                Some(days) => lead.event("visited", "pricing", now - TimeDelta::days(days)).unwrap(),
                None => lead,
            }
        })
    }

    /// Whether the instant is one that may come next.
    fn in_order(&self) -> bool {
        self.reference.last.is_none_or(|last| self.now >= last)
    }

    /// Lets it happen, and holds what comes of it against the reference.
    fn live(&mut self, after: i64, what: Happening) {
        let last = self.now.max(self.reference.last.unwrap_or(self.now));
        self.now = last + TimeDelta::seconds(after);
        let (before, records, in_order) = (self.q.clone(), self.records.len(), self.in_order());
        let outcome = self.happen(what);
        match outcome {
            ControlFlow::Break(error) => {
                assert_eq!(self.q, before, "{error}");
                assert_eq!(self.records.len(), records);
            }
            ControlFlow::Continue(()) => {
                assert!(in_order || matches!(what, Happening::Store | Happening::SeeAgain));
                if !matches!(what, Happening::Store | Happening::SeeAgain) {
                    let notes =
                        !matches!(what, Happening::Breach | Happening::Adopt) || self.records.len() > records;
                    self.reference.last = if notes { Some(self.now) } else { self.reference.last };
                }
            }
        }
        let found = Reference {
            stage: self.q.stage(),
            since: self.q.stage_since(),
            due: self.q.due(),
            reported: self.q.is_breach_reported(),
            last: self.q.last_instant(),
        };
        assert_eq!(found, self.reference, "{what:?} at {}", self.now);
        assert_eq!(self.q.check_records(&self.records), Ok(()));
        if self.records.len() > records {
            assert_eq!(Qualification::rebuild(&self.records).map(|rebuilt| rebuilt.stage()), Ok(found.stage));
        }
    }

    fn happen(&mut self, what: Happening) -> ControlFlow<QualificationError> {
        match what {
            Happening::See(known) => self.see(known),
            Happening::SeeAgain => {
                let Some((evaluation, lead)) = self.latest.clone() else { return ControlFlow::Continue(()) };
                if evaluation.rules().fingerprint != self.q.fingerprint() {
                    return refused(self.q.observe(&evaluation, &lead));
                }
                assert_eq!(self.q.observe(&evaluation, &lead), Ok(vec![]));
                ControlFlow::Continue(())
            }
            Happening::Command(command) => self.command(command),
            Happening::Answer(item, answer) => {
                if !self.in_order() {
                    return refused(self.q.answer(item, answer, self.now, "dana"));
                }
                self.records.push(self.q.answer(item, answer, self.now, "dana").unwrap());
                assert_eq!(self.q.bant().get(item).answer, answer);
                ControlFlow::Continue(())
            }
            Happening::Breach => {
                if !self.in_order() {
                    return refused(self.q.report_breach(self.now));
                }
                let late = self.reference.due.is_some_and(|due| self.now >= due);
                let record = self.q.report_breach(self.now).unwrap();
                assert_eq!(record.is_some(), late && !self.reference.reported);
                self.reference.reported |= late;
                self.records.extend(record);
                ControlFlow::Continue(())
            }
            Happening::Adopt => {
                if !self.in_order() {
                    return refused(self.q.adopt(&self.rules[1 - self.current], self.now, "eli"));
                }
                self.current = 1 - self.current;
                let record = self.q.adopt(&self.rules[self.current], self.now, "eli").unwrap().unwrap();
                self.records.push(record);
                ControlFlow::Continue(())
            }
            Happening::Store => {
                self.store();
                ControlFlow::Continue(())
            }
        }
    }

    fn see(&mut self, known: Known) -> ControlFlow<QualificationError> {
        let (evaluation, lead) = self.evaluated(known);
        if !self.in_order() {
            return refused(self.q.observe(&evaluation, &lead));
        }
        let records = self.q.observe(&evaluation, &lead).unwrap();
        let to = self.reference.step(&evaluation, self.now);
        let late = self.reference.due.is_some_and(|due| self.now >= due) && !self.reference.reported;
        assert_eq!(records.iter().any(|record| record.what == Trigger::Breach), late);
        self.reference.reported |= late;
        let (from, promotes) = (self.reference.stage, to == Stage::Mql);
        self.reference.go(to, self.now, promotes);
        assert_eq!(records.iter().filter(|record| record.is_step()).count(), usize::from(from != to));
        for record in records.iter().filter(|record| record.is_step()) {
            assert!(matches!(record.why, Some(Why::Gate { .. })), "{record}");
            assert_eq!((record.from, record.to, record.at), (from, to, self.now));
        }
        assert!(evaluation.segments().all(|segment| self.q.segments().any(|known| known == segment)));
        assert_eq!(evaluation.segments().count(), self.q.segments().count());
        assert!(evaluation.bands().eq(self.q.bands()));
        self.records.extend(records);
        self.latest = Some((evaluation, lead));
        ControlFlow::Continue(())
    }

    fn command(&mut self, command: Command) -> ControlFlow<QualificationError> {
        let (now, by) = (self.now, "dana");
        let (evaluation, lead) = self.evaluated(Known { need: true, competitor: false, visit: None });
        let given = match command {
            Command::Accept => self.q.accept(now, by),
            Command::Reject(to) => self.q.reject(Reason::NotReady, to, now, by),
            Command::Qualify => self.q.qualify(&evaluation, &lead, now, by),
            Command::QualifyAnyway => self.q.qualify_anyway("a letter of intent", now, by),
            Command::SendBack => self.q.send_back(Reason::NoBudget, now, by),
            Command::Win => self.q.win(now, by),
            Command::Disqualify => self.q.disqualify(Reason::Other("moved".into()), now, by),
            Command::Reopen => self.q.reopen(now, by),
        };
        let confirmed = |item: BantItem| self.q.bant().get(item).answer == Answer::Confirmed;
        let in_hand = [BantItem::Budget, BantItem::Authority, BantItem::Timing]
            .into_iter()
            .filter(|item| confirmed(*item));
        let has_criterion = command != Command::Qualify || in_hand.count() >= 2;
        let to = self.reference.destination(command).filter(|_| self.in_order() && has_criterion);
        match (given, to) {
            (Ok(record), Some(to)) => {
                assert_eq!((record.to, record.at), (to, now));
                self.reference.go(to, now, false);
                self.records.push(record);
                if command == Command::Qualify {
                    self.latest = Some((evaluation, lead));
                }
                ControlFlow::Continue(())
            }
            (Err(error), None) => ControlFlow::Break(error),
            (given, to) => panic!("{command:?}: {given:?}, by the reference {to:?}"),
        }
    }

    #[cfg(feature = "json")]
    fn store(&mut self) {
        let stored = serde_json::to_string(&self.q).unwrap();
        assert_eq!(serde_json::from_str::<Qualification>(&stored).unwrap(), self.q);
        let stored: Vec<String> =
            self.records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
        let read: Vec<Record> = stored.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read, self.records);
    }

    #[cfg(not(feature = "json"))]
    fn store(&mut self) {
        self.q = self.q.clone();
    }
}

fn refused<T: std::fmt::Debug>(given: Result<T, QualificationError>) -> ControlFlow<QualificationError> {
    ControlFlow::Break(given.unwrap_err())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_life_keeps_to_the_language_reference(happenings in prop::collection::vec(happening(), 1..40)) {
        let mut life = Life::new();
        for (after, what) in happenings {
            life.live(after, what);
        }
    }
}

/// Among so many lives every stage is reached, so that the test above tests what it should.
#[test]
fn lives_by_chance_reach_every_stage() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let lives = prop::collection::vec(happening(), 40);
    let mut reached = std::collections::BTreeSet::new();
    let mut triggers = std::collections::BTreeSet::new();
    for _ in 0..60 {
        let mut life = Life::new();
        for (after, what) in lives.new_tree(&mut runner).unwrap().current() {
            life.live(after, what);
            reached.insert(life.q.stage());
        }
        triggers.extend(life.records.iter().map(|record| record.what));
    }
    assert_eq!(reached.len(), Stage::ALL.len(), "{reached:?}");
    assert_eq!(triggers.len(), Trigger::ALL.len() - 1, "{triggers:?}");
}
