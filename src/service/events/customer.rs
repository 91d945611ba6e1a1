//! A customer while a batch of events is decided: what the events say of them, and whom they belong to.

use crate::domain::event::Event;
use crate::domain::time::Timestamp;
use crate::service::phones::digits;
use crate::store::events::CustomerRow;

/// A customer as this batch leaves them. Until it is stored, a new one has the key 0.
#[derive(Debug)]
pub(in crate::service) struct Customer {
    pub row: CustomerRow,
    /// To be written.
    pub changed: bool,
    /// This batch gave them a person.
    pub linked: bool,
}

impl Customer {
    /// Takes over what the event says of its customer. The newest event wins; an older one fills in what is missing.
    /// `owner` is the person who shared the event's phone number as their own.
    pub fn learn(&mut self, event: &Event, owner: Option<i64>, now: Timestamp) {
        let newest = event.occurred_at >= self.row.described_at;
        let before = self.row.clone();
        let said = &event.customer;
        let merge = |known: &mut Option<String>, said: Option<String>| {
            if said.is_some() && (newest || known.is_none()) {
                *known = said;
            }
        };
        merge(&mut self.row.name, said.name.clone());
        merge(&mut self.row.language, said.language.clone());
        merge(&mut self.row.time_zone, said.timezone.map(|zone| zone.name().to_owned()));
        merge(&mut self.row.phone, said.phone.as_deref().map(digits));
        self.row.described_at = self.row.described_at.max(event.occurred_at);
        // A link that the person made themselves is never replaced; what they shared outranks what an event says.
        let theirs = matches!(self.row.linked_by.as_deref(), Some("link" | "phone"));
        let named = owner.map(|owner| (owner, "phone")).or(said.telegram_id.map(|id| (id, "telegram_id")));
        if let Some((person, by)) = named
            && !theirs
            && self.row.person != Some(person)
            && (newest || self.row.person.is_none())
        {
            self.link(person, by, now);
        }
        self.changed |= self.row.id == 0 || self.row != before;
    }

    pub fn link(&mut self, person: i64, by: &str, now: Timestamp) {
        self.row.person = Some(person);
        self.row.linked_by = Some(by.to_owned());
        self.row.linked_at = Some(now);
        self.linked = true;
    }
}

/// A customer nobody has heard of: any event is newer than their description.
pub(super) fn nobody(customer_id: &str) -> CustomerRow {
    CustomerRow {
        id: 0,
        customer_id: customer_id.to_owned(),
        name: None,
        language: None,
        time_zone: None,
        phone: None,
        described_at: Timestamp::from_millis(i64::MIN),
        person: None,
        linked_by: None,
        linked_at: None,
    }
}
