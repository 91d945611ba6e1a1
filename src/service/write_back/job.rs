//! What a due write-back becomes.

use crate::domain::ids::SurveyKey;
use crate::domain::time::Timestamp;
use crate::domain::way::Way;
use crate::domain::write::{Filled, Write};

/// A write-back that is claimed: its call is to be made now.
#[derive(Debug)]
pub struct Job {
    pub survey: SurveyKey,
    pub kind: String,
    pub way: Way,
    pub host: String,
    pub message: Message,
}

#[derive(Debug)]
pub enum Message {
    Letter(Letter),
    /// A call, and what its answers mean.
    Call(Filled, Box<Write>),
}

/// A mail to one customer.
#[derive(Clone)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The address that unsubscribes with a `POST`.
    pub unsubscribe: String,
    /// The same for every try, so that a mail that arrives twice is known.
    pub id: String,
}

/// Shows nothing of the customer.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter")
    }
}

/// What came of a due write-back.
#[derive(Debug)]
pub enum Claimed {
    Job(Box<Job>),
    /// It is over without a call. The reason is a word for metrics.
    Skipped(&'static str),
    /// It waits for a later moment, or somebody else was faster.
    Waits,
}

/// How a due write-back is judged.
pub(super) enum Verdict {
    Send(Ready),
    PutOff(Timestamp),
    /// Its way is gone, and there is another one, by this server. It is judged again there.
    Move(Way, String),
    Skip(&'static str),
}

/// What is sent, and to whom.
pub(super) struct Ready {
    pub message: Message,
    /// The hash of the address that it goes to.
    pub recipient: Option<String>,
    /// By which the recipient unsubscribes.
    pub token: Option<String>,
}
