//! Messages that are taken back while no call was made for them.

use super::{Result, Tx, on_engine, query, query_scalar};

impl Tx {
    /// Takes an invitation back that no call was made for yet. False if it is too late.
    pub async fn take_back_invitation(&mut self, survey: i64) -> Result<bool> {
        self.write_outgoing().await?;
        let query =
            query("DELETE FROM outbox WHERE survey = $1 AND first = TRUE AND attempts = 0").bind(survey);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Takes an invitation back that is not under way, though a call for it may have had its effect. False if one is under
    /// way, or both were made.
    pub async fn give_up_invitation(&mut self, survey: i64) -> Result<bool> {
        self.write_outgoing().await?;
        let query = query(
            "DELETE FROM outbox WHERE survey = $1 AND first = TRUE \
             AND (attempts = 0 OR (attempts = 1 AND unknown_at IS NOT NULL))",
        )
        .bind(survey);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Whether no call was made for a message yet.
    pub async fn is_unsent(&mut self, message: i64) -> Result<bool> {
        self.write_outgoing().await?;
        let query = query_scalar::<i64>(
            "SELECT COUNT(*) FROM outbox WHERE message = $1 AND method = 'send' AND attempts = 0",
        )
        .bind(message);
        Ok(on_engine!(self, fetch_one, query)? > 0)
    }

    /// Takes a message back, with its edits, that no call was made for yet. False if it is too late.
    pub async fn take_back_message(&mut self, message: i64) -> Result<bool> {
        self.write_outgoing().await?;
        let send = query(
            "DELETE FROM outbox WHERE message = $1 AND method = 'send' AND first = FALSE AND attempts = 0",
        )
        .bind(message);
        if on_engine!(self, execute, send)? == 0 {
            return Ok(false);
        }
        let edits = query("DELETE FROM outbox WHERE message = $1").bind(message);
        on_engine!(self, execute, edits)?;
        Ok(true)
    }
}
