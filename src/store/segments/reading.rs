//! How a count goes through its days: they are read column by column, and counted on a thread that gives
//! way to updates.

use chrono::NaiveDate;

use super::column::Column;
use super::dictionary::Dictionary;
use super::parts::{Part, Parts};
use crate::aside::giving_way;
use crate::domain::counting::Days;
use crate::store::{Error, Result, Tx};
use chrono_tz::Tz;

/// Counts days, which may come in any order and in parts.
pub(super) trait DayCounter: Send + 'static {
    type Counts: Send + 'static;

    /// The columns that have to be there; the same one may be named twice.
    fn columns(&self, words: &Dictionary) -> Vec<Column>;

    /// Counts a part. `None` if the columns are broken.
    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()>;

    /// Begins a round over so many parts.
    fn begin(&mut self, _parts: usize) {}

    /// Ends a round. Returns whether another one is needed, over the same days. `None` if a code has no word that fits.
    fn end(&mut self, _words: &Dictionary) -> Option<bool> {
        Some(false)
    }

    /// The counts, in words. `None` if a code has no word that fits.
    fn finish(self, words: &Dictionary) -> Option<Self::Counts>;
}

impl Tx {
    pub(super) async fn count_days<C: DayCounter>(
        &mut self,
        (days, zone): (Days, Tz),
        mut counter: C,
        mut words: Dictionary,
    ) -> Result<C::Counts> {
        loop {
            let mut columns = counter.columns(&words);
            columns.sort_unstable();
            columns.dedup();
            let mut parts = Parts::of(self, days, zone).await?;
            counter.begin(parts.len());
            loop {
                let next = parts.next(self, &columns, &mut words).await?;
                if next.is_empty() {
                    break;
                }
                (counter, words) =
                    in_background((counter, words), next, |(counter, words), part| counter.add(part, words))
                        .await?;
            }
            let has_more;
            (counter, words, has_more) = giving_way(move || {
                let has_more = counter.end(&words);
                (counter, words, has_more)
            })
            .await;
            if !has_more.ok_or_else(|| broken(days.from))? {
                return giving_way(move || counter.finish(&words)).await.ok_or_else(|| broken(days.from));
            }
        }
    }
}

/// The columns of a day do not fit together, or a code has no word.
fn broken(date: NaiveDate) -> Error {
    Error::broken("segments", format!("{date} cannot be read; 'afterword check --recount' mends it"))
}

/// Counts parts on a thread that gives way to updates.
pub(super) async fn in_background<C: Send + 'static>(
    mut count: (C, Dictionary),
    parts: Vec<Part>,
    add: impl Fn(&mut (C, Dictionary), &Part) -> Option<()> + Send + 'static,
) -> Result<(C, Dictionary)> {
    giving_way(move || {
        let wrong =
            parts.iter().rev().find(|part| !part.columns.is_empty() && add(&mut count, part).is_none());
        wrong.map_or(Ok(count), |part| Err(broken(part.date)))
    })
    .await
}
