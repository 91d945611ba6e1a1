//! The table of answers: one row for every current answer. Reasons and comments have rows of their own.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::shape::{self, FLAG, INT, LIST, TEXT, TIME, objects, word};
use super::table::{Cell, Column, Table, Target};
use super::{ExportError, Hidden, about, hide};
use crate::domain::described::{BandWord, MetricWord, ScaleWord};
use crate::domain::event::Kind;
use crate::domain::ids::SurveyKey;
use crate::domain::scale::Scale;
use crate::domain::script::Question;
use crate::service::Context;
use crate::service::script_set::Published;
use crate::store::comments::{Comment, CommentPlace, File};
use crate::store::export::{EventColumns, ExportedAnswer, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[Column<Row>] = &[
    // One survey holds at most one answer, one list of reasons and one comment for a question.
    ("answer_id", TEXT.told(about::ANSWER_ID), |row| {
        format!("{}.{}.{}", row.event().survey_id, row.answer.question, row.answer.part).into()
    }),
    ("stored_at", TIME.told(about::STORED_AT), |row| row.answer.stored_at.into()),
    ("answered_at", TIME.told(about::ANSWERED_AT), |row| row.answer.answered_at.into()),
    ("event_id", TEXT.told(about::EVENT_ID), |row| (&row.event().event_id).into()),
    ("event_kind", word::<Kind>().told(about::EVENT_KIND), |row| (&row.event().kind).into()),
    ("occurred_at", TIME.told(about::OCCURRED_AT), |row| row.event().occurred_at.into()),
    ("survey_id", TEXT.told(about::SURVEY_ID), |row| (&row.event().survey_id).into()),
    ("script", TEXT.or_null().told(about::SCRIPT), |row| (&row.event().script).into()),
    ("script_version", INT.or_null().told(about::SCRIPT_VERSION), |row| row.event().script_version.into()),
    ("question", TEXT.told(about::QUESTION), |row| (&row.answer.question).into()),
    ("metric", word::<MetricWord>().or_null().told(about::METRIC), |row| {
        if row.is_answer() {
            row.question().map(|q| q.metric.as_str()).into()
        } else {
            (&row.answer.part).into()
        }
    }),
    ("factor", TEXT.or_null().told(about::FACTOR), |row| row.question().map(Question::factor).into()),
    ("scale", word::<ScaleWord>().or_null().told(about::SCALE), |row| {
        row.question().filter(|_| row.is_answer()).and_then(|q| q.scale).map(Scale::as_str).into()
    }),
    ("value", INT.or_null().told(about::VALUE), |row| row.answer.value.into()),
    ("options", LIST.told(about::OPTIONS), |row| Cell::list(&row.answer.options)),
    ("text", TEXT.or_null().told(about::TEXT), |row| {
        row.comment.as_ref().map(|comment| comment.text.as_str()).into()
    }),
    ("attachments", objects::<Attachment>().told(about::ATTACHMENTS), |row| {
        attachments(row.comment.as_ref().map_or(&[], |comment| &comment.files))
    }),
    ("band", word::<BandWord>().or_null().told(about::BAND), |row| (&row.answer.band).into()),
    ("revision", INT.told(about::REVISION), |row| row.answer.revision.into()),
    ("withdrawn", FLAG.told(about::WITHDRAWN), |row| row.answer.is_withdrawn().into()),
    ("customer_id", TEXT.told(about::CUSTOMER_ID), |row| (&row.event().customer_id).into()),
    ("segments", LIST.told(about::SEGMENTS), |row| Cell::list(&row.event().segments)),
    ("agent_id", TEXT.or_null().told(about::AGENT_ID), |row| (&row.event().agent_id).into()),
    ("agent_name", TEXT.or_null().told(about::AGENT_NAME), |row| (&row.event().agent_name).into()),
    ("agent_since", TEXT.or_null().told(about::AGENT_SINCE), |row| (&row.event().agent_since).into()),
    ("automation", TEXT.or_null().told(about::AUTOMATION), |row| (&row.event().automation).into()),
    ("team", TEXT.or_null().told(about::TEAM), |row| (&row.event().team).into()),
    ("store", TEXT.or_null().told(about::STORE), |row| (&row.event().store).into()),
    ("channel", TEXT.or_null().told(about::CHANNEL), |row| (&row.event().channel).into()),
    ("tags", LIST.told(about::TAGS), |row| Cell::list(&row.event().tags)),
    ("subject_id", TEXT.or_null().told(about::SUBJECT_ID), |row| (&row.event().subject_id).into()),
    ("sent_at", TIME.or_null().told(about::SENT_AT), |row| row.event().sent_at.into()),
    ("case_number", INT.or_null().told(about::CASE_NUMBER), |row| {
        row.answer.case_number.map(crate::domain::ids::CaseNumber::get).into()
    }),
    // Nobody can dispute a score yet.
    ("disputed", TEXT.or_null().told(about::DISPUTED), |_| Cell::Text(None)),
    ("test", FLAG.told(about::TEST), |row| row.event().test.into()),
    ("hook", TEXT.or_null().told(about::HOOK), |row| (&row.event().hook).into()),
];

/// A row of this table, for the API's description. No value has this type: rows are written as they are read.
#[derive(Debug)]
pub enum Answer {}

impl PartialSchema for Answer {
    fn schema() -> RefOr<Schema> {
        shape::object(COLUMNS).description(Some(about::ANSWER)).into()
    }
}

impl ToSchema for Answer {}

/// An answer with its script and the customer's words.
pub(super) struct Row {
    answer: ExportedAnswer,
    script: Option<Arc<Published>>,
    comment: Option<Comment>,
}

impl Row {
    const fn event(&self) -> &EventColumns {
        &self.answer.event
    }

    fn question(&self) -> Option<&Question> {
        self.script.as_ref()?.script.question(&self.answer.question)
    }

    /// Whether this is the answer itself, not reasons or a comment.
    fn is_answer(&self) -> bool {
        self.answer.part == "answer"
    }
}

/// Words and files, by the place they belong to.
type Comments = HashMap<CommentPlace, Comment>;

pub(super) async fn write(
    tx: &mut Tx,
    ctx: &Context,
    span: &Span,
    target: Target<'_>,
) -> Result<u64, ExportError> {
    let mut table = Table::begin_at(COLUMNS, target)?;
    let mut after = 0;
    loop {
        let page = tx.list_exported_answers(span, after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in rows(tx, ctx, page).await? {
            table.row(&row)?;
        }
    }
    Ok(table.finish()?)
}

/// Returns the rows of these answers, in the same order.
pub(super) async fn rows(
    tx: &mut Tx,
    ctx: &Context,
    mut answers: Vec<ExportedAnswer>,
) -> store::Result<Vec<Row>> {
    let events = answers.iter_mut().map(|answer| &mut answer.event);
    let hidden = events.filter(|event| event.is_being_erased).map(Hidden::of);
    hide(tx, hidden.collect()).await?;
    let mut comments = comments(tx, &answers).await?;
    let mut rows = Vec::with_capacity(answers.len());
    for answer in answers {
        let script = pinned(tx, ctx, &answer).await?;
        let comment = answer.words.then(|| comments.remove(&place(&answer)).unwrap_or_default());
        rows.push(Row { answer, script, comment });
    }
    Ok(rows)
}

fn place(answer: &ExportedAnswer) -> CommentPlace {
    CommentPlace { survey: answer.event.survey, question: answer.question.clone(), part: answer.part.clone() }
}

async fn pinned(
    tx: &mut Tx,
    ctx: &Context,
    answer: &ExportedAnswer,
) -> store::Result<Option<Arc<Published>>> {
    match (&answer.event.script, answer.event.script_version) {
        (Some(slug), Some(version)) => Ok(Some(ctx.scripts.version(tx, slug, version).await?)),
        _ => Ok(None),
    }
}

async fn comments(tx: &mut Tx, page: &[ExportedAnswer]) -> store::Result<Comments> {
    let mut surveys: Vec<SurveyKey> =
        page.iter().filter(|answer| answer.words).map(|answer| answer.event.survey).collect();
    surveys.sort_unstable();
    surveys.dedup();
    tx.list_comments(&surveys).await
}

/// A file that came with the customer's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attachment {
    /// The kind of the file: `voice`, `photo`, `video_note`, `video`, `audio` or `document`.
    kind: String,
    /// The length of the recording in seconds. Absent if the file is no recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    duration_s: Option<i64>,
    /// The size of the file in bytes. Absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    size: Option<i64>,
    /// Telegram's ID of the file. Absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    file_id: Option<String>,
}

fn attachments(files: &[File]) -> Cell<'_> {
    let described = files.iter().map(|file| {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let id = file.file_id.as_deref().unwrap_or_default();
        let text = format!("{}:{}:{}:{id}", file.kind, number(file.duration_s), number(file.file_size));
        let attachment = Attachment {
            kind: file.kind.clone(),
            duration_s: file.duration_s,
            size: file.file_size,
            file_id: file.file_id.clone(),
        };
        (serde_json::to_value(attachment).unwrap_or_default(), text)
    });
    Cell::Objects(described.collect())
}
