//! Write-backs: what goes to other systems because of a survey. The first of them brings the personal link to customers
//! whom the bot cannot write to: as a reply in the ticket, by e-mail or by SMS. The second is a note in the ticket with
//! the answers.
//!
//! A link that we send keeps the rules of a survey: the script's window, quiet hours and gaps; at most one an event; a
//! daily cap over all; and none to somebody who unsubscribed. It is planned when the survey begins to wait for a link, or
//! at the next start if there is a way only then; and judged again when it is claimed. When a way does not work, it goes by
//! the next.

mod call;
mod claim;
mod job;
mod link;
mod note;
mod outcome;
mod plan;
mod recipient;

pub use claim::claim;
pub use job::{Claimed, Job, Letter, Message};
pub use outcome::{Made, record, resolve_unknown};
pub use plan::{plan, plan_left};
pub use recipient::{locale_of, unsubscribe};
