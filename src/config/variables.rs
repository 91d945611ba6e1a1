//! Every environment variable, described once. A test compares `.env.example` with it.

use crate::domain::case_settings::CaseSetting;
use crate::domain::locale::Languages;

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
    pub(super) fn may_hold_hash(&self) -> bool {
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

pub(super) fn describe(name: &str) -> &'static Variable {
    static UNKNOWN: Variable = variable("?", "", "?");
    VARIABLES.iter().find(|variable| variable.name == name).unwrap_or(&UNKNOWN)
}
