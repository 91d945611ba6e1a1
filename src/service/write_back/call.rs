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

    /// Whether the link can be brought to the customer of an event.
    pub fn can_reply(&self, event: &Event) -> bool {
        let write = self.preset.write(On::WaitingForLink).filter(|write| write.about.fits(event));
        write.is_some_and(|write| write.is_possible(&self.scope(event, "", None)))
    }

    /// Whether the answers to a survey about an event are noted.
    pub fn takes_note(&self, event: &Event) -> bool {
        let write = self.preset.write(On::Ended).filter(|write| write.about.fits(event));
        self.helpdesk.notes && write.is_some()
    }

    /// A call about the ticket or the order of an event: with the text of a public reply and the link in it, or with that
    /// of a private note.
    pub fn call(&self, on: On, event: &Event, text: &str, link: Option<&str>) -> Option<Message> {
        filled(self.preset.write(on)?, &self.scope(event, text, link))
    }

    fn scope(&self, event: &Event, text: &str, link: Option<&str>) -> Value {
        let Login { base, user, password, .. } = &self.helpdesk.login;
        context! {
            base => base.as_str(),
            user => user.as_str(),
            password => exposed(password),
            ticket => event.subject.id.as_deref(),
            email => event.customer.email.as_deref(),
            text => text,
            link => link,
        }
    }
}
