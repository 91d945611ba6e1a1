//! A person whom the bot knows: their language, and sending them messages.

use crate::config::Config;
use crate::domain::ids::{MessageId, PersonId};
use crate::domain::locale::{base, code};
use crate::domain::script::Script;
use crate::service::{Context, Unit};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;

/// The language for messages to a person: the one they chose, else the one from Telegram, else the default.
#[must_use]
pub fn locale(ctx: &Context, person: &Person) -> &'static str {
    locale_in(&ctx.config, person)
}

/// The same, for those who have the configuration only.
pub fn locale_in(config: &Config, person: &Person) -> &'static str {
    let mut said = [&person.chosen_language, &person.language_code].into_iter().flatten();
    said.find_map(|tag| config.languages.known(tag)).unwrap_or(config.default_locale)
}

/// The language that a person chose, else the one of their Telegram, whether or not the installation has it.
pub fn language(person: &Person) -> Option<&'static str> {
    let mut said = [&person.chosen_language, &person.language_code].into_iter().flatten();
    said.find_map(|tag| code(&base(tag).to_ascii_lowercase()))
}

/// The language of a chat that chose `chosen`, which the installation may no longer have.
#[must_use]
pub fn chat_locale(ctx: &Context, chosen: &str) -> &'static str {
    ctx.config.languages.known(chosen).unwrap_or(ctx.config.default_locale)
}

/// The language of a survey with this script, for somebody with these language tags, the most important first. It is a
/// language of the installation, or a further one in which the script has every text.
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

/// Sends a message to a person who is waiting for it.
pub async fn say(unit: &mut Unit<'_>, person: PersonId, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, person.chat(), payload), unit.now).await?;
    Ok(())
}

/// Answers a message of theirs, below it, so that they see which one it is about.
pub async fn answer(unit: &mut Unit<'_>, person: PersonId, to: MessageId, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref()).reply_to_theirs(to);
    unit.tx.enqueue(&Outgoing::send(Lane::Answers, person.chat(), payload), unit.now).await?;
    Ok(())
}
