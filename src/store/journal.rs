//! The journal: everything that happened, once, in the order of commits. Only one transaction writes at a time, so a
//! reader that has seen a position has seen all smaller ones. Rows are never deleted, so a position is never used
//! twice.

pub(super) mod filling;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{Error, Result, Tx, on_engine, query_as, query_scalar};
use crate::domain::described::{ReasonWord, StateWord};
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, PersonId, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

/// What something happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Survey(SurveyKey),
    Answer {
        survey: SurveyKey,
        answer: i64,
    },
    /// An answer of this transaction that has no key yet: its index among the answers that are still to be written.
    NewAnswer {
        survey: SurveyKey,
        index: usize,
    },
    Person(PersonId),
    /// A case, and the member of staff who acted. `None`: the customer, or the program.
    Case {
        number: CaseNumber,
        actor: Option<PersonId>,
    },
}

impl Subject {
    const fn survey(self) -> Option<SurveyKey> {
        match self {
            Self::Survey(survey) | Self::Answer { survey, .. } | Self::NewAnswer { survey, .. } => {
                Some(survey)
            }
            Self::Person(_) | Self::Case { .. } => None,
        }
    }

    const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Survey(_) | Self::Answer { .. } | Self::NewAnswer { .. } | Self::Case { .. } => None,
        }
    }

    const fn case(self) -> Option<CaseNumber> {
        match self {
            Self::Case { number, .. } => Some(number),
            _ => None,
        }
    }

    const fn actor(self) -> Option<PersonId> {
        match self {
            Self::Case { actor, .. } => actor,
            _ => None,
        }
    }

    /// Returns the key of the answer. `new` holds the keys of the answers that have been written meanwhile.
    fn answer(self, new: &[i64]) -> Option<i64> {
        match self {
            Self::Answer { answer, .. } => Some(answer),
            Self::NewAnswer { index, .. } => new.get(index).copied(),
            Self::Survey(_) | Self::Person(_) | Self::Case { .. } => None,
        }
    }
}

/// Something that happened and has not been written yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Happened {
    happening: Happening,
    subject: Subject,
    at: Timestamp,
}

/// A row of the journal. Once its subject is erased, it holds neither the person nor the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub position: i64,
    pub at: Timestamp,
    pub happening: Happening,
    pub survey: Option<SurveyKey>,
    pub answer: Option<i64>,
    /// Only set if it happened to a person. The person of a survey is found in the survey's row.
    pub person: Option<PersonId>,
    pub case_number: Option<CaseNumber>,
    /// The member of staff who did it with a case.
    pub actor: Option<PersonId>,
}

#[derive(Debug, FromRow)]
struct EntryRow {
    position: i64,
    at: Timestamp,
    kind: String,
    reason: Option<String>,
    survey: Option<SurveyKey>,
    answer: Option<i64>,
    person: Option<PersonId>,
    case_number: Option<CaseNumber>,
    actor: Option<PersonId>,
}

impl EntryRow {
    fn read(self) -> Result<Entry> {
        let Self { position, at, kind, reason, survey, answer, person, case_number, actor } = self;
        let happening = Happening::parse(&kind, reason.as_deref())
            .ok_or_else(|| Error::broken("journal", format!("position {position}: {kind}")))?;
        Ok(Entry { position, at, happening, survey, answer, person, case_number, actor })
    }
}

/// One step of a survey along the ledger: the state it moved to.
#[derive(Clone, Debug, FromRow, Serialize, ToSchema)]
pub struct Move {
    #[serde(skip)]
    pub survey: SurveyKey,
    /// The state that was entered.
    #[schema(value_type = StateWord)]
    pub state: String,
    /// The reason for the state. null for states without reasons.
    #[schema(value_type = Option<ReasonWord>, required)]
    pub reason: Option<String>,
    /// When the state was entered.
    pub at: Timestamp,
}

impl Tx {
    /// Notes that something happened. It is written together with the transaction's other changes.
    pub fn record(&mut self, happening: Happening, subject: Subject, at: Timestamp) {
        self.moves.happened.push(Happened { happening, subject, at });
    }

    /// Notes that something happened to an answer, if there is one.
    pub(super) fn record_of_answer(
        &mut self,
        happening: Happening,
        survey: SurveyKey,
        answer: Option<i64>,
        at: Timestamp,
    ) {
        if let Some(answer) = answer {
            self.record(happening, Subject::Answer { survey, answer }, at);
        }
    }

    /// Writes the journal. `answers` holds the keys of the new answers, which are already written.
    pub(super) async fn write_journal(&mut self, happened: &[Happened], answers: &[i64]) -> Result<()> {
        if happened.iter().all(|happened| matches!(happened.subject, Subject::Survey(_))) {
            return self.write_moves_of_surveys(happened).await;
        }
        let text = |values: &str| {
            format!(
                "INSERT INTO journal (at, kind, reason, survey, answer, person, case_number, actor) VALUES {values}"
            )
        };
        self.insert_rows(happened, 8, text, |query, Happened { happening, subject, at }| {
            query
                .bind(at)
                .bind(happening.as_str())
                .bind(happening.reason())
                .bind(subject.survey())
                .bind(subject.answer(answers))
                .bind(subject.person())
                .bind(subject.case())
                .bind(subject.actor())
        })
        .await
    }

    /// Leaves out the columns that are empty in all these rows: an import writes a million of them.
    async fn write_moves_of_surveys(&mut self, happened: &[Happened]) -> Result<()> {
        let text = |values: &str| format!("INSERT INTO journal (at, kind, reason, survey) VALUES {values}");
        self.insert_rows(happened, 4, text, |query, Happened { happening, subject, at }| {
            query.bind(at).bind(happening.as_str()).bind(happening.reason()).bind(subject.survey())
        })
        .await
    }

    /// Returns the last position, or 0 if the journal is empty.
    pub async fn end_of_journal(&mut self) -> Result<i64> {
        let query = query_scalar::<i64>("SELECT COALESCE(MAX(position), 0) FROM journal");
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists what happened after this position, in order.
    pub async fn list_happened(&mut self, after: i64, limit: i64) -> Result<Vec<Entry>> {
        let query = query_as::<EntryRow>(
            "SELECT position, at, kind, reason, survey, answer, person, case_number, actor FROM journal \
             WHERE position > $1 ORDER BY position LIMIT $2",
        )
        .bind(after)
        .bind(limit);
        on_engine!(self, fetch_all, query)?.into_iter().map(EntryRow::read).collect()
    }

    /// Lists the moves of surveys along the ledger, in the order in which they were made.
    pub async fn list_moves(&mut self, surveys: &[SurveyKey]) -> Result<Vec<Move>> {
        let text = |list: &str| {
            format!(
                "SELECT survey, kind AS state, reason, at FROM journal WHERE survey IN {list} AND answer IS NULL \
                 ORDER BY position"
            )
        };
        let mut moves: Vec<Move> = self.rows_of(surveys, text).await?;
        moves.retain(|row| State::parse(&row.state, row.reason.as_deref()).is_some());
        Ok(moves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;
    use crate::store::answers::NewAnswer;

    const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);
    const SURVEY: SurveyKey = SurveyKey::new(1);

    fn answer(question: &str) -> NewAnswer {
        NewAnswer {
            survey: SURVEY,
            question: question.to_owned(),
            part: "answer",
            value: Some(7),
            options: String::new(),
            band: None,
            skipped: false,
            withdrawn: false,
        }
    }

    #[tokio::test]
    async fn what_happened_stands_in_its_order_and_answers_with_their_keys() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        for statement in [
            "INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C', 0)",
            "INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body) \
             VALUES (1, 'one', 'purchase', 0, 0, 1, '{}')",
            "INSERT INTO surveys (id, survey_id, state) VALUES (1, 'a', 'sent')",
        ] {
            on_engine!(tx, execute, crate::store::query(statement)).unwrap();
        }
        tx.insert_answer(answer("b"), NOW);
        tx.move_survey(SURVEY, State::Sent, State::Started, NOW).unwrap();
        tx.insert_answer(answer("a"), NOW);
        tx.change_answer(&answer("b"), NOW).await.unwrap();
        tx.withdraw_answer(&NewAnswer { withdrawn: true, ..answer("a") }, NOW).await.unwrap();
        tx.withdraw_answer(&answer("a"), NOW).await.unwrap();
        tx.opt_out(PersonId::new(7), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let happened = tx.list_happened(0, 100).await.unwrap();
        let told: Vec<_> = happened
            .iter()
            .map(|entry| (entry.position, entry.happening, entry.answer, entry.person))
            .collect();
        assert_eq!(
            told,
            [
                (1, Happening::Answered, Some(1), None),
                (2, Happening::Moved(State::Started), None, None),
                (3, Happening::Answered, Some(2), None),
                (4, Happening::Changed, Some(1), None),
                (5, Happening::Withdrawn, Some(2), None),
                (6, Happening::Restored, Some(2), None),
                (7, Happening::OptedOut, None, Some(PersonId::new(7))),
            ]
        );
        assert_eq!(tx.end_of_journal().await.unwrap(), 7);
        assert_eq!(tx.list_happened(4, 2).await.unwrap()[0].position, 5);
    }
}
