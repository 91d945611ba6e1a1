//! The language a person chooses: it wins everywhere, in what is open already too.

use crate::domain::time::Timestamp;
use crate::service::{Context, answers, people};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::customer;

/// `/language`.
pub async fn offer(tx: &mut Tx, ctx: &Context, person: &Person, now: Timestamp) -> store::Result<()> {
    let view = customer::languages(&ctx.catalogue, people::locale(ctx, person), false);
    people::say(tx, person.id, &view, now).await
}

/// A tap on a language, under the message with this ID. The result is what to say in a toast.
pub async fn choose(
    tx: &mut Tx,
    ctx: &Context,
    person: &Person,
    locale: &'static str,
    message_id: i64,
    now: Timestamp,
) -> store::Result<String> {
    tx.set_chosen_language(person.id, locale).await?;
    answers::speak(tx, ctx, person.id, locale, now).await?;
    let view = customer::languages(&ctx.catalogue, locale, true);
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let message = tx.insert_message(person.id, 0).await?;
    tx.set_message_id(message, message_id).await?;
    let edit = Outgoing::edit(Lane::Answers, person.id, message, Some(message_id), payload);
    tx.enqueue(&edit, now).await?;
    Ok(ctx.catalogue.text(locale, "language-toast"))
}
