//! The names of params, lists and activities, kept for those who show a rule set to people.

use crate::model::{ListItems, Named, NamedActivity, NamedList, NamedParam, ParamValue};
use crate::syntax::ast::{LetValue, StatementKind};

use super::lists::List;
use super::literals::Param;
use super::{Checker, Placed};

impl<'a> Checker<'a> {
    /// All of them in the order of definition, each once.
    pub(super) fn named(&self, statements: &[Placed<'a>]) -> Named {
        let mut named = Named::default();
        // By the place that the checker of activities gives them, which is that in the text.
        let activities: Vec<&str> = statements
            .iter()
            .filter_map(|placed| match &placed.statement.node {
                StatementKind::Activity { name, .. } => Some(name.node.as_str()),
                _ => None,
            })
            .collect();
        for placed in statements {
            match &placed.statement.node {
                StatementKind::Param { name, .. } => {
                    let value = match self.params.get(name.node.as_str()) {
                        Some(Param::Number(number)) => ParamValue::Number(number.value),
                        Some(Param::Duration(period)) => ParamValue::Period(*period),
                        None => continue,
                    };
                    named.params.push(NamedParam { name: name.node.clone(), value });
                }
                StatementKind::Let { name, value: LetValue::List(_) } => {
                    let items = match self.lists.of(&name.node) {
                        Some(List::Texts(texts)) => ListItems::Texts(texts.clone()),
                        Some(List::Numbers(numbers)) => ListItems::Numbers(numbers.clone()),
                        Some(List::Symbols(_, words)) => {
                            ListItems::Symbols(words.iter().map(|word| word.written().to_owned()).collect())
                        }
                        None => continue,
                    };
                    named.lists.push(NamedList { name: name.node.clone(), items });
                }
                StatementKind::Activity { name, .. } => {
                    let Some((selectors, others, term)) = self.activities.of(&name.node) else { continue };
                    let others = others.iter().filter_map(|at| activities.get(*at));
                    named.activities.push(NamedActivity {
                        name: name.node.clone(),
                        selectors: selectors.to_vec(),
                        activities: others.map(|name| (*name).to_owned()).collect(),
                        term,
                    });
                }
                _ => {}
            }
        }
        named
    }
}
