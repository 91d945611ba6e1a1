//! Telegram's limits, each with where it is written down. Nowhere else in the program do these numbers stand.

use std::time::Duration;

/// Characters of a text after its entities were parsed. Bot API, sendMessage.
pub const TEXT_CHARS: usize = crate::domain::script::texts::MESSAGE_UNITS;
/// Characters of a caption after its entities were parsed. Bot API, copyMessage.
pub const CAPTION_CHARS: usize = 1024;
/// Bytes of a button's callback data. Bot API, `InlineKeyboardButton`.
pub const CALLBACK_DATA_BYTES: usize = 64;
/// Characters of the toast that answers a tap. Bot API, answerCallbackQuery.
pub const CALLBACK_ANSWER_CHARS: usize = 200;
/// Buttons of one keyboard row before clients collapse them. Undocumented; python-telegram-bot's constants.
pub const BUTTONS_PER_ROW: usize = 8;
/// Buttons of one keyboard. python-telegram-bot's constants.
pub const BUTTONS: usize = 100;
/// Characters of a deep link's payload. Bot API, deep linking.
pub const START_PAYLOAD_CHARS: usize = 64;

/// Updates of one getUpdates answer. Bot API, getUpdates.
pub const UPDATES_PER_POLL: u8 = 100;
/// How long the server holds a poll that has nothing to say; longer is cut. Bot API server, `LONG_POLL_MAX_TIMEOUT`.
pub const POLL_HOLD: Duration = Duration::from_secs(50);
/// Updates brought side by side to a webhook. Telegram's own default; more bring nothing, for they are committed together.
pub const WEBHOOK_CONNECTIONS: u8 = 40;
/// After a failure an update is brought again at the latest after this time, and a little. Bot API server, `WebhookActor.cpp`.
pub const DELIVERY_RETRY: Duration = Duration::from_secs(150);
/// An update has a few kilobytes; a message's text 4096 characters.
pub const UPDATE_BYTES: usize = 1 << 20;
/// Asking for the same offset again within this time is punished. Bot API server, Client.cpp.
pub const SAME_OFFSET_PAUSE: Duration = Duration::from_secs(3);
/// How long a tap waits for the bot. Bot API server, Client.cpp.
pub const TAP_LIFETIME: Duration = Duration::from_secs(150);
/// How long every other update does. Bot API server, Client.cpp.
pub const UPDATE_LIFETIME: Duration = Duration::from_hours(24);

/// About one message a second to one chat, in short bursts more. Bots FAQ.
pub const PRIVATE_SEND_EVERY: Duration = Duration::from_secs(1);
/// The burst we allow ourselves; the FAQ gives no number.
pub const PRIVATE_SEND_BURST: u32 = 3;
/// Edits are counted apart from sends. grammY, flood limits.
pub const PRIVATE_EDIT_EVERY: Duration = Duration::from_secs(1);
pub const PRIVATE_EDIT_BURST: u32 = 5;
/// Telegram takes 20 calls a minute to one group (Bots FAQ), sends and edits together (the author of `TDLib`: issues 2592
/// and 3034 of `tdlib/td`). Two are left for what others of the bot's calls need and for clocks that disagree.
pub const GROUP_CALLS: usize = 18;
pub const GROUP_WINDOW: Duration = Duration::from_mins(1);
