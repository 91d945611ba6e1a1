//! The intervals of shares, means and NPS, and the intraclass correlation.

use super::super::cell::share;
use super::super::clusters::{ClusterSizes, Clusters, Deff, Rho};
use super::super::histogram::Histogram;
use super::super::index::{Index, Oriented};
use super::super::measure::{Measure, MinN};
use super::super::normal::Z;
use super::super::sample::Sample;
use super::super::shown::Shown;
use super::super::sums::Sums;
use super::*;
use crate::domain::scale::{Orientation, Scale};

const INTERVALS: &str = include_str!("vectors/intervals.json");
const METRICS: &str = include_str!("vectors/metrics.json");

fn deff(case: &Value) -> Deff {
    case["deff"].as_f64().map_or(Deff::NONE, |deff| Deff::new(deff).unwrap())
}

#[test]
fn an_interval_is_that_of_the_vectors() {
    let vectors = vectors(INTERVALS);
    assert_near("z", Z, &vectors["z"]);
    for case in cases(&vectors, "cases") {
        match text(&case["kind"]) {
            "share" => check_share(case),
            "mean" => check_mean(case),
            "nps" => check_nps(case),
            kind => panic!("{kind}"),
        }
    }
}

fn check_share(case: &Value) {
    let (name, expected) = (text(&case["name"]), &case["expected"]);
    let found = share(count(&case["k"]), count(&case["n"]), deff(case));
    assert_eq!(found.is_none(), expected.is_null(), "{name}");
    if let Some(found) = found {
        let sample = found.sample();
        assert_near(name, sample.mean(), &expected["value"]);
        assert_interval(name, sample.interval(), expected);
    }
}

/// The histogram of a case's answers.
fn histogram(case: &Value) -> Histogram {
    let is_turned = case["turned"].as_bool().unwrap_or(false);
    let orientation = if is_turned { Orientation::HighIsHard } else { Orientation::HighIsEasy };
    let mut histogram = Histogram::new(Oriented { scale: scale(&case["scale"]), orientation });
    for value in cases(case, "answers") {
        assert!(histogram.add(value.as_i64().unwrap(), None, 1));
    }
    histogram
}

fn check_mean(case: &Value) {
    let (name, expected) = (text(&case["name"]), &case["expected"]);
    if case["answers"].as_array().unwrap().is_empty() {
        let histogram = Histogram::new(Oriented::high_is_good(scale(&case["scale"])));
        assert_eq!(Sample::of(&histogram.sums(Index::Mean), Deff::NONE), None);
        return;
    }
    let histogram = histogram(case);
    let measure = |index: Index| {
        let sample = Sample::of(&histogram.sums(index), deff(case)).unwrap();
        Measure::new(sample, index.shown(histogram.on()))
    };
    let mean = measure(Index::Mean);
    assert_eq!(mean.n(), count(&expected["n"]), "{name}");
    assert_near(name, mean.sample().mean(), &expected["mean01"]);
    assert_near(name, mean.sample().variance(), &expected["s2"]);
    assert_near(name, mean.sample().effective_n(), &expected["effective_n"]);
    assert_near(name, mean.value(), &expected["mean"]);
    assert_interval(name, mean.interval(), expected);
    assert_near(name, measure(Index::PercentOfTop).value(), &expected["percent_of_top"]);
    assert_near(name, measure(Index::PercentOfRange).value(), &expected["percent_of_range"]);
    assert_eq!(mean.state(MinN::default()).as_str(), text(&expected["flag"]), "{name}");
}

/// A number of promoters and detractors among n answers.
fn nps(promoters: u64, detractors: u64, n: u64) -> Histogram {
    let mut histogram = Histogram::new(Oriented::high_is_good(Scale::ZeroToTen));
    for (value, answers) in [(9, promoters), (3, detractors), (8, n - promoters - detractors)] {
        histogram.add(value, None, answers);
    }
    histogram
}

fn check_nps(case: &Value) {
    let (name, expected) = (text(&case["name"]), &case["expected"]);
    let [promoters, detractors, n] = ["promoters", "detractors", "n"].map(|key| count(&case[key]));
    let sample = Sample::of(&nps(promoters, detractors, n).sums(Index::Nps), deff(case));
    assert_eq!(sample.is_none(), expected.is_null(), "{name}");
    let Some(sample) = sample else { return };
    let measure = Measure::new(sample, Shown::NET);
    assert_near(name, measure.value(), &expected["nps"]);
    assert_interval(name, measure.interval(), expected);
    assert_near(name, measure.raw_se(), &expected["raw_se"]);
    assert_near(name, sample.variance(), &expected["s2"]);
}

#[test]
fn an_intraclass_correlation_is_that_of_the_vectors() {
    for case in cases(&vectors(INTERVALS), "icc") {
        let (name, expected) = (text(&case["name"]), &case["expected"]);
        let (mut clusters, mut sizes) = (Clusters::new(4), Vec::new());
        for customer in cases(case, "customers") {
            let values = customer.as_array().unwrap();
            let mut sums = Sums::new(4);
            for value in values {
                sums.add(steps(value, 4), 1);
            }
            clusters.add(&sums);
            sizes.push(values.len() as u64);
        }
        let sizes = ClusterSizes::of(sizes);
        assert_near(name, sizes.mean_size(), &expected["mean_cluster_size"]);
        assert_near(name, sizes.deff(Rho::USUAL).value(), &expected["deff_with_default"]);
        let rho = clusters.intraclass_correlation();
        assert_eq!(rho.is_none(), expected["rho"].is_null(), "{name}");
        if let Some(rho) = rho {
            assert_near(name, rho.value(), &expected["rho"]);
            assert_near(name, sizes.deff(rho).value(), &expected["deff_with_this_rho"]);
        }
        assert_eq!(clusters.rho(), Rho::USUAL, "{name}: too few answers of customers with several");
    }
}

#[test]
fn a_hundred_answers_of_customers_with_several_tell_how_alike_they_are() {
    let mut clusters = Clusters::new(1);
    for customer in 0..50_u64 {
        assert_eq!(clusters.rho(), Rho::USUAL, "after {customer} customers");
        clusters.add(&Sums::share(if customer % 2 == 0 { 2 } else { 0 }, 2));
        // A single answer from somebody else says nothing about it.
        clusters.add(&Sums::share(1, 1));
    }
    assert!(clusters.rho().value() > 0.9, "{:?}", clusters.rho());
    let mut clusters = Clusters::new(1);
    for customer in 0..33_u64 {
        clusters.add(&Sums::share(3 * (customer % 2), 3));
    }
    assert_eq!(clusters.rho(), Rho::USUAL, "99 answers");
}

/// `metrics.json` contains rounded values; `digit` is the unit of the last digit.
#[track_caller]
fn assert_rounded(of: &str, actual: f64, expected: &Value, digit: f64) {
    let expected = number(expected);
    assert!((actual - expected).abs() <= digit / 2.0 + 1e-9, "{of}: {actual} instead of {expected}");
}

#[test]
fn the_figures_of_the_field_are_kept() {
    let vectors = vectors(METRICS);
    for case in cases(&vectors, "wilson95_percent") {
        let found = share(count(&case["k"]), count(&case["n"]), Deff::NONE).unwrap().interval();
        assert_rounded("Wilson, low", found.low(), &case["low_high"][0], 1e-3);
        assert_rounded("Wilson, high", found.high(), &case["low_high"][1], 1e-3);
    }
    for case in cases(&vectors, "nps_margins") {
        let n = count(&case["n"]);
        let [promoters, detractors] =
            ["p", "d"].map(|key| (1..=n).find(|k| is_share(*k, n, &case[key])).unwrap());
        let sample = Sample::of(&nps(promoters, detractors, n).sums(Index::Nps), Deff::NONE).unwrap();
        let measure = Measure::new(sample, Shown::NET);
        assert_rounded("NPS", measure.value(), &case["nps"], 1e-9);
        assert_rounded("raw standard error", measure.raw_se(), &case["se"], 1e-4);
    }
    let mean = &vectors["csi_mean"];
    let mut sums = Sums::new(10);
    sums.add(8, 25);
    sums.add(9, 25);
    assert_eq!([sums.n(), sums.sum()], [count(&mean["n"]), count(&mean["sum"])]);
    assert_near("CSI", 10.0 * sums.mean().unwrap(), &mean["csi"]);
}

fn is_share(k: u64, n: u64, share: &Value) -> bool {
    let (k, n) = (u32::try_from(k).unwrap(), u32::try_from(n).unwrap());
    (f64::from(k) / f64::from(n) - number(share)).abs() < 1e-12
}

#[test]
fn promoters_passives_and_detractors_are_told_by_the_value() {
    let vectors = vectors(METRICS);
    let on = Oriented::high_is_good(Scale::ZeroToTen);
    for (kind, index) in
        [("promoter", Index::Promoters), ("passive", Index::Passives), ("detractor", Index::Detractors)]
    {
        let values: Vec<i64> =
            cases(&vectors["nps_segments"], kind).iter().map(|value| value.as_i64().unwrap()).collect();
        let counted: Vec<i64> =
            on.scale.values().filter(|value| index.point(on, *value, None) == Some(1)).collect();
        assert_eq!(counted, values, "{kind}");
    }
}

/// The satisfaction part of the seed: five customers, four factors, a scale of 1–10.
#[test]
fn the_arithmetic_of_nps_on_another_question_is_that_of_the_seed() {
    let vectors = vectors(METRICS);
    let seed = &vectors["csi_importance_satisfaction"];
    let mut all = Histogram::new(Oriented::high_is_good(Scale::OneToTen));
    let formula = |histogram: &Histogram| Shown::NET.value(histogram.sums(Index::NpsFormula).mean().unwrap());
    for factor in 0..4 {
        let mut histogram = Histogram::new(all.on());
        for customer in cases(seed, "satisfaction") {
            histogram.add(customer[factor].as_i64().unwrap(), None, 1);
        }
        assert_near(
            "mean",
            1.0 + 9.0 * histogram.sums(Index::Mean).mean().unwrap(),
            &seed["satisfaction_means"][factor],
        );
        assert_near("NPS formula", formula(&histogram), &seed["nps_formula_per_factor"][factor]);
        all.merge(&histogram).unwrap();
    }
    assert_near("NPS formula of all", formula(&all), &seed["nps_formula_all_answers"]);
}
