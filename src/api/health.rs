//! `GET /healthz`: alive. `GET /readyz`: able to work, with each check by name.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::refused::Anywhere;
use super::{Api, examples};
use crate::domain::counted::counted;
use crate::domain::time::format_duration;
use crate::service::alerts::standing::Standing;
use crate::store;

/// The writer is asked like anybody else; longer than this means that taps wait, too.
const PATIENCE: Duration = Duration::from_secs(3);
/// A message that waits longer for its turn is a message too late.
const OLDEST_ALLOWED: Duration = Duration::from_mins(15);
/// More chats than these are only counted.
const NAMED: usize = 10;

#[derive(Debug, Serialize, ToSchema)]
struct Alive {
    status: Life,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Life {
    Alive,
}

#[derive(Debug, Serialize, ToSchema)]
struct Ready {
    status: Readiness,
    checks: Checks,
}

#[derive(Debug, Serialize, ToSchema)]
enum Readiness {
    #[serde(rename = "ready")]
    Ready,
    #[serde(rename = "not ready")]
    NotReady,
}

#[derive(Debug, Serialize, ToSchema)]
struct Checks {
    database: Check,
    telegram: Check,
    backlog: Check,
    alert_chats: Check,
    work: Check,
}

#[derive(Debug, Serialize, ToSchema)]
struct Check {
    ok: bool,
    detail: String,
    /// The program cannot do its work.
    #[serde(skip)]
    hinders: bool,
}

impl Check {
    fn fine(detail: impl Into<String>) -> Self {
        Self { ok: true, detail: detail.into(), hinders: false }
    }

    fn red(detail: impl Into<String>) -> Self {
        Self { ok: false, detail: detail.into(), hinders: true }
    }

    /// Something is wrong, and the work goes on all the same.
    fn amiss(detail: impl Into<String>) -> Self {
        Self { ok: false, detail: detail.into(), hinders: false }
    }
}

/// Whether the program is alive
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "getHealth",
    security(()),
    responses((status = 200, description = "It is.", body = Alive, example = json!({"status": "alive"})), Anywhere),
)]
pub(super) async fn alive() -> Response {
    Json(Alive { status: Life::Alive }).into_response()
}

/// Whether the program is able to work, check by check
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "getReadiness",
    security(()),
    responses(
        (
            status = 200,
            description = "It is. A check that is not `ok` says what is wrong without hindering the work.",
            body = Ready,
            example = json!(examples::ready()),
        ),
        (status = 503, description = "It is not.", body = Ready, example = json!(examples::not_ready())),
        Anywhere,
    ),
)]
pub(super) async fn ready(State(api): State<Api>) -> Response {
    let database = database(&api).await;
    let (backlog, alert_chats) = match queues(&api).await {
        Ok(checks) => checks,
        Err(error) => (Check::red(error.to_string()), Check::red("cannot be read")),
    };
    let problems = api.health.problems();
    let telegram = if !problems.is_empty() {
        Check::red(problems.join("; "))
    } else if let Some(holder) = api.health.state().standby {
        Check::fine(format!("another program on this database talks to Telegram: {holder}"))
    } else if api.health.state().taps_without_message {
        Check::fine(
            "connected, but taps come without their message (callback_query_mode), so that only a survey's buttons work: \
             set it back (setMySettings)",
        )
    } else {
        Check::fine("connected")
    };
    let stuck = api.health.pulse.stuck(api.ctx.clock.instant());
    let work = if stuck.is_empty() { Check::fine("moving") } else { Check::red(stuck.join("; ")) };
    let checks = Checks { database, telegram, backlog, alert_chats, work };
    let ok = [&checks.database, &checks.telegram, &checks.backlog, &checks.alert_chats, &checks.work]
        .iter()
        .all(|check| !check.hinders);
    let (code, status) = if ok {
        (StatusCode::OK, Readiness::Ready)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Readiness::NotReady)
    };
    (code, Json(Ready { status, checks })).into_response()
}

/// Whether a write transaction can be had, and whether the last one that stored events went well.
async fn database(api: &Api) -> Check {
    if let Some(trouble) = api.events.trouble() {
        return Check::red(trouble);
    }
    match tokio::time::timeout(PATIENCE, api.db.write()).await {
        Ok(Ok(_)) => Check::fine("writable"),
        Ok(Err(error)) => Check::red(error.to_string()),
        Err(_) => Check::red("no write was possible for 3 s"),
    }
}

async fn queues(api: &Api) -> store::Result<(Check, Check)> {
    let mut tx = api.db.read().await?;
    let backlog = tx.backlog().await?;
    let age = backlog.oldest_outgoing.map_or(Duration::ZERO, |oldest| api.ctx.clock.now().since(oldest));
    let messages = counted(backlog.outgoing, "message waits", "messages wait");
    let mut waiting = if age > OLDEST_ALLOWED {
        let minutes = Duration::from_mins(age.as_secs() / 60);
        Check::red(format!("{messages}, the oldest for {}", format_duration(minutes)))
    } else {
        Check::fine(messages)
    };
    if let Some(since) = backlog.unknown_since {
        let (one, many) =
            ("message nobody knows whether it arrived", "messages nobody knows whether they arrived");
        let unknown = counted(backlog.unknown, one, many);
        waiting.detail =
            format!("{}; of {unknown}, since {since}: Telegram's answers were lost", waiting.detail);
    }
    let standing = Standing::load(&mut tx, &api.ctx.config).await?;
    Ok((waiting, alerts(&standing)))
}

fn alerts(standing: &Standing) -> Check {
    let more = standing.lost.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("and {more} more"));
    let named = standing.lost.iter().take(NAMED).map(ToString::to_string);
    let lost = named.chain(more).collect::<Vec<_>>().join("; ");
    let taking = if standing.taking() > 0 {
        "there is a chat for alerts"
    } else if standing.admins > 0 {
        "there is no chat for alerts: they go to the admins"
    } else {
        "there is no chat for alerts and no admin: alerts would wait"
    };
    let waiting = standing.waiting - standing.refused;
    if standing.refused > 0 {
        let (one, many) =
            ("alert waits: Telegram refuses its text", "alerts wait: Telegram refuses their text");
        return Check::red(format!("{}, the log says why", counted(standing.refused, one, many)));
    }
    let alerts = counted(waiting, "alert waits", "alerts wait");
    match (waiting, lost.is_empty()) {
        (0, true) => Check::fine(taking),
        (0, false) => Check::amiss(format!("{lost}; {taking}")),
        (_, true) => Check::red(format!(
            "{alerts}: there is no chat and no admin to tell; write /alerts in the chat that should get bad scores"
        )),
        (_, false) => Check::red(format!("{alerts}: no chat takes alerts, which is tried again; {lost}")),
    }
}
