//! Checks and secrets by which no delivery could ever pass.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::HeaderName;

use super::{Check, Signed};
use crate::domain::nearest::nearest;
use crate::domain::network::Network;

const BODY: &str = "body";
const TIMESTAMP: &str = "timestamp";

/// Why a secret can never match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("write the secret as login:password, as the other system has them")]
    NoLogin,
    #[error("the secret is whsec_ and base64, as the other system shows it; this is no base64")]
    NotBase64,
}

impl Check {
    /// Says why a secret can never match; `None` if it may.
    #[must_use]
    pub fn unfit(&self, secret: &str) -> Option<Unfit> {
        match self {
            Self::Basic => (!secret.contains(':')).then_some(Unfit::NoLogin),
            Self::StandardWebhooks => {
                let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap_or(secret));
                key.unwrap_or_default().is_empty().then_some(Unfit::NotBase64)
            }
            _ => None,
        }
    }

    /// # Errors
    /// Returns the first mistake, with its place.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Ip { networks } if networks.is_empty() => {
                Err("networks: name at least one, or no delivery would pass".to_owned())
            }
            Self::Ip { networks } => networks.iter().try_for_each(|network| {
                network.parse::<Network>().map(drop).map_err(|why| format!("networks: {why}"))
            }),
            Self::Hmac(signed) => signed.check(),
            Self::HeaderToken { header } | Self::SignedList { header } => named_header("header", header),
            Self::QueryToken { name } => filled("name", name),
            Self::BodyToken { path } => path.split('.').try_for_each(|part| filled("path", part)),
            Self::Basic | Self::Bearer | Self::StandardWebhooks | Self::FieldHash(_) => Ok(()),
        }
    }
}

fn filled(place: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err(format!("{place}: is empty")) } else { Ok(()) }
}

fn named_header(place: &str, name: &str) -> Result<(), String> {
    HeaderName::from_bytes(name.as_bytes())
        .map(drop)
        .map_err(|_| format!("{place}: '{}' is no name of a header", name.escape_debug()))
}

impl Signed {
    fn check(&self) -> Result<(), String> {
        named_header("header", &self.header)?;
        self.timestamp_header.as_ref().map_or(Ok(()), |name| named_header("timestamp_header", name))?;
        for (_, rest) in self.signed.match_indices('{').map(|(at, _)| self.signed.split_at(at + 1)) {
            let name = rest.split_once('}').map_or(rest, |(name, _)| name);
            if name != BODY && name != TIMESTAMP {
                let meant = nearest(name, [BODY, TIMESTAMP]);
                let meant = meant.map(|meant| format!("; did you mean {{{meant}}}?")).unwrap_or_default();
                return Err(format!(
                    "signed: there is no {{{name}}}, only {{body}} and {{timestamp}}{meant}"
                ));
            }
        }
        if !self.signed.contains("{body}") {
            return Err(
                "signed: name {body}; otherwise one valid signature would pass any delivery".to_owned()
            );
        }
        match (self.signed.contains("{timestamp}"), &self.timestamp_header) {
            (true, None) => Err("timestamp_header: name the header that {timestamp} is in".to_owned()),
            (false, Some(_)) => {
                Err("signed: without {timestamp}, the header's time shows nothing".to_owned())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_can_never_match_is_told() {
        for (check, secret, unfit) in [
            (Check::Basic, "no-colon", Some(Unfit::NoLogin)),
            (Check::Basic, "login:password", None),
            (Check::StandardWebhooks, "whsec_!!!not base64", Some(Unfit::NotBase64)),
            (Check::StandardWebhooks, "whsec_", Some(Unfit::NotBase64)),
            (Check::StandardWebhooks, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", None),
            (Check::Bearer, "anything", None),
        ] {
            assert_eq!(check.unfit(secret), unfit, "{secret}");
        }
    }

    #[test]
    fn a_check_that_no_delivery_can_pass_is_told() {
        for (source, why) in [
            ("kind = 'header_token'\nheader = 'X Token:'", "header: 'X Token:' is no name of a header"),
            ("kind = 'signed_list'\nheader = ''", "header: '' is no name"),
            ("kind = 'body_token'\npath = ''", "path: is empty"),
            ("kind = 'body_token'\npath = 'a..b'", "path: is empty"),
            ("kind = 'query_token'\nname = ' '", "name: is empty"),
            ("kind = 'ip'\nnetworks = []", "networks: name at least one"),
        ] {
            let told = toml::from_str::<Check>(source).unwrap().check().unwrap_err();
            assert!(told.starts_with(why), "{source}: {told}");
        }
    }

    const HEADER: &str = "timestamp_header = 'T'";

    #[test]
    fn what_is_signed_is_named_right() {
        let checked = |signed: &str, more: &str| {
            let source = format!(
                "kind = 'hmac'\nhash = 'sha256'\nencoding = 'hex'\nheader = 'X'\nsigned = '{signed}'\n{more}"
            );
            toml::from_str::<Check>(&source).unwrap().check().err().unwrap_or_default()
        };
        assert_eq!(checked("{timestamp}.{body}", HEADER), "");
        assert_eq!(checked("{body}", ""), "");
        assert!(checked("{timestap}.{body}", HEADER).ends_with("did you mean {timestamp}?"));
        assert!(checked("{id}.{body}", "").contains("there is no {id}"));
        assert!(checked("{timestamp}.{body}", "").starts_with("timestamp_header: "));
        assert!(checked("{timestamp}", HEADER).contains("name {body}"));
        assert!(checked("{body}", HEADER).contains("without {timestamp}"));
    }
}
