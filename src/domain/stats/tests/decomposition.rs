//! Mix and rate.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::clusters::Deff;
use super::super::decomposition::{Group, decompose};
use super::super::sample::Sample;
use super::super::sums::Sums;
use super::*;

const DECOMPOSITION: &str = include_str!("vectors/decomposition.json");

fn sample(group: &Value) -> Option<Sample> {
    let size = group["n"].as_f64()?;
    let n = (1..1000_u32).find(|n| f64::from(*n) >= size).unwrap();
    let deff = Deff::new(f64::from(n) / size).unwrap();
    Sample::new(n.into(), number(&group["mean"]), number(&group["s2"]), deff)
}

#[test]
fn a_change_is_decomposed_as_in_the_vectors() {
    for case in cases(&vectors(DECOMPOSITION), "cases") {
        let (name, expected) = (text(&case["name"]), &case["expected"]);
        let expected_groups = expected["groups"].as_object().unwrap();
        let group = |key: &String| {
            let [before, now] = ["before", "now"].map(|period| sample(&case[period][key]));
            (key.clone(), Group { before, now })
        };
        let found = decompose(&expected_groups.keys().map(group).collect()).unwrap();
        assert_near(name, found.change, &expected["change"]);
        assert_near(name, found.mix.value, &expected["mix"]);
        assert_near(name, found.rate.value, &expected["rate"]);
        assert_near(name, found.mix.se, &expected["se_mix"]);
        assert_near(name, found.rate.se, &expected["se_rate"]);
        assert!(found.mix.interval().contains(found.mix.value));
        assert_eq!(found.groups.len(), expected_groups.len());
        for (key, parts) in &found.groups {
            let expected = &expected_groups[key];
            assert_near(name, parts.share_before, &expected["share_before"]);
            assert_near(name, parts.share_now, &expected["share_now"]);
            assert_near(name, parts.before, &expected["before"]);
            assert_near(name, parts.now, &expected["now"]);
            assert_near(name, parts.mix, &expected["mix"]);
            assert_near(name, parts.rate, &expected["rate"]);
        }
    }
}

#[test]
fn a_period_without_answers_has_no_decomposition() {
    let sample = Sample::of(&Sums::share(3, 10), Deff::NONE);
    let of = |groups: &[Group]| decompose(&groups.iter().copied().enumerate().collect::<BTreeMap<_, _>>());
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[Group { before: sample, now: None }]), None);
    let found = of(&[Group { before: sample, now: sample }, Group::default()]).unwrap();
    assert_eq!(found.groups.keys().copied().collect::<Vec<_>>(), [0], "a group in neither period is none");
}

fn group() -> impl Strategy<Value = Group> {
    let sample = || {
        proptest::option::of((1..200_u64, 0..201_u64, 1.0..4.0)).prop_map(|of| {
            let (n, k, deff) = of?;
            Sample::of(&Sums::share(k, n), Deff::new(deff)?)
        })
    };
    (sample(), sample()).prop_map(|(before, now)| Group { before, now })
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_change(groups in proptest::collection::vec(group(), 0..6)) {
        let Some(found) = decompose(&groups.iter().copied().enumerate().collect()) else { return Ok(()) };
        let mean = |of: fn(&Group) -> Option<Sample>| {
            let samples = || groups.iter().filter_map(of);
            samples().map(|sample| sample.size() * sample.mean()).sum::<f64>()
                / samples().map(|sample| sample.size()).sum::<f64>()
        };
        let change = mean(|group| group.now) - mean(|group| group.before);
        prop_assert!((found.change - change).abs() < 1e-9);
        prop_assert!((found.mix.value + found.rate.value - change).abs() < 1e-9);
        prop_assert!(found.mix.se.is_finite() && found.rate.se.is_finite());
        let shares: f64 = found.groups.values().map(|group| group.share_now).sum();
        prop_assert!((shares - 1.0).abs() < 1e-9);
    }
}
