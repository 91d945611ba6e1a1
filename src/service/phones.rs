//! Customers known by their phone number. The person shares their own contact after reading what it will be used for.

use crate::domain::ids::{CustomerKey, PersonId};
use crate::domain::phone::digits;
use crate::service::moving::Moved;
use crate::service::{Unit, events, moving, person};
use crate::store::persons::{CustomerByPhone, Person};
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::customer;
use crate::view::{BelowInput, View};

/// A contact that somebody sent.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    pub number: &'a str,
    /// Whose Telegram account it is. Telegram says so only for a contact that was not forwarded.
    pub owner: Option<PersonId>,
}

/// Offers the button if the company's events contain any phone numbers.
pub async fn offer(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    if unit.tx.is_any_phone_known().await? { ask(unit, person, "phone-ask").await } else { Ok(()) }
}

async fn ask(unit: &mut Unit<'_>, person: &Person, why: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    let (view, below) = customer::ask_phone(&ctx.catalogue, locale, why, ctx.config.brand.as_deref());
    unit.tx.set_phone_asked_at(person.id, Some(unit.now)).await?;
    say(unit, person.id, &view, &below).await
}

/// Accepts a contact if it is the sender's own and they have been told what it will be used for.
pub async fn take(unit: &mut Unit<'_>, person: &Person, shared: Shared<'_>) -> store::Result<()> {
    let ctx = unit.ctx;
    let text = |id| View::text(ctx.catalogue.text(person::locale(ctx, person), id));
    if shared.owner != Some(person.id) {
        return if person.phone.is_none() && unit.tx.is_any_phone_known().await? {
            ask(unit, person, "phone-not-yours-but").await
        } else {
            person::say(unit, person.id, &text("phone-not-yours")).await
        };
    }
    if person.phone_asked_at.is_none() {
        // It is their own contact, but they have not read yet what it would be used for. An event may name the number
        // later.
        return ask(unit, person, "phone-consent-first").await;
    }
    let phone = digits(shared.number);
    unit.tx.set_phone(person.id, &phone, unit.now).await?;
    let customers = unit.tx.list_customers_by_phone(&phone).await?;
    let theirs = customers.iter().any(|customer| customer.person == Some(person.id));
    let linked = link(unit, person.id, customers).await?;
    let id = if theirs || !linked.is_empty() { "phone-linked" } else { "phone-kept" };
    say(unit, person.id, &text(id), &BelowInput::NOTHING).await?;
    for moved in linked {
        moving::follow(unit, moved, person.id).await?;
    }
    Ok(())
}

/// Links these customers, except those that a personal link has given to somebody.
async fn link(
    unit: &mut Unit<'_>,
    person: PersonId,
    customers: Vec<CustomerByPhone>,
) -> store::Result<Vec<Moved>> {
    let mut linked = Vec::new();
    for customer in customers {
        if customer.person != Some(person) && customer.linked_by.as_deref() != Some("link") {
            unit.tx.link_by_phone(customer.id, person, unit.now).await?;
            linked.push(Moved { customer: customer.id, from: customer.person });
        }
    }
    let ids: Vec<CustomerKey> = linked.iter().map(|moved| moved.customer).collect();
    events::schedule_waiting(unit, &ids).await?;
    Ok(linked)
}

/// Sends a message and sets what is shown below the input field.
pub async fn say(
    unit: &mut Unit<'_>,
    person: PersonId,
    view: &View,
    below: &BelowInput,
) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(Some(below));
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, person.chat(), payload), unit.now).await?;
    Ok(())
}
