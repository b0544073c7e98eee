//! Conditions by chance: every attribute test, event test, aggregate, window and connective.

use super::rules::Generator;
use super::words::{Kind, SYMBOLS, Sort};
use crate::time::Period;

/// What a condition may refer to where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    Facts,
    Scores,
    /// Segments too.
    Stages,
}

/// A condition's text, and what the generator has to know of it.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) text: String,
    /// Whether it uses an event test positively.
    pub(super) positive: bool,
    /// Whether it uses one under an odd number of `not`s.
    negative: bool,
    /// Whether it refers to scores, looking through `let`s.
    scores: bool,
}

const COMPARISONS: &[&str] = &["=", "!=", "<", "<=", ">", ">="];

fn plain(text: String) -> Written {
    Written { text, positive: false, negative: false, scores: false }
}

impl Generator<'_> {
    /// A condition with at most `depth` connectives on a path.
    pub(super) fn condition(&mut self, depth: usize, reach: Reach) -> Written {
        if depth == 0 || self.dice.chance(35) {
            return self.atom(reach);
        }
        match self.dice.below(8) {
            0..=2 => self.joined(" and ", depth, reach),
            3..=5 => self.joined(" or ", depth, reach),
            6 => {
                let inner = self.condition(depth - 1, reach);
                // A name alone needs no parentheses.
                let text = match inner.text.contains(' ') {
                    true => format!("not ({})", inner.text),
                    false => format!("not {}", inner.text),
                };
                Written { text, positive: inner.negative, negative: inner.positive, scores: inner.scores }
            }
            _ => {
                let parts: Vec<Written> =
                    (0..=self.dice.below(3)).map(|_| self.condition(depth - 1, reach)).collect();
                let count = 1 + self.dice.below(parts.len());
                let mut written = together(&parts, ", ");
                written.text = format!("at least {count} of [{}]", written.text);
                written
            }
        }
    }

    fn joined(&mut self, word: &str, depth: usize, reach: Reach) -> Written {
        let mut parts: Vec<Written> =
            (0..2 + self.dice.below(2)).map(|_| self.condition(depth - 1, reach)).collect();
        // Both with and without parentheses: `not`, `and`, `or` bind by themselves.
        for part in &mut parts {
            if self.dice.chance(70) && part.text.contains(' ') {
                part.text = format!("({})", part.text);
            }
        }
        together(&parts, word)
    }

    fn atom(&mut self, reach: Reach) -> Written {
        let throw = self.dice.below(100);
        if reach >= Reach::Scores && throw < 45 && !self.scores.is_empty() {
            return self.score_test();
        }
        if reach == Reach::Stages && throw < 55 && !self.segments.is_empty() {
            return plain(format!("segment {}", self.dice.pick(&self.segments)));
        }
        let lets: Vec<Written> = self
            .lets
            .iter()
            .filter(|known| reach >= Reach::Scores || !known.written.scores)
            .map(|known| Written { text: known.name.clone(), ..known.written.clone() })
            .collect();
        match self.dice.below(20) {
            0..=2 if !lets.is_empty() => self.dice.pick(&lets).clone(),
            3 => plain(format!("inactive for {}", self.period())),
            4..=10 => {
                let attribute = *self.dice.pick(&self.attributes);
                plain(self.value_test(attribute.name, attribute.sort))
            }
            _ => self.event_test(),
        }
    }

    fn score_test(&mut self) -> Written {
        let score = self.dice.below(self.scores.len());
        let (name, bands) = (self.scores[score].name.clone(), self.scores[score].bands.clone());
        let points = ["0", "1", "5", "10", "15", "20", "2.5", "-3", "40", "0.125"];
        let text = match self.dice.below(4) {
            0 | 1 if !bands.is_empty() => {
                let at_least = if self.dice.chance(50) { "at least " } else { "" };
                format!("{name} is {at_least}{}", self.dice.pick(&bands))
            }
            2 => format!("{name} between {}", self.dice.pick(&["0 and 5", "-3 and 2.5", "10 and 40"])),
            _ => {
                let comparison = *self.dice.pick(COMPARISONS);
                match self.points_params.first() {
                    Some(worth) if self.dice.chance(30) => format!("{name} {comparison} {worth}"),
                    _ => format!("{name} {comparison} {}", self.dice.pick(&points)),
                }
            }
        };
        Written { scores: true, ..plain(text) }
    }

    /// `TERM [CMP N] [WINDOW]`
    fn event_test(&mut self) -> Written {
        let comparison = *self.dice.pick(COMPARISONS);
        let test = match self.dice.below(8) {
            0 => format!("distinct({}) {comparison} {}", self.term(), self.count_bound()),
            1 => format!("days({}) {comparison} {}", self.term(), self.count_bound()),
            2 => self.sum_test(comparison).unwrap_or_else(|| self.term()),
            3..=5 => format!("{} {comparison} {}", self.term(), self.count_bound()),
            _ => self.term(),
        };
        let text = format!("{test}{}", self.window());
        Written { positive: true, ..plain(text) }
    }

    /// None where no kind, or not every kind of the activity chosen, has the property.
    fn sum_test(&mut self, comparison: &str) -> Option<String> {
        let property = *self.dice.pick(&["seconds", "amount"]);
        let has = |kind: &Kind| kind.properties.iter().any(|(name, _)| *name == property);
        let mut kinds = self.kinds.clone();
        kinds.retain(|kind| has(kind));
        let all_have = |names: &[&str]| names.iter().all(|name| kinds.iter().any(|kind| kind.name == *name));
        let activities = self.activities.iter().filter(|activity| all_have(&activity.kinds));
        let activities: Vec<String> = activities.map(|activity| activity.name.clone()).collect();
        let term = if !activities.is_empty() && self.dice.chance(50) {
            self.dice.pick(&activities).clone()
        } else if kinds.is_empty() {
            return None;
        } else {
            let kind = *self.dice.pick(&kinds);
            self.event_term(kind)
        };
        let number = match self.count_params.first() {
            Some(few) if self.dice.chance(20) => few.name.clone(),
            _ => self.mentioned.number(self.dice).0,
        };
        Some(format!("sum({term}.{property}) {comparison} {number}"))
    }

    /// An event term or the name of an activity.
    pub(super) fn term(&mut self) -> String {
        if !self.activities.is_empty() && self.dice.chance(25) {
            return self.dice.pick(&self.activities).name.clone();
        }
        let kind = *self.dice.pick(&self.kinds);
        self.event_term(kind)
    }

    pub(super) fn event_term(&mut self, kind: &'static Kind) -> String {
        let subjects = self.mentioned.subjects(self.dice, kind);
        let mut text = format!("{}({subjects}", kind.name);
        for (property, sort) in kind.properties {
            if self.dice.chance(20) {
                text.push_str(&format!(", {}", self.value_test(property, *sort)));
            }
        }
        text.push(')');
        text
    }

    pub(super) fn window(&mut self) -> String {
        match self.dice.below(10) {
            0..=3 => format!(" within {}", self.period()),
            4 | 5 => {
                let (first, second) = (self.mentioned.period(self.dice), self.mentioned.period(self.dice));
                let (from, to) = if first.1 > second.1 { (first, second) } else { (second, first) };
                if from.1 == to.1 { String::new() } else { format!(" between {} and {} ago", from.0, to.0) }
            }
            _ => String::new(),
        }
    }

    /// A duration, or the name of a param that stands for one.
    pub(super) fn period(&mut self) -> String {
        if !self.period_params.is_empty() && self.dice.chance(25) {
            let param = self.dice.pick(&self.period_params);
            let (name, value): (String, Period) = (param.name.clone(), param.value);
            self.mentioned.periods.push(value);
            return name;
        }
        self.mentioned.period(self.dice).0
    }

    /// What a count is compared with: 0 to 3, or the name of a param.
    fn count_bound(&mut self) -> String {
        if self.dice.chance(15) { "0".to_owned() } else { self.count() }
    }

    /// A whole number from 1 to 3, or the name of a param that stands for one.
    pub(super) fn count(&mut self) -> String {
        if !self.count_params.is_empty() && self.dice.chance(25) {
            return self.dice.pick(&self.count_params).name.clone();
        }
        self.dice.between(1, 3).to_string()
    }

    fn value_test(&mut self, name: &str, sort: Sort) -> String {
        let throw = self.dice.below(16);
        if throw < 2 {
            return format!("{name} is {}", if throw == 0 { "known" } else { "missing" });
        }
        let test = match sort {
            Sort::Text => self.text_test(),
            Sort::Number => self.number_test(),
            Sort::Flag => (*self.dice.pick(&["", " = true", " = false", " != true", " != false"])).to_owned(),
            Sort::Date => match self.dice.below(4) {
                0 => format!(" before {}", self.mentioned.instant(self.dice)),
                1 => format!(" after {}", self.mentioned.instant(self.dice)),
                2 => format!(" within {}", self.period()),
                _ => format!(" older than {}", self.period()),
            },
            Sort::OneOf => {
                let (first, second) = (*self.dice.pick(SYMBOLS), *self.dice.pick(SYMBOLS));
                let list = match self.symbol_lists.first() {
                    Some(list) if self.dice.chance(50) => list.clone(),
                    _ if first == second => format!("[{first}]"),
                    _ => format!("[{first}, {second}]"),
                };
                match self.dice.below(4) {
                    0 => format!(" = {first}"),
                    1 => format!(" != {first}"),
                    2 => format!(" in {list}"),
                    _ => format!(" not in {list}"),
                }
            }
            Sort::Set => match self.dice.below(3) {
                0 => format!(" contains {}", self.mentioned.text(self.dice)),
                1 => format!(" contains any of {}", self.text_list()),
                _ => format!(" contains all of {}", self.text_list()),
            },
        };
        format!("{name}{test}")
    }

    fn text_test(&mut self) -> String {
        let throw = self.dice.below(12);
        if throw == 0 {
            return format!(" matches {}", self.mentioned.pattern(self.dice));
        }
        let lists = [" in ", " not in ", " contains any of ", " has any word of "];
        if throw < 5 {
            return format!("{}{}", lists[throw - 1], self.text_list());
        }
        let word =
            [" = ", " != ", " contains ", " starts with ", " ends with ", " has word ", " = "][throw - 5];
        format!("{word}{}", self.mentioned.text(self.dice))
    }

    fn number_test(&mut self) -> String {
        let (first, second) = (self.mentioned.number(self.dice), self.mentioned.number(self.dice));
        match self.dice.below(10) {
            0 if !self.number_lists.is_empty() => format!(" not in {}", self.number_lists[0]),
            1 => format!(" in [{}]", self.number_items()),
            2 => format!(" not in [{}]", self.number_items()),
            3 if first.1 < second.1 => format!(" between {} and {}", first.0, second.0),
            4 if !self.count_params.is_empty() => {
                format!(" {} {}", self.dice.pick(COMPARISONS), self.count_params[0].name)
            }
            _ => format!(" {} {}", self.dice.pick(COMPARISONS), first.0),
        }
    }

    fn text_list(&mut self) -> String {
        match self.text_lists.first() {
            Some(list) if self.dice.chance(40) => list.clone(),
            _ => format!("[{}]", self.text_items()),
        }
    }

    /// Different texts: a list entry may not stand twice.
    pub(super) fn text_items(&mut self) -> String {
        let mut items: Vec<String> = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let item = self.mentioned.text(self.dice);
            if !items.contains(&item) {
                items.push(item);
            }
        }
        items.join(", ")
    }

    pub(super) fn number_items(&mut self) -> String {
        let mut items: Vec<String> = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let (item, _) = self.mentioned.number(self.dice);
            if !items.contains(&item) {
                items.push(item);
            }
        }
        items.join(", ")
    }
}

fn together(parts: &[Written], word: &str) -> Written {
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    Written {
        text: texts.join(word),
        positive: parts.iter().any(|part| part.positive),
        negative: parts.iter().any(|part| part.negative),
        scores: parts.iter().any(|part| part.scores),
    }
}
