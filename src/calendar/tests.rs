use super::*;
use crate::time::parse_instant;

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

fn office(zone: &str) -> Calendar {
    Calendar::builder(zone)
        .hours("mon-thu", "09:00-12:30, 13:30-18:00")
        .hours("fri", "09:00-15:00")
        .holiday("2026-12-25")
        .build()
        .unwrap()
}

#[test]
fn working_time_passes_in_hours_only() {
    let office = office("+01:00");
    for (start, hours, due) in [
        // Within a span, over lunch, overnight, over a weekend.
        ("2026-11-23T09:00:00+01:00", 2, "2026-11-23T11:00:00+01:00"),
        ("2026-11-23T12:00:00+01:00", 1, "2026-11-23T14:00:00+01:00"),
        ("2026-11-23T17:00:00+01:00", 2, "2026-11-24T10:00:00+01:00"),
        ("2026-11-20T14:00:00+01:00", 3, "2026-11-23T11:00:00+01:00"),
        // What is over when the office closes is not over only when it opens again.
        ("2026-11-23T09:00:00+01:00", 8, "2026-11-23T18:00:00+01:00"),
        // From outside of hours: at night, at lunch, on a Sunday, on a holiday that is a Friday.
        ("2026-11-23T23:00:00+01:00", 1, "2026-11-24T10:00:00+01:00"),
        ("2026-11-23T12:45:00+01:00", 1, "2026-11-23T14:30:00+01:00"),
        ("2026-11-22T12:00:00+01:00", 1, "2026-11-23T10:00:00+01:00"),
        ("2026-12-25T10:00:00+01:00", 1, "2026-12-28T10:00:00+01:00"),
        ("2026-12-24T17:30:00+01:00", 1, "2026-12-28T09:30:00+01:00"),
        ("2026-11-21T12:34:56+01:00", 0, "2026-11-21T12:34:56+01:00"),
    ] {
        let due_at = office.due(at(start), TimeDelta::hours(hours));
        assert_eq!(due_at, Ok(at(due)), "{hours} h from {start}");
        assert_eq!(office.working_time(at(start), at(due)), Ok(TimeDelta::hours(hours)), "{start}");
        assert_eq!(office.working_time(at(due), at(start)), Ok(TimeDelta::hours(-hours)), "{start}");
    }
}

#[test]
fn working_days_end_when_the_office_closes() {
    let office = office("UTC");
    for (start, days, due) in [
        ("2026-11-23T10:00:00Z", 0, "2026-11-23T18:00:00Z"),
        ("2026-11-23T19:00:00Z", 0, "2026-11-24T18:00:00Z"),
        ("2026-11-23T10:00:00Z", 1, "2026-11-24T18:00:00Z"),
        ("2026-11-23T23:59:59Z", 4, "2026-11-27T15:00:00Z"),
        ("2026-11-21T10:00:00Z", 1, "2026-11-23T18:00:00Z"),
        ("2026-12-24T10:00:00Z", 1, "2026-12-28T18:00:00Z"),
    ] {
        assert_eq!(office.end_of_working_day(at(start), days), Ok(at(due)), "{days} days from {start}");
    }
}

#[test]
fn a_calendar_without_holes_is_plain_time() {
    let always = Calendar::builder("+05:45").hours("mon-sun", "00:00-24:00").build().unwrap();
    let start = at("2024-02-28T23:59:59.999999Z");
    let period = TimeDelta::days(3_650) + TimeDelta::microseconds(1);
    assert_eq!(always.due(start, period), Ok(start + period));
    assert_eq!(always.working_time(start, start + period), Ok(period));
}

#[test]
fn settings_that_are_wrong_are_named() {
    let with = |days: &str, hours: &str| Calendar::builder("UTC").hours(days, hours).build().map(drop);
    let holiday =
        |day: &str| Calendar::builder("UTC").hours("mon", "09:00-10:00").holiday(day).build().map(drop);
    for (found, says) in [
        (with("monday", "09:00-10:00"), "hours: found \"monday\" where a day such as fri"),
        (with("fri-mon", "09:00-10:00"), "hours: found \"fri-mon\" where a day such as fri"),
        (with("mon", "17:00-09:00"), "hours.mon: found \"17:00-09:00\" where an end after the beginning"),
        (with("mon", "09:00-09:00"), "hours.mon: found \"09:00-09:00\" where an end after the beginning"),
        (with("mon", "09:00-24:01"), "hours.mon: found \"09:00-24:01\" where hours such as"),
        (with("mon", "9:00-17:00"), "hours.mon: found \"9:00-17:00\" where hours such as"),
        (with("mon", ""), "hours.mon: found \"\" where hours such as"),
        (with("mon", "09:00-12:00,"), "hours.mon: found \"\" where hours such as"),
        (with("mon", "13:00-18:00, 09:00-13:30"), "hours.mon: 09:00-13:30 and 13:00-18:00 overlap"),
        (holiday("2026-02-30"), "holidays[0]: found \"2026-02-30\" where a day such as 2026-12-25"),
        (holiday("2026-12-25T00:00:00Z"), "holidays[0]: found \"2026-12-25T00:00:00Z\" where a day"),
        (Calendar::builder("UTC").build().map(drop), "hours: no day has working hours"),
        (
            Calendar::builder("UTC")
                .hours("mon-fri", "09:00-17:00")
                .hours("fri", "09:00-15:00")
                .build()
                .map(drop),
            "hours.fri: the hours of fri are there already",
        ),
        (Calendar::builder("+19:00").build().map(drop), "zone: found \"+19:00\" where UTC"),
        (Calendar::builder("+1").build().map(drop), "zone: found \"+1\" where UTC"),
        (Calendar::builder("").build().map(drop), "zone: found \"\" where UTC"),
    ] {
        let found = found.unwrap_err().to_string();
        assert!(found.starts_with(says), "{found}\nshould begin with {says}");
    }
}

#[test]
#[cfg(not(feature = "time-zones"))]
fn a_named_zone_needs_the_feature() {
    let found = Calendar::builder("Europe/Berlin").hours("mon", "09:00-10:00").build().unwrap_err();
    assert_eq!(
        found.to_string(),
        "zone: \"Europe/Berlin\" needs leadql's feature `time-zones`; without it write UTC or an offset such as +01:00"
    );
}

#[test]
fn what_is_too_far_is_an_error_and_no_long_wait() {
    // One minute a week: the longest period of a rule set would take 100,000 years.
    let seldom = Calendar::builder("UTC").hours("sun", "12:00-12:01").build().unwrap();
    let start = at("2026-11-22");
    assert_eq!(seldom.due(start, TimeDelta::days(3_650)), Err(CalendarError::TooFar));
    assert_eq!(seldom.due(start, TimeDelta::MAX), Err(CalendarError::TooFar));
    assert_eq!(seldom.due(start, TimeDelta::microseconds(-1)), Err(CalendarError::Negative));
    assert_eq!(seldom.due(start, TimeDelta::MIN), Err(CalendarError::Negative));
    assert_eq!(seldom.end_of_working_day(start, u32::MAX), Err(CalendarError::TooFar));
    assert_eq!(seldom.working_time(at("1900-01-01"), at("2026-01-01")), Err(CalendarError::TooFar));
    assert_eq!(seldom.due(DateTime::<Utc>::MAX_UTC, TimeDelta::zero()), Err(CalendarError::OutOfRange));
    for edge in ["0001-01-01", "9999-12-31T23:59:59.999999Z"] {
        let found = seldom.due(at(edge), TimeDelta::seconds(1));
        assert_eq!(found.is_ok(), edge.starts_with('0'), "{found:?}");
    }
}

#[cfg(feature = "json")]
#[test]
fn a_calendar_is_written_as_it_is_read() {
    let text = r#"{"zone":"+01:00","hours":{"mon":"09:00-12:30, 13:30-18:00","fri":"00:00-24:00"},"holidays":["0001-01-01","2026-12-25"]}"#;
    let calendar: Calendar = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&calendar).unwrap(), text);
    let found = |text: &str| serde_json::from_str::<Calendar>(text).unwrap_err().to_string();
    assert!(found(r#"{"zone":"UTC","hours":{"mon":"1-2"}}"#).contains("hours.mon: found \"1-2\""));
    assert!(
        found(r#"{"zone":"UTC","hours":{"mon":"09:00-10:00","mon":"11:00-12:00"}}"#)
            .contains("hours of mon are there already")
    );
    assert!(found(r#"{"zone":"UTC","hours":{},"holiday":[]}"#).contains("unknown field `holiday`"));
    assert!(found(r#"{"zone":"UTC","hours":["mon"]}"#).contains("hours by day, such as"));
}

/// The named zones, against a twin that looks at the wall clock every minute.
#[cfg(feature = "time-zones")]
mod zones {
    use chrono::{Datelike, Timelike};
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::hours::DAYS;

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn names_are_known_and_slips_are_told() {
        let zone = |name: &str| Calendar::builder(name).hours("mon", "09:00-10:00").build().map(drop);
        assert_eq!(zone("America/New_York"), Ok(()));
        let found = zone("Europe/Berln").unwrap_err().to_string();
        assert!(found.ends_with("belongs; did you mean \"Europe/Berlin\"?"), "{found}");
    }

    #[test]
    fn a_day_has_the_hours_that_its_clock_shows() {
        let nights = |zone: &str| Calendar::builder(zone).hours("mon-sun", "00:00-06:00").build().unwrap();
        for (zone, day, hours) in [
            // Clocks put forward, put back, neither.
            ("Europe/Berlin", "2026-03-29", 5),
            ("Europe/Berlin", "2026-10-25", 7),
            ("Europe/Berlin", "2026-11-22", 6),
            ("America/New_York", "2026-03-08", 5),
            // Midnight itself left out.
            ("Africa/Cairo", "2026-04-24", 5),
        ] {
            let noon = TimeDelta::hours(12);
            let night = nights(zone).working_time(at(day) - noon, at(day) + noon);
            assert_eq!(night, Ok(TimeDelta::hours(hours)), "{zone} on {day}");
        }
        // Samoa crossed the date line: 30 December 2011 was left out.
        let apia = Calendar::builder("Pacific/Apia").hours("mon-sun", "09:00-17:00").build().unwrap();
        let due = apia.due(at("2011-12-29T16:00:00-10:00"), TimeDelta::hours(2));
        assert_eq!(due, Ok(at("2011-12-31T10:00:00+14:00")));
    }

    /// Zones with changes of every sort: by an hour, by half of one, by two, at midnight, over the date line, twice
    /// for a month of fasting.
    const ZONES: [Tz; 12] = [
        Tz::Europe__Berlin,
        Tz::America__New_York,
        Tz::America__St_Johns,
        Tz::Australia__Lord_Howe,
        Tz::Antarctica__Troll,
        Tz::Africa__Cairo,
        Tz::Africa__Casablanca,
        Tz::America__Havana,
        Tz::America__Sao_Paulo,
        Tz::Pacific__Apia,
        Tz::Asia__Kathmandu,
        Tz::UTC,
    ];

    /// Which minutes of the wall clock are working time, by weekday from Monday on, and which days are free.
    #[derive(Clone, Debug)]
    struct Twin {
        zone: Tz,
        spans: [Vec<(u32, u32)>; 7],
        holidays: Vec<chrono::NaiveDate>,
    }

    impl Twin {
        fn calendar(&self) -> Calendar {
            let clock = |minute: &u32| format!("{:02}:{:02}", minute / 60, minute % 60);
            let mut builder = Calendar::builder(self.zone.name());
            for (day, spans) in DAYS.iter().zip(&self.spans).filter(|(_, spans)| !spans.is_empty()) {
                let spans: Vec<String> =
                    spans.iter().map(|(from, to)| format!("{}-{}", clock(from), clock(to))).collect();
                builder = builder.hours(*day, spans.join(","));
            }
            self.holidays
                .iter()
                .fold(builder, |builder, day| builder.holiday(day.to_string()))
                .build()
                .unwrap()
        }

        fn works(&self, micros: i64) -> bool {
            let wall = DateTime::from_timestamp_micros(micros).unwrap().with_timezone(&self.zone);
            let minute = wall.hour() * 60 + wall.minute();
            let spans = &self.spans[wall.weekday().num_days_from_monday() as usize];
            spans.iter().any(|(from, to)| (*from..*to).contains(&minute))
                && !self.holidays.contains(&wall.date_naive())
        }

        /// As [`Calendar::due`], in whole minutes; none where it takes more than a month.
        fn due(&self, start: i64, mut minutes: u32) -> Option<i64> {
            let mut at = start;
            while minutes > 0 {
                minutes -= u32::from(self.works(at));
                at += MINUTE;
                if at > start + 31 * 1_440 * MINUTE {
                    return None;
                }
            }
            Some(at)
        }
    }

    fn spans() -> impl Strategy<Value = Vec<(u32, u32)>> {
        let minute = prop_oneof![0u32..=1_440, Just(0), Just(60), Just(120), Just(180), Just(1_440)];
        proptest::collection::btree_set(minute, 0..5).prop_map(|edges| {
            let edges: Vec<u32> = edges.into_iter().collect();
            edges.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
        })
    }

    fn twin() -> impl Strategy<Value = Twin> {
        let week = proptest::array::uniform7(spans());
        let week = week.prop_filter("some working time", |week| week.iter().any(|day| !day.is_empty()));
        (proptest::sample::select(&ZONES[..]), week).prop_map(|(zone, spans)| Twin {
            zone,
            spans,
            holidays: Vec::new(),
        })
    }

    /// A calendar, and a minute within a few days of a change of its clocks, or anywhere.
    fn case() -> impl Strategy<Value = (Twin, i64)> {
        let anywhere = 1_160_000_000i64..2_050_000_000;
        (twin(), anywhere, -4_000i64..1_000, proptest::collection::vec(0u64..12, 0..4)).prop_map(
            |(mut twin, from, beside, holidays)| {
                let zone = Zone::Named(twin.zone);
                let day = 86_400_000_000;
                let from = from * 1_000_000 / MINUTE * MINUTE;
                let change =
                    (0..400).map(|n| from + n * day).find(|at| zone.ahead(*at) != zone.ahead(at + day));
                let start = change.map_or(from, |change| change + 720 * MINUTE) + beside * MINUTE;
                let today = DateTime::from_timestamp_micros(start).unwrap().date_naive();
                twin.holidays = holidays.iter().map(|days| today + chrono::Days::new(*days)).collect();
                (twin, start)
            },
        )
    }

    fn time(micros: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(micros).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn due_is_what_looking_every_minute_finds((twin, start) in case(), minutes in 0u32..6_000) {
            let calendar = twin.calendar();
            if let Some(due) = twin.due(start, minutes) {
                let period = TimeDelta::minutes(minutes.into());
                prop_assert_eq!(calendar.due(time(start), period), Ok(time(due)));
                prop_assert_eq!(calendar.working_time(time(start), time(due)), Ok(period));
            }
        }

        #[test]
        fn time_adds_up_and_due_is_the_first_instant(
            (twin, start) in case(),
            (first, second) in (-30_000_000_000i64..2_600_000_000_000, 1i64..400_000_000_000),
        ) {
            let calendar = twin.calendar();
            let (start, middle) = (time(start), time(start + first));
            let due = calendar.due(middle, TimeDelta::microseconds(second)).unwrap();
            prop_assert_eq!(calendar.working_time(middle, due), Ok(TimeDelta::microseconds(second)));
            let before = calendar.working_time(middle, due - TimeDelta::microseconds(1));
            prop_assert_eq!(before, Ok(TimeDelta::microseconds(second - 1)));
            let parts = calendar.working_time(start, middle).unwrap() + calendar.working_time(middle, due).unwrap();
            prop_assert_eq!(calendar.working_time(start, due), Ok(parts));
        }

        #[test]
        fn a_working_day_ends_with_its_last_minute((twin, start) in case(), days in 1u32..8) {
            let calendar = twin.calendar();
            let wall = |micros: i64| time(micros).with_timezone(&twin.zone).date_naive();
            let minutes = (0..40 * 1_440).map(|n| start + n * MINUTE).filter(|at| twin.works(*at));
            let mut by_day: std::collections::BTreeMap<_, i64> = std::collections::BTreeMap::new();
            for at in minutes {
                by_day.insert(wall(at), at + MINUTE);
            }
            let later = by_day.range(wall(start) + chrono::Days::new(1)..).nth(days as usize - 1);
            // The last of the forty days may be cut off.
            let complete = later.filter(|(day, _)| by_day.keys().next_back() != Some(*day));
            if let Some((_, end)) = complete {
                prop_assert_eq!(calendar.end_of_working_day(time(start), days), Ok(time(*end)));
            }
        }

        #[cfg(feature = "json")]
        #[test]
        fn settings_survive_being_stored((twin, _) in case()) {
            let calendar = twin.calendar();
            let stored = serde_json::to_string(&calendar).unwrap();
            prop_assert_eq!(serde_json::from_str::<Calendar>(&stored).unwrap(), calendar);
        }
    }
}
