//! Collects the changes that dialogues make and writes them together, at the end of the transaction or before its next
//! statement. So a batch of taps takes as many statements as a single tap.

use std::collections::HashMap;
use std::pin::Pin;

use sqlx::FromRow;

use super::answers::NewAnswer;
use super::journal::{Happened, Subject};
use super::surveys::Progress;
use super::{Error, Result, Tx};
use crate::domain::happening::Happening;
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

/// Changes that have not been written yet. They are written before any other statement runs, so nobody reads outdated
/// rows.
#[derive(Debug, Default)]
pub(super) struct Moves {
    answers: Vec<Given>,
    /// The latest state of each survey.
    states: Vec<(SurveyKey, State)>,
    /// In the order in which things happened.
    pub(super) happened: Vec<Happened>,
    /// The latest progress of each survey.
    progress: Vec<Progress>,
}

/// A first answer, where there was none before.
#[derive(Debug)]
struct Given {
    answer: NewAnswer,
    at: Timestamp,
}

/// An answer that has just been stored. Neither engine guarantees the order of returned rows.
#[derive(Debug, FromRow)]
struct Stored {
    id: i64,
    survey: SurveyKey,
    question: String,
    part: String,
}

impl Moves {
    fn is_empty(&self) -> bool {
        let Self { answers, states, happened, progress } = self;
        answers.is_empty() && states.is_empty() && happened.is_empty() && progress.is_empty()
    }
}

/// Replaces the item of the same survey, or appends `item` if there is none.
fn put<T>(items: &mut Vec<T>, item: T, key: impl Fn(&T) -> SurveyKey) {
    match items.iter_mut().rfind(|known| key(known) == key(&item)) {
        Some(known) => *known = item,
        None => items.push(item),
    }
}

impl Tx {
    pub fn insert_answer(&mut self, answer: NewAnswer, at: Timestamp) {
        let subject = Subject::NewAnswer { survey: answer.survey, index: self.moves.answers.len() };
        self.ahead.drop_one(answer.survey);
        self.moves.answers.push(Given { answer, at });
        self.record(Happening::Answered, subject, at);
    }

    /// Moves a survey one step along the ledger and records the time.
    ///
    /// # Errors
    /// Refuses a step that is not in the ledger's table, because that would be a mistake in this program.
    pub fn move_survey(&mut self, id: SurveyKey, from: State, to: State, at: Timestamp) -> Result<()> {
        if !from.may_become(&to) {
            return Err(Error::broken("surveys", format!("id {id}: {from} may not become {to}")));
        }
        self.ahead.drop_one(id);
        put(&mut self.moves.states, (id, to), |(id, _)| *id);
        self.record(Happening::Moved(to), Subject::Survey(id), at);
        self.count_transition(to, 1);
        Ok(())
    }

    /// Records moves along the ledger in the given order. The caller has to update the surveys' states.
    pub fn record_transitions(&mut self, transitions: &[(SurveyKey, State)], at: Timestamp) {
        let mut counts: HashMap<State, u64> = HashMap::new();
        for (survey, state) in transitions {
            *counts.entry(*state).or_default() += 1;
            self.record(Happening::Moved(*state), Subject::Survey(*survey), at);
        }
        for (state, count) in counts {
            self.count_transition(state, count);
        }
    }

    pub fn set_progress(&mut self, progress: Progress) {
        self.ahead.drop_one(progress.survey);
        put(&mut self.moves.progress, progress, |progress| progress.survey);
    }

    /// Writes pending rows that a statement with this text may read or change: always the moves, and the messages if
    /// the text names the outbox. The future is boxed because those writes call this function again, with nothing left
    /// to write.
    pub(crate) fn flush_before<S: AsRef<str>>(
        &mut self,
        statement: impl FnOnce() -> S,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
        let names_outbox = !self.outgoing.is_empty() && statement().as_ref().contains("outbox");
        if self.moves.is_empty() && !names_outbox {
            return Box::pin(std::future::ready(Ok(())));
        }
        Box::pin(async move {
            self.write_moves().await?;
            if names_outbox { self.write_outgoing().await } else { Ok(()) }
        })
    }

    pub(super) async fn write_moves(&mut self) -> Result<()> {
        if self.moves.is_empty() {
            return Ok(());
        }
        let Moves { answers, states, happened, progress } = std::mem::take(&mut self.moves);
        // The surveys that these changes affect were dropped when the changes were made.
        let ahead = std::mem::take(&mut self.ahead);
        let answers = self.write_answers(&answers).await?;
        self.write_states(&states).await?;
        self.write_journal(&happened, &answers).await?;
        self.write_progress(&progress).await?;
        self.ahead = ahead;
        Ok(())
    }

    /// Returns the keys of the stored answers, in the order of `answers`.
    async fn write_answers(&mut self, answers: &[Given]) -> Result<Vec<i64>> {
        let text = |values: &str| {
            format!(
                "INSERT INTO answers (survey, question, part, value, options, band, skipped, withdrawn_at, answered_at, \
                 stored_at) VALUES {values} RETURNING id, survey, question, part"
            )
        };
        let stored: Vec<Stored> = self
            .insert_rows_returning(answers, 10, text, |query, Given { answer, at }| {
                answer.bind_to(query, *at).bind(at).bind(at)
            })
            .await?;
        let key = |Given { answer, .. }: &Given| {
            let is_it = |row: &&Stored| {
                row.survey == answer.survey && row.part == answer.part && row.question == answer.question
            };
            stored.iter().find(is_it).map(|row| row.id)
        };
        let keys: Option<Vec<i64>> = answers.iter().map(key).collect();
        keys.ok_or_else(|| Error::broken("answers", "what was stored did not come back".to_owned()))
    }

    async fn write_states(&mut self, states: &[(SurveyKey, State)]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "WITH moved (id, state, reason) AS (VALUES {values}) UPDATE surveys SET state = moved.state, \
                 reason = moved.reason FROM moved WHERE surveys.id = moved.id"
            )
        };
        self.insert_rows(states, 3, text, |query, (survey, state)| {
            query.bind(survey).bind(state.as_str()).bind(state.reason())
        })
        .await
    }

    async fn write_progress(&mut self, progress: &[Progress]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "WITH moved (id, step, turn, started_at, completed_at, closing_at, go_on_at) AS (VALUES {values}) UPDATE surveys \
                 SET step = moved.step, turn = moved.turn, started_at = moved.started_at, \
                 completed_at = moved.completed_at, closing_at = moved.closing_at, \
                 go_on_at = moved.go_on_at, \
                 changeable = moved.completed_at IS NOT NULL, remind_at = NULL, show_again_at = NULL FROM moved WHERE surveys.id = moved.id"
            )
        };
        self.insert_rows(progress, 7, text, |query, progress| {
            query
                .bind(progress.survey)
                .bind(&progress.step)
                .bind(progress.turn)
                .bind(progress.started_at)
                .bind(progress.completed_at)
                .bind(progress.closing_at)
                .bind(progress.go_on_at)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{ChatId, PersonId};
    use crate::store::{Db, Lane, Outgoing, Payload, on_engine, query, query_scalar};

    const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);
    const ONE: SurveyKey = SurveyKey::new(1);
    const TWO: SurveyKey = SurveyKey::new(2);

    async fn run(tx: &mut Tx, statement: &'static str) {
        on_engine!(tx, execute, query(statement)).unwrap();
    }

    #[tokio::test]
    async fn what_moved_is_read_as_it_stands_and_every_step_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        run(&mut tx, "INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C', 0)").await;
        run(
            &mut tx,
            "INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body) \
             VALUES (1, 'one', 'purchase', 0, 0, 1, '{}'), (2, 'two', 'purchase', 0, 0, 1, '{}')",
        )
        .await;
        run(
            &mut tx,
            "INSERT INTO surveys (id, survey_id, state, remind_at) VALUES (1, 'a', 'sending', 5), (2, 'b', 'sending', 5)",
        )
        .await;
        let progress = |survey, turn| Progress {
            survey,
            step: format!("step{turn}"),
            turn,
            started_at: Some(NOW),
            completed_at: None,
            closing_at: None,
            go_on_at: None,
        };
        tx.move_survey(ONE, State::Sending, State::Sent, NOW).unwrap();
        tx.move_survey(TWO, State::Sending, State::Sent, NOW).unwrap();
        tx.move_survey(ONE, State::Sent, State::Started, NOW).unwrap();
        tx.set_progress(progress(ONE, 1));
        tx.set_progress(progress(TWO, 1));
        tx.set_progress(progress(ONE, 2));
        // SQLite would accept two rows for one survey, but does not define which one takes effect.
        assert_eq!(tx.moves.states, [(ONE, State::Started), (TWO, State::Sent)]);
        assert_eq!(tx.moves.progress.len(), 2);
        assert!(
            tx.move_survey(ONE, State::Started, State::Sending, NOW).is_err(),
            "the ledger has no such step"
        );
        let (one, two) =
            (tx.find_survey(ONE).await.unwrap().unwrap(), tx.find_survey(TWO).await.unwrap().unwrap());
        assert_eq!((one.state().unwrap(), one.turn, one.step.as_deref()), (State::Started, 2, Some("step2")));
        assert_eq!((two.state().unwrap(), two.turn, two.started_at), (State::Sent, 1, Some(NOW)));
        let steps = tx.list_transitions(ONE).await.unwrap();
        assert_eq!(steps, [(State::Sent, NOW), (State::Started, NOW)]);
        tx.set_progress(progress(TWO, 7));
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(tx.find_survey(TWO).await.unwrap().unwrap().turn, 7, "a commit writes the rest");
    }

    #[tokio::test]
    async fn whatever_looks_at_the_outbox_finds_what_was_queued_and_nothing_else_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        let row = Outgoing::send(Lane::Answers, ChatId::new(7), Payload::text("hello"));
        tx.enqueue(&row, NOW).await.unwrap();
        tx.find_person(PersonId::new(7)).await.unwrap();
        tx.list_moves(&[ONE]).await.unwrap();
        assert_eq!(tx.outgoing.len(), 1, "what is queued together is written together");
        let count = query_scalar::<i64>("SELECT COUNT(*) FROM outbox");
        assert_eq!(on_engine!(tx, fetch_one, count).unwrap(), 1);
        tx.enqueue(&row, NOW).await.unwrap();
        let text = |list: &str| format!("SELECT chat_id FROM outbox WHERE chat_id IN {list}");
        let found: Vec<(i64,)> = tx.rows_of(&[7_i64], text).await.unwrap();
        assert_eq!(found.len(), 2);
        tx.enqueue(&row, NOW).await.unwrap();
        run(&mut tx, "DELETE FROM outbox WHERE chat_id = 7").await;
        tx.commit().await.unwrap();
        let count = query_scalar::<i64>("SELECT COUNT(*) FROM outbox");
        let mut tx = db.read().await.unwrap();
        assert_eq!(on_engine!(tx, fetch_one, count).unwrap(), 0);
    }
}
