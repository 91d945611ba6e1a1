//! Faults on demand: errors, lost connections and slow replies for the next calls that match.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;

use super::model::ChatId;
use crate::domain::time::Timestamp;

/// A fault for the next calls that match. It is made by one of the constructors and narrowed down by the other methods.
#[derive(Clone, Debug)]
pub struct Fault {
    method: Option<String>,
    chat: Option<ChatId>,
    skip: u32,
    times: u32,
    until: Option<Timestamp>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Error { code: u16, description: String, retry_after: Option<i64> },
    Html { code: u16, title: &'static str },
    DropBefore,
    DropAfter,
    Slow(Duration),
    Hold(Gate),
    HoldThen(Gate, Box<Kind>),
}

impl Fault {
    fn new(kind: Kind) -> Self {
        Self { method: None, chat: None, skip: 0, times: 1, until: None, kind }
    }

    /// 429 with `retry_after`.
    pub fn too_many_requests(retry_after: i64) -> Self {
        Self::new(Kind::Error {
            code: 429,
            description: format!("Too Many Requests: retry after {retry_after}"),
            retry_after: Some(retry_after),
        })
    }

    /// Any error as Telegram's JSON, such as 403 `Forbidden: bot was blocked by the user`.
    pub fn error(code: u16, description: &str) -> Self {
        Self::new(Kind::Error { code, description: description.to_owned(), retry_after: None })
    }

    pub fn blocked() -> Self {
        Self::error(403, "Forbidden: bot was blocked by the user")
    }

    /// 500 with an HTML body, as Telegram's front-end servers answer.
    pub fn internal_server_error() -> Self {
        Self::new(Kind::Html { code: 500, title: "Internal Server Error" })
    }

    /// 502 with an HTML body.
    pub fn bad_gateway() -> Self {
        Self::new(Kind::Html { code: 502, title: "Bad Gateway" })
    }

    /// 200 with a foreign page, such as a hotel's login page.
    pub fn foreign_page() -> Self {
        Self::new(Kind::Html { code: 200, title: "Log in to go on" })
    }

    /// The request is read, but nothing is done and the connection is closed.
    pub fn dropped_before() -> Self {
        Self::new(Kind::DropBefore)
    }

    /// The call is carried out, but the connection is closed without a reply.
    pub fn dropped_after() -> Self {
        Self::new(Kind::DropAfter)
    }

    /// The call is carried out and answered only after this much real time.
    pub fn slow(duration: Duration) -> Self {
        Self::new(Kind::Slow(duration))
    }

    /// The call is neither carried out nor answered before [`Gate::open`].
    pub fn held() -> (Self, Gate) {
        let gate = Gate::new();
        (Self::new(Kind::Hold(gate.clone())), gate)
    }

    /// The same fault, but only after [`Gate::open`].
    #[must_use]
    pub fn then_held(mut self) -> (Self, Gate) {
        let gate = Gate::new();
        self.kind = Kind::HoldThen(gate.clone(), Box::new(self.kind));
        (self, gate)
    }

    /// Limits the fault to this method, in any letter case.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_lowercase());
        self
    }

    /// Limits the fault to calls about this chat.
    #[must_use]
    pub fn chat(mut self, chat: ChatId) -> Self {
        self.chat = Some(chat);
        self
    }

    /// Applies the fault to this many calls instead of one.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Applies the fault to every call until the faults are cleared.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }

    /// Applies the fault to every call before this moment of the sandbox's clock.
    #[must_use]
    pub fn until(mut self, end: Timestamp) -> Self {
        self.until = Some(end);
        self.always()
    }

    /// Lets this many matching calls pass first.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    fn matches(&self, method: &str, chat: Option<ChatId>) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.chat.is_none_or(|wanted| Some(wanted) == chat)
    }
}

/// Holds calls back until it is opened.
#[derive(Clone, Debug)]
pub struct Gate {
    open: watch::Sender<bool>,
    arrived: watch::Sender<usize>,
}

impl Gate {
    fn new() -> Self {
        Self { open: watch::Sender::new(false), arrived: watch::Sender::new(0) }
    }

    /// Lets go of all held calls. Later calls pass at once.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Returns once this many calls have reached the gate.
    pub async fn arrived(&self, calls: usize) {
        // The sender lives in `self`, so the channel cannot close meanwhile.
        let _ = self.arrived.subscribe().wait_for(|arrived| *arrived >= calls).await;
    }

    pub(super) async fn pass(&self) {
        self.arrived.send_modify(|arrived| *arrived += 1);
        // Here, too: as long as the gate exists, it can be opened.
        let _ = self.open.subscribe().wait_for(|open| *open).await;
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: VecDeque<Fault>,
    /// How many calls have met a fault so far.
    pub(super) met: u64,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.armed.push_back(fault);
    }

    pub(super) fn clear(&mut self) {
        self.armed.clear();
    }

    /// Takes the fault that this call meets, and counts it as used once.
    pub(super) fn take(&mut self, method: &str, chat: Option<ChatId>, now: Timestamp) -> Option<Kind> {
        if self.armed.is_empty() {
            return None;
        }
        self.armed.retain(|fault| fault.until.is_none_or(|end| now < end));
        let index = self.armed.iter().position(|fault| fault.matches(method, chat))?;
        self.take_at(index)
    }

    /// Takes a due fault that names this method, for a call that is already in progress.
    pub(super) fn take_named(&mut self, method: &str, now: Timestamp) -> Option<Kind> {
        self.armed.retain(|fault| fault.until.is_none_or(|end| now < end));
        let names =
            |fault: &Fault| fault.method.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(method));
        let index = self.armed.iter().position(|fault| names(fault) && fault.skip == 0)?;
        self.take_at(index)
    }

    fn take_at(&mut self, index: usize) -> Option<Kind> {
        let fault = self.armed.get_mut(index)?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let kind = fault.kind.clone();
        self.met += 1;
        if fault.times != u32::MAX {
            fault.times -= 1;
        }
        if fault.times == 0 {
            self.armed.remove(index);
        }
        Some(kind)
    }
}
