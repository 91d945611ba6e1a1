//! What people do in the chats at the page's request: everything that a user of the real app could do as well.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cast::Player;
use super::page::Page;
use super::refusal::Refusal;
use crate::sandbox::{self, ChatId, Media, MessageId, UserId};

/// The limits that Telegram sets on one message, in UTF-16 code units.
const MAX_TEXT: usize = 4096;
const MAX_CAPTION: usize = 1024;
const MAX_NAME: usize = 60;
/// How long a window waits for the answer to a tap; the real app gives up as well.
const SPINNER: std::time::Duration = std::time::Duration::from_secs(30);

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Act {
    /// Presses *Start* or follows a link with this payload.
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

/// The chat and topic a message goes to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    chat: ChatId,
    topic: Option<MessageId>,
    reply: Option<MessageId>,
    quote: Option<String>,
}

impl From<Place> for sandbox::Place {
    fn from(Place { chat, topic, reply, quote }: Place) -> Self {
        Self { chat, topic, reply, quote }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Attachment {
    Voice,
    VideoNote,
    Photo,
    Album,
    /// A text file, because a program may read its content.
    File {
        name: String,
        #[serde(default)]
        content: String,
    },
}

type Done = Result<(), Refusal>;

/// Performs the act; a tap is answered with its toast.
pub(super) async fn act(
    State(page): State<Page>,
    act: Result<Json<Act>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(act) = act.map_err(|error| Refusal::new(400, "error.request").with("why", error.body_text()))?;
    match act {
        Act::Tap { user, chat, message, data } => return page.tap(user, chat, message, data).await,
        Act::Start { user, payload } => page.start(user, payload.as_deref()),
        Act::Say { user, to, text } => page.say(user, to, &text),
        Act::Attach { user, to, what, caption } => page.attach(user, to, what, caption.as_deref()),
        Act::Edit { user, chat, message, text } => page.edit(user, chat, message, &text),
        Act::Delete { user, chat, message } => page.delete(user, chat, message),
        Act::Block { user } => page.block(user, true),
        Act::Unblock { user } => page.block(user, false),
        Act::ShareContact { user } => page.share_contact(user),
    }?;
    Ok(Json(json!({})))
}

impl Page {
    /// Taps a button as this window shows it, although it may have been replaced since. Returns the toast.
    async fn tap(
        &self,
        user: UserId,
        chat: ChatId,
        message: MessageId,
        data: String,
    ) -> Result<Json<Value>, Refusal> {
        let world = &self.0.world;
        let tapped = world.press(user, chat, message, data)?;
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

    fn say(&self, user: UserId, to: Place, text: &str) -> Done {
        let text = text.trim();
        check_text(text, 1, MAX_TEXT)?;
        self.0.world.post(user, &to.into(), text, None, None)?;
        Ok(())
    }

    fn attach(&self, user: UserId, to: Place, what: Attachment, caption: Option<&str>) -> Done {
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
        let (world, place) = (&self.0.world, to.into());
        let album = (media.len() > 1).then(|| world.new_album());
        for (index, media) in media.into_iter().enumerate() {
            let attached = world.upload(media, file.take());
            let text = if index == 0 { caption } else { "" };
            world.post(user, &place, text, Some(attached), album.as_deref())?;
        }
        Ok(())
    }

    fn edit(&self, user: UserId, chat: ChatId, id: MessageId, text: &str) -> Done {
        let (world, text) = (&self.0.world, text.trim());
        match world.own_message(user, chat, id)?.media {
            Some(_) => check_text(text, 0, MAX_CAPTION)?,
            None => check_text(text, 1, MAX_TEXT)?,
        }
        Ok(world.revise(user, chat, id, text)?)
    }

    fn delete(&self, user: UserId, chat: ChatId, id: MessageId) -> Done {
        Ok(self.0.world.remove(user, chat, id)?)
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
        let attached = self.0.world.upload(media, None);
        let to = sandbox::Place { chat: user, topic: None, reply: None, quote: None };
        self.0.world.post(user, &to, "", Some(attached), None)?;
        Ok(())
    }

    fn player(&self, user: UserId) -> Result<Player, Refusal> {
        self.shown().players.find(user).cloned().ok_or_else(|| Refusal::stale("error.person"))
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
