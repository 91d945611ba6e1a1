//! Cases of people who are erased: numbers, scores and causes stay; whose they were, their words and times of day go.

use super::Day;
use crate::domain::ids::{CaseNumber, CustomerKey, EventKey};
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

    /// Deletes what the cases of this event say about its subject, and the words in them.
    pub(super) async fn strip_cases(&mut self, event: EventKey) -> Result<()> {
        for text in [
            "UPDATE case_steps SET words = NULL WHERE words IS NOT NULL \
             AND case_number IN (SELECT number FROM cases WHERE event = $1)",
            "UPDATE cases SET key = NULL, subject_id = NULL, subject_title = NULL, subject_url = NULL, note = NULL \
             WHERE event = $1",
        ] {
            on_engine!(self, execute, query(text).bind(event))?;
        }
        Ok(())
    }

    /// Reduces a case to what may stay. Its posts are left to whoever erases the surveys that they show.
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
