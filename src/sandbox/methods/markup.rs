//! `reply_markup`: inline keyboards and their alternatives, with Telegram's limits.

use serde::Deserialize;

use super::super::html;
use super::super::model::{Action, Button, Keyboard};
use super::super::state::State;
use super::ApiError;

const MAX_BUTTONS: usize = 100;
/// With more, buttons become too narrow to read.
const MAX_IN_ROW: usize = 8;
/// The limit in bytes.
const MAX_CALLBACK_DATA: usize = 64;
const MAX_PLACEHOLDER: usize = 64;

/// Any of the four kinds of markup. The field that is present tells the kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Markup {
    inline_keyboard: Option<Vec<Vec<InlineButton>>>,
    keyboard: Option<Vec<Vec<KeyboardButton>>>,
    remove_keyboard: Option<bool>,
    force_reply: Option<bool>,
    is_persistent: Option<bool>,
    resize_keyboard: Option<bool>,
    one_time_keyboard: Option<bool>,
    input_field_placeholder: Option<String>,
    selective: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InlineMarkup {
    inline_keyboard: Vec<Vec<InlineButton>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InlineButton {
    text: String,
    style: Option<String>,
    url: Option<String>,
    callback_data: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyboardButton {
    text: String,
    style: Option<String>,
    /// In the sandbox, only the button that asks for the phone number exists besides plain texts.
    #[serde(default)]
    request_contact: bool,
}

/// The markup that belongs to a message or goes under the input field.
#[derive(Debug)]
pub(super) enum Checked {
    Inline(Keyboard),
    Reply { rows: Vec<Vec<String>>, contact: Option<String> },
    Remove,
    ForceReply { selective: bool },
}

impl Markup {
    pub(super) fn check(&self, state: &mut State, private: bool) -> Result<Checked, ApiError> {
        let wrong = |what| Err(ApiError::misuse(format!("can't parse reply keyboard markup: {what}")));
        if self
            .input_field_placeholder
            .as_ref()
            .is_some_and(|p| p.is_empty() || p.chars().count() > MAX_PLACEHOLDER)
        {
            return wrong("input_field_placeholder must be of 1-64 characters");
        }
        let of_reply_keyboard = [self.is_persistent, self.resize_keyboard, self.one_time_keyboard];
        let reply_options = of_reply_keyboard.iter().any(Option::is_some);
        let placeholder = self.input_field_placeholder.is_some();
        match (&self.inline_keyboard, &self.keyboard, self.remove_keyboard, self.force_reply) {
            (Some(rows), None, None, None) if !reply_options && !placeholder && self.selective.is_none() => {
                Ok(Checked::Inline(check_inline(rows, state)?))
            }
            (None, Some(rows), None, None) => check_reply(rows, private),
            (None, None, Some(true), None) if !reply_options && !placeholder => Ok(Checked::Remove),
            (None, None, None, Some(true)) if !reply_options => {
                Ok(Checked::ForceReply { selective: self.selective == Some(true) })
            }
            _ => wrong("exactly one kind of markup is expected"),
        }
    }
}

impl InlineMarkup {
    pub(super) fn check(&self, state: &mut State) -> Result<Keyboard, ApiError> {
        check_inline(&self.inline_keyboard, state)
    }
}

fn check_style(style: Option<&String>) -> Result<(), ApiError> {
    match style.map(String::as_str) {
        None | Some("primary" | "success" | "danger") => Ok(()),
        Some(_) => Err(ApiError::misuse("can't parse keyboard button: Invalid button style specified")),
    }
}

fn check_inline(rows: &[Vec<InlineButton>], state: &mut State) -> Result<Keyboard, ApiError> {
    let buttons: usize = rows.iter().map(Vec::len).sum();
    if buttons > MAX_BUTTONS {
        return Err(ApiError::misuse("reply markup is too long"));
    }
    let mut keyboard = Keyboard::with_capacity(rows.len());
    for row in rows.iter().filter(|row| !row.is_empty()) {
        if row.len() > MAX_IN_ROW {
            state
                .violations
                .push(format!("a keyboard row has {} buttons, more than {MAX_IN_ROW}", row.len()));
        }
        keyboard.push(row.iter().map(check_button).collect::<Result<_, _>>()?);
    }
    Ok(keyboard)
}

fn check_button(button: &InlineButton) -> Result<Button, ApiError> {
    check_style(button.style.as_ref())?;
    if button.text.trim().is_empty() {
        return Err(ApiError::misuse("can't parse inline keyboard button: Button text must be non-empty"));
    }
    let action = match (&button.callback_data, &button.url) {
        (Some(data), None) if (1..=MAX_CALLBACK_DATA).contains(&data.len()) => Action::Callback(data.clone()),
        (Some(_), None) => return Err(ApiError::misuse("BUTTON_DATA_INVALID")),
        (None, Some(url)) if html::is_url(url) => Action::Url(url.clone()),
        (None, Some(url)) => {
            let text = format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL");
            return Err(ApiError::misuse(text));
        }
        (None, None) => {
            let text =
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
            return Err(ApiError::misuse(text));
        }
        (Some(_), Some(_)) => {
            let text = "can't parse inline keyboard button: exactly one action is expected";
            return Err(ApiError::misuse(text));
        }
    };
    Ok(Button { text: button.text.clone(), action, style: button.style.clone() })
}

fn check_reply(rows: &[Vec<KeyboardButton>], private: bool) -> Result<Checked, ApiError> {
    for button in rows.iter().flatten() {
        check_style(button.style.as_ref())?;
        if button.request_contact && !private {
            let text = "phone number can be requested in private chats only";
            return Err(ApiError::misuse(text));
        }
    }
    if rows.iter().all(Vec::is_empty) {
        return Err(ApiError::misuse("can't parse reply keyboard markup: the keyboard is empty"));
    }
    let contact = rows.iter().flatten().find(|button| button.request_contact);
    Ok(Checked::Reply {
        rows: rows.iter().map(|row| row.iter().map(|button| button.text.clone()).collect()).collect(),
        contact: contact.map(|button| button.text.clone()),
    })
}
