//! How conditions and rules read.

use crate::RuleSet;

/// The condition of a `let` as the page words it, with a vocabulary and names to use.
#[track_caller]
fn reads(condition: &str, words: &str) {
    let text = format!(
        "attribute plan: one of [free, pro, Team]
         event trial_step(step, minutes: number, done: flag)
         let short = [\"US\", \"ca\"]
         let long = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"I\"]
         let digits = [1, 2, 3, 4, 5, 6, 7, 8, 9]
         let other = need
         activity content = viewed(blog) or downloaded(*)
         score engagement 0..100 {{ need => 50 }}
         band engagement {{ hot >= 70, warm >= 40, cold }}
         segment keen when need
         stage sql when {condition}"
    );
    let page = RuleSet::compile(&text).unwrap_or_else(|found| panic!("{found}")).page().to_markdown();
    let line = page.lines().find(|line| line.contains("**Qualify**")).unwrap();
    let found = line.split_once("unless ").unwrap().1;
    assert_eq!(found.replace('`', ""), words, "{condition}");
}

#[test]
fn tests_of_values() {
    reads("need", "need is true");
    reads("not need", "need is not true");
    reads("need = false", "need is false");
    reads("title is known", "title is known");
    reads("not (title is known)", "title is missing");
    reads("plan = pro", "plan is pro");
    reads("plan != pro", "plan is known and not pro");
    reads("not (plan = pro)", "plan is not pro");
    reads("not (plan != pro)", "plan is missing or is pro");
    reads("plan in [free, team]", "plan is free or Team");
    reads("plan not in [free, team]", "plan is known and none of free or Team");
    reads("not (plan in [free, team])", "plan is none of free or Team");
    reads("country in short", "country is “US” or “ca”");
    reads("country = \"us\"", "country is “US”");
    reads("country in long", "country is one of long");
    reads("country not in long", "country is known and none of long");
    reads("title contains any of long", "title contains one of long");
    reads("title contains \"Chief\"", "title contains “Chief”");
    reads("not (title contains \"Chief\")", "title does not contain “Chief”");
    reads(
        "title starts with \"VP\" and title ends with \"x\"",
        "title starts with “VP” and title ends with “x”",
    );
    reads("title matches \"*x\"", "title reads like “\\*x”");
    reads("title has any word of [\"vp\", \"head\"]", "title has the word “vp” or “head”");
    reads("not (title has word \"vp\")", "title does not have the word “vp”");
    reads("company_size = 5", "company_size is 5");
    reads("company_size != 5", "company_size is known and not 5");
    reads("company_size >= 5", "company_size is at least 5");
    reads("not (company_size >= 5)", "company_size is missing or less than 5");
    reads("company_size between 5 and 9", "company_size is 5 to 9");
    reads("not (company_size between 5 and 9)", "company_size is missing, less than 5 or more than 9");
    reads("company_size in digits", "company_size is one of digits");
    reads("technologies contains \"aws\"", "technologies includes “aws”");
    reads("technologies contains all of [\"a\", \"b\"]", "technologies includes “a” and “b”");
    reads(
        "not (technologies contains all of [\"a\", \"b\"])",
        "technologies does not include all of “a” and “b”",
    );
    reads("created_at before 2026-01-01", "created_at is before 2026-01-01");
    reads("created_at within 36h", "created_at is within the last 36 hours");
    reads("created_at older than 1d", "created_at is at least 1 day ago");
}

#[test]
fn tests_of_events() {
    reads("visited(pricing)", "at least 1 visit to pricing");
    reads(
        "visited(\"Docs/*\" | home) >= 2 within 7d",
        "at least 2 visits to “Docs/\\*” or home within the last 7 days",
    );
    reads("not visited(pricing) within 7d", "no visit to pricing within the last 7 days");
    reads("visited(*) = 0", "no visit");
    reads("visited(*) < 3", "less than 3 visits");
    reads("visited(*) between 30d and 7d ago", "at least 1 visit between 30 days and 7 days ago");
    reads("content >= 2", "at least 2 events of content");
    reads("distinct(visited(*)) >= 3", "at least 3 different pages among visits");
    reads("days(content) >= 3 within 14d", "at least 3 days with events of content within the last 14 days");
    reads("sum(watched(demo).seconds) >= 600", "the sum of seconds over viewings of demo is at least 600");
    reads(
        "trial_step(import, minutes >= 5, done)",
        "at least 1 trial_step event of import where minutes is at least 5 and done is true",
    );
    reads("inactive for 60d", "the lead is inactive for 60 days");
}

#[test]
fn activities_are_worded_with_those_that_they_name() {
    let text = "activity content = viewed(blog) or media  activity media = watched(*)  each content => 1";
    let page = RuleSet::compile(text).unwrap().page().to_markdown();
    let found = page.replace('`', "");
    assert!(found.contains("views of blog or all of media"), "{page}");
}

#[test]
fn tests_of_scores_and_what_joins_them() {
    reads("engagement >= 50", "engagement is at least 50");
    reads("not engagement >= 50", "engagement is less than 50");
    reads("engagement between 5 and 9", "engagement is 5 to 9");
    reads("engagement is warm", "engagement is warm (40 to below 70)");
    reads("not engagement is at least warm", "engagement is below warm (less than 40)");
    reads(
        "segment keen and not segment keen",
        "the lead is in segment keen and the lead is not in segment keen",
    );
    reads("other and not other", "other and not other");
    reads("need and (budget or timing)", "need is true, and (budget is true or timing is true)");
    reads("not (need and (budget or other))", "need is not true, or (budget is not true and not other)");
    reads("not (not (need and budget))", "need is true and budget is true");
    reads(
        "at least 2 of [need, budget, timing]",
        "at least 2 of (need is true; budget is true; timing is true)",
    );
    reads("not (at least 2 of [need, budget])", "fewer than 2 of (need is true; budget is true)");
}

#[test]
fn rules_with_limits_fading_and_groups() {
    let rules = RuleSet::compile(
        "score s -5..50 decay 50% every 30d {
           first: each visited(*) within 90d when title is known => +5 up to 3 times up to 1 times per day \"Comes back\"
           each viewed(*) => +1 up to 2 times per subject
           each opened(*) => -1 decay 1 every 1d
           need => 2
           clicked(*) => 3 no decay
           group best_of best max 9 { group_rule: met(*) => 9 }
           group floor min -2 { budget => 1 }
         }",
    );
    let page = rules.unwrap().page().to_markdown();
    for line in [
        "The sum of these. Never less than -5, never more than 50. Points fade by half every 30 days, unless something \
         else is said.",
        "| +5 each | **Comes back**<br>each visit within the last 90 days, while `title` is known (`first`) | at most 3 \
         times, the newest; at most once a day |",
        "| +1 each | each view | at most twice for each subject |",
        "| -1 each | each opening | fades by 1 point every day |",
        "| +2 | `need` is true | does not fade |",
        "| +3 | at least 1 click | does not fade |",
        "|  | **Group `best_of`: only the best of these counts, and at most 9** |  |",
        "| +9 | ↳ at least 1 meeting (`group_rule`) |  |",
        "|  | **Group `floor`: these together give at least -2** |  |",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
}
