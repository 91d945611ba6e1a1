//! The calls of write-backs, with their values filled in.

use minijinja::{Value, context};

use super::job::Message;
use crate::config::exposed;
use crate::config::reaching::{Login, Sms};
use crate::domain::event::Event;
use crate::domain::write::shipped::sms as sms_call;
use crate::domain::write::{On, Write};
use crate::service::hooks::ways::Desk;

fn filled(write: &Write, scope: &Value) -> Option<Message> {
    write.fill(scope).ok().map(|filled| Message::Call(filled, Box::new(write.clone())))
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
    filled(sms_call(sms.service)?, &scope)
}

/// A call about the ticket or the order of an event: with the text of a public reply and the link in it, or with that of a
/// private note.
pub(super) fn call(
    desk: &Desk<'_>,
    on: On,
    event: &Event,
    text: &str,
    link: Option<&str>,
) -> Option<Message> {
    filled(desk.write(on)?, &desk.scope(&event.into(), text, link))
}
