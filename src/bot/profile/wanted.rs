//! Everything that Telegram should currently show of the bot outside of messages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use teloxide::payloads::{
    DeleteMyCommands, SetMyCommands, SetMyCommandsSetters as _, SetMyDescription, SetMyName,
    SetMyShortDescription,
};
use teloxide::types::{BotCommand, BotCommandScope, Recipient};

use crate::bot::commands::Command;
use crate::domain::ids::{ChatId, PersonId};
use crate::domain::loss::Loss;
use crate::domain::staff::Role;
use crate::service::{Context, alerts, person, roles};
use crate::store::{self, Tx};

/// One item that can be set.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The item's name, such as `commands:all_private_chats:ru`.
    pub(super) name: String,
    pub(super) call: Call,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Call {
    Commands(SetMyCommands),
    NoCommands(DeleteMyCommands),
    Description(SetMyDescription),
    ShortDescription(SetMyShortDescription),
    Name(SetMyName),
}

impl Wanted {
    /// A hash that tells whether the item is still what was last set.
    pub(super) fn hash(&self) -> String {
        let json = serde_json::to_vec(&self.call).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(Sha256::digest(&json))
    }
}

/// The name of one chat's menu.
fn chat_menu(chat: ChatId) -> String {
    format!("commands:chat:{chat}")
}

/// The call that removes what was set under this name, because somebody has lost their role, a chat no longer gets
/// alerts, the brand is gone, or the language was removed from `LOCALES`. Telegram then shows the general version.
pub(super) fn undone(name: &str) -> Option<Call> {
    let (what, rest) = name.split_once(':')?;
    let language_code = Some(rest.to_owned()).filter(|language| !language.is_empty());
    Some(match what {
        "name" => Call::Name(SetMyName { name: None, language_code }),
        "description" => Call::Description(SetMyDescription { description: None, language_code }),
        "short_description" => {
            Call::ShortDescription(SetMyShortDescription { short_description: None, language_code })
        }
        "commands" => {
            let (scope, rest) = rest.split_once(':')?;
            let language_code = Some(rest.to_owned());
            match scope {
                "chat" => {
                    let scope = Some(scope_of(rest.parse().ok()?));
                    Call::NoCommands(DeleteMyCommands { scope, language_code: None })
                }
                "all_private_chats" => {
                    let scope = Some(BotCommandScope::AllPrivateChats);
                    Call::NoCommands(DeleteMyCommands { scope, language_code })
                }
                "all_chat_administrators" => {
                    let scope = Some(BotCommandScope::AllChatAdministrators);
                    Call::NoCommands(DeleteMyCommands { scope, language_code })
                }
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn scope_of(chat: ChatId) -> BotCommandScope {
    BotCommandScope::Chat { chat_id: Recipient::Id(teloxide::types::ChatId(chat.get())) }
}

pub(super) async fn wanted(tx: &mut Tx, ctx: &Context) -> store::Result<Vec<Wanted>> {
    let mut wanted = Vec::new();
    // Telegram shows the text without a language to readers whose language has none. So that one comes last; otherwise
    // it would be taken for a text that somebody else has set.
    let languages = ctx.config.languages.iter().map(|locale| (Some(locale), locale));
    for (language, locale) in languages.chain([(None, ctx.config.default_locale)]) {
        wanted.extend(descriptions(ctx, language, locale));
        wanted.extend(public_menus(ctx, language, locale));
    }
    wanted.extend(staff_menus(tx, ctx).await?);
    wanted.extend(alert_chat_menus(tx, ctx).await?);
    wanted.extend(ctx.config.brand.iter().flat_map(|brand| names(ctx, brand)));
    Ok(wanted)
}

fn descriptions(ctx: &Context, language: Option<&str>, locale: &str) -> [Wanted; 2] {
    let text = |plain: &str, branded: &str| match &ctx.config.brand {
        Some(brand) => ctx.catalogue.with(locale, branded, &[("brand", brand.as_str().into())]),
        None => ctx.catalogue.text(locale, plain),
    };
    let language_code = language.map(str::to_owned);
    let description = Some(cut(text("profile-description", "profile-description-brand"), 512));
    let short_description = Some(cut(text("profile-short", "profile-short-brand"), 120));
    let named = |what: &str| format!("{what}:{}", language.unwrap_or_default());
    [
        Wanted {
            name: named("description"),
            call: Call::Description(SetMyDescription { description, language_code: language_code.clone() }),
        },
        Wanted {
            name: named("short_description"),
            call: Call::ShortDescription(SetMyShortDescription { short_description, language_code }),
        },
    ]
}

/// Names in the installation's languages. In all other languages the bot keeps the name its owner gave it.
fn names(ctx: &Context, brand: &str) -> impl Iterator<Item = Wanted> {
    ctx.config.languages.iter().map(move |locale| {
        let name = ctx.catalogue.with(locale, "profile-name", &[("brand", brand.into())]);
        let (name, language_code) = (Some(cut(name, 64)), Some(locale.to_owned()));
        Wanted { name: format!("name:{locale}"), call: Call::Name(SetMyName { name, language_code }) }
    })
}

fn cut(text: String, room: usize) -> String {
    if text.chars().count() <= room { text } else { text.chars().take(room - 1).chain(['…']).collect() }
}

fn public_menus(ctx: &Context, language: Option<&str>, locale: &str) -> [Wanted; 2] {
    let everybody = Command::shown(None, &ctx.config.languages);
    let scoped = |name: &str, scope, commands: Vec<BotCommand>| {
        let mut payload = SetMyCommands::new(commands).scope(scope);
        payload.language_code = language.map(str::to_owned);
        let name = format!("commands:{name}:{}", language.unwrap_or_default());
        Wanted { name, call: Call::Commands(payload) }
    };
    let private = everybody.map(|command| described(ctx, locale, command)).collect();
    [
        scoped("all_private_chats", BotCommandScope::AllPrivateChats, private),
        scoped("all_chat_administrators", BotCommandScope::AllChatAdministrators, in_groups(ctx, locale)),
    ]
}

fn in_groups(ctx: &Context, locale: &str) -> Vec<BotCommand> {
    let commands = [Command::Alerts, Command::Language, Command::Help].into_iter();
    let shown = commands.filter(|command| command.is_shown(&ctx.config.languages));
    shown.map(|command| described(ctx, locale, command)).collect()
}

fn described(ctx: &Context, locale: &str, command: Command) -> BotCommand {
    BotCommand::new(command.name(), ctx.catalogue.text(locale, command.description()))
}

fn in_chat(chat: ChatId, commands: Vec<BotCommand>) -> Wanted {
    let call = Call::Commands(SetMyCommands::new(commands).scope(scope_of(chat)));
    Wanted { name: chat_menu(chat), call }
}

/// Staff who have a chat with the bot see the commands of their role, in their language.
async fn staff_menus(tx: &mut Tx, ctx: &Context) -> store::Result<Vec<Wanted>> {
    let admins = roles::admins(tx, ctx).await?;
    let audience = tx.audience().await?;
    let leads = audience.leads.iter().filter(|lead| !admins.contains(lead)).map(|lead| (*lead, Role::Lead));
    let staff: Vec<(PersonId, Role)> =
        admins.iter().map(|admin| (*admin, Role::Admin)).chain(leads).collect();
    let mut wanted = Vec::new();
    for (id, role) in staff {
        let Some(person) = tx.find_person(id).await? else { continue };
        if person.started_at.is_none() || person.unreachable.is_some() {
            continue;
        }
        let locale = person::locale(ctx, &person);
        let commands = Command::shown(Some(role), &ctx.config.languages);
        wanted.push(in_chat(id.chat(), commands.map(|command| described(ctx, locale, command)).collect()));
    }
    Ok(wanted)
}

/// Everybody in a group that gets alerts sees the commands that switch them, because leads need not be group
/// administrators.
async fn alert_chat_menus(tx: &mut Tx, ctx: &Context) -> store::Result<Vec<Wanted>> {
    let mut chats: Vec<(ChatId, &str)> = Vec::new();
    let audience = tx.audience().await?;
    let gone = audience.lost.iter().filter(|chat| chat.loss == Loss::Gone);
    let gone: Vec<ChatId> = gone.map(|chat| chat.chat_id).collect();
    let configured = alerts::configured(tx, &ctx.config).await?.into_iter();
    let configured = configured.map(|place| (place.chat, ctx.config.default_locale));
    let subscribed = audience.chats.iter().map(|chat| (chat.chat_id, person::chat_locale(ctx, &chat.locale)));
    for (chat, locale) in subscribed.chain(configured) {
        if !chat.is_private() && !gone.contains(&chat) && !chats.iter().any(|(known, _)| *known == chat) {
            chats.push((chat, locale));
        }
    }
    Ok(chats.into_iter().map(|(chat, locale)| in_chat(chat, in_groups(ctx, locale))).collect())
}
