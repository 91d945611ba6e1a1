//! What somebody writes to the bot in private: commands, words for a survey, anything else.

use super::commands::{Call, Command};
use super::group;
use super::router::{Router, visitor};
use super::update::{File, Message};
use crate::config::ChatTopic;
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::service::alerts::human::{self, Heard};
use crate::service::alerts::{self, Said};
use crate::service::answers::{self, Attachment, Words};
use crate::service::staff::{Role, team};
use crate::service::{Context, desks, editor, erasing, languages, people, phones, staff};
use crate::store::persons::Person;
use crate::store::{self, Tx};
use crate::view::{View, customer, staff as words_of_staff};

pub(super) async fn message(
    router: &Router,
    ctx: &Context,
    tx: &mut Tx,
    message: &Message,
    now: Timestamp,
) -> store::Result<()> {
    let Some(from) = message.from.as_ref().filter(|from| !from.is_bot) else { return Ok(()) };
    let person = people::hear(tx, ctx, &visitor(from), now).await?;
    alerts::alive(tx, ctx, person.id, now).await?;
    match message.text.as_deref().and_then(|text| Command::parse(text, &ctx.bot_username)) {
        Some(Call::Known { command: Command::Human, argument }) => {
            let said = Said { message_id: message.message_id, text: message.text.as_deref() };
            let words = Some(said).filter(|_| !argument.is_empty());
            let may_say = router.may_say(person.id, person.id);
            people::ask_for_human(tx, ctx, &person, words, may_say, now).await
        }
        Some(Call::Known { command, argument }) => {
            if changes_nothing(&person, command, argument) && !router.may_say(person.id, person.id) {
                return Ok(());
            }
            run(ctx, tx, &person, command, argument, now).await
        }
        Some(Call::Unknown | Call::Other) => {
            reply(router, ctx, tx, &person, "customer-unknown-command", now).await
        }
        None => match &message.contact {
            Some(contact) => {
                let shared = phones::Shared {
                    number: &contact.phone_number,
                    owner: contact.user_id.filter(|_| message.forward_origin.is_none()),
                };
                phones::take(tx, ctx, &person, shared, now).await
            }
            None => words(router, ctx, tx, &person, message, now).await,
        },
    }
}

/// What may stay unanswered when somebody asks for it again and again.
fn changes_nothing(person: &Person, command: Command, argument: &str) -> bool {
    match command {
        Command::Start => argument.is_empty(),
        Command::Stop => person.opted_out_at.is_some(),
        Command::Language | Command::Privacy | Command::Help | Command::Forget => true,
        // `/human` is answered by what it comes to; all else is for people with a role.
        Command::Human | Command::Alerts | Command::Scripts | Command::Staff => false,
    }
}

async fn run(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    command: Command,
    argument: &str,
    now: Timestamp,
) -> store::Result<()> {
    match command {
        Command::Start => {
            let token = Some(argument).filter(|token| !token.is_empty());
            people::start(tx, ctx, person, token, now).await
        }
        Command::Language => languages::offer(tx, ctx, person, now).await,
        Command::Human => people::ask_for_human(tx, ctx, person, None, true, now).await,
        Command::Privacy => {
            let (url, phone) = (ctx.config.privacy_url.as_deref(), person.phone.is_some());
            let view = customer::privacy_in_full(&ctx.catalogue, people::locale(ctx, person), url, phone);
            people::say(tx, person.id, &view, now).await
        }
        Command::Stop => people::stop(tx, ctx, person, now).await,
        Command::Forget => erasing::ask(tx, ctx, person, now).await,
        Command::Alerts => {
            let place = ChatTopic { chat: person.id, topic: 0 };
            let title = person.first_name.as_deref();
            group::alerts(ctx, tx, person, place, title, argument, now).await
        }
        Command::Scripts | Command::Staff => {
            if staff::role(tx, ctx, person.id).await? == Some(Role::Admin) {
                return match command {
                    Command::Scripts => editor::open(tx, ctx, person, now).await,
                    _ => team::open(tx, ctx, person, argument, now).await,
                };
            }
            tracing::warn!(person = person.id, "a command was refused: no role for it");
            let view = words_of_staff::refused(&ctx.catalogue, people::locale(ctx, person), false);
            people::say(tx, person.id, &view, now).await
        }
        Command::Help => {
            let role = staff::role(tx, ctx, person.id).await?;
            let commands: Vec<(&str, &str)> = Command::ALL
                .into_iter()
                .filter(|command| command.is_for(role))
                .map(|command| (command.name(), command.description()))
                .collect();
            let view = customer::help(&ctx.catalogue, people::locale(ctx, person), &commands);
            people::say(tx, person.id, &view, now).await
        }
    }
}

/// Words go to the survey they belong to; where there is none, nobody shall think that they were read.
async fn words(
    router: &Router,
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    message: &Message,
    now: Timestamp,
) -> store::Result<()> {
    let words = Words {
        person: person.id,
        message_id: message.message_id,
        text: message.words().map(str::to_owned),
        attachment: attachment(message),
        media_group: message.media_group_id.clone(),
        reply_to: message.reply_to_message.map(|replied_to| replied_to.message_id),
    };
    let nothing_to_keep = words.text.is_none() && words.attachment.is_none();
    if !nothing_to_keep || message.is_neither_words_nor_file() {
        if let Some(file) = file(message)
            && editor::take_file(tx, ctx, person, file, now).await?
        {
            return Ok(());
        }
        if desks::words(tx, ctx, person, message.text.as_deref(), now).await? {
            return Ok(());
        }
    }
    if (!nothing_to_keep || message.is_neither_words_nor_file())
        && let Some(heard) = human::words(tx, ctx, &words, message.text.as_deref(), now).await?
    {
        return match heard {
            Heard::PassedOn => say(ctx, tx, person, "human-heard", now).await,
            Heard::Kept => say(ctx, tx, person, "human-kept", now).await,
            Heard::Further => Ok(()),
        };
    }
    if nothing_to_keep {
        // Nobody wants an answer to a notice of Telegram's own.
        if message.is_neither_words_nor_file() {
            return reply(router, ctx, tx, person, "customer-cannot-keep", now).await;
        }
        return Ok(());
    }
    if answers::words(tx, ctx, &words, now).await? {
        return Ok(());
    }
    if router.is_answered_album(message) {
        return Ok(());
    }
    if let Some(file) = file(message)
        && staff::role(tx, ctx, person.id).await? == Some(Role::Admin)
    {
        let name = escape_html(&file.name.chars().take(80).collect::<String>());
        let locale = people::locale(ctx, person);
        let text = ctx.catalogue.with(locale, "desk-not-toml", &[("name", name.into())]);
        return people::say(tx, person.id, &View::text(text), now).await;
    }
    reply(router, ctx, tx, person, "customer-nobody-reads", now).await
}

fn file(message: &Message) -> Option<editor::File<'_>> {
    let document = message.document.as_ref()?;
    Some(editor::File {
        id: &document.file_id,
        name: document.file_name.as_deref().unwrap_or_default(),
        size: document.file_size,
        message_id: message.message_id,
    })
}

fn attachment(message: &Message) -> Option<Attachment> {
    let largest = message.photo.as_ref().and_then(|sizes| sizes.last());
    let kinds: [(&'static str, Option<&File>); 7] = [
        ("voice", message.voice.as_ref()),
        ("video_note", message.video_note.as_ref()),
        ("photo", largest),
        ("video", message.video.as_ref()),
        ("audio", message.audio.as_ref()),
        ("document", message.document.as_ref()),
        // Comes with a document of the same content, from current servers.
        ("document", message.animation.as_ref()),
    ];
    let (kind, file) = kinds.into_iter().find_map(|(kind, file)| Some((kind, file?)))?;
    Some(Attachment {
        kind,
        file_id: file.file_id.clone(),
        file_size: file.file_size,
        duration_s: file.duration,
    })
}

/// Says what changes nothing, but not to somebody who makes us say it again and again.
async fn reply(
    router: &Router,
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    id: &str,
    now: Timestamp,
) -> store::Result<()> {
    if router.may_say(person.id, person.id) { say(ctx, tx, person, id, now).await } else { Ok(()) }
}

async fn say(ctx: &Context, tx: &mut Tx, person: &Person, id: &str, now: Timestamp) -> store::Result<()> {
    let view = View::text(ctx.catalogue.text(people::locale(ctx, person), id));
    people::say(tx, person.id, &view, now).await
}
