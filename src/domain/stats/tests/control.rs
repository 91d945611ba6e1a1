//! The control chart.

use proptest::prelude::*;

use super::super::control::{Baseline, Chart, Design, Run, run_length, target};
use super::*;

const CONTROL: &str = include_str!("vectors/control.json");

#[test]
fn a_design_is_that_of_the_vectors() {
    for case in cases(&vectors(CONTROL), "design") {
        let (of, expected) = (case.to_string(), &case["expected"]);
        let baseline = Baseline { n: count(&case["n"]), low: count(&case["low"]), days: 90 };
        let series = u32::try_from(count(&case["series"])).unwrap();
        let target = target(number(&case["answers_a_year"]), series);
        assert_near(&of, target, &expected["target"]);
        let found = Design::new(&baseline, target).unwrap();
        assert_near(&of, found.p0, &expected["p0"]);
        assert_eq!([found.m, found.h], ["m", "h"].map(|key| count(&expected[key])), "{of}");
        assert_near(&of, found.run_length, &expected["arl0"]);
    }
}

#[test]
fn a_run_length_is_that_of_the_vectors() {
    for case in cases(&vectors(CONTROL), "arl") {
        let found = run_length(count(&case["m"]), count(&case["h"]), number(&case["p"]));
        assert_near(&case.to_string(), found, &case["expected"]);
    }
}

fn design(m: u64, h: u64) -> Design {
    Design { p0: 0.1, m, h, run_length: 0.0 }
}

#[test]
fn a_chart_runs_as_in_the_vectors() {
    for case in cases(&vectors(CONTROL), "runs") {
        let (low, expected) = (text(&case["low"]), &case["expected"]);
        let (mut chart, design) = (Chart::default(), design(count(&case["m"]), count(&case["h"])));
        let (mut path, mut alarms) = (Vec::new(), Vec::new());
        for (at, answer) in low.chars().enumerate() {
            let alarm = chart.step(&design, at, answer == '1');
            path.push(alarm.map_or(chart.points(), |run| run.points));
            alarms.extend(alarm.map(|run| [at as u64, run.since as u64, run.n, run.low]));
        }
        let expected_path: Vec<u64> = cases(expected, "path").iter().map(count).collect();
        assert_eq!(path, expected_path, "{low}");
        let alarm = |alarm: &Value| ["at", "since", "n", "low"].map(|key| count(&alarm[key]));
        assert_eq!(alarms, cases(expected, "alarms").iter().map(alarm).collect::<Vec<_>>(), "{low}");
        assert_eq!(chart.points(), count(&expected["end"]), "{low}");
    }
}

#[test]
fn a_chart_needs_five_hundred_answers_and_takes_the_shortest_window_that_has_them() {
    let [short, middle, long] =
        [(400, 90), (700, 180), (2000, 365)].map(|(n, days)| Baseline { n, low: n / 10, days });
    assert_eq!(Baseline::choose(&[short, middle, long]), Some(middle));
    assert_eq!(Baseline::choose(&[short]), None);
    assert_eq!(Design::new(&short, 1000.0), None);
    assert_eq!([f64::NAN, f64::INFINITY].map(|target| Design::new(&middle, target)), [None; 2]);
    assert!(Design::new(&middle, 1e300).is_some_and(|design| design.run_length >= 1e300));
    assert!((target(900.0, 1) - 1000.0).abs() < 1e-9, "of few answers a false alarm after a thousand");
    assert!((middle.answers_a_year() - 700.0 * 365.0 / 180.0).abs() < 1e-9);
}

#[test]
fn points_are_carried_over_a_renewal() {
    let chart = |points| Chart { run: Some(Run { points, since: 7, n: 20, low: 5 }) };
    assert_eq!(chart(30).carried(&design(7, 42), &design(7, 20)), chart(14));
    assert_eq!(
        chart(1).carried(&design(7, 42), &design(7, 20)),
        Chart::default(),
        "a run of no points is over"
    );
    assert_eq!(Chart::<u8>::default().carried(&design(7, 42), &design(7, 20)).points(), 0);
}

/// a(0), computed by eliminating the complete system.
fn eliminated(m: usize, h: usize, p: f64) -> f64 {
    let mut rows: Vec<Vec<f64>> = (0..h)
        .map(|s| {
            let mut row = vec![0.0; h + 1];
            row[s] += 1.0;
            row[s.saturating_sub(1)] -= 1.0 - p;
            if s + m - 1 < h {
                row[s + m - 1] -= p;
            }
            row[h] = 1.0;
            row
        })
        .collect();
    for pivot in (0..h).rev() {
        let (above, of_pivot) = rows.split_at_mut(pivot);
        for row in above.iter_mut().filter(|row| row[pivot].abs() > 0.0) {
            let factor = row[pivot] / of_pivot[0][pivot];
            for (value, subtracted) in row.iter_mut().zip(&of_pivot[0]) {
                *value -= factor * subtracted;
            }
        }
    }
    rows[0][h] / rows[0][0]
}

#[rstest::rstest]
#[case(139, 269, 0.005)]
#[case(14, 142, 0.0513)]
#[case(7, 90, 0.1)]
#[case(2, 300, 0.5)]
fn a_long_run_length_agrees_with_elimination(#[case] m: u32, #[case] h: u32, #[case] p: f64) {
    let expected = eliminated(m as usize, h as usize, p);
    let found = run_length(m.into(), h.into(), p);
    assert!((found / expected - 1.0).abs() < 1e-10, "{found} instead of {expected}");
}

proptest! {
    #[test]
    fn a_run_length_agrees_with_elimination(m in 2..20_usize, h in 1..60_usize, p in 0.02..0.5) {
        let found = run_length(m as u64, h as u64, p);
        let expected = eliminated(m, h, p);
        // The elimination used in this test loses precision where alarms are rare.
        prop_assume!(found < 1e7);
        prop_assert!((found / expected - 1.0).abs() < 1e-9, "{} {}", found, expected);
        prop_assert!(run_length(m as u64, h as u64 + 1, p) >= found * (1.0 - 1e-12), "it grows with h");
        prop_assert!(found >= 1.0);
    }

    #[test]
    fn a_design_has_the_least_h_that_reaches_its_target(n in 500..20_000_u64, low in 0..100_u64, series in 1..30_u32) {
        let baseline = Baseline { n, low: n * low / 100, days: 90 };
        let target = target(baseline.answers_a_year(), series);
        let found = Design::new(&baseline, target).unwrap();
        prop_assert!(run_length(found.m, found.h, found.p0) >= target);
        prop_assert!(found.h == 1 || run_length(found.m, found.h - 1, found.p0) < target);
    }

    #[test]
    fn a_run_has_points_below_h_and_its_first_answer_is_low(low in proptest::collection::vec(any::<bool>(), 0..200)) {
        let (mut chart, design) = (Chart::default(), design(4, 17));
        for (at, is_low) in low.iter().enumerate() {
            let alarm = chart.step(&design, at, *is_low);
            for run in alarm.iter().chain(&chart.run) {
                prop_assert!(low[run.since]);
                prop_assert_eq!(run.n, (at - run.since + 1) as u64);
                prop_assert_eq!(run.low, low[run.since..=at].iter().filter(|low| **low).count() as u64);
            }
            prop_assert!(chart.points() < design.h);
            prop_assert!(alarm.is_none_or(|run| run.points >= design.h && chart.run.is_none()));
        }
    }
}
