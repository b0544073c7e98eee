//! A lead from first contact to customer: evaluations and people move it, and every step leaves a record.
//!
//! Prints the records, what a command that is out of place is told, and that the records alone give the same
//! qualification again.
//!
//! ```sh
//! cargo run --example lifecycle
//! ```

use std::error::Error;

use chrono::{DateTime, Utc};
use leadql::qualification::{Answer, BantItem};
use leadql::{Evaluation, Lead, NewEvent, Qualification, Reason, Record, RuleSet, Stage, parse_instant};

const RULES: &str = r#"
score engagement 0..100 decay 50% every 30d {
  each visited(pricing) within 30d => +15 up to 2 times "Looks at pricing"
  watched(demo, seconds >= 60)     => +25 "Saw the demo"
}
score fit 0..100 {
  title has any word of ["chief", "head"] => +30 "Decides"
  company_size between 50 and 500         => +20 "Right size"
}
band engagement { hot >= 50, warm >= 20, cold }
segment pricing_follow_up when visited(pricing) within 7d
stage mql when engagement is hot and fit >= 40
          until engagement is cold
          again after 14d
          sla 48h
stage sql when at least 3 of [budget, authority, need, timing]
recycle when inactive for 90d "gone quiet"
"#;

/// What a host keeps of a lead: the events so far, the qualification, and its records.
struct Host<'r> {
    rules: &'r RuleSet,
    events: Vec<NewEvent<'static>>,
    qualification: Qualification,
    records: Vec<Record>,
}

impl Host<'_> {
    /// The lead as it is known, where it stands, and what the rule set says of it.
    fn evaluate(&self, now: DateTime<Utc>) -> Result<(Evaluation, Lead), Box<dyn Error>> {
        let mut lead = self
            .rules
            .lead()
            .id(self.qualification.lead_id())
            .set("title", "Head of Marketing")?
            .set("company_size", 120)?
            .bant(self.qualification.bant());
        for event in &self.events {
            lead = lead.add_event(event.clone())?;
        }
        let mut lead = lead.build();
        self.qualification.place(&mut lead);
        Ok((self.rules.evaluate(&lead, now), lead))
    }

    /// Looks at the lead, and keeps what comes of it.
    fn look(&mut self, now: DateTime<Utc>) -> Result<(), Box<dyn Error>> {
        let (evaluation, lead) = self.evaluate(now)?;
        self.records.extend(self.qualification.observe(&evaluation, &lead)?);
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let rules = RuleSet::compile(RULES)?;
    let qualification = rules.qualification("L-1");
    let mut host = Host { rules: &rules, events: Vec::new(), qualification, records: Vec::new() };

    // Monday: first contact. The score is not there yet.
    let monday = parse_instant("2026-11-02T09:00:00Z")?;
    host.events.push(NewEvent::new("visited", "pricing", monday));
    host.look(monday)?;
    println!("A command that is out of place changes nothing:");
    if let Err(error) = host.qualification.accept(monday, "dana") {
        println!("  {error}\n");
    }

    // Tuesday: another visit and the demo. The rule set promotes the lead; sales has 48 hours.
    let tuesday = parse_instant("2026-11-03T10:00:00Z")?;
    host.events.push(NewEvent::new("visited", "pricing", tuesday));
    host.events.push(NewEvent::new("watched", "demo", tuesday).property("seconds", 340));
    host.look(tuesday)?;

    // Thursday noon: nobody has looked at it. That is reported once. Dana is not ready for it either.
    let thursday = parse_instant("2026-11-05T12:00:00Z")?;
    host.records.extend(host.qualification.report_breach(thursday)?);
    let afternoon = parse_instant("2026-11-05T15:00:00Z")?;
    host.records.push(host.qualification.reject(Reason::NotReady, Stage::Recycled, afternoon, "dana")?);

    // Two weeks later it still looks at pricing: promoted again, and taken on at once.
    let later = parse_instant("2026-11-20T08:00:00Z")?;
    host.events.push(NewEvent::new("visited", "pricing", later));
    host.look(later)?;
    host.records.push(host.qualification.accept(later, "eli")?);

    // Sales finds out what it needs; then the criterion of stage sql holds.
    let call = parse_instant("2026-11-23T14:00:00Z")?;
    for item in [BantItem::Budget, BantItem::Authority, BantItem::Need] {
        host.records.push(host.qualification.answer(item, Answer::Confirmed, call, "eli")?);
    }
    let (evaluation, lead) = host.evaluate(call)?;
    host.records.push(host.qualification.qualify(&evaluation, &lead, call, "eli")?);

    let december = parse_instant("2026-12-15T11:00:00Z")?;
    host.records.push(host.qualification.win(december, "eli")?);

    println!("The records:");
    for record in &host.records {
        println!("  {record}");
        for rule in &record.strongest {
            println!("      {:+} {}: {}", rule.points, rule.score, rule.says);
        }
    }

    // The records alone give the same qualification again; one that was left out is missed.
    assert_eq!(Qualification::rebuild(&host.records)?, host.qualification);
    let last = host.records.len() - 1;
    host.records.remove(last - 1);
    println!("\nWithout one of them:");
    if let Err(error) = Qualification::rebuild(&host.records) {
        println!("  {error}");
    }
    Ok(())
}
