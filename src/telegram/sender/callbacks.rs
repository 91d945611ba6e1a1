//! Answers to taps. They stop the button's spinner, and are worthless a little later.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use teloxide::payloads::{AnswerCallbackQuery, AnswerCallbackQuerySetters as _};
use teloxide::types::CallbackQueryId;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::telegram::client::{Client, Nothing};
use crate::telegram::error::CallError;
use crate::telegram::limits;

const IN_FLIGHT: usize = 32;
const PATIENCE: Duration = Duration::from_secs(10);

/// The answer to a tap. Without a text it only stops the spinner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackAnswer {
    pub query_id: String,
    pub text: Option<String>,
}

/// How many answers may wait. Beyond that, callers wait.
const QUEUE: usize = 1024;

/// The handle through which taps are answered. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Callbacks {
    queue: mpsc::Sender<CallbackAnswer>,
    open: Arc<watch::Sender<usize>>,
}

impl Callbacks {
    /// Returns the handle, and a future that must be run: it sends the answers. After `stop` it sends the ones already
    /// handed in, and then ends.
    pub fn new(client: Client, stop: CancellationToken) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let open = Arc::new(watch::Sender::new(0));
        (Self { queue, open: Arc::clone(&open) }, run(client, waiting, open, stop))
    }

    /// Answers a tap at once. The answer is not stored and never repeated. Waits only while very many answers are in
    /// progress.
    pub async fn answer(&self, answer: CallbackAnswer) {
        self.open.send_modify(|open| *open += 1);
        if self.queue.send(answer).await.is_err() {
            self.open.send_modify(|open| *open -= 1);
        }
    }

    /// How many answers are in progress.
    pub(super) fn open(&self) -> watch::Receiver<usize> {
        self.open.subscribe()
    }

    pub(super) async fn closed(&self) {
        self.queue.closed().await;
    }
}

async fn run(
    client: Client,
    mut queue: mpsc::Receiver<CallbackAnswer>,
    open: Arc<watch::Sender<usize>>,
    stop: CancellationToken,
) {
    let mut calls = FuturesUnordered::new();
    let mut is_closed = false;
    let mut is_stopping = false;
    while !(is_closed && calls.is_empty()) {
        tokio::select! {
            next = queue.recv(), if !is_closed && calls.len() < IN_FLIGHT => match next {
                Some(next) => calls.push(answer(&client, next)),
                None => is_closed = true,
            },
            Some(()) = calls.next(), if !calls.is_empty() => open.send_modify(|open| *open -= 1),
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                queue.close();
            }
        }
    }
    stop.cancelled().await;
}

async fn answer(client: &Client, answer: CallbackAnswer) {
    let mut payload = AnswerCallbackQuery::new(CallbackQueryId(answer.query_id));
    if let Some(text) = answer.text {
        payload = payload.text(cut(text));
    }
    match client.call_within::<_, Nothing>(&payload, PATIENCE).await {
        // It is no failure if the answer comes too late, because what the tap did is stored.
        Ok(_) | Err(CallError::QueryTooOld) => {}
        Err(error) => tracing::debug!(%error, "a tap stays unanswered"),
    }
}

fn cut(text: String) -> String {
    if text.chars().count() <= limits::CALLBACK_ANSWER_CHARS {
        return text;
    }
    text.chars().take(limits::CALLBACK_ANSWER_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toast_is_cut_to_what_telegram_takes() {
        assert_eq!(cut("да".to_owned()), "да");
        assert_eq!(cut("я".repeat(201)).chars().count(), 200);
    }
}
