//! The demo's page in the browser: the simulated Telegram as people know it, a shop's till, and the clock.
//!
//! The page lives outside the program: it acts in the [`World`] as people do, posts events to the program's HTTP API as
//! a shop does, and only the clock, the faults and the crash are not to be had in service.

mod acts;
mod assets;
mod cast;
pub mod crowd;
mod crowd_page;
mod faults;
mod guard;
mod keep;
mod live;
mod program;
mod time;
mod view;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;

pub use cast::{AGENT, Player, PlayerRole, Players};
pub use keep::{Bundle, Desk as KeptDesk, KeepError};
pub use program::Program;
pub use time::tick;

use super::World;
use crate::clock::Clock;
use faults::Switches;
use time::Report;
use view::Posted;

/// Somebody wants the program to be killed and started again; the answer tells how long it was away, or what keeps it
/// from starting.
pub type Crash = oneshot::Sender<Result<Duration, String>>;

/// What the page is made of. Cheap to clone.
#[derive(Clone)]
pub struct Page(Arc<Shared>);

struct Shared {
    world: World,
    clock: Clock,
    locale: &'static str,
    api_key: String,
    program: watch::Receiver<Option<Program>>,
    crashes: mpsc::Sender<Crash>,
    /// Who moves the clock holds this, so that nobody else does.
    time: Arc<tokio::sync::Mutex<()>>,
    /// The clock is being moved, and does not go by itself meanwhile.
    moving: AtomicBool,
    desk: Mutex<Desk>,
    /// The desk has changed.
    news: watch::Sender<u64>,
    http: reqwest::Client,
    keep: Option<PathBuf>,
    /// What goes on though the window that asked for it is closed.
    tasks: TaskTracker,
}

/// What the page knows beside the world.
#[derive(Debug, Default)]
struct Desk {
    players: Players,
    faults: Switches,
    /// Events that were posted, oldest first: the reply's `event_id`, and what it was about.
    events: Vec<Posted>,
    report: Option<Report>,
    crowd: Option<view::CrowdView>,
    /// How many there have been.
    crowds: u32,
    status: view::Status,
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
    pub kept: keep::Desk,
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
        let keep::Desk { events, crowds } = kept;
        Self(Arc::new(Shared {
            world,
            clock,
            locale,
            api_key,
            program,
            crashes,
            time: Arc::default(),
            moving: AtomicBool::new(false),
            desk: Mutex::new(Desk { players, events, crowds, ..Desk::default() }),
            keep,
            news: watch::Sender::new(0),
            http: super::http(),
            tasks: TaskTracker::new(),
        }))
    }

    /// Serves the page until the future is dropped: streams to open windows have no end of their own.
    ///
    /// # Errors
    /// The listener broke.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        axum::serve(listener, self.routes()).await
    }

    fn routes(self) -> Router {
        let program = Router::new()
            .route("/v1/{*path}", get(program::relay).post(program::relay))
            .route("/q/{*path}", get(program::relay));
        assets::routes()
            .route("/live", get(live::stream))
            .route("/history", get(live::history))
            .route("/file/{id}", get(live::file))
            .route("/act", post(acts::act))
            .route("/time", post(time::pass))
            .route("/crowd", post(crowd_page::start))
            .route("/faults", post(faults::switch))
            .route("/crash", post(program::crash))
            .route("/export/{file}", get(program::export))
            .nest("/program", program)
            .layer(CatchPanicLayer::custom(from_panic))
            .layer(axum::middleware::from_fn(guard::only_from_here))
            .with_state(self)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what the page knows and shows it in every window.
    fn change<R>(&self, change: impl FnOnce(&mut Desk) -> R) -> R {
        let result = change(&mut self.desk());
        self.0.news.send_modify(|news| *news += 1);
        result
    }

    fn program(&self) -> Option<Program> {
        self.0.program.borrow().clone()
    }
}

/// The layer's own answer would put what the panic says into the log.
fn from_panic(_panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// A refusal as the page shows it: a message's name in its catalogue, and what stands in it.
#[derive(Debug)]
struct Refusal {
    code: u16,
    word: &'static str,
    values: BTreeMap<&'static str, String>,
}

impl Refusal {
    fn new(code: u16, word: &'static str) -> Self {
        Self { code, word, values: BTreeMap::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(name, value.into());
        self
    }

    /// What was asked for does not fit what is there, such as a message that is gone.
    fn stale(word: &'static str) -> Self {
        Self::new(409, word)
    }

    fn wrong(word: &'static str) -> Self {
        Self::new(422, word)
    }

    fn down() -> Self {
        Self::new(503, "error.down")
    }
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        let code = axum::http::StatusCode::from_u16(self.code);
        let body = serde_json::json!({ "error": self.word, "values": self.values });
        (code.unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR), axum::Json(body)).into_response()
    }
}
