//! `/forget`: asked before, and asked again where the customers concerned have changed by the time of the answer. No customer
//! is named, so that a person who found a link does not learn whose it is.

use sha2::{Digest as _, Sha256};

use super::Progress;
use crate::domain::time::Timestamp;
use crate::service::{Context, people, staff};
use crate::store::erasing::{Claim, ErasingRow};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::forget::{Ask, Done, ask as asked, done, kept, under_way};

/// Asks whether everything shall be erased.
pub async fn ask(tx: &mut Tx, ctx: &Context, person: &Person, now: Timestamp) -> store::Result<()> {
    let view = question(tx, ctx, person.id, people::locale(ctx, person)).await?.0;
    people::say(tx, person.id, &view, now).await
}

/// The button was pressed: erases if it concerns whom the question was about. The result is what to say in a toast.
pub async fn confirm(
    tx: &mut Tx,
    ctx: &Context,
    (person, locale): (i64, &'static str),
    mark: i64,
    message_id: i64,
    now: Timestamp,
) -> store::Result<String> {
    let known = tx.find_person(person).await?;
    let locale = known.as_ref().map_or(locale, |known| people::locale(ctx, known));
    if tx.find_erasing_of_person(person).await?.is_some() {
        return Ok(ctx.catalogue.text(locale, "forget-toast-under-way"));
    }
    let (view, current) = question(tx, ctx, person, locale).await?;
    if known.is_none() {
        show(tx, person, message_id, &done(&ctx.catalogue, locale, Done::default()), now).await?;
        return Ok(ctx.catalogue.text(locale, "forget-toast-done"));
    }
    if current != mark {
        show(tx, person, message_id, &view, now).await?;
        return Ok(ctx.catalogue.text(locale, "forget-toast-changed"));
    }
    let opted_out = known.is_some_and(|known| known.opted_out_at.is_some());
    if let Progress::UnderWay { id } = super::person(tx, ctx, (person, locale), now).await? {
        tx.set_erasing_place(id, message_id, locale, opted_out).await?;
        show(tx, person, message_id, &under_way(&ctx.catalogue, locale), now).await?;
        return Ok(ctx.catalogue.text(locale, "forget-toast-under-way"));
    }
    let done = done(&ctx.catalogue, locale, how_done(tx, person, opted_out).await?);
    show(tx, person, message_id, &done, now).await?;
    Ok(ctx.catalogue.text(locale, "forget-toast-done"))
}

/// The last of it is erased: whoever asked for it reads so where they asked.
pub(super) async fn tell_done(
    tx: &mut Tx,
    ctx: &Context,
    erasing: &ErasingRow,
    now: Timestamp,
) -> store::Result<()> {
    let (Some(person), Some(message_id), Some(locale)) =
        (erasing.person, erasing.message_id, erasing.locale.as_deref())
    else {
        return Ok(());
    };
    let done = done(&ctx.catalogue, locale, how_done(tx, person, erasing.opted_out).await?);
    show(tx, person, message_id, &done, now).await
}

async fn how_done(tx: &mut Tx, person: i64, opted_out: bool) -> store::Result<Done> {
    Ok(Done { opted_out, waiting: tx.count_forget_requests_of(person).await? > 0 })
}

/// The other button. The result is what to say in a toast.
pub async fn keep(
    tx: &mut Tx,
    ctx: &Context,
    (person, locale): (i64, &'static str),
    message_id: i64,
    now: Timestamp,
) -> store::Result<String> {
    let known = tx.find_person(person).await?;
    let locale = known.as_ref().map_or(locale, |known| people::locale(ctx, known));
    show(tx, person, message_id, &kept(&ctx.catalogue, locale), now).await?;
    Ok(ctx.catalogue.text(locale, "forget-toast-kept"))
}

/// The question, and what its button carries.
async fn question(tx: &mut Tx, ctx: &Context, person: i64, locale: &str) -> store::Result<(View, i64)> {
    let claims = tx.list_claims_of(person).await?;
    let mark = mark(&claims);
    let staff = staff::role(tx, ctx, person).await?.is_some();
    let waiting = tx.count_forget_requests_of(person).await? > 0;
    let shared = claims.iter().filter(|claim| claim.shared).count();
    let ask = Ask { whole: claims.len() - shared, shared, waiting, mark, staff };
    Ok((asked(&ctx.catalogue, locale, &ask), mark))
}

/// So that nobody erases what they were not asked about: 48 bits, for nobody guesses here, things only change.
fn mark(claims: &[Claim]) -> i64 {
    let mut hash = Sha256::new();
    for claim in claims {
        hash.update(claim.customer.to_be_bytes());
        hash.update([u8::from(claim.shared)]);
    }
    hash.finalize()[..6].iter().fold(0, |mark, byte| mark << 8 | i64::from(*byte))
}

pub(super) async fn show(
    tx: &mut Tx,
    person: i64,
    message_id: i64,
    view: &View,
    now: Timestamp,
) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    tx.enqueue(&Outgoing::edit_shown(Lane::Answers, person, message_id, payload), now).await
}
