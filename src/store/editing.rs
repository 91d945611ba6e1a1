//! Where admins are in the editor, and the jobs that run for them outside the handling of updates.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{MessageId, MessageKey, PersonId};
use crate::domain::time::Timestamp;

/// Where an admin is in the editor.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EditorPlace {
    pub person: PersonId,
    pub slug: String,
    pub revision: i64,
    /// The logical message with the buttons; 0 if no words are expected.
    pub message: MessageKey,
    /// What the admin's next words are for.
    pub awaits: Option<String>,
    pub preview: Option<String>,
    pub touched_at: Timestamp,
}

/// Another admin who has opened the same draft.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Neighbour {
    pub person: PersonId,
    pub first_name: Option<String>,
    pub touched_at: Timestamp,
}

/// A job that runs outside the handling of updates.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ScriptJob {
    pub id: i64,
    pub kind: String,
    pub person: PersonId,
    /// 0 where the message is known by its logical number only.
    pub message_id: MessageId,
    pub message: Option<MessageKey>,
    pub slug: Option<String>,
    pub file_id: Option<String>,
    pub file_name: Option<String>,
}

impl Tx {
    pub async fn find_editor_place(&mut self, person: PersonId) -> Result<Option<EditorPlace>> {
        let query = query_as(
            "SELECT person, slug, revision, message, awaits, preview, touched_at FROM script_desks \
             WHERE person = $1",
        );
        Ok(on_engine!(self, fetch_optional, query.bind(person))?)
    }

    pub async fn save_editor_place(&mut self, place: &EditorPlace) -> Result<()> {
        let query = query(
            "INSERT INTO script_desks (person, slug, revision, message, awaits, preview, touched_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person) DO UPDATE SET slug = excluded.slug, \
             revision = excluded.revision, message = excluded.message, awaits = excluded.awaits, \
             preview = excluded.preview, touched_at = excluded.touched_at",
        )
        .bind(place.person)
        .bind(&place.slug)
        .bind(place.revision)
        .bind(place.message)
        .bind(&place.awaits)
        .bind(&place.preview)
        .bind(place.touched_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn delete_editor_place(&mut self, person: PersonId) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM script_desks WHERE person = $1").bind(person))?;
        Ok(())
    }

    /// Lists the other admins who have opened this draft since a moment.
    pub async fn list_neighbours(
        &mut self,
        slug: &str,
        person: PersonId,
        since: Timestamp,
    ) -> Result<Vec<Neighbour>> {
        let query = query_as(
            "SELECT d.person, p.first_name, d.touched_at FROM script_desks d \
             LEFT JOIN persons p ON p.id = d.person \
             WHERE d.slug = $1 AND d.person <> $2 AND d.touched_at >= $3 ORDER BY d.touched_at DESC",
        );
        Ok(on_engine!(self, fetch_all, query.bind(slug).bind(person).bind(since))?)
    }

    pub async fn insert_script_job(&mut self, job: &ScriptJob, now: Timestamp) -> Result<i64> {
        let query = query_scalar(
            "INSERT INTO script_jobs (kind, person, message_id, slug, file_id, file_name, asked_at, message) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(&job.kind)
        .bind(job.person)
        .bind(job.message_id)
        .bind(&job.slug)
        .bind(&job.file_id)
        .bind(&job.file_name)
        .bind(now)
        .bind(job.message);
        self.mark_asked();
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn find_next_script_job(&mut self) -> Result<Option<ScriptJob>> {
        let query = query_as(
            "SELECT id, kind, person, message_id, message, slug, file_id, file_name FROM script_jobs \
             ORDER BY id LIMIT 1",
        );
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Deletes the counts that were to be shown in this message of the person's: it shows another screen now.
    pub async fn delete_screen_jobs(&mut self, person: PersonId, message_id: MessageId) -> Result<()> {
        let query = query(
            "DELETE FROM script_jobs WHERE person = $1 AND kind IN ('list', 'publish') AND (message_id = $2 \
             OR message IN (SELECT id FROM messages WHERE chat_id = $3 AND message_id = $2))",
        );
        on_engine!(self, execute, query.bind(person).bind(message_id).bind(person.chat()))?;
        Ok(())
    }

    /// Returns false if the job was already deleted.
    pub async fn delete_script_job(&mut self, id: i64) -> Result<bool> {
        let query = query("DELETE FROM script_jobs WHERE id = $1").bind(id);
        Ok(on_engine!(self, execute, query)? == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;

    #[tokio::test]
    async fn only_a_commit_that_asks_for_something_wakes_whoever_does_it() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let mut grew = db.jobs_grew();
        grew.mark_unchanged();
        let job = ScriptJob {
            id: 0,
            kind: "backtest".to_owned(),
            person: PersonId::new(7),
            message_id: MessageId::new(1),
            message: None,
            slug: None,
            file_id: None,
            file_name: None,
        };
        let mut tx = db.write().await.unwrap();
        tx.delete_editor_place(PersonId::new(7)).await.unwrap();
        tx.commit().await.unwrap();
        let mut rolled_back = db.write().await.unwrap();
        rolled_back.insert_script_job(&job, Timestamp::from_millis(0)).await.unwrap();
        drop(rolled_back);
        assert!(!grew.has_changed().unwrap());
        let mut tx = db.write().await.unwrap();
        tx.insert_script_job(&job, Timestamp::from_millis(0)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(grew.has_changed().unwrap());
    }
}
