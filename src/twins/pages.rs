//! The page of a rule set is well-formed and leaves nothing out, and what it says of bands holds of every lead.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::compare::for_all;
use crate::explain::Reader;
use crate::model::ScoreKind;
use crate::page::{check_html, verdict};

#[test]
fn a_page_names_every_rule_band_segment_and_gate() {
    for_all(26, |compiled| {
        let (model, page) = (compiled.model(), compiled.rules.page());
        let (html, markdown) = (page.to_html(), page.to_markdown());
        check_html(&html)?;
        let mut names: Vec<&str> = Vec::new();
        names.extend(model.rules.iter().filter(|rule| rule.named).map(|rule| rule.name.as_str()));
        names.extend(model.scores.iter().map(|score| score.name.as_str()));
        names.extend(model.scores.iter().flat_map(|score| &score.bands).map(|band| band.name.as_str()));
        names.extend(model.segments.iter().map(|segment| segment.name.as_str()));
        names.extend(model.lets.iter().map(|named| named.name.as_str()));
        names.extend(model.named.activities.iter().map(|activity| activity.name.as_str()));
        names.extend(model.named.lists.iter().map(|list| list.name.as_str()));
        names.extend(model.named.params.iter().map(|param| param.name.as_str()));
        for name in names {
            if !html.contains(&format!("<code>{name}</code>")) || !markdown.contains(&format!("`{name}`")) {
                return Err(format!("{name} is not on the page\n{markdown}"));
            }
        }
        // A row for each rule: those of Markdown begin with the points.
        let rows = markdown.lines().filter(|line| {
            let cell = line.strip_prefix("| ").and_then(|line| line.split(" |").next()).unwrap_or("");
            cell.trim_end_matches(" each").trim_start_matches('+').parse::<f64>().is_ok()
        });
        if rows.count() < model.rules.len() {
            return Err(format!("a rule is not on the page\n{markdown}"));
        }
        let labels = model.rules.iter().filter_map(|rule| rule.label.as_deref());
        let reasons = model
            .gates
            .disqualify
            .iter()
            .chain(&model.gates.recycle)
            .filter_map(|gate| gate.reason.as_deref());
        for text in labels.chain(reasons).filter(|text| !text.is_empty()) {
            if !markdown.contains(&format!("**{text}**")) {
                return Err(format!("{text:?} is not on the page\n{markdown}"));
            }
        }
        let gates = [
            ("**Promote**", model.gates.mql.is_some()),
            ("**Recycle**", model.gates.recycle.is_some()),
            ("**Disqualify**", !model.gates.disqualify.is_empty()),
            (": needs a reason unless", model.gates.sql.is_some()),
        ];
        for (title, there) in gates {
            if markdown.contains(title) != there {
                return Err(format!("{title} on the page\n{markdown}"));
            }
        }
        let derived = model.scores.iter().any(|score| matches!(score.kind, ScoreKind::Derived(_)));
        if derived != markdown.contains(" × ") {
            return Err(format!("derived scores\n{markdown}"));
        }
        Ok(())
    });
}

#[test]
fn what_the_bands_say_of_a_gate_holds() {
    let certain = AtomicUsize::new(0);
    for_all(27, |compiled| {
        let model = compiled.model();
        let outcome = Reader::new(model, &compiled.facts).read(compiled.case.now).outcome;
        let gates = [
            (model.gates.mql.as_ref().map(|gate| gate.when), outcome.gates.mql),
            (model.gates.sql, outcome.gates.sql),
        ];
        for (criteria, holds) in gates {
            let Some(criteria) = criteria else { continue };
            for (at, one) in model.band_order.iter().enumerate() {
                for other in &model.band_order[at + 1..] {
                    let band =
                        |score: crate::model::ScoreIndex| outcome.bands[score.index()].unwrap().index();
                    let said = verdict(model, criteria, [(*one, band(*one)), (*other, band(*other))]);
                    certain.fetch_add(usize::from(said.is_some()), Ordering::Relaxed);
                    if said.is_some_and(|said| said != holds) {
                        return Err(format!("the bands say {said:?}, and it is {holds}\n{outcome:#?}"));
                    }
                }
            }
        }
        Ok(())
    });
    assert!(certain.load(Ordering::Relaxed) > 0, "no verdict was ever certain");
}
