//! The fast way from a host's own fields to a score: a row that is filled anew for each lead.
//!
//! Nothing of a value is kept but what the rules want to know of it: the tests of an attribute are decided when it
//! is set, an event is matched to what counts it when it is added. So the row borrows nothing and, once its lists
//! have grown, allocates nothing. A [`Lead`](super::Lead) is for what has to be kept, explained or merged.

use std::borrow::Cow;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::handle::{AttributeHandle, EventHandle, KnownEvent};
use super::lead_builder::instant;
use super::{Compiled, RuleSet};
use crate::decimal::Number;
use crate::lead::{Input, LeadError, Stage, value_ref};
use crate::plan::{Arrival, Micros, Plan, Signals, ValueRef};
use crate::state::Key;
use crate::time::Instant;
use crate::vocabulary::{AttributeId, Type};

/// A lead in a form that is made to be scored at once and then filled with the next one.
///
/// ```
/// use leadql::RuleSet;
///
/// struct Contact { title: String, size: u32, visits: Vec<(String, chrono::DateTime<chrono::Utc>)> }
///
/// let rules = RuleSet::compile(
///     r#"title contains "chief"           => +20
///        company_size > 100               => +10
///        each visited(pricing) within 30d => +5"#,
/// )?;
/// let (title, size) = (rules.attribute("title")?, rules.attribute("company_size")?);
/// let visited = rules.event("visited")?;
/// let score = rules.score_id("score").unwrap();
///
/// let now = "2026-11-01T00:00:00Z".parse()?;
/// let contacts = [
///     Contact { title: "Chief Executive".into(), size: 40, visits: vec![("Pricing".into(), now)] },
///     Contact { title: "Clerk".into(), size: 900, visits: vec![] },
/// ];
/// let (mut row, mut evaluator) = (rules.row(), rules.evaluator());
/// let mut scores = Vec::new();
/// for contact in &contacts {
///     row.clear();
///     row.set(title, &contact.title)?;
///     row.set(size, contact.size)?;
///     for (page, at) in &contact.visits {
///         row.event(visited, page, *at)?;
///     }
///     scores.push(evaluator.evaluate_row(&mut row, now)?.points(score).unwrap().to_string());
/// }
/// assert_eq!(scores, ["25", "10"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeadRow {
    rules: Arc<Compiled>,
    /// Of the handles that are of this rule set.
    handles: Key,
    pub(super) id: String,
    pub(super) record: (Stage, Option<Instant>),
    /// By [`AttributeId`]; empty where nothing asks for dates themselves.
    dates: Vec<Option<Micros>>,
    signals: Signals,
    /// Whether the signals are what has come in.
    is_laid_out: bool,
}

impl RuleSet {
    /// A row for one lead after another, the first one empty: see [`LeadRow`].
    pub fn row(&self) -> LeadRow {
        let plan = &self.compiled.plan;
        let dates = if asks_for_dates(plan) { self.compiled.model.vocabulary.attributes.len() } else { 0 };
        let mut row = LeadRow {
            rules: Arc::clone(&self.compiled),
            handles: self.compiled.retention().handles(),
            id: String::new(),
            record: (Stage::default(), None),
            dates: vec![None; dates],
            signals: Signals::default(),
            is_laid_out: false,
        };
        row.clear();
        row
    }
}

fn asks_for_dates(plan: &Plan) -> bool {
    !plan.program.dates.is_empty()
        || plan.activity.as_ref().is_some_and(|activity| activity.created_at.is_some())
}

impl LeadRow {
    /// Forgets everything: of the next lead nothing is known yet.
    pub fn clear(&mut self) {
        self.id.clear();
        self.record = (Stage::default(), None);
        self.dates.fill(None);
        self.rules.plan.begin(&mut self.signals, self.rules.retention().missing());
        self.is_laid_out = false;
    }

    /// Gives the lead its id, which evaluations name it by; empty if never set.
    pub fn set_id(&mut self, id: &str) {
        self.id.clear();
        self.id.push_str(id);
    }

    /// Sets an attribute; an earlier value is replaced. `None`, an empty text and an empty list make it missing.
    ///
    /// # Errors
    /// The value is not of the attribute's type or out of range, or the handle is of another rule set. The row is
    /// as it was then.
    #[inline]
    pub fn set<'a>(
        &mut self,
        attribute: AttributeHandle,
        value: impl Into<Input<'a>>,
    ) -> Result<(), LeadError> {
        // Decided where this is called: there it is known what is set, and nothing is left of the choice.
        let input = ManuallyDrop::new(value.into());
        match &*input {
            Input::Text(Cow::Borrowed(text)) => self.set_text(attribute, text),
            Input::Integer(integer) => self.set_integer(attribute, *integer),
            Input::Flag(flag) => self.set_flag(attribute, *flag),
            // Only these may own something.
            _ => self.set_input(attribute, &ManuallyDrop::into_inner(input)),
        }
    }

    fn set_text(&mut self, attribute: AttributeHandle, text: &str) -> Result<(), LeadError> {
        if self.is_of(attribute, &Type::Text) {
            self.rules.plan.decide_early_text(&mut self.signals, attribute.id, text);
            self.is_laid_out = false;
            return Ok(());
        }
        self.set_input(attribute, &Input::from(text))
    }

    fn set_integer(&mut self, attribute: AttributeHandle, integer: i128) -> Result<(), LeadError> {
        if let Some(number) = Number::from_integer(integer)
            && self.is_of(attribute, &Type::Number)
        {
            let rank = ValueRef::Number(number).rank();
            self.rules.plan.decide_early_rank(&mut self.signals, attribute.id, rank);
            self.is_laid_out = false;
            return Ok(());
        }
        self.set_input(attribute, &Input::Integer(integer))
    }

    fn set_flag(&mut self, attribute: AttributeHandle, flag: bool) -> Result<(), LeadError> {
        if self.is_of(attribute, &Type::Flag) {
            let rank = ValueRef::Flag(flag).rank();
            self.rules.plan.decide_early_rank(&mut self.signals, attribute.id, rank);
            self.is_laid_out = false;
            return Ok(());
        }
        self.set_input(attribute, &Input::Flag(flag))
    }

    /// Whether an attribute is of this rule set and of this type.
    fn is_of(&self, attribute: AttributeHandle, of: &Type) -> bool {
        let known = self.rules.model.vocabulary.attribute(attribute.id);
        attribute.rules == self.handles && known.is_some_and(|known| known.of == *of)
    }

    /// Sets an attribute to any value, or tells why it does not fit.
    fn set_input(&mut self, attribute: AttributeHandle, input: &Input<'_>) -> Result<(), LeadError> {
        self.rules.check_handle(attribute.rules, "the attribute")?;
        let Some(known) = self.rules.model.vocabulary.attribute(attribute.id) else { return Ok(()) };
        let value = value_ref(&known.of, input).map_err(|kind| LeadError::new(&known.name, kind))?;
        if known.of == Type::Date {
            self.set_date(attribute.id, value);
        }
        self.rules.plan.decide_early(&mut self.signals, attribute.id, value);
        self.is_laid_out = false;
        Ok(())
    }

    fn set_date(&mut self, attribute: AttributeId, value: Option<ValueRef<'_>>) {
        if let Some(date) = self.dates.get_mut(attribute.0 as usize) {
            *date = match value {
                Some(ValueRef::Date(date)) => Some(date.micros()),
                _ => None,
            };
        }
    }

    /// Adds an event about `subject`, which may be empty, that happened at `at`. Events come in any order.
    ///
    /// For one with properties or an id of its own see [`LeadRow::add_event`].
    ///
    /// # Errors
    /// `at` is outside the years 0001 to 9999, or the handle is of another rule set.
    pub fn event(&mut self, kind: EventHandle, subject: &str, at: DateTime<Utc>) -> Result<(), LeadError> {
        self.add_event(&KnownEvent::new(kind, subject, at))
    }

    /// Adds an event. Of events with the same id the earliest counts, of equally early ones the first.
    ///
    /// # Errors
    /// The event's time is outside the years 0001 to 9999, a property's value is not of its type, or a handle is
    /// of another rule set or another event kind. The event is left out then.
    pub fn add_event(&mut self, event: &KnownEvent<'_>) -> Result<(), LeadError> {
        let kind = self.rules.checked_event(event)?;
        let KnownEvent { subject, at, id, .. } = *event;
        let at = instant("at", at)?.micros();
        let arrival = Arrival { kind: event.kind.kind, subject, at, id };
        self.rules.plan.gather(&mut self.signals, arrival, |id| event.property(kind, id));
        self.is_laid_out = false;
        Ok(())
    }

    /// Says where the lead stands, and since when if that is known; without this it is at [`Stage::Lead`].
    ///
    /// # Errors
    /// `since` is outside the years 0001 to 9999.
    pub fn set_stage(
        &mut self,
        stage: Stage,
        since: impl Into<Option<DateTime<Utc>>>,
    ) -> Result<(), LeadError> {
        let since = since.into().map(|since| instant("stage_since", since)).transpose()?;
        self.record = (stage, since);
        Ok(())
    }

    /// Of which rule set the row is.
    pub(super) fn rules(&self) -> &Arc<Compiled> {
        &self.rules
    }

    /// What has come in, ready to be evaluated.
    pub(super) fn signals(&mut self) -> &Signals {
        if !self.is_laid_out {
            let date = |id: AttributeId| self.dates.get(id.0 as usize).copied().flatten();
            self.rules.plan.lay_out(&mut self.signals, date);
            self.is_laid_out = true;
        }
        &self.signals
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{Evaluator, PropertyHandle};

    const OF_ALL_SORTS: &str = r#"
        attribute plan: one of [free, pro]
        title has word "chief" or city starts with "ber"   => 20
        company_size between 50 and 500 or budget          => 10
        technologies contains "aws" and plan = pro         => 5
        created_at within 90d and not (industry is known)  => 3
        each visited(pricing | "docs/*") within 30d        => 1 up to 3 times per subject decay 50% every 7d
        distinct(visited(*)) >= 3 within 60d               => 7
        days(visited(*)) >= 2 within 60d                   => 2
        sum(watched(demo, seconds >= 10).seconds) >= 100   => 8
        recycle when inactive for 400d
        stage mql when score >= 10"#;

    fn now() -> DateTime<Utc> {
        "2026-11-01T00:00:00Z".parse().unwrap()
    }

    fn fill(row: &mut LeadRow, rules: &RuleSet, seconds: PropertyHandle, round: i64) {
        let attribute = |name| rules.attribute(name).unwrap();
        row.clear();
        row.set_id("L-1");
        row.set(attribute("title"), "Chief of Staff").unwrap();
        row.set(attribute("city"), Some("Berlin")).unwrap();
        row.set(attribute("company_size"), 120 + round).unwrap();
        row.set(attribute("budget"), Some(true)).unwrap();
        row.set(attribute("plan"), "Pro").unwrap();
        row.set(attribute("created_at"), now() - TimeDelta::days(round)).unwrap();
        let (visited, watched) = (rules.event("visited").unwrap(), seconds.event);
        for number in 0..60 {
            let at = now() - TimeDelta::hours((number * 37 + round) % 97);
            let subject = ["Pricing", "docs/one", "DOCS/two", "blog"][number as usize % 4];
            row.event(visited, subject, at).unwrap();
            let properties = &[(seconds, number.into())];
            let id = ["", "a", "b"][number as usize % 3];
            row.add_event(&KnownEvent { id, properties, ..KnownEvent::new(watched, "demo", at) }).unwrap();
        }
    }

    #[test]
    fn filling_and_evaluating_a_row_again_allocates_nothing() {
        let rules = RuleSet::compile(OF_ALL_SORTS).unwrap();
        let seconds = rules.property(rules.event("watched").unwrap(), "seconds").unwrap();
        let (mut row, mut evaluator) = (rules.row(), rules.evaluator());
        let run = |row: &mut LeadRow, evaluator: &mut Evaluator| {
            for round in 0..20 {
                fill(row, &rules, seconds, round);
                assert!(evaluator.evaluate_row(row, now()).unwrap().mql());
            }
        };
        let first = allocation_counter::measure(|| run(&mut row, &mut evaluator));
        let again = allocation_counter::measure(|| run(&mut row, &mut evaluator));
        assert!(first.count_total > 0);
        assert_eq!(again.count_total, 0, "{again:?}");
    }

    #[test]
    fn a_row_says_what_a_lead_says() {
        let rules = RuleSet::compile(OF_ALL_SORTS).unwrap();
        let visited = rules.event("visited").unwrap();
        let (mut row, mut evaluator) = (rules.row(), rules.evaluator());
        row.set_id("L-7");
        row.set_stage(Stage::Mql, now()).unwrap();
        row.set(rules.attribute("technologies").unwrap(), ["GCP", "", "AWS"]).unwrap();
        row.set(rules.attribute("plan").unwrap(), "PRO").unwrap();
        row.set(rules.attribute("title").unwrap(), "The CHIEF").unwrap();
        row.set(rules.attribute("company_size").unwrap(), 50).unwrap();
        row.event(visited, "Pricing", now()).unwrap();
        let lead = rules.lead().id("L-7").stage(Stage::Mql, now()).unwrap();
        let lead = lead.set("technologies", ["AWS"]).unwrap().set("plan", "pro").unwrap();
        let lead = lead.set("title", "the chief").unwrap().set("company_size", 50.0).unwrap();
        let lead = lead.event("visited", "pricing", now()).unwrap();
        let later = now() + TimeDelta::days(7);
        for at in [now() - TimeDelta::seconds(1), now(), later] {
            let of_row = evaluator.evaluate_row(&mut row, at).unwrap().clone();
            assert_eq!(of_row, rules.evaluate(&lead.clone().build(), at));
        }
        // It can be added to after it was evaluated, and forgotten.
        row.set(rules.attribute("budget").unwrap(), true).unwrap();
        row.event(visited, "Docs/x", later).unwrap();
        let lead = lead.set("budget", true).unwrap().event("visited", "docs/x", later).unwrap().build();
        assert_eq!(*evaluator.evaluate_row(&mut row, later).unwrap(), rules.evaluate(&lead, later));
        row.clear();
        assert_eq!(
            *evaluator.evaluate_row(&mut row, later).unwrap(),
            rules.evaluate(&rules.lead().build(), later)
        );
    }

    #[test]
    fn windows_open_and_close_for_a_row_on_the_microsecond() {
        let rules = RuleSet::compile(
            "visited(*) within 30d                      => 1
             each visited(*) within 30d                 => 10
             distinct(visited(*)) >= 1 within 30d       => 100
             visited(*) = 1 between 60d and 30d ago     => 1000
             sum(watched(*).seconds) >= 5 within 30d    => 10000",
        )
        .unwrap();
        let (visited, watched) = (rules.event("visited").unwrap(), rules.event("watched").unwrap());
        let seconds = rules.property(watched, "seconds").unwrap();
        let (mut row, mut evaluator) = (rules.row(), rules.evaluator());
        let (month, instant) = (TimeDelta::days(30), TimeDelta::microseconds(1));
        for (age, points) in [
            (-instant, 0),
            (TimeDelta::zero(), 10_111),
            (month - instant, 10_111),
            (month, 1_000),
            (month * 2 - instant, 1_000),
            (month * 2, 0),
        ] {
            row.clear();
            row.event(visited, "pricing", now() - age).unwrap();
            let properties = &[(seconds, 5.into())];
            row.add_event(&KnownEvent { properties, ..KnownEvent::new(watched, "demo", now() - age) })
                .unwrap();
            let found = evaluator.evaluate_row(&mut row, now()).unwrap().score("score").unwrap();
            assert_eq!(found.to_string(), points.to_string(), "{age}");
        }
    }

    #[test]
    fn slips_are_told_and_leave_the_row_as_it_was() {
        let rules = RuleSet::compile(OF_ALL_SORTS).unwrap();
        let other = RuleSet::compile("attribute other: text\n other is known => 1").unwrap();
        let (mut row, mut evaluator) = (rules.row(), rules.evaluator());
        let (visited, watched) = (rules.event("visited").unwrap(), rules.event("watched").unwrap());
        let seconds = rules.property(watched, "seconds").unwrap();
        let attribute = |name| rules.attribute(name).unwrap();
        let far: DateTime<Utc> = "+10000-01-01T00:00:00Z".parse().unwrap();
        let size = attribute("company_size");
        row.set(size, 100).unwrap();
        let foreign = "the attribute belongs to another rule set: resolve its name with this one";
        for (told, text) in [
            (row.set(other.attribute("title").unwrap(), "Chief"), foreign),
            (row.set(other.attribute("company_size").unwrap(), 1), foreign),
            (row.set(size, "many"), "company_size: found the text \"many\" where a number belongs"),
            (row.set(size, true), "company_size: found true where a number belongs"),
            (
                row.set(size, 9_000_000_000_000_i64),
                "company_size: found 9000000000000 where a number of a magnitude below 9,000,000,000,000 belongs",
            ),
            (row.set(attribute("title"), 3), "title: found 3 where a text belongs"),
            (row.set(attribute("budget"), 1), "budget: found 1 where true or false belongs"),
            (
                row.event(other.event("visited").unwrap(), "pricing", now()),
                "the event kind belongs to another rule set: resolve its name with this one",
            ),
            (
                row.event(visited, "pricing", far),
                "at: found +10000-01-01 00:00:00 UTC where an instant of the years 0001 to 9999 belongs",
            ),
            (
                row.add_event(&KnownEvent {
                    properties: &[(seconds, "x".into())],
                    ..KnownEvent::new(watched, "demo", now())
                }),
                "watched.seconds: found the text \"x\" where a number belongs",
            ),
            (
                row.add_event(&KnownEvent {
                    properties: &[(seconds, 100.into())],
                    ..KnownEvent::new(visited, "demo", now())
                }),
                "the property belongs to another event kind: resolve its name for \"visited\"",
            ),
        ] {
            assert_eq!(told.unwrap_err().to_string(), text);
        }
        let as_it_was = rules.lead().set("company_size", 100).unwrap().build();
        assert_eq!(*evaluator.evaluate_row(&mut row, now()).unwrap(), rules.evaluate(&as_it_was, now()));
        let error = other.evaluator().evaluate_row(&mut row, now()).unwrap_err();
        assert_eq!(error.to_string(), "the row belongs to another rule set: fill one of this rule set");
    }
}
