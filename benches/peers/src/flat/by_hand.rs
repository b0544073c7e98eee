//! The rules written by hand to be fast, and nothing else: the yardstick.
//!
//! Preparing turns each text into the little that the rules want to know of it, in one look at its letters;
//! scoring is then a sum without a branch.

use super::snapshot::Snapshot;
use crate::way::Verdict;

/// A lead with its texts turned into numbers.
#[derive(Clone, Copy)]
pub struct Prepared {
    title: Title,
    seniority: Seniority,
    function: Function,
    industry: Industry,
    country: Country,
    city: City,
    source: Source,
    campaign: Campaign,
    domain: Domain,
    persona: Persona,
    company_size: i64,
    annual_revenue: i64,
    page_views: i64,
    visits: i64,
    emails_opened: i64,
    days_idle: i64,
    forms: i64,
    open_seats: i64,
    budget: bool,
    authority: bool,
    need: bool,
    timing: bool,
    consent: bool,
    newsletter: bool,
}

#[derive(Clone, Copy, Default)]
struct Title {
    chief: bool,
    vp_or_head: bool,
    manager: bool,
    intern: bool,
    student: bool,
}

#[derive(Clone, Copy, Default)]
struct Campaign {
    q4: bool,
    brand: bool,
    retarget: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seniority {
    Director,
    CLevelOrOwner,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Marketing,
    SalesOrOperations,
    It,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Industry {
    SoftwareOrFintech,
    Healthcare,
    EducationOrGovernment,
    Retail,
    Biotech,
    Gambling,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Country {
    First,
    Second,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum City {
    Metropolis,
    Boston,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Referral,
    WebinarOrEvent,
    ColdCall,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Domain {
    FreeMail,
    University,
    Example,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Persona {
    Champion,
    Buyer,
    Blocker,
    Other,
}

/// The longest text that is looked at on the stack.
const SHORT: usize = 64;

/// Calls `read` with the text in small letters.
#[inline]
fn folded<T>(text: &str, read: impl Fn(&[u8]) -> T) -> T {
    let mut short = [0; SHORT];
    match short.get_mut(..text.len()) {
        Some(buffer) => {
            buffer.copy_from_slice(text.as_bytes());
            buffer.make_ascii_lowercase();
            read(buffer)
        }
        None => read(text.to_ascii_lowercase().as_bytes()),
    }
}

fn title(text: &[u8]) -> Title {
    let mut title = Title::default();
    // All words are looked for in one go: their first letters differ.
    for (at, letter) in text.iter().enumerate() {
        let rest = &text[at..];
        match letter {
            b'c' => title.chief |= rest.starts_with(b"chief"),
            b'v' => title.vp_or_head |= rest.starts_with(b"vp"),
            b'h' => title.vp_or_head |= rest.starts_with(b"head"),
            b'm' => title.manager |= rest.starts_with(b"manager"),
            b'i' => title.intern |= rest.starts_with(b"intern"),
            b's' => title.student |= rest.starts_with(b"student"),
            _ => {}
        }
    }
    title
}

fn campaign(text: &[u8]) -> Campaign {
    Campaign {
        q4: text.starts_with(b"q4_"),
        brand: text.starts_with(b"brand"),
        retarget: text.windows(8).any(|part| part == b"retarget"),
    }
}

impl Prepared {
    pub fn new(lead: &Snapshot) -> Self {
        Prepared {
            title: folded(&lead.title, title),
            seniority: folded(&lead.seniority, |text| match text {
                b"director" => Seniority::Director,
                b"c-level" | b"owner" => Seniority::CLevelOrOwner,
                _ => Seniority::Other,
            }),
            function: folded(&lead.job_function, |text| match text {
                b"marketing" => Function::Marketing,
                b"sales" | b"operations" => Function::SalesOrOperations,
                b"it" => Function::It,
                _ => Function::Other,
            }),
            industry: folded(&lead.industry, |text| match text {
                b"software" | b"fintech" => Industry::SoftwareOrFintech,
                b"healthcare" => Industry::Healthcare,
                b"education" | b"government" => Industry::EducationOrGovernment,
                b"retail" => Industry::Retail,
                b"biotech" => Industry::Biotech,
                b"gambling" => Industry::Gambling,
                _ => Industry::Other,
            }),
            country: folded(&lead.country, |text| match text {
                b"us" | b"ca" | b"gb" => Country::First,
                b"de" | b"fr" | b"nl" | b"es" => Country::Second,
                _ => Country::Other,
            }),
            city: folded(&lead.city, |text| match text {
                b"london" | b"berlin" | b"new york" => City::Metropolis,
                b"boston" => City::Boston,
                _ => City::Other,
            }),
            source: folded(&lead.lead_source, |text| match text {
                b"referral" => Source::Referral,
                b"webinar" | b"event" => Source::WebinarOrEvent,
                b"cold call" => Source::ColdCall,
                _ => Source::Other,
            }),
            campaign: folded(&lead.campaign, campaign),
            domain: folded(&lead.email_domain, |text| match text {
                b"gmail.com" | b"outlook.com" | b"yahoo.com" => Domain::FreeMail,
                _ if text.ends_with(b".example") => Domain::Example,
                _ if text.ends_with(b".edu") => Domain::University,
                _ => Domain::Other,
            }),
            persona: folded(&lead.persona, |text| match text {
                b"champion" => Persona::Champion,
                b"buyer" | b"economic buyer" => Persona::Buyer,
                b"blocker" => Persona::Blocker,
                _ => Persona::Other,
            }),
            company_size: lead.company_size,
            annual_revenue: lead.annual_revenue,
            page_views: lead.page_views,
            visits: lead.visits,
            emails_opened: lead.emails_opened,
            days_idle: lead.days_idle,
            forms: lead.forms,
            open_seats: lead.open_seats,
            budget: lead.budget,
            authority: lead.authority,
            need: lead.need,
            timing: lead.timing,
            consent: lead.consent,
            newsletter: lead.newsletter,
        }
    }

    #[inline]
    pub fn verdict(&self) -> Verdict {
        let score = self.score().clamp(0, 100);
        Verdict {
            score: score * 1_000,
            band: u8::from(score < 70) + u8::from(score < 40),
            mql: (score >= 60) & self.consent & (self.industry != Industry::Gambling),
        }
    }

    #[inline]
    fn score(&self) -> i64 {
        let on = |holds: bool, points: i64| i64::from(holds) * points;
        let wealthy = (self.company_size >= 100) | (self.annual_revenue >= 20_000_000);
        on(self.title.chief, 20)
            + on(self.title.vp_or_head, 12)
            + on(self.title.manager & (self.company_size >= 200), 6)
            + on(self.title.intern | self.title.student, -30)
            + on(self.seniority == Seniority::Director, 10)
            + on((self.seniority == Seniority::CLevelOrOwner) & self.authority, 8)
            + on(self.function == Function::Marketing, 8)
            + on(self.function == Function::SalesOrOperations, 5)
            + on((self.function == Function::It) & (self.open_seats >= 5), 4)
            + on(self.industry == Industry::SoftwareOrFintech, 15)
            + on((self.industry == Industry::Healthcare) & self.consent, 6)
            + on(self.industry == Industry::EducationOrGovernment, -5)
            + on((self.industry == Industry::Retail) & (self.annual_revenue >= 50_000_000), 7)
            + on(self.country == Country::First, 10)
            + on(self.country == Country::Second, 7)
            + on(self.country == Country::Other, -8)
            + on(self.city == City::Metropolis, 3)
            + on((self.city == City::Boston) & (self.industry == Industry::Biotech), 5)
            + on(self.source == Source::Referral, 12)
            + on(self.source == Source::WebinarOrEvent, 6)
            + on(self.source == Source::ColdCall, -4)
            + on(self.campaign.q4, 5)
            + on(self.campaign.brand & !self.newsletter, -2)
            + on(self.campaign.retarget, 3)
            + on(self.domain == Domain::FreeMail, -15)
            + on(self.domain == Domain::University, -10)
            + on(self.domain == Domain::Example, 1)
            + on(self.persona == Persona::Champion, 9)
            + on((self.persona == Persona::Buyer) & self.budget, 11)
            + on(self.persona == Persona::Blocker, -12)
            + on((self.company_size >= 50) & (self.company_size <= 500), 20)
            + on(self.company_size > 500, 10)
            + on(self.company_size < 5, -10)
            + on(self.annual_revenue >= 10_000_000, 8)
            + on((self.annual_revenue >= 1_000_000) & (self.annual_revenue < 10_000_000), 4)
            + on(self.page_views >= 20, 6)
            + on((self.page_views >= 5) & (self.page_views < 20), 3)
            + on((self.visits >= 5) & (self.days_idle <= 7), 10)
            + on(self.days_idle > 60, -15)
            + on((self.days_idle > 30) & !self.newsletter, -5)
            + on(self.emails_opened >= 10, 5)
            + on((self.emails_opened <= 0) & self.newsletter, -3)
            + on(self.forms >= 2, 7)
            + on((self.forms >= 1) | (self.visits >= 10), 4)
            + on((self.open_seats >= 10) & (self.open_seats <= 100), 5)
            + on(self.budget, 12)
            + on(self.authority & self.need, 10)
            + on(self.need & self.timing, 8)
            + on(!self.consent, -20)
            + on((self.budget | self.authority) & wealthy & !self.title.student, 6)
    }
}
