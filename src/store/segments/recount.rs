//! Compares segments with the rows they were made from.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::day::decode;
use super::keep::{Step, Written};
use super::row::Row;
use super::standing::{NOT_BUILT, Until};
use super::{date_of, day_number};
use crate::domain::ids::SurveyKey;
use crate::domain::schedule::start_of_day;
use crate::domain::time::Timestamp;
use crate::store::{Db, Result, Tx, on_engine, query, query_as, query_scalar};

/// What came of comparing one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recounted {
    pub date: NaiveDate,
    pub surveys: usize,
    /// The surveys that differed. The day was built again.
    pub wrong: usize,
    /// What differed in them.
    pub properties: Vec<&'static str>,
}

impl Db {
    /// Compares the first day after `after` that has a segment or events with the rows, and builds it again if they
    /// differ. `None` if there is no such day, or it was not built yet.
    pub async fn recount_day_after(
        &self,
        after: Option<NaiveDate>,
        zone: Tz,
        now: Timestamp,
    ) -> Result<Option<Recounted>> {
        let after = after.map_or(-1, super::day_number);
        let mut tx = self.read().await?;
        let from = tx.segments_standing().await?.built_in(zone).max(after + 1);
        let day = if from < NOT_BUILT { tx.find_day_from(from, zone).await? } else { None };
        drop(tx);
        match day {
            Some(day) => Ok(Some(self.recount_day(day, zone, now).await?)),
            None => Ok(None),
        }
    }

    /// The same with the day that was compared longest ago.
    pub async fn recount_next_day(&self, zone: Tz, now: Timestamp) -> Result<Option<Recounted>> {
        let mut tx = self.read().await?;
        let standing = tx.segments_standing().await?;
        let query = query_scalar::<i64>(
            "SELECT day FROM segment_days WHERE day >= $1 ORDER BY COALESCE(checked_at, 0), day LIMIT 1",
        )
        .bind(standing.built_in(zone));
        let day = on_engine!(tx, fetch_optional, query)?;
        drop(tx);
        match day {
            Some(day) => Ok(Some(self.recount_day(day, zone, now).await?)),
            None => Ok(None),
        }
    }

    async fn recount_day(&self, day: i64, zone: Tz, now: Timestamp) -> Result<Recounted> {
        loop {
            let mut tx = self.read().await?;
            let standing = tx.segments_standing().await?;
            let mut words = tx.load_segment_words().await?;
            let mut pending = tx.list_pending(standing.position, Until::NOW, zone).await?;
            let pending = pending.remove(&day).unwrap_or_default();
            let former = tx.read_day(day, &words).await?;
            let stored = decode(&former, |slot| words.script_of(slot));
            let surveys = tx.list_surveys_on(day, zone).await?;
            let rows = tx.list_survey_rows(&surveys, zone, &mut words).await?;
            drop(tx);
            let by_key = |rows: &[Row]| -> BTreeMap<i64, Row> {
                let settled = rows.iter().filter(|row| !pending.contains(&SurveyKey::new(row.survey)));
                settled.map(|row| (row.survey, row.clone())).collect()
            };
            let differences =
                Differences::between(&by_key(stored.as_deref().unwrap_or_default()), &by_key(&rows));
            let recounted = Recounted {
                date: date_of(day),
                surveys: rows.len(),
                wrong: differences.surveys.max(usize::from(stored.is_none())),
                properties: differences.properties,
            };
            if recounted.wrong > 0 {
                let written = Written::pack(day, rows, former).await;
                if self.write_segments(standing, standing, &words, &[written]).await? == Step::Overtaken {
                    continue;
                }
            }
            let mut tx = self.write().await?;
            tx.set_day_checked(day, now).await?;
            tx.commit().await?;
            return Ok(recounted);
        }
    }
}

impl Tx {
    /// Finds the first day from this one on that has a segment or events.
    async fn find_day_from(&mut self, day: i64, zone: Tz) -> Result<Option<i64>> {
        let query = query_as::<(Option<i64>, Option<Timestamp>)>(
            "SELECT (SELECT MIN(day) FROM segment_days WHERE day >= $1), \
             (SELECT MIN(occurred_at) FROM events WHERE occurred_at >= $2)",
        )
        .bind(day)
        .bind(start_of_day(date_of(day), zone));
        let (stored, occurred) = on_engine!(self, fetch_one, query)?;
        let occurred = occurred.map(|at| day_number(at.to_utc().with_timezone(&zone).date_naive()));
        Ok(stored.into_iter().chain(occurred).min())
    }

    async fn set_day_checked(&mut self, day: i64, now: Timestamp) -> Result<()> {
        let query = query("UPDATE segment_days SET checked_at = $2 WHERE day = $1").bind(day).bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Differences {
    surveys: usize,
    properties: Vec<&'static str>,
}

impl Differences {
    fn between(stored: &BTreeMap<i64, Row>, rows: &BTreeMap<i64, Row>) -> Self {
        let mut differences = Self::default();
        for (survey, row) in rows {
            match stored.get(survey) {
                None => differences.note(&["missing"]),
                Some(stored) => differences.note(&differing(stored, row)),
            }
        }
        for _ in stored.keys().filter(|survey| !rows.contains_key(survey)) {
            differences.note(&["surplus"]);
        }
        differences
    }

    fn note(&mut self, properties: &[&'static str]) {
        self.surveys += usize::from(!properties.is_empty());
        for property in properties {
            if !self.properties.contains(property) {
                self.properties.push(property);
            }
        }
    }
}

/// The properties in which two rows of one survey differ.
fn differing(stored: &Row, row: &Row) -> Vec<&'static str> {
    let compared = [
        ("state or script", stored.key == row.key),
        ("customer", stored.customer == row.customer && stored.unit == row.unit),
        ("version", stored.version == row.version),
        ("cuts", stored.words == row.words && stored.since == row.since),
        ("tags", stored.tags == row.tags),
        ("segments", stored.segments == row.segments),
        ("late", stored.is_late == row.is_late),
        ("waits", stored.first_response == row.first_response && stored.resolution == row.resolution),
        ("messages", stored.messages == row.messages),
        ("overdue", stored.overdue == row.overdue),
        ("solved at first contact", stored.solved_at_once == row.solved_at_once),
        ("answers", stored.answers == row.answers),
        ("reasons", stored.reasons == row.reasons),
    ];
    compared.into_iter().filter(|(_, is_same)| !is_same).map(|(property, _)| property).collect()
}
