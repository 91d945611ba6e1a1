//! What people do in the chats, asked for by the page: everything that somebody with the real app could do, too.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::model::{Attached, ChatId, Media, Message, MessageId, Role, Sender, UserId};
use super::super::people::attach;
use super::super::state::{self, typed};
use super::{Page, Refusal};

/// As long as Telegram takes it in one message, in UTF-16 units.
const MAX_TEXT: usize = 4096;
const MAX_CAPTION: usize = 1024;
const MAX_NAME: usize = 60;
/// How long a window waits for the answer to a tap; the app gives up, too.
const SPINNER: std::time::Duration = std::time::Duration::from_secs(30);

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Act {
    /// Presses *Start*, or follows a link with this payload.
    Start {
        user: UserId,
        payload: Option<String>,
    },
    Say {
        user: UserId,
        to: Place,
        text: String,
    },
    Attach {
        user: UserId,
        to: Place,
        what: Attachment,
        caption: Option<String>,
    },
    Edit {
        user: UserId,
        chat: ChatId,
        message: MessageId,
        text: String,
    },
    Delete {
        user: UserId,
        chat: ChatId,
        message: MessageId,
    },
    Tap {
        user: UserId,
        chat: ChatId,
        message: MessageId,
        data: String,
    },
    Block {
        user: UserId,
    },
    Unblock {
        user: UserId,
    },
    ShareContact {
        user: UserId,
    },
}

/// Where a message goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    chat: ChatId,
    topic: Option<MessageId>,
    reply: Option<MessageId>,
    quote: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Attachment {
    Voice,
    VideoNote,
    Photo,
    Album,
    /// A text file: a program may read what is in it.
    File {
        name: String,
        #[serde(default)]
        content: String,
    },
}

type Done = Result<(), Refusal>;

/// Does it; a tap is answered with what pops up.
pub(super) async fn act(
    State(page): State<Page>,
    act: Result<Json<Act>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(act) = act.map_err(|error| Refusal::new(400, "error.request").with("why", error.body_text()))?;
    match act {
        Act::Tap { user, chat, message, data } => return page.tap(user, chat, message, data).await,
        Act::Start { user, payload } => page.start(user, payload.as_deref()),
        Act::Say { user, to, text } => page.say(user, &to, &text),
        Act::Attach { user, to, what, caption } => page.attach(user, &to, what, caption.as_deref()),
        Act::Edit { user, chat, message, text } => page.edit(user, chat, message, &text),
        Act::Delete { user, chat, message } => page.delete(user, chat, message),
        Act::Block { user } => page.block(user, true),
        Act::Unblock { user } => page.block(user, false),
        Act::ShareContact { user } => page.share_contact(user),
    }?;
    Ok(Json(json!({})))
}

impl Page {
    /// Taps a button as this window shows it, which may have been replaced since; returns what pops up.
    async fn tap(
        &self,
        user: UserId,
        chat: ChatId,
        message: MessageId,
        data: String,
    ) -> Result<Json<Value>, Refusal> {
        let world = &self.0.world;
        let tapped = world.act(|state| {
            let of = writable(state, user, chat)?;
            of.message(message).ok_or_else(|| Refusal::stale("error.message"))?;
            Ok(state.push_callback(user, chat, message, data))
        })?;
        match tokio::time::timeout(SPINNER, world.answered(&tapped)).await {
            Ok(answer) => Ok(Json(json!({ "text": answer.text, "alert": answer.alert }))),
            Err(_) => Err(Refusal::new(504, "error.spinner")),
        }
    }

    fn start(&self, user: UserId, payload: Option<&str>) -> Done {
        let letters = |payload: &str| {
            (1..=64).contains(&payload.len())
                && payload.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        };
        if payload.is_some_and(|payload| !letters(payload)) {
            return Err(Refusal::wrong("error.link"));
        }
        self.player(user)?;
        self.0.world.start(user, payload);
        Ok(())
    }

    fn say(&self, user: UserId, to: &Place, text: &str) -> Done {
        let text = text.trim();
        check_text(text, 1, MAX_TEXT)?;
        self.write(user, to, |message| message.text = typed(text))
    }

    fn attach(&self, user: UserId, to: &Place, what: Attachment, caption: Option<&str>) -> Done {
        let caption = caption.unwrap_or_default().trim();
        check_text(caption, 0, MAX_CAPTION)?;
        let mut file = None;
        let media = match what {
            Attachment::Voice => vec![Media::Voice { seconds: 7 }],
            Attachment::VideoNote => vec![Media::VideoNote { seconds: 12 }],
            Attachment::Photo => vec![Media::Photo],
            Attachment::Album => vec![Media::Photo, Media::Photo],
            Attachment::File { name, content } => {
                file = Some(content.into_bytes());
                let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
                vec![Media::Document { name: if name.is_empty() { "file".to_owned() } else { name } }]
            }
        };
        let world = &self.0.world;
        let album = (media.len() > 1).then(|| world.act(|state| state.next_file("album").1));
        for (index, media) in media.into_iter().enumerate() {
            let attached: Attached = world.act(|state| {
                let mut attached = attach(state, media);
                if let Some(content) = file.take() {
                    attached.file_size = content.len() as u64;
                    state.files.insert(attached.file_id.clone(), content);
                }
                attached
            });
            self.write(user, to, |message| {
                message.media = Some(attached);
                message.media_group_id.clone_from(&album);
                message.text = typed(if index == 0 { caption } else { "" });
            })?;
        }
        Ok(())
    }

    fn edit(&self, user: UserId, chat: ChatId, id: MessageId, text: &str) -> Done {
        let text = text.trim();
        self.0.world.act(|state| {
            let of = writable(state, user, chat)?;
            let message = of.message(id).filter(|message| message.from == Sender::User(user));
            let message = message.ok_or_else(|| Refusal::stale("error.message"))?;
            match message.media {
                Some(_) => check_text(text, 0, MAX_CAPTION)?,
                None => check_text(text, 1, MAX_TEXT)?,
            }
            if message.text.plain != text {
                state.rewrite(chat, id, |message| message.text = typed(text));
                state.announce("edited_message", chat, id);
            }
            Ok(())
        })
    }

    fn delete(&self, user: UserId, chat: ChatId, id: MessageId) -> Done {
        self.0.world.act(|state| {
            let of = writable(state, user, chat)?;
            let may = |message: &&Message| of.group.is_none() || message.from == Sender::User(user);
            of.message(id).filter(may).ok_or_else(|| Refusal::stale("error.message"))?;
            state.chat_mut(chat).delete(id);
            Ok(())
        })
    }

    fn block(&self, user: UserId, blocked: bool) -> Done {
        self.player(user)?;
        if blocked {
            self.0.world.block(user);
        } else {
            self.0.world.unblock(user);
        }
        Ok(())
    }

    fn share_contact(&self, user: UserId) -> Done {
        let phone = self.player(user)?.phone;
        let first_name = self.0.world.user(user).map(|user| user.first_name).unwrap_or_default();
        let media = Media::Contact { phone, user: Some(user), first_name };
        let attached = self.0.world.act(|state| attach(state, media));
        let to = Place { chat: user, topic: None, reply: None, quote: None };
        self.write(user, &to, |message| message.media = Some(attached))
    }

    fn write(&self, user: UserId, to: &Place, fill: impl FnOnce(&mut Message)) -> Done {
        self.0.world.act(|state| {
            let of = writable(state, user, to.chat)?;
            let answered = to.reply.and_then(|id| of.message(id));
            if to.reply.is_some() && answered.is_none() {
                return Err(Refusal::stale("error.message"));
            }
            let topic = answered.and_then(|message| message.thread).or(to.topic);
            let topics = of.group.as_ref().map(|group| &group.topics);
            if topic.is_some_and(|topic| !topics.is_some_and(|topics| topics.contains_key(&topic))) {
                return Err(Refusal::stale("error.topic"));
            }
            // A quote that is no longer in the message is left out, as the app does.
            let quote = to.quote.as_ref().filter(|quote| {
                !quote.is_empty() && answered.is_some_and(|message| message.text.plain.contains(*quote))
            });
            let mut message = state.draft(to.chat, Sender::User(user));
            message.thread = topic;
            message.reply_to = to.reply;
            message.quote = quote.cloned();
            fill(&mut message);
            match state.chats.get_mut(&to.chat).and_then(|chat| chat.group.as_mut()) {
                Some(group) => drop(group.members.entry(user).or_insert(Role::Member)),
                None => state.user_mut(user).started = true,
            }
            state.deliver(to.chat, message);
            Ok(())
        })
    }

    fn player(&self, user: UserId) -> Result<super::Player, Refusal> {
        self.desk().players.find(user).cloned().ok_or_else(|| Refusal::stale("error.person"))
    }
}

/// The chat, if this person can act in it.
fn writable(state: &state::State, user: UserId, chat: ChatId) -> Result<&super::super::Chat, Refusal> {
    let person = state.users.get(&user).ok_or_else(|| Refusal::stale("error.person"))?;
    let of = state.chats.get(&chat).ok_or_else(|| Refusal::stale("error.chat"))?;
    match &of.group {
        None if chat != user => Err(Refusal::stale("error.chat")),
        None if person.blocked => Err(Refusal::stale("error.blocked")),
        Some(group) if group.deleted => Err(Refusal::stale("error.chat")),
        _ => Ok(of),
    }
}

fn check_text(text: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let length = text.encode_utf16().count();
    if length < least {
        return Err(Refusal::wrong("error.empty"));
    }
    if length > most {
        return Err(Refusal::wrong("error.long").with("most", most.to_string()));
    }
    Ok(())
}
