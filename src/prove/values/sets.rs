//! Sets of texts: which items have to be in, and which must not.

use std::collections::HashSet;

use super::{Fit, Wanted, cost};
use crate::lead::{Text, Value};
use crate::model::{Folded, SetTest, ValueTest};
use crate::prove::Budget;

pub(super) fn fit(wanted: &[Wanted<'_>], budget: &Budget) -> Fit {
    if !budget.take(cost(wanted)) {
        return Fit::Unknown;
    }
    let (mut inside, mut outside): (HashSet<&Folded>, HashSet<&Folded>) = Default::default();
    for (test, holds) in wanted {
        match (test, holds) {
            (ValueTest::Set(SetTest::AllOf(items)), true) => inside.extend(items.iter()),
            (ValueTest::Set(SetTest::AnyOf(items)), false) => outside.extend(items.iter()),
            _ => {}
        }
    }
    // What is left to choose: one that is in of each, one that is out of each.
    for (test, holds) in wanted {
        match (test, holds) {
            (ValueTest::Set(SetTest::AnyOf(items)), true)
                if !items.iter().any(|item| inside.contains(item)) =>
            {
                match items.iter().find(|item| !outside.contains(item)) {
                    Some(item) => _ = inside.insert(item),
                    None => return Fit::Never,
                }
            }
            (ValueTest::Set(SetTest::AllOf(items)), false)
                if items.iter().all(|item| inside.contains(item)) =>
            {
                // Whether an item that was chosen above could have been another is not looked at.
                let is_forced = wanted
                    .iter()
                    .filter(|(test, holds)| *holds && matches!(test, ValueTest::Set(SetTest::AnyOf(_))));
                return if is_forced.count() == 0 { Fit::Never } else { Fit::Unknown };
            }
            _ => {}
        }
    }
    if inside.iter().any(|item| outside.contains(item)) {
        return Fit::Never;
    }
    let mut items: Vec<&str> = inside.iter().map(|item| item.as_str()).collect();
    items.sort_unstable();
    if items.is_empty() {
        // A set that is known has something in it.
        items.push("something else");
    }
    let set = Value::Set(items.into_iter().map(Text::new).collect());
    let passes = super::passes(Some(&set), wanted, crate::time::Instant::EPOCH);
    if passes { Fit::Value(Some(set)) } else { Fit::Unknown }
}
