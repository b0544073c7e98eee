//! The figures as CSV: one figure a row, so that the columns are the same whatever was asked for.

use std::io::Write;

use chrono::TimeDelta;
use leadql::funnel::{Figures, FunnelReport, Share, StatedReason};

use crate::output::{self, Stop};

const HEADER: [&str; 8] = ["scope", "group", "cohort", "table", "name", "to", "figure", "value"];

pub(super) fn print(out: &mut impl Write, report: &FunnelReport) -> Result<(), Stop> {
    output::csv_row(out, &HEADER.map(str::to_owned))?;
    let mut rows = Rows { out, scope: ["total", "", ""].map(str::to_owned) };
    rows.figures(&report.total)?;
    for group in &report.groups {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        rows.scope = ["group".to_owned(), name(&group.group), name(&group.cohort)];
        rows.figures(&group.figures)?;
    }
    Ok(())
}

struct Rows<'o, W> {
    out: &'o mut W,
    /// What the figures are of: the first three cells.
    scope: [String; 3],
}

impl<W: Write> Rows<'_, W> {
    fn row(&mut self, of: [&str; 3], figure: &str, value: impl ToString) -> Result<(), Stop> {
        let mut cells = self.scope.to_vec();
        cells.extend(of.map(str::to_owned));
        cells.extend([figure.to_owned(), value.to_string()]);
        output::csv_row(self.out, &cells)
    }

    fn figures(&mut self, figures: &Figures) -> Result<(), Stop> {
        self.row(["leads", "", ""], "leads", figures.leads)?;
        for it in &figures.stages {
            let of = ["stage", it.stage.as_str(), ""];
            for (figure, value) in [
                ("leads", it.leads),
                ("entered", it.entered),
                ("left", it.left),
                ("there", it.there),
                ("ended", it.time.ended),
                ("open", it.time.open),
                ("undated", it.time.undated),
            ] {
                self.row(of, figure, value)?;
            }
            self.times(of, it.time.median, it.time.p90)?;
        }
        for it in &figures.conversions {
            let of = ["conversion", it.from.as_str(), it.to.as_str()];
            for (figure, value) in
                [("entered", it.entered), ("converted", it.converted), ("lost", it.lost), ("open", it.open)]
            {
                self.row(of, figure, value)?;
            }
            self.share(of, "of_all", it.of_all)?;
            self.share(of, "of_decided", it.of_decided)?;
            if let Some(within) = it.within {
                self.row(of, "within_count", within.count)?;
                self.row(of, "within_of", within.of)?;
                self.share(of, "within", within)?;
            }
            if let Some(quoted) = it.often_quoted {
                self.row(of, "often_quoted", quoted)?;
            }
            self.row(of, "timed", it.timed)?;
            self.times(of, it.median, it.p90)?;
        }
        let it = &figures.deadlines;
        let of = ["deadline", "mql", ""];
        for (figure, value) in [
            ("in_time", it.in_time),
            ("late", it.late),
            ("lapsed", it.lapsed),
            ("withdrawn", it.withdrawn),
            ("open", it.open),
            ("overdue", it.overdue),
            ("without", it.without),
        ] {
            self.row(of, figure, value)?;
        }
        self.share(of, "kept", it.kept)?;
        for it in &figures.reasons {
            let (table, reason) = match &it.reason {
                StatedReason::Person(leadql::Reason::Other(own)) => ("other reason", own.as_str()),
                StatedReason::Person(reason) => ("reason", reason.as_str()),
                StatedReason::Rules(reason) => ("reason of rules", reason.as_deref().unwrap_or_default()),
                _ => continue,
            };
            self.row([table, it.what.as_str(), it.to.as_str()], reason, it.count)?;
        }
        Ok(())
    }

    fn times(
        &mut self,
        of: [&str; 3],
        median: Option<TimeDelta>,
        p90: Option<TimeDelta>,
    ) -> Result<(), Stop> {
        self.row(of, "median_seconds", seconds(median))?;
        self.row(of, "p90_seconds", seconds(p90))
    }

    /// The ratio and the ends of its interval, empty of nothing.
    fn share(&mut self, of: [&str; 3], name: &str, share: Share) -> Result<(), Stop> {
        let shown = |share: Option<f64>| share.map(|share| format!("{share:.6}")).unwrap_or_default();
        let (low, high) = share.interval().unzip();
        self.row(of, name, shown(share.ratio()))?;
        self.row(of, &format!("{name}_low"), shown(low))?;
        self.row(of, &format!("{name}_high"), shown(high))
    }
}

/// Seconds with as many digits as they need; empty where there is no time.
fn seconds(time: Option<TimeDelta>) -> String {
    let Some(time) = time else { return String::new() };
    let micros = time.num_microseconds().unwrap_or(i64::MAX);
    let (whole, rest) = (micros / 1_000_000, micros % 1_000_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:06}").trim_end_matches('0').to_owned() }
}
