//! Keeps the segments: builds the days that have none, and folds what has changed into those that were built.
//!
//! Rows are read and packed while others write; only the packed columns are written in a transaction that holds them
//! up. The stamp tells whether another program has written segments in between; then nothing is written.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::column::{Column, Packed};
use super::day::{decode, encode};
use super::dictionary::Dictionary;
use super::row::Row;
use super::standing::{NOT_BUILT, Standing, Until};
use super::{aside, date_of};
use crate::domain::happening::Happening;
use crate::domain::ids::SurveyKey;
use crate::domain::time::Timestamp;
use crate::store::{Db, Result, Tx, on_engine, query, query_as};

/// The most entries of the journal that are folded together.
const ENTRIES: i64 = 20_000;
/// The most days that are written in one transaction.
const DAYS: usize = 4;

/// What a step has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There was nothing to do.
    Nothing,
    /// There may be more to do.
    Done,
    /// Another program has written segments meanwhile. What is to be done has to be looked at again.
    Overtaken,
}

/// A day as it will be written.
#[derive(Debug)]
pub(super) struct Written {
    pub day: i64,
    pub surveys: usize,
    pub columns: Packed,
    /// The columns that are there now.
    pub former: Packed,
}

impl Db {
    /// Builds the newest day that has no segment yet.
    pub async fn build_segments(&self, zone: Tz) -> Result<Step> {
        let mut tx = self.read().await?;
        let standing = tx.segments_standing().await?;
        if !standing.is_of(zone) {
            drop(tx);
            return self.begin_segments(zone).await;
        }
        if standing.built == 0 {
            return Ok(Step::Nothing);
        }
        let found = tx.find_day_before(standing.built, zone).await?;
        let Some(day) = found.filter(|day| Column::is_a_day(*day)) else {
            drop(tx);
            return self
                .write_segments(standing, Standing { built: 0, ..standing }, &Dictionary::default(), &[])
                .await;
        };
        let mut words = tx.load_segment_words().await?;
        let written = tx.make_day(day, zone, &mut words).await?;
        drop(tx);
        self.write_segments(standing, Standing { built: day, ..standing }, &words, &[written]).await
    }

    /// Forgets all segments. They are of another form, or of another time zone.
    async fn begin_segments(&self, zone: Tz) -> Result<Step> {
        let mut tx = self.write().await?;
        let standing = tx.segments_standing().await?;
        let position = tx.end_of_journal().await?;
        tx.set_segments_standing(standing.to_be_built(position, zone)).await?;
        tx.delete_segment_marks(i64::MAX).await?;
        on_engine!(tx, execute, query("DELETE FROM segment_days"))?;
        tx.commit().await?;
        Ok(Step::Done)
    }

    /// Folds everything that has changed until now. What comes meanwhile is left for the next time: somebody always
    /// answers, and every fold writes whole columns.
    pub async fn fold_all_segments(&self, zone: Tz) -> Result<()> {
        let end = self.read().await?.end_of_journal().await?;
        while self.fold_segments(zone).await? != Step::Nothing {
            if self.read().await?.segments_standing().await?.position >= end {
                break;
            }
        }
        Ok(())
    }

    /// Folds the oldest changes into their days.
    pub async fn fold_segments(&self, zone: Tz) -> Result<Step> {
        let mut tx = self.read().await?;
        let mut standing = tx.segments_standing().await?;
        if !standing.is_of(zone) || standing.built == NOT_BUILT {
            return Ok(Step::Nothing);
        }
        let until = tx.find_segments_until(standing.position, ENTRIES).await?;
        if until == (Until { position: standing.position, mark: 0 }) {
            return Ok(Step::Nothing);
        }
        let pending = tx.list_pending(standing.position, until, zone).await?;
        drop(tx);
        // A day that is not built yet will be read from the rows as a whole.
        let days: Vec<(i64, BTreeSet<SurveyKey>)> =
            pending.into_iter().filter(|(day, _)| Column::is_a_day(*day) && *day >= standing.built).collect();
        for days in days.chunks(DAYS) {
            let (words, written) = self.fold_days(days, zone).await?;
            let step = self.write_segments(standing, standing, &words, &written).await?;
            if step == Step::Overtaken {
                return Ok(step);
            }
            standing.stamp += 1;
        }
        let mut tx = self.write().await?;
        if tx.segments_standing().await? != standing {
            return Ok(Step::Overtaken);
        }
        tx.set_segments_standing(Standing { position: until.position, ..standing }).await?;
        tx.delete_segment_marks(until.mark).await?;
        tx.commit().await?;
        Ok(Step::Done)
    }

    async fn fold_days(
        &self,
        days: &[(i64, BTreeSet<SurveyKey>)],
        zone: Tz,
    ) -> Result<(Dictionary, Vec<Written>)> {
        let mut tx = self.read().await?;
        let mut words = tx.load_segment_words().await?;
        let mut written = Vec::with_capacity(days.len());
        for (day, surveys) in days {
            let mut former = tx.read_day(*day, &words).await?;
            let rows;
            (rows, former, words) =
                aside(move || (decode(&former, |slot| words.script_of(slot)), former, words)).await;
            let Some(mut rows) = rows else {
                tracing::error!(day = %date_of(*day), "the segment of a day cannot be read; it is built again");
                written.push(tx.make_day(*day, zone, &mut words).await?);
                continue;
            };
            rows.retain(|row| !surveys.contains(&SurveyKey::new(row.survey)));
            rows.append(&mut tx.list_survey_rows(surveys, zone, &mut words).await?);
            written.push(Written::pack(*day, rows, former).await);
        }
        Ok((words, written))
    }

    /// Writes days and the new standing, unless the standing has changed since it was `read`.
    pub(super) async fn write_segments(
        &self,
        read: Standing,
        standing: Standing,
        words: &Dictionary,
        days: &[Written],
    ) -> Result<Step> {
        let mut tx = self.write().await?;
        if tx.segments_standing().await? != read {
            return Ok(Step::Overtaken);
        }
        let stamp = read.stamp + 1;
        tx.insert_segment_words(words.unwritten()).await?;
        for day in days {
            tx.write_day(day, stamp).await?;
        }
        tx.set_segments_standing(Standing { stamp, ..standing }).await?;
        tx.commit().await?;
        Ok(Step::Done)
    }
}

impl Written {
    pub(super) async fn pack(day: i64, rows: Vec<Row>, former: Packed) -> Self {
        let surveys = rows.len();
        Self { day, surveys, columns: aside(move || encode(rows)).await, former }
    }
}

/// What waits to be folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// Entries of the journal, up to a limit, and marks.
    pub entries: i64,
    /// When the oldest of these entries happened.
    pub since: Option<Timestamp>,
    /// Whether somebody was erased.
    pub is_erased: bool,
}

impl Tx {
    /// Looks at what waits to be folded.
    pub async fn find_waiting_for_segments(&mut self, limit: i64) -> Result<Waiting> {
        let standing = self.segments_standing().await?;
        let query = query_as(
            "SELECT COUNT(*) + (SELECT COUNT(*) FROM segment_marks) AS entries, MIN(at) AS since, \
             COALESCE(MAX(CASE WHEN kind = $3 THEN 1 ELSE 0 END), 0) = 1 AS is_erased \
             FROM (SELECT at, kind FROM journal WHERE position > $1 ORDER BY position LIMIT $2) j",
        )
        .bind(standing.position)
        .bind(limit)
        .bind(Happening::Erased.as_str());
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Makes a day's segment from the rows.
    pub(super) async fn make_day(&mut self, day: i64, zone: Tz, words: &mut Dictionary) -> Result<Written> {
        let former = self.read_day(day, words).await?;
        let surveys = self.list_surveys_on(day, zone).await?;
        let rows = self.list_survey_rows(&surveys, zone, words).await?;
        Ok(Written::pack(day, rows, former).await)
    }

    /// Reads all columns of a day.
    pub(super) async fn read_day(&mut self, day: i64, words: &Dictionary) -> Result<Packed> {
        let keys: Vec<i64> = Column::all(words).into_iter().map(|column| column.key(day)).collect();
        let text = |list: &str| format!("SELECT id, data FROM segments WHERE id IN {list}");
        let found: Vec<(i64, Vec<u8>)> = self.rows_of(&keys, text).await?;
        let column = |(key, bytes)| Some((Column::of_key(key)?.0, bytes));
        Ok(found.into_iter().filter_map(column).collect())
    }

    async fn write_day(&mut self, written: &Written, stamp: i64) -> Result<()> {
        let Written { day, surveys, columns, former } = written;
        let gone: Vec<i64> = former
            .keys()
            .filter(|column| !columns.contains_key(column))
            .map(|column| column.key(*day))
            .collect();
        self.execute_of(&gone, |list| format!("DELETE FROM segments WHERE id IN {list}")).await?;
        let changed: Vec<(i64, &Vec<u8>)> = columns
            .iter()
            .filter(|(column, bytes)| former.get(column) != Some(bytes))
            .map(|(column, bytes)| (column.key(*day), bytes))
            .collect();
        let text = |values: &str| {
            format!(
                "INSERT INTO segments (id, data) VALUES {values} ON CONFLICT (id) DO UPDATE SET data = excluded.data"
            )
        };
        self.insert_rows(&changed, 2, text, |query, (key, bytes)| query.bind(*key).bind((*bytes).clone()))
            .await?;
        let bytes: usize = columns.values().map(Vec::len).sum();
        let query = query(
            "INSERT INTO segment_days (day, stamp, surveys, bytes) VALUES ($1, $2, $3, $4) ON CONFLICT (day) \
             DO UPDATE SET stamp = excluded.stamp, surveys = excluded.surveys, bytes = excluded.bytes",
        )
        .bind(*day)
        .bind(stamp)
        .bind(i64::try_from(*surveys).unwrap_or(i64::MAX))
        .bind(i64::try_from(bytes).unwrap_or(i64::MAX));
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// How many days have a segment, with how many surveys and bytes.
    pub async fn segments_size(&mut self) -> Result<Size> {
        let query = query_as(
            "SELECT COUNT(*) AS days, CAST(COALESCE(SUM(surveys), 0) AS BIGINT) AS surveys, \
             CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM segment_days",
        );
        Ok(on_engine!(self, fetch_one, query)?)
    }
}

/// The size of all segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Size {
    pub days: i64,
    pub surveys: i64,
    pub bytes: i64,
}
