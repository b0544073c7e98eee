//! Never rescore in bulk: a host looks again at a lead when something has come in for it, and when it is due.
//!
//! Time changes scores too: interest fades, visits leave their window. A host without an answer to "until when
//! is this true?" rescores everything every hour. `valid_until` is that answer, so this one keeps its leads in
//! a queue by it, and each hour looks only at those for which an event has arrived or whose time has come. A
//! month of made-up events arrives at both sorts of host; the program fails unless they have seen the same
//! changes at the same hours, and prints how many evaluations it took each of them.
//!
//! ```sh
//! cargo run --example due_queue
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::error::Error;
use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use leadql::{Evaluation, Evaluator, Lead, LeadBuilder, LeadError, NewEvent, RuleSet, parse_instant};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng, SeedableRng};

type Time = DateTime<Utc>;

fn main() -> Result<(), Box<dyn Error>> {
    let month = Month { contacts: 200, hours: 30 * 24, seed: 7 };
    let rules = RuleSet::compile(include_str!("saas/rules.lql"))?;
    let (bulk, queue) = (month.in_bulk(&rules)?, month.by_queue(&rules)?);
    if bulk.history != queue.history {
        return Err("the two hosts have seen different things".into());
    }
    println!(
        "{} leads, {} hours, {} events, {} changes",
        month.contacts,
        month.hours,
        month.arrivals()?.len(),
        queue.history.len()
    );
    println!("everything every hour: {:>7} evaluations", bulk.evaluations);
    println!("only what is due:      {:>7} evaluations, the same history", queue.evaluations);
    println!("\nlead L-1:");
    for seen in queue.history.iter().filter(|seen| seen.contact == 0) {
        println!("  {}  {}", seen.at.format("%d %b %H:%M"), seen.what);
    }
    Ok(())
}

/// A month in the life of a host: so many contacts, so many hours, and what chance makes of them.
pub(crate) struct Month {
    /// How many contacts the host has.
    pub(crate) contacts: usize,
    /// How long it goes on.
    pub(crate) hours: i32,
    /// The same seed, the same events.
    pub(crate) seed: u64,
}

/// An event that comes in for a contact, always a little after it happened.
#[derive(Clone)]
pub(crate) struct Arrival {
    at: Time,
    contact: usize,
    event: NewEvent<'static>,
}

impl Month {
    /// The full hours at which the host looks at its leads.
    fn hours(&self) -> Result<impl Iterator<Item = Time> + use<>, Box<dyn Error>> {
        let first = parse_instant("2026-11-01")?;
        Ok((0..self.hours).map(move |hour| first + TimeDelta::hours(hour.into())))
    }

    /// All events in the order in which they arrive, the same ones for the same seed: what the host knew from
    /// the weeks before at the first hour, then what the month brings.
    pub(crate) fn arrivals(&self) -> Result<Vec<Arrival>, Box<dyn Error>> {
        let mut chance = Chance(Pcg32::seed_from_u64(self.seed));
        let mut arrivals = Vec::new();
        for (hour, at) in self.hours()?.enumerate() {
            for contact in 0..self.contacts {
                // Every seventh contact is keen, the others look in every five days or so.
                let keen = contact % 7 == 0;
                if hour == 0 {
                    for _ in 0..if keen { 12 } else { 3 } {
                        let age = TimeDelta::seconds(chance.below(60 * 86_400).into());
                        arrivals.push(Arrival { at, contact, event: chance.event(at - age) });
                    }
                } else if chance.below(if keen { 20 } else { 120 }) == 0 {
                    let age = TimeDelta::seconds(chance.below(3_600).into());
                    arrivals.push(Arrival { at, contact, event: chance.event(at - age) });
                }
            }
        }
        Ok(arrivals)
    }

    /// Evaluates every lead every hour.
    pub(crate) fn in_bulk(&self, rules: &RuleSet) -> Result<Host, Box<dyn Error>> {
        let mut host = Host::new(rules, self.contacts)?;
        let mut arrivals = self.arrivals()?.into_iter().peekable();
        for now in self.hours()? {
            while let Some(arrival) = arrivals.next_if(|arrival| arrival.at <= now) {
                host.receive(rules, arrival)?;
            }
            for contact in 0..self.contacts {
                host.look_at(contact, now)?;
            }
        }
        Ok(host)
    }

    /// Evaluates a lead when an event has arrived for it and when its evaluation is due to change.
    pub(crate) fn by_queue(&self, rules: &RuleSet) -> Result<Host, Box<dyn Error>> {
        let mut host = Host::new(rules, self.contacts)?;
        let mut arrivals = self.arrivals()?.into_iter().peekable();
        // The earliest first. To begin with, every lead is due.
        let mut queue: BinaryHeap<Reverse<(Time, usize)>> =
            (0..self.contacts).map(|contact| Reverse((Time::MIN_UTC, contact))).collect();
        for now in self.hours()? {
            let mut due = BTreeSet::new();
            while let Some(arrival) = arrivals.next_if(|arrival| arrival.at <= now) {
                due.insert(arrival.contact);
                host.receive(rules, arrival)?;
            }
            while let Some(Reverse((until, contact))) = queue.peek().copied().filter(|next| next.0.0 <= now) {
                queue.pop();
                // An event that came in between may have made another instant of it, which is queued too.
                if host.is_due(contact, until) {
                    due.insert(contact);
                }
            }
            for contact in due {
                let until = host.look_at(contact, now)?;
                queue.extend(until.map(|until| Reverse((until, contact))));
            }
        }
        Ok(host)
    }
}

/// Where numbers and events come from.
struct Chance(Pcg32);

impl Chance {
    fn below(&mut self, limit: u32) -> u32 {
        self.0.next_u32() % limit
    }

    fn event(&mut self, at: Time) -> NewEvent<'static> {
        match self.below(12) {
            0..=2 => NewEvent::new("visited", "pricing", at),
            3..=4 => NewEvent::new("visited", "product_details", at),
            5 => NewEvent::new("visited", "home", at),
            6 => NewEvent::new("downloaded", "ebook", at),
            7..=8 => NewEvent::new("opened", "newsletter", at),
            9 => NewEvent::new("clicked", "newsletter", at),
            10 => NewEvent::new("attended", "webinar", at),
            _ => NewEvent::new("watched", "demo", at).property("seconds", self.below(900)),
        }
    }
}

/// What a host keeps.
pub(crate) struct Host {
    evaluator: Evaluator,
    records: Vec<Record>,
    /// Whatever was seen that was not so when the lead was looked at before.
    pub(crate) history: Vec<Seen>,
    /// How many evaluations that took.
    pub(crate) evaluations: usize,
}

/// A contact, and what was last seen of it.
struct Record {
    id: String,
    events: Vec<NewEvent<'static>>,
    /// The contact as the rules see it: stage and all.
    lead: Lead,
    seen: String,
    valid_until: Option<Time>,
}

/// A change, as it is noted down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The hour at which it was seen.
    pub(crate) at: Time,
    /// Of whom, counted from 0.
    pub(crate) contact: usize,
    /// Stage, scores, bands and segments, in a line.
    pub(crate) what: String,
}

impl Host {
    fn new(rules: &RuleSet, contacts: usize) -> Result<Host, LeadError> {
        let record = |contact: usize| {
            let id = format!("L-{}", contact + 1);
            let lead = known(rules, &id)?.build();
            let (seen, valid_until) = (String::new(), Some(Time::MIN_UTC));
            Ok(Record { id, events: Vec::new(), lead, seen, valid_until })
        };
        Ok(Host {
            evaluator: rules.evaluator(),
            records: (0..contacts).map(record).collect::<Result<_, LeadError>>()?,
            history: Vec::new(),
            evaluations: 0,
        })
    }

    /// Takes an event in; the lead is made anew with it, at the stage where it stands.
    fn receive(&mut self, rules: &RuleSet, arrival: Arrival) -> Result<(), Box<dyn Error>> {
        let record = self.records.get_mut(arrival.contact).ok_or("an event for a stranger")?;
        record.events.push(arrival.event);
        let mut lead = known(rules, &record.id)?.stage(record.lead.stage(), record.lead.stage_since())?;
        for event in &record.events {
            lead = lead.add_event(event.clone())?;
        }
        record.lead = lead.build();
        Ok(())
    }

    fn is_due(&self, contact: usize, until: Time) -> bool {
        self.records.get(contact).is_some_and(|record| record.valid_until == Some(until))
    }

    /// Evaluates a lead, stores its stage, and notes down what is new. Gives the instant until which nothing
    /// will change without another event.
    fn look_at(&mut self, contact: usize, now: Time) -> Result<Option<Time>, Box<dyn Error>> {
        let record = self.records.get_mut(contact).ok_or("no such contact")?;
        let mut evaluation = self.evaluator.evaluate(&record.lead, now);
        self.evaluations += 1;
        if evaluation.stage() != record.lead.stage() {
            // From another stage other things are next.
            record.lead.set_stage(evaluation.stage(), now)?;
            evaluation = self.evaluator.evaluate(&record.lead, now);
            self.evaluations += 1;
        }
        record.valid_until = evaluation.valid_until();
        let what = told(evaluation);
        if what != record.seen {
            record.seen.clone_from(&what);
            self.history.push(Seen { at: now, contact, what });
        }
        Ok(record.valid_until)
    }
}

/// What is known of a contact from the start: every third decides, every second is of the right size.
fn known<'r>(rules: &'r RuleSet, id: &str) -> Result<LeadBuilder<'r>, LeadError> {
    let number: u32 = id.trim_start_matches("L-").parse().unwrap_or(0);
    let title = if number % 3 == 1 { "Head of Marketing" } else { "Marketing Manager" };
    let size = if number % 2 == 1 { 120 } else { 12 };
    rules.lead().id(id).set("title", title)?.set("company_size", size)?.set("country", "US")
}

/// All of an evaluation that a person would notice, in a line.
fn told(evaluation: &Evaluation) -> String {
    let mut line = format!("{:<8}", evaluation.stage());
    for (score, points) in evaluation.scores() {
        // OK because writing to a String never fails.
        let _ = write!(line, "  {score} {points}");
        if let Some(band) = evaluation.band(score) {
            let _ = write!(line, " ({band})");
        }
    }
    for segment in evaluation.segments() {
        let _ = write!(line, "  in {segment}");
    }
    line
}
