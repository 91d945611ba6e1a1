//! `GET /healthz`: is the program alive? `GET /readyz`: is it able to work? Lists each check by name.

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
use crate::telegram::health::Standby;

/// How long to wait for the writer. The check queues like anybody else, so a longer wait means that taps wait, too.
const PATIENCE: Duration = Duration::from_secs(3);
/// A message that has waited longer than this for its turn comes too late.
const OLDEST_ALLOWED: Duration = Duration::from_mins(15);
/// How many chats are named. Further ones are only counted.
const NAMED: usize = 10;

/// The reply of a running program.
#[derive(Debug, Serialize, ToSchema)]
struct Alive {
    /// Always `alive`.
    status: Life,
}

/// Whether the program is alive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Life {
    Alive,
}

/// Whether the program is ready to work, with the checks behind it.
#[derive(Debug, Serialize, ToSchema)]
struct Ready {
    /// `not ready` if a failed check keeps the program from working.
    status: Readiness,
    /// The result of each check.
    checks: Checks,
}

/// Whether the program is ready to work.
#[derive(Debug, Serialize, ToSchema)]
enum Readiness {
    #[serde(rename = "ready")]
    Ready,
    #[serde(rename = "not ready")]
    NotReady,
}

/// The checks by name.
#[derive(Debug, Serialize, ToSchema)]
struct Checks {
    /// Whether the database can be written to.
    database: Check,
    /// Whether the program, or another one on the same database, is connected to Telegram.
    telegram: Check,
    /// How many messages wait to be sent. Fails if the oldest has waited for more than 15 minutes.
    backlog: Check,
    /// Whether alerts reach somebody.
    alert_chats: Check,
    /// Whether the program's background work is moving.
    work: Check,
}

/// The result of one check.
#[derive(Debug, Serialize, ToSchema)]
struct Check {
    /// Whether nothing is wrong. A check that is not `ok` need not make the program `not ready`.
    ok: bool,
    /// What was found, in one sentence.
    detail: String,
    /// Whether the program cannot do its work.
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

    /// Something is wrong, but the work goes on.
    fn amiss(detail: impl Into<String>) -> Self {
        Self { ok: false, detail: detail.into(), hinders: false }
    }
}

/// Check whether the program is alive
///
/// Needs no key.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "getHealth",
    security(()),
    responses(
        (
            status = 200,
            description = "The program is alive.",
            body = Alive,
            example = json!({"status": "alive"}),
        ),
        Anywhere,
    ),
)]
pub(super) async fn alive() -> Response {
    Json(Alive { status: Life::Alive }).into_response()
}

/// Check whether the program is ready to work
///
/// Lists each check by name. Needs no key.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "getReadiness",
    security(()),
    responses(
        (
            status = 200,
            description = "The program is ready. A check that is not `ok` reports something that does not stop the \
                           work.",
            body = Ready,
            example = json!(examples::ready()),
        ),
        (
            status = 503,
            description = "The program is not ready. The failed checks say why.",
            body = Ready,
            example = json!(examples::not_ready()),
        ),
        Anywhere,
    ),
)]
pub(super) async fn ready(State(api): State<Api>) -> Response {
    let (database, queues) = tokio::join!(database(&api), tokio::time::timeout(PATIENCE, queues(&api)));
    let (backlog, alert_chats, failing) = match queues {
        Ok(Ok(checks)) => checks,
        Ok(Err(error)) => (Check::red(error.to_string()), Check::red("cannot be read"), Vec::new()),
        Err(_) => (Check::red("nothing could be read for 3 s"), Check::red("cannot be read"), Vec::new()),
    };
    let problems = api.health.problems();
    let telegram = if !problems.is_empty() {
        Check::red(problems.join("; "))
    } else if let Some(Standby::Other(holder)) = api.health.state().standby {
        Check::fine(format!("another program on this database talks to Telegram: {holder}"))
    } else if api.health.state().taps_without_message {
        Check::fine(
            "connected, but taps come without their message (callback_query_mode), so that only a survey's buttons work: \
             set it back (setMySettings)",
        )
    } else {
        Check::fine("connected")
    };
    let mut stuck = api.health.pulse.stuck(api.ctx.clock.instant());
    stuck.extend(failing);
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

/// Whether a write transaction can be opened, and whether the last one that stored events succeeded.
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

/// What waits, the chats for alerts, and a sentence for each follower of the journal that cannot go on.
async fn queues(api: &Api) -> store::Result<(Check, Check, Vec<String>)> {
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
    let followers = tx.list_followers().await?.into_iter();
    let failing = followers.filter_map(|follower| {
        Some(format!("'{}' cannot go on since {}; the log says why", follower.name, follower.failing_since?))
    });
    Ok((waiting, alerts(&standing), failing.collect()))
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
