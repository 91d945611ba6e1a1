//! Telegram's limits, each with its source. These numbers appear nowhere else in the program.

use std::time::Duration;

/// The most characters of a text, after its entities were parsed. Bot API, sendMessage.
pub const TEXT_CHARS: usize = crate::domain::script::texts::MESSAGE_UNITS;
/// The most characters of a caption, after its entities were parsed. Bot API, copyMessage.
pub const CAPTION_CHARS: usize = 1024;
/// The most bytes of a button's callback data. Bot API, `InlineKeyboardButton`.
pub const CALLBACK_DATA_BYTES: usize = 64;
/// The most characters of the toast that answers a tap. Bot API, answerCallbackQuery.
pub const CALLBACK_ANSWER_CHARS: usize = 200;
/// The most buttons in one keyboard row before clients collapse them. Undocumented; python-telegram-bot's constants.
pub const BUTTONS_PER_ROW: usize = 8;
/// The most buttons of one keyboard. python-telegram-bot's constants.
pub const BUTTONS: usize = 100;
/// The most characters of a deep link's payload. Bot API, deep linking.
pub const START_PAYLOAD_CHARS: usize = 64;

/// The most updates in one getUpdates answer. Bot API, getUpdates.
pub const UPDATES_PER_POLL: u8 = 100;
/// How long the server holds a poll while there are no updates. It shortens longer timeouts. Bot API server,
/// `LONG_POLL_MAX_TIMEOUT`.
pub const POLL_HOLD: Duration = Duration::from_secs(50);
/// How many updates Telegram may deliver to a webhook at the same time. This is Telegram's own default. More would not
/// help, because updates are committed together.
pub const WEBHOOK_CONNECTIONS: u8 = 40;
/// After a failed delivery, Telegram delivers an update again after at most little more than this. Bot API server,
/// `WebhookActor.cpp`.
pub const DELIVERY_RETRY: Duration = Duration::from_secs(150);
/// The largest update that is read. Updates have a few kilobytes, and a message's text has 4096 characters at most.
pub const UPDATE_BYTES: usize = 1 << 20;
/// Asking for the same offset again within this time is punished. Bot API server, Client.cpp.
pub const SAME_OFFSET_PAUSE: Duration = Duration::from_secs(3);
/// How long the server keeps a tap for the bot. Bot API server, Client.cpp.
pub const TAP_LIFETIME: Duration = Duration::from_secs(150);
/// How long the server keeps every other update. Bot API server, Client.cpp.
pub const UPDATE_LIFETIME: Duration = Duration::from_hours(24);

/// About one message a second to one chat; short bursts may exceed that. Bots FAQ.
pub const PRIVATE_SEND_EVERY: Duration = Duration::from_secs(1);
/// The burst that this program allows itself. The FAQ gives no number.
pub const PRIVATE_SEND_BURST: u32 = 3;
/// Edits are counted separately from sends. grammY, flood limits.
pub const PRIVATE_EDIT_EVERY: Duration = Duration::from_secs(1);
pub const PRIVATE_EDIT_BURST: u32 = 5;
/// Telegram allows 20 calls a minute to one group (Bots FAQ), sends and edits together (the author of `TDLib`: issues
/// 2592 and 3034 of `tdlib/td`). Two are kept in reserve for the bot's other calls and for clocks that disagree.
pub const GROUP_CALLS: usize = 18;
pub const GROUP_WINDOW: Duration = Duration::from_mins(1);
