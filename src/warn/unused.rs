//! Definitions of the main file that nothing uses. What an included file defines may be there for others.

use super::Look;
use crate::check::{Definition, NameSort};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::ConditionKind;

impl Look<'_> {
    pub(super) fn unused(&mut self) {
        let model = self.model;
        // A file of definitions only is there to be included.
        if self.roots().len() == model.lets.len() && model.rules.is_empty() {
            return;
        }
        let asks_for_activity =
            model.conditions.iter().any(|condition| matches!(condition.kind, ConditionKind::Inactive(_)));
        let mut attributes = vec![false; model.vocabulary.attributes.len()];
        for condition in &model.conditions {
            if let ConditionKind::Attribute { attribute, .. } = &condition.kind
                && let Some(used) = attributes.get_mut(attribute.0 as usize)
            {
                *used = true;
            }
        }
        let mut kinds = vec![false; model.vocabulary.kinds.len()];
        for selector in &model.selectors {
            if let Some(used) = kinds.get_mut(selector.kind.0 as usize) {
                *used = true;
            }
        }
        let is_used = |definition: &Definition| match definition.sort {
            NameSort::Attribute => model.vocabulary.attribute_id(&definition.name).is_none_or(|id| {
                attributes.get(id.0 as usize) == Some(&true)
                    || (asks_for_activity && model.created_at == Some(id))
            }),
            NameSort::Event => model.vocabulary.kind_id(&definition.name).is_none_or(|id| {
                // Whatever a lead does counts as activity.
                let is_passive = model.vocabulary.kind(id).is_some_and(|kind| kind.passive);
                kinds.get(id.0 as usize) == Some(&true) || (asks_for_activity && !is_passive)
            }),
            _ => false,
        };
        let found = self.written.unnamed.iter().filter(|definition| !is_used(definition)).map(|definition| {
            let message = format!("nothing uses {} `{}`", definition.sort.with_the(), definition.name);
            let help = match definition.sort {
                NameSort::Attribute | NameSort::Event => {
                    "remove it, or allow it if other rule sets over the same leads ask for it"
                }
                _ => "remove it, or use it",
            };
            Diagnostic::new(Code::Unused, definition.place, message, "not used").help(help)
        });
        self.found.extend(found.collect::<Vec<_>>());
    }
}
