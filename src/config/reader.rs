//! Reads single variables: trims, falls back to defaults, and collects what is wrong.

use std::cell::RefCell;
use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::reaching::{Mail, MailServer, mailbox};
use super::variables::describe;
use super::{Config, DEFAULT_TZ, Wrong, published, shown};
use crate::domain::case_settings::{CaseSetting, CaseSettings};
use crate::domain::locale::{self, Languages};

/// Reads variables, and notes those that are refused.
pub(super) struct Reader<L> {
    lookup: L,
    pub(super) wrong: Vec<Wrong>,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    pub(super) const fn new(lookup: L) -> Self {
        Self { lookup, wrong: Vec::new() }
    }

    /// The raw value. A value that is empty or only white space counts as absent.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    /// Reads a variable that may be absent.
    pub(super) fn optional<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.given(name)?;
        parsed(name, &value, parse).map_err(|problem| self.refuse(name, value.trim(), problem)).ok()
    }

    /// Reads a variable that has a default. If the value is refused, the default is used, so that all mistakes are
    /// found in one run.
    pub(super) fn value<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        let default = describe(name).default;
        if let Some(value) = self.given(name) {
            match parsed(name, &value, &parse) {
                Ok(parsed) => return parsed,
                Err(problem) => self.refuse(name, value.trim(), problem),
            }
        }
        parse(default).unwrap_or_else(|problem| unreachable!("the default of {name} is refused: {problem}"))
    }

    /// One of the installation's languages; the first one if `DEFAULT_LOCALE` is not set.
    pub(super) fn default_locale(&mut self, languages: &Languages) -> &'static str {
        let are_refused = self.wrong.iter().any(|wrong| wrong.name == "LOCALES");
        let chosen = self.optional("DEFAULT_LOCALE", |text| {
            let code = locale::code(text);
            let code = code.ok_or_else(|| "is not the ISO 639-1 code of a language".to_owned())?;
            if are_refused || languages.contains(code) {
                Ok(code)
            } else {
                Err(format!("is not one of LOCALES ({languages})"))
            }
        });
        chosen.unwrap_or(languages.first())
    }

    pub(super) fn mail(&mut self, brand: Option<&str>) -> Option<Mail> {
        let server = self.optional("SMTP_URL", MailServer::parse);
        let from = self.optional("SMTP_FROM", mailbox);
        let with_sender = server?.with_sender(from, brand);
        let given = self.given("SMTP_URL").unwrap_or_default();
        with_sender.map_err(|problem| self.refuse("SMTP_URL", &given, problem)).ok()
    }

    /// Every message to a customer outside Telegram names an address at which they unsubscribe.
    pub(super) fn require_public_url(&mut self, config: &Config) {
        if config.public_url.is_some() {
            return;
        }
        let set = [
            ("SMTP_URL", config.mail.is_some()),
            ("SMS_URL", config.sms.is_some()),
            ("HELPDESK_URL", config.helpdesk.is_some()),
        ];
        for (name, _) in set.into_iter().filter(|(_, is_set)| *is_set) {
            if let Some(given) = self.given(name) {
                let problem = "needs PUBLIC_URL, where customers unsubscribe".to_owned();
                self.refuse(name, given.trim(), problem);
            }
        }
    }

    /// Reads the settings of cases in order, so that one which contradicts those before it is refused.
    pub(super) fn case_settings(&mut self) -> BTreeMap<CaseSetting, String> {
        let settings = RefCell::new(CaseSettings::default());
        let mut given = BTreeMap::new();
        for setting in CaseSetting::ALL {
            let parse = |text: &str| {
                let set = settings.borrow_mut().set(setting, text, DEFAULT_TZ);
                set.map(|()| text.to_owned()).map_err(|problem| problem.to_string())
            };
            if let Some(text) = self.optional(setting.variable(), parse) {
                given.insert(setting, text);
            }
        }
        given
    }

    /// Refuses a token that was published as an example, because nobody has put in a real one yet. A simulated Telegram
    /// accepts any token, so this applies only to the real Telegram.
    pub(super) fn refuse_published_token(&mut self, config: &Config) {
        let is_telegram = config.api_url == describe("TELOXIDE_API_URL").default;
        let token = config.token.as_ref().map(ExposeSecret::expose_secret);
        if let Some(token) = token.filter(|token| is_telegram && published::is_published_token(token)) {
            let problem = "is a published example; ask @BotFather for one (/newbot)".to_owned();
            self.refuse("TELOXIDE_TOKEN", token, problem);
        }
    }

    pub(super) fn refuse(&mut self, name: &str, value: &str, problem: String) {
        let variable = describe(name);
        let value = match name {
            _ if variable.secret => shown::secret(value),
            "DATABASE_URL" | "TELOXIDE_API_URL" | "PUBLIC_URL" => shown::address(value),
            _ => value.to_owned(),
        };
        self.wrong.push(Wrong { name: variable.name, value, problem, allowed: variable.allowed });
    }
}

/// Stands for a value that is not UTF-8. Every variable refuses it.
pub(super) const NOT_TEXT: &str = "\u{fffd}";

/// Parses a value after trimming white space around it. A value that may be or hold a password is refused instead if it
/// has such white space.
fn parsed<T>(name: &str, value: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
    let text = value.trim();
    if value.contains(NOT_TEXT) {
        return Err("is not UTF-8 text".to_owned());
    }
    if text.len() != value.len() && (describe(name).secret || name == "DATABASE_URL") {
        return Err("begins or ends with white space, which may be a part of it; take that away".to_owned());
    }
    parse(text)
}
