//! The work that only one program on a database does: talking to Telegram. That program holds a lease. The others
//! answer HTTP and wait until the lease ends.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Parts;
use super::tasks::{Failed, Tasks};
use crate::bot::intake::Intake;
use crate::bot::profile::Profile;
use crate::bot::router::Router;
use crate::clock::Instant;
use crate::jobs::Jobs;
use crate::jobs::followers::Followers;
use crate::jobs::reports::ReportJobs;
use crate::jobs::scripts::ScriptJobs;
use crate::jobs::segments::Segments;
use crate::jobs::write_backs::{Planner, Resting, WriteBacks};
use crate::outbound::{Mailer, Outbound};
use crate::service::Context;
use crate::store::{self, Db, Lease, Term};
use crate::telegram::client::Client;
use crate::telegram::health::{Health, Standby};
use crate::telegram::picture::Pictures;
use crate::telegram::sender::{self, Callbacks, Sender};

/// How often the holder renews the lease, and how often the others check whether it has ended.
const RENEW: Duration = Duration::from_secs(1);
/// The promise: if a program is killed, another takes over within this time. What is left after the lease and two
/// checks is for slow machines.
const GOES_ON_WITHIN: Duration = Duration::from_secs(10);
const _: () = assert!(Term::LASTS.as_millis() + 2 * RENEW.as_millis() < GOES_ON_WITHIN.as_millis());
/// How long the work in progress may take to end when the lease is given up.
const PATIENCE: Duration = Duration::from_secs(8);

/// The parts that talk to Telegram, while they run.
#[derive(Clone, Debug)]
pub struct Leading {
    pub sender: Sender,
    /// When the background work resumes; `None` while it works.
    pub jobs_rest_until: watch::Receiver<Option<Instant>>,
    /// The same for the bot's menus and descriptions.
    pub profile_rests_until: watch::Receiver<Option<Instant>>,
    /// The same for the check of the webhook; closed if updates are polled.
    pub webhook_rests_until: watch::Receiver<Option<Instant>>,
    /// The same for each follower of the journal.
    pub followers_rest_until: Vec<watch::Receiver<Option<Instant>>>,
    /// The same for the calls to other systems.
    pub write_backs_rest: watch::Receiver<Option<Resting>>,
}

/// What the parts are built from. They are rebuilt for every term.
#[derive(Clone, Debug)]
pub(super) struct Leader {
    pub parts: Parts,
    pub client: Client,
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
    pub pictures: Pictures,
    pub bot: i64,
    pub callbacks: Callbacks,
    pub outbound: Outbound,
    pub mailer: Option<Mailer>,
    /// Becomes true when updates that arrive at the webhook may be handled.
    pub begun: watch::Sender<bool>,
}

/// One term with its running parts.
struct RunningTerm {
    term: Term,
    tasks: Tasks,
}

/// How a term ended.
enum End {
    Stopped,
    TakenOver,
    Failed(Failed),
}

impl Leader {
    /// Takes the lease if it is free; then all parts run when this returns. The caller must run the returned future,
    /// which waits for the lease, keeps it, and gives it up.
    pub async fn start(
        self,
        stop: CancellationToken,
        fail: impl FnOnce(Failed) + Send + 'static,
    ) -> store::Result<(watch::Receiver<Option<Leading>>, impl Future<Output = ()> + Send + 'static)> {
        let (now, leading) = watch::channel(None);
        let first = match self.take().await? {
            Lease::Taken(term) => Some(self.begin(term, &now)),
            Lease::Held { by } => {
                tracing::info!(
                    holder = by,
                    "another program on this database talks to Telegram; this one will if that one ends"
                );
                self.health.set_standby(Some(Standby::Other(by)));
                // The holder of the lease has already done what must come first.
                self.begun.send_replace(true);
                None
            }
        };
        Ok((leading, self.run(first, now, stop, fail)))
    }

    async fn run(
        self,
        mut running: Option<RunningTerm>,
        now: watch::Sender<Option<Leading>>,
        stop: CancellationToken,
        fail: impl FnOnce(Failed) + Send,
    ) {
        loop {
            let held = if let Some(running) = running.take() {
                running
            } else {
                tokio::select! {
                    term = self.wait() => {
                        tracing::info!("this program talks to Telegram now");
                        self.begin(term, &now)
                    }
                    () = stop.cancelled() => return,
                }
            };
            let end = tokio::select! {
                () = stop.cancelled() => End::Stopped,
                failed = held.tasks.failed() => End::Failed(failed),
                () = self.keep(&held.term) => End::TakenOver,
            };
            now.send_replace(None);
            held.tasks.stop(PATIENCE).await;
            self.health.pulse.clear();
            if !matches!(end, End::TakenOver)
                && let Err(error) = self.db.release_lease(&held.term).await
            {
                tracing::warn!(%error, "the lease could not be given up; it runs out by itself");
            }
            match end {
                End::Stopped => return,
                End::Failed(failed) => {
                    fail(failed);
                    return stop.cancelled().await;
                }
                End::TakenOver => {
                    tracing::error!(
                        "the lease for talking to Telegram was lost: the database could not be reached in time"
                    );
                    self.health.set_standby(Some(Standby::Unknown));
                }
            }
        }
    }

    async fn take(&self) -> store::Result<Lease> {
        self.db.take_lease(&name(self.parts.config.http_addr)).await
    }

    /// Returns when this program has got the lease.
    async fn wait(&self) -> Term {
        loop {
            match self.take().await {
                Ok(Lease::Taken(term)) => return term,
                Ok(Lease::Held { by }) => self.health.set_standby(Some(Standby::Other(by))),
                Err(error) => tracing::warn!(%error, "whether the lease is free cannot be seen"),
            }
            tokio::time::sleep(RENEW).await;
        }
    }

    /// Returns when the lease is lost, or may be lost.
    async fn keep(&self, term: &Term) {
        loop {
            tokio::time::sleep(RENEW).await;
            let Some(until) = term.holds_until() else { return std::future::pending().await };
            match tokio::time::timeout_at(until.into(), self.db.renew_lease(term)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => tracing::warn!(%error, "the lease cannot be renewed"),
            }
            if !term.holds() {
                return;
            }
        }
    }

    /// Starts all parts. The database refuses their writes once the term is over.
    fn begin(&self, term: Term, now: &watch::Sender<Option<Leading>>) -> RunningTerm {
        let (client, ctx, health) = (self.client.clone(), self.ctx.clone(), self.health.clone());
        let db = self.db.during(&term);
        let tasks = Tasks::new();
        let parts = sender::Parts {
            client: client.clone(),
            db: db.clone(),
            ctx: ctx.clone(),
            health: health.clone(),
            pictures: self.pictures.clone(),
        };
        let (tracker, stop) = (&tasks.outward.tracker, &tasks.outward.stop);
        let sender = Sender::start_beside(self.callbacks.clone(), parts, tracker, stop);
        tasks.spawn_outward("the sender", sender.clone().ended());
        let intake = Intake {
            client: client.clone(),
            db: db.clone(),
            ctx: ctx.clone(),
            health: health.clone(),
            sender: sender.clone(),
            bot: self.bot,
            handler: Router::new(ctx.clock.clone(), health.clone()),
        };
        let (webhook_rests, webhook_rests_until) = watch::channel(None);
        let stop = tasks.inward.stop.clone();
        if let Some(webhook) = self.parts.config.webhook.clone() {
            let kept = intake.keep_webhook(webhook, self.begun.clone(), webhook_rests, stop);
            tasks.spawn_inward("the webhook", kept);
        } else {
            tasks.spawn_inward("the intake", intake.run(stop));
        }
        // What follows writes when nobody waits: an update is stored, and its answer sent, before it.
        let db = db.in_background();
        let jobs = Jobs::new(db.clone(), ctx.clone(), health.pulse.clone());
        let jobs_rest_until = jobs.resting_until();
        tasks.spawn_inward("the background work", jobs.run(tasks.inward.stop.clone()));
        let segments = Segments::new(db.clone(), ctx.clone());
        tasks.spawn_inward("what figures are counted from", segments.run(tasks.inward.stop.clone()));
        let all = vec![Planner::follower(db.clone(), ctx.clone())];
        let followers = Followers::new(db.clone(), self.parts.clock.clone(), all);
        let followers_rest_until = followers.resting_until();
        tasks.spawn_inward("what follows the journal", followers.run(tasks.inward.stop.clone()));
        let (resting, write_backs_rest) = watch::channel(None);
        let write_backs = WriteBacks {
            db: db.clone(),
            ctx: ctx.clone(),
            outbound: self.outbound.clone(),
            mailer: self.mailer.clone(),
            resting,
        };
        tasks.spawn_inward("the calls to other systems", write_backs.run(tasks.inward.stop.clone()));
        let reports = ReportJobs { db: db.clone(), ctx: ctx.clone(), pulse: health.pulse.clone() };
        tasks.spawn_inward("the reports", reports.run(tasks.inward.stop.clone()));
        let editor = ScriptJobs {
            client: client.clone(),
            db: db.clone(),
            ctx: ctx.clone(),
            pulse: health.pulse.clone(),
        };
        tasks.spawn_inward("what admins asked for", editor.run(tasks.inward.stop.clone()));
        let profile = Profile::new(client, db, ctx, self.bot);
        let profile_rests_until = profile.resting_until();
        tasks.spawn_inward("the bot's menus and descriptions", profile.run(tasks.inward.stop.clone()));
        health.set_standby(None);
        now.send_replace(Some(Leading {
            sender,
            jobs_rest_until,
            profile_rests_until,
            webhook_rests_until,
            followers_rest_until,
            write_backs_rest,
        }));
        RunningTerm { term, tasks }
    }
}

/// The name under which people see a program: where it runs.
fn name(http_addr: SocketAddr) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("process {} on {}, HTTP_ADDR={http_addr}", std::process::id(), host.trim())
}
