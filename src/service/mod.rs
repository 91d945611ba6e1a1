//! Use cases: one function is one set of rules on a `&mut Tx` and never commits. The faces and the jobs call only these.

pub mod alerts;
pub mod answers;
pub mod backtest;
pub mod delivery;
pub mod due;
pub mod editor;
pub mod erasing;
pub mod events;
pub mod export;
pub mod keys;
pub mod languages;
pub mod moving;
pub mod people;
pub mod phones;
pub mod record;
pub mod scripts;
pub mod setup;
pub mod staff;

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::i18n::Catalogue;

/// What the use cases need beside the transaction. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    pub clock: Clock,
    pub entropy: Entropy,
    pub config: Arc<Config>,
    pub catalogue: Arc<Catalogue>,
    pub scripts: scripts::ScriptSet,
    /// As Telegram's getMe gave it, or as it was last known; deep links name it.
    pub bot_username: Arc<str>,
}
