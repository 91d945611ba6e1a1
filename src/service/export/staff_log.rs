//! Who of the staff did what and when.

use std::io::{self, Write};

use super::table::{Cell, Format, Table};
use crate::store::export::Span;
use crate::store::staff_log::LogEntry;
use crate::store::{self, Tx};

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
    "detail",
];

/// People act seldom: the whole of it is small.
pub(super) async fn entries(tx: &mut Tx, span: &Span) -> store::Result<Vec<LogEntry>> {
    let mut entries = tx.list_log_before(i64::MAX, i64::MAX).await?;
    entries.retain(|entry| span.from <= entry.at && entry.at < span.until);
    entries.reverse();
    Ok(entries)
}

pub(super) fn write(entries: Vec<LogEntry>, format: Format, out: &mut dyn Write) -> io::Result<u64> {
    let mut table = Table::begin(COLUMNS, format, out)?;
    for entry in entries {
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
            entry.detail.into(),
        ])?;
    }
    table.finish()
}
