//! The tour: the page plays the story of `afterword demo --story` step by step, in the chats it shows. The result of
//! each step is kept, so that an earlier step can be shown as it was; the chats themselves only move forward.

mod play;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::LANGUAGES;
use super::page::Page;
use super::refusal::Refusal;

/// What the page requests.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Wish {
    /// Starts over, with a customer to whom nothing has happened yet.
    Start { lang: String },
    /// Plays up to this step, counted from 1.
    Play { to: usize },
    /// Ends the tour; the chats stay as they are.
    Stop,
}

pub(super) async fn wish(
    State(page): State<Page>,
    wish: Result<Json<Wish>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(wish) =
        wish.map_err(|error| Refusal::new(400, "error.request").with("why", error.body_text()))?;
    match wish {
        Wish::Start { lang } => {
            let locale = LANGUAGES.into_iter().find(|known| *known == lang).unwrap_or(page.0.locale);
            page.begin_tour(locale).await?;
        }
        Wish::Play { to } => page.play_tour(to).await?,
        Wish::Stop => page.change(|shown| shown.tour = None),
    }
    Ok(Json(json!({})))
}

/// The chats and the ledger as a step left them.
pub(super) async fn left(State(page): State<Page>, Path(step): Path<usize>) -> Result<Json<Value>, Refusal> {
    let shown = page.shown();
    let played = shown.tour.as_ref().and_then(|tour| tour.played.get(step.checked_sub(1)?));
    played.map(|played| Json(played.left.clone())).ok_or_else(|| Refusal::stale("error.tour"))
}
