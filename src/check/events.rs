//! Event terms, activities, aggregates and windows.

use std::collections::HashMap;

use crate::decimal::Number;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Aggregate, Bound, Comparison, EventTest, Folded, Glob, Selector, SelectorId, SubjectPattern, Term,
    TermId, Window,
};
use crate::syntax::ast::{
    self, AggregateFunction, EventTerm, Name, Operation, Span, Spanned, StatementKind, Subject, TestSubject,
    Value,
};
use crate::vocabulary::{EventKindId, PropertyId, Type};

use super::names::Sort;
use super::{Checker, Placed, each, order};

/// No rule set needs a larger sum over the sizes of its unions; activities of activities could reach it.
const MAX_UNION_SIZE: usize = 1_000_000;

impl<'a> Checker<'a> {
    /// Takes in all activities, each behind those that it names.
    pub(super) fn declare_activities(&mut self, statements: &[Placed<'a>]) {
        let activities = each(statements, |statement| match statement {
            StatementKind::Activity { name, terms } => Some((name, terms)),
            _ => None,
        });
        let first: HashMap<&str, usize> = activities
            .iter()
            .enumerate()
            .filter(|(_, (file, _, (name, _)))| self.is_first(*file, name))
            .map(|(index, (_, _, (name, _)))| (name.node.as_str(), index))
            .collect();
        let needs: Vec<Vec<usize>> = activities
            .iter()
            .map(|(_, _, (_, terms))| {
                let names = terms.iter().filter_map(|term| match term {
                    ast::Term::Name(name) => first.get(name.node.as_str()).copied(),
                    ast::Term::Event(_) => None,
                });
                names.collect()
            })
            .collect();
        let (ordered, cycles) = order::order(&needs);
        for cycle in cycles {
            let names: Vec<_> = cycle
                .iter()
                .filter_map(|at| activities.get(*at))
                .map(|(file, _, (name, _))| (*file, *name))
                .collect();
            self.cycle("activity", &names);
        }
        for name in first.keys() {
            self.activities.insert(name, None);
        }
        for index in ordered {
            let Some((file, _, (name, terms))) = activities.get(index) else { continue };
            self.file = *file;
            let selectors: Vec<Option<Vec<SelectorId>>> =
                terms.iter().map(|term| self.term_selectors(term)).collect();
            let selectors: Option<Vec<Vec<SelectorId>>> = selectors.into_iter().collect();
            let term = selectors.and_then(|selectors| self.intern_term(selectors.concat(), name.span));
            if first.get(name.node.as_str()) == Some(&index) {
                self.activities.insert(&name.node, term);
            }
        }
    }

    /// Reports definitions that need each other in a circle.
    pub(super) fn cycle(&mut self, what: &str, names: &[(crate::diagnostic::FileId, &'a Name)]) {
        let Some((file, first)) = names.first() else { return };
        self.file = *file;
        let shown = names.iter().take(8).map(|(_, name)| format!("`{}`", name.node));
        let mut path: Vec<String> = shown.collect();
        if names.len() > 8 {
            path.push("…".to_owned());
        }
        path.push(format!("`{}`", first.node));
        let mut found = Diagnostic::new(
            Code::Cycle,
            self.at(first.span),
            format!("the {what} `{}` needs itself: {}", first.node, path.join(" -> ")),
            "goes round in a circle",
        );
        for (file, name) in names.iter().skip(1).take(7) {
            found = found.also(crate::diagnostic::Place { file: *file, span: name.span }, "by way of this");
        }
        self.report(found.help("take one of them out of the circle"));
    }

    /// What an event term or an activity selects.
    fn term_selectors(&mut self, term: &'a ast::Term) -> Option<Vec<SelectorId>> {
        match term {
            ast::Term::Event(event) => self.selector(event).map(|id| vec![id]),
            ast::Term::Name(name) => {
                let term = self.activity(name)?;
                self.terms.get(term.index()).map(|term| term.selectors.clone())
            }
        }
    }

    /// An event term, or the name of an activity.
    pub(super) fn term(&mut self, term: &'a ast::Term) -> Option<TermId> {
        match term {
            ast::Term::Event(event) => self.event_term(event),
            ast::Term::Name(name) => self.activity(name),
        }
    }

    fn event_term(&mut self, event: &'a EventTerm) -> Option<TermId> {
        let selector = self.selector(event)?;
        self.intern_term(vec![selector], event.span)
    }

    fn activity(&mut self, name: &Name) -> Option<TermId> {
        match self.names.sort(&name.node) {
            Some(Sort::Activity) => self.activities.get(name.node.as_str()).copied().flatten(),
            Some(Sort::Event) => {
                let help = format!("write `{0}(*)`, or name what it is about: `{0}(pricing)`", name.node);
                self.wrong_sort(name.span, &name.node, "an event term or an activity", &help);
                None
            }
            Some(_) => {
                self.wrong_sort(name.span, &name.node, "an event term or an activity", "");
                None
            }
            None => {
                let candidates = self.names.of(|sort| matches!(sort, Sort::Activity | Sort::Event));
                let message = format!("there is no activity `{}`", name.node);
                let help = "write an event term such as `visited(pricing)`, or define an activity";
                self.unknown(Code::UnknownName, name, message, candidates, help);
                None
            }
        }
    }

    fn selector(&mut self, event: &'a EventTerm) -> Option<SelectorId> {
        let kind = self.event_kind_id(&event.kind);
        let subjects = self.subjects(&event.subjects);
        let kind = kind?;
        let mut tests = Vec::with_capacity(event.tests.len());
        for test in &event.tests {
            tests.push(self.property_test(kind, test));
        }
        let tests: Option<Vec<_>> = tests.into_iter().collect();
        let selector = Selector { kind, subjects: subjects?, tests: tests? };
        if let Some(id) = self.selector_ids.get(&selector) {
            return Some(*id);
        }
        let id = SelectorId(u32::try_from(self.selectors.len()).ok()?);
        self.selector_ids.insert(selector.clone(), id);
        self.selectors.push(selector);
        self.over_limit(self.selectors.len(), self.limits.selectors, "different event selectors", event.span);
        Some(id)
    }

    fn subjects(&mut self, subjects: &'a [Spanned<Subject>]) -> Option<Vec<SubjectPattern>> {
        let mut patterns = Vec::with_capacity(subjects.len());
        for subject in subjects {
            patterns.push(match &subject.node {
                Subject::Any => SubjectPattern::Any,
                Subject::Bare(name) => SubjectPattern::Exact(Folded::new(name)),
                Subject::Quoted(text) if text.is_empty() => {
                    let found = Diagnostic::new(
                        Code::Empty,
                        self.at(subject.span),
                        "an empty subject",
                        "fits no event",
                    );
                    self.report(found.help("write `*` for every subject, the empty one too"));
                    return None;
                }
                Subject::Quoted(text) if text.bytes().all(|byte| byte == b'*') => SubjectPattern::Any,
                Subject::Quoted(text) if text.contains('*') => SubjectPattern::Glob(Glob::new(text)),
                Subject::Quoted(text) => SubjectPattern::Exact(Folded::new(text)),
            });
        }
        if patterns.contains(&SubjectPattern::Any) {
            patterns = vec![SubjectPattern::Any];
        }
        Some(patterns)
    }

    fn property_test(
        &mut self,
        kind: EventKindId,
        test: &'a ast::PropertyTest,
    ) -> Option<(PropertyId, crate::model::ValueTest)> {
        let (id, of) = self.property(kind, &test.property)?;
        let test = self.value_test(&test.property, &of, test.operation.as_ref(), None)?;
        Some((id, test))
    }

    /// A property of an event kind, or an error that names those it has.
    pub(super) fn property(&mut self, kind: EventKindId, name: &Name) -> Option<(PropertyId, Type)> {
        let kind = self.vocabulary.kind(kind)?;
        if let Some(id) = kind.property_id(&name.node) {
            return kind.property(id).map(|property| (id, property.of.clone()));
        }
        let known: Vec<String> = kind.properties.iter().map(|property| property.name.clone()).collect();
        let message = format!("`{}` has no property `{}`", kind.name, name.node);
        let help = match known.as_slice() {
            [] => format!("declare it: `event {}({}, {}: number)`", kind.name, kind.subject, name.node),
            _ => format!("it has {}", crate::diagnostic::quoted_list(&known, "and")),
        };
        let candidates = known.iter().map(String::as_str);
        self.unknown(Code::UnknownProperty, name, message, candidates, &help);
        None
    }

    /// The term with these selectors, new or known.
    fn intern_term(&mut self, mut selectors: Vec<SelectorId>, span: Span) -> Option<TermId> {
        selectors.sort_unstable();
        selectors.dedup();
        let term = Term { selectors };
        if let Some(id) = self.term_ids.get(&term) {
            return Some(*id);
        }
        let size = self.union_size + term.selectors.len();
        if size > MAX_UNION_SIZE {
            if self.union_size <= MAX_UNION_SIZE {
                let message = "the activities together reach too many event terms";
                let found = Diagnostic::new(Code::LimitExceeded, self.at(span), message, "one too many");
                self.report(found.help(format!(
                    "at most {MAX_UNION_SIZE} in one rule set, each counted in every activity that reaches it"
                )));
                self.union_size = usize::MAX / 2;
            }
            return None;
        }
        self.union_size = size;
        let id = TermId(u32::try_from(self.terms.len()).ok()?);
        self.term_ids.insert(term.clone(), id);
        self.terms.push(term);
        Some(id)
    }

    /// `within D` or `between D1 and D2 ago`.
    pub(super) fn window(&mut self, window: Option<&Spanned<ast::Window>>) -> Option<Window> {
        let Some(window) = window else { return Some(Window::Ever) };
        match &window.node {
            ast::Window::Within(period) => self.duration(period).map(Window::Within),
            ast::Window::BetweenAgo(from, to) => {
                let (begin, end) = (self.duration(from), self.duration(to));
                let (begin, end) = (begin?, end?);
                if begin < end {
                    self.wrong_way_round(window.span, format!("between {end} and {begin} ago"));
                    return None;
                }
                if begin == end {
                    let message = "the two ends of the window are the same";
                    let found = Diagnostic::new(
                        Code::BadBounds,
                        self.at(window.span),
                        message,
                        "no time lies between",
                    );
                    self.report(found.help("the first duration must be the longer one"));
                    return None;
                }
                Some(Window::Between { from: begin, to: end })
            }
        }
    }

    /// A test of how many events, subjects or days there are, or of a sum.
    pub(super) fn event_test(
        &mut self,
        subject: &'a TestSubject,
        operation: Option<&'a Spanned<Operation>>,
        window: Option<&'a Spanned<ast::Window>>,
    ) -> Option<EventTest> {
        let (term, aggregate) = match subject {
            TestSubject::Name(name) => (self.activity(name), Some(Aggregate::Count)),
            TestSubject::Event(event) => (self.event_term(event), Some(Aggregate::Count)),
            TestSubject::Aggregate(aggregate) => {
                let term = self.term(&aggregate.term);
                (term, term.and_then(|term| self.aggregate(aggregate, term)))
            }
        };
        let is_sum = matches!(subject, TestSubject::Aggregate(aggregate) if aggregate.function.node == AggregateFunction::Sum);
        let compared = match operation {
            None if is_sum => {
                Some((Comparison::GreaterOrEqual, Bound::Sum(Number::from_millionths(1_000_000)?)))
            }
            None => Some((Comparison::GreaterOrEqual, Bound::Count(1))),
            Some(operation) => self.event_comparison(operation, is_sum),
        };
        let window = self.window(window);
        let (comparison, bound) = compared?;
        Some(EventTest { term: term?, aggregate: aggregate?, window: window?, comparison, bound })
    }

    fn aggregate(&mut self, aggregate: &'a ast::Aggregate, term: TermId) -> Option<Aggregate> {
        match aggregate.function.node {
            AggregateFunction::Distinct => Some(Aggregate::Distinct),
            AggregateFunction::Days => Some(Aggregate::Days),
            AggregateFunction::Sum => {
                let property = aggregate.property.as_ref()?;
                let selectors = self.terms.get(term.index())?.selectors.clone();
                let kinds = selectors.iter().filter_map(|id| self.selectors.get(id.index()));
                let mut kinds: Vec<EventKindId> = kinds.map(|selector| selector.kind).collect();
                kinds.sort_unstable();
                kinds.dedup();
                let mut summed = Vec::with_capacity(kinds.len());
                for kind in kinds {
                    let (id, of) = self.property(kind, property)?;
                    if of != Type::Number {
                        let name = self.vocabulary.kind(kind).map_or("", |kind| kind.name.as_str());
                        let message = format!(
                            "`sum` adds numbers up; `{}` of `{name}` is a {}",
                            property.node,
                            of.name()
                        );
                        let found =
                            Diagnostic::new(Code::WrongValue, self.at(property.span), message, "no number");
                        self.report(found.help("name a property of type `number`"));
                        return None;
                    }
                    summed.push((kind, id));
                }
                Some(Aggregate::Sum(summed))
            }
        }
    }

    fn event_comparison(
        &mut self,
        operation: &'a Spanned<Operation>,
        is_sum: bool,
    ) -> Option<(Comparison, Bound)> {
        let compare = |operator: &ast::Operator| operator.comparison();
        let what = if is_sum { "a sum" } else { "a number of events" };
        let (comparison, value): (Comparison, &Value) = match &operation.node {
            Operation::Binary(operator, value) if compare(operator).is_some() => (compare(operator)?, value),
            other => {
                let written = match other {
                    Operation::Binary(operator, _) => operator.spelling(),
                    Operation::Between(..) => "between",
                    Operation::IsKnown => "is known",
                    Operation::IsMissing => "is missing",
                    Operation::Is(_) => "is",
                    Operation::IsAtLeast(_) => "is at least",
                };
                let help = match other {
                    Operation::Between(..) => {
                        "write both ends: `visited(pricing) >= 2 and visited(pricing) <= 5`; a window ends in `ago`"
                    }
                    Operation::IsKnown => "the term alone asks for one event or more: `visited(pricing)`",
                    Operation::IsMissing => "write `= 0`: `visited(pricing) = 0`",
                    _ => "write a comparison: `>= 2`, one of `=`, `!=`, `<`, `<=`, `>` and `>=`",
                };
                let message = format!("`{written}` does not test {what}");
                let found = Diagnostic::new(
                    Code::WrongTest,
                    self.at(operation.span),
                    message,
                    format!("{what} is compared"),
                );
                self.report(found.help(help));
                return None;
            }
        };
        let number = self.number_value(value, if is_sum { "a number" } else { "a whole number" })?;
        let bound = if is_sum {
            Bound::Sum(self.number_of(number, value.span)?)
        } else {
            let count = self.count_of(number, value.span, 0, i64::MAX, "a number of events")?;
            Bound::Count(u64::try_from(count).ok()?)
        };
        Some((comparison, bound))
    }
}
