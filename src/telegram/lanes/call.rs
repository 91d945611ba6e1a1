//! A call that waits, and which one is next.

use crate::clock::Instant;
use crate::domain::ids::{MessageId, MessageKey};
use crate::store::{Lane, Method, OutboxRow};

/// Which message a call edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edited {
    Ours(MessageKey),
    Shown(Option<MessageId>),
}

/// A call that waits or is in flight.
#[derive(Clone, Debug)]
pub struct Queued {
    pub row: OutboxRow,
    /// Where it queues; that of the row, or a higher one of an edit that it replaced.
    pub lane: Lane,
    /// Older edits that this one made needless; their rows go with it.
    pub replaced: Vec<i64>,
    /// It failed, and is tried again from here on.
    pub(super) not_before: Instant,
    /// The epoch in which it began; see `way`.
    pub(super) epoch: u64,
    /// It was called before, and nobody knows what came of that.
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

    /// Whether it changes a message that is there, an edit or its deletion: it may be repeated, and makes older ones
    /// needless.
    pub fn is_edit(&self) -> bool {
        matches!(self.row.method, Method::Edit | Method::Delete)
    }

    pub(super) fn edits(&self, message: Option<MessageKey>) -> bool {
        self.is_edit() && message.is_some() && self.row.message == message
    }

    /// The message that is edited, by our key or, where it has none, by Telegram's.
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

/// The call that is next in a chat, and when it may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) lane: Lane,
    /// Its place in the lane.
    pub(super) index: usize,
    pub(super) at: Instant,
}
