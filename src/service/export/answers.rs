//! The table of answers: one row for every current answer; reasons and comments are rows of their own.

use std::collections::HashMap;
use std::io::Write;

use serde_json::Value;

use super::table::{Cell, Format, Table, object};
use super::{ExportError, listed};
use crate::domain::scale::Scale;
use crate::domain::script::Question;
use crate::service::Context;
use crate::service::scripts::Published;
use crate::store::export::{Attachment, ExportedAnswer, Span};
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

/// The files that belong to one answer or comment.
type Files = HashMap<(i64, String, String), Vec<Attachment>>;

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
    answers: Vec<ExportedAnswer>,
) -> store::Result<Vec<Vec<Cell>>> {
    let mut files = files(tx, &answers).await?;
    let mut rows = Vec::with_capacity(answers.len());
    for answer in answers {
        let script = pinned(tx, ctx, &answer).await?;
        let question = script.as_ref().and_then(|script| script.script.question(&answer.question));
        rows.push(row(answer, question, &mut files));
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

async fn files(tx: &mut Tx, page: &[ExportedAnswer]) -> store::Result<Files> {
    let mut surveys: Vec<i64> =
        page.iter().filter(|answer| answer.text.is_some()).map(|answer| answer.event.survey).collect();
    surveys.sort_unstable();
    surveys.dedup();
    let mut files = Files::new();
    for file in tx.list_attachments(&surveys).await? {
        files.entry((file.survey, file.question.clone(), file.part.clone())).or_default().push(file);
    }
    Ok(files)
}

fn row(answer: ExportedAnswer, question: Option<&Question>, files: &mut Files) -> Vec<Cell> {
    let withdrawn = answer.is_withdrawn();
    let event = answer.event;
    let is_answer = answer.part == "answer";
    let metric = match question {
        _ if !is_answer => Some(answer.part.as_str()),
        Some(question) => Some(question.metric.as_str()),
        None => None,
    };
    let scale = question.filter(|_| is_answer).and_then(|question| question.scale);
    let attached = files.remove(&(event.survey, answer.question.clone(), answer.part.clone()));
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
        answer.text.into(),
        attachments(attached.unwrap_or_default()),
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

fn attachments(files: Vec<Attachment>) -> Cell {
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
