//! Composite indices, measures and targets.

use super::super::cell::share;
use super::super::clusters::Deff;
use super::super::composite::{Composite, Part, Rule, Valued, Weight, composite};
use super::super::measure::{Measure, MinN};
use super::super::shown::Shown;
use super::super::target::{Reached, Target};
use super::*;

const HONESTY: &str = include_str!("vectors/honesty.json");
const METRICS: &str = include_str!("vectors/metrics.json");

fn part(part: &Value) -> Part<String> {
    let value = part["value"]
        .as_f64()
        .map(|value| Valued { value, interval: Interval::between(number(&part["lo"]), number(&part["hi"])) });
    Part { key: text(&part["name"]).to_owned(), weight: Weight::new(number(&part["weight"])).unwrap(), value }
}

#[test]
fn a_composite_index_is_that_of_the_vectors() {
    for case in cases(&vectors(HONESTY), "composite") {
        let (name, expected) = (text(&case["name"]), &case["expected"]);
        match composite(&cases(case, "parts").iter().map(part).collect::<Vec<_>>()) {
            Composite::Index(found) => {
                assert_near(name, found.value, &expected["value"]);
                assert_interval(name, found.interval, expected);
            }
            Composite::Missing(keys) => {
                let expected: Vec<&str> = cases(expected, "missing").iter().map(text).collect();
                assert_eq!(keys, expected, "{name}");
            }
        }
    }
    assert_eq!(composite::<u8>(&[]), Composite::Missing(Vec::new()));
}

#[test]
fn a_measure_is_that_of_the_vectors() {
    for case in cases(&vectors(HONESTY), "measure_rules") {
        let (rule, expected): (Rule, _) = (text(&case["rule"]).parse().unwrap(), &case["expected"]);
        let found = rule.value(number(&case["a"]), number(&case["b"]));
        assert_eq!(found.is_none(), expected.is_null(), "{case}");
        if let Some(found) = found {
            assert_near(&case.to_string(), found, expected);
        }
    }
    let wrong = [(-1.0, 2.0), (1.0, -2.0), (f64::NAN, 1.0), (1.0, f64::NAN), (f64::INFINITY, 1.0)];
    for (a, b) in wrong {
        assert_eq!(Rule::ALL.iter().map(|rule| rule.value(a, b)).collect::<Vec<_>>(), [None; 2], "{a} {b}");
    }
    assert_eq!(Rule::Complement.value(11.0, 10.0), None, "more defects than goods");
}

/// The price level in the seed: a competitor at 82, and our own at 84.0164.
#[test]
fn the_price_level_is_that_of_the_seed() {
    let found = Valued::measure(Rule::Ratio, 82.0, 84.0164).unwrap();
    let expected = number(&vectors(METRICS)["price_level"]["example_percent"]);
    assert!((found.value - expected).abs() < 0.05, "{found:?}");
    assert!(found.interval.width() <= 0.0, "a measure has no width");
}

#[test]
fn an_index_is_a_part_if_it_is_in_per_cent_and_of_enough_answers() {
    let index = |measure: Measure| Valued::index(&measure, MinN::default());
    let good = share(80, 100, Deff::NONE).unwrap();
    assert!(index(good).is_some_and(|found| (found.value - 80.0).abs() < 1e-12));
    assert_eq!(index(share(8, 9, Deff::NONE).unwrap()), None);
    assert_eq!(index(Measure::new(*good.sample(), Shown::NET)), None);
    assert_eq!([0.0, -1.0, f64::NAN, f64::INFINITY].map(Weight::new), [None; 4]);
}

#[test]
fn a_target_is_judged_as_in_the_vectors() {
    for case in cases(&vectors(HONESTY), "targets") {
        let target =
            Target { value: number(&case["target"]), better: text(&case["better"]).parse().unwrap() };
        let interval = Interval::between(number(&case["lo"]), number(&case["hi"]));
        assert_eq!(target.reached(interval).as_str(), text(&case["expected"]), "{case}");
    }
    let target = Target { value: 50.0, better: "higher".parse().unwrap() };
    let reached = |k, n| target.reached_by(&share(k, n, Deff::NONE).unwrap(), MinN::default());
    assert_eq!([reached(9, 9), reached(95, 100)], [None, Some(Reached::Met)]);
}
