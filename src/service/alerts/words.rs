//! Passes on what a customer says to the leads, below the message that announced it. Texts that are still waiting are
//! joined.
//!
//! A group accepts few messages a minute, and the sender gives each person only a few of those. So one person's texts
//! for which no call has been made yet become one message, and a hundred of them arrive complete in a few messages. An
//! edited text changes the message that shows it. If that message also shows other texts, whose words we do not keep,
//! the edited text is sent again with a mark.

use super::text;
use super::who::Who;
use crate::domain::ids::{ChatId, MessageId, MessageKey, PersonId, TopicId};
use crate::domain::template::escape_html;
use crate::service::Unit;
use crate::service::alerts::chats::Chats;
use crate::store::cases::{CaseRow, PostedIn};
use crate::store::humans::HumanAlert;
use crate::store::{self, AlbumPart, Lane, Method, Outgoing, Part, Payload};
use crate::view::alert::visible_len;

/// The most characters of texts that are joined. Telegram accepts 4,096 per message.
const JOINED: usize = 3500;
/// Precedes a text of which an earlier version has already been shown.
const MARK: &str = "✏️ ";

/// One message of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Said<'m> {
    pub message_id: MessageId,
    /// Set for a message that is plain text. Everything else is copied.
    pub text: Option<&'m str>,
}

impl Said<'_> {
    fn part(&self, mark: &str) -> Option<Part> {
        let html = format!("{mark}{}", escape_html(self.text?));
        Some(Part { message_id: self.message_id, html })
    }
}

/// Where words are sent.
#[derive(Clone, Copy, Debug)]
struct Place {
    chat: ChatId,
    topic: TopicId,
    /// Our message that they reply to.
    under: MessageKey,
}

/// Passes on what a customer said, below the message that announced their request in this chat. Returns that message.
pub(super) async fn pass_on(
    unit: &mut Unit<'_>,
    alert: &HumanAlert,
    request: i64,
    person: PersonId,
    said: Said<'_>,
) -> store::Result<MessageKey> {
    let place = place(unit, request, person, alert).await?;
    show(unit, place, person, said, "").await?;
    Ok(place.under)
}

/// Passes on what a customer said about a case, below its posts. Returns false if no chat takes it now.
pub async fn show_words(
    unit: &mut Unit<'_>,
    case: &CaseRow,
    person: PersonId,
    said: Said<'_>,
) -> store::Result<bool> {
    let places = posts(unit, case).await?;
    for place in &places {
        let message = show(unit, *place, person, said, "").await?;
        unit.tx.note_case_words(case.number, (place.chat, place.topic), message, unit.now).await?;
    }
    Ok(!places.is_empty())
}

/// A customer edited something they had said about a case.
pub async fn show_words_again(
    unit: &mut Unit<'_>,
    case: &CaseRow,
    person: PersonId,
    said: Said<'_>,
) -> store::Result<()> {
    for place in posts(unit, case).await? {
        if let Some(message) = show_again(unit, place, person, said).await? {
            unit.tx.note_case_words(case.number, (place.chat, place.topic), message, unit.now).await?;
        }
    }
    Ok(())
}

/// Passes on a customer's album about a case. An album cannot be a reply, so a message that is one goes before it.
/// Returns false if no chat takes it now.
pub async fn show_album(
    unit: &mut Unit<'_>,
    case: &CaseRow,
    person: PersonId,
    parts: &[MessageId],
) -> store::Result<bool> {
    let places = posts(unit, case).await?;
    let Some(first) = parts.first().copied() else { return Ok(true) };
    let chats = Chats::load(unit, &[]).await?;
    for place in &places {
        let to = (place.chat, place.topic);
        let locale = chats.locale_of(unit.ctx, place.chat, place.topic);
        let count = parts.len();
        let header = unit.ctx.catalogue.with(
            locale,
            "case-album",
            &[("n", case.number.to_string().into()), ("count", count.into())],
        );
        let head = unit.tx.insert_message(place.chat, place.topic).await?;
        unit.tx.insert_copy(head, (person, first), None).await?;
        unit.tx.note_case_words(case.number, to, head, unit.now).await?;
        let send = Outgoing::send(Lane::Words, place.chat, Payload::text(header).reply_to(place.under));
        unit.tx.enqueue(&send.thread(place.topic).message(head), unit.now).await?;
        let mut album = Vec::with_capacity(count);
        for message_id in parts.iter().copied() {
            let copy = unit.tx.insert_message(place.chat, place.topic).await?;
            unit.tx.insert_copy(copy, (person, message_id), None).await?;
            unit.tx.insert_copy_part(copy, person, message_id).await?;
            unit.tx.note_case_words(case.number, to, copy, unit.now).await?;
            album.push(AlbumPart { message_id, copy });
        }
        let shown = album.first().map(|part| part.copy);
        let payload = Payload::album(person.chat(), album).silent();
        let copies = Outgoing {
            method: Method::Copy,
            message: shown,
            ..Outgoing::send(Lane::Words, place.chat, payload)
        };
        unit.tx.enqueue(&copies.thread(place.topic), unit.now).await?;
    }
    Ok(!places.is_empty())
}

/// Where the customer's words about a case go: below its newest post in each chat, or only in its home.
async fn posts(unit: &mut Unit<'_>, case: &CaseRow) -> store::Result<Vec<Place>> {
    let chats = Chats::load(unit, &[]).await?;
    let mut posts = unit.tx.list_case_posts(case.number).await?;
    posts.retain(|post| {
        let takes_replies = post.fold.is_none() && matches!(post.kind.as_str(), "post" | "card");
        takes_replies && chats.is_open(post.chat_id, post.thread_id)
    });
    let is_home = |post: &PostedIn| case.home == Some((post.chat_id, post.thread_id));
    if posts.iter().any(is_home) {
        posts.retain(is_home);
    }
    let mut places: Vec<Place> = Vec::new();
    for post in posts {
        let place = Place { chat: post.chat_id, topic: post.thread_id, under: post.message };
        match places.iter_mut().find(|known| (known.chat, known.topic) == (place.chat, place.topic)) {
            Some(older) => *older = place,
            None => places.push(place),
        }
    }
    Ok(places)
}

/// A customer edited something they had said.
pub(super) async fn pass_on_again(
    unit: &mut Unit<'_>,
    alert: &HumanAlert,
    request: i64,
    person: PersonId,
    said: Said<'_>,
) -> store::Result<()> {
    let place = place(unit, request, person, alert).await?;
    show_again(unit, place, person, said).await?;
    Ok(())
}

/// Shows the edited words where they were shown before. Returns the message that shows them, if it is a new one.
async fn show_again(
    unit: &mut Unit<'_>,
    place: Place,
    person: PersonId,
    said: Said<'_>,
) -> store::Result<Option<MessageKey>> {
    let Some(shown) = unit.tx.find_shown((place.chat, place.topic), person, said.message_id).await? else {
        return show(unit, place, person, said, "").await.map(Some);
    };
    if let Some(row) = unit.tx.find_waiting_copy(place.chat, shown.message).await? {
        // A copy that is still waiting will show the message as it is at that time.
        return match said.part("") {
            Some(part) => change(unit, &row, person, part, place, said).await,
            None => Ok(None),
        };
    }
    match said.part("").filter(|_| shown.parts == 1) {
        Some(part) => {
            let payload = Payload::text(part.html);
            let edit = Outgoing::edit(Lane::Edits, place.chat, shown.message, None, payload);
            unit.tx.enqueue(&edit.thread(place.topic), unit.now).await?;
            Ok(None)
        }
        None => show(unit, place, person, said, MARK).await.map(Some),
    }
}

/// Changes one of several texts that wait together. If it no longer fits there, it goes alone.
async fn change(
    unit: &mut Unit<'_>,
    row: &store::copies::WaitingRow,
    person: PersonId,
    part: Part,
    place: Place,
    said: Said<'_>,
) -> store::Result<Option<MessageKey>> {
    let payload = row.payload()?;
    let mut parts = payload.parts.clone();
    let Some(old) = parts.iter_mut().find(|old| old.message_id == part.message_id) else { return Ok(None) };
    *old = part;
    let is_alone = parts.len() == 1;
    if is_alone || length(&parts) <= JOINED {
        unit.tx.set_waiting_payload(row.id, &again(&payload, parts)).await?;
        return Ok(None);
    }
    parts.retain(|part| part.message_id != said.message_id);
    unit.tx.set_waiting_payload(row.id, &again(&payload, parts)).await?;
    unit.tx.delete_copy_part(row.message, person, said.message_id).await?;
    send(unit, place, person, said, "").await.map(Some)
}

/// The same message with different words.
fn again(payload: &Payload, parts: Vec<Part>) -> Payload {
    Payload { reply_to: payload.reply_to, silent: payload.silent, ..Payload::of_parts(parts) }
}

fn length(parts: &[Part]) -> usize {
    parts.iter().map(|part| visible_len(&part.html) + 2).sum()
}

/// Adds the words to a waiting message if that is text and has room. Otherwise they get a message of their own. Returns
/// the message that shows them.
async fn show(
    unit: &mut Unit<'_>,
    place: Place,
    person: PersonId,
    said: Said<'_>,
    mark: &str,
) -> store::Result<MessageKey> {
    if let Some(part) = said.part(mark)
        && let Some(row) = unit.tx.find_waiting_words((place.chat, place.topic), person).await?
    {
        let payload = row.payload()?;
        let mut parts = payload.parts.clone();
        parts.push(part);
        if payload.reply_to == Some(place.under) && parts.len() > 1 && length(&parts) <= JOINED {
            unit.tx.set_waiting_payload(row.id, &again(&payload, parts)).await?;
            unit.tx.insert_copy_part(row.message, person, said.message_id).await?;
            return Ok(row.message);
        }
    }
    send(unit, place, person, said, mark).await
}

async fn send(
    unit: &mut Unit<'_>,
    place: Place,
    person: PersonId,
    said: Said<'_>,
    mark: &str,
) -> store::Result<MessageKey> {
    let made = unit.tx.insert_message(place.chat, place.topic).await?;
    unit.tx.insert_copy(made, (person, said.message_id), None).await?;
    unit.tx.insert_copy_part(made, person, said.message_id).await?;
    let mut row = match said.part(mark) {
        Some(part) => Outgoing::send(Lane::Words, place.chat, Payload::of_parts(vec![part])),
        None => Outgoing::copy(Lane::Words, place.chat, person.chat(), said.message_id),
    };
    row.payload = row.payload.reply_to(place.under);
    unit.tx.enqueue(&row.thread(place.topic).message(made), unit.now).await?;
    Ok(made)
}

/// Where the words of a request go in one chat. A request that is listed with others gets a message of its own for
/// them.
async fn place(
    unit: &mut Unit<'_>,
    request: i64,
    person: PersonId,
    alert: &HumanAlert,
) -> store::Result<Place> {
    let ctx = unit.ctx;
    let (chat, topic) = (alert.chat_id, alert.thread_id);
    if !alert.shared {
        return Ok(Place { chat, topic, under: alert.message });
    }
    let under = unit.tx.insert_message(chat, topic).await?;
    unit.tx.set_human_alert_message(request, alert, under).await?;
    let chats = Chats::load(unit, &[]).await?;
    let view = Who::load(&mut unit.tx, person).await?.view(ctx, &chats, (chat, topic), 0);
    let send = Outgoing::send(Lane::Words, chat, text(&view).silent()).message(under);
    unit.tx.enqueue(&send.thread(topic), unit.now).await?;
    Ok(Place { chat, topic, under })
}
