//! What a message's arrival, or its failure to arrive, means for a survey.

use super::{Result, Tx, on_engine, query_scalar};
use crate::domain::ids::{MessageKey, SurveyKey};

impl Tx {
    /// Whether this survey's customer is known only by a `telegram_id` and has never tapped a link.
    pub async fn is_linked_by_id(&mut self, survey: SurveyKey) -> Result<bool> {
        let query = query_scalar::<SurveyKey>(
            "SELECT s.id FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
             WHERE s.id = $1 AND c.linked_by = 'telegram_id'",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_optional, query)?.is_some())
    }

    /// Whether `message` is the one that shows this open survey.
    pub async fn is_current_message(&mut self, survey: SurveyKey, message: MessageKey) -> Result<bool> {
        let query = query_scalar::<SurveyKey>(
            "SELECT id FROM surveys WHERE id = $1 AND message = $2 AND ended_at IS NULL \
             AND state IN ('sent', 'started', 'completed')",
        )
        .bind(survey)
        .bind(message);
        Ok(on_engine!(self, fetch_optional, query)?.is_some())
    }
}
