//! Many leads at once over columns, beside column code written by hand for the same rules: 38 rules over 50
//! events and five attributes a lead. The two are held against each other before they are timed; then LeadQL on
//! one thread and on two.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "code as it is written by hand; and a bench stops where something is not as it should be"
)]

use chrono::{DateTime, Utc};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use leadql::RuleSet;
use leadql::batch::{Column, EventColumns, LeadColumns, Texts};
use std::hint::black_box;

const LEADS: usize = 10_000;
const DAY: i64 = 86_400_000_000;
/// 2026-11-01, in microseconds since 1970.
const NOW: i64 = 1_793_491_200_000_000;

const RULES: &str = r#"
score interest 0..500 {
  visited(pricing) >= 2 within 30d => +15
  visited(pricing | product) => +5
  visited(pricing) >= 5 within 90d => +10
  visited("docs/*") >= 3 within 14d => +6
  visited("blog/*") >= 4 => +3
  visited(careers) within 60d => -10
  visited(*) >= 12 within 30d => +8
  visited(*) < 1 within 30d => -10
  opened(*) >= 10 within 90d => +2
  opened(*) < 2 within 60d => -3
  clicked(*) >= 3 within 30d => +4
  clicked(*) < 1 within 90d => -4
  replied(*) within 30d => +9
  downloaded(ebook | whitepaper) within 60d => +5
  attended(webinar) within 180d => +7
  requested(demo) within 14d => +25
  unsubscribed(*) => -25
  each downloaded(ebook) => +5 up to 3 times
  each clicked(*) within 30d => +1 up to 10 times
  each opened(*) within 60d => +0.5 up to 8 times
  each visited("docs/*") within 30d => +1.5 up to 5 times
  each attended(webinar) within 365d => +8 up to 2 times
  each visited(pricing) within 90d => +4 decay 50% every 30d
  each replied(*) within 90d => +5 decay 10% every 30d
  each requested(demo | trial) within 60d => +12 decay 50% every 15d
  each watched(*) within 30d => +3 decay 1 every 10d
  sum(watched(demo).seconds) >= 600 => +10
  sum(watched(*).seconds) >= 1_800 within 60d => +6
  days(visited(*)) >= 3 within 14d => +6
  days(opened(*)) >= 5 within 60d => +3
  distinct(visited(*)) >= 6 within 30d => +8
  distinct(downloaded(*)) >= 2 => +5
  industry in ["software", "fintech"] => +15
  country in ["US", "CA", "GB"] => +10
  company_size between 50 and 500 => +20
  company_size > 500 => +10
  title contains "chief" or title has any word of ["vp", "head"] => +12
  consent = false => -20
}
band interest { hot >= 120, warm >= 60, cold }
stage mql when interest is at least warm until interest < 40
"#;

const KINDS: [&str; 10] = [
    "visited",
    "opened",
    "clicked",
    "replied",
    "downloaded",
    "attended",
    "requested",
    "unsubscribed",
    "watched",
    "posted",
];
const SUBJECTS: [&str; 16] = [
    "pricing",
    "product",
    "careers",
    "home",
    "docs/intro",
    "docs/api",
    "blog/one",
    "blog/two",
    "newsletter",
    "ebook",
    "whitepaper",
    "webinar",
    "demo",
    "trial",
    "tutorial",
    "about",
];
/// What an event of a kind may be about.
const ABOUT: [&[u32]; 10] =
    [&[0, 1, 2, 3, 4, 5, 6, 7, 15], &[8], &[8, 0], &[8], &[9, 10], &[11], &[12, 13], &[8], &[12, 14], &[3]];
const TITLES: [&str; 6] = ["Chief Executive", "VP Sales", "Clerk", "Head of IT", "Engineer", "Buyer"];
const INDUSTRIES: [&str; 5] = ["software", "fintech", "retail", "education", "biotech"];
const COUNTRIES: [&str; 6] = ["US", "CA", "GB", "DE", "FR", "JP"];

/// Leads in columns, the same ones in every run.
struct Leads {
    titles: Vec<u32>,
    industries: Vec<u32>,
    countries: Vec<u32>,
    sizes: Vec<i64>,
    consent: Vec<bool>,
    offsets: Vec<usize>,
    kinds: Vec<u32>,
    subjects: Vec<u32>,
    times: Vec<i64>,
    seconds: Vec<Option<i64>>,
}

/// Chance that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    fn code(&mut self, of: &[&str]) -> u32 {
        self.below(of.len()) as u32
    }
}

impl Leads {
    fn new(leads: usize, events: usize) -> Leads {
        let mut dice = Dice(7);
        let mut of = Leads {
            titles: (0..leads).map(|_| dice.code(&TITLES)).collect(),
            industries: (0..leads).map(|_| dice.code(&INDUSTRIES)).collect(),
            countries: (0..leads).map(|_| dice.code(&COUNTRIES)).collect(),
            sizes: (0..leads).map(|_| dice.below(1_000) as i64).collect(),
            consent: (0..leads).map(|_| dice.below(5) > 0).collect(),
            offsets: (0..=leads).map(|lead| lead * events).collect(),
            kinds: Vec::new(),
            subjects: Vec::new(),
            times: Vec::new(),
            seconds: Vec::new(),
        };
        for _ in 0..leads {
            // Some leads did much of late, others long ago.
            let span = 30 + dice.below(700);
            let mut times: Vec<i64> = (0..events)
                .map(|_| NOW - dice.below(span) as i64 * DAY - dice.below(86_400) as i64 * 1_000_000)
                .collect();
            times.sort_unstable();
            for at in times {
                // Visits and opened e-mails are most of it.
                let kind = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 9][dice.below(20)];
                let about = ABOUT[kind];
                of.kinds.push(kind as u32);
                of.subjects.push(about[dice.below(about.len())]);
                of.times.push(at);
                of.seconds.push((kind == 8).then(|| dice.below(900) as i64));
            }
        }
        of
    }

    /// Lends the columns out.
    fn with<R>(&self, look: impl FnOnce(LeadColumns<'_>) -> R) -> R {
        let attributes = [
            ("title", Column::texts(&TITLES, &self.titles)),
            ("industry", Column::texts(&INDUSTRIES, &self.industries)),
            ("country", Column::texts(&COUNTRIES, &self.countries)),
            ("company_size", Column::integers(&self.sizes)),
            ("consent", Column::flags(&self.consent)),
        ];
        let properties = [("seconds", Column::integers(&self.seconds))];
        let events = EventColumns::new(&self.offsets, Texts::new(&KINDS, &self.kinds), &self.times)
            .subjects(Texts::new(&SUBJECTS, &self.subjects))
            .properties(&properties);
        look(LeadColumns::new(self.sizes.len()).attributes(&attributes).events(events))
    }
}

/// The same rules by hand, in thousandths of a point, and whether the lead is an MQL.
mod by_hand {
    use super::*;

    /// What a text gives, decided once for each in a dictionary.
    fn of_each(dictionary: &[&str], points: impl Fn(&str) -> i64) -> Vec<i64> {
        dictionary.iter().map(|text| points(text)).collect()
    }

    #[derive(Clone, Copy, PartialEq)]
    enum What {
        Pricing,
        Product,
        Careers,
        Docs,
        Blog,
        Page,
        Opened,
        Clicked,
        Replied,
        Ebook,
        Whitepaper,
        Webinar,
        Demo,
        Trial,
        Unsubscribed,
        WatchedDemo,
        Watched,
        Nothing,
    }

    fn what(kind: &str, subject: &str) -> What {
        match (kind, subject) {
            ("visited", "pricing") => What::Pricing,
            ("visited", "product") => What::Product,
            ("visited", "careers") => What::Careers,
            ("visited", page) if page.starts_with("docs/") => What::Docs,
            ("visited", page) if page.starts_with("blog/") => What::Blog,
            ("visited", _) => What::Page,
            ("opened", _) => What::Opened,
            ("clicked", _) => What::Clicked,
            ("replied", _) => What::Replied,
            ("downloaded", "ebook") => What::Ebook,
            ("downloaded", "whitepaper") => What::Whitepaper,
            ("attended", "webinar") => What::Webinar,
            ("requested", "demo") => What::Demo,
            ("requested", "trial") => What::Trial,
            ("unsubscribed", _) => What::Unsubscribed,
            ("watched", "demo") => What::WatchedDemo,
            ("watched", _) => What::Watched,
            _ => What::Nothing,
        }
    }

    #[derive(Default)]
    struct Tally {
        score: i64,
        pricing_30: i64,
        pricing_90: i64,
        pricing_or_product: i64,
        docs_14: i64,
        docs_30: i64,
        blog: i64,
        careers_60: i64,
        visited_30: i64,
        visited_days: u64,
        visited_subjects: u64,
        opened_60: i64,
        opened_90: i64,
        opened_days: u64,
        clicked_30: i64,
        clicked_90: i64,
        replied_30: i64,
        downloaded_60: i64,
        ebook: i64,
        downloaded_subjects: u64,
        webinar_180: i64,
        webinar_365: i64,
        demo_14: i64,
        unsubscribed: i64,
        demo_seconds: i64,
        seconds_60: i64,
    }

    pub(super) fn score(leads: &Leads, scores: &mut Vec<(i64, bool)>) {
        scores.clear();
        let titles = of_each(&TITLES, |title| {
            let title = title.to_ascii_lowercase();
            let is_head =
                title.contains("chief") || title.split(' ').any(|word| word == "vp" || word == "head");
            i64::from(is_head) * 12_000
        });
        let industries =
            of_each(&INDUSTRIES, |text| i64::from(["software", "fintech"].contains(&text)) * 15_000);
        let countries = of_each(&COUNTRIES, |text| i64::from(["US", "CA", "GB"].contains(&text)) * 10_000);
        let whats: Vec<What> =
            KINDS.iter().flat_map(|kind| SUBJECTS.iter().map(|subject| what(kind, subject))).collect();
        let today = NOW.div_euclid(DAY);
        for lead in 0..leads.sizes.len() {
            let mut tally = Tally::default();
            let size = leads.sizes[lead];
            tally.score = titles[leads.titles[lead] as usize]
                + industries[leads.industries[lead] as usize]
                + countries[leads.countries[lead] as usize]
                + i64::from((50..=500).contains(&size)) * 20_000
                + i64::from(size > 500) * 10_000
                - i64::from(!leads.consent[lead]) * 20_000;
            let events = leads.offsets[lead]..leads.offsets[lead + 1];
            let pairs = leads.kinds[events.clone()].iter().zip(&leads.subjects[events.clone()]);
            let rest = leads.times[events.clone()].iter().zip(&leads.seconds[events]);
            for ((kind, subject), (at, seconds)) in pairs.zip(rest) {
                tally.add(
                    whats[*kind as usize * SUBJECTS.len() + *subject as usize],
                    *subject,
                    *at,
                    *seconds,
                    today,
                );
            }
            let score = tally.points().clamp(0, 500_000);
            scores.push((score, score >= 60_000));
        }
    }

    impl Tally {
        #[inline]
        fn add(&mut self, what: What, subject: u32, at: i64, seconds: Option<i64>, today: i64) {
            let age = NOW - at;
            let within = |days: i64| i64::from(age < days * DAY);
            let step = |days: i64| (age / (days * DAY)) as usize;
            let worth = |table: &[i64], days: i64| table.get(step(days)).copied().unwrap_or(0);
            match what {
                What::Pricing => {
                    self.pricing_30 += within(30);
                    self.pricing_90 += within(90);
                    self.pricing_or_product += 1;
                    self.score += worth(&[4_000, 2_000, 1_000], 30);
                }
                What::Product => self.pricing_or_product += 1,
                What::Careers => self.careers_60 += within(60),
                What::Docs => {
                    self.docs_14 += within(14);
                    self.docs_30 += within(30);
                }
                What::Blog => self.blog += 1,
                What::Page | What::Nothing => {}
                What::Opened => {
                    self.opened_60 += within(60);
                    self.opened_90 += within(90);
                    if age < 60 * DAY {
                        self.opened_days |= 1 << (today - at.div_euclid(DAY));
                    }
                }
                What::Clicked => {
                    self.clicked_30 += within(30);
                    self.clicked_90 += within(90);
                }
                What::Replied => {
                    self.replied_30 += within(30);
                    self.score += worth(&[5_000, 4_500, 4_050], 30);
                }
                What::Ebook | What::Whitepaper => {
                    self.downloaded_60 += within(60);
                    self.ebook += i64::from(what == What::Ebook);
                    self.downloaded_subjects |= 1 << subject;
                }
                What::Webinar => {
                    self.webinar_180 += within(180);
                    self.webinar_365 += within(365);
                }
                What::Demo | What::Trial => {
                    self.demo_14 += within(14) * i64::from(what == What::Demo);
                    self.score += worth(&[12_000, 6_000, 3_000, 1_500], 15);
                }
                What::Unsubscribed => self.unsubscribed += 1,
                What::WatchedDemo | What::Watched => {
                    let seconds = seconds.unwrap_or(0);
                    self.demo_seconds += seconds * i64::from(what == What::WatchedDemo);
                    self.seconds_60 += seconds * within(60);
                    self.score += worth(&[3_000, 2_000, 1_000], 10);
                }
            }
            let visited = [What::Pricing, What::Product, What::Careers, What::Docs, What::Blog, What::Page];
            if visited.contains(&what) && age < 30 * DAY {
                self.visited_30 += 1;
                self.visited_subjects |= 1 << subject;
                if age < 14 * DAY {
                    self.visited_days |= 1 << (today - at.div_euclid(DAY));
                }
            }
        }

        fn points(&self) -> i64 {
            let on = |holds: bool, points: i64| i64::from(holds) * points;
            self.score
                + on(self.pricing_30 >= 2, 15_000)
                + on(self.pricing_or_product >= 1, 5_000)
                + on(self.pricing_90 >= 5, 10_000)
                + on(self.docs_14 >= 3, 6_000)
                + on(self.blog >= 4, 3_000)
                + on(self.careers_60 >= 1, -10_000)
                + on(self.visited_30 >= 12, 8_000)
                + on(self.visited_30 < 1, -10_000)
                + on(self.opened_90 >= 10, 2_000)
                + on(self.opened_60 < 2, -3_000)
                + on(self.clicked_30 >= 3, 4_000)
                + on(self.clicked_90 < 1, -4_000)
                + on(self.replied_30 >= 1, 9_000)
                + on(self.downloaded_60 >= 1, 5_000)
                + on(self.webinar_180 >= 1, 7_000)
                + on(self.demo_14 >= 1, 25_000)
                + on(self.unsubscribed >= 1, -25_000)
                + self.ebook.min(3) * 5_000
                + self.clicked_30.min(10) * 1_000
                + self.opened_60.min(8) * 500
                + self.docs_30.min(5) * 1_500
                + self.webinar_365.min(2) * 8_000
                + on(self.demo_seconds >= 600, 10_000)
                + on(self.seconds_60 >= 1_800, 6_000)
                + on(self.visited_days.count_ones() >= 3, 6_000)
                + on(self.opened_days.count_ones() >= 5, 3_000)
                + on(self.visited_subjects.count_ones() >= 6, 8_000)
                + on(self.downloaded_subjects.count_ones() >= 2, 5_000)
        }
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(NOW).unwrap()
}

/// Both ways give the same.
fn check(rules: &RuleSet, leads: &Leads) {
    let mut expected = Vec::new();
    by_hand::score(leads, &mut expected);
    leads.with(|columns| {
        let mut batch = rules.batch();
        let results = batch.evaluate(columns, now()).unwrap();
        let scores = results.score("interest").unwrap();
        for (lead, (score, mql)) in expected.iter().enumerate() {
            assert_eq!(
                (scores[lead].thousandths(), results.gate(leadql::Gate::Mql)[lead]),
                (*score, *mql),
                "lead {lead}"
            );
        }
    });
}

fn batch(criterion: &mut Criterion) {
    let rules = RuleSet::compile(RULES).unwrap();
    let mut group = criterion.benchmark_group("batch");
    for events in [5, 50, 500] {
        let leads = Leads::new(LEADS * 5 / events.max(5) * 5, events);
        check(&rules, &leads);
        group.throughput(Throughput::Elements(leads.sizes.len() as u64));
        let mut scores = Vec::new();
        group.bench_function(BenchmarkId::new("by hand", events), |bencher| {
            bencher.iter(|| by_hand::score(black_box(&leads), &mut scores));
        });
        leads.with(|columns| {
            let mut batch = rules.batch();
            group.bench_function(BenchmarkId::new("leadql", events), |bencher| {
                bencher.iter(|| batch.evaluate(black_box(columns), now()).unwrap().leads());
            });
        });
    }
    group.finish();
}

/// The same batch on one thread and on two.
#[cfg(feature = "rayon")]
fn threads(criterion: &mut Criterion) {
    let rules = RuleSet::compile(RULES).unwrap();
    let leads = Leads::new(LEADS, 50);
    let mut group = criterion.benchmark_group("threads");
    group.throughput(Throughput::Elements(u64::try_from(LEADS).unwrap()));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut batch = rules.batch();
        group.bench_function(BenchmarkId::from_parameter(threads), |bencher| {
            leads.with(|columns| {
                pool.install(|| {
                    bencher.iter(|| batch.evaluate_in_parallel(black_box(columns), now()).unwrap().leads());
                });
            });
        });
    }
    group.finish();
}

#[cfg(not(feature = "rayon"))]
fn threads(_: &mut Criterion) {}

criterion_group!(benches, batch, threads);
criterion_main!(benches);
