//! Whether a script's questions still mean what they meant in all earlier versions.

use std::sync::Arc;

use crate::domain::script::diff::{Diff, diff};
use crate::domain::script::{Problem, Script, series};
use crate::service::script_set::{Published, ScriptSet};
use crate::store::{self, Tx};

/// The questions that would mix two meanings under one key.
pub async fn broken_series(tx: &mut Tx, scripts: &ScriptSet, script: &Script) -> store::Result<Vec<Problem>> {
    let published = published(tx, scripts, &script.slug).await?;
    Ok(series::broken(script, numbered(&published)))
}

/// The differences from `live` if `script` were live instead.
pub async fn compared(
    tx: &mut Tx,
    scripts: &ScriptSet,
    live: &Script,
    script: &Script,
) -> store::Result<Diff> {
    let published = published(tx, scripts, &live.slug).await?;
    Ok(diff(live, script, &numbered(&published).collect::<Vec<_>>()))
}

/// Every version of a script, newest first.
async fn published(tx: &mut Tx, scripts: &ScriptSet, slug: &str) -> store::Result<Vec<Arc<Published>>> {
    let mut all = Vec::new();
    for version in tx.list_script_versions(slug).await?.into_iter().rev() {
        all.push(scripts.version(tx, slug, version.version).await?);
    }
    Ok(all)
}

fn numbered(published: &[Arc<Published>]) -> impl Iterator<Item = (i64, &Script)> {
    published.iter().map(|published| (published.version, &published.script))
}
