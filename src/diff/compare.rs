//! What differs between two versions of a rule set, part by part.
//!
//! Two models go in, a list of changes comes out, and apart from it those of labels, which mean nothing. Scores,
//! groups, bands, segments, attributes and events are the same where they are called the same; rules as
//! [`Pairs`] says. Whether a part differs is told by its key, never by how it is written.

use std::collections::HashMap;

use super::change::{Change, ChangeSort, Detail, Part};
use super::keys::{Keys, same_type};
use super::matching::{Pairs, indexed};
use super::print;
use crate::diagnostic::Place;
use crate::explain::{Source, SourcePlace};
use crate::model::{ConditionId, Model, ReasonedGate, Rule};
use crate::syntax::format::quoted;
use crate::time::Period;
use crate::vocabulary::{Attribute, EventKind, Type};

/// One version, ready to be held against the other.
pub(super) struct Version<'m> {
    pub(super) model: &'m Model,
    pub(super) keys: Keys<'m>,
    source: Source<'m>,
}

/// Both versions.
pub(super) struct Compared<'m> {
    pub(super) old: Version<'m>,
    pub(super) new: Version<'m>,
    pub(super) pairs: Pairs,
}

impl<'m> Version<'m> {
    fn of(model: &'m Model) -> Self {
        Version { model, keys: Keys::of(model), source: Source::new(model) }
    }

    pub(super) fn place(&self, place: Place) -> Option<SourcePlace> {
        Some(self.source.place(place))
    }

    /// The name of the score that a rule belongs to.
    pub(super) fn score_of(&self, rule: &Rule) -> Option<String> {
        self.model.scores.get(rule.score.index()).map(|score| score.name.clone())
    }

    /// What stands before the `=>`, as it is written, or, where that is cut, as it could be.
    pub(super) fn test(&self, rule: &Rule) -> String {
        uncut(self.source.rule_condition(rule)).unwrap_or_else(|| print::rule_test(self.model, rule))
    }

    fn condition(&self, id: ConditionId) -> String {
        uncut(self.source.condition(id)).unwrap_or_else(|| print::condition(self.model, id))
    }
}

fn uncut(written: String) -> Option<String> {
    (!written.ends_with('…') && !written.is_empty()).then_some(written)
}

impl<'m> Compared<'m> {
    pub(super) fn new(old: &'m Model, new: &'m Model) -> Self {
        let (old, new) = (Version::of(old), Version::of(new));
        let written = |model: &Model, rule: &Rule| {
            let version = if std::ptr::eq(model, old.model) { &old } else { &new };
            version.source.rule_condition(rule)
        };
        let pairs = Pairs::of((old.model, &old.keys), (new.model, &new.keys), written);
        Compared { old, new, pairs }
    }

    /// Everything that differs in meaning, the vocabulary first, then scores with their rules, segments and gates.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        self.vocabulary(&mut changes);
        self.scores(&mut changes);
        self.segments(&mut changes);
        self.gates(&mut changes);
        changes
    }

    /// The labels of rules that differ: nothing rests on them.
    pub(super) fn labels(&self) -> Vec<Change> {
        let pairs = indexed(self.new.model).filter_map(|(index, rule)| {
            let old = self.old.model.rules.get(self.pairs.old_of(index)?.index())?;
            let label = (old.label != rule.label)
                .then(|| Detail::new("label", old.label.clone(), rule.label.clone()))?;
            Some(self.changed_rule(old, rule, vec![label]))
        });
        pairs.collect()
    }

    pub(super) fn changed(
        &self,
        part: Part,
        name: &str,
        (old_at, new_at): (Place, Place),
        details: Vec<Detail>,
    ) -> Change {
        let (old_at, new_at) = (self.old.place(old_at), self.new.place(new_at));
        Change { old_at, new_at, ..bare(ChangeSort::Changed, part, name, details) }
    }

    /// A rule that both versions have.
    pub(super) fn changed_rule(&self, old: &Rule, new: &Rule, details: Vec<Detail>) -> Change {
        let (score, test) = (self.new.score_of(new), Some(self.new.test(new)));
        Change { score, test, ..self.changed(Part::Rule, &new.name, (old.place, new.place), details) }
    }

    fn vocabulary(&self, changes: &mut Vec<Change>) {
        let (old, new) = (self.old.model, self.new.model);
        let without_standard = old.only_declared != new.only_declared;
        if without_standard {
            let told = |only: bool| Some(if only { "only declared" } else { "standard" }.to_owned());
            let detail = Detail::new("names", told(old.only_declared), told(new.only_declared));
            changes.push(bare(ChangeSort::Changed, Part::Vocabulary, "vocabulary", vec![detail]));
        }
        let (of_old, of_new) = (&old.vocabulary, &new.vocabulary);
        // Where one version alone has the standard names, one that either declares is still told.
        let told = |attribute: &Attribute| attribute.declared || !without_standard;
        for attribute in &of_old.attributes {
            let before = type_text(&attribute.of);
            let found = of_new.attribute_id(&attribute.name).and_then(|id| of_new.attribute(id));
            if !told(attribute) && !found.is_some_and(told) {
                continue;
            }
            let (sort, now) = match found {
                None => (ChangeSort::Removed, None),
                Some(now) if same_type(&attribute.of, &now.of) => continue,
                Some(now) => (ChangeSort::Changed, Some(type_text(&now.of))),
            };
            changes.push(bare(
                sort,
                Part::Attribute,
                &attribute.name,
                vec![Detail::new("type", before, now)],
            ));
        }
        let is_new =
            |attribute: &&Attribute| of_old.attribute_id(&attribute.name).is_none() && told(attribute);
        for attribute in of_new.attributes.iter().filter(is_new) {
            let detail = Detail::new("type", None, type_text(&attribute.of));
            changes.push(bare(ChangeSort::Added, Part::Attribute, &attribute.name, vec![detail]));
        }
        let told = |kind: &EventKind| kind.declared || !without_standard;
        for kind in &of_old.kinds {
            let found = of_new.kind_id(&kind.name).and_then(|id| of_new.kind(id));
            if !told(kind) && !found.is_some_and(told) {
                continue;
            }
            match found {
                None => {
                    let detail = Detail::new("event", event_text(kind), None);
                    changes.push(bare(ChangeSort::Removed, Part::Event, &kind.name, vec![detail]));
                }
                Some(now) if !same_kind(kind, now) => {
                    let detail = Detail::new("event", event_text(kind), event_text(now));
                    changes.push(bare(ChangeSort::Changed, Part::Event, &kind.name, vec![detail]));
                }
                Some(_) => {}
            }
        }
        let is_new = |kind: &&EventKind| of_old.kind_id(&kind.name).is_none() && told(kind);
        for kind in of_new.kinds.iter().filter(is_new) {
            let detail = Detail::new("event", None, event_text(kind));
            changes.push(bare(ChangeSort::Added, Part::Event, &kind.name, vec![detail]));
        }
    }

    fn segments(&self, changes: &mut Vec<Change>) {
        let (old, new) = (&self.old.model.segments, &self.new.model.segments);
        let of_old = by_name(old, |segment| &segment.name);
        let of_new = by_name(new, |segment| &segment.name);
        for segment in new {
            let Some(before) = of_old.get(segment.name.as_str()) else {
                let detail = Detail::new("test", None, self.new.condition(segment.condition));
                let change = bare(ChangeSort::Added, Part::Segment, &segment.name, vec![detail]);
                changes.push(Change { new_at: self.new.place(segment.place), ..change });
                continue;
            };
            let details = self.condition("test", before.condition, segment.condition).into_iter().collect();
            let places = (before.place, segment.place);
            push(changes, self.changed(Part::Segment, &segment.name, places, details));
        }
        for segment in old.iter().filter(|segment| !of_new.contains_key(segment.name.as_str())) {
            let detail = Detail::new("test", self.old.condition(segment.condition), None);
            let change = bare(ChangeSort::Removed, Part::Segment, &segment.name, vec![detail]);
            changes.push(Change { old_at: self.old.place(segment.place), ..change });
        }
    }

    fn gates(&self, changes: &mut Vec<Change>) {
        let (old, new) = (&self.old.model.gates, &self.new.model.gates);
        let period = |period: Option<Period>| period.map(|period| period.to_string());
        let (was, is) = (old.mql.as_ref(), new.mql.as_ref());
        let mut details: Vec<Detail> = Vec::new();
        details.extend(self.maybe("when", was.map(|gate| gate.when), is.map(|gate| gate.when)));
        details.extend(self.maybe("until", was.and_then(|gate| gate.until), is.and_then(|gate| gate.until)));
        for (what, old, new) in [
            ("again after", was.and_then(|gate| gate.again_after), is.and_then(|gate| gate.again_after)),
            ("sla", was.and_then(|gate| gate.sla), is.and_then(|gate| gate.sla)),
        ] {
            details.extend((old != new).then(|| Detail::new(what, period(old), period(new))));
        }
        let places = (was.map(|gate| gate.when), is.map(|gate| gate.when));
        push(changes, self.gate("mql", details, places));
        let details = self.maybe("when", old.sql, new.sql).into_iter().collect();
        push(changes, self.gate("sql", details, (old.sql, new.sql)));
        let (was, is) = (old.recycle.as_ref(), new.recycle.as_ref());
        push(changes, self.reasoned("recycle", was, is));
        self.disqualify(changes);
    }

    /// Criteria of one stage that may stand several times are the same where they say the same, and else where they
    /// give the same reason.
    fn disqualify(&self, changes: &mut Vec<Change>) {
        let (old, new) = (&self.old.model.gates.disqualify, &self.new.model.gates.disqualify);
        let (mut of_new, mut is_taken) = (vec![None; new.len()], vec![false; old.len()]);
        let key =
            |version: &Version<'_>, gate: &ReasonedGate| Some(version.keys.condition(gate.when).to_vec());
        let reason = |_: &Version<'_>, gate: &ReasonedGate| Some(gate.reason.clone()?.into_bytes());
        type Mark<'a> = &'a dyn Fn(&Version<'_>, &ReasonedGate) -> Option<Vec<u8>>;
        for mark in [&key as Mark<'_>, &reason] {
            let mut waiting: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
            for (at, gate) in old.iter().enumerate().rev().filter(|(at, _)| is_taken.get(*at) == Some(&false))
            {
                if let Some(mark) = mark(&self.old, gate) {
                    waiting.entry(mark).or_default().push(at);
                }
            }
            for (gate, found) in new.iter().zip(&mut of_new).filter(|(_, found)| found.is_none()) {
                *found = mark(&self.new, gate).and_then(|mark| waiting.get_mut(&mark)?.pop());
                if let Some(is_taken) = found.and_then(|at| is_taken.get_mut(at)) {
                    *is_taken = true;
                }
            }
        }
        for (gate, before) in new.iter().zip(of_new) {
            let before = before.and_then(|at: usize| old.get(at));
            push(changes, self.reasoned("disqualify", before, Some(gate)));
        }
        for (gate, _) in old.iter().zip(is_taken).filter(|(_, is_taken)| !is_taken) {
            push(changes, self.reasoned("disqualify", Some(gate), None));
        }
    }

    fn reasoned(&self, name: &str, old: Option<&ReasonedGate>, new: Option<&ReasonedGate>) -> Change {
        let (was, is) = (old.map(|gate| gate.when), new.map(|gate| gate.when));
        let reason = |gate: Option<&ReasonedGate>| gate.and_then(|gate| gate.reason.as_deref()).map(quoted);
        let mut details: Vec<Detail> = self.maybe("when", was, is).into_iter().collect();
        if reason(old) != reason(new) {
            details.push(Detail::new("reason", reason(old), reason(new)));
        }
        self.gate(name, details, (was, is))
    }

    fn gate(
        &self,
        name: &str,
        details: Vec<Detail>,
        (old, new): (Option<ConditionId>, Option<ConditionId>),
    ) -> Change {
        let sort = match (old, new) {
            (None, _) => ChangeSort::Added,
            (_, None) => ChangeSort::Removed,
            _ => ChangeSort::Changed,
        };
        let old_at = old.map(|id| self.old.source.condition_place(id));
        let new_at = new.map(|id| self.new.source.condition_place(id));
        Change { old_at, new_at, ..bare(sort, Part::Gate, name, details) }
    }

    /// A condition that may be missing in either version.
    fn maybe(&self, what: &str, old: Option<ConditionId>, new: Option<ConditionId>) -> Option<Detail> {
        match (old, new) {
            (Some(old), Some(new)) => self.condition(what, old, new),
            (None, None) => None,
            (old, new) => {
                let (old, new) = (old.map(|id| self.old.condition(id)), new.map(|id| self.new.condition(id)));
                Some(Detail::new(what, old, new))
            }
        }
    }

    /// A condition of both versions, where it means another thing in the newer. Where it is written alike, because
    /// what differs is a `let`, a list or a param behind it, these are looked through.
    fn condition(&self, what: &str, old: ConditionId, new: ConditionId) -> Option<Detail> {
        if self.old.keys.condition(old) == self.new.keys.condition(new) {
            return None;
        }
        let (before, now) = (self.old.condition(old), self.new.condition(new));
        if before != now {
            return Some(Detail::new(what, before, now));
        }
        let (old, new) = (print::condition(self.old.model, old), print::condition(self.new.model, new));
        Some(Detail::new(what, old, new))
    }
}

/// Adds a change where there is anything to tell.
pub(super) fn push(changes: &mut Vec<Change>, change: Change) {
    if !change.details.is_empty() {
        changes.push(change);
    }
}

/// A change of what stands at no place of its own.
pub(super) fn bare(change: ChangeSort, part: Part, name: &str, details: Vec<Detail>) -> Change {
    Change {
        change,
        part,
        name: name.to_owned(),
        score: None,
        test: None,
        details,
        old_at: None,
        new_at: None,
    }
}

pub(super) fn by_name<'a, T>(items: &'a [T], name: impl Fn(&'a T) -> &'a str) -> HashMap<&'a str, &'a T> {
    items.iter().map(|item| (name(item), item)).collect()
}

fn type_text(of: &Type) -> String {
    match of {
        Type::OneOf(symbols) => format!("one of [{}]", symbols.join(", ")),
        of => of.name().to_owned(),
    }
}

fn event_text(kind: &EventKind) -> String {
    let properties =
        kind.properties.iter().map(|property| format!(", {}: {}", property.name, property.of.name()));
    let passive = if kind.passive { " passive" } else { "" };
    format!("{}({}{}){passive}", kind.name, kind.subject, properties.collect::<String>())
}

/// Whether events of the two kinds can be told the same of; what a subject is called means nothing.
fn same_kind(one: &EventKind, other: &EventKind) -> bool {
    let has_all_of = |one: &EventKind, other: &EventKind| {
        other.properties.iter().all(|property| {
            let found = one.property_id(&property.name).and_then(|id| one.property(id));
            found.is_some_and(|found| same_type(&found.of, &property.of))
        })
    };
    one.passive == other.passive && has_all_of(one, other) && has_all_of(other, one)
}
