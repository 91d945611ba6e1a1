//! `afterword backup FILE`: writes a complete, verified copy of the SQLite file while the bot runs.

use std::path::Path;

use anyhow::Context as _;

use super::signals::Signals;
use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::config::postgres;
use crate::domain::counted::counted;
use crate::store::Db;
use crate::store::backup::BackupError;

pub async fn run(setup: &Setup, file: &Path, to: &mut Output<'_>) -> anyhow::Result<u8> {
    if let Some(command) = pg_dump(&setup.config.database_url, file) {
        return Err(Misuse(format!(
            "the database is on PostgreSQL, whose own program makes the backup (it asks for the password, or takes it \
             from PGPASSWORD): {command}"
        ))
        .into());
    }
    if file.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(Misuse(format!("{} is the name of a folder: name a file in it", file.display())).into());
    }
    // A database of an older version can be backed up, too: just before an upgrade is the best time for it.
    let db = Db::open(&setup.config.database_url, false).await?;
    let mut signals = Signals::new().context("signals cannot be received")?;
    let backup = tokio::select! {
        backup = db.backup(file) => backup.map_err(refused)?,
        () = signals.next() => {
            writeln!(to.err, "stopped; nothing of {} is left", file.display())?;
            return Ok(PROBLEMS);
        }
    };
    let bytes = counted(backup.bytes, "byte", "bytes");
    let events = counted(backup.events, "event", "events");
    let answers = counted(backup.answers, "answer", "answers");
    writeln!(to.out, "{}: {bytes}, {events}, {answers}; read again and whole", file.display())?;
    db.close().await;
    Ok(DONE)
}

/// Turns an error into one for the user. A target that cannot be used is the caller's mistake; a full disk is not.
fn refused(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::Exists(_) | BackupError::Place(..) => Misuse(error.to_string()).into(),
        BackupError::Store(error) => error.into(),
        other => other.into(),
    }
}

/// For a database on PostgreSQL, the shell command that makes the backup, without the password.
fn pg_dump(database_url: &str, file: &Path) -> Option<String> {
    if !postgres::is_meant(database_url) {
        return None;
    }
    let address = postgres::Address::parse(database_url).ok()?.without_password();
    let (file, address) = (quoted(&file.to_string_lossy()), quoted(&address));
    Some(format!("pg_dump --format=custom --file={file} {address}"))
}

/// Quotes a text as one word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_postgresql_the_command_to_type_is_named_without_the_password() {
        let command = |url: &str, file: &str| pg_dump(url, Path::new(file));
        assert_eq!(command("sqlite://afterword.db", "b.db"), None);
        assert_eq!(
            command("postgres://me:hunter2@db.example:5433/shop?sslmode=require&statement-cache-capacity=9&password=hunter2", "b.dump").unwrap(),
            "pg_dump --format=custom --file='b.dump' 'postgresql://me@db.example:5433/shop?sslmode=require'"
        );
        assert_eq!(
            command("postgresql://%2Frun%2Fpostgresql/shop", "it's.dump").unwrap(),
            r"pg_dump --format=custom --file='it'\''s.dump' 'postgresql://%2Frun%2Fpostgresql/shop'"
        );
    }
}
