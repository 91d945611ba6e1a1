//! Headless Chromium by chromedriver (Debian: `chromium` and `chromium-driver`).

use std::process::Stdio;
use std::time::Duration;

use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use fantoccini::{Client, ClientBuilder};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long something may take to appear, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_mins(2);

/// How many browsers run at once. More of them on two cores, and one that draws much does not answer in time.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// The screen that the page is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Desktop,
    Phone,
}

/// Ends when it is dropped; whoever opened a window closes it before.
pub struct Driver {
    _child: Child,
    url: String,
    /// The browser's profile.
    folder: TempDir,
    _place: SemaphorePermit<'static>,
}

impl Driver {
    /// `None` if the machine has no chromedriver. Waits while enough browsers run.
    pub async fn start() -> Option<Self> {
        let place = BROWSERS.acquire().await.ok()?;
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().ok()?;
        let mut lines = BufReader::new(child.stdout.take()?).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().expect("chromedriver says where it is");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let folder = tempfile::tempdir().unwrap();
        Some(Self { _child: child, url: format!("http://127.0.0.1:{port}"), folder, _place: place })
    }

    /// A window of its own.
    pub async fn open(&self, screen: Screen) -> Client {
        self.open_with(screen, true).await
    }

    /// A window of its own, in which scripts run or not.
    pub async fn open_with(&self, screen: Screen, scripts: bool) -> Client {
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=1600,1037",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", self.folder.path().display()));
        let mut options = json!({ "args": arguments });
        if screen == Screen::Phone {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2, "touch": true } });
        }
        if !scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let mut builder = ClientBuilder::new(connector());
        let client = builder.capabilities(capabilities).connect(&self.url).await.unwrap();
        let patience = TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None);
        client.update_timeouts(patience).await.unwrap();
        client
    }
}

/// chromedriver speaks plain HTTP.
fn connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}
