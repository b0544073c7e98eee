//! A renamed rule set compiles and means the same; what cannot be renamed is refused with the reason.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// The text with the changes that renaming the word at `offset` makes.
fn renamed(text: &str, offset: usize, name: &str) -> Result<String, RenameError> {
    let mut changed = text.to_owned();
    for edit in opened(text).rename(Path::new(MAIN), offset, name)?.iter().rev() {
        changed.replace_range(edit.location.range.clone(), &edit.text);
    }
    Ok(changed)
}

/// Renames the first `before` at its last letter.
fn rename(before: &str, name: &str) -> Result<String, RenameError> {
    renamed(RULES, RULES.find(before).unwrap() + before.len(), name)
}

#[test]
fn every_name_can_be_renamed_there_and_back() {
    let mut workspace = opened(RULES);
    let symbols = workspace.symbols(Path::new(MAIN));
    let named = symbols.iter().filter(|found| !matches!(found.kind, Kind::Gate | Kind::Test | Kind::Band));
    let inner = symbols.iter().flat_map(|found| &found.children).filter(|found| {
        let named = RULES[found.selection.clone()] == found.name;
        named && matches!(found.kind, Kind::Rule | Kind::Band | Kind::Group)
    });
    let mut kinds = BTreeSet::new();
    for symbol in named.chain(inner) {
        kinds.insert(symbol.kind);
        let at = symbol.selection.start;
        let there = renamed(RULES, at, "zzz").unwrap();
        assert!(opened(&there).findings()[0].findings.is_empty(), "{}", symbol.name);
        assert_eq!(renamed(&there, at, &symbol.name).unwrap(), RULES, "{}", symbol.name);
    }
    assert!(kinds.len() >= 9, "{kinds:?}");
}

#[test]
fn names_that_are_looked_through_leave_the_meaning_alone() {
    let fingerprint = |text: &str| crate::RuleSet::compile(text).unwrap().fingerprint();
    for before in ["let decider", "let paid", "param bonus", "param pause", "activity content"] {
        assert_eq!(fingerprint(&rename(before, "other").unwrap()), fingerprint(RULES), "{before}");
    }
    assert_ne!(fingerprint(&rename("score engagement", "other").unwrap()), fingerprint(RULES));
}

#[test]
fn symbols_bands_and_properties_follow() {
    let text = rename("plan: one of [free, pro", "Plus").unwrap();
    assert!(text.contains("let paid = [Plus, enterprise]") && text.contains("plan = Plus"));
    let text = rename("fit is at least B", "fine").unwrap();
    assert!(text.contains("fine >= bonus") && text.contains("at least fine"));
    let text = rename("trial_step(step, minutes", "max").unwrap();
    assert!(text.contains("max: number"), "in its place any word is a name");
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |before: &str, name: &str| rename(before, name).unwrap_err();
    assert_eq!(refused("let decider", "2nd"), RenameError::BadName("2nd".to_owned()));
    assert_eq!(refused("let decider", "Boss"), RenameError::BadName("Boss".to_owned()));
    assert_eq!(refused("let decider", ""), RenameError::BadName(String::new()));
    assert_eq!(refused("let decider", "within"), RenameError::Keyword("within".to_owned()));
    assert_eq!(refused("let decider", "paid"), RenameError::Taken("paid".to_owned()));
    assert_eq!(refused("let decider", "title"), RenameError::Taken("title".to_owned()));
    assert_eq!(refused("band fit { A", "b"), RenameError::Taken("b".to_owned()));
    assert_eq!(refused("let decider = title", "rank"), RenameError::Standard("title".to_owned()));
    assert_eq!(refused("watched(demo, seconds", "s"), RenameError::Standard("seconds".to_owned()));
    for nothing in ["visited(pricing", "expect not mql", "expect stage lead", "score total = 0.6", "param"] {
        assert_eq!(refused(nothing, "x"), RenameError::NoName, "{nothing}");
    }
    assert_eq!(
        rename("fit is at least B", "b").map(|text| text.contains("b >= bonus")),
        Ok(true),
        "only its case"
    );
    let broken = with("titel => 1");
    assert!(matches!(renamed(&broken, RULES.find("decider").unwrap(), "x"), Err(RenameError::HasErrors(_))));
}

/// A property that an activity adds up for two kinds at once cannot be renamed for one of them.
#[test]
fn a_change_that_breaks_is_refused() {
    let text =
        "event a(x, n: number)\nevent b(x, n: number)\nactivity both = a(*) or b(*)\nsum(both.n) > 3 => 1";
    assert!(matches!(renamed(text, 11, "m"), Err(RenameError::Unfaithful(_))));
    assert!(renamed(text, 6, "c").is_ok());
}
