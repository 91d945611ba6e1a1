//! What the segments hold, and what has changed since.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::day::FORMAT;
use super::{date_of, day_number};
use crate::domain::counting::Days;
use crate::domain::ids::{EventKey, SurveyKey};
use crate::domain::schedule::start_of_day;
use crate::domain::time::Timestamp;
use crate::store::{Error, Result, Tx, on_engine, query, query_as, query_scalar};

/// No day has been built.
pub(super) const NOT_BUILT: i64 = 1 << 20;

/// How far the segments have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Everything up to here in the journal is in the segments of the days that were built.
    pub position: i64,
    /// The first day that was built. Those before it are read from their rows.
    pub built: i64,
    /// Grows with every write.
    pub stamp: i64,
    pub layout: i64,
}

/// A change that is counted and that the journal does not speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Unrecorded {
    /// `sent_at` was set by the reply to our call, which a tap has overtaken. Otherwise the survey becomes sent.
    SentAfterATap,
    /// `reminded_at` was set or cleared. It counts for surveys that were started.
    Reminded,
}

/// Changed surveys, by the days of their events.
pub(super) type Pending = BTreeMap<i64, BTreeSet<SurveyKey>>;

/// What a transaction sees of the segments.
#[derive(Debug)]
pub(in crate::store) struct Seen {
    pub(super) zone: Tz,
    pub(super) standing: Standing,
    /// What has changed since, of all days.
    pub(super) pending: Pending,
    /// The end of the journal, and the newest of the marks.
    until: Until,
}

/// What the days of a count are made of. Counts of the same days and of the same edition are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edition {
    /// How many of the days have a segment.
    pub days: i64,
    /// The newest stamp of these segments.
    pub stamp: i64,
    /// If surveys of these days have changed since: up to where the changes go.
    pub pending: Option<Until>,
}

/// Up to where something is taken together: a position of the journal, and the newest of the marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Until {
    pub position: i64,
    pub mark: i64,
}

impl Until {
    pub(super) const NOW: Self = Self { position: i64::MAX, mark: i64::MAX };
}

/// A number of the form of the segments and of the time zone that their days are in.
fn layout_of(zone: Tz) -> i64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = zone.name().as_bytes().iter().chain(&[FORMAT]).fold(0xcbf2_9ce4_8422_2325, step);
    (hash >> 1).cast_signed()
}

impl Standing {
    /// The standing of segments that have yet to be built, from what is true at this position on.
    pub(super) fn to_be_built(self, position: i64, zone: Tz) -> Self {
        Self { position, built: NOT_BUILT, stamp: self.stamp + 1, layout: layout_of(zone) }
    }

    pub(super) fn is_of(self, zone: Tz) -> bool {
        self.layout == layout_of(zone)
    }

    /// The first day that has its segment, seen from this time zone.
    pub(super) fn built_in(self, zone: Tz) -> i64 {
        if self.is_of(zone) { self.built } else { NOT_BUILT }
    }
}

impl Tx {
    pub(super) async fn segments_standing(&mut self) -> Result<Standing> {
        let query = query_as::<(String, i64)>("SELECT name, value FROM counters WHERE name LIKE 'segments%'");
        let values: BTreeMap<String, i64> = on_engine!(self, fetch_all, query)?.into_iter().collect();
        let value = |name: &str| {
            values.get(name).copied().ok_or_else(|| Error::broken("counters", format!("there is no {name}")))
        };
        Ok(Standing {
            position: value("segments_position")?,
            built: value("segments_built")?,
            stamp: value("segments_stamp")?,
            layout: value("segments_layout")?,
        })
    }

    /// Reads what this transaction sees of the segments.
    pub(super) async fn load_seen(&mut self, zone: Tz) -> Result<Seen> {
        let standing = self.segments_standing().await?;
        let pending = if standing.built_in(zone) < NOT_BUILT {
            self.list_pending(standing.position, Until::NOW, zone).await?
        } else {
            Pending::new()
        };
        let query = query_as::<(i64, i64)>(
            "SELECT COALESCE((SELECT MAX(position) FROM journal), 0), \
             COALESCE((SELECT MAX(id) FROM segment_marks), 0)",
        );
        let (position, mark) = on_engine!(self, fetch_one, query)?;
        Ok(Seen { zone, standing, pending, until: Until { position, mark } })
    }

    /// What these days are made of. `None` while some of them are counted from their rows.
    pub(super) async fn segments_edition(&mut self, days: Days, zone: Tz) -> Result<Option<Edition>> {
        let seen = self.see_segments(zone).await?;
        let wanted = day_number(days.from)..day_number(days.until);
        if seen.standing.built_in(zone) > wanted.start {
            return Ok(None);
        }
        let query = query_as::<(i64, i64)>(
            "SELECT COUNT(*), COALESCE(MAX(stamp), 0) FROM segment_days WHERE day >= $1 AND day < $2",
        )
        .bind(wanted.start)
        .bind(wanted.end);
        let (days, stamp) = on_engine!(self, fetch_one, query)?;
        let has_pending = seen.pending.keys().any(|day| wanted.contains(day));
        Ok(Some(Edition { days, stamp, pending: has_pending.then_some(seen.until) }))
    }

    pub(super) async fn set_segments_standing(&mut self, standing: Standing) -> Result<()> {
        let query = query(
            "UPDATE counters SET value = CASE name WHEN 'segments_position' THEN $1 WHEN 'segments_built' THEN $2 \
             WHEN 'segments_stamp' THEN $3 ELSE $4 END \
             WHERE name IN ('segments_position', 'segments_built', 'segments_stamp', 'segments_layout')",
        )
        .bind(standing.position)
        .bind(standing.built)
        .bind(standing.stamp)
        .bind(standing.layout);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that something that is counted may have changed in a survey, where the journal says nothing of it.
    pub(in crate::store) async fn mark_counted(&mut self, survey: SurveyKey, what: Unrecorded) -> Result<()> {
        let text = match what {
            Unrecorded::SentAfterATap => {
                "INSERT INTO segment_marks (survey) SELECT id FROM surveys WHERE id = $1 AND state <> 'sent'"
            }
            Unrecorded::Reminded => {
                "INSERT INTO segment_marks (survey) SELECT id FROM surveys WHERE id = $1 AND started_at IS NOT NULL"
            }
        };
        on_engine!(self, execute, query(text).bind(survey))?;
        Ok(())
    }

    pub(super) async fn delete_segment_marks(&mut self, until: i64) -> Result<()> {
        let query = query("DELETE FROM segment_marks WHERE id <= $1").bind(until);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns up to where the next changes go, at most `limit` entries of the journal and as many marks.
    pub(super) async fn find_segments_until(&mut self, after: i64, limit: i64) -> Result<Until> {
        let query = query_as::<(i64, i64)>(
            "SELECT COALESCE((SELECT MAX(position) FROM (SELECT position FROM journal WHERE position > $1 \
             ORDER BY position LIMIT $2) j), $1), \
             COALESCE((SELECT MAX(id) FROM (SELECT id FROM segment_marks ORDER BY id LIMIT $2) m), 0)",
        )
        .bind(after)
        .bind(limit);
        let (position, mark) = on_engine!(self, fetch_one, query)?;
        Ok(Until { position, mark })
    }

    /// Lists the surveys that have changed after this position, by day.
    pub(super) async fn list_pending(&mut self, after: i64, until: Until, zone: Tz) -> Result<Pending> {
        // Not UNION: SQLite 3.54 would merge whole indexes for it.
        let query = query_scalar::<SurveyKey>(
            "SELECT survey FROM journal WHERE position > $1 AND position <= $2 AND survey IS NOT NULL \
             UNION ALL SELECT survey FROM segment_marks WHERE id <= $3",
        )
        .bind(after)
        .bind(until.position)
        .bind(until.mark);
        let surveys: BTreeSet<SurveyKey> = on_engine!(self, fetch_all, query)?.into_iter().collect();
        let surveys: Vec<SurveyKey> = surveys.into_iter().collect();
        let text = |list: &str| format!("SELECT id, occurred_at FROM events WHERE id IN {list}");
        let occurred: Vec<(EventKey, Timestamp)> = self.rows_of(&surveys, text).await?;
        let mut pending = Pending::new();
        for (event, at) in occurred {
            let day = day_number(at.to_utc().with_timezone(&zone).date_naive());
            pending.entry(day).or_default().insert(event.survey());
        }
        Ok(pending)
    }

    /// Finds the newest day before `day` on which an event happened.
    pub(super) async fn find_day_before(&mut self, day: i64, zone: Tz) -> Result<Option<i64>> {
        let query =
            query_scalar::<Option<Timestamp>>("SELECT MAX(occurred_at) FROM events WHERE occurred_at < $1")
                .bind(start_of_day(date_of(day), zone));
        let newest = on_engine!(self, fetch_one, query)?;
        Ok(newest.map(|at| day_number(at.to_utc().with_timezone(&zone).date_naive())))
    }
}
