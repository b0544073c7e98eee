//! Until when an outcome is valid, found the slow and plain way: at every instant at which anything can
//! change, look whether something does.

use crate::lead::Value;
use crate::model::{ConditionKind, DateTest, RuleBody, TermId, ValueTest, Window};
use crate::time::{Instant, Period};

use super::Reader;
use super::rules::Fading;

impl Reader<'_> {
    /// The first instant after `now` at which evaluating the same facts gives anything different, none if
    /// never or beyond year 9999. Costs a whole reading for every instant looked at.
    pub(crate) fn valid_until(&self, now: Instant) -> Option<Instant> {
        let outcome = self.read(now).outcome;
        self.edges(now).into_iter().find(|edge| self.read(*edge).outcome != outcome)
    }

    /// Every instant after `now` at which anything can change, in order.
    pub(crate) fn edges(&self, now: Instant) -> Vec<Instant> {
        let mut edges = Vec::new();
        // An event comes into being.
        edges.extend(self.events.iter().map(|event| event.at));
        self.condition_edges(&mut edges);
        self.rule_edges(&mut edges);
        let again_after = self.model.gates.mql.as_ref().and_then(|mql| mql.again_after);
        if let (Some(again_after), Some(since)) = (again_after, self.facts.stage_since) {
            edges.extend(since.plus(again_after));
        }
        edges.retain(|edge| *edge > now);
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    fn condition_edges(&self, edges: &mut Vec<Instant>) {
        for condition in &self.model.conditions {
            match &condition.kind {
                ConditionKind::Events(test) => self.window_edges(test.term, test.window, edges),
                ConditionKind::Inactive(period) => {
                    edges.extend(self.activities());
                    edges.extend(self.activities().filter_map(|at| at.plus(*period)));
                }
                ConditionKind::Attribute { attribute, test: ValueTest::Date(test) } => {
                    let Some(Value::Date(date)) = self.facts.attribute(*attribute) else { continue };
                    match test {
                        DateTest::Before(_) | DateTest::After(_) => {}
                        DateTest::Within(period) => {
                            edges.extend([Some(*date), date.plus(*period)].into_iter().flatten())
                        }
                        DateTest::OlderThan(period) => edges.extend(date.plus(*period)),
                    }
                }
                _ => {}
            }
        }
    }

    fn rule_edges(&self, edges: &mut Vec<Instant>) {
        for rule in &self.model.rules {
            let terms: Vec<TermId> = match &rule.body {
                RuleBody::Each { term, window, .. } => {
                    self.window_edges(*term, *window, edges);
                    vec![*term]
                }
                RuleBody::Condition(condition) => {
                    self.positive_event_tests(*condition).into_iter().map(|(_, test)| test.term).collect()
                }
            };
            let Some(decay) = rule.decay else { continue };
            let ages = Fading::of(rule.points, decay).changes();
            for term in terms {
                for at in self.times(term) {
                    edges.extend(ages.iter().filter_map(|age| at.plus(Period::from_micros(*age))));
                }
            }
        }
    }

    /// When the events that match a term enter a window and leave it.
    fn window_edges(&self, term: TermId, window: Window, edges: &mut Vec<Instant>) {
        match window {
            Window::Ever => {}
            Window::Within(period) => edges.extend(self.times(term).filter_map(|at| at.plus(period))),
            Window::Between { from, to } => {
                edges.extend(self.times(term).filter_map(|at| at.plus(to)));
                edges.extend(self.times(term).filter_map(|at| at.plus(from)));
            }
        }
    }

    fn times(&self, term: TermId) -> impl Iterator<Item = Instant> + '_ {
        self.matching(term).iter().filter_map(|index| self.events.get(*index)).map(|event| event.at)
    }
}
