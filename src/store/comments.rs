//! The customer's messages. A comment, or the answer to a text question, consists of their texts, one per line.
//!
//! Each text is stored once, with its message. What a message said before it was edited is kept separately, up to a
//! limit.

use std::collections::{HashMap, HashSet};

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::happening::Happening;
use crate::domain::ids::{MessageId, PersonId, SurveyKey};
use crate::domain::time::Timestamp;

/// How many characters of former texts are kept for one comment.
const FORMER_CHARACTERS: i64 = 20_000;

/// A message of the customer that belongs to a comment or answers a text question.
#[derive(Clone, Debug)]
pub struct CommentMessage<'a> {
    pub person: PersonId,
    pub message_id: MessageId,
    pub survey: SurveyKey,
    pub question: &'a str,
    pub part: &'a str,
    pub text: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub file_id: Option<&'a str>,
    pub file_size: Option<i64>,
    pub duration_s: Option<i64>,
    pub media_group: Option<&'a str>,
}

/// What a stored message of the customer belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, FromRow)]
pub struct CommentPlace {
    pub survey: SurveyKey,
    pub question: String,
    pub part: String,
}

/// How much a customer has said in a survey, including what was replaced.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Said {
    /// Whether the customer was told that nothing more is kept.
    pub is_full: bool,
    pub messages: i64,
    pub characters: i64,
}

/// What was said in one place: the texts of the messages and their files.
#[derive(Clone, Debug, Default)]
pub struct Comment {
    /// Empty if there are only files.
    pub text: String,
    pub files: Vec<File>,
}

/// A file sent with a message.
#[derive(Clone, Debug)]
pub struct File {
    pub kind: String,
    pub duration_s: Option<i64>,
    pub file_size: Option<i64>,
    pub file_id: Option<String>,
}

#[derive(Debug, FromRow)]
struct PartRow {
    #[sqlx(flatten)]
    place: CommentPlace,
    text: Option<String>,
    kind: Option<String>,
    duration_s: Option<i64>,
    file_size: Option<i64>,
    file_id: Option<String>,
}

/// A former text of a message, without the text itself.
#[derive(Clone, Copy, Debug, FromRow)]
struct FormerRow {
    id: i64,
    message_id: Option<MessageId>,
    characters: i64,
}

/// Returns the former texts of a comment that exceed the limit. `rows` are in order. The first text of a message is
/// dropped only if no others are left.
fn surplus(rows: &[FormerRow]) -> Vec<i64> {
    let mut excess = rows.iter().map(|row| row.characters).sum::<i64>() - FORMER_CHARACTERS;
    let mut begun = HashSet::new();
    let (first, later): (Vec<&FormerRow>, Vec<&FormerRow>) =
        rows.iter().partition(|row| begun.insert(row.message_id));
    let mut gone = Vec::new();
    for row in later.into_iter().chain(first) {
        if excess <= 0 {
            break;
        }
        excess -= row.characters;
        gone.push(row.id);
    }
    gone
}

impl Tx {
    /// Returns false if the message was already stored.
    pub async fn insert_comment_message(&mut self, message: &CommentMessage<'_>) -> Result<bool> {
        let query = query(
            "INSERT INTO comment_messages (person, message_id, survey, question, part, text, kind, file_id, \
             file_size, duration_s, media_group) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (person, message_id) DO NOTHING",
        )
        .bind(message.person)
        .bind(message.message_id)
        .bind(message.survey)
        .bind(message.question)
        .bind(message.part)
        .bind(message.text)
        .bind(message.kind)
        .bind(message.file_id)
        .bind(message.file_size)
        .bind(message.duration_s)
        .bind(message.media_group);
        Ok(on_engine!(self, execute, query)? == 1)
    }

    pub async fn find_comment_message(
        &mut self,
        person: PersonId,
        message_id: MessageId,
    ) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT survey, question, part FROM comment_messages WHERE person = $1 AND message_id = $2",
        )
        .bind(person)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the place of the words that a reply to this message refers to: the customer's own message, or their first
    /// one after it if the message is ours. Only in surveys that have not ended.
    pub async fn find_comment_replied_to(
        &mut self,
        person: PersonId,
        message_id: MessageId,
    ) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT m.survey, m.question, m.part FROM comment_messages m JOIN surveys s ON s.id = m.survey \
             WHERE m.person = $1 AND m.message_id >= $2 AND m.replaced = FALSE AND s.ended_at IS NULL \
             ORDER BY m.message_id LIMIT 1",
        )
        .bind(person)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the place of the survey's latest words.
    pub async fn find_latest_comment(&mut self, survey: SurveyKey) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT survey, question, part FROM comment_messages WHERE survey = $1 AND replaced = FALSE \
             ORDER BY message_id DESC LIMIT 1",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds Telegram's ID of the newest message the customer wrote for this survey.
    pub async fn find_latest_words(&mut self, survey: SurveyKey) -> Result<Option<MessageId>> {
        let query =
            query_scalar("SELECT MAX(message_id) FROM comment_messages WHERE survey = $1").bind(survey);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Finds the place of an earlier part of the same album.
    pub async fn find_album(&mut self, person: PersonId, media_group: &str) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT survey, question, part FROM comment_messages WHERE person = $1 AND media_group = $2 LIMIT 1",
        )
        .bind(person)
        .bind(media_group);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn find_said(&mut self, survey: SurveyKey) -> Result<Option<Said>> {
        let query = query_as::<Said>(
            "SELECT s.words_full AS is_full, COUNT(m.message_id) AS messages, \
             CAST(COALESCE(SUM(LENGTH(m.text)), 0) AS BIGINT) AS characters FROM surveys s \
             LEFT JOIN comment_messages m ON m.survey = s.id WHERE s.id = $1 GROUP BY s.id, s.words_full",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Notes that the customer was told that nothing more is kept.
    pub async fn set_words_full(&mut self, survey: SurveyKey) -> Result<()> {
        let query = query("UPDATE surveys SET words_full = TRUE WHERE id = $1").bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns the current text of a message, unless other words have replaced it.
    pub async fn find_comment_text(
        &mut self,
        person: PersonId,
        message_id: MessageId,
    ) -> Result<Option<Option<String>>> {
        let query = query_scalar(
            "SELECT text FROM comment_messages WHERE person = $1 AND message_id = $2 AND replaced = FALSE",
        )
        .bind(person)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Changes the text of a message and keeps the former one.
    pub async fn change_comment_text(
        &mut self,
        place: &CommentPlace,
        (person, message_id): (PersonId, MessageId),
        text: Option<&str>,
    ) -> Result<()> {
        let former = query(
            "INSERT INTO former_words (answer, message_id, revision, text) \
             SELECT a.id, m.message_id, a.revision, m.text FROM comment_messages m JOIN answers a \
             ON a.survey = m.survey AND a.question = m.question AND a.part = m.part \
             WHERE m.person = $1 AND m.message_id = $2 AND m.text <> ''",
        )
        .bind(person)
        .bind(message_id);
        on_engine!(self, execute, former)?;
        let change = query("UPDATE comment_messages SET text = $3 WHERE person = $1 AND message_id = $2")
            .bind(person)
            .bind(message_id)
            .bind(text);
        on_engine!(self, execute, change)?;
        self.limit_former_words(place).await
    }

    async fn limit_former_words(&mut self, place: &CommentPlace) -> Result<()> {
        let kept = query_as::<FormerRow>(
            "SELECT f.id, f.message_id, CAST(LENGTH(f.text) AS BIGINT) AS characters FROM former_words f \
             JOIN answers a ON a.id = f.answer WHERE a.survey = $1 AND a.question = $2 AND a.part = $3 ORDER BY f.id",
        )
        .bind(place.survey)
        .bind(&place.question)
        .bind(&place.part);
        let surplus = surplus(&on_engine!(self, fetch_all, kept)?);
        self.execute_of(&surplus, |list| format!("DELETE FROM former_words WHERE id IN {list}")).await?;
        Ok(())
    }

    /// Makes room for other words in the same place. The replaced messages are kept but no longer count.
    pub async fn replace_comment_messages(&mut self, place: &CommentPlace) -> Result<()> {
        let query = query(
            "UPDATE comment_messages SET replaced = TRUE WHERE survey = $1 AND question = $2 AND part = $3",
        )
        .bind(place.survey)
        .bind(&place.question)
        .bind(&place.part);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that the words in this place changed: increments the revision, unless these are the first words.
    pub async fn mark_words(&mut self, place: &CommentPlace, now: Timestamp) -> Result<()> {
        let query = query_scalar::<i64>(
            "UPDATE answers SET answered_at = CASE WHEN words = TRUE THEN answered_at ELSE $4 END, \
             revision = CASE WHEN words = TRUE THEN revision + 1 ELSE revision END, words = TRUE, \
             stored_at = $4 WHERE survey = $1 AND question = $2 AND part = $3 RETURNING id",
        )
        .bind(place.survey)
        .bind(&place.question)
        .bind(&place.part)
        .bind(now);
        let changed = on_engine!(self, fetch_optional, query)?;
        self.record_of_answer(Happening::Commented, place.survey, changed, now);
        Ok(())
    }

    /// Returns what was said in these surveys, by place.
    pub async fn list_comments(&mut self, surveys: &[SurveyKey]) -> Result<HashMap<CommentPlace, Comment>> {
        let text = |list: &str| {
            format!(
                "SELECT survey, question, part, text, kind, duration_s, file_size, file_id FROM comment_messages \
                 WHERE survey IN {list} AND replaced = FALSE ORDER BY survey, message_id"
            )
        };
        let mut comments: HashMap<CommentPlace, Comment> = HashMap::new();
        for row in self.rows_of::<_, PartRow>(surveys, text).await? {
            let PartRow { place, text, kind, duration_s, file_size, file_id } = row;
            let comment = comments.entry(place).or_default();
            if let Some(text) = text {
                if !comment.text.is_empty() {
                    comment.text.push('\n');
                }
                comment.text.push_str(&text);
            }
            comment.files.extend(kind.map(|kind| File { kind, duration_s, file_size, file_id }));
        }
        Ok(comments)
    }

    /// The texts that were said about a survey's scores before these were changed and other words took their place:
    /// question and text, in their order.
    pub async fn list_replaced_comments(&mut self, survey: SurveyKey) -> Result<Vec<(String, String)>> {
        let query = query_as(
            "SELECT question, text FROM comment_messages WHERE survey = $1 AND part = 'comment' AND replaced = TRUE \
             AND text IS NOT NULL ORDER BY message_id",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_former_texts_the_first_of_each_message_and_the_last_stay() {
        let row =
            |id, message, characters| FormerRow { id, message_id: Some(MessageId::new(message)), characters };
        let few = [row(1, 7, 9_000), row(2, 7, 9_000)];
        assert!(surplus(&few).is_empty());
        let many = [row(1, 7, 4_000), row(2, 7, 4_000), row(3, 8, 4_000), row(4, 7, 4_000), row(5, 7, 8_000)];
        assert_eq!(surplus(&many), [2]);
        let only_firsts: Vec<FormerRow> = (1..=6).map(|id| row(id, id, 4_000)).collect();
        assert_eq!(surplus(&only_firsts), [1]);
    }
}
