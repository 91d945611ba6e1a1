//! The kinds of rows of `case_prompts`: what waits for somebody, or for a moment.

use crate::domain::ids::MessageId;

/// The question for a reply to a customer.
pub(super) const REPLY: &str = "reply";
/// The question which case a customer's words are about.
pub(super) const WHICH: &str = "which";

pub(super) const ALBUM: &str = "album:";
pub(super) const HELD: &str = "held:";
pub(super) const SLOW: &str = "slow:";

/// The parts of an album are gathered.
pub(super) fn album(group: &str) -> String {
    format!("{ALBUM}{group}")
}

/// Words wait for their author's choice.
pub(super) fn held(message: MessageId) -> String {
    format!("{HELD}{message}")
}

/// A reply waits to be sent.
pub(super) fn slow(message: MessageId) -> String {
    format!("{SLOW}{message}")
}

/// A customer was told something that is not repeated for a while.
pub(super) fn said(id: &str) -> String {
    format!("said:{id}")
}
