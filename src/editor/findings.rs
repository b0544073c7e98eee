//! Findings by file, with the change that would mend each where that is known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::reading::Reading;
use super::{Edit, FileFindings, Finding, Location, Workspace};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::warn::ReviewOptions;

impl Workspace {
    /// What is wrong with the rule sets that have to do with the open texts, by file: those without findings are
    /// there too, so that what was mended can be cleared. A finding that several rule sets have is there once.
    pub fn findings(&mut self) -> Vec<FileFindings> {
        self.gather(|reading| reading.diagnostics().clone())
    }

    /// As [`findings`](Self::findings), with all that a [review](crate::RuleSet::review) finds in those rule sets
    /// that compile. It takes longer: enough for each save, and too long for each letter.
    pub fn review(&mut self) -> Vec<FileFindings> {
        let options = ReviewOptions::new();
        self.gather(|reading| match &reading.compiled {
            Ok(rules) => rules.review(&options).findings,
            Err(found) => found.clone(),
        })
    }

    fn gather(&mut self, look: impl Fn(&Reading) -> Diagnostics) -> Vec<FileFindings> {
        let mut files: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
        for reading in self.readings() {
            for path in &reading.paths {
                files.entry(path.clone()).or_default();
            }
            for diagnostic in look(reading).found() {
                let finding = finding(reading, diagnostic);
                files.entry(finding.location.path.clone()).or_default().push(finding);
            }
        }
        let in_order = |(path, mut findings): (PathBuf, Vec<Finding>)| {
            let order = |finding: &Finding| {
                let range = &finding.location.range;
                (range.start, range.end, finding.code)
            };
            findings.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.message.cmp(&b.message)));
            findings.dedup();
            FileFindings { path, findings }
        };
        files.into_iter().map(in_order).collect()
    }

    /// The changes that would mend what is found in a part of a text, each with the finding that it mends.
    pub fn fixes(&mut self, path: &Path, range: std::ops::Range<usize>) -> Vec<(Finding, Edit)> {
        let found = self.findings().into_iter().find(|file| file.path == path);
        let findings = found.into_iter().flat_map(|file| file.findings);
        let touches = |finding: &Finding| {
            finding.location.range.start <= range.end && range.start <= finding.location.range.end
        };
        findings.filter(touches).filter_map(|finding| finding.fix.clone().map(|fix| (finding, fix))).collect()
    }
}

fn finding(reading: &Reading, found: &Diagnostic) -> Finding {
    let location = |place: Place| reading.location(place);
    let mut labels = found.labels.iter().map(|(place, label)| (location(*place), label.clone()));
    let (first, label) = labels.next().unwrap_or_else(|| (location(Place::default()), String::new()));
    Finding {
        code: found.code,
        severity: found.code.severity(),
        message: found.message.clone(),
        help: found.help.clone(),
        witness: found.witness.clone(),
        fix: found.fix.as_ref().map(|text| Edit { location: first.clone(), text: text.clone() }),
        location: first,
        label,
        related: labels.collect(),
    }
}

impl Reading {
    /// A place as hosts see it, within the text of its file.
    pub(super) fn location(&self, place: Place) -> Location {
        let length = self.text(place.file).len();
        let start = place.span.start.min(length);
        Location {
            path: self.path(place.file).to_path_buf(),
            range: start..place.span.end.clamp(start, length),
        }
    }
}
