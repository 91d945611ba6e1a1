//! Surveys that moved to another chat or changed their language after they began.

use super::{Result, Tx, on_engine, query, query_scalar};
use crate::domain::ids::{CustomerKey, MessageKey, PersonId, SurveyKey};
use crate::domain::time::Timestamp;

impl Tx {
    /// Lists a customer's surveys that occupy a place in a person's chat.
    pub async fn list_open_surveys_of_customer(
        &mut self,
        customer: CustomerKey,
        person: PersonId,
    ) -> Result<Vec<SurveyKey>> {
        let query = query_scalar::<SurveyKey>(
            "SELECT s.id FROM surveys s JOIN events e ON e.id = s.id \
             WHERE e.customer = $1 AND s.person = $2 AND s.ended_at IS NULL ORDER BY s.id",
        )
        .bind(customer)
        .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Continues a sent survey in another person's chat. The gap between surveys now counts for that person.
    pub async fn move_survey_to(
        &mut self,
        survey: SurveyKey,
        person: PersonId,
        message: MessageKey,
        locale: &str,
        now: Timestamp,
    ) -> Result<()> {
        let moved = query("UPDATE surveys SET person = $2, message = $3, locale = $4 WHERE id = $1")
            .bind(survey)
            .bind(person)
            .bind(message)
            .bind(locale);
        on_engine!(self, execute, moved)?;
        let gap = query(
            "UPDATE persons SET last_sent_at = $2 WHERE id = $1 \
             AND EXISTS (SELECT 1 FROM surveys WHERE id = $3 AND test = FALSE)",
        )
        .bind(person)
        .bind(now)
        .bind(survey);
        on_engine!(self, execute, gap)?;
        // The former person's place is free.
        self.let_all_go(survey).await
    }

    /// Sets the language of all surveys of a person from now on.
    pub async fn set_survey_language(&mut self, person: PersonId, locale: &str) -> Result<()> {
        let query = query("UPDATE surveys SET locale = $2 WHERE person = $1").bind(person).bind(locale);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
