use std::time::Duration;

use chrono::{DateTime, Timelike as _, Weekday};
use proptest::prelude::*;

use super::*;
use crate::domain::sending::{DaysOff, SendOverrides, SendingDefaults};

fn at(text: &str) -> Timestamp {
    Timestamp::from(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}

fn defaults() -> Sending {
    SendOverrides::default().resolve(&SendingDefaults::default())
}

fn quiet(text: &str) -> Sending {
    Sending { quiet_hours: text.parse().unwrap(), ..defaults() }
}

/// Returns when a survey is sent, in UTC, or `stale`.
fn leaves(sending: &Sending, zone: Tz, event: &str, now: &str) -> String {
    match moment(at(event), at(now), sending, zone) {
        Moment::At(moment) => moment.to_rfc3339(),
        Moment::Stale => "stale".into(),
    }
}

#[test]
fn the_target_comes_first_then_the_window_then_the_next_morning() {
    let table = [
        // The target itself is allowed: 12:00 + 3 h.
        ("2026-11-21T12:00:00+03:00", "2026-11-21T12:00:00Z"),
        // The target is at night but its window ends in the morning: 06:00 + 3 h = 09:00, allowed from 10:00.
        ("2026-11-21T06:00:00+03:00", "2026-11-21T07:00:00Z"),
        // Nothing is allowed between the target and the window's end, but there is a moment before the target: 18:30 +
        // 2 h = 20:30.
        ("2026-11-21T18:30:00+03:00", "2026-11-21T17:30:00Z"),
        // The last target before the quiet hours, and the first one within them: 21:00 is already quiet.
        ("2026-11-21T17:59:59+03:00", "2026-11-21T17:59:59Z"),
        ("2026-11-21T18:00:00+03:00", "2026-11-21T17:00:00Z"),
        // Nothing is allowed in the whole window, so it is the next morning at 10:00, when the quiet hours are over.
        ("2026-11-21T20:00:00+03:00", "2026-11-22T07:00:00Z"),
    ];
    for (event, expected) in table {
        assert_eq!(leaves(&defaults(), chrono_tz::Europe::Moscow, event, event), expected, "{event}");
    }
}

#[test]
fn a_late_arrival_leaves_at_once_if_it_may_and_goes_stale_when_it_is_too_old() {
    let event = "2026-11-21T10:00:00+03:00";
    let zone = chrono_tz::Europe::Moscow;
    let table = [
        ("2026-11-21T14:00:00+03:00", "2026-11-21T11:00:00Z"),
        ("2026-11-21T19:00:00+03:00", "2026-11-21T16:00:00Z"),
        ("2026-11-21T23:00:00+03:00", "2026-11-22T07:00:00Z"),
        ("2026-11-23T10:00:00+03:00", "2026-11-23T07:00:00Z"),
        ("2026-11-23T10:00:00.001+03:00", "stale"),
    ];
    for (now, expected) in table {
        assert_eq!(leaves(&defaults(), zone, event, now), expected, "{now}");
    }
    let short = Sending { max_age: Duration::from_hours(8), ..defaults() };
    assert_eq!(leaves(&short, zone, "2026-11-21T20:00:00+03:00", "2026-11-21T20:00:00+03:00"), "stale");
}

#[test]
fn a_zone_of_three_quarters_of_an_hour_has_its_own_morning() {
    // 20:00 in Kathmandu is 14:15 UTC; 10:00 the next day is 04:15 UTC.
    let event = "2026-11-21T14:15:00Z";
    assert_eq!(leaves(&defaults(), chrono_tz::Asia::Kathmandu, event, event), "2026-11-22T04:15:00Z");
}

#[test]
fn a_wall_time_in_a_gap_is_the_first_instant_after_it() {
    // Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC. Quiet until 02:30 means until 03:00.
    let rules = quiet("21:00-02:30");
    let event = "2026-03-28T19:00:00Z";
    assert_eq!(leaves(&rules, chrono_tz::Europe::Berlin, event, event), "2026-03-29T01:00:00Z");
    // New York, 2026-03-08: the same at 07:00 UTC.
    let event = "2026-03-08T02:00:00Z";
    assert_eq!(leaves(&rules, chrono_tz::America::New_York, event, event), "2026-03-08T07:00:00Z");
}

#[test]
fn in_a_fold_the_hour_that_comes_twice_is_asked_twice() {
    // Berlin, 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC. Sending is allowed from 02:30, and then it is quiet again.
    let rules = quiet("21:00-02:30");
    let (zone, event) = (chrono_tz::Europe::Berlin, "2026-10-24T16:30:00Z");
    let next = |now: &str| leaves(&rules, zone, event, now);
    assert_eq!(next("2026-10-24T23:00:00Z"), "2026-10-25T00:30:00Z", "02:30 for the first time");
    assert_eq!(next("2026-10-25T00:59:00Z"), "2026-10-25T00:59:00Z", "02:59 for the first time");
    assert_eq!(next("2026-10-25T01:00:00Z"), "2026-10-25T01:30:00Z", "02:00 again, quiet until 02:30");
    // The fold itself can end the quiet hours: they last from 01:30 to 05:00, and at 06:00 UTC New York goes back to
    // 01:00.
    let rules = quiet("01:30-05:00");
    let (zone, event) = (chrono_tz::America::New_York, "2026-10-31T22:00:00Z");
    assert_eq!(leaves(&rules, zone, event, "2026-11-01T05:45:00Z"), "2026-11-01T06:00:00Z");
}

#[test]
fn a_day_that_a_zone_leaves_out_is_no_obstacle() {
    // Samoa skipped from 29 to 31 December 2011 at 10:00 UTC.
    let mut days_off = DaysOff::default();
    days_off.add("2011-12-30").unwrap();
    days_off.add("thu").unwrap();
    let rules = Sending { quiet_hours: QuietHours::Off, days_off, ..defaults() };
    let event = "2011-12-29T20:00:00Z";
    assert_eq!(leaves(&rules, chrono_tz::Pacific::Apia, event, event), "2011-12-30T10:00:00Z");
}

#[test]
fn days_off_are_days_of_the_customers_calendar() {
    let days_off = DaysOff { weekdays: vec![Weekday::Sat, Weekday::Sun], dates: Vec::new() };
    let rules = Sending { days_off, max_age: Duration::from_hours(96), ..defaults() };
    let friday_evening = "2026-11-20T20:00:00+03:00";
    assert_eq!(
        leaves(&rules, chrono_tz::Europe::Moscow, friday_evening, friday_evening),
        "2026-11-23T07:00:00Z"
    );
    let every_day =
        DaysOff { weekdays: (0..7).map(|day| Weekday::try_from(day).unwrap()).collect(), dates: Vec::new() };
    let never = Sending { days_off: every_day, ..rules };
    assert_eq!(leaves(&never, chrono_tz::Europe::Moscow, friday_evening, friday_evening), "stale");
}

#[test]
fn a_support_desk_may_ask_at_once() {
    let rules =
        Sending { delay: Duration::ZERO, delay_min: Duration::ZERO, delay_max: Duration::ZERO, ..defaults() };
    let event = "2026-11-21T12:00:00+03:00";
    assert_eq!(leaves(&rules, chrono_tz::Europe::Moscow, event, event), "2026-11-21T09:00:00Z");
}

#[test]
fn a_claim_holds_until_the_quiet_hours_or_until_the_event_is_too_old() {
    let zone = chrono_tz::Europe::Moscow;
    let event = at("2026-11-21T12:00:00+03:00");
    let until = |now: &str| allowed_until(event, at(now), &defaults(), zone).to_rfc3339();
    assert_eq!(until("2026-11-21T15:00:00+03:00"), "2026-11-21T17:59:59.999Z");
    assert_eq!(until("2026-11-23T11:00:00+03:00"), "2026-11-23T09:00:00Z");
}

#[test]
fn a_day_begins_at_its_first_instant() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let start = |text: &str, zone: Tz| start_of_day(day(text), zone).to_rfc3339();
    assert_eq!(start("2026-11-21", chrono_tz::Europe::Moscow), "2026-11-20T21:00:00Z");
    // Cairo skips midnight of 2026-04-24; Samoa skipped a whole day.
    assert_eq!(start("2026-04-24", chrono_tz::Africa::Cairo), "2026-04-23T22:00:00Z");
    assert_eq!(start("2011-12-30", chrono_tz::Pacific::Apia), "2011-12-30T10:00:00Z");
    assert_eq!(start("2011-12-31", chrono_tz::Pacific::Apia), "2011-12-30T10:00:00Z");
}

/// Checks `from` and then every whole minute.
fn naive_first(sending: &Sending, zone: Tz, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
    let allowed = |at: Timestamp| {
        let local = at.to_utc().with_timezone(&zone);
        let minute = local.time().with_second(0).unwrap().with_nanosecond(0).unwrap();
        !sending.quiet_hours.contains(minute) && !sending.days_off.contains(local.date_naive())
    };
    let minute = |at: Timestamp| at.millis().div_euclid(60_000);
    std::iter::once(from)
        .chain((minute(from) + 1..=minute(to)).map(|minute| Timestamp::from_millis(minute * 60_000)))
        .find(|at| *at <= to && allowed(*at))
}

fn naive_moment(event: Timestamp, now: Timestamp, sending: &Sending, zone: Tz) -> Moment {
    let first = |from: Timestamp, to| naive_first(sending, zone, now.max(from), to);
    let (target, min, max) =
        (event.plus(sending.delay), event.plus(sending.delay_min), event.plus(sending.delay_max));
    first(target, max)
        .or_else(|| first(min, target))
        .or_else(|| first(max, event.plus(sending.max_age)))
        .map_or(Moment::Stale, Moment::At)
}

/// Days around clock changes, and an ordinary one.
const DAYS: [&str; 7] = [
    "2026-03-27T00:00:00Z",
    "2026-10-23T00:00:00Z",
    "2026-03-06T00:00:00Z",
    "2026-10-30T00:00:00Z",
    "2011-12-28T00:00:00Z",
    "2026-04-22T00:00:00Z",
    "2026-11-20T00:00:00Z",
];
const ZONES: [Tz; 7] = [
    chrono_tz::Europe::Moscow,
    chrono_tz::America::New_York,
    chrono_tz::Europe::Berlin,
    chrono_tz::Asia::Kathmandu,
    chrono_tz::Pacific::Apia,
    chrono_tz::Africa::Cairo,
    chrono_tz::Australia::Lord_Howe,
];

prop_compose! {
    fn rules()(
        mut delays in prop::array::uniform3(0u64..600),
        older in 0u64..4000,
        quiet in prop::option::of((0u32..1440, 1u32..1440)),
        weekdays in prop::collection::vec(0u8..7, 0..3),
        skipped_day in prop::option::of(Just("2011-12-30")),
    ) -> Sending {
        delays.sort_unstable();
        let minutes = Duration::from_mins;
        let time = |minute: u32| NaiveTime::from_hms_opt(minute / 60 % 24, minute % 60, 0).unwrap();
        Sending {
            delay_min: minutes(delays[0]),
            delay: minutes(delays[1]),
            delay_max: minutes(delays[2]),
            max_age: minutes(delays[2] + older),
            quiet_hours: quiet.map_or(QuietHours::Off, |(from, length)| {
                QuietHours::Between { from: time(from), to: time(from + length) }
            }),
            days_off: DaysOff {
                weekdays: weekdays.into_iter().map(|day| Weekday::try_from(day).unwrap()).collect(),
                dates: skipped_day.into_iter().map(|day| day.parse().unwrap()).collect(),
            },
            ..defaults()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_moment_is_the_one_that_looking_at_every_minute_finds(
        rules in rules(),
        zone in prop::sample::select(ZONES.to_vec()),
        day in prop::sample::select(DAYS.to_vec()),
        event in 0i64..3 * DAY_MS,
        waited in prop_oneof![Just(0), 0i64..4 * DAY_MS],
    ) {
        let event = at(day).plus_millis(event);
        let now = event.plus_millis(waited);
        let found = moment(event, now, &rules, zone);
        prop_assert_eq!(found, naive_moment(event, now, &rules, zone));
        if let Moment::At(due) = found {
            // A survey claimed on time is sent, and its claim never lasts into a time when sending is not allowed.
            prop_assert_eq!(moment(event, due, &rules, zone), Moment::At(due));
            let until = allowed_until(event, due, &rules, zone);
            prop_assert!(due <= until);
            prop_assert_eq!(naive_first(&rules, zone, until, until), Some(until));
        }
    }
}
