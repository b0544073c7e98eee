//! The ledger of each score: lines that add up to it, and the rules that gave nothing.

use super::Account;
use crate::decimal::{Number, Points};
use crate::explain::explanation::{
    BandPlace, DecayLine, Evidence, Finding, LeftOutBy, Line, MissedRule, NextBand, RuleLine, RuleName,
    ScoreLedger,
};
use crate::explain::{GroupReading, LeftOut, Occurrence, ScoreReading, words};
use crate::lead::Event;
use crate::model::{Group, Limits, Member, Rule, RuleBody, RuleIndex, Score, ScoreIndex, ScoreKind};

/// What is filled while the members of a score are gone through.
#[derive(Default)]
struct Entries {
    lines: Vec<Line>,
    missed: Vec<MissedRule>,
}

/// Why a rule holds or does not: the events behind it, those that its limits leave out, the tests.
struct Grounds {
    events: Option<Evidence>,
    left_out: Vec<LeftOutBy>,
    because: Vec<Finding>,
}

impl<'a> Account<'a> {
    pub(super) fn ledgers(&self) -> Vec<ScoreLedger> {
        let scores = self.model.scores.iter().zip(&self.reading.scores).enumerate();
        scores.map(|(index, (score, reading))| self.ledger(index, score, reading)).collect()
    }

    fn ledger(&self, index: usize, score: &Score, reading: &ScoreReading) -> ScoreLedger {
        let mut entries = Entries::default();
        match &score.kind {
            ScoreKind::Rules(members) => {
                let mut groups = reading.groups.iter();
                for member in members {
                    match member {
                        Member::Rule(rule) => self.enter_rule(*rule, &mut entries),
                        Member::Group(group) => {
                            if let Some(reading) = groups.next() {
                                self.enter_group(group, reading, &mut entries);
                            }
                        }
                    }
                }
            }
            ScoreKind::Derived(parts) => self.enter_parts(parts, reading.raw, &mut entries.lines),
        }
        let cut = i128::from(reading.points.thousandths()) - reading.raw;
        let limit = reading.points;
        entries.lines.extend(pieces(cut).map(|points| Line::ScoreLimit { limit, points }));
        ScoreLedger {
            score: score.name.clone(),
            place: self.source.place(score.place),
            points: reading.points,
            low: score.bounds.0,
            high: score.bounds.1,
            band: self.band_place(index, score, reading.points),
            lines: entries.lines,
            missed: entries.missed,
        }
    }

    fn band_place(&self, index: usize, score: &Score, points: Points) -> Option<BandPlace> {
        let band = self.reading.outcome.bands.get(index).copied().flatten()?;
        let next = band.index().checked_sub(1).and_then(|next| score.bands.get(next));
        let next = next.and_then(|next| {
            let at_least = next.at_least?;
            let missing = Points::from_thousandths(at_least.thousandths() - points.thousandths());
            Some(NextBand { band: next.name.clone(), at_least, missing })
        });
        Some(BandPlace { band: score.bands.get(band.index())?.name.clone(), next })
    }

    fn enter_group(&self, group: &Group, reading: &GroupReading, entries: &mut Entries) {
        for rule in &group.rules {
            self.enter_rule(*rule, entries);
        }
        if group.best {
            self.enter_not_taken(group, &mut entries.lines);
        }
        for points in pieces(reading.value - reading.raw) {
            let limit = words::group_limit(group.low, group.high);
            entries.lines.push(Line::GroupLimit { group: group.name.clone(), limit, points });
        }
    }

    /// Takes back what rules gave that are not the best of their group; of equally good ones the first is.
    fn enter_not_taken(&self, group: &Group, lines: &mut Vec<Line>) {
        let holding = || {
            let rules =
                group.rules.iter().filter_map(|rule| Some((*rule, self.reading.rules.get(rule.index())?)));
            rules.filter(|(_, reading)| reading.holds)
        };
        let best = holding().min_by_key(|(_, reading)| std::cmp::Reverse(reading.points));
        for (rule, reading) in holding() {
            let is_best = best.is_some_and(|(best, _)| best == rule);
            let Some(given) = self.model.rules.get(rule.index()).filter(|_| !is_best) else { continue };
            if reading.points != Points::ZERO {
                lines.push(Line::NotTaken {
                    rule: given.name.clone(),
                    group: group.name.clone(),
                    points: Points::from_thousandths(-reading.points.thousandths()),
                });
            }
        }
    }

    fn enter_parts(&self, parts: &[(i64, ScoreIndex)], raw: i128, lines: &mut Vec<Line>) {
        let mut sum = 0;
        for (weight, part) in parts {
            let Some((score, reading)) =
                self.model.scores.get(part.index()).zip(self.reading.scores.get(part.index()))
            else {
                continue;
            };
            let product = i128::from(*weight) * i128::from(reading.points.thousandths()) / 1_000;
            sum += product;
            lines.push(Line::Part {
                score: score.name.clone(),
                // OK because weights are thousandths of at most 1,000,000.
                weight: Number::from_millionths(weight.saturating_mul(1_000)).unwrap_or_default(),
                of: reading.points,
                // OK because a weight of at most 1,000,000 and a score of at most 1,000,000,000 points fit.
                points: Points::from_thousandths(i64::try_from(product).unwrap_or_default()),
            });
        }
        lines.extend(pieces(raw - sum).map(|points| Line::Rounding { points }));
    }

    fn enter_rule(&self, index: RuleIndex, entries: &mut Entries) {
        let found = self.model.rules.get(index.index()).zip(self.reading.rules.get(index.index()));
        let Some((rule, reading)) = found else { return };
        let Grounds { events, left_out, because } = self.grounds(rule);
        if !reading.holds {
            let because = because.into_iter().filter(|finding| !finding.holds).collect();
            entries.missed.push(MissedRule { rule: self.rule_name(rule), points: rule.points, because });
            return;
        }
        let took = reading.points.thousandths() - reading.before_decay.thousandths();
        entries.lines.push(Line::Rule(RuleLine {
            rule: self.rule_name(rule),
            points: reading.points,
            decay: rule.decay.map(|decay| DecayLine {
                decay: words::decay(decay),
                before: reading.before_decay,
                took: Points::from_thousandths(took),
            }),
            events,
            left_out,
            because,
        }));
    }

    /// Why a rule holds or does not. Of an each rule the events are told without regard to its `when`.
    fn grounds(&self, rule: &Rule) -> Grounds {
        match &rule.body {
            RuleBody::Condition(condition) => Grounds {
                events: self.evidence_of(*condition),
                left_out: Vec::new(),
                because: self.because(*condition, true),
            },
            RuleBody::Each { term, window, when, limits } => {
                let occurrences = self.reader.occurrences(rule, self.now());
                let counting = occurrences.iter().filter(|occurrence| occurrence.left_out.is_none());
                let events = |occurrence: &Occurrence<'a>| (occurrence.index, occurrence.event);
                let counting: Vec<(usize, &Event)> = counting.map(events).collect();
                let kept: Vec<(usize, &Event)> = occurrences.iter().map(events).collect();
                let found = self.found(&counting, &kept, *term);
                let mut because = vec![Finding {
                    test: self.source.rule_condition(rule),
                    place: self.source.place(rule.place),
                    holds: found.events.is_some(),
                    says: self.words.occurrences(*term, *window, &found),
                    events: found.events.clone(),
                    parts: Vec::new(),
                    more_parts: 0,
                }];
                because.extend(when.iter().flat_map(|when| self.because(*when, true)));
                Grounds { events: found.events, left_out: left_out_by(*limits, &occurrences), because }
            }
        }
    }

    fn rule_name(&self, rule: &Rule) -> RuleName {
        RuleName {
            rule: rule.name.clone(),
            condition: self.source.rule_condition(rule),
            label: rule.label.clone(),
            place: self.source.place(rule.place),
            group: rule.group.clone(),
            named: rule.named,
        }
    }
}

/// Which limits of an each rule left how many events out.
fn left_out_by(limits: Limits, occurrences: &[Occurrence<'_>]) -> Vec<LeftOutBy> {
    let by = |limit: LeftOut| occurrences.iter().filter(|found| found.left_out == Some(limit)).count();
    let left_out = [
        (words::times_limit(limits), by(LeftOut::Times)),
        (words::per_limit(limits), by(LeftOut::Day) + by(LeftOut::Subject)),
    ];
    let left_out = left_out.into_iter().filter(|(_, events)| *events > 0);
    left_out.map(|(limit, events)| LeftOutBy { limit, events }).collect()
}

/// What is to be entered, in thousandths, as points: one piece, or a few where it is more than points can hold.
fn pieces(mut thousandths: i128) -> impl Iterator<Item = Points> {
    std::iter::from_fn(move || {
        let widest = i128::from(i64::MAX);
        let piece = thousandths.clamp(-widest, widest);
        thousandths -= piece;
        i64::try_from(piece).ok().filter(|piece| *piece != 0).map(Points::from_thousandths)
    })
}
