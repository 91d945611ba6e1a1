//! `/forget`: asks for confirmation, and asks again if the customers concerned have changed by the time of the answer.
//! No customer is named, so that a person who found a link does not learn whose it is.

use sha2::{Digest as _, Sha256};

use super::Progress;
use crate::domain::ids::{MessageId, PersonId};
use crate::service::{Context, Unit, person, roles};
use crate::store::erasing::{Claim, ErasingRow};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::forget::{Ask, Done, ask as asked, done, kept, under_way};

/// Asks whether to erase everything.
pub async fn ask(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let ctx = unit.ctx;
    let view = question(&mut unit.tx, ctx, person.id, person::locale(ctx, person)).await?.0;
    person::say(unit, person.id, &view).await
}

/// The confirm button was tapped. Erases everything if the customers concerned are still those of the question. Returns
/// the text for a toast.
pub async fn confirm(
    unit: &mut Unit<'_>,
    person: PersonId,
    locale: &'static str,
    mark: i64,
    message_id: MessageId,
) -> store::Result<String> {
    let ctx = unit.ctx;
    let known = unit.tx.find_person(person).await?;
    let locale = known.as_ref().map_or(locale, |known| person::locale(ctx, known));
    if unit.tx.find_erasing_of_person(person).await?.is_some() {
        return Ok(ctx.catalogue.text(locale, "forget-toast-under-way"));
    }
    let (view, current) = question(&mut unit.tx, ctx, person, locale).await?;
    if known.is_none() {
        show(unit, person, message_id, &done(&ctx.catalogue, locale, Done::default())).await?;
        return Ok(ctx.catalogue.text(locale, "forget-toast-done"));
    }
    if current != mark {
        show(unit, person, message_id, &view).await?;
        return Ok(ctx.catalogue.text(locale, "forget-toast-changed"));
    }
    let opted_out = known.is_some_and(|known| known.opted_out_at.is_some());
    if let Progress::UnderWay { id } = super::person(unit, person, locale).await? {
        unit.tx.set_erasing_place(id, message_id, locale, opted_out).await?;
        show(unit, person, message_id, &under_way(&ctx.catalogue, locale)).await?;
        return Ok(ctx.catalogue.text(locale, "forget-toast-under-way"));
    }
    let done = done(&ctx.catalogue, locale, how_done(&mut unit.tx, person, opted_out).await?);
    show(unit, person, message_id, &done).await?;
    Ok(ctx.catalogue.text(locale, "forget-toast-done"))
}

/// The last part is erased, so the person who asked is told in the chat where they asked.
pub(super) async fn tell_done(unit: &mut Unit<'_>, erasing: &ErasingRow) -> store::Result<()> {
    let (Some(person), Some(message_id), Some(locale)) =
        (erasing.person, erasing.message_id, erasing.locale.as_deref())
    else {
        return Ok(());
    };
    let done = done(&unit.ctx.catalogue, locale, how_done(&mut unit.tx, person, erasing.opted_out).await?);
    show(unit, person, message_id, &done).await
}

async fn how_done(tx: &mut Tx, person: PersonId, opted_out: bool) -> store::Result<Done> {
    Ok(Done { opted_out, waiting: tx.count_forget_requests_of(person).await? > 0 })
}

/// The other button was tapped. Returns the text for a toast.
pub async fn keep(
    unit: &mut Unit<'_>,
    person: PersonId,
    locale: &'static str,
    message_id: MessageId,
) -> store::Result<String> {
    let ctx = unit.ctx;
    let known = unit.tx.find_person(person).await?;
    let locale = known.as_ref().map_or(locale, |known| person::locale(ctx, known));
    show(unit, person, message_id, &kept(&ctx.catalogue, locale)).await?;
    Ok(ctx.catalogue.text(locale, "forget-toast-kept"))
}

/// The question, and what its button carries.
async fn question(tx: &mut Tx, ctx: &Context, person: PersonId, locale: &str) -> store::Result<(View, i64)> {
    let claims = tx.list_claims_of(person).await?;
    let mark = mark(&claims);
    let staff = roles::role(tx, ctx, person).await?.is_some();
    let waiting = tx.count_forget_requests_of(person).await? > 0;
    let shared = claims.iter().filter(|claim| claim.shared).count();
    let cases = tx.list_unresolved_case_numbers(person).await?;
    let ask = Ask { cases, whole: claims.len() - shared, shared, waiting, mark, staff };
    Ok((asked(&ctx.catalogue, locale, &ask), mark))
}

/// Identifies what the question was about, so that nobody erases what they were not asked about. 48 bits are enough:
/// nobody guesses here, the data only changes.
fn mark(claims: &[Claim]) -> i64 {
    let mut hash = Sha256::new();
    for claim in claims {
        hash.update(claim.customer.get().to_be_bytes());
        hash.update([u8::from(claim.shared)]);
    }
    hash.finalize()[..6].iter().fold(0, |mark, byte| mark << 8 | i64::from(*byte))
}

pub(super) async fn show(
    unit: &mut Unit<'_>,
    person: PersonId,
    message_id: MessageId,
    view: &View,
) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx.enqueue(&Outgoing::edit_shown(Lane::Answers, person.chat(), message_id, payload), unit.now).await
}
