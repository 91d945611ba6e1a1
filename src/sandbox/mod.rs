//! A simulated Telegram with real state that speaks the Bot API over HTTP, for the tests, the demo and the benchmarks.
//! People act in a [`World`], the bot talks to it over a socket, and tests read the results.
//!
//! It is as strict as the real server and in places stricter; see [`World::violations`].

mod bringing;
mod client;
mod edits;
mod faults;
mod groups;
mod html;
mod json;
mod keep;
mod limits;
mod methods;
mod model;
mod people;
mod routes;
mod stage;
mod state;
mod telling;
mod transcript;
mod updates;
mod webhook;
mod world;

use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use client::{Place, Refused};
pub use faults::{Fault, Gate};
pub use keep::Kept;
pub use model::*;
pub use people::{TapError, Which};
pub use routes::serve;
pub use stage::Stage;
pub use state::State;
pub use transcript::Wording;
pub use updates::{CALLBACK_TTL, Duplicate, UPDATE_TTL};
pub use world::World;

use crate::clock::Clock;

/// The token of the simulated bot, in the form of a real one.
pub const TOKEN: &str = "7000000001:AAE-sandbox_0123456789_abcdefghijkl";

/// How a sandbox is set up.
#[derive(Clone)]
pub struct Options {
    pub token: String,
    /// Without `@`.
    pub username: String,
    pub seed: u64,
    /// Whether too many messages are refused with a 429.
    pub limits: bool,
    /// Whether earlier versions of edited messages are kept. A long benchmark turns this off.
    pub history: bool,
    /// The address to listen on. Port 0 takes any free one.
    pub addr: SocketAddr,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            token: TOKEN.to_owned(),
            username: "afterword_sandbox_bot".to_owned(),
            seed: 1,
            limits: true,
            history: true,
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }
}

/// Leaves the token out.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token: _, username, seed, limits, history, addr } = self;
        f.debug_struct("Options")
            .field("username", username)
            .field("seed", seed)
            .field("limits", limits)
            .field("history", history)
            .field("addr", addr)
            .finish_non_exhaustive()
    }
}

/// A world and the server in front of it. The server stops when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    world: World,
    addr: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Sandbox {
    /// Starts an empty world behind a server that accepts connections by the time this returns.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(clock: Clock, options: Options) -> io::Result<Self> {
        let world = World::new(clock, &options);
        Self::serve(world, options.addr).await
    }

    /// Starts a server for an existing world, such as one whose server was stopped.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn serve(world: World, addr: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(serve(listener, world.clone(), stop.clone().cancelled_owned()));
        tasks.close();
        Ok(Self { world, addr, stop, tasks })
    }

    /// The URL that the bot uses in place of `https://api.telegram.org`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// Stops the server. The world stays as it is.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
