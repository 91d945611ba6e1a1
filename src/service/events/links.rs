//! Personal deep links. A customer's link stays the same until it expires or somebody taps it.

use std::collections::{BTreeMap, HashMap};

use super::batch::Batch;
use super::customer::nobody;
use super::{Accepted, Conflict};
use crate::domain::event::{self, Event, Normalised};
use crate::domain::ids::CustomerKey;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit};
use crate::store::events::LinkRow;
use crate::store::{self, Tx};

/// A link that a customer taps to become known to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub token: String,
    pub url: String,
    pub expires_at: Timestamp,
}

/// Why there is no link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    /// The bot's name is not known, and a link contains it.
    #[error("the bot's name is not known yet: run `afterword serve` or `afterword check` once")]
    NoBot,
    /// No customer has this ID, and none can.
    #[error("the ID {0}")]
    WrongId(String),
}

/// Returns the customer's personal link. Creates one if there is no untapped link: a tapped link refuses everybody
/// else, and the customer may want to use another chat. An unknown customer is stored.
pub async fn personal_link(unit: &mut Unit<'_>, customer_id: &str) -> store::Result<Result<Link, NoLink>> {
    let ctx = unit.ctx;
    if ctx.bot_username.is_empty() {
        return Ok(Err(NoLink::NoBot));
    }
    let customer = if let Some(row) = unit.tx.list_customers(&[customer_id]).await?.first() {
        row.id
    } else {
        if let Err(wrong) = event::customer_id(customer_id) {
            return Ok(Err(NoLink::WrongId(wrong)));
        }
        let mut new = nobody(customer_id);
        unit.tx.upsert_customers(&mut [&mut new]).await?;
        new.id
    };
    let live = unit.tx.list_live_links(&[customer], unit.now).await?;
    let row = match live.into_iter().rfind(|link| link.person.is_none()) {
        Some(row) => row,
        None => make(unit, &[customer]).await?.remove(0),
    };
    let url = url(&ctx.bot_username, &row.token);
    Ok(Ok(Link { token: row.token, url, expires_at: row.expires_at }))
}

/// The link with this token, if it has not expired.
pub async fn find_link(tx: &mut Tx, ctx: &Context, token: &str) -> store::Result<Option<Link>> {
    let expires_at = tx.find_live_link(token, ctx.clock.now()).await?;
    Ok(expires_at.map(|expires_at| Link {
        token: token.to_owned(),
        url: url(&ctx.bot_username, token),
        expires_at,
    }))
}

/// Adds the customer's link to every accepted event whose customer may have to tap one before the bot can write.
pub(super) async fn attach(
    unit: &mut Unit<'_>,
    batch: &Batch<'_>,
    events: &[Normalised],
    results: &mut [Result<Accepted, Conflict>],
) -> store::Result<()> {
    let ctx = unit.ctx;
    if ctx.bot_username.is_empty() {
        return Ok(());
    }
    let without_chat = |event: &Event| {
        let customer = batch.customer(event).filter(|customer| batch.needs_link(customer))?;
        // A repeated event of an erased customer does not bring them back.
        Some(customer).filter(|customer| customer.row.id != CustomerKey::NONE)
    };
    let accepted = events.iter().zip(results.iter()).filter(|(_, result)| result.is_ok());
    let customers: BTreeMap<CustomerKey, bool> = accepted
        .filter_map(|(event, _)| without_chat(event))
        .map(|customer| (customer.row.id, customer.is_new))
        .collect();
    let tokens = unbound(unit, &customers).await?;
    for (event, result) in events.iter().zip(results) {
        if let (Ok(accepted), Some(customer)) = (result, without_chat(event)) {
            accepted.link = tokens.get(&customer.row.id).map(|token| url(&ctx.bot_username, token));
        }
    }
    Ok(())
}

/// An unexpired, untapped link for each of these customers. The flag marks new customers, who cannot have one yet.
async fn unbound(
    unit: &mut Unit<'_>,
    customers: &BTreeMap<CustomerKey, bool>,
) -> store::Result<HashMap<CustomerKey, String>> {
    let known: Vec<CustomerKey> =
        customers.iter().filter(|(_, is_new)| !**is_new).map(|(customer, _)| *customer).collect();
    let live = unit.tx.list_live_links(&known, unit.now).await?;
    let mut tokens: HashMap<CustomerKey, String> = live
        .into_iter()
        .filter(|link| link.person.is_none())
        .map(|link| (link.customer, link.token))
        .collect();
    let missing: Vec<CustomerKey> =
        customers.keys().copied().filter(|customer| !tokens.contains_key(customer)).collect();
    let made = make(unit, &missing).await?;
    tokens.extend(made.into_iter().map(|link| (link.customer, link.token)));
    Ok(tokens)
}

async fn make(unit: &mut Unit<'_>, customers: &[CustomerKey]) -> store::Result<Vec<LinkRow>> {
    let Unit { ctx, now, .. } = *unit;
    let expires_at = now.plus(ctx.config.link_ttl);
    let link = |customer: &CustomerKey| LinkRow {
        customer: *customer,
        token: ctx.entropy.token_at(now),
        expires_at,
        person: None,
    };
    let links: Vec<LinkRow> = customers.iter().map(link).collect();
    unit.tx.insert_links(&links, now).await?;
    Ok(links)
}

fn url(bot: &str, token: &str) -> String {
    format!("https://t.me/{bot}?start={token}")
}
