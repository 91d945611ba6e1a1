//! Tests through the front door, in one binary so that linking stays cheap.
#![expect(clippy::unwrap_used, reason = "a test's shared steps fail as the test itself does")]

mod api;
mod binary;
mod configuration;
mod crowd;
mod floors;
mod harness;
mod intake;
mod kill;
mod sandbox;
mod sender;
mod setup;
#[path = "../../examples/generate_events/shop/mod.rs"]
mod shop;
mod stories;
mod ten_thousand;
mod trouble;
