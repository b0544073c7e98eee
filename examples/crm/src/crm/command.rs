//! What people do to a lead, read from a request.

use chrono::{DateTime, Utc};
use leadql::qualification::{Answer, BantItem, Trigger};
use leadql::{Qualification, QualificationError, Reason, Record, Stage};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// What somebody does.
pub(crate) struct Command {
    pub(crate) by: String,
    pub(crate) deed: Deed,
}

pub(crate) enum Deed {
    Accept,
    Reject {
        reason: Reason,
        to: Stage,
    },
    /// `why` is there where the criterion need not hold.
    Qualify {
        why: Option<String>,
    },
    SendBack {
        reason: Reason,
    },
    Win,
    Disqualify {
        reason: Reason,
    },
    Reopen,
    Answer {
        item: BantItem,
        answer: Answer,
    },
}

/// Every command, as addresses have it.
const NAMES: [&str; 8] = ["accept", "reject", "qualify", "send-back", "win", "disqualify", "reopen", "bant"];

/// The command that sets a step off, as addresses have it.
pub(crate) fn name_of(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::SendBack => "send-back",
        other => other.as_str(),
    }
}

impl Command {
    /// Reads the command called `name`; none if there is no such command.
    pub(crate) fn read(name: &str, body: Value) -> Result<Option<Command>, Failure> {
        let Some(name) = NAMES.into_iter().find(|known| *known == name.replace('_', "-")) else {
            return Ok(None);
        };
        let Value::Object(body) = body else {
            return Err(Failure::bad_request("an object belongs here: {\"by\": \"dana\"}"));
        };
        let mut fields = Fields(body);
        let by = fields.text("by", "the name of whoever does this")?;
        let deed = match name {
            "accept" => Deed::Accept,
            "reject" => {
                let reason = fields.reason()?;
                let to = fields.destination(&reason)?;
                Deed::Reject { reason, to }
            }
            "qualify" => Deed::Qualify { why: fields.optional_text("why")? },
            "send-back" => Deed::SendBack { reason: fields.reason()? },
            "win" => Deed::Win,
            "disqualify" => Deed::Disqualify { reason: fields.reason()? },
            "reopen" => Deed::Reopen,
            _ => Deed::Answer {
                item: fields.one_of("item", &BantItem::ALL, BantItem::as_str)?,
                answer: fields.one_of(
                    "answer",
                    &[Answer::Confirmed, Answer::Denied, Answer::Unknown],
                    Answer::as_str,
                )?,
            },
        };
        fields.none_left()?;
        Ok(Some(Command { by, deed }))
    }

    /// Gives the command. Qualifying by the criterion needs an evaluation besides, and is not done here.
    pub(super) fn give(
        &self,
        to: &mut Qualification,
        now: DateTime<Utc>,
    ) -> Result<Record, QualificationError> {
        let by = &self.by;
        match &self.deed {
            Deed::Accept => to.accept(now, by),
            Deed::Reject { reason, to: stage } => to.reject(reason.clone(), *stage, now, by),
            Deed::Qualify { why } => to.qualify_anyway(why.as_deref().unwrap_or_default(), now, by),
            Deed::SendBack { reason } => to.send_back(reason.clone(), now, by),
            Deed::Win => to.win(now, by),
            Deed::Disqualify { reason } => to.disqualify(reason.clone(), now, by),
            Deed::Reopen => to.reopen(now, by),
            Deed::Answer { item, answer } => to.answer(*item, *answer, now, by),
        }
    }
}

/// The fields of a body, each taken out as it is read.
struct Fields(Map<String, Value>);

impl Fields {
    fn optional_text(&mut self, field: &str) -> Result<Option<String>, Failure> {
        match self.0.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(field, &other, "a text")),
        }
    }

    fn text(&mut self, field: &str, expected: &str) -> Result<String, Failure> {
        self.optional_text(field)?
            .ok_or_else(|| Failure::bad(field, format!("{field} is missing: {expected} belongs there")))
    }

    /// One of the things that `all` lists, by its name.
    fn one_of<T: Copy>(&mut self, field: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, Failure> {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        let expected = format!("one of {}", names.join(", "));
        let text = self.text(field, &expected)?;
        let found = all.iter().copied().find(|one| name(*one) == text);
        found.ok_or_else(|| wrong(field, &text.into(), &expected))
    }

    /// A reason of the closed set by its name, or one's own as `{"other": "…"}`.
    fn reason(&mut self) -> Result<Reason, Failure> {
        let names: Vec<&str> = Reason::COMMON.iter().map(Reason::as_str).collect();
        let expected = format!("one of {}, or {{\"other\": \"…\"}},", names.join(", "));
        match self.0.remove("reason") {
            None | Some(Value::Null) => {
                Err(Failure::bad("reason", format!("reason is missing: {expected} belongs there")))
            }
            Some(found) => {
                serde_json::from_value(found.clone()).map_err(|_| wrong("reason", &found, &expected))
            }
        }
    }

    /// Where a rejected lead goes: what the caller says, or what the reason recommends.
    fn destination(&mut self, reason: &Reason) -> Result<Stage, Failure> {
        if self.0.get("to").is_none_or(Value::is_null) {
            self.0.remove("to");
            return Ok(if reason.may_heal() { Stage::Recycled } else { Stage::Disqualified });
        }
        self.one_of("to", &[Stage::Recycled, Stage::Disqualified], Stage::as_str)
    }

    /// Whatever is left is a slip.
    fn none_left(self) -> Result<(), Failure> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(field) => Err(Failure::bad(field, format!("{field:?} is not known to this command"))),
        }
    }
}

fn wrong(field: &str, found: &Value, expected: &str) -> Failure {
    const LONGEST: usize = 60;
    let mut found = found.to_string();
    if let Some((end, _)) = found.char_indices().nth(LONGEST) {
        found.truncate(end);
        found.push('…');
    }
    Failure::bad(field, format!("{field}: found {found} where {expected} belongs"))
}
