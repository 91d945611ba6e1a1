//! The tests against the vectors, with one file per test module, and the properties that hold for any input.

mod comparisons;
mod composite;
mod control;
mod decomposition;
mod drivers;
mod importance;
mod intervals;
mod kpis;
mod properties;
mod ranking;
mod reasons;
mod silent;
mod small_data_set;
mod waiting;

use serde_json::Value;

use super::interval::Interval;

/// Parses a file of vectors.
fn vectors(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The cases in a list of vectors. An empty list would test nothing, so it is an error.
fn cases<'v>(vectors: &'v Value, list: &str) -> &'v [Value] {
    let cases = vectors[list].as_array().unwrap();
    assert!(!cases.is_empty(), "{list} is empty");
    cases
}

#[track_caller]
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}

/// The number as a count of steps of `1/points`.
#[track_caller]
fn steps(value: &Value, points: u32) -> u64 {
    let steps = number(value) * f64::from(points);
    let found = (0..=points * 1000).find(|step| (f64::from(*step) - steps).abs() < 1e-9);
    found.unwrap_or_else(|| panic!("{value} is no multiple of 1/{points}")).into()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Asserts equality within the vectors' tolerance.
#[track_caller]
fn assert_near(of: &str, actual: f64, expected: &Value) {
    let expected = number(expected);
    let tolerance = 1e-9 * expected.abs().max(1.0);
    assert!((actual - expected).abs() <= tolerance, "{of}: {actual} instead of {expected}");
}

/// Compares an interval with the vector's `lo` and `hi`.
#[track_caller]
fn assert_interval(of: &str, actual: Interval, expected: &Value) {
    assert_near(&format!("{of}, lo"), actual.low(), &expected["lo"]);
    assert_near(&format!("{of}, hi"), actual.high(), &expected["hi"]);
}

/// The scale with the ends given in the vectors.
fn scale(ends: &Value) -> crate::domain::scale::Scale {
    use crate::domain::scale::Scale;
    let ends = [0, 1].map(|end| ends[end].as_i64().unwrap());
    Scale::ALL.iter().copied().find(|scale: &Scale| [Scale::min(*scale), Scale::max(*scale)] == ends).unwrap()
}
