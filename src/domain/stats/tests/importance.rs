//! Importance × satisfaction.

use std::collections::BTreeMap;

use super::super::importance::{Importance, ImportanceAnswers, Level, Part};
use super::super::index::Oriented;
use super::super::measure::Measure;
use super::*;
use crate::domain::scale::Scale;

const IMPORTANCE: &str = include_str!("vectors/importance.json");
const METRICS: &str = include_str!("vectors/metrics.json");

/// The answers of a case, customer by customer.
fn answers(case: &Value) -> ImportanceAnswers<String> {
    let factors: Vec<String> = case["expected"]["factors"].as_object().unwrap().keys().cloned().collect();
    let mut customers: BTreeMap<&str, Vec<(usize, Part, i64)>> = BTreeMap::new();
    for answer in cases(case, "answers") {
        let part = match text(&answer[1]) {
            "importance" => Part::Importance,
            "csi" => Part::Satisfaction,
            part => panic!("{part}"),
        };
        let factor = factors.iter().position(|factor| factor == text(&answer[2])).unwrap();
        customers.entry(text(&answer[0])).or_default().push((factor, part, answer[3].as_i64().unwrap()));
    }
    let [importance, satisfaction] = ["scale_importance", "scale_satisfaction"].map(|key| scale(&case[key]));
    let mut found = ImportanceAnswers::new(
        factors,
        Oriented::high_is_good(importance),
        Oriented::high_is_good(satisfaction),
    );
    for customer in customers.values() {
        found.add(customer);
    }
    found
}

fn check(of: &str, found: &Importance<String>, expected: &Value) {
    let measured = |part: &str, measure: &Measure, expected: &Value| {
        let of = format!("{of}: {part}");
        assert_near(&of, measure.value(), &expected["value"]);
        assert_interval(&of, measure.interval(), expected);
    };
    assert_near(of, found.simple, &expected["simple"]);
    assert_near(of, found.mean_importance, &expected["mean_importance"]);
    assert_near(of, found.simple, &expected["mean_satisfaction"]);
    assert_eq!(found.customers, count(&expected["customers"]), "{of}");
    measured("weighted", &found.weighted.unwrap(), &expected["weighted"]);
    for factor in &found.factors {
        let expected = &expected["factors"][&factor.key];
        measured("importance", &factor.importance, &expected["importance"]);
        measured("satisfaction", &factor.satisfaction, &expected["satisfaction"]);
        assert_eq!(factor.importance.n(), count(&expected["importance"]["n"]), "{of}");
        assert_near(of, factor.gap.value, &expected["gap"]["value"]);
        assert_interval(of, factor.gap.interval, &expected["gap"]);
        assert_near(of, factor.weight, &expected["weight"]);
        let quadrant = format!("{}/{}", factor.quadrant.importance, factor.quadrant.satisfaction);
        assert_eq!(quadrant, text(&expected["quadrant"]), "{of}");
    }
}

#[test]
fn importance_and_satisfaction_are_those_of_the_vectors() {
    for case in cases(&vectors(IMPORTANCE), "cases") {
        check(text(&case["name"]), &answers(case).analysis().unwrap(), &case["expected"]);
    }
}

#[test]
fn the_seed_is_that_of_the_first_vector() {
    let metrics = vectors(METRICS);
    let seed = &metrics["csi_importance_satisfaction"];
    let vectors = vectors(IMPORTANCE);
    let found = answers(&cases(&vectors, "cases")[0]).analysis().unwrap();
    assert_near("simple", found.simple, &seed["csi_simple"]);
    let weighted = found.weighted.unwrap().value();
    assert!((weighted - number(&seed["csi_weighted"])).abs() < 1e-5, "{weighted}");
    for (place, key) in cases(seed, "factors").iter().enumerate() {
        let factor = found.factors.iter().find(|factor| factor.key == text(key)).unwrap();
        assert_near("importance", factor.importance.value(), &seed["importance_means"][place]);
        assert_near("gap", factor.gap.value, &seed["gap_satisfaction_minus_importance"][place]);
    }
}

fn new(factors: usize) -> ImportanceAnswers<usize> {
    let on = Oriented::high_is_good(Scale::ZeroToTen);
    ImportanceAnswers::new((0..factors).collect(), on, on)
}

#[test]
fn nothing_is_said_until_each_question_has_an_answer() {
    assert_eq!(new(0).analysis(), None);
    let mut found = new(2);
    found.add(&[(0, Part::Importance, 8), (0, Part::Satisfaction, 5), (1, Part::Importance, 3)]);
    found.add(&[(1, Part::Satisfaction, 11), (7, Part::Satisfaction, 5)]);
    assert_eq!(found.analysis(), None, "off the scale, and of no factor");
    found.add(&[(1, Part::Satisfaction, 10)]);
    assert_eq!(found.analysis().unwrap().customers, 2);
}

#[test]
fn what_is_of_no_importance_has_no_weighted_mean() {
    let mut found = new(2);
    for _ in 0..30 {
        found.add(&[
            (0, Part::Importance, 0),
            (1, Part::Importance, 0),
            (0, Part::Satisfaction, 5),
            (1, Part::Satisfaction, 9),
        ]);
    }
    let found = found.analysis().unwrap();
    assert_eq!(found.weighted, None);
    assert!((found.simple - 7.0).abs() < 1e-12);
}

#[test]
fn what_all_rate_ten_is_ten_and_not_certain() {
    let mut found = new(3);
    for customer in 0..12 {
        let answers = |factor: usize| {
            let importance = 3 + i64::try_from((customer * 5 + factor * 3) % 7).unwrap();
            [(factor, Part::Importance, importance), (factor, Part::Satisfaction, 10)]
        };
        found.add(&(0..3).flat_map(answers).collect::<Vec<_>>());
    }
    let weighted = found.analysis().unwrap().weighted.unwrap();
    assert!(weighted.value() >= 10.0 && weighted.interval().width() > 1.0, "{weighted:?}");
}

#[test]
fn what_is_important_and_bad_is_to_be_mended_first() {
    let mut found = new(2);
    for customer in 0..60 {
        let by = i64::from(customer % 2);
        found.add(&[
            (0, Part::Importance, 9 + by),
            (0, Part::Satisfaction, 3 + by),
            (1, Part::Importance, 2 + by),
            (1, Part::Satisfaction, 8 + by),
        ]);
    }
    let found = found.analysis().unwrap();
    let quadrant = found.factors[0].quadrant;
    assert_eq!((quadrant.importance, quadrant.satisfaction), (Level::High, Level::Low));
}

#[test]
fn the_same_customer_again_says_less() {
    let interval = |by_customer: usize| {
        let mut found = new(1);
        let answers: Vec<(usize, Part, i64)> = (0..24)
            .flat_map(|n| [(0, Part::Importance, n % 11), (0, Part::Satisfaction, 10 - n % 11)])
            .collect();
        for customer in answers.chunks(2 * by_customer) {
            found.add(customer);
        }
        found.analysis().unwrap().factors[0].importance.interval().width()
    };
    assert!(interval(4) > interval(1));
}

#[test]
fn parts_of_the_customers_merge_in_any_order() {
    let part = |from: i64| {
        let mut found = new(1);
        for value in from..from + 4 {
            found.add(&[(0, Part::Importance, value), (0, Part::Satisfaction, 10 - value)]);
        }
        found
    };
    let merged = |parts: [i64; 2]| {
        let mut found = part(parts[0]);
        found.merge(&part(parts[1]));
        found
    };
    assert_eq!(merged([0, 5]), merged([5, 0]));
    assert_eq!(merged([0, 5]).analysis().unwrap().customers, 8);
}

#[test]
fn the_silent_bound_the_weighted_satisfaction_and_not_the_importances() {
    let on = Oriented::high_is_good(Scale::OneToFive);
    let mut answers = ImportanceAnswers::new(vec!["speed", "price"], on, on);
    answers.add(&[(0, Part::Importance, 4), (0, Part::Satisfaction, 5)]);
    answers.add(&[(1, Part::Importance, 2), (1, Part::Satisfaction, 3)]);
    // One of four said 5 and one of four 3: (5 + 3·1)/4 to (5 + 3·5)/4, and (3 + 3·1)/4 to (3 + 3·5)/4.
    let bounds = answers.weighted_bounds(4).unwrap();
    assert!((bounds.low() - (4.0 * 2.0 + 2.0 * 1.5) / 6.0).abs() < 1e-12, "{bounds:?}");
    assert!((bounds.high() - (4.0 * 5.0 + 2.0 * 4.5) / 6.0).abs() < 1e-12, "{bounds:?}");
    let value = answers.analysis().unwrap().weighted.unwrap().value();
    assert!(bounds.contains(value));
    let all = answers.weighted_bounds(1).unwrap();
    assert!((all.low() - value).abs() < 1e-12 && (all.high() - value).abs() < 1e-12, "{all:?}");
}
