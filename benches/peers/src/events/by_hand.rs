//! The rules written by hand to be fast, and nothing else: the yardstick.
//!
//! Preparing turns an event into a small number for what the rules can ask of it; scoring is one pass over
//! those that counts everything at once.

use chrono::{DateTime, Utc};

use super::history::{Event, Lead};
use super::rules::DAY;
use crate::way::Verdict;

/// A kind together with what of its subject matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    VisitedPricing,
    VisitedProduct,
    VisitedDocs,
    VisitedBlog,
    VisitedCareers,
    VisitedOther,
    ViewedCaseStudy,
    ViewedRecording,
    ViewedOther,
    DownloadedEbook,
    DownloadedWhitepaper,
    DownloadedOther,
    Clicked,
    Opened,
    Replied,
    SubmittedContactForm,
    SubmittedOther,
    AttendedWebinar,
    WatchedDemo,
    WatchedTutorial,
    WatchedOther,
    RequestedDemo,
    RequestedTrial,
    Commented,
    Unsubscribed,
}

/// An event as the rules see it.
#[derive(Clone, Copy)]
struct Seen {
    /// In seconds since 1970.
    at: i64,
    seconds: u32,
    /// The number of its subject, where different subjects are counted.
    subject: u16,
    what: What,
}

/// The events that the rules look at.
#[derive(Clone, Default)]
pub struct Prepared {
    events: Vec<Seen>,
    subjects: u16,
}

/// What preparing and scoring need beside, used again and again.
#[derive(Default)]
pub struct Scratch {
    /// An open table of the subjects met.
    table: Vec<Option<Met>>,
    /// A bit for each subject, thrice.
    met: Vec<u64>,
}

#[derive(Clone, Copy)]
struct Met {
    hash: u64,
    /// The event that brought it.
    event: u32,
    number: u16,
}

/// The longest subject that is looked at on the stack.
const SHORT: usize = 64;

impl Prepared {
    pub fn fill(&mut self, lead: &Lead, scratch: &mut Scratch) {
        self.events.clear();
        self.subjects = 0;
        scratch.table.clear();
        scratch.table.resize((lead.events.len() * 2).next_power_of_two(), None);
        for (number, event) in lead.events.iter().enumerate() {
            let mut short = [0; SHORT];
            let long;
            let subject = match short.get_mut(..event.subject.len()) {
                Some(buffer) => {
                    buffer.copy_from_slice(event.subject.as_bytes());
                    buffer.make_ascii_lowercase();
                    &*buffer
                }
                None => {
                    long = event.subject.to_ascii_lowercase();
                    long.as_bytes()
                }
            };
            let Some((what, is_counted)) = what(&event.kind, subject) else { continue };
            let subject =
                if is_counted { self.number(subject, number, &lead.events, &mut scratch.table) } else { 0 };
            let seconds = event.watched.map_or(0, |watched| watched.seconds) as u32;
            self.events.push(Seen { at: event.at.timestamp(), seconds, subject, what });
        }
    }

    /// The number of a subject among those met.
    fn number(&mut self, subject: &[u8], event: usize, events: &[Event], table: &mut [Option<Met>]) -> u16 {
        let hash = hash(subject);
        let mask = table.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            match table[place] {
                None => {
                    table[place] = Some(Met { hash, event: event as u32, number: self.subjects });
                    self.subjects += 1;
                    return self.subjects - 1;
                }
                Some(met)
                    if met.hash == hash
                        && events[met.event as usize].subject.as_bytes().eq_ignore_ascii_case(subject) =>
                {
                    return met.number;
                }
                Some(_) => place = (place + 1) & mask,
            }
        }
    }

    pub fn verdict(&self, now: DateTime<Utc>, scratch: &mut Scratch) -> Verdict {
        let score = self.score(now.timestamp(), scratch).clamp(0, 500_000);
        Verdict { score, band: u8::from(score < 120_000) + u8::from(score < 60_000), mql: score >= 80_000 }
    }

    /// In thousandths of a point.
    fn score(&self, now: i64, scratch: &mut Scratch) -> i64 {
        let words = usize::from(self.subjects).div_ceil(64);
        scratch.met.clear();
        scratch.met.resize(words * 3, 0);
        let (visited_subjects, rest) = scratch.met.split_at_mut(words);
        let (downloaded_subjects, viewed_subjects) = rest.split_at_mut(words);
        let today = now.div_euclid(DAY);

        let mut score = 0;
        let (mut pricing_30, mut pricing_90, mut pricing_or_product) = (0, 0, 0);
        let (mut docs_14, mut docs_30, mut blog, mut careers_60, mut visited_30) = (0, 0, 0, 0, 0);
        let (mut case_study_90, mut recording) = (0, 0);
        let (mut ebook_or_paper_60, mut ebook) = (0, 0);
        let (mut clicked_30, mut clicked_90, mut opened_60, mut opened_90) = (0, 0, 0, 0);
        let (mut contact_30, mut demo_14, mut webinar_180, mut webinar_365) = (0, 0, 0, 0);
        let (mut replied_30, mut commented, mut unsubscribed) = (0, 0, 0);
        let (mut demo_seconds, mut seconds_60, mut tutorial_seconds_90) = (0, 0, 0);
        let (mut visited_days, mut opened_days) = (0_u64, 0_u64);

        for event in &self.events {
            let age = now - event.at;
            let within = |days: i64| i64::from(age < days * DAY);
            let step = |days: i64| (age / (days * DAY)) as usize;
            let mark = |met: &mut [u64]| met[usize::from(event.subject / 64)] |= 1 << (event.subject % 64);
            match event.what {
                What::VisitedPricing => {
                    pricing_30 += within(30);
                    pricing_90 += within(90);
                    pricing_or_product += 1;
                    score += [4_000, 2_000, 1_000].get(step(30)).copied().unwrap_or(0);
                }
                What::VisitedProduct => pricing_or_product += 1,
                What::VisitedDocs => {
                    docs_14 += within(14);
                    docs_30 += within(30);
                }
                What::VisitedBlog => blog += 1,
                What::VisitedCareers => careers_60 += within(60),
                What::VisitedOther => {}
                What::ViewedCaseStudy => {
                    case_study_90 += within(90);
                    score += [6_000, 4_500, 3_375].get(step(20)).copied().unwrap_or(0);
                }
                What::ViewedRecording => recording += 1,
                What::ViewedOther => {}
                What::DownloadedEbook => {
                    ebook += 1;
                    ebook_or_paper_60 += within(60);
                }
                What::DownloadedWhitepaper => ebook_or_paper_60 += within(60),
                What::DownloadedOther => {}
                What::Clicked => {
                    clicked_30 += within(30);
                    clicked_90 += within(90);
                }
                What::Opened => {
                    opened_60 += within(60);
                    opened_90 += within(90);
                    if age < 60 * DAY {
                        opened_days |= 1 << (today - event.at.div_euclid(DAY));
                    }
                }
                What::Replied => {
                    replied_30 += within(30);
                    score += [5_000, 4_500, 4_050].get(step(30)).copied().unwrap_or(0);
                }
                What::SubmittedContactForm | What::SubmittedOther => {
                    contact_30 += within(30) * i64::from(event.what == What::SubmittedContactForm);
                    score += [10_000, 5_000].get(step(45)).copied().unwrap_or(0);
                }
                What::AttendedWebinar => {
                    webinar_180 += within(180);
                    webinar_365 += within(365);
                }
                What::WatchedDemo | What::WatchedTutorial | What::WatchedOther => {
                    let seconds = i64::from(event.seconds);
                    demo_seconds += seconds * i64::from(event.what == What::WatchedDemo);
                    seconds_60 += seconds * within(60);
                    tutorial_seconds_90 +=
                        seconds * within(90) * i64::from(event.what == What::WatchedTutorial);
                    score += [3_000, 2_000, 1_000].get(step(10)).copied().unwrap_or(0);
                }
                What::RequestedDemo | What::RequestedTrial => {
                    demo_14 += within(14) * i64::from(event.what == What::RequestedDemo);
                    score += [12_000, 6_000, 3_000, 1_500].get(step(15)).copied().unwrap_or(0);
                }
                What::Commented => commented += 1,
                What::Unsubscribed => unsubscribed += 1,
            }
            match event.what {
                What::VisitedPricing
                | What::VisitedProduct
                | What::VisitedDocs
                | What::VisitedBlog
                | What::VisitedCareers
                | What::VisitedOther => {
                    if age < 30 * DAY {
                        visited_30 += 1;
                        mark(visited_subjects);
                        if age < 14 * DAY {
                            visited_days |= 1 << (today - event.at.div_euclid(DAY));
                        }
                    }
                }
                What::DownloadedEbook | What::DownloadedWhitepaper | What::DownloadedOther => {
                    mark(downloaded_subjects);
                }
                What::ViewedCaseStudy | What::ViewedRecording | What::ViewedOther if age < 90 * DAY => {
                    mark(viewed_subjects);
                }
                _ => {}
            }
        }

        let on = |holds: bool, points: i64| i64::from(holds) * points;
        let count = |met: &[u64]| met.iter().map(|word| word.count_ones()).sum::<u32>();
        score += on(pricing_30 >= 2, 15_000)
            + on(pricing_or_product >= 1, 5_000)
            + on(pricing_90 >= 5, 10_000)
            + on(docs_14 >= 3, 6_000)
            + on(blog >= 10, 3_000)
            + on(careers_60 >= 1, -10_000)
            + on(visited_30 >= 20, 8_000)
            + on(case_study_90 >= 1, 6_000)
            + on(recording >= 2, 4_000)
            + on(ebook_or_paper_60 >= 1, 5_000)
            + on(clicked_30 >= 5, 4_000)
            + on(opened_90 >= 10, 2_000)
            + on(contact_30 >= 1, 20_000)
            + on(demo_14 >= 1, 25_000)
            + on(webinar_180 >= 1, 7_000)
            + on(replied_30 >= 1, 9_000)
            + on(visited_30 < 1, -10_000)
            + on(opened_60 < 2, -3_000)
            + on(clicked_90 < 1, -4_000)
            + on(unsubscribed >= 1, -25_000);
        score += ebook.min(3) * 5_000
            + clicked_30.min(10) * 1_000
            + opened_60.min(8) * 500
            + docs_30.min(5) * 1_500
            + commented.min(4) * 2_000
            + webinar_365.min(2) * 8_000;
        score
            + on(demo_seconds >= 600, 10_000)
            + on(seconds_60 >= 1_800, 6_000)
            + on(tutorial_seconds_90 >= 300, 4_000)
            + on(visited_days.count_ones() >= 3, 6_000)
            + on(opened_days.count_ones() >= 5, 3_000)
            + on(count(visited_subjects) >= 8, 8_000)
            + on(count(downloaded_subjects) >= 3, 5_000)
            + on(count(viewed_subjects) >= 4, 4_000)
    }
}

/// What an event is to the rules, and whether its subject is counted; none where no rule looks at it.
fn what(kind: &str, subject: &[u8]) -> Option<(What, bool)> {
    Some(match kind {
        "visited" => {
            let what = match subject {
                b"pricing" => What::VisitedPricing,
                b"product_details" => What::VisitedProduct,
                b"careers" => What::VisitedCareers,
                _ if subject.starts_with(b"docs/") => What::VisitedDocs,
                _ if subject.starts_with(b"blog/") => What::VisitedBlog,
                _ => What::VisitedOther,
            };
            (what, true)
        }
        "opened" => (What::Opened, false),
        "clicked" => (What::Clicked, false),
        "viewed" => match subject {
            b"case_study" => (What::ViewedCaseStudy, true),
            b"recording" => (What::ViewedRecording, true),
            _ => (What::ViewedOther, true),
        },
        "watched" => match subject {
            b"demo" => (What::WatchedDemo, false),
            _ if subject.starts_with(b"tutorial/") => (What::WatchedTutorial, false),
            _ => (What::WatchedOther, false),
        },
        "downloaded" => match subject {
            b"ebook" => (What::DownloadedEbook, true),
            b"whitepaper" => (What::DownloadedWhitepaper, true),
            _ => (What::DownloadedOther, true),
        },
        "commented" => (What::Commented, false),
        "attended" if subject == b"webinar" => (What::AttendedWebinar, false),
        "submitted" if subject == b"contact_form" => (What::SubmittedContactForm, false),
        "submitted" => (What::SubmittedOther, false),
        "requested" if subject == b"demo" => (What::RequestedDemo, false),
        "requested" if subject == b"trial" => (What::RequestedTrial, false),
        "replied" => (What::Replied, false),
        "unsubscribed" => (What::Unsubscribed, false),
        _ => return None,
    })
}

/// Eight letters at a time.
fn hash(text: &[u8]) -> u64 {
    let mut hash = text.len() as u64;
    for chunk in text.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    hash ^ (hash >> 32)
}
