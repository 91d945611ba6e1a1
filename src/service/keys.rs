//! Keys for the HTTP API: given, taken back, and recognised in constant time.

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

/// How soon a running program notices that a key was given or taken back.
const NOTICED_WITHIN: Duration = Duration::from_secs(1);

/// What a key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Handing over events, asking for links.
    Events,
    Read,
    /// Erasing, and all the others.
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

    /// Whether a key of this scope may do what asks for `needed`.
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
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Makes a key and gives it out, the only time that it can be seen. `None` if a valid key has this name already.
pub async fn add(unit: &mut Unit<'_>, name: &str, scope: Scope) -> store::Result<Option<String>> {
    let key = format!("aw_{}", unit.ctx.entropy.token());
    let hash = hexadecimal(&hash(key.as_bytes()));
    let added = unit.tx.insert_key(name, &hash, scope.as_str(), unit.now).await?;
    Ok(added.then_some(key))
}

/// The valid keys in memory, and the one of the environment, which has every scope. Cheap to clone; all clones are
/// one set.
#[derive(Clone, Debug)]
pub struct KeySet {
    bootstrap: Option<Hash>,
    cache: Arc<RwLock<Cache>>,
}

#[derive(Debug, Default)]
struct Cache {
    /// Of the database when the keys were read from it; `None` before that.
    revision: Option<i64>,
    looked_at: Option<Instant>,
    keys: Vec<(String, Scope)>,
}

/// Why nobody was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    Wrong,
    /// There is no key at all.
    NoKeys,
}

impl KeySet {
    pub fn new(config: &Config) -> Self {
        let bootstrap = config.api_key.as_ref().map(|key| hash(key.expose_secret().as_bytes()));
        Self { bootstrap, cache: Arc::default() }
    }

    /// What the key opens. The database is asked at most once a second whether the keys are still the same.
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

/// Looks at every key even after a match, so that the time taken tells nothing.
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
