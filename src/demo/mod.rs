//! What `afterword demo` shows: the simulated Telegram as people know it, a shop's till and the clock on a page in the browser,
//! or one purchase told in the terminal.
//!
//! All of it lives outside the program: it acts in the sandbox's [`World`](crate::sandbox::World) as people do, posts events to
//! the program's HTTP API as a shop does, and only the clock, the faults and the crash are not to be had in service.

mod acts;
mod assets;
mod cast;
pub mod crowd;
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

/// What the demo speaks: of its page's words there are these.
pub const LANGUAGES: [&str; 2] = ["ru", "en"];
