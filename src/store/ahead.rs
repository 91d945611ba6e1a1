//! Surveys that were read for a batch of taps before the first of those taps is handled.
//!
//! An earlier tap in the same transaction may change a survey before its own tap is handled. Surveys that may have
//! changed are dropped here and read again when they are needed.

use std::collections::HashMap;

use super::answers::AnswerRow;
use super::surveys::SurveyRow;
use crate::domain::ids::SurveyKey;

/// A survey with its answers.
pub(super) type Read = (SurveyRow, Vec<AnswerRow>);

/// The surveys read ahead. Each is handed out once, as it is in the database.
#[derive(Debug, Default)]
pub(crate) struct ReadAhead(HashMap<SurveyKey, Read>);

/// The tables that a survey and its answers are read from.
const TABLES: [&str; 5] = ["surveys", "answers", "events", "customers", "messages"];

impl ReadAhead {
    pub(super) fn keep(&mut self, rows: Vec<SurveyRow>) {
        self.0.extend(rows.into_iter().map(|row| (row.id, (row, Vec::new()))));
    }

    pub(super) fn keep_answers(&mut self, given: Vec<(SurveyKey, Vec<AnswerRow>)>) {
        for (survey, answers) in given {
            if let Some((_, kept)) = self.0.get_mut(&survey) {
                *kept = answers;
            }
        }
    }

    pub(super) fn surveys(&self) -> Vec<SurveyKey> {
        self.0.keys().copied().collect()
    }

    pub(super) fn take(&mut self, survey: SurveyKey) -> Option<Read> {
        self.0.remove(&survey)
    }

    /// Drops this survey, because it changes and no other does.
    pub(super) fn drop_one(&mut self, survey: SurveyKey) {
        self.0.remove(&survey);
    }

    /// Must be called before every statement. The statement's text is only asked for while there is something to drop.
    pub(crate) fn drop_what_changes<S: AsRef<str>>(&mut self, statement: impl FnOnce() -> S) {
        if !self.0.is_empty() && changes_a_survey(statement().as_ref()) {
            self.0.clear();
        }
    }
}

/// Whether the statement writes to a table that surveys are read from. A statement that writes to another table and
/// only reads from one of these is counted as well.
fn changes_a_survey(statement: &str) -> bool {
    if statement.starts_with("SELECT") {
        return false;
    }
    let mut words = statement.split([' ', '(', ')', ',']);
    let mut is_named = false;
    words.any(|word| {
        let found = is_named && TABLES.contains(&word);
        is_named = matches!(word, "INTO" | "UPDATE" | "FROM" | "JOIN");
        found
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::answers::NewAnswer;
    use super::super::surveys::Progress;
    use super::super::{Db, Lane, Outgoing, Payload, Tx, on_engine, query};
    use super::*;
    use crate::domain::ids::ChatId;
    use crate::domain::ledger::State;
    use crate::domain::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);
    const ONE: SurveyKey = SurveyKey::new(1);
    const TWO: SurveyKey = SurveyKey::new(2);
    const THREE: SurveyKey = SurveyKey::new(3);

    async fn run(tx: &mut Tx, statement: &'static str) {
        on_engine!(tx, execute, query(statement)).unwrap();
    }

    /// Three open surveys of three persons. The first survey has an answer.
    async fn surveys(folder: &tempfile::TempDir) -> Db {
        let db = Db::new_in(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        for statement in [
            "INSERT INTO persons (id) VALUES (7), (8), (9)",
            "INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C', 0)",
            "INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body) VALUES \
             (1, 'one', 'purchase', 0, 0, 1, '{}'), (2, 'two', 'purchase', 0, 0, 1, '{}'), \
             (3, 'three', 'purchase', 0, 0, 1, '{}')",
            "INSERT INTO messages (id, chat_id, thread_id) VALUES (1, 7, 0)",
            "INSERT INTO surveys (id, survey_id, state, person, step, message) VALUES \
             (1, 'a', 'sent', 7, 'q', 1), (2, 'b', 'sent', 8, 'q', NULL), (3, 'c', 'sent', 9, 'q', NULL)",
        ] {
            run(&mut tx, statement).await;
        }
        tx.insert_answer(answer(ONE, "first"), NOW);
        tx.commit().await.unwrap();
        db
    }

    fn answer(survey: SurveyKey, question: &str) -> NewAnswer {
        NewAnswer {
            survey,
            question: question.to_owned(),
            part: "answer",
            value: Some(9),
            options: String::new(),
            band: None,
            skipped: false,
            withdrawn: false,
        }
    }

    fn progress(survey: SurveyKey) -> Progress {
        Progress {
            survey,
            step: "end".to_owned(),
            turn: 1,
            started_at: Some(NOW),
            completed_at: None,
            closing_at: None,
            go_on_at: None,
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Change {
        State,
        Progress,
        Answer,
        Sql(&'static str),
    }

    #[rstest]
    #[case::a_move(Change::State)]
    #[case::a_step(Change::Progress)]
    #[case::an_answer(Change::Answer)]
    #[case::its_row(Change::Sql("UPDATE surveys SET turn = 5 WHERE id = 1"))]
    #[case::its_answers(Change::Sql("UPDATE answers SET value = 1 WHERE survey = 1"))]
    #[case::its_event(Change::Sql("UPDATE events SET body = '{\"a\":1}' WHERE id = 1"))]
    #[case::its_customer(Change::Sql("UPDATE customers SET name = 'Anna' WHERE id = 1"))]
    #[case::its_message(Change::Sql("UPDATE messages SET message_id = 77 WHERE id = 1"))]
    #[tokio::test]
    async fn what_the_same_transaction_has_changed_since_is_read_again(#[case] change: Change) {
        let folder = tempfile::tempdir().unwrap();
        let db = surveys(&folder).await;
        let mut tx = db.write().await.unwrap();
        let before = format!("{:?}", tx.find_dialogue(ONE).await.unwrap());
        tx.read_ahead(&[ONE, TWO]).await.unwrap();
        match change {
            Change::State => tx.move_survey(ONE, State::Sent, State::Started, NOW).unwrap(),
            Change::Progress => tx.set_progress(progress(ONE)),
            Change::Answer => tx.insert_answer(answer(ONE, "second"), NOW),
            Change::Sql(statement) => run(&mut tx, statement).await,
        }
        let given = format!("{:?}", tx.find_dialogue(ONE).await.unwrap());
        let stored = (tx.find_survey(ONE).await.unwrap().unwrap(), tx.list_answers(ONE).await.unwrap());
        assert_eq!(given, format!("{:?}", Some(stored)));
        assert_ne!(given, before);
    }

    #[tokio::test]
    async fn taps_on_surveys_leave_what_was_read_for_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let db = surveys(&folder).await;
        let mut tx = db.write().await.unwrap();
        tx.read_ahead(&[ONE, TWO, THREE]).await.unwrap();
        for survey in [ONE, TWO, THREE] {
            assert!(tx.ahead.0.contains_key(&survey), "{survey} is read once, with the others");
            tx.find_dialogue(survey).await.unwrap().unwrap();
            tx.insert_answer(answer(survey, "second"), NOW);
            tx.move_survey(survey, State::Sent, State::Started, NOW).unwrap();
            tx.set_progress(progress(survey));
            let edit = Outgoing::send(Lane::Answers, ChatId::new(7), Payload::text("next"));
            tx.enqueue(&edit.survey(survey), NOW).await.unwrap();
        }
        assert!(tx.ahead.0.is_empty(), "each is given out once");
        // What waits in the transaction is written before the next statement of any kind.
        tx.read_ahead(&[TWO, THREE]).await.unwrap();
        tx.find_dialogue(TWO).await.unwrap().unwrap();
        tx.set_progress(progress(TWO));
        tx.backlog().await.unwrap();
        assert_eq!(tx.ahead.surveys(), [THREE]);
    }

    #[rstest]
    #[case("SELECT id FROM surveys", false)]
    #[case("UPDATE counters SET value = value + 1 WHERE name = 'answers' RETURNING value", false)]
    #[case("INSERT INTO outbox (chat_id) VALUES (1)", false)]
    #[case("UPDATE persons SET last_sent_at = $2 WHERE id = (SELECT person FROM surveys)", true)]
    #[case("WITH moved (id) AS (VALUES (1)) UPDATE surveys SET id = moved.id", true)]
    #[case("INSERT INTO messages (chat_id, thread_id) VALUES ($1, $2)", true)]
    #[case("DELETE FROM answers WHERE survey = $1", true)]
    fn a_statement_is_told_by_the_tables_it_writes_to(#[case] statement: &str, #[case] changes: bool) {
        assert_eq!(changes_a_survey(statement), changes);
    }
}
