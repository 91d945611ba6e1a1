//! The table of answers: one row for every current answer; reasons and comments are rows of their own.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::shape::{self, FLAG, INT, LIST, TEXT, TIME, objects, word};
use super::table::{Cell, Column, Format, Table};
use super::{ExportError, hide_ids};
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
    ("answer_id", TEXT.told("The same through every change of this answer."), |row| {
        format!("{}.{}.{}", row.event().survey_id, row.answer.question, row.answer.part).into()
    }),
    ("stored_at", TIME, |row| row.answer.stored_at.into()),
    ("answered_at", TIME, |row| row.answer.answered_at.into()),
    ("event_id", TEXT, |row| (&row.event().event_id).into()),
    ("event_kind", word::<Kind>(), |row| (&row.event().kind).into()),
    ("occurred_at", TIME, |row| row.event().occurred_at.into()),
    ("survey_id", TEXT, |row| (&row.event().survey_id).into()),
    ("script", TEXT.or_null(), |row| (&row.event().script).into()),
    ("script_version", INT.or_null(), |row| row.event().script_version.into()),
    ("question", TEXT, |row| (&row.answer.question).into()),
    ("metric", word::<MetricWord>().or_null(), |row| {
        if row.is_answer() {
            row.question().map(|q| q.metric.as_str()).into()
        } else {
            (&row.answer.part).into()
        }
    }),
    ("factor", TEXT.or_null(), |row| row.question().map(Question::factor).into()),
    ("scale", word::<ScaleWord>().or_null(), |row| {
        row.question().filter(|_| row.is_answer()).and_then(|q| q.scale).map(Scale::as_str).into()
    }),
    ("value", INT.or_null(), |row| row.answer.value.into()),
    ("options", LIST, |row| Cell::list(&row.answer.options)),
    ("text", TEXT.or_null(), |row| row.comment.as_ref().map(|comment| comment.text.as_str()).into()),
    ("attachments", objects::<Attachment>(), |row| {
        attachments(row.comment.as_ref().map_or(&[], |comment| &comment.files))
    }),
    ("band", word::<BandWord>().or_null(), |row| (&row.answer.band).into()),
    ("revision", INT.told("Grows with every change."), |row| row.answer.revision.into()),
    ("withdrawn", FLAG.told("It no longer counts."), |row| row.answer.is_withdrawn().into()),
    ("customer_id", TEXT.told("Empty once the customer is erased."), |row| (&row.event().customer_id).into()),
    ("segments", LIST, |row| Cell::list(&row.event().segments)),
    ("agent_id", TEXT.or_null(), |row| (&row.event().agent_id).into()),
    ("agent_name", TEXT.or_null(), |row| (&row.event().agent_name).into()),
    ("agent_since", TEXT.or_null(), |row| (&row.event().agent_since).into()),
    ("automation", TEXT.or_null(), |row| (&row.event().automation).into()),
    ("team", TEXT.or_null(), |row| (&row.event().team).into()),
    ("store", TEXT.or_null(), |row| (&row.event().store).into()),
    ("channel", TEXT.or_null(), |row| (&row.event().channel).into()),
    ("tags", LIST, |row| Cell::list(&row.event().tags)),
    ("subject_id", TEXT.or_null(), |row| (&row.event().subject_id).into()),
    ("sent_at", TIME.or_null(), |row| row.event().sent_at.into()),
    // No answer has a case yet, and so none is disputed.
    ("case_number", INT.or_null(), |_| Cell::Int(None)),
    (
        "disputed",
        TEXT.or_null().told("How far a dispute of the score has come; null where there is none."),
        |_| Cell::Text(None),
    ),
    ("test", FLAG.told("A test: in no figure, and here only where tests are asked for."), |row| {
        row.event().test.into()
    }),
];

/// A row of this table, as it is described. Nothing is of this type: rows are written as they are read.
#[derive(Debug)]
pub enum Answer {}

impl PartialSchema for Answer {
    fn schema() -> RefOr<Schema> {
        shape::object(COLUMNS).into()
    }
}

impl ToSchema for Answer {}

/// An answer with what its script and its customer's messages say of it.
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

    /// Neither reasons nor a comment.
    fn is_answer(&self) -> bool {
        self.answer.part == "answer"
    }
}

/// What was said in words and files, by place.
type Comments = HashMap<CommentPlace, Comment>;

pub(super) async fn write(
    tx: &mut Tx,
    ctx: &Context,
    span: &Span,
    format: Format,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let mut table = Table::begin(COLUMNS, format, out)?;
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

/// The rows of some answers, in their order.
pub(super) async fn rows(
    tx: &mut Tx,
    ctx: &Context,
    mut answers: Vec<ExportedAnswer>,
) -> store::Result<Vec<Row>> {
    let events = answers.iter_mut().map(|answer| &mut answer.event);
    let hidden = events.filter(|event| event.is_being_erased).map(|event| &mut event.event_id);
    hide_ids(tx, hidden.collect()).await?;
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

/// What came with a comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attachment {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    duration_s: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    size: Option<i64>,
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
