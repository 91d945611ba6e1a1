//! Counts from segments.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::sync::Arc;

use chrono_tz::Tz;
use tokio::task::yield_now;

use super::besides::BesideScan;
use super::column::Column;
use super::day::decode_some;
use super::dictionary::Dictionary;
use super::events::EventScan;
use super::kept::{ByQuestion, Kind, Looked};
use super::parts::Parts;
use super::reading::{DayCounter, in_background};
use super::reasons::ReasonScan;
use super::scan::Scan;
use super::selecting::Selecting;
use super::series::Repeats;
use super::waits::WaitScan;
use crate::domain::counting::{
    BesideCounter, Counter, Counting, Counts, Days, Dimension, EventCounts, QuestionKey, ReasonCounts,
    Selection, Series, SurveyFacts, WaitCounts,
};
use crate::domain::stats::clusters::Clusters;
use crate::store::{Result, Tx};

/// Surveys that are shown before others on this thread have a turn.
const SEEN_TOGETHER: usize = 500;
/// The questions of which customers are counted at once: a year of answers takes 4 bytes an answer.
const SERIES_TOGETHER: usize = 8;
/// About how many bytes is what is counted of one question: how customers repeat, the reasons, the bins of both waits, and
/// its key.
const CLUSTERS: usize = 8 << 10;
const REASONS: usize = 8 << 10;
const WAITS: usize = 8 << 10;
const KEY: usize = 128;

impl Tx {
    /// Counts surveys and their answers.
    pub async fn count_surveys(&mut self, counting: &Counting) -> Result<Arc<Counts>> {
        let days = (counting.selection.days, counting.selection.zone);
        let missing = match self.look_for(days, |kept| &kept.counts, counting.clone()).await? {
            Looked::Kept(counts) => return Ok(counts),
            Looked::Missing(missing) => missing,
        };
        let mut words = self.see_words(days.1).await?;
        let counts = if let Some(scan) = Scan::new(counting, &mut words) {
            self.count_days(days, scan, words).await?
        } else {
            let mut counter = Counter::new(counting);
            self.visit_days(&counting.selection, false, |survey| counter.add(survey)).await?;
            counter.finish()
        };
        let bytes = counts.bytes();
        Ok(missing.keep(counts, bytes))
    }

    /// Counts each value of a dimension beside all other answers to the same question, for the questions with these keys; for
    /// all questions if there are no keys.
    pub async fn count_besides(
        &mut self,
        selection: &Selection,
        dimension: Dimension,
        questions: &BTreeSet<String>,
    ) -> Result<Arc<ByQuestion>> {
        let days = (selection.days, selection.zone);
        let key = (selection.clone(), dimension, questions.clone());
        let missing = match self.look_for(days, |kept| &kept.besides, key).await? {
            Looked::Kept(counts) => return Ok(counts),
            Looked::Missing(missing) => missing,
        };
        let mut words = self.see_words(days.1).await?;
        let counts = if let Some(scan) = BesideScan::new(selection, dimension, questions, &mut words) {
            self.count_days(days, scan, words).await?
        } else {
            let mut counter = BesideCounter::new(selection, dimension);
            self.visit_days(selection, true, |survey| counter.add(survey)).await?;
            let mut counts = counter.finish();
            counts.retain(|key, _| questions.is_empty() || questions.contains(&key.question));
            counts
        };
        let bytes = counts.values().map(|besides| KEY + besides.bytes()).sum();
        Ok(missing.keep(counts, bytes))
    }

    /// Counts low answers and the reasons given for them. Questions without low answers are left out.
    pub async fn count_reasons(
        &mut self,
        selection: &Selection,
    ) -> Result<Arc<BTreeMap<QuestionKey, ReasonCounts>>> {
        let new = |words: &mut Dictionary| ReasonScan::new(selection, words);
        let bytes = |counts: &BTreeMap<QuestionKey, ReasonCounts>| counts.len() * REASONS;
        self.count_once(selection, |kept| &kept.reasons, selection.clone(), new, bytes).await
    }

    /// Counts purchases and closed tickets with what they say, tests left out.
    pub async fn count_events(&mut self, selection: &Selection) -> Result<Arc<EventCounts>> {
        let new = |words: &mut Dictionary| EventScan::new(selection, words);
        self.count_once(selection, |kept| &kept.events, selection.clone(), new, EventCounts::bytes).await
    }

    /// Counts the answers to some questions by the waits of their tickets, in the order of the series. An answer is bad if
    /// its series has a point for it.
    pub async fn count_waits(
        &mut self,
        selection: &Selection,
        series: &[Series],
    ) -> Result<Arc<Vec<WaitCounts>>> {
        let new = |words: &mut Dictionary| WaitScan::new(selection, series, words);
        let bytes = |counts: &Vec<WaitCounts>| counts.len() * WAITS;
        self.count_once(selection, |kept| &kept.waits, (selection.clone(), series.to_vec()), new, bytes).await
    }

    /// Counts from columns what is not kept yet, and keeps it. `bytes` tells about how many it takes.
    async fn count_once<K: Eq + Hash + Clone, C: DayCounter>(
        &mut self,
        selection: &Selection,
        of: Kind<K, C::Counts>,
        key: K,
        new: impl FnOnce(&mut Dictionary) -> C,
        bytes: impl FnOnce(&C::Counts) -> usize,
    ) -> Result<Arc<C::Counts>> {
        let days = (selection.days, selection.zone);
        let missing = match self.look_for(days, of, key).await? {
            Looked::Kept(counts) => return Ok(counts),
            Looked::Missing(missing) => missing,
        };
        let mut words = self.see_words(days.1).await?;
        let scan = new(&mut words);
        let counts = self.count_days(days, scan, words).await?;
        let bytes = bytes(&counts);
        Ok(missing.keep(counts, bytes))
    }

    /// Sums up each customer's answers to some questions, in all surveys of these days.
    pub async fn count_clusters(
        &mut self,
        series: &[Series],
        days: Days,
        zone: Tz,
    ) -> Result<Vec<Arc<Clusters>>> {
        let kept = self.keeping(days, zone).await?;
        let find = |of: &Series| kept.find(|kept| &kept.clusters, &(of.clone(), days, zone));
        let mut found: BTreeMap<usize, Arc<Clusters>> = BTreeMap::new();
        let look = |found: &mut BTreeMap<usize, Arc<Clusters>>| {
            found.extend(series.iter().enumerate().filter_map(|(place, of)| Some((place, find(of)?))));
        };
        look(&mut found);
        if found.len() < series.len() {
            let _turn = self.turn_to_count().await;
            look(&mut found);
            let missing: Vec<usize> = (0..series.len()).filter(|place| !found.contains_key(place)).collect();
            for places in missing.chunks(SERIES_TOGETHER) {
                let some: Vec<Series> = places.iter().map(|place| series[*place].clone()).collect();
                let mut words = self.see_words(zone).await?;
                let repeats = Repeats::new(&some, &mut words);
                let counted = self.count_days((days, zone), repeats, words).await?;
                for ((place, of), clusters) in places.iter().zip(some).zip(counted) {
                    let clusters = kept.keep(|kept| &kept.clusters, (of, days, zone), clusters, CLUSTERS);
                    found.insert(*place, clusters);
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// Shows every selected survey to `see`.
    pub async fn visit_surveys(
        &mut self,
        selection: &Selection,
        see: impl FnMut(&SurveyFacts) + Send,
    ) -> Result<()> {
        let _turn = self.turn_to_count().await;
        self.visit_days(selection, false, see).await
    }

    /// Shows every selected survey that has answers to `see`.
    pub async fn visit_answered(
        &mut self,
        selection: &Selection,
        see: impl FnMut(&SurveyFacts) + Send,
    ) -> Result<()> {
        let _turn = self.turn_to_count().await;
        self.visit_days(selection, true, see).await
    }

    async fn visit_days(
        &mut self,
        selection: &Selection,
        is_answered: bool,
        mut see: impl FnMut(&SurveyFacts) + Send,
    ) -> Result<()> {
        let mut words = self.see_words(selection.zone).await?;
        // The caller selects among the answers.
        let selection = Selection { reasons: BTreeSet::new(), bands: BTreeSet::new(), ..selection.clone() };
        let selecting = Arc::new(Selecting::new(&selection, &mut words));
        let columns = Column::all(&words);
        let mut parts = Parts::of(self, selection.days, selection.zone).await?;
        loop {
            let next = parts.next(self, &columns, &mut words).await?;
            if next.is_empty() {
                return Ok(());
            }
            for part in next.into_iter().rev() {
                let (selecting, new_agent_days) = (Arc::clone(&selecting), selection.new_agent_days);
                let found;
                (found, words) =
                    in_background((Vec::new(), words), vec![part], move |(found, words), part| {
                        let day = selecting.day(part, words)?;
                        let is_silent = if is_answered { day.is_silent() } else { Vec::new() };
                        let is_wanted =
                            |row: usize| day.is_selected[row] && !is_silent.get(row).is_some_and(|is| *is);
                        let rows = decode_some(&part.columns, |slot| words.script_of(slot), is_wanted)?;
                        let facts = rows.iter().map(|row| row.facts(part.date, new_agent_days, words));
                        *found = facts.collect::<Option<Vec<SurveyFacts>>>()?;
                        Some(())
                    })
                    .await?;
                for some in found.chunks(SEEN_TOGETHER) {
                    some.iter().for_each(&mut see);
                    yield_now().await;
                }
            }
        }
    }
}
