//! What the use cases need besides the transaction.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::domain::calendar::Calendar;
use crate::domain::case::Rules;
use crate::domain::case::deadlines::Terms;
use crate::domain::case_settings::{CaseSetting, CaseSettings};
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

    /// How cases are handled: the environment's settings, else those that admins made, else the defaults.
    #[must_use]
    pub fn case_settings(&self) -> CaseSettings {
        let stored = self.scripts.case_settings();
        let mut settings = CaseSettings::default();
        for setting in CaseSetting::ALL {
            let text = self.config.case_settings.get(&setting).or_else(|| stored.get(&setting));
            // A stored setting may be out of date: the environment may say something else about the others since.
            if let Some(text) = text.filter(|text| !text.is_empty())
                && let Err(problem) = settings.set(setting, text, self.zone())
            {
                tracing::warn!(
                    setting = setting.variable(),
                    %problem,
                    "a setting does not hold; the default does"
                );
            }
        }
        settings
    }

    /// What the installation chose for the table of states of cases.
    #[must_use]
    pub fn case_rules(&self) -> Rules {
        Rules { reopen: self.case_settings().reopen_within }
    }

    /// By what the deadlines of cases are counted.
    #[must_use]
    pub fn case_terms(&self) -> Terms {
        let settings = self.case_settings();
        Terms {
            calendar: self.calendar(),
            first_contact: settings.first_contact,
            resolution: settings.resolution,
        }
    }

    /// The working hours by which deadlines are counted.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        let calendar = self.case_settings().calendar(self.zone());
        calendar.unwrap_or_else(|problem| unreachable!("settings were checked together: {problem}"))
    }
}
