//! Rule sets of any length.

use std::fmt::Write;

/// A rule set of `count` rules of five different kinds, none like another.
pub(crate) fn rules(count: usize) -> String {
    let mut text = String::from("score engagement 0..100000 decay 50% every 30d {\n");
    for rule in 0..count {
        let (page, times, days) = (rule * 7 % 500, rule % 4 + 1, rule % 80 + 7);
        let line = match rule % 5 {
            0 => {
                format!("r{rule}: visited(page_{page}) >= {times} within {days}d => +{times} \"Rule {rule}\"")
            }
            1 => {
                format!("r{rule}: each downloaded(page_{page} | \"guide/{rule}*\") => +{times} up to 3 times")
            }
            2 => {
                format!("r{rule}: title has any word of [\"chief\", \"vp\"] and company_size >= {rule} => +3")
            }
            3 => format!("r{rule}: industry in [\"software\", \"fintech\"] or country = \"US\" => +{times}"),
            _ => format!(
                "r{rule}: distinct(visited(*)) >= {times} within {days}d and not unsubscribed(*) => +2"
            ),
        };
        // OK because writing to a String never fails.
        let _ = writeln!(text, "  {line}");
    }
    text + "}\nstage mql when engagement >= 50\n"
}
