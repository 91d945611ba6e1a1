use chrono::{DateTime, TimeZone as _, Utc};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}

fn calendar(zone: Tz, hours: &str, special: &str) -> Calendar {
    Calendar::new(zone, hours.parse().unwrap(), special.parse().unwrap()).unwrap()
}

fn hours(hours: u64) -> Duration {
    Duration::from_hours(hours)
}

const MOSCOW: Tz = chrono_tz::Europe::Moscow;
const NEW_YORK: Tz = chrono_tz::America::New_York;

#[test]
fn without_hours_working_time_is_elapsed_time() {
    let calendar = calendar(NEW_YORK, &WorkingHours::default().to_string(), "");
    // The clocks go forward on 8 March and back on 1 November.
    for day in ["2026-03-07T12:00:00Z", "2026-10-31T12:00:00Z", "2026-11-20T12:00:00Z"] {
        let from = at(day);
        assert_eq!(calendar.between(from, from.plus(hours(48))), hours(48), "{day}");
        assert_eq!(calendar.add(from, hours(48)), from.plus(hours(48)), "{day}");
        assert_eq!(calendar.sub(from, hours(48)), from.minus(hours(48)), "{day}");
    }
}

#[test]
fn a_weekend_and_a_holiday_do_not_count() {
    let calendar = calendar(MOSCOW, "mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-14:00", "2026-11-23");
    // Friday 17:00: one hour today, four on Saturday, Monday is off, the rest on Tuesday.
    let friday = at("2026-11-20T17:00:00+03:00");
    let due = calendar.add(friday, hours(8));
    assert_eq!(due, at("2026-11-24T12:00:00+03:00"));
    assert_eq!(calendar.between(friday, due), hours(8));
    assert_eq!(calendar.sub(due, hours(8)), friday);
    // The end of a stretch is reached before the next one begins.
    assert_eq!(calendar.add(friday, hours(1)), at("2026-11-20T18:00:00+03:00"));
    assert_eq!(calendar.add(friday, Duration::ZERO), friday);
    assert_eq!(calendar.between(friday, friday.minus(hours(1))), Duration::ZERO);
}

#[test]
fn a_worked_day_outranks_the_week_and_a_day_off() {
    let calendar = calendar(
        MOSCOW,
        "mon-fri 09:00-18:00",
        "2027-01-01..2027-01-08, +2027-01-09 10:00-12:00, 15:00-16:00, +2027-01-05 12:00-13:00",
    );
    let new_year = at("2026-12-31T18:00:00+03:00");
    assert_eq!(calendar.add(new_year, hours(1)), at("2027-01-05T13:00:00+03:00"));
    assert_eq!(calendar.add(new_year, hours(4)), at("2027-01-09T16:00:00+03:00"));
    assert_eq!(calendar.add(new_year, hours(5)), at("2027-01-11T10:00:00+03:00"));
}

#[test]
fn hours_in_a_gap_and_in_a_fold_begin_and_end_as_the_clock_shows() {
    let night = calendar(NEW_YORK, "mon-sun 01:30-04:00", "");
    let length = |day: &str| {
        let start = at(&format!("{day}T05:00:00Z"));
        night.between(start, start.plus(hours(20)))
    };
    assert_eq!(length("2026-03-07"), Duration::from_mins(150));
    assert_eq!(length("2026-03-08"), Duration::from_mins(90), "02:00 becomes 03:00");
    assert_eq!(
        length("2026-11-01"),
        Duration::from_mins(210),
        "from the first 01:30, and 02:00 becomes 01:00"
    );
    let gap = calendar(NEW_YORK, "mon-sun 02:15-02:45", "");
    let night = at("2026-03-08T05:00:00Z");
    assert_eq!(gap.between(night, night.plus(hours(10))), Duration::ZERO);
}

#[test]
fn working_days_keep_the_wall_time() {
    let office = calendar(MOSCOW, "mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-14:00", "2026-11-23");
    let due = |from: &str, days| office.due(at(from), Budget::Days(days));
    assert_eq!(due("2026-11-18T11:00:00+03:00", 1), at("2026-11-19T11:00:00+03:00"));
    assert_eq!(
        due("2026-11-20T17:00:00+03:00", 1),
        at("2026-11-21T14:00:00+03:00"),
        "Saturday ends at 14:00"
    );
    assert_eq!(due("2026-11-20T17:00:00+03:00", 2), at("2026-11-24T17:00:00+03:00"), "Monday is off");
    assert_eq!(due("2026-11-18T03:00:00+03:00", 1), at("2026-11-19T09:00:00+03:00"), "before work begins");
    assert_eq!(due("2026-11-21T13:30:00+03:00", 1), at("2026-11-24T14:00:00+03:00"), "in the break");
    assert_eq!(
        due("2026-11-21T20:00:00+03:00", 1),
        at("2026-11-25T09:00:00+03:00"),
        "the next working instant is Tuesday's"
    );
}

#[test]
fn hours_and_days_read_as_they_are_written() {
    for text in
        ["mon-sun 00:00-24:00", "mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-14:00", "tue 00:00-00:01"]
    {
        assert_eq!(text.parse::<WorkingHours>().unwrap().to_string(), text);
    }
    assert_eq!(
        "sat-mon 09:00-10:00, 10:00-11:00".parse::<WorkingHours>().unwrap().to_string(),
        "mon 09:00-11:00; sat-sun 09:00-11:00"
    );
    let days = "2027-01-01..2027-01-08, 2027-02-23, +2027-01-09 10:00-12:00, 13:00-16:00";
    assert_eq!(days.parse::<SpecialDays>().unwrap().to_string(), days);
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_is_allowed() {
    for (text, said) in [
        ("", "names no day"),
        ("mon-fri", "has no hours"),
        ("mon-fri 9-18", "like 09:00-18:00"),
        ("mon 09:00-08:00", "as two days"),
        ("mon 09:00-24:01", "like 09:00-18:00"),
        ("mon 09:00-13:00, 12:00-18:00", "does not come after"),
        ("mon-fri 09:00-18:00; wed 10:00-11:00", "'wed' is named twice"),
        ("Monday 09:00-18:00", "write mon, tue"),
    ] {
        let refused = text.parse::<WorkingHours>().unwrap_err().to_string();
        assert!(refused.contains(said), "{text}: {refused}");
    }
    for (text, said) in [
        ("2027-1-1", "like 2027-01-01"),
        ("2027-01-08..2027-01-01", "ends before"),
        ("2027-01-01..2037-01-01", "longer than a year"),
        ("+2027-01-09", "has no hours"),
        ("10:00-16:00", "is not a date"),
        ("+2027-01-09 10:00-16:00, +2027-01-09 10:00-16:00", "named twice"),
    ] {
        let refused = text.parse::<SpecialDays>().unwrap_err().to_string();
        assert!(refused.contains(said), "{text}: {refused}");
    }
    let year = "2027-01-01..2027-12-31, 2028-01-01..2028-01-10";
    let never = Calendar::new(MOSCOW, WorkingHours::default(), year.parse().unwrap());
    let never = never.unwrap_err().to_string();
    assert!(never.contains("375 days in a row"), "{never}");
}

const MINUTE: i64 = 60_000;
const ZONES: [Tz; 6] = [
    chrono_tz::Africa::Cairo,
    chrono_tz::Australia::Lord_Howe,
    MOSCOW,
    NEW_YORK,
    chrono_tz::Asia::Kathmandu,
    chrono_tz::UTC,
];
/// Days before the clocks of these zones change, and an ordinary one.
const DAYS: [&str; 7] =
    ["2026-03-06", "2026-10-30", "2026-04-22", "2026-10-28", "2026-04-03", "2026-10-02", "2026-11-20"];
const LENGTH: i64 = 6 * 24 * 60;

/// Which minutes of the days after `start` are worked, found by reading the zone's clock at every minute.
fn worked_minutes(calendar: &Calendar, start: Timestamp) -> Vec<bool> {
    let margin = 3 * 24 * 60;
    let clock: Vec<NaiveDateTime> = (-margin..LENGTH + margin)
        .map(|minute| {
            let utc = Utc.timestamp_millis_opt(start.millis() + minute * MINUTE).unwrap();
            utc.with_timezone(&calendar.zone).naive_local()
        })
        .collect();
    let mut worked = vec![false; clock.len()];
    for date in clock[0].date().iter_days().skip(1).take_while(|date| *date < clock[clock.len() - 1].date()) {
        for Interval { from, to } in calendar.intervals(date) {
            let wall = |minutes: u16| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes));
            let begin = clock.iter().position(|shown| *shown >= wall(*from)).unwrap();
            let end = clock.iter().rposition(|shown| *shown < wall(*to)).unwrap() + 1;
            (begin..end).for_each(|minute| worked[minute] = true);
        }
    }
    let margin = usize::try_from(margin).unwrap();
    worked[margin..margin + usize::try_from(LENGTH).unwrap()].to_vec()
}

prop_compose! {
    fn week()(days in prop::array::uniform7(prop::collection::vec(0u16..=1440, 0..5))) -> WorkingHours {
        let mut week = Vec::new();
        for ((name, _), mut ends) in WEEKDAYS.iter().zip(days) {
            ends.sort_unstable();
            ends.dedup();
            let parts: Vec<_> = ends.chunks_exact(2).map(|pair| Interval { from: pair[0], to: pair[1] }.to_string()).collect();
            if !parts.is_empty() {
                week.push(format!("{name} {}", parts.join(", ")));
            }
        }
        week.join("; ").parse().unwrap_or_default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn working_time_is_what_looking_at_every_minute_counts(
        week in prop_oneof![Just(WorkingHours::default()), week()],
        zone in prop::sample::select(ZONES.to_vec()),
        day in prop::sample::select(DAYS.to_vec()),
        day_off in prop::option::of(0u64..6),
        ends in prop::array::uniform2(0i64..LENGTH),
    ) {
        let start = at(&format!("{day}T00:00:00Z"));
        let special = day_off.map_or(String::new(), |days| (day.parse::<NaiveDate>().unwrap() + Days::new(days)).to_string());
        let calendar = Calendar::new(zone, week, special.parse().unwrap()).unwrap();
        let worked = worked_minutes(&calendar, start);
        let (from, to) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let minute = |minute: i64| start.plus_millis(minute * MINUTE);
        let range = usize::try_from(from).unwrap()..usize::try_from(to).unwrap();
        let counted = worked[range.clone()].iter().filter(|worked| **worked).count() as u64;
        prop_assert_eq!(calendar.between(minute(from), minute(to)), Duration::from_mins(counted));
        if counted > 0 {
            let work = Duration::from_mins(counted);
            let last = from + i64::try_from(worked[range.clone()].iter().rposition(|worked| *worked).unwrap()).unwrap();
            prop_assert_eq!(calendar.add(minute(from), work), minute(last + 1));
            let first = from + i64::try_from(worked[range].iter().position(|worked| *worked).unwrap()).unwrap();
            prop_assert_eq!(calendar.sub(minute(to), work), minute(first));
        }
    }

    #[test]
    fn adding_and_taking_away_are_undone_by_counting_and_never_go_back(
        week in prop_oneof![Just(WorkingHours::default()), week()],
        zone in prop::sample::select(ZONES.to_vec()),
        day in prop::sample::select(DAYS.to_vec()),
        from in 0i64..LENGTH * MINUTE,
        work in 0u64..200 * 3_600_000,
        more in 0u64..10_000_000,
        days in 1u16..10,
    ) {
        let calendar = Calendar::new(zone, week, SpecialDays::default()).unwrap();
        let from = at(&format!("{day}T00:00:00Z")).plus_millis(from);
        let (work, more) = (Duration::from_millis(work), Duration::from_millis(more));
        let due = calendar.add(from, work);
        prop_assert_eq!(calendar.between(from, due), work);
        prop_assert_eq!(calendar.between(calendar.sub(from, work), from), work);
        prop_assert!(due <= calendar.add(from, work + more));
        prop_assert!(due <= calendar.add(from.plus(more), work));
        let on_a_day = calendar.due(from, Budget::Days(days));
        prop_assert!(from < on_a_day && on_a_day < calendar.due(from, Budget::Days(days + 1)));
        prop_assert_eq!(calendar.between(on_a_day.plus_millis(-1), on_a_day.plus_millis(1)).is_zero(), false);
    }
}
