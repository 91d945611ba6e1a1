//! The entries that the sender has to write, and the single transaction that writes them.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::domain::ids::{ChatId, MessageId, MessageKey};
use crate::domain::routing::is_night;
use crate::service::delivery::{self, Refusal};
use crate::service::{Context, Reaction, Unit};
use crate::store::{Db, Error, OutboxRow, Payload, Tx};
use crate::telegram::lanes::Queued;
use crate::telegram::sender::wire::{Claimed, Created};

/// One thing to write to the database.
#[derive(Debug)]
pub(super) enum Entry {
    /// A call is about to be made.
    Claim(Queued),
    /// A claimed call certainly had no effect.
    Release(OutboxRow),
    /// Nobody knows whether a claimed call had its effect.
    Unknown(OutboxRow),
    /// These rows need nothing more.
    Done(Vec<i64>),
    /// A message went out. It has no ID if the rest of Telegram's answer cannot be read.
    Sent {
        row: OutboxRow,
        created: Created,
    },
    /// Telegram refuses the call for good.
    Refused {
        call: Queued,
        refusal: Refusal,
    },
    /// The message's time was over before the call was made.
    GivenBack(OutboxRow),
    /// There is no message to edit.
    LostEdit(Queued),
    Migrated {
        old: ChatId,
        new: ChatId,
    },
}

impl Entry {
    /// Whether this may wait so that several are written together: nothing waits for it, and losing it does no harm.
    pub(super) const fn is_patient(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    fn row_ids(&self) -> Vec<i64> {
        match self {
            Self::Claim(call) | Self::LostEdit(call) | Self::Refused { call, .. } => call.row_ids().collect(),
            Self::Done(ids) => ids.clone(),
            Self::Release(row) | Self::Unknown(row) | Self::Sent { row, .. } | Self::GivenBack(row) => {
                vec![row.id]
            }
            Self::Migrated { .. } => Vec::new(),
        }
    }
}

/// What a transaction found out, by row.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) claimed: HashMap<i64, Claimed>,
    /// Edits whose message has become known.
    pub(super) found: HashMap<i64, MessageId>,
    /// Edits that go out as a new message.
    pub(super) resent: HashSet<i64>,
    /// To be made now that what caused them is stored.
    pub(super) reactions: Vec<Reaction>,
}

/// The result of writing. The entries in `left` were not written, because of `error`.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) entries: Vec<Entry>,
    pub(super) facts: Facts,
    pub(super) left: Vec<Entry>,
    pub(super) error: Option<Error>,
}

/// Writes all entries in one transaction. If an entry makes it fail, each is written alone, and one that cannot be
/// written is dropped together with its row, so that it does not hold up the others for ever.
pub(super) async fn write(db: Db, ctx: Context, entries: Vec<Entry>) -> Written {
    match transaction(&db, &ctx, &entries).await {
        Ok(facts) => Written { entries, facts, left: Vec::new(), error: None },
        Err(error) if error.is_transient() || entries.is_empty() => {
            Written { entries: Vec::new(), facts: Facts::default(), left: entries, error: Some(error) }
        }
        Err(_) => write_one_by_one(&db, &ctx, entries).await,
    }
}

async fn write_one_by_one(db: &Db, ctx: &Context, entries: Vec<Entry>) -> Written {
    let mut written = Written { entries: Vec::new(), facts: Facts::default(), left: Vec::new(), error: None };
    let mut left = VecDeque::from(entries);
    while let Some(entry) = left.pop_front() {
        let mut result = transaction(db, ctx, std::slice::from_ref(&entry)).await;
        if let Err(error) = &result
            && !error.is_transient()
        {
            tracing::error!(%error, rows = ?entry.row_ids(), "the outcome of a message cannot be stored");
            result = transaction(db, ctx, &[Entry::Done(entry.row_ids())]).await;
        }
        match result {
            Ok(facts) => {
                written.facts.claimed.extend(facts.claimed);
                written.facts.found.extend(facts.found);
                written.facts.resent.extend(facts.resent);
                written.facts.reactions.extend(facts.reactions);
                written.entries.push(entry);
            }
            Err(error) => {
                left.push_front(entry);
                written.error = Some(error);
                break;
            }
        }
    }
    written.left = left.into();
    written
}

async fn transaction(db: &Db, ctx: &Context, entries: &[Entry]) -> Result<Facts, Error> {
    let mut unit = Unit::begin(db, ctx).await?;
    let mut facts = Facts::default();
    let mut claims = Vec::new();
    let mut done = Vec::new();
    for entry in entries {
        match entry {
            Entry::Claim(call) if is_known_to_have_arrived(&mut unit.tx, &call.row).await? => {
                delivery::delivered(&mut unit, &call.row).await?;
                done.push(call.row.id);
            }
            Entry::Claim(call)
                if call.row.attempts > 0 && !delivery::is_still_wanted(&mut unit, &call.row).await? =>
            {
                done.push(call.row.id);
            }
            Entry::Claim(call) => claims.push(call.row.id),
            Entry::Release(row) | Entry::Unknown(row)
                if !delivery::is_still_wanted(&mut unit, row).await? =>
            {
                done.push(row.id);
            }
            Entry::Release(row) => unit.tx.release_outbox(row.id).await?,
            Entry::Unknown(row) => unit.tx.mark_outbox_unknown(row.id, unit.now).await?,
            Entry::Done(ids) => done.extend_from_slice(ids),
            Entry::Sent { row, created } => {
                let first = row.message.zip(created.message_id);
                for (message, message_id) in first.into_iter().chain(created.others.iter().copied()) {
                    if !unit.tx.set_message_id(message, message_id).await? {
                        delivery::arrived_after_erasing(&mut unit, row, message_id).await?;
                    }
                }
                delivery::delivered(&mut unit, row).await?;
                done.push(row.id);
            }
            Entry::Refused { call, refusal } => {
                delivery::undeliverable(&mut unit, &call.row, refusal).await?;
                done.extend(call.row_ids());
            }
            Entry::GivenBack(row) => {
                delivery::given_back(&mut unit, row).await?;
                done.push(row.id);
            }
            Entry::LostEdit(call) => lost_edit(&mut unit.tx, call, &mut facts, &mut done).await?,
            Entry::Migrated { old, new } => unit.tx.migrate_chat(*old, *new).await?,
        }
    }
    unit.tx.delete_outbox(&done).await?;
    let silent = silent_now(&mut unit, entries).await?;
    for claimed in unit.tx.claim_outbox(&claims).await? {
        let reply_to = match reply_to(&claimed.payload) {
            Some(message) => unit.tx.find_message_id(message).await?,
            None => None,
        };
        facts.claimed.insert(
            claimed.id,
            Claimed { payload: claimed.payload, reply_to, is_silent: silent.contains(&claimed.id) },
        );
    }
    facts.reactions = unit.take_reactions();
    unit.commit().await?;
    Ok(facts)
}

/// A call whose answer was lost need not be repeated if meanwhile a tap has shown that its message arrived.
async fn is_known_to_have_arrived(tx: &mut Tx, row: &OutboxRow) -> Result<bool, Error> {
    match row.message {
        Some(message) if row.attempts > 0 => Ok(tx.find_message_id(message).await?.is_some()),
        _ => Ok(false),
    }
}

/// The rows that go to a chat whose leads want no sound at this hour.
async fn silent_now(unit: &mut Unit<'_>, entries: &[Entry]) -> Result<HashSet<i64>, Error> {
    let claims = entries.iter().filter_map(|entry| match entry {
        Entry::Claim(call) if call.row.lane.spec().is_for_leads => Some(&call.row),
        _ => None,
    });
    let claims: Vec<&OutboxRow> = claims.collect();
    if claims.is_empty() || !is_night(unit.now.to_utc().with_timezone(&unit.ctx.zone()).time()) {
        return Ok(HashSet::new());
    }
    let chats = unit.tx.list_chats_silent_at_night().await?;
    let is_silent = |row: &&OutboxRow| chats.contains(&(row.chat_id, row.thread_id));
    Ok(claims.into_iter().filter(is_silent).map(|row| row.id).collect())
}

/// Replies are rare, so most payloads need not be parsed here.
fn reply_to(payload: &str) -> Option<MessageKey> {
    if !payload.contains("\"reply_to\"") {
        return None;
    }
    serde_json::from_str::<Payload>(payload).ok()?.reply_to
}

/// Handles an edit without a message. The message may have become known by now; if not, an edit that must be seen goes
/// out as a new message.
async fn lost_edit(tx: &mut Tx, call: &Queued, facts: &mut Facts, done: &mut Vec<i64>) -> Result<(), Error> {
    let row = &call.row;
    if let (Some(message), None) = (row.message, row.message_id)
        && let Some(message_id) = tx.find_message_id(message).await?
    {
        facts.found.insert(row.id, message_id);
        return Ok(());
    }
    if !delivery::must_be_seen(tx, row).await? {
        done.extend(call.row_ids());
        return Ok(());
    }
    tx.turn_edit_into_send(row.id, row.message).await?;
    done.extend(call.replaced.iter().copied());
    facts.resent.insert(row.id);
    Ok(())
}
