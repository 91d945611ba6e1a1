//! The hooks in memory, for the endpoint and the mapping.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::{Own, State, preset, token_hash};
use crate::clock::Instant;
use crate::domain::hook::{Preset, Settings};
use crate::store::hooks::HookRow;
use crate::store::{self, Db, Tx};

/// How soon a running program notices that a hook was made, changed or revoked.
const NOTICED_WITHIN: Duration = Duration::from_secs(1);

/// A hook that receives deliveries.
pub struct Hook {
    pub id: i64,
    pub state: State,
    pub preset: Preset,
    pub settings: Settings,
    pub secrets: Vec<String>,
}

impl std::fmt::Debug for Hook {
    /// Without what is secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook")
            .field("name", &self.settings.name)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Hook {
    /// Returns `None` for one that is revoked, or whose preset this version cannot read any more. Its deliveries fail, and
    /// can be replayed.
    #[must_use]
    pub fn of(row: &HookRow) -> Option<Self> {
        let state = row.state.parse::<State>().ok().filter(|state| *state != State::Revoked)?;
        let preset = preset(&row.preset, row.source.as_deref()).ok()?;
        let secrets = row.secrets.lines().map(str::to_owned).collect();
        Some(Self { id: row.id, state, preset, settings: Own::of(row).settings(&row.name), secrets })
    }

    /// Whether the hook knows its deliveries by more than the secret address.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        self.preset.check.as_ref().is_some_and(|check| !check.needs_secret() || !self.secrets.is_empty())
    }
}

/// The hooks in memory. Cheap to clone; all clones share one set.
#[derive(Clone, Debug, Default)]
pub struct HookSet(Arc<RwLock<Cache>>);

#[derive(Debug, Default)]
struct Cache {
    /// The database's revision when the hooks were read. `None` before that.
    revision: Option<i64>,
    looked_at: Option<Instant>,
    by_token: HashMap<String, Arc<Hook>>,
    by_id: HashMap<i64, Arc<Hook>>,
}

impl HookSet {
    /// The hook with this token. Checks the database at most once a second for changes.
    pub async fn find(&self, db: &Db, token: &str, now: Instant) -> store::Result<Option<Arc<Hook>>> {
        if self.is_old(now) {
            self.refresh(&mut db.read().await?).await?;
            self.0.write().unwrap_or_else(PoisonError::into_inner).looked_at = Some(now);
        }
        // The hash is looked up and not the token, so the time that it takes tells nothing about tokens.
        let hash = token_hash(token);
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner).by_token.get(&hash).cloned())
    }

    /// The hook with this key, as of the last [`HookSet::refresh`].
    #[must_use]
    pub fn get(&self, id: i64) -> Option<Arc<Hook>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).by_id.get(&id).cloned()
    }

    fn is_old(&self, now: Instant) -> bool {
        let looked_at = self.0.read().unwrap_or_else(PoisonError::into_inner).looked_at;
        looked_at.is_none_or(|at| now >= at.plus(NOTICED_WITHIN))
    }

    /// Reads the hooks again if the database says that they have changed.
    pub async fn refresh(&self, tx: &mut Tx) -> store::Result<()> {
        let revision = tx.hooks_revision().await?;
        if self.0.read().unwrap_or_else(PoisonError::into_inner).revision == Some(revision) {
            return Ok(());
        }
        let rows = tx.list_hooks().await?;
        let hooks: Vec<(String, Arc<Hook>)> =
            rows.iter().filter_map(|row| Some((row.token_hash.clone(), Arc::new(Hook::of(row)?)))).collect();
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        cache.revision = Some(revision);
        cache.by_id = hooks.iter().map(|(_, hook)| (hook.id, Arc::clone(hook))).collect();
        cache.by_token = hooks.into_iter().collect();
        Ok(())
    }
}
