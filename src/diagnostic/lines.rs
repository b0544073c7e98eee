//! Lines of places in the files of a rule set.

use super::position::Lines;
use super::{Place, Sources};

/// Every file's lines, so that many places cost no more than one look through the files.
pub(crate) struct SourceLines<'s> {
    files: Vec<Lines<'s>>,
}

impl<'s> SourceLines<'s> {
    pub(crate) fn of(sources: &'s Sources) -> Self {
        SourceLines { files: sources.iter().map(|source| Lines::of(&source.text)).collect() }
    }

    /// The line that a place starts on, from 1.
    pub(crate) fn line(&self, place: Place) -> usize {
        let lines = self.files.get(place.file.0 as usize);
        lines.map_or(1, |lines| lines.position(place.span.start).line)
    }

    /// Where the line starts, in bytes, that a place starts on.
    pub(crate) fn start(&self, place: Place) -> usize {
        self.files.get(place.file.0 as usize).map_or(0, |lines| lines.start(place.span.start))
    }
}
