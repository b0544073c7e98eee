//! The stages: a drawing with numbered steps, and each step in words.

use super::super::document::{Block, Item, Phrase, Section};
use super::super::stage_drawing::{DrawnStep, StageDrawing, title};
use super::super::words::{Words, length};
use crate::diagnostic::list;
use crate::lead::Stage;
use crate::model::{Gates, ReasonedGate};
use crate::qualification::{STEPS, Step, Trigger};
use crate::rule_set::RuleSet;

pub(super) fn section(rules: &RuleSet, words: &Words<'_>) -> Section {
    let gates = &words.model.gates;
    let (mut steps, mut items) = (Vec::new(), Vec::new());
    for step in STEPS {
        for (from, item) in told(words, gates, step) {
            let number = items.len() + 1;
            items.push(Item { number: Some(number), ..item });
            let to = step.to.to_vec();
            steps.push(DrawnStep { number, trigger: step.trigger, automatic: step.automatic, from, to });
        }
    }
    let mermaid = rules.stage_graph().to_mermaid();
    let says = "Steps on solid arrows happen by themselves whenever their criteria hold; a lead takes at most one at a \
                time, and is not promoted while anything speaks against it. Steps on dashed arrows are taken by people.";
    let blocks = vec![
        Block::Text(Phrase::text(says)),
        Block::Stages(Box::new(StageDrawing { steps, mermaid })),
        Block::List(items),
    ];
    Section { anchor: "stages", title: "Stages", blocks }
}

/// The steps that a line of the table is for this rule set, each with the stages that it leads from, in words;
/// none where the rule set never takes it.
fn told(words: &Words<'_>, gates: &Gates, step: &Step) -> Vec<(Vec<Stage>, Item)> {
    let line = |from: &[Stage], name: &str| {
        let stages =
            |stages: &[Stage]| list(&stages.iter().map(|stage| title(*stage)).collect::<Vec<_>>(), "or");
        Phrase::default().and_strong(name).and(format!(" ({} → {})", stages(from), stages(step.to)))
    };
    let from = step.from.to_vec();
    let one = |item: Item| vec![(from.clone(), item)];
    match (step.trigger, step.automatic) {
        (Trigger::Promote, _) => {
            let Some(mql) = &gates.mql else { return Vec::new() };
            let mut first = words.criteria(line(&[Stage::Lead], "Promote").and(" when "), mql.when);
            if let Some(sla) = mql.sla {
                let sla = format!("Sales accepts or rejects within {}.", length(sla));
                first.items.push(Item::new(Phrase::text(sla)));
            }
            let mut promotions = vec![(vec![Stage::Lead], first)];
            if let Some(after) = mql.again_after {
                let again = line(&[Stage::Recycled], "Promote again")
                    .and(format!(" when the same holds, {} after recycling at the earliest", length(after)));
                promotions.push((vec![Stage::Recycled], Item::new(again)));
            }
            promotions
        }
        (Trigger::Revert, _) => match &gates.mql {
            None => Vec::new(),
            Some(mql) => one(match mql.until {
                Some(until) => words.criteria(line(step.from, "Revert").and(" when "), until),
                None => {
                    Item::new(line(step.from, "Revert").and(" when the criteria for an MQL no longer hold"))
                }
            }),
        },
        (Trigger::Recycle, _) => match &gates.recycle {
            None => Vec::new(),
            Some(gate) => one(reasoned(words, line(step.from, "Recycle").and(" when "), gate)),
        },
        (Trigger::Disqualify, true) => match gates.disqualify.as_slice() {
            [] => Vec::new(),
            [only] => one(reasoned(words, line(step.from, "Disqualify").and(" when "), only)),
            several => {
                let items = several.iter().map(|gate| reasoned(words, Phrase::default(), gate)).collect();
                let says = line(step.from, "Disqualify")
                    .and(" when one of these holds, of which the first gives the reason:");
                one(Item { number: None, says, items })
            }
        },
        (Trigger::Qualify, _) => one(match gates.sql {
            Some(sql) => words.criteria(line(step.from, "Qualify").and(": needs a reason unless "), sql),
            None => Item::new(
                line(step.from, "Qualify").and(": needs a reason, for there are no criteria for an SQL"),
            ),
        }),
        (Trigger::Reject, _) => one(Item::new(line(step.from, "Reject").and(", with a reason"))),
        (Trigger::SendBack, _) => one(Item::new(line(step.from, "Send back").and(", with a reason"))),
        (Trigger::Disqualify, false) => {
            one(Item::new(line(step.from, "Disqualify by hand").and(", with a reason")))
        }
        (Trigger::Accept, _) => one(Item::new(line(step.from, "Accept").and(": sales takes the lead on"))),
        (Trigger::Win, _) => one(Item::new(line(step.from, "Win"))),
        (Trigger::Reopen, _) => one(Item::new(line(step.from, "Reopen"))),
        // OK because the other triggers leave the stage as it is and are in no table of stages.
        _ => Vec::new(),
    }
}

fn reasoned(words: &Words<'_>, before: Phrase, gate: &ReasonedGate) -> Item {
    let mut item = words.criteria(before, gate.when);
    if let Some(reason) = gate.reason.as_deref().filter(|reason| !reason.is_empty()) {
        item.says =
            item.says.and(if item.items.is_empty() { ". Reason: " } else { " Reason: " }).and_strong(reason);
    }
    item
}
