//! Persons (Telegram users), and the personal links that connect them with customers.

use sqlx::FromRow;

use super::journal::Subject;
use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::happening::Happening;
use crate::domain::ids::{CustomerKey, PersonId};
use crate::domain::time::Timestamp;

/// A Telegram user, with what the rules and the texts need to know.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Person {
    pub id: PersonId,
    pub first_name: Option<String>,
    /// As last reported by Telegram.
    pub language_code: Option<String>,
    /// The person's own choice; it takes precedence.
    pub chosen_language: Option<String>,
    pub started_at: Option<Timestamp>,
    pub opted_out_at: Option<Timestamp>,
    pub unreachable: Option<String>,
    /// Digits only; shared with consent.
    pub phone: Option<String>,
    /// Set while the button that shares the number is shown under their input field.
    pub phone_asked_at: Option<Timestamp>,
}

/// A customer who has a given phone number.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CustomerByPhone {
    pub id: CustomerKey,
    pub person: Option<PersonId>,
    pub linked_by: Option<String>,
}

/// A personal link at the moment it is tapped.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TappedLink {
    pub id: i64,
    pub customer: CustomerKey,
    pub expires_at: Timestamp,
    /// The person who tapped it first.
    pub person: Option<PersonId>,
    /// The person who is the customer now.
    pub customer_person: Option<PersonId>,
    /// Whether a newer link of the same customer has been tapped.
    pub superseded: bool,
}

/// Makes a person the customer. If the previous person was linked without a link, they are remembered as
/// `former_person`, because no link records them.
macro_rules! become_customer {
    ($by:literal) => {
        concat!(
            "UPDATE customers SET former_person = CASE WHEN person <> $2 AND linked_by <> 'link' THEN person \
             ELSE former_person END, moved = CASE WHEN person <> $2 THEN TRUE ELSE moved END, person = $2, linked_by = '",
            $by,
            "', linked_at = $3 WHERE id = $1"
        )
    };
}

impl Tx {
    pub async fn find_person(&mut self, id: PersonId) -> Result<Option<Person>> {
        let query = query_as::<Person>(
            "SELECT id, first_name, language_code, chosen_language, started_at, opted_out_at, unreachable, phone, \
             phone_asked_at FROM persons WHERE id = $1",
        )
        .bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Stores what Telegram currently says about a person.
    pub async fn upsert_person(
        &mut self,
        id: PersonId,
        first_name: Option<&str>,
        language_code: Option<&str>,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO persons (id, first_name, language_code) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name, \
             language_code = COALESCE(excluded.language_code, persons.language_code)",
        )
        .bind(id)
        .bind(first_name)
        .bind(language_code);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that the bot may now write to this person.
    pub async fn mark_person_reachable(&mut self, id: PersonId, now: Timestamp) -> Result<()> {
        let query = query(
            "UPDATE persons SET started_at = COALESCE(started_at, $2), unreachable = NULL, unreachable_at = NULL \
             WHERE id = $1",
        )
        .bind(id)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn mark_person_unreachable(&mut self, id: PersonId, why: &str, now: Timestamp) -> Result<()> {
        let query = query(
            "INSERT INTO persons (id, unreachable, unreachable_at) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET unreachable = excluded.unreachable, \
             unreachable_at = excluded.unreachable_at",
        )
        .bind(id)
        .bind(why)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Opts a person out of surveys from this moment on.
    pub async fn opt_out(&mut self, id: PersonId, at: Timestamp) -> Result<()> {
        let query = query("UPDATE persons SET opted_out_at = $2 WHERE id = $1").bind(id).bind(at);
        on_engine!(self, execute, query)?;
        self.record(Happening::OptedOut, Subject::Person(id), at);
        Ok(())
    }

    pub async fn opt_in(&mut self, id: PersonId, at: Timestamp) -> Result<()> {
        on_engine!(self, execute, query("UPDATE persons SET opted_out_at = NULL WHERE id = $1").bind(id))?;
        self.record(Happening::OptedIn, Subject::Person(id), at);
        Ok(())
    }

    /// Stores the language that a person chose. It also applies to alerts that they get in private.
    pub async fn set_chosen_language(&mut self, id: PersonId, locale: &str) -> Result<()> {
        let person = query("UPDATE persons SET chosen_language = $2 WHERE id = $1").bind(id).bind(locale);
        on_engine!(self, execute, person)?;
        let alerts = query("UPDATE alert_chats SET locale = $2 WHERE chat_id = $1").bind(id).bind(locale);
        on_engine!(self, execute, alerts)?;
        Ok(())
    }

    pub async fn set_phone_asked_at(&mut self, id: PersonId, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE persons SET phone_asked_at = $2 WHERE id = $1").bind(id).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Stores a person's own number and the time of their consent. If another person had the number before, it is
    /// removed there.
    pub async fn set_phone(&mut self, id: PersonId, phone: &str, now: Timestamp) -> Result<()> {
        let before =
            query("UPDATE persons SET phone = NULL WHERE phone = $2 AND id <> $1").bind(id).bind(phone);
        on_engine!(self, execute, before)?;
        let query = query(
            "UPDATE persons SET phone = $2, phone_consent_at = $3, phone_asked_at = NULL WHERE id = $1",
        )
        .bind(id)
        .bind(phone)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns when a person agreed to the storage of their number.
    pub async fn find_phone_consent(&mut self, id: PersonId) -> Result<Option<Timestamp>> {
        let query =
            query_scalar::<Option<Timestamp>>("SELECT phone_consent_at FROM persons WHERE id = $1").bind(id);
        Ok(on_engine!(self, fetch_optional, query)?.flatten())
    }

    /// Whether any customer's phone number is known, so that it makes sense to ask for one.
    pub async fn is_any_phone_known(&mut self) -> Result<bool> {
        let query = query_scalar::<bool>("SELECT EXISTS (SELECT 1 FROM customers WHERE phone IS NOT NULL)");
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn list_customers_by_phone(&mut self, phone: &str) -> Result<Vec<CustomerByPhone>> {
        let query = query_as::<CustomerByPhone>(
            "SELECT id, person, linked_by FROM customers WHERE phone = $1 ORDER BY id",
        )
        .bind(phone);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn link_by_phone(
        &mut self,
        customer: CustomerKey,
        person: PersonId,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(become_customer!("phone")).bind(customer).bind(person).bind(now);
        on_engine!(self, execute, query)?;
        self.record(Happening::Linked, Subject::Person(person), now);
        Ok(())
    }

    pub async fn find_link(&mut self, token: &str) -> Result<Option<TappedLink>> {
        let query = query_as::<TappedLink>(
            "SELECT l.id, l.customer, l.expires_at, l.person, c.person AS customer_person, \
             EXISTS (SELECT 1 FROM links n WHERE n.customer = l.customer AND n.id > l.id \
             AND n.person IS NOT NULL) AS superseded \
             FROM links l JOIN customers c ON c.id = l.customer WHERE l.token = $1",
        )
        .bind(token);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Binds a link to the person who tapped it, and the link's customer to that person.
    pub async fn bind_link(&mut self, link: &TappedLink, person: PersonId, now: Timestamp) -> Result<()> {
        let bind = query("UPDATE links SET person = $2, bound_at = $3 WHERE id = $1")
            .bind(link.id)
            .bind(person)
            .bind(now);
        on_engine!(self, execute, bind)?;
        let customer = query(become_customer!("link")).bind(link.customer).bind(person).bind(now);
        on_engine!(self, execute, customer)?;
        self.record(Happening::Linked, Subject::Person(person), now);
        Ok(())
    }

    /// Lists the customers that a person is.
    pub async fn list_customers_of(&mut self, person: PersonId) -> Result<Vec<CustomerKey>> {
        let query = query_scalar("SELECT id FROM customers WHERE person = $1 ORDER BY id").bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
