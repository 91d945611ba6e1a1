//! The real program against a simulated Telegram, in steps that read as a story: people act, time passes, and the chats
//! are checked.
//!
//! Everything is as in production: HTTP to Telegram, HTTP for events, SQLite in a file, and all tasks. Only the clock
//! stands still until it is moved, and randomness is seeded. Each step returns when everything that it caused has
//! happened.

pub mod before;
mod cases;
mod end;
mod own;
mod people;
mod reader;

use std::collections::HashMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use afterword::app::{self, Parts, Running};
use afterword::cli::Setup;
use afterword::clock::Clock;
use afterword::config::Config;
use afterword::domain::ids::SurveyKey;
use afterword::domain::script::Script;
use afterword::domain::time::Timestamp;
use afterword::entropy::Entropy;
use afterword::jobs::write_backs::Resting;
use afterword::sandbox::{GroupKind, Options, Sandbox, Stage, TOKEN, World};
use afterword::service::export::{Filter, Format, What, export};
use afterword::service::{Unit, scripts};
use afterword::store::write_backs::LINK;
use chrono::DateTime;
use serde_json::{Value, json};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::cluster::TestDatabase;
use crate::ports::free_addr;
use crate::variant::{self, Variant};
pub use own::script;

pub use people::Person;
pub use reader::{Reader, Shown};

pub const API_KEY: &str = "a-key-for-the-tests";
pub const WEBHOOK_SECRET: &str = "a-secret-for-the-tests";

/// How the program gets updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updates {
    Polled,
    Brought,
}

/// 2026-11-21, a Saturday, 15:00 in Moscow.
pub const START: Timestamp = Timestamp::from_millis(1_795_262_400_000);

/// The most real time that anything in a story may take. A story that takes longer waits for something that does not
/// come.
const PATIENCE: Duration = Duration::from_secs(30);

const STEP: Duration = minutes(30);
/// How many steps an advance may have. For weeks and months the steps are longer.
const MOST_STEPS: u32 = 150;

/// One program, one Telegram, one clock.
pub struct Story {
    pub world: World,
    pub clock: Clock,
    pub stage: Stage,
    pub running: Running,
    /// The group that gets the alerts, unless the story sets another.
    pub leads: i64,
    /// An admin, who owns the group.
    pub lead: Person,
    pub parts: Parts,
    http: reqwest::Client,
    sandbox: Option<Sandbox>,
    database: TestDatabase,
    /// How the program gets updates, as set at the start.
    updates: Updates,
    /// The IDs of the accepted events.
    events: Mutex<Vec<String>>,
    /// The last change to a case that was looked at.
    cases_seen: AtomicI64,
    ended: bool,
}

/// A world in which the program has not been started yet.
pub struct Setting {
    pub world: World,
    pub clock: Clock,
    pub leads: i64,
    pub lead: Person,
    sandbox: Sandbox,
    database: TestDatabase,
    variables: HashMap<&'static str, String>,
}

impl Setting {
    pub async fn new() -> Self {
        Self::with_options(Options::default()).await
    }

    pub async fn with_options(options: Options) -> Self {
        Self::of(variant::current(), options).await
    }

    /// Begins at another moment than the usual one.
    pub async fn at(start: Timestamp) -> Self {
        Self::from(start, variant::current(), Options::default()).await
    }

    pub async fn at_with_options(start: Timestamp, options: Options) -> Self {
        Self::from(start, variant::current(), options).await
    }

    /// Starts a story on PostgreSQL, whichever engine the run uses.
    pub async fn on_postgres() -> Self {
        Self::of(variant::POSTGRES, Options::default()).await
    }

    async fn of(variant: Variant, options: Options) -> Self {
        Self::from(START, variant, options).await
    }

    async fn from(start: Timestamp, variant: Variant, options: Options) -> Self {
        let clock = Clock::frozen(start);
        let sandbox = Sandbox::start(clock.clone(), options).await.unwrap();
        let database = TestDatabase::migrated(variant.engine).await;
        Self::around(clock, sandbox, database, variant.updates, None)
    }

    /// `known` holds an admin and their group if the world already has them.
    fn around(
        clock: Clock,
        sandbox: Sandbox,
        database: TestDatabase,
        updates: Updates,
        known: Option<(i64, i64)>,
    ) -> Self {
        let world = sandbox.world().clone();
        let (lead, leads) = known.unwrap_or_else(|| {
            let lead = world.add_user("Пётр", Some("ru"));
            (lead, world.add_group("Отзывы", GroupKind::Supergroup, lead))
        });
        let lead = Person { id: lead };
        let variables = HashMap::from([
            ("TELOXIDE_TOKEN", TOKEN.to_owned()),
            ("TELOXIDE_API_URL", sandbox.url()),
            ("DATABASE_URL", database.url.clone()),
            ("HTTP_ADDR", "127.0.0.1:0".to_owned()),
            ("API_KEY", API_KEY.to_owned()),
            ("ADMIN_IDS", lead.id.to_string()),
            ("ALERT_CHATS", leads.to_string()),
            ("BRAND", "Лавка".to_owned()),
        ]);
        let setting = Self { world, clock, leads, lead, sandbox, database, variables };
        if updates == Updates::Brought { setting.with_webhook() } else { setting }
    }

    /// Switches to webhook mode. The address stays the same over restarts.
    pub fn with_webhook(self) -> Self {
        let addr = free_addr();
        self.set("HTTP_ADDR", &addr.to_string())
            .set("PUBLIC_URL", &format!("http://{addr}"))
            .set("TELEGRAM_MODE", "webhook")
            .set("WEBHOOK_SECRET", WEBHOOK_SECRET)
    }

    /// Gives the program an address for customers, if it has none yet.
    pub fn reached_at(mut self) -> Self {
        self.variables.entry("PUBLIC_URL").or_insert_with(|| "https://afterword.shop.example".to_owned());
        self
    }

    /// Sets an environment variable. An empty value removes it.
    pub fn set(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.to_owned());
        self
    }

    pub fn config(&self) -> Config {
        Config::from_lookup(|name| self.variables.get(name).cloned()).unwrap()
    }

    pub fn parts(&self) -> Parts {
        Parts { config: Arc::new(self.config()), clock: self.clock.clone(), entropy: Entropy::seeded(7) }
    }

    pub async fn start(self) -> Story {
        let parts = self.parts();
        let running = Box::pin(app::start(parts.clone())).await.unwrap();
        let updates = if parts.config.webhook.is_some() { Updates::Brought } else { Updates::Polled };
        let Self { world, clock, leads, lead, sandbox, database, .. } = self;
        let stage = stage(&world, &clock, &running);
        let story = Story {
            world,
            clock,
            stage,
            running,
            parts,
            leads,
            lead,
            http: reqwest::Client::new(),
            sandbox: Some(sandbox),
            database,
            updates,
            events: Mutex::default(),
            cases_seen: AtomicI64::default(),
            ended: false,
        };
        story.settle().await;
        story
    }
}

pub fn stage(world: &World, clock: &Clock, running: &Running) -> Stage {
    afterword::cli::demo::stage(world, clock, running).expect("nobody else holds the lease")
}

impl Story {
    pub async fn new() -> Self {
        Setting::new().await.start().await
    }

    /// Returns when nothing more happens until somebody acts or time passes.
    pub async fn settle(&self) {
        let settle = async {
            self.stage.settle().await;
            // What is counted for a screen comes to it by itself.
            let mut counted = false;
            while self.counts_for_a_screen(counted).await {
                counted = true;
                tokio::task::yield_now().await;
                self.stage.settle().await;
            }
            // A count that ended just before it was looked for has queued its message by now.
            tokio::task::yield_now().await;
            self.stage.settle().await;
            self.write_backs_rest().await;
        };
        let settled = tokio::time::timeout(PATIENCE, settle).await;
        assert!(
            settled.is_ok(),
            "the program does not come to rest: {} updates wait, polled: {}, jobs rest until {:?}, {:?}, {:?}",
            self.world.updates_pending(),
            self.world.is_polled(),
            *self.stage.jobs_rest_until.borrow(),
            self.stage.sender.status(),
            self.stage.health.state(),
        );
        self.cases_hold().await;
    }

    /// Whether a count for a screen is still in progress or not yet shown; `counted` says whether there was one.
    async fn counts_for_a_screen(&self, counted: bool) -> bool {
        let Ok(mut tx) = self.running.db.read().await else { return false };
        let job = tx.find_next_script_job().await.ok().flatten();
        job.is_some_and(|job| matches!(job.kind.as_str(), "list" | "publish"))
            || tx.find_next_report_job().await.is_ok_and(|job| job.is_some())
            || counted && tx.backlog().await.is_ok_and(|backlog| backlog.outgoing > 0)
    }

    /// Returns when the jobs and the sender have done everything that can be done at this moment. What waits for a
    /// later moment keeps waiting.
    pub async fn rests(&self) {
        let rests = async {
            let mut jobs = self.stage.jobs_rest_until.clone();
            jobs.wait_for(|until| until.is_some_and(|until| until > self.clock.instant())).await.unwrap();
            self.stage.sender.idle().await;
        };
        tokio::time::timeout(PATIENCE, rests).await.expect("the program does not come to rest");
    }

    /// Returns when the world fulfils `condition`. Use it for what the program does independently of the story's steps.
    pub async fn wait_until(&self, condition: impl Fn(&World) -> bool) {
        let came = tokio::time::timeout(PATIENCE, self.world.wait_until(condition)).await;
        assert!(came.is_ok(), "what is waited for does not come");
    }

    /// Lets time pass in steps. A single jump would skip moments at which the program has something to do.
    pub async fn advance(&self, by: Duration) {
        let end = self.clock.now().plus(by);
        let step = STEP.max(by / MOST_STEPS);
        while self.clock.now() < end {
            self.clock.advance_to(self.clock.now().plus(step).min(end));
            self.settle().await;
        }
    }

    /// Stops the program gracefully and starts it again on the same database.
    pub async fn restart(&mut self) {
        assert!(self.running.stop(PATIENCE).await, "it does not stop in time");
        self.running = Box::pin(app::start(self.parts.clone())).await.unwrap();
        self.stage = stage(&self.world, &self.clock, &self.running);
        self.settle().await;
    }

    /// Stops the program gracefully and starts it with another configuration.
    pub async fn reconfigure(&mut self, change: impl FnOnce(&mut Config)) {
        change(Arc::make_mut(&mut self.parts.config));
        self.restart().await;
    }

    /// Stops the program gracefully, lets `meanwhile` happen and time pass, and starts it again.
    pub async fn stop_for(&mut self, time: Duration, meanwhile: impl FnOnce(&Self)) {
        let until = self.clock.now().plus(time);
        assert!(self.running.stop(PATIENCE).await, "it does not stop in time");
        meanwhile(self);
        self.clock.advance_to(until);
        self.running = Box::pin(app::start(self.parts.clone())).await.unwrap();
        self.stage = stage(&self.world, &self.clock, &self.running);
        self.settle().await;
    }

    /// Begins a unit of work of the story's own, next to those of the program.
    pub async fn unit(&self) -> Unit<'_> {
        Unit::begin(&self.running.db, &self.running.ctx).await.unwrap()
    }

    /// Publishes a script as `afterword script publish` does.
    pub async fn publish(&self, source: &str) {
        let parsed = Script::parse("story.toml", source, &self.parts.config.languages)
            .unwrap_or_else(|problems| panic!("{problems:?}"));
        let mut unit = self.unit().await;
        scripts::publish(&mut unit, &parsed.script, source).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Posts one event or an array, and returns the status and the reply.
    pub async fn post(&self, body: &Value) -> (u16, Value) {
        let url = format!("http://{}/v1/events", self.running.addr);
        let request = self.http.post(url).bearer_auth(API_KEY).json(body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let answer: Value = response.json().await.unwrap();
        if let (200 | 202, Some(id)) = (status, answer["event_id"].as_str()) {
            self.events.lock().unwrap().push(id.to_owned());
        }
        self.settle().await;
        (status, answer)
    }

    /// Posts an event that must be accepted as new, and returns its receipt.
    pub async fn event(&self, event: Value) -> Value {
        let (status, answer) = self.post(&event).await;
        assert_eq!(status, 202, "{answer}");
        answer
    }

    /// Posts a customer's purchase of just now with `more` fields, and returns the link if there is one.
    pub async fn purchase(&self, order: &str, customer: &str, more: Value) -> Option<String> {
        self.happened("purchase", order, customer, more).await
    }

    /// Posts a customer's ticket that was closed just now.
    pub async fn ticket(&self, ticket: &str, customer: &str, more: Value) -> Option<String> {
        self.happened("ticket_closed", ticket, customer, more).await
    }

    pub async fn happened(&self, kind: &str, subject: &str, customer: &str, more: Value) -> Option<String> {
        let mut event = json!({
            "event_id": format!("{kind}-{subject}"),
            "kind": kind,
            "occurred_at": self.clock.now().to_rfc3339(),
            "customer": { "id": customer },
            "subject": { "id": subject, "title": format!("№{subject}") },
        });
        merge(&mut event, more);
        self.event(event).await["link"].as_str().map(str::to_owned)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("http://{}{path}", self.running.addr);
        let response = self.http.get(url).bearer_auth(API_KEY).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Gets a reply that is not JSON.
    pub async fn text(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.running.addr);
        self.http.get(url).bearer_auth(API_KEY).send().await.unwrap().text().await.unwrap()
    }

    /// Gets a reply as CSV, and returns its rows.
    pub async fn csv(&self, path: &str) -> Vec<HashMap<String, String>> {
        let url = format!("http://{}{path}", self.running.addr);
        let request = self.http.get(url).bearer_auth(API_KEY).header("accept", "text/csv");
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark");
        csv::Reader::from_reader(bytes).deserialize().collect::<Result<_, _>>().unwrap()
    }

    /// Returns when every write-back is planned or begun that can be at this moment. Calls may be under way.
    async fn write_backs_rest(&self) {
        let Config { mail, sms, helpdesk, .. } = &*self.parts.config;
        let Some(leading) = self.running.leading() else { return };
        if mail.is_none() && sms.is_none() && helpdesk.is_none() {
            return;
        }
        for mut follower in leading.followers_rest_until {
            // A closed channel means that the work has ended.
            let _ = follower.wait_for(|until| until.is_some_and(|until| until > self.clock.instant())).await;
        }
        let mut rest = leading.write_backs_rest;
        let rests = |rest: &Option<Resting>| rest.is_some_and(|rest| rest.until > self.clock.instant());
        let _ = rest.wait_for(rests).await;
    }

    /// Waits for a call that is under way. Returns false if none is, or if it takes so long that it may never end.
    async fn write_back_ends(&self) -> bool {
        const LONG: Duration = Duration::from_secs(3);
        let Some(leading) = self.running.leading() else { return false };
        let mut rest = leading.write_backs_rest;
        if rest.borrow_and_update().is_some_and(|rest| rest.calls_under_way == 0) {
            return false;
        }
        tokio::time::timeout(LONG, rest.changed()).await.is_ok()
    }

    /// Lets seconds pass until the program has counted so many write-backs of this way and result.
    pub async fn writes_back(&self, way: &str, result: &str, count: usize) {
        const SECONDS: usize = 30;
        let line = format!("afterword_write_backs_total{{way=\"{way}\",result=\"{result}\"}} {count}");
        for _ in 0..SECONDS {
            self.advance(seconds(1)).await;
            // The calls are made beside the story, while its clock stands still.
            loop {
                self.write_backs_rest().await;
                if self.text("/metrics").await.contains(&line) {
                    return;
                }
                if !self.write_back_ends().await {
                    break;
                }
            }
        }
        panic!("{line} does not come: {}", self.text("/metrics").await);
    }

    /// Leaves the database as a kill does in the middle of the call that brings the first customer their link, and
    /// starts the program again.
    pub async fn killed_while_sending_the_first_link(&mut self, token: &str) {
        self.first_link_is_planned().await;
        let mut tx = self.running.db.write().await.unwrap();
        let now = self.clock.now();
        tx.claim_write_back(SurveyKey::new(1), LINK, Some("an-address"), Some(token), now).await.unwrap();
        tx.commit().await.unwrap();
        self.restart().await;
    }

    /// Lets seconds pass until the first customer's link is planned, which is done beside the story.
    pub async fn first_link_is_planned(&self) {
        const SECONDS: usize = 30;
        const LOOKS: usize = 50;
        for _ in 0..SECONDS {
            self.advance(seconds(1)).await;
            for _ in 0..LOOKS {
                let mut tx = self.running.db.read().await.unwrap();
                if tx.find_write_back_attempts(SurveyKey::new(1), LINK).await.unwrap().is_some() {
                    return;
                }
            }
        }
        panic!("no link is planned for the first customer");
    }

    /// Posts a form without a key, and returns the status and the page.
    pub async fn post_form(&self, path: &str, form: &'static str) -> (u16, String) {
        let url = format!("http://{}{path}", self.running.addr);
        let request = self.http.post(url).header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(form).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Sends a `DELETE`, and returns the status and the reply.
    pub async fn delete(&self, path: &str) -> (u16, Value) {
        let url = format!("http://{}{path}", self.running.addr);
        let response = self.http.delete(url).bearer_auth(API_KEY).send().await.unwrap();
        let answer = (response.status().as_u16(), response.json().await.unwrap());
        self.settle().await;
        answer
    }

    /// Runs a statement on the database, beside the program.
    pub async fn sql(&self, statement: &'static str) {
        self.database.execute(statement, None).await;
    }

    /// What a query gives.
    pub async fn rows<R>(&self, query: &'static str) -> Vec<R>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.database.rows(query).await
    }

    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// The setup that commands of the command line get.
    pub fn setup(&self) -> Setup {
        Setup {
            config: Arc::clone(&self.parts.config),
            clock: self.clock.clone(),
            entropy: self.parts.entropy.clone(),
        }
    }

    /// Returns the state of an event's survey, with its reason.
    pub async fn state(&self, event_id: &str) -> String {
        let (status, ledger) = self.get(&format!("/v1/events/{}", event_id.replace('#', "%23"))).await;
        assert_eq!(status, 200, "{ledger}");
        let state = ledger["state"].as_str().unwrap();
        ledger["reason"].as_str().map_or_else(|| state.to_owned(), |reason| format!("{state}({reason})"))
    }

    /// Returns a table as `afterword export` writes it.
    pub async fn export(&self, what: What, filter: &Filter) -> Vec<HashMap<String, String>> {
        let mut csv = Vec::new();
        let mut tx = self.running.db.read().await.unwrap();
        export(&mut tx, &self.running.ctx, what, filter, Format::CSV, &mut csv).await.unwrap();
        let bytes = csv.strip_prefix("\u{feff}".as_bytes()).unwrap();
        csv::Reader::from_reader(bytes).deserialize().collect::<Result<_, _>>().unwrap()
    }

    /// Returns all current answers, one per line: event, question, metric, value, options, text, attachments.
    pub async fn answers(&self) -> String {
        self.answered(&["event_id", "question", "metric", "value", "options", "text", "attachments"]).await
    }

    /// Returns all current answers, one per line, in these columns. Empty cells are left out.
    pub async fn answered(&self, columns: &[&str]) -> String {
        let rows = self.export(What::Answers, &Filter::default()).await;
        let line = |row: &HashMap<String, String>| {
            let cells = columns.iter().map(|column| row[*column].as_str()).filter(|cell| !cell.is_empty());
            cells.collect::<Vec<_>>().join(" · ") + "\n"
        };
        rows.iter().map(line).collect()
    }

    /// Moves the clock to a moment in a single jump, as after a downtime.
    pub async fn jump_to(&self, moment: &str) {
        let moment = DateTime::parse_from_rfc3339(moment).unwrap();
        self.clock.advance_to(Timestamp::from(moment.to_utc()));
        self.settle().await;
    }

    /// Returns an event's way through the ledger, state by state.
    pub async fn way(&self, event_id: &str) -> String {
        let (_, ledger) = self.get(&format!("/v1/events/{}", event_id.replace('#', "%23"))).await;
        let steps = ledger["transitions"].as_array().unwrap().iter();
        steps.map(|step| step["state"].as_str().unwrap()).collect::<Vec<_>>().join(" → ")
    }

    /// Pauses or resumes a script as the command line does.
    pub async fn set_paused(&self, slug: &str, paused: bool) {
        let mut unit = self.unit().await;
        scripts::set_paused(&mut unit, slug, paused).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Returns the leads' group as they see it.
    pub fn alerts(&self) -> String {
        let messages = self.world.messages(self.leads);
        let said = messages.iter().filter(|message| message.service.is_none());
        said.map(|message| self.world.shown(self.leads, message.id)).collect()
    }
}

/// Merges `more` into `event`, object by object. `null` removes a field.
fn merge(event: &mut Value, more: Value) {
    match (event, more) {
        (Value::Object(event), Value::Object(more)) => {
            for (name, value) in more {
                if value.is_null() {
                    event.remove(&name);
                } else {
                    merge(event.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (event, more) => *event = more,
    }
}

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

pub const fn hours(hours: u64) -> Duration {
    minutes(hours * 60)
}
