//! The sender's loop: load rows, start the calls that may leave, write what is to be written, wait.

mod outcomes;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use teloxide::payloads::SendChatAction;
use teloxide::types::ChatAction;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::entries::{Entry, Written, write};
use super::wire::{Claimed, Created};
use super::{Parts, Status, wire};
use crate::clock::Instant;
use crate::domain::ids::{ChatId, MessageId, MessageKey};
use crate::service::Reaction;
use crate::telegram::client::{Client, Nothing};
use crate::telegram::error::CallError;
use crate::telegram::lanes::{Heard, Lanes, Probe, Queued};
use crate::telegram::pulse::Part;
use crate::telemetry::metrics::{CALL_SECONDS, CALLS};

/// How often to look for rows of other processes on the same database (the command line), which do not signal them.
const RESCAN: Duration = Duration::from_secs(2);
/// The same if other programs on the database receive taps, because then customers wait for what is shown next.
const RESCAN_FOR_OTHERS: Duration = Duration::from_millis(200);
/// How many rows are read at a time.
const PAGE: i64 = 1000;
/// How many outcomes may be unwritten before no more calls are started, because the database is in trouble.
const UNWRITTEN: usize = 512;
/// While calls are in flight, finished edits are collected up to this number and written together.
const PATIENT: usize = 64;
/// How long to pause after the database refused to write.
const STORAGE_PAUSE: Duration = Duration::from_secs(2);

/// The timeout of a probe.
const PROBE: Duration = Duration::from_secs(10);

/// A call, a probe or a reaction that has ended.
enum Over {
    Call { call: Box<Queued>, result: Result<Created, CallError>, took: Duration },
    Probe { probe: Probe, heard: Heard },
    Reaction,
}

type Call = Pin<Box<dyn Future<Output = Over> + Send>>;
type Writing = Pin<Box<dyn Future<Output = Written> + Send>>;

pub(super) struct Running {
    parts: Parts,
    status: watch::Sender<Status>,
    grew: watch::Receiver<u64>,
    lanes: Lanes,
    calls: FuturesUnordered<Call>,
    entries: Vec<Entry>,
    /// IDs of messages just sent, until they are committed. Rows read meanwhile lack them.
    known: HashMap<MessageKey, MessageId>,
    last_loaded: i64,
    loaded: u64,
    must_load: bool,
    storage_paused_until: Instant,
    /// When a call or a transaction last ended, or when there was last nothing to do.
    moved_at: Instant,
}

impl Running {
    pub(super) fn new(parts: Parts, status: watch::Sender<Status>) -> Self {
        Self {
            lanes: Lanes::new(parts.ctx.config.messages_per_second),
            grew: parts.db.outbox_grew(),
            moved_at: parts.ctx.clock.instant(),
            parts,
            status,
            calls: FuturesUnordered::new(),
            entries: Vec::new(),
            known: HashMap::new(),
            last_loaded: 0,
            loaded: 0,
            must_load: true,
            storage_paused_until: Instant::LONG_AGO,
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let others_take_in = self.parts.ctx.config.webhook.is_some() && self.parts.db.file().is_none();
        let mut rescan = tokio::time::interval(if others_take_in { RESCAN_FOR_OTHERS } else { RESCAN });
        let mut writing: Option<Writing> = None;
        loop {
            let is_stopping = stop.is_cancelled();
            if is_stopping && !self.parts.db.may_act() {
                // Calls in flight belong to the next holder, who finds their claims and sends them once more.
                return;
            }
            if is_stopping {
                self.entries.retain(|entry| !matches!(entry, Entry::Claim(_)));
            } else {
                if self.must_load {
                    self.load().await;
                }
                self.start_ready(&stop);
            }
            if writing.is_none() && self.is_write_due() {
                let entries = std::mem::take(&mut self.entries);
                writing = Some(Box::pin(write(self.parts.db.clone(), self.parts.ctx.clone(), entries)));
            }
            let next_at = self.publish(writing.is_some(), is_stopping);
            if is_stopping && writing.is_none() && self.calls.is_empty() && self.entries.is_empty() {
                return;
            }
            tokio::select! {
                Some(over) = self.calls.next(), if !self.calls.is_empty() => {
                    self.moved_at = self.parts.ctx.clock.instant();
                    self.handle_all(over).await;
                }
                written = wait_for(&mut writing), if writing.is_some() => {
                    writing = None;
                    self.moved_at = self.parts.ctx.clock.instant();
                    self.after_writing(written);
                }
                _ = self.grew.changed() => self.must_load = true,
                _ = rescan.tick() => self.must_load = true,
                () = sleep_until(&self.parts, next_at), if next_at.is_some() => {}
                () = stop.cancelled(), if !is_stopping => {}
            }
        }
    }

    /// Reads the rows that were added since the last time. IDs are assigned in the order of commits.
    async fn load(&mut self) {
        let loaded = *self.grew.borrow_and_update();
        match self.load_pages().await {
            Ok(()) => {
                self.loaded = loaded;
                self.must_load = false;
                if self.storage_paused_until <= self.parts.ctx.clock.instant() {
                    self.parts.health.set_sender(None);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                self.parts.health.set_sender(Some(format!("the outbox cannot be read: {error}")));
                // The next try is the rescan's. `loaded` stays behind, so that nobody takes this for idle.
                self.must_load = false;
            }
        }
    }

    async fn load_pages(&mut self) -> Result<(), crate::store::Error> {
        loop {
            let mut tx = self.parts.db.read().await?;
            let rows = tx.list_outbox_after(self.last_loaded, PAGE).await?;
            drop(tx);
            let Some(last) = rows.last() else { return Ok(()) };
            self.last_loaded = last.id;
            let is_last_page = i64::try_from(rows.len()).is_ok_and(|count| count < PAGE);
            let now = self.parts.ctx.clock.instant();
            for mut row in rows {
                if let Some(message_id) = row.message.and_then(|message| self.known.get(&message)) {
                    row.message_id = Some(*message_id);
                }
                let is_called = row.attempts > 0;
                if is_called && row.unknown_at.is_none() {
                    // The call was in flight when the program ended.
                    self.entries.push(Entry::Unknown(row.clone()));
                }
                // A message is never sent a third time. It may still turn out that one of the two arrived.
                if row.attempts < 2 {
                    self.lanes.push(row, now);
                }
            }
            if is_last_page {
                return Ok(());
            }
        }
    }

    fn start_ready(&mut self, stop: &CancellationToken) {
        let clock = &self.parts.ctx.clock;
        let (now, wall) = (clock.instant(), clock.now());
        if self.parts.db.may_act()
            && let Some(probe) = self.lanes.probe(now)
        {
            self.probe(probe, stop.clone());
        }
        while self.parts.db.may_act()
            && self.entries.len() < UNWRITTEN
            && let Some(call) = self.lanes.pop(now)
        {
            let row = &call.row;
            if call.is_edit() {
                match (row.message_id, row.edit.clone()) {
                    (Some(_), Some(payload)) => self.start(call, Claimed::edit(payload.into())),
                    _ => self.entries.push(Entry::LostEdit(call)),
                }
            } else if row.not_after.is_some_and(|last| last < wall) {
                self.lanes.finish(&call, now);
                // A message that may be out already is not given back, because it would be sent again.
                if row.attempts == 0 {
                    self.entries.push(Entry::GivenBack(call.row));
                }
            } else {
                self.entries.push(Entry::Claim(call));
            }
        }
    }

    fn start(&mut self, call: Queued, claimed: Claimed) {
        let client: Client = self.parts.client.clone();
        let db = self.parts.db.clone();
        let pictures = self.parts.pictures.clone();
        self.calls.push(Box::pin(async move {
            let began = std::time::Instant::now();
            let result = wire::transmit(&client, &db, &call.row, &claimed, &pictures).await;
            let metrics = db.metrics();
            let method = ("method", call.row.method.as_str().into());
            metrics.observe(&CALL_SECONDS, std::slice::from_ref(&method), began.elapsed());
            let outcome = result.as_ref().map_or_else(CallError::kind, |_| "ok");
            metrics.add(&CALLS, &[method, ("result", outcome.into())], 1);
            Over::Call { call: Box::new(call), result, took: began.elapsed() }
        }));
    }

    /// Asks Telegram for a sign of life, in a chat where it has not answered and else at all.
    fn probe(&mut self, probe: Probe, stop: CancellationToken) {
        let client = self.parts.client.clone();
        self.calls.push(Box::pin(async move {
            let heard = tokio::select! {
                heard = hear(&client, probe.chat) => heard,
                () = stop.cancelled() => Heard::Nowhere,
            };
            Over::Probe { probe, heard }
        }));
    }

    fn react(&mut self, reaction: Reaction) {
        let client = self.parts.client.clone();
        self.calls.push(Box::pin(async move {
            if let Err(error) = wire::react(&client, reaction).await {
                tracing::debug!(chat = reaction.chat_id.get(), %error, "a reaction was not made");
            }
            Over::Reaction
        }));
    }

    fn is_write_due(&self) -> bool {
        !self.entries.is_empty()
            && self.storage_paused_until <= self.parts.ctx.clock.instant()
            && (self.calls.is_empty()
                || self.entries.len() >= PATIENT
                || self.entries.iter().any(|entry| !entry.is_patient()))
    }

    fn after_writing(&mut self, written: Written) {
        let now = self.parts.ctx.clock.instant();
        let mut facts = written.facts;
        for reaction in std::mem::take(&mut facts.reactions) {
            self.react(reaction);
        }
        for entry in written.entries {
            match entry {
                Entry::Claim(mut call) => {
                    let Some(claimed) = facts.claimed.remove(&call.row.id) else {
                        // The message turned out to have arrived, or somebody deleted the row, as an erasure does.
                        self.lanes.finish(&call, now);
                        continue;
                    };
                    call.row.attempts += 1;
                    self.start(call, claimed);
                }
                Entry::LostEdit(call) => self.after_lost_edit(call, &facts.found, &facts.resent, now),
                Entry::Sent { row, created } => {
                    let others = created.others.iter().map(|(message, _)| *message);
                    for message in row.message.into_iter().chain(others) {
                        self.known.remove(&message);
                    }
                }
                _ => {}
            }
        }
        let mut left = written.left;
        left.append(&mut self.entries);
        self.entries = left;
        match written.error {
            None => self.parts.health.set_sender(None),
            Some(error) => {
                tracing::error!(%error, "what was sent cannot be written down");
                self.parts.health.set_sender(Some(error.to_string()));
                self.storage_paused_until = now.plus(STORAGE_PAUSE);
            }
        }
    }

    fn after_lost_edit(
        &mut self,
        mut call: Queued,
        found: &HashMap<i64, MessageId>,
        resent: &std::collections::HashSet<i64>,
        now: Instant,
    ) {
        if let Some(message_id) = found.get(&call.row.id) {
            call.row.message_id = Some(*message_id);
            self.lanes.put_back(call, now, now);
        } else if resent.contains(&call.row.id) {
            self.lanes.resend(call, now);
        } else {
            self.lanes.finish(&call, now);
        }
    }

    /// Publishes the state. Returns when to look again if nothing else happens.
    fn publish(&mut self, is_writing: bool, is_stopping: bool) -> Option<Instant> {
        let now = self.parts.ctx.clock.instant();
        if self.lanes.is_heard() {
            self.parts.health.telegram_answers();
        }
        let is_paused = self.storage_paused_until > now;
        let may_start = !is_stopping && self.entries.len() < UNWRITTEN;
        let lanes = if may_start { self.lanes.next_at(now) } else { None };
        let storage = Some(self.storage_paused_until).filter(|_| is_paused && !self.entries.is_empty());
        let next_at = [lanes, storage].into_iter().flatten().min();
        let status = Status {
            loaded: self.loaded,
            idle: !self.must_load
                && !is_writing
                && self.calls.is_empty()
                && (self.entries.is_empty() || is_paused)
                && next_at.is_none_or(|at| at > now),
            in_flight: self.lanes.in_flight(),
            queued: self.lanes.queued(),
            next_at,
        };
        if status.idle {
            self.moved_at = now;
        }
        let expected = if status.idle { next_at.unwrap_or(Instant::NEVER) } else { self.moved_at };
        self.parts.health.pulse.expect(Part::Sender, expected);
        self.status.send_if_modified(|current| {
            let is_new = *current != status;
            *current = status;
            is_new
        });
        next_at
    }
}

async fn wait_for(writing: &mut Option<Writing>) -> Written {
    match writing {
        Some(writing) => writing.await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(parts: &Parts, moment: Option<Instant>) {
    match moment {
        Some(moment) => parts.ctx.clock.sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Whether Telegram answers, in this chat or at all.
async fn hear(client: &Client, chat: ChatId) -> Heard {
    let typing = SendChatAction::new(teloxide::types::ChatId(chat.get()), ChatAction::Typing);
    let in_chat = client.call_within::<_, Nothing>(&typing, PROBE).await;
    if is_heard(&in_chat) {
        return Heard::InChat;
    }
    let at_all = client.call_within::<_, Nothing>(&teloxide::payloads::GetMe {}, PROBE).await;
    if is_heard(&at_all) { Heard::Elsewhere } else { Heard::Nowhere }
}

fn is_heard(answer: &Result<Nothing, CallError>) -> bool {
    if let Err(error) = answer {
        tracing::warn!(%error, "Telegram was asked for a sign of life");
    }
    answer.as_ref().err().is_none_or(CallError::is_answer)
}
