//! What became of an event, as the caller reads it: as the reply to a single event, or among the results of a batch.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;
use super::queue::{Refused, Unavailable};
use crate::domain::described::{ReasonWord, StateWord};
use crate::domain::time::Timestamp;
use crate::service::events::Accepted;

/// The receipt of an event: what became of it on arrival, or what has become of it since if it was known already.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receipt {
    /// The event's ID.
    event_id: String,
    /// The ID of the survey that the event led to. Absent for the kinds that never ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    survey_id: Option<String>,
    /// The event's state.
    #[schema(value_type = StateWord)]
    state: &'static str,
    /// The reason for the state. Absent for states without reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ReasonWord, required = false)]
    reason: Option<&'static str>,
    /// When the survey is due to be sent. Only present while it is `scheduled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Timestamp, required = false)]
    due_at: Option<Timestamp>,
    /// The customer's personal link, for the receipt, the order page or an e-mail. Only present if the bot cannot write
    /// to the customer yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
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
