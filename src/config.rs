//! The environment as types. Every variable is described once, in [`VARIABLES`]; a test compares `.env.example` with
//! it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use chrono_tz::Tz;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::callable::Allowed;
use crate::domain::case_settings::{CaseSetting, CaseSettings};
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::domain::locale::{self, Languages};
use crate::domain::network::Networks;
use crate::domain::sending::{QuietHours, SendingDefaults, Span};
use crate::domain::stats::measure::MinN;

pub mod address;
pub mod dotenv;
pub mod postgres;
mod published;
pub mod reaching;
mod shown;
mod values;
pub mod webhook;

use reaching::{Helpdesk, Mail, MailServer, Sms};
use webhook::{Mode, Webhook};

/// One environment variable.
#[derive(Debug)]
pub struct Variable {
    pub name: &'static str,
    pub default: &'static str,
    /// Whether errors must mask the value.
    pub secret: bool,
    pub allowed: &'static str,
}

impl Variable {
    /// Whether a `#` can be part of the value, so that the text after a `#` is not clearly a comment.
    fn may_hold_hash(&self) -> bool {
        self.secret || self.name == "BRAND" || self.name.ends_with("_URL")
    }
}

const fn variable(name: &'static str, default: &'static str, allowed: &'static str) -> Variable {
    Variable { name, default, secret: false, allowed }
}

const fn secret(name: &'static str, allowed: &'static str) -> Variable {
    Variable { name, default: "", secret: true, allowed }
}

/// All environment variables that the program reads.
pub const VARIABLES: &[Variable] = &[
    secret("TELOXIDE_TOKEN", "the token that @BotFather gave, like 123456789:AAH…"),
    variable("TELOXIDE_API_URL", "https://api.telegram.org", "the http(s) address of a Bot API server"),
    secret(
        "HTTPS_PROXY",
        "the address of an http or socks5 proxy, like http://127.0.0.1:3128 or socks5://127.0.0.1:1080",
    ),
    variable(
        "DATABASE_URL",
        "sqlite://afterword.db",
        "sqlite:// and the path of a file, or postgres://user:password@host/database",
    ),
    variable("HTTP_ADDR", "127.0.0.1:8080", "an address and a port, like 127.0.0.1:8080"),
    secret("API_KEY", "at least 16 characters without spaces, which nobody can guess"),
    variable("ADMIN_IDS", "", "Telegram user IDs (positive numbers), separated by commas"),
    variable("ALERT_CHATS", "", "chat IDs, or chat/topic like -1001234567890/42, separated by commas"),
    variable("ESCALATION_CHATS", "", "chat IDs, or chat/topic like -1001234567890/42, separated by commas"),
    variable(
        "CASE_HOURS",
        CaseSetting::Hours.default_text(),
        "days with hours, like mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-14:00",
    ),
    variable(
        "CASE_DAYS_OFF",
        "",
        "dates like 2027-01-01, ranges like 2027-01-01..2027-01-08, and days that are worked all the same, like \
         +2027-01-09 10:00-16:00, separated by commas",
    ),
    variable("CASE_TZ", "", "a name from the IANA time zone database, like Europe/Moscow"),
    variable("CASE_FIRST_CONTACT", CaseSetting::FirstContact.default_text(), BUDGETS),
    variable("CASE_RESOLUTION", CaseSetting::Resolution.default_text(), BUDGETS),
    variable("CASE_REOPEN", CaseSetting::Reopen.default_text(), "a duration like 7d"),
    variable("CASE_PROMISE", CaseSetting::Promise.default_text(), "on or off"),
    variable("CASE_NAMES", CaseSetting::Names.default_text(), "show or hide"),
    variable("CASE_URGENT_SEGMENTS", "", "names of segments, separated by commas"),
    variable("FREE_MESSAGES", CaseSetting::FreeMessages.default_text(), "cases or off"),
    variable("PUBLIC_URL", "", "the http(s) address under which customers and Telegram reach this program"),
    variable(
        "TRUSTED_PROXIES",
        "",
        "addresses or networks like 127.0.0.1,10.0.0.0/8: the proxies whose X-Forwarded-For counts",
    ),
    variable("TELEGRAM_MODE", "polling", "polling or webhook"),
    secret("WEBHOOK_SECRET", "16 to 256 characters of A-Z, a-z, 0-9, _ and -, which nobody can guess"),
    variable("LINK_TTL", "30d", "a duration like 90s, 20m, 3h or 2d, at least 1m"),
    variable("BRAND", "", "your name as customers know it, at most 64 characters"),
    variable("PRIVACY_URL", "", "an http(s) address"),
    variable(
        "LOCALES",
        Languages::DEFAULT,
        "ISO 639-1 codes of languages like ru,en,kk, separated by commas, none twice and at most 16",
    ),
    variable("DEFAULT_LOCALE", "", "one of LOCALES"),
    variable("DEFAULT_TZ", "Europe/Moscow", "a name from the IANA time zone database, like Europe/Moscow"),
    variable("QUIET_HOURS", "21:00-10:00", "two wall times like 21:00-10:00, or off"),
    variable("MIN_GAP", "24h", "a duration like 24h, or off"),
    variable("MESSAGES_PER_SECOND", "25", "a whole number from 1 to 1000"),
    variable("MIN_N", "10", "a whole number from 1 to 1000"),
    variable("NEW_AGENT_DAYS", "90", "a whole number from 1 to 3650"),
    variable(
        "OUTBOUND_ALLOW",
        "",
        "networks like 10.0.0.0/8, addresses like 10.0.0.7 and ports like :9443, separated by commas",
    ),
    variable("OUTBOUND_ALLOW_HTTP", "false", "true or false"),
    secret("SMTP_URL", "the address of a mail server, like smtps://login:password@mail.example"),
    variable("SMTP_FROM", "", "a sender like hello@shop.example or Shop <hello@shop.example>"),
    secret(
        "SMS_URL",
        "the address of an SMS service, like smsc://login:password@smsc.ru or smsaero://email:key@gate.smsaero.ru",
    ),
    secret(
        "HELPDESK_URL",
        "the address of a helpdesk, like zendesk://email:token@shop.zendesk.com, chatwoot://account:token@desk.example \
         or zammad://token:token@desk.example",
    ),
    variable("LINKS_PER_DAY", "500", "a whole number from 1 to 1000000"),
    variable("RETENTION", "off", "a duration like 365d, at least 1d, or off"),
    variable("LOG_FORMAT", "text", "text or json"),
    variable("RUST_LOG", "info", "levels as tracing reads them, like info or afterword=debug"),
];

const BUDGETS: &str = "severities urgent, normal and minor, also of one category like delivery/urgent, each with working \
                      time like 30m or 8h or working days like 1d, separated by commas";

/// The time zone used if neither `DEFAULT_TZ` nor an admin sets another.
pub const DEFAULT_TZ: Tz = Tz::Europe__Moscow;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// A chat, or one topic of a forum; topic 0 is the chat itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatTopic {
    pub chat: ChatId,
    pub topic: TopicId,
}

impl fmt::Display for ChatTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.topic {
            TopicId::NONE => write!(f, "{}", self.chat),
            topic => write!(f, "{}/{topic}", self.chat),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Config {
    /// Absent if the command does not need Telegram; see [`Config::token`].
    token: Option<SecretString>,
    pub api_url: String,
    /// The proxy on the way to Telegram. Its address may hold a password.
    pub https_proxy: Option<SecretString>,
    pub database_url: String,
    pub http_addr: SocketAddr,
    pub api_key: Option<SecretString>,
    pub admin_ids: BTreeSet<PersonId>,
    pub alert_chats: Vec<ChatTopic>,
    /// Chats that get overdue cases.
    pub escalation_chats: Vec<ChatTopic>,
    /// The settings of cases that admins cannot change, because the environment makes them.
    pub case_settings: BTreeMap<CaseSetting, String>,
    /// Without a trailing slash.
    pub public_url: Option<String>,
    /// Whose `X-Forwarded-For` tells who called.
    pub trusted_proxies: Networks,
    /// Absent if updates are polled.
    pub webhook: Option<Webhook>,
    pub link_ttl: Duration,
    pub brand: Option<String>,
    pub privacy_url: Option<String>,
    /// The languages of this installation: those every script must have, and those people can choose.
    pub languages: Languages,
    pub default_locale: &'static str,
    /// Absent if an admin may choose the time zone; see [`crate::service::Context::zone`].
    pub default_tz: Option<Tz>,
    pub sending: SendingDefaults,
    pub messages_per_second: u32,
    /// How many answers a figure needs before it is shown.
    pub min_n: MinN,
    /// For how many days an agent counts as new.
    pub new_agent_days: u32,
    /// Networks and ports that may be called besides public addresses and the usual ports.
    pub outbound_allow: Allowed,
    /// Whether other systems may be called without TLS.
    pub outbound_allow_http: bool,
    /// Sends personal links by e-mail.
    pub mail: Option<Mail>,
    /// Sends personal links by SMS.
    pub sms: Option<Sms>,
    /// Gets personal links as replies in tickets, and answers as notes.
    pub helpdesk: Option<Helpdesk>,
    /// The most personal links that are sent a day.
    pub links_per_day: u32,
    /// How long comments and the details of events are kept.
    pub retention: Option<Duration>,
    pub log_format: LogFormat,
    pub log_filter: String,
}

/// One wrong or missing value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}={value}: {problem}; allowed: {allowed}")]
pub struct Wrong {
    pub name: &'static str,
    /// The value as it was given; a secret is masked.
    pub value: String,
    pub problem: String,
    pub allowed: &'static str,
}

/// Everything that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<Wrong>);

impl Config {
    /// Reads the process's environment. Variables that are missing there come from `file`, the result of
    /// [`dotenv::read`].
    pub fn from_env(file: &HashMap<String, String>) -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "this is where the environment comes in")]
        Self::from_lookup(|name| match std::env::var(name) {
            Ok(value) => Some(value),
            Err(std::env::VarError::NotPresent) => file.get(name).cloned(),
            Err(std::env::VarError::NotUnicode(_)) => Some(NOT_TEXT.to_owned()),
        })
    }

    /// Reads variables through `lookup`; an empty value counts as absent.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut read = Reader { lookup, wrong: Vec::new() };
        let mode = read.value("TELEGRAM_MODE", Mode::from_str);
        let secret = read.optional("WEBHOOK_SECRET", webhook::parse_secret);
        let languages = read.value("LOCALES", Languages::from_str);
        let mut config = Self {
            token: read.optional("TELOXIDE_TOKEN", values::token),
            api_url: read.value("TELOXIDE_API_URL", values::base_url),
            https_proxy: read.optional("HTTPS_PROXY", values::proxy),
            database_url: read.value("DATABASE_URL", values::database_url),
            http_addr: read.value("HTTP_ADDR", |text| {
                text.parse().map_err(|_| "is not an address and a port".to_owned())
            }),
            api_key: read.optional("API_KEY", values::api_key),
            admin_ids: read
                .value("ADMIN_IDS", |text| values::list(text, values::user_id).map(BTreeSet::from_iter)),
            alert_chats: read.value("ALERT_CHATS", |text| values::list(text, ChatTopic::from_str)),
            escalation_chats: read.value("ESCALATION_CHATS", |text| values::list(text, ChatTopic::from_str)),
            case_settings: read.case_settings(),
            public_url: read.optional("PUBLIC_URL", values::base_url),
            trusted_proxies: read.value("TRUSTED_PROXIES", Networks::from_str),
            webhook: None,
            link_ttl: read.value("LINK_TTL", values::link_ttl),
            brand: read.optional("BRAND", values::brand),
            privacy_url: read.optional("PRIVACY_URL", values::url),
            default_locale: read.default_locale(&languages),
            languages,
            default_tz: read.optional("DEFAULT_TZ", |text| {
                text.parse().map_err(|_| "is not a known time zone".to_owned())
            }),
            sending: SendingDefaults {
                quiet_hours: read.value("QUIET_HOURS", QuietHours::from_str),
                min_gap: read.value("MIN_GAP", Span::from_str).get(),
            },
            messages_per_second: read.value("MESSAGES_PER_SECOND", |text| values::number(text, 1..=1000)),
            min_n: MinN(read.value("MIN_N", |text| values::number(text, 1..=1000)).into()),
            new_agent_days: read.value("NEW_AGENT_DAYS", |text| values::number(text, 1..=3650)),
            outbound_allow: read.value("OUTBOUND_ALLOW", Allowed::from_str),
            outbound_allow_http: read.value("OUTBOUND_ALLOW_HTTP", values::flag),
            mail: None,
            sms: read.optional("SMS_URL", reaching::sms),
            helpdesk: read.optional("HELPDESK_URL", reaching::helpdesk),
            links_per_day: read.value("LINKS_PER_DAY", |text| values::number(text, 1..=1_000_000)),
            retention: read.value("RETENTION", values::retention),
            log_format: read.value("LOG_FORMAT", |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("is not a format".to_owned()),
            }),
            log_filter: read.value("RUST_LOG", |text| {
                tracing_subscriber::EnvFilter::try_new(text)
                    .map(|_| text.to_owned())
                    .map_err(|error| format!("cannot be read: {error}"))
            }),
        };
        if mode == Mode::Webhook {
            config.webhook = read.webhook(&config, secret);
        }
        config.mail = read.mail(config.brand.as_deref());
        read.require_public_url(&config);
        read.refuse_published_token(&config);
        if read.wrong.is_empty() { Ok(config) } else { Err(ConfigError(read.wrong)) }
    }

    /// Describes the database for people, without its password.
    pub fn database(&self) -> String {
        match postgres::Address::parse(&self.database_url) {
            Ok(address) if postgres::is_meant(&self.database_url) => address.without_password(),
            _ => shown::address(&self.database_url),
        }
    }

    /// The bot's token, for the commands that talk to Telegram.
    pub fn token(&self) -> Result<&SecretString, ConfigError> {
        self.token.as_ref().ok_or_else(|| {
            let variable = describe("TELOXIDE_TOKEN");
            ConfigError(vec![Wrong {
                name: variable.name,
                value: String::new(),
                problem: "is not set".to_owned(),
                allowed: variable.allowed,
            }])
        })
    }
}

fn describe(name: &str) -> &'static Variable {
    static UNKNOWN: Variable = variable("?", "", "?");
    VARIABLES.iter().find(|variable| variable.name == name).unwrap_or(&UNKNOWN)
}

struct Reader<L> {
    lookup: L,
    wrong: Vec<Wrong>,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// The raw value. A value that is empty or only white space counts as absent.
    fn given(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    /// Reads a variable that may be absent.
    fn optional<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.given(name)?;
        parsed(name, &value, parse).map_err(|problem| self.refuse(name, value.trim(), problem)).ok()
    }

    /// Reads a variable that has a default. If the value is refused, the default is used, so that all mistakes are
    /// found in one run.
    fn value<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
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
    fn default_locale(&mut self, languages: &Languages) -> &'static str {
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

    fn mail(&mut self, brand: Option<&str>) -> Option<Mail> {
        let server = self.optional("SMTP_URL", MailServer::parse);
        let from = self.optional("SMTP_FROM", reaching::mailbox);
        let with_sender = server?.with_sender(from, brand);
        let given = self.given("SMTP_URL").unwrap_or_default();
        with_sender.map_err(|problem| self.refuse("SMTP_URL", &given, problem)).ok()
    }

    /// Every message to a customer outside Telegram names an address at which they unsubscribe.
    fn require_public_url(&mut self, config: &Config) {
        if config.public_url.is_some() {
            return;
        }
        for name in ["SMTP_URL", "SMS_URL", "HELPDESK_URL"] {
            if let Some(given) = self.given(name) {
                let problem = "needs PUBLIC_URL, where customers unsubscribe".to_owned();
                self.refuse(name, given.trim(), problem);
            }
        }
    }

    /// Reads the settings of cases in order, so that one which contradicts those before it is refused.
    fn case_settings(&mut self) -> BTreeMap<CaseSetting, String> {
        let settings = RefCell::new(CaseSettings::default());
        let mut given = BTreeMap::new();
        for setting in CaseSetting::ALL {
            let parse =
                |text: &str| settings.borrow_mut().set(setting, text, DEFAULT_TZ).map(|()| text.to_owned());
            if let Some(text) = self.optional(setting.variable(), parse) {
                given.insert(setting, text);
            }
        }
        given
    }

    /// Refuses a token that was published as an example, because nobody has put in a real one yet. A simulated Telegram
    /// accepts any token, so this applies only to the real Telegram.
    fn refuse_published_token(&mut self, config: &Config) {
        let is_telegram = config.api_url == describe("TELOXIDE_API_URL").default;
        let token = config.token.as_ref().map(ExposeSecret::expose_secret);
        if let Some(token) = token.filter(|token| is_telegram && published::is_published_token(token)) {
            let problem = "is a published example; ask @BotFather for one (/newbot)".to_owned();
            self.refuse("TELOXIDE_TOKEN", token, problem);
        }
    }

    fn refuse(&mut self, name: &str, value: &str, problem: String) {
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
const NOT_TEXT: &str = "\u{fffd}";

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

/// The bot's own ID, with which every token begins.
pub fn bot_id(token: &SecretString) -> i64 {
    token.expose_secret().split(':').next().and_then(|id| id.parse().ok()).unwrap_or_default()
}

/// The secret in plain text, for comparing and for the address of Telegram's API. It must never get into a text.
pub fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_gives_the_defaults() {
        let config = read(&[]).unwrap();
        assert_eq!(config.database_url, "sqlite://afterword.db");
        assert_eq!(config.sending, SendingDefaults::default());
        assert_eq!((config.default_tz, DEFAULT_TZ.name()), (None, describe("DEFAULT_TZ").default));
        assert_eq!((config.messages_per_second, config.default_locale), (25, "ru"));
        assert!(config.token().unwrap_err().to_string().starts_with("TELOXIDE_TOKEN=: is not set"));
    }

    #[test]
    fn every_wrong_value_is_named_with_what_is_allowed() {
        for variable in VARIABLES {
            let wrong = match variable.name {
                "RUST_LOG" => "afterword=loud",
                "BRAND" => "a\u{7}",
                "CASE_URGENT_SEGMENTS" => ",",
                _ => "-",
            };
            let ConfigError(found) = read(&[(variable.name, wrong)]).unwrap_err();
            assert_eq!(found.len(), 1, "{}", variable.name);
            assert_eq!((found[0].name, found[0].allowed), (variable.name, variable.allowed));
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once_and_secrets_are_masked() {
        let error = read(&[("API_KEY", "hunter2"), ("MIN_GAP", "1 day"), ("ADMIN_IDS", "1,x")]).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.0.len(), 3, "{text}");
        assert!(text.contains("MIN_GAP=1 day") && text.contains("'x' is not a user ID"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn white_space_is_cut_off_but_not_from_a_secret() {
        assert_eq!(read(&[("BRAND", " Shop ")]).unwrap().brand.as_deref(), Some("Shop"));
        assert!(read(&[("API_KEY", " ")]).unwrap().api_key.is_none());
        for (name, value) in [
            ("API_KEY", "0f3a9c81d27b46e5a0 "),
            ("API_KEY", "\t0f3a9c81d27b46e5a0"),
            ("WEBHOOK_SECRET", "0f3a9c81d27b46e5a0\n"),
            ("DATABASE_URL", "postgres://me@db.example/x?password=hunter2 "),
        ] {
            let refused = read(&[(name, value)]).unwrap_err().to_string();
            assert!(refused.contains(name) && refused.contains("white space"), "{refused}");
            assert!(!refused.contains("9c81") && !refused.contains("hunter2"), "{refused}");
        }
    }

    #[test]
    fn the_password_of_a_database_is_not_shown() {
        let error =
            read(&[("DATABASE_URL", "mysql://me:hunter2@db.example:1/x?password=hunter2")]).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("DATABASE_URL=mysql://db.example:1/x: "), "{text}");
    }

    #[test]
    fn a_wrong_postgres_address_is_told_without_its_password() {
        let wrong = "postgres://me:hun:t/er2@db.example/x";
        let text = read(&[("DATABASE_URL", wrong)]).unwrap_err().to_string();
        assert!(
            text.starts_with("DATABASE_URL=postgres://db.example/x: cannot be read") && !text.contains("er2"),
            "{text}"
        );
        for right in [
            "postgres://me:hunter2@db.example/x?sslmode=require",
            "postgresql://%2Frun%2Fpostgresql/x",
            "dbname=x",
        ] {
            let config = read(&[("DATABASE_URL", right)]).unwrap();
            assert_eq!(config.database_url, right);
            assert!(!config.database().contains("hunter2"));
        }
    }

    #[test]
    fn a_webhook_needs_an_address_and_a_secret_that_telegram_takes() {
        let refused = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs.iter().copied().chain([("TELEGRAM_MODE", "webhook")]).collect();
            let ConfigError(wrong) = read(&pairs).unwrap_err();
            wrong.iter().map(|wrong| wrong.name).collect::<Vec<_>>()
        };
        let secret = ("WEBHOOK_SECRET", "a-secret-of-16_Z");
        assert_eq!(refused(&[]), ["WEBHOOK_SECRET", "PUBLIC_URL"]);
        assert_eq!(refused(&[secret, ("PUBLIC_URL", "http://shop.example")]), ["PUBLIC_URL"]);
        assert_eq!(refused(&[secret, ("PUBLIC_URL", "https://shop.example:8080")]), ["PUBLIC_URL"]);
        let right = ("PUBLIC_URL", "https://shop.example:8443/afterword/");
        for wrong in
            ["short", "fifteen-letters", "white space inside it", "ends-with-a-letter-я", &"a".repeat(257)]
        {
            assert_eq!(refused(&[("WEBHOOK_SECRET", wrong), right]), ["WEBHOOK_SECRET"], "{wrong}");
        }
        let webhook = |pairs: &[(&str, &str)]| read(pairs).unwrap().webhook;
        let set = webhook(&[secret, right, ("TELEGRAM_MODE", "webhook")]).unwrap();
        assert_eq!(set.url, "https://shop.example:8443/afterword/telegram/webhook");
        assert!(webhook(&[secret, right]).is_none());
        let local = [("TELOXIDE_API_URL", "http://127.0.0.1:8081"), ("PUBLIC_URL", "http://127.0.0.1:8080")];
        assert!(webhook(&[secret, local[0], local[1], ("TELEGRAM_MODE", "webhook")]).is_some());
    }

    #[test]
    fn the_default_language_is_one_of_the_installations() {
        let read = |pairs: &[(&str, &str)]| {
            let config = read(pairs).map_err(|error| error.to_string())?;
            Ok::<_, String>((config.languages.to_string(), config.default_locale))
        };
        let are = |languages: &str, default| Ok((languages.to_owned(), default));
        assert_eq!(read(&[]), are("ru, en", "ru"));
        assert_eq!(
            read(&[("DEFAULT_LOCALE", "en")]),
            are("ru, en", "en"),
            "as it was before there was LOCALES"
        );
        assert_eq!(read(&[("LOCALES", "kk, ru")]), are("kk, ru", "kk"));
        assert_eq!(read(&[("LOCALES", "en")]), are("en", "en"));
        assert_eq!(read(&[("LOCALES", "ru,en,kk"), ("DEFAULT_LOCALE", "kk")]), are("ru, en, kk", "kk"));
        for (wrong, said) in [
            (
                [("LOCALES", "ru,tlh"), ("BRAND", "")],
                "LOCALES=ru,tlh: 'tlh' is not the ISO 639-1 code of a language; ",
            ),
            ([("LOCALES", "ru,en,ru"), ("BRAND", "")], "LOCALES=ru,en,ru: 'ru' is named twice; "),
            ([("LOCALES", ","), ("BRAND", "")], "LOCALES=,: names no language; "),
            (
                [("LOCALES", "en"), ("DEFAULT_LOCALE", "ru")],
                "DEFAULT_LOCALE=ru: is not one of LOCALES (en); ",
            ),
            (
                [("DEFAULT_LOCALE", "kk"), ("BRAND", "")],
                "DEFAULT_LOCALE=kk: is not one of LOCALES (ru, en); ",
            ),
            ([("LOCALES", "xx"), ("DEFAULT_LOCALE", "kk")], "LOCALES=xx: 'xx' is not the ISO 639-1 code"),
        ] {
            let text = read(&wrong).unwrap_err();
            assert!(text.starts_with(said) && text.lines().count() == 1, "{text}");
        }
    }

    #[test]
    fn alert_chats_may_name_a_topic() {
        let config = read(&[("ALERT_CHATS", "-100123/42, 77")]).unwrap();
        assert_eq!(
            config.alert_chats,
            [
                ChatTopic { chat: ChatId::new(-100_123), topic: TopicId::new(42) },
                ChatTopic { chat: ChatId::new(77), topic: TopicId::NONE }
            ]
        );
    }
}
