//! Work that would hold up the threads on which updates are handled.
//!
//! Figures and pages for people to read give way to everything else: they are made on threads of their own, fewer than there
//! are cores and of lower priority, so that a tap finds a core however many people read. Threads that such a thread starts
//! inherit its priority, connections to a database file too; so what is asked for there runs there.

use std::cell::Cell;
use std::future::pending;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};
use std::thread::available_parallelism;

use rustix::process::{getpriority_process, setpriority_process};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{JoinError, JoinHandle, spawn_blocking};
use tokio_util::task::AbortOnDropHandle;

/// How much lower the priority of threads is that give way. With 5, work of usual priority gets three quarters of a core for
/// which both compete; with much more, pages would stand still beside other programs.
const NICE: i32 = 5;
/// Threads for work that gives way and does not return soon: counts, of which a few run at once, and files that are written.
const BLOCKING: usize = 4;

/// The threads that give way. They have no drivers: what waits for the network or for time is woken by the runtime that asks.
static GIVING_WAY: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    // An absolute priority, because some of these threads are started by others of them, and inherit theirs.
    let lower = getpriority_process(None).unwrap_or(0).saturating_add(NICE);
    let built = Builder::new_multi_thread()
        .worker_threads(cores_for_reading())
        .max_blocking_threads(BLOCKING.max(cores_for_reading()))
        .thread_name("giving-way")
        .on_thread_start(move || {
            // Where the system refuses, everything works as before, only with less regard for taps.
            let _ = setpriority_process(None, lower);
            GIVES_WAY.set(true);
        })
        .build();
    built.inspect_err(|error| tracing::warn!(%error, "figures are made on the threads of updates")).ok()
});

thread_local! {
    static GIVES_WAY: Cell<bool> = const { Cell::new(false) };
}

/// The cores that figures and pages may take: all but one, which is left to updates.
pub(crate) fn cores_for_reading() -> usize {
    available_parallelism().map_or(1, usize::from).saturating_sub(1).max(1)
}

/// Runs work on a thread where no update waits for it. A panic goes on in the caller.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    returned(start_aside(work).await).await
}

/// Starts work on a thread where no update waits for it. Asked for by what gives way, it gives way too.
pub(crate) fn start_aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    match GIVING_WAY.as_ref().filter(|_| GIVES_WAY.get()) {
        Some(threads) => threads.spawn_blocking(work),
        None => spawn_blocking(work),
    }
}

/// Runs work that gives way to all others, on a thread of its own. A panic goes on in the caller.
pub(crate) async fn giving_way<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match &*GIVING_WAY {
        Some(threads) => returned(threads.spawn_blocking(work).await).await,
        None => aside(work).await,
    }
}

/// The same for work that also waits. It ends with the caller, and a panic goes on there.
pub(crate) async fn giving_way_throughout<F>(work: F) -> F::Output
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let Some(threads) = GIVING_WAY.as_ref().filter(|_| !GIVES_WAY.get()) else { return work.await };
    let work = Within { runtime: Handle::current(), work: Some(Box::pin(work)) };
    returned(AbortOnDropHandle::new(threads.spawn(work)).await).await
}

/// Runs a part of what gives way that others would have to wait for, such as a write, at the usual priority.
pub(crate) async fn giving_no_way<F>(work: F) -> F::Output
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "the caller waits for it")]
    let spawned = |work| tokio::spawn(work);
    if GIVES_WAY.get() { returned(spawned(work).await).await } else { work.await }
}

async fn returned<T>(done: Result<T, JoinError>) -> T {
    match done.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => resume_unwind(panic),
        // It was ended because the program ends.
        Err(Err(_)) => pending().await,
    }
}

/// A future that is run by one set of threads and belongs to another runtime: that one wakes it, and has what it starts.
struct Within<F> {
    runtime: Handle,
    /// `None` once it has ended.
    work: Option<Pin<Box<F>>>,
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { runtime, work } = &mut *self;
        let _here = runtime.enter();
        let Some(running) = work else { return Poll::Pending };
        let polled = running.as_mut().poll(context);
        if polled.is_ready() {
            *work = None;
        }
        polled
    }
}

impl<F> Drop for Within<F> {
    fn drop(&mut self) {
        // A transaction that is dropped is rolled back by a task that it starts.
        let _here = self.runtime.enter();
        self.work = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn priority() -> i32 {
        getpriority_process(None).unwrap()
    }

    #[tokio::test]
    async fn what_gives_way_has_a_lower_priority_and_so_has_what_it_starts() {
        let own = priority();
        let lower = (own + NICE).min(19);
        assert_eq!(giving_way(priority).await, lower);
        let (here, started, thread) = giving_way_throughout(async {
            let started = aside(priority).await;
            (priority(), started, std::thread::spawn(priority).join().unwrap())
        })
        .await;
        assert_eq!([here, started, thread], [lower; 3]);
        assert_eq!(aside(priority).await, own);
    }

    #[tokio::test]
    async fn what_gives_way_waits_for_time_and_its_parts_may_go_first() {
        let own = priority();
        let (slept, part) = giving_way_throughout(async {
            let slept = tokio::time::timeout(Duration::from_millis(1), pending::<()>()).await;
            (slept.is_err(), giving_no_way(async { priority() }).await)
        })
        .await;
        assert!(slept);
        assert_eq!(part, own);
    }

    #[tokio::test]
    async fn what_gives_way_ends_with_its_caller() {
        let (held, ended) = tokio::sync::oneshot::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let work = giving_way_throughout(async move {
            begun.send(()).unwrap();
            let _held = held;
            pending::<()>().await;
        });
        tokio::select! {
            () = work => unreachable!("it never ends by itself"),
            has = has_begun => has.unwrap(),
        }
        assert!(ended.await.is_err());
    }

    #[tokio::test]
    #[should_panic(expected = "of this kind")]
    async fn a_panic_goes_on_in_the_caller() {
        giving_way_throughout(async { panic!("of this kind") }).await;
    }
}
