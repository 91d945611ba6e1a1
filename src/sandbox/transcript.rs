//! A chat as text, for snapshots and the demo: sender and text, then one line per row of buttons.
//!
//! ```text
//! Ada: /start
//! Bot: How was it?
//!   [ 0 | 1 | 2 ]
//! Ada (to 2): (voice 0:07)
//! Bot (edited): Thank you!
//! ```
//! Further lines of a text are indented. A button that opens an address ends in `↗`. Topics come first, as `#name`.

use std::fmt::Write as _;

use super::model::{Action, Chat, Media, Message, Sender, Service};
use super::state::State;

/// What the program's side and its edits are called.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'a> {
    pub bot: &'a str,
    pub edited: &'a str,
}

impl Default for Wording<'_> {
    fn default() -> Self {
        Self { bot: "Bot", edited: "edited" }
    }
}

pub(super) fn chat(state: &State, chat: &Chat) -> String {
    let mut text = String::new();
    for shown in chat.messages.iter().filter(|message| !message.deleted) {
        text.push_str(&message(state, chat, shown, Wording::default()));
    }
    for row in &chat.reply_keyboard {
        let _ = writeln!(text, "  {{ {} }}", row.join(" | "));
    }
    text
}

pub(super) fn message(state: &State, chat: &Chat, message: &Message, wording: Wording<'_>) -> String {
    let mut text = String::new();
    if let Some(topic) = message.thread.and_then(|id| chat.group.as_ref()?.topics.get(&id)) {
        let _ = write!(text, "#{} ", topic.name);
    }
    text.push_str(match message.from {
        Sender::Bot => wording.bot,
        Sender::User(id) => state.users.get(&id).map_or("?", |user| user.first_name.as_str()),
        Sender::Group => chat.group.as_ref().map_or("?", |group| group.title.as_str()),
    });
    for mark in marks(message, wording) {
        let _ = write!(text, " ({mark})");
    }
    text.push(':');
    for part in [media(message), service(message)].into_iter().flatten() {
        let _ = write!(text, " ({part})");
    }
    for (index, line) in text_of(message).lines().enumerate() {
        text.push_str(if index == 0 { " " } else { "\n  " });
        text.push_str(line);
    }
    text.push('\n');
    for row in &message.keyboard {
        let buttons = row.iter().map(|button| match button.action {
            Action::Callback(_) => button.text.clone(),
            Action::Url(_) => format!("{} ↗", button.text),
        });
        let _ = writeln!(text, "  [ {} ]", buttons.collect::<Vec<_>>().join(" | "));
    }
    // An empty line inside a text must not end in blanks.
    text.replace("  \n", "\n")
}

fn marks(message: &Message, wording: Wording<'_>) -> Vec<String> {
    let mut marks = Vec::new();
    if message.edited.is_some() {
        marks.push(wording.edited.to_owned());
    }
    marks.extend(message.reaction.clone());
    match (message.reply_to, &message.quote) {
        (Some(id), Some(quote)) => marks.push(format!("to {id} «{quote}»")),
        (Some(id), None) => marks.push(format!("to {id}")),
        _ => {}
    }
    marks
}

fn media(message: &Message) -> Option<String> {
    let clock = |seconds: u32| format!("{}:{:02}", seconds / 60, seconds % 60);
    Some(match &message.media.as_ref()?.media {
        Media::Voice { seconds } => format!("voice {}", clock(*seconds)),
        Media::VideoNote { seconds } => format!("video note {}", clock(*seconds)),
        Media::Video { seconds } => format!("video {}", clock(*seconds)),
        Media::Photo => "photo".to_owned(),
        Media::Document { name } => format!("document {name}"),
        Media::Sticker { emoji } => format!("sticker {emoji}"),
        Media::Contact { phone, .. } => format!("contact {phone}"),
        Media::PaidPhoto => "paid photo".to_owned(),
    })
}

fn service(message: &Message) -> Option<String> {
    Some(match message.service.as_ref()? {
        Service::BotAdded => "added the bot".to_owned(),
        Service::BotRemoved => "removed the bot".to_owned(),
        Service::TopicCreated(name) => format!("created the topic {name}"),
        Service::MigratedTo(_) => "the group became a supergroup".to_owned(),
        Service::MigratedFrom(_) => "this supergroup was a group".to_owned(),
    })
}

/// The text as it is read, with each link's address after it.
fn text_of(message: &Message) -> String {
    let links = message.text.entities.iter().filter_map(|entity| Some((entity, entity.url.as_deref()?)));
    let mut inserts: Vec<(usize, &str)> = links.map(|(e, url)| (e.offset + e.length, url)).collect();
    if inserts.is_empty() {
        return message.text.plain.clone();
    }
    inserts.sort_by_key(|(at, _)| *at);
    let mut inserts = inserts.into_iter().peekable();
    let mut text = String::new();
    let mut offset = 0;
    for c in message.text.plain.chars() {
        while let Some((_, url)) = inserts.next_if(|(at, _)| *at <= offset) {
            let _ = write!(text, " <{url}>");
        }
        text.push(c);
        offset += c.len_utf16();
    }
    for (_, url) in inserts {
        let _ = write!(text, " <{url}>");
    }
    text
}
