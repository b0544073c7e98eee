//! Bands: named stretches of a score, the highest first.

use crate::decimal::Points;
use crate::diagnostic::{Code, Diagnostic, Place, few};
use crate::hash::QuickMap;
use crate::model::{Band, BandIndex, ScoreIndex};
use crate::syntax::ast::{BandEntry, Name, Span, StatementKind};
use crate::syntax::keyword;

use super::{Checker, Placed, each};

/// The bands of a score.
#[derive(Clone, Debug, Default)]
pub(super) struct Bands {
    /// The highest first.
    pub(super) list: Vec<Band>,
    /// By the name in lower case.
    ids: QuickMap<String, BandIndex>,
}

impl<'a> Checker<'a> {
    /// Takes in all band lists; gives the scores that have one, in the order of the lists.
    pub(super) fn declare_bands(&mut self, statements: &[Placed<'a>]) -> Vec<ScoreIndex> {
        let mut order: Vec<ScoreIndex> = Vec::new();
        let mut seen: QuickMap<ScoreIndex, Place> = QuickMap::default();
        let mut count = 0;
        for (file, span, (score, entries)) in each(statements, |statement| match statement {
            StatementKind::Band { score, bands } => Some((score, bands)),
            _ => None,
        }) {
            self.file = file;
            let bands = self.band_list(entries);
            for entry in entries {
                count += 1;
                self.over_limit(count, self.limits.definitions, "bands", entry.name.span);
            }
            let Some(id) = self.score_name(score) else {
                self.knows_all_bands = false;
                continue;
            };
            if let Some(first) = seen.get(&id) {
                let message = format!("the score `{}` has two band lists", score.node);
                let found = Diagnostic::new(Code::Duplicate, self.at(span), message, "again");
                self.report(found.also(*first, "first here").help("put all bands into one list"));
                continue;
            }
            seen.insert(id, self.at(span));
            self.bands.insert(id, bands);
            order.push(id);
        }
        order
    }

    fn band_list(&mut self, entries: &'a [BandEntry]) -> Bands {
        let mut bands = Bands::default();
        let mut names: QuickMap<String, Place> = QuickMap::default();
        let mut above: Option<(Points, Span)> = None;
        for (index, entry) in entries.iter().enumerate() {
            let name = &entry.name;
            let folded = name.node.to_ascii_lowercase();
            self.keyword_as_band(name, &folded);
            if let Some(first) = names.get(&folded) {
                self.duplicate(&name.node, *first, name.span, "two bands of one score have the same name");
            }
            names.entry(folded.clone()).or_insert(self.at(name.span));
            let at_least = entry.at_least.as_ref();
            let at_least = at_least.and_then(|bound| Some((self.points(bound)?, bound.span)));
            self.band_threshold(entry, index + 1 == entries.len());
            if let (Some((points, span)), Some((higher, first))) = (at_least, above)
                && points >= higher
            {
                let message =
                    format!("thresholds fall from band to band; {points} does not lie below {higher}");
                let found =
                    Diagnostic::new(Code::BadBounds, self.at(span), message, "not below the one before");
                self.report(found.also(self.at(first), "the one before").help("put the highest band first"));
            }
            above = at_least.or(above);
            if let Ok(id) = u32::try_from(bands.list.len()) {
                bands.ids.entry(folded).or_insert(BandIndex(id));
            }
            let at_least = at_least.map(|(points, _)| points);
            bands.list.push(Band { name: name.node.clone(), at_least, place: self.at(name.span) });
        }
        bands
    }

    /// Names that differ only in case are one, so `Best` is no more a name than `best`.
    fn keyword_as_band(&mut self, name: &Name, folded: &str) {
        if keyword::is_keyword(folded) {
            let message = format!("`{folded}` is a keyword, in any case, and cannot be the name of a band");
            let found = Diagnostic::new(Code::KeywordAsName, self.at(name.span), message, "a keyword");
            self.report(found.help(format!("take another name, such as `my_{folded}`")));
        }
    }

    /// All bands but the last have a threshold.
    fn band_threshold(&mut self, entry: &BandEntry, is_last: bool) {
        let name = &entry.name;
        let found = match (&entry.at_least, is_last) {
            (Some(bound), true) => {
                let message = "the last band takes whatever is left and has no threshold";
                let help = format!("write `{}` alone, or add a last band behind it: `cold`", name.node);
                let place = self.at(bound.span);
                Diagnostic::new(Code::BadBounds, place, message, "a threshold on the last band").help(help)
            }
            (None, false) => {
                let message =
                    format!("the band `{}` has no threshold, and only the last band has none", name.node);
                let help = format!("write `{} >= 50`, or put it last", name.node);
                let place = self.at(name.span);
                Diagnostic::new(Code::BadBounds, place, message, "a threshold is missing").help(help)
            }
            _ => return,
        };
        self.report(found);
    }

    /// A band of a score, the case of its letters ignored.
    pub(super) fn band(&mut self, name: &Name, score: ScoreIndex, band: &Name) -> Option<BandIndex> {
        let Some(bands) = self.bands.get(&score) else {
            // Otherwise there may be a list of its bands with an error that is told already.
            if !self.knows_all_bands {
                return None;
            }
            let message = format!("the score `{}` has no bands", name.node);
            let help = format!("define them: `band {} {{ {} >= 50, cold }}`", name.node, band.node);
            self.unknown(Code::UnknownBand, band, message, None, &help);
            return None;
        };
        if let Some(id) = bands.ids.get(&band.node.to_ascii_lowercase()) {
            return Some(*id);
        }
        let known = || bands.list.iter().map(|band| band.name.as_str());
        let message = format!("the score `{}` has no band `{}`", name.node, band.node);
        let help = format!("its bands are {}", few(known(), "and"));
        let nearest = self.nearest(&band.node, known()).map(str::to_owned);
        self.unknown(Code::UnknownBand, band, message, nearest, &help);
        None
    }
}
