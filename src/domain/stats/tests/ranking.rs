//! Tables of agents, topics and rules.

use proptest::prelude::*;

use super::super::against_rest::{Label as RowLabel, Row, compare_each};
use super::super::cell::share;
use super::super::clusters::Deff;
use super::super::impact::by_impact;
use super::super::index::Better;
use super::super::measure::MinN;
use super::super::ranking::{Agent, Label, Ranked, rank};
use super::super::sample::Sample;
use super::super::sums::Sums;
use super::*;

const RANKING: &str = include_str!("vectors/ranking.json");

/// A sample with the effective count, mean and variance of a vector.
fn sample(cell: &Value) -> Sample {
    let size = number(&cell["effective_n"]);
    // Only n/deff matters: takes enough answers for MIN_N, and the design effect that gives the same effective count.
    let n = (10..1000_u32).find(|n| f64::from(*n) >= size).unwrap();
    let deff = Deff::new(f64::from(n) / size).unwrap();
    Sample::new(n.into(), number(&cell["mean01"]), number(&cell["s2"]), deff).unwrap()
}

#[test]
fn a_ranking_is_that_of_the_vectors() {
    for case in cases(&vectors(RANKING), "cases") {
        let (name, expected) = (text(&case["name"]), &case["expected"]);
        let agents: Vec<Agent<usize>> = cases(case, "cells")
            .iter()
            .enumerate()
            .map(|(id, cell)| Agent { id, sample: sample(cell) })
            .collect();
        let found = rank(&agents, Better::Higher, MinN::default()).unwrap();
        assert_near(name, found.mean, &expected["mean"]);
        assert_near(name, found.tau2, &expected["tau2"]);
        assert_near(name, found.sigma2, &expected["sigma2"]);
        let rows = cases(expected, "rows");
        assert_eq!(found.rows.len(), rows.len());
        for row in &found.rows {
            let expected = &rows[row.id];
            assert_near(name, row.value, &expected["value"]);
            assert_near(name, row.sd, &expected["sd"]);
            assert_near(name, row.weight, &expected["weight"]);
            assert_eq!(row.label.as_str(), text(&expected["label"]), "{name}: {row:?}");
        }
        let is_ordered = found.rows.is_sorted_by(|a, b| a.value >= b.value);
        assert!(is_ordered, "{name}");
    }
}

fn agents(shares: &[(u64, u64)]) -> Vec<Agent<usize>> {
    let agent = |(id, (k, n)): (usize, &(u64, u64))| Agent {
        id,
        sample: Sample::of(&Sums::share(*k, *n), Deff::NONE).unwrap(),
    };
    shares.iter().enumerate().map(agent).collect()
}

#[test]
fn fewer_than_eight_with_enough_answers_have_no_ranking() {
    let mut shares = vec![(5, 20); 7];
    shares.push((9, 9));
    assert_eq!(rank(&agents(&shares), Better::Higher, MinN::default()), None);
    shares.push((10, 10));
    let found = rank(&agents(&shares), Better::Higher, MinN::default()).unwrap();
    assert_eq!(found.rows.len(), 8, "who has too few is not in it");
    // With one answer each, nothing distinguishes the agents from single answers.
    assert_eq!(rank(&agents(&[(1, 1); 8]), Better::Higher, MinN(1)), None);
}

#[test]
fn agents_who_are_all_the_same_are_told_apart_by_nothing() {
    // All answers of everybody are equal, so any difference is rounding error.
    for (point, agents) in (1..10).flat_map(|point| (8..20).map(move |agents| (point, agents))) {
        let same = |id: u32| {
            let mut sums = Sums::new(10);
            sums.add(point, u64::from(11 + 7 * id));
            let deff = Deff::new(1.0 + f64::from(id) / 3.0).unwrap();
            Agent { id, sample: Sample::of(&sums, deff).unwrap() }
        };
        let found =
            rank(&(0..agents).map(same).collect::<Vec<_>>(), Better::Higher, MinN::default()).unwrap();
        assert!(found.tau2 <= 0.0, "{found:?}");
        assert!(found.rows.iter().all(|row| row.label == Label::NoDifference), "{found:?}");
        assert!(found.rows.is_sorted_by_key(|row| row.id));
    }
}

#[test]
fn where_less_is_better_the_least_comes_first() {
    let shares = [(2, 100), (60, 100), (20, 100), (22, 100), (18, 100), (21, 100), (20, 100), (19, 100)];
    let found = rank(&agents(&shares), Better::Lower, MinN::default()).unwrap();
    let label = |id: usize| found.rows.iter().find(|row| row.id == id).unwrap().label;
    assert_eq!((found.rows[0].id, label(0)), (0, Label::Better));
    assert_eq!((found.rows[7].id, label(1)), (1, Label::Worse));
    let ties: Vec<usize> = found.rows.iter().map(|row| row.id).filter(|id| [2, 6].contains(id)).collect();
    assert_eq!(ties, [2, 6], "ties by id");
}

#[test]
fn topics_are_ordered_by_what_they_add() {
    let row = |key: &'static str, own: (u64, u64), rest: (u64, u64)| Row {
        key,
        own: share(own.0, own.1, Deff::NONE),
        rest: share(rest.0, rest.1, Deff::NONE),
    };
    let compared = compare_each(
        vec![
            row("rare and bad", (15, 30), (85, 970)),
            row("frequent and bad", (60, 300), (40, 700)),
            row("few", (5, 5), (95, 995)),
            row("none", (0, 0), (100, 1000)),
            row("good", (2, 300), (98, 700)),
        ],
        MinN::default(),
    );
    let rows = by_impact(compared);
    let labels: Vec<(&str, RowLabel)> =
        rows.iter().map(|row| (row.compared.row.key, row.compared.label)).collect();
    assert_eq!(
        labels,
        [
            ("frequent and bad", RowLabel::Higher),
            ("rare and bad", RowLabel::Higher),
            ("few", RowLabel::TooFew),
            ("good", RowLabel::Lower),
            ("none", RowLabel::TooFew),
        ]
    );
    let most = rows[0].impact.unwrap();
    // 10 % of all are low. Without the topic's extra (20 % instead of 5.71 % of 300) it would be the 5.71 % of the
    // rest.
    assert!((10.0 - most.value - 4000.0 / 700.0).abs() < 1e-9, "{most:?}");
    assert!(most.interval.contains(most.value));
    assert!(rows[0].is_higher() && !rows[3].is_higher());
    assert_eq!(rows[4].impact, None);
}

proptest! {
    #[test]
    fn a_ranking_does_not_depend_on_the_order_of_its_agents(
        shares in proptest::collection::vec((0..60_u64, 10..60_u64), 8..20),
        by in 0..20_usize,
        deff in 1.0..3.0,
    ) {
        let mut agents = agents(&shares);
        for agent in &mut agents {
            agent.sample = Sample::new(
                agent.sample.n(), agent.sample.mean(), agent.sample.variance(), Deff::new(deff).unwrap(),
            ).unwrap();
        }
        let found = rank(&agents, Better::Higher, MinN::default());
        let places = agents.len();
        agents.rotate_left(by % places);
        agents.swap(0, places / 2);
        prop_assert_eq!(&rank(&agents, Better::Higher, MinN::default()), &found);
        let Some(found) = found else { return Ok(()) };
        let inside = |row: &Ranked<usize>| {
            let (low, high) = (row.sample.mean().min(found.mean), row.sample.mean().max(found.mean));
            low - 1e-12 <= row.value && row.value <= high + 1e-12 && row.sd >= 0.0
        };
        prop_assert!(found.rows.iter().all(inside), "a value lies between one's own mean and that of all");
    }
}
