//! Describes who asks for a human, from what the company and Telegram said about them.

use super::chats::Chats;
use crate::domain::event::Event;
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::service::Context;
use crate::store::{self, Error, Tx};
use crate::view::View;
use crate::view::alert::{Request, request};
use crate::view::chats::NoChat;

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

    /// `messages` is how many messages they have written since. `no_chat` is why the request goes to an admin.
    pub fn request<'a>(&'a self, messages: usize, no_chat: Option<NoChat<'a>>) -> Request<'a> {
        Request {
            customers: &self.customers,
            phone: self.event.as_ref().and_then(|event| event.customer.phone.as_deref()),
            subject: self.event.as_ref().map(|event| &event.subject),
            first_name: self.first_name.as_deref(),
            messages,
            no_chat,
        }
    }

    /// The request as shown in one chat.
    pub fn view(
        &self,
        ctx: &Context,
        chats: &Chats,
        (chat, topic): (ChatId, TopicId),
        messages: usize,
    ) -> View {
        let locale = chats.locale_of(ctx, chat, topic);
        request(&ctx.catalogue, locale, &self.request(messages, chats.no_chat(ctx, chat, topic)))
    }
}
