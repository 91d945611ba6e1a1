//! Who of the staff did what and when.

use std::io;

use super::shape::{INT, TEXT, TIME};
use super::table::{Column, Table, Target};
use crate::store::export::Span;
use crate::store::staff_log::LogEntry;
use crate::store::{self, Tx};

const COLUMNS: &[Column<LogEntry>] = &[
    ("at", TIME, |entry| entry.at.into()),
    ("actor", INT.or_null(), |entry| entry.actor.into()),
    ("actor_name", TEXT.or_null(), |entry| (&entry.actor_name).into()),
    ("act", TEXT, |entry| (&entry.act).into()),
    ("person", INT.or_null(), |entry| entry.person.into()),
    ("person_name", TEXT.or_null(), |entry| (&entry.person_name).into()),
    ("role", TEXT.or_null(), |entry| (&entry.role).into()),
    ("former_role", TEXT.or_null(), |entry| (&entry.former_role).into()),
    ("script", TEXT.or_null(), |entry| (&entry.script).into()),
    ("version", INT.or_null(), |entry| entry.version.into()),
    ("detail", TEXT.or_null(), |entry| (&entry.detail).into()),
];

/// Reads everything at once: staff act seldom, so the whole log is small.
pub(super) async fn entries(tx: &mut Tx, span: &Span) -> store::Result<Vec<LogEntry>> {
    let mut entries = tx.list_log_before(i64::MAX, i64::MAX).await?;
    entries.retain(|entry| span.from <= entry.at && entry.at < span.until);
    entries.reverse();
    Ok(entries)
}

pub(super) fn write(entries: &[LogEntry], target: Target<'_>) -> io::Result<u64> {
    let mut table = Table::begin_at(COLUMNS, target)?;
    for entry in entries {
        table.row(entry)?;
    }
    table.finish()
}
