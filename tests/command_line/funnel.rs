//! `leadql funnel`.

use super::*;
use leadql::{Reason, RuleSet, Stage, parse_instant};

/// Three MQLs: one is accepted and becomes a customer, one is rejected, one waits; as JSON Lines, mixed by time.
fn records() -> String {
    let rules = RuleSet::compile("stage mql when need sla 48h").unwrap();
    let at = |text: &str| parse_instant(text).unwrap();
    let mut records = Vec::new();
    for (id, promoted) in [("L-1", "2026-01-05"), ("L-2", "2026-01-06"), ("L-3", "2026-02-10")] {
        let lead = rules.lead().id(id).set("need", true).unwrap().build();
        let mut it = rules.qualification(id);
        records.extend(it.observe(&rules.evaluate(&lead, at(promoted)), &lead).unwrap());
        if id == "L-1" {
            records.push(it.accept(at("2026-01-06T12:00:00Z"), "dana").unwrap());
            records.push(it.qualify_anyway("they called", at("2026-01-10"), "dana").unwrap());
            records.push(it.win(at("2026-01-25"), "dana").unwrap());
        } else if id == "L-2" {
            records.push(it.reject(Reason::NoBudget, Stage::Recycled, at("2026-01-09"), "eli").unwrap());
        }
    }
    records.sort_by_key(|record| record.at);
    records.iter().map(|record| serde_json::to_string(record).unwrap() + "\n").collect()
}

const LEADS: &str = "Id,Lead Source\nL-1,fair\nL-2,mail\nL-3,Fair\nL-4,n/a\n";

fn folder(name: &str) -> Folder {
    Folder::new(name, &[("r.jsonl", &records()), ("l.csv", LEADS)])
}

fn funnel(folder: &Folder, more: &[&str]) -> Ran {
    run(folder, &[&["funnel", "r.jsonl", "--at", "2026-02-11"], more].concat())
}

#[test]
fn the_table_tells_it_all() {
    let ran = funnel(&folder("funnel-table"), &[]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    // Each figure by hand. As MQLs they stayed 1.5 and 3 days, the third is one for a day: it leaves before the
    // others end, so half of two have ended after 1.5 days.
    assert_eq!(
        ran.out,
        r#"3 leads at 2026-02-11T00:00:00Z

Stages

  stage     leads  entered  left  there  median time  90 % within
  lead          3        3     3      0            -            -
  mql           3        3     2      1       1d 12h           3d
  sal           1        1     1      0       3d 12h       3d 12h
  sql           1        1     1      0          15d          15d
  customer      1        1     0      1            -            -
  recycled      1        1     0      1            -            -

  times count open stays for as long as they last (Kaplan-Meier); "-": too many are open to tell
  left out of the times: 3 stays that began at an unknown instant

Conversion

  from  to        entered  converted  lost  open                   of all               of decided  median time  90 % within  often quoted
  lead  mql             3          3     0     0  100.0 % (43.9 to 100.0)  100.0 % (43.9 to 100.0)            -            -
  lead  sal             3          1     1     1     33.3 % (6.1 to 79.2)     50.0 % (9.5 to 90.5)            -            -
  lead  sql             3          1     1     1     33.3 % (6.1 to 79.2)     50.0 % (9.5 to 90.5)            -            -
  lead  customer        3          1     1     1     33.3 % (6.1 to 79.2)     50.0 % (9.5 to 90.5)            -            -
  mql   sal             3          1     1     1     33.3 % (6.1 to 79.2)     50.0 % (9.5 to 90.5)       1d 12h       1d 12h
  mql   sql             3          1     1     1     33.3 % (6.1 to 79.2)     50.0 % (9.5 to 90.5)           5d           5d          13 %
  mql   customer        3          1     1     1     33.3 % (6.1 to 79.2)     50.0 % (9.5 to 90.5)          20d          20d
  sal   sql             1          1     0     0  100.0 % (20.7 to 100.0)  100.0 % (20.7 to 100.0)       3d 12h       3d 12h
  sal   customer        1          1     0     0  100.0 % (20.7 to 100.0)  100.0 % (20.7 to 100.0)      18d 12h      18d 12h
  sql   customer        1          1     0     0  100.0 % (20.7 to 100.0)  100.0 % (20.7 to 100.0)          15d          15d

  in brackets the 95 % interval (Wilson); times are of those who converted
  often quoted: an industry average, mostly without its data; not an aim

Deadlines for accepting or rejecting an MQL

  in time  late  lapsed  overdue  open  withdrawn  no deadline                  kept
        1     1       0        0     1          0            0  50.0 % (9.5 to 90.5)

  lapsed: moved on otherwise when it was too late; withdrawn: moved on otherwise while there was time

Reasons

  what    to        by        reason     count
  reject  recycled  a person  no budget      1
"#
    );
}

#[test]
fn json_has_the_keys_that_the_readme_names() {
    let ran = funnel(
        &folder("funnel-json"),
        &["--format", "json", "--leads", "l.csv", "--by", "lead_source", "--missing", "n/a", "--days", "7"],
    );
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.starts_with(concat!(
            r#"{"at":"2026-02-11T00:00:00Z","entering":"mql","from":null,"to":null,"within_seconds":604800,"#,
            r#""by":"lead_source","cohort":null,"left_out":0,"total":{"leads":4,"stages":[{"stage":"lead","leads":4,"#,
            r#""entered":4,"left":3,"there":1,"time":{"ended":0,"open":0,"undated":4,"median_seconds":null,"#,
            r#""p90_seconds":null}},{"stage":"mql","leads":3,"entered":3,"left":2,"there":1,"#,
            r#""time":{"ended":2,"open":1,"undated":0,"median_seconds":129600,"p90_seconds":259200}}"#
        )),
        "{}",
        ran.out
    );
    for part in [
        concat!(
            r#"{"from":"mql","to":"sql","entered":3,"converted":1,"lost":1,"open":1,"#,
            r#""of_all":{"count":1,"of":3,"share":0.333333,"low":0.061492,"high":0.79234},"#,
            r#""of_decided":{"count":1,"of":2,"share":0.5,"low":0.094531,"high":0.905469},"#,
            r#""within":{"count":1,"of":2,"share":0.5,"low":0.094531,"high":0.905469},"often_quoted":0.13,"#,
            r#""timed":1,"median_seconds":432000,"p90_seconds":432000}"#
        ),
        concat!(
            r#""deadlines":{"in_time":1,"late":1,"lapsed":0,"withdrawn":0,"open":1,"overdue":0,"without":0,"#,
            r#""kept":{"count":1,"of":2,"share":0.5,"low":0.094531,"high":0.905469}},"#,
            r#""reasons":[{"what":"reject","to":"recycled","reason":{"person":"no_budget"},"count":1}]},"groups":[{"#
        ),
        r#""groups":[{"group":"fair","cohort":null,"leads":2,"stages":["#,
        r#"{"group":"mail","cohort":null,"leads":1,"#,
        r#"{"group":null,"cohort":null,"leads":1,"#,
    ] {
        assert!(ran.out.contains(part), "{part} is not in {}", ran.out);
    }
}

#[test]
fn csv_is_one_figure_a_row() {
    let more =
        ["--format", "csv", "--leads", "l.csv", "--by", "Lead Source", "--cohort", "month", "--days", "7"];
    let ran = funnel(&folder("funnel-csv"), &more);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let mut lines = ran.out.lines();
    assert_eq!(lines.next(), Some("scope,group,cohort,table,name,to,figure,value"));
    assert_eq!(lines.next(), Some("total,,,leads,,,leads,4"));
    for line in [
        "total,,,stage,mql,,median_seconds,129600",
        "total,,,stage,customer,,p90_seconds,",
        "total,,,conversion,mql,customer,of_all,0.333333",
        "total,,,conversion,mql,customer,of_all_high,0.792340",
        "total,,,conversion,mql,sql,often_quoted,0.13",
        "group,fair,2026-01,conversion,mql,customer,within_count,0",
        "group,fair,2026-02,conversion,mql,customer,within_of,0",
        "group,fair,2026-02,deadline,mql,,open,1",
        "group,n/a,,stage,lead,,there,1",
        "group,mail,2026-01,reason,reject,recycled,no_budget,1",
    ] {
        assert!(ran.out.lines().any(|found| found == line), "{line} is not in {}", ran.out);
    }
    assert!(ran.out.lines().all(|line| line.split(',').count() == 8));
}

#[test]
fn groups_periods_and_cohorts_are_asked_for() {
    let folder = folder("funnel-groups");
    let leads = ["--leads", "l.csv", "--missing", "n/a"];
    let all = |more: &[&str]| {
        let ran = funnel(&folder, &[&leads[..], more].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        (ran.out, ran.err)
    };
    let (table, _) = all(&["--by", "lead_source", "--cohort", "quarter"]);
    assert!(table.contains("  lead_source  quarter of mql  leads  lead  mql"), "{table}");
    assert!(table.contains("  fair         2026-Q1             2     2    2"), "{table}");
    assert!(table.contains("  (unknown)    (none)              1     1    0"), "{table}");
    let (table, warning) = all(&["--by", "lead_source", "--top", "1"]);
    assert!(table.contains("\n  fair") && !table.contains("\n  mail"), "{table}");
    assert_eq!(warning, "warning: 2 further groups not shown (--top)\n");
    let (table, _) = all(&["--from", "2026-01-06", "--to", "2026-02-10"]);
    assert!(
        table.starts_with("1 lead at 2026-02-11T00:00:00Z, first mql from 2026-01-06T00:00:00Z before"),
        "{table}"
    );
    let (table, _) = all(&["--entering", "customer", "--cohort", "week", "--format", "markdown"]);
    assert!(table.contains("\n| week of customer | leads | lead |"), "{table}");
    assert!(table.contains("\n| 2026-W04 | 1 | 1 |"), "{table}");
}

#[test]
fn wrong_lines_stop_or_leave_their_lead_out() {
    let records = records();
    // L-1 once more from the start, something that is no record, and a lead that is there twice.
    let wrong = format!("{records}{}\nno json\n", records.lines().next().unwrap());
    let folder = Folder::new("funnel-wrong", &[("r.jsonl", &wrong), ("l.csv", "id,x\nL-1,a\nL-1,b\n")]);
    let stopped = funnel(&folder, &[]);
    assert_eq!((stopped.status, stopped.out.as_str()), (1, ""));
    assert_eq!(stopped.err, "error: r.jsonl:8: lead \"L-1\": sequence: found 1 where 5 belongs\n");
    let skipped = funnel(&folder, &["--on-error", "skip", "--leads", "l.csv", "--by", "x"]);
    assert_eq!(skipped.status, 0);
    assert!(skipped.out.starts_with("2 leads at 2026-02-11T00:00:00Z, 1 left out\n"), "{}", skipped.out);
    let warnings: Vec<&str> = skipped.err.lines().collect();
    assert!(warnings[0].contains("l.csv:3: lead \"L-1\": the id is there already"), "{warnings:?}");
    assert_eq!(warnings[1], "warning: 1 wrong line left out");
    assert!(warnings[2].ends_with("found 1 where 5 belongs; the lead is left out"), "{warnings:?}");
    assert!(warnings[3].starts_with("warning: r.jsonl:9: is no JSON"), "{warnings:?}");
    assert!(warnings[3].ends_with("the line is left out"), "{warnings:?}");
    assert_eq!(warnings[4], "warning: 2 wrong lines left out");
}

#[test]
fn without_an_instant_the_latest_record_is_it() {
    let folder = folder("funnel-latest");
    let latest = run(&folder, &["funnel", "r.jsonl"]);
    assert_eq!((latest.status, latest.err.as_str()), (0, ""));
    assert!(latest.out.starts_with("3 leads at 2026-02-10T00:00:00Z\n"), "{}", latest.out);
    assert_eq!(latest.out, run(&folder, &["funnel", "r.jsonl", "--at", "2026-02-10"]).out);
}

#[test]
fn bad_usage_is_2_and_bad_input_is_1() {
    let folder =
        Folder::new("funnel-usage", &[("r.jsonl", &records()), ("l.csv", LEADS), ("none-yet.jsonl", "\n")]);
    for (more, status, message) in [
        (&["r.jsonl", "--at"][..], 2, "--at"),
        (
            &["none-yet.jsonl"],
            1,
            "none-yet.jsonl has no records to tell the instant: say it with --at INSTANT",
        ),
        (&["r.jsonl", "--at", "now", "--by", "source"], 2, "--leads"),
        (&["r.jsonl", "--at", "now", "--leads", "l.csv", "--top", "3"], 2, "--by"),
        (&["r.jsonl", "--at", "now", "--days", "0"], 2, "--days"),
        (&["r.jsonl", "--at", "now", "--entering", "mqll"], 2, "no such stage: write lead, mql"),
        (&["r.jsonl", "--at", "now", "--from", "2026-02-01", "--to", "2026-02-01"], 2, "is not before --to"),
        (&["-", "--at", "now", "--leads", "-"], 2, "cannot be both"),
        (&["none.jsonl", "--at", "now"], 1, "none.jsonl cannot be read"),
        (
            &["r.jsonl", "--at", "now", "--leads", "l.csv", "--by", "sorce"],
            1,
            "l.csv:1: the attribute \"sorce\"",
        ),
        (&["r.jsonl", "--at", "now", "--leads", "l.csv", "--id", "Number"], 1, "\"Number\""),
    ] {
        let ran = run(&folder, &[&["funnel"], more].concat());
        assert_eq!((ran.status, ran.out.as_str()), (status, ""), "{more:?}");
        assert!(ran.err.contains(message), "{more:?}: {}", ran.err);
    }
    let help = run(&folder, &["funnel", "--help"]);
    assert!(help.status == 0 && help.out.contains("Examples:") && help.out.contains("Kaplan-Meier"));
    let from_input = run_with_input(&folder, &["funnel", "-", "--at", "2026-02-11"], &records());
    assert_eq!(from_input.out, funnel(&folder, &[]).out);
}
