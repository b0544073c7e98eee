//! The figures as a table for people, for Markdown, or as JSON.

use crate::timing::Timing;
use crate::way::Kind;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Table,
    Markdown,
    Json,
}

/// A workload's figures.
pub struct Section {
    pub workload: &'static str,
    pub about: String,
    pub timings: Vec<Timing>,
}

pub fn print(sections: &[Section], format: Format) {
    if format == Format::Json {
        println!("{:#}", json(sections));
        return;
    }
    for section in sections {
        println!(
            "{}{}: {}\n",
            if format == Format::Markdown { "### " } else { "" },
            section.workload,
            section.about
        );
        for (kind, title) in
            [(Kind::Prepared, "lead prepared"), (Kind::FromFields, "from fields"), (Kind::Columns, "columns")]
        {
            let rows: Vec<_> = section.timings.iter().filter(|timing| timing.kind == kind).collect();
            if !rows.is_empty() {
                table(title, &rows, format);
            }
        }
    }
}

fn table(title: &str, rows: &[&Timing], format: Format) {
    let (bar, end) = if format == Format::Markdown { ("| ", " |") } else { ("", "") };
    let line = |cells: [&str; 5]| {
        let [way, time, range, rate, ratio] = cells;
        println!("{bar}{way:<26} {bar}{time:>10} {bar}{range:>21} {bar}{rate:>14} {bar}{ratio:>12}{end}");
    };
    line([title, "a lead", "nine tenths between", "leads a second", "hand-written"]);
    if format == Format::Markdown {
        println!("| --- | ---: | ---: | ---: | ---: |");
    }
    for timing in rows {
        let range = format!("{} - {}", time(timing.low), time(timing.high));
        line([&timing.name, &time(timing.median), &range, &rate(timing.median), &ratio(timing.ratio)]);
    }
    println!();
}

/// How many leads a CPU second is enough for.
fn rate(nanoseconds: f64) -> String {
    match 1e9 / nanoseconds {
        rate @ 1e6.. => format!("{:.1} M", rate / 1e6),
        rate @ 1e4.. => format!("{:.0} k", rate / 1e3),
        rate @ 1e3.. => format!("{:.1} k", rate / 1e3),
        rate => format!("{rate:.0}"),
    }
}

fn ratio(ratio: f64) -> String {
    if ratio < 100.0 { format!("{ratio:.2}x") } else { format!("{ratio:.0}x") }
}

/// Three significant digits, in a unit that suits them.
pub fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ..1e3 => (nanoseconds, "ns"),
        ..1e6 => (nanoseconds / 1e3, "us"),
        _ => (nanoseconds / 1e6, "ms"),
    };
    let digits = match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

fn json(sections: &[Section]) -> serde_json::Value {
    let timings = sections.iter().flat_map(|section| {
        section.timings.iter().map(|timing| {
            serde_json::json!({
                "workload": section.workload,
                "way": timing.name,
                "from": match timing.kind {
                    Kind::Prepared => "prepared",
                    Kind::FromFields => "fields",
                    Kind::Columns => "columns",
                },
                "ns_per_lead": timing.median,
                "leads_per_second": 1e9 / timing.median,
                "ns_low": timing.low,
                "ns_high": timing.high,
                "times_hand_written": timing.ratio,
            })
        })
    });
    serde_json::json!({ "timings": timings.collect::<Vec<_>>() })
}
