//! Turns a stored row into a call. Stored text and keyboard are passed on as they are, without parsing and rewriting
//! them.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use self::payloads::{
    CopyMessage, CopyMessages, DeleteMessage, EditMessageCaption, EditMessageReplyMarkup, EditMessageText,
    Emoji, NO_PREVIEW, ReplyTo, SendMessage, SetMessageReaction,
};
use crate::domain::ids::{ChatId, MessageId, MessageKey, TopicId};
use crate::service::Reaction;
use crate::store::{self, AlbumPart, Db, Document, Method, OutboxRow};
use crate::telegram::client::{Client, Nothing, Sent, Upload};
use crate::telegram::error::CallError;
use crate::telegram::picture::Pictures;

mod payloads;

/// `crate::store::Payload` with its parts left unparsed.
#[derive(Deserialize)]
struct Stored<'a> {
    #[serde(borrow, default)]
    text: Option<&'a RawValue>,
    #[serde(borrow, default)]
    keyboard: Option<&'a RawValue>,
    from_chat_id: Option<ChatId>,
    copy_message_id: Option<MessageId>,
    #[serde(default)]
    album: Vec<AlbumPart>,
    #[serde(default)]
    is_caption: bool,
    reply_to_theirs: Option<MessageId>,
    #[serde(default)]
    silent: bool,
    document: Option<Document>,
    picture: Option<String>,
}

/// How long a reaction may take.
const REACTION: Duration = Duration::from_secs(10);

/// Puts a reaction on somebody's message. It is never repeated: it only spares its reader a look elsewhere.
pub(super) async fn react(client: &Client, reaction: Reaction) -> Result<(), CallError> {
    let Reaction { chat_id, message_id, emoji } = reaction;
    let payload = SetMessageReaction { chat_id, message_id, reaction: [Emoji { kind: "emoji", emoji }] };
    client.call_within::<_, Nothing>(&payload, REACTION).await.map(drop)
}

/// The messages that a call has created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Created {
    /// The ID of the message, or of the first of several.
    pub(super) message_id: Option<MessageId>,
    /// The further messages of an album.
    pub(super) others: Vec<(MessageKey, MessageId)>,
}

impl Created {
    const NOTHING: Self = Self { message_id: None, others: Vec::new() };

    fn one(sent: Sent) -> Self {
        Self { message_id: Some(sent.message_id), others: Vec::new() }
    }

    /// Telegram leaves out what it cannot copy, without saying what that was.
    fn album(parts: &[AlbumPart], sent: &[Sent]) -> Self {
        let message_id = sent.first().map(|sent| sent.message_id);
        if sent.len() != parts.len() {
            tracing::warn!(
                copied = sent.len(),
                of = parts.len(),
                "Telegram has not copied all parts of an album"
            );
            return Self { message_id, others: Vec::new() };
        }
        let others = parts.iter().zip(sent).skip(1).map(|(part, sent)| (part.copy, sent.message_id));
        Self { message_id, others: others.collect() }
    }
}

/// What a call is made from.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) payload: String,
    /// Telegram's ID of the message replied to.
    pub(super) reply_to: Option<MessageId>,
    /// Whether it goes without sound because of its chat.
    pub(super) is_silent: bool,
}

impl Claimed {
    /// An edit, which needs no claim.
    pub(super) const fn edit(payload: String) -> Self {
        Self { payload, reply_to: None, is_silent: false }
    }
}

/// Makes the call.
///
/// After some refusals, which certainly had no effect, a plainer call follows at once. A text whose entities Telegram
/// cannot parse is sent as plain text. A message that a topic does not accept (it is gone or closed, or the reason is
/// unknown) is sent to the chat itself. A copy that is refused as a reply for a reason that we do not know is sent
/// without being one. To somebody who has stopped their survey meanwhile nothing follows.
pub(super) async fn transmit(
    client: &Client,
    db: &Db,
    row: &OutboxRow,
    claimed: &Claimed,
    pictures: &Pictures,
) -> Result<Created, CallError> {
    let mut stored: Stored<'_> = serde_json::from_str(&claimed.payload)
        .map_err(|error| CallError::Unacceptable(format!("stored payload: {error}")))?;
    let thread = Some(row.thread_id).filter(|thread| *thread != TopicId::NONE);
    let picture = match &stored.picture {
        Some(svg) => drawn(pictures, row, svg.clone()).await,
        None => None,
    };
    stored.silent |= claimed.is_silent;
    let reply_to = claimed.reply_to.or(stored.reply_to_theirs);
    let mut manner = Manner { thread, reply_to, plain: None, picture };
    loop {
        let result = once(client, row, &stored, &manner).await;
        if result.as_ref().is_err_and(CallError::is_answer) && is_stopped(db, row).await {
            return result;
        }
        match result {
            Err(CallError::CantParseEntities) if manner.plain.is_none() && stored.text.is_some() => {
                tracing::error!(row = row.id, "Telegram cannot parse a text's HTML; it goes as plain text");
                manner.plain = stored.text.and_then(plain);
                if manner.plain.is_none() {
                    return Err(CallError::CantParseEntities);
                }
            }
            Err(error) if manner.thread.is_some() && is_of_topic(row, &error) => {
                tracing::warn!(
                    row = row.id,
                    %error,
                    "a forum topic does not take a message; it goes to the chat itself"
                );
                // A reply would go to the topic of the message it replies to.
                (manner.thread, manner.reply_to) = (None, None);
            }
            Err(CallError::BadRequest(_)) if manner.picture.is_some() => {
                tracing::error!(row = row.id, "Telegram does not take a picture; its text goes alone");
                manner.picture = None;
            }
            Err(CallError::BadRequest(_)) if row.method == Method::Copy && manner.reply_to.is_some() => {
                manner.reply_to = None;
            }
            result => return result,
        }
    }
}

/// Whether this is an invitation to a survey that was stopped.
async fn is_stopped(db: &Db, row: &OutboxRow) -> bool {
    let Some(survey) = row.survey.filter(|_| row.first) else { return false };
    let stopped = async { db.read().await?.is_survey_stopped(survey).await };
    stopped.await.unwrap_or_else(|error: store::Error| {
        tracing::warn!(%error, "whether a survey was stopped cannot be read");
        false
    })
}

fn is_of_topic(row: &OutboxRow, error: &CallError) -> bool {
    match error {
        CallError::ThreadNotFound | CallError::TopicClosed => true,
        // A copy is more likely refused for its content.
        CallError::BadRequest(_) => row.method == Method::Send,
        _ => false,
    }
}

/// The Bot API method for a row.
pub(super) const fn method(row: &OutboxRow) -> &'static str {
    match row.method {
        Method::Send => "sendMessage",
        Method::Edit => "editMessageText",
        Method::Copy => "copyMessage(s)",
        Method::Delete => "deleteMessage",
    }
}

struct Manner {
    thread: Option<TopicId>,
    reply_to: Option<MessageId>,
    plain: Option<Box<RawValue>>,
    /// A PNG that goes above the text.
    picture: Option<Vec<u8>>,
}

/// Draws a picture. A drawing that cannot be drawn is left out: the text says the same.
async fn drawn(pictures: &Pictures, row: &OutboxRow, svg: String) -> Option<Vec<u8>> {
    let drawn = pictures.png(svg).await;
    drawn.inspect_err(|error| tracing::error!(row = row.id, error, "a picture cannot be drawn")).ok()
}

/// Sends a picture with the text as its caption.
async fn send_photo(
    client: &Client,
    row: &OutboxRow,
    stored: &Stored<'_>,
    manner: &Manner,
    png: &[u8],
) -> Result<Created, CallError> {
    let text = manner.plain.as_deref().or(stored.text);
    // A form has texts as they are, and everything else as JSON.
    let caption = text.and_then(|text| serde_json::from_str::<String>(text.get()).ok());
    let parse_mode = manner.plain.is_none().then(|| "HTML".to_owned());
    let fields = [
        ("chat_id", Some(row.chat_id.to_string())),
        ("message_thread_id", manner.thread.map(|thread| thread.to_string())),
        ("parse_mode", caption.as_ref().and(parse_mode)),
        ("caption", caption),
        ("disable_notification", stored.silent.then(|| true.to_string())),
        ("reply_markup", stored.keyboard.map(|markup| markup.get().to_owned())),
    ];
    let fields: Vec<(&str, String)> =
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let file = Upload { field: "photo", name: "report.png", content: png };
    client.upload("sendPhoto", &fields, file).await.map(Created::one)
}

async fn once(
    client: &Client,
    row: &OutboxRow,
    stored: &Stored<'_>,
    manner: &Manner,
) -> Result<Created, CallError> {
    let chat_id = row.chat_id;
    let parse_mode = if manner.plain.is_none() { Some("HTML") } else { None };
    let text = manner.plain.as_deref().or(stored.text);
    let reply_markup = stored.keyboard;
    let reply_parameters =
        manner.reply_to.map(|id| ReplyTo { message_id: id, allow_sending_without_reply: true });
    match (row.method, row.message_id) {
        (Method::Send, _) if stored.document.is_some() => {
            let Some(Document { name, content }) = &stored.document else { return Ok(Created::NOTHING) };
            let fields = [("chat_id", chat_id.to_string())];
            let file = Upload { field: "document", name, content: content.as_bytes() };
            client.upload("sendDocument", &fields, file).await.map(Created::one)
        }
        (Method::Send, _) if let Some(png) = &manner.picture => {
            send_photo(client, row, stored, manner, png).await
        }
        (Method::Send, _) => client
            .call(&SendMessage {
                chat_id,
                message_thread_id: manner.thread,
                text,
                parse_mode,
                link_preview_options: NO_PREVIEW,
                disable_notification: stored.silent,
                reply_parameters,
                reply_markup,
            })
            .await
            .map(Created::one),
        (Method::Copy, _) if !stored.album.is_empty() => client
            .call(&CopyMessages {
                chat_id,
                message_thread_id: manner.thread,
                from_chat_id: stored.from_chat_id,
                message_ids: stored.album.iter().map(|part| part.message_id).collect(),
                disable_notification: stored.silent,
            })
            .await
            .map(|sent: Vec<Sent>| Created::album(&stored.album, &sent)),
        (Method::Copy, _) => client
            .call(&CopyMessage {
                chat_id,
                message_thread_id: manner.thread,
                from_chat_id: stored.from_chat_id,
                message_id: stored.copy_message_id,
                caption: text,
                parse_mode: text.and(parse_mode),
                disable_notification: stored.silent,
                reply_parameters,
                reply_markup,
            })
            .await
            .map(Created::one),
        (Method::Edit | Method::Delete, None) => Err(CallError::EditNotFound),
        (Method::Delete, Some(message_id)) => {
            delete(client, row, stored, message_id).await.map(|()| Created::NOTHING)
        }
        (Method::Edit, Some(message_id)) if text.is_none() => client
            .call(&EditMessageReplyMarkup { chat_id, message_id, reply_markup })
            .await
            .map(|_: Nothing| Created::NOTHING),
        (Method::Edit, Some(message_id)) if stored.is_caption => client
            .call(&EditMessageCaption { chat_id, message_id, caption: text, parse_mode })
            .await
            .map(|_: Nothing| Created::NOTHING),
        (Method::Edit, Some(message_id)) => client
            .call(&EditMessageText {
                chat_id,
                message_id,
                text,
                parse_mode,
                link_preview_options: NO_PREVIEW,
                reply_markup,
            })
            .await
            .map(|_: Nothing| Created::NOTHING),
    }
}

/// Deletes a message. Telegram permits that for 48 hours, and to an administrator for longer. If the message is too
/// old, at least the text under it is removed.
async fn delete(
    client: &Client,
    row: &OutboxRow,
    stored: &Stored<'_>,
    message_id: MessageId,
) -> Result<(), CallError> {
    let chat_id = row.chat_id;
    match client.call::<_, Nothing>(&DeleteMessage { chat_id, message_id }).await {
        Ok(_) | Err(CallError::DeleteNotFound) => return Ok(()),
        Err(CallError::CantBeDeleted | CallError::NotEnoughRights(_)) => {}
        Err(error) => return Err(error),
    }
    let parse_mode = Some("HTML");
    let text = EditMessageText {
        chat_id,
        message_id,
        text: stored.text,
        parse_mode,
        link_preview_options: NO_PREVIEW,
        reply_markup: None,
    };
    if row.survey.is_some() {
        // A text of ours; it loses its buttons.
        return match client.call::<_, Nothing>(&text).await {
            Err(error) if error.is_passing() => Err(error),
            _ => Ok(()),
        };
    }
    tracing::warn!(
        chat = chat_id.get(),
        message = message_id.get(),
        "a copied message of a customer is too old for a bot to delete it, only its words go: delete it by hand, or make the bot an \
         administrator of the chat who may delete messages, before the next time"
    );
    let caption = EditMessageCaption { chat_id, message_id, caption: stored.text, parse_mode };
    match client.call::<_, Nothing>(&caption).await {
        Ok(_) | Err(CallError::NotModified) => return Ok(()),
        Err(error) if error.is_passing() => return Err(error),
        Err(_) => {}
    }
    match client.call::<_, Nothing>(&text).await {
        Err(error) if error.is_passing() => Err(error),
        // A round video has neither caption nor text. Nothing else can be changed in a message whose edit is refused.
        _ => Ok(()),
    }
}

/// Converts a stored HTML text to plain text, again as JSON.
fn plain(text: &RawValue) -> Option<Box<RawValue>> {
    let html: Cow<'_, str> = serde_json::from_str(text.get()).ok()?;
    serde_json::value::to_raw_value(&without_tags(&html)).ok()
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        // A lone "<" is not a tag but a character that should have been escaped.
        let is_tag = tag[1..].starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
        if let (true, Some(end)) = (is_tag, tag.find('>')) {
            rest = &tag[end + 1..];
        } else {
            text.push('<');
            rest = &tag[1..];
        }
    }
    text.push_str(rest);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_keeps_the_words_and_drops_the_markup() {
        assert_eq!(
            without_tags("<b>Anna</b> &lt;3 &amp;amp; <a href=\"x\">1 < 2</a>"),
            "Anna <3 &amp; 1 < 2"
        );
    }

    #[test]
    fn absent_fields_are_left_out_and_stored_json_is_passed_on() {
        let payload = r#"{"text":"a\u003cb","keyboard":{"inline_keyboard":[]}}"#;
        let stored: Stored<'_> = serde_json::from_str(payload).unwrap();
        let body = SendMessage {
            chat_id: ChatId::new(7),
            message_thread_id: None,
            text: stored.text,
            parse_mode: Some("HTML"),
            link_preview_options: NO_PREVIEW,
            disable_notification: false,
            reply_parameters: None,
            reply_markup: stored.keyboard,
        };
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"chat_id":7,"text":"a\u003cb","parse_mode":"HTML","link_preview_options":{"is_disabled":true},"reply_markup":{"inline_keyboard":[]}}"#
        );
    }
}
