//! The language that a person chooses. It applies everywhere, including surveys that are already open.

use crate::domain::ids::{MessageId, TopicId};
use crate::service::{Unit, answers, person};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::customer;

/// Handles `/language`.
pub async fn offer(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let ctx = unit.ctx;
    let view = customer::languages(&ctx.catalogue, &ctx.config.languages, person::locale(ctx, person));
    person::say(unit, person.id, &view).await
}

/// Handles a tap on a language under the message with this ID. Returns the text for a toast.
pub async fn choose(
    unit: &mut Unit<'_>,
    person: &Person,
    locale: &'static str,
    message_id: MessageId,
) -> store::Result<String> {
    let ctx = unit.ctx;
    let (catalogue, languages) = (&ctx.catalogue, &ctx.config.languages);
    let (view, toast) = if languages.contains(locale) {
        unit.tx.set_chosen_language(person.id, locale).await?;
        answers::speak(unit, person.id, locale).await?;
        let toast = customer::language_toast(catalogue, locale);
        (customer::language_chosen(catalogue, languages, locale), toast)
    } else {
        // The button is older than the current list of languages.
        let current = person::locale(ctx, person);
        let toast = catalogue.text(current, "survey-toast-unknown");
        (customer::languages(catalogue, languages, current), toast)
    };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let message = unit.tx.insert_message(person.id.chat(), TopicId::NONE).await?;
    unit.tx.set_message_id(message, message_id).await?;
    let edit = Outgoing::edit(Lane::Answers, person.id.chat(), message, Some(message_id), payload);
    unit.tx.enqueue(&edit, unit.now).await?;
    Ok(toast)
}
