//! The fingerprint: a digest of what a rule set means.
//!
//! A model goes in, 32 bytes come out, the same on every platform and in every version of the crate that keeps
//! the format number below. Layout, comments, labels, tests, `ruleset`, `owners`, `review`, the names of `let`s,
//! activities and params, parentheses that change nothing, and the order of what is joined by `and`, `or` and
//! `|` or listed behind `in` do not count. Names of scores, bands, rules, groups, segments, attributes, events
//! and properties do: results and leads carry them. So do standard names that a definition of the rule set hides.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::check;
use crate::hash::QuickMap;
use crate::hex;
use crate::model::{
    Aggregate, Bound, Comparison, ConditionId, ConditionKind, DateTest, Decay, DecayStep, Folded, LimitPer,
    Member, Model, NumberTest, RuleBody, RuleIndex, ScoreKind, Selector, SetTest, Shared, SubjectPattern,
    TermId, TextTest, ValueTest, Window,
};
use crate::vocabulary::{AttributeId, Type};

/// Changes whenever the digest of an unchanged rule set would.
const FORMAT: &str = "leadql fingerprint 1";

/// A digest of the meaning of a rule set; prints as 64 hex digits.
///
/// ```
/// use leadql::RuleSet;
/// let one = RuleSet::compile("visited(pricing) >= 2 => +15")?;
/// let two = RuleSet::compile("# the same\nvisited( pricing )>=2\n=>+15 \"with a label\"")?;
/// let other = RuleSet::compile("visited(pricing) >= 3 => +15")?;
/// assert_eq!(one.fingerprint(), two.fingerprint());
/// assert_ne!(one.fingerprint(), other.fingerprint());
/// # Ok::<(), leadql::Diagnostics>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

/// The text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint: 64 hex digits belong here")]
pub struct NotAFingerprint;

/// Digests of what terms and conditions mean, whatever their numbers and their order in the text.
pub(crate) struct Meanings {
    terms: Vec<[u8; 32]>,
    conditions: Vec<[u8; 32]>,
}

impl Meanings {
    pub(crate) fn of(model: &Model) -> Meanings {
        let mut writer = Writer::new(model);
        writer.meanings();
        Meanings { terms: writer.terms, conditions: writer.conditions }
    }

    pub(crate) fn term(&self, id: TermId) -> &[u8] {
        self.terms.get(id.index()).map_or(&[], |digest| digest)
    }

    pub(crate) fn condition(&self, id: ConditionId) -> &[u8] {
        self.conditions.get(id.index()).map_or(&[], |digest| digest)
    }
}

impl Fingerprint {
    pub(crate) fn of(model: &Model) -> Fingerprint {
        let mut writer = Writer::new(model);
        writer.model();
        Fingerprint(writer.digest.finalize().into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(f, &self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::read(text).map(Fingerprint).ok_or(NotAFingerprint)
    }
}

impl serde::Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Writes a model into a digest: every piece with its length or a tag, so that no two models read the same.
struct Writer<'m> {
    digest: Sha256,
    model: &'m Model,
    /// The digest of each term and of each condition: shared ones are read once, whatever uses them.
    terms: Vec<[u8; 32]>,
    conditions: Vec<[u8; 32]>,
    /// The digest of each list, by where it is kept: many tests may share one.
    lists: QuickMap<(usize, usize), [u8; 32]>,
}

impl<'m> Writer<'m> {
    fn new(model: &'m Model) -> Self {
        Writer {
            digest: Sha256::new(),
            model,
            terms: Vec::new(),
            conditions: Vec::new(),
            lists: QuickMap::default(),
        }
    }
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.number(text.len() as i64);
        self.digest.update(text.as_bytes());
    }

    fn number(&mut self, number: i64) {
        self.digest.update(number.to_le_bytes());
    }

    fn maybe(&mut self, number: Option<i64>) {
        self.number(i64::from(number.is_some()));
        self.number(number.unwrap_or(0));
    }

    /// Writes digests whose order means nothing.
    fn unordered(&mut self, mut digests: Vec<[u8; 32]>) {
        digests.sort_unstable();
        self.number(digests.len() as i64);
        digests.iter().for_each(|digest| self.digest.update(digest));
    }

    /// Writes digests whose order means nothing, and of which saying one twice means nothing either.
    fn set(&mut self, mut digests: Vec<[u8; 32]>) {
        digests.sort_unstable();
        digests.dedup();
        self.unordered(digests);
    }

    /// Writes a list whose order means nothing, and in which saying a thing twice means nothing either.
    fn list<T>(&mut self, list: &Shared<T>, write: impl Fn(&mut Self, &T)) {
        let key = (list.as_ptr().addr(), list.len());
        let digest = match self.lists.get(&key) {
            Some(digest) => *digest,
            None => {
                let items = list.iter().map(|item| self.apart(|writer| write(writer, item))).collect();
                let digest = self.apart(|writer| writer.set(items));
                self.lists.insert(key, digest);
                digest
            }
        };
        self.digest.update(digest);
    }

    /// The digest of what `write` writes, apart from everything else.
    fn apart(&mut self, write: impl FnOnce(&mut Self)) -> [u8; 32] {
        let outer = std::mem::take(&mut self.digest);
        write(self);
        std::mem::replace(&mut self.digest, outer).finalize().into()
    }

    fn model(&mut self) {
        let model = self.model;
        self.text(FORMAT);
        self.vocabulary();
        self.meanings();
        self.number(model.scores.len() as i64);
        for score in &model.scores {
            self.text(&score.name);
            self.number(score.bounds.0.thousandths());
            self.number(score.bounds.1.thousandths());
            match &score.kind {
                ScoreKind::Rules(members) => {
                    self.number(members.len() as i64);
                    members.iter().for_each(|member| self.member(member));
                }
                ScoreKind::Derived(terms) => {
                    self.number(-1 - terms.len() as i64);
                    for (weight, score) in terms {
                        self.number(*weight);
                        self.number(i64::from(score.0));
                    }
                }
            }
            self.number(score.bands.len() as i64);
            for band in &score.bands {
                self.text(&band.name);
                self.maybe(band.at_least.map(crate::Points::thousandths));
            }
        }
        self.number(model.band_order.len() as i64);
        model.band_order.iter().for_each(|score| self.number(i64::from(score.0)));
        self.number(model.segments.len() as i64);
        for segment in &model.segments {
            self.text(&segment.name);
            self.use_condition(segment.condition);
        }
        self.gates();
    }

    /// The digests of terms and of conditions, apart from everything else.
    fn meanings(&mut self) {
        let model = self.model;
        let selectors: Vec<[u8; 32]> =
            model.selectors.iter().map(|selector| self.apart(|writer| writer.selector(selector))).collect();
        for term in &model.terms {
            // By meaning, not by number: numbers follow the order of the text.
            let parts = term.selectors.iter().filter_map(|id| selectors.get(id.index()).copied()).collect();
            let digest = self.apart(|writer| writer.set(parts));
            self.terms.push(digest);
        }
        for condition in &model.conditions {
            let digest = self.apart(|writer| writer.condition(&condition.kind));
            self.conditions.push(digest);
        }
    }

    /// What the rule set declares, and what of the standard vocabulary is there besides.
    fn vocabulary(&mut self) {
        let model = self.model;
        self.number(i64::from(model.only_declared));
        let hidden =
            if model.only_declared { Vec::new() } else { check::hidden_standard_names(&model.vocabulary) };
        self.number(hidden.len() as i64);
        hidden.iter().for_each(|name| self.text(name));
        let mut attributes: Vec<_> =
            model.vocabulary.attributes.iter().filter(|found| found.declared).collect();
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        self.number(attributes.len() as i64);
        for attribute in attributes {
            self.text(&attribute.name);
            self.type_of(&attribute.of);
        }
        let mut kinds: Vec<_> = model.vocabulary.kinds.iter().filter(|found| found.declared).collect();
        kinds.sort_by(|a, b| a.name.cmp(&b.name));
        self.number(kinds.len() as i64);
        for kind in kinds {
            self.text(&kind.name);
            self.number(i64::from(kind.passive));
            let mut properties: Vec<_> = kind.properties.iter().collect();
            properties.sort_by(|a, b| a.name.cmp(&b.name));
            self.number(properties.len() as i64);
            for property in properties {
                self.text(&property.name);
                self.type_of(&property.of);
            }
        }
    }

    fn type_of(&mut self, of: &Type) {
        self.text(of.name());
        if let Type::OneOf(symbols) = of {
            self.number(symbols.len() as i64);
            symbols.iter().for_each(|symbol| self.text(&symbol.to_ascii_lowercase()));
        }
    }

    fn use_condition(&mut self, id: ConditionId) {
        let digest = self.conditions.get(id.index()).copied().unwrap_or_default();
        self.digest.update(digest);
    }

    fn digests(&self, ids: &[ConditionId]) -> Vec<[u8; 32]> {
        ids.iter().filter_map(|id| self.conditions.get(id.index()).copied()).collect()
    }

    fn condition(&mut self, kind: &ConditionKind) {
        match kind {
            ConditionKind::All(ids) => {
                self.text("all");
                self.set(self.digests(ids));
            }
            ConditionKind::Any(ids) => {
                self.text("any");
                self.set(self.digests(ids));
            }
            ConditionKind::Not(id) => {
                self.text("not");
                self.use_condition(*id);
            }
            ConditionKind::AtLeast { count, of } => {
                self.text("at least");
                self.number(i64::from(*count));
                self.unordered(self.digests(of));
            }
            ConditionKind::Attribute { attribute, test } => {
                self.text("attribute");
                self.attribute(*attribute);
                let of = self.model.vocabulary.attribute(*attribute).map(|attribute| &attribute.of);
                self.value_test(test, of);
            }
            ConditionKind::Events(test) => {
                self.text("events");
                self.term(test.term);
                match &test.aggregate {
                    Aggregate::Count => self.text("count"),
                    Aggregate::Distinct => self.text("distinct"),
                    Aggregate::Days => self.text("days"),
                    Aggregate::Sum(properties) => {
                        self.text("sum");
                        // All kinds' properties have the same name.
                        let name = properties.first().and_then(|(kind, property)| {
                            Some(self.model.vocabulary.kind(*kind)?.property(*property)?.name.as_str())
                        });
                        self.text(name.unwrap_or(""));
                    }
                }
                self.window(test.window);
                self.comparison(test.comparison);
                match test.bound {
                    Bound::Count(count) => self.number(i64::try_from(count).unwrap_or(i64::MAX)),
                    Bound::Sum(sum) => self.number(sum.millionths()),
                }
            }
            ConditionKind::Inactive(period) => {
                self.text("inactive");
                self.number(period.micros());
            }
            ConditionKind::Score { score, comparison, points } => {
                self.text("score");
                self.number(i64::from(score.0));
                self.comparison(*comparison);
                self.number(points.thousandths());
            }
            ConditionKind::ScoreBetween { score, low, high } => {
                self.text("score between");
                self.number(i64::from(score.0));
                self.number(low.thousandths());
                self.number(high.thousandths());
            }
            ConditionKind::Band { score, band } => {
                self.text("band");
                self.number(i64::from(score.0));
                self.number(i64::from(band.0));
            }
            ConditionKind::BandAtLeast { score, band } => {
                self.text("band at least");
                self.number(i64::from(score.0));
                self.number(i64::from(band.0));
            }
            ConditionKind::Segment(segment) => {
                self.text("segment");
                self.number(i64::from(segment.0));
            }
        }
    }

    fn attribute(&mut self, id: AttributeId) {
        self.text(self.model.vocabulary.attribute(id).map_or("", |attribute| &attribute.name));
    }

    fn comparison(&mut self, comparison: Comparison) {
        self.text(comparison.sign());
    }

    fn window(&mut self, window: Window) {
        match window {
            Window::Ever => self.text("ever"),
            Window::Within(period) => {
                self.text("within");
                self.number(period.micros());
            }
            Window::Between { from, to } => {
                self.text("between");
                self.number(from.micros());
                self.number(to.micros());
            }
        }
    }

    fn term(&mut self, id: TermId) {
        let digest = self.terms.get(id.index()).copied().unwrap_or_default();
        self.digest.update(digest);
    }

    fn selector(&mut self, selector: &Selector) {
        let kind = self.model.vocabulary.kind(selector.kind);
        self.text(kind.map_or("", |kind| &kind.name));
        let subjects =
            selector.subjects.iter().map(|subject| self.apart(|writer| writer.subject(subject))).collect();
        self.set(subjects);
        let tests = selector.tests.iter().map(|(property, test)| {
            let property = kind.and_then(|kind| kind.property(*property));
            self.apart(|writer| {
                writer.text(property.map_or("", |property| &property.name));
                writer.value_test(test, property.map(|property| &property.of));
            })
        });
        let tests = tests.collect();
        self.set(tests);
    }

    fn subject(&mut self, subject: &SubjectPattern) {
        match subject {
            SubjectPattern::Any => self.text("*"),
            SubjectPattern::Exact(text) => {
                self.text("exact");
                self.text(text.as_str());
            }
            SubjectPattern::Glob(glob) => {
                self.text("glob");
                self.text(glob.pattern());
            }
        }
    }

    fn value_test(&mut self, test: &ValueTest, of: Option<&Type>) {
        match test {
            ValueTest::Known => self.text("known"),
            ValueTest::Missing => self.text("missing"),
            ValueTest::Flag(flag) => {
                self.text("flag");
                self.number(i64::from(*flag));
            }
            ValueTest::Symbol { any_of, negated } => {
                self.text("symbol");
                self.number(i64::from(*negated));
                // A list of the same words is another list where another type numbers them.
                self.list(any_of, |writer, symbol| {
                    let Some(of @ Type::OneOf(_)) = of else { return };
                    writer.text(&of.symbol_name(*symbol).to_ascii_lowercase());
                });
            }
            ValueTest::Text(test) => self.text_test(test),
            ValueTest::Number(test) => match test {
                NumberTest::Compare(comparison, number) => {
                    self.comparison(*comparison);
                    self.number(number.millionths());
                }
                NumberTest::AnyOf { numbers, negated } => {
                    self.text("in");
                    self.number(i64::from(*negated));
                    self.list(numbers, |writer, number| writer.number(number.millionths()));
                }
                NumberTest::Between(low, high) => {
                    self.text("between");
                    self.number(low.millionths());
                    self.number(high.millionths());
                }
            },
            ValueTest::Set(SetTest::AnyOf(texts)) => self.texts("set any of", texts),
            ValueTest::Set(SetTest::AllOf(texts)) => self.texts("set all of", texts),
            ValueTest::Date(test) => {
                let (name, number) = match test {
                    DateTest::Before(instant) => ("before", instant.micros()),
                    DateTest::After(instant) => ("after", instant.micros()),
                    DateTest::Within(period) => ("within", period.micros()),
                    DateTest::OlderThan(period) => ("older than", period.micros()),
                };
                self.text(name);
                self.number(number);
            }
        }
    }

    fn text_test(&mut self, test: &TextTest) {
        match test {
            TextTest::AnyOf { texts, negated: false } => self.texts("in", texts),
            TextTest::AnyOf { texts, negated: true } => self.texts("not in", texts),
            TextTest::Contains(texts) => self.texts("contains", texts),
            TextTest::HasWord(texts) => self.texts("has word", texts),
            TextTest::StartsWith(text) => {
                self.text("starts with");
                self.text(text.as_str());
            }
            TextTest::EndsWith(text) => {
                self.text("ends with");
                self.text(text.as_str());
            }
            TextTest::Matches(glob) => {
                self.text("matches");
                self.text(glob.pattern());
            }
        }
    }

    fn texts(&mut self, name: &str, texts: &Shared<Folded>) {
        self.text(name);
        self.list(texts, |writer, text| writer.text(text.as_str()));
    }

    fn member(&mut self, member: &Member) {
        match member {
            Member::Rule(rule) => {
                self.text("rule");
                self.rule(*rule);
            }
            Member::Group(group) => {
                self.text("group");
                self.text(&group.name);
                self.number(i64::from(group.best));
                self.maybe(group.low.map(crate::Points::thousandths));
                self.maybe(group.high.map(crate::Points::thousandths));
                self.number(group.rules.len() as i64);
                group.rules.iter().for_each(|rule| self.rule(*rule));
            }
        }
    }

    fn rule(&mut self, index: RuleIndex) {
        let Some(rule) = self.model.rules.get(index.index()) else { return };
        self.number(i64::from(index.0));
        self.text(&rule.name);
        self.number(rule.points.thousandths());
        match rule.decay {
            None => self.text("no decay"),
            Some(Decay { step, every }) => {
                match step {
                    DecayStep::Percent(tenths) => {
                        self.text("percent");
                        self.number(i64::from(tenths));
                    }
                    DecayStep::Amount(points) => {
                        self.text("amount");
                        self.number(points.thousandths());
                    }
                }
                self.number(every.micros());
            }
        }
        match &rule.body {
            RuleBody::Condition(condition) => {
                self.text("condition");
                self.use_condition(*condition);
            }
            RuleBody::Each { term, window, when, limits } => {
                self.text("each");
                self.term(*term);
                self.window(*window);
                self.number(i64::from(when.is_some()));
                if let Some(when) = when {
                    self.use_condition(*when);
                }
                self.number(i64::from(limits.times));
                match limits.per {
                    None => self.text("no limit"),
                    Some(LimitPer::Day(times)) => {
                        self.text("per day");
                        self.number(i64::from(times));
                    }
                    Some(LimitPer::Subject(times)) => {
                        self.text("per subject");
                        self.number(i64::from(times));
                    }
                }
            }
        }
    }

    fn gates(&mut self) {
        let gates = &self.model.gates;
        self.number(i64::from(gates.mql.is_some()));
        if let Some(mql) = &gates.mql {
            self.use_condition(mql.when);
            self.number(i64::from(mql.until.is_some()));
            if let Some(until) = mql.until {
                self.use_condition(until);
            }
            self.maybe(mql.again_after.map(crate::time::Period::micros));
            self.maybe(mql.sla.map(crate::time::Period::micros));
        }
        self.number(i64::from(gates.sql.is_some()));
        if let Some(sql) = gates.sql {
            self.use_condition(sql);
        }
        let recycle = gates.recycle.iter();
        self.number(gates.disqualify.len() as i64);
        for gate in recycle.chain(&gates.disqualify) {
            self.use_condition(gate.when);
            self.text(gate.reason.as_deref().unwrap_or(""));
        }
        self.number(i64::from(gates.recycle.is_some()));
    }
}
