//! `POST|PUT|GET /hooks/{token}`: what other systems deliver. The handler checks where a delivery comes from and stores
//! it; mapping is a job's work, so that a slow rule or a mistake in one never makes a sender give up.

mod queue;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::StreamExt as _;

pub use queue::{DeliveryQueue, DeliveryQueueWorker, MOST_WAITING_BYTES, delivery_queue};

use super::Problem;
use crate::domain::hook::body::query;
use crate::domain::hook::verify;
use crate::domain::network::Networks;
use crate::service::Context;
use crate::service::guesses::{Caller, Door, Guesses, Verdict};
use crate::service::hooks::{Hook, HookSet};
use crate::store::Db;
use crate::store::deliveries::NewDelivery;

const PATH: &str = "/hooks/{token}";
const MOST_BYTES: usize = 1 << 20;
/// The most bytes of the headers that are kept.
const MOST_HEADER_BYTES: usize = 8 << 10;
const PATIENCE: Duration = Duration::from_secs(30);

/// What the handler needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hooks {
    pub db: Db,
    pub ctx: Context,
    pub queue: DeliveryQueue,
    pub guesses: Guesses,
    pub set: HookSet,
}

impl Hooks {
    /// The hooks' route.
    pub fn routes<S>(self) -> Router<S> {
        Router::new().route(PATH, post(receive).put(receive).get(receive)).with_state(self)
    }
}

async fn receive(
    State(hooks): State<Hooks>,
    Path(token): Path<String>,
    RawQuery(raw): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let caller = head.extensions.get().map(|Caller(address)| *address);
    let now = hooks.ctx.clock.instant();
    let Some(hook) = hooks.set.find(&hooks.db, &token, now).await? else {
        return match hooks.guesses.wrong(Door::Hook, caller).await {
            Verdict::Refuse => Err(Problem::not_found("there is no such hook, or it was revoked")),
            Verdict::TurnAway => Err(Problem::too_many("too many wrong addresses come from this address")),
        };
    };
    if head.method == Method::HEAD {
        // Somebody only looks whether the address is there.
        return Ok(StatusCode::OK.into_response());
    }
    let body = tokio::time::timeout(PATIENCE, collect(body)).await.map_err(|_| Problem::timeout())??;
    let delivery = Delivered {
        headers: named(&head.headers),
        query: query(raw.as_deref().unwrap_or_default()),
        body,
        address: address(caller, &head.headers, &hooks.ctx.config.trusted_proxies),
    };
    if !delivery.is_from(&hook, &hooks.ctx) {
        hooks.queue.note_refused(hook.id, &hook.settings.name);
        return Err(Problem::unauthorized("the delivery does not show that it comes from the hook's system"));
    }
    hooks.queue.submit(delivery.stored(&hook, &token, &hooks.ctx)).await?;
    Ok(hook.preset.reply.clone().into_response())
}

async fn collect(body: Body) -> Result<Vec<u8>, Problem> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("the body broke off"))?;
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(Problem::too_large(MOST_BYTES, "a delivery"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A delivery as it arrived.
struct Delivered {
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Vec<u8>,
    address: IpAddr,
}

impl Delivered {
    fn is_from(&self, hook: &Arc<Hook>, ctx: &Context) -> bool {
        let Some(check) = hook.preset.check.as_ref().filter(|_| hook.is_checked()) else { return true };
        let request = verify::Request {
            headers: &self.headers,
            query: &self.query,
            body: &self.body,
            address: self.address,
            now: ctx.clock.now(),
        };
        check.passes(&request, &hook.secrets) || self.is_ping(hook)
    }

    /// Whether this is the form of a system that only asks whether the address works.
    fn is_ping(&self, hook: &Hook) -> bool {
        let Some(field) = &hook.preset.ping_field else { return false };
        let text = str::from_utf8(&self.body).unwrap_or_default();
        text.strip_prefix(field.as_str())
            .and_then(|rest| rest.strip_prefix('='))
            .is_some_and(|value| value.len() <= 64 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    }

    /// What is kept of the delivery: nothing that proves where it comes from, and nothing that a proxy wrote the hook's
    /// address into.
    fn stored(self, hook: &Hook, token: &str, ctx: &Context) -> NewDelivery {
        let proof = hook.preset.check.as_ref().and_then(verify::Check::header);
        let mut room = MOST_HEADER_BYTES;
        let headers = self.headers.into_iter().filter(|(name, value)| {
            let is_proof = proof.is_some_and(|proof| proof.eq_ignore_ascii_case(name));
            let is_kept = is_kept(name) && !is_proof && !value.contains(token);
            let fits = is_kept && name.len() + value.len() <= room;
            room -= if fits { name.len() + value.len() } else { 0 };
            fits
        });
        let headers: Vec<(String, String)> = headers.collect();
        let (secret, is_in_body) = match &hook.preset.check {
            Some(verify::Check::QueryToken { name }) => (Some(name), false),
            Some(verify::Check::BodyToken { .. }) => (None, true),
            _ => (None, false),
        };
        let mut body = self.body;
        for secret in hook.secrets.iter().filter(|_| is_in_body) {
            body = without(&body, secret.as_bytes());
        }
        let query: Vec<(String, String)> =
            self.query.into_iter().filter(|(name, _)| Some(name) != secret).collect();
        NewDelivery {
            hook: hook.id,
            received_at: ctx.clock.now(),
            headers: serde_json::to_string(&headers).unwrap_or_default(),
            query: serde_json::to_string(&query).unwrap_or_default(),
            body: BASE64.encode(body),
        }
    }
}

/// A body with a star for every byte of a secret.
fn without(body: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut kept = body.to_vec();
    let found = body.windows(secret.len()).enumerate().filter(|(_, bytes)| *bytes == secret);
    for (at, _) in found {
        kept[at..at + secret.len()].fill(b'*');
    }
    kept
}

/// The headers that presets may use: of the content, and the senders' own. Never one that holds a secret or an address.
fn is_kept(name: &str) -> bool {
    let is_own = name.starts_with("x-") || name.starts_with("webhook-");
    let is_of_proxy = name.starts_with("x-forwarded-") || name == "x-real-ip";
    let is_secret = ["token", "secret", "password", "api-key"].iter().any(|word| name.contains(word));
    matches!(name, "content-type" | "user-agent") || (is_own && !is_of_proxy && !is_secret)
}

fn named(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Who called: the other end of the connection, or, if that is a trusted proxy, the last address in X-Forwarded-For
/// that is none.
fn address(caller: Option<IpAddr>, headers: &HeaderMap, proxies: &Networks) -> IpAddr {
    let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let Some(caller) = caller else { return nobody };
    if !proxies.contains(caller) {
        return caller;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let forwarded: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for address in forwarded.iter().rev() {
        match address.parse() {
            Ok(address) if proxies.contains(address) => {}
            Ok(address) => return address,
            Err(_) => return nobody,
        }
    }
    caller
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(forwarded: &str) -> HeaderMap {
        let value = HeaderValue::from_str(forwarded).unwrap();
        [(axum::http::HeaderName::from_static("x-forwarded-for"), value)].into_iter().collect()
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
        let proxies: Networks = "127.0.0.0/8,10.0.0.1".parse().unwrap();
        let from = |caller: &str, forwarded: &str| {
            address(Some(caller.parse().unwrap()), &headers(forwarded), &proxies).to_string()
        };
        assert_eq!(from("203.0.113.9", "185.71.76.5"), "203.0.113.9", "forged");
        assert_eq!(from("127.0.0.1", "185.71.76.5"), "185.71.76.5");
        assert_eq!(
            from("127.0.0.1", "185.71.76.5, 203.0.113.9, 10.0.0.1"),
            "203.0.113.9",
            "the client wrote the first"
        );
        assert_eq!(from("127.0.0.1", "nobody"), "0.0.0.0");
        assert_eq!(address(None, &HeaderMap::new(), &proxies).to_string(), "0.0.0.0");
    }

    #[test]
    fn no_header_with_a_secret_or_an_address_is_kept() {
        for name in [
            "authorization",
            "cookie",
            "x-forwarded-for",
            "x-real-ip",
            "x-afterword-token",
            "x-api-key",
            "x-webhook-secret",
            "referer",
        ] {
            assert!(!is_kept(name), "{name}");
        }
        for name in ["content-type", "x-zammad-delivery", "webhook-id"] {
            assert!(is_kept(name), "{name}");
        }
    }
}
