//! Customers known by their phone number: the person shares their own contact, having read what becomes of it.

use crate::domain::time::Timestamp;
use crate::service::moving::Moved;
use crate::service::{Context, events, moving, people};
use crate::store::persons::{CustomerByPhone, Person};
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::customer;
use crate::view::{BelowInput, View};

/// A contact that somebody sent.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    pub number: &'a str,
    /// Whose Telegram account it is, if Telegram says so of a contact that was not forwarded.
    pub owner: Option<i64>,
}

/// Offers the button, if the company's events name phone numbers at all.
pub async fn offer(tx: &mut Tx, ctx: &Context, person: &Person, now: Timestamp) -> store::Result<()> {
    if tx.is_any_phone_known().await? { ask(tx, ctx, person, "phone-ask", now).await } else { Ok(()) }
}

async fn ask(tx: &mut Tx, ctx: &Context, person: &Person, why: &str, now: Timestamp) -> store::Result<()> {
    let locale = people::locale(ctx, person);
    let (view, below) = customer::ask_phone(&ctx.catalogue, locale, why, ctx.config.brand.as_deref());
    tx.set_phone_asked_at(person.id, Some(now)).await?;
    say(tx, person.id, &view, &below, now).await
}

/// Takes a contact, if it is the sender's own and they know what becomes of it.
pub async fn take(
    tx: &mut Tx,
    ctx: &Context,
    person: &Person,
    shared: Shared<'_>,
    now: Timestamp,
) -> store::Result<()> {
    let text = |id| View::text(ctx.catalogue.text(people::locale(ctx, person), id));
    if shared.owner != Some(person.id) {
        return if person.phone.is_none() && tx.is_any_phone_known().await? {
            ask(tx, ctx, person, "phone-not-yours-but", now).await
        } else {
            people::say(tx, person.id, &text("phone-not-yours"), now).await
        };
    }
    if person.phone_asked_at.is_none() {
        // Their own contact, but they have not read yet what it would be for, if it is for anything.
        if tx.is_any_phone_known().await? {
            return ask(tx, ctx, person, "phone-ask", now).await;
        }
        return people::say(tx, person.id, &text("customer-cannot-keep"), now).await;
    }
    let phone = digits(shared.number);
    tx.set_phone(person.id, &phone, now).await?;
    let customers = tx.list_customers_by_phone(&phone).await?;
    let theirs = customers.iter().any(|customer| customer.person == Some(person.id));
    let linked = link(tx, ctx, person.id, customers, now).await?;
    let id = if theirs || !linked.is_empty() { "phone-linked" } else { "phone-kept" };
    say(tx, person.id, &text(id), &BelowInput::NOTHING, now).await?;
    for moved in linked {
        moving::follow(tx, ctx, moved, person.id, now).await?;
    }
    Ok(())
}

/// Links these customers, except whom a personal link has given to somebody.
async fn link(
    tx: &mut Tx,
    ctx: &Context,
    person: i64,
    customers: Vec<CustomerByPhone>,
    now: Timestamp,
) -> store::Result<Vec<Moved>> {
    let mut linked = Vec::new();
    for customer in customers {
        if customer.person != Some(person) && customer.linked_by.as_deref() != Some("link") {
            tx.link_by_phone(customer.id, person, now).await?;
            linked.push(Moved { customer: customer.id, from: customer.person });
        }
    }
    let ids: Vec<i64> = linked.iter().map(|moved| moved.customer).collect();
    events::schedule_waiting(tx, ctx, &ids).await?;
    Ok(linked)
}

/// E.164 without the plus. Telegram writes numbers with it or without.
#[must_use]
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Says something and sets what stands under the input field.
pub async fn say(
    tx: &mut Tx,
    person: i64,
    view: &View,
    below: &BelowInput,
    now: Timestamp,
) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(Some(below));
    tx.enqueue(&Outgoing::send(Lane::Answers, person, payload), now).await?;
    Ok(())
}
