//! Passes on what a customer says to the leads, below the message that announced it. Texts that are still waiting are
//! joined.
//!
//! A group accepts few messages a minute, and the sender gives each person only a few of those. So one person's texts
//! for which no call has been made yet become one message, and a hundred of them arrive complete in a few messages. An
//! edited text changes the message that shows it, also if that message shows other texts. Where those are no longer kept,
//! or would not fit, the edited text is sent again with a mark.

use super::folds::{self, Touched};
use super::losses::about_in;
use super::opened::update_about;
use super::text;
use crate::domain::ids::{ChatId, MessageId, MessageKey, PersonId, TopicId};
use crate::domain::template::escape_html;
use crate::service::Unit;
use crate::service::alerts::chats::Chats;
use crate::store::alerts::About;
use crate::store::cases::{CaseRow, PostedIn};
use crate::store::copies::Shown;
use crate::store::{self, AlbumPart, Lane, Method, OutboxRow, Outgoing, Part, Payload};
use crate::view::alert::{unshown_words, visible_len};

/// The most characters of texts that are joined. Telegram accepts 4,096 per message.
const JOINED: usize = 3500;
/// Precedes a text of which an earlier version has already been shown.
pub const MARK: &str = "✏️ ";

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
pub(super) struct Place {
    pub chat: ChatId,
    pub topic: TopicId,
    /// Our message that they reply to.
    pub under: MessageKey,
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
    if places.is_empty() {
        post_elsewhere(unit, case).await?;
    }
    Ok(!places.is_empty())
}

/// No chat shows words about this case now. If none of those that have the case takes anything, it is posted in others.
async fn post_elsewhere(unit: &mut Unit<'_>, case: &CaseRow) -> store::Result<()> {
    if case.case.status.is_resolved() {
        return Ok(());
    }
    let mut touched = Touched::new();
    update_about(unit, About::Case(case.number), &mut touched).await?;
    folds::show(unit, &touched).await
}

/// A customer edited a text about a case.
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
    if places.is_empty() {
        post_elsewhere(unit, case).await?;
    }
    Ok(!places.is_empty())
}

/// Where the customer's words about a case go: below its newest post in each chat, or only in its home.
pub(super) async fn posts(unit: &mut Unit<'_>, case: &CaseRow) -> store::Result<Vec<Place>> {
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
    let Some(parts) = shown_anew(unit, shown, person, said).await? else {
        return show(unit, place, person, said, MARK).await.map(Some);
    };
    let payload = Payload { parts: Vec::new(), ..Payload::of_parts(parts) };
    let edit = Outgoing::edit(Lane::Edits, place.chat, shown.message, None, payload);
    unit.tx.enqueue(&edit.thread(place.topic), unit.now).await?;
    Ok(None)
}

/// The texts of a message of ours that shows this one among others, as they are now. `None` if not all of them are text
/// that is kept and has room.
async fn shown_anew(
    unit: &mut Unit<'_>,
    shown: Shown,
    person: PersonId,
    said: Said<'_>,
) -> store::Result<Option<Vec<Part>>> {
    let Some(edited) = said.part("") else { return Ok(None) };
    if shown.parts == 1 {
        return Ok(Some(vec![edited]));
    }
    let mut parts = Vec::new();
    for (message_id, text) in unit.tx.list_shown_texts(shown.message, person).await? {
        let part = Said { message_id, text: text.as_deref() }.part("");
        let Some(part) = (if message_id == said.message_id { Some(edited.clone()) } else { part }) else {
            return Ok(None);
        };
        parts.push(part);
    }
    Ok((length(&parts) <= JOINED).then_some(parts))
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

/// Adds the words to the message that was to come just before them, if that still waits, is text and has room. Otherwise
/// they get a message of their own. Returns the message that shows them.
pub(super) async fn show(
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

/// A chat cannot show one of a customer's messages about a case. The chat is told so, once.
pub(super) async fn copy_refused(unit: &mut Unit<'_>, row: &OutboxRow, reason: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    let Some(About::Case(number)) = about_in(&mut unit.tx, None, row.message).await?.pop_first() else {
        return Ok(());
    };
    let to = (row.chat_id, row.thread_id);
    if unit.tx.count_unshown_words(number, to).await? > 1 {
        return Ok(());
    }
    let Some(case) = unit.tx.find_case(number).await? else { return Ok(()) };
    let places = posts(unit, &case).await?;
    let Some(place) = places.iter().find(|place| (place.chat, place.topic) == to) else { return Ok(()) };
    let chats = Chats::load(unit, &[]).await?;
    let view = unshown_words(&ctx.catalogue, chats.locale_of(ctx, to.0, to.1), reason);
    let reply = Outgoing::send(Lane::Words, to.0, text(&view).reply_to(place.under).silent());
    unit.tx.enqueue(&reply.thread(to.1), unit.now).await
}
