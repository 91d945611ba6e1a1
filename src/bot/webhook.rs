//! Updates that Telegram delivers to `POST /telegram/webhook`. The response is 200 after an update is committed, and
//! 503 if it could not be, so that Telegram delivers it again. Updates that arrive together are committed together,
//! like a polled batch.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::StreamExt as _;
use secrecy::SecretString;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use tokio::sync::{mpsc, oneshot, watch};

use super::intake::Handler;
use super::intake::batch::{self, Batches};
use crate::config::exposed;
use crate::config::webhook::PATH;
use crate::service::Context;
use crate::service::guesses::{Caller, Door, Guesses, Verdict as Guessed};
use crate::store::Db;
use crate::telegram::limits::{UPDATE_BYTES, UPDATES_PER_POLL};
use crate::telegram::sender::Callbacks;

const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// The most deliveries that may wait; Telegram sends far fewer at a time.
const WAITING: usize = 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// The outcome of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Committed,
    NoUpdate,
    ComeAgain,
}

struct Delivery {
    body: Bytes,
    reply: oneshot::Sender<Verdict>,
}

/// Where deliveries are handed in. Cheap to clone. The worker ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Inbox {
    deliveries: mpsc::Sender<Delivery>,
    secret: SecretString,
    guesses: Guesses,
}

/// The worker that commits deliveries.
#[derive(Debug)]
pub struct Worker<H> {
    pub db: Db,
    pub ctx: Context,
    /// The bot's own ID.
    pub bot: i64,
    pub handler: H,
    pub callbacks: Callbacks,
    /// Nothing is handled until this is true or its sender is gone.
    pub begun: watch::Receiver<bool>,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Delivery")
    }
}

impl Inbox {
    /// Returns the inbox of a worker, and the future to run beside the server.
    pub fn new<H: Handler + 'static>(
        secret: SecretString,
        guesses: Guesses,
        worker: Worker<H>,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (deliveries, waiting) = mpsc::channel(WAITING);
        (Self { deliveries, secret, guesses }, worker.run(waiting))
    }

    /// The webhook's route.
    pub fn routes<S>(self) -> Router<S> {
        Router::new().route(PATH, post(receive)).with_state(self)
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(SECRET_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
        given.ct_eq(exposed(&self.secret).as_bytes()).into()
    }

    async fn hand_in(&self, body: Bytes) -> Verdict {
        let (reply, verdict) = oneshot::channel();
        if self.deliveries.try_send(Delivery { body, reply }).is_err() {
            return Verdict::ComeAgain;
        }
        verdict.await.unwrap_or(Verdict::ComeAgain)
    }
}

async fn receive(State(inbox): State<Inbox>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // Checked before any of the body is read.
    if !inbox.knows(&head.headers) {
        let from = head.extensions.get().map(|Caller(address)| *address);
        if inbox.guesses.wrong(Door::Webhook, from).await == Guessed::TurnAway {
            return refuse(StatusCode::TOO_MANY_REQUESTS, "too many wrong secrets come from this address");
        }
        let detail = "this address is Telegram's alone: the secret in the header is missing or wrong";
        return refuse(StatusCode::UNAUTHORIZED, detail);
    }
    let body = match tokio::time::timeout(PATIENCE, collect(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return refused,
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"),
    };
    match inbox.hand_in(body).await {
        Verdict::Committed => StatusCode::OK.into_response(),
        Verdict::NoUpdate => refuse(StatusCode::BAD_REQUEST, "the body is not an update"),
        Verdict::ComeAgain => {
            refuse(StatusCode::SERVICE_UNAVAILABLE, "the update cannot be stored now; nothing was")
        }
    }
}

async fn collect(body: Body) -> Result<Bytes, Response> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| refuse(StatusCode::BAD_REQUEST, "the body broke off"))?;
        if bytes.len() + chunk.len() > UPDATE_BYTES {
            return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "an update may have 1 MiB"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

/// A problem document like the API's.
fn refuse(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        // The unread part of the body would be taken for the next request.
        _ => drop(headers.insert(header::CONNECTION, HeaderValue::from_static("close"))),
    }
    response
}

impl<H: Handler> Worker<H> {
    /// Commits deliveries until every [`Inbox`] is gone and nothing is waiting.
    async fn run(mut self, mut deliveries: mpsc::Receiver<Delivery>) {
        // An error means that the sender is gone, and then this task ends soon as well.
        drop(self.begun.wait_for(|begun| *begun).await);
        let mut waiting = Vec::new();
        while deliveries.recv_many(&mut waiting, UPDATES_PER_POLL.into()).await > 0 {
            let (bodies, replies) = waiting.drain(..).map(|delivery| (delivery.body, delivery.reply)).unzip();
            self.take_in(bodies, replies).await;
        }
    }

    async fn take_in(&self, bodies: Vec<Bytes>, replies: Vec<oneshot::Sender<Verdict>>) {
        let mut items = Vec::with_capacity(bodies.len());
        let mut callers = Vec::with_capacity(bodies.len());
        for (body, reply) in bodies.iter().zip(replies) {
            match batch::read_one(body) {
                Some(item) => {
                    callers.push((item.id(), reply));
                    items.push(item);
                }
                None => answer(reply, Verdict::NoUpdate),
            }
        }
        // Telegram keeps the messages of one chat in order, but not a person's text and tap.
        items.sort_by_key(batch::Item::id);
        callers.sort_by_key(|(id, _)| *id);
        let Self { db, ctx, bot, handler, .. } = self;
        let handled = Batches { db, ctx, bot: *bot, handler, is_polled: false }.handle(&items).await;
        if let Some(error) = &handled.error {
            tracing::error!(%error, "updates cannot be stored; Telegram is asked to bring them again");
        }
        for callback in handled.answers {
            self.callbacks.answer(callback).await;
        }
        for (index, (_, reply)) in callers.into_iter().enumerate() {
            let verdict = if index < handled.count { Verdict::Committed } else { Verdict::ComeAgain };
            answer(reply, verdict);
        }
    }
}

fn answer(reply: oneshot::Sender<Verdict>, verdict: Verdict) {
    // If the caller is gone, Telegram delivers the update again; by then it is known.
    let _ = reply.send(verdict);
}
