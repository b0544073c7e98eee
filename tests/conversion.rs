//! The figures of the `conversion` example: against counting every pair, and with ties at the edges.

#![cfg(feature = "csv")]

use leadql::Points;

#[expect(dead_code, reason = "the example's `main` and what it reads run only where the example does")]
#[path = "../examples/conversion.rs"]
mod conversion;

use conversion::{Sample, Tenth, auc, tenths};

/// Leads by their points; those that convert are given as well.
fn sample(points: &[i64], converted: &[usize]) -> Sample {
    let leads = points.iter().enumerate();
    leads.map(|(at, points)| (Points::from_thousandths(points * 1_000), converted.contains(&at))).collect()
}

/// The chance by its definition.
fn pair_by_pair(sample: &Sample) -> f64 {
    let (mut wins, mut pairs) = (0.0, 0.0);
    for (converts, _) in sample.iter().filter(|(_, converted)| *converted) {
        for (other, _) in sample.iter().filter(|(_, converted)| !*converted) {
            wins += if converts > other { 1.0 } else { f64::from(converts == other) / 2.0 };
            pairs += 1.0;
        }
    }
    wins / pairs
}

#[test]
fn auc_is_the_share_of_pairs_in_the_right_order() {
    assert_eq!(auc(&mut sample(&[1, 2, 3, 4], &[2, 3])), Some(1.0));
    assert_eq!(auc(&mut sample(&[1, 2, 3, 4], &[0, 1])), Some(0.0));
    assert_eq!(auc(&mut sample(&[5, 5, 5], &[1])), Some(0.5));
    assert_eq!(auc(&mut sample(&[1, 2], &[])), None);
    assert_eq!(auc(&mut sample(&[1, 2], &[0, 1])), None);
    assert_eq!(auc(&mut sample(&[], &[])), None);
    let points: Vec<i64> = (0..60).map(|at| at * 37 % 11 - 5).collect();
    let mut mixed = sample(&points, &[0, 7, 13, 14, 30, 31, 48, 59]);
    let expected = pair_by_pair(&mixed);
    let found = auc(&mut mixed).unwrap();
    assert!((found - expected).abs() < 1e-12, "{found}, pair by pair {expected}");
}

#[test]
fn a_tenth_holds_whole_leads_and_its_share_of_those_with_equal_points() {
    // Twenty leads, two to a tenth: 20, 19, 19, 19, then one of each down to 3.
    let mut points: Vec<i64> = (3..=18).collect();
    points.extend([19, 19, 19, 20]);
    let mut leads = sample(&points, &[16, 17, 19]);
    leads.reverse();
    let found = tenths(&mut leads);
    let at = |points: i64| Points::from_thousandths(points * 1_000);
    // The first holds the 20, which converts, and one of three places that two converting leads share.
    let first = Tenth { leads: 2, converted: 1.0 + 2.0 / 3.0, points: Some((at(19), at(20))) };
    assert_eq!(found[0], first);
    assert!((found[1].converted - 4.0 / 3.0).abs() < 1e-12);
    assert_eq!(found[9], Tenth { leads: 2, converted: 0.0, points: Some((at(3), at(4))) });
    assert_eq!(found.iter().map(|tenth| tenth.leads).sum::<usize>(), 20);
}

#[test]
fn few_leads_leave_tenths_empty_and_none_is_lost() {
    for n in 0..=25 {
        let points: Vec<i64> = (0..n).collect();
        let found = tenths(&mut sample(&points, &[0]));
        let leads: Vec<usize> = found.iter().map(|tenth| tenth.leads).collect();
        let count = points.len();
        assert_eq!((leads[0], leads.iter().sum::<usize>()), (count / 10, count), "{n} leads: {leads:?}");
        let converted: f64 = found.iter().map(|tenth| tenth.converted).sum();
        assert!((converted - f64::from(u8::from(n > 0))).abs() < 1e-12, "{n} leads: {converted}");
    }
}
