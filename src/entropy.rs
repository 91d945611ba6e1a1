//! The only source of randomness. Tests and the demo seed it so that a run can be repeated.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};

/// A cryptographic generator that is cheap to clone; all clones draw from one stream.
#[derive(Clone, Debug)]
pub struct Entropy(Arc<Mutex<StdRng>>);

/// The characters in ascending order, so that encoded numbers sort like the numbers themselves.
const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

impl Entropy {
    /// A generator seeded by the operating system.
    ///
    /// # Errors
    /// The operating system cannot provide randomness.
    pub fn system() -> Result<Self, rand::rngs::SysError> {
        Ok(Self(Arc::new(Mutex::new(StdRng::try_from_rng(&mut SysRng)?))))
    }

    /// A generator that yields the same stream for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// 128 random bits as 22 characters of `[A-Za-z0-9_-]`, which fits into a Telegram start payload.
    #[must_use]
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<16>())
    }

    /// An opaque ID for use outside the program: 80 random bits as 16 characters of `[a-z2-7]`.
    #[must_use]
    pub fn id(&self) -> String {
        self.bytes::<16>().iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
    }

    /// An opaque ID that sorts by its time: nine characters for the time in milliseconds, then 55 random bits. Rows
    /// that are made together thus lie together in an index.
    #[must_use]
    pub fn id_at(&self, at: Timestamp) -> String {
        let millis = u64::try_from(at.millis()).unwrap_or(0);
        digits::<9>(millis).chain(self.bytes::<11>().iter().map(|byte| digit(u64::from(*byte)))).collect()
    }

    /// A [`token`](Self::token) after six characters for its time in seconds, which wrap around after 34 years. Tokens
    /// that are made together thus lie together in an index.
    #[must_use]
    pub fn token_at(&self, at: Timestamp) -> String {
        let seconds = u64::try_from(at.millis() / 1000).unwrap_or(0);
        digits::<6>(seconds).chain(self.token().chars()).collect()
    }
}

fn digit(value: u64) -> char {
    char::from(ALPHABET[usize::try_from(value & 31).unwrap_or(0)])
}

/// The last `N` base-32 digits of a number.
fn digits<const N: u32>(value: u64) -> impl Iterator<Item = char> {
    (0..N).rev().map(move |place| digit(value >> (5 * place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_their_time() {
        let entropy = Entropy::seeded(1);
        let times = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000];
        let ids: Vec<String> =
            times.iter().map(|millis| entropy.id_at(Timestamp::from_millis(*millis))).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() == 20), "{ids:?}");
        let at = Timestamp::from_millis(7);
        assert_ne!(entropy.id_at(at), entropy.id_at(at));
    }

    #[test]
    fn tokens_of_one_second_begin_alike_and_end_with_a_whole_token() {
        let entropy = Entropy::seeded(1);
        let [first, second, later] = [1_795_251_600_000, 1_795_251_600_999, 1_795_251_601_000]
            .map(|millis| entropy.token_at(Timestamp::from_millis(millis)));
        assert_eq!(first[..6], second[..6]);
        assert!(first[6..] != second[6..] && first[..6] < later[..6], "{first} {second} {later}");
        assert_eq!(later.len(), 6 + entropy.token().len());
    }
}
