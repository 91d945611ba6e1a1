//! A batch over past events, for trying out scripts. It decides as it would have decided then, and is never stored.

use std::collections::{HashMap, HashSet};

use super::{Batch, Customer, nobody};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::events::{CustomerRow, PersonRow};

impl<'a> Batch<'a> {
    /// Creates a batch that knows no customers yet.
    pub fn of_history(ctx: &'a Context, now: Timestamp, staff: HashSet<PersonId>) -> Self {
        Self {
            ctx,
            now,
            known: HashMap::new(),
            customers: HashMap::new(),
            persons: HashMap::new(),
            // A person who shared their number is linked at the time when they did so.
            owners: HashMap::new(),
            staff,
            cancelled: HashMap::new(),
            last_sent: HashMap::new(),
            new: Vec::new(),
            places: HashMap::new(),
        }
    }

    pub fn set_customer(&mut self, id: &'a str, row: CustomerRow) {
        self.customers.insert(id, Customer::new(row));
    }

    /// Adds a customer about whom nothing may be known.
    pub fn meet(&mut self, id: &'a str) {
        let unknown = || Customer::new(nobody(id));
        self.customers.entry(id).or_insert_with(unknown);
    }

    pub fn set_person(&mut self, person: PersonRow) {
        self.persons.insert(person.id, person);
    }

    pub fn change_person(&mut self, id: PersonId, change: impl FnOnce(&mut PersonRow)) {
        if let Some(person) = self.persons.get_mut(&id) {
            change(person);
        }
    }

    /// A customer followed their link, or shared their number.
    pub fn link(&mut self, customer: &str, person: PersonId, by: &str) {
        let now = self.now;
        if let Some(customer) = self.customers.get_mut(customer) {
            customer.link(person, by, now);
        }
    }

    pub fn person_of(&self, customer: &str) -> Option<PersonId> {
        self.customers.get(customer)?.row.person
    }

    pub fn known_person(&self, id: PersonId) -> Option<&PersonRow> {
        self.persons.get(&id)
    }

    pub fn time_zone_of(&self, customer: &str) -> Option<String> {
        self.customers.get(customer)?.row.time_zone.clone()
    }
}
