//! What is known of the word at a place: its type, its meaning, a rule's points, a param's value, a band's bounds.

use std::path::Path;

use super::definitions::LOOSE_SCORE;
use super::documents::{code, comment_above, plain};
use super::occurrences::{Key, Occurrence};
use super::reading::{Reading, word_at};
use super::{Hover, Kind, Workspace, meanings, words};
use crate::diagnostic::{FileId, Place};
use crate::syntax::ast::{
    Ast, BandEntry, Group, LetValue, Member, Rule, Span, StatementKind, Value, ValueKind,
};
use crate::vocabulary::{EventKind, Type};

impl Workspace {
    /// What is known of what stands at a place; none where there is nothing to say.
    pub fn hover(&mut self, path: &Path, offset: usize) -> Option<Hover> {
        let (reading, file) = self.reading(path)?;
        let (span, text) = about(reading, file, offset)?;
        Some(Hover { range: span.start..span.end, text })
    }
}

fn about(reading: &Reading, file: FileId, offset: usize) -> Option<(Span, String)> {
    let found = reading.at(file, offset);
    if let Some(first) = found.first() {
        let told: Vec<String> = found.iter().filter_map(|found| occurrence(reading, found)).collect();
        return (!told.is_empty()).then(|| (first.place.span, told.join("\n\n---\n\n")));
    }
    let text = reading.text(file);
    let tree = reading.tree(file)?;
    let in_comment = tree.comments.iter().any(|comment| comment.start <= offset && offset <= comment.end);
    if in_comment || offset > text.len() {
        return None;
    }
    let span = word_at(text, offset);
    let word = text.get(span.start..span.end)?;
    if let Some(rule) = rule_at(tree, offset)
        && (word.is_empty() || meanings::keyword(word).is_none())
    {
        return Some((rule.span, words::rule(reading, file, rule)));
    }
    // In a statement that does not parse yet, a word is at least known by its name.
    if reading.definitions.kind(word).is_some() && !is_parsed(tree, offset) {
        return Some((span, name(reading, word)?));
    }
    let meaning = meanings::keyword(word).filter(|_| !in_text(text, span))?;
    Some((span, format!("{} keyword\n\n{meaning}", code(word))))
}

/// Whether a place belongs to a statement that parsed.
pub(super) fn is_parsed(tree: &Ast, offset: usize) -> bool {
    let behind = tree.statements.partition_point(|statement| statement.span.start <= offset);
    let last = behind.checked_sub(1).and_then(|last| tree.statements.get(last));
    last.is_some_and(|statement| offset <= statement.span.end)
}

/// Whether a word stands in a text in quotes: after an odd number of quotes on its line.
pub(super) fn in_text(text: &str, word: Span) -> bool {
    let before = text.get(..word.start).unwrap_or("");
    let line = before.rfind('\n').map_or(before, |newline| before.get(newline + 1..).unwrap_or(""));
    let mut inside = false;
    let mut bytes = line.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if inside => {
                bytes.next();
            }
            b'"' => inside = !inside,
            b'#' if !inside => return true,
            _ => {}
        }
    }
    inside
}

/// The rule that a place belongs to.
fn rule_at(tree: &Ast, offset: usize) -> Option<&Rule> {
    let holds = |span: Span| span.start <= offset && offset <= span.end;
    let behind = tree.statements.partition_point(|statement| statement.span.start <= offset);
    let statement = tree.statements.get(behind.checked_sub(1)?)?;
    let in_group = |group: &'_ Group| group.rules.iter().position(|rule| holds(rule.span));
    match &statement.node {
        StatementKind::Rule(rule) => holds(rule.span).then_some(rule),
        StatementKind::Group(group) => in_group(group).and_then(|at| group.rules.get(at)),
        StatementKind::Score(block) => block.members.iter().find_map(|member| match member {
            Member::Rule(rule) => holds(rule.span).then_some(rule),
            Member::Group(group) => in_group(group).and_then(|at| group.rules.get(at)),
        }),
        _ => None,
    }
}

fn occurrence(reading: &Reading, found: &Occurrence) -> Option<String> {
    match &found.key {
        Key::Name(word) => name(reading, word),
        Key::Band { score, band } => self::band(reading, score, band),
        Key::Symbol { attribute, symbol } => {
            let Some(Type::OneOf(symbols)) = reading.definitions.attributes.get(attribute) else {
                return None;
            };
            let written = symbols.iter().find(|known| known.eq_ignore_ascii_case(symbol))?;
            Some(format!("{} value of {}\n\n{}", code(written), code(attribute), listed(symbols)))
        }
        Key::Property { kind, property } => {
            let known = reading.definitions.kinds.get(kind)?;
            let property = known.property(known.property_id(property)?)?;
            let of = type_in_words(&property.of);
            Some(format!("{} property of {}\n\n{of}", code(&property.name), code(kind)))
        }
        Key::Rule { .. } => {
            let tree = reading.tree(found.place.file)?;
            let rule = rule_at(tree, found.place.span.start)?;
            let text = words::rule(reading, found.place.file, rule);
            Some(with_comment(reading, found.place, &text))
        }
        Key::Group { .. } => Some(with_comment(reading, found.place, "a group of rules")),
        Key::Subject { kind, subject } => {
            let known = reading.definitions.kinds.get(kind)?;
            let uses = reading.occurrences.iter().filter(|other| other.key == found.key).count();
            let times = if uses == 1 { "once".to_owned() } else { format!("{uses} times") };
            let about = format!("{}: what {} is about", plain(&known.subject), code(kind));
            Some(format!("{} {about}\n\nused {times} in this rule set", code(subject)))
        }
        Key::Gate(gate) => self::gate(reading, gate),
        Key::Stage(stage) => {
            stage_meaning(stage).map(|meaning| format!("{} stage\n\n{meaning}", code(stage)))
        }
        Key::File(path) => Some(format!("{} included: its definitions stand here", code(path))),
    }
}

/// What a stage is.
pub(super) fn stage_meaning(stage: &str) -> Option<&'static str> {
    Some(match stage {
        "lead" => "Known, and not qualified yet.",
        "mql" => "Marketing qualified: marketing hands the lead to sales.",
        "sal" => "Sales accepted: sales has taken the lead on.",
        "sql" => "Sales qualified: sales has in hand what it needs.",
        "customer" => "Won.",
        "recycled" => "Back to nurturing.",
        "disqualified" => "Out: no fit, or no interest.",
        _ => return None,
    })
}

/// What a name stands for, as Markdown.
pub(super) fn name(reading: &Reading, word: &str) -> Option<String> {
    let definitions = &reading.definitions;
    let kind = definitions.kind(word)?;
    let head = |what: &str| format!("{} {what}", code(word));
    let told = match kind {
        Kind::Attribute => {
            let of = definitions.attributes.get(word)?;
            format!("{}\n\n{}", head("attribute"), type_in_words(of))
        }
        Kind::Event => format!("{}\n\n{}", head("event"), event_in_words(definitions.kinds.get(word)?)),
        _ if word == LOOSE_SCORE => format!("{}\n\nthe sum of all rules outside any block", head("score")),
        _ => {
            let (file, statement) = definitions.statement(&reading.trees, word)?;
            match &statement.node {
                StatementKind::Let { value: LetValue::Condition(condition), .. } => {
                    format!("{}\n\n{}", head("condition"), words::condition(reading, file, condition))
                }
                StatementKind::Let { value: LetValue::List(items), .. } => {
                    format!("{}\n\n{}", head("list"), items_in_words(reading, file, &items.node))
                }
                StatementKind::Param { value, .. } => {
                    let value = reading.written(Place { file, span: value.span });
                    format!("{} = {}\n\nthe host may set it to another value", head("param"), code(value))
                }
                StatementKind::Activity { terms, .. } => {
                    format!("{}\n\n{}", head("activity"), words::terms(reading, file, terms))
                }
                StatementKind::Segment { when, .. } => {
                    format!("{}\n\n{}", head("segment"), words::condition(reading, file, when))
                }
                StatementKind::Score(_) | StatementKind::Derived(_) => {
                    score(reading, word, file, &statement.node)
                }
                _ => return None,
            }
        }
    };
    let place = definitions.names.get(word).map(|definition| definition.place);
    let told = match meanings::standard(word) {
        Some(meaning) if matches!(kind, Kind::Attribute | Kind::Event) => format!("{told}\n\n{meaning}"),
        _ => told,
    };
    Some(match place {
        Some(place) => with_comment(reading, place, &told),
        None => told,
    })
}

/// What is told, and what the comment above the definition says.
fn with_comment(reading: &Reading, place: Place, told: &str) -> String {
    let text = reading.text(place.file);
    let before = text.get(..place.span.start).unwrap_or("");
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let indent = text.get(line..).map_or(0, |line| line.len() - line.trim_start().len());
    let tree = reading.tree(place.file);
    let comment = tree.map(|tree| comment_above(text, tree, line + indent)).unwrap_or_default();
    if comment.is_empty() { told.to_owned() } else { format!("{told}\n\n{}", plain(&comment)) }
}

fn type_in_words(of: &Type) -> String {
    match of {
        Type::OneOf(symbols) => listed(symbols),
        other => other.name().to_owned(),
    }
}

fn listed(symbols: &[String]) -> String {
    const MOST: usize = 20;
    let mut words: Vec<String> = symbols.iter().take(MOST).map(|symbol| code(symbol)).collect();
    if symbols.len() > MOST {
        words.push(format!("{} more", symbols.len() - MOST));
    }
    format!("one of {}", words.join(", "))
}

/// `(video, seconds: number)`
pub(super) fn signature(kind: &EventKind) -> String {
    let properties =
        kind.properties.iter().map(|property| format!(", {}: {}", property.name, property.of.name()));
    format!("({}{})", kind.subject, properties.collect::<String>())
}

fn event_in_words(kind: &EventKind) -> String {
    let written = code(&format!("{}{}", kind.name, signature(kind)));
    let passive =
        if kind.passive { "\n\npassive: it happens to the lead and is no sign of life" } else { "" };
    format!("{written}{passive}")
}

fn items_in_words(reading: &Reading, file: FileId, items: &[Value]) -> String {
    const MOST: usize = 20;
    let written = |item: &Value| match &item.node {
        ValueKind::List(_) => "…".to_owned(),
        _ => code(reading.written(Place { file, span: item.span })),
    };
    let mut words: Vec<String> = items.iter().take(MOST).map(written).collect();
    if items.len() > MOST {
        words.push(format!("{} more", items.len() - MOST));
    }
    words.join(", ")
}

fn score(reading: &Reading, word: &str, file: FileId, statement: &StatementKind) -> String {
    let mut told = format!("{} score", code(word));
    let written = |span: Span| reading.written(Place { file, span });
    let bounds = match statement {
        StatementKind::Score(block) => &block.bounds,
        StatementKind::Derived(score) => &score.bounds,
        _ => &None,
    };
    if let Some((low, high)) = bounds {
        told += &format!(" {}", code(&format!("{}..{}", written(low.span), written(high.span))));
    }
    match statement {
        StatementKind::Score(block) => {
            let groups = block.members.iter().filter(|member| matches!(member, Member::Group(_))).count();
            let rules: usize = block
                .members
                .iter()
                .map(|member| match member {
                    Member::Rule(_) => 1,
                    Member::Group(group) => group.rules.len(),
                })
                .sum();
            let count =
                |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
            told += &format!("\n\n{}", count(rules, "rule"));
            if groups > 0 {
                told += &format!(", {}", count(groups, "group"));
            }
            if let Some(decay) = &block.decay {
                told += &format!(", fading by {}", words::decay(reading, file, &decay.node));
            }
        }
        StatementKind::Derived(score) => {
            let terms = score.terms.first().map(|term| term.weight.span).unwrap_or_default();
            let last = score.terms.last().map(|term| term.score.span).unwrap_or_default();
            told += &format!("\n\n{}", code(written(terms.to(last))));
        }
        _ => {}
    }
    if let Some((file, bands)) = reading.definitions.bands(&reading.trees, word) {
        let span = bands.iter().map(|band| {
            let bound = band.at_least.as_ref().map_or(band.name.span, |bound| band.name.span.to(bound.span));
            code(reading.written(Place { file, span: bound }))
        });
        told += &format!("\n\nbands: {}", span.collect::<Vec<_>>().join(", "));
    }
    told
}

fn band(reading: &Reading, score: &str, band: &str) -> Option<String> {
    let (file, bands) = reading.definitions.bands(&reading.trees, score)?;
    let at = bands.iter().position(|entry| entry.name.node.eq_ignore_ascii_case(band))?;
    let entry = bands.get(at)?;
    let bound =
        |entry: &BandEntry| entry.at_least.as_ref().map(|bound| words::figure(reading, file, bound.span));
    let above = at.checked_sub(1).and_then(|above| bands.get(above)).and_then(bound);
    let range = match (bound(entry), above) {
        (Some(from), Some(below)) => format!("{} from {from}, below {below}", code(score)),
        (Some(from), None) => format!("{} from {from} on", code(score)),
        (None, Some(below)) => format!("{} below {below}", code(score)),
        (None, None) => format!("whatever {} is", code(score)),
    };
    Some(format!("{} band of {}\n\n{range}", code(&entry.name.node), code(score)))
}

/// The criteria of a gate, in words.
fn gate(reading: &Reading, gate: &str) -> Option<String> {
    let mut told = Vec::new();
    let statements = (0..)
        .map(FileId)
        .zip(&reading.trees)
        .flat_map(|(file, tree)| tree.statements.iter().map(move |statement| (file, &statement.node)));
    for (file, statement) in statements {
        let when = match (gate, statement) {
            ("mql", StatementKind::StageMql { when, .. })
            | ("revert", StatementKind::StageMql { when: _, until: Some(when), .. })
            | ("sql", StatementKind::StageSql { when })
            | ("recycle", StatementKind::Recycle { when, .. })
            | ("disqualify", StatementKind::Disqualify { when, .. }) => when,
            ("revert", StatementKind::StageMql { when, .. }) => {
                told.push(format!("no longer: {}", words::condition(reading, file, when)));
                continue;
            }
            _ => continue,
        };
        told.push(words::condition(reading, file, when));
        if told.len() == MOST_GATES {
            break;
        }
    }
    let what = match gate {
        "mql" => "when a lead is marketing qualified",
        "revert" => "when an MQL goes back to lead",
        "sql" => "what sales needs in hand",
        "recycle" => "when a lead or MQL goes back to nurturing",
        "disqualify" => "when a lead is out",
        _ => return None,
    };
    Some(format!("{} {what}\n\n{}", code(gate), told.join("; or ")))
}

/// So many statements of one gate are told.
const MOST_GATES: usize = 8;
