//! What was done with a case, step by step. Steps are only appended.

use sqlx::FromRow;

use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::time::Timestamp;
use crate::store::journal::Subject;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// A step of a case, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CaseStep {
    pub id: i64,
    /// The name of the happening that the journal has, too.
    pub kind: String,
    /// A member of staff; `None` for the customer and the program.
    pub actor: Option<PersonId>,
    pub at: Timestamp,
    /// A word of ours: a severity, a cause.
    pub detail: Option<String>,
    /// A person's words.
    pub words: Option<String>,
}

/// A step to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewStep<'a> {
    pub happening: Happening,
    pub actor: Option<PersonId>,
    pub detail: Option<&'a str>,
    pub words: Option<&'a str>,
}

impl NewStep<'_> {
    /// A step of the program or the customer, without details.
    #[must_use]
    pub const fn of(happening: Happening) -> Self {
        Self { happening, actor: None, detail: None, words: None }
    }
}

impl Tx {
    /// Appends a step. The journal gets it too, without the words.
    pub async fn append_case_step(
        &mut self,
        number: CaseNumber,
        step: NewStep<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO case_steps (case_number, kind, actor, at, detail, words) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(number)
        .bind(step.happening.as_str())
        .bind(step.actor)
        .bind(now)
        .bind(step.detail)
        .bind(step.words);
        on_engine!(self, execute, query)?;
        self.record(step.happening, Subject::Case { number, actor: step.actor }, now);
        Ok(())
    }

    /// Whether a lead has chosen what the case is about.
    pub async fn has_chosen_category(&mut self, number: CaseNumber) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM case_steps WHERE case_number = $1 AND kind = 'category' \
             AND actor IS NOT NULL)",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists the steps of a case, oldest first.
    pub async fn list_case_steps(&mut self, number: CaseNumber) -> Result<Vec<CaseStep>> {
        let query = query_as(
            "SELECT id, kind, actor, at, detail, words FROM case_steps WHERE case_number = $1 ORDER BY id",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
