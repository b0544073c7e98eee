//! What holds of every page, and how single conditions read.

pub(crate) mod well_formed;
mod wordings;

use crate::RuleSet;

use well_formed::check_html;

/// Texts that try to break out of wherever they stand.
const HOSTILE: &str = r#"ruleset "</title><script>alert(1)</script>" version "\" onload=\"x"
owners marketing "<img src=x onerror=alert(1)>", sales "a|b `c` [d](http://e)"
review every 90d since 2026-01-01
attribute plan: one of [free, pro]
let listed = ["</table>", "a|b", "\u{202e}turned", "***"]
visited("</td></tr>" | "<b>*") => +5 "</strong><script>x</script> | **bold** _x_"
title in listed or title = "--><!--" => +1 "\u{0}\n# no heading"
group g max 3 { title contains "&lt;&amp;" => +2 }
segment s when title starts with "<svg/onload=1>"
stage mql when score >= 5 and title != "javascript:\""
recycle when title = "'" "</li><ul>"
disqualify when title matches "*</svg>*" "one | two"
disqualify when plan = pro ""
test "</h3><script>" at 2026-11-01 {
  title = "<i>"
  visited("</li>") 2d ago
  expect score = 99
}
"#;

#[test]
fn texts_of_the_rule_set_cannot_break_out() {
    let page = RuleSet::compile(HOSTILE).unwrap().page().at("2027-01-01T00:00:00Z".parse().unwrap());
    let html = page.to_html();
    check_html(&html).unwrap_or_else(|wrong| panic!("{wrong}\n{html}"));
    for tag in ["<script", "<img", "<i>", "<b>", "<svg/"] {
        assert!(!html.contains(tag), "{tag}");
    }
    assert!(html.contains("&lt;script&gt;") && html.contains("\\u{202e}turned"), "{html}");
    let markdown = page.to_markdown();
    let (mut columns, mut in_drawing) = (None, false);
    for line in markdown.lines() {
        // Every row of a table has as many cells as the one above it.
        let bare = line.replace("\\\\", "").replace("\\|", "");
        let cells = bare.starts_with('|').then(|| bare.matches('|').count());
        assert!(cells.is_none() || columns.is_none() || cells == columns, "{line}");
        columns = cells;
        // What the drawing says is the drawing's to escape.
        if line.starts_with("```") {
            in_drawing = !in_drawing;
        }
        let shown = line.replace("<br>", "").replace("\\<", "").replace("\\[", "");
        assert!(in_drawing || !shown.contains(['<', '[']), "{line}");
        assert!(!line.starts_with("# no"), "{line}");
    }
}

#[test]
fn the_smallest_rule_set_has_a_page() {
    let page = RuleSet::compile("need => 5").unwrap().page();
    check_html(&page.to_html()).unwrap();
    let markdown = page.to_markdown();
    assert!(
        markdown.starts_with("# Lead qualification criteria\n\n- **Version**: none given\n"),
        "{markdown}"
    );
    for absent in ["Owners", "Review", "overdue", "Examples", "Segments", "Bands", "Promote"] {
        assert!(!markdown.contains(absent), "{absent}");
    }
    check_html(&RuleSet::compile("").unwrap().page().to_html()).unwrap();
}

#[test]
fn a_review_is_overdue_from_the_day_it_is_due() {
    let rules = RuleSet::compile("review every 90d since 2026-01-01 need => 5").unwrap();
    let page = |at: &str| rules.page().at(at.parse().unwrap()).to_markdown();
    assert!(!page("2026-03-31T23:59:59Z").contains("overdue"));
    assert!(page("2026-04-01T00:00:00Z").contains("> **The review is overdue.** It was due on 2026-04-01;"));
    assert!(rules.page().to_markdown().contains("every 90 days, last on 2026-01-01, next due on 2026-04-01"));
    assert!(!RuleSet::compile("review every 90d need => 5").unwrap().page().to_markdown().contains("due on"));
}

#[test]
fn params_have_the_values_of_the_host() {
    let rules = crate::Compiler::new().set("worth", "40").set("patience", "36h");
    let text = "param worth = 20 param patience = 30d visited(pricing) within patience => worth";
    let page = rules.compile(text).unwrap().page().to_markdown();
    for told in [
        "| `worth` | 40 |",
        "| `patience` | 36 hours |",
        "| +40 | at least 1 visit to pricing within the last 36 hours |",
    ] {
        assert!(page.contains(told), "{told} in\n{page}");
    }
}

#[test]
fn examples_that_fail_say_so() {
    let text = "need => 5 test \"t\" { need = true expect score = 6 }";
    let page = RuleSet::compile(text).unwrap().page().to_markdown();
    assert!(
        page.contains("1 of 1 did not come out") && page.contains("expected score = 6, but score is 5"),
        "{page}"
    );
}

#[test]
fn a_page_grows_no_faster_than_its_rule_set() {
    // One list and one activity, both long and used by every rule.
    let make = |rules: usize| {
        let items: Vec<String> = (0..rules).map(|at| format!("\"text {at}\"")).collect();
        let terms: Vec<String> = (0..rules).map(|at| format!("visited(p{at})")).collect();
        let mut text =
            format!("let listed = [{}]\nactivity much = {}\n", items.join(", "), terms.join(" or "));
        for at in 0..rules {
            text.push_str(&format!("title in listed and much >= {} => 1\n", at + 1));
        }
        let page = RuleSet::compile(&text).unwrap().page();
        (page.to_html().len() + page.to_markdown().len()) as f64
    };
    let growth = make(400) / make(200);
    assert!(growth < 2.2, "{growth}");
}
