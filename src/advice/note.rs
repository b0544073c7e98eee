//! Advice as Markdown, for a note in a CRM: the lines that it displays as, marked up. It says nothing else, so its
//! words stay in one place.

use super::Advice;
use crate::explain::escaped;

impl Advice {
    /// The advice as Markdown: what it displays as, the lines that introduce a list in bold and each list apart.
    pub fn to_markdown(&self) -> String {
        let mut note = String::new();
        let mut in_list = false;
        for line in self.to_string().lines() {
            let item = line.strip_prefix("- ");
            if item.is_some() != in_list && !note.is_empty() {
                note.push('\n');
            }
            in_list = item.is_some();
            note.push_str(&match (item, line.strip_suffix(':')) {
                (Some(item), _) => format!("- {}\n", escaped(item)),
                (None, Some(title)) => format!("**{}**\n", escaped(title)),
                (None, None) => format!("{}\n", escaped(line)),
            });
        }
        note
    }
}

#[cfg(test)]
mod tests {
    use crate::{Gate, RuleSet};

    #[test]
    fn lists_stand_apart_and_marks_are_escaped() {
        let rules = "visited(\"a*\") => 5\nneed => 3\nstage mql when score >= 5 and company_size > 3";
        let rules = RuleSet::compile(rules).unwrap();
        let now = "2026-11-01T00:00:00Z".parse().unwrap();
        let advice = rules.what_it_would_take(&rules.lead().build(), now, Gate::Mql);
        let note = advice.to_markdown();
        let way = &advice.ways[0];
        assert!(note.starts_with("**What it would take for the mql gate, one of**\n\n- "), "{note}");
        assert!(note.contains(&format!("- {}\n", super::escaped(&way.to_string()))), "{note}");
        assert!(note.contains("\n\n**What to ask next**\n\n- "), "{note}");
    }
}
