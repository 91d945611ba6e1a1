//! Who of the staff did what and when.

use std::io::Write;

use super::ExportError;
use super::table::{Cell, Format, Table};
use crate::store::Tx;
use crate::store::export::Span;

const COLUMNS: &[&str] = &[
    "at",
    "actor",
    "actor_name",
    "act",
    "person",
    "person_name",
    "role",
    "former_role",
    "script",
    "version",
];

pub(super) async fn write(
    tx: &mut Tx,
    span: &Span,
    format: Format,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let mut table = Table::begin(COLUMNS, format, out)?;
    // People act seldom: the whole of it is small.
    let entries = tx.list_log_before(i64::MAX, i64::MAX).await?;
    for entry in entries.into_iter().rev().filter(|entry| span.from <= entry.at && entry.at < span.until) {
        table.row(&[
            Cell::from(entry.at),
            entry.actor.into(),
            entry.actor_name.into(),
            entry.act.into(),
            entry.person.into(),
            entry.person_name.into(),
            entry.role.into(),
            entry.former_role.into(),
            entry.script.into(),
            entry.version.into(),
        ])?;
    }
    Ok(table.finish()?)
}
