//! What the use cases need besides the transaction.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::entropy::Entropy;
use crate::i18n::Catalogue;
use crate::service::script_set::ScriptSet;

/// What the use cases need besides the transaction. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    pub clock: Clock,
    pub entropy: Entropy,
    pub config: Arc<Config>,
    pub catalogue: Arc<Catalogue>,
    pub scripts: ScriptSet,
    /// As returned by Telegram's getMe, or as last known. Deep links contain it.
    pub bot_username: Arc<str>,
}

impl Context {
    /// The time zone for customers without a known one, and for everything staff read: the environment's, else the one
    /// that an admin chose, else the default.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.config.default_tz.or_else(|| self.scripts.zone()).unwrap_or(config::DEFAULT_TZ)
    }
}
