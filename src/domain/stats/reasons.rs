//! The reasons that customers give for low ratings, and the causes of cases.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::share;
use super::clusters::Deff;
use super::measure::Measure;
use super::number::ratio;

/// Counts by the set of reasons that were ticked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons<K> {
    sets: BTreeMap<BTreeSet<K>, u64>,
}

/// A reason in the order of a Pareto chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason<K> {
    pub key: K,
    pub count: u64,
    /// The share of all who gave reasons, in per cent. People may give several, so the shares need not add up to 100.
    pub share: Measure,
    /// The share of those who gave at least one of the reasons so far, in per cent. It is not a running sum, which
    /// would count people who ticked two reasons twice.
    pub together: f64,
    /// How many these are.
    pub named: u64,
}

impl<K> Default for Reasons<K> {
    fn default() -> Self {
        Self { sets: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Reasons<K> {
    /// Adds a number of surveys (or cases) with these reasons. A survey counts if its current answer is low and it has
    /// reasons. A resolved case always counts, with its one cause or none.
    pub fn add(&mut self, reasons: BTreeSet<K>, surveys: u64) {
        if surveys > 0 {
            *self.sets.entry(reasons).or_default() += surveys;
        }
    }

    pub fn merge(&mut self, other: &Self) {
        for (reasons, surveys) in &other.sets {
            self.add(reasons.clone(), *surveys);
        }
    }

    /// How many gave reasons; "n of N low gave a reason" is shown first.
    pub fn given(&self) -> u64 {
        self.sets.values().sum()
    }

    /// Sorted by count, then key. `deff` is that of the customers' reasons with the usual ρ; there is none for cases.
    #[must_use]
    pub fn pareto(&self, deff: Deff) -> Vec<Reason<K>> {
        let mut counts: BTreeMap<&K, u64> = BTreeMap::new();
        for (reasons, surveys) in &self.sets {
            for reason in reasons {
                *counts.entry(reason).or_default() += surveys;
            }
        }
        let mut order: Vec<(&K, u64)> = counts.into_iter().collect();
        order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let given = self.given();
        let mut so_far = BTreeSet::new();
        let reason = |(key, count): (&K, u64)| {
            so_far.insert(key.clone());
            let with_one = self.sets.iter().filter(|(reasons, _)| !reasons.is_disjoint(&so_far));
            let named = with_one.map(|(_, surveys)| surveys).sum();
            let together = ratio(named, given)? * 100.0;
            Some(Reason { key: key.clone(), count, share: share(count, given, deff)?, together, named })
        };
        order.into_iter().filter_map(reason).collect()
    }
}
