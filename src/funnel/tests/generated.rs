//! Generated lives: what a funnel counts is what counting the records anew gives.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// What happens to a lead, the days between, and its group.
type Life = (Vec<(u8, i64)>, u8);

const COMMANDS: [Trigger; 7] = [
    Trigger::Accept,
    Trigger::Reject,
    Trigger::Qualify,
    Trigger::SendBack,
    Trigger::Win,
    Trigger::Disqualify,
    Trigger::Reopen,
];

fn story(number: usize, life: &Life) -> Story {
    let mut at = 0;
    life.0.iter().fold(Story::of(&format!("L-{number}")), |story, (what, pause)| {
        at += pause;
        match what {
            0 => story.evaluate("need", at),
            1 => story.evaluate("budget", at),
            2 => story.evaluate("authority", at),
            // Promotion and acceptance more often, so that leads get far.
            3..=4 => story.evaluate("need", at),
            5..=6 => story.command(Trigger::Accept, at, Reason::NotReady),
            other => story.command(COMMANDS[usize::from(*other) % COMMANDS.len()], at, Reason::NoNeed),
        }
    })
}

/// A lead's stages one after the other, by its records alone, each with the day on which it came there.
fn way(records: &[Record], at: DateTime<Utc>) -> Vec<(Stage, Option<DateTime<Utc>>)> {
    let mut way = vec![(Stage::Lead, None)];
    way.extend(
        records.iter().filter(|it| it.at <= at && it.is_step()).map(|record| (record.to, Some(record.at))),
    );
    way
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_the_records(
        lives in prop::collection::vec((prop::collection::vec((0u8..14, 0i64..4), 0..14), 0u8..3), 0..14),
        at in -1i64..40,
    ) {
        let stories: Vec<Story> = lives.iter().enumerate().map(|(number, life)| story(number, life)).collect();
        let at = day(at);
        let mut funnel = funnel(FunnelOptions::new().by("group").cohort(Cohort::Week), &stories);
        for (number, (_, group)) in lives.iter().enumerate() {
            funnel.add_lead(&format!("L-{number}"), ["", "a", "b"][usize::from(*group)]);
        }
        let report = funnel.report(at);
        let figures = &report.total;
        prop_assert_eq!(figures.leads, lives.len() as u64);

        let ways: Vec<_> = stories.iter().map(|story| way(&story.records, at)).collect();
        for it in &figures.stages {
            let stage = it.stage;
            let entered: usize = ways.iter().map(|way| way.iter().filter(|stay| stay.0 == stage).count()).sum();
            let there = ways.iter().filter(|way| way.last().unwrap().0 == stage).count();
            let leads = ways.iter().filter(|way| way.iter().any(|stay| stay.0 == stage)).count();
            prop_assert_eq!((it.entered, it.there, it.leads), (entered as u64, there as u64, leads as u64));
            prop_assert_eq!(it.left + it.there, it.entered);
        }
        for it in &figures.conversions {
            let starts = ways.iter().filter_map(|way| {
                way.iter().position(|stay| stay.0 == it.from).map(|first| &way[first..])
            });
            let mut counts = BTreeMap::new();
            for rest in starts {
                let stands = rest.last().unwrap().0;
                let outcome = if rest.iter().any(|stay| stay.0 == it.to) {
                    "converted"
                } else if stands >= it.from && stands < it.to {
                    // Stages are in the order of a lead's life, recycled and disqualified behind all others.
                    "open"
                } else {
                    "lost"
                };
                *counts.entry(outcome).or_insert(0) += 1;
            }
            let count = |outcome| counts.get(outcome).copied().unwrap_or(0);
            prop_assert_eq!(
                (it.converted, it.lost, it.open),
                (count("converted"), count("lost"), count("open")),
                "{} to {}", it.from, it.to
            );
        }
        let promoted = |record: &&Record| record.what == Trigger::Promote && record.at <= at;
        let promotions = stories.iter().flat_map(|story| &story.records).filter(promoted).count();
        let it = &figures.deadlines;
        let ends = [it.in_time, it.late, it.lapsed, it.withdrawn, it.open, it.overdue];
        prop_assert_eq!((ends.iter().sum::<u64>(), it.without), (promotions as u64, 0));

        // The groups are all of the leads, each once.
        let sum = |of: &dyn Fn(&Figures) -> u64| report.groups.iter().map(|it| of(&it.figures)).sum::<u64>();
        prop_assert_eq!(sum(&|it| it.leads), figures.leads);
        for place in 0..figures.conversions.len() {
            prop_assert_eq!(sum(&|it| it.conversions[place].open), figures.conversions[place].open);
        }
        prop_assert_eq!(sum(&|it| it.deadlines.late), it.late);
        let reasons = |it: &Figures| it.reasons.iter().map(|it| it.count).sum();
        prop_assert_eq!(sum(&reasons), reasons(figures));
        let turned_away = [Stage::Recycled, Stage::Disqualified].map(|stage| figures.stage(stage).unwrap().entered);
        prop_assert_eq!(reasons(figures), turned_away.iter().sum::<u64>());
    }
}
