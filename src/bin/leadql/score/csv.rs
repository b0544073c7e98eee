//! Results as CSV: one row a lead, the columns named as the keys of the JSON object, `scores.engagement`.

use std::io::Write;

use leadql::{Evaluation, RuleSet, RuleValue, print_instant};

use super::Printer;
use crate::output::{self, Stop};

pub(super) struct CsvPrinter<W> {
    out: W,
    row: Vec<String>,
}

impl<W: Write> CsvPrinter<W> {
    /// Prints the header row.
    pub(super) fn new(out: W, rules: &RuleSet, explain: bool) -> Result<Self, Stop> {
        let mut row = vec!["id".to_owned(), "at".to_owned()];
        row.extend(rules.scores().map(|name| format!("scores.{name}")));
        row.extend(rules.banded_scores().map(|name| format!("bands.{name}")));
        row.push("segments".to_owned());
        row.extend(["mql", "revert", "sql", "recycle", "disqualify"].map(|gate| format!("gates.{gate}")));
        row.extend(["stage", "valid_until"].map(str::to_owned));
        row.extend(explain.then(|| "rules".to_owned()));
        let mut printer = CsvPrinter { out, row };
        printer.end_row()?;
        Ok(printer)
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        output::csv_row(&mut self.out, &self.row)?;
        self.row.clear();
        Ok(())
    }
}

impl<W: Write> Printer for CsvPrinter<W> {
    fn print(&mut self, evaluation: &Evaluation, rules: Option<Vec<RuleValue>>) -> Result<(), Stop> {
        // A gate that holds without a reason is `true`, as the gates that never have one.
        let gate = |reason: Option<&str>| match reason {
            None => "false".to_owned(),
            Some("") => "true".to_owned(),
            Some(reason) => reason.to_owned(),
        };
        let row = &mut self.row;
        row.extend([evaluation.lead_id().to_owned(), print_instant(evaluation.at())]);
        row.extend(evaluation.scores().map(|(_, points)| points.to_string()));
        row.extend(evaluation.bands().map(|(_, band)| band.to_owned()));
        row.push(evaluation.segments().collect::<Vec<_>>().join(";"));
        row.extend([evaluation.mql(), evaluation.revert(), evaluation.sql()].map(|holds| holds.to_string()));
        row.extend([gate(evaluation.recycle()), gate(evaluation.disqualify())]);
        row.push(evaluation.stage().to_string());
        row.push(evaluation.valid_until().map(print_instant).unwrap_or_default());
        row.extend(rules.map(|rules| {
            let given = rules.iter().map(|value| format!("{}={}", value.rule, value.points));
            given.collect::<Vec<_>>().join(";")
        }));
        self.end_row()
    }

    fn finish(mut self: Box<Self>) -> Result<(), Stop> {
        Ok(self.out.flush()?)
    }
}
