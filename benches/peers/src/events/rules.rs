//! The 40 rules over events, said once; what every engine is given is written out from here.

/// Which events a rule looks at. Texts are in small letters; the case of ASCII letters does not count.
#[derive(Clone, Copy, Debug)]
pub struct Selector {
    pub kind: &'static str,
    pub subject: Subject,
    /// In days; all that happened if none is given.
    pub within: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
pub enum Subject {
    Any,
    OneOf(&'static [&'static str]),
    Prefix(&'static str),
}

/// What is counted of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Events,
    /// The seconds that they took.
    Seconds,
    /// Different UTC days.
    Days,
    /// Different subjects.
    Subjects,
}

#[derive(Clone, Copy, Debug)]
pub enum Body {
    AtLeast(Measure, i64),
    Fewer(Measure, i64),
    /// For each event, the newest so many.
    UpTo(i64),
    /// For each event, by its age: what it gives in its first, second, … so many days, in thousandths of a point.
    /// The window ends with the last.
    Fading {
        decay: &'static str,
        every: i64,
        worth: &'static [i64],
    },
}

/// A rule, its points in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub selector: Selector,
    pub body: Body,
    pub points: i64,
}

pub const DAY: i64 = 86_400;

/// The bounds of the score, in points.
pub const BOUNDS: (i64, i64) = (0, 500);
/// The lower bounds of the bands above the lowest, in points.
pub const BANDS: [(&str, i64); 2] = [("hot", 120), ("warm", 60)];
/// What the score has to reach, in points, for a lead to be an MQL.
pub const MQL: i64 = 80;

use Body::{AtLeast, Fading, Fewer, UpTo};
use Measure::{Days, Events, Seconds, Subjects};
use Subject::{Any, OneOf, Prefix};

const PRICING: Subject = OneOf(&["pricing"]);

pub fn rules() -> Vec<Rule> {
    let rule = |kind, subject, within, body, points| Rule {
        selector: Selector { kind, subject, within },
        body,
        points,
    };
    vec![
        rule("visited", PRICING, Some(30), AtLeast(Events, 2), 15_000),
        rule("visited", OneOf(&["pricing", "product_details"]), None, AtLeast(Events, 1), 5_000),
        rule("visited", PRICING, Some(90), AtLeast(Events, 5), 10_000),
        rule("visited", Prefix("docs/"), Some(14), AtLeast(Events, 3), 6_000),
        rule("visited", Prefix("blog/"), None, AtLeast(Events, 10), 3_000),
        rule("visited", OneOf(&["careers"]), Some(60), AtLeast(Events, 1), -10_000),
        rule("visited", Any, Some(30), AtLeast(Events, 20), 8_000),
        rule("viewed", OneOf(&["case_study"]), Some(90), AtLeast(Events, 1), 6_000),
        rule("viewed", OneOf(&["recording"]), None, AtLeast(Events, 2), 4_000),
        rule("downloaded", OneOf(&["ebook", "whitepaper"]), Some(60), AtLeast(Events, 1), 5_000),
        rule("clicked", Any, Some(30), AtLeast(Events, 5), 4_000),
        rule("opened", Any, Some(90), AtLeast(Events, 10), 2_000),
        rule("submitted", OneOf(&["contact_form"]), Some(30), AtLeast(Events, 1), 20_000),
        rule("requested", OneOf(&["demo"]), Some(14), AtLeast(Events, 1), 25_000),
        rule("attended", OneOf(&["webinar"]), Some(180), AtLeast(Events, 1), 7_000),
        rule("replied", Any, Some(30), AtLeast(Events, 1), 9_000),
        rule("visited", Any, Some(30), Fewer(Events, 1), -10_000),
        rule("opened", Any, Some(60), Fewer(Events, 2), -3_000),
        rule("clicked", Any, Some(90), Fewer(Events, 1), -4_000),
        rule("unsubscribed", Any, None, AtLeast(Events, 1), -25_000),
        rule("downloaded", OneOf(&["ebook"]), None, UpTo(3), 5_000),
        rule("clicked", Any, Some(30), UpTo(10), 1_000),
        rule("opened", Any, Some(60), UpTo(8), 500),
        rule("visited", Prefix("docs/"), Some(30), UpTo(5), 1_500),
        rule("commented", Any, None, UpTo(4), 2_000),
        rule("attended", OneOf(&["webinar"]), Some(365), UpTo(2), 8_000),
        rule("visited", PRICING, Some(90), fading("50%", 30, &[4_000, 2_000, 1_000]), 4_000),
        rule("viewed", OneOf(&["case_study"]), Some(60), fading("25%", 20, &[6_000, 4_500, 3_375]), 6_000),
        rule("submitted", Any, Some(90), fading("5", 45, &[10_000, 5_000]), 10_000),
        rule(
            "requested",
            OneOf(&["demo", "trial"]),
            Some(60),
            fading("50%", 15, &[12_000, 6_000, 3_000, 1_500]),
            12_000,
        ),
        rule("watched", Any, Some(30), fading("1", 10, &[3_000, 2_000, 1_000]), 3_000),
        rule("replied", Any, Some(90), fading("10%", 30, &[5_000, 4_500, 4_050]), 5_000),
        rule("watched", OneOf(&["demo"]), None, AtLeast(Seconds, 600), 10_000),
        rule("watched", Any, Some(60), AtLeast(Seconds, 1_800), 6_000),
        rule("watched", Prefix("tutorial/"), Some(90), AtLeast(Seconds, 300), 4_000),
        rule("visited", Any, Some(14), AtLeast(Days, 3), 6_000),
        rule("opened", Any, Some(60), AtLeast(Days, 5), 3_000),
        rule("visited", Any, Some(30), AtLeast(Subjects, 8), 8_000),
        rule("downloaded", Any, None, AtLeast(Subjects, 3), 5_000),
        rule("viewed", Any, Some(90), AtLeast(Subjects, 4), 4_000),
    ]
}

fn fading(decay: &'static str, every: i64, worth: &'static [i64]) -> Body {
    Fading { decay, every, worth }
}
