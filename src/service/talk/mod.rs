//! The talk about a case. Leads reply to its messages and customers write to the bot; the bot passes on what each of
//! them says, as copies, so that nobody sees the other's account.
//!
//! Every message that is accepted is a row of `case_messages`. It ends delivered, or undeliverable with a reason that its
//! author is told.

mod acts;
mod albums;
mod chat;
mod customer;
mod due;
mod edits;
mod held;
mod lead;
mod limits;
mod messages;
mod outcome;
mod prompt;
mod sending;
mod showing;
mod take_back;
mod unknown;
mod waits;
mod which;

pub use customer::{add, customer_wrote, not_solved, open};
pub use due::{is_due, run};
pub use edits::{customer_edited, lead_edited};
pub use held::choose;
pub use lead::{addressed, case_of_album, lead_wrote};
pub use limits::is_muted;
pub use messages::Wrote;
pub use outcome::{blocked, delivered, given_up, reachable_changed, refused, words_refused};
pub use prompt::{answered, ask_reply, asked_to_reply};
pub use showing::{show_kept_if_announced, show_kept_if_taken};
pub use take_back::{offer, take_back};
pub use unknown::{Addressed, Replied};
pub use which::about;
