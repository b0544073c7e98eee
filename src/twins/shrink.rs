//! From a case that fails to the smallest one near it that still does.

use super::Case;
use super::leads::GivenLead;
use super::rules::Piece;
use crate::lead::Stage;

/// Takes out whatever can go while `fails` still says so: statements, words, events, attributes.
pub(super) fn smallest(mut case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    loop {
        let before = case.clone();
        case = pieces_removed(case, &fails);
        case = words_removed(case, &fails);
        case = lead_reduced(case, &fails);
        if case == before {
            return case;
        }
    }
}

/// Where a piece stands: among the statements, or inside one of them.
fn ways(pieces: &[Piece]) -> Vec<(usize, Option<usize>)> {
    let mut ways = Vec::new();
    for (outer, piece) in pieces.iter().enumerate() {
        ways.push((outer, None));
        for inner in 0..piece.inside.as_ref().map_or(0, Vec::len) {
            ways.push((outer, Some(inner)));
        }
    }
    ways
}

fn pieces_removed(mut case: Case, fails: &impl Fn(&Case) -> bool) -> Case {
    // From the back, so that what is still to be tried keeps its place.
    for (outer, inner) in ways(&case.pieces).into_iter().rev() {
        let mut without = case.clone();
        let inside = without.pieces[outer].inside.as_mut();
        match (inner, inside) {
            (Some(inner), Some(inside)) => drop(inside.remove(inner)),
            _ => drop(without.pieces.remove(outer)),
        }
        if fails(&without) {
            case = without;
        }
    }
    // Rules of groups, two levels down.
    for outer in 0..case.pieces.len() {
        for inner in 0..case.pieces[outer].inside.as_ref().map_or(0, Vec::len) {
            let mut rule = 0;
            while group(&mut case, outer, inner).is_some_and(|rules| rule < rules.len()) {
                let mut without = case.clone();
                group(&mut without, outer, inner).unwrap().remove(rule);
                if fails(&without) {
                    case = without;
                } else {
                    rule += 1;
                }
            }
        }
    }
    case
}

fn group(case: &mut Case, outer: usize, inner: usize) -> Option<&mut Vec<Piece>> {
    case.pieces[outer].inside.as_mut()?.get_mut(inner)?.inside.as_mut()
}

/// Every head there is, groups' rules included.
fn heads(pieces: &mut [Piece]) -> Vec<&mut String> {
    let mut heads = Vec::new();
    for piece in pieces {
        heads.push(&mut piece.head);
        for piece in piece.inside.iter_mut().flatten() {
            heads.push(&mut piece.head);
            heads.extend(piece.inside.iter_mut().flatten().map(|rule| &mut rule.head));
        }
    }
    heads
}

/// Cuts runs of words out of statements: what no longer compiles does not count as failing.
fn words_removed(mut case: Case, fails: &impl Fn(&Case) -> bool) -> Case {
    for head in 0..heads(&mut case.pieces).len() {
        let mut length = heads(&mut case.pieces)[head].split(' ').count() / 2;
        while length > 0 {
            let mut from = 0;
            loop {
                let words: Vec<String> =
                    heads(&mut case.pieces)[head].split(' ').map(str::to_owned).collect();
                if from + length > words.len() {
                    break;
                }
                let mut without = case.clone();
                let left = [&words[..from], &words[from + length..]].concat();
                *heads(&mut without.pieces)[head] = left.join(" ");
                if fails(&without) {
                    case = without;
                } else {
                    from += 1;
                }
            }
            length /= 2;
        }
    }
    case
}

fn lead_reduced(mut case: Case, fails: &impl Fn(&Case) -> bool) -> Case {
    for event in (0..case.lead.events.len()).rev() {
        case = attempt(case, fails, |lead| drop(lead.events.remove(event)));
    }
    for event in 0..case.lead.events.len() {
        case = attempt(case, fails, |lead| lead.events[event].id = None);
        case = attempt(case, fails, |lead| lead.events[event].properties.clear());
        case = attempt(case, fails, |lead| lead.events[event].subject.clear());
    }
    for attribute in (0..case.lead.attributes.len()).rev() {
        case = attempt(case, fails, |lead| drop(lead.attributes.remove(attribute)));
    }
    case = attempt(case, fails, |lead| lead.stage = Stage::Lead);
    attempt(case, fails, |lead| lead.stage_since = None)
}

fn attempt(case: Case, fails: &impl Fn(&Case) -> bool, change: impl Fn(&mut GivenLead)) -> Case {
    let mut changed = case.clone();
    change(&mut changed.lead);
    if changed != case && fails(&changed) { changed } else { case }
}

#[test]
fn a_failing_case_shrinks_to_what_makes_it_fail() {
    let case = super::case(7, 20);
    assert!(case.pieces.len() > 3 && case.lead.attributes.len() > 2);
    let score = |case: &Case| super::rules::render(&case.pieces).contains("score s0");
    let small = smallest(case.clone(), |case| score(case) && !case.lead.attributes.is_empty());
    assert_eq!(small.pieces.len(), 1);
    assert_eq!((small.lead.attributes.len(), small.lead.events.len()), (1, 0));
}
