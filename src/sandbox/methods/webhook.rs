//! `setWebhook`, `deleteWebhook`, `getWebhookInfo`.

use reqwest::Url;
use serde::Deserialize;
use serde_json::json;

use super::super::state::State;
use super::super::webhook::Webhook;
use super::{ApiError, Outcome, poll};

/// The ports to which Telegram delivers updates.
const PORTS: [u16; 4] = [443, 80, 88, 8443];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SetWebhook {
    url: String,
    max_connections: Option<i64>,
    allowed_updates: Option<Vec<String>>,
    #[serde(default)]
    drop_pending_updates: bool,
    secret_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct DeleteWebhook {
    #[serde(default)]
    drop_pending_updates: bool,
}

pub(super) fn set(state: &mut State, call: &SetWebhook) -> Outcome {
    if let Some(kinds) = &call.allowed_updates {
        poll::allow(state, kinds)?;
    }
    if call.drop_pending_updates {
        state.queue.drop_all();
    }
    if call.url.is_empty() {
        state.set_webhook(None);
        return Ok("true".to_owned());
    }
    if !is_allowed(&call.url) {
        return Err(ApiError::bad_request(
            "bad webhook: An HTTPS URL must be provided for webhook, on port 80, 88, 443 or 8443",
        ));
    }
    let fits = |secret: &String| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (1..=256).contains(&secret.len()) && secret.bytes().all(known)
    };
    if !call.secret_token.as_ref().is_none_or(fits) {
        return Err(ApiError::misuse("secret token contains unallowed characters"));
    }
    let connections = call.max_connections.unwrap_or(40);
    if !(1..=100).contains(&connections) {
        return Err(ApiError::misuse("max_connections is not within 1 and 100"));
    }
    state.set_webhook(Some(Webhook::new(&call.url, call.secret_token.clone(), connections, true)));
    Ok("true".to_owned())
}

/// Whether a webhook may have this address. A self-hosted Bot API server also delivers over plain HTTP; the sandbox
/// does so only to its own machine.
fn is_allowed(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)),
        ("http", Some(host)) => host.starts_with("127.") || host == "localhost",
        _ => false,
    }
}

pub(super) fn delete(state: &mut State, call: &DeleteWebhook) {
    state.set_webhook(None);
    if call.drop_pending_updates {
        state.queue.drop_all();
    }
}

pub(super) fn info(state: &mut State) -> String {
    state.queue.expire(state.clock.now());
    let mut info = json!({
        "url": "",
        "has_custom_certificate": false,
        "pending_update_count": state.queue.unconfirmed(),
    });
    if let Some(webhook) = &state.webhook {
        info["url"] = json!(webhook.url);
        info["max_connections"] = json!(webhook.max_connections);
        if let Some((at, why)) = &webhook.last_error {
            info["last_error_date"] = json!(at.millis() / 1000);
            info["last_error_message"] = json!(why);
        }
    }
    if let Some(allowed) = state.queue.allowed() {
        info["allowed_updates"] = json!(allowed);
    }
    info.to_string()
}
