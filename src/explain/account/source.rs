//! Where things are written, and how: one line of source, comments and line breaks left out.

use std::collections::HashMap;

use crate::diagnostic::{Place, SourceLines};
use crate::explain::explanation::SourcePlace;
use crate::model::{ConditionId, Model, Rule};

/// Longer conditions are cut.
const LONGEST: usize = 160;

/// The files of a rule set.
pub(crate) struct Source<'m> {
    model: &'m Model,
    lines: SourceLines<'m>,
    /// By condition: the `let` that it is the whole of.
    lets: HashMap<ConditionId, &'m str>,
}

impl<'m> Source<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let mut lets = HashMap::new();
        for named in &model.lets {
            // Of two names for one condition the first is its own.
            lets.entry(named.condition).or_insert(named.name.as_str());
        }
        Source { model, lines: SourceLines::of(&model.sources), lets }
    }

    pub(crate) fn place(&self, place: Place) -> SourcePlace {
        let source = self.model.sources.get(place.file.0 as usize);
        SourcePlace {
            file: source.map_or(String::new(), |source| source.name.clone()),
            line: self.lines.line(place),
        }
    }

    pub(crate) fn condition_place(&self, condition: ConditionId) -> SourcePlace {
        self.place(self.written_at(condition))
    }

    /// A condition as it is written.
    pub(crate) fn condition(&self, condition: ConditionId) -> String {
        one_line(self.text(self.written_at(condition)))
    }

    /// The name of the `let` that is this condition.
    pub(crate) fn let_name(&self, condition: ConditionId) -> Option<&'m str> {
        self.lets.get(&condition).copied()
    }

    /// What stands before the `=>` of a rule, without its name.
    pub(crate) fn rule_condition(&self, rule: &Rule) -> String {
        let text = self.text(rule.place);
        // OK because a name holds no colon and nothing but blanks and comments stands before its own.
        let text = if rule.named { behind_name(text) } else { text };
        one_line(text)
    }

    fn written_at(&self, condition: ConditionId) -> Place {
        self.model.conditions.get(condition.index()).map(|condition| condition.place).unwrap_or_default()
    }

    fn text(&self, place: Place) -> &'m str {
        let source = self.model.sources.get(place.file.0 as usize);
        source.and_then(|source| source.text.get(place.span.start..place.span.end)).unwrap_or("")
    }
}

/// What stands behind the colon after a rule's name, a comment between the two passed over.
fn behind_name(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(['#', ':']) {
        let mark = rest.len() - behind.len() - 1;
        if rest.as_bytes().get(mark) == Some(&b':') {
            return behind;
        }
        rest = behind.split_once('\n').map_or("", |(_, behind)| behind);
    }
    rest
}

/// The source up to a `=>` on one line: comments left out, blanks joined, cut where it is long.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    let (mut in_text, mut blank, mut length) = (false, false, 0);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if !in_text {
            match c {
                '#' => {
                    rest.by_ref().find(|c| *c == '\n');
                    blank = true;
                    continue;
                }
                '=' if rest.as_str().starts_with('>') => break,
                c if c.is_whitespace() => {
                    blank = true;
                    continue;
                }
                _ => {}
            }
        }
        if std::mem::take(&mut blank) && !line.is_empty() {
            line.push(' ');
            length += 1;
        }
        if length >= LONGEST {
            line.push('…');
            break;
        }
        line.push(c);
        length += 1;
        match c {
            '"' => in_text = !in_text,
            '\\' if in_text => {
                line.extend(rest.next());
                length += 1;
            }
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_one_line_without_comments() {
        assert_eq!(one_line("a  # why => so\n  and\tb => +5"), "a and b");
        assert_eq!(one_line(r#"title = "a => # \" b"   => 5"#), r#"title = "a => # \" b""#);
        assert_eq!(one_line("a >= 5 and b <= 6"), "a >= 5 and b <= 6");
        assert_eq!(one_line(&"x ".repeat(100_000)).chars().count(), LONGEST + 1);
        assert_eq!(one_line(""), "");
        assert_eq!(one_line(r#""\"#), r#""\"#);
    }

    #[test]
    fn a_rules_name_is_no_part_of_its_condition() {
        assert_eq!(behind_name("name: a => 5"), " a => 5");
        assert_eq!(behind_name("name # no: colon\n : a = \":\" => 5"), " a = \":\" => 5");
    }
}
