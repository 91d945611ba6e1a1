//! Durations, time to close, tickets and cases.

use std::ops::Range;

use proptest::prelude::*;
use rstest::rstest;

use super::super::durations::{Durations, OrderStatistic, Quantile};
use super::super::kpis::{Messages, Said, contact_rate, is_in_time};
use super::super::survival::{Lasted, Survival};
use super::super::tickets::{Step, Taken, TicketCounter, Tickets};
use super::*;
use crate::domain::time::Timestamp;

const HONESTY: &str = include_str!("vectors/honesty.json");
const METRICS: &str = include_str!("vectors/metrics.json");

const QUANTILES: [(&str, Quantile); 2] = [("median", Quantile::Median), ("p90", Quantile::P90)];

fn assert_seconds(of: &str, found: Option<u64>, expected: &Value) {
    assert_eq!(found.is_none(), expected.is_null(), "{of}: {found:?} instead of {expected}");
    if let Some(found) = found {
        assert_near(of, f64::from(u32::try_from(found).unwrap()), expected);
    }
}

#[test]
fn a_quantile_and_its_interval_are_those_of_the_vectors() {
    for case in cases(&vectors(HONESTY), "quantiles") {
        let name = text(&case["name"]);
        let seconds = case["values"].as_array().unwrap().iter().map(count).collect();
        let durations = Durations::new(seconds, 0);
        for (key, quantile) in QUANTILES {
            let (found, expected) = (durations.quantile(quantile), &case["expected"][key]);
            assert_eq!(found.is_none(), expected.is_null(), "{name}, {key}");
            if let Some(OrderStatistic { value, low, high }) = found {
                assert_seconds(name, Some(value), &expected["value"]);
                assert_seconds(name, low, &expected["lo"]);
                assert_seconds(name, high, &expected["hi"]);
            }
        }
    }
}

#[test]
fn a_time_to_close_is_that_of_the_vectors() {
    for case in cases(&vectors(HONESTY), "time_to_close") {
        let (name, expected) = (text(&case["name"]), &case["expected"]);
        let seconds = case["seconds"].as_array().unwrap().iter().map(count);
        let closed = case["closed"].as_array().unwrap().iter().map(|closed| count(closed) == 1);
        let lasted = seconds.zip(closed).map(|(seconds, is_closed)| Lasted { seconds, is_closed });
        let found = Survival::of(lasted.collect());
        assert_eq!([found.n, found.closed], ["n", "closed"].map(|key| count(&expected[key])), "{name}");
        for (key, quantile) in QUANTILES {
            assert_seconds(name, found.quantile(quantile), &expected[key]);
        }
    }
}

#[test]
fn durations_say_how_many_were_in_time_and_how_many_do_not_say() {
    let durations = Durations::new(vec![600, 0, 60, 61], 3);
    assert_eq!((durations.n(), durations.missing()), (4, 3));
    assert_eq!(durations.mean(), Some(180.25));
    assert_eq!(durations.within(60).map(|within| within.value()), Some(50.0));
    assert_eq!(Durations::default().mean(), None);
    assert_eq!(Durations::default().within(60), None);
}

/// Midnight of this day, counted from the beginning of 1970.
fn day(day: u32) -> Timestamp {
    Timestamp::from_millis(i64::from(day) * 86_400_000)
}

fn ticket(steps: &[(u32, Step)]) -> Vec<Taken> {
    steps.iter().map(|(at, step)| Taken { at: day(*at), step: *step, is_counted: true }).collect()
}

/// The tickets of these days, as they stand on a later one.
fn tickets(tickets: &[Vec<Taken>], days: Range<u32>, now: u32) -> Tickets {
    let mut counter = TicketCounter::new(day(days.start)..day(days.end), day(now));
    for ticket in tickets {
        counter.add(ticket.clone());
    }
    counter.finish()
}

#[test]
fn a_backlog_is_what_was_not_closed_last() {
    use Step::{Closed, Opened, Reopened};
    let known = [
        ticket(&[(1, Opened), (3, Closed)]),
        ticket(&[(2, Opened)]),
        ticket(&[(1, Opened), (4, Closed), (6, Reopened)]),
        // At equal times the closing comes last.
        ticket(&[(5, Closed), (5, Opened)]),
        // After the end of the period.
        ticket(&[(10, Opened)]),
        ticket(&[(1, Opened), (10, Closed)]),
        ticket(&[]),
    ];
    let open = tickets(&known, 0..10, 20).backlog;
    assert_eq!(open.n(), 3);
    assert_eq!(open.quantile(Quantile::Median).unwrap().value, 8 * 86_400, "ages of 4, 8 and 9 days");
    assert_eq!(tickets(&known, 0..10, 3).backlog.n(), 3, "a period that is not over ends now");
}

#[test]
fn a_time_to_close_begins_with_the_first_opening_in_the_period() {
    use Step::{Closed, Opened, Reopened};
    let known = [
        ticket(&[(1, Opened), (12, Closed)]),
        ticket(&[(2, Opened), (2, Closed), (3, Reopened)]),
        ticket(&[(3, Opened)]),
        // Closed before it was reopened.
        ticket(&[(1, Closed), (4, Opened)]),
        // Not opened in the period.
        ticket(&[(11, Opened)]),
        ticket(&[(2, Closed)]),
    ];
    let found = tickets(&known, 1..10, 20).time_to_close;
    assert_eq!((found.n, found.closed), (4, 2));
    let steps: Vec<u64> = found.steps.iter().map(|step| step.seconds).collect();
    assert_eq!(steps, [0, 11 * 86_400]);
    assert_eq!(found.quantile(Quantile::P90), None, "two are open still");
}

#[test]
fn a_ticket_that_is_opened_again_counts_in_the_cut_of_its_first_opening() {
    use Step::{Closed, Opened};
    let mut known = ticket(&[(1, Opened), (2, Closed), (4, Opened), (7, Closed)]);
    known[0].is_counted = false;
    assert_eq!(tickets(&[known.clone()], 0..10, 20).time_to_close.n, 0);
    known[0].is_counted = true;
    known[2].is_counted = false;
    let found = tickets(&[known], 0..10, 20).time_to_close;
    assert_eq!((found.n, found.steps[0].seconds), (1, 86_400));
}

#[test]
fn tickets_are_counted_anew_in_place_of_what_they_came_to() {
    use Step::{Closed, Opened, Reopened};
    let stay =
        [ticket(&[(1, Opened), (2, Closed)]), ticket(&[(1, Opened)]), ticket(&[(3, Closed), (5, Reopened)])];
    let before = [ticket(&[(1, Opened)]), ticket(&[(3, Closed)])];
    let after = [ticket(&[(1, Opened), (2, Closed)]), ticket(&[(3, Closed), (5, Reopened)])];
    let of = |tickets: &[&[Vec<Taken>]]| {
        let mut counter = TicketCounter::new(day(0)..day(10), day(20));
        tickets.concat().into_iter().for_each(|ticket| counter.add(ticket));
        counter
    };
    let mut counter = of(&[&stay, &before]);
    counter.replace(of(&[&before]), of(&[&after]));
    assert_eq!(counter.finish(), of(&[&stay, &after]).finish());
}

#[test]
fn a_reopen_rate_waits_until_it_can_tell() {
    use Step::{Closed, Reopened};
    let known = [
        ticket(&[(1, Closed), (8, Reopened), (9, Closed)]),
        ticket(&[(2, Closed), (10, Reopened)]),
        ticket(&[(2, Reopened), (3, Closed)]),
        // Not yet seven days old.
        ticket(&[(4, Closed)]),
    ];
    let found = tickets(&known, 0..10, 10).reopen_rate.unwrap();
    assert_eq!(found.n(), 3);
    assert!((found.value() - 100.0 / 3.0).abs() < 1e-9, "{found:?}");
    assert_eq!(tickets(&known, 0..1, 10).reopen_rate, None);
}

#[test]
fn a_ticket_is_in_a_cut_by_the_event_that_a_number_is_about() {
    use Step::{Closed, Opened, Reopened};
    let with = |counted: Step| {
        let steps = ticket(&[(1, Opened), (3, Closed), (5, Reopened)]);
        steps.into_iter().map(|taken| Taken { is_counted: taken.step == counted, ..taken }).collect()
    };
    let found = [Opened, Closed, Reopened].map(|counted| {
        let found = tickets(&[with(counted)], 0..10, 20);
        (found.time_to_close.n, found.reopen_rate.map_or(0, |rate| rate.n()), found.backlog.n())
    });
    assert_eq!(found, [(1, 0, 0), (0, 1, 0), (0, 0, 1)]);
}

#[test]
fn what_some_say_is_a_share_of_those_and_a_bound_for_all() {
    let found = Said { is_true: 6, said: 8, closed: 12 };
    assert_eq!(found.of_said().map(|share| share.value()), Some(75.0));
    assert_eq!(found.of_closed().map(|share| share.value()), Some(50.0));
    assert_eq!(Said::default().of_said(), None);
    let messages = Messages { sum: 30, tickets: 12, days: 0 };
    assert_eq!((messages.per_ticket(), messages.per_day()), (Some(2.5), None));
}

#[test]
fn contacts_are_counted_per_hundred_purchases() {
    let found = contact_rate(50, 1000).unwrap();
    assert!((found.value - 5.0).abs() < 1e-12);
    let interval = found.interval.unwrap();
    // exp(1.96·√(1/50 + 1/1000)) = 1.3285
    assert!((interval.high() / 5.0 - 1.328_5).abs() < 1e-3 && (5.0 / interval.low() - 1.328_5).abs() < 1e-3);
    let none = contact_rate(0, 10).unwrap();
    assert!(none.value <= 0.0 && none.interval.is_none());
    assert_eq!(contact_rate(5, 0), None);
    // The response rate in the seed: 1.6 of 19 million.
    let seed = vectors(METRICS)["response_rate"].clone();
    let share = contact_rate(1_600_000, 19_000_000).unwrap().value;
    assert!((share - number(&seed["percent"])).abs() < 5e-4, "{share}");
}

#[rstest]
#[case(Some(5), 9, Some(true))]
#[case(Some(6), 9, Some(false))]
#[case(None, 9, Some(false))]
#[case(None, 5, None)]
fn a_case_counts_once_it_is_contacted_or_past_due(
    #[case] contact: Option<u32>,
    #[case] now: u32,
    #[case] expected: Option<bool>,
) {
    assert_eq!(is_in_time(day(5), contact.map(day), day(now)), expected);
}

proptest! {
    #[test]
    fn a_quantile_is_one_of_the_durations_and_inside_its_interval(
        seconds in proptest::collection::vec(0..5000_u64, 1..200),
    ) {
        let durations = Durations::new(seconds.clone(), 0);
        for (_, quantile) in QUANTILES {
            let found = durations.quantile(quantile).unwrap();
            prop_assert!(seconds.contains(&found.value));
            prop_assert!(found.low.is_none_or(|low| low <= found.value));
            prop_assert!(found.high.is_none_or(|high| found.value <= high));
        }
    }

    #[test]
    fn where_everything_is_closed_a_time_to_close_is_a_quantile(seconds in proptest::collection::vec(0..60_u64, 1..120)) {
        let lasted = seconds.iter().map(|seconds| Lasted { seconds: *seconds, is_closed: true }).collect();
        let found = Survival::of(lasted);
        for (_, quantile) in QUANTILES {
            let direct = Durations::new(seconds.clone(), 0).quantile(quantile).unwrap().value;
            prop_assert_eq!(found.quantile(quantile), Some(direct));
        }
    }

    #[test]
    fn what_is_open_makes_it_longer(lasted in proptest::collection::vec((0..60_u64, any::<bool>()), 1..80)) {
        let of = |is_open_counted: bool| {
            let lasted = lasted.iter().filter(|(_, is_closed)| is_open_counted || *is_closed);
            Survival::of(lasted.map(|(seconds, is_closed)| Lasted { seconds: *seconds, is_closed: *is_closed }).collect())
        };
        let (all, closed) = (of(true), of(false));
        prop_assert!(all.steps.is_sorted_by(|a, b| a.seconds < b.seconds && a.open > b.open));
        for (_, quantile) in QUANTILES {
            if let Some(seconds) = all.quantile(quantile) {
                prop_assert!(closed.quantile(quantile).is_some_and(|alone| alone <= seconds));
            }
        }
    }
}
