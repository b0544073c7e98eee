//! What the compiler made of a rule set: what is decided when, and how.

use std::fmt;

use serde::Serialize;

use super::RuleSet;
use crate::lead::grouped;
use crate::plan::{Ages, Micros, PlanRule, Signal, SignalKind};
use crate::state::{StateBound, words};
use crate::time::Period;

/// How a rule set is evaluated: see [`RuleSet::plan_report`]. Displays as text of several lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanReport {
    /// The rules, by what they wait for.
    pub rules: RulesPlan,
    /// The different conditions, by what they wait for.
    pub conditions: ConditionsPlan,
    /// How the tests of each attribute that is tested are decided, in the order of the vocabulary.
    pub attributes: Vec<AttributePlan>,
    /// What is asked of events, each once however many rules ask for it.
    pub signals: Vec<SignalPlan>,
    /// The values of points that fade.
    pub decay_tables: TablesPlan,
    /// What is kept of a lead that is fed event by event.
    pub state: StateBound,
}

/// The rules of a rule set by what they wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RulesPlan {
    /// Rules that attributes alone decide: added up when attributes are set.
    pub settled: usize,
    /// Rules that time touches, without decay.
    pub timed: usize,
    /// Condition rules that fade.
    pub decaying: usize,
    /// Rules that give points for each event.
    pub each: usize,
}

/// The different conditions of a rule set by what they wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConditionsPlan {
    /// Tests of attributes that are the same at every instant.
    pub attribute_tests: usize,
    /// What is made of those alone: decided with them.
    pub settled: usize,
    /// Tests of events and of the age of dates, `inactive for`: each one comparison once all events have come.
    pub time_tests: usize,
    /// What is made of those: decided at each evaluation.
    pub timed: usize,
    /// What asks for scores or bands, and what is made of it.
    pub scored: usize,
}

/// How the tests of one attribute are decided, all at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AttributePlan {
    /// Its name.
    pub attribute: String,
    /// How many different tests there are.
    pub tests: usize,
    /// So many texts are found by one look-up, for all tests that compare with them.
    pub listed_texts: usize,
    /// Lists that have tables of their own, which attributes share: one look-up each.
    pub shared_lists: usize,
    /// Parts and words that are looked for in one pass over the text.
    pub searched: usize,
    /// Bounds that a number, a date, a flag or a symbol is held against.
    pub bounds: usize,
    /// Tests that are made one by one.
    pub one_by_one: usize,
}

/// One thing that is asked of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SignalPlan {
    /// What it is: `distinct(visited(*)) within 30d`.
    pub signal: String,
    /// Nobody tells counts beyond this apart; none where all count, and for sums.
    pub most: Option<u64>,
}

/// Tables of what points are worth after each step of their decay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TablesPlan {
    /// How many different ones there are.
    pub count: usize,
    /// The bytes that all of them take.
    pub bytes: usize,
}

impl RuleSet {
    /// What the compiler made of the rule set: what is decided when, and how; `leadql check --plan` prints it.
    ///
    /// ```
    /// use leadql::RuleSet;
    /// let rules = RuleSet::compile(
    ///     "title = \"cmo\" or title contains \"chief\" => +20   visited(pricing) >= 2 within 30d => +15",
    /// )?;
    /// let plan = rules.plan_report();
    /// assert_eq!((plan.rules.settled, plan.rules.timed), (1, 1));
    /// assert_eq!(plan.signals[0].signal, "visited(pricing) within 30d");
    /// assert_eq!((plan.attributes[0].listed_texts, plan.attributes[0].searched), (1, 1));
    /// # Ok::<(), leadql::Diagnostics>(())
    /// ```
    pub fn plan_report(&self) -> PlanReport {
        let (model, plan) = (&self.compiled.model, &self.compiled.plan);
        let program = &plan.program;
        let rules = |is: fn(&PlanRule) -> bool| plan.rules.iter().filter(|rule| is(rule)).count();
        let name = |id| model.vocabulary.attribute(id).map_or_else(String::new, |found| found.name.clone());
        PlanReport {
            rules: RulesPlan {
                settled: plan.settled_rules.len(),
                timed: rules(|rule| matches!(rule, PlanRule::Condition { .. })),
                decaying: rules(|rule| matches!(rule, PlanRule::Decaying { .. })),
                each: plan.each_rules.len(),
            },
            conditions: ConditionsPlan {
                attribute_tests: program.attributes.slots(),
                settled: program.early_slots() - program.attributes.slots(),
                time_tests: program.leaves.len(),
                timed: program.timed.len(),
                scored: program.scored.len(),
            },
            attributes: program
                .attributes
                .deciders()
                .map(|(id, ways)| AttributePlan {
                    attribute: name(id),
                    tests: ways.tests,
                    listed_texts: ways.listed,
                    shared_lists: ways.long_lists,
                    searched: ways.needles,
                    bounds: ways.bounds,
                    one_by_one: ways.one_by_one,
                })
                .collect(),
            signals: plan
                .signals
                .iter()
                .map(|signal| SignalPlan {
                    signal: self.signal_words(signal),
                    most: match signal.aggregate {
                        SignalKind::Sum(_) => None,
                        _ => Some(signal.cap).filter(|cap| *cap < usize::MAX).map(|cap| cap as u64),
                    },
                })
                .collect(),
            decay_tables: TablesPlan { count: plan.tables.count(), bytes: plan.tables.bytes() },
            state: self.state_bound(),
        }
    }

    fn signal_words(&self, signal: &Signal) -> String {
        let (model, plan) = (&self.compiled.model, &self.compiled.plan);
        let term = words::term(model, plan, signal.term as usize);
        let of = match signal.aggregate {
            SignalKind::Count => term,
            SignalKind::Distinct => format!("distinct({term})"),
            SignalKind::Days => format!("days({term})"),
            SignalKind::Sum(sum) => {
                let property = plan.sums.get(sum as usize).and_then(|sum| {
                    let (kind, property) = sum.properties.first()?;
                    model.vocabulary.kind(*kind)?.property(*property)
                });
                format!("sum({term}.{})", property.map_or("", |property| &property.name))
            }
        };
        of + &window(signal.ages)
    }
}

/// A window as a rule set writes it.
fn window(ages: Ages) -> String {
    let period = Period::from_micros;
    match ages {
        Ages { enters: 0, leaves: Micros::MAX } => String::new(),
        Ages { enters: 0, leaves } => format!(" within {}", period(leaves)),
        Ages { enters, leaves } => format!(" between {} and {} ago", period(leaves), period(enters)),
    }
}

impl fmt::Display for PlanReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RulesPlan { settled, timed, decaying, each } = self.rules;
        writeln!(f, "rules: {}", grouped((settled + timed + decaying + each) as u64))?;
        writeln!(f, "  added up when attributes are set: {}", grouped(settled as u64))?;
        writeln!(f, "  touched by time: {} plain, {decaying} that fade, {each} for each event", timed)?;
        let ConditionsPlan { attribute_tests, settled, time_tests, timed, scored } = self.conditions;
        writeln!(
            f,
            "conditions: {}",
            grouped((attribute_tests + settled + time_tests + timed + scored) as u64)
        )?;
        writeln!(f, "  decided when attributes are set: {attribute_tests} tests, {settled} made of them")?;
        writeln!(f, "  touched by time: {time_tests} tests, {timed} made of them")?;
        writeln!(f, "  about scores: {scored}")?;
        if !self.attributes.is_empty() {
            writeln!(f, "attributes, the tests of each decided at once:")?;
        }
        for attribute in &self.attributes {
            writeln!(f, "  {attribute}")?;
        }
        if !self.signals.is_empty() {
            writeln!(f, "signals from events:")?;
        }
        for SignalPlan { signal, most } in &self.signals {
            match most {
                Some(most) => writeln!(f, "  {signal}: up to {}", grouped(*most))?,
                None => writeln!(f, "  {signal}")?,
            }
        }
        let TablesPlan { count, bytes } = self.decay_tables;
        writeln!(f, "decay tables: {}, {} bytes", grouped(count as u64), grouped(bytes as u64))?;
        write!(f, "{}", self.state)
    }
}

impl fmt::Display for AttributePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = |count: usize, one: &str, more: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{} {more}", grouped(count as u64))),
        };
        let ways = [
            several(self.listed_texts, "text in one look-up", "texts in one look-up"),
            several(self.shared_lists, "shared list", "shared lists"),
            several(self.searched, "part or word in one pass", "parts and words in one pass"),
            several(self.bounds, "bound", "bounds"),
            several(self.one_by_one, "test by itself", "tests one by one"),
        ];
        let tests = several(self.tests, "test", "tests").unwrap_or_default();
        write!(
            f,
            "{}: {tests}; {}",
            self.attribute,
            ways.into_iter().flatten().collect::<Vec<_>>().join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> PlanReport {
        RuleSet::compile(text).unwrap().plan_report()
    }

    #[test]
    fn a_plan_tells_what_is_decided_when_and_how() {
        let report = report(
            r#"attribute plan: one of [free, pro]
               let mails = ["gmail.com", "gmx.net"]
               score fit {
                 title = "cmo" or title has any word of ["chief", "vp"] or title starts with "head" => +20
                 plan in [free, pro] and company_size between 50 and 500 => +5
                 technologies contains "aws" => +1
                 email_domain in mails => -5
                 email_domain not in mails => +1
               }
               score engagement decay 50% every 30d {
                 visited(pricing) >= 2 within 30d => +15
                 visited(pricing) within 30d and title is known => +1 no decay
                 each downloaded("guide/*" | ebook) => +5 up to 3 times
                 distinct(visited(*)) >= 5 between 30d and 10d ago => +8
                 sum(watched(demo).seconds) >= 600 => +10
               }
               stage mql when fit >= 20 and engagement >= 10 and not inactive for 60d"#,
        );
        assert_eq!(report.rules, RulesPlan { settled: 5, timed: 1, decaying: 3, each: 1 });
        let conditions = &report.conditions;
        assert_eq!((conditions.attribute_tests, conditions.settled), (9, 2));
        assert_eq!((conditions.time_tests, conditions.timed, conditions.scored), (5, 2, 3));
        let shown: Vec<String> = report.attributes.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "plan: 1 test; 1 bound",
                "title: 4 tests; 1 text in one look-up, 2 parts and words in one pass, 1 test by itself",
                "email_domain: 2 tests; 2 texts in one look-up",
                "company_size: 1 test; 1 bound",
                "technologies: 1 test; 1 test by itself",
            ]
        );
        let signals: Vec<_> =
            report.signals.iter().map(|found| (found.signal.as_str(), found.most)).collect();
        assert_eq!(
            signals,
            [
                ("visited(pricing) within 30d", Some(2)),
                ("distinct(visited(*)) between 30d and 10d ago", Some(5)),
                ("sum(watched(demo).seconds)", None),
                (r#"downloaded("guide/*" | ebook)"#, Some(3)),
            ]
        );
        assert_eq!(report.decay_tables.count, 4);
        let text = report.to_string();
        for line in
            ["rules: 10", "  about scores: 3", "  visited(pricing) within 30d: up to 2", "a lead's state: "]
        {
            assert!(text.lines().any(|found| found.starts_with(line)), "{line:?} in\n{text}");
        }
    }

    #[test]
    fn an_empty_rule_set_has_an_empty_plan() {
        let report = report("");
        assert!(report.attributes.is_empty() && report.signals.is_empty());
        assert!(report.to_string().starts_with("rules: 0\n"));
    }
}
