//! The same stories once more, with updates that Telegram brings. What is about polling itself is in `polling.rs`.

#[path = "harness/mod.rs"]
#[allow(dead_code, reason = "some of it serves other stories")]
mod harness;
#[path = "stories/mod.rs"]
mod stories;

const ENGINE: crate::cluster::Engine = crate::cluster::Engine::Sqlite;
const UPDATES: harness::Updates = harness::Updates::Brought;
