//! The outgoing side: everything that goes to Telegram, how fast, and what comes of it.

pub mod buckets;
pub mod budget;
pub mod client;
pub mod error;
pub mod health;
pub mod lanes;
pub mod limits;
pub mod pulse;
pub mod sender;
