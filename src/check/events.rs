//! Event terms, aggregates and windows.

use std::sync::Arc;

use crate::decimal::Number;
use crate::diagnostic::{Code, Diagnostic, few};
use crate::model::{
    Aggregate, Bound, Comparison, EventTest, Folded, Glob, Selector, SelectorId, Shared, SubjectPattern,
    Term, TermId, Window,
};
use crate::syntax::ast::{
    self, AggregateFunction, EventTerm, Name, Operation, Spanned, Subject, TestSubject, Value,
};
use crate::vocabulary::{EventKindId, PropertyId, Type};

use super::Checker;

impl<'a> Checker<'a> {
    /// An event term, or the name of an activity.
    pub(super) fn term(&mut self, term: &'a ast::Term) -> Option<TermId> {
        match term {
            ast::Term::Event(event) => self.event_term(event),
            ast::Term::Name(name) => self.activity(name),
        }
    }

    fn event_term(&mut self, event: &'a EventTerm) -> Option<TermId> {
        let selector = self.selector(event)?;
        Some(self.intern_term(vec![selector]))
    }

    pub(super) fn selector(&mut self, event: &'a EventTerm) -> Option<SelectorId> {
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
        let vocabulary = Arc::clone(&self.vocabulary);
        let kind = vocabulary.kind(kind)?;
        if let Some(id) = kind.property_id(&name.node) {
            return kind.property(id).map(|property| (id, property.of.clone()));
        }
        let known = || kind.properties.iter().map(|property| property.name.as_str());
        let message = format!("`{}` has no property `{}`", kind.name, name.node);
        let help = if kind.properties.is_empty() {
            format!("declare it: `event {}({}, {}: number)`", kind.name, kind.subject, name.node)
        } else {
            format!("it has {}", few(known(), "and"))
        };
        let nearest = self.nearest(&name.node, known()).map(str::to_owned);
        self.unknown(Code::UnknownProperty, name, message, nearest, &help);
        None
    }

    /// The term with these selectors, new or known.
    pub(super) fn intern_term(&mut self, mut selectors: Vec<SelectorId>) -> TermId {
        selectors.sort_unstable();
        selectors.dedup();
        let term = Term { selectors };
        if let Some(id) = self.term_ids.get(&term) {
            return *id;
        }
        // OK because every term has words of its own in the source.
        let id = TermId(u32::try_from(self.terms.len()).unwrap_or(u32::MAX));
        self.term_ids.insert(term.clone(), id);
        self.terms.push(term);
        id
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
                let key = (term, property.node.as_str());
                if !self.sums.contains_key(&key) {
                    let summed = self.summed(term, &property.node);
                    self.sums.insert(key, summed);
                }
                match self.sums.get(&key)? {
                    Ok(summed) => Some(Aggregate::Sum(summed.clone())),
                    Err(kind) => {
                        let kind = *kind;
                        self.not_summed(kind, property);
                        None
                    }
                }
            }
        }
    }

    /// The number property `name` of every kind that the term can match, or the first kind that lacks it.
    fn summed(&self, term: TermId, name: &str) -> Result<super::SummedProperties, EventKindId> {
        let selectors = self.terms.get(term.index()).into_iter().flat_map(|term| &term.selectors);
        let kinds = selectors.filter_map(|id| self.selectors.get(id.index()));
        let mut kinds: Vec<EventKindId> = kinds.map(|selector| selector.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let summed = kinds.into_iter().map(|id| {
            let kind = self.vocabulary.kind(id).ok_or(id)?;
            let property = kind.property_id(name).ok_or(id)?;
            let of = kind.property(property).map(|property| &property.of);
            if of == Some(&Type::Number) { Ok((id, property)) } else { Err(id) }
        });
        summed.collect::<Result<Vec<_>, _>>().map(Shared::from)
    }

    /// Reports a property that cannot be added up because `kind` has no number of that name.
    fn not_summed(&mut self, kind: EventKindId, property: &Name) {
        // Reports it if there is no such property at all.
        let Some((_, of)) = self.property(kind, property) else { return };
        let name = self.vocabulary.kind(kind).map_or("", |kind| kind.name.as_str());
        let message = format!(
            "`sum` adds numbers up, and `{}` of `{name}` is {}",
            property.node,
            super::operators::with_article(&of)
        );
        let found = Diagnostic::new(Code::WrongValue, self.at(property.span), message, "no number");
        self.report(found.help("name a property of type `number`"));
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
                let written = other.spelling();
                let help = match other {
                    Operation::Between(..) => {
                        "compare twice: `visited(pricing) >= 2 and visited(pricing) <= 5`; a window ends with `ago`"
                    }
                    Operation::IsKnown => "the term alone asks for one event or more: `visited(pricing)`",
                    Operation::IsMissing => "write `= 0`: `visited(pricing) = 0`",
                    _ => "write a comparison: `>= 2`, one of `=`, `!=`, `<`, `<=`, `>` and `>=`",
                };
                let message = format!("{what} cannot be tested with `{written}`");
                let found = Diagnostic::new(
                    Code::WrongTest,
                    self.at(operation.span),
                    message,
                    format!("this is {what}"),
                );
                self.report(found.help(help));
                return None;
            }
        };
        let number = self.number_value(value, if is_sum { "a number" } else { super::literals::COUNT })?;
        let bound = if is_sum {
            Bound::Sum(self.number_of(number, value.span)?)
        } else {
            let count = self.count_of(number, value.span, 0, i64::MAX, "a number of events")?;
            Bound::Count(u64::try_from(count).ok()?)
        };
        Some((comparison, bound))
    }
}
