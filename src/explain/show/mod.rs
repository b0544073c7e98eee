//! Renderings of an explanation: text for a terminal, Markdown for a note. JSON is its serde form.
//!
//! All read nothing but the [`Explanation`](super::Explanation); what matters most is picked once, in `digest`,
//! so that both say the same in the same order.

mod digest;
mod markdown;
mod page;
mod phrases;
mod text;

pub(crate) use digest::{Reason, pulls_down, speaks_for, strongest};
pub(crate) use markdown::escaped;
pub(super) use markdown::markdown;
pub(crate) use page::Page;
pub(super) use phrases::change;
pub(crate) use phrases::{band, in_short, origin, signed, stage, validity};
pub(super) use text::{gate, score, segment, text};
