//! What the customer and the leads wrote to each other about a case, as the API shows it.

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query_as};

/// A message of a case.
#[derive(Clone, Debug, FromRow, Serialize, ToSchema)]
#[schema(as = CaseMessage)]
pub struct CaseMessageRecord {
    /// Who wrote it: `customer` or `staff`.
    pub side: String,
    /// The Telegram user ID of who wrote it.
    pub telegram_id: PersonId,
    /// When it was written.
    pub written_at: Timestamp,
    /// The text, or the caption of the file. null if there is none.
    #[schema(required)]
    pub text: Option<String>,
    /// The kind of the attached file. null without a file.
    #[schema(required)]
    pub kind: Option<String>,
    /// Telegram's ID of the file. null without a file.
    #[schema(required)]
    pub file_id: Option<String>,
    /// What became of it: `kept`, `waiting`, `delivered`, `undeliverable`, `taken_back`, `held` or `dropped`.
    pub state: String,
    /// Why it could not be delivered. null if it could.
    #[schema(required)]
    pub reason: Option<String>,
}

impl Tx {
    /// Lists the messages of a case, oldest first.
    pub async fn list_case_message_records(&mut self, number: CaseNumber) -> Result<Vec<CaseMessageRecord>> {
        let query = query_as(
            "SELECT side, person AS telegram_id, written_at, text, kind, file_id, state, reason FROM case_messages \
             WHERE case_number = $1 ORDER BY id",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
