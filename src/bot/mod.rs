//! The Telegram side: each incoming update runs a use case, and its messages are queued in the same transaction.

pub mod commands;
mod group;
pub mod intake;
mod private;
pub mod profile;
mod replies;
pub mod router;
mod subscribing;
mod talk;
mod taps;
pub mod update;
mod visitor;
pub mod webhook;
mod words;
