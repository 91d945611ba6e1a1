//! Whether a script's questions mean what they meant in all earlier versions.

use crate::domain::script::{Problem, Script, series};
use crate::service::script_set::ScriptSet;
use crate::store::{self, Tx};

/// The questions that would mix two meanings under one key.
pub async fn broken_series(tx: &mut Tx, scripts: &ScriptSet, script: &Script) -> store::Result<Vec<Problem>> {
    let mut earlier = Vec::new();
    for version in tx.list_script_versions(&script.slug).await?.into_iter().rev() {
        earlier.push(scripts.version(tx, &script.slug, version.version).await?);
    }
    let earlier = earlier.iter().map(|published| (published.version, &published.script));
    Ok(series::broken(script, earlier))
}
