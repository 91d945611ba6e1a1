//! The environment as types.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use chrono_tz::Tz;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::callable::Allowed;
use crate::domain::case_settings::CaseSetting;
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::domain::locale::Languages;
use crate::domain::network::Networks;
use crate::domain::sending::{QuietHours, SendingDefaults, Span};
use crate::domain::stats::measure::MinN;

pub mod address;
pub mod dotenv;
pub mod postgres;
mod published;
pub mod reaching;
mod reader;
mod shown;
mod values;
mod variables;
pub mod webhook;

use reaching::{Helpdesk, Mail, Sms};
use reader::{NOT_TEXT, Reader};
use variables::describe;
use webhook::{Mode, Webhook};

pub use variables::{VARIABLES, Variable};

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
        let mut read = Reader::new(lookup);
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
