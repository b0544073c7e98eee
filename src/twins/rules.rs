//! Rule sets by chance: text that is valid by construction and between many of them uses every construct.

use super::conditions::{Reach, Written};
use super::dice::Dice;
use super::words::{ATTRIBUTES, Attribute, KINDS, Kind, Mentioned, quoted};
use crate::time::Period;

/// A statement, or a block with statements inside: what the shrinker can take out as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) head: String,
    pub(super) inside: Option<Vec<Piece>>,
}

/// A generated rule set.
pub(super) struct RuleText {
    pub(super) pieces: Vec<Piece>,
    pub(super) mentioned: Mentioned,
}

/// A name, and the value that a `param` of that name has.
pub(super) struct Param<T> {
    pub(super) name: String,
    pub(super) value: T,
}

pub(super) struct Activity {
    pub(super) name: String,
    pub(super) kinds: Vec<&'static str>,
}

pub(super) struct NamedLet {
    pub(super) name: String,
    pub(super) written: Written,
}

pub(super) struct ScoreName {
    pub(super) name: String,
    pub(super) bands: Vec<String>,
}

/// What has been defined so far, and so can be referred to without a cycle.
pub(super) struct Generator<'d> {
    pub(super) dice: &'d mut Dice,
    pub(super) mentioned: Mentioned,
    pub(super) attributes: Vec<&'static Attribute>,
    pub(super) kinds: Vec<&'static Kind>,
    pub(super) points_params: Vec<String>,
    /// Those of them that are above 0.
    amount_params: Vec<String>,
    pub(super) count_params: Vec<Param<u64>>,
    pub(super) period_params: Vec<Param<Period>>,
    pub(super) text_lists: Vec<String>,
    pub(super) number_lists: Vec<String>,
    pub(super) symbol_lists: Vec<String>,
    pub(super) activities: Vec<Activity>,
    pub(super) lets: Vec<NamedLet>,
    pub(super) scores: Vec<ScoreName>,
    pub(super) segments: Vec<String>,
    statements: Vec<Piece>,
    rules_left: usize,
}

/// A rule set of about `size` rules.
pub(super) fn rule_set(dice: &mut Dice, size: usize) -> RuleText {
    let mut generator = Generator {
        dice,
        mentioned: Mentioned::default(),
        attributes: ATTRIBUTES.iter().collect(),
        kinds: KINDS.iter().collect(),
        points_params: Vec::new(),
        amount_params: Vec::new(),
        count_params: Vec::new(),
        period_params: Vec::new(),
        text_lists: Vec::new(),
        number_lists: Vec::new(),
        symbol_lists: Vec::new(),
        activities: Vec::new(),
        lets: Vec::new(),
        scores: Vec::new(),
        segments: Vec::new(),
        statements: Vec::new(),
        rules_left: size,
    };
    let opening = generator.vocabulary();
    generator.params_and_lists();
    generator.activities();
    generator.lets(Reach::Facts);
    generator.scores();
    generator.lets(Reach::Scores);
    generator.segments();
    generator.gates();
    let Generator { mut statements, mentioned, dice, .. } = generator;
    // Definitions may come in any order.
    dice.shuffle(&mut statements);
    let pieces = opening.into_iter().chain(statements).collect();
    RuleText { pieces, mentioned }
}

/// The text of a rule set.
pub(super) fn render(pieces: &[Piece]) -> String {
    let mut text = String::new();
    write_pieces(pieces, "", &mut text);
    text
}

fn write_pieces(pieces: &[Piece], indent: &str, text: &mut String) {
    for piece in pieces {
        text.push_str(indent);
        text.push_str(&piece.head);
        if let Some(inside) = &piece.inside {
            text.push_str(" {\n");
            write_pieces(inside, &format!("{indent}  "), text);
            text.push_str(indent);
            text.push('}');
        }
        text.push('\n');
    }
}

fn line(head: impl Into<String>) -> Piece {
    Piece { head: head.into(), inside: None }
}

impl Generator<'_> {
    fn add(&mut self, head: impl Into<String>) {
        self.statements.push(line(head));
    }

    /// Chooses what leads have; what must stand first comes back.
    fn vocabulary(&mut self) -> Vec<Piece> {
        self.attributes.retain(|_| self.dice.chance(60));
        self.kinds.retain(|_| self.dice.chance(60));
        if self.attributes.is_empty() {
            self.attributes.push(&ATTRIBUTES[0]);
        }
        if self.kinds.is_empty() {
            self.kinds.push(&KINDS[0]);
        }
        if self.dice.chance(20) {
            self.add("ruleset \"Generated\" version \"1\"\nowners marketing \"a\", sales \"b\"");
            self.add("review every 90d since 2026-10-01 # every quarter");
        }
        let only_declared = self.dice.chance(10);
        for attribute in self.attributes.clone() {
            if !attribute.declared.is_empty() {
                self.add(attribute.declared);
            } else if only_declared || self.dice.chance(10) {
                let of = match attribute.sort {
                    super::words::Sort::Text => "text",
                    super::words::Sort::Number => "number",
                    super::words::Sort::Flag => "flag",
                    super::words::Sort::Date => "date",
                    super::words::Sort::OneOf | super::words::Sort::Set => "set of text",
                };
                self.add(format!("attribute {}: {of}", attribute.name));
            }
        }
        for kind in self.kinds.clone() {
            if !kind.standard || only_declared || self.dice.chance(10) {
                self.add(kind.declaration);
            }
        }
        self.mentioned.kinds.clone_from(&self.kinds);
        if only_declared { vec![line("vocabulary only declared")] } else { Vec::new() }
    }

    fn params_and_lists(&mut self) {
        if self.dice.chance(25) {
            let value = *self.dice.pick(&["5", "-2.5", "+0.125", "40"]);
            self.points_params.push("worth".to_owned());
            if !value.starts_with('-') {
                self.amount_params.push("worth".to_owned());
            }
            self.add(format!("param worth = {value}"));
        }
        if self.dice.chance(25) {
            let value = u64::try_from(self.dice.between(1, 3)).unwrap();
            self.count_params.push(Param { name: "few".to_owned(), value });
            self.add(format!("param few = {value}"));
        }
        if self.dice.chance(25) {
            let (text, value) = self.mentioned.period(self.dice);
            self.period_params.push(Param { name: "while_ago".to_owned(), value });
            self.add(format!("param while_ago = {text}"));
        }
        if self.dice.chance(25) {
            let items = self.text_items();
            self.text_lists.push("some_texts".to_owned());
            self.add(format!("let some_texts = [{items}]"));
        }
        if self.dice.chance(15) {
            let items = self.number_items();
            self.number_lists.push("some_numbers".to_owned());
            self.add(format!("let some_numbers = [{items}]"));
        }
        if self.dice.chance(15) && self.attributes.iter().any(|attribute| attribute.name == "plan") {
            self.symbol_lists.push("some_plans".to_owned());
            self.add("let some_plans = [pro, Enterprise]");
        }
    }

    fn activities(&mut self) {
        for number in 0..self.dice.below(3) {
            let mut kinds = Vec::new();
            let mut terms = Vec::new();
            for _ in 0..=self.dice.below(3) {
                if !self.activities.is_empty() && self.dice.chance(30) {
                    let inner = self.dice.pick(&self.activities);
                    kinds.extend(&inner.kinds);
                    terms.push(inner.name.clone());
                } else {
                    let kind = *self.dice.pick(&self.kinds);
                    kinds.push(kind.name);
                    terms.push(self.event_term(kind));
                }
            }
            let name = format!("doing{number}");
            self.add(format!("activity {name} = {}", terms.join(" or ")));
            self.activities.push(Activity { name, kinds });
        }
    }

    fn lets(&mut self, reach: Reach) {
        for _ in 0..self.dice.below(3) {
            let written = self.condition(2, reach);
            let name = format!("known{}", self.lets.len());
            self.add(format!("let {name} = {}", written.text));
            self.lets.push(NamedLet { name, written });
        }
    }

    fn scores(&mut self) {
        let wanted = 1 + self.dice.below(3);
        for number in 0..wanted {
            if self.rules_left == 0 && number > 0 {
                break;
            }
            let (bounds, decay) = (self.bounds(), self.dice.chance(50).then(|| self.decay()));
            let members = self.members(decay.is_some());
            let name = format!("s{number}");
            let head = format!("score {name}{bounds}{}", decay.unwrap_or_default());
            self.statements.push(Piece { head, inside: Some(members) });
            self.name_score(name);
        }
        if self.dice.chance(40) {
            // Loose rules and groups: the score named `score`, whose rules have no decay to inherit.
            self.rules_left += 3;
            let members = self.members(false);
            self.statements.extend(members);
            self.name_score("score".to_owned());
        }
        for number in 0..self.dice.below(3) {
            let mut sum = String::new();
            for term in 0..=self.dice.below(3) {
                let weight = *self.dice.pick(&["0.6", "0.4", "1", "-0.5", "0.333", "-1.001", "1000000", "0"]);
                let score = &self.dice.pick(&self.scores).name;
                let joiner = if term == 0 { "" } else { *self.dice.pick(&[" + ", " - "]) };
                sum.push_str(&format!("{joiner}{weight} * {score}"));
            }
            let (name, bounds) = (format!("d{number}"), self.bounds());
            self.add(format!("score {name}{bounds} = {sum}"));
            self.name_score(name);
        }
    }

    /// Makes a score one that can be referred to, with bands at times.
    fn name_score(&mut self, name: String) {
        let mut bands = Vec::new();
        if self.dice.chance(60) {
            let mut thresholds =
                vec!["60", "40", "20", "15", "10", "5", "2.5", "1", "0.001", "0", "-2.5", "-5"];
            thresholds.retain(|_| self.dice.chance(30));
            let mut entries = Vec::new();
            for (band, threshold) in thresholds.iter().enumerate() {
                bands.push(format!("B{band}"));
                entries.push(format!("B{band} >= {threshold}"));
            }
            if let (true, Some(worth)) = (entries.is_empty(), self.points_params.first()) {
                bands.push("B0".to_owned());
                entries.push(format!("B0 >= {worth}"));
            }
            bands.push("cold".to_owned());
            entries.push("cold".to_owned());
            self.add(format!("band {name} {{ {} }}", entries.join(", ")));
        }
        self.scores.push(ScoreName { name, bands });
    }

    fn bounds(&mut self) -> String {
        if self.dice.chance(40) {
            return String::new();
        }
        let bounds =
            *self.dice.pick(&["0..100", "0..15", "-20..20", "-2.5..7.125", "5..50", "-1_000_000..0"]);
        format!(" {bounds}")
    }

    /// At least one rule, in a group or not.
    fn members(&mut self, inherits: bool) -> Vec<Piece> {
        let mut members = Vec::new();
        let mut groups = 0;
        let share = 1 + self.dice.below(self.rules_left.max(1));
        let mut to_do = share;
        self.rules_left = self.rules_left.saturating_sub(share);
        while to_do > 0 {
            to_do -= 1;
            if !self.dice.chance(25) {
                members.push(self.rule(inherits, members.len() * 10));
                continue;
            }
            let mut rules = Vec::new();
            for rule in 0..=self.dice.below(3) {
                rules.push(self.rule(inherits, members.len() * 10 + rule));
                to_do = to_do.saturating_sub(1);
            }
            let best = if self.dice.chance(50) { " best" } else { "" };
            let bounds = match self.points_params.first() {
                Some(worth) if self.dice.chance(20) => format!(" max {worth}"),
                _ => {
                    let bounds = ["", " max 10", " max -1", " min 3", " min -5", " -5..12", " 0..20"];
                    (*self.dice.pick(&bounds)).to_owned()
                }
            };
            let head = format!("group g{groups}{best}{bounds}");
            members.push(Piece { head, inside: Some(rules) });
            groups += 1;
        }
        members
    }

    fn rule(&mut self, inherits: bool, number: usize) -> Piece {
        let name = if self.dice.chance(30) { format!("r{number}: ") } else { String::new() };
        let label = if self.dice.chance(10) { format!(" {}", quoted("why \"so\"")) } else { String::new() };
        let points = self.points();
        if self.dice.chance(45) {
            let term = self.term();
            let window = self.window();
            let when = if self.dice.chance(25) {
                format!(" when {}", self.condition(1, Reach::Facts).text)
            } else {
                String::new()
            };
            let limits = self.limits();
            let decay = self.rule_decay(inherits);
            return line(format!("{name}each {term}{window}{when} => {points}{limits}{decay}{label}"));
        }
        let condition = self.condition(2, Reach::Facts);
        // A decay on a condition that uses no event positively is an error.
        let decay = if condition.positive { self.rule_decay(inherits) } else { String::new() };
        line(format!("{name}{} => {points}{decay}{label}", condition.text))
    }

    fn rule_decay(&mut self, inherits: bool) -> String {
        match self.dice.below(10) {
            0..=3 => self.decay(),
            4 if inherits => " no decay".to_owned(),
            _ => String::new(),
        }
    }

    fn decay(&mut self) -> String {
        let every = self.period();
        let last = self.mentioned.periods.last().copied();
        self.mentioned.decays.extend(last);
        match self.dice.below(50) {
            // Slow ones, which 4,096 steps cut short.
            0 => format!(" decay 0.001 every {every}"),
            1 => format!(" decay 0.1% every {every}"),
            2..=25 => {
                let percent = *self.dice.pick(&["50", "33.3", "10", "25", "100", "66.6", "99.9"]);
                format!(" decay {percent}% every {every}")
            }
            26..=32 if !self.amount_params.is_empty() => {
                format!(" decay {} every {every}", self.dice.pick(&self.amount_params))
            }
            _ => {
                let amount = *self.dice.pick(&["5", "1", "0.5", "2.125", "1000"]);
                format!(" decay {amount} every {every}")
            }
        }
    }

    fn limits(&mut self) -> String {
        let times = format!(" up to {} times", self.count());
        let per = *self.dice.pick(&["day", "subject"]);
        let per = format!(" up to {} times per {per}", self.dice.between(1, 3));
        match self.dice.below(5) {
            0 => times,
            1 => per,
            2 => format!("{times}{per}"),
            3 => format!("{per}{times}"),
            _ => String::new(),
        }
    }

    fn points(&mut self) -> String {
        if !self.points_params.is_empty() && self.dice.chance(30) {
            return self.dice.pick(&self.points_params).clone();
        }
        let points =
            ["+1", "+5", "+10", "15", "-3", "-10", "+0.125", "+2.5", "-0.005", "+0", "+1_000_000", "+20"];
        (*self.dice.pick(&points)).to_owned()
    }

    fn segments(&mut self) {
        for number in 0..self.dice.below(3) {
            let written = self.condition(2, Reach::Scores);
            let name = format!("group_of_{number}");
            self.add(format!("segment {name} when {}", written.text));
            self.segments.push(name);
        }
    }

    fn gates(&mut self) {
        if self.dice.chance(80) {
            let mut text = format!("stage mql when {}", self.condition(2, Reach::Stages).text);
            if self.dice.chance(60) {
                text.push_str(&format!(" until {}", self.condition(2, Reach::Stages).text));
            }
            if self.dice.chance(60) {
                text.push_str(&format!(" again after {}", self.period()));
            }
            if self.dice.chance(30) {
                text.push_str(&format!(" sla {}", self.period()));
            }
            self.add(text);
        }
        if self.dice.chance(50) {
            let text = format!("stage sql when {}", self.condition(1, Reach::Stages).text);
            self.add(text);
        }
        if self.dice.chance(40) {
            let reason = *self.dice.pick(&["", " \"gone quiet\""]);
            let text = format!("recycle when {}{reason}", self.rare_condition());
            self.add(text);
        }
        for _ in 0..self.dice.below(4) {
            let reason = *self.dice.pick(&["", " \"spam\"", " \"competitor\"", " \"Spam\""]);
            let text = format!("disqualify when {}{reason}", self.rare_condition());
            self.add(text);
        }
    }

    /// A condition that holds less often, so that not every lead is disqualified.
    fn rare_condition(&mut self) -> String {
        let (first, second) = (self.condition(1, Reach::Stages), self.condition(0, Reach::Stages));
        format!("({}) and ({})", first.text, second.text)
    }
}
