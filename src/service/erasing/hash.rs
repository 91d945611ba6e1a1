//! Identifies erased events, and erased people who want no surveys, by a keyed hash. Its key stays in the database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::ids::PersonId;
use crate::entropy::Entropy;
use crate::store::{self, Tx};

const KEY: &str = "erasing";
const PREFIX: &str = "erased:";

/// Makes hashes with the database's key.
#[derive(Clone)]
pub struct Hasher(String);

impl Hasher {
    /// Returns `None` if nothing was ever erased, so that there is nothing to recognise.
    pub async fn find(tx: &mut Tx) -> store::Result<Option<Self>> {
        Ok(tx.find_secret(KEY).await?.map(Self))
    }

    pub(super) async fn make(tx: &mut Tx, entropy: &Entropy) -> store::Result<Self> {
        if let Some(found) = Self::find(tx).await? {
            return Ok(found);
        }
        let key = format!("{}{}", entropy.token(), entropy.token());
        tx.insert_secret(KEY, &key).await?;
        Ok(Self(key))
    }

    /// The hash that replaces an event's ID.
    #[must_use]
    pub fn event(&self, event_id: &str) -> String {
        format!("{PREFIX}{}", self.hash("event", event_id))
    }

    /// The hash by which an erasure in progress is found.
    pub(super) fn customer(&self, customer_id: &str) -> String {
        self.hash("customer", customer_id)
    }

    pub(super) fn person(&self, person: PersonId) -> String {
        self.hash("person", &person.to_string())
    }

    fn hash(&self, kind: &str, text: &str) -> String {
        keyed_hash(&self.0, kind, text)
    }
}

/// 128 bits in 22 characters.
pub(in crate::service) fn keyed_hash(key: &str, kind: &str, text: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        unreachable!("a key of any length will do")
    };
    mac.update(kind.as_bytes());
    mac.update(b":");
    mac.update(text.as_bytes());
    URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16])
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hasher")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_same_for_the_same_key_and_tells_kinds_apart() {
        let (one, other) = (Hasher("k".to_owned()), Hasher("l".to_owned()));
        assert_eq!(one.event("order-1"), one.event("order-1"));
        assert_ne!(one.event("order-1"), other.event("order-1"));
        assert_ne!(one.event("7"), format!("{PREFIX}{}", one.person(PersonId::new(7))));
        assert_eq!(one.event("order-1").len(), PREFIX.len() + 22);
    }
}
