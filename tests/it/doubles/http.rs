//! A service that is called over HTTP: an SMS service that speaks as SMSC and SMS Aero do, or a helpdesk.

#![expect(clippy::disallowed_methods, reason = "a double lives as long as its test")]

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::routing::any;
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub authorization: String,
    pub form: HashMap<String, String>,
    pub body: String,
}

#[derive(Default)]
struct Kept {
    requests: Vec<Request>,
    /// What is said to the next requests; then they are taken.
    answers: VecDeque<(u16, &'static str)>,
}

pub struct HttpServer {
    pub port: u16,
    kept: Arc<Mutex<Kept>>,
    task: tokio::task::JoinHandle<()>,
}

impl HttpServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let router = Router::new().route("/{*path}", any(take)).with_state(Arc::clone(&kept));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, kept, task }
    }

    /// Answers the next request with this status and body.
    pub fn answer(&self, status: u16, body: &'static str) {
        self.kept.lock().unwrap().answers.push_back((status, body));
    }

    pub fn requests(&self) -> Vec<Request> {
        self.kept.lock().unwrap().requests.clone()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(
    State(kept): State<Arc<Mutex<Kept>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, &'static str) {
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    let is_json = body.starts_with('{');
    let form = reqwest::Url::parse(&format!("http://x/?{}", if is_json { "" } else { &body })).unwrap();
    let form = form.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let path = uri.to_string();
    let is_smsc = path.starts_with("/sys/");
    let mut kept = kept.lock().unwrap();
    let (method, authorization) = (method.to_string(), authorization.unwrap_or_default());
    kept.requests.push(Request { method, path, authorization, form, body });
    let taken = if is_smsc { "{\"id\":7,\"cnt\":2}" } else { "{\"success\":true,\"data\":{\"id\":7}}" };
    let (status, answer) = kept.answers.pop_front().unwrap_or((200, taken));
    (StatusCode::from_u16(status).unwrap(), answer)
}
