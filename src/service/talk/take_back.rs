//! A lead takes back what they wrote: it is deleted at the customer, as long as Telegram permits that.

use std::time::Duration;

use super::messages;
use crate::domain::case::{Side, WordState};
use crate::domain::ids::{CaseMessageKey, CaseNumber, PersonId};
use crate::domain::staff::Role;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit, cases, person, roles};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::{View, talk};

/// How long Telegram lets a bot delete its own messages.
const DELETABLE: Duration = Duration::from_hours(48);
/// How many of the last replies are offered.
const OFFERED: i64 = 5;
/// How much of a reply its button shows, in characters.
const SHOWN: usize = 30;

/// Shows a lead, in their own chat, the replies that can be taken back. Returns the text for a toast.
pub async fn offer(
    unit: &mut Unit<'_>,
    by: &Person,
    number: CaseNumber,
    locale: &str,
) -> store::Result<String> {
    let ctx = unit.ctx;
    let toast = |id: &str| Ok(ctx.catalogue.text(locale, id));
    let since = unit.now.minus(DELETABLE);
    let replies = unit.tx.list_replies_since(number, since, OFFERED).await?;
    if replies.is_empty() {
        return toast("ask-takeback-none");
    }
    if by.started_at.is_none() || by.unreachable.is_some() {
        return toast("toast-start");
    }
    let own = person::locale(ctx, by);
    let shown = replies.into_iter().map(|reply| {
        let words: String = reply.text.as_deref().unwrap_or("📎").chars().take(SHOWN).collect();
        (reply.id, format!("{} · {words}", at(ctx, own, reply.written_at)))
    });
    let view = talk::take_back(&ctx.catalogue, own, &shown.collect::<Vec<_>>());
    person::say(unit, by.id, &view).await?;
    toast("toast-private")
}

fn at(ctx: &Context, locale: &str, at: Timestamp) -> String {
    talk::moment(&ctx.catalogue, locale, at, ctx.zone())
}

/// Takes a reply back. Returns the text for a toast, if there is something to say.
pub async fn take_back(
    unit: &mut Unit<'_>,
    by: PersonId,
    locale: &'static str,
    message: CaseMessageKey,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let toast = |id: &str| Ok(Some(ctx.catalogue.text(locale, id)));
    if roles::role(&mut unit.tx, ctx, by).await?.is_none_or(|role| role < Role::Lead) {
        return toast("toast-no-role");
    }
    let is_there = |state| matches!(state, WordState::Waiting | WordState::Delivered);
    let reply = unit.tx.find_case_message(message).await?;
    let reply = reply.filter(|reply| reply.side == Side::Staff && is_there(reply.state));
    let Some(reply) = reply else { return toast("toast-done") };
    let row = unit.tx.find_case(reply.case_number).await?;
    let Some((row, customer)) = row.and_then(|row| row.person.map(|customer| (row, customer))) else {
        return toast("toast-gone");
    };
    if unit.now.since(reply.written_at) >= DELETABLE {
        return toast("taken-back-late");
    }
    for part in messages::parts(unit, &reply).await? {
        let Some(copy) = part.copy else { continue };
        if !unit.tx.delete_uncalled(copy).await? {
            let delete = Outgoing::delete(Lane::Answers, customer.chat(), None, Payload::default());
            unit.tx.enqueue(&delete.message(copy), unit.now).await?;
        }
    }
    messages::settle(unit, &reply, WordState::TakenBack, None).await?;
    cases::show(unit, row.number);
    let when = at(ctx, locale, reply.written_at);
    let view = View::text(ctx.catalogue.with(locale, "taken-back", &[("at", when.into())]));
    person::say(unit, by, &view).await?;
    Ok(None)
}
