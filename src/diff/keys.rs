//! Keys: digests by which parts of two rule sets are held against each other.
//!
//! A model goes in; a key for each of its conditions, rules and scores comes out. Parts with equal keys mean the
//! same, in whichever model they stand: scores, bands and segments go in by name, terms and tests by the digests
//! that the fingerprint is made of. A rule's key leaves out what no result rests on, its name, label and place; a
//! score's key takes in all that it depends on, so that of scores with equal keys neither can ever give another
//! result.

use sha2::{Digest, Sha256};

use crate::decimal::Points;
use crate::model::{
    ConditionId, ConditionKind, Decay, DecayStep, Group, LimitPer, Member, Model, Rule, RuleBody, RuleIndex,
    Score, ScoreIndex, ScoreKind, SegmentIndex, TermId, Window,
};
use crate::rule_set::Meanings;
use crate::vocabulary::Type;

/// A digest of what a part means.
pub(super) type Key = [u8; 32];

/// The keys of one model.
pub(super) struct Keys<'m> {
    model: &'m Model,
    meanings: Meanings,
    /// By condition; scores, bands and segments are in it by name alone.
    conditions: Vec<Key>,
    /// By condition, score and segment, with all that scores and segments depend on.
    deep_conditions: Vec<Key>,
    scores: Vec<Key>,
    segments: Vec<Key>,
}

/// Pieces of a key, each with its length, so that no two lists of pieces read the same.
#[derive(Default)]
struct Pieces(Sha256);

impl Pieces {
    fn named(name: &str) -> Self {
        Pieces::default().text(name)
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    fn number(self, number: i64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    fn maybe(self, number: Option<i64>) -> Self {
        match number {
            None => self.text("none"),
            Some(number) => self.number(number),
        }
    }

    /// Keys whose order means nothing.
    fn unordered(self, mut keys: Vec<Key>) -> Self {
        keys.sort_unstable();
        let pieces = self.number(i64::try_from(keys.len()).unwrap_or(i64::MAX));
        keys.iter().fold(pieces, |pieces, key| pieces.bytes(key))
    }

    /// Keys whose order means nothing, and of which saying one twice means nothing either.
    fn set(self, mut keys: Vec<Key>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        self.unordered(keys)
    }

    fn key(self) -> Key {
        self.0.finalize().into()
    }
}

impl<'m> Keys<'m> {
    pub(super) fn of(model: &'m Model) -> Keys<'m> {
        let mut keys = Keys {
            model,
            meanings: Meanings::of(model),
            conditions: Vec::with_capacity(model.conditions.len()),
            deep_conditions: Vec::new(),
            scores: vec![Key::default(); model.scores.len()],
            segments: Vec::new(),
        };
        for (at, condition) in model.conditions.iter().enumerate() {
            let key = keys.condition_of(at, &condition.kind, &keys.conditions, false);
            keys.conditions.push(key);
        }
        // Rules know no scores, and scores come behind those they are derived from.
        for index in &model.score_order {
            let Some(score) = model.scores.get(index.index()) else { continue };
            let key = keys.score_of(score);
            if let Some(slot) = keys.scores.get_mut(index.index()) {
                *slot = key;
            }
        }
        // Segments know scores, but no segments: once through without them, then once more with them.
        keys.deepen();
        keys.segments = model.segments.iter().map(|segment| keys.deep(segment.condition)).collect();
        keys.deepen();
        keys
    }

    /// What a condition says, scores, bands and segments by name.
    pub(super) fn condition(&self, id: ConditionId) -> Key {
        self.conditions.get(id.index()).copied().unwrap_or_default()
    }

    /// As [`Keys::condition`], with all that these scores and segments depend on.
    pub(super) fn deep(&self, id: ConditionId) -> Key {
        self.deep_conditions.get(id.index()).copied().unwrap_or_default()
    }

    /// What gives a score its points, down to the last condition.
    pub(super) fn score(&self, index: ScoreIndex) -> Key {
        self.scores.get(index.index()).copied().unwrap_or_default()
    }

    /// A score with its bands, as a condition that asks for a band depends on them.
    pub(super) fn banded(&self, index: ScoreIndex) -> Key {
        let bands = self.model.scores.get(index.index()).map_or(&[][..], |score| &score.bands);
        let pieces = Pieces::named("banded").bytes(&self.score(index));
        let pieces = bands.iter().fold(pieces, |pieces, band| {
            pieces.text(&band.name).maybe(band.at_least.map(Points::thousandths))
        });
        pieces.key()
    }

    /// The criteria of the stages, with all that they depend on: what the gates and the step come from.
    pub(super) fn gates(&self) -> Key {
        let gates = &self.model.gates;
        let pieces = match &gates.mql {
            None => Pieces::named("no mql"),
            Some(mql) => {
                let pieces = Pieces::named("mql").bytes(&self.deep(mql.when));
                let pieces = match mql.until {
                    None => pieces.text("no until"),
                    Some(until) => pieces.bytes(&self.deep(until)),
                };
                pieces.maybe(mql.again_after.map(crate::time::Period::micros))
            }
        };
        let of = |condition: Option<ConditionId>| condition.map(|id| self.deep(id)).unwrap_or_default();
        let pieces = pieces.bytes(&of(gates.sql)).bytes(&of(gates.recycle.as_ref().map(|gate| gate.when)));
        pieces.set(gates.disqualify.iter().map(|gate| self.deep(gate.when)).collect()).key()
    }

    /// Everything that a score, a band, a segment, a gate or a stage can rest on: where two rule sets have the same
    /// key here, they treat every lead alike.
    pub(super) fn results(&self) -> Key {
        let model = self.model;
        let scores = model.scores.iter().enumerate().map(|(at, score)| {
            let index = ScoreIndex(u32::try_from(at).unwrap_or(u32::MAX));
            Pieces::named(&score.name).bytes(&self.banded(index)).key()
        });
        let segments = model.segments.iter().zip(&self.segments);
        let segments = segments.map(|(segment, key)| Pieces::named(&segment.name).bytes(key).key()).collect();
        let pieces = Pieces::named("results").bytes(&self.vocabulary()).unordered(scores.collect());
        pieces.unordered(segments).bytes(&self.gates()).key()
    }

    /// A segment with all that it depends on.
    pub(super) fn segment(&self, index: SegmentIndex) -> Key {
        self.segments.get(index.index()).copied().unwrap_or_default()
    }

    /// What of the vocabulary results can rest on: the kinds of events, and the attributes that a condition asks for.
    pub(super) fn vocabulary(&self) -> Key {
        let model = self.model;
        let asked = model.conditions.iter().filter_map(|condition| match condition.kind {
            ConditionKind::Attribute { attribute, .. } => Some(attribute),
            ConditionKind::Inactive(_) => model.created_at,
            _ => None,
        });
        let attributes = asked
            .filter_map(|id| model.vocabulary.attribute(id))
            .map(|attribute| Pieces::named(&attribute.name).bytes(&type_key(&attribute.of)).key());
        Pieces::named("vocabulary").bytes(&self.kinds()).set(attributes.collect()).key()
    }

    /// Every kind of event: whatever its kind, an event counts as activity, and its id counts once.
    pub(super) fn kinds(&self) -> Key {
        let kinds = self.model.vocabulary.kinds.iter().map(|kind| {
            let properties = kind
                .properties
                .iter()
                .map(|property| Pieces::named(&property.name).bytes(&type_key(&property.of)).key());
            let pieces = Pieces::named(&kind.name).number(i64::from(kind.passive));
            pieces.unordered(properties.collect()).key()
        });
        Pieces::named("kinds").unordered(kinds.collect()).key()
    }

    /// The events that a term stands for.
    pub(super) fn term(&self, id: TermId) -> &[u8] {
        self.meanings.term(id)
    }

    /// What a rule gives when, whatever it is called and wherever it stands.
    pub(super) fn rule(&self, rule: &Rule) -> Key {
        let pieces = Pieces::named("rule").bytes(&self.rule_test(rule)).number(rule.points.thousandths());
        let pieces = match rule.decay {
            None => pieces.text("no decay"),
            Some(Decay { step: DecayStep::Percent(tenths), every }) => {
                pieces.text("percent").number(i64::from(tenths)).number(every.micros())
            }
            Some(Decay { step: DecayStep::Amount(points), every }) => {
                pieces.text("amount").number(points.thousandths()).number(every.micros())
            }
        };
        let RuleBody::Each { limits, .. } = &rule.body else { return pieces.key() };
        let pieces = pieces.number(i64::from(limits.times));
        match limits.per {
            None => pieces.key(),
            Some(LimitPer::Day(times)) => pieces.text("day").number(i64::from(times)).key(),
            Some(LimitPer::Subject(times)) => pieces.text("subject").number(i64::from(times)).key(),
        }
    }

    /// When a rule gives anything: what stands before its `=>`.
    pub(super) fn rule_test(&self, rule: &Rule) -> Key {
        match &rule.body {
            RuleBody::Condition(condition) => Pieces::named("if").bytes(&self.condition(*condition)).key(),
            RuleBody::Each { term, window, when, .. } => {
                let pieces = window_pieces(Pieces::named("each").bytes(self.meanings.term(*term)), *window);
                match when {
                    None => pieces.key(),
                    Some(when) => pieces.bytes(&self.condition(*when)).key(),
                }
            }
        }
    }

    /// The events that an each rule counts, without its window.
    pub(super) fn rule_term(&self, rule: &Rule) -> &[u8] {
        match &rule.body {
            RuleBody::Condition(_) => &[],
            RuleBody::Each { term, .. } => self.term(*term),
        }
    }

    fn score_of(&self, score: &Score) -> Key {
        let (low, high) = score.bounds;
        let pieces = Pieces::named("score").number(low.thousandths()).number(high.thousandths());
        match &score.kind {
            ScoreKind::Rules(members) => {
                let members = members.iter().map(|member| match member {
                    Member::Rule(rule) => self.indexed(*rule),
                    Member::Group(group) => self.group(group),
                });
                pieces.unordered(members.collect()).key()
            }
            ScoreKind::Derived(parts) => {
                let parts = parts.iter().map(|(weight, score)| {
                    Pieces::named("part").number(*weight).bytes(&self.score(*score)).key()
                });
                pieces.text("derived").unordered(parts.collect()).key()
            }
        }
    }

    fn indexed(&self, index: RuleIndex) -> Key {
        self.model.rules.get(index.index()).map(|rule| self.rule(rule)).unwrap_or_default()
    }

    fn group(&self, group: &Group) -> Key {
        let pieces = Pieces::named("group").number(i64::from(group.best));
        let pieces =
            pieces.maybe(group.low.map(Points::thousandths)).maybe(group.high.map(Points::thousandths));
        pieces.unordered(group.rules.iter().map(|rule| self.indexed(*rule)).collect()).key()
    }

    /// The keys of all conditions with what scores, and segments as far as their keys are there, depend on.
    fn deepen(&mut self) {
        let mut deep = Vec::with_capacity(self.model.conditions.len());
        for (at, condition) in self.model.conditions.iter().enumerate() {
            deep.push(self.condition_of(at, &condition.kind, &deep, true));
        }
        self.deep_conditions = deep;
    }

    fn condition_of(&self, at: usize, kind: &ConditionKind, before: &[Key], deep: bool) -> Key {
        let keys = |ids: &[ConditionId]| -> Vec<Key> {
            ids.iter().filter_map(|id| before.get(id.index()).copied()).collect()
        };
        let model = self.model;
        let score = |pieces: Pieces, index: ScoreIndex, banded: bool| {
            let name = model.scores.get(index.index()).map_or("", |score| score.name.as_str());
            match (deep, banded) {
                (false, _) => pieces.text(name),
                (true, false) => pieces.bytes(&self.score(index)),
                (true, true) => pieces.bytes(&self.banded(index)),
            }
        };
        let band = |index: ScoreIndex, band: crate::model::BandIndex| {
            let score = model.scores.get(index.index());
            score.and_then(|score| score.bands.get(band.index())).map_or("", |band| band.name.as_str())
        };
        match kind {
            ConditionKind::All(ids) => Pieces::named("all").set(keys(ids)).key(),
            ConditionKind::Any(ids) => Pieces::named("any").set(keys(ids)).key(),
            ConditionKind::Not(id) => Pieces::named("not").unordered(keys(&[*id])).key(),
            ConditionKind::AtLeast { count, of } => {
                Pieces::named("at least").number(i64::from(*count)).unordered(keys(of)).key()
            }
            ConditionKind::Attribute { .. } | ConditionKind::Events(_) | ConditionKind::Inactive(_) => {
                let id = ConditionId(u32::try_from(at).unwrap_or(u32::MAX));
                Pieces::named("fact").bytes(self.meanings.condition(id)).key()
            }
            ConditionKind::Score { score: index, comparison, points } => {
                let pieces = score(Pieces::named("score"), *index, false);
                pieces.text(comparison.sign()).number(points.thousandths()).key()
            }
            ConditionKind::ScoreBetween { score: index, low, high } => {
                let pieces = score(Pieces::named("between"), *index, false);
                pieces.number(low.thousandths()).number(high.thousandths()).key()
            }
            ConditionKind::Band { score: index, band: of } => {
                score(Pieces::named("band"), *index, true).text(band(*index, *of)).key()
            }
            ConditionKind::BandAtLeast { score: index, band: of } => {
                score(Pieces::named("band at least"), *index, true).text(band(*index, *of)).key()
            }
            ConditionKind::Segment(segment) => {
                let pieces = Pieces::named("segment");
                let of = model.segments.get(segment.index());
                if deep {
                    pieces.bytes(&self.segment(*segment)).key()
                } else {
                    pieces.text(of.map_or("", |segment| segment.name.as_str())).key()
                }
            }
        }
    }
}

/// The type of an attribute or a property; symbols by name, as their order means nothing.
fn type_key(of: &Type) -> Key {
    let pieces = Pieces::named(of.name());
    let Type::OneOf(symbols) = of else { return pieces.key() };
    let symbols = symbols.iter().map(|symbol| Pieces::named(&symbol.to_ascii_lowercase()).key());
    pieces.unordered(symbols.collect()).key()
}

/// Whether two types hold the same values.
pub(super) fn same_type(one: &Type, other: &Type) -> bool {
    type_key(one) == type_key(other)
}

fn window_pieces(pieces: Pieces, window: Window) -> Pieces {
    match window {
        Window::Ever => pieces.text("ever"),
        Window::Within(period) => pieces.text("within").number(period.micros()),
        Window::Between { from, to } => pieces.text("between").number(from.micros()).number(to.micros()),
    }
}

/// All conditions that these stand on, through segments too, each once; those of scores are not looked for.
pub(super) fn conditions_below(model: &Model, roots: &[ConditionId]) -> Vec<ConditionId> {
    let mut seen = vec![false; model.conditions.len()];
    let (mut to_do, mut found) = (roots.to_vec(), Vec::new());
    while let Some(id) = to_do.pop() {
        match seen.get_mut(id.index()) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        found.push(id);
        let Some(condition) = model.conditions.get(id.index()) else { continue };
        to_do.extend(condition.kind.parts());
        if let ConditionKind::Segment(segment) = condition.kind {
            to_do.extend(model.segments.get(segment.index()).map(|segment| segment.condition));
        }
    }
    found
}

/// The scores that these conditions ask for, each once, in order of first use; those that they are derived from are
/// not looked for.
pub(super) fn scores_below(model: &Model, roots: &[ConditionId]) -> Vec<ScoreIndex> {
    let mut scores = Vec::new();
    for id in conditions_below(model, roots) {
        let score = match model.conditions.get(id.index()).map(|condition| &condition.kind) {
            Some(
                ConditionKind::Score { score, .. }
                | ConditionKind::ScoreBetween { score, .. }
                | ConditionKind::Band { score, .. }
                | ConditionKind::BandAtLeast { score, .. },
            ) => *score,
            _ => continue,
        };
        if !scores.contains(&score) {
            scores.push(score);
        }
    }
    scores
}

/// These scores and all that they are derived from, each once.
pub(super) fn with_parts(model: &Model, scores: &[ScoreIndex]) -> Vec<ScoreIndex> {
    let mut is_in = vec![false; model.scores.len()];
    let (mut to_do, mut found) = (scores.to_vec(), Vec::new());
    while let Some(index) = to_do.pop() {
        match is_in.get_mut(index.index()) {
            Some(is_in) if !*is_in => *is_in = true,
            _ => continue,
        }
        found.push(index);
        if let Some(ScoreKind::Derived(parts)) = model.scores.get(index.index()).map(|score| &score.kind) {
            to_do.extend(parts.iter().map(|(_, part)| *part));
        }
    }
    found
}
