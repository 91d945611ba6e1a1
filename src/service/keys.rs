//! Keys for the HTTP API: issued, revoked, and recognised in constant time.

use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::clock::Instant;
use crate::config::Config;
use crate::service::Unit;
use crate::store::{self, Db, Tx};

/// How soon a running program notices that a key was issued or revoked.
const NOTICED_WITHIN: Duration = Duration::from_secs(1);

/// What a key gives access to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Sending events and asking for links.
    Events,
    Read,
    /// Erasing, and everything that the other scopes allow.
    Admin,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Events, Self::Read, Self::Admin];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    /// Whether a key of this scope may do what requires the scope `needed`.
    #[must_use]
    pub fn includes(self, needed: Self) -> bool {
        self == needed || self == Self::Admin
    }
}

impl FromStr for Scope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(())
    }
}

type Hash = [u8; 32];

fn hash(key: &[u8]) -> Hash {
    Sha256::digest(key).into()
}

fn hexadecimal(hash: &Hash) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Creates a key and returns it. This is the only time it can be seen. Returns `None` if a valid key already has this
/// name.
pub async fn add(unit: &mut Unit<'_>, name: &str, scope: Scope) -> store::Result<Option<String>> {
    let key = format!("aw_{}", unit.ctx.entropy.token());
    let hash = hexadecimal(&hash(key.as_bytes()));
    let added = unit.tx.insert_key(name, &hash, scope.as_str(), unit.now).await?;
    Ok(added.then_some(key))
}

/// The valid keys in memory, and the key from the environment, which has every scope. Cheap to clone; all clones share
/// one set.
#[derive(Clone, Debug)]
pub struct KeySet {
    bootstrap: Option<Hash>,
    cache: Arc<RwLock<Cache>>,
}

#[derive(Debug, Default)]
struct Cache {
    /// The database's revision when the keys were read. `None` before that.
    revision: Option<i64>,
    looked_at: Option<Instant>,
    keys: Vec<(String, Scope)>,
}

/// Why a key was not recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    Wrong,
    /// There are no keys at all.
    NoKeys,
}

impl KeySet {
    pub fn new(config: &Config) -> Self {
        let bootstrap = config.api_key.as_ref().map(|key| hash(key.expose_secret().as_bytes()));
        Self { bootstrap, cache: Arc::default() }
    }

    /// Returns what the key gives access to. Checks the database at most once a second for changed keys.
    pub async fn recognise(
        &self,
        db: &Db,
        key: &[u8],
        now: Instant,
    ) -> store::Result<Result<Scope, Unknown>> {
        let given = hash(key);
        if self.bootstrap.is_some_and(|bootstrap| bool::from(given.ct_eq(&bootstrap))) {
            return Ok(Ok(Scope::Admin));
        }
        if self.is_old(now) {
            self.refresh(&mut db.read().await?, now).await?;
        }
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        if self.bootstrap.is_none() && cache.keys.is_empty() {
            return Ok(Err(Unknown::NoKeys));
        }
        Ok(find(&cache.keys, &given).ok_or(Unknown::Wrong))
    }

    fn is_old(&self, now: Instant) -> bool {
        let looked_at = self.cache.read().unwrap_or_else(PoisonError::into_inner).looked_at;
        looked_at.is_none_or(|at| now >= at.plus(NOTICED_WITHIN))
    }

    async fn refresh(&self, tx: &mut Tx, now: Instant) -> store::Result<()> {
        let revision = tx.keys_revision().await?;
        let known = self.cache.read().unwrap_or_else(PoisonError::into_inner).revision == Some(revision);
        let keys = if known { None } else { Some(valid_keys(tx).await?) };
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        cache.looked_at = Some(now);
        if let Some(keys) = keys {
            cache.revision = Some(revision);
            cache.keys = keys;
        }
        Ok(())
    }
}

async fn valid_keys(tx: &mut Tx) -> store::Result<Vec<(String, Scope)>> {
    let rows = tx.list_keys().await?.into_iter().filter(|row| row.revoked_at.is_none());
    let read = |row: store::keys::KeyRow| match row.scope.parse() {
        Ok(scope) => Ok((row.hash, scope)),
        Err(()) => Err(store::Error::broken("api_keys", format!("{}: scope {}", row.name, row.scope))),
    };
    rows.map(read).collect()
}

/// Compares every key even after a match, so that the time taken reveals nothing.
fn find(keys: &[(String, Scope)], given: &Hash) -> Option<Scope> {
    let given = hexadecimal(given);
    let mut found = None;
    for (hash, scope) in keys {
        let fits: Choice = hash.as_bytes().ct_eq(given.as_bytes());
        if bool::from(fits) {
            found = Some(*scope);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_includes_the_others_and_no_other_does() {
        for scope in Scope::ALL {
            assert!(Scope::Admin.includes(scope));
            assert_eq!(scope.as_str().parse(), Ok(scope));
            for needed in Scope::ALL {
                assert_eq!(scope.includes(needed), scope == needed || scope == Scope::Admin);
            }
        }
    }
}
