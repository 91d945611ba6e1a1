//! Whether a delivery comes from the system that the hook was made for. The kinds are data of a preset; secrets are
//! the hook's own. Signatures are checked over the bytes as they came, and compared in constant time.

mod fields;
mod fit;

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use subtle::ConstantTimeEq as _;

use super::moment;
use crate::domain::network::Networks;
use crate::domain::time::Timestamp;

pub use fields::HashedFields;
pub use fit::Unfit;

/// How far a signed time may be from ours, unless the preset says otherwise.
const TOLERANCE: Duration = Duration::from_mins(5);
/// The most signatures that one header may hold.
const MOST_SIGNATURES: usize = 8;

/// How a system shows that a delivery is its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// A header that holds the secret.
    HeaderToken {
        header: String,
    },
    /// A parameter of the address that holds the secret.
    QueryToken {
        name: String,
    },
    /// A member of the body, by its dotted path, that holds the secret.
    BodyToken {
        path: String,
    },
    /// Basic authentication; the secret is `user:password`.
    Basic,
    Bearer,
    Hmac(Signed),
    /// Standard Webhooks 1.0.0. The secret is `whsec_` and base64.
    StandardWebhooks,
    /// A header like `t=…,v1=…`; the time and the body are signed.
    SignedList {
        header: String,
    },
    /// A member of the body that holds a hash of the other ones: of their values in the order of their names, the secret
    /// among them.
    FieldHash(HashedFields),
    /// The networks from which the system calls. It needs no secret.
    Ip {
        networks: Vec<String>,
    },
}

/// The parts of an HMAC signature.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    pub hash: Hash,
    pub encoding: Encoding,
    pub header: String,
    /// What stands before the signature in its header.
    #[serde(default)]
    pub prefix: String,
    /// What is signed: a text with `{body}` and `{timestamp}`.
    #[serde(default = "just_the_body")]
    pub signed: String,
    #[serde(default)]
    pub timestamp_header: Option<String>,
    /// Whether a signed time that is far from ours is taken too, as from a sender that repeats with the first time.
    #[serde(default)]
    pub any_age: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    Hex,
    Base64,
}

fn just_the_body() -> String {
    "{body}".to_owned()
}

/// What there is to check.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Names in lower case.
    pub headers: &'a [(String, String)],
    pub query: &'a [(String, String)],
    pub body: &'a [u8],
    /// Who called, behind the proxies that are trusted.
    pub address: IpAddr,
    pub now: Timestamp,
}

impl Request<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }
}

impl Check {
    /// Whether a hook of this kind has a secret of its own.
    #[must_use]
    pub const fn needs_secret(&self) -> bool {
        !matches!(self, Self::Ip { .. })
    }

    /// The header that carries the proof, which is therefore never stored.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::HeaderToken { header } | Self::SignedList { header } => Some(header),
            Self::Hmac(signed) => Some(&signed.header),
            Self::Basic | Self::Bearer => Some("authorization"),
            Self::StandardWebhooks => Some("webhook-signature"),
            Self::QueryToken { .. } | Self::BodyToken { .. } | Self::FieldHash(_) | Self::Ip { .. } => None,
        }
    }

    /// Whether the request shows that it knows one of the secrets. All of them are tried, whichever is right.
    #[must_use]
    pub fn passes(&self, request: &Request<'_>, secrets: &[String]) -> bool {
        if let Self::Ip { networks } = self {
            let networks: Networks = networks.iter().filter_map(|network| network.parse().ok()).collect();
            return networks.contains(request.address);
        }
        secrets.iter().fold(false, |passed, secret| self.knows(request, secret) | passed)
    }

    fn knows(&self, request: &Request<'_>, secret: &str) -> bool {
        match self {
            Self::HeaderToken { header } => request.header(header).is_some_and(|token| same(token, secret)),
            Self::QueryToken { name } => {
                let token = request.query.iter().find(|(known, _)| known == name);
                token.is_some_and(|(_, token)| same(token, secret))
            }
            Self::BodyToken { path } => body_token(request, path).is_some_and(|token| same(&token, secret)),
            Self::Basic => {
                let given = request.header("authorization").and_then(|value| scheme(value, "basic"));
                given.is_some_and(|given| same(given, &BASE64.encode(secret)))
            }
            Self::Bearer => {
                let given = request.header("authorization").and_then(|value| scheme(value, "bearer"));
                given.is_some_and(|given| same(given, secret))
            }
            Self::Hmac(signed) => signed.is_right(request, secret),
            Self::StandardWebhooks => standard_webhooks(request, secret).unwrap_or(false),
            Self::SignedList { header } => signed_list(request, header, secret).unwrap_or(false),
            Self::FieldHash(fields) => fields.is_right(request, secret).unwrap_or(false),
            Self::Ip { .. } => false,
        }
    }
}

/// What follows the name of a scheme of `Authorization`.
fn scheme<'v>(value: &'v str, name: &str) -> Option<&'v str> {
    let (given, rest) = value.split_once(' ')?;
    given.eq_ignore_ascii_case(name).then(|| rest.trim())
}

/// Compares without telling by its time how much is the same.
fn same(given: &str, expected: &str) -> bool {
    bool::from(given.as_bytes().ct_eq(expected.as_bytes()))
}

fn body_token(request: &Request<'_>, path: &str) -> Option<String> {
    let content_type = request.header("content-type").unwrap_or_default();
    let body = super::body::read(request.body, super::body::Format::Auto, content_type).ok()?;
    let value = path.split('.').try_fold(body.content, |value, name| value.get_attr(name).ok())?;
    super::engine::text_of(&value)
}

impl Signed {
    fn is_right(&self, request: &Request<'_>, secret: &str) -> bool {
        let Some(given) = request.header(&self.header) else { return false };
        let timestamp = match &self.timestamp_header {
            Some(header) => match request.header(header) {
                Some(timestamp) => timestamp,
                None => return false,
            },
            None => "",
        };
        if self.timestamp_header.is_some() && !self.any_age && !is_recent(timestamp, request.now) {
            return false;
        }
        let message = self.message(timestamp, request.body);
        let Some(expected) = self.hash.mac(secret.as_bytes(), &message) else { return false };
        given
            .split(',')
            .take(MOST_SIGNATURES)
            .filter_map(|signature| {
                self.encoding.decode(signature.trim().strip_prefix(self.prefix.as_str())?)
            })
            .any(|signature| bool::from(signature.ct_eq(&expected)))
    }

    /// The bytes that are signed.
    fn message(&self, timestamp: &str, body: &[u8]) -> Vec<u8> {
        let filled = self.signed.replace("{timestamp}", timestamp);
        let (before, after) = filled.split_once("{body}").unwrap_or((&filled, ""));
        [before.as_bytes(), body, after.as_bytes()].concat()
    }
}

impl Hash {
    fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    fn mac(self, key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        macro_rules! mac {
            ($hash:ty) => {{
                let mut mac = Hmac::<$hash>::new_from_slice(key).ok()?;
                mac.update(message);
                Some(mac.finalize().into_bytes().to_vec())
            }};
        }
        match self {
            Self::Sha1 => mac!(Sha1),
            Self::Sha256 => mac!(Sha256),
            Self::Sha512 => mac!(Sha512),
        }
    }
}

impl Encoding {
    fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => BASE64.decode(text).ok(),
            Self::Hex => {
                let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
                let is_hex =
                    text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                is_hex.then(|| (0..text.len()).step_by(2).map(pair).collect())?
            }
        }
    }
}

fn is_recent(timestamp: &str, now: Timestamp) -> bool {
    let at = moment::read(timestamp, chrono_tz::Tz::UTC).map(|(at, _)| at);
    at.is_some_and(|at| now.since(at).max(at.since(now)) <= TOLERANCE)
}

fn standard_webhooks(request: &Request<'_>, secret: &str) -> Option<bool> {
    let (id, timestamp) = (request.header("webhook-id")?, request.header("webhook-timestamp")?);
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
    let message = [format!("{id}.{timestamp}.").as_bytes(), request.body].concat();
    let expected = Hash::Sha256.mac(&key, &message)?;
    let signatures = request.header("webhook-signature")?.split(' ').take(MOST_SIGNATURES);
    let is_right = signatures
        .filter_map(|signature| BASE64.decode(signature.strip_prefix("v1,")?).ok())
        .any(|signature| bool::from(signature.ct_eq(&expected)));
    Some(is_right && is_recent(timestamp, request.now))
}

fn signed_list(request: &Request<'_>, header: &str, secret: &str) -> Option<bool> {
    let parts: Vec<(&str, &str)> = request
        .header(header)?
        .split(',')
        .take(MOST_SIGNATURES)
        .filter_map(|part| part.trim().split_once('='))
        .collect();
    let (_, timestamp) = parts.iter().find(|(name, _)| *name == "t")?;
    let message = [format!("{timestamp}.").as_bytes(), request.body].concat();
    let expected = Hash::Sha256.mac(secret.as_bytes(), &message)?;
    let is_right = parts
        .iter()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, signature)| Encoding::Hex.decode(signature))
        .any(|signature| bool::from(signature.ct_eq(&expected)));
    Some(is_right && is_recent(timestamp, request.now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request<'a>(headers: &'a [(String, String)], body: &'a [u8], now: i64) -> Request<'a> {
        let address = "192.0.2.1".parse().unwrap();
        Request { headers, query: &[], body, address, now: Timestamp::from_millis(now * 1000) }
    }

    fn headers<const N: usize>(headers: [(&str, &str); N]) -> Vec<(String, String)> {
        headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    #[test]
    fn standard_webhooks_are_known_by_the_specifications_own_example() {
        let headers = headers([
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ]);
        let secrets = ["other".to_owned(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()];
        let passes =
            |body: &[u8], now: i64| Check::StandardWebhooks.passes(&request(&headers, body, now), &secrets);
        assert!(passes(b"{\"test\": 2432232314}", 1_614_265_340));
        assert!(!passes(b"{\"test\":2432232314}", 1_614_265_340), "other bytes");
        assert!(!passes(b"{\"test\": 2432232314}", 1_614_265_931), "ten minutes old");
    }

    #[test]
    fn tokens_are_compared_whole_and_any_secret_of_a_rotation_will_do() {
        let secrets = ["old".to_owned(), "new".to_owned()];
        let passes = |check: &Check, name: &str, value: &str| {
            check.passes(&request(&headers([(name, value)]), b"{\"auth\":{\"token\":\"new\"}}", 0), &secrets)
        };
        let header = Check::HeaderToken { header: "X-Token".to_owned() };
        for (value, is_right) in [("old", true), ("new", true), ("ne", false), ("", false), ("new ", false)] {
            assert_eq!(passes(&header, "x-token", value), is_right, "{value}");
        }
        assert!(passes(&Check::Bearer, "authorization", "bearer new"));
        assert!(!passes(&Check::Bearer, "authorization", "Basic new"));
        assert!(passes(&Check::Basic, "authorization", "Basic bmV3"));
        assert!(passes(&Check::BodyToken { path: "auth.token".to_owned() }, "x", ""));
        assert!(!passes(&Check::BodyToken { path: "auth".to_owned() }, "x", ""));
    }

    #[test]
    fn of_a_list_of_signatures_any_may_be_right() {
        let mac = Hash::Sha256.mac(b"whsec_text", b"1795262645.{}").unwrap();
        let hex = crate::domain::hook::engine::hexadecimal(&mac);
        let headers = headers([("stripe-signature", &format!("t=1795262645,v1=00,v1={hex}"))]);
        let check = Check::SignedList { header: "Stripe-Signature".to_owned() };
        let passes =
            |body: &[u8]| check.passes(&request(&headers, body, 1_795_262_650), &["whsec_text".to_owned()]);
        assert!(passes(b"{}"));
        assert!(!passes(b"{ }"));
    }

    #[test]
    fn without_a_secret_nothing_passes() {
        let headers = headers([("x-token", "")]);
        assert!(!Check::HeaderToken { header: "x-token".to_owned() }.passes(&request(&headers, b"", 0), &[]));
    }
}
