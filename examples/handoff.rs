//! From the promotion to the page for sales: two records of one lead are merged, the lead becomes an MQL on a Friday
//! afternoon, is due by the business calendar of the office in Berlin, and is handed off on Monday morning.
//!
//! ```sh
//! cargo run --features time-zones --example handoff
//! cargo run --features time-zones --example handoff -- --markdown
//! ```

use std::error::Error;

use leadql::qualification::{Answer, BantItem};
use leadql::{Calendar, Keep, LeadRecord, NewEvent, RuleSet, parse_instant};

fn main() -> Result<(), Box<dyn Error>> {
    let rules = RuleSet::compile(include_str!("saas/rules.lql"))?;

    // What the CRM knows, and what the website does under another id. Both have the download.
    let download = || -> Result<_, Box<dyn Error>> {
        Ok(NewEvent::new("downloaded", "ebook", parse_instant("2026-11-12T09:20:00Z")?).id("dl-4711"))
    };
    let crm = rules
        .lead()
        .id("C-204")
        .set("title", "Head of Growth")?
        .set("company", "Pebble Pay")?
        .set("company_size", 140)?
        .set("country", "GB")?
        .add_event(download()?)?
        .event("attended", "webinar", parse_instant("2026-11-17T14:00:00Z")?)?
        .build();
    let mut website =
        rules.lead().id("W-9").set("title", "Growth")?.set("industry", "fintech")?.add_event(download()?)?;
    for (page, at) in [
        ("pricing", "2026-11-16T10:02:00Z"),
        ("product_details", "2026-11-18T16:40:00Z"),
        ("pricing", "2026-11-20T14:35:00Z"),
        ("customers", "2026-11-20T14:41:00Z"),
        ("security", "2026-11-20T14:44:00Z"),
    ] {
        website = website.event("visited", page, parse_instant(at)?)?;
    }
    let demo =
        NewEvent::new("watched", "demo", parse_instant("2026-11-20T14:50:00Z")?).property("seconds", 720);
    let website = website.add_event(demo)?.build();
    let policy = rules.merge_policy(Keep::MostTrusted).keep("lead_source", Keep::Oldest)?;
    let merged = policy
        .merge([
            LeadRecord::new(website, parse_instant("2026-11-20T14:50:00Z")?).ranked(1),
            LeadRecord::new(crm, parse_instant("2026-09-01")?),
        ])
        .ok_or("nothing to merge")?;
    let mut lead = merged.into_lead();

    // `sla 48h` would be 48 hours of work here; this team means the end of the second working day.
    let office =
        Calendar::builder("Europe/Berlin").hours("mon-fri", "09:00-18:00").holiday("2026-12-25").build()?;
    let friday = parse_instant("2026-11-20T16:00:00+01:00")?;
    let mut qualification = rules.qualification(lead.id());
    qualification.place(&mut lead);
    let promotion = rules.evaluate(&lead, friday);
    qualification
        .observe_with_deadline(&promotion, &lead, |promoted, _| office.end_of_working_day(promoted, 2))?;
    qualification.answer(BantItem::Need, Answer::Confirmed, friday, "dana")?;

    let monday = parse_instant("2026-11-23T09:00:00+01:00")?;
    let page = rules.handoff_of(&qualification, &lead, monday);
    if std::env::args().any(|argument| argument == "--markdown") {
        print!("{}", page.to_markdown());
    } else {
        print!("{page}");
    }
    Ok(())
}
