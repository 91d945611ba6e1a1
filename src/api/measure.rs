//! `GET /metrics`, and what is counted and logged of every request. That is its route and never its path, because a
//! path may name a customer or hold a token.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::refused::{Anywhere, Refused};
use super::{Api, Problem};
use crate::domain::time::Timestamp;
use crate::service::hooks::State;
use crate::store::Lane;
use crate::store::gauges::LaneGauge;
use crate::telemetry::metrics::{HTTP_SECONDS, Metrics, gauge};

const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn request(Shared(metrics): Shared<Metrics>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = word(request.method());
    let response = next.run(request).await;
    let (took, status) = (began.elapsed(), response.status());
    // All requests without a route share one label value, however many paths strangers try.
    let route = route.unwrap_or_else(|| "none".to_owned());
    tracing::info!(
        target: "afterword::http",
        method,
        route,
        status = status.as_u16(),
        ms = took.as_secs_f64() * 1000.0,
        "a request"
    );
    let labels =
        [("method", method.into()), ("route", route.into()), ("status", status.as_str().to_owned().into())];
    metrics.observe(&HTTP_SECONDS, &labels, took);
    response
}

fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// Get metrics for Prometheus
///
/// Needs no key.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "getMetrics",
    security(()),
    responses(
        (
            status = 200,
            description = "The metrics in Prometheus' text format.",
            body = String,
            content_type = "text/plain",
        ),
        Anywhere, Refused<503>,
    ),
)]
pub(super) async fn metrics(Shared(api): Shared<Api>) -> Result<Response, Problem> {
    let now = api.ctx.clock.now();
    let mut tx = api.db.read().await?;
    let (gauges, lanes) = (tx.gauges(now).await?, tx.list_lane_gauges().await?);
    let hooks = tx.list_hooks().await?;
    drop(tx);
    let age = |since: Option<Timestamp>| since.map_or(Duration::ZERO, |since| now.since(since)).as_secs_f64();
    let mut text = api.db.metrics().to_text();
    let mut one = |name: &str, help: &str, value: f64| gauge(&mut text, name, help, &[(&[], value)]);
    let healthy = api.health.problems().is_empty() && api.events.trouble().is_none();
    one(
        "afterword_up",
        "1 while nothing hinders the work with Telegram and the events.",
        f64::from(u8::from(healthy)),
    );
    one("afterword_surveys_due", "Surveys whose moment has come; counted up to 10,000.", number(gauges.due));
    one(
        "afterword_survey_lag_seconds",
        "For how long the first survey has been due that nothing holds back.",
        age(gauges.due_since),
    );
    one("afterword_surveys_sending", "Invitations that wait to be sent.", number(gauges.sending));
    one(
        "afterword_alerts_waiting",
        "Alerts and other new cases that nobody could be told of.",
        number(gauges.alerts_waiting),
    );
    one(
        "afterword_cases_waiting",
        "Unresolved cases that stand in no chat, because none takes them.",
        number(gauges.cases_waiting),
    );
    one("afterword_alert_chats_lost", "Chats that refuse alerts.", number(gauges.lost_chats));
    one(
        "afterword_outbox_unknown",
        "Messages of which nobody knows whether they arrived: Telegram's answers were lost.",
        number(gauges.unknown),
    );
    one("afterword_dead_updates", "Updates that could not be handled.", number(gauges.dead_updates));
    let held: Vec<_> = Lane::ALL
        .iter()
        .map(|lane| {
            let held = lanes.iter().find(|gauge| gauge.lane == lane.code());
            ([("lane", lane.as_str().into())], held)
        })
        .collect();
    let values = |value: &dyn Fn(Option<&LaneGauge>) -> f64| -> Vec<_> {
        held.iter().map(|(label, held)| (label.as_slice(), value(*held))).collect()
    };
    let waiting = values(&|held| held.map_or(0.0, |gauge| number(gauge.messages)));
    gauge(&mut text, "afterword_outbox_messages", "Messages that wait to be sent, by lane.", &waiting);
    let oldest = values(&|held| age(held.map(|gauge| gauge.oldest)));
    gauge(&mut text, "afterword_outbox_age_seconds", "For how long the oldest of them waits.", &oldest);
    let delivered: Vec<_> = hooks
        .into_iter()
        .filter(|hook| hook.state != State::Revoked.as_str())
        .filter_map(|hook| Some(([("hook", hook.name.into())], age(Some(hook.last_at?)))))
        .collect();
    if !delivered.is_empty() {
        let ages: Vec<_> = delivered.iter().map(|(label, age)| (label.as_slice(), *age)).collect();
        gauge(
            &mut text,
            "afterword_hook_delivery_age_seconds",
            "How old a hook's newest delivery is.",
            &ages,
        );
    }
    Ok(([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response())
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn number(count: i64) -> f64 {
    count as f64
}
