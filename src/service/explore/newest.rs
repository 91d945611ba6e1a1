//! The newest of very many rows.

use std::cmp::Reverse;

use chrono::NaiveDate;

use crate::domain::ids::SurveyKey;

/// Keeps the newest rows of all that are seen, so that a long period does not fill the memory.
pub(super) struct Newest<T> {
    rows: Vec<((NaiveDate, SurveyKey), T)>,
    limit: usize,
    /// Rows that are older than this are not among the newest any more.
    oldest: Option<(NaiveDate, SurveyKey)>,
}

impl<T> Newest<T> {
    /// How many rows are kept at least before some are dropped.
    const ROOM: usize = 256;

    pub(super) const fn new(limit: usize) -> Self {
        Self { rows: Vec::new(), limit, oldest: None }
    }

    pub(super) fn add(&mut self, day: NaiveDate, survey: SurveyKey, row: impl FnOnce() -> T) {
        if self.oldest.is_some_and(|oldest| (day, survey) < oldest) {
            return;
        }
        self.rows.push(((day, survey), row()));
        if self.rows.len() >= self.limit.saturating_mul(2).max(Self::ROOM) {
            self.cut();
        }
    }

    /// Rows of the same survey stay in their order.
    fn cut(&mut self) {
        self.rows.sort_by_key(|(key, _)| Reverse(*key));
        self.rows.truncate(self.limit);
        self.oldest = self.rows.last().filter(|_| self.rows.len() == self.limit).map(|(key, _)| *key);
    }

    /// The rows, newest first.
    pub(super) fn finish(mut self) -> Vec<T> {
        self.cut();
        self.rows.into_iter().map(|(_, row)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_however_many_are_seen() {
        let day = |number: u64| NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(number % 7);
        let kept = |limit: usize| {
            let mut newest = Newest::new(limit);
            for number in 0..1000 {
                for place in ["first", "second"] {
                    newest
                        .add(day(number), SurveyKey::new(i64::try_from(number).unwrap()), || (number, place));
                }
            }
            assert!(newest.rows.len() <= limit.saturating_mul(2).max(Newest::<()>::ROOM));
            newest.finish()
        };
        let all = kept(usize::MAX);
        assert_eq!(all[..3], [(993, "first"), (993, "second"), (986, "first")]);
        for limit in [0, 1, 3, 50, 200] {
            assert_eq!(kept(limit), all[..limit], "{limit}");
        }
    }
}
