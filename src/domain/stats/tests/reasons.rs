//! Reasons in the order of a Pareto chart.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::clusters::Deff;
use super::super::reasons::Reasons;

fn reasons(sets: &[(&[&'static str], u64)]) -> Reasons<&'static str> {
    let mut reasons = Reasons::default();
    for (set, surveys) in sets {
        reasons.add(set.iter().copied().collect(), *surveys);
    }
    reasons
}

#[test]
fn who_ticked_two_reasons_is_counted_once_together() {
    let found = reasons(&[(&["slow", "rude"], 4), (&["slow"], 2), (&["price"], 3), (&["rude"], 0), (&[], 1)]);
    assert_eq!(found.given(), 10);
    let rows: Vec<(&str, u64, f64, f64)> = found
        .pareto(Deff::NONE)
        .into_iter()
        .map(|row| (row.key, row.count, row.share.value(), row.together))
        .collect();
    assert_eq!(rows, [("slow", 6, 60.0, 60.0), ("rude", 4, 40.0, 60.0), ("price", 3, 30.0, 90.0)]);
    assert!(reasons(&[]).pareto(Deff::NONE).is_empty());
}

#[test]
fn as_frequent_reasons_come_by_key() {
    let found = reasons(&[(&["b"], 2), (&["a"], 2), (&["c"], 3)]).pareto(Deff::NONE);
    assert_eq!(found.iter().map(|row| row.key).collect::<Vec<_>>(), ["c", "a", "b"]);
}

proptest! {
    #[test]
    fn together_grows_to_all_who_named_one_and_no_order_matters(
        sets in proptest::collection::vec((proptest::collection::btree_set(0..5_u8, 0..4), 1..9_u64), 0..12),
    ) {
        let of = |sets: &mut dyn Iterator<Item = &(BTreeSet<u8>, u64)>| {
            let mut reasons = Reasons::default();
            for (set, surveys) in sets {
                reasons.add(set.clone(), *surveys);
            }
            reasons
        };
        let found = of(&mut sets.iter());
        prop_assert_eq!(&of(&mut sets.iter().rev()), &found);
        let rows = found.pareto(Deff::NONE);
        prop_assert!(rows.is_sorted_by(|a, b| a.together <= b.together && a.count >= b.count));
        let named: u64 = sets.iter().filter(|(set, _)| !set.is_empty()).map(|(_, surveys)| surveys).sum();
        if let Some(last) = rows.last() {
            let named = f64::from(u32::try_from(named).unwrap()) / f64::from(u32::try_from(found.given()).unwrap());
            prop_assert!((last.together - 100.0 * named).abs() < 1e-9);
        }
        for row in &rows {
            prop_assert!(row.share.value() <= row.together + 1e-9);
        }
    }
}
