//! Tests through the front door, in one binary so that linking stays cheap.
#![expect(clippy::unwrap_used, reason = "a test's shared steps fail as the test itself does")]
#![expect(
    clippy::duplicate_mod,
    reason = "the same tests once on each engine and in each mode; see on_postgres.rs and on_webhook.rs"
)]

mod api;
mod binary;
mod browser;
mod cluster;
mod configuration;
mod crowd;
mod demo;
mod documents;
mod due;
mod erasing_columns;
mod floors;
mod harness;
mod intake;
mod kill;
mod lease;
mod on_postgres;
mod on_webhook;
mod parity;
mod polling;
mod queues;
mod sandbox;
mod sender;
mod setup;
#[path = "../../examples/generate_events/shop/mod.rs"]
mod shop;
mod stories;
mod ten_thousand;
mod trouble;
mod untried;
mod upgrading;
mod webhook;

/// Where the tests of this module and those beside it keep their data; `on_postgres` has its own.
const ENGINE: cluster::Engine = cluster::Engine::Sqlite;
/// How their updates come in; `on_webhook` has its own.
const UPDATES: harness::Updates = harness::Updates::Polled;
