//! What arriving events read and write about customers, the persons behind them and their links.

use sqlx::FromRow;

use crate::domain::ids::{CustomerKey, PersonId, SurveyKey};
use crate::domain::time::Timestamp;
use crate::store::{Result, Statement, Tx, on_engine, query_scalar};

const EVENTS_LOOKED_AT: u32 = 1000;

/// A customer as described by events.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct CustomerRow {
    pub id: CustomerKey,
    pub customer_id: String,
    pub name: Option<String>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    /// Digits only.
    pub phone: Option<String>,
    /// The time of the event that the description comes from. Newer events may have said the same.
    pub described_at: Timestamp,
    pub person: Option<PersonId>,
    pub linked_by: Option<String>,
    pub linked_at: Option<Timestamp>,
}

/// What decides whether and how a person can be asked.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PersonRow {
    pub id: PersonId,
    pub started_at: Option<Timestamp>,
    pub opted_out_at: Option<Timestamp>,
    pub unreachable: Option<String>,
}

/// A personal deep link that is still valid.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LinkRow {
    pub customer: CustomerKey,
    pub token: String,
    pub expires_at: Timestamp,
    /// The person who tapped it first.
    pub person: Option<PersonId>,
}

impl Tx {
    /// Finds whose event led to this survey.
    pub async fn find_customer_of_survey(&mut self, survey: SurveyKey) -> Result<Option<CustomerKey>> {
        let query = query_scalar("SELECT customer FROM events WHERE id = $1").bind(survey);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn list_customers(&mut self, customer_ids: &[&str]) -> Result<Vec<CustomerRow>> {
        let text = |list: &str| {
            format!(
                "SELECT id, customer_id, name, language, time_zone, phone, described_at, person, linked_by, linked_at \
                 FROM customers WHERE customer_id IN {list}"
            )
        };
        self.rows_of(customer_ids, text).await
    }

    /// Stores new and changed customers. New ones have [`CustomerKey::NONE`] and get their key here.
    pub async fn upsert_customers(&mut self, customers: &mut [&mut CustomerRow]) -> Result<()> {
        if customers.iter().any(|customer| customer.id == CustomerKey::NONE) {
            let last = query_scalar::<CustomerKey>("SELECT COALESCE(MAX(id), 0) FROM customers");
            let last = on_engine!(self, fetch_one, last)?;
            let new = customers.iter_mut().filter(|customer| customer.id == CustomerKey::NONE);
            for (customer, key) in new.zip(last.onwards().skip(1)) {
                customer.id = key;
            }
        }
        let text = |values: &str| {
            format!(
                "INSERT INTO customers (id, customer_id, name, language, time_zone, phone, described_at, person, \
                 linked_by, linked_at) VALUES {values} ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
                 language = excluded.language, time_zone = excluded.time_zone, phone = excluded.phone, \
                 described_at = excluded.described_at, \
                 moved = CASE WHEN customers.person <> excluded.person THEN TRUE ELSE customers.moved END, \
                 person = excluded.person, linked_by = excluded.linked_by, linked_at = excluded.linked_at"
            )
        };
        self.insert_rows(customers, 10, text, |query, customer| {
            query
                .bind(customer.id)
                .bind(&customer.customer_id)
                .bind(&customer.name)
                .bind(&customer.language)
                .bind(&customer.time_zone)
                .bind(&customer.phone)
                .bind(customer.described_at)
                .bind(customer.person)
                .bind(&customer.linked_by)
                .bind(customer.linked_at)
        })
        .await
    }

    /// Returns the time of the newest event of each of these customers. For a customer with very many events (such as
    /// one for everybody who pays in cash), only some of them are checked.
    pub async fn list_newest_events(
        &mut self,
        customers: &[CustomerKey],
    ) -> Result<Vec<(CustomerKey, Timestamp)>> {
        let text = |list: &str| {
            format!(
                "SELECT c.id, (SELECT MAX(e.occurred_at) FROM (SELECT occurred_at FROM events WHERE customer = c.id \
                 ORDER BY subject_id DESC LIMIT {EVENTS_LOOKED_AT}) e) FROM customers c WHERE c.id IN {list}"
            )
        };
        let newest: Vec<(CustomerKey, Option<Timestamp>)> = self.rows_of(customers, text).await?;
        Ok(newest.into_iter().filter_map(|(customer, at)| Some((customer, at?))).collect())
    }

    pub async fn list_persons(&mut self, ids: &[PersonId]) -> Result<Vec<PersonRow>> {
        let text = |list: &str| {
            format!("SELECT id, started_at, opted_out_at, unreachable FROM persons WHERE id IN {list}")
        };
        self.rows_of(ids, text).await
    }

    /// Returns the person to whom each of these phone numbers belongs.
    pub async fn list_phone_owners(&mut self, phones: &[&str]) -> Result<Vec<(String, PersonId)>> {
        let text = |list: &str| format!("SELECT phone, id FROM persons WHERE phone IN {list}");
        self.rows_of(phones, text).await
    }

    /// Inserts persons of whom only the ID is known. Existing rows do not change.
    pub async fn insert_persons(&mut self, ids: &[PersonId]) -> Result<()> {
        let text =
            |values: &str| format!("INSERT INTO persons (id) VALUES {values} ON CONFLICT (id) DO NOTHING");
        self.insert_rows(ids, 1, text, Statement::bind).await
    }

    /// Lists the Telegram IDs of everybody who has a role.
    pub async fn list_staff_ids(&mut self) -> Result<Vec<PersonId>> {
        Ok(on_engine!(self, fetch_all, query_scalar("SELECT person FROM staff"))?)
    }

    /// Lists the links of these customers that are valid at `now`. If a customer has several, the newest comes last.
    pub async fn list_live_links(
        &mut self,
        customers: &[CustomerKey],
        now: Timestamp,
    ) -> Result<Vec<LinkRow>> {
        let text = |list: &str| {
            format!(
                "SELECT customer, token, expires_at, person FROM links WHERE customer IN {list} ORDER BY id"
            )
        };
        let mut links: Vec<LinkRow> = self.rows_of(customers, text).await?;
        links.retain(|link| link.expires_at > now);
        Ok(links)
    }

    /// Returns when a link expires, if it is still valid.
    pub async fn find_live_link(&mut self, token: &str, now: Timestamp) -> Result<Option<Timestamp>> {
        let query = query_scalar("SELECT expires_at FROM links WHERE token = $1 AND expires_at > $2")
            .bind(token)
            .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn insert_links(&mut self, links: &[LinkRow], now: Timestamp) -> Result<()> {
        let text = |values: &str| {
            format!("INSERT INTO links (token, customer, created_at, expires_at) VALUES {values}")
        };
        self.insert_rows(links, 4, text, |query, link| {
            query.bind(&link.token).bind(link.customer).bind(now).bind(link.expires_at)
        })
        .await
    }
}
