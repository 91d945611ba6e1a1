//! What a window of the page is told: one snapshot when it connects, and from then on what changes.
//!
//! A window that lost its connection connects again and gets a snapshot; so does one that looks at other chats. There is
//! nothing to be replayed and nothing to be missed.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::super::model::{ChatId, MessageId};
use super::{Page, Refusal, view};

/// How many messages of a chat are shown before somebody looks further back.
const SHOWN: usize = 80;
/// What happens within this time is told together.
const TOGETHER: Duration = Duration::from_millis(25);
/// Where nothing happens, the time is told so often: a window can tell a quiet server from one that is gone.
const BEAT: Duration = Duration::from_secs(5);
/// A window that lost its connection tries again after this.
const RETRY: Duration = Duration::from_millis(500);

/// The chats that a window shows.
#[derive(Debug, Deserialize)]
pub(super) struct Looks {
    /// Comma-separated.
    chats: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Further {
    chat: ChatId,
    before: MessageId,
}

pub(super) async fn history(
    State(page): State<Page>,
    Query(further): Query<Further>,
) -> Result<Json<Value>, Refusal> {
    let found = page
        .0
        .world
        .read(|state| view::find(state, further.chat).map(|chat| view::page_of(chat, further.before, SHOWN)));
    found.map(Json).ok_or_else(|| Refusal::stale("error.chat"))
}

/// What is in a file of a chat, to be saved.
pub(super) async fn file(
    State(page): State<Page>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let found = page.0.world.read(|state| state.files.get(&id).cloned());
    let content = found.ok_or_else(|| Refusal::new(404, "error.file"))?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/octet-stream"),
            (header::CONTENT_DISPOSITION, "attachment"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        content,
    ))
}

pub(super) async fn stream(
    State(page): State<Page>,
    Query(looks): Query<Looks>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let chats = looks.chats.split(',').filter_map(|id| id.parse().ok()).collect();
    let news = page.0.news.subscribe();
    let window =
        Window { page, chats, news, sections: BTreeMap::new(), heads: BTreeMap::new(), begun: false };
    let events = futures_util::stream::unfold(window, |mut window| async move {
        let event = window.next().await;
        Some((Ok(event), window))
    });
    Sse::new(events)
}

/// An open window, and what it knows already.
struct Window {
    page: Page,
    chats: Vec<ChatId>,
    news: watch::Receiver<u64>,
    sections: BTreeMap<&'static str, Value>,
    /// The chats' heads, and the revision up to which their messages are known.
    heads: BTreeMap<ChatId, (Value, u64)>,
    begun: bool,
}

impl Window {
    async fn next(&mut self) -> Event {
        let page = self.page.clone();
        loop {
            let changed = page.0.world.changes().notified();
            tokio::pin!(changed);
            // Registered before the look, so that a change between the two is not missed.
            changed.as_mut().enable();
            self.news.borrow_and_update();
            if let Some(event) = self.look() {
                return event;
            }
            tokio::select! {
                () = changed => {}
                // The sender lives in the page, which this window holds.
                _ = self.news.changed() => {}
                () = tokio::time::sleep(BEAT) => return self.say(Map::new()),
            }
            tokio::time::sleep(TOGETHER).await;
        }
    }

    fn look(&mut self) -> Option<Event> {
        let page = self.page.clone();
        let desk = page.desk();
        let told = page.0.world.read(|state| {
            let mut told = Map::new();
            for (name, value) in view::sections(state, &desk) {
                if self.sections.get(name) != Some(&value) {
                    told.insert(name.to_owned(), value.clone());
                    self.sections.insert(name, value);
                }
            }
            let mut chats = Map::new();
            for id in &self.chats {
                let Some(chat) = view::find(state, *id) else { continue };
                let head = view::head(state, chat);
                let known = self.heads.insert(*id, (head.clone(), chat.revision));
                let news = match known {
                    None => {
                        let mut all = view::page_of(chat, MessageId::MAX, SHOWN);
                        all["head"] = head;
                        all["revision"] = json!(chat.revision);
                        all
                    }
                    Some((old, revision)) if old != head || revision < chat.revision => {
                        json!({ "head": head, "revision": chat.revision, "messages": view::since(chat, revision) })
                    }
                    Some(_) => continue,
                };
                chats.insert(id.to_string(), news);
            }
            if !chats.is_empty() {
                told.insert("chats".to_owned(), chats.into());
            }
            told
        });
        drop(desk);
        if told.is_empty() { None } else { Some(self.say(told)) }
    }

    fn say(&mut self, mut told: Map<String, Value>) -> Event {
        told.insert("now".to_owned(), json!(self.page.0.clock.now()));
        let name = if std::mem::replace(&mut self.begun, true) { "change" } else { "snapshot" };
        Event::default().event(name).retry(RETRY).data(Value::Object(told).to_string())
    }
}
