//! Activities: names for unions of event terms and of other activities.
//!
//! Each is checked where it is defined. What it reaches is gathered when something uses it, once, so that
//! activities which build on each other cost no more than what is used of them.

use crate::diagnostic::{Code, Diagnostic, FileId, Place};
use crate::hash::QuickMap;
use crate::model::{SelectorId, TermId};
use crate::syntax::ast::{Name, Span, StatementKind, Term};

use super::names::Sort;
use super::{Checker, Placed, each, order};

/// Gathering what activities reach takes so many steps in all: each term of each activity that an activity in
/// use reaches is one.
const MOST_STEPS: usize = 4_000_000;

/// All activities of a rule set.
#[derive(Debug, Default)]
pub(super) struct Activities<'a> {
    by_name: QuickMap<&'a str, usize>,
    list: Vec<Activity>,
    /// The steps taken so far.
    steps: usize,
    /// By activity: the last gathering that came by.
    seen_by: Vec<usize>,
}

#[derive(Clone, Debug, Default)]
struct Activity {
    /// Its own event terms.
    selectors: Vec<SelectorId>,
    /// The activities that it names.
    names: Vec<usize>,
    /// Whether it, or one that it names, has an error.
    is_broken: bool,
    /// All that it reaches, once gathered.
    term: Option<TermId>,
}

impl<'a> Checker<'a> {
    /// Takes in all activities.
    pub(super) fn declare_activities(&mut self, statements: &[Placed<'a>]) {
        let written = each(statements, |statement| match statement {
            StatementKind::Activity { name, terms } => Some((name, terms)),
            _ => None,
        });
        for (index, (file, _, (name, _))) in written.iter().enumerate() {
            if self.is_first(*file, name) {
                self.activities.by_name.insert(&name.node, index);
            }
        }
        let activities: Vec<Activity> = written
            .iter()
            .map(|(file, _, (_, terms))| {
                self.file = *file;
                self.parts(terms)
            })
            .collect();
        self.activities.seen_by = vec![usize::MAX; activities.len()];
        self.activities.list = activities;
        let needs: Vec<Vec<usize>> =
            self.activities.list.iter().map(|activity| activity.names.clone()).collect();
        let (ordered, cycles) = order::order(&needs);
        for cycle in cycles {
            let names = cycle.iter().filter_map(|at| written.get(*at));
            let names: Vec<_> = names.map(|(file, _, (name, _))| (*file, *name)).collect();
            self.cycle("activity", &names);
        }
        // What is not in order needs itself.
        let mut is_broken = vec![true; written.len()];
        for index in ordered {
            let Some(activity) = self.activities.list.get(index) else { continue };
            let needs_broken =
                activity.names.iter().any(|name| is_broken.get(*name).is_none_or(|broken| *broken));
            if let Some(broken) = is_broken.get_mut(index) {
                *broken = activity.is_broken || needs_broken;
            }
        }
        for (activity, is_broken) in self.activities.list.iter_mut().zip(is_broken) {
            activity.is_broken = is_broken;
        }
    }

    fn parts(&mut self, terms: &'a [Term]) -> Activity {
        let mut activity = Activity::default();
        for term in terms {
            match term {
                Term::Event(event) => match self.selector(event) {
                    Some(selector) => activity.selectors.push(selector),
                    None => activity.is_broken = true,
                },
                Term::Name(name) => match self.activity_named(name) {
                    Some(other) => activity.names.push(other),
                    None => activity.is_broken = true,
                },
            }
        }
        // Naming one twice changes nothing.
        activity.names.sort_unstable();
        activity.names.dedup();
        activity
    }

    /// Resolves the name of an activity, or reports what it is instead.
    fn activity_named(&mut self, name: &Name) -> Option<usize> {
        let wanted = "an event term or an activity";
        match self.names.sort(&name.node) {
            Some(Sort::Activity) => {
                self.names.mark_used(&name.node);
                self.activities.by_name.get(name.node.as_str()).copied()
            }
            Some(Sort::Event) => {
                let help = format!("write `{0}(*)`, or name what it is about: `{0}(pricing)`", name.node);
                self.wrong_sort(name.span, &name.node, wanted, &help);
                None
            }
            Some(_) => {
                let help = "write an event term such as `visited(pricing)`, or the name of an activity";
                self.wrong_sort(name.span, &name.node, wanted, help);
                None
            }
            None => {
                let nearest =
                    self.nearest_name(&name.node, |sort| matches!(sort, Sort::Activity | Sort::Event));
                let message = format!("there is no activity `{}`", name.node);
                let help = "write an event term such as `visited(pricing)`, or define an activity";
                self.unknown(Code::UnknownName, name, message, nearest, help);
                None
            }
        }
    }

    /// All events that the named activity reaches.
    pub(super) fn activity(&mut self, name: &Name) -> Option<TermId> {
        let index = self.activity_named(name)?;
        let activity = self.activities.list.get(index).filter(|activity| !activity.is_broken)?;
        if activity.term.is_some() {
            return activity.term;
        }
        let Some(selectors) = self.activities.gather(index) else {
            self.too_far(name.span);
            return None;
        };
        let term = self.intern_term(selectors);
        if let Some(activity) = self.activities.list.get_mut(index) {
            activity.term = Some(term);
        }
        Some(term)
    }

    fn too_far(&mut self, span: Span) {
        // Told once: from then on every further activity is too much.
        let is_first = std::mem::replace(&mut self.activities.steps, usize::MAX) != usize::MAX;
        if is_first {
            let message = "the activities in use reach too many event terms";
            let found = Diagnostic::new(Code::LimitExceeded, self.at(span), message, "one too many");
            let help = "use fewer activities that build on long chains of others";
            self.report(found.help(help));
        }
        self.is_clean = false;
    }

    /// Reports definitions that need each other in a circle.
    pub(super) fn cycle(&mut self, what: &str, names: &[(FileId, &'a Name)]) {
        const MOST_SHOWN: usize = 8;
        let Some((file, first)) = names.first() else { return };
        self.file = *file;
        let mut path: Vec<String> =
            names.iter().take(MOST_SHOWN).map(|(_, name)| format!("`{}`", name.node)).collect();
        if names.len() > MOST_SHOWN {
            path.push("…".to_owned());
        }
        path.push(format!("`{}`", first.node));
        let message = format!("the {what} `{}` needs itself: {}", first.node, path.join(" -> "));
        let mut found = Diagnostic::new(Code::Cycle, self.at(first.span), message, "goes round in a circle");
        for (file, name) in names.iter().take(MOST_SHOWN).skip(1) {
            found = found.also(Place { file: *file, span: name.span }, "by way of this");
        }
        self.report(found.help("take one of them out of the circle"));
    }
}

impl Activities<'_> {
    /// The activity of a name: its own event terms, the places of those that it names, and all that it reaches,
    /// if something uses it.
    pub(super) fn of(&self, name: &str) -> Option<(&[SelectorId], &[usize], Option<TermId>)> {
        let activity = self.list.get(*self.by_name.get(name)?)?;
        Some((&activity.selectors, &activity.names, activity.term))
    }

    /// The event terms that an activity reaches; none where that takes too many steps.
    fn gather(&mut self, index: usize) -> Option<Vec<SelectorId>> {
        let mut selectors = Vec::new();
        let mut open = vec![index];
        while let Some(next) = open.pop() {
            // Each is gathered for once, so its own number tells one gathering from another.
            let Some(seen_by) = self.seen_by.get_mut(next).filter(|seen_by| **seen_by != index) else {
                continue;
            };
            *seen_by = index;
            let Some(activity) = self.list.get(next) else { continue };
            self.steps = self.steps.saturating_add(activity.names.len() + activity.selectors.len());
            if self.steps > MOST_STEPS {
                return None;
            }
            selectors.extend_from_slice(&activity.selectors);
            open.extend_from_slice(&activity.names);
        }
        Some(selectors)
    }
}
