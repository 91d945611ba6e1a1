//! What waits, counted for whoever asks whether all is well.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as};
use crate::domain::time::Timestamp;

/// What waits to be sent, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Backlog {
    pub outgoing: i64,
    pub oldest_outgoing: Option<Timestamp>,
    /// Alerts that nobody could be told.
    pub alerts_waiting: i64,
    /// Chats that subscribed and are not gone.
    pub alert_chats: i64,
    pub admins: i64,
}

impl Tx {
    pub async fn backlog(&mut self) -> Result<Backlog> {
        Ok(on_engine!(
            self,
            fetch_one,
            query_as(
                "SELECT (SELECT COUNT(*) FROM outbox) AS outgoing, \
                 (SELECT MIN(created_at) FROM outbox) AS oldest_outgoing, \
                 (SELECT COUNT(*) FROM alerts WHERE chat_id IS NULL) AS alerts_waiting, \
                 (SELECT COUNT(*) FROM alert_chats WHERE gone_at IS NULL) AS alert_chats, \
                 (SELECT COUNT(*) FROM staff WHERE role = 'admin') AS admins"
            )
        )?)
    }
}
