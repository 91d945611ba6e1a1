//! What became of an event that was handed in, as the caller reads it: alone, or among the results of a batch.

use axum::http::StatusCode;
use serde::Serialize;

use super::Problem;
use super::queue::{Refused, Unavailable};
use crate::domain::time::Timestamp;
use crate::service::events::Accepted;

#[derive(Debug, Serialize)]
pub(super) struct Receipt {
    event_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    survey_id: Option<String>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

pub(super) fn status(accepted: &Accepted) -> StatusCode {
    if accepted.known { StatusCode::OK } else { StatusCode::ACCEPTED }
}

impl From<Accepted> for Receipt {
    fn from(accepted: Accepted) -> Self {
        Self {
            event_id: accepted.event_id,
            survey_id: accepted.survey_id,
            state: accepted.state.as_str(),
            reason: accepted.state.reason(),
            due_at: accepted.due_at,
            link: accepted.link,
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Conflict(conflict) => conflict.into(),
            Refused::Internal => Self::internal(),
        }
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        Self::unavailable(match unavailable {
            Unavailable::Overload => "more events are waiting than can be stored at once; try again",
            Unavailable::Database => "the database is not available; nothing was lost or stored: try again",
        })
    }
}
