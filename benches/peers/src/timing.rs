//! Timing side by side.
//!
//! The ways take turns: a short slice of the first, one of the second, and so on, for many rounds, so that
//! whatever else the machine does hits all of them alike. What is measured is CPU time. Of each way the median
//! over the rounds counts; a ratio is taken within each round before its median is.

use std::time::Duration;

use cpu_time::ProcessTime;

use crate::way::{Kind, Verdict, Way};

pub struct Pace {
    pub rounds: usize,
    /// How long one way's turn takes, about.
    pub slice: Duration,
}

/// What one way took.
pub struct Timing {
    pub name: String,
    pub kind: Kind,
    /// Nanoseconds of CPU time for one lead.
    pub median: f64,
    /// Between these lie nine tenths of the rounds.
    pub low: f64,
    pub high: f64,
    /// How many times as long as the hand-written way of the same kind.
    pub ratio: f64,
}

/// Times the ways over so many leads. The first way of a kind is the one that the others of it are held against.
pub fn round_robin(ways: &mut [Way], leads: usize, pace: &Pace) -> Vec<Timing> {
    let mut verdicts = vec![Verdict::default(); leads];
    // The first runs warm caches and branch predictors, and tell how many leads make a slice.
    let mut turns: Vec<Turn> = ways
        .iter_mut()
        .map(|way| {
            // Columns are there to be taken whole.
            let mut turn = Turn { next: 0, leads: if way.kind == Kind::Columns { leads } else { 1 } };
            while turn.take(way, &mut verdicts) * 2 < pace.slice {
                turn.leads *= 2;
            }
            // Whole passes where there is more than one, so that each round scores the same leads.
            if turn.leads > leads {
                turn.leads = turn.leads.next_multiple_of(leads);
                turn.next = 0;
            }
            turn
        })
        .collect();
    let mut rounds = vec![Vec::with_capacity(pace.rounds); ways.len()];
    for _ in 0..pace.rounds {
        for ((way, turn), taken) in ways.iter_mut().zip(&mut turns).zip(&mut rounds) {
            taken.push(turn.take(way, &mut verdicts).as_secs_f64() * 1e9 / turn.leads as f64);
        }
    }
    let timings = ways.iter().zip(&rounds).map(|(way, taken)| {
        let yardstick = ways.iter().position(|other| other.kind == way.kind).map(|first| &rounds[first]);
        let ratios = yardstick.into_iter().flatten().zip(taken).map(|(first, taken)| taken / first);
        let (sorted, ratios) = (sorted(taken.iter().copied()), sorted(ratios));
        Timing {
            name: way.name.clone(),
            kind: way.kind,
            median: share(&sorted, 50),
            low: share(&sorted, 5),
            high: share(&sorted, 95),
            ratio: share(&ratios, 50),
        }
    });
    timings.collect()
}

/// A way's turn in each round: which lead comes next, and how many make a slice.
struct Turn {
    next: usize,
    leads: usize,
}

impl Turn {
    fn take(&mut self, way: &mut Way, verdicts: &mut [Verdict]) -> Duration {
        let mut left = self.leads;
        let start = ProcessTime::now();
        while left > 0 {
            let end = (self.next + left).min(verdicts.len());
            left -= end - self.next;
            way.judge(self.next, &mut verdicts[self.next..end]);
            std::hint::black_box(&mut *verdicts);
            self.next = end % verdicts.len();
        }
        start.elapsed()
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which so many of a hundred lie.
fn share(sorted: &[f64], percent: usize) -> f64 {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or(f64::NAN)
}
