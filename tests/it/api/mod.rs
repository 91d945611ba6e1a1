//! The HTTP API through its front door: a real server, a real client and a real file.

mod allowed;
pub mod answers;
pub mod bounds;
pub mod errors;
pub mod events;
pub mod health;
pub mod identifiers;
pub mod keys;
pub mod links;
pub mod openapi;

use std::sync::Arc;

use afterword::api::{self, Api};
use afterword::clock::Clock;
use afterword::config::Config;
use afterword::domain::locale::Languages;
use afterword::domain::script::Script;
use afterword::domain::time::Timestamp;
use afterword::entropy::Entropy;
use afterword::i18n::Catalogue;
use afterword::service::script_set::ScriptSet;
use afterword::service::scripts;
use afterword::service::{Context, Unit, events as intake};
use afterword::store::Db;
use afterword::telegram::health::Health;
use serde_json::{Value, json};

use crate::cluster::TestDatabase;
use crate::variant;

/// 2026-11-21T12:00:00+03:00.
const NOON: Timestamp = Timestamp::from_millis(1_795_251_600_000);
const KEY: &str = "a-key-for-the-tests";

struct Server {
    address: String,
    client: reqwest::Client,
    db: Db,
    ctx: Context,
    health: Health,
    database: TestDatabase,
}

struct Reply {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Server {
    async fn start() -> Self {
        let database = TestDatabase::migrated(variant::current().engine).await;
        let db = database.open().await;
        let config = Config::from_lookup(|name| (name == "API_KEY").then(|| KEY.to_owned())).unwrap();
        let ctx = Context {
            clock: Clock::frozen(NOON),
            entropy: Entropy::seeded(7),
            config: Arc::new(config),
            catalogue: Arc::new(Catalogue::default()),
            scripts: ScriptSet::default(),
            bot_username: "afterword_bot".into(),
        };
        publish_purchase(&db, &ctx).await;
        let health = Health::default();
        let (events, worker) = api::event_queue(db.clone(), ctx.clone());
        let router = api::router(Api { db: db.clone(), ctx: ctx.clone(), health: health.clone(), events });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let tasks = tokio_util::task::TaskTracker::new();
        tasks.spawn(worker.run());
        tasks.spawn(async move { axum::serve(listener, router).await });
        Self { address, client: reqwest::Client::new(), db, ctx, health, database }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.address)).bearer_auth(KEY)
    }

    async fn get(&self, path: &str) -> Reply {
        reply(self.request("GET", path)).await
    }

    async fn post(&self, body: &Value) -> Reply {
        reply(self.request("POST", "/v1/events").json(body)).await
    }

    async fn post_raw(&self, body: impl Into<Vec<u8>>) -> Reply {
        let request = self.request("POST", "/v1/events").header("content-type", "application/json");
        reply(request.body(body.into())).await
    }

    /// Whether the event is in the database.
    async fn is_stored(&self, event_id: &str) -> bool {
        intake::find(&mut self.db.read().await.unwrap(), event_id).await.unwrap().is_some()
    }
}

async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

async fn publish_purchase(db: &Db, ctx: &Context) {
    let source = "slug = \"purchase\"\non = \"purchase\"\n[title]\nru = \"Т\"\nen = \"T\"\n[[questions]]\nkey = \"q\"\n\
                  metric = \"text\"\ntext = { ru = \"Как?\", en = \"How?\" }\n";
    let script = Script::parse("t.toml", source, &Languages::default()).unwrap().script;
    let mut unit = Unit::begin(db, ctx).await.unwrap();
    scripts::publish(&mut unit, &script, source).await.unwrap();
    unit.commit().await.unwrap();
}

fn purchase(event_id: &str) -> Value {
    json!({"event_id": event_id, "kind": "purchase", "occurred_at": "2026-11-21T12:00:00+03:00",
           "customer": {"id": "C-1"}})
}
