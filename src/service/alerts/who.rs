//! Describes who is behind a case whose post shows no survey, from what the company and Telegram said about them.

use crate::domain::case::Source;
use crate::domain::event::Event;
use crate::domain::ids::CaseNumber;
use crate::store::cases::CaseRow;
use crate::store::{self, Error, Tx};
use crate::view::alert::{Kept, Request};

#[derive(Debug)]
pub(super) struct Who {
    number: CaseNumber,
    source: Source,
    stranger: bool,
    test: bool,
    customers: Vec<(String, Option<String>)>,
    event: Option<Event>,
    first_name: Option<String>,
    /// How much of what they have written the leads have not been shown, and how it begins.
    kept: Option<(i64, Option<String>)>,
    /// How many messages more came that were not kept.
    dropped: i64,
}

impl Who {
    pub async fn load(tx: &mut Tx, row: &CaseRow) -> store::Result<Self> {
        let mut who = Self {
            number: row.number,
            source: row.case.source,
            stranger: row.stranger,
            test: row.test,
            customers: Vec::new(),
            event: None,
            first_name: None,
            kept: None,
            dropped: 0,
        };
        let Some(person) = row.person else { return Ok(who) };
        who.customers = tx.list_customer_names(person).await?;
        // A score was about an event of its own, whose details are erased if it is not shown.
        if row.case.source != Source::Score
            && let Some(body) = tx.find_latest_event_body(person).await?
        {
            let event = Event::from_stored(&body)
                .map_err(|error| Error::broken("events", format!("of person {person}: {error}")))?;
            who.event = Some(event);
        }
        who.first_name = tx.find_person(person).await?.and_then(|person| person.first_name);
        who.kept = tx.find_kept_words(row.number).await?;
        if row.is_held_back() {
            who.dropped = tx.count_dropped_words(row.number).await?;
        }
        Ok(who)
    }

    pub fn request(&self) -> Request<'_> {
        Request {
            number: self.number,
            source: self.source,
            stranger: self.stranger,
            test: self.test,
            customers: &self.customers,
            phone: self.event.as_ref().and_then(|event| event.customer.phone.as_deref()),
            subject: self.event.as_ref().map(|event| &event.subject),
            first_name: self.first_name.as_deref(),
            kept: self.kept.as_ref().map(|(count, text)| Kept {
                count: *count,
                dropped: self.dropped,
                text: text.as_deref(),
            }),
            case: None,
            no_chat: None,
        }
    }
}
