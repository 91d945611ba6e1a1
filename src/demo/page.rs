//! The page's server as its handlers see it: the world, the program, the clock, and what is on the page.

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

/// Somebody wants the program to be killed and started again; the answer tells how long it was away, or what keeps it
/// from starting.
pub type Crash = oneshot::Sender<Result<Duration, String>>;

/// What the page is made of. Cheap to clone.
#[derive(Clone)]
pub struct Page(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) world: World,
    pub(super) clock: Clock,
    pub(super) locale: &'static str,
    pub(super) api_key: String,
    program: watch::Receiver<Option<Program>>,
    pub(super) crashes: mpsc::Sender<Crash>,
    /// Who moves the clock holds this, so that nobody else does.
    pub(super) time: Arc<tokio::sync::Mutex<()>>,
    /// The clock is being moved, and does not go by itself meanwhile.
    pub(super) moving: AtomicBool,
    shown: Mutex<PageState>,
    /// The state has changed.
    news: Arc<Notify>,
    pub(super) http: reqwest::Client,
    pub(super) keep: Option<PathBuf>,
    /// What goes on though the window that asked for it is closed.
    pub(super) tasks: TaskTracker,
}

/// What [`Page::new`] is given.
#[derive(Debug)]
pub struct Parts {
    pub world: World,
    pub clock: Clock,
    /// The language that the page begins in.
    pub locale: &'static str,
    pub api_key: String,
    pub players: Players,
    /// The program that runs now; nothing while it is down.
    pub program: watch::Receiver<Option<Program>>,
    pub crashes: mpsc::Sender<Crash>,
    /// The folder that everything is kept in, if it is to be kept.
    pub keep: Option<PathBuf>,
    /// What was kept there before.
    pub kept: Kept,
}

/// Says nothing of the inside, where the key is.
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

    /// Changes what the page knows and shows it in every window.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut PageState) -> R) -> R {
        let result = change(&mut self.shown());
        self.0.news.notify_waiters();
        result
    }

    /// Ends with the next change of the state after this call.
    pub(super) fn changed(&self) -> OwnedNotified {
        Arc::clone(&self.0.news).notified_owned()
    }

    pub(super) fn program(&self) -> Option<Program> {
        self.0.program.borrow().clone()
    }
}
