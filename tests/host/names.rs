//! Names that the vocabulary lacks can be asked about, one by one.

use std::collections::BTreeMap;
use std::error::Error as _;

use leadql::{LeadErrorKind, NameSort, RuleSet};

use super::at;

#[test]
fn an_unknown_name_tells_what_it_is() {
    let rules = RuleSet::compile("need => 1").unwrap();
    let error = rules.lead().set("titel", "x").unwrap_err();
    let LeadErrorKind::UnknownName(name) = error.kind() else { unreachable!("{error:?}") };
    assert_eq!(
        (name.sort(), name.name(), name.event(), name.suggestion(), name.leads()),
        (NameSort::Attribute, "titel", None, Some("title"), None)
    );
    let event = rules.event("watched").unwrap();
    let error = rules.property(event, "secnds").unwrap_err();
    let LeadErrorKind::UnknownName(name) = error.kind() else { unreachable!("{error:?}") };
    assert_eq!(
        (name.sort(), name.name(), name.event(), name.suggestion()),
        (NameSort::Property, "secnds", Some("watched"), Some("seconds"))
    );
    let error = rules.event("vistied").unwrap_err();
    assert!(error.to_string().contains("did you mean \"visited\"?"), "{error}");

    let lead: BTreeMap<&str, &str> = [("id", "L-1"), ("bogus_column", "x")].into();
    let (lead, unknown) = rules.lead_and_unknown_from(&lead).unwrap();
    assert_eq!((lead.id(), unknown.len()), ("L-1", 1));
    assert_eq!((unknown[0].name(), unknown[0].suggestion()), ("bogus_column", None));
}

#[test]
fn handles_of_other_rules_are_refused() {
    let rules = RuleSet::compile("need => 1").unwrap();
    let other = RuleSet::compile("attribute own: flag  event mine(page)  own => 1").unwrap();
    let error = rules.property(other.event("mine").unwrap(), "seconds").unwrap_err();
    assert!(error.to_string().contains("resolve its name with this one"), "{error}");
}

#[cfg(feature = "json")]
#[test]
fn an_error_of_a_file_has_a_source() {
    let rules = RuleSet::compile("need => 1").unwrap();
    let options = leadql::ReadOptions::new("leads.jsonl");
    let mut leads = rules.read_leads(&b"{\"id\":\"L-1\",\"attributes\":{\"need\":7}}"[..], &options).unwrap();
    let error = leads.next().unwrap().unwrap_err();
    assert!(error.to_string().contains("leads.jsonl"), "{error}");
    assert!(
        error.source().is_some_and(|source| error.to_string().contains(&source.to_string())),
        "{error:?}"
    );
    assert_eq!(
        rules.evaluate(&rules.lead().build(), at("2026-01-01")).score("score").unwrap().to_string(),
        "0"
    );
}
