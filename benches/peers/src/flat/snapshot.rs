//! The lead as a host has it, 24 fields wide, and several hundred of them.

use serde::Serialize;

use crate::dice::Dice;

/// What a host knows of a lead. An empty text is one that is not known.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    pub title: String,
    pub seniority: String,
    pub job_function: String,
    pub industry: String,
    pub country: String,
    pub city: String,
    pub lead_source: String,
    pub campaign: String,
    pub email_domain: String,
    pub persona: String,
    pub company_size: i64,
    pub annual_revenue: i64,
    pub page_views: i64,
    pub visits: i64,
    pub emails_opened: i64,
    pub days_idle: i64,
    pub forms: i64,
    pub open_seats: i64,
    pub budget: bool,
    pub authority: bool,
    pub need: bool,
    pub timing: bool,
    pub consent: bool,
    pub newsletter: bool,
}

/// A field's name and how to read it.
pub type Field<T> = (&'static str, fn(&Snapshot) -> T);

/// The text fields. A function, because what it gives borrows from the lead.
pub fn texts(lead: &Snapshot) -> [(&'static str, &str); 10] {
    [
        ("title", &lead.title),
        ("seniority", &lead.seniority),
        ("job_function", &lead.job_function),
        ("industry", &lead.industry),
        ("country", &lead.country),
        ("city", &lead.city),
        ("lead_source", &lead.lead_source),
        ("campaign", &lead.campaign),
        ("email_domain", &lead.email_domain),
        ("persona", &lead.persona),
    ]
}

pub const NUMBERS: [Field<i64>; 8] = [
    ("company_size", |lead| lead.company_size),
    ("annual_revenue", |lead| lead.annual_revenue),
    ("page_views", |lead| lead.page_views),
    ("visits", |lead| lead.visits),
    ("emails_opened", |lead| lead.emails_opened),
    ("days_idle", |lead| lead.days_idle),
    ("forms", |lead| lead.forms),
    ("open_seats", |lead| lead.open_seats),
];

pub const FLAGS: [Field<bool>; 6] = [
    ("budget", |lead| lead.budget),
    ("authority", |lead| lead.authority),
    ("need", |lead| lead.need),
    ("timing", |lead| lead.timing),
    ("consent", |lead| lead.consent),
    ("newsletter", |lead| lead.newsletter),
];

/// A field's value, for engines that take their input name by name.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    Text(&'a str),
    Number(i64),
    Flag(bool),
}

/// All fields by name.
pub fn fields(lead: &Snapshot) -> impl Iterator<Item = (&'static str, Value<'_>)> {
    let texts = texts(lead).into_iter().map(|(name, text)| (name, Value::Text(text)));
    let numbers = NUMBERS.into_iter().map(|(name, read)| (name, Value::Number(read(lead))));
    let flags = FLAGS.into_iter().map(|(name, read)| (name, Value::Flag(read(lead))));
    texts.chain(numbers).chain(flags)
}

/// So many leads, all different.
pub fn snapshots(count: usize) -> Vec<Snapshot> {
    let mut dice = Dice::new(1);
    (0..count).map(|number| snapshot(number, &mut dice)).collect()
}

fn snapshot(number: usize, dice: &mut Dice) -> Snapshot {
    // As people type: now and then in capitals, now and then not at all.
    let mut text = |unknown: i64, list: &[&str]| {
        let text = dice.one_of(list);
        match dice.below(100) {
            chance if chance < unknown => String::new(),
            chance if chance >= 95 => text.to_uppercase(),
            _ => text.to_owned(),
        }
    };
    let title = text(
        5,
        &[
            "Chief Marketing Officer",
            "Chief Executive",
            "VP Sales",
            "VP of Engineering",
            "Head of Growth",
            "Marketing Manager",
            "Account Manager",
            "Product Manager",
            "Software Engineer",
            "Student",
            "Marketing Intern",
            "Consultant",
            "Founder",
            "Office Administrator",
        ],
    );
    let seniority = text(20, &["director", "c-level", "owner", "manager", "senior", "entry"]);
    let job_function = text(10, &["marketing", "sales", "operations", "it", "finance", "legal"]);
    let industry = text(
        8,
        &[
            "Software",
            "Fintech",
            "Healthcare",
            "Education",
            "Government",
            "Retail",
            "Biotech",
            "Gambling",
            "Logistics",
            "Construction",
        ],
    );
    let country = text(3, &["US", "CA", "GB", "DE", "FR", "NL", "ES", "BR", "IN", "JP"]);
    let city = text(15, &["London", "Berlin", "New York", "Boston", "Madrid", "Toronto", "Pune"]);
    let lead_source = text(5, &["referral", "webinar", "event", "cold call", "organic search", "ads"]);
    let campaign = text(30, &["q4_launch", "q4_retarget", "brand_2026", "spring_retarget", "newsletter_7"]);
    let own_domain = format!("company{number}.example");
    let email_domain = text(
        2,
        &["gmail.com", "outlook.com", "yahoo.com", "college.edu", "acme.io", &own_domain, &own_domain],
    );
    let persona = text(40, &["champion", "buyer", "economic buyer", "blocker", "user"]);
    Snapshot {
        title,
        seniority,
        job_function,
        industry,
        country,
        city,
        lead_source,
        campaign,
        email_domain,
        persona,
        company_size: 1 + dice.mostly_small(2_000),
        annual_revenue: dice.mostly_small(200_000_000),
        page_views: dice.mostly_small(60),
        visits: dice.mostly_small(20),
        emails_opened: dice.mostly_small(30),
        days_idle: dice.mostly_small(120),
        forms: dice.mostly_small(6),
        open_seats: dice.mostly_small(200),
        budget: dice.chance(40),
        authority: dice.chance(40),
        need: dice.chance(60),
        timing: dice.chance(30),
        consent: dice.chance(80),
        newsletter: dice.chance(50),
    }
}
