//! A small vocabulary for the tests of this module.

use crate::vocabulary::{Attribute, EventKind, Property, Type, Vocabulary};

pub(crate) fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let plan = Type::one_of(["free", "pro", "enterprise"]);
    for (name, of) in [
        ("title", Type::Text),
        ("country", Type::Text),
        ("company_size", Type::Number),
        ("budget", Type::Flag),
        ("created_at", Type::Date),
        ("plan", plan),
        ("technologies", Type::SetOfText),
    ] {
        vocabulary.add_attribute(Attribute { name: name.into(), of, declared: false });
    }
    let seconds = ("seconds", Type::Number);
    for (name, properties) in [
        ("visited", vec![]),
        ("watched", vec![seconds, ("quality", Type::Text), ("finished", Type::Flag)]),
        ("purchased", vec![("amount", Type::Number)]),
    ] {
        let properties = properties.into_iter().map(|(name, of)| Property { name: name.into(), of });
        vocabulary.add_kind(EventKind {
            name: name.into(),
            subject: "subject".into(),
            properties: properties.collect(),
            passive: false,
            declared: false,
        });
    }
    vocabulary
}
