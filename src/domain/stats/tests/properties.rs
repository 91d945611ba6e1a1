//! The properties that hold for any input.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::cell::Cell;
use super::super::clusters::{ClusterSizes, Clusters, Deff, Rho};
use super::super::histogram::{Histogram, OtherScale};
use super::super::index::{Index, Oriented};
use super::super::measure::MinN;
use super::super::overall::FactorAnswers;
use super::super::sample::Sample;
use super::super::sums::Sums;
use crate::domain::scale::{Band, Bands, Orientation, Scale};

fn oriented() -> impl Strategy<Value = Oriented> {
    let scale = proptest::sample::select(Scale::ALL);
    let orientation = proptest::sample::select(Orientation::ALL);
    (scale, orientation).prop_map(|(scale, orientation)| Oriented { scale, orientation })
}

/// Answers on a scale with its default bands: each value with its count.
fn histogram() -> impl Strategy<Value = Histogram> {
    (oriented(), vec((-1..12_i64, 0..40_u64), 0..8)).prop_map(|(on, answers)| {
        let (low_max, high_min) = on.scale.usual_bands();
        let bands = Bands::new(on.scale, on.orientation, low_max, high_min);
        let mut histogram = Histogram::new(on);
        for (value, times) in answers {
            histogram.add(value, Some(bands.band(value)), times);
        }
        histogram
    })
}

fn sums() -> impl Strategy<Value = Sums> {
    (1..11_u64, vec((0..11_u64, 0..30_u64), 0..6)).prop_map(|(points, answers)| {
        let mut sums = Sums::new(points);
        for (point, times) in answers {
            sums.add(point, times);
        }
        sums
    })
}

fn deff() -> impl Strategy<Value = Deff> {
    (1.0..30.0).prop_map(|deff| Deff::new(deff).unwrap())
}

proptest! {
    #[test]
    fn an_interval_holds_its_value_has_a_width_and_stays_on_the_scale(
        sums in sums(), deff in deff(),
    ) {
        let Some(sample) = Sample::of(&sums, deff) else {
            prop_assert_eq!(sums.n(), 0);
            return Ok(());
        };
        let interval = sample.interval();
        prop_assert!(interval.contains(sample.mean()), "{:?}", interval);
        prop_assert!(0.0 <= interval.low() && interval.high() <= 1.0 && interval.width() > 0.0, "{:?}", interval);
        prop_assert_eq!(interval.low() == 0.0, sums.sum() == 0);
        prop_assert_eq!(interval.high() >= 1.0, sums.sum() == sums.n() * sums.points());
    }

    #[test]
    fn more_of_the_same_answers_never_widen_an_interval(sums in sums(), deff in deff()) {
        prop_assume!(sums.n() > 0);
        let twice = sums.merge(sums);
        let width = |sums: &Sums, deff| Sample::of(sums, deff).unwrap().interval().width();
        prop_assert!(width(&twice, deff) <= width(&sums, deff) + 1e-12);
        prop_assert!(width(&sums, Deff::NONE) <= width(&sums, deff) + 1e-12);
    }

    #[test]
    fn sums_merge_in_any_order(a in sums(), b in sums(), c in sums()) {
        prop_assert_eq!(a.merge(b), b.merge(a));
        prop_assert_eq!(a.merge(b).merge(c), a.merge(b.merge(c)));
        prop_assert!((a.merge(b).total() - a.total() - b.total()).abs() < 1e-9);
        let squares = |sums: Sums| as_f64(sums.squares()) / as_f64(sums.points().pow(2));
        prop_assert!((squares(a.merge(b)) - squares(a) - squares(b)).abs() < 1e-9);
    }

    #[test]
    fn every_index_is_on_its_own_scale_and_bands_add_up(histogram in histogram(), repeats in 0..50_u64) {
        let n = histogram.n();
        let cell = Cell::new(histogram.clone(), ClusterSizes::new(n, n + repeats), Rho::USUAL);
        for index in Index::ALL {
            let Some(measure) = cell.measure(*index) else {
                prop_assert!(n == 0 || !index.is_on(histogram.on().scale));
                continue;
            };
            let range = [0.0, 1.0].map(|end| measure.shown().value(end));
            let interval = measure.interval();
            prop_assert!(range[0] <= interval.low() && interval.high() <= range[1], "{}: {:?}", index, interval);
            prop_assert!(interval.contains(measure.value()), "{}", index);
            prop_assert_eq!(measure.state(MinN(n + 1)).as_str(), "too_few");
        }
        let share = |index| cell.measure(index).map_or(0.0, |measure| measure.value());
        if n > 0 {
            let whole: f64 = [Index::Low, Index::Neutral, Index::High].map(share).iter().sum();
            prop_assert!((whole - 100.0).abs() < 1e-9);
            prop_assert!((share(Index::Net) - (share(Index::High) - share(Index::Low))).abs() < 1e-9);
        }
    }

    #[test]
    fn turning_a_scale_round_turns_its_values_round(value in 0..11_i64, scale in proptest::sample::select(Scale::ALL)) {
        let [easy, hard] = Orientation::ALL else { panic!("a third orientation") };
        let turned = scale.min() + scale.max() - value;
        prop_assert_eq!(
            Oriented { scale, orientation: *hard }.point(value),
            Oriented { scale, orientation: *easy }.point(turned)
        );
    }

    #[test]
    fn rho_is_that_of_the_definition_and_depends_on_no_order(
        customers in vec(vec(0..5_u64, 1..5), 2..40),
    ) {
        let sums = |values: &Vec<u64>| {
            let mut sums = Sums::new(4);
            for point in values {
                sums.add(*point, 1);
            }
            sums
        };
        let of = |customers: &[Vec<u64>]| {
            let mut clusters = Clusters::new(4);
            for values in customers {
                clusters.add(&sums(values));
            }
            clusters
        };
        let clusters = of(&customers);
        let mut turned = customers.clone();
        turned.reverse();
        prop_assert_eq!(&of(&turned), &clusters);
        let direct = directly(&customers);
        let found = clusters.intraclass_correlation();
        prop_assert_eq!(found.is_some(), direct.is_some());
        if let (Some(found), Some(direct)) = (found, direct) {
            prop_assert!((found.value() - direct).abs() < 1e-9, "{:?} {}", found, direct);
        }
    }

    #[test]
    fn the_overall_index_of_one_question_is_its_mean(values in vec(1..6_i64, 1..60)) {
        let on = Oriented::high_is_good(Scale::OneToFive);
        let (mut factors, mut histogram) = (FactorAnswers::new(vec![on]), Histogram::new(on));
        for value in &values {
            factors.add(&[(0, *value)]);
            histogram.add(*value, None, 1);
        }
        let sample = Sample::of(&histogram.sums(Index::Mean), Deff::NONE).unwrap();
        let overall = factors.measure(Deff::NONE).unwrap();
        prop_assert!((overall.sample().mean() - sample.mean()).abs() < 1e-12);
        prop_assert!((overall.sample().interval().low() - sample.interval().low()).abs() < 1e-9);
        prop_assert!((overall.sample().interval().high() - sample.interval().high()).abs() < 1e-9);
    }

    #[test]
    fn the_overall_index_has_the_variance_of_its_definition(
        surveys in vec((proptest::option::of(1..6_i64), proptest::option::of(0..11_i64), proptest::option::of(1..6_i64)), 1..40),
    ) {
        let ons = [Scale::OneToFive, Scale::ZeroToTen, Scale::OneToFive].map(Oriented::high_is_good);
        let mut factors = FactorAnswers::new(ons.to_vec());
        let mut rows = Vec::new();
        for (a, b, c) in surveys {
            let answers: Vec<(usize, i64)> =
                [a, b, c].into_iter().enumerate().filter_map(|(factor, value)| Some((factor, value?))).collect();
            factors.add(&answers);
            rows.push(answers);
        }
        rows.retain(|row| !row.is_empty());
        prop_assert_eq!(factors.surveys(), rows.len() as u64);
        let found = factors.measure(Deff::NONE);
        let x = |factor: usize, value: i64| as_f64(ons[factor].point(value).unwrap()) / as_f64(ons[factor].points());
        let of = |factor| -> Vec<f64> { rows.iter().flatten().filter(|(f, _)| *f == factor).map(|(f, v)| x(*f, *v)).collect() };
        let columns = [of(0), of(1), of(2)];
        prop_assert_eq!(found.is_none(), columns.iter().any(Vec::is_empty));
        let Some(found) = found else { return Ok(()) };
        let means = columns.each_ref().map(|values| values.iter().sum::<f64>() / as_f64(values.len() as u64));
        let squares: f64 = rows.iter().map(|row| {
            let u: f64 = row.iter().map(|(f, v)| (x(*f, *v) - means[*f]) / (3.0 * as_f64(columns[*f].len() as u64))).sum();
            u * u
        }).sum();
        prop_assert!((found.sample().mean() - means.iter().sum::<f64>() / 3.0).abs() < 1e-12);
        prop_assert!((found.sample().variance() - as_f64(rows.len() as u64) * squares).abs() < 1e-12);
        prop_assert!(found.interval().contains(found.value()));
    }
}

fn as_f64(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Donner & Koval's ρ, computed directly from its definition.
fn directly(customers: &[Vec<u64>]) -> Option<f64> {
    let x = |point: &u64| as_f64(*point) / 4.0;
    let mean = |values: &[u64]| values.iter().map(x).sum::<f64>() / as_f64(values.len() as u64);
    let all: Vec<u64> = customers.iter().flatten().copied().collect();
    let (n, k) = (as_f64(all.len() as u64), as_f64(customers.len() as u64));
    if n <= k {
        return None;
    }
    let m = mean(&all);
    let size = |values: &Vec<u64>| as_f64(values.len() as u64);
    let between = customers.iter().map(|c| size(c) * (mean(c) - m).powi(2)).sum::<f64>() / (k - 1.0);
    let within =
        customers.iter().flat_map(|c| c.iter().map(|v| (x(v) - mean(c)).powi(2))).sum::<f64>() / (n - k);
    let n0 = (n - customers.iter().map(|c| size(c).powi(2)).sum::<f64>() / n) / (k - 1.0);
    let whole = between + (n0 - 1.0) * within;
    Some(if whole.abs() < 1e-15 { 0.0 } else { ((between - within) / whole).clamp(0.0, 1.0) })
}

#[test]
fn nobody_is_no_number() {
    let on = Oriented::high_is_good(Scale::OneToFive);
    let cell = Cell::new(Histogram::new(on), ClusterSizes::default(), Rho::USUAL);
    assert!(Index::ALL.iter().all(|index| cell.measure(*index).is_none()));
    assert_eq!(FactorAnswers::new(vec![on]).measure(Deff::NONE), None);
    assert_eq!(FactorAnswers::new(Vec::new()).measure(Deff::NONE), None);
    for (mean, variance) in [(f64::NAN, 0.1), (1.5, 0.1), (0.5, f64::NAN), (0.5, -0.1), (0.5, f64::INFINITY)]
    {
        assert_eq!(Sample::new(10, mean, variance, Deff::NONE), None);
    }
}

#[test]
fn answers_on_different_scales_are_not_counted_together() {
    let [mut five, other] =
        [Scale::OneToFive, Scale::OneToSeven].map(|scale| Histogram::new(Oriented::high_is_good(scale)));
    let turned = Histogram::new(Oriented { scale: Scale::OneToFive, orientation: Orientation::HighIsHard });
    assert_eq!([five.merge(&other), five.merge(&turned)], [Err(OtherScale); 2]);
}

#[test]
fn a_value_in_two_bands_makes_bands_incomparable() {
    let with = |band| {
        let mut histogram = Histogram::new(Oriented::high_is_good(Scale::OneToFive));
        histogram.add(3, Some(band), 1);
        histogram.add(4, Some(Band::High), 1);
        histogram
    };
    assert!(with(Band::Neutral).has_same_bands(&with(Band::Neutral)));
    assert!(!with(Band::Neutral).has_same_bands(&with(Band::Low)));
}
