//! What drives the overall score.

use proptest::prelude::*;

use super::super::drivers::{DriverAnswers, Drivers, Found, Group};
use super::super::index::Oriented;
use super::*;
use crate::domain::scale::Scale;

const DRIVERS: &str = include_str!("vectors/drivers.json");

fn new(keys: &[&str]) -> DriverAnswers<String> {
    let on = Oriented::high_is_good(Scale::ZeroToTen);
    DriverAnswers::new(keys.iter().map(|key| ((*key).to_owned(), on)).collect(), on)
}

/// The answers of a case, with the columns in the vectors' order.
fn answers(case: &Value) -> DriverAnswers<String> {
    let columns: Vec<&str> = cases(case, "columns").iter().map(text).collect();
    let mut found = new(&columns[..columns.len() - 1]);
    let places: Vec<usize> =
        found.factors().map(|key| columns.iter().position(|column| column == key).unwrap()).collect();
    for row in cases(case, "rows") {
        let cells: Vec<&str> = text(row).split(' ').collect();
        let value = |place: usize| cells[place + 1].parse::<i64>().unwrap();
        let group = match cells[0].split_once(':').unwrap() {
            ("c", id) => Group::of_customer(id),
            ("s", survey) => Group::of_erased_survey(survey),
            unit => panic!("{unit:?}"),
        };
        let values: Vec<Option<i64>> = places.iter().map(|place| Some(value(*place))).collect();
        found.add(group, &values, value(columns.len() - 1));
    }
    found
}

fn found(of: &str, drivers: Drivers<String>) -> Found<String> {
    match drivers {
        Drivers::Found(found) => found,
        other => panic!("{of}: {other:?}"),
    }
}

#[test]
fn drivers_are_those_of_the_vectors() {
    for case in cases(&vectors(DRIVERS), "cases") {
        let (name, expected) = (text(&case["name"]), &case["expected"]);
        let drivers = answers(case).drivers();
        if expected["verdict"] == "too_few" {
            assert_eq!(drivers, Drivers::TooFew { n: count(&expected["n"]) }, "{name}");
            continue;
        }
        let found = found(name, drivers);
        assert_eq!(found.n, count(&expected["n"]), "{name}");
        assert_near(name, found.r2, &expected["r2"]);
        assert_eq!(found.factors.len(), expected["factors"].as_object().unwrap().len(), "{name}");
        for factor in &found.factors {
            let (of, expected) = (format!("{name}: {}", factor.key), &expected["factors"][&factor.key]);
            assert_near(&of, factor.lmg, &expected["lmg"]);
            assert_near(&of, factor.share, &expected["share"]);
            assert_near(&of, factor.se, &expected["se"]);
            assert_interval(&of, factor.interval, expected);
            assert_near(&of, factor.correlation, &expected["correlation"]);
            assert_near(&of, factor.mean, &expected["mean"]);
        }
    }
}

#[test]
fn what_never_varies_explains_nothing() {
    let mut answers = new(&["a", "b"]);
    for id in 0..250_i64 {
        answers.add(Group::of_customer(id), &[Some(id % 10), Some(id % 7)], 8);
    }
    assert_eq!(answers.drivers(), Drivers::Constant { n: 250 });
    assert_eq!(new(&[]).drivers(), Drivers::TooFew { n: 0 });
}

#[test]
fn a_survey_counts_with_all_of_its_answers_only() {
    let mut answers = new(&["a", "b"]);
    for values in [&[Some(1), None][..], &[Some(1)], &[Some(1), Some(11)]] {
        answers.add(Group::of_customer(1), values, 5);
    }
    answers.add(Group::of_customer(1), &[Some(1), Some(2)], 11);
    assert_eq!(answers.drivers(), Drivers::TooFew { n: 0 });
}

#[test]
fn the_first_eight_factors_by_key_are_taken() {
    let answers = new(&["j", "i", "h", "g", "f", "e", "d", "c", "b", "a"]);
    assert_eq!(answers.factors().collect::<Vec<_>>(), ["a", "b", "c", "d", "e", "f", "g", "h"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn shares_add_up_and_no_order_matters(
        rows in proptest::collection::vec((0..80_u32, 0..11_i64, 0..11_i64, 0..11_i64, 0..11_i64), 200..300),
    ) {
        let of = |rows: &mut dyn Iterator<Item = &(u32, i64, i64, i64, i64)>| {
            let mut answers = new(&["a", "b", "c"]);
            for (id, a, b, c, noise) in rows {
                answers.add(Group::of_customer(id), &[Some(*a), Some(*b), Some(*c)], (3 * a + b + 2 * noise) / 6);
            }
            answers
        };
        let answers = of(&mut rows.iter());
        prop_assert_eq!(&of(&mut rows.iter().rev()), &answers);
        let mut merged = of(&mut rows.iter().skip(100));
        merged.merge(&of(&mut rows.iter().take(100)));
        prop_assert_eq!(&merged, &answers);
        let found = found("random", answers.drivers());
        prop_assert!((found.factors.iter().map(|factor| factor.share).sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(found.r2 <= 1.0 + 1e-12);
        for factor in &found.factors {
            prop_assert!(0.0 <= factor.interval.low() && factor.interval.high() <= 1.0);
            prop_assert!(factor.lmg >= -1e-12 && factor.interval.contains(factor.share.clamp(0.0, 1.0)));
        }
    }
}
