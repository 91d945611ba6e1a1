//! A customer while a batch of events is decided: what the events say about them, and which person they belong to.

use std::borrow::Cow;

use crate::domain::event::Event;
use crate::domain::ids::{CustomerKey, PersonId};
use crate::domain::naming;
use crate::domain::phone::digits;
use crate::domain::time::Timestamp;
use crate::store::events::CustomerRow;

/// A customer as this batch leaves them. A new customer has the key 0 until it is stored.
#[derive(Debug)]
pub(in crate::service) struct Customer {
    pub row: CustomerRow,
    /// Whether the row has to be written.
    pub changed: bool,
    /// Whether this batch linked the customer to a person.
    pub linked: bool,
    /// Whether the customer was unknown before.
    pub is_new: bool,
}

impl Customer {
    pub const fn new(row: CustomerRow) -> Self {
        let is_new = matches!(row.id, CustomerKey::NONE);
        Self { row, changed: false, linked: false, is_new }
    }

    /// Applies what the event says about its customer. The newest event wins; an older one fills in what is missing.
    /// `owner` is the person who shared the event's phone number as their own.
    pub fn learn(&mut self, event: &Event, owner: Option<PersonId>, now: Timestamp) {
        let newest = event.occurred_at >= self.row.described_at;
        self.changed |= self.is_new;
        for (known, said) in description(&mut self.row).into_iter().zip(stated(event)) {
            let differs = said.is_some() && known.as_deref() != said.as_deref();
            if differs && (newest || known.is_none()) {
                *known = said.map(Cow::into_owned);
                self.changed = true;
            }
        }
        if let Some((person, by)) = self.other_person(event, owner)
            && (newest || self.row.person.is_none())
        {
            self.link(person, by, now);
            self.changed = true;
        }
        self.row.described_at = self.row.described_at.max(event.occurred_at);
    }

    /// Whether the event contradicts what is known, so that the newer of the two has to win.
    pub fn is_contradicted(&self, event: &Event, owner: Option<PersonId>) -> bool {
        let CustomerRow { name, language, time_zone, phone, person, .. } = &self.row;
        let known = [name, language, time_zone, phone];
        let differs = |(known, said): (&Option<String>, Option<Cow<'_, str>>)| {
            known.is_some() && said.is_some() && known.as_deref() != said.as_deref()
        };
        known.into_iter().zip(stated(event)).any(differs)
            || (person.is_some() && self.other_person(event, owner).is_some())
    }

    /// The person that the event links this customer to, and how, if that may be a different person than now. A link
    /// that the person made themselves is never replaced. A phone number that a person shared outranks what an event
    /// says.
    fn other_person(&self, event: &Event, owner: Option<PersonId>) -> Option<(PersonId, &'static str)> {
        let theirs = matches!(self.row.linked_by.as_deref(), Some("link" | "phone"));
        let told = event.customer.telegram_id.map(|id| (id, "telegram_id"));
        let named = owner.map(|owner| (owner, "phone")).or(told);
        named.filter(|(person, _)| !theirs && self.row.person != Some(*person))
    }

    pub fn link(&mut self, person: PersonId, by: &str, now: Timestamp) {
        self.row.person = Some(person);
        self.row.linked_by = Some(by.to_owned());
        self.row.linked_at = Some(now);
        self.linked = true;
    }
}

/// What an event says about its customer, in stored form and in the order of [`description`].
fn stated(event: &Event) -> [Option<Cow<'_, str>>; 4] {
    let said = &event.customer;
    [
        said.name.as_deref().filter(|name| naming::stated_name(name).is_some()).map(Cow::Borrowed),
        said.language.as_deref().map(Cow::Borrowed),
        said.timezone.map(|zone| Cow::Borrowed(zone.name())),
        said.phone.as_deref().map(|phone| Cow::Owned(digits(phone))),
    ]
}

fn description(row: &mut CustomerRow) -> [&mut Option<String>; 4] {
    [&mut row.name, &mut row.language, &mut row.time_zone, &mut row.phone]
}

/// A customer who was unknown so far. Any event is newer than this description.
pub(super) fn nobody(customer_id: &str) -> CustomerRow {
    CustomerRow {
        id: CustomerKey::NONE,
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
