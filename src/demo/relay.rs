//! What the page requests from the program: calls to its HTTP API with the demo's key, its exports, and a crash.

use std::net::SocketAddr;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use reqwest::Url;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::page::Page;
use super::page_state::Posted;
use super::refusal::Refusal;
use super::surveys::surveys;
use crate::service::export::{Format, What};

const MAX_BODY: usize = 1024 * 1024;
/// The most events in the page's list.
const LISTED: usize = 40;

/// The URL that a call is forwarded to. It must be below `/v1/` or `/q/`, even after an HTTP client or server has
/// normalised the path. `rest` is the decoded remainder of the path.
fn target(addr: SocketAddr, uri: &Uri, rest: &str) -> Option<Url> {
    let path_and_query = uri.path_and_query()?.as_str();
    let url = Url::parse(&format!("http://{addr}{path_and_query}")).ok()?;
    let is_api = ["/v1/", "/q/"].iter().any(|api| url.path().starts_with(api));
    // The client resolves `..` and `%2e%2e`, and turns `\` into `/`.
    let is_as_asked = url.path() == uri.path();
    let is_plain = rest.split(['/', '\\']).all(|part| !matches!(part, "" | "." | ".."));
    let twice = ["%2e", "%2f", "%5c"].iter().any(|code| rest.to_ascii_lowercase().contains(code));
    (is_api && is_as_asked && is_plain && !twice).then_some(url)
}

/// Forwards a call to the program's API unchanged, with the key.
pub(super) async fn pass_on(
    State(page): State<Page>,
    Path(rest): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let program = page.program().ok_or_else(Refusal::down)?;
    let (parts, body) = request.into_parts();
    let url = target(program.addr, &parts.uri, &rest).ok_or_else(|| Refusal::new(404, "error.file"))?;
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| Refusal::new(413, "error.large"))?;
    let mut call = page.0.http.request(parts.method.clone(), url).bearer_auth(&page.0.api_key);
    if !body.is_empty() {
        call = call.header(header::CONTENT_TYPE, "application/json").body(body.clone());
    }
    let reply = call.send().await.map_err(|_| Refusal::down())?;
    let status = reply.status();
    let kind = reply.headers().get(header::CONTENT_TYPE).cloned();
    let answer = reply.bytes().await.map_err(|_| Refusal::down())?;
    if parts.method == Method::POST
        && parts.uri.path() == "/v1/events"
        && status.is_success()
        && let Ok(event) = serde_json::from_slice(&body)
    {
        page.note_event(&event);
    }
    let mut response = Response::new(Body::from(answer));
    *response.status_mut() = StatusCode::from_u16(status.as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

impl Page {
    /// Adds an accepted event to the list.
    pub(super) fn note_event(&self, event: &Map<String, Value>) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let of = |name: &str| event.get(name).unwrap_or(&Value::Null);
        let Some(id) = text(of("event_id")) else { return };
        let posted = Posted {
            id,
            kind: text(of("kind")).unwrap_or_default(),
            customer: text(&of("customer")["id"]).unwrap_or_default(),
            subject: text(&of("subject")["title"]).or_else(|| text(&of("subject")["id"])),
            at: self.0.clock.now(),
        };
        self.change(|shown| {
            shown.events.retain(|known| known.id != posted.id);
            shown.events.push(posted);
            let surplus = shown.events.len().saturating_sub(LISTED);
            shown.events.drain(..surplus);
        });
    }
}

/// Why an event ended as it did, as a word from the page's catalogue.
pub(super) async fn reason(
    State(page): State<Page>,
    Path(event): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let program = page.program().ok_or_else(Refusal::down)?;
    let line = surveys(Some(program)).await.into_values().find(|line| line.event_id == event);
    Ok(Json(json!({ "reason": line.and_then(|line| line.reason) })))
}

/// Kills the program and restarts it on the same database.
pub(super) async fn crash(State(page): State<Page>) -> Result<Json<Value>, Refusal> {
    let _time = page.0.time.try_lock().map_err(|_| Refusal::stale("error.moving"))?;
    let (answer, answered) = oneshot::channel();
    page.0.crashes.send(answer).await.map_err(|_| Refusal::down())?;
    match answered.await {
        Ok(Ok(away)) => {
            page.change(|shown| shown.status.crashes += 1);
            Ok(Json(json!({ "ms": away.as_millis() })))
        }
        Ok(Err(why)) => Err(Refusal::new(500, "error.start").with("why", why)),
        Err(_) => Err(Refusal::down()),
    }
}

/// A table as `afterword export` writes it, such as `answers.csv`.
pub(super) async fn export(State(page): State<Page>, Path(file): Path<String>) -> Result<Response, Refusal> {
    let (what, format, kind) = match file.as_str() {
        "answers.csv" => (What::Answers, Format::CSV, "text/csv; charset=utf-8"),
        "surveys.csv" => (What::Surveys, Format::CSV, "text/csv; charset=utf-8"),
        "events.csv" => (What::Events, Format::CSV, "text/csv; charset=utf-8"),
        "answers.jsonl" => (What::Answers, Format::Jsonl, "application/x-ndjson"),
        _ => return Err(Refusal::new(404, "error.file")),
    };
    let program = page.program().ok_or_else(Refusal::down)?;
    let table = program.table(what, format).await.ok_or_else(Refusal::down)?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
    let mut response = ([(header::CONTENT_TYPE, kind)], table).into_response();
    if let Ok(name) = name {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_api_is_passed_on_however_an_address_is_spelt() {
        let addr: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        let goes_on = |path: &str, rest: &str| target(addr, &path.parse().unwrap(), rest).map(String::from);
        for (path, rest) in [
            ("/v1/events/order-1001", "events/order-1001"),
            ("/v1/events/T-7%231", "events/T-7#1"),
            ("/v1/events/a%2Fb", "events/a/b"),
            ("/v1/answers?since=7&limit=1", "answers"),
            ("/q/token.png", "token.png"),
        ] {
            assert_eq!(goes_on(path, rest).as_deref(), Some(format!("http://{addr}{path}").as_str()));
        }
        for (path, rest) in [
            ("/v1/../metrics", "../metrics"),
            ("/v1/..", ".."),
            ("/v1/%2e%2e/metrics", "../metrics"),
            ("/v1/.%2E/metrics", "../metrics"),
            ("/v1/..%2fmetrics", "../metrics"),
            ("/v1/..%5cmetrics", "..\\metrics"),
            ("/v1/%252e%252e%252fmetrics", "%2e%2e%2fmetrics"),
            ("/v1//metrics", "/metrics"),
            ("/q/../readyz", "../readyz"),
            ("/metrics", "metrics"),
            ("//metrics", "metrics"),
            ("/v1", ""),
            ("http://elsewhere.example/metrics", "metrics"),
        ] {
            assert_eq!(goes_on(path, rest), None, "{path}");
        }
        assert_eq!(
            goes_on("http://elsewhere.example/v1/answers", "answers").as_deref(),
            Some("http://127.0.0.1:8080/v1/answers")
        );
    }
}
