//! The events of a batch as a pass over them needs them: what each adds to, and which are duplicates.

use std::ops::Range;

use super::bind::{Binding, BoundKind};
use super::columns::{EventColumns, MISSING};
use super::duplicates::Duplicates;
use super::layout::Layout;
use super::rows::fill;
use super::same_texts::SameTexts;
use super::targets::{KindPlace, SKIPPED, TargetId, Targets, UNSEEN};
use crate::plan::{FoldRoom, Plan};
use crate::vocabulary::Vocabulary;

/// What was found out about the events of a block of leads, and of the dictionaries of their batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    /// By event of the block, the first of which has the row `first`.
    targets: Vec<TargetId>,
    first: usize,
    /// By code, and one more for a missing subject: a code whose text is the same, the case of ASCII letters
    /// ignored, and for all of them the same one; only where a plan tells subjects apart.
    subjects: Vec<u32>,
    /// By code, and one more for a missing subject: its class.
    classes: Vec<u32>,
    /// By code; none where the vocabulary lacks the kind.
    kinds: Vec<Option<KindPlace>>,
    /// By code: the kind's place; [`UNSEEN`] where the vocabulary lacks it.
    places: Vec<u32>,
    duplicates: Duplicates,
    dropped: Vec<usize>,
    same: SameTexts,
    room: FoldRoom,
}

impl Arrivals {
    /// Starts with another batch.
    pub(super) fn begin(
        &mut self,
        layout: &Layout,
        vocabulary: &Vocabulary,
        targets: &mut Targets,
        binding: &Binding,
        events: &EventColumns<'_>,
    ) {
        targets.begin();
        let kind_place = |kind: &BoundKind| {
            let id = kind.id?;
            let active = vocabulary.kind(id).is_some_and(|kind| !kind.passive);
            Some(KindPlace { id, place: targets.place(id), active })
        };
        self.kinds.clear();
        self.kinds.extend(binding.kinds.iter().map(kind_place));
        self.places.clear();
        self.places.extend(self.kinds.iter().map(|kind| kind.map_or(UNSEEN, |kind| kind.place)));
        let subjects = events.subjects.map_or(0, |subjects| subjects.dictionary.len());
        fill(&mut self.classes, subjects + 1, UNSEEN);
        // Without a subject or with the empty one: the last.
        let told_apart = if layout.subject_lists > 0 { subjects + 1 } else { 0 };
        fill(&mut self.subjects, told_apart, number(subjects));
        self.same.begin(told_apart);
    }

    /// Looks at the events of a block of leads, whose rows have been checked.
    pub(super) fn resolve(
        &mut self,
        plan: &Plan,
        layout: &Layout,
        targets: &mut Targets,
        events: &EventColumns<'_>,
        leads: Range<usize>,
    ) {
        let rows = events.rows(leads.clone());
        self.first = rows.start;
        let kinds = events.kinds.part(rows.clone()).codes;
        let mut resolved = std::mem::take(&mut self.targets);
        resolved.clear();
        match events.subjects.map(|subjects| (subjects.dictionary, subjects.part(rows).codes)) {
            Some((dictionary, subjects)) => {
                resolved.extend(kinds.iter().zip(subjects).map(|(kind, subject)| {
                    let known = self.known(targets, *kind, (*subject as usize).min(dictionary.len()));
                    known.unwrap_or_else(|| self.make(plan, layout, targets, dictionary, *kind, *subject))
                }));
            }
            None => resolved.extend(kinds.iter().map(|kind| {
                let known = self.known(targets, *kind, 0);
                known.unwrap_or_else(|| self.make(plan, layout, targets, &[], *kind, MISSING))
            })),
        }
        self.targets = resolved;
        if events.ids.is_some() {
            leads.for_each(|lead| self.skip_duplicates(events, events.rows(lead..lead + 1)));
        }
    }

    fn skip_duplicates(&mut self, events: &EventColumns<'_>, rows: Range<usize>) {
        let Arrivals { targets, first, duplicates, dropped, .. } = self;
        let place = |row: usize| row.saturating_sub(*first);
        dropped.clear();
        let known = |row: usize| targets.get(place(row)).is_some_and(|target| *target != SKIPPED);
        duplicates.find(events, rows, known, |row| dropped.push(place(row)));
        for place in dropped {
            targets.get_mut(*place).into_iter().for_each(|target| *target = SKIPPED);
        }
    }

    /// The targets of events by their rows.
    pub(super) fn targets(&self, rows: Range<usize>) -> &[TargetId] {
        let place = |row: usize| row.saturating_sub(self.first);
        self.targets.get(place(rows.start)..place(rows.end)).unwrap_or(&[])
    }

    /// How many subjects are told apart.
    pub(super) fn subjects(&self) -> usize {
        self.subjects.len()
    }

    /// The number of the subject with a code, none where it is missing: the same for the same subject.
    pub(super) fn subject(&self, code: Option<u32>) -> usize {
        let missing = self.subjects.len().saturating_sub(1);
        let code = code.map_or(missing, |code| (code as usize).min(missing));
        self.subjects.get(code).map_or(missing, |first| *first as usize)
    }

    /// The target of a kind and a subject by their codes, if both have come up before.
    #[inline]
    fn known(&self, targets: &Targets, kind: u32, subject: usize) -> Option<TargetId> {
        let place = self.places.get(kind as usize)?;
        targets.known(*place, *self.classes.get(subject)?)
    }

    #[cold]
    fn make(
        &mut self,
        plan: &Plan,
        layout: &Layout,
        targets: &mut Targets,
        dictionary: &[&str],
        kind: u32,
        subject: u32,
    ) -> TargetId {
        let Some(Some(kind)) = self.kinds.get(kind as usize) else { return SKIPPED };
        let code = (subject as usize).min(dictionary.len());
        let Some(class) = self.classes.get_mut(code) else { return SKIPPED };
        if *class == UNSEEN {
            let subject = dictionary.get(code).copied().unwrap_or_default();
            *class = targets.class(subject, &mut self.room);
            if let Some(first) = self.subjects.get_mut(code).filter(|_| !subject.is_empty()) {
                *first = self.same.first(dictionary, code, &mut self.room);
            }
        }
        let known = targets.known(kind.place, *class);
        known.unwrap_or_else(|| targets.make(plan, layout, *kind, *class))
    }
}

/// A code, which is below 2^32, as a number.
fn number(code: usize) -> u32 {
    u32::try_from(code).unwrap_or(u32::MAX - 1)
}
