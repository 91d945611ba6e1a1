//! The critical waiting time.

use proptest::prelude::*;

use super::super::clusters::Deff;
use super::super::measure::Measure;
use super::super::waiting::{
    Break, Curve, Edge, Effect, Fits, HANSEN, Kind, Model, Waiting, Waits, critical_wait,
};
use super::*;

const BREAKPOINT: &str = include_str!("vectors/breakpoint.json");

fn waits(case: &Value) -> Waits {
    let mut waits = Waits::default();
    for row in case["answers"].as_array().unwrap() {
        waits.add(count(&row[0]), count(&row[1]), count(&row[2]));
    }
    waits
}

fn check_effect(of: &str, effect: &Effect, expected: &Value) {
    assert_near(of, effect.z, &expected["trend_z"]);
    assert_near(of, effect.p.value(), &expected["trend_p"]);
}

fn check_fits(of: &str, fitted: &Fits, expected: &Value) {
    assert_eq!(fitted.best.kind.as_str(), text(&expected["kind"]), "{of}");
    assert_eq!(u64::from(fitted.best.edge.0), count(&expected["best_edge"]), "{of}");
    assert_eq!(fitted.candidates.len() as u64, count(&expected["candidates"]), "{of}");
    assert_near(of, fitted.null.log_likelihood, &expected["loglik_null"]);
    assert_near(of, fitted.line.log_likelihood, &expected["loglik_steady"]);
    assert_near(of, fitted.best.log_likelihood, &expected["loglik_best"]);
}

fn check_break(of: &str, found: &Break, expected: &Value) {
    assert_near(of, found.at.seconds(), &expected["seconds"]);
    assert_near(of, found.interval.low(), &expected["lo_seconds"]);
    assert_near(of, found.interval.high(), &expected["hi_seconds"]);
    let edges = [found.from, found.to].map(|edge| u64::from(edge.0));
    assert_eq!(edges, ["lo_edge", "hi_edge"].map(|key| count(&expected[key])), "{of}");
    let check = |side: &Measure, expected: &Value| {
        assert_eq!(side.n(), count(&expected["n"]), "{of}");
        assert_near(of, side.sample().mean(), &expected["value"]);
        assert_interval(of, side.sample().interval(), expected);
    };
    check(&found.before, &expected["share_before"]);
    check(&found.after, &expected["share_after"]);
}

#[test]
fn a_critical_wait_is_that_of_the_vectors() {
    let vectors = vectors(BREAKPOINT);
    assert_near("cut", HANSEN, &vectors["cut"]);
    for case in cases(&vectors, "cases") {
        let (of, expected) = (text(&case["name"]), &case["expected"]);
        let waits = waits(case);
        assert_eq!([waits.n(), waits.low()], ["n", "low"].map(|key| count(&expected[key])), "{of}");
        let found = critical_wait(&waits, Deff::new(number(&case["deff"])).unwrap());
        assert_eq!(found.verdict().as_str(), text(&expected["verdict"]), "{of}");
        match &found {
            Waiting::TooFew => assert!(expected["trend_z"].is_null(), "{of}"),
            Waiting::NoEffect(effect) | Waiting::Reverse(effect) => check_effect(of, effect, expected),
            Waiting::Steady { effect, fitted, odds_ratio } => {
                check_effect(of, effect, expected);
                check_fits(of, fitted, expected);
                assert_near(of, *odds_ratio, &expected["or_per_doubling"]);
            }
            Waiting::Break { effect, fitted, found } => {
                check_effect(of, effect, expected);
                check_fits(of, fitted, expected);
                let odds_ratio = fitted.best.odds_ratio();
                assert_eq!(odds_ratio.is_none(), expected["or_per_doubling"].is_null(), "{of}");
                if let Some(odds_ratio) = odds_ratio {
                    assert_near(of, odds_ratio, &expected["or_per_doubling"]);
                }
                check_break(of, found, expected);
            }
        }
    }
}

#[test]
fn a_wait_is_in_the_bin_whose_edges_hold_it() {
    for seconds in (0..5000).chain([60 * 60 * 24 * 365, (1 << 31) - 1, 1 << 31, u64::MAX >> 12 << 1]) {
        let edge = Edge::of(seconds);
        #[expect(clippy::cast_precision_loss, reason = "these are exact")]
        let seconds = seconds as f64;
        assert!(edge.seconds() <= seconds * (1.0 + 1e-12) + 1e-12, "{seconds}");
        assert!(seconds < Edge(edge.0 + 1).seconds(), "{seconds}");
    }
    assert_eq!([0, 1, 3, 7].map(Edge::of), [0, 8, 16, 24].map(Edge));
}

/// The same number of answers for each of these waits, half of them low.
fn equal(waits_in_seconds: &[u64], each: u64) -> Waits {
    let mut waits = Waits::default();
    for seconds in waits_in_seconds {
        waits.add(*seconds, each, each / 2);
    }
    waits
}

#[test]
fn three_hundred_answers_and_three_edges_are_needed() {
    let said = |waits: &Waits| critical_wait(waits, Deff::NONE).verdict().as_str();
    let mut waits = equal(&[10, 60, 300, 1800], 75);
    assert_eq!(said(&waits), "none");
    assert_eq!(said(&equal(&[10, 60, 1800], 100)), "too_few", "two edges");
    assert_eq!(said(&equal(&[10, 60, 300, 1800], 74)), "too_few", "296 answers");
    waits.add(60, 10, 3);
    assert_eq!((waits.n(), waits.edges().len()), (310, 3));
    let edges = |each| equal(&[10, 60], each).edges().len();
    assert_eq!([19, 20].map(edges), [0, 1], "20 answers on both sides of an edge");
}

#[test]
fn a_model_that_would_improve_ratings_counts_as_no_effect() {
    let mut waits = Waits::default();
    for (octave, low) in [10, 60, 60, 60, 60, 60, 60, 40].into_iter().enumerate() {
        waits.add(10 << octave, 200, low);
    }
    let (Waiting::Steady { fitted, .. } | Waiting::Break { fitted, .. }) = critical_wait(&waits, Deff::NONE)
    else {
        panic!("no effect at all");
    };
    let is_worse = |model: &Model| match model.curve {
        Curve::Flat(_) => (model.log_likelihood - fitted.null.log_likelihood).abs() < 1e-9,
        Curve::Hinge { beta, .. } => beta > 0.0,
        Curve::Step { before, after } => after > before,
    };
    assert!(fitted.candidates.iter().all(is_worse));
    let flat = |kind| {
        let is_flat = |model: &&Model| model.kind == kind && matches!(model.curve, Curve::Flat(_));
        fitted.candidates.iter().filter(is_flat).count()
    };
    assert!([Kind::Hinge, Kind::Step].map(flat).iter().all(|models| *models > 0), "at the last edge");
}

/// Answers with a random share of low ones, which is higher from a certain wait on.
fn two_sorts() -> impl Strategy<Value = Waits> {
    let rows = proptest::collection::vec((0..16_u32, 0..1000_u64, 1..40_u64, 0..10_u64), 0..80);
    (rows, 0..16_u32, 1..4_u64).prop_map(|(rows, from, times)| {
        let mut waits = Waits::default();
        for (octave, within, answers, low) in rows {
            let seconds = (1 << octave) + (within << octave) / 1000;
            let low = if octave >= from { times * low } else { low };
            waits.add(seconds, answers, low * answers / 40);
        }
        waits
    })
}

proptest! {
    #[test]
    fn whatever_is_said_has_its_numbers(waits in two_sorts(), deff in 1.0..4.0) {
        let deff = Deff::new(deff).unwrap();
        let found = critical_wait(&waits, deff);
        match &found {
            Waiting::TooFew => {}
            Waiting::NoEffect(effect) => prop_assert!(effect.p.value() >= 0.05 - 1e-9),
            Waiting::Reverse(effect) => prop_assert!(effect.z < 0.0 && effect.p.value() < 0.05),
            Waiting::Steady { fitted, odds_ratio, .. } => {
                prop_assert!(*odds_ratio >= 1.0);
                prop_assert!(fitted.candidates.iter().all(|model| model.log_likelihood.is_finite()));
                prop_assert!(fitted.candidates.iter().all(|model| model.log_likelihood >= fitted.null.log_likelihood - 1e-9));
            }
            Waiting::Break { fitted, found, .. } => {
                prop_assert!(found.interval.contains(found.at.seconds()));
                prop_assert!(found.from <= found.at && found.at <= found.to);
                prop_assert_eq!(found.before.n() + found.after.n(), waits.n());
                prop_assert!(fitted.best.log_likelihood > fitted.line.log_likelihood);
                prop_assert!((0.0..=1.0).contains(&fitted.best.low_share(found.at.seconds())));
            }
        }
    }

    #[test]
    fn waits_merge_in_any_order(a in two_sorts(), b in two_sorts()) {
        let merged = |first: &Waits, second: &Waits| {
            let mut merged = first.clone();
            merged.merge(second);
            merged
        };
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&a, &b).n(), a.n() + b.n());
    }
}
