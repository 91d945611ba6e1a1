//! The calls of write-backs, with their values filled in.

use minijinja::{Value, context};

use super::job::Message;
use crate::config::exposed;
use crate::config::reaching::{Helpdesk, Login, Sms};
use crate::domain::event::Event;
use crate::domain::write::{Write, shipped};

fn filled(write: &'static Write, scope: &Value) -> Option<Message> {
    write.fill(scope).ok().map(|filled| Message::Call(filled, write))
}

/// An SMS to the customer of an event.
pub(super) fn sms(sms: &Sms, event: &Event, text: &str) -> Option<Message> {
    let Login { base, user, password, .. } = &sms.login;
    let scope = context! {
        base => base.as_str(),
        user => user.as_str(),
        password => exposed(password),
        sender => sms.sender.as_deref(),
        phone => event.customer.phone.as_deref(),
        text => text,
    };
    filled(shipped::sms(sms.service)?, &scope)
}

/// A public reply in the ticket of an event.
pub(super) fn reply(desk: &Helpdesk, event: &Event, text: &str) -> Option<Message> {
    filled(&shipped::helpdesk(desk.service)?.link, &in_ticket(desk, event, text))
}

/// A private note in the ticket of an event.
pub(super) fn note(desk: &Helpdesk, event: &Event, text: &str) -> Option<Message> {
    filled(&shipped::helpdesk(desk.service)?.score, &in_ticket(desk, event, text))
}

/// Whether the helpdesk can reply to the customer of an event.
pub(super) fn can_reply(desk: &Helpdesk, event: &Event) -> bool {
    shipped::helpdesk(desk.service).is_some_and(|calls| calls.link.is_possible(&in_ticket(desk, event, "")))
}

fn in_ticket(desk: &Helpdesk, event: &Event, text: &str) -> Value {
    let Login { base, user, password, .. } = &desk.login;
    context! {
        base => base.as_str(),
        user => user.as_str(),
        password => exposed(password),
        ticket => event.subject.id.as_deref(),
        email => event.customer.email.as_deref(),
        text => text,
    }
}
