//! A person the bot knows: their language, and something said to them.

use crate::domain::ids::PersonId;
use crate::i18n::known_locale;
use crate::service::{Context, Unit};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;

/// The language of what is said to a person: as they chose, else as their Telegram says, else the default.
#[must_use]
pub fn locale(ctx: &Context, person: &Person) -> &'static str {
    let mut said = [&person.chosen_language, &person.language_code].into_iter().flatten();
    said.find_map(|tag| known_locale(tag)).unwrap_or(ctx.config.default_locale)
}

/// Sends something to a person who is waiting for it.
pub async fn say(unit: &mut Unit<'_>, person: PersonId, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, person.chat(), payload), unit.now).await?;
    Ok(())
}
