//! Each customer's answers to a question, from which ρ is estimated.

use std::collections::{BTreeMap, HashMap};

use super::{QuestionKey, SurveyFacts};
use crate::domain::ids::CustomerKey;
use crate::domain::stats::clusters::Clusters;
use crate::domain::stats::index::{Index, Oriented};
use crate::domain::stats::sums::Sums;

/// A question whose answers are summed up, and how much each answer counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub key: QuestionKey,
    pub on: Oriented,
    pub index: Index,
}

/// Takes surveys in any order.
#[derive(Debug)]
pub struct ClusterCounter<'s> {
    series: &'s [Series],
    places: HashMap<&'s str, BTreeMap<&'s str, usize>>,
    customers: Vec<HashMap<CustomerKey, Sums>>,
    clusters: Vec<Clusters>,
}

impl<'s> ClusterCounter<'s> {
    #[must_use]
    pub fn new(series: &'s [Series]) -> Self {
        let mut places: HashMap<&str, BTreeMap<&str, usize>> = HashMap::new();
        for (place, one) in series.iter().enumerate() {
            places.entry(&one.key.script).or_default().insert(&one.key.question, place);
        }
        let clusters = series.iter().map(|one| Clusters::new(one.index.points(one.on))).collect();
        Self { series, places, customers: vec![HashMap::new(); series.len()], clusters }
    }

    pub fn add(&mut self, survey: &SurveyFacts) {
        let Some(places) = survey.script.as_deref().and_then(|script| self.places.get(script)) else {
            return;
        };
        for answer in &survey.answers {
            let Some((place, value)) = places.get(answer.question.as_str()).zip(answer.value) else {
                continue;
            };
            let series = &self.series[*place];
            let Some(point) = series.index.point(series.on, value, answer.band) else { continue };
            let mut one = Sums::new(series.index.points(series.on));
            one.add(point, 1);
            match survey.customer {
                Some(customer) => {
                    let sums = self.customers[*place].entry(customer).or_insert(Sums::new(one.points()));
                    *sums = sums.merge(one);
                }
                None => self.clusters[*place].add(&one),
            }
        }
    }

    /// The clusters of each question, in the order of the series.
    #[must_use]
    pub fn finish(mut self) -> Vec<Clusters> {
        for (clusters, customers) in self.clusters.iter_mut().zip(&self.customers) {
            for sums in customers.values() {
                clusters.add(sums);
            }
        }
        self.clusters
    }
}
