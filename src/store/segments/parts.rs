//! The days of a selection, read column by column: what segments hold of them, and what they do not hold yet.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::Range;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::column::{Column, Packed};
use super::day::encode;
use super::dictionary::Dictionary;
use super::standing::Pending;
use super::{aside, date_of, day_number};
use crate::domain::counting::Days;
use crate::domain::ids::SurveyKey;
use crate::store::{Result, Tx, on_engine, query_as, query_scalar};

/// Days that are read together: a statement for each column.
pub(super) const TOGETHER: usize = 64;

/// A day, or what is pending of it.
#[derive(Debug)]
pub(super) struct Part {
    pub date: NaiveDate,
    pub columns: Packed,
    /// Surveys that have changed since and come in another part.
    pub without: HashSet<i64>,
}

/// What a transaction that sees one state has read of the surveys that have changed since their days were written. Every count
/// of a page needs them.
#[derive(Debug, Default)]
pub(in crate::store) struct ReadPending {
    /// By day, in codes of `words`.
    columns: HashMap<i64, Packed>,
    pub(super) words: Option<(Tz, Dictionary)>,
}

impl ReadPending {
    fn find(&self, day: i64, zone: Tz) -> Option<Packed> {
        self.words.as_ref().filter(|(of, _)| *of == zone)?;
        self.columns.get(&day).cloned()
    }

    fn keep(&mut self, day: i64, columns: &Packed, words: (Tz, Dictionary)) {
        if self.words.as_ref().is_some_and(|(zone, _)| *zone != words.0) {
            self.columns.clear();
        }
        self.words = Some(words);
        self.columns.insert(day, columns.clone());
    }
}

/// The most changed surveys of a day that are kept.
const MOST_KEPT: usize = 2000;

/// What of a selection is still to be read.
#[derive(Debug)]
pub(super) struct Parts {
    zone: Tz,
    /// Days with segments, in order.
    stored: Vec<i64>,
    /// Days that have not been built, in order.
    unbuilt: VecDeque<i64>,
    /// Changed surveys of days that were built.
    pending: Pending,
}

impl Parts {
    pub(super) async fn of(tx: &mut Tx, days: Days, zone: Tz) -> Result<Self> {
        let wanted = day_number(days.from)..day_number(days.until);
        let seen = tx.see_segments(zone).await?;
        let built = seen.standing.built_in(zone).max(wanted.start);
        let changed = seen.pending.iter().filter(|(day, _)| (built..wanted.end).contains(day));
        let pending = changed.map(|(day, surveys)| (*day, surveys.clone())).collect();
        Ok(Self {
            zone,
            stored: tx.list_segment_days(built..wanted.end).await?,
            unbuilt: tx.list_days_with_events(wanted.start..built.min(wanted.end), zone).await?,
            pending,
        })
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.stored.len() + self.unbuilt.len() + self.pending.len()
    }

    /// Reads the next parts, with these columns; no parts if all were read. Of the days with segments the newest come first.
    pub(super) async fn next(
        &mut self,
        tx: &mut Tx,
        columns: &[Column],
        words: &mut Dictionary,
    ) -> Result<Vec<Part>> {
        let next = self.stored.split_off(self.stored.len().saturating_sub(TOGETHER));
        if !next.is_empty() {
            return self.read_stored(tx, &next, columns).await;
        }
        if let Some(day) = self.unbuilt.pop_front() {
            let surveys = tx.list_surveys_on(day, self.zone).await?;
            return self.read_rows(tx, day, &surveys, words).await;
        }
        let Some((day, surveys)) = self.pending.pop_first() else { return Ok(Vec::new()) };
        if let Some(columns) = tx.read_pending.find(day, self.zone) {
            return Ok(vec![Part { date: date_of(day), columns, without: HashSet::new() }]);
        }
        let parts = self.read_rows(tx, day, &surveys, words).await?;
        if tx.counts.is_some() && surveys.len() <= MOST_KEPT {
            for part in &parts {
                tx.read_pending.keep(day, &part.columns, (self.zone, words.clone()));
            }
        }
        Ok(parts)
    }

    async fn read_stored(&self, tx: &mut Tx, days: &[i64], columns: &[Column]) -> Result<Vec<Part>> {
        let changed = |day: &i64| self.pending.get(day).into_iter().flatten().map(|survey| survey.get());
        let mut parts: Vec<Part> = days
            .iter()
            .map(|day| Part { date: date_of(*day), columns: Packed::new(), without: changed(day).collect() })
            .collect();
        let has_changed = parts.iter().any(|part| !part.without.is_empty());
        let survey = has_changed.then_some(Column::SURVEY).filter(|column| !columns.contains(column));
        for column in columns.iter().copied().chain(survey) {
            for (day, bytes) in tx.read_column(column, days).await? {
                if let Ok(place) = days.binary_search(&day) {
                    parts[place].columns.insert(column, bytes);
                }
            }
        }
        Ok(parts)
    }

    async fn read_rows(
        &self,
        tx: &mut Tx,
        day: i64,
        surveys: &BTreeSet<SurveyKey>,
        words: &mut Dictionary,
    ) -> Result<Vec<Part>> {
        let rows = tx.list_survey_rows(surveys, self.zone, words).await?;
        let columns = aside(move || encode(rows)).await;
        Ok(vec![Part { date: date_of(day), columns, without: HashSet::new() }])
    }
}

impl Tx {
    pub(super) async fn list_segment_days(&mut self, days: Range<i64>) -> Result<Vec<i64>> {
        let query = query_scalar("SELECT day FROM segment_days WHERE day >= $1 AND day < $2 ORDER BY day")
            .bind(days.start)
            .bind(days.end);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the days of a range that have events, newest first.
    async fn list_days_with_events(&mut self, days: Range<i64>, zone: Tz) -> Result<VecDeque<i64>> {
        let mut found = VecDeque::new();
        let mut before = days.end;
        while before > days.start {
            match self.find_day_before(before, zone).await?.filter(|day| *day >= days.start) {
                Some(day) => {
                    found.push_back(day);
                    before = day;
                }
                None => break,
            }
        }
        Ok(found)
    }

    /// Reads a column of these days, which are in order.
    pub(super) async fn read_column(&mut self, column: Column, days: &[i64]) -> Result<Vec<(i64, Vec<u8>)>> {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Vec::new()) };
        let query = query_as::<(i64, Vec<u8>)>("SELECT id, data FROM segments WHERE id >= $1 AND id <= $2")
            .bind(column.key(*first))
            .bind(column.key(*last));
        let found = on_engine!(self, fetch_all, query)?;
        let day = |(key, bytes)| Column::of_key(key).map(|(_, day)| (day, bytes));
        Ok(found.into_iter().filter_map(day).collect())
    }
}
