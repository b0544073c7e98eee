//! The search for a lead that two versions treat differently.
//!
//! First leads are tried that stand on the edges of what changed; then one value, one age or one stage of each is put
//! in another place; then leads are mixed, by dice that always fall alike. It ends with the first lead that shows a
//! difference, or when its trials are used up, and never says that there is none.

use super::recipes::Recipes;
use super::sketch::{Plain, Sketch, SketchEvent};
use super::targets::{Reach, Targets, ages, asked, targets, values};
use super::trial::Trial;
use crate::diff::compare::Compared;
use crate::lead::Stage;
use crate::model::Model;
use crate::time::{DAY, Period};

/// So many leads of one version's parts are made.
const MOST_BASES: usize = 600;
/// So many of them are looked at from every side.
const MOST_TURNED: usize = 120;
/// So many values of one attribute are put into each.
const MOST_VALUES: usize = 60;

pub(super) struct Search<'s, 'r, 'm> {
    trial: &'s mut Trial<'r>,
    compared: &'s Compared<'m>,
    /// Whether a lead may only have what both versions know.
    is_shared: bool,
    ages: Vec<Period>,
    values: Vec<(String, Vec<Option<Plain>>)>,
    stages: Vec<(Stage, Option<Period>)>,
    /// Leads to begin with.
    bases: Vec<Sketch>,
    /// What can be mixed in.
    ingredients: Vec<Sketch>,
    dice: u64,
}

impl<'s, 'r, 'm> Search<'s, 'r, 'm> {
    pub(super) fn new(trial: &'s mut Trial<'r>, compared: &'s Compared<'m>, is_shared: bool) -> Self {
        let (old, new) = (compared.old.model, compared.new.model);
        let ages = ages([old, new]);
        let (of_old, of_new) = targets(compared);
        let reaches = [Reach::of(old, &of_old, true), Reach::of(new, &of_new, true)];
        let [reach_old, reach_new] = &reaches;
        let asked = asked([(old, reach_old), (new, reach_new)]);
        let date_ages: &[Period] =
            if reaches.iter().any(|reach| reach.is_inactive_asked) { &ages } else { &[] };
        let values = values(&asked, date_ages, trial.now);
        let mut search = Search {
            trial,
            compared,
            is_shared,
            stages: stages([old, new]),
            values,
            ages,
            bases: vec![Sketch::default()],
            ingredients: Vec::new(),
            dice: 0x9e37_79b9_7f4a_7c15,
        };
        search.gather(old, &of_old, reach_old);
        search.gather(new, &of_new, reach_new);
        search
    }

    /// Leads of one version: of what differs to begin with, of everything to mix in.
    fn gather(&mut self, model: &Model, targets: &Targets, reach: &Reach) {
        let recipes = Recipes::of(model, self.trial.now);
        let mut bases: Vec<Sketch> = Vec::new();
        for rule in targets.rules.iter().take(MOST_TURNED).filter_map(|index| model.rules.get(index.index()))
        {
            bases.extend(recipes.rule(rule, true));
            bases.extend(recipes.rule(rule, false));
        }
        for condition in targets.conditions.iter().take(MOST_TURNED) {
            bases.extend_from_slice(recipes.condition(*condition, true));
            bases.extend_from_slice(recipes.condition(*condition, false));
        }
        for score in targets.scores.iter().take(20) {
            bases.extend(recipes.climb(*score, true));
            bases.extend(recipes.climb(*score, false));
        }
        bases.truncate(MOST_BASES);
        self.ingredients.extend(bases.iter().cloned());
        self.bases.append(&mut bases);
        for rule in model.rules.iter().take(MOST_BASES) {
            self.ingredients.extend(recipes.rule(rule, true).into_iter().take(2));
        }
        let day = Period::from_micros(DAY);
        for selector in reach.selectors(model).into_iter().take(MOST_TURNED) {
            let Some(selector) = model.selectors.get(selector.index()) else { continue };
            for turn in 0..selector.subjects.len().min(20) {
                let events: Vec<SketchEvent> = recipes.event(selector, turn, day).into_iter().collect();
                self.ingredients.push(Sketch { events, ..Sketch::default() });
            }
        }
    }

    /// A lead that shows a difference, if one is found.
    pub(super) fn run(mut self) -> Option<Sketch> {
        let bases = self.bases.clone();
        let half = self.trial.left / 2;
        let found = self.first(bases.iter().cloned()).or_else(|| {
            // Each turned to every side, as long as enough is left for mixing.
            bases.iter().take(MOST_TURNED).find_map(|base| {
                let turned = if self.trial.left > half { self.turned(base) } else { Vec::new() };
                self.first(turned.into_iter())
            })
        });
        let found = found.or_else(|| self.mixed())?;
        Some(self.smallest(found))
    }

    /// The first of some leads that shows a difference.
    fn first(&mut self, leads: impl Iterator<Item = Sketch>) -> Option<Sketch> {
        for mut lead in leads {
            self.keep_known(&mut lead);
            if self.trial.is_shown(&lead)? {
                return Some(lead);
            }
        }
        None
    }

    fn keep_known(&self, lead: &mut Sketch) {
        if self.is_shared {
            lead.keep_known(&self.compared.old.model.vocabulary);
            lead.keep_known(&self.compared.new.model.vocabulary);
        }
    }

    /// A lead with one thing in another place.
    fn turned(&self, base: &Sketch) -> Vec<Sketch> {
        let mut turned = Vec::new();
        for (stage, since) in &self.stages {
            turned.push(Sketch { stage: *stage, since: *since, ..base.clone() });
        }
        if !base.events.is_empty() {
            for age in &self.ages {
                let mut lead = base.clone();
                lead.events.iter_mut().for_each(|event| event.age = *age);
                turned.push(lead);
            }
            for at in 0..base.events.len() {
                let mut lead = base.clone();
                drop(lead.events.remove(at));
                turned.push(lead);
            }
        }
        for (name, values) in &self.values {
            for value in values.iter().take(MOST_VALUES) {
                let mut lead = base.clone();
                set(&mut lead, name, value.clone());
                turned.push(lead);
            }
        }
        turned
    }

    /// Leads mixed from others until one shows a difference or the trials are used up.
    fn mixed(&mut self) -> Option<Sketch> {
        while self.trial.left > 0 {
            let base = self.below(self.bases.len());
            let mut lead = self.bases.get(base).cloned().unwrap_or_default();
            for _ in 0..self.below(5) {
                let ingredient = self.below(self.ingredients.len());
                if let Some(ingredient) = self.ingredients.get(ingredient) {
                    lead = lead.and(ingredient);
                }
            }
            for _ in 0..self.below(4) {
                self.vary(&mut lead);
            }
            self.keep_known(&mut lead);
            if self.trial.is_shown(&lead)? {
                return Some(lead);
            }
        }
        None
    }

    fn vary(&mut self, lead: &mut Sketch) {
        let event = self.below(lead.events.len());
        match self.below(8) {
            0..=2 => {
                let attribute = self.below(self.values.len());
                let value = self.below(self.values.get(attribute).map_or(0, |(_, values)| values.len()));
                let Some((name, values)) = self.values.get(attribute) else { return };
                if let Some(value) = values.get(value) {
                    set(lead, name, value.clone());
                }
            }
            3 | 4 => {
                let age = self.below(self.ages.len());
                if let (Some(event), Some(age)) = (lead.events.get_mut(event), self.ages.get(age)) {
                    event.age = *age;
                }
            }
            5 => {
                if let Some(event) = lead.events.get(event).cloned() {
                    lead.events.push(event);
                }
            }
            6 if !lead.events.is_empty() => drop(lead.events.remove(event)),
            _ => {
                let stage = self.below(self.stages.len());
                if let Some((stage, since)) = self.stages.get(stage) {
                    (lead.stage, lead.since) = (*stage, *since);
                }
            }
        }
    }

    /// The lead without all that the difference does not need.
    pub(super) fn smallest(&mut self, mut lead: Sketch) -> Sketch {
        const MOST_TRIALS: usize = 1_000;
        self.trial.left = MOST_TRIALS;
        loop {
            let mut smaller: Vec<Sketch> = Vec::new();
            if lead.stage != Stage::default() || lead.since.is_some() {
                smaller.push(Sketch { stage: Stage::default(), since: None, ..lead.clone() });
                smaller.push(Sketch { since: None, ..lead.clone() });
            }
            for at in 0..lead.events.len() {
                let mut without = lead.clone();
                drop(without.events.remove(at));
                smaller.push(without);
            }
            for name in lead.attributes.keys() {
                let mut without = lead.clone();
                set(&mut without, name, None);
                smaller.push(without);
            }
            for (at, event) in lead.events.iter().enumerate() {
                for name in event.properties.keys() {
                    let mut without = lead.clone();
                    if let Some(event) = without.events.get_mut(at) {
                        drop(event.properties.remove(name));
                    }
                    smaller.push(without);
                }
            }
            smaller.retain(|smaller| *smaller != lead);
            match self.first(smaller.into_iter()) {
                Some(smaller) => lead = smaller,
                None => return lead,
            }
        }
    }

    /// A number below `limit`, or 0: xorshift, which is enough to mix with.
    fn below(&mut self, limit: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let number = (self.dice >> 11).checked_rem(limit).unwrap_or(0);
        usize::try_from(number).unwrap_or(0)
    }
}

/// Where a lead may stand: every stage, and recycled for as long as a promotion asks for, or not quite.
pub(super) fn stages(models: [&Model; 2]) -> Vec<(Stage, Option<Period>)> {
    let mut stages: Vec<(Stage, Option<Period>)> = Stage::ALL.map(|stage| (stage, None)).to_vec();
    let again = || models.iter().filter_map(|model| model.gates.mql.as_ref()?.again_after);
    stages.extend(again().map(|again| (Stage::Recycled, Some(again))));
    let nearly = |again: Period| Period::from_micros((again.micros() - 1_000_000).max(1));
    stages.extend(again().map(|again| (Stage::Recycled, Some(nearly(again)))));
    stages
}

pub(super) fn set(lead: &mut Sketch, name: &str, value: Option<Plain>) {
    match value {
        Some(value) => drop(lead.attributes.insert(name.to_owned(), value)),
        None => drop(lead.attributes.remove(name)),
    }
}
