//! The rows of a cut beside all other answers to their question, held to the exports.

use std::collections::BTreeSet;

use serde_json::Value;

use super::plain::{
    Difference, Given, MIN_N, Measure, NONE, adjusted, compared, near, near_or_null, shown, whole,
};

/// What is compared with nothing: periods, scripts, of which a question has one, and agents, who have a report.
const ALONE: [&str; 5] = ["day", "week", "month", "script", "agent"];

/// A row of one index: its name for messages, what was found, and what it should be.
type Found<'v> = (String, &'v Value, Option<Difference>);

/// Holds the rows of a question to its answers. `is_in` says whether an answer belongs to the row with a key.
pub fn check<'e>(
    of: &str,
    (question, by): (&Value, Option<&str>),
    (answers, rho): (&[Given<'e>], f64),
    is_in: impl Fn(&Given<'e>, &str) -> bool,
) {
    let rows = question["rows"].as_array().unwrap();
    let names: BTreeSet<&String> =
        rows.iter().flat_map(|row| row["indices"].as_object().unwrap().keys()).collect();
    let is_compared = by.is_some_and(|by| !ALONE.contains(&by)) && !question["scale"].is_null();
    for name in names {
        let mut found: Vec<Found<'_>> = Vec::new();
        for row in rows {
            let key = row["key"].as_str().unwrap_or(NONE);
            let of = format!("{of} {key}: {name}: rest");
            let rest = &row["indices"][name]["rest"];
            let (own, others): (Vec<Given<'_>>, Vec<Given<'_>>) =
                answers.iter().copied().partition(|given| is_in(given, key));
            if !is_compared || key == NONE || own.is_empty() {
                assert!(rest.is_null(), "{of}: {rest}");
                continue;
            }
            let [own, other] = [&own, &others].map(|answers| Measure::index(name, answers, rho));
            let map = shown(name, question["scale"].as_str().unwrap());
            assert_eq!(whole(&rest["n"]), others.len(), "{of}");
            let value = other.filter(|other| other.n >= MIN_N).map(|of| map.0 + (map.1 - map.0) * of.m);
            near_or_null(&format!("{of}: value"), &rest["value"], value);
            let difference = compared(own.as_ref(), other.as_ref());
            for (part, expected) in [
                ("diff", difference.map(|of| of.d)),
                ("lo", difference.map(|of| of.lo)),
                ("hi", difference.map(|of| of.hi)),
            ] {
                let expected = expected.map(|of| (map.1 - map.0) * of);
                near_or_null(&format!("{of}: {part}"), &rest[part], expected);
            }
            found.push((of, rest, difference));
        }
        check_judged(&found);
    }
}

/// The rows are judged by their adjusted p.
fn check_judged(found: &[Found<'_>]) {
    let p: Vec<f64> = found.iter().filter_map(|(_, _, difference)| Some(difference.as_ref()?.p)).collect();
    let mut adjusted = adjusted(&p).into_iter();
    for (of, rest, difference) in found {
        let Some(difference) = difference else {
            assert_eq!(rest["label"], "too_few", "{of}");
            assert!(rest["q"].is_null(), "{of}: {rest}");
            continue;
        };
        let q = adjusted.next().unwrap();
        near(&format!("{of}: q"), &rest["q"], q);
        let label = match (q <= 0.05, difference.d > 0.0) {
            (true, true) => "higher",
            (true, false) => "lower",
            _ => "no_difference",
        };
        assert_eq!(rest["label"], label, "{of}");
    }
}
