//! The ways to do one and the same work: each takes the leads one after another and gives a verdict on each.

use std::hint::black_box;

/// What scoring a lead comes to. Every way has to give the same for every lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// In thousandths of a point.
    pub score: i64,
    /// 0 for the highest band.
    pub band: u8,
    pub mql: bool,
}

/// Gives the verdicts on a run of leads, from the one with the number that it is given.
type Judge = Box<dyn FnMut(usize, &mut [Verdict])>;

/// One way to score the leads of a workload.
pub struct Way {
    pub name: String,
    pub kind: Kind,
    judge: Judge,
}

/// What a way starts from, and so which of the hand-written ones it is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The lead stands ready in whatever form the way likes best; making it so is not counted.
    Prepared,
    /// The lead stands in a struct of `String`s and numbers, as a host has it.
    FromFields,
    /// Many leads stand in columns, texts as places in a dictionary.
    Columns,
}

impl Way {
    /// `judge` gives the verdict on the lead with the number that it is given.
    pub fn new(name: &str, kind: Kind, mut judge: impl FnMut(usize) -> Verdict + 'static) -> Self {
        // Generic down to here, so that only a run of leads is called through a pointer and never a single one.
        Way::over_runs(name, kind, move |first, verdicts| {
            for (number, verdict) in verdicts.iter_mut().enumerate() {
                *verdict = judge(black_box(first + number));
            }
        })
    }

    /// `judge` gives the verdicts on as many leads as there is room for, from the one with the number it is given.
    pub fn over_runs(name: &str, kind: Kind, judge: impl FnMut(usize, &mut [Verdict]) + 'static) -> Self {
        Way { name: name.to_owned(), kind, judge: Box::new(judge) }
    }

    /// Scores as many leads as there is room for verdicts, from the one with the number `first`.
    pub fn judge(&mut self, first: usize, verdicts: &mut [Verdict]) {
        (self.judge)(first, verdicts);
    }
}

/// Holds every way's verdicts against those expected; the first that differs is told, with `why` for its lead.
pub fn check(
    ways: &mut [Way],
    expected: &[Verdict],
    mut why: impl FnMut(&str, usize) -> String,
) -> Result<(), String> {
    for way in ways {
        let mut verdicts = vec![Verdict::default(); expected.len()];
        way.judge(0, &mut verdicts);
        let differs = verdicts.iter().zip(expected).position(|(found, expected)| found != expected);
        if let Some(lead) = differs {
            return Err(format!(
                "{}: lead {lead} gets {:?} where {:?} is right\n{}",
                way.name,
                verdicts[lead],
                expected[lead],
                why(&way.name, lead)
            ));
        }
    }
    Ok(())
}
