//! The whole program: builds every part from the configuration, runs them, and stops them.

mod connections;
mod http;
mod identity;
mod leading;
mod lock;
mod tasks;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::api::hooks::{Hooks, delivery_queue};
use crate::api::{self, Api, event_queue};
use crate::bot::router::Router;
use crate::bot::webhook::{Inbox, Worker};
use crate::clock::Clock;
use crate::config::{self, Config, ConfigError};
use crate::entropy::Entropy;
use crate::i18n::Catalogue;
use crate::outbound::{self, Mailer, Outbound, Rules};
use crate::pages::{self, Pages};
use crate::service::guesses::Guesses;
use crate::service::hooks::HookSet;
use crate::service::script_set::ScriptSet;
use crate::service::scripts;
use crate::service::{Context, Unit, alerts, roles, staff};
use crate::store::{self, Db};
use crate::telegram::client::{Client, ClientError};
use crate::telegram::health::Health;
use crate::telegram::picture::Pictures;
use crate::telegram::sender::Callbacks;
use crate::web::unsubscribe;

pub use leading::Leading;
pub use lock::{LockError, is_served};
pub use tasks::Failed;

use leading::Leader;
use tasks::Tasks;

const LOOK_AT_FILE_EVERY: Duration = Duration::from_secs(2);
const TELL_OF_GUESSES_EVERY: Duration = Duration::from_mins(1);

/// The inputs from which the program is built.
#[derive(Clone, Debug)]
pub struct Parts {
    pub config: Arc<Config>,
    pub clock: Clock,
    pub entropy: Entropy,
}

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("TELOXIDE_API_URL: {0}")]
    Client(#[from] ClientError),
    #[error(transparent)]
    Outbound(#[from] outbound::SetupError),
    #[error("SMTP_URL: the mail server's address cannot be used")]
    Mail(#[source] lettre::transport::smtp::Error),
    #[error("HTTP_ADDR={0}: {1}; stop what uses the address, or choose another")]
    Http(SocketAddr, io::Error),
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// The running program.
#[derive(Debug)]
pub struct Running {
    /// The address on which the HTTP API listens.
    pub addr: SocketAddr,
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
    leading: watch::Receiver<Option<Leading>>,
    tasks: Tasks,
    lock: Mutex<Option<lock::Lock>>,
}

/// Opens the database and migrates it to this version.
async fn open(url: &str) -> Result<(Db, Option<lock::Lock>), StartError> {
    let db = Db::open(url, true).await?;
    let lock = db.file().map(lock::take).transpose()?;
    let migrated = db.migrate().await?;
    if let Some(copy) = migrated.copy {
        tracing::info!(copy = %copy.display(), "the database was brought up to date; a copy holds it as it was");
    }
    Ok((db, lock))
}

/// Starts everything. Waits for Telegram only if the database does not hold the bot's name yet.
pub async fn start(mut parts: Parts) -> Result<Running, StartError> {
    let token = parts.config.token()?;
    let bot = config::bot_id(token);
    let client = Client::through(parts.config.https_proxy.as_ref(), &parts.config.api_url, token)?;
    let outbound = Outbound::new(Rules::of(&parts.config))?;
    let mailer = parts.config.mail.as_ref().map(Mailer::new).transpose().map_err(StartError::Mail)?;
    let (db, lock) = open(&parts.config.database_url).await?;
    let wanted = parts.config.http_addr;
    let bound = |error| StartError::Http(wanted, error);
    let listener = TcpListener::bind(wanted).await.map_err(bound)?;
    let addr = listener.local_addr().map_err(bound)?;
    // Links name the port that was chosen where the configuration leaves it open.
    Arc::make_mut(&mut parts.config).http_addr = addr;
    let health = Health::default();

    let remembered = db.read().await?.find_bot_username(bot).await?;
    let known = remembered.is_some();
    let (listener, username) = match remembered {
        Some(username) => (listener, username),
        None => wait_for_name(&parts, &client, &db, &health, listener).await?,
    };
    let ctx = parts.context(&username);
    install_scripts(&db, &ctx).await?;
    ctx.scripts.refresh(&mut db.read().await?).await?;
    apply_roles_and_alert_chats(&db, &ctx).await?;

    let tasks = Tasks::new();
    let (callbacks, answering) = Callbacks::new(client.clone(), tasks.outward.stop.clone());
    tasks.spawn_outward("the answers to taps", answering);
    let (begun, has_begun) = watch::channel(false);
    let pictures = Pictures::default();
    let leader = Leader {
        parts: parts.clone(),
        client: client.clone(),
        db: db.clone(),
        ctx: ctx.clone(),
        health: health.clone(),
        pictures: pictures.clone(),
        bot,
        callbacks: callbacks.clone(),
        outbound,
        mailer,
        begun,
    };
    let (leading, run) = leader.start(tasks.inward.stop.clone(), tasks.fail()).await?;
    tasks.spawn_inward("the lease for talking to Telegram", run);
    let (events, worker) = event_queue(db.clone(), ctx.clone());
    tasks.spawn_inward("the event queue", worker.run());
    let (deliveries, worker) = delivery_queue(db.clone(), ctx.clone());
    tasks.spawn_inward("the queue of deliveries", worker.run());
    let guesses = Guesses::new(parts.clock.clone(), db.metrics().clone());
    let hooks = Hooks {
        db: db.clone(),
        ctx: ctx.clone(),
        queue: deliveries,
        guesses: guesses.clone(),
        set: HookSet::default(),
    };
    let telegram = parts.config.webhook.as_ref().map_or_else(axum::Router::new, |webhook| {
        let (db, ctx) = (db.clone(), ctx.clone());
        let handler = Router::new(ctx.clock.clone(), health.clone());
        let worker = Worker { db, ctx, bot, handler, callbacks, begun: has_begun };
        let (inbox, work) = Inbox::new(webhook.secret.clone(), guesses.clone(), worker);
        tasks.spawn_inward("the updates that Telegram brings", work);
        inbox.routes()
    });
    tasks.spawn_inward("the look at the database's file", watch_file(db.clone(), tasks.inward.stop.clone()));
    let api = Api { db: db.clone(), ctx: ctx.clone(), health: health.clone(), events };
    let others = telegram.merge(hooks.routes()).merge(unsubscribe::routes(db.clone(), ctx.clone()));
    let pages = Pages::new(&db, ctx.clone(), guesses.clone(), pictures);
    let others = others.merge(pages::routes(pages.clone()));
    let router = api::router_beside(others, api, guesses.clone());
    let router = pages::with_page_where_nothing_is(router, pages);
    let telling = tell_of_guesses(guesses, parts.clock.clone(), tasks.inward.stop.clone());
    tasks.spawn_inward("the count of wrong keys", telling);
    tasks.spawn_inward("the HTTP server", http::serve(listener, router, tasks.inward.stop.clone()));
    if known {
        // The start does not wait for this: the name seldom changes, and taps expire at Telegram after a short time.
        tasks.spawn_inward(
            "the bot's identity",
            confirm_name(parts, client, db.clone(), health.clone(), tasks.inward.stop.clone(), tasks.fail()),
        );
    }
    Ok(Running { addr, db, ctx, health, leading, tasks, lock: Mutex::new(lock) })
}

/// Answers HTTP with "come again" until Telegram has told the bot's name.
async fn wait_for_name(
    parts: &Parts,
    client: &Client,
    db: &Db,
    health: &Health,
    listener: TcpListener,
) -> Result<(TcpListener, String), StartError> {
    let failed = |error| StartError::Http(parts.config.http_addr, error);
    let socket = listener.into_std().map_err(failed)?;
    let copy = TcpListener::from_std(socket.try_clone().map_err(failed)?).map_err(failed)?;
    let stop = CancellationToken::new();
    let waiting_room = async {
        http::serve(copy, http::waiting_room(health.clone()), stop.clone()).await;
        std::future::pending().await
    };
    let me = tokio::select! {
        me = identity::learn(client, db, &parts.clock, Some(health)) => me?,
        never = waiting_room => never,
    };
    // Otherwise, kept-alive connections would stay in the waiting room.
    stop.cancel();
    let me = me.ok_or(Failed::TokenRefused)?;
    health.taps_come(me.taps_without_message().is_none());
    health.intake_is_well();
    Ok((TcpListener::from_std(socket).map_err(failed)?, me.username))
}

/// Checks whether the stored name is still right. Calls `fail` if Telegram refuses the token.
async fn confirm_name(
    parts: Parts,
    client: Client,
    db: Db,
    health: Health,
    stop: CancellationToken,
    fail: impl FnOnce(Failed),
) {
    let learned = tokio::select! {
        learned = identity::learn(&client, &db, &parts.clock, None) => learned,
        () = stop.cancelled() => return,
    };
    match learned {
        Ok(Some(me)) => health.taps_come(me.taps_without_message().is_none()),
        Ok(None) => fail(Failed::TokenRefused),
        Err(error) => tracing::error!(%error, "the bot's name cannot be stored"),
    }
    stop.cancelled().await;
}

/// Logs when the database's file disappears and when it is back, so that the log tells it even if nobody polls the
/// health endpoints.
async fn watch_file(db: Db, stop: CancellationToken) {
    let mut was_there = true;
    let look = async {
        loop {
            tokio::time::sleep(LOOK_AT_FILE_EVERY).await;
            match db.check_place() {
                Err(error) if was_there => tracing::error!(%error, "nothing can be stored"),
                Ok(()) if !was_there => tracing::info!("the database's file is back"),
                _ => continue,
            }
            was_there = !was_there;
        }
    };
    tokio::select! {
        never = look => never,
        () = stop.cancelled() => {}
    }
}

/// Once a minute, logs the wrong keys that came in since the last log line about them.
async fn tell_of_guesses(guesses: Guesses, clock: Clock, stop: CancellationToken) {
    let telling = async {
        loop {
            clock.sleep(TELL_OF_GUESSES_EVERY).await;
            guesses.tell();
        }
    };
    tokio::select! {
        never = telling => never,
        () = stop.cancelled() => {}
    }
}

async fn install_scripts(db: &Db, ctx: &Context) -> store::Result<()> {
    let mut unit = Unit::begin(db, ctx).await?;
    let installed = scripts::install_shipped(&mut unit).await?;
    unit.commit().await?;
    if installed > 0 {
        tracing::info!(installed, "the shipped scripts are installed");
    }
    Ok(())
}

/// Applies the environment as it is now. It may name other admins and chats than before: roles that it once gave end,
/// alerts that had nobody to go to may find a recipient, and chats that refused alerts may accept them again.
async fn apply_roles_and_alert_chats(db: &Db, ctx: &Context) -> store::Result<()> {
    let mut unit = Unit::begin(db, ctx).await?;
    staff::revoke_at_start(&mut unit).await?;
    let sent = alerts::send_waiting_at_start(&mut unit).await?;
    unit.commit().await?;
    if sent > 0 {
        tracing::info!(sent, "alerts that had waited for somebody to tell go out");
    }
    Ok(())
}

impl Parts {
    /// The context of the use cases. It has no scripts yet.
    #[must_use]
    pub fn context(&self, bot_username: &str) -> Context {
        Context {
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            config: Arc::clone(&self.config),
            catalogue: Arc::new(Catalogue::new(&self.config.languages)),
            scripts: ScriptSet::new(&self.config.languages),
            bot_username: Arc::from(bot_username),
        }
    }
}

impl Running {
    /// The link whose first tap makes an admin; `None` once there has ever been an admin.
    pub async fn claim_link(&self) -> store::Result<Option<String>> {
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let link = staff::claim_link(&mut unit).await?;
        unit.commit().await?;
        Ok(link)
    }

    pub async fn has_admin(&self) -> store::Result<bool> {
        Ok(!roles::admins(&mut self.db.read().await?, &self.ctx).await?.is_empty())
    }

    /// The parts that talk to Telegram; `None` if another program does that.
    pub fn leading(&self) -> Option<Leading> {
        self.leading.borrow().clone()
    }

    /// Returns when a part without which the program cannot go on has failed.
    pub async fn failed(&self) -> Failed {
        self.tasks.failed().await
    }

    /// Stops taking in work, finishes what was begun, and closes the database. Returns false if that took longer than
    /// `patience`; the next start resumes the unfinished work.
    pub async fn stop(&self, patience: Duration) -> bool {
        let ended = self.tasks.stop(patience).await;
        if ended {
            self.db.close().await;
            *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        ended
    }
}
