//! Counts that are kept. A count over days in which nothing has changed since is not made again; so a page that shows last
//! month costs next to nothing, however many look at it. One count is made at a time for each core but one, so that
//! figures do not hold up updates.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono_tz::Tz;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::agent_names::{AgentNames, NamesOfDay};
use super::answers::SurveyRange;
use super::dictionary::Dictionary;
use super::standing::{Edition, Seen};
use crate::aside::cores_for_reading;
use crate::domain::counting::{
    Besides, Counting, Counts, Days, Dimension, EventCounts, QuestionKey, ReasonCounts, Selection, Series,
    WaitCounts,
};
use crate::domain::stats::clusters::Clusters;
use crate::store::{Result, Tx};

/// The most bytes that the counts of all surveys take, and those of values beside the rest.
const MOST_COUNTS: usize = 12 << 20;
const MOST_BESIDES: usize = 12 << 20;
/// The same for what events say: 8 bytes for each closed ticket.
const MOST_EVENTS: usize = 8 << 20;
/// The same for each of the other kinds.
const MOST: usize = 2 << 20;
/// What is reckoned for the key of a count, and for keeping it.
const ENTRY: usize = 512;

/// By question: each value of a dimension beside all other answers.
pub(super) type ByQuestion = BTreeMap<QuestionKey, Besides>;
type Reasons = BTreeMap<QuestionKey, ReasonCounts>;

/// The counts of a database that are kept.
#[derive(Debug)]
pub(in crate::store) struct KeptCounts {
    pub(super) counts: Kept<Counting, Counts>,
    pub(super) clusters: Kept<(Series, Days, Tz), Clusters>,
    pub(super) besides: Kept<(Selection, Dimension, BTreeSet<String>), ByQuestion>,
    pub(super) reasons: Kept<Selection, Reasons>,
    pub(super) events: Kept<Selection, EventCounts>,
    pub(super) waits: Kept<(Selection, Vec<Series>), Vec<WaitCounts>>,
    pub(super) agents: Kept<(Days, Tz), AgentNames>,
    pub(super) names: Kept<(Days, Tz), NamesOfDay>,
    pub(super) ranges: Kept<(Days, Tz), SurveyRange>,
    /// All words, and the stamp of the segments for which they are all.
    words: Mutex<Option<(i64, Arc<Dictionary>)>>,
    turns: Arc<Semaphore>,
}

impl Default for KeptCounts {
    fn default() -> Self {
        Self {
            counts: Kept::new(MOST_COUNTS),
            clusters: Kept::new(MOST),
            besides: Kept::new(MOST_BESIDES),
            reasons: Kept::new(MOST),
            events: Kept::new(MOST_EVENTS),
            waits: Kept::new(MOST),
            agents: Kept::new(MOST),
            names: Kept::new(MOST),
            ranges: Kept::new(MOST),
            words: Mutex::default(),
            turns: Arc::new(Semaphore::new(cores_for_reading())),
        }
    }
}

impl KeptCounts {
    /// Forgets everything: words that no survey has any more are in it, too.
    pub(super) fn clear(&self) {
        self.counts.clear();
        self.clusters.clear();
        self.besides.clear();
        self.reasons.clear();
        self.events.clear();
        self.waits.clear();
        self.agents.clear();
        self.names.clear();
        self.ranges.clear();
        *locked(&self.words) = None;
    }

    pub(super) fn words(&self, stamp: i64) -> Option<Arc<Dictionary>> {
        locked(&self.words).as_ref().filter(|(of, _)| *of == stamp).map(|(_, words)| Arc::clone(words))
    }

    pub(super) fn keep_words(&self, stamp: i64, words: &Arc<Dictionary>) {
        *locked(&self.words) = Some((stamp, Arc::clone(words)));
    }
}

/// Counts of one kind, by what was asked for.
#[derive(Debug)]
pub(super) struct Kept<K, V> {
    entries: Mutex<Entries<K, V>>,
    /// The most bytes that they take together.
    most: usize,
}

#[derive(Debug)]
struct Entries<K, V> {
    by_key: HashMap<K, Entry<V>>,
    bytes: usize,
    /// Grows with every look.
    looks: u64,
}

#[derive(Debug)]
struct Entry<V> {
    edition: Edition,
    value: Arc<V>,
    bytes: usize,
    looked_at: u64,
}

/// What panics while it holds the lock leaves the counts as they are.
fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Eq + Hash + Clone, V> Kept<K, V> {
    pub(super) fn find(&self, key: &K, edition: Edition) -> Option<Arc<V>> {
        let mut entries = locked(&self.entries);
        entries.looks += 1;
        let looks = entries.looks;
        let entry = entries.by_key.get_mut(key).filter(|entry| entry.edition == edition)?;
        entry.looked_at = looks;
        Some(Arc::clone(&entry.value))
    }

    pub(super) fn keep(&self, key: K, edition: Edition, value: &Arc<V>, bytes: usize) {
        let bytes = bytes + ENTRY;
        let mut entries = locked(&self.entries);
        entries.looks += 1;
        let former = entries.by_key.remove(&key).map_or(0, |former| former.bytes);
        entries.bytes -= former;
        while entries.bytes + bytes > self.most {
            let oldest = entries.by_key.iter().min_by_key(|(_, entry)| entry.looked_at);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            let gone = entries.by_key.remove(&oldest).map_or(0, |entry| entry.bytes);
            entries.bytes -= gone;
        }
        if bytes <= self.most {
            entries.bytes += bytes;
            let entry = Entry { edition, value: Arc::clone(value), bytes, looked_at: entries.looks };
            entries.by_key.insert(key, entry);
        }
    }
}

impl<K, V> Kept<K, V> {
    fn new(most: usize) -> Self {
        Self { entries: Mutex::new(Entries { by_key: HashMap::new(), bytes: 0, looks: 0 }), most }
    }

    fn clear(&self) {
        let mut entries = locked(&self.entries);
        entries.by_key.clear();
        entries.bytes = 0;
    }
}

/// Where the counts over some days are kept, if they may be.
#[derive(Clone, Debug)]
pub(super) struct Keeping(Option<(Arc<KeptCounts>, Edition)>);

impl Keeping {
    pub(super) fn find<K: Eq + Hash + Clone, V>(&self, of: Kind<K, V>, key: &K) -> Option<Arc<V>> {
        let (kept, edition) = self.0.as_ref()?;
        of(kept).find(key, *edition)
    }

    /// `bytes` is about how many the count takes.
    pub(super) fn keep<K: Eq + Hash + Clone, V>(
        &self,
        of: Kind<K, V>,
        key: K,
        value: V,
        bytes: usize,
    ) -> Arc<V> {
        let value = Arc::new(value);
        if let Some((kept, edition)) = &self.0 {
            of(kept).keep(key, *edition, &value, bytes);
        }
        value
    }
}

/// Where the counts of one kind are.
pub(super) type Kind<K, V> = fn(&KeptCounts) -> &Kept<K, V>;

/// The turn to count. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct CountingTurn {
    _permit: Option<OwnedSemaphorePermit>,
}

/// A count that is kept, or that has to be made.
pub(super) enum Looked<K, V> {
    Kept(Arc<V>),
    Missing(Missing<K, V>),
}

/// A count that has to be made now, because it is our turn.
pub(super) struct Missing<K, V> {
    of: Kind<K, V>,
    key: K,
    kept: Keeping,
    _turn: CountingTurn,
}

impl<K: Eq + Hash + Clone, V> Missing<K, V> {
    /// Keeps the count; `bytes` is about how many it takes.
    pub(super) fn keep(self, value: V, bytes: usize) -> Arc<V> {
        self.kept.keep(self.of, self.key, value, bytes)
    }
}

impl Tx {
    /// Looks for a kept count over some days. If there is none, it waits for the turn to count and looks again, because
    /// another request may have made it meanwhile.
    pub(super) async fn look_for<K: Eq + Hash + Clone, V>(
        &mut self,
        (days, zone): (Days, Tz),
        of: Kind<K, V>,
        key: K,
    ) -> Result<Looked<K, V>> {
        let kept = self.keeping(days, zone).await?;
        if let Some(value) = kept.find(of, &key) {
            return Ok(Looked::Kept(value));
        }
        let turn = self.turn_to_count().await;
        Ok(match kept.find(of, &key) {
            Some(value) => Looked::Kept(value),
            None => Looked::Missing(Missing { of, key, kept, _turn: turn }),
        })
    }

    pub(super) async fn keeping(&mut self, days: Days, zone: Tz) -> Result<Keeping> {
        let Some(kept) = self.counts.clone() else { return Ok(Keeping(None)) };
        let edition = self.segments_edition(days, zone).await?;
        Ok(Keeping(edition.map(|edition| (kept, edition))))
    }

    /// Waits for the turn to count.
    pub(super) async fn turn_to_count(&self) -> CountingTurn {
        let Some(kept) = &self.counts else { return CountingTurn { _permit: None } };
        // Nobody closes it, so it is never refused.
        CountingTurn { _permit: Arc::clone(&kept.turns).acquire_owned().await.ok() }
    }

    /// What this transaction sees of the segments.
    pub(super) async fn see_segments(&mut self, zone: Tz) -> Result<Arc<Seen>> {
        if let Some(seen) = self.seen.as_ref().filter(|seen| seen.zone == zone) {
            return Ok(Arc::clone(seen));
        }
        let seen = Arc::new(self.load_seen(zone).await?);
        // Only what sees one state to the end may remember it.
        if self.counts.is_some() {
            self.seen = Some(Arc::clone(&seen));
        }
        Ok(seen)
    }

    /// All words that segments have.
    pub(super) async fn see_words(&mut self, zone: Tz) -> Result<Dictionary> {
        if let Some((_, words)) = self.read_pending.words.as_ref().filter(|(of, _)| *of == zone) {
            return Ok(words.clone());
        }
        let stamp = self.see_segments(zone).await?.standing.stamp;
        if let Some(words) = self.counts.as_ref().and_then(|kept| kept.words(stamp)) {
            return Ok((*words).clone());
        }
        let words = self.load_segment_words().await?;
        if let Some(kept) = &self.counts {
            kept.keep_words(stamp, &Arc::new(words.clone()));
        }
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(stamp: i64) -> Edition {
        Edition { days: 1, stamp, pending: None }
    }

    #[test]
    fn a_count_of_another_edition_is_not_found() {
        let kept = Kept::<u32, u32>::new(MOST);
        kept.keep(1, edition(7), &Arc::new(5), 1);
        assert_eq!(kept.find(&1, edition(7)).as_deref(), Some(&5));
        assert_eq!(kept.find(&1, edition(8)), None);
        kept.clear();
        assert_eq!(kept.find(&1, edition(7)), None);
    }

    #[test]
    fn the_count_that_was_looked_at_longest_ago_makes_room() {
        let kept = Kept::<u32, u32>::new(MOST);
        for key in 0..4 {
            kept.keep(key, edition(1), &Arc::new(key), MOST / 4 - ENTRY);
        }
        assert!(kept.find(&0, edition(1)).is_some());
        kept.keep(9, edition(1), &Arc::new(9), MOST / 4 - ENTRY);
        let found = |key: u32| kept.find(&key, edition(1)).is_some();
        assert_eq!([0, 1, 2, 3, 9].map(found), [true, false, true, true, true]);
        kept.keep(10, edition(1), &Arc::new(10), MOST);
        assert!(kept.find(&10, edition(1)).is_none(), "one that is too large is not kept");
    }

    #[test]
    fn counts_that_found_nothing_are_not_kept_without_end() {
        let kept = Kept::<usize, ()>::new(MOST);
        let most = MOST / ENTRY;
        for key in 0..=most {
            kept.keep(key, edition(1), &Arc::new(()), 0);
        }
        assert!(kept.find(&0, edition(1)).is_none());
        assert!(kept.find(&most, edition(1)).is_some());
    }
}
