//! Counts from segments.

use chrono::NaiveDate;
use tokio::task::yield_now;

use super::aside;
use super::column::Column;
use super::day::decode;
use super::dictionary::{Dictionary, Vocabulary};
use super::parts::{Part, Parts};
use super::row::question_text;
use super::scan::Scan;
use super::series::Repeats;
use crate::domain::counting::{ClusterCounter, Counter, Counting, Counts, Selection, Series, SurveyFacts};
use crate::domain::stats::clusters::Clusters;
use crate::store::{Error, Result, Tx};

/// Surveys that are shown before others on this thread have a turn.
const SEEN_TOGETHER: usize = 500;

/// The columns of a day do not fit together, or a code has no word.
fn broken(date: NaiveDate) -> Error {
    Error::broken("segments", format!("{date} cannot be read; 'afterword check --recount' mends it"))
}

impl Tx {
    /// Counts surveys and their answers.
    pub async fn count_surveys(&mut self, counting: &Counting) -> Result<Counts> {
        let mut words = self.load_segment_words().await?;
        let Some(mut scan) = Scan::new(counting, &mut words) else {
            let mut counter = Counter::new(counting);
            self.visit_surveys(&counting.selection, |survey| counter.add(survey)).await?;
            return Ok(counter.finish());
        };
        let columns = scan.columns(&words);
        let selection = &counting.selection;
        let mut parts = Parts::of(self, selection.days, selection.zone).await?;
        loop {
            let next = parts.next(self, &columns, &mut words).await?;
            if next.is_empty() {
                break;
            }
            (scan, words) = in_background((scan, words), next, |(scan, words), part| {
                scan.add(part.date, &part.columns, &part.without, words)
            })
            .await?;
        }
        let from = selection.days.from;
        aside(move || scan.finish(&words)).await.ok_or_else(|| broken(from))
    }

    /// Shows every selected survey to `see`.
    pub async fn visit_surveys(
        &mut self,
        selection: &Selection,
        mut see: impl FnMut(&SurveyFacts) + Send,
    ) -> Result<()> {
        let mut words = self.load_segment_words().await?;
        let columns = Column::all(&words);
        let mut parts = Parts::of(self, selection.days, selection.zone).await?;
        loop {
            let next = parts.next(self, &columns, &mut words).await?;
            if next.is_empty() {
                return Ok(());
            }
            for part in next {
                let selection = selection.clone();
                let found;
                (found, words) =
                    in_background((Vec::new(), words), vec![part], move |(found, words), part| {
                        *found = surveys_of(part, &selection, words)?;
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

    /// Sums up each customer's answers to some questions, in all surveys of the selection.
    pub async fn count_clusters(
        &mut self,
        series: &[Series],
        selection: &Selection,
    ) -> Result<Vec<Clusters>> {
        if *selection != Selection::of(selection.days, selection.zone, selection.new_agent_days) {
            let mut counter = ClusterCounter::new(series);
            self.visit_surveys(selection, |survey| counter.add(survey)).await?;
            return Ok(counter.finish());
        }
        let mut words = self.load_segment_words().await?;
        let slot = |of: &Series| question_text(&of.key.script, &of.key.question);
        let slots: Vec<u32> = series.iter().map(|of| words.code(Vocabulary::Question, &slot(of))).collect();
        let mut repeats = Repeats::new(series, &slots);
        let columns = repeats.columns();
        let mut parts = Parts::of(self, selection.days, selection.zone).await?;
        loop {
            let next = parts.next(self, &columns, &mut words).await?;
            if next.is_empty() {
                return Ok(aside(move || repeats.finish()).await);
            }
            (repeats, words) = in_background((repeats, words), next, |(repeats, words), part| {
                repeats.add(&part.columns, &part.without, words)
            })
            .await?;
        }
    }
}

/// The selected surveys of a part.
fn surveys_of(part: &Part, selection: &Selection, words: &Dictionary) -> Option<Vec<SurveyFacts>> {
    let rows = decode(&part.columns, |slot| words.script_of(slot))?;
    let kept = rows.iter().filter(|row| !part.without.contains(&row.survey));
    let facts = kept.map(|row| row.facts(part.date, selection.new_agent_days, words));
    let mut surveys: Vec<SurveyFacts> = facts.collect::<Option<_>>()?;
    surveys.retain(|survey| selection.takes(survey));
    Some(surveys)
}

/// Counts parts on a thread where no update waits for it.
async fn in_background<C: Send + 'static>(
    mut count: (C, Dictionary),
    parts: Vec<Part>,
    add: impl Fn(&mut (C, Dictionary), &Part) -> Option<()> + Send + 'static,
) -> Result<(C, Dictionary)> {
    aside(move || {
        let wrong = parts.iter().find(|part| !part.columns.is_empty() && add(&mut count, part).is_none());
        wrong.map_or(Ok(count), |part| Err(broken(part.date)))
    })
    .await
}
