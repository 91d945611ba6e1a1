//! The page's server as its handlers see it: the world, the program, the clock, and the state of the page.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio_util::task::TaskTracker;

use super::cast::Players;
use super::http;
use super::page_state::{Kept, PageState};
use super::program::Program;
use crate::clock::Clock;
use crate::sandbox::World;

/// A request to kill and restart the program. The answer is how long it was away, or why it does not start.
pub type Crash = oneshot::Sender<Result<Duration, String>>;

/// Everything the page consists of. Cheap to clone.
#[derive(Clone)]
pub struct Page(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) world: World,
    pub(super) clock: Clock,
    pub(super) locale: &'static str,
    pub(super) api_key: String,
    program: watch::Receiver<Option<Program>>,
    pub(super) crashes: mpsc::Sender<Crash>,
    /// Whoever moves the clock holds this lock, so that nobody else does.
    pub(super) time: Arc<tokio::sync::Mutex<()>>,
    /// Whether the clock is being moved; meanwhile it does not advance by itself.
    pub(super) moving: AtomicBool,
    shown: Mutex<PageState>,
    /// Signals that the state has changed.
    news: Arc<Notify>,
    pub(super) http: reqwest::Client,
    pub(super) keep: Option<PathBuf>,
    /// Tasks that continue even if the window that started them is closed.
    pub(super) tasks: TaskTracker,
}

/// The arguments of [`Page::new`].
#[derive(Debug)]
pub struct Parts {
    pub world: World,
    pub clock: Clock,
    /// The language the page starts in.
    pub locale: &'static str,
    pub api_key: String,
    pub players: Players,
    /// The running program; `None` while it is down.
    pub program: watch::Receiver<Option<Program>>,
    pub crashes: mpsc::Sender<Crash>,
    /// The folder where the state is saved, if it is to be kept.
    pub keep: Option<PathBuf>,
    /// What was saved there earlier.
    pub kept: Kept,
}

/// Shows none of the fields, because one of them is the key.
impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

impl Page {
    pub fn new(parts: Parts) -> Self {
        let Parts { world, clock, locale, api_key, players, program, crashes, keep, kept } = parts;
        let Kept { events, crowds } = kept;
        Self(Arc::new(Shared {
            world,
            clock,
            locale,
            api_key,
            program,
            crashes,
            time: Arc::default(),
            moving: AtomicBool::new(false),
            shown: Mutex::new(PageState { players, events, crowds, ..PageState::default() }),
            keep,
            news: Arc::default(),
            http: http::client(),
            tasks: TaskTracker::new(),
        }))
    }

    pub(super) fn shown(&self) -> MutexGuard<'_, PageState> {
        self.0.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the page's state and updates every window.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut PageState) -> R) -> R {
        let result = change(&mut self.shown());
        self.0.news.notify_waiters();
        result
    }

    /// Completes at the next change of the state after this call.
    pub(super) fn changed(&self) -> OwnedNotified {
        Arc::clone(&self.0.news).notified_owned()
    }

    pub(super) fn program(&self) -> Option<Program> {
        self.0.program.borrow().clone()
    }
}
