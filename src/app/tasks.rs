//! The program's tasks: none of them ends unnoticed, and all of them end together.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Why the program cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// A part that ended although nobody had stopped it.
    #[error("{0} has failed, and without it the program is of no use; the log says why")]
    Part(&'static str),
    #[error(
        "TELOXIDE_TOKEN: Telegram refuses the token; copy it again from @BotFather, or ask there for a new one"
    )]
    TokenRefused,
}

/// Tasks that are stopped in two steps: first those that let work in, then those that carry it out.
#[derive(Debug)]
pub(super) struct Tasks {
    pub inward: Group,
    pub outward: Group,
    failed: watch::Sender<Option<Failed>>,
}

/// Tasks that share one stop signal.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub tracker: TaskTracker,
    pub stop: CancellationToken,
}

impl Tasks {
    pub fn new() -> Self {
        Self { inward: Group::default(), outward: Group::default(), failed: watch::Sender::new(None) }
    }

    /// Runs a part that lets work in. It is stopped first.
    pub fn spawn_inward(&self, part: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.spawn(&self.inward, part, work);
    }

    /// Runs a part that is needed until all work is done. It is stopped last.
    pub fn spawn_outward(&self, part: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.spawn(&self.outward, part, work);
    }

    fn spawn(&self, group: &Group, part: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let (stop, failed) = (group.stop.clone(), self.failed.clone());
        group.tracker.spawn(async move {
            let ended = AssertUnwindSafe(work).catch_unwind().await;
            if ended.is_err() || !stop.is_cancelled() {
                note(&failed, Failed::Part(part));
            }
        });
    }

    /// Returns a function by which a part says why the program cannot go on, which is more precise than just ending.
    pub fn fail(&self) -> impl FnOnce(Failed) + Send + 'static {
        let failed = self.failed.clone();
        move |why| note(&failed, why)
    }

    /// Returns when a part has failed.
    pub async fn failed(&self) -> Failed {
        let mut failed = self.failed.subscribe();
        match failed.wait_for(Option::is_some).await.map(|failed| *failed) {
            Ok(Some(failed)) => failed,
            // `self` owns the sender, so the channel stays open.
            _ => std::future::pending().await,
        }
    }

    /// Stops everything gracefully. Returns false if something was still running after `patience`.
    pub async fn stop(&self, patience: Duration) -> bool {
        let steps = async {
            for group in [&self.inward, &self.outward] {
                group.stop.cancel();
                group.tracker.close();
                group.tracker.wait().await;
            }
        };
        tokio::time::timeout(patience, steps).await.is_ok()
    }
}

/// Records the first failure only: later ones follow from it.
fn note(failed: &watch::Sender<Option<Failed>>, why: Failed) {
    failed.send_if_modified(|first| {
        let is_first = first.is_none();
        first.get_or_insert(why);
        is_first
    });
}

/// Tells everything that still runs to stop.
impl Drop for Tasks {
    fn drop(&mut self) {
        self.inward.stop.cancel();
        self.outward.stop.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_that_ends_by_itself_has_failed() {
        let tasks = Tasks::new();
        tasks.spawn_inward("the intake", async {});
        assert_eq!(tasks.failed().await, Failed::Part("the intake"));
    }

    #[tokio::test]
    async fn a_part_that_panics_has_failed_and_takes_nobody_along() {
        let tasks = Tasks::new();
        let stop = tasks.inward.stop.clone();
        tasks.spawn_inward("the API", async move { stop.cancelled().await });
        tasks.spawn_outward("the sender", async { panic!("for a test") });
        assert_eq!(tasks.failed().await, Failed::Part("the sender"));
        assert!(tasks.stop(Duration::from_mins(1)).await);
    }

    #[tokio::test]
    async fn what_carries_work_out_stops_after_what_lets_it_in() {
        let tasks = Tasks::new();
        let (sender, mut receiver) = tokio::sync::mpsc::channel(2);
        for (group, name) in [(&tasks.inward, "in"), (&tasks.outward, "out")] {
            let (stop, sender) = (group.stop.clone(), sender.clone());
            tasks.spawn(group, name, async move {
                stop.cancelled().await;
                sender.send(name).await.unwrap();
            });
        }
        assert!(tasks.stop(Duration::from_mins(1)).await);
        assert_eq!((receiver.recv().await, receiver.recv().await), (Some("in"), Some("out")));
    }

    #[tokio::test]
    async fn a_part_that_hangs_does_not_hold_up_the_end() {
        let tasks = Tasks::new();
        tasks.spawn_inward("the intake", std::future::pending());
        assert!(!tasks.stop(Duration::from_millis(1)).await);
    }
}
