//! Tests through the front door, in one binary so that linking stays cheap.
#![expect(clippy::unwrap_used, reason = "a test's shared steps fail as the test itself does")]

mod api;
mod binary;
mod browser;
mod cluster;
mod configuration;
mod crowd;
mod demo;
mod documents;
mod doubles;
mod due;
mod erasing_columns;
mod harness;
mod intake;
mod kill;
mod layers;
mod lease;
mod on_postgres;
mod on_webhook;
mod outbound;
mod parity;
mod polling;
mod ports;
mod queues;
mod sandbox;
mod sender;
mod setup;
#[path = "../../examples/generate_events/shop/mod.rs"]
mod shop;
mod shop_week;
mod statements;
mod stories;
mod together;
mod trouble;
mod truth;
mod untried;
mod upgrading;
mod variant;
mod webhook;
