//! The calls of write-backs, with their values filled in.

use minijinja::{Value, context};

use super::job::Message;
use crate::config::exposed;
use crate::config::reaching::{Helpdesk, Login, Sms};
use crate::domain::event::Event;
use crate::domain::hook::{Preset, shipped};
use crate::domain::write::shipped::sms as sms_call;
use crate::domain::write::{On, Write};
use crate::service::hooks;
use crate::store::{self, Tx};

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

/// The helpdesk and the preset that says how it is called.
pub(super) struct Desk<'c> {
    pub helpdesk: &'c Helpdesk,
    preset: Preset,
}

impl<'c> Desk<'c> {
    /// For an event of this hook: the hook's own preset if it is the helpdesk's, or else the shipped one. Returns `None`
    /// if there is no such preset.
    pub async fn find(
        tx: &mut Tx,
        helpdesk: Option<&'c Helpdesk>,
        hook: Option<&str>,
    ) -> store::Result<Option<Self>> {
        let Some(helpdesk) = helpdesk else { return Ok(None) };
        if let Some(name) = hook
            && let Some(row) = tx.find_hook(name).await?
            && row.preset == helpdesk.preset
            && let Ok(preset) = hooks::preset(&row.preset, row.source.as_deref())
        {
            return Ok(Some(Self { helpdesk, preset }));
        }
        Ok(shipped::find(&helpdesk.preset).map(|preset| Self { helpdesk, preset }))
    }

    /// Whether a reply can reach the customer of an event.
    pub fn can_reply(&self, event: &Event) -> bool {
        let write = self.preset.write(On::WaitingForLink);
        write.is_some_and(|write| write.is_possible(&self.scope(event, "")))
    }

    pub fn takes_notes(&self) -> bool {
        self.helpdesk.notes && self.preset.write(On::Ended).is_some()
    }

    /// A call about the ticket of an event: a public reply, or a private note.
    pub fn call(&self, on: On, event: &Event, text: &str) -> Option<Message> {
        filled(self.preset.write(on)?, &self.scope(event, text))
    }

    fn scope(&self, event: &Event, text: &str) -> Value {
        let Login { base, user, password, .. } = &self.helpdesk.login;
        context! {
            base => base.as_str(),
            user => user.as_str(),
            password => exposed(password),
            ticket => event.subject.id.as_deref(),
            email => event.customer.email.as_deref(),
            text => text,
        }
    }
}
