//! Replies to the bot's messages about cases. Those of leads go to the customer; everybody else is told why theirs do
//! not.

use super::replies::Replies;
use super::update::{Message, User};
use super::visitor::visitor;
use super::words::{attachment, words};
use crate::config::ChatTopic;
use crate::domain::ids::{CaseNumber, ChatId, PersonId, TopicId};
use crate::domain::staff::Role;
use crate::service::cases::Answered;
use crate::service::talk::{self, Addressed, Wrote};
use crate::service::{Unit, alerts, cases, people, person, roles};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::callback::{Data, WordsAct};
use crate::view::{View, talk as view};

/// The account under which Telegram shows the messages of a group's anonymous admins.
pub(super) const GROUP_ANONYMOUS_BOT: PersonId = PersonId::new(1_087_968_824);

/// A message in a group that is no command.
pub(super) async fn in_group(
    replies: &Replies,
    unit: &mut Unit<'_>,
    message: &Message,
    from: &User,
    place: ChatTopic,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let Some(replied_to) = &message.reply_to_message else { return Ok(()) };
    if !message.replies_to(&ctx.bot_username) || !message.says_something() {
        return Ok(());
    }
    if answers_note(replies, unit, message, from, place).await? {
        return Ok(());
    }
    let addressed = addressed(unit, place.chat, replied_to).await?;
    if from.is_bot {
        let is_anonymous = from.id == GROUP_ANONYMOUS_BOT && addressed != Addressed::Other;
        if is_anonymous && replies.may_say(place.chat, from.id) {
            tracing::warn!(
                chat = place.chat.get(),
                "a reply to a customer was refused: it came in the group's name"
            );
            let locale = locale(unit, place, None).await?;
            return answer(unit, place, message, &text(unit, locale, "reply-anonymous")).await;
        }
        return Ok(());
    }
    let is_lead = is_lead(unit, from.id).await?;
    match addressed {
        Addressed::Case(number) if is_lead => {
            people::meet(&mut unit.tx, &visitor(from)).await?;
            lead_replied(unit, number, message, from.id, place).await
        }
        Addressed::Case(_) if replies.may_hint(place.chat, from.id, message.message_id) => {
            let locale = locale(unit, place, None).await?;
            let no_role = view::no_role(&ctx.catalogue, locale, from.id, &from.first_name);
            answer(unit, place, message, &no_role).await
        }
        Addressed::Case(_) => Ok(()),
        Addressed::Fold | Addressed::Other => told(replies, unit, message, from, place, addressed).await,
    }
}

/// Staff who reply to a message that is about no single case are told that it went to nobody.
async fn told(
    replies: &Replies,
    unit: &mut Unit<'_>,
    message: &Message,
    from: &User,
    place: ChatTopic,
    addressed: Addressed,
) -> store::Result<()> {
    let Some(role) = roles::role(&mut unit.tx, unit.ctx, from.id).await? else { return Ok(()) };
    // A lead whose reply went nowhere believes that the customer has it.
    if role < Role::Lead && !replies.may_hint(place.chat, from.id, message.message_id) {
        return Ok(());
    }
    let person = people::meet(&mut unit.tx, &visitor(from)).await?;
    let locale = locale(unit, place, Some(&person)).await?;
    let id = if addressed == Addressed::Fold { "reply-summary" } else { "reply-other" };
    answer(unit, place, message, &text(unit, locale, id)).await
}

/// A lead's message in their own chat: a reply to a message about a case, or what a question asked for. Returns false if
/// it is neither.
pub(super) async fn in_private(
    replies: &Replies,
    unit: &mut Unit<'_>,
    person: &Person,
    message: &Message,
) -> store::Result<bool> {
    if !message.says_something() || !is_lead(unit, person.id).await? {
        return Ok(false);
    }
    let Some(from) = &message.from else { return Ok(false) };
    let place = own(person.id.chat());
    // A file that replies to nothing may be for the customer.
    let may_be_file_for_customer = message.text.is_none() && message.reply_to_message.is_none();
    if !may_be_file_for_customer && answers_note(replies, unit, message, from, place).await? {
        return Ok(true);
    }
    if let Some(replied_to) = &message.reply_to_message
        && message.replies_to(&unit.ctx.bot_username)
    {
        match addressed(unit, place.chat, replied_to).await? {
            Addressed::Case(number) if !is_own_case(unit, number, person.id).await? => {
                lead_replied(unit, number, message, person.id, place).await?;
                return Ok(true);
            }
            Addressed::Fold => {
                if replies.may_say(place.chat, person.id) {
                    let locale = person::locale(unit.ctx, person);
                    answer(unit, place, message, &text(unit, locale, "reply-summary")).await?;
                }
                return Ok(true);
            }
            // What they reply to decides, even if a question waits.
            Addressed::Case(_) | Addressed::Other => return Ok(false),
        }
    }
    // The question is answered by the first part of an album; the other parts follow it.
    let number = match talk::case_of_album(unit, place.chat, message.media_group_id.as_deref()).await? {
        Some(number) => Some(number),
        None => talk::asked_to_reply(unit, place, person.id).await?,
    };
    let Some(number) = number else {
        return Ok(may_be_file_for_customer && answers_note(replies, unit, message, from, place).await?);
    };
    let words = words(person.id, message);
    talk::lead_wrote(unit, number, &Wrote { words: &words, place }).await?;
    Ok(true)
}

/// What a message of ours is about. If nobody knows it, what it shows may tell.
async fn addressed(unit: &mut Unit<'_>, chat: ChatId, replied_to: &Message) -> store::Result<Addressed> {
    let buttons = replied_to.reply_markup.iter().flat_map(|markup| markup.inline_keyboard.iter().flatten());
    let about = |data: Data| match data {
        Data::Case(tap) => Some(Addressed::Case(tap.number)),
        Data::Words(WordsAct::Card(_)) => Some(Addressed::Fold),
        _ => None,
    };
    let mut data = buttons.filter_map(|button| Data::decode(button.callback_data.as_deref()?));
    let shown = talk::Replied {
        message_id: replied_to.message_id,
        buttons: data.find_map(about),
        text: replied_to.text_or_caption(),
        file: attachment(replied_to),
    };
    talk::addressed(unit, chat, &shown).await
}

async fn lead_replied(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    message: &Message,
    by: PersonId,
    place: ChatTopic,
) -> store::Result<()> {
    talk::answered(unit, place, by, number).await?;
    let words = words(by, message);
    talk::lead_wrote(unit, number, &Wrote { words: &words, place }).await
}

/// Takes the note that a lead was asked for, or says why this is none. Returns false if the message has to do with no such
/// question.
async fn answers_note(
    replies: &Replies,
    unit: &mut Unit<'_>,
    message: &Message,
    from: &User,
    place: ChatTopic,
) -> store::Result<bool> {
    let reply_to = message.reply_to_message.as_deref();
    let reply_to = reply_to.map(|replied| (replied.message_id, replied.text_or_caption()));
    let text = message.text.as_deref();
    let words = cases::LeadsWords { chat: place.chat, author: from.id, reply_to, text };
    let answered = cases::take_note(unit, &words).await?;
    match answered {
        Answered::Taken => return Ok(true),
        Answered::Nothing => return Ok(false),
        Answered::NotInText | Answered::OfAnother(_) => {}
    }
    // The parts of an album are answered once.
    if roles::role(&mut unit.tx, unit.ctx, from.id).await?.is_none() || replies.is_answered_album(message) {
        return Ok(true);
    }
    let person = people::meet(&mut unit.tx, &visitor(from)).await?;
    let locale = locale(unit, place, Some(&person)).await?;
    let view = match answered {
        Answered::OfAnother(name) => view::note_of_another(&unit.ctx.catalogue, locale, &name),
        _ => self::text(unit, locale, "note-not-in-text"),
    };
    answer(unit, place, message, &view).await?;
    Ok(true)
}

async fn is_lead(unit: &mut Unit<'_>, person: PersonId) -> store::Result<bool> {
    let role = roles::role(&mut unit.tx, unit.ctx, person).await?;
    Ok(role.is_some_and(|role| role >= Role::Lead))
}

/// Whether somebody is the customer of a case.
async fn is_own_case(unit: &mut Unit<'_>, number: CaseNumber, person: PersonId) -> store::Result<bool> {
    Ok(unit.tx.find_case(number).await?.is_some_and(|row| row.person == Some(person)))
}

const fn own(chat: ChatId) -> ChatTopic {
    ChatTopic { chat, topic: TopicId::NONE }
}

/// Somebody edited a message. Returns false if it is no message of a talk.
pub(super) async fn edited(unit: &mut Unit<'_>, message: &Message) -> store::Result<bool> {
    let Some(from) = &message.from else { return Ok(false) };
    let topic = message.message_thread_id.filter(|_| message.is_topic_message).unwrap_or(TopicId::NONE);
    let place = ChatTopic { chat: message.chat.id, topic };
    if talk::lead_edited(unit, place, &words(from.id, message)).await? {
        return Ok(true);
    }
    match message.chat.id.person() {
        Some(person) => talk::customer_edited(unit, &words(person, message)).await,
        None => Ok(false),
    }
}

/// The language of a chat of the leads, else the person's.
async fn locale(
    unit: &mut Unit<'_>,
    place: ChatTopic,
    person: Option<&Person>,
) -> store::Result<&'static str> {
    let known = alerts::language_of(unit, place).await?;
    let own = person.map(|person| person::locale(unit.ctx, person));
    Ok(known.or(own).unwrap_or(unit.ctx.config.default_locale))
}

fn text(unit: &Unit<'_>, locale: &str, id: &str) -> View {
    View::text(unit.ctx.catalogue.text(locale, id))
}

async fn answer(unit: &mut Unit<'_>, place: ChatTopic, to: &Message, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).reply_to_theirs(to.message_id).silent();
    let send = Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic);
    unit.tx.enqueue(&send, unit.now).await
}
