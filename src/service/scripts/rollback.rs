//! Going back: publishes an earlier version's content as a new version. Versions are immutable, so nothing is removed
//! from the history, and surveys that were sent keep the version that they were sent with.

use crate::domain::script::Script;
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::store;

/// The result of a rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RolledBack {
    /// The new version.
    pub version: i64,
    /// The version whose content it has, and when that was published.
    pub content_of: i64,
    pub published_at: Timestamp,
    /// The version that was live before.
    pub instead_of: i64,
    /// Surveys that are open with their customers and stay as they are.
    pub open_surveys: i64,
    /// The script does not ask until it is resumed.
    pub paused: bool,
}

/// Why a rollback is not possible.
#[derive(Debug, thiserror::Error)]
pub enum RollbackError {
    /// No script with that slug was ever published.
    #[error("there is no script '{0}'")]
    Unknown(String),
    #[error("{slug} has no version {version}; {}", there_are(.known))]
    NoVersion { slug: String, version: i64, known: Vec<i64> },
    #[error("{slug}: version {version} is the live one already")]
    Live { slug: String, version: i64 },
    #[error("{slug}: version {version} says the same as version {live}, which is live")]
    Same { slug: String, version: i64, live: i64 },
    #[error("{slug}: version {live} is the only one: there is nothing to go back to")]
    Only { slug: String, live: i64 },
    #[error(transparent)]
    Store(#[from] store::Error),
}

fn there_are(known: &[i64]) -> String {
    match known {
        [only] => format!("there is version {only}"),
        [first, .., last] => format!("there are versions {first} to {last}"),
        [] => "there are none".to_owned(),
    }
}

/// Publishes the content of an earlier version again: the given one, or else the one before the live version.
pub async fn rollback(
    unit: &mut Unit<'_>,
    slug: &str,
    version: Option<i64>,
) -> Result<RolledBack, RollbackError> {
    let named = || slug.to_owned();
    let Some(live) = unit.tx.find_live_script(slug).await? else {
        return Err(RollbackError::Unknown(named()));
    };
    let versions = unit.tx.list_script_versions(slug).await?;
    let chosen = match version {
        Some(version) if version == live.version => {
            return Err(RollbackError::Live { slug: named(), version });
        }
        Some(version) => versions.iter().find(|known| known.version == version).ok_or_else(|| {
            let known = versions.iter().map(|known| known.version).collect();
            RollbackError::NoVersion { slug: named(), version, known }
        })?,
        None => versions
            .iter()
            .rfind(|known| known.version < live.version)
            .ok_or_else(|| RollbackError::Only { slug: named(), live: live.version })?,
    };
    let content_of = chosen.version;
    let missing = || store::Error::broken("scripts", format!("{slug} version {content_of} is missing"));
    let source = unit.tx.find_script_source(slug, content_of).await?.ok_or_else(missing)?;
    if source == live.source {
        return Err(RollbackError::Same { slug: named(), version: content_of, live: live.version });
    }
    // It is read by the rules that applied when it was published: what was live once may be live again.
    Script::read_published(&source, &unit.ctx.config.languages)
        .map_err(|problems| super::broken(slug, content_of, &problems))?;
    let version = unit.tx.insert_script_version(slug, &source, unit.now).await?;
    Ok(RolledBack {
        version,
        content_of,
        published_at: chosen.published_at,
        instead_of: live.version,
        open_surveys: unit.tx.count_open_surveys_of(slug).await?,
        paused: live.paused_at.is_some(),
    })
}
