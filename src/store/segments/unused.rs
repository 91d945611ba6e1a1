//! Forgets words that no segment has any more. A tag or a segment of customers may name a person, so it goes with the last
//! survey that it was said of. So does a channel, which earlier versions erased.

use std::collections::{BTreeSet, HashSet};

use chrono_tz::Tz;

use super::column::{Column, Reader};
use super::day::Sets;
use super::dictionary::Vocabulary;
use super::keep::Step;
use super::parts::TOGETHER;
use super::standing::{NOT_BUILT, Standing};
use crate::store::{Db, Result, Tx};

const FORGOTTEN: [Vocabulary; 3] = [Vocabulary::Tag, Vocabulary::Segment, Vocabulary::Channel];

impl Db {
    /// Forgets the tags, channels and segments of customers that no segment has any more.
    pub async fn forget_unused_words(&self, zone: Tz) -> Result<Step> {
        let mut tx = self.read().await?;
        let standing = tx.segments_standing().await?;
        let words = tx.load_segment_words().await?;
        let mut days = tx.list_segment_days(standing.built_in(zone)..NOT_BUILT).await?;
        days.reverse();
        let of = |vocabulary| words.all(vocabulary).map(|(code, _)| code).collect::<BTreeSet<u32>>();
        let mut unused = FORGOTTEN.map(|vocabulary| (vocabulary, of(vocabulary)));
        for days in days.chunks(TOGETHER) {
            for (vocabulary, codes) in &mut unused {
                tx.leave_unused(*vocabulary, days, codes).await?;
            }
        }
        drop(tx);
        if unused.iter().all(|(_, codes)| codes.is_empty()) {
            return Ok(Step::Nothing);
        }
        let mut tx = self.write().await?;
        if tx.segments_standing().await? != standing {
            return Ok(Step::Overtaken);
        }
        for (vocabulary, codes) in unused {
            tx.forget_segment_words(vocabulary, &codes).await?;
        }
        tx.set_segments_standing(Standing { stamp: standing.stamp + 1, ..standing }).await?;
        tx.commit().await?;
        self.counts.clear();
        Ok(Step::Done)
    }
}

impl Tx {
    /// Leaves those codes that these days, newest first, do not have.
    async fn leave_unused(
        &mut self,
        vocabulary: Vocabulary,
        days: &[i64],
        codes: &mut BTreeSet<u32>,
    ) -> Result<()> {
        let (Some(column), Some(newest), Some(oldest)) =
            (Column::of(vocabulary).filter(|_| !codes.is_empty()), days.first(), days.last())
        else {
            return Ok(());
        };
        for (_, bytes) in self.read_column(column, &[*oldest, *newest]).await? {
            // Of bytes that cannot be read every word may be used.
            let used: Option<HashSet<u32>> = match vocabulary {
                Vocabulary::Tag | Vocabulary::Segment => {
                    Sets::read(&bytes).map(|sets| sets.iter().flatten().copied().collect())
                }
                _ => Reader(&bytes).numbers().map(|codes| codes.into_iter().collect()),
            };
            match used {
                Some(used) => codes.retain(|code| !used.contains(code)),
                None => codes.clear(),
            }
        }
        Ok(())
    }
}
