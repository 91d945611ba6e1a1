//! The pure core: no database, no network, no clock. Everything that must be right is decided here.

pub mod time;
