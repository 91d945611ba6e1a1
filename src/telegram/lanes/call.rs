//! A call that waits, and a chat's choice of the next one.

use crate::clock::Instant;
use crate::domain::ids::{MessageId, MessageKey};
use crate::store::{Lane, Method, OutboxRow};

/// The message that a call edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edited {
    Ours(MessageKey),
    Shown(Option<MessageId>),
}

/// A call that waits or is in flight.
#[derive(Clone, Debug)]
pub struct Queued {
    pub row: OutboxRow,
    /// The lane in which it queues: that of its row, or the higher lane of an edit that it replaced.
    pub lane: Lane,
    /// Older edits that this one superseded. Their rows are done when this call is.
    pub replaced: Vec<i64>,
    /// After a failure, when it may be tried again.
    pub(super) not_before: Instant,
    /// The epoch in which the call began; see `way`.
    pub(super) epoch: u64,
    /// Whether it was called before with unknown outcome.
    pub(super) is_repetition: bool,
}

impl Queued {
    pub(super) const fn new(row: OutboxRow) -> Self {
        Self {
            lane: row.lane,
            row,
            replaced: Vec::new(),
            not_before: Instant::LONG_AGO,
            epoch: 0,
            is_repetition: false,
        }
    }

    /// Whether it is a send that may have arrived already.
    pub fn is_repeat(&self) -> bool {
        !self.is_edit() && self.row.attempts > 0
    }

    /// Whether it changes an existing message by editing or deleting it. Such a call may be repeated, and it supersedes
    /// older ones.
    pub fn is_edit(&self) -> bool {
        matches!(self.row.method, Method::Edit | Method::Delete)
    }

    pub(super) fn edits(&self, message: Option<MessageKey>) -> bool {
        self.is_edit() && message.is_some() && self.row.message == message
    }

    /// The message that is edited, identified by our key, or by Telegram's ID if it has no key.
    pub(super) fn edited(&self) -> Edited {
        match self.row.message {
            Some(message) => Edited::Ours(message),
            None => Edited::Shown(self.row.message_id),
        }
    }

    /// The rows that are done when this call is.
    pub fn row_ids(&self) -> impl Iterator<Item = i64> {
        std::iter::once(self.row.id).chain(self.replaced.iter().copied())
    }
}

/// A chat's next call, and when it may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) lane: Lane,
    /// Its index in the lane's queue.
    pub(super) index: usize,
    pub(super) at: Instant,
}
