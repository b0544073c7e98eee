//! The merging itself, on facts of one vocabulary.

use std::collections::BTreeMap;

use super::stage::precedence;
use super::{Known, LeadRecord, MergePolicy};
use crate::lead::{Event, Facts, Stage, Text, Value};
use crate::rule_set::Lead;

/// What records fitted to the policy's rule set come to together; none for none.
pub(super) fn union(policy: &MergePolicy, records: Vec<LeadRecord>) -> Option<LeadRecord> {
    let mut records = records.into_iter();
    let first = records.next()?;
    let LeadRecord { lead, mut known, mut id_rank, mut ids, mut stage_counts } = first;
    let mut facts = lead.into_facts();
    if !stage_counts {
        (facts.stage, facts.stage_since) = (Stage::Lead, None);
    }
    for other in records {
        let more = other.lead.into_facts();
        attributes(policy, (&mut facts, &mut known), (&more, &other.known));
        if (more.id.is_empty(), other.id_rank, &more.id) < (facts.id.is_empty(), id_rank, &facts.id) {
            (facts.id, id_rank) = (more.id, other.id_rank);
        }
        ids.extend(other.ids);
        if other.stage_counts
            && (!stage_counts
                || precedence(more.stage, more.stage_since) > precedence(facts.stage, facts.stage_since))
        {
            (facts.stage, facts.stage_since, stage_counts) = (more.stage, more.stage_since, true);
        }
        facts.events.extend(more.events);
    }
    for (attribute, value) in facts.attributes.iter_mut().enumerate() {
        // Also where only one record has it: what is merged must not show how many records there were.
        if let Some(value) = value.as_mut().filter(|_| policy.unites(attribute)) {
            unite(value, &Value::Set(Vec::new()));
        }
    }
    // By time, as in any lead; equally early events stand in an order of their own, not in that of the records.
    facts.events.sort_by(|one, other| order(one).cmp(&order(other)));
    facts.keep_each_id_once();
    Some(LeadRecord { lead: Lead::new(&policy.rules, facts), known, id_rank, ids, stage_counts })
}

fn order(event: &Event) -> impl Ord + '_ {
    (event.at, event.kind, &event.subject, &event.properties, &event.id)
}

/// Merges the attributes of a record into those of another.
fn attributes(policy: &MergePolicy, into: (&mut Facts, &mut [Known]), from: (&Facts, &[Known])) {
    let slots = into.0.attributes.iter_mut().zip(into.1);
    let values = from.0.attributes.iter().zip(from.1);
    for (attribute, ((slot, known), (value, other))) in slots.zip(values).enumerate() {
        match (&mut *slot, value) {
            (_, None) => {}
            (Some(has), Some(value)) if policy.unites(attribute) => {
                unite(has, value);
                *known = Known { at: known.at.max(other.at), rank: known.rank.min(other.rank) };
            }
            (Some(has), Some(value)) if !policy.prefers(attribute, (value, *other), (has, *known)) => {}
            (_, Some(value)) => (*slot, *known) = (Some(value.clone()), *other),
        }
    }
}

/// Adds the items of a set to another, each once, the case of ASCII letters ignored; of two ways to write one the
/// first in the alphabet stays.
fn unite(into: &mut Value, from: &Value) {
    let (Value::Set(items), Value::Set(more)) = (into, from) else { return };
    let mut united: BTreeMap<String, Text> = BTreeMap::new();
    for item in items.drain(..).chain(more.iter().cloned()) {
        match united.get_mut(item.folded()) {
            Some(known) if item < *known => *known = item,
            Some(_) => {}
            None => drop(united.insert(item.folded().to_owned(), item)),
        }
    }
    *items = united.into_values().collect();
}
