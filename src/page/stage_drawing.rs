//! The stages as a picture: a fixed map of the seven stages, with an arrow for each step that this rule set knows.
//!
//! The steps come with the numbers that the list below the picture has them under, so that the picture needs no
//! text but the stages' names and reads on a telephone. Automatic steps are solid, what people do is dashed.

use std::fmt::Write as _;

use crate::lead::Stage;
use crate::qualification::Trigger;

/// A step of the drawing.
pub(super) struct DrawnStep {
    pub(super) number: usize,
    pub(super) trigger: Trigger,
    pub(super) automatic: bool,
    pub(super) from: Vec<Stage>,
    pub(super) to: Vec<Stage>,
}

/// The steps, and the same as a Mermaid drawing for pages that cannot hold this one.
pub(super) struct StageDrawing {
    pub(super) steps: Vec<DrawnStep>,
    pub(super) mermaid: String,
}

const LEFT: u32 = 14;
const WIDTH: u32 = 408;
const HEIGHT: u32 = 526;
const BOX: (u32, u32) = (126, 42);

/// Where an arrow runs: its path, where its number stands, and which way its head points.
struct Route {
    path: &'static str,
    badge: (u32, u32),
    head: (u32, u32, Way),
}

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
    Left,
    Right,
}

impl StageDrawing {
    pub(super) fn svg(&self) -> String {
        let mut svg = format!(
            "<svg class=\"stages\" viewBox=\"{LEFT} 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-label=\"The stages and the steps between them, by number; the list tells them in words\">\n"
        );
        // OK because writing to a String does not fail.
        for stage in Stage::ALL {
            let (x, y) = place(stage);
            let (left, top, baseline) = (x - BOX.0 / 2, y - BOX.1 / 2, y + 5);
            let _ = writeln!(
                svg,
                "<rect class=\"stage-{stage}\" x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" rx=\"9\"/>\
                 <text class=\"stage\" x=\"{x}\" y=\"{baseline}\">{}</text>",
                BOX.0,
                BOX.1,
                title(stage)
            );
        }
        let mut badges = String::new();
        let mut note = false;
        for step in &self.steps {
            let routes = step.routes();
            note |= step.trigger == Trigger::Disqualify;
            for Route { path, badge, head } in routes {
                let line = if step.automatic { "by-rules" } else { "by-people" };
                let _ = writeln!(svg, "<path class=\"arrow {line}\" d=\"{path}\"/>{}", arrow_head(head));
                let (x, y) = badge;
                let _ = writeln!(
                    badges,
                    "<circle class=\"badge\" cx=\"{x}\" cy=\"{y}\" r=\"11\"/>\
                     <text class=\"number\" x=\"{x}\" y=\"{}\">{}</text>",
                    y + 4,
                    step.number
                );
            }
        }
        if note {
            svg.push_str("<text class=\"note\" x=\"337\" y=\"428\">any but customer</text>\n");
        }
        svg.push_str(&badges);
        svg.push_str("</svg>");
        svg
    }
}

impl DrawnStep {
    fn routes(&self) -> Vec<Route> {
        let mut routes = Vec::new();
        if self.trigger == Trigger::Disqualify {
            // From nearly everywhere: one arrow from a note that says so.
            routes.push(if self.automatic {
                Route { path: "M300 436V470", badge: (300, 450), head: (300, 479, Way::Down) }
            } else {
                Route { path: "M374 436V470", badge: (374, 450), head: (374, 479, Way::Down) }
            });
            return routes;
        }
        for from in &self.from {
            routes.extend(self.to.iter().filter_map(|to| route(self.trigger, *from, *to)));
        }
        routes
    }
}

/// The way of a step between two stages.
fn route(trigger: Trigger, from: Stage, to: Stage) -> Option<Route> {
    use Stage::{Customer, Disqualified, Lead, Mql, Recycled, Sal, Sql};
    let (path, badge, head) = match (trigger, from, to) {
        (Trigger::Promote, Lead, Mql) => ("M57 61V120", (57, 92), (57, 129, Way::Down)),
        (Trigger::Revert, Mql, Lead) => ("M109 129V70", (109, 98), (109, 61, Way::Up)),
        (Trigger::Recycle, Lead, Recycled) => ("M146 48H308V120", (212, 48), (308, 129, Way::Down)),
        (Trigger::Recycle, Mql, Recycled) => ("M146 140H265", (182, 140), (274, 140, Way::Right)),
        (Trigger::Promote, Recycled, Mql) => ("M274 160H155", (238, 160), (146, 160, Way::Left)),
        (Trigger::Accept, Mql, Sal) => ("M70 171V230", (70, 202), (70, 239, Way::Down)),
        (Trigger::Reject, Mql, Recycled) => ("M118 171V196H296V180", (264, 196), (296, 171, Way::Up)),
        (Trigger::Reject, Mql, Disqualified) => {
            ("M118 171V196H224V500H265", (224, 318), (274, 500, Way::Right))
        }
        (Trigger::Qualify, Sal, Sql) => ("M83 281V340", (83, 312), (83, 349, Way::Down)),
        (Trigger::SendBack, Sal, Recycled) => ("M146 260H322V180", (186, 260), (322, 171, Way::Up)),
        (Trigger::SendBack, Sql, Recycled) => ("M146 370H348V180", (186, 370), (348, 171, Way::Up)),
        (Trigger::Win, Sql, Customer) => ("M83 391V470", (83, 430), (83, 479, Way::Down)),
        (Trigger::Reopen, Recycled, Lead) => ("M366 129V28H155", (272, 28), (146, 28, Way::Left)),
        (Trigger::Reopen, Disqualified, Lead) => ("M400 500H409V8H83V10", (409, 300), (83, 19, Way::Down)),
        _ => return None,
    };
    Some(Route { path, badge, head })
}

/// Where the middle of a stage's box is.
const fn place(stage: Stage) -> (u32, u32) {
    match stage {
        Stage::Lead => (83, 40),
        Stage::Mql => (83, 150),
        Stage::Sal => (83, 260),
        Stage::Sql => (83, 370),
        Stage::Customer => (83, 500),
        Stage::Recycled => (337, 150),
        Stage::Disqualified => (337, 500),
    }
}

/// A stage as people write it.
pub(super) const fn title(stage: Stage) -> &'static str {
    match stage {
        Stage::Mql => "MQL",
        Stage::Sal => "SAL",
        Stage::Sql => "SQL",
        other => other.as_str(),
    }
}

/// A head with its tip at a place.
fn arrow_head((x, y, way): (u32, u32, Way)) -> String {
    let shape = match way {
        Way::Up => "l-6 11h12z",
        Way::Down => "l-6 -11h12z",
        Way::Left => "l11 -6v12z",
        Way::Right => "l-11 -6v12z",
    };
    format!("<path class=\"head\" d=\"M{x} {y}{shape}\"/>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qualification::STEPS;

    #[test]
    fn every_step_of_the_table_has_its_way() {
        for step in STEPS {
            let drawn = DrawnStep {
                number: 1,
                trigger: step.trigger,
                automatic: step.automatic,
                from: step.from.to_vec(),
                to: step.to.to_vec(),
            };
            let ways = if step.trigger == Trigger::Disqualify { 1 } else { step.from.len() * step.to.len() };
            assert_eq!(drawn.routes().len(), ways, "{}", step.trigger.as_str());
        }
    }
}
