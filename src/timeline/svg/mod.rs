//! The picture of a timeline: an SVG document that reads on a light and on a dark page, narrow and wide.
//!
//! A timeline goes in, text comes out: stages as a ribbon on top, below it a panel for each score with its
//! line and the bounds of its bands, then one axis of time for all, and a legend. The document brings its own
//! surface, so that no page behind it can make it unreadable, and an embedded style in which everything is
//! named below `leadql-timeline`, so that inside a page it touches nothing else. On a narrow page text is
//! larger in relation; places are measured for that size. It has no ids, so a page may show several.

mod time_axis;
mod trace;
mod value_axis;

use std::fmt::{self, Write};

use super::Timeline;
use crate::decimal::Points;
use crate::lead::Stage;
use crate::model::Score;
use crate::xml::{At, Escaped, cut};
use time_axis::{Tick, ticks};
use trace::{COLUMNS, Stay, TimeScale, Trace, Traces};
use value_axis::{ValueScale, short};

const STYLE: &str = include_str!("style.css");

// All measures are in the document's own units, of which it is 800 wide.
const WIDTH: f64 = 800.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = LEFT + COLUMNS as f64 / 4.0;
const RIBBON_TOP: f64 = 82.0;
const RIBBON_HEIGHT: f64 = 32.0;
/// From the upper end of a panel's name to its lower edge.
const PANEL_HEIGHT: f64 = 178.0;
const PLOT_HEIGHT: f64 = 128.0;
const PANELS_TOP: f64 = RIBBON_TOP + RIBBON_HEIGHT + 8.0;
/// How wide a character of normal text is at most: on a wide page, and on a narrow one.
const LETTER: f64 = 8.5;
const LARGE_LETTER: f64 = 13.0;
/// How far apart lines of text have to be on a wide page, and on a narrow one.
const LINE: f64 = 16.0;
const LARGE_LINE: f64 = 24.0;
/// How many stays are told in words.
const TOLD_STAYS: usize = 12;

/// A picture of the whole timeline.
pub(super) fn draw(timeline: &Timeline<'_>) -> String {
    let scale = TimeScale { start: timeline.start, end: timeline.end };
    let mut traces = Traces::default();
    timeline.each_outcome(|at, outcome| traces.push(scale, at, outcome));
    let model = &timeline.rules.compiled.model;
    let picture = Picture { timeline, scores: &model.scores, traces, scale, text: String::new() };
    picture.drawn()
}

struct Picture<'t> {
    timeline: &'t Timeline<'t>,
    scores: &'t [Score],
    traces: Traces,
    scale: TimeScale,
    text: String,
}

/// The x of a column.
fn x(column: u32) -> f64 {
    LEFT + f64::from(column) / 4.0
}

impl Picture<'_> {
    fn drawn(mut self) -> String {
        let panels = self.scores.len() as f64;
        let axis = PANELS_TOP + panels * PANEL_HEIGHT;
        let height = axis + 134.0;
        self.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             class=\"leadql-timeline\">\n"
        ));
        self.describe();
        self.add(format_args!("<style>\n{STYLE}</style>\n"));
        self.add(format_args!(
            "<rect class=\"surface\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n",
            WIDTH - 1.0,
            height - 1.0
        ));
        self.heading();
        self.time_axis(axis);
        self.turns(axis);
        self.ribbon();
        let traces = std::mem::take(&mut self.traces.scores);
        let mut top = PANELS_TOP;
        for (score, trace) in self.scores.iter().zip(&traces) {
            self.panel(score, trace, top);
            top += PANEL_HEIGHT;
        }
        self.legend(axis + 88.0);
        self.add(format_args!("</svg>\n"));
        self.text
    }

    fn add(&mut self, text: fmt::Arguments<'_>) {
        // OK because writing to a String never fails.
        let _ = self.text.write_fmt(text);
    }

    /// What the picture is called, and what it shows in words, for those who cannot see it.
    fn describe(&mut self) {
        let (start, end) = (self.scale.start, self.scale.end);
        let mut told = format!("From {start} to {end}. Stage: ");
        let stays = &self.traces.stays;
        for (number, stay) in stays.iter().take(TOLD_STAYS).enumerate() {
            let _ = match number {
                0 => write!(told, "{}", stay.stage),
                _ => write!(told, ", {} from {}", stay.stage, stay.since),
            };
        }
        if let Some(more) = stays.len().checked_sub(TOLD_STAYS).filter(|more| *more > 0) {
            let _ = write!(told, ", and {more} more");
        }
        told.push('.');
        for (score, trace) in self.scores.iter().zip(&self.traces.scores) {
            let (low, high) = trace.range();
            let _ = write!(told, " Score {}: at the end {}", cut(&score.name, 60), trace.last());
            if low < high {
                let _ = write!(told, ", lowest {low}, highest {high}");
            }
            told.push('.');
        }
        let title = self.title();
        self.add(format_args!("<title>{}</title>\n<desc>{}</desc>\n", Escaped(title), Escaped(told)));
    }

    fn title(&self) -> String {
        let lead = match self.timeline.id {
            "" => "A lead".to_owned(),
            id => format!("Lead {}", cut(id, 24)),
        };
        match self.timeline.rules.name() {
            Some(rules) => cut(&format!("{lead} · {rules}"), 42),
            None => lead,
        }
    }

    fn heading(&mut self) {
        let title = self.title();
        let day = |at: crate::time::Instant| {
            let text = at.to_string();
            text.strip_suffix("T00:00:00Z").map_or(text.clone(), str::to_owned)
        };
        let (start, end) = (day(self.scale.start), day(self.scale.end));
        self.add(format_args!("<text class=\"title\" x=\"{LEFT}\" y=\"36\">{}</text>\n", Escaped(title)));
        self.add(format_args!("<text class=\"quiet\" x=\"{LEFT}\" y=\"64\">{start} to {end}, UTC</text>\n"));
    }

    /// The stays in their stages, each with its name where there is room for it.
    fn ribbon(&mut self) {
        let stays = std::mem::take(&mut self.traces.stays);
        for (stay, next) in stays.iter().zip(stays.iter().skip(1).map(Some).chain([None])) {
            let Stay { stage, since, .. } = stay;
            let (from, to) = (x(stay.column), next.map_or(RIGHT, |next| x(next.column)));
            // A fine gap to the next; the narrowest are still seen, also one that begins at the very end.
            let gap = if next.is_some() && to - from > 2.0 { 1.0 } else { 0.0 };
            let from = if next.is_none() { from.min(RIGHT - 2.0) } else { from };
            self.add(format_args!(
                "<rect class=\"stage-{stage}\" x=\"{}\" y=\"{RIBBON_TOP}\" width=\"{}\" height=\"{RIBBON_HEIGHT}\">",
                At(from),
                At(to - from - gap)
            ));
            let until = next.map_or(String::new(), |next| format!(" until {}", next.since));
            self.add(format_args!("<title>{stage} from {since}{until}</title></rect>\n"));
            let room = to - from - 12.0;
            let letters = stage.as_str().len() as f64;
            if room >= letters * LETTER {
                let class = if room >= letters * LARGE_LETTER { "on-stage" } else { "on-stage wide" };
                let (middle, baseline) = (At((from + to) / 2.0), RIBBON_TOP + 22.0);
                self.add(format_args!(
                    "<text class=\"{class} middle\" x=\"{middle}\" y=\"{baseline}\">{stage}</text>\n"
                ));
            }
        }
        self.traces.stays = stays;
    }

    /// A fine line through all panels wherever the stage changes.
    fn turns(&mut self, bottom: f64) {
        let mut path = String::new();
        for stay in self.traces.stays.iter().skip(1) {
            let _ = write!(path, "M{} {}V{bottom}", At(x(stay.column)), RIBBON_TOP + RIBBON_HEIGHT);
        }
        if !path.is_empty() {
            self.add(format_args!("<path class=\"turn\" d=\"{path}\"/>\n"));
        }
    }

    fn panel(&mut self, score: &Score, trace: &Trace, top: f64) {
        let values = ValueScale::of(score, trace.range());
        let bottom = top + PANEL_HEIGHT;
        let y = |height: f64| bottom - height * PLOT_HEIGHT;
        let first = trace.steps.first().map_or(Points::ZERO, |step| step.last);
        let ((lowest, highest), last) = (trace.range(), trace.last());
        let mut figures = if first == last { last.to_string() } else { format!("{first} → {last}") };
        if highest > first.max(last) {
            let _ = write!(figures, "<tspan class=\"wide\">, highest {highest}</tspan>");
        }
        if lowest < first.min(last) {
            let _ = write!(figures, "<tspan class=\"wide\">, lowest {lowest}</tspan>");
        }
        let baseline = top + 36.0;
        self.add(format_args!(
            "<text class=\"name\" x=\"{LEFT}\" y=\"{baseline}\">{}</text>\n\
             <text class=\"end\" x=\"{RIGHT}\" y=\"{baseline}\">{figures}</text>\n",
            cut(&score.name, 28)
        ));
        self.line(values, trace, bottom);
        for (value, height) in [(values.high, 1.0), (values.low, 0.0)] {
            let (edge, baseline) = (LEFT - 8.0, y(height) + if height > 0.0 { 11.0 } else { 0.0 });
            self.add(format_args!(
                "<text class=\"quiet end\" x=\"{edge}\" y=\"{baseline}\">{}</text>\n",
                short(value)
            ));
        }
        self.bands(score, values, bottom);
        let ground = At(y(values.height(Points::ZERO).clamp(0.0, 1.0)));
        self.add(format_args!("<path class=\"frame\" d=\"M{LEFT} {ground}H{RIGHT}\"/>\n"));
    }

    /// The score itself, and the area between it and 0.
    fn line(&mut self, values: ValueScale, trace: &Trace, bottom: f64) {
        let y = |points| At(bottom - values.height(points) * PLOT_HEIGHT);
        let Some(first) = trace.steps.first() else { return };
        let mut path = String::new();
        let _ = write!(path, "M{} {}", At(x(first.column)), y(first.last));
        for step in trace.steps.iter().skip(1) {
            let _ = write!(path, "H{}", At(x(step.column)));
            if step.low < step.high {
                let _ = write!(path, "V{}V{}", y(step.low), y(step.high));
            }
            let _ = write!(path, "V{}", y(step.last));
        }
        let _ = write!(path, "H{RIGHT}");
        let ground = At(bottom - values.height(Points::ZERO).clamp(0.0, 1.0) * PLOT_HEIGHT);
        self.add(format_args!("<path class=\"area\" d=\"{path}V{ground}H{LEFT}Z\"/>\n"));
        self.add(format_args!("<path class=\"line\" d=\"{path}\"/>\n"));
    }

    /// The bounds of the bands, each with its name above it where there is room.
    fn bands(&mut self, score: &Score, values: ValueScale, bottom: f64) {
        let (mut last, mut last_large) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
        let mut path = String::new();
        let mut names = String::new();
        for band in &score.bands {
            let bound = band.at_least.unwrap_or(values.low);
            if !values.holds(bound) {
                continue;
            }
            let y = bottom - values.height(bound) * PLOT_HEIGHT;
            if band.at_least.is_some() {
                let _ = write!(path, "M{LEFT} {}H{RIGHT}", At(y));
            }
            // Highest first, so heights on the page go down.
            if y - last < LINE {
                continue;
            }
            last = y;
            let class = if y - last_large < LARGE_LINE {
                "bound wide"
            } else {
                last_large = y;
                "bound"
            };
            let (left, baseline, name) = (LEFT + 8.0, At(y - 4.0), cut(&band.name, 24));
            let _ = match band.at_least {
                Some(at_least) => {
                    writeln!(
                        names,
                        "<text class=\"{class}\" x=\"{left}\" y=\"{baseline}\">{name} ≥ {at_least}</text>"
                    )
                }
                None => {
                    writeln!(names, "<text class=\"{class}\" x=\"{left}\" y=\"{baseline}\">{name}</text>")
                }
            };
        }
        if !path.is_empty() {
            self.add(format_args!("<path class=\"threshold\" d=\"{path}\"/>\n"));
        }
        self.text.push_str(&names);
    }

    fn time_axis(&mut self, bottom: f64) {
        let mut path = String::new();
        let mut labels = String::new();
        for tick in ticks(self.scale.start, self.scale.end, 8) {
            let x = x(self.scale.column(tick.at));
            let _ = write!(path, "M{} {}V{}", At(x), PANELS_TOP, bottom + 6.0);
            // Text in the middle below its mark, unless it would leave the picture.
            let place = |text: &str| {
                let half = text.chars().count() as f64 * LARGE_LETTER / 2.0;
                match x {
                    x if x - half < 0.0 => "",
                    x if x + half > WIDTH => " end",
                    _ => " middle",
                }
            };
            let Tick { label, context, .. } = &tick;
            let _ = writeln!(
                labels,
                "<text class=\"quiet{}\" x=\"{}\" y=\"{}\">{label}</text>",
                place(label),
                At(x),
                bottom + 28.0
            );
            if let Some(context) = context {
                let _ = writeln!(
                    labels,
                    "<text class=\"quiet{}\" x=\"{}\" y=\"{}\">{context}</text>",
                    place(context),
                    At(x),
                    bottom + 52.0
                );
            }
        }
        self.add(format_args!("<path class=\"tick\" d=\"{path}\"/>\n"));
        self.text.push_str(&labels);
    }

    fn legend(&mut self, baseline: f64) {
        let shown = |stage: &Stage| self.traces.stays.iter().any(|stay| stay.stage == *stage);
        let mut stages = String::new();
        for stage in Stage::ALL.into_iter().filter(shown) {
            let _ = write!(stages, "<tspan class=\"stage-{stage}\">■</tspan> {stage} \u{2003}");
        }
        let stages = stages.trim_end();
        self.add(format_args!("<text class=\"quiet\" x=\"{LEFT}\" y=\"{baseline}\">{stages}</text>\n"));
        let below = baseline + 28.0;
        self.add(format_args!(
            "<text class=\"quiet\" x=\"{LEFT}\" y=\"{below}\"><tspan class=\"key-line\">━━</tspan> score \u{2003}\
             ╌╌ where a band begins \u{2003}┊ change of stage</text>\n"
        ));
    }
}

#[cfg(test)]
mod tests;
