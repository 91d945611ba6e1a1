//! What follows when a call has ended: it is done, tried again, or given up.

use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;

use super::{Created, Over, Running, wire};
use crate::clock::Instant;
use crate::service::delivery::Refusal;
use crate::store::{Lane, Method};
use crate::telegram::error::CallError;
use crate::telegram::lanes::Queued;
use crate::telegram::sender::entries::Entry;

/// How long an alert may wait for its chat because Telegram asks for it. The group's own limit is a minute at most.
const LONGEST_WAIT: Duration = Duration::from_mins(2);

impl Running {
    /// Handles the call that has ended, and all others that have ended by now.
    pub(super) async fn handle_all(&mut self, over: Over) {
        self.handle(over);
        while let Poll::Ready(Some(over)) = futures_util::poll!(self.calls.next()) {
            self.handle(over);
        }
    }

    fn handle(&mut self, over: Over) {
        let now = self.parts.ctx.clock.instant();
        match over {
            Over::Call { call, result, took } => {
                if result.as_ref().err().is_none_or(CallError::is_answer) {
                    self.lanes.answered(&call);
                    if let Some(reachable) = self.lanes.took(took) {
                        tracing::warn!(
                            reachable,
                            "Telegram takes so long to answer that MESSAGES_PER_SECOND cannot be reached"
                        );
                    }
                }
                self.called(*call, result, now);
            }
            Over::Probe { probe, heard } => self.lanes.probed(probe, heard, now),
            Over::Reaction => {}
        }
    }

    fn called(&mut self, call: Queued, result: Result<Created, CallError>, now: Instant) {
        match result {
            Ok(created) => self.succeeded(call, created, now),
            Err(CallError::NotModified) => self.succeeded(call, Created::default(), now),
            Err(error @ CallError::Unreadable(_)) => {
                tracing::warn!(row = call.row.id, %error, "which message it is will show when it is tapped");
                self.succeeded(call, Created::default(), now);
            }
            Err(error) => {
                log(&call, &error);
                self.failed(call, error, now);
            }
        }
    }

    fn succeeded(&mut self, call: Queued, created: Created, now: Instant) {
        if call.is_edit() {
            self.lanes.finish(&call, now);
            self.entries.push(Entry::Done(call.row_ids().collect()));
            return;
        }
        let first = call.row.message.zip(created.message_id);
        for (message, message_id) in first.into_iter().chain(created.others.iter().copied()) {
            self.known.insert(message, message_id);
            self.lanes.set_message_id(call.row.chat_id, message, Some(message_id), now);
        }
        self.lanes.finish(&call, now);
        self.entries.push(Entry::Sent { row: call.row, created });
    }

    fn failed(&mut self, mut call: Queued, error: CallError, now: Instant) {
        let chat_id = call.row.chat_id;
        if !error.is_answer() {
            self.lanes.unanswered(chat_id, now);
            self.parts.health.telegram_is_silent(error.to_string(), self.parts.ctx.clock.now());
        }
        if let CallError::TooManyRequests { retry_after } = error
            && retry_after > LONGEST_WAIT
            && call.lane == Lane::Alerts
            && !call.is_edit()
        {
            return self.give_to_others(call, retry_after, now);
        }
        if error.may_have_acted() && !call.is_edit() {
            self.entries.push(Entry::Unknown(call.row.clone()));
            // A message is never sent a third time.
            if call.row.attempts >= 2 {
                self.lanes.finish(&call, now);
            } else {
                let wait = self.lanes.back_off(chat_id);
                self.lanes.put_back(call, now.plus(wait), now);
            }
            return;
        }
        if !call.is_edit() && (error.is_passing() || matches!(error, CallError::Migrated(_))) {
            call.row.attempts -= 1;
            self.entries.push(Entry::Release(call.row.clone()));
        }
        match error {
            CallError::TooManyRequests { retry_after } => {
                let until = now.plus(retry_after.max(Duration::from_millis(1)));
                self.lanes.park(chat_id, until, now);
                self.lanes.put_back(call, until, now);
            }
            CallError::NotSent(_) => self.lanes.put_back(call, now, now),
            CallError::Migrated(new) => {
                self.entries.push(Entry::Migrated { old: chat_id, new });
                self.lanes.migrate(call, new, now);
            }
            CallError::EditNotFound | CallError::CantBeEdited if call.is_edit() => {
                self.entries.push(Entry::LostEdit(call));
            }
            error if error.is_passing() => {
                let wait = self.lanes.back_off(chat_id);
                self.lanes.put_back(call, now.plus(wait), now);
            }
            error => {
                self.lanes.finish(&call, now);
                let refusal = refusal(&error, call.row.method);
                self.entries.push(Entry::Refused { call, refusal });
            }
        }
    }

    /// Parks a chat and has its alert go to others, who may hear of it sooner.
    fn give_to_others(&mut self, call: Queued, retry_after: Duration, now: Instant) {
        self.lanes.park(call.row.chat_id, now.plus(retry_after), now);
        self.lanes.finish(&call, now);
        let refusal = Refusal::Chat(format!("Too Many Requests: retry after {}", retry_after.as_secs()));
        self.entries.push(Entry::Refused { call, refusal });
    }
}

fn log(call: &Queued, error: &CallError) {
    let (row, method) = (call.row.id, wire::method(&call.row));
    match error {
        CallError::Unacceptable(_) | CallError::CantParseEntities => {
            tracing::error!(row, method, %error, "Telegram refuses a message of ours; this is a fault of the program");
        }
        CallError::BadRequest(_) => {
            tracing::error!(row, method, %error, "a message was refused");
        }
        CallError::Blocked | CallError::Deactivated => tracing::debug!(row, method, %error, "not delivered"),
        _ => tracing::warn!(row, method, %error, "not delivered"),
    }
}

fn refusal(error: &CallError, method: Method) -> Refusal {
    match error {
        CallError::ContentForbidden(text) | CallError::BadRequest(text) | CallError::Unacceptable(text)
            if method == Method::Copy =>
        {
            Refusal::Content(without_prefix(text).to_owned())
        }
        CallError::Blocked => Refusal::Blocked,
        CallError::Deactivated => Refusal::Deactivated,
        CallError::CantInitiate => Refusal::CantInitiate,
        CallError::ChatNotFound => Refusal::ChatNotFound,
        CallError::Kicked | CallError::NotMember => Refusal::Removed,
        CallError::NotEnoughRights(text)
        | CallError::ContentForbidden(text)
        | CallError::BadRequest(text) => Refusal::Chat(without_prefix(text).to_owned()),
        CallError::ThreadNotFound | CallError::TopicClosed => Refusal::Chat(error.to_string()),
        CallError::Unacceptable(text) => Refusal::Message(without_prefix(text).to_owned()),
        _ => Refusal::Message(error.to_string()),
    }
}

/// Removes the HTTP status in words with which Telegram's descriptions begin.
fn without_prefix(text: &str) -> &str {
    ["Bad Request: ", "Forbidden: "].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text)
}
