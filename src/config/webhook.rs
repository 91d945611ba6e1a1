//! How updates come in: the program polls for them, or Telegram delivers them to an address of ours.

use std::str::FromStr;

use reqwest::Url;
use secrecy::SecretString;

use super::reader::Reader;
use super::variables::describe;
use super::{Config, Wrong, published};

/// The path of the webhook, below `PUBLIC_URL`.
pub const PATH: &str = "/telegram/webhook";
/// The ports to which Telegram delivers updates. Bot API, setWebhook.
const PORTS: [u16; 4] = [443, 80, 88, 8443];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Polling,
    Webhook,
}

/// Where Telegram delivers updates, and the secret by which it is recognised.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub url: String,
    pub secret: SecretString,
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "polling" => Ok(Self::Polling),
            "webhook" => Ok(Self::Webhook),
            _ => Err("is not a way to get updates".to_owned()),
        }
    }
}

/// Telegram accepts shorter secrets, too, but whoever guesses the secret can impersonate any user.
pub(super) fn parse_secret(text: &str) -> Result<SecretString, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (16..=256).contains(&text.len()) && text.bytes().all(fits) {
        published::refuse(text).map(|()| SecretString::from(text))
    } else {
        Err("is too short, too long, or has characters that Telegram does not take".to_owned())
    }
}

/// Whether Telegram's own servers would deliver updates to this address. A self-hosted Bot API server has no such
/// limits.
fn is_reachable_for_telegram(public_url: &str) -> bool {
    let port = |url: &Url| url.port_or_known_default().is_some_and(|port| PORTS.contains(&port));
    Url::parse(public_url).is_ok_and(|url| url.scheme() == "https" && port(&url))
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// Reads what webhook mode needs, and refuses other variables that do not fit it.
    pub(super) fn webhook(&mut self, config: &Config, secret: Option<SecretString>) -> Option<Webhook> {
        if secret.is_none() {
            self.miss("WEBHOOK_SECRET");
        }
        let Some(public_url) = &config.public_url else {
            self.miss("PUBLIC_URL");
            return None;
        };
        let is_telegram = config.api_url == describe("TELOXIDE_API_URL").default;
        if is_telegram && !is_reachable_for_telegram(public_url) {
            let problem = "is not where Telegram brings updates (TELEGRAM_MODE=webhook): it takes https, and the ports \
                           443, 80, 88 and 8443";
            self.refuse("PUBLIC_URL", public_url, problem.to_owned());
        }
        Some(Webhook { url: format!("{public_url}{PATH}"), secret: secret? })
    }

    /// Refuses the absence of a variable. One that is present has been accepted or refused already.
    fn miss(&mut self, name: &str) {
        if self.given(name).is_none() {
            let variable = describe(name);
            let problem = "is not set, and TELEGRAM_MODE=webhook needs it".to_owned();
            let value = String::new();
            self.wrong.push(Wrong { name: variable.name, value, problem, allowed: variable.allowed });
        }
    }
}
