//! What people write to the bot in private: commands, words for a survey, and anything else.

use super::commands::{Call, Command};
use super::replies::Replies;
use super::update::Message;
use super::visitor::visitor;
use super::words::words;
use super::{subscribing, talk};
use crate::config::ChatTopic;
use crate::domain::case::SurveyTakes;
use crate::domain::ids::TopicId;
use crate::domain::staff::Role;
use crate::domain::template::escape_html;
use crate::service::answers;
use crate::service::hooks::screens;
use crate::service::prompts::{self, Awaited, Question};
use crate::service::staff::team;
use crate::service::talk as case_talk;
use crate::service::{
    Unit, alerts, case_list, dashboard, editor, erasing, languages, people, person, phones, report, roles,
    setup,
};
use crate::store;
use crate::store::persons::Person;
use crate::view::staff::Refusal;
use crate::view::{View, customer, staff as words_of_staff};

pub(super) async fn message(replies: &Replies, unit: &mut Unit<'_>, message: &Message) -> store::Result<()> {
    let ctx = unit.ctx;
    let Some(from) = message.from.as_ref().filter(|from| !from.is_bot) else { return Ok(()) };
    let person = people::hear(unit, &visitor(from)).await?;
    alerts::alive(unit, person.id.chat()).await?;
    match message.text.as_deref().and_then(|text| Command::parse(text, &ctx.bot_username)) {
        Some(Call::Known { command: Command::Human, argument }) => {
            let words = (!argument.is_empty()).then(|| words(person.id, message));
            let may_say = replies.may_say(person.id.chat(), person.id);
            people::ask_for_human(unit, &person, words.as_ref(), may_say).await
        }
        Some(Call::Known { command: Command::Start, argument: token }) if !token.is_empty() => {
            let may_say = replies.may_say(person.id.chat(), person.id);
            people::start(unit, &person, Some(token), may_say).await
        }
        Some(Call::Known { command, argument }) => {
            if changes_nothing(unit, &person, command).await? && !replies.may_say(person.id.chat(), person.id)
            {
                return Ok(());
            }
            run(unit, &person, command, argument).await
        }
        Some(Call::Unknown | Call::Other) => reply(replies, unit, &person, "customer-unknown-command").await,
        None => match &message.contact {
            Some(contact) => {
                let shared = phones::Shared {
                    number: &contact.phone_number,
                    owner: contact.user_id.filter(|_| message.forward_origin.is_none()),
                };
                phones::take(unit, &person, shared).await
            }
            None => on_words(replies, unit, &person, message).await,
        },
    }
}

/// Whether the command may go unanswered when somebody repeats it over and over.
async fn changes_nothing(unit: &mut Unit<'_>, person: &Person, command: Command) -> store::Result<bool> {
    Ok(match command {
        Command::Start | Command::Language | Command::Privacy | Command::Help | Command::Forget => true,
        Command::Stop => person.opted_out_at.is_some(),
        // The effect of `/human` is its answer.
        Command::Human => false,
        Command::Alerts
        | Command::Scripts
        | Command::Hooks
        | Command::Staff
        | Command::Cases
        | Command::Report
        | Command::Dashboard => !command.is_for(roles::role(&mut unit.tx, unit.ctx, person.id).await?),
    })
}

async fn run(unit: &mut Unit<'_>, person: &Person, command: Command, argument: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    match command {
        Command::Start => people::start(unit, person, None, true).await,
        Command::Language => languages::offer(unit, person).await,
        Command::Human => people::ask_for_human(unit, person, None, true).await,
        Command::Privacy => {
            let (url, phone) = (ctx.config.privacy_url.as_deref(), person.phone.is_some());
            let view = customer::privacy_in_full(&ctx.catalogue, person::locale(ctx, person), url, phone);
            person::say(unit, person.id, &view).await
        }
        Command::Stop => people::stop(unit, person).await,
        Command::Forget => erasing::ask(unit, person).await,
        Command::Alerts => {
            let place = ChatTopic { chat: person.id.chat(), topic: TopicId::NONE };
            let title = person.first_name.as_deref();
            subscribing::alerts(unit, person, place, title, argument).await
        }
        Command::Cases => case_list::open(unit, person, argument).await,
        Command::Report => report::open(unit, person).await,
        Command::Dashboard => dashboard::command(unit, person, argument).await,
        Command::Scripts | Command::Hooks | Command::Staff => {
            if roles::role(&mut unit.tx, ctx, person.id).await? == Some(Role::Admin) {
                return match command {
                    Command::Scripts => editor::open(unit, person).await,
                    Command::Hooks => screens::open(unit, person).await,
                    _ => team::open(unit, person, argument).await,
                };
            }
            tracing::warn!(person = person.id.get(), "a command was refused: no role for it");
            let locale = person::locale(ctx, person);
            let view = words_of_staff::refused(&ctx.catalogue, locale, Refusal::ForAdmins);
            person::say(unit, person.id, &view).await
        }
        Command::Help => {
            let role = roles::role(&mut unit.tx, ctx, person.id).await?;
            let commands: Vec<(&str, &str)> = Command::shown(role, &ctx.config.languages)
                .map(|command| (command.name(), command.description()))
                .collect();
            let view = customer::help(&ctx.catalogue, person::locale(ctx, person), &commands);
            person::say(unit, person.id, &view).await
        }
    }
}

/// Passes words on to the survey they belong to. If there is none, the sender must not be left to believe that they
/// were read.
async fn on_words(
    replies: &Replies,
    unit: &mut Unit<'_>,
    person: &Person,
    message: &Message,
) -> store::Result<()> {
    let ctx = unit.ctx;
    if talk::in_private(replies, unit, person, message).await? {
        return Ok(());
    }
    let words = words(person.id, message);
    let nothing_to_keep = words.text.is_none() && words.attachment.is_none();
    if message.says_something() {
        if let Some(file) = file(message)
            && editor::take_file(unit, person, file).await?
        {
            return Ok(());
        }
        if asked_for(unit, person, message.text.as_deref()).await? {
            return Ok(());
        }
        if message.paid_media.is_some() {
            // Telegram copies no such message.
            if !replies.may_say(person.id.chat(), person.id) {
                return Ok(());
            }
            let text = ctx.catalogue.text(person::locale(ctx, person), "case-cannot-pass");
            return person::answer(unit, person.id, message.message_id, &View::text(text)).await;
        }
        if case_talk::customer_wrote(unit, person, &words).await? {
            return Ok(());
        }
    }
    let role = roles::role(&mut unit.tx, ctx, person.id).await?;
    let is_free = role.is_none() && ctx.case_settings().free_messages;
    let opens = is_free
        && (!nothing_to_keep
            || message.names_place() && answers::expects(unit, &words).await?.takes == SurveyTakes::Nothing);
    if nothing_to_keep && !opens {
        // Nobody expects an answer to one of Telegram's service messages.
        if message.is_neither_words_nor_file() {
            return cannot_help(replies, unit, person, "customer-cannot-keep").await;
        }
        return Ok(());
    }
    if !nothing_to_keep && answers::accept_words(unit, &words).await? {
        return Ok(());
    }
    if opens {
        return case_talk::open(unit, person, &words).await;
    }
    if replies.is_answered_album(message) {
        return Ok(());
    }
    if let Some(file) = file(message)
        && role == Some(Role::Admin)
    {
        let name = escape_html(&file.name.chars().take(80).collect::<String>());
        let locale = person::locale(ctx, person);
        let text = ctx.catalogue.with(locale, "editor-not-toml", &[("name", name.into())]);
        return person::say(unit, person.id, &View::text(text)).await;
    }
    let answers_alert = message.replies_to(&ctx.bot_username);
    if role.is_some_and(Role::may_route_alerts) {
        let id = if answers_alert { "reply-other" } else { "staff-words" };
        return reply(replies, unit, person, id).await;
    }
    cannot_help(replies, unit, person, "customer-nobody-reads").await
}

/// The same as [`reply`], with a button that asks for a human.
async fn cannot_help(replies: &Replies, unit: &mut Unit<'_>, person: &Person, id: &str) -> store::Result<()> {
    if !replies.may_say(person.id.chat(), person.id) {
        return Ok(());
    }
    let ctx = unit.ctx;
    let view = customer::cannot_help(&ctx.catalogue, person::locale(ctx, person), id);
    person::say(unit, person.id, &view).await
}

/// Passes words that an admin was asked for to the code that asked. Returns false if nothing was asked for. `text` is
/// absent if the admin sent something else.
async fn asked_for(unit: &mut Unit<'_>, person: &Person, text: Option<&str>) -> store::Result<bool> {
    let (question, place) = match prompts::awaited(unit, person.id).await? {
        None => return Ok(false),
        Some(Awaited::Editor(place)) => return editor::accept_words(unit, person, &place, text).await,
        Some(Awaited::Question(question, place)) => (question, place),
    };
    let Some(text) = text else {
        say(unit, person, "editor-write-words").await?;
        return Ok(true);
    };
    prompts::stop_waiting(&mut unit.tx, person.id).await?;
    let view = match question {
        Question::Zone => setup::named_zone(unit, person, text).await?,
        Question::Agent(of) => team::named_agent(unit, person, of, text).await?,
        Question::HookSecret(hook) => screens::told_secret(unit, person, hook, text).await?,
        Question::HookSetting(hook) => screens::told_setting(unit, person, hook, text).await?,
        Question::CaseSetting(setting) => case_list::named_setting(unit, person, setting, text).await?,
    };
    prompts::say_below(unit, &place, &view).await?;
    Ok(true)
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

/// Sends an answer that changes nothing, unless the person has caused too many of them lately.
async fn reply(replies: &Replies, unit: &mut Unit<'_>, person: &Person, id: &str) -> store::Result<()> {
    if replies.may_say(person.id.chat(), person.id) { say(unit, person, id).await } else { Ok(()) }
}

async fn say(unit: &mut Unit<'_>, person: &Person, id: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    let view = View::text(ctx.catalogue.text(person::locale(ctx, person), id));
    person::say(unit, person.id, &view).await
}
