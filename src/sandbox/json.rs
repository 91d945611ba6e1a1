//! Users, chats and messages of the simulated world as the JSON of the Bot API.

use serde_json::{Map, Value, json};

use super::html::utf16_len;
use super::model::{
    Action, Attached, Callback, Chat, Entity, GroupKind, Keyboard, Media, Message, Sender, Service, Standing,
    User,
};
use super::state::State;
use crate::domain::time::Timestamp;

/// The account in whose name anonymous admins write.
const GROUP_ANONYMOUS_BOT: i64 = 1_087_968_824;

pub(super) fn seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1000)
}

pub(super) fn user(user: &User) -> Value {
    let mut json = json!({ "id": user.id, "is_bot": false, "first_name": user.first_name });
    if let Some(username) = &user.username {
        json["username"] = json!(username);
    }
    if let Some(code) = &user.language_code {
        json["language_code"] = json!(code);
    }
    json
}

pub(super) fn bot(state: &State) -> Value {
    json!({ "id": state.bot_id, "is_bot": true, "first_name": state.bot_name, "username": state.username })
}

/// The bot as `getMe` shows it.
pub(super) fn me(state: &State) -> Value {
    let mut json = bot(state);
    json["can_join_groups"] = json!(true);
    if state.taps_without_message {
        json["callback_query_mode"] = json!("inline");
    }
    for flag in [
        "can_read_all_group_messages",
        "supports_guest_queries",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_main_web_app",
        "has_topics_enabled",
        "allows_users_to_create_topics",
        "can_manage_bots",
        "supports_join_request_queries",
    ] {
        json[flag] = json!(false);
    }
    json
}

pub(super) fn chat(state: &State, chat: &Chat) -> Value {
    let Some(group) = &chat.group else {
        let mut json = json!({ "id": chat.id, "type": "private" });
        if let Some(user) = state.users.get(&chat.id) {
            json["first_name"] = json!(user.first_name);
            if let Some(username) = &user.username {
                json["username"] = json!(username);
            }
        }
        return json;
    };
    let kind = if group.kind == GroupKind::Basic { "group" } else { "supergroup" };
    let mut json = json!({ "id": chat.id, "title": group.title, "type": kind });
    if group.kind == GroupKind::Forum {
        json["is_forum"] = json!(true);
    }
    json
}

/// A message together with the message it replies to, but without what that one replies to.
pub(super) fn message(state: &State, of: &Chat, message: &Message) -> Value {
    let mut json = bare_message(state, of, message);
    let topic = message.thread.filter(|_| message.service.is_none());
    // If the message replies to nothing else, Telegram names the topic's first message.
    if let Some(replied) = message.reply_to.or(topic).and_then(|id| of.message(id)) {
        json.insert("reply_to_message".to_owned(), bare_message(state, of, replied).into());
    }
    json.into()
}

fn bare_message(state: &State, of: &Chat, message: &Message) -> Map<String, Value> {
    let from = match message.from {
        Sender::Bot => bot(state),
        Sender::User(id) => state.users.get(&id).map_or(Value::Null, user),
        Sender::Group => json!({
            "id": GROUP_ANONYMOUS_BOT, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot",
        }),
    };
    let mut json = Map::new();
    let mut put = |name: &str, value: Value| drop(json.insert(name.to_owned(), value));
    put("message_id", message.id.into());
    put("from", from);
    put("chat", chat(state, of));
    if message.from == Sender::Group {
        put("sender_chat", chat(state, of));
    }
    put("date", seconds(message.date).into());
    if let Some(edited) = message.edited {
        put("edit_date", seconds(edited).into());
    }
    if let Some(thread) = message.thread {
        put("message_thread_id", thread.into());
        put("is_topic_message", true.into());
    }
    if let Some(quote) = &message.quote {
        let replied = message.reply_to.and_then(|id| of.message(id)).map(|replied| &replied.text.plain);
        let before =
            replied.and_then(|text| text.split_once(quote.as_str())).map_or("", |(before, _)| before);
        put("quote", json!({ "text": quote, "position": utf16_len(before), "is_manual": true }));
    }
    if let Some(group) = &message.media_group_id {
        put("media_group_id", json!(group));
    }
    if message.protected {
        put("has_protected_content", true.into());
    }
    let (text, entities_name) =
        if message.media.is_some() { ("caption", "caption_entities") } else { ("text", "entities") };
    if !message.text.plain.is_empty() {
        put(text, json!(message.text.plain));
        if !message.text.entities.is_empty() {
            put(entities_name, message.text.entities.iter().map(entity).collect());
        }
    }
    if let Some(attached) = &message.media {
        let (name, value) = media(attached);
        put(name, value);
    }
    if let Some(event) = &message.service {
        let (name, value) = service(state, event);
        put(name, value);
    }
    if !message.keyboard.is_empty() {
        put("reply_markup", json!({ "inline_keyboard": keyboard(&message.keyboard) }));
    }
    json
}

fn entity(entity: &Entity) -> Value {
    let mut json = json!({ "type": entity.kind, "offset": entity.offset, "length": entity.length });
    if let Some(url) = &entity.url {
        json["url"] = json!(url);
    }
    if let Some(language) = &entity.language {
        json["language"] = json!(language);
    }
    json
}

fn keyboard(keyboard: &Keyboard) -> Value {
    let rows = keyboard.iter().map(|row| {
        let buttons = row.iter().map(|button| {
            let mut json = match &button.action {
                Action::Callback(data) => json!({ "text": button.text, "callback_data": data }),
                Action::Url(url) => json!({ "text": button.text, "url": url }),
            };
            if let Some(style) = &button.style {
                json["style"] = json!(style);
            }
            json
        });
        buttons.collect::<Value>()
    });
    rows.collect()
}

fn media(attached: &Attached) -> (&'static str, Value) {
    let mut file = json!({
        "file_id": attached.file_id,
        "file_unique_id": attached.file_unique_id,
        "file_size": attached.file_size,
    });
    let mut with = |fields: Value| {
        if let (Some(file), Value::Object(fields)) = (file.as_object_mut(), fields) {
            file.extend(fields);
        }
        file.take()
    };
    match &attached.media {
        Media::Voice { seconds } => ("voice", with(json!({ "duration": seconds, "mime_type": "audio/ogg" }))),
        Media::VideoNote { seconds } => ("video_note", with(json!({ "duration": seconds, "length": 384 }))),
        Media::Video { seconds } => {
            let fields =
                json!({ "duration": seconds, "width": 640, "height": 360, "mime_type": "video/mp4" });
            ("video", with(fields))
        }
        Media::Photo => {
            let large = with(json!({ "width": 1280, "height": 960 }));
            let mut small = large.clone();
            for (name, value) in [("width", json!(320)), ("height", json!(240)), ("file_size", json!(9000))] {
                small[name] = value;
            }
            for name in ["file_id", "file_unique_id"] {
                small[name] = json!(format!("{}-s", large[name].as_str().unwrap_or_default()));
            }
            ("photo", json!([small, large]))
        }
        Media::Document { name } => {
            ("document", with(json!({ "file_name": name, "mime_type": "application/octet-stream" })))
        }
        Media::Sticker { emoji } => {
            let fields = json!({
                "type": "regular", "width": 512, "height": 512, "emoji": emoji,
                "is_animated": false, "is_video": false,
            });
            ("sticker", with(fields))
        }
        Media::Contact { phone, user, first_name } => {
            let mut contact = json!({ "phone_number": phone, "first_name": first_name });
            if let Some(id) = user {
                contact["user_id"] = json!(id);
            }
            ("contact", contact)
        }
        Media::PaidPhoto => {
            let photo = json!({ "type": "photo", "photo": [with(json!({ "width": 1280, "height": 960 }))] });
            ("paid_media", json!({ "star_count": 1, "paid_media": [photo] }))
        }
    }
}

fn service(state: &State, event: &Service) -> (&'static str, Value) {
    match event {
        Service::BotAdded => ("new_chat_members", json!([bot(state)])),
        Service::BotRemoved => ("left_chat_member", bot(state)),
        Service::TopicCreated(name) => {
            ("forum_topic_created", json!({ "name": name, "icon_color": 7_322_096 }))
        }
        Service::MigratedTo(id) => ("migrate_to_chat_id", json!(id)),
        Service::MigratedFrom(id) => ("migrate_from_chat_id", json!(id)),
    }
}

pub(super) fn callback(state: &State, callback: &Callback) -> Value {
    let from = state.users.get(&callback.user).map_or(Value::Null, user);
    let message = state.chats.get(&callback.chat).map(|of| match of.message(callback.message_id) {
        Some(shown) => message(state, of, shown),
        // Telegram's form of a message that the bot can no longer access.
        None => json!({ "chat": chat(state, of), "message_id": callback.message_id, "date": 0 }),
    });
    if state.taps_without_message {
        return json!({
            "id": callback.id,
            "from": from,
            "inline_message_id": format!("AgAAA{}", callback.message_id),
            "chat_instance": (callback.chat ^ 0x5a5a_5a5a_5a5a).to_string(),
            "data": callback.data,
        });
    }
    json!({
        "id": callback.id,
        "from": from,
        "message": message,
        "chat_instance": (callback.chat ^ 0x5a5a_5a5a_5a5a).to_string(),
        "data": callback.data,
    })
}

/// A `ChatMemberUpdated` about the bot.
pub(super) fn bot_member(state: &State, of: &Chat, by: &User, old: Standing, new: Standing) -> Value {
    json!({
        "chat": chat(state, of),
        "from": user(by),
        "date": seconds(state.clock.now()),
        "old_chat_member": member(state, old),
        "new_chat_member": member(state, new),
    })
}

/// A `ChatMemberUpdated` that says that the bot may write no more, or may write again.
pub(super) fn bot_muted(state: &State, of: &Chat, by: &User, muted: bool) -> Value {
    let standing = |muted: bool| {
        let member = member(state, Standing::Member);
        if !muted {
            return member;
        }
        let mut json =
            json!({ "status": "restricted", "user": bot(state), "is_member": true, "until_date": 0 });
        for right in GROUP_PERMISSIONS {
            json[right] = json!(false);
        }
        json
    };
    json!({
        "chat": chat(state, of),
        "from": user(by),
        "date": seconds(state.clock.now()),
        "old_chat_member": standing(!muted),
        "new_chat_member": standing(muted),
    })
}

fn member(state: &State, standing: Standing) -> Value {
    let bot = bot(state);
    match standing {
        Standing::Member => json!({ "status": "member", "user": bot }),
        Standing::Left => json!({ "status": "left", "user": bot }),
        Standing::Kicked => json!({ "status": "kicked", "user": bot, "until_date": 0 }),
        Standing::Admin => {
            let mut json = json!({
                "status": "administrator", "user": bot, "can_be_edited": false, "is_anonymous": false,
            });
            for right in ADMIN_RIGHTS {
                json[right] = json!(true);
            }
            json
        }
    }
}

const ADMIN_RIGHTS: [&str; 11] = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
];

/// The chat as `getChat` shows it.
pub(super) fn full_chat(state: &State, of: &Chat) -> Value {
    let mut json = chat(state, of);
    json["accent_color_id"] = json!(2);
    json["max_reaction_count"] = json!(11);
    json["accepted_gift_types"] = json!({
        "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
        "premium_subscription": false, "gifts_from_channels": false,
    });
    if let Some(username) = json.get("username").cloned() {
        json["active_usernames"] = json!([username]);
    }
    if of.group.is_some() {
        let mut permissions = Map::new();
        for right in GROUP_PERMISSIONS {
            permissions.insert(right.to_owned(), true.into());
        }
        json["permissions"] = permissions.into();
    }
    json
}

const GROUP_PERMISSIONS: [&str; 14] = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
];
