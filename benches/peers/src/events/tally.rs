//! What the rules count, by hand: one event after another goes in, the points come out.

use super::rules::DAY;
use crate::way::Verdict;

/// A kind together with what of its subject matters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
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
pub struct Seen {
    /// In seconds since 1970.
    pub at: i64,
    pub seconds: u32,
    /// The number of its subject, where different subjects are counted.
    pub subject: u16,
    pub what: What,
}

/// The counts of one lead at one instant.
#[derive(Default)]
pub struct Tally<'s> {
    now: i64,
    today: i64,
    /// What fades, in thousandths of a point.
    score: i64,
    pricing_30: i64,
    pricing_90: i64,
    pricing_or_product: i64,
    docs_14: i64,
    docs_30: i64,
    blog: i64,
    careers_60: i64,
    visited_30: i64,
    case_study_90: i64,
    recording: i64,
    ebook_or_paper_60: i64,
    ebook: i64,
    clicked_30: i64,
    clicked_90: i64,
    opened_60: i64,
    opened_90: i64,
    contact_30: i64,
    demo_14: i64,
    webinar_180: i64,
    webinar_365: i64,
    replied_30: i64,
    commented: i64,
    unsubscribed: i64,
    demo_seconds: i64,
    seconds_60: i64,
    tutorial_seconds_90: i64,
    /// A bit for each day, today's the lowest.
    visited_days: u64,
    opened_days: u64,
    /// A bit for each subject.
    visited_subjects: &'s mut [u64],
    downloaded_subjects: &'s mut [u64],
    viewed_subjects: &'s mut [u64],
}

impl<'s> Tally<'s> {
    /// For events with so many different subjects; `met` is room for them.
    #[inline]
    pub fn new(now: i64, subjects: usize, met: &'s mut Vec<u64>) -> Self {
        let words = subjects.div_ceil(64);
        met.clear();
        met.resize(words * 3, 0);
        let (visited_subjects, rest) = met.split_at_mut(words);
        let (downloaded_subjects, viewed_subjects) = rest.split_at_mut(words);
        let today = now.div_euclid(DAY);
        Tally { now, today, visited_subjects, downloaded_subjects, viewed_subjects, ..Tally::default() }
    }

    #[inline]
    pub fn add(&mut self, event: &Seen) {
        let age = self.now - event.at;
        let within = |days: i64| i64::from(age < days * DAY);
        let step = |days: i64| (age / (days * DAY)) as usize;
        match event.what {
            What::VisitedPricing => {
                self.pricing_30 += within(30);
                self.pricing_90 += within(90);
                self.pricing_or_product += 1;
                self.score += [4_000, 2_000, 1_000].get(step(30)).copied().unwrap_or(0);
            }
            What::VisitedProduct => self.pricing_or_product += 1,
            What::VisitedDocs => {
                self.docs_14 += within(14);
                self.docs_30 += within(30);
            }
            What::VisitedBlog => self.blog += 1,
            What::VisitedCareers => self.careers_60 += within(60),
            What::VisitedOther => {}
            What::ViewedCaseStudy => {
                self.case_study_90 += within(90);
                self.score += [6_000, 4_500, 3_375].get(step(20)).copied().unwrap_or(0);
            }
            What::ViewedRecording => self.recording += 1,
            What::ViewedOther => {}
            What::DownloadedEbook => {
                self.ebook += 1;
                self.ebook_or_paper_60 += within(60);
            }
            What::DownloadedWhitepaper => self.ebook_or_paper_60 += within(60),
            What::DownloadedOther => {}
            What::Clicked => {
                self.clicked_30 += within(30);
                self.clicked_90 += within(90);
            }
            What::Opened => {
                self.opened_60 += within(60);
                self.opened_90 += within(90);
                if age < 60 * DAY {
                    self.opened_days |= 1 << (self.today - event.at.div_euclid(DAY));
                }
            }
            What::Replied => {
                self.replied_30 += within(30);
                self.score += [5_000, 4_500, 4_050].get(step(30)).copied().unwrap_or(0);
            }
            What::SubmittedContactForm | What::SubmittedOther => {
                self.contact_30 += within(30) * i64::from(event.what == What::SubmittedContactForm);
                self.score += [10_000, 5_000].get(step(45)).copied().unwrap_or(0);
            }
            What::AttendedWebinar => {
                self.webinar_180 += within(180);
                self.webinar_365 += within(365);
            }
            What::WatchedDemo | What::WatchedTutorial | What::WatchedOther => {
                let seconds = i64::from(event.seconds);
                self.demo_seconds += seconds * i64::from(event.what == What::WatchedDemo);
                self.seconds_60 += seconds * within(60);
                self.tutorial_seconds_90 +=
                    seconds * within(90) * i64::from(event.what == What::WatchedTutorial);
                self.score += [3_000, 2_000, 1_000].get(step(10)).copied().unwrap_or(0);
            }
            What::RequestedDemo | What::RequestedTrial => {
                self.demo_14 += within(14) * i64::from(event.what == What::RequestedDemo);
                self.score += [12_000, 6_000, 3_000, 1_500].get(step(15)).copied().unwrap_or(0);
            }
            What::Commented => self.commented += 1,
            What::Unsubscribed => self.unsubscribed += 1,
        }
        match event.what {
            What::VisitedPricing
            | What::VisitedProduct
            | What::VisitedDocs
            | What::VisitedBlog
            | What::VisitedCareers
            | What::VisitedOther
                if age < 30 * DAY =>
            {
                self.visited_30 += 1;
                mark(self.visited_subjects, event.subject);
                if age < 14 * DAY {
                    self.visited_days |= 1 << (self.today - event.at.div_euclid(DAY));
                }
            }
            What::DownloadedEbook | What::DownloadedWhitepaper | What::DownloadedOther => {
                mark(self.downloaded_subjects, event.subject);
            }
            What::ViewedCaseStudy | What::ViewedRecording | What::ViewedOther if age < 90 * DAY => {
                mark(self.viewed_subjects, event.subject);
            }
            _ => {}
        }
    }

    /// The verdict, with points from elsewhere added, in thousandths.
    pub fn verdict(&self, more: i64) -> Verdict {
        let score = (self.points() + more).clamp(0, 500_000);
        Verdict { score, band: u8::from(score < 120_000) + u8::from(score < 60_000), mql: score >= 80_000 }
    }

    /// In thousandths of a point.
    fn points(&self) -> i64 {
        let on = |holds: bool, points: i64| i64::from(holds) * points;
        let count = |met: &[u64]| met.iter().map(|word| word.count_ones()).sum::<u32>();
        let mut score = self.score;
        score += on(self.pricing_30 >= 2, 15_000)
            + on(self.pricing_or_product >= 1, 5_000)
            + on(self.pricing_90 >= 5, 10_000)
            + on(self.docs_14 >= 3, 6_000)
            + on(self.blog >= 10, 3_000)
            + on(self.careers_60 >= 1, -10_000)
            + on(self.visited_30 >= 20, 8_000)
            + on(self.case_study_90 >= 1, 6_000)
            + on(self.recording >= 2, 4_000)
            + on(self.ebook_or_paper_60 >= 1, 5_000)
            + on(self.clicked_30 >= 5, 4_000)
            + on(self.opened_90 >= 10, 2_000)
            + on(self.contact_30 >= 1, 20_000)
            + on(self.demo_14 >= 1, 25_000)
            + on(self.webinar_180 >= 1, 7_000)
            + on(self.replied_30 >= 1, 9_000)
            + on(self.visited_30 < 1, -10_000)
            + on(self.opened_60 < 2, -3_000)
            + on(self.clicked_90 < 1, -4_000)
            + on(self.unsubscribed >= 1, -25_000);
        score += self.ebook.min(3) * 5_000
            + self.clicked_30.min(10) * 1_000
            + self.opened_60.min(8) * 500
            + self.docs_30.min(5) * 1_500
            + self.commented.min(4) * 2_000
            + self.webinar_365.min(2) * 8_000;
        score
            + on(self.demo_seconds >= 600, 10_000)
            + on(self.seconds_60 >= 1_800, 6_000)
            + on(self.tutorial_seconds_90 >= 300, 4_000)
            + on(self.visited_days.count_ones() >= 3, 6_000)
            + on(self.opened_days.count_ones() >= 5, 3_000)
            + on(count(self.visited_subjects) >= 8, 8_000)
            + on(count(self.downloaded_subjects) >= 3, 5_000)
            + on(count(self.viewed_subjects) >= 4, 4_000)
    }
}

/// What an event is to the rules, and whether its subject is counted; none where no rule looks at it.
pub fn what(kind: &str, subject: &[u8]) -> Option<(What, bool)> {
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

/// Sets a subject's bit.
#[inline]
fn mark(met: &mut [u64], subject: u16) {
    met[usize::from(subject / 64)] |= 1 << (subject % 64);
}
