//! What `afterword demo` shows: a browser page with the simulated Telegram as people know it, a shop's till and the
//! clock, or the story of one purchase told in the terminal.
//!
//! All of it lives outside the program. It acts in the sandbox's [`World`](crate::sandbox::World) as people do, and
//! posts events to the program's HTTP API as a shop does. Only the clock, the faults and the crash are not available in
//! production.

mod acts;
mod assets;
mod cast;
pub mod crowd;
mod dashboard;
mod faults;
mod guard;
mod http;
mod keep;
mod live;
mod month;
mod outcome;
mod page;
mod page_state;
mod plot;
mod program;
mod refusal;
mod relay;
mod routes;
mod steps;
mod story;
mod surveys;
mod time;
mod tour;
mod view;

pub use cast::{AGENT, Player, PlayerRole, Players};
pub use keep::{Bundle, KeepError};
pub use page::{Crash, Page, Parts};
pub use page_state::Kept;
pub use plot::PlotError;
pub use program::Program;
pub use routes::serve;
pub use story::{Cast, StoryError, Teller};
pub use time::tick;

/// The languages of the demo: those its page is translated into.
pub const LANGUAGES: [&str; 2] = ["ru", "en"];
