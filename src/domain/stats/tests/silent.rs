//! Bounds and tipping points.

use super::super::index::{Index, Oriented};
use super::super::silent::{Eligible, Tipping, weighted_bounds};
use super::super::sums::Sums;
use super::*;
use crate::domain::scale::Scale;

const HONESTY: &str = include_str!("vectors/honesty.json");

/// Answers with the sum and count of a vector; quarters are precise enough for all of them.
fn answers(case: &Value) -> Sums {
    let (n, sum) = (count(&case["n"]), steps(&case["sum01"], 4));
    let mut sums = Sums::new(4);
    sums.add(4, sum / 4);
    sums.add(sum % 4, u64::from(sum % 4 > 0));
    sums.add(0, n - sums.n());
    sums
}

#[test]
fn bounds_and_tipping_points_are_those_of_the_vectors() {
    for case in cases(&vectors(HONESTY), "bounds") {
        let (name, expected) = (text(&case["name"]), &case["expected"]);
        let found = Eligible::new(answers(case), count(&case["eligible"]));
        assert_eq!(found.is_none(), expected.is_null(), "{name}");
        let Some(found) = found else { continue };
        assert_interval(name, found.bounds(), expected);
        match found.tipping(number(&case["target01"])) {
            Tipping::At(share) => assert_near(name, share, &expected["tipping"]),
            Tipping::CannotTurn => assert!(expected["tipping"].is_null(), "{name}"),
        }
    }
}

#[test]
fn a_few_silent_cannot_turn_what_many_said() {
    let good = Eligible::new(Sums::share(95, 100), 101).unwrap();
    assert_eq!(good.tipping(0.5), Tipping::CannotTurn);
    let bad = Eligible::new(Sums::share(5, 100), 101).unwrap();
    assert_eq!(bad.tipping(0.5), Tipping::CannotTurn);
    // Everybody who answered was eligible, also if a smaller number is given.
    let all = Eligible::new(Sums::share(8, 10), 5).unwrap();
    assert_eq!((all.bounds(), all.tipping(0.5)), (Interval::between(0.8, 0.8), Tipping::CannotTurn));
}

#[test]
fn bounds_are_shown_as_the_index_is() {
    let shown = Index::Mean.shown(Oriented::high_is_good(Scale::OneToFive));
    let mut sums = Sums::new(4);
    for (value, answers) in [(1, 2), (2, 5), (3, 2), (4, 1), (5, 2)] {
        sums.add(value - 1, answers);
    }
    let bounds = Eligible::new(sums, 15).unwrap().bounds().map(|limit| shown.value(limit));
    assert!((bounds.low() - 2.333_333_333_333_333).abs() < 1e-12);
    assert!((bounds.high() - 3.133_333_333_333_333_3).abs() < 1e-12);
}

#[test]
fn bounds_of_a_weighted_mean_hold_the_weights() {
    let bounds = weighted_bounds([
        (3.0, Interval::between(0.2, 0.4)),
        (1.0, Interval::between(0.6, 1.0)),
        (f64::NAN, Interval::between(0.0, 0.0)),
    ])
    .unwrap();
    assert!((bounds.low() - 0.3).abs() < 1e-12 && (bounds.high() - 0.55).abs() < 1e-12, "{bounds:?}");
    assert_eq!(weighted_bounds([]), None);
}
