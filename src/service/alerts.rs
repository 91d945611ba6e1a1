//! Tells the leads about bad ratings.

use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::{self, Tx};

/// A survey's answers changed, and they reach or have reached the alert level.
pub async fn update(_tx: &mut Tx, _ctx: &Context, _survey: i64, _now: Timestamp) -> store::Result<()> {
    Ok(())
}

/// A medium belongs to a survey that has an alert.
pub async fn attach(
    _tx: &mut Tx,
    _ctx: &Context,
    _survey: i64,
    _from_chat: i64,
    _message_id: i64,
    _now: Timestamp,
) -> store::Result<()> {
    Ok(())
}
