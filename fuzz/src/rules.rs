//! The text of a rule set: parsed, checked, laid out, compiled, evaluated, explained.

use std::collections::BTreeMap;

use leadql::{Code, Diagnostics, FormatError, ReadOptions, ReviewOptions, RuleSet};

use super::look;

/// Leads of the standard vocabulary; what a rule set makes something else of is skipped.
const LEADS: &str = r#"{"id":"L-1"}
{"id":"L-2","attributes":{"title":"Chief Marketing Officer","company_size":120,"budget":true,"need":false,"country":"DE","industry":"software","technologies":["aws","rust"],"created_at":"2026-01-05"},"events":[{"event":"visited","subject":"pricing","at":"2026-10-30T08:00:00Z"},{"event":"visited","subject":"pricing","at":"2026-10-02T00:00:00Z"},{"event":"visited","subject":"/docs/intro","at":"2026-10-30T08:00:00Z","id":"e1"},{"event":"opened","subject":"news","at":"2026-11-01T00:00:00Z"},{"event":"watched","subject":"demo","at":"2026-10-29T10:00:00Z","properties":{"seconds":340}},{"event":"downloaded","subject":"ebook","at":"2026-12-24T10:00:00Z"}]}
{"id":"L-3","attributes":{"title":"VP of \"Sales\"","email_domain":"gmail.com","company_size":0.25,"consent":true},"events":[{"event":"purchased","subject":"seat","at":"2025-11-01","properties":{"amount":99.5}},{"event":"bounced","at":"2026-10-31T23:59:59.999999Z"},{"event":"emailed","subject":"x","at":"0001-01-01"}],"stage":"mql","stage_since":"2026-09-01"}"#;

/// Takes any bytes as the text of a rule set.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let laid_out = match leadql::format("rules.lql", &text) {
        Ok(laid_out) => Some(laid_out),
        Err(FormatError::Invalid(found)) => {
            assert!(found.has_errors());
            None
        }
        Err(error) => panic!("{error}"),
    };
    if let Some(laid_out) = &laid_out {
        let again = leadql::format("rules.lql", laid_out).expect("what is laid out can be laid out");
        assert_eq!(*laid_out, again, "laid out once, then twice");
    }
    let compiled = RuleSet::compile(&text);
    let of_layout = laid_out.as_deref().map(RuleSet::compile);
    match (compiled, of_layout) {
        (Ok(_), None) => panic!("it compiles, and does not follow the grammar"),
        (Err(found), None) => is_told(&found),
        (Err(found), Some(Err(of_layout))) => {
            is_told(&found);
            assert_eq!(codes(&found), codes(&of_layout), "as it is, then laid out");
        }
        (Ok(rules), Some(Ok(of_layout))) => {
            assert_eq!(rules.fingerprint(), of_layout.fingerprint(), "as it is, then laid out");
            assert_eq!(codes(rules.warnings()), codes(of_layout.warnings()), "as it is, then laid out");
            compare(&rules, &of_layout);
        }
        (one, other) => panic!("{:?}, then laid out {:?}", one.map(drop), other.map(|other| other.map(drop))),
    }
}

/// Errors can be drawn, and each of them has a place.
fn is_told(found: &Diagnostics) {
    assert!(found.has_errors());
    assert!(!found.to_string().is_empty() && !found.render(true).is_empty());
    assert_eq!(found.reports().len(), found.len());
}

/// How often each code was found, but for characters that cannot be seen: the layout writes them so that they can.
fn codes(found: &Diagnostics) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for code in found.codes().filter(|code| *code != Code::HiddenCharacter) {
        *codes.entry(code.as_str()).or_default() += 1;
    }
    codes
}

fn compare(rules: &RuleSet, of_layout: &RuleSet) {
    assert!(!rules.warnings().has_errors());
    let (tests, again) = (rules.run_tests(), of_layout.run_tests());
    assert_eq!(tests.len(), again.len());
    for (test, again) in tests.iter().zip(&again) {
        assert_eq!((&test.name, test.failures.len()), (&again.name, again.failures.len()));
    }
    rules.test_coverage();
    assert!(!rules.plan_report().to_string().is_empty());
    let now = look::at("2026-11-01");
    let review = |rules: &RuleSet| rules.review(&ReviewOptions::new().at(now)).findings;
    let (findings, of_layout_findings) = (review(rules), review(of_layout));
    assert!(!findings.has_errors());
    assert_eq!(codes(&findings), codes(&of_layout_findings), "reviewed as it is, then laid out");
    assert_eq!(findings.is_empty(), findings.to_string().is_empty());
    let diff = rules.diff(of_layout);
    assert!(diff.same_meaning && diff.changes.is_empty(), "laid out it differs:\n{diff}");
    let options = ReadOptions::new("leads.jsonl");
    let leads = rules.read_leads(LEADS.as_bytes(), &options).expect("JSON Lines have no header");
    let of_layout_leads = of_layout.read_leads(LEADS.as_bytes(), &options).expect("as before");
    for (lead, other) in leads.zip(of_layout_leads) {
        // A rule set may say that an attribute is of another type than here.
        let (Ok(lead), Ok(other)) = (lead, other) else { continue };
        let evaluation = look::closely(rules, &lead, now);
        assert_eq!(evaluation, of_layout.evaluate(&other, now), "as it is, then laid out");
        // A large step of its own, which one lead with much in it is enough for.
        if lead.id() == "L-2" {
            look::widely(rules, &lead, now);
        }
    }
}
