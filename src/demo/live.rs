//! What an open window of the page shows: the state, and the chats it has open.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::page::Page;
use super::refusal::Refusal;
use super::view;
use crate::sandbox::{self, Chat, ChatId, MessageId};
use crate::web;

/// The chats that a window shows.
#[derive(Debug, Deserialize)]
pub(super) struct Looks {
    /// A comma-separated list.
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
    let found = page.0.world.read(|state| {
        state.find_chat(further.chat).map(|chat| view::page_of(chat, further.before, view::SHOWN))
    });
    found.map(Json).ok_or_else(|| Refusal::stale("error.chat"))
}

/// The content of a file in a chat, for saving.
pub(super) async fn file(
    State(page): State<Page>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let found = page.0.world.read(|state| state.file(&id).map(<[u8]>::to_vec));
    let content = found.ok_or_else(|| Refusal::new(404, "error.file"))?;
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream"), (header::CONTENT_DISPOSITION, "attachment")];
    Ok((headers, content))
}

pub(super) async fn stream(State(page): State<Page>, Query(looks): Query<Looks>) -> impl IntoResponse {
    let chats = looks.chats.split(',').filter_map(|id| id.parse().ok()).collect();
    web::stream(Window { page, chats, sections: BTreeMap::new(), heads: BTreeMap::new() })
}

/// An open window, and what has already been sent to it.
struct Window {
    page: Page,
    chats: Vec<ChatId>,
    sections: BTreeMap<&'static str, Value>,
    /// The heads of the chats, and the revision up to which their messages have been sent.
    heads: BTreeMap<ChatId, (Value, u64)>,
}

impl web::View for Window {
    fn changed(&self) -> impl Future<Output = ()> + Send + 'static {
        let (world, shown) = (self.page.0.world.changed(), self.page.changed());
        async {
            tokio::select! {
                () = world => {}
                () = shown => {}
            }
        }
    }

    fn news(&mut self) -> Map<String, Value> {
        let page = self.page.clone();
        let shown = page.shown();
        page.0.world.read(|state| {
            let mut told = Map::new();
            for (name, value) in view::sections(state, &shown) {
                if self.sections.get(name) != Some(&value) {
                    told.insert(name.to_owned(), value.clone());
                    self.sections.insert(name, value);
                }
            }
            let chats = self.chats_news(state);
            if !chats.is_empty() {
                told.insert("chats".to_owned(), chats.into());
            }
            told
        })
    }

    fn always(&self) -> Map<String, Value> {
        [("now".to_owned(), json!(self.page.0.clock.now()))].into_iter().collect()
    }
}

impl Window {
    fn chats_news(&mut self, state: &sandbox::State) -> Map<String, Value> {
        let mut chats = Map::new();
        for id in self.chats.clone() {
            if let Some(news) = state.find_chat(id).and_then(|chat| self.chat_news(state, chat)) {
                chats.insert(id.to_string(), news);
            }
        }
        chats
    }

    fn chat_news(&mut self, state: &sandbox::State, chat: &Chat) -> Option<Value> {
        let head = view::head(state, chat);
        match self.heads.insert(chat.id, (head.clone(), chat.revision)) {
            None => Some(view::whole(state, chat)),
            Some((old, revision)) if old != head || revision < chat.revision => Some(
                json!({ "head": head, "revision": chat.revision, "messages": view::since(chat, revision) }),
            ),
            Some(_) => None,
        }
    }
}
