//! Digests: of a record, which holds that of the record before it, and of an evaluation.
//!
//! Everything is written piece by piece, each with its length or a tag, so that no two records and no two
//! evaluations read the same. The stored form (JSON or another) does not count: what is read back has the same
//! digest.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::record::{Observed, Record, Why};
use crate::hex;
use crate::rule_set::{Evaluation, Fingerprint};

/// A SHA-256 digest; prints and serializes as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the first record of a lead follows.
    pub(super) fn before_all(lead: &str) -> Digest {
        let mut writer = Writer::default();
        writer.text("leadql records 1");
        writer.text(lead);
        writer.finish()
    }

    /// The digest that belongs into a record; the one that stands there does not count.
    pub(super) fn of_record(record: &Record, before: Digest) -> Digest {
        let mut writer = Writer::default();
        writer.text("leadql record 1");
        writer.bytes(before.as_bytes());
        writer.record(record);
        writer.finish()
    }

    /// All that an evaluation says.
    pub(super) fn of_evaluation(evaluation: &Evaluation) -> Digest {
        let mut writer = Writer::default();
        writer.text("leadql evaluation 1");
        writer.evaluation(evaluation);
        writer.finish()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(f, &self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = hex::read(&text).ok_or("not a digest: 64 hex digits belong here");
        bytes.map(Digest).map_err(serde::de::Error::custom)
    }
}

#[derive(Default)]
struct Writer(Sha256);

impl Writer {
    fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }

    fn bytes(&mut self, bytes: &[u8; 32]) {
        self.0.update(bytes);
    }

    fn number(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn texts<'t>(&mut self, texts: impl ExactSizeIterator<Item = &'t String>) {
        self.count(texts.len());
        texts.for_each(|text| self.text(text));
    }

    fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(i64::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn instant(&mut self, at: DateTime<Utc>) {
        self.number(at.timestamp_micros());
    }

    fn fingerprint(&mut self, fingerprint: &Fingerprint) {
        self.bytes(fingerprint.as_bytes());
    }

    fn record(&mut self, record: &Record) {
        self.0.update(record.sequence.to_le_bytes());
        self.text(&record.lead);
        self.instant(record.at);
        self.text(record.what.as_str());
        self.text(record.from.as_str());
        self.text(record.to.as_str());
        self.maybe(record.by.person(), Self::text);
        self.maybe(record.why.as_ref(), Self::why);
        self.texts(record.entered.iter());
        self.texts(record.left.iter());
        self.count(record.bands.len());
        for change in &record.bands {
            self.text(&change.score);
            self.maybe(change.from.as_deref(), Self::text);
            self.maybe(change.to.as_deref(), Self::text);
        }
        self.maybe(record.due, Self::instant);
        self.maybe(record.evaluation.as_ref(), Self::observed);
        self.count(record.strongest.len());
        for rule in &record.strongest {
            self.text(&rule.score);
            self.text(&rule.rule);
            self.number(rule.points.thousandths());
            self.text(&rule.says);
        }
        self.fingerprint(&record.fingerprint);
    }

    fn why(&mut self, why: &Why) {
        match why {
            Why::Gate { gate, reason } => {
                self.text("gate");
                self.text(gate.name());
                self.maybe(reason.as_deref(), Self::text);
            }
            Why::Reason(reason) => {
                self.text("reason");
                self.text(reason.as_str());
                self.maybe(reason.own(), Self::text);
            }
            Why::Override(why) => {
                self.text("override");
                self.text(why);
            }
            Why::Due(due) => {
                self.text("due");
                self.instant(*due);
            }
            Why::Bant(change) => {
                self.text("bant");
                self.text(change.item.as_str());
                self.text(change.from.as_str());
                self.text(change.to.as_str());
            }
            Why::Before(fingerprint) => {
                self.text("before");
                self.fingerprint(fingerprint);
            }
            Why::Since(since) => {
                self.text("since");
                self.maybe(*since, Self::instant);
            }
        }
    }

    fn observed(&mut self, observed: &Observed) {
        self.instant(observed.at);
        self.fingerprint(&observed.fingerprint);
        self.count(observed.scores.len());
        for (name, points) in &observed.scores {
            self.text(name);
            self.number(points.thousandths());
        }
        self.bytes(observed.digest.as_bytes());
    }

    /// Names follow from the fingerprint, so that numbers are enough.
    fn evaluation(&mut self, evaluation: &Evaluation) {
        let outcome = evaluation.outcome();
        self.fingerprint(&evaluation.rules().fingerprint);
        self.text(evaluation.lead_id());
        self.instant(evaluation.at());
        self.text(evaluation.stage_before().as_str());
        self.maybe(evaluation.stage_before_since(), Self::instant);
        self.count(outcome.scores.len());
        outcome.scores.iter().for_each(|points| self.number(points.thousandths()));
        self.count(outcome.bands.len());
        for band in &outcome.bands {
            self.maybe(*band, |writer, band| writer.number(i64::from(band.0)));
        }
        self.count(outcome.segments.len());
        outcome.segments.iter().for_each(|is_in| self.number(i64::from(*is_in)));
        let gates = &outcome.gates;
        for holds in [gates.mql, gates.revert, gates.sql, gates.recycle] {
            self.number(i64::from(holds));
        }
        self.maybe(gates.disqualify, Self::count);
        self.text(outcome.stage.as_str());
        self.maybe(outcome.valid_until, |writer, until| writer.number(until.micros()));
    }
}
