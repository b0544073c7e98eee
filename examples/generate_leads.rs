//! Demo leads for `examples/saas/rules.lql`, any number of them, as JSON Lines on standard output.
//!
//! The same arguments give the same bytes on every machine, and more leads only add lines at the end: everything
//! is drawn from one seeded generator, in whole numbers. One lead is in memory at a time.
//!
//! ```sh
//! cargo run --release --features json --example generate_leads -- --count 100000 --seed 7 > leads.jsonl
//! cargo run --release --features cli -- score examples/saas/rules.lql leads.jsonl --at 2026-11-01
//! ```
//!
//! What the leads look like stands in the tables below. Shares are per cent, and what a table leaves of a hundred
//! is missing in the lead: the data of real leads has holes, spellings that differ and events delivered twice.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use leadql::{Stage, parse_instant};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng, SeedableRng};
use serde::Serialize;

const USAGE: &str = "\
usage: generate_leads --count NUMBER --seed NUMBER [--at INSTANT] [--events NUMBER]

  --count   how many leads
  --seed    what they are drawn from: the same seed gives the same leads
  --at      the instant up to which things have happened, a date or RFC 3339 [2026-11-01]
  --events  how many events a lead has on average, at most 100000 [20]";

/// A share of a hundred, and what has it.
type Shares<T> = [(u32, T)];

/// How a lead goes about things.
struct Habit {
    /// Events for a hundred of the average lead's.
    activity: u32,
    /// Event kinds and subjects.
    events: &'static Shares<(&'static str, &'static str)>,
    stages: &'static Shares<Stage>,
}

/// The rest was imported from a list and has done nothing yet.
const HABITS: &Shares<&Habit> = &[(42, &BROWSES), (20, &READS_MAIL), (18, &READS), (12, &EVALUATES)];

const BROWSES: Habit = Habit {
    activity: 50,
    events: &[
        (34, ("visited", "home")),
        (16, ("visited", "product_details")),
        (10, ("visited", "pricing")),
        (8, ("visited", "customers")),
        (7, ("visited", "docs")),
        (3, ("visited", "security")),
        (12, ("viewed", "blog")),
        (2, ("chatted", "price")),
        (2, ("downloaded", "ebook")),
        (3, ("liked", "launch_post")),
        (3, ("emailed", "welcome")),
    ],
    stages: &[(95, Stage::Lead), (1, Stage::Mql), (3, Stage::Recycled), (1, Stage::Disqualified)],
};

const READS_MAIL: Habit = Habit {
    activity: 95,
    events: &[
        (32, ("emailed", "monthly_letter")),
        (30, ("opened", "monthly_letter")),
        (12, ("opened", "product_news")),
        (10, ("clicked", "monthly_letter")),
        (4, ("visited", "home")),
        (4, ("viewed", "case_study")),
        (3, ("visited", "pricing")),
        (2, ("answered", "survey")),
        (2, ("bounced", "monthly_letter")),
        (1, ("replied", "product_news")),
    ],
    stages: &[
        (92, Stage::Lead),
        (2, Stage::Mql),
        (4, Stage::Recycled),
        (1, Stage::Customer),
        (1, Stage::Sal),
    ],
};

const READS: Habit = Habit {
    activity: 150,
    events: &[
        (34, ("viewed", "blog")),
        (12, ("viewed", "case_study")),
        (10, ("downloaded", "ebook")),
        (4, ("downloaded", "playbook")),
        (8, ("opened", "monthly_letter")),
        (6, ("clicked", "monthly_letter")),
        (5, ("registered", "webinar")),
        (4, ("attended", "webinar")),
        (4, ("commented", "blog")),
        (6, ("visited", "product_details")),
        (4, ("visited", "pricing")),
        (3, ("watched", "demo")),
    ],
    stages: &[
        (86, Stage::Lead),
        (6, Stage::Mql),
        (1, Stage::Sal),
        (4, Stage::Recycled),
        (3, Stage::Customer),
    ],
};

const EVALUATES: Habit = Habit {
    activity: 275,
    events: &[
        (17, ("visited", "pricing")),
        (14, ("visited", "product_details")),
        (8, ("visited", "docs")),
        (6, ("visited", "security")),
        (5, ("visited", "customers")),
        (6, ("visited", "home")),
        (9, ("watched", "demo")),
        (4, ("requested", "demo")),
        (5, ("attended", "webinar")),
        (6, ("downloaded", "ebook")),
        (6, ("clicked", "product_news")),
        (6, ("trial_step", "invite_team")),
        (5, ("trial_step", "first_report")),
        (2, ("asked", "integration")),
        (1, ("met", "discovery_call")),
    ],
    stages: &[
        (54, Stage::Lead),
        (20, Stage::Mql),
        (7, Stage::Sal),
        (6, Stage::Sql),
        (6, Stage::Customer),
        (6, Stage::Recycled),
        (1, Stage::Disqualified),
    ],
};

/// Titles, with the seniority that a tidy CRM would have beside them.
const TITLES: &Shares<(&str, &str)> = &[
    (3, ("Chief Executive Officer", "c-level")),
    (3, ("Chief Marketing Officer", "c-level")),
    (2, ("chief technology officer", "c-level")),
    (4, ("VP Sales", "vp")),
    (3, ("VP, Operations", "vp")),
    (5, ("Head of Marketing", "director")),
    (4, ("Head of IT", "director")),
    (4, ("Sales Director", "director")),
    (3, ("Director of Partnerships", "Director")),
    (9, ("Marketing Manager", "manager")),
    (8, ("Operations Manager", "manager")),
    (6, ("Product Manager", "manager")),
    (5, ("Office Manager", "manager")),
    (8, ("Content Strategist", "individual")),
    (9, ("Software Developer", "individual")),
    (6, ("Business Analyst", "individual")),
    (3, ("Leadership Coach", "individual")),
    (4, ("Freelance Consultant", "owner")),
    (4, ("Student", "intern")),
];

/// The second word of a company's name, and its industry.
const TRADES: &Shares<(&str, &str)> = &[
    (14, ("Software", "software")),
    (10, ("Cloud", "Software")),
    (9, ("Pay", "fintech")),
    (9, ("Robotics", "manufacturing")),
    (9, ("Foods", "food")),
    (8, ("Clinics", "health")),
    (8, ("Insurance", "insurance")),
    (8, ("Mobility", "transport")),
    (7, ("Studio", "design")),
    (6, ("Academy", "education")),
];

/// The first word of a company's name.
const PLACES: &Shares<&str> = &[
    (9, "Alder"),
    (9, "Brightwater"),
    (9, "Dovetail"),
    (8, "Fernhill"),
    (8, "Granite"),
    (8, "Halden"),
    (7, "Kestrel"),
    (7, "Larkfield"),
    (7, "Marlow"),
    (7, "Northgate"),
    (7, "Oakline"),
    (7, "Pebble"),
    (7, "Sundial"),
];

/// From how many to how many people work there.
const SIZES: &Shares<(u32, u32)> = &[
    (18, (1, 10)),
    (24, (11, 50)),
    (26, (51, 200)),
    (13, (201, 500)),
    (7, (501, 2_000)),
    (4, (2_001, 20_000)),
];

const COUNTRIES: &Shares<&str> = &[
    (36, "US"),
    (12, "GB"),
    (9, "CA"),
    (10, "DE"),
    (6, "FR"),
    (5, "NL"),
    (5, "IN"),
    (4, "AU"),
    (3, "SE"),
    (2, "br"),
];

/// Mail addresses that do not tell the company.
const OTHER_MAIL: &Shares<&str> =
    &[(11, "gmail.com"), (6, "outlook.com"), (4, "yahoo.com"), (1, "competitor.example")];

const PLANS: &Shares<&str> = &[(60, "free"), (25, "pro"), (10, "enterprise")];

const DAY: u32 = 86_400;
/// The oldest leads are two years old.
const OLDEST: u32 = 730 * DAY;

/// A lead as a line has it; `null` is missing.
#[derive(Serialize)]
struct Lead {
    id: String,
    attributes: Attributes,
    events: Vec<Event>,
    stage: Stage,
    stage_since: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Attributes {
    title: Option<&'static str>,
    seniority: Option<&'static str>,
    company: Option<String>,
    company_size: Option<u32>,
    industry: Option<&'static str>,
    country: Option<&'static str>,
    email_domain: Option<String>,
    created_at: Option<NaiveDate>,
    plan: Option<&'static str>,
    /// Known once sales has asked.
    #[serde(flatten)]
    answers: Option<Answers>,
}

#[derive(Serialize)]
struct Answers {
    budget: bool,
    authority: bool,
    need: bool,
    timing: Option<bool>,
}

#[derive(Clone, Serialize)]
struct Event {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    event: &'static str,
    subject: &'static str,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "lowercase")]
enum Properties {
    Seconds(u32),
    Minutes(f64),
}

/// What to generate.
pub(crate) struct Order {
    pub(crate) count: u64,
    pub(crate) seed: u64,
    pub(crate) at: DateTime<Utc>,
    /// On average, for each lead.
    pub(crate) events: u32,
}

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let order = match read_arguments(arguments) {
        Ok(Some(order)) => order,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match write_leads(&order, &mut out).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has had enough, as in `generate_leads … | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The order that the arguments give, or none where they ask for help.
pub(crate) fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Option<Order>, String> {
    let (mut count, mut seed, mut events, mut at) = (None, None, 20, "2026-11-01".to_owned());
    while let Some(flag) = arguments.next() {
        if flag == "--help" || flag == "-h" {
            return Ok(None);
        }
        let mut value = || arguments.next().ok_or_else(|| format!("{flag} needs a value behind it"));
        match flag.as_str() {
            "--count" => count = Some(number(&flag, &value()?, u64::MAX)?),
            "--seed" => seed = Some(number(&flag, &value()?, u64::MAX)?),
            "--events" => events = number(&flag, &value()?, 100_000)?,
            "--at" => at = value()?,
            _ => return Err(format!("{flag:?} is not known")),
        }
    }
    Ok(Some(Order {
        count: count.ok_or("--count is missing")?,
        seed: seed.ok_or("--seed is missing")?,
        at: parse_instant(&at).ok().filter(|at| (2000..=9999).contains(&at.year())).ok_or_else(|| {
            format!("--at: {at:?} is no date or RFC 3339 instant of the years 2000 to 9999")
        })?,
        events,
    }))
}

fn number<N: TryFrom<u64>>(flag: &str, text: &str, most: u64) -> Result<N, String> {
    let number =
        text.parse().ok().filter(|number| *number <= most).and_then(|number| N::try_from(number).ok());
    number.ok_or_else(|| format!("{flag}: {text:?} is no whole number from 0 to {most}"))
}

/// Writes the leads, one a line.
pub(crate) fn write_leads(order: &Order, out: &mut impl Write) -> io::Result<()> {
    let mut dice = Dice(Pcg32::seed_from_u64(order.seed));
    for number in 1..=order.count {
        serde_json::to_writer(&mut *out, &lead(number, order, &mut dice))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn lead(number: u64, order: &Order, dice: &mut Dice) -> Lead {
    let habit = dice.one_of(HABITS);
    let age = dice.mostly_small(OLDEST);
    let before = |seconds: u32| order.at - TimeDelta::seconds(i64::from(seconds));
    let stage = habit.and_then(|habit| dice.one_of(habit.stages)).unwrap_or_default();
    let is_met_by_sales = matches!(stage, Stage::Sal | Stage::Sql | Stage::Customer);
    let events = habit.map(|habit| events(number, habit, age, order, dice)).unwrap_or_default();

    let (title, seniority) = dice.one_of(TITLES).unzip();
    let (trade, industry) = dice.one_of(TRADES).unzip();
    let place = dice.one_of(PLACES);
    let company = place.zip(trade).map(|(place, trade)| format!("{place} {trade}"));
    let own_domain = company.as_ref().map(|name| format!("{}.example", name.replace(' ', "")));
    let domain = dice.one_of(OTHER_MAIL).map(str::to_owned).or(own_domain);
    Lead {
        id: format!("L-{number}"),
        attributes: Attributes {
            title,
            seniority: seniority.filter(|_| dice.chance(40)),
            company,
            company_size: dice.one_of(SIZES).map(|(low, high)| low + dice.mostly_small(high - low + 1)),
            industry: industry.filter(|_| dice.chance(90)),
            country: dice.one_of(COUNTRIES),
            // Some forms keep what was typed, others lower it.
            email_domain: domain.map(|domain| if dice.chance(90) { domain.to_lowercase() } else { domain }),
            created_at: dice.chance(95).then(|| before(age).date_naive()),
            plan: if events.iter().any(|event| event.event == "trial_step") {
                dice.one_of(PLANS)
            } else {
                None
            },
            answers: is_met_by_sales.then(|| Answers {
                budget: dice.chance(60),
                authority: dice.chance(50),
                need: dice.chance(85),
                timing: dice.chance(70).then(|| dice.chance(50)),
            }),
        },
        events,
        stage,
        stage_since: (stage != Stage::Lead).then(|| before(dice.below(age))),
    }
}

/// What a lead did since it came, `age` seconds ago, in the order of time.
fn events(number: u64, habit: &Habit, age: u32, order: &Order, dice: &mut Dice) -> Vec<Event> {
    // A fifth has gone quiet: nothing happened in the last two to eight months.
    let quiet = if dice.chance(20) { (60 * DAY + dice.below(180 * DAY)).min(age) } else { 0 };
    let before = |seconds: u32| order.at - TimeDelta::seconds(i64::from(seconds));
    let mut events = Vec::new();
    for nth in 1..=dice.below(2 * order.events * habit.activity / 100 + 1) {
        let Some((event, subject)) = dice.one_of(habit.events) else { continue };
        let at = before(quiet + dice.mostly_small(age - quiet));
        let properties = match event {
            "watched" => Some(Properties::Seconds(10 + dice.mostly_small(900))),
            "trial_step" => Some(Properties::Minutes(f64::from(dice.below(240)) / 4.0)),
            _ => None,
        };
        // The website gives its events an id, and sometimes delivers one twice.
        let id = (event == "visited").then(|| format!("web-{number}-{nth}"));
        let is_delivered_twice = id.is_some() && dice.chance(2);
        let event = Event { id, event, subject, at, properties };
        events.extend(is_delivered_twice.then(|| event.clone()));
        events.push(event);
    }
    if dice.chance(3) {
        let at = before(dice.below(age));
        events.push(Event { id: None, event: "unsubscribed", subject: "all_letters", at, properties: None });
    }
    // Stable, so that events of one second keep the order in which they were drawn.
    events.sort_by_key(|event| event.at);
    events
}

/// Draws, in whole numbers only, so that no machine rounds differently.
struct Dice(Pcg32);

impl Dice {
    /// A number below `limit`; 0 if that is 0.
    fn below(&mut self, limit: u32) -> u32 {
        // OK because the upper half of the product is below `limit`.
        ((u64::from(self.0.next_u32()) * u64::from(limit)) >> 32) as u32
    }

    /// A number below `limit`, a small one more often than a large one.
    fn mostly_small(&mut self, limit: u32) -> u32 {
        let most = self.below(limit) + 1;
        self.below(most)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One entry of a table by its shares; none where the draw is what the table leaves of a hundred.
    fn one_of<T: Copy>(&mut self, shares: &Shares<T>) -> Option<T> {
        let mut left = self.below(100);
        for (share, item) in shares {
            match left.checked_sub(*share) {
                Some(rest) => left = rest,
                None => return Some(*item),
            }
        }
        None
    }
}
