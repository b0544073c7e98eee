//! What the `test` blocks of a rule set try: which rules, conditions, bands, segments and gates are once true and
//! once false of one of their leads. It goes by the plain reading, so what it says of a part is what an
//! explanation of that lead would say.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::diagnostic::Place;
use crate::explain::{Reader, Reading, Source, SourcePlace};
use crate::model::{BandIndex, ConditionId, ConditionKind, Gate, Model, RuleBody, RuleIndex, ScoreIndex};

/// Which parts of a rule set its `test` blocks make true, and which they make false.
///
/// [`RuleSet::test_coverage`](crate::RuleSet::test_coverage) makes it. Serializes to `percent`, `met`, `wanted`
/// and `parts`, each part with the names of its fields.
///
/// ```
/// let rules = leadql::RuleSet::compile(
///     "need => +5
///      test \"needy\" { need = true expect score = 5 }",
/// )?;
/// let coverage = rules.test_coverage();
/// assert_eq!((coverage.met(), coverage.wanted()), (1, 2));
/// let gap = coverage.gaps().next().unwrap();
/// assert_eq!((gap.name.as_str(), gap.made_true, gap.made_false), ("need", true, false));
/// # Ok::<(), leadql::Diagnostics>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCoverage {
    parts: Vec<TestedPart>,
}

/// A part of a rule set that is true of some leads and false of others, and whether a test saw both.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TestedPart {
    /// What sort of part.
    pub part: PartSort,
    /// A rule's own name behind its score's, `engagement / pricing_twice`, or its condition where it has none;
    /// a condition as it is written, or the name of the `let` that it is; `engagement is hot`; a segment; a gate.
    pub name: String,
    /// Where it is written.
    #[serde(flatten)]
    pub place: SourcePlace,
    /// Whether it is true of the lead of some test: of a rule, that it gives points (if only faded ones).
    pub made_true: bool,
    /// Whether it is false of the lead of some test.
    pub made_false: bool,
    /// What tells it from other parts on its line.
    #[serde(skip)]
    start: usize,
}

/// The sorts of parts that tests try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PartSort {
    /// A rule.
    Rule,
    /// A condition that stands inside another, or behind the `when` of an each rule. One that is the whole of a
    /// rule, a segment or a gate counts as that, `segment NAME` and `SCORE is BAND` count as the segment and the
    /// band, and `not` counts as what it turns round.
    Condition,
    /// A band of a score, unless it is the only one.
    Band,
    /// A segment.
    Segment,
    /// A gate; a revert without `until` is that of `mql` turned round and does not count.
    Gate,
}

impl PartSort {
    /// The sort in a word: `rule`.
    pub const fn name(self) -> &'static str {
        match self {
            PartSort::Rule => "rule",
            PartSort::Condition => "condition",
            PartSort::Band => "band",
            PartSort::Segment => "segment",
            PartSort::Gate => "gate",
        }
    }
}

impl TestCoverage {
    /// All parts in the order of the text, file by file.
    pub fn parts(&self) -> &[TestedPart] {
        &self.parts
    }

    /// The parts that no test makes true, or none makes false.
    pub fn gaps(&self) -> impl Iterator<Item = &TestedPart> {
        self.parts.iter().filter(|part| !(part.made_true && part.made_false))
    }

    /// What there is to try: each part true, and each part false.
    pub fn wanted(&self) -> usize {
        self.parts.len() * 2
    }

    /// How much of it the tests try.
    pub fn met(&self) -> usize {
        self.parts.iter().map(|part| usize::from(part.made_true) + usize::from(part.made_false)).sum()
    }

    /// The share that is tried, in percent with one digit after the point, cut; 100 where there is nothing to
    /// try.
    pub fn percent(&self) -> f64 {
        let tenths = (self.met() * 1_000).checked_div(self.wanted()).unwrap_or(1_000);
        // OK because it is at most 1,000.
        u16::try_from(tenths).map_or(100.0, f64::from) / 10.0
    }

    /// Takes in what the tests of another rule set try: a part that both have, because one includes the other or
    /// both include a third, counts once, and is tried where one of them tries it.
    pub fn merge(&mut self, other: TestCoverage) {
        let key = |part: &TestedPart| (part.place.file.clone(), part.start, part.part, part.name.clone());
        let mut known: HashMap<_, usize> =
            self.parts.iter().enumerate().map(|(at, part)| (key(part), at)).collect();
        for part in other.parts {
            let at = *known.entry(key(&part)).or_insert(self.parts.len());
            match self.parts.get_mut(at) {
                Some(mine) => {
                    mine.made_true |= part.made_true;
                    mine.made_false |= part.made_false;
                }
                None => self.parts.push(part),
            }
        }
    }
}

impl serde::Serialize for TestCoverage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("TestCoverage", 4)?;
        object.serialize_field("percent", &self.percent())?;
        object.serialize_field("met", &self.met())?;
        object.serialize_field("wanted", &self.wanted())?;
        object.serialize_field("parts", &self.parts)?;
        object.end()
    }
}

/// How to see in a reading whether a part is true.
#[derive(Clone, Copy)]
enum Sight {
    Rule(RuleIndex),
    Condition(ConditionId),
    Band(ScoreIndex, BandIndex),
}

impl Sight {
    fn is_true(self, reading: &Reading) -> bool {
        let seen = match self {
            Sight::Rule(rule) => reading.rules.get(rule.index()).map(|rule| rule.holds),
            Sight::Condition(condition) => reading.conditions.get(condition.index()).copied(),
            Sight::Band(score, band) => {
                reading.outcome.bands.get(score.index()).map(|found| *found == Some(band))
            }
        };
        seen.unwrap_or(false)
    }
}

/// Reads the lead of every test block and notes of each part of the rule set what it was.
pub(crate) fn coverage(model: &Model) -> TestCoverage {
    let mut parts = Parts { model, source: Source::new(model), found: Vec::new() };
    let whole = parts.rules_segments_and_gates();
    parts.conditions(&whole);
    parts.bands();
    let mut found = parts.found;
    for test in &model.tests {
        let facts = super::facts(model, test);
        let reading = Reader::new(model, &facts).read(test.at);
        for (_, sight, part) in &mut found {
            let is_true = sight.is_true(&reading);
            part.made_true |= is_true;
            part.made_false |= !is_true;
        }
    }
    // What begins at one place stands with the larger first, as it is read.
    found.sort_by_key(|(place, ..)| (place.file, place.span.start, Reverse(place.span.end)));
    TestCoverage { parts: found.into_iter().map(|(.., part)| part).collect() }
}

struct Parts<'m> {
    model: &'m Model,
    source: Source<'m>,
    found: Vec<(Place, Sight, TestedPart)>,
}

impl Parts<'_> {
    fn add(&mut self, part: PartSort, place: Place, sight: Sight, name: String) {
        let shown = self.source.place(place);
        let start = place.span.start;
        let part = TestedPart { part, name, place: shown, made_true: false, made_false: false, start };
        self.found.push((place, sight, part));
    }

    /// Gives the conditions that are the whole of one of them, or of its opposite.
    fn rules_segments_and_gates(&mut self) -> HashSet<ConditionId> {
        let model = self.model;
        let mut whole = HashSet::new();
        for (index, rule) in (0..).map(RuleIndex).zip(&model.rules) {
            let name = if rule.named {
                let score = model.scores.get(rule.score.index()).map_or("", |score| score.name.as_str());
                format!("{score} / {}", rule.name)
            } else {
                self.source.rule_condition(rule)
            };
            self.add(PartSort::Rule, rule.place, Sight::Rule(index), name);
            if let RuleBody::Condition(condition) = rule.body {
                whole.insert(self.upright(condition));
            }
        }
        for segment in &model.segments {
            let sight = Sight::Condition(segment.condition);
            self.add(PartSort::Segment, segment.place, sight, segment.name.clone());
            whole.insert(self.upright(segment.condition));
        }
        for (gate, condition, reason) in gates(model) {
            let reason = reason.filter(|reason| !reason.is_empty());
            let name = reason.map_or(gate.name().to_owned(), |reason| format!("{}: {reason}", gate.name()));
            let place = model.conditions.get(condition.index()).map(|condition| condition.place);
            self.add(PartSort::Gate, place.unwrap_or_default(), Sight::Condition(condition), name);
            whole.insert(self.upright(condition));
        }
        whole
    }

    /// The conditions below rules, segments and gates, without those that are the `whole` of one.
    fn conditions(&mut self, whole: &HashSet<ConditionId>) {
        let model = self.model;
        let whens = model.rules.iter().filter_map(|rule| match rule.body {
            RuleBody::Each { when, .. } => when,
            RuleBody::Condition(_) => None,
        });
        let mut to_do: Vec<ConditionId> = whens.chain(whole.iter().copied()).collect();
        let mut seen = HashSet::new();
        while let Some(id) = to_do.pop() {
            let id = self.upright(id);
            let Some(condition) = model.conditions.get(id.index()).filter(|_| seen.insert(id)) else {
                continue;
            };
            let is_another_part =
                matches!(condition.kind, ConditionKind::Segment(_) | ConditionKind::Band { .. });
            if !whole.contains(&id) && !is_another_part {
                let name = self.source.let_name(id).map_or_else(|| self.source.condition(id), str::to_owned);
                self.add(PartSort::Condition, condition.place, Sight::Condition(id), name);
            }
            match &condition.kind {
                ConditionKind::All(of) | ConditionKind::Any(of) | ConditionKind::AtLeast { of, .. } => {
                    to_do.extend(of);
                }
                _ => {}
            }
        }
    }

    /// The condition with every `not` before it taken away.
    fn upright(&self, id: ConditionId) -> ConditionId {
        let mut upright = id;
        while let Some(ConditionKind::Not(of)) =
            self.model.conditions.get(upright.index()).map(|condition| &condition.kind)
        {
            upright = *of;
        }
        upright
    }

    fn bands(&mut self) {
        let model = self.model;
        for (index, score) in (0..).map(ScoreIndex).zip(&model.scores) {
            for (band_index, band) in (0..).map(BandIndex).zip(&score.bands).filter(|_| score.bands.len() > 1)
            {
                let name = format!("{} is {}", score.name, band.name);
                self.add(PartSort::Band, band.place, Sight::Band(index, band_index), name);
            }
        }
    }
}

fn gates(model: &Model) -> impl Iterator<Item = (Gate, ConditionId, Option<&str>)> {
    let gates = &model.gates;
    let mql = gates.mql.iter().map(|mql| (Gate::Mql, mql.when, None));
    let revert = gates.mql.iter().filter_map(|mql| Some((Gate::Revert, mql.until?, None)));
    let sql = gates.sql.iter().map(|sql| (Gate::Sql, *sql, None));
    let recycle = gates.recycle.iter().map(|gate| (Gate::Recycle, gate.when, gate.reason.as_deref()));
    let disqualify = gates.disqualify.iter();
    let disqualify = disqualify.map(|gate| (Gate::Disqualify, gate.when, gate.reason.as_deref()));
    mql.chain(revert).chain(sql).chain(recycle).chain(disqualify)
}

#[cfg(test)]
mod tests {
    use crate::RuleSet;

    /// The gaps as `sort name, line`, with what is missing.
    fn gaps(rules: &str) -> Vec<String> {
        let rules = RuleSet::compile(rules).unwrap_or_else(|found| panic!("{found}"));
        let coverage = rules.test_coverage();
        let gap = |part: &super::TestedPart| {
            let missing = match (part.made_true, part.made_false) {
                (false, false) => "both",
                (false, true) => "true",
                _ => "false",
            };
            format!("{} {}, {}: {missing}", part.part.name(), part.name, part.place.line)
        };
        coverage.gaps().map(gap).collect()
    }

    #[test]
    fn without_tests_everything_is_a_gap() {
        let rules = "let fit = need and not (budget or timing)
            named: fit => 5
            each visited(*) when not authority => 1
            not fit => -5
            band score { warm >= 5, cold }
            segment keen when score is warm
            stage mql when segment keen
            disqualify when not need \"no # => need\"";
        assert_eq!(
            gaps(rules),
            [
                // Not the `need` of the disqualification, which is one with it.
                "condition need, 1: both",
                "condition budget or timing, 1: both",
                "condition budget, 1: both",
                "condition timing, 1: both",
                "rule score / named, 2: both",
                "rule each visited(*) when not authority, 3: both",
                "condition authority, 3: both",
                "rule not fit, 4: both",
                "band score is warm, 5: both",
                "band score is cold, 5: both",
                "segment keen, 6: both",
                "gate mql, 7: both",
                "gate disqualify: no # => need, 8: both",
            ]
        );
    }

    #[test]
    fn tests_fill_gaps_together_and_whether_they_pass_does_not_matter() {
        let rules = "need and budget => 5\nstage mql when score >= 5";
        let with = |tests: &str| gaps(&format!("{rules}\n{tests}"));
        assert_eq!(
            with("test \"one\" { need = true expect score = 7 }"),
            [
                "rule need and budget, 1: true",
                "condition need, 1: false",
                "condition budget, 1: true",
                "gate mql, 2: true"
            ]
        );
        assert_eq!(
            with(
                "test \"one\" { need = true budget = true expect mql } test \"two\" { budget = true expect not mql }"
            ),
            ["condition budget, 1: false"]
        );
    }

    #[test]
    fn a_let_has_one_place_and_a_single_band_none() {
        let rules = "let fit = need and budget
            fit and timing => 5
            fit and authority => 5
            band score { single }
            test \"t\" { expect score = 0 }";
        assert_eq!(gaps(rules).iter().filter(|gap| gap.contains(" fit, 1: true")).count(), 1);
        assert!(!gaps(rules).iter().any(|gap| gap.starts_with("band")));
    }

    #[test]
    fn a_long_chain_of_lets_costs_no_more_than_its_length() {
        let mut rules = "let c0 = need and budget\n".to_owned();
        for step in 1..900 {
            rules.push_str(&format!("let c{step} = not (c{0} or not c{0})\n", step - 1));
        }
        rules.push_str("c899 => 1\ntest \"t\" { need = true expect score = 0 }");
        let coverage = RuleSet::compile(&rules).unwrap().test_coverage();
        assert!(coverage.parts().len() < 2_000);
        assert!(coverage.percent() > 40.0 && coverage.percent() < 60.0);
    }

    #[test]
    fn merging_is_by_place() {
        let rules = "need => 5\ntest \"t\" { need = true expect score = 5 }";
        let other = "need => 5\ntest \"t\" { need = false expect score = 0 }";
        let of = |text: &str| RuleSet::compile(text).unwrap().test_coverage();
        let mut both = of(rules);
        both.merge(of(other));
        assert_eq!((both.met(), both.wanted(), both.percent()), (2, 2, 100.0));
        both.merge(of("budget => 5"));
        assert_eq!((both.met(), both.wanted(), both.percent()), (2, 4, 50.0));
        assert_eq!(of("score empty { }").percent(), 100.0);
    }
}
