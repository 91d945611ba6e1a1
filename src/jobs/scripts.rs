//! Work for admins that takes longer than handling an update is allowed to: fetching files from Telegram, and
//! backtests.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use teloxide::payloads::SendChatAction;
use teloxide::types::{ChatAction, Recipient};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::domain::ids::ChatId;
use crate::domain::ledger::{State, Suppression, Unreachable};
use crate::domain::script::{MAX_FILE_BYTES, Script};
use crate::domain::staff::Role;
use crate::service::backtest::{Counts, Outcome, Overlaps, Report, backtest, lately, overlaps, recorded};
use crate::service::roles::role;
use crate::service::{Context, Unit, editor, person};
use crate::store::editing::ScriptJob;
use crate::store::persons::Person;
use crate::store::{self, Db, Lane, Outgoing, Payload};
use crate::telegram::client::{Client, Nothing};
use crate::telegram::pulse::{Part, Pulse};
use crate::view::View;
use crate::view::editor::{EditorView, Row};

/// How often to look for jobs that another process stored. Jobs from this process wake the loop at once.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const AFTER_TROUBLE: Duration = Duration::from_secs(3);
/// How long showing "typing…" may delay an answer if Telegram does not accept it.
const COURTESY: Duration = Duration::from_secs(2);
const PAST: Duration = Duration::from_hours(30 * 24);

#[derive(Debug)]
pub struct ScriptJobs {
    pub client: Client,
    pub db: Db,
    pub ctx: Context,
    pub pulse: Pulse,
}

impl ScriptJobs {
    /// Runs jobs one after another until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut grew = self.db.jobs_grew();
        while !stop.is_cancelled() {
            grew.mark_unchanged();
            self.pulse.expect(Part::ScriptJobs, self.ctx.clock.instant());
            let has_failed = match Box::pin(self.next()).await {
                Ok(true) => continue,
                Ok(false) => false,
                Err(error) => {
                    tracing::warn!(%error, "what an admin asked for cannot be done now");
                    true
                }
            };
            self.pulse.rests(Part::ScriptJobs);
            rest(has_failed, &mut grew, &stop).await;
        }
    }

    /// Does the next job. Returns false if there is none. A job that can never succeed is dropped and the admin is
    /// told, because other jobs wait behind it.
    async fn next(&self) -> store::Result<bool> {
        let Some(job) = self.db.read().await?.find_next_script_job().await? else { return Ok(false) };
        let Some(person) = self.db.read().await?.find_person(job.person).await? else {
            return self.drop_job(&job).await;
        };
        match lasting(Box::pin(self.attempt(&job, &person))).await? {
            Ok(()) => {}
            Err(why) => {
                tracing::error!(job = job.kind, why, "what an admin asked for cannot be done");
                self.give_up(&job, &person).await?;
            }
        }
        Ok(true)
    }

    async fn attempt(&self, job: &ScriptJob, person: &Person) -> store::Result<()> {
        let role = role(&mut self.db.read().await?, &self.ctx, person.id).await?;
        match job.kind.as_str() {
            _ if role != Some(Role::Admin) => self.refuse(job, person).await,
            "file" => self.file(job, person).await,
            editor::LIST | editor::PUBLISH => self.shares(job, person).await,
            _ => Box::pin(self.backtest(job, person)).await,
        }
    }

    /// Tells the person that they no longer have the role in which they made the request.
    async fn refuse(&self, job: &ScriptJob, person: &Person) -> store::Result<()> {
        tracing::warn!(person = person.id.get(), "what was asked for is not done: no admin any more");
        self.tell(job, person, "team-closed").await
    }

    async fn give_up(&self, job: &ScriptJob, person: &Person) -> store::Result<()> {
        if matches!(job.kind.as_str(), editor::LIST | editor::PUBLISH) {
            // The screen is complete without these counts.
            let mut tx = self.db.read().await?;
            let draft = tx.find_script_draft(job.slug.as_deref().unwrap_or_default()).await?;
            drop(tx);
            return self.show_shares(job, person, draft.map_or(0, |draft| draft.revision), None).await;
        }
        self.tell(job, person, "editor-job-failed").await
    }

    /// Sends a text about how the job ended instead of the answer.
    async fn tell(&self, job: &ScriptJob, person: &Person, id: &str) -> store::Result<()> {
        let view = View::text(self.ctx.catalogue.text(person::locale(&self.ctx, person), id));
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        if unit.tx.delete_script_job(job.id).await? {
            if job.kind == "file" {
                person::say(&mut unit, person.id, &view).await?;
            } else {
                show(&mut unit, job, &view).await?;
            }
        }
        unit.commit().await
    }

    async fn drop_job(&self, job: &ScriptJob) -> store::Result<bool> {
        let mut tx = self.db.write().await?;
        tx.delete_script_job(job.id).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn file(&self, job: &ScriptJob, person: &Person) -> store::Result<()> {
        let fetched = match &job.file_id {
            // "Typing…" is sent during the download, so that it is over before the answer comes.
            Some(id) => {
                tokio::join!(self.client.download(id, MAX_FILE_BYTES + 1), self.say_typing(job.person.chat()))
                    .0
            }
            None => return self.drop_job(job).await.map(drop),
        };
        // The file is read before the transaction starts, because other writers wait for a transaction.
        let read = match fetched {
            Ok(bytes) => {
                let name = job.file_name.clone().unwrap_or_else(|| "script.toml".to_owned());
                let languages = self.ctx.config.languages.clone();
                Ok(beside(move || editor::read_file(&name, &bytes, &languages)).await?)
            }
            Err(error) => Err(error),
        };
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        if unit.tx.delete_script_job(job.id).await? {
            match read {
                Ok(file) => editor::import(&mut unit, person, file).await?,
                Err(error) => {
                    tracing::warn!(%error, "a script's file could not be fetched");
                    editor::file_lost(&mut unit, person).await?;
                }
            }
        }
        unit.commit().await
    }

    /// Shows "typing…" in a chat, until the next message or for some seconds.
    async fn say_typing(&self, chat: ChatId) {
        let typing =
            SendChatAction::new(Recipient::Id(teloxide::types::ChatId(chat.get())), ChatAction::Typing);
        let said: Result<Nothing, _> = self.client.call_within(&typing, COURTESY).await;
        if let Err(error) = said {
            // Showing "typing…" is only a courtesy. The answer follows regardless.
            tracing::debug!(%error, "the chat does not show that an answer is on its way");
        }
    }

    /// Counts which scripts take events from which others, for the list or for the screen before publishing.
    async fn shares(&self, job: &ScriptJob, person: &Person) -> store::Result<()> {
        let mut tx = self.db.read().await?;
        self.ctx.scripts.refresh(&mut tx).await?;
        let draft = match &job.slug {
            Some(slug) => tx.find_script_draft(slug).await?,
            None => None,
        };
        let revision = draft.as_ref().map_or(0, |draft| draft.revision);
        let languages = &self.ctx.config.languages;
        let draft = draft.and_then(|draft| Script::read_published(&draft.source, languages).ok());
        let past = lately(&mut tx, &self.ctx, PAST, draft.as_ref()).await?;
        drop(tx);
        let ctx = self.ctx.clone();
        let counted = beside(move || overlaps(&ctx, &past, draft.as_ref())).await?;
        self.show_shares(job, person, revision, Some(&counted)).await
    }

    async fn show_shares(
        &self,
        job: &ScriptJob,
        person: &Person,
        revision: i64,
        counted: Option<&Overlaps>,
    ) -> store::Result<()> {
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        if role(&mut unit.tx, &self.ctx, person.id).await? != Some(Role::Admin) {
            drop(unit);
            return self.refuse(job, person).await;
        }
        if unit.tx.delete_script_job(job.id).await?
            && let Some(view) = editor::with_shares(&mut unit, person, job, revision, counted).await?
        {
            show(&mut unit, job, &view).await?;
        }
        unit.commit().await
    }

    async fn backtest(&self, job: &ScriptJob, person: &Person) -> store::Result<()> {
        let slug = job.slug.clone().unwrap_or_default();
        let mut tx = self.db.read().await?;
        self.ctx.scripts.refresh(&mut tx).await?;
        let draft = tx.find_script_draft(&slug).await?;
        let live = tx.find_live_script(&slug).await?;
        let mark = draft.as_ref().map(|draft| draft.revision).or(live.as_ref().map(|live| live.version));
        let is_draft = draft.is_some();
        let source = draft.map(|draft| draft.source).or(live.map(|live| live.source));
        let languages = &self.ctx.config.languages;
        let script = source.and_then(|source| Script::read_published(&source, languages).ok());
        let Some(script) = script else {
            drop(tx);
            return self.tell(job, person, "editor-job-gone").await;
        };
        let past = recorded(&mut tx, &self.ctx, PAST, &script).await?;
        drop(tx);
        let ctx = self.ctx.clone();
        let report = beside(move || backtest(&ctx, &past, &script)).await?;
        let editor = EditorView {
            catalogue: &self.ctx.catalogue,
            locale: person::locale(&self.ctx, person),
            zone: self.ctx.zone(),
            languages,
            sending: &self.ctx.config.sending,
            slug: &slug,
            mark: mark.unwrap_or(0),
        };
        let view = drawn(&editor, &report, is_draft);
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        if role(&mut unit.tx, &self.ctx, person.id).await? != Some(Role::Admin) {
            drop(unit);
            return self.refuse(job, person).await;
        }
        if unit.tx.delete_script_job(job.id).await? {
            show(&mut unit, job, &view).await?;
        }
        unit.commit().await
    }
}

/// Waits until there may be another job. After a failure, a new job does not cut the pause short.
pub(super) async fn rest(has_failed: bool, grew: &mut watch::Receiver<u64>, stop: &CancellationToken) {
    let pause = if has_failed { AFTER_TROUBLE } else { LOOK_EVERY };
    let woken = async {
        if has_failed || grew.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = woken => {}
        () = stop.cancelled() => {}
    }
}

/// Separates lasting failures, returned as text, from transient ones, returned as an error so that the job is tried
/// again.
pub(super) async fn lasting<T>(
    work: impl Future<Output = store::Result<T>>,
) -> store::Result<Result<T, String>> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(done)) => Ok(Ok(done)),
        Ok(Err(error)) if error.is_transient() => Err(error),
        Ok(Err(error)) => Ok(Err(error.to_string())),
        // The panic's own message may quote a customer.
        Err(_) => Ok(Err("it panicked".to_owned())),
    }
}

/// Runs heavy work on a blocking thread, so that it does not stall the async runtime.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> store::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| store::Error::broken("script_jobs", "the work panicked"))
}

async fn show(unit: &mut Unit<'_>, job: &ScriptJob, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let chat = job.person.chat();
    let edit = match job.message {
        Some(message) => Outgoing::edit(Lane::Answers, chat, message, None, payload),
        None => Outgoing::edit_shown(Lane::Answers, chat, job.message_id, payload),
    };
    unit.tx.enqueue(&edit, unit.now).await
}

fn drawn(editor: &EditorView<'_>, report: &Report, is_draft: bool) -> View {
    let row = |what: String, counts: &Counts| Row {
        what,
        draft: counts.draft,
        live: counts.live,
        ledger: counts.ledger,
    };
    let outcomes = report.outcomes.iter();
    let outcomes: Vec<Row> =
        outcomes.map(|(outcome, counts)| row(outcome_text(editor, outcome), counts)).collect();
    let hours: Vec<Row> =
        report.hours.iter().map(|(hour, counts)| row(format!("{hour:02}:00"), counts)).collect();
    editor.backtest(report.events, &outcomes, &hours, is_draft)
}

fn outcome_text(editor: &EditorView<'_>, outcome: &Outcome) -> String {
    match outcome {
        Outcome::AskedBy(slug) => editor.one("outcome-asked-by", "slug", slug.clone()),
        Outcome::Asked => editor.fate(State::Sent),
        Outcome::Scheduled => editor.fate(State::Scheduled),
        Outcome::WaitingForLink => editor.fate(State::WaitingForLink),
        Outcome::Suppressed(place) => {
            let reason = Suppression::ALL.get(*place).copied().unwrap_or(Suppression::NoScript);
            editor.fate(State::Suppressed(reason))
        }
        Outcome::Undeliverable(place) => {
            let reason = Unreachable::ALL.get(*place).copied().unwrap_or(Unreachable::Unconfirmed);
            editor.fate(State::Undeliverable(reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_lasting_and_a_busy_database_is_not() {
        let busy = async { Err::<(), _>(store::Error::Unavailable("it is locked".to_owned())) };
        assert!(lasting(busy).await.unwrap_err().is_transient());
        assert_eq!(lasting(async { Ok(()) }).await.unwrap(), Ok(()));
        let broken = async { Err::<(), _>(store::Error::broken("events", "7: body")) };
        assert_eq!(lasting(broken).await.unwrap(), Err("broken row in events, 7: body".to_owned()));
        assert_eq!(
            lasting::<()>(async { panic!("secret words") }).await.unwrap(),
            Err("it panicked".to_owned())
        );
        let counted = async { beside(|| panic!("secret words")).await };
        assert_eq!(
            lasting::<()>(counted).await.unwrap(),
            Err("broken row in script_jobs, the work panicked".to_owned())
        );
    }
}
