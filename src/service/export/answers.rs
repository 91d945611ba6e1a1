//! The table of answers: one row for every current answer; reasons and comments are rows of their own.

use std::collections::HashMap;
use std::io::Write;

use serde_json::Value;

use super::table::{Cell, Format, Table, object};
use super::{ExportError, hide_ids, listed};
use crate::domain::scale::Scale;
use crate::domain::script::Question;
use crate::service::Context;
use crate::service::scripts::Published;
use crate::store::comments::{Comment, CommentPlace, File};
use crate::store::export::{ExportedAnswer, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[&str] = &[
    "answer_id",
    "stored_at",
    "answered_at",
    "event_id",
    "event_kind",
    "occurred_at",
    "survey_id",
    "script",
    "script_version",
    "question",
    "metric",
    "factor",
    "scale",
    "value",
    "options",
    "text",
    "attachments",
    "band",
    "revision",
    "withdrawn",
    "customer_id",
    "segments",
    "agent_id",
    "agent_name",
    "agent_since",
    "automation",
    "team",
    "store",
    "channel",
    "tags",
    "subject_id",
    "sent_at",
    "case_number",
];

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
) -> store::Result<Vec<Vec<Cell>>> {
    let events = answers.iter_mut().map(|answer| &mut answer.event);
    let hidden = events.filter(|event| event.is_being_erased).map(|event| &mut event.event_id);
    hide_ids(tx, hidden.collect()).await?;
    let mut comments = comments(tx, &answers).await?;
    let mut rows = Vec::with_capacity(answers.len());
    for answer in answers {
        let script = pinned(tx, ctx, &answer).await?;
        let question = script.as_ref().and_then(|script| script.script.question(&answer.question));
        rows.push(row(answer, question, &mut comments));
    }
    Ok(rows)
}

async fn pinned(
    tx: &mut Tx,
    ctx: &Context,
    answer: &ExportedAnswer,
) -> store::Result<Option<std::sync::Arc<Published>>> {
    match (&answer.event.script, answer.event.script_version) {
        (Some(slug), Some(version)) => Ok(Some(ctx.scripts.version(tx, slug, version).await?)),
        _ => Ok(None),
    }
}

async fn comments(tx: &mut Tx, page: &[ExportedAnswer]) -> store::Result<Comments> {
    let mut surveys: Vec<i64> =
        page.iter().filter(|answer| answer.words).map(|answer| answer.event.survey).collect();
    surveys.sort_unstable();
    surveys.dedup();
    tx.list_comments(&surveys).await
}

fn row(answer: ExportedAnswer, question: Option<&Question>, comments: &mut Comments) -> Vec<Cell> {
    let withdrawn = answer.is_withdrawn();
    let event = answer.event;
    let is_answer = answer.part == "answer";
    let metric = match question {
        _ if !is_answer => Some(answer.part.as_str()),
        Some(question) => Some(question.metric.as_str()),
        None => None,
    };
    let scale = question.filter(|_| is_answer).and_then(|question| question.scale);
    let place =
        CommentPlace { survey: event.survey, question: answer.question.clone(), part: answer.part.clone() };
    let comment = answer.words.then(|| comments.remove(&place).unwrap_or_default());
    let (text, files) = comment.map(|comment| (comment.text, comment.files)).unzip();
    vec![
        // One survey holds at most one answer, one list of reasons and one comment for a question.
        format!("{}.{}.{}", event.survey_id, answer.question, answer.part).into(),
        answer.stored_at.into(),
        answer.answered_at.into(),
        event.event_id.into(),
        event.kind.into(),
        event.occurred_at.into(),
        event.survey_id.into(),
        event.script.into(),
        event.script_version.into(),
        answer.question.clone().into(),
        metric.into(),
        question.map(Question::factor).into(),
        scale.map(Scale::as_str).into(),
        answer.value.into(),
        listed(&answer.options).into(),
        text.into(),
        attachments(files.unwrap_or_default()),
        answer.band.into(),
        answer.revision.into(),
        Cell::Bool(withdrawn),
        event.customer_id.into(),
        listed(&event.segments).into(),
        event.agent_id.into(),
        event.agent_name.into(),
        event.agent_since.into(),
        event.automation.into(),
        event.team.into(),
        event.store.into(),
        event.channel.into(),
        listed(&event.tags).into(),
        event.subject_id.into(),
        event.sent_at.into(),
        // No answer has a case yet.
        Cell::Int(None),
    ]
}

fn attachments(files: Vec<File>) -> Cell {
    let described = files.into_iter().map(|file| {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let id = file.file_id.clone().unwrap_or_default();
        let text = format!("{}:{}:{}:{id}", file.kind, number(file.duration_s), number(file.file_size));
        let json = object([
            ("kind", Some(Value::from(file.kind))),
            ("duration_s", file.duration_s.map(Value::from)),
            ("size", file.file_size.map(Value::from)),
            ("file_id", file.file_id.map(Value::from)),
        ]);
        (json, text)
    });
    Cell::Objects(described.collect())
}
