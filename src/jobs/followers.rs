//! Parts of the program that act on what has happened, after it was committed. Each reads the journal in order from
//! where it stopped, independently of the others. A follower that waits or fails does not hold up the rest.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Instant};
use crate::store::journal::Entry;
use crate::store::{self, Db};

/// The most entries handed to a follower at once.
const BATCH: i64 = 500;
/// How long a follower sleeps when it has acted on everything.
const REST: Duration = Duration::from_secs(1);
/// The longest pause between two tries of a failing follower.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Where a new follower starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At the first entry of the journal.
    AtTheBeginning,
    /// At the first entry after its first start.
    Now,
}

/// Why a follower could not act. The text is for an operator: it contains nothing a customer wrote, and no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self(error.to_string())
    }
}

/// The future that [`Follow::act`] returns.
pub type Acted<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// A part of the program that follows the journal.
pub trait Follow: Send + Sync {
    /// The key under which its position is stored. It must stay the same across all versions.
    fn name(&self) -> &'static str;

    fn begin(&self) -> Begin;

    /// Acts on the entries. The position is stored only afterwards. So after a failure, a kill, or a takeover by
    /// another program, the same entries may come again, perhaps grouped differently: acting twice must do no harm. No
    /// transaction is open during the call.
    fn act<'a>(&'a self, entries: &'a [Entry]) -> Acted<'a>;
}

/// When a follower looks for entries again; `None` while it acts.
type Rest = watch::Sender<Option<Instant>>;

/// All followers of one database. Their writes are refused once the term of their database handle is over.
#[derive(Clone)]
pub struct Followers {
    db: Db,
    clock: Clock,
    all: Vec<(Arc<dyn Follow>, Rest)>,
}

impl std::fmt::Debug for Followers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all.iter().map(|(follower, _)| follower.name())).finish()
    }
}

/// The result of one step of a follower.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// There may be more entries.
    Acted,
    NothingNew,
    Failed(Failure),
}

impl Followers {
    #[must_use]
    pub fn new(db: Db, clock: Clock, all: Vec<Arc<dyn Follow>>) -> Self {
        let all = all.into_iter().map(|follower| (follower, watch::Sender::new(None))).collect();
        Self { db, clock, all }
    }

    /// For each follower, when it looks for entries again; `None` while it acts.
    #[must_use]
    pub fn resting_until(&self) -> Vec<watch::Receiver<Option<Instant>>> {
        self.all.iter().map(|(_, resting_until)| resting_until.subscribe()).collect()
    }

    /// Runs all followers until they are stopped.
    pub async fn run(self, stop: CancellationToken) {
        let all = self.all.iter();
        join_all(all.map(|(follower, rest)| self.follow(follower.as_ref(), rest, &stop))).await;
        stop.cancelled().await;
    }

    async fn follow(&self, follower: &dyn Follow, resting_until: &Rest, stop: &CancellationToken) {
        let mut failures = 0;
        loop {
            resting_until.send_replace(None);
            let came = tokio::select! {
                // A stop cuts the step off wherever it waits. The same entries come again after the next start.
                () = stop.cancelled() => return,
                came = self.step(follower) => came,
            };
            let pause = match came {
                Ok(Step::Acted) => {
                    failures = 0;
                    continue;
                }
                Ok(Step::NothingNew) => {
                    failures = 0;
                    REST
                }
                Ok(Step::Failed(failure)) => {
                    failures += 1;
                    let pause = pause_after(failures);
                    tracing::error!(
                        follower = follower.name(), %failure,
                        "what happened could not be acted on; it is tried again in {} s", pause.as_secs()
                    );
                    pause
                }
                Err(error) => {
                    failures += 1;
                    let pause = pause_after(failures);
                    tracing::warn!(
                        follower = follower.name(), %error,
                        "the journal cannot be followed; it is tried again in {} s", pause.as_secs()
                    );
                    if !error.is_transient() {
                        self.note_failure(follower, &error.to_string()).await;
                    }
                    pause
                }
            };
            let until = self.clock.instant().plus(pause);
            resting_until.send_replace(Some(until));
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep_until(until) => {}
            }
        }
    }

    /// Stores why a follower cannot go on, for those who look whether all is well.
    async fn note_failure(&self, follower: &dyn Follow, why: &str) {
        let note = async {
            let mut tx = self.db.write().await?;
            tx.set_follower_failing(follower.name(), why, self.clock.now()).await?;
            tx.commit().await
        };
        if let Err(error) = note.await {
            tracing::warn!(follower = follower.name(), %error, "that a follower fails cannot be stored");
        }
    }

    /// Acts on the next entries, then stores the new position.
    async fn step(&self, follower: &dyn Follow) -> store::Result<Step> {
        let place = self.place(follower).await?;
        let entries = self.db.read().await?.list_happened(place, BATCH).await?;
        let Some(last) = entries.last() else { return Ok(Step::NothingNew) };
        let acted = AssertUnwindSafe(follower.act(&entries)).catch_unwind().await;
        let acted = acted.unwrap_or_else(|_| Err(Failure("it panicked; the log says where".to_owned())));
        let mut tx = self.db.write().await?;
        match &acted {
            Ok(()) => tx.set_followed(follower.name(), last.position).await?,
            Err(Failure(why)) => tx.set_follower_failing(follower.name(), why, self.clock.now()).await?,
        }
        tx.commit().await?;
        Ok(acted.map_or_else(Step::Failed, |()| Step::Acted))
    }

    /// Returns the position up to which a follower has acted. Stores a starting position for a new follower.
    async fn place(&self, follower: &dyn Follow) -> store::Result<i64> {
        if let Some(place) = self.db.read().await?.find_followed(follower.name()).await? {
            return Ok(place);
        }
        let mut tx = self.db.write().await?;
        let place = match follower.begin() {
            Begin::AtTheBeginning => i64::MIN,
            Begin::Now => tx.end_of_journal().await?,
        };
        tx.set_followed(follower.name(), place).await?;
        tx.commit().await?;
        Ok(place)
    }
}

/// The pause after this many failures in a row: 1 s, 2 s … 60 s.
fn pause_after(failures: u32) -> Duration {
    let seconds = 1_u64 << failures.saturating_sub(1).min(6);
    Duration::from_secs(seconds).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::Notify;

    use super::*;
    use crate::domain::happening::Happening;
    use crate::domain::ids::PersonId;
    use crate::domain::time::Timestamp;
    use crate::store::journal::Subject;

    const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);

    /// A test follower that records the people in its entries.
    struct Noting {
        name: &'static str,
        begin: Begin,
        seen: Mutex<Vec<PersonId>>,
        acted: Notify,
        /// The person whose entry makes it fail.
        refuses: Mutex<Option<PersonId>>,
        panics_at: Option<PersonId>,
    }

    impl Noting {
        fn of(name: &'static str, begin: Begin) -> Self {
            let (seen, acted, refuses) = (Mutex::default(), Notify::new(), Mutex::default());
            Self { name, begin, seen, acted, refuses, panics_at: None }
        }

        fn new(name: &'static str, begin: Begin) -> Arc<Self> {
            Arc::new(Self::of(name, begin))
        }

        fn seen(&self) -> Vec<i64> {
            self.seen.lock().unwrap().iter().map(|person| person.get()).collect()
        }
    }

    impl Follow for Noting {
        fn name(&self) -> &'static str {
            self.name
        }

        fn begin(&self) -> Begin {
            self.begin
        }

        fn act<'a>(&'a self, entries: &'a [Entry]) -> Acted<'a> {
            Box::pin(async move {
                let persons: Vec<PersonId> = entries.iter().filter_map(|entry| entry.person).collect();
                assert!(!self.panics_at.is_some_and(|person| persons.contains(&person)), "on purpose");
                let refused = *self.refuses.lock().unwrap();
                if let Some(person) = refused.filter(|person| persons.contains(person)) {
                    self.acted.notify_one();
                    return Err(Failure(format!("person {person} is refused")));
                }
                self.seen.lock().unwrap().extend(persons);
                self.acted.notify_one();
                Ok(())
            })
        }
    }

    async fn opt_out(db: &Db, persons: impl IntoIterator<Item = i64>) {
        let mut tx = db.write().await.unwrap();
        for person in persons {
            tx.record(Happening::OptedOut, Subject::Person(PersonId::new(person)), NOW);
        }
        tx.commit().await.unwrap();
    }

    fn followers(db: &Db, all: &[&Arc<Noting>]) -> Followers {
        let all = all.iter().map(|follower| Arc::clone(*follower) as Arc<dyn Follow>).collect();
        Followers::new(db.clone(), Clock::frozen(NOW), all)
    }

    /// Runs steps until one of them does not act.
    async fn catch_up(followers: &Followers, follower: &Noting) -> Step {
        loop {
            let step = followers.step(follower).await.unwrap();
            if step != Step::Acted {
                return step;
            }
        }
    }

    #[tokio::test]
    async fn everything_is_acted_on_once_in_order_from_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        opt_out(&db, 1..=1200).await;
        let (all, new) = (Noting::new("all", Begin::AtTheBeginning), Noting::new("new", Begin::Now));
        let running = followers(&db, &[&all, &new]);
        assert_eq!(catch_up(&running, &all).await, Step::NothingNew);
        assert_eq!(catch_up(&running, &new).await, Step::NothingNew);
        opt_out(&db, [1201]).await;
        for follower in [&all, &new] {
            catch_up(&running, follower).await;
        }
        assert!(all.seen().into_iter().eq(1..=1201));
        assert_eq!(new.seen(), [1201]);
    }

    #[tokio::test]
    async fn killed_between_act_and_cursor_it_acts_again_and_skips_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let follower = Noting::new("f", Begin::AtTheBeginning);
        let running = followers(&db, &[&follower]);
        assert_eq!(catch_up(&running, &follower).await, Step::NothingNew);
        for person in [1, 2, 3] {
            opt_out(&db, [person]).await;
            // The test holds the write lock, so storing the position has to wait. Dropping the step then simulates a
            // kill.
            let turn = db.write().await.unwrap();
            let mut step = Box::pin(running.step(follower.as_ref()));
            tokio::select! {
                biased;
                _ = &mut step => panic!("the cursor was stored"),
                () = follower.acted.notified() => {}
            }
            drop(step);
            drop(turn);
        }
        assert_eq!(follower.seen(), [1, 1, 2, 1, 2, 3], "at least once, and nothing left out");
        opt_out(&db, [4]).await;
        catch_up(&running, &follower).await;
        assert_eq!(follower.seen()[6..], [1, 2, 3, 4]);
        assert_eq!(catch_up(&running, &follower).await, Step::NothingNew);
    }

    #[tokio::test]
    async fn one_that_fails_says_why_until_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let broken = Noting::new("broken", Begin::AtTheBeginning);
        let dying = Arc::new(Noting {
            panics_at: Some(PersonId::new(7)),
            ..Noting::of("dying", Begin::AtTheBeginning)
        });
        *broken.refuses.lock().unwrap() = Some(PersonId::new(7));
        let running = followers(&db, &[&broken, &dying]);
        opt_out(&db, [7]).await;
        let reasons = ["person 7 is refused", "it panicked; the log says where"];
        for (follower, why) in [&broken, &dying].into_iter().zip(reasons) {
            assert_eq!(catch_up(&running, follower).await, Step::Failed(Failure(why.to_owned())));
        }
        let rows = db.read().await.unwrap().list_followers().await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.failure.as_deref(), row.failing_since)).collect();
        assert_eq!(told, reasons.map(|why| (Some(why), Some(NOW))));
        *broken.refuses.lock().unwrap() = None;
        catch_up(&running, &broken).await;
        assert_eq!(broken.seen(), [7]);
        assert_eq!(db.read().await.unwrap().list_followers().await.unwrap()[0].failure, None);
    }

    #[tokio::test]
    async fn one_that_fails_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let (broken, whole) =
            (Noting::new("broken", Begin::AtTheBeginning), Noting::new("whole", Begin::AtTheBeginning));
        *broken.refuses.lock().unwrap() = Some(PersonId::new(1));
        let running = followers(&db, &[&broken, &whole]);
        let (stop, clock) = (CancellationToken::new(), running.clock.clone());
        let goes_on = async {
            for person in 1..=3 {
                opt_out(&db, [person]).await;
                while !whole.seen().contains(&person) {
                    clock.advance(REST);
                    tokio::task::yield_now().await;
                }
            }
            stop.cancel();
        };
        tokio::join!(running.run(stop.clone()), goes_on);
        assert_eq!((whole.seen(), broken.seen()), (vec![1, 2, 3], vec![]));
    }

    #[test]
    fn pauses_grow_to_a_minute() {
        let pauses = [1, 2, 3, 6, 7, 8, 100].map(|failures| pause_after(failures).as_secs());
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60, 60]);
    }
}
