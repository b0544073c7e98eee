//! The rules in LeadQL, and every way that it has for a lead to come in.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use leadql::{AttributeHandle, Evaluation, LeadBuilder, LeadError, LeadRow, LeadState, RuleSet};

use super::rules::{BANDS, BOUNDS, Condition, MQL, Rule, mql};
use super::snapshot::{FLAGS, NUMBERS, Snapshot, Value, fields};
use crate::way::{Kind, Verdict, Way};

/// The rule set as text.
pub fn text(rules: &[Rule]) -> String {
    let mut text = String::new();
    for (name, _) in NUMBERS {
        _ = writeln!(text, "attribute {name}: number");
    }
    for (name, _) in FLAGS {
        _ = writeln!(text, "attribute {name}: flag");
    }
    _ = writeln!(text, "\nscore fit {}..{} {{", BOUNDS.0, BOUNDS.1);
    for rule in rules {
        _ = writeln!(text, "  {} => {:+}", condition(&rule.condition), rule.points);
    }
    _ = writeln!(text, "}}\n");
    let bands = BANDS.map(|(name, bound)| format!("{name} >= {bound}")).join(", ");
    _ = writeln!(text, "band fit {{ {bands}, cold }}");
    _ = writeln!(text, "stage mql when fit >= {MQL} and {}", condition(&mql()));
    text
}

/// A condition in LeadQL.
pub fn condition(of: &Condition) -> String {
    let list = |values: &[&str]| format!("{values:?}");
    match of {
        Condition::Is(field, value) => format!("{field} = {value:?}"),
        Condition::In(field, values) => format!("{field} in {}", list(values)),
        Condition::Contains(field, parts) => format!("{field} contains any of {}", list(parts)),
        Condition::StartsWith(field, start) => format!("{field} starts with {start:?}"),
        Condition::EndsWith(field, end) => format!("{field} ends with {end:?}"),
        Condition::Number(field, Some(low), Some(high)) => format!("{field} between {low} and {high}"),
        Condition::Number(field, low, high) => {
            let low = low.map(|low| format!("{field} >= {low}"));
            low.or(high.map(|high| format!("{field} <= {high}"))).unwrap_or_default()
        }
        Condition::Flag(field) => (*field).to_owned(),
        Condition::Not(inner) => format!("not ({})", condition(inner)),
        Condition::And(parts) => {
            format!("({})", parts.iter().map(condition).collect::<Vec<_>>().join(" and "))
        }
        Condition::Or(parts) => format!("({})", parts.iter().map(condition).collect::<Vec<_>>().join(" or ")),
    }
}

pub fn ways(
    rules: &RuleSet,
    leads: &'static [Snapshot],
    now: DateTime<Utc>,
) -> Result<Vec<Way>, Box<dyn std::error::Error>> {
    let score = rules.score_id("fit").ok_or("no score")?;
    let verdict = move |evaluation: &Evaluation| Verdict {
        score: evaluation.points(score).map_or(i64::MIN, |points| points.thousandths()),
        band: evaluation.band_place(score).unwrap_or(usize::MAX) as u8,
        mql: evaluation.mql(),
    };

    let prepared = leads.iter().map(|lead| Ok(set(rules.lead(), lead)?.build()));
    let prepared: &'static [_] = prepared.collect::<Result<Vec<_>, LeadError>>()?.leak();
    let mut evaluator = rules.evaluator().without_valid_until();
    let once =
        Way::new("LeadQL", Kind::Prepared, move |lead| verdict(evaluator.evaluate(&prepared[lead], now)));
    let mut evaluator = rules.evaluator();
    let valid_until = Way::new("LeadQL, with valid_until", Kind::Prepared, move |lead| {
        verdict(evaluator.evaluate(&prepared[lead], now))
    });

    let mut evaluator = rules.evaluator().without_valid_until();
    let owned = rules.clone();
    let builder = Way::new("LeadQL, lead builder", Kind::FromFields, move |lead| {
        let lead = set(owned.lead(), &leads[lead]).expect("checked above").build();
        verdict(evaluator.evaluate(&lead, now))
    });

    let mut evaluator = rules.evaluator().without_valid_until();
    let owned = rules.clone();
    let serde = Way::new("LeadQL, serde", Kind::FromFields, move |lead| {
        let lead = owned.lead_from(&leads[lead]).expect("its fields are the rule set's");
        verdict(evaluator.evaluate(&lead, now))
    });
    let handles = Handles::of(rules)?;
    let (mut row, mut evaluator) = (rules.row(), rules.evaluator().without_valid_until());
    let row = Way::new("LeadQL, row", Kind::FromFields, move |lead| {
        handles.fill(&mut row, &leads[lead]).expect("the fields' own types");
        verdict(evaluator.evaluate_row(&mut row, now).expect("of the same rule set"))
    });
    let mut keeper = rules.keeper();
    let handles = fields(&leads[0]).map(|(name, _)| keeper.attribute(name));
    let handles: Vec<AttributeHandle> = handles.collect::<Result<_, _>>()?;
    let mut state = move |lead: &Snapshot| {
        let mut state = keeper.new_state("");
        for ((_, value), attribute) in fields(lead).zip(&handles) {
            let set = match value {
                Value::Text(text) => keeper.set(&mut state, *attribute, text, now),
                Value::Number(number) => keeper.set(&mut state, *attribute, number, now),
                Value::Flag(flag) => keeper.set(&mut state, *attribute, flag, now),
            };
            set.expect("the field's own type");
        }
        state
    };
    let mut states: Vec<LeadState> = leads.iter().map(&mut state).collect();
    let mut settler = rules.keeper();
    states.iter_mut().try_for_each(|state| settler.settle(state))?;
    let mut evaluator = rules.evaluator().without_valid_until();
    let kept = Way::new("LeadQL, bounded state", Kind::Prepared, move |lead| {
        verdict(evaluator.evaluate_state(&states[lead], now).expect("of the same rule set"))
    });
    let mut evaluator = rules.evaluator().without_valid_until();
    let recorded = Way::new("LeadQL, bounded state", Kind::FromFields, move |lead| {
        verdict(evaluator.evaluate_state(&state(&leads[lead]), now).expect("of the same rule set"))
    });
    Ok(vec![once, valid_until, kept, row, builder, serde, recorded])
}

fn set<'r>(builder: LeadBuilder<'r>, lead: &Snapshot) -> Result<LeadBuilder<'r>, LeadError> {
    builder
        .set("title", &lead.title)?
        .set("seniority", &lead.seniority)?
        .set("job_function", &lead.job_function)?
        .set("industry", &lead.industry)?
        .set("country", &lead.country)?
        .set("city", &lead.city)?
        .set("lead_source", &lead.lead_source)?
        .set("campaign", &lead.campaign)?
        .set("email_domain", &lead.email_domain)?
        .set("persona", &lead.persona)?
        .set("company_size", lead.company_size)?
        .set("annual_revenue", lead.annual_revenue)?
        .set("page_views", lead.page_views)?
        .set("visits", lead.visits)?
        .set("emails_opened", lead.emails_opened)?
        .set("days_idle", lead.days_idle)?
        .set("forms", lead.forms)?
        .set("open_seats", lead.open_seats)?
        .set("budget", lead.budget)?
        .set("authority", lead.authority)?
        .set("need", lead.need)?
        .set("timing", lead.timing)?
        .set("consent", lead.consent)?
        .set("newsletter", lead.newsletter)
}

/// The names of the fields, resolved once.
struct Handles {
    title: AttributeHandle,
    seniority: AttributeHandle,
    job_function: AttributeHandle,
    industry: AttributeHandle,
    country: AttributeHandle,
    city: AttributeHandle,
    lead_source: AttributeHandle,
    campaign: AttributeHandle,
    email_domain: AttributeHandle,
    persona: AttributeHandle,
    company_size: AttributeHandle,
    annual_revenue: AttributeHandle,
    page_views: AttributeHandle,
    visits: AttributeHandle,
    emails_opened: AttributeHandle,
    days_idle: AttributeHandle,
    forms: AttributeHandle,
    open_seats: AttributeHandle,
    budget: AttributeHandle,
    authority: AttributeHandle,
    need: AttributeHandle,
    timing: AttributeHandle,
    consent: AttributeHandle,
    newsletter: AttributeHandle,
}

impl Handles {
    fn of(rules: &RuleSet) -> Result<Self, LeadError> {
        Ok(Handles {
            title: rules.attribute("title")?,
            seniority: rules.attribute("seniority")?,
            job_function: rules.attribute("job_function")?,
            industry: rules.attribute("industry")?,
            country: rules.attribute("country")?,
            city: rules.attribute("city")?,
            lead_source: rules.attribute("lead_source")?,
            campaign: rules.attribute("campaign")?,
            email_domain: rules.attribute("email_domain")?,
            persona: rules.attribute("persona")?,
            company_size: rules.attribute("company_size")?,
            annual_revenue: rules.attribute("annual_revenue")?,
            page_views: rules.attribute("page_views")?,
            visits: rules.attribute("visits")?,
            emails_opened: rules.attribute("emails_opened")?,
            days_idle: rules.attribute("days_idle")?,
            forms: rules.attribute("forms")?,
            open_seats: rules.attribute("open_seats")?,
            budget: rules.attribute("budget")?,
            authority: rules.attribute("authority")?,
            need: rules.attribute("need")?,
            timing: rules.attribute("timing")?,
            consent: rules.attribute("consent")?,
            newsletter: rules.attribute("newsletter")?,
        })
    }

    fn fill(&self, row: &mut LeadRow, lead: &Snapshot) -> Result<(), LeadError> {
        row.clear();
        row.set(self.title, &lead.title)?;
        row.set(self.seniority, &lead.seniority)?;
        row.set(self.job_function, &lead.job_function)?;
        row.set(self.industry, &lead.industry)?;
        row.set(self.country, &lead.country)?;
        row.set(self.city, &lead.city)?;
        row.set(self.lead_source, &lead.lead_source)?;
        row.set(self.campaign, &lead.campaign)?;
        row.set(self.email_domain, &lead.email_domain)?;
        row.set(self.persona, &lead.persona)?;
        row.set(self.company_size, lead.company_size)?;
        row.set(self.annual_revenue, lead.annual_revenue)?;
        row.set(self.page_views, lead.page_views)?;
        row.set(self.visits, lead.visits)?;
        row.set(self.emails_opened, lead.emails_opened)?;
        row.set(self.days_idle, lead.days_idle)?;
        row.set(self.forms, lead.forms)?;
        row.set(self.open_seats, lead.open_seats)?;
        row.set(self.budget, lead.budget)?;
        row.set(self.authority, lead.authority)?;
        row.set(self.need, lead.need)?;
        row.set(self.timing, lead.timing)?;
        row.set(self.consent, lead.consent)?;
        row.set(self.newsletter, lead.newsletter)
    }
}
