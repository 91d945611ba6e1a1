//! Cases of people who are erased: numbers, scores and causes stay; whose they were, their words and times of day go.

use super::{CopyRow, Day};
use crate::domain::ids::{CaseNumber, CustomerKey, EventKey, SurveyKey};
use crate::domain::time::Timestamp;
use crate::store::cases::{CaseRow, Clocks, Told};
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

impl Tx {
    /// Lists the cases of a customer.
    pub async fn list_cases_of_customer(&mut self, customer: CustomerKey) -> Result<Vec<CaseNumber>> {
        let query =
            query_scalar("SELECT number FROM cases WHERE customer = $1 ORDER BY number").bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Deletes what the cases of this event say about its subject, and the words in them. The talk about an unresolved
    /// case goes on and stays. A reader that follows the changes of cases reads these again.
    pub(super) async fn strip_cases(&mut self, event: EventKey) -> Result<()> {
        for text in [
            "UPDATE case_steps SET words = NULL WHERE words IS NOT NULL \
             AND case_number IN (SELECT number FROM cases WHERE event = $1)",
            "UPDATE case_messages SET text = NULL, file_id = NULL WHERE case_number IN \
             (SELECT number FROM cases WHERE event = $1 AND status = 'resolved')",
            "UPDATE cases SET key = NULL, subject_id = NULL, subject_title = NULL, subject_url = NULL, note = NULL \
             WHERE event = $1",
        ] {
            on_engine!(self, execute, query(text).bind(event))?;
        }
        let numbers = query_scalar("SELECT number FROM cases WHERE event = $1 ORDER BY number").bind(event);
        let numbers: Vec<CaseNumber> = on_engine!(self, fetch_all, numbers)?;
        for number in numbers {
            self.mark_case_changed(number).await?;
        }
        Ok(())
    }

    /// Moves a case to the end of the order of changes.
    async fn mark_case_changed(&mut self, number: CaseNumber) -> Result<()> {
        let query = query(
            "UPDATE cases SET revision = revision + 1, position = (SELECT MAX(position) + 1 FROM cases) \
             WHERE number = $1",
        )
        .bind(number);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// The posts of a case about a survey become posts of the case alone.
    pub async fn show_posts_without_survey(&mut self, survey: SurveyKey, number: CaseNumber) -> Result<()> {
        let query = query("UPDATE case_posts SET survey = NULL, case_number = $2 WHERE survey = $1")
            .bind(survey)
            .bind(number);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists cases that were resolved before this moment and of which words, or posts without a survey, are left.
    pub async fn list_aged_cases(&mut self, before: Timestamp, limit: i64) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT number FROM cases c WHERE status = 'resolved' AND resolved_at < $1 AND person IS NOT NULL \
             AND (note IS NOT NULL \
             OR EXISTS (SELECT 1 FROM case_messages m WHERE m.case_number = c.number \
             AND (m.text IS NOT NULL OR m.file_id IS NOT NULL)) \
             OR EXISTS (SELECT 1 FROM case_posts p WHERE p.case_number = c.number AND p.survey IS NULL) \
             OR EXISTS (SELECT 1 FROM case_steps s WHERE s.case_number = c.number AND s.words IS NOT NULL)) \
             ORDER BY resolved_at LIMIT $2",
        )
        .bind(before)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Deletes the words of a case, and its posts that show no survey. The posts must have been taken back.
    pub async fn strip_case(&mut self, number: CaseNumber) -> Result<()> {
        for text in [
            "UPDATE case_steps SET words = NULL WHERE words IS NOT NULL AND case_number = $1",
            "UPDATE case_messages SET text = NULL, file_id = NULL WHERE case_number = $1",
            "UPDATE cases SET note = NULL WHERE number = $1",
            "DELETE FROM outbox WHERE alert IN (SELECT id FROM case_posts WHERE case_number = $1 AND survey IS NULL)",
            "DELETE FROM case_posts WHERE case_number = $1 AND survey IS NULL",
        ] {
            on_engine!(self, execute, query(text).bind(number))?;
        }
        self.mark_case_changed(number).await
    }

    /// Deletes the copies of what the customer said about a case, and returns where they are.
    pub async fn take_copies_of_case(&mut self, number: CaseNumber) -> Result<Vec<CopyRow>> {
        let list = query_as(
            "SELECT c.message, m.chat_id, m.thread_id FROM copies c JOIN messages m ON m.id = c.message \
             WHERE c.survey IS NULL AND c.message IN (SELECT message FROM case_posts \
             WHERE case_number = $1 AND kind = 'words') ORDER BY c.message",
        )
        .bind(number);
        let copies = on_engine!(self, fetch_all, list)?;
        for text in [
            "DELETE FROM outbox WHERE message IN (SELECT message FROM case_posts \
             WHERE case_number = $1 AND kind = 'words')",
            "DELETE FROM copy_parts WHERE message IN (SELECT message FROM case_posts \
             WHERE case_number = $1 AND kind = 'words')",
            "DELETE FROM copies WHERE survey IS NULL AND message IN (SELECT message FROM case_posts \
             WHERE case_number = $1 AND kind = 'words')",
        ] {
            on_engine!(self, execute, query(text).bind(number))?;
        }
        Ok(copies)
    }

    /// Lists the questions about a case that stand in the leads' chats, and name its customer.
    pub async fn list_questions_about(&mut self, number: CaseNumber) -> Result<Vec<CopyRow>> {
        let query = query_as(
            "SELECT m.id AS message, m.chat_id, m.thread_id FROM case_prompts q JOIN messages m ON m.id = q.message \
             JOIN cases c ON c.number = q.case_number WHERE q.case_number = $1 AND q.person <> c.person ORDER BY m.id",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Reduces a case to what may stay. Posts that show a survey go with that survey.
    pub async fn erase_case(&mut self, row: CaseRow, nobody: CustomerKey, day: Day<'_>) -> Result<()> {
        let number = row.number;
        let mut case = row.case;
        case.contacted_at = case.contacted_at.map(day);
        case.resolved_at = case.resolved_at.map(day);
        case.afterword_at = None;
        let clocks = Clocks {
            contact_due_at: row.clocks.contact_due_at.map(day),
            resolve_due_at: row.clocks.resolve_due_at.map(day),
            resolve_first_due_at: row.clocks.resolve_first_due_at.map(day),
            ..Clocks::default()
        };
        let erased = CaseRow {
            key: None,
            person: None,
            customer: row.customer.map(|_| nobody),
            note: None,
            case,
            round_at: day(row.round_at),
            clocks,
            told: Told::default(),
            last_in_at: None,
            last_out_at: None,
            ..row
        };
        self.update_case(&erased).await?;
        let rest = query(
            "UPDATE cases SET subject_id = NULL, subject_title = NULL, subject_url = NULL, opened_at = $2, \
             tell_at = NULL, closing_at = NULL WHERE number = $1",
        )
        .bind(number)
        .bind(day(erased.opened_at));
        on_engine!(self, execute, rest)?;
        for text in [
            "UPDATE surveys SET held_by = NULL WHERE held_by = $1",
            "UPDATE case_steps SET detail = NULL, words = NULL WHERE case_number = $1",
            "DELETE FROM case_prompts WHERE case_number = $1",
            "UPDATE case_posts SET case_message = NULL WHERE case_number = $1",
            "DELETE FROM outbox WHERE alert IN (SELECT id FROM case_posts WHERE case_number = $1 AND survey IS NULL)",
            "DELETE FROM case_posts WHERE case_number = $1 AND survey IS NULL",
            "UPDATE case_messages SET reply_to = NULL WHERE case_number = $1",
            "DELETE FROM case_messages WHERE case_number = $1",
        ] {
            on_engine!(self, execute, query(text).bind(number))?;
        }
        let cut_steps = |rows: &str| {
            format!(
                "WITH cut (id, at) AS (VALUES {rows}) UPDATE case_steps SET at = cut.at FROM cut \
                 WHERE case_steps.id = cut.id"
            )
        };
        let steps = query_as("SELECT id, at FROM case_steps WHERE case_number = $1").bind(number);
        let steps: Vec<(i64, Timestamp)> = on_engine!(self, fetch_all, steps)?;
        self.insert_rows(&steps, 2, cut_steps, |query, (id, at)| query.bind(*id).bind(day(*at))).await?;
        let cut_journal = |rows: &str| {
            format!(
                "WITH cut (position, at) AS (VALUES {rows}) UPDATE journal SET at = cut.at FROM cut \
                 WHERE journal.position = cut.position"
            )
        };
        let entries = query_as("SELECT position, at FROM journal WHERE case_number = $1").bind(number);
        let entries: Vec<(i64, Timestamp)> = on_engine!(self, fetch_all, entries)?;
        self.insert_rows(&entries, 2, cut_journal, |query, (position, at)| {
            query.bind(*position).bind(day(*at))
        })
        .await
    }
}
