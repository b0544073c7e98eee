//! The rules as a good developer writes them who has other things to do than to make them fast.

use super::snapshot::Snapshot;
use crate::way::Verdict;

/// The lead with its texts in small letters, in which they are compared.
pub fn normalize(lead: &Snapshot) -> Snapshot {
    Snapshot {
        title: lead.title.to_lowercase(),
        seniority: lead.seniority.to_lowercase(),
        job_function: lead.job_function.to_lowercase(),
        industry: lead.industry.to_lowercase(),
        country: lead.country.to_lowercase(),
        city: lead.city.to_lowercase(),
        lead_source: lead.lead_source.to_lowercase(),
        campaign: lead.campaign.to_lowercase(),
        email_domain: lead.email_domain.to_lowercase(),
        persona: lead.persona.to_lowercase(),
        ..*lead
    }
}

/// The verdict on a normalized lead.
pub fn verdict(lead: &Snapshot) -> Verdict {
    let score = score(lead).clamp(0, 100);
    let band = match score {
        70.. => 0,
        40.. => 1,
        _ => 2,
    };
    Verdict { score: score * 1_000, band, mql: score >= 60 && lead.consent && lead.industry != "gambling" }
}

fn score(lead: &Snapshot) -> i64 {
    let mut score = 0;

    // Who they are.
    if lead.title.contains("chief") {
        score += 20;
    }
    if lead.title.contains("vp") || lead.title.contains("head") {
        score += 12;
    }
    if lead.title.contains("manager") && lead.company_size >= 200 {
        score += 6;
    }
    if lead.title.contains("intern") || lead.title.contains("student") {
        score -= 30;
    }
    if lead.seniority == "director" {
        score += 10;
    }
    if ["c-level", "owner"].contains(&lead.seniority.as_str()) && lead.authority {
        score += 8;
    }
    match lead.job_function.as_str() {
        "marketing" => score += 8,
        "sales" | "operations" => score += 5,
        "it" if lead.open_seats >= 5 => score += 4,
        _ => {}
    }
    match lead.industry.as_str() {
        "software" | "fintech" => score += 15,
        "healthcare" if lead.consent => score += 6,
        "education" | "government" => score -= 5,
        "retail" if lead.annual_revenue >= 50_000_000 => score += 7,
        _ => {}
    }

    // Where they are and where they come from.
    match lead.country.as_str() {
        "us" | "ca" | "gb" => score += 10,
        "de" | "fr" | "nl" | "es" => score += 7,
        _ => score -= 8,
    }
    if ["london", "berlin", "new york"].contains(&lead.city.as_str()) {
        score += 3;
    }
    if lead.city == "boston" && lead.industry == "biotech" {
        score += 5;
    }
    match lead.lead_source.as_str() {
        "referral" => score += 12,
        "webinar" | "event" => score += 6,
        "cold call" => score -= 4,
        _ => {}
    }
    if lead.campaign.starts_with("q4_") {
        score += 5;
    }
    if lead.campaign.starts_with("brand") && !lead.newsletter {
        score -= 2;
    }
    if lead.campaign.contains("retarget") {
        score += 3;
    }
    if ["gmail.com", "outlook.com", "yahoo.com"].contains(&lead.email_domain.as_str()) {
        score -= 15;
    }
    if lead.email_domain.ends_with(".edu") {
        score -= 10;
    }
    if lead.email_domain.ends_with(".example") {
        score += 1;
    }
    match lead.persona.as_str() {
        "champion" => score += 9,
        "buyer" | "economic buyer" if lead.budget => score += 11,
        "blocker" => score -= 12,
        _ => {}
    }

    // How large they are.
    if (50..=500).contains(&lead.company_size) {
        score += 20;
    }
    if lead.company_size > 500 {
        score += 10;
    }
    if lead.company_size < 5 {
        score -= 10;
    }
    if lead.annual_revenue >= 10_000_000 {
        score += 8;
    }
    if (1_000_000..10_000_000).contains(&lead.annual_revenue) {
        score += 4;
    }

    // What they did.
    if lead.page_views >= 20 {
        score += 6;
    }
    if (5..20).contains(&lead.page_views) {
        score += 3;
    }
    if lead.visits >= 5 && lead.days_idle <= 7 {
        score += 10;
    }
    if lead.days_idle > 60 {
        score -= 15;
    }
    if lead.days_idle > 30 && !lead.newsletter {
        score -= 5;
    }
    if lead.emails_opened >= 10 {
        score += 5;
    }
    if lead.emails_opened == 0 && lead.newsletter {
        score -= 3;
    }
    if lead.forms >= 2 {
        score += 7;
    }
    if lead.forms >= 1 || lead.visits >= 10 {
        score += 4;
    }
    if (10..=100).contains(&lead.open_seats) {
        score += 5;
    }

    // What sales knows.
    if lead.budget {
        score += 12;
    }
    if lead.authority && lead.need {
        score += 10;
    }
    if lead.need && lead.timing {
        score += 8;
    }
    if !lead.consent {
        score -= 20;
    }
    let is_wealthy = lead.company_size >= 100 || lead.annual_revenue >= 20_000_000;
    if (lead.budget || lead.authority) && is_wealthy && !lead.title.contains("student") {
        score += 6;
    }
    score
}
