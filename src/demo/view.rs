//! What the page shows of the world, as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::cast::Player;
use super::page_state::PageState;
use super::steps::Tour;
use crate::domain::time::Timestamp;
use crate::sandbox::{
    Action, Attached, Chat, Entity, GroupKind, Media, Message, MessageId, Sender, Service, State, UserId,
};

/// A message as the page draws it. The offsets of entities are in UTF-16 code units, which is also how JavaScript
/// counts.
#[derive(Debug, Serialize)]
pub(super) struct MessageView<'a> {
    id: MessageId,
    /// `null` means the bot.
    from: Option<UserId>,
    at: Timestamp,
    #[serde(skip_serializing_if = "is_false")]
    edited: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entities: Vec<EntityView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    album: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<Vec<ButtonView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Value>,
    #[serde(skip_serializing_if = "is_false")]
    deleted: bool,
    /// Whether the bot has received it.
    #[serde(skip_serializing_if = "is_false")]
    read: bool,
}

#[derive(Debug, Serialize)]
struct EntityView<'a> {
    kind: &'a str,
    offset: usize,
    length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct ButtonView<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct ReplyView<'a> {
    id: MessageId,
    from: Option<UserId>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<&'a str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// How many messages of a chat are shown until somebody scrolls further back.
pub(super) const SHOWN: usize = 80;
/// How much of an answered message its answer shows, in characters.
const EXCERPT: usize = 90;

fn sender(from: Sender) -> Option<UserId> {
    match from {
        Sender::Bot | Sender::Group => None,
        Sender::User(id) => Some(id),
    }
}

pub(super) fn message<'a>(chat: &'a Chat, message: &'a Message) -> MessageView<'a> {
    let entity = |entity: &'a Entity| EntityView {
        kind: &entity.kind,
        offset: entity.offset,
        length: entity.length,
        url: entity.url.as_deref(),
    };
    let gone = message.deleted;
    MessageView {
        id: message.id,
        from: sender(message.from),
        at: message.date,
        edited: message.edited.is_some(),
        text: if gone { "" } else { &message.text.plain },
        entities: if gone { Vec::new() } else { message.text.entities.iter().map(entity).collect() },
        media: message.media.as_ref().filter(|_| !gone).map(media),
        album: message.media_group_id.as_deref(),
        buttons: if gone { Vec::new() } else { buttons(message) },
        reply: message.reply_to.and_then(|id| reply(chat, id, message.quote.as_deref())),
        thread: message.thread,
        service: message.service.as_ref().map(service),
        deleted: gone,
        read: message.delivered > 0,
    }
}

fn buttons(message: &Message) -> Vec<Vec<ButtonView<'_>>> {
    let rows = message.keyboard.iter();
    rows.map(|row| {
        let cells = row.iter().map(|button| {
            let (data, url) = match &button.action {
                Action::Callback(data) => (Some(data.as_str()), None),
                Action::Url(url) => (None, Some(url.as_str())),
            };
            ButtonView { text: &button.text, data, url, style: button.style.as_deref() }
        });
        cells.collect()
    })
    .collect()
}

fn reply<'a>(chat: &Chat, id: MessageId, quote: Option<&'a str>) -> Option<ReplyView<'a>> {
    let to = chat.message(id)?;
    let text = quote.unwrap_or(&to.text.plain).chars().take(EXCERPT).collect();
    Some(ReplyView { id, from: sender(to.from), text, quote })
}

fn media(attached: &Attached) -> Value {
    let mut json = match &attached.media {
        Media::Voice { seconds } => json!({ "kind": "voice", "seconds": seconds }),
        Media::VideoNote { seconds } => json!({ "kind": "video_note", "seconds": seconds }),
        Media::Video { seconds } => json!({ "kind": "video", "seconds": seconds }),
        Media::Photo | Media::PaidPhoto => json!({ "kind": "photo" }),
        Media::Document { name } => json!({ "kind": "document", "name": name }),
        Media::Sticker { emoji } => json!({ "kind": "sticker", "emoji": emoji }),
        Media::Contact { phone, first_name, .. } => {
            json!({ "kind": "contact", "phone": phone, "name": first_name })
        }
    };
    json["id"] = json!(attached.file_id);
    json["file"] = json!(attached.file_unique_id);
    json["size"] = json!(attached.file_size);
    json
}

fn service(event: &Service) -> Value {
    match event {
        Service::BotAdded => json!({ "kind": "bot_added" }),
        Service::BotRemoved => json!({ "kind": "bot_removed" }),
        Service::TopicCreated(name) => json!({ "kind": "topic_created", "name": name }),
        Service::MigratedTo(_) | Service::MigratedFrom(_) => json!({ "kind": "migrated" }),
    }
}

/// Everything about a chat except its messages. In a private chat the commands are those that its person sees.
pub(super) fn head(state: &State, chat: &Chat) -> Value {
    let mut json = json!({
        "id": chat.id,
        "keyboard": chat.reply_keyboard,
        "contact": chat.contact_button,
        // Typing ends without any change to the state, so the page compares this with its own clock.
        "typing": chat.typing_until,
        "count": chat.messages.len(),
    });
    let reader = match &chat.group {
        Some(group) => group.members.keys().next(),
        None => Some(&chat.id),
    };
    let language = reader.and_then(|id| state.find_user(*id)?.language_code.as_deref());
    let language = language.map(|code| code.split('-').next().unwrap_or(code));
    json["bot"] = json!(state.bot_name(language));
    if let Some(group) = &chat.group {
        let topics = group.topics.iter();
        let topics: Vec<Value> = topics
            .map(|(id, topic)| json!({ "id": id, "name": topic.name, "closed": topic.closed }))
            .collect();
        json["title"] = json!(group.title);
        json["forum"] = json!(group.kind == GroupKind::Forum);
        json["topics"] = json!(topics);
        json["members"] = json!(group.members.keys().collect::<Vec<_>>());
        json["commands"] = commands(state, &["all_group_chats", "default"], None);
    } else {
        let own = format!("chat:{}", chat.id);
        json["commands"] = commands(state, &[&own, "all_private_chats", "default"], language);
        json["description"] = json!(state.description("description", language));
    }
    json
}

/// The commands shown in these scopes.
fn commands(state: &State, scopes: &[&str], language: Option<&str>) -> Value {
    let menu = state.menu(scopes, language).iter();
    menu.map(|(name, about)| json!({ "name": name, "about": about })).collect()
}

/// The sections of a snapshot other than the chats, by name.
pub(super) fn sections(state: &State, shown: &PageState) -> BTreeMap<&'static str, Value> {
    let people = shown.players.people.iter().filter_map(|player| person(state, player));
    let counts = shown.players.people.iter().filter(|player| !player.crowd);
    let counts = counts.filter_map(|player| Some((player.id.to_string(), state.find_chat(player.id)?)));
    let counts: BTreeMap<String, usize> =
        counts.map(|(id, chat)| (id, chat.messages.iter().filter(|m| m.is_from_bot()).count())).collect();
    BTreeMap::from([
        ("people", people.collect()),
        ("group", json!(shown.players.group)),
        ("alerts", json!(shown.players.alerts)),
        ("bot", json!(state.bot_username())),
        ("counts", json!(counts)),
        ("faults", json!(shown.faults)),
        ("events", json!(shown.events)),
        ("report", json!(shown.report)),
        ("crowd", json!(shown.crowd)),
        ("tour", json!(shown.tour.as_ref().map(Tour::view))),
        ("status", json!(shown.status)),
    ])
}

fn person(state: &State, player: &Player) -> Option<Value> {
    let user = state.find_user(player.id)?;
    Some(json!({
        "id": player.id,
        "name": user.first_name,
        "username": user.username,
        "language": user.language_code,
        "started": user.started,
        "blocked": user.blocked,
        "role": player.role,
        "customer": player.customer,
        "zone": player.zone,
        "crowd": player.crowd,
    }))
}

/// The newest messages of a chat before `before`, oldest first, and whether there are older ones.
pub(super) fn page_of(chat: &Chat, before: MessageId, limit: usize) -> Value {
    let end = usize::try_from(before.saturating_sub(1)).unwrap_or(0).min(chat.messages.len());
    let live: Vec<&Message> = chat.messages[..end].iter().rev().filter(|m| !m.deleted).take(limit).collect();
    let first = live.last().map_or(0, |message| message.id);
    let more = chat.messages[..end].iter().any(|message| !message.deleted && message.id < first);
    let messages: Vec<MessageView<'_>> = live.into_iter().rev().map(|m| message(chat, m)).collect();
    json!({ "messages": messages, "more": more })
}

/// A chat as somebody sees it on opening it: its head and its newest messages.
pub(super) fn whole(state: &State, chat: &Chat) -> Value {
    let mut all = page_of(chat, MessageId::MAX, SHOWN);
    all["head"] = head(state, chat);
    all["revision"] = json!(chat.revision);
    all
}

/// What changed in a chat since a revision.
pub(super) fn since(chat: &Chat, revision: u64) -> Vec<MessageView<'_>> {
    chat.messages.iter().filter(|m| m.revision > revision).map(|m| message(chat, m)).collect()
}
