//! What the page cannot do, and how it says so.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::sandbox;

/// A refusal as the page shows it: the key of a message in its catalogue, and the message's values.
#[derive(Debug)]
pub(super) struct Refusal {
    code: u16,
    word: &'static str,
    values: BTreeMap<&'static str, String>,
}

impl Refusal {
    pub(super) fn new(code: u16, word: &'static str) -> Self {
        Self { code, word, values: BTreeMap::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(name, value.into());
        self
    }

    /// The request does not match the current state; for example, the message is gone.
    pub(super) fn stale(word: &'static str) -> Self {
        Self::new(409, word)
    }

    pub(super) fn wrong(word: &'static str) -> Self {
        Self::new(422, word)
    }

    pub(super) fn down() -> Self {
        Self::new(503, "error.down")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = StatusCode::from_u16(self.code);
        let body = json!({ "error": self.word, "values": self.values });
        (code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body)).into_response()
    }
}

impl From<sandbox::Refused> for Refusal {
    fn from(refused: sandbox::Refused) -> Self {
        Self::stale(match refused {
            sandbox::Refused::NoPerson => "error.person",
            sandbox::Refused::NoChat => "error.chat",
            sandbox::Refused::Blocked => "error.blocked",
            sandbox::Refused::NoMessage => "error.message",
            sandbox::Refused::NoTopic => "error.topic",
        })
    }
}
