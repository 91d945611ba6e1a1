//! The outgoing side: which calls go to Telegram, how fast, and what becomes of them.

pub mod buckets;
pub mod budget;
pub mod client;
pub mod error;
pub mod health;
pub mod lanes;
pub mod limits;
pub mod picture;
pub mod pulse;
pub mod sender;
