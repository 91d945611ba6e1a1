//! Who asks for a human, as far as the company and Telegram told.

use crate::domain::event::Event;
use crate::domain::ids::PersonId;
use crate::i18n::Catalogue;
use crate::store::{self, Error, Tx};
use crate::view::View;
use crate::view::alert::{Request, request};

#[derive(Debug)]
pub(super) struct Who {
    customers: Vec<(String, Option<String>)>,
    event: Option<Event>,
    first_name: Option<String>,
}

impl Who {
    pub async fn load(tx: &mut Tx, person: PersonId) -> store::Result<Self> {
        let customers = tx.list_customer_names(person).await?;
        let event = match tx.find_latest_event_body(person).await? {
            Some(body) => Some(
                Event::from_stored(&body)
                    .map_err(|error| Error::broken("events", format!("of person {person}: {error}")))?,
            ),
            None => None,
        };
        let first_name = tx.find_person(person).await?.and_then(|person| person.first_name);
        Ok(Self { customers, event, first_name })
    }

    /// `messages`: how many they have written since.
    pub fn request(&self, messages: usize) -> Request<'_> {
        Request {
            customers: &self.customers,
            subject: self.event.as_ref().map(|event| &event.subject),
            first_name: self.first_name.as_deref(),
            messages,
        }
    }

    pub fn view(&self, catalogue: &Catalogue, locale: &str, messages: usize) -> View {
        request(catalogue, locale, &self.request(messages))
    }
}
