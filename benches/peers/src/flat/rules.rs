//! The 50 rules, said once; what every engine is given is written out from here.

/// A rule: so many points where its condition holds.
#[derive(Clone, Debug)]
pub struct Rule {
    pub condition: Condition,
    pub points: i64,
}

/// A condition over fields, named as in [`super::snapshot::Snapshot`]. Texts are compared ignoring the case of
/// ASCII letters, and are written in small letters here.
#[derive(Clone, Debug)]
pub enum Condition {
    Is(&'static str, &'static str),
    In(&'static str, &'static [&'static str]),
    /// Any one of them.
    Contains(&'static str, &'static [&'static str]),
    StartsWith(&'static str, &'static str),
    EndsWith(&'static str, &'static str),
    /// From the first to the second, both included, either of which may be missing.
    Number(&'static str, Option<i64>, Option<i64>),
    Flag(&'static str),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
}

use Condition::{And, Contains, EndsWith, Flag, In, Is, Number, Or, StartsWith};

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn both(first: Condition, second: Condition) -> Condition {
    And(vec![first, second])
}

fn either(first: Condition, second: Condition) -> Condition {
    Or(vec![first, second])
}

fn at_least(field: &'static str, bound: i64) -> Condition {
    Number(field, Some(bound), None)
}

fn at_most(field: &'static str, bound: i64) -> Condition {
    Number(field, None, Some(bound))
}

fn between(field: &'static str, low: i64, high: i64) -> Condition {
    Number(field, Some(low), Some(high))
}

/// The bounds of the score, in points.
pub const BOUNDS: (i64, i64) = (0, 100);
/// The lower bounds of the bands above the lowest, in points.
pub const BANDS: [(&str, i64); 2] = [("hot", 70), ("warm", 40)];
/// What the score has to reach, in points, for a lead to be an MQL, with [`mql`].
pub const MQL: i64 = 60;

/// What else has to hold for a lead to be an MQL.
pub fn mql() -> Condition {
    both(Flag("consent"), not(Is("industry", "gambling")))
}

pub fn rules() -> Vec<Rule> {
    let wealthy = either(at_least("company_size", 100), at_least("annual_revenue", 20_000_000));
    let entitled = either(Flag("budget"), Flag("authority"));
    let rules = [
        (20, Contains("title", &["chief"])),
        (12, Contains("title", &["vp", "head"])),
        (6, both(Contains("title", &["manager"]), at_least("company_size", 200))),
        (-30, Contains("title", &["intern", "student"])),
        (10, Is("seniority", "director")),
        (8, both(In("seniority", &["c-level", "owner"]), Flag("authority"))),
        (8, Is("job_function", "marketing")),
        (5, In("job_function", &["sales", "operations"])),
        (4, both(Is("job_function", "it"), at_least("open_seats", 5))),
        (15, In("industry", &["software", "fintech"])),
        (6, both(Is("industry", "healthcare"), Flag("consent"))),
        (-5, In("industry", &["education", "government"])),
        (7, both(Is("industry", "retail"), at_least("annual_revenue", 50_000_000))),
        (10, In("country", &["us", "ca", "gb"])),
        (7, In("country", &["de", "fr", "nl", "es"])),
        (-8, not(In("country", &["us", "ca", "gb", "de", "fr", "nl", "es"]))),
        (3, In("city", &["london", "berlin", "new york"])),
        (5, both(Is("city", "boston"), Is("industry", "biotech"))),
        (12, Is("lead_source", "referral")),
        (6, In("lead_source", &["webinar", "event"])),
        (-4, Is("lead_source", "cold call")),
        (5, StartsWith("campaign", "q4_")),
        (-2, both(StartsWith("campaign", "brand"), not(Flag("newsletter")))),
        (3, Contains("campaign", &["retarget"])),
        (-15, In("email_domain", &["gmail.com", "outlook.com", "yahoo.com"])),
        (-10, EndsWith("email_domain", ".edu")),
        (1, EndsWith("email_domain", ".example")),
        (9, Is("persona", "champion")),
        (11, both(In("persona", &["buyer", "economic buyer"]), Flag("budget"))),
        (-12, Is("persona", "blocker")),
        (20, between("company_size", 50, 500)),
        (10, at_least("company_size", 501)),
        (-10, at_most("company_size", 4)),
        (8, at_least("annual_revenue", 10_000_000)),
        (4, between("annual_revenue", 1_000_000, 9_999_999)),
        (6, at_least("page_views", 20)),
        (3, between("page_views", 5, 19)),
        (10, both(at_least("visits", 5), at_most("days_idle", 7))),
        (-15, at_least("days_idle", 61)),
        (-5, both(at_least("days_idle", 31), not(Flag("newsletter")))),
        (5, at_least("emails_opened", 10)),
        (-3, both(at_most("emails_opened", 0), Flag("newsletter"))),
        (7, at_least("forms", 2)),
        (4, either(at_least("forms", 1), at_least("visits", 10))),
        (5, between("open_seats", 10, 100)),
        (12, Flag("budget")),
        (10, both(Flag("authority"), Flag("need"))),
        (8, both(Flag("need"), Flag("timing"))),
        (-20, not(Flag("consent"))),
        (6, And(vec![entitled, wealthy, not(Contains("title", &["student"]))])),
    ];
    rules.into_iter().map(|(points, condition)| Rule { condition, points }).collect()
}
