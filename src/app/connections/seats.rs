//! Keeps track of the open connections. When there is no room for another, the connection that has waited longest
//! without a request is closed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The most connections. No shop needs more.
const MOST: usize = 1024;
/// File descriptors reserved for the database, for Telegram, and for everything else.
const KEPT_FREE: usize = 256;

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The rest of a request's head.
    Head,
    /// The rest of a request's body.
    Body,
    /// The answer, which this program owes.
    Answer,
    /// The next request.
    Silence,
}

/// The entry of one connection.
#[derive(Debug)]
pub struct Seat {
    number: u64,
    /// The phase, and when it began or when the last sign of life that counts in it came.
    phase: Mutex<(Phase, Instant)>,
    /// Tells the connection to close.
    pub leave: CancellationToken,
    seats: Arc<Seats>,
}

/// The entries of all connections.
#[derive(Debug)]
pub struct Seats {
    most: usize,
    taken: Mutex<Taken>,
    /// Notified when a seat becomes free, or when a connection becomes idle and could be closed.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    seats: BTreeMap<u64, Arc<Seat>>,
}

impl Seats {
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default(), changed: Notify::new() })
    }

    /// With as many seats as this process's limit on open files allows.
    pub fn of_this_process() -> Arc<Self> {
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self::new(most_beside(open_files(&limits).unwrap_or(MOST)))
    }

    /// Returns when there is room for another.
    pub async fn room(&self) {
        loop {
            // A notification that comes before the await below is not lost.
            let changed = self.changed.notified();
            if self.taken().seats.len() < self.most {
                return;
            }
            self.send_one_away();
            changed.await;
        }
    }

    /// Closes the connection that has been idle longest. A connection whose request is being answered stays.
    fn send_one_away(&self) {
        let taken = self.taken();
        let waits = taken.seats.values().filter_map(|seat| {
            let (phase, since) = *seat.phase();
            (phase != Phase::Answer && !seat.leave.is_cancelled()).then_some((since, seat))
        });
        if let Some((_, seat)) = waits.min_by_key(|(since, _)| *since) {
            seat.leave.cancel();
        }
    }

    /// Adds a connection. Cancelling `cut` closes all of them.
    pub fn take(self: &Arc<Self>, cut: &CancellationToken) -> Arc<Seat> {
        let mut taken = self.taken();
        let number = taken.next;
        taken.next += 1;
        let seat = Arc::new(Seat {
            number,
            phase: Mutex::new((Phase::Head, Instant::now())),
            leave: cut.child_token(),
            seats: Arc::clone(self),
        });
        taken.seats.insert(number, Arc::clone(&seat));
        seat
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    pub fn phase(&self) -> MutexGuard<'_, (Phase, Instant)> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn enter(&self, phase: Phase) {
        *self.phase() = (phase, Instant::now());
    }

    /// Notes that the next part of a request's body is waited for.
    pub fn await_body(&self) {
        self.enter(Phase::Body);
        self.seats.changed.notify_one();
    }

    /// Notes that bytes have arrived. They do not extend the time for a head, which must be complete in time even if it
    /// trickles in.
    pub fn heard(&self) {
        let mut phase = self.phase();
        match phase.0 {
            Phase::Head => {}
            Phase::Body | Phase::Answer => phase.1 = Instant::now(),
            Phase::Silence => *phase = (Phase::Head, Instant::now()),
        }
    }

    /// Notes that the caller accepted bytes of an answer.
    pub fn told(&self) {
        self.phase().1 = Instant::now();
    }

    /// Notes that the connection has closed.
    pub fn free(&self) {
        self.seats.taken().seats.remove(&self.number);
        self.seats.changed.notify_one();
    }
}

/// Marks a request in progress. Dropped when the answer is there, or when nobody wants it any more.
pub struct Answering(Arc<Seat>);

impl Answering {
    /// Notes that a request has arrived on this connection.
    pub fn begin(seat: Arc<Seat>) -> Self {
        seat.enter(Phase::Answer);
        Self(seat)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.enter(Phase::Silence);
        self.0.seats.changed.notify_one();
    }
}

/// How many connections fit when `files` may be open, with a reserve for everything else that needs files.
fn most_beside(files: usize) -> usize {
    (files - KEPT_FREE.min(files / 2)).min(MOST)
}

/// The soft limit of open files from the text of `/proc/self/limits`.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        soft => soft.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(open_files(limits), Some(1024));
        assert_eq!(
            open_files("Max open files            unlimited            unlimited  files"),
            Some(usize::MAX)
        );
        assert_eq!(open_files(""), None);
        assert_eq!([64, 1024, usize::MAX].map(most_beside), [32, 768, MOST]);
    }

    #[tokio::test]
    async fn the_connection_that_has_waited_longest_without_a_request_goes_first() {
        let (seats, cut) = (Seats::new(3), CancellationToken::new());
        let [first, second, third] = [(); 3].map(|()| seats.take(&cut));
        first.enter(Phase::Answer);
        let came = async {
            seats.room().await;
            seats.take(&cut)
        };
        let left = async {
            second.leave.cancelled().await;
            assert!(!first.leave.is_cancelled() && !third.leave.is_cancelled());
            second.free();
        };
        let (fourth, ()) = tokio::join!(came, left);
        cut.cancel();
        assert!(first.leave.is_cancelled() && fourth.leave.is_cancelled());
    }

    #[tokio::test]
    async fn where_all_are_being_answered_the_next_waits() {
        let (seats, cut) = (Seats::new(1), CancellationToken::new());
        let seat = seats.take(&cut);
        let answering = Answering::begin(Arc::clone(&seat));
        let answered = async {
            assert!(!seat.leave.is_cancelled());
            drop(answering);
            seat.leave.cancelled().await;
            seat.free();
        };
        tokio::join!(seats.room(), answered);
    }
}
