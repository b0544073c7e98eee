//! Results as a table for people.

use std::io::Write;

use leadql::{Evaluation, RuleSet, RuleValue, print_instant};

use super::{Printer, because};
use crate::output::Stop;
use crate::table::Table;

pub(super) struct TablePrinter<W>(Table<W>);

impl<W: Write> TablePrinter<W> {
    pub(super) fn new(out: W, rules: &RuleSet) -> Self {
        let banded: Vec<&str> = rules.banded_scores().collect();
        let mut header = vec![("lead", false), ("stage", false)];
        for name in rules.scores() {
            header.push((name, true));
            header.extend(banded.contains(&name).then_some(("band", false)));
        }
        header.extend([("gates", false), ("segments", false), ("valid until", false)]);
        TablePrinter(Table::new(out, header))
    }
}

impl<W: Write> Printer for TablePrinter<W> {
    fn print(&mut self, evaluation: &Evaluation, rules: Option<Vec<RuleValue>>) -> Result<(), Stop> {
        let mut cells = vec![evaluation.lead_id().to_owned(), evaluation.stage().to_string()];
        for (name, points) in evaluation.scores() {
            cells.push(points.to_string());
            cells.extend(evaluation.band(name).map(str::to_owned));
        }
        let with_reason = |gate: &str, reason: Option<&str>| {
            reason.map(|reason| if reason.is_empty() { gate.to_owned() } else { format!("{gate}: {reason}") })
        };
        let gates = [
            evaluation.mql().then(|| "mql".to_owned()),
            evaluation.revert().then(|| "revert".to_owned()),
            evaluation.sql().then(|| "sql".to_owned()),
            with_reason("recycle", evaluation.recycle()),
            with_reason("disqualify", evaluation.disqualify()),
        ];
        cells.push(or_dash(gates.into_iter().flatten().collect()));
        cells.push(or_dash(evaluation.segments().map(str::to_owned).collect()));
        cells.push(evaluation.valid_until().map_or_else(|| "never".to_owned(), print_instant));
        self.0.row(cells, rules.unwrap_or_default().iter().map(because).collect())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Stop> {
        self.0.finish()
    }
}

fn or_dash(words: Vec<String>) -> String {
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}
