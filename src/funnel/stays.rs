//! How long stays last, when some of them have not ended yet.
//!
//! Leaving the open stays out would tell of the quick ones only, and make a stage look faster the younger its
//! leads are. So the share of stays that last longer than a time is estimated by Kaplan and Meier: at each time at
//! which stays ended, of those that had lasted so long (open ones among them as long as they are known to last)
//! that part is taken off which ended then. A quantile is the first of these times at which the share is down to
//! what the quantile leaves; while too many are open there is none.

/// Two quantiles of how long stays last, in microseconds; none where too few have ended to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quantiles {
    pub(super) median: Option<i64>,
    pub(super) p90: Option<i64>,
}

/// The quantiles of stays, of which `ended` lasted so long, and `open` at least so long. Sorts both.
///
/// Without open stays they are the smallest lengths that at least half, and nine tenths, do not exceed.
pub(super) fn quantiles(ended: &mut [i64], open: &mut [i64]) -> Quantiles {
    // More than rounding adds up to over a million open stays, and less than one stay weighs among as many.
    const SLACK: f64 = 1e-9;
    ended.sort_unstable();
    open.sort_unstable();
    let mut found = Quantiles::default();
    let mut open = open.iter().peekable();
    let mut at_risk = ended.len() + open.len();
    // The share at the last open stay passed, and of how many: between open stays the parts taken off cancel down
    // to one fraction of whole numbers, so without open stays nothing is rounded but that.
    let (mut share, mut of) = (1.0, at_risk);
    for equal in ended.chunk_by(|one, two| one == two) {
        let Some(length) = equal.first() else { continue };
        let before = at_risk;
        while open.next_if(|open| *open < length).is_some() {
            at_risk -= 1;
        }
        if at_risk < before {
            share *= before as f64 / of as f64;
            of = at_risk;
        }
        at_risk -= equal.len();
        let longer = share * (at_risk as f64 / of as f64);
        if found.median.is_none() && longer <= 0.5 + SLACK {
            found.median = Some(*length);
        }
        if longer <= 0.1 + SLACK {
            found.p90 = Some(*length);
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ended: &[i64], open: &[i64]) -> (Option<i64>, Option<i64>) {
        let Quantiles { median, p90 } = quantiles(&mut ended.to_vec(), &mut open.to_vec());
        (median, p90)
    }

    #[test]
    fn without_open_stays_they_are_ranks() {
        assert_eq!(found(&[], &[]), (None, None));
        assert_eq!(found(&[7], &[]), (Some(7), Some(7)));
        assert_eq!(found(&[9, 1], &[]), (Some(1), Some(9)));
        assert_eq!(found(&[3, 1, 2], &[]), (Some(2), Some(3)));
        assert_eq!(found(&[0, 0, 0], &[]), (Some(0), Some(0)));
        // The nearest rank of every number of stays up to 200: ⌈n / 2⌉ and ⌈9 n / 10⌉.
        for n in 1..=200 {
            let lengths: Vec<i64> = (1..=n).rev().collect();
            assert_eq!(found(&lengths, &[]), (Some((n + 1) / 2), Some((9 * n + 9) / 10)), "{n}");
        }
    }

    #[test]
    fn open_stays_count_as_long_as_they_last() {
        // By hand: 4 at risk, 3/4 last longer than 1; the open one leaves at 2; 2 at risk, 3/8 last longer than 3,
        // none longer than 4.
        assert_eq!(found(&[1, 3, 4], &[2]), (Some(3), Some(4)));
        // An open stay of the same length is still at risk: 1/2 longer than 1 of 2, and then nothing ends.
        assert_eq!(found(&[1], &[1]), (Some(1), None));
        // One that is shorter is not: all that were at risk have ended.
        assert_eq!(found(&[2], &[1]), (Some(2), Some(2)));
        // 2/3 last longer than 1, and the rest is open.
        assert_eq!(found(&[1], &[5, 5]), (None, None));
        assert_eq!(found(&[], &[1, 2, 3]), (None, None));
        // 5/6 · 4/5 = 2/3 behind 2, an open one at 3, then 2/3 · 2/3 = 4/9 behind 4, 2/9 behind 5, 0 behind 6.
        assert_eq!(found(&[1, 2, 4, 5, 6], &[3]), (Some(4), Some(6)));
    }

    #[test]
    fn a_share_of_exactly_a_half_counts_however_it_came_about() {
        // 7/8, 6/8, 5/8, 4/8; then three open ones leave, and the last ends.
        assert_eq!(found(&[1, 2, 3, 4, 9], &[5, 5, 5]), (Some(4), Some(9)));
        assert_eq!(found(&[1, 3], &[8, 8]), (Some(3), None));
        // 6/9; two open ones leave, and 6/9 · 3/4 is a half that floating point need not meet exactly.
        assert_eq!(found(&[1, 1, 1, 3], &[2, 2, 9, 9, 9]), (Some(3), None));
        // 5/6, an open one, 5/6 · 3/4 = 5/8, an open one, 5/8 · 1/2 = 5/16.
        assert_eq!(found(&[1, 3, 5, 7], &[2, 4]), (Some(5), Some(7)));
    }
}
