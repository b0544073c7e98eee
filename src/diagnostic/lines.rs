//! Lines of many places, found without looking through the files for each.

use super::{Place, Sources};

/// Where the line breaks of every file are, so that many places cost no more than one look through the files.
pub(crate) struct Lines {
    breaks: Vec<Vec<usize>>,
}

impl Lines {
    pub(crate) fn of(sources: &Sources) -> Lines {
        let breaks = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect();
        Lines { breaks: sources.iter().map(|source| breaks(&source.text)).collect() }
    }

    /// The line that a place starts on, from 1.
    pub(crate) fn line(&self, place: Place) -> usize {
        let breaks = self.breaks.get(place.file.0 as usize);
        breaks.map_or(1, |breaks| breaks.partition_point(|at| *at < place.span.start) + 1)
    }
}
