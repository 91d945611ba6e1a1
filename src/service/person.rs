//! A person the bot knows: their language, and something said to them.

use crate::domain::ids::PersonId;
use crate::domain::script::Script;
use crate::service::{Context, Unit};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;

/// The language of what is said to a person: as they chose, else as their Telegram says, else the default.
#[must_use]
pub fn locale(ctx: &Context, person: &Person) -> &'static str {
    let mut said = [&person.chosen_language, &person.language_code].into_iter().flatten();
    said.find_map(|tag| ctx.config.languages.known(tag)).unwrap_or(ctx.config.default_locale)
}

/// The language of a chat that chose this one, which the installation may no longer have.
#[must_use]
pub fn chat_locale(ctx: &Context, chosen: &str) -> &'static str {
    ctx.config.languages.known(chosen).unwrap_or(ctx.config.default_locale)
}

/// The language of a survey by this script, for somebody of whom these tags are said, the weightiest first: a language of
/// the installation, or a further one that every text of the script has.
#[must_use]
pub fn asked_in<'t>(
    ctx: &Context,
    script: &Script,
    tags: impl IntoIterator<Item = Option<&'t str>>,
) -> &'static str {
    let languages = &ctx.config.languages;
    let known = |tag: &str| languages.known(tag).or_else(|| script.speaks(tag));
    tags.into_iter().flatten().find_map(known).unwrap_or(ctx.config.default_locale)
}

/// Sends something to a person who is waiting for it.
pub async fn say(unit: &mut Unit<'_>, person: PersonId, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, person.chat(), payload), unit.now).await?;
    Ok(())
}
