//! A complete small data set: coverage and indices for two months and two teams.

use std::collections::BTreeMap;

use super::super::cell::Cell;
use super::super::clusters::{ClusterSizes, Rho};
use super::super::coverage::{Coverage, Surveyed};
use super::super::histogram::Histogram;
use super::super::index::{Index, Oriented};
use super::super::measure::MinN;
use super::*;
use crate::domain::ledger::{State, Suppression, Unreachable};
use crate::domain::scale::{Bands, Orientation, Scale};

const MINI: &str = include_str!("vectors/mini.json");

const INDICES: [(&str, Index, usize); 4] = [
    ("agent.mean", Index::Mean, 4),
    ("agent.low", Index::Low, 4),
    ("agent.top2_box", Index::Top2Box, 4),
    ("recommend.nps", Index::Nps, 5),
];

/// The rows of a month, optionally of one team only.
fn rows<'v>(vectors: &'v Value, month: &str, team: Option<&str>) -> Vec<&'v Value> {
    cases(vectors, "events")
        .iter()
        .filter(|row| text(&row[0]).starts_with(month) && team.is_none_or(|team| text(&row[2]) == team))
        .collect()
}

fn state(written: &str) -> State {
    State::all().find(|state| state.to_string() == written).unwrap()
}

fn coverage(rows: &[&Value]) -> Coverage {
    let mut coverage = Coverage::default();
    for row in rows {
        let state = state(text(&row[3]));
        let is_delivered = !state.is_pending()
            && !matches!(state, State::Suppressed(_) | State::Undeliverable(Unreachable::NeverLinked));
        coverage.add(Surveyed { state, is_delivered, is_answered: !row[4].is_null() }, 1);
    }
    coverage
}

/// The answers in a column, counted by customer; an erased survey counts as a separate customer.
fn cell(rows: &[&Value], column: usize) -> (Cell, usize) {
    let scale = if column == 4 { Scale::OneToFive } else { Scale::ZeroToTen };
    let (low_max, high_min) = scale.usual_bands();
    let bands = Bands::new(scale, Orientation::HighIsEasy, low_max, high_min);
    let mut histogram = Histogram::new(Oriented::high_is_good(scale));
    let (mut customers, mut erased) = (BTreeMap::<&str, u64>::new(), 0);
    for row in rows {
        let Some(value) = row[column].as_i64() else { continue };
        histogram.add(value, Some(bands.band(value)), 1);
        match text(&row[1]) {
            "" => erased += 1,
            customer => *customers.entry(customer).or_default() += 1,
        }
    }
    let sizes: Vec<u64> = customers.values().copied().chain(std::iter::repeat_n(1, erased)).collect();
    (Cell::new(histogram, ClusterSizes::of(sizes.iter().copied()), Rho::USUAL), sizes.len())
}

fn check(of: &str, rows: &[&Value], expected: &Value) {
    let coverage = coverage(rows);
    let ledger = &expected["ledger"];
    let counted = [
        ("events", coverage.events()),
        ("eligible", coverage.eligible()),
        ("delivered", coverage.delivered()),
        ("answered", coverage.answered()),
        ("completed", coverage.completed()),
        ("open", coverage.open()),
    ];
    for (name, found) in counted {
        assert_eq!(found, count(&ledger[name]), "{of}: {name}");
    }
    assert_eq!(coverage.is_settled(), coverage.open() == 0);
    assert_eq!(coverage.states().map(|(_, surveys)| surveys).sum::<u64>(), coverage.events());
    assert_near(of, coverage.response_rate().unwrap(), &ledger["response_rate"]);
    assert_near(of, coverage.coverage().unwrap(), &ledger["coverage"]);
    for (name, index, column) in INDICES {
        let (cell, customers) = cell(rows, column);
        let (measure, expected) = (cell.measure(index).unwrap(), &expected["indices"][name]);
        let of = format!("{of}: {name}");
        assert_eq!(
            [measure.n(), customers as u64],
            ["n", "customers"].map(|key| count(&expected[key])),
            "{of}"
        );
        assert_near(&of, cell.deff().value(), &expected["deff"]);
        assert_near(&of, measure.value(), &expected["value"]);
        assert_interval(&of, measure.interval(), expected);
        assert_eq!(measure.state(MinN::default()).as_str(), text(&expected["flag"]), "{of}");
    }
}

#[test]
fn two_months_and_two_teams_have_the_figures_of_the_vectors() {
    let vectors = vectors(MINI);
    for month in ["2026-09", "2026-10"] {
        check(month, &rows(&vectors, month, None), &vectors["expected"][month]);
    }
    let teams = vectors["expected"]["2026-10"]["by_team"].as_object().unwrap();
    assert_eq!(teams.len(), 2);
    for (team, expected) in teams {
        check(team, &rows(&vectors, "2026-10", Some(team)), expected);
    }
}

#[test]
fn erasing_does_not_raise_coverage_and_what_cannot_ask_is_no_event() {
    let surveyed = |state, is_answered| Surveyed { state, is_delivered: is_answered, is_answered };
    let mut coverage = Coverage::default();
    coverage.add(surveyed(State::Completed, true), 1);
    coverage.add(surveyed(State::Recorded, false), 5);
    assert_eq!(coverage.coverage(), Some(1.0));
    coverage.add(surveyed(State::Suppressed(Suppression::Erased), false), 1);
    coverage.add(surveyed(State::Suppressed(Suppression::IsStaff), false), 7);
    assert_eq!((coverage.events(), coverage.eligible(), coverage.coverage()), (9, 2, Some(0.5)));
    assert_eq!(Coverage::default().coverage(), None);
    assert_eq!(Coverage::default().response_rate(), None);
}
