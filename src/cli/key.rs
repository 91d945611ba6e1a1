//! `afterword key …`: manages keys for the HTTP API.

use clap::{Subcommand, ValueEnum};

use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::domain::visible::{revealed, unfit_for_id};
use crate::service::Unit;
use crate::service::keys::{self, Scope};
use crate::store::Db;

/// The longest name of a key, in characters. The name tells people who holds the key.
const LONGEST_NAME: usize = 64;

#[derive(Clone, Debug, Subcommand)]
pub enum KeyCommand {
    /// Creates a key and prints it, only this once
    Add {
        /// Who will hold it
        name: String,
        /// What it opens
        #[arg(long, value_enum)]
        scope: ScopeName,
    },
    /// Lists the keys, valid and revoked
    List,
    /// Revokes a key; a running `serve` refuses it within seconds
    Revoke {
        /// Whose key
        name: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ScopeName {
    /// Hand over events, ask for links
    Events,
    /// Read
    Read,
    /// Erase, and all the others
    Admin,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Events => Self::Events,
            ScopeName::Read => Self::Read,
            ScopeName::Admin => Self::Admin,
        }
    }
}

/// Runs the command and returns its exit code.
pub async fn run(setup: &Setup, command: KeyCommand, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let db = setup.open_db().await?;
    let code = match command {
        KeyCommand::Add { name, scope } => add(setup, &db, &name, scope.into(), to).await?,
        KeyCommand::List => list(&db, to).await?,
        KeyCommand::Revoke { name } => revoke(setup, &db, &name, to).await?,
    };
    db.close().await;
    Ok(code)
}

async fn add(setup: &Setup, db: &Db, name: &str, scope: Scope, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let length = name.chars().count();
    if name.trim().is_empty() || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Misuse(format!("NAME must have 1 to {LONGEST_NAME} printable characters")).into());
    }
    if let Some(unfit) = unfit_for_id(name) {
        return Err(Misuse(format!("NAME {unfit}")).into());
    }
    let ctx = setup.parts().context("");
    let mut unit = Unit::begin(db, &ctx).await?;
    let added = keys::add(&mut unit, name, scope).await?;
    let Some(key) = added else {
        return Err(Misuse(format!(
            "there is a valid key '{name}' already: choose another name, or revoke that one first"
        ))
        .into());
    };
    unit.commit().await?;
    writeln!(to.out, "{key}")?;
    writeln!(to.err, "'{name}' may: {}. Keep the key: it is not shown again.", scope.as_str())?;
    Ok(DONE)
}

async fn list(db: &Db, to: &mut Output<'_>) -> anyhow::Result<u8> {
    for key in db.read().await?.list_keys().await? {
        let since = key.created_at;
        match key.revoked_at {
            None => writeln!(to.out, "{}  {}  since {since}", revealed(&key.name), key.scope)?,
            Some(at) => {
                writeln!(to.out, "{}  {}  since {since}, revoked {at}", revealed(&key.name), key.scope)?;
            }
        }
    }
    Ok(DONE)
}

async fn revoke(setup: &Setup, db: &Db, name: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let mut tx = db.write().await?;
    if !tx.revoke_key(name, setup.clock.now()).await? {
        writeln!(to.err, "there is no valid key '{name}'; see `afterword key list`")?;
        return Ok(PROBLEMS);
    }
    tx.commit().await?;
    writeln!(to.err, "'{name}' is revoked")?;
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::domain::time::Timestamp;
    use crate::entropy::Entropy;

    async fn setup(folder: &std::path::Path) -> Setup {
        let url = format!("sqlite://{}", folder.join("t.db").display());
        Db::open(&url, true).await.unwrap().migrate().await.unwrap();
        let config = Config::from_lookup(|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();
        let clock = Clock::frozen(Timestamp::from_millis(0));
        Setup { config: Arc::new(config), clock, entropy: Entropy::seeded(1) }
    }

    async fn ran(setup: &Setup, command: KeyCommand) -> anyhow::Result<(u8, String)> {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(setup, command, &mut Output { out: &mut out, err: &mut err }).await?;
        Ok((code, String::from_utf8(out)?))
    }

    fn shop() -> KeyCommand {
        KeyCommand::Add { name: "shop".to_owned(), scope: ScopeName::Events }
    }

    fn revoke_shop() -> KeyCommand {
        KeyCommand::Revoke { name: "shop".to_owned() }
    }

    #[tokio::test]
    async fn a_key_is_shown_once_and_its_name_is_free_again_when_it_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path()).await;
        let (code, key) = ran(&setup, shop()).await.unwrap();
        assert_eq!((code, key.len()), (DONE, 26));
        assert!(ran(&setup, shop()).await.unwrap_err().is::<Misuse>());
        assert_eq!(ran(&setup, revoke_shop()).await.unwrap().0, DONE);
        assert_eq!(ran(&setup, revoke_shop()).await.unwrap().0, PROBLEMS);
        assert_ne!(ran(&setup, shop()).await.unwrap().1, key);
        let (_, listed) = ran(&setup, KeyCommand::List).await.unwrap();
        assert_eq!(
            listed,
            "shop  events  since 1970-01-01T00:00:00Z, revoked 1970-01-01T00:00:00Z\n\
             shop  events  since 1970-01-01T00:00:00Z\n"
        );
        let database = std::fs::read(folder.path().join("t.db")).unwrap();
        let holds = |text: &str| database.windows(text.len()).any(|bytes| bytes == text.as_bytes());
        assert!(!holds(key.trim_end()), "the key itself is stored");
    }

    #[tokio::test]
    async fn a_name_that_says_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path()).await;
        for name in ["", " ", "a\u{7}", &"x".repeat(65)] {
            let add = KeyCommand::Add { name: name.to_owned(), scope: ScopeName::Read };
            assert!(ran(&setup, add).await.unwrap_err().is::<Misuse>(), "{name:?}");
        }
    }
}
