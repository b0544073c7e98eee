//! The example of a queue by `valid_until`: it sees what evaluating everything all the time sees, at a
//! fraction of the work.

use leadql::RuleSet;

#[expect(dead_code, reason = "the example is a program of its own and its `main` runs only there")]
#[path = "../examples/due_queue.rs"]
mod due_queue;

use due_queue::Month;

#[test]
fn looking_only_at_what_is_due_gives_the_same_history() {
    let rules = RuleSet::compile(include_str!("../examples/saas/rules.lql")).unwrap();
    for seed in 0..3 {
        let month = Month { contacts: 14, hours: 30 * 24, seed };
        let (bulk, queue) = (month.in_bulk(&rules).unwrap(), month.by_queue(&rules).unwrap());
        assert_eq!(bulk.history, queue.history, "seed {seed}");
        // Not because nothing happened.
        let promoted = queue.history.iter().filter(|seen| seen.what.starts_with("mql")).count();
        assert!(queue.history.len() > 100 && promoted > 0, "{} {promoted}", queue.history.len());
        assert!(queue.evaluations * 10 < bulk.evaluations, "{} {}", queue.evaluations, bulk.evaluations);
    }
}
