//! Telegram's face: updates in, a use case each, what is to be said queued in the same transaction.

pub mod intake;
pub mod update;
