//! Checks the connections in and out: the proxy, the `serve` that runs here, and its public address.

use std::time::Duration;

use reqwest::{Client, Url};
use serde_json::Value;
use tokio::net::TcpStream;

use super::{Line, Verdict};
use crate::config::address::local;
use crate::config::{Config, exposed};

/// A slower answer would be of no use to callers, either.
const PATIENCE: Duration = Duration::from_secs(5);

/// What answered at an address.
#[derive(Debug)]
enum Found {
    Afterword,
    /// Something that is not Afterword, with its HTTP status.
    Other(u16),
    Nothing(String),
}

fn client() -> Result<Client, String> {
    Client::builder().no_proxy().timeout(PATIENCE).build().map_err(|error| error.to_string())
}

async fn found(address: &str) -> Found {
    let ask = async {
        let response =
            client()?.get(format!("{address}/healthz")).send().await.map_err(|error| cause(&error))?;
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap_or_default();
        Ok(if body["status"] == "alive" { Found::Afterword } else { Found::Other(status) })
    };
    ask.await.unwrap_or_else(Found::Nothing)
}

/// The innermost cause is the most specific one.
fn cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Checks whether the `serve` of this configuration is alive.
pub(super) async fn health(config: &Config) -> Result<(), String> {
    let addr = config.http_addr;
    let Some(address) = local(addr) else {
        return Err(format!("HTTP_ADDR={addr} leaves the port to chance, so that serve cannot be asked"));
    };
    match found(&address).await {
        Found::Afterword => Ok(()),
        Found::Other(status) => {
            Err(format!("HTTP_ADDR={addr}: another program answers there (HTTP {status})"))
        }
        Found::Nothing(why) => Err(format!("HTTP_ADDR={addr}: serve does not answer: {why}")),
    }
}

pub(super) async fn proxy(config: &Config) -> Option<Line> {
    let url = Url::parse(exposed(config.https_proxy.as_ref()?)).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(1080);
    let (verdict, detail) =
        match tokio::time::timeout(PATIENCE, TcpStream::connect((host.as_str(), port))).await {
            Ok(Ok(_)) => (Verdict::Ok, "takes connections".to_owned()),
            Ok(Err(error)) => (Verdict::Wrong, format!("takes no connections: {error}")),
            Err(_) => (Verdict::Wrong, "does not answer".to_owned()),
        };
    Some(Line::new(verdict, "HTTPS_PROXY", format!("{host}:{port} {detail}")))
}

/// Checks the `serve` that runs here, if any, and the way to it from outside.
pub(super) async fn serve(config: &Config) -> Vec<Line> {
    let (line, runs) = here(config).await;
    vec![line, public(config, runs).await]
}

async fn here(config: &Config) -> (Line, bool) {
    let line = |verdict, detail: String| Line::new(verdict, "HTTP_ADDR", detail);
    let addr = config.http_addr;
    let Some(address) = local(addr) else {
        return (
            line(Verdict::Note, format!("{addr} leaves the port to chance, so that nobody finds it")),
            false,
        );
    };
    match found(&address).await {
        Found::Afterword => (ready(&address).await, true),
        Found::Other(status) => {
            (line(Verdict::Wrong, format!("another program answers on {addr} (HTTP {status})")), false)
        }
        Found::Nothing(why) => (line(Verdict::Note, format!("no serve answers on {addr}: {why}")), false),
    }
}

/// Asks a running program whether it is ready.
async fn ready(address: &str) -> Line {
    let ask =
        async { client()?.get(format!("{address}/readyz")).send().await.map_err(|error| cause(&error)) };
    let body: Value = match ask.await {
        Ok(response) => response.json().await.unwrap_or_default(),
        Err(why) => return Line::new(Verdict::Wrong, "serve", format!("is not ready: {why}")),
    };
    let Some(checks) = body["checks"].as_object() else {
        return Line::new(Verdict::Wrong, "serve", "is not ready and does not say why");
    };
    let red = checks.iter().filter(|(_, check)| check["ok"] != true);
    let red: Vec<String> =
        red.map(|(name, check)| format!("{name}: {}", check["detail"].as_str().unwrap_or("?"))).collect();
    if red.is_empty() {
        Line::new(Verdict::Ok, "serve", format!("runs on {address} and is ready"))
    } else if body["status"] == "ready" {
        Line::new(Verdict::Wrong, "serve", format!("runs on {address} and is ready, but {}", red.join("; ")))
    } else {
        Line::new(Verdict::Wrong, "serve", format!("runs on {address} and is not ready: {}", red.join("; ")))
    }
}

async fn public(config: &Config, runs: bool) -> Line {
    let line = |verdict, detail: String| Line::new(verdict, "PUBLIC_URL", detail);
    let Some(url) = &config.public_url else {
        return line(Verdict::Note, "not set, so the addresses of QR codes are relative".to_owned());
    };
    match found(url).await {
        Found::Afterword => line(Verdict::Ok, format!("{url} leads to Afterword")),
        Found::Other(status) if runs => {
            let detail =
                format!("{url} does not lead to Afterword but to something that answers HTTP {status}");
            line(Verdict::Wrong, detail)
        }
        Found::Other(status) => line(Verdict::Note, format!("{url} answers HTTP {status}; no serve runs")),
        // This is only a note, because not every network lets a machine reach itself by its public address.
        Found::Nothing(why) => line(Verdict::Note, format!("{url} cannot be reached from here: {why}")),
    }
}
