//! Differences, p-values that are adjusted together, and trends.

use proptest::prelude::*;

use super::super::cell::{Cell, share};
use super::super::clusters::{ClusterSizes, Deff, Rho};
use super::super::difference::{Comparison, Verdict, compare, compare_cells};
use super::super::histogram::Histogram;
use super::super::index::{Index, Oriented};
use super::super::measure::{Measure, MinN};
use super::super::normal::{ALPHA, PValue, Z};
use super::super::sample::Sample;
use super::super::shown::Shown;
use super::super::sums::Sums;
use super::super::together::{adjusted, judge};
use super::super::trend::{Point, trend, weighted};
use super::*;
use crate::domain::scale::{Band, Scale};

const COMPARISONS: &str = include_str!("vectors/comparisons.json");
const METRICS: &str = include_str!("vectors/metrics.json");
const MINI: &str = include_str!("vectors/mini.json");

/// One side of a case in the vectors.
fn side(case: &Value, side: &str, deff: &Value) -> Measure {
    let answers = &case[side];
    let deff = deff.as_f64().map_or(Deff::NONE, |deff| Deff::new(deff).unwrap());
    let (sums, shown) = match text(&case["kind"]) {
        "share" => (Sums::share(count(&answers[0]), count(&answers[1])), Shown::FRACTION),
        "mean" => {
            let on = Oriented::high_is_good(scale(&case["scale"]));
            let mut histogram = Histogram::new(on);
            for value in answers.as_array().unwrap() {
                histogram.add(value.as_i64().unwrap(), None, 1);
            }
            (histogram.sums(Index::Mean), on.shown())
        }
        "nps" => {
            let [promoters, detractors, n] = [0, 1, 2].map(|place| count(&answers[place]));
            let mut sums = Sums::new(2);
            sums.add(2, promoters);
            sums.add(1, n - promoters - detractors);
            sums.add(0, detractors);
            (sums, Shown::NET)
        }
        kind => panic!("{kind}"),
    };
    Measure::new(Sample::of(&sums, deff).unwrap(), shown)
}

fn check(of: &str, found: &Comparison, expected: &Value) {
    assert_eq!(found.verdict.as_str(), text(&expected["verdict"]), "{of}");
    let difference = found.difference.unwrap();
    if !expected["diff"].is_null() {
        assert_near(of, difference.value, &expected["diff"]);
        assert_interval(of, difference.interval, expected);
        assert_near(of, difference.p.value(), &expected["p"]);
    }
}

#[test]
fn a_difference_is_that_of_the_vectors() {
    for case in cases(&vectors(COMPARISONS), "cases") {
        let (now, before) = (side(case, "now", &case["deff"][0]), side(case, "before", &case["deff"][1]));
        let found = compare(Some(&now), Some(&before), MinN::default());
        check(text(&case["name"]), &found, &case["expected"]);
        let turned = compare(Some(&before), Some(&now), MinN::default());
        let (turned, found) = (turned.difference.unwrap(), found.difference.unwrap());
        assert!((turned.interval.low() + found.interval.high()).abs() < 1e-9, "the other way round");
        assert!((turned.p.value() - found.p.value()).abs() < 1e-12, "the other way round");
    }
}

#[test]
fn a_tiny_p_has_its_digits() {
    let cases_of = vectors(COMPARISONS);
    let case = cases(&cases_of, "cases")
        .iter()
        .find(|case| case["expected"]["p"].as_f64().is_some_and(|p| p < 1e-20))
        .unwrap();
    let found = compare(
        Some(&side(case, "now", &Value::Null)),
        Some(&side(case, "before", &Value::Null)),
        MinN::default(),
    );
    let (p, expected) = (found.difference.unwrap().p.value(), number(&case["expected"]["p"]));
    assert!((p / expected - 1.0).abs() < 1e-9, "{p} instead of {expected}");
}

#[test]
fn october_against_september_is_that_of_the_small_data_set() {
    let vectors = vectors(MINI);
    let expected = vectors["expected"]["change_october_against_september"].as_object().unwrap();
    for (name, expected) in expected {
        let index = Index::ALL.iter().find(|index| name.ends_with(index.as_str())).unwrap();
        let cell = |month: &str, n: usize| {
            let column = if name.starts_with("agent") { 4 } else { 5 };
            let scale = if column == 4 { Scale::OneToFive } else { Scale::ZeroToTen };
            let mut histogram = Histogram::new(Oriented::high_is_good(scale));
            let rows = cases(&vectors, "events").iter().filter(|row| text(&row[0]).starts_with(month));
            for value in rows.filter_map(|row| row[column].as_i64()) {
                let band = match value {
                    ..=2 => Band::Low,
                    3 => Band::Neutral,
                    _ => Band::High,
                };
                histogram.add(value, Some(band), 1);
            }
            assert_eq!(histogram.n(), n as u64);
            let deff = number(&vectors["expected"][month]["indices"][name]["deff"]);
            // deff = 1 + (m* − 1)·ρ with ρ = 0.3, and Σn_c² is an integer.
            let squares = (n..=n * n).find(|s| {
                let sizes = ClusterSizes::new(n as u64, *s as u64);
                (sizes.deff(Rho::USUAL).value() - deff).abs() < 1e-9
            });
            Cell::new(histogram, ClusterSizes::new(n as u64, squares.unwrap() as u64), Rho::USUAL)
        };
        let size = |month: &str| {
            let n = count(&vectors["expected"][month]["indices"][name]["n"]);
            usize::try_from(n).unwrap()
        };
        let (now, before) = (cell("2026-10", size("2026-10")), cell("2026-09", size("2026-09")));
        check(name, &compare_cells(*index, &now, &before, MinN::default()), expected);
    }
}

/// The figures from `MoneyMan`: from 60 to 70 % is no change with 100 answers each, but is one with 200.
#[test]
fn the_seeds_two_proportions_change_from_two_hundred_on() {
    for case in cases(&vectors(METRICS), "two_proportion_z") {
        let [before, now] = ["1", "2"].map(|side| {
            let n = count(&case[format!("n{side}")]);
            let k = steps(&case[format!("p{side}")], 10) * n / 10;
            share(k, n, Deff::NONE).unwrap()
        });
        let verdict = compare(Some(&now), Some(&before), MinN::default()).verdict;
        assert_eq!(verdict == Verdict::Up, number(&case["z"]) > 1.96, "{case}");
    }
}

#[test]
fn p_values_are_adjusted_as_in_the_vectors() {
    for case in cases(&vectors(COMPARISONS), "benjamini_hochberg") {
        let p: Vec<PValue> = cases(case, "p").iter().map(|p| PValue::new(number(p)).unwrap()).collect();
        for (found, expected) in adjusted(&p).iter().zip(cases(case, "expected")) {
            assert_near("q", found.value(), expected);
        }
        let turned: Vec<PValue> = p.iter().rev().copied().collect();
        let again: Vec<PValue> = adjusted(&turned).into_iter().rev().collect();
        assert_eq!(again, adjusted(&p), "in any order");
    }
    assert_eq!(adjusted(&[]), []);
    assert_eq!([f64::NAN, -0.1, 1.1].map(PValue::new), [None; 3]);
}

#[test]
fn a_trend_is_that_of_the_vectors() {
    for case in cases(&vectors(COMPARISONS), "trend") {
        let point =
            |point: &Value| Point { t: number(&point[0]), value: number(&point[1]), se: number(&point[2]) };
        let found = weighted(&cases(case, "points").iter().map(point).collect::<Vec<_>>());
        let expected = &case["expected"];
        assert_near("slope", found.slope, &expected["slope"]);
        assert_near("se", found.se, &expected["se"]);
        assert_near("z", found.z, &expected["z"]);
        assert_near("p", found.p.value(), &expected["p"]);
        assert_interval("slope", found.interval, expected);
    }
}

#[test]
fn a_trend_takes_four_periods_with_enough_answers() {
    let good = |k| share(k, 100, Deff::NONE);
    let periods = [good(50), good(54), None, share(1, 2, Deff::NONE), good(66), good(70)];
    let found = trend(&periods, MinN::default()).unwrap();
    assert!((found.slope - 4.0).abs() < 1e-9, "{found:?}");
    assert!(found.interval.contains(found.slope));
    assert_eq!(trend(&periods[..5], MinN::default()), None);
    // With periods of equal size: se/√Σ(t−t̄)², where the se of one period follows from its interval.
    let same = trend(&[good(50), good(50), good(50), good(50)], MinN::default()).unwrap();
    let se = good(50).unwrap().interval().width() / (2.0 * Z) / 5.0_f64.sqrt();
    assert!((same.se - se).abs() < 1e-9 && same.slope.abs() < 1e-9, "{same:?}");
    assert_eq!(trend(&[], MinN::default()), None);
    let other = Measure::new(*good(60).unwrap().sample(), Shown::NET);
    assert_eq!(trend(&[good(50), good(55), good(60), good(65), Some(other)], MinN::default()), None);
}

#[test]
fn what_is_not_the_same_is_not_compared() {
    let on = Oriented::high_is_good(Scale::OneToFive);
    let cell = |band| {
        let mut histogram = Histogram::new(on);
        histogram.add(3, Some(band), 20);
        Cell::new(histogram, ClusterSizes::new(20, 20), Rho::USUAL)
    };
    let (now, before) = (cell(Band::Low), cell(Band::Neutral));
    let verdict = |index| compare_cells(index, &now, &before, MinN::default()).verdict;
    assert_eq!([Index::Low, Index::Mean].map(verdict), [Verdict::NotComparable, Verdict::NoChange]);
    let [a, b] = [Index::Mean, Index::PercentOfRange].map(|index| now.measure(index));
    assert_eq!(compare(a.as_ref(), b.as_ref(), MinN::default()).verdict, Verdict::NotComparable);
    assert_eq!(compare(a.as_ref(), None, MinN::default()).verdict, Verdict::TooFew);
    let (many, few) = (share(10, 100, Deff::NONE), share(9, 9, Deff::NONE));
    for (now, before) in [(&many, &few), (&few, &many)] {
        assert_eq!(compare(now.as_ref(), before.as_ref(), MinN::default()).verdict, Verdict::TooFew);
    }
}

#[test]
fn of_many_differences_the_accidental_one_is_not_called_a_change() {
    let [good, middle, few] = [(71, 100), (56, 100), (9, 9)].map(|(k, n)| share(k, n, Deff::NONE).unwrap());
    let compared = |now: &Measure, before: &Measure| compare(Some(now), Some(before), MinN::default());
    let alone = compared(&good, &middle);
    assert_eq!(alone.verdict, Verdict::Up, "{alone:?}");
    assert_eq!(judge(&[alone])[0].verdict, Verdict::Up);
    let same = compared(&good, &good);
    let judged = judge(&[same, compared(&few, &good), alone, same]);
    let verdicts: Vec<Verdict> = judged.iter().map(|judged| judged.verdict).collect();
    assert_eq!(verdicts, [Verdict::NoChange, Verdict::TooFew, Verdict::NoChange, Verdict::NoChange]);
    assert_eq!(judged[1].q, None, "what is not judged takes no part");
    let q = judged[2].q.unwrap().value();
    assert!((q / alone.difference.unwrap().p.value() - 3.0).abs() < 1e-9, "{q}");
}

fn measure() -> impl Strategy<Value = Measure> {
    (1..9_u64, proptest::collection::vec((0..9_u64, 0..60_u64), 1..6), 1.0..10.0).prop_filter_map(
        "no answers",
        |(points, answers, deff)| {
            let mut sums = Sums::new(points);
            for (point, times) in answers {
                sums.add(point, times);
            }
            Some(Measure::new(Sample::of(&sums, Deff::new(deff)?)?, Shown::PERCENT))
        },
    )
}

proptest! {
    #[test]
    fn verdict_p_and_interval_agree(now in measure(), before in measure()) {
        let found = compare(Some(&now), Some(&before), MinN(0));
        let difference = found.difference.unwrap();
        prop_assert!(difference.interval.contains(difference.value));
        prop_assert!(-100.0 <= difference.interval.low() && difference.interval.high() <= 100.0);
        let is_apart = !difference.interval.contains(0.0);
        prop_assert_eq!(is_apart, matches!(found.verdict, Verdict::Up | Verdict::Down));
        if (difference.p.value() - ALPHA.value()).abs() > 1e-12 {
            prop_assert_eq!(is_apart, difference.p < ALPHA, "{:?}", difference);
        }
        prop_assert_eq!(found.verdict == Verdict::Up, is_apart && difference.value > 0.0);
    }

    #[test]
    fn adjusting_keeps_the_order_and_never_lowers(p in proptest::collection::vec(0.0..=1.0, 0..30)) {
        let p: Vec<PValue> = p.into_iter().filter_map(PValue::new).collect();
        let q = adjusted(&p);
        for a in 0..p.len() {
            prop_assert!(p[a] <= q[a]);
            for b in 0..p.len() {
                prop_assert!(p[a] > p[b] || q[a] <= q[b]);
            }
        }
    }
}
