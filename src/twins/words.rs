//! What generated rule sets and leads are made of: the names of a vocabulary, the literals that tests hold
//! values against, and the memory of which of them a rule set uses, so that a lead can stand on the edges.

use super::dice::Dice;
use crate::decimal::Number;
use crate::time::{Instant, Period};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Number,
    Flag,
    Date,
    OneOf,
    Set,
}

pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) sort: Sort,
    /// The declaration, empty where the standard vocabulary has it.
    pub(super) declared: &'static str,
}

pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) properties: &'static [(&'static str, Sort)],
    /// How it is declared.
    pub(super) declaration: &'static str,
    /// Whether the standard vocabulary has it.
    pub(super) standard: bool,
}

/// The symbols of the attribute `plan`; one of them is a keyword.
pub(super) const SYMBOLS: &[&str] = &["free", "pro", "Enterprise", "max"];

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute { name: "title", sort: Sort::Text, declared: "" },
    Attribute { name: "email_domain", sort: Sort::Text, declared: "" },
    Attribute { name: "country", sort: Sort::Text, declared: "" },
    Attribute { name: "company_size", sort: Sort::Number, declared: "" },
    Attribute { name: "budget", sort: Sort::Flag, declared: "" },
    Attribute { name: "consent", sort: Sort::Flag, declared: "" },
    Attribute { name: "created_at", sort: Sort::Date, declared: "" },
    Attribute { name: "technologies", sort: Sort::Set, declared: "" },
    Attribute {
        name: "plan",
        sort: Sort::OneOf,
        declared: "attribute plan: one of [free, pro, Enterprise, max]",
    },
    Attribute { name: "renewal", sort: Sort::Date, declared: "attribute renewal: date" },
    Attribute { name: "usage", sort: Sort::Number, declared: "attribute usage: number" },
    Attribute { name: "roles", sort: Sort::Set, declared: "attribute roles: set of text" },
];

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "visited", properties: &[], declaration: "event visited(page)", standard: true },
    Kind { name: "opened", properties: &[], declaration: "event opened(email)", standard: true },
    Kind { name: "downloaded", properties: &[], declaration: "event downloaded(content)", standard: true },
    Kind { name: "bounced", properties: &[], declaration: "event bounced(email) passive", standard: true },
    Kind {
        name: "watched",
        properties: &[("seconds", Sort::Number)],
        declaration: "event watched(video, seconds: number)",
        standard: true,
    },
    Kind {
        name: "purchased",
        properties: &[("amount", Sort::Number), ("coupon", Sort::Text)],
        declaration: "event purchased(product, amount: number, coupon: text)",
        standard: false,
    },
    Kind {
        name: "trial_step",
        properties: &[
            ("seconds", Sort::Number),
            ("amount", Sort::Number),
            ("text", Sort::Text),
            ("done", Sort::Flag),
        ],
        declaration: "event trial_step(step, seconds: number, amount: number, text: text, done: flag)",
        standard: false,
    },
    Kind {
        name: "mailed",
        properties: &[("done", Sort::Flag)],
        declaration: "event mailed(email, done: flag) passive",
        standard: false,
    },
];

const TEXTS: &[&str] = &[
    "chief",
    "VP",
    "vp of sales",
    "Head",
    "a\"b",
    "back\\slash",
    "line\nbreak",
    "gmail.com",
    "É",
    "é",
    "lead",
    "x",
    "xx",
    "DE",
    "-",
    "c++",
    "naïve",
    "head-of",
    "0",
    "日本",
];

const SUBJECTS: &[&str] = &["pricing", "demo", "ebook", "blog", "text", "step_1", "max", "v2"];

const QUOTED_SUBJECTS: &[&str] =
    &["/docs/intro", "/Docs/*", "*/intro", "/*/a", "*x*", "Pricing", "naïve page", "**", "a\"b*", "ebook*"];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "50",
    "500",
    "0.25",
    "0.000001",
    "-3",
    "-0.5",
    "1_000",
    "600",
    "8_999_999_999_999.999999",
    "-8_999_999_999_999.999999",
    "10",
];

const PERIODS: &[&str] =
    &["1s", "90s", "1m", "12h", "1d", "2d", "5d", "7d", "14d", "30d", "60d", "2w", "24h", "365d", "3650d"];

const INSTANTS: &[&str] = &[
    "2026-10-01",
    "2026-11-01",
    "2026-10-31T23:59:59.999999Z",
    "2026-10-20T09:30:00+02:00",
    "2026-11-05T12:00:00.5Z",
    "2026-12-01",
    "0001-01-01",
    "9999-12-31T23:59:59.999999Z",
];

/// The values that a rule set's tests mention.
#[derive(Clone, Default)]
pub(super) struct Mentioned {
    pub(super) kinds: Vec<&'static Kind>,
    pub(super) texts: Vec<String>,
    /// With the kind of event that they stand with.
    pub(super) subjects: Vec<(&'static Kind, String)>,
    pub(super) numbers: Vec<Number>,
    pub(super) periods: Vec<Period>,
    pub(super) decays: Vec<Period>,
    pub(super) instants: Vec<Instant>,
}

/// A text as rule sets write it.
pub(super) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

/// A period as it is written: what [`Period`] shows reads back as the same.
pub(super) fn period_of(text: &str) -> Period {
    let (number, unit) = text.split_at(text.len() - 1);
    let (_, seconds) = crate::time::UNITS.iter().find(|(name, _)| unit.starts_with(*name)).unwrap();
    Period::from_seconds(number.parse::<i64>().unwrap() * seconds)
}

impl Mentioned {
    pub(super) fn text(&mut self, dice: &mut Dice) -> String {
        let text = *dice.pick(TEXTS);
        self.texts.push(text.to_owned());
        quoted(text)
    }

    /// A text pattern with stars.
    pub(super) fn pattern(&mut self, dice: &mut Dice) -> String {
        let (first, last) = (*dice.pick(TEXTS), *dice.pick(TEXTS));
        let pattern = match dice.below(5) {
            0 => format!("{first}*"),
            1 => format!("*{last}"),
            2 => format!("*{first}*"),
            3 => format!("{first}*{last}"),
            _ => first.to_owned(),
        };
        self.texts.push(pattern.replace('*', ""));
        self.texts.push(pattern.replace('*', last));
        quoted(&pattern)
    }

    /// The subjects of an event term.
    pub(super) fn subjects(&mut self, dice: &mut Dice, kind: &'static Kind) -> String {
        if dice.chance(35) {
            self.subjects.push((kind, "anything".to_owned()));
            return "*".to_owned();
        }
        let mut subjects: Vec<String> = Vec::new();
        for _ in 0..=dice.below(3) {
            let subject = self.subject(dice, kind);
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        subjects.join(" | ")
    }

    fn subject(&mut self, dice: &mut Dice, kind: &'static Kind) -> String {
        if dice.chance(60) {
            let subject = *dice.pick(SUBJECTS);
            self.subjects.push((kind, subject.to_owned()));
            return subject.to_owned();
        }
        let pattern = *dice.pick(QUOTED_SUBJECTS);
        self.subjects.push((kind, pattern.replace('*', "")));
        self.subjects.push((kind, pattern.replace('*', "X/y")));
        quoted(pattern)
    }

    pub(super) fn number(&mut self, dice: &mut Dice) -> (String, Number) {
        let text = *dice.pick(NUMBERS);
        let number: Number = text.replace('_', "").parse().unwrap();
        self.numbers.push(number);
        (text.to_owned(), number)
    }

    pub(super) fn period(&mut self, dice: &mut Dice) -> (String, Period) {
        let text = *dice.pick(PERIODS);
        let period = period_of(text);
        self.periods.push(period);
        (text.to_owned(), period)
    }

    pub(super) fn instant(&mut self, dice: &mut Dice) -> String {
        let text = *dice.pick(INSTANTS);
        self.instants.push(Instant::parse(text).unwrap());
        text.to_owned()
    }
}
