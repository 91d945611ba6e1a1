//! Parsers for the values of the variables.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

use super::{ChatTopic, postgres, published};
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::domain::sending::Span;
use crate::domain::time::parse_duration;

pub(super) fn list<T>(text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(parse).collect()
}

pub(super) fn number(text: &str, allowed: RangeInclusive<u32>) -> Result<u32, String> {
    text.parse().ok().filter(|number| allowed.contains(number)).ok_or_else(|| "is out of range".to_owned())
}

pub(super) fn token(text: &str) -> Result<SecretString, String> {
    let shaped = text.split_once(':').is_some_and(|(id, secret)| {
        id.parse::<i64>().is_ok_and(|id| id > 0)
            && secret.len() >= 20
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    });
    if shaped { Ok(SecretString::from(text)) } else { Err("is not a bot token".to_owned()) }
}

pub(super) fn url(text: &str) -> Result<String, String> {
    reqwest::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .map(|_| text.to_owned())
        .ok_or_else(|| "is not an http(s) address".to_owned())
}

/// An address to which paths are appended.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    let url = url(text)?;
    if url.contains(['?', '#']) {
        return Err("must have no ? and no #, because paths are appended to it".to_owned());
    }
    Ok(url.trim_end_matches('/').to_owned())
}

pub(super) fn proxy(text: &str) -> Result<SecretString, String> {
    reqwest::Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "socks5" | "socks5h") && url.has_host())
        .map(|_| SecretString::from(text))
        .ok_or_else(|| "is not the address of an http or socks5 proxy".to_owned())
}

pub(super) fn database_url(text: &str) -> Result<String, String> {
    if postgres::is_meant(text) {
        let address = postgres::Address::parse(text)?;
        published::refuse_in_address(&address)?;
        return Ok(text.to_owned());
    }
    match text.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//")) {
        Some(path) if path.starts_with(":memory:") || path.contains("mode=memory") => {
            Err("would be forgotten at the first restart".to_owned())
        }
        Some(path) if !path.is_empty() => Ok(text.to_owned()),
        _ => Err("is not a database address".to_owned()),
    }
}

pub(super) fn api_key(text: &str) -> Result<SecretString, String> {
    if text.starts_with(['\'', '"']) && text.ends_with(['\'', '"']) {
        return Err("is in quotes, which were left in place, as docker's --env-file does".to_owned());
    }
    if text.chars().count() < 16 || !text.chars().all(|c| c.is_ascii_graphic()) {
        return Err("is too short or has characters a header cannot carry".to_owned());
    }
    published::refuse(text).map(|()| SecretString::from(text))
}

pub(super) fn user_id(text: &str) -> Result<PersonId, String> {
    text.parse()
        .ok()
        .filter(|id| *id > 0)
        .map(PersonId::new)
        .ok_or_else(|| format!("'{text}' is not a user ID"))
}

pub(super) fn link_ttl(text: &str) -> Result<Duration, String> {
    let ttl = parse_duration(text)?;
    if ttl < Duration::from_mins(1) { Err("is too short".to_owned()) } else { Ok(ttl) }
}

pub(super) fn retention(text: &str) -> Result<Option<Duration>, String> {
    let kept = Span::from_str(text)?.get();
    let too_short = kept.is_some_and(|kept| kept < Duration::from_hours(24));
    if too_short { Err("is too short: surveys need some days".to_owned()) } else { Ok(kept) }
}

pub(super) fn flag(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "is neither true nor false".to_owned())
}

pub(super) fn brand(text: &str) -> Result<String, String> {
    let fits = text.chars().count() <= 64 && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("is too long or has control characters".to_owned()) }
}

impl FromStr for ChatTopic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not a chat ID");
        let (chat, topic) = text.split_once('/').map_or((text, None), |(chat, topic)| (chat, Some(topic)));
        let chat = chat.parse().ok().filter(|id| *id != ChatId::new(0)).ok_or_else(wrong)?;
        let topic = match topic {
            Some(topic) => topic.parse().ok().filter(|id| *id > TopicId::NONE).ok_or_else(wrong)?,
            None => TopicId::NONE,
        };
        Ok(Self { chat, topic })
    }
}
