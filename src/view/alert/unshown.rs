//! Things a customer sent that cannot be shown in a chat.

use super::details::{customer, duration};
use super::{Alert, CAPS};
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;
use crate::view::View;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unshown {
    /// The kind of attachment.
    pub kind: Option<String>,
    pub duration_s: Option<u64>,
    /// Telegram's reason.
    pub reason: String,
    /// A chat where it is shown.
    pub shown_in: Option<String>,
}

/// A separate message below an alert that is one line of a fold.
#[must_use]
pub fn unshown(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, unshown: &Unshown) -> View {
    let customer = customer(alert, CAPS[CAPS.len() - 1]);
    let customer = catalogue.with(locale, "alert-customer", &[("customer", customer.into())]);
    View::text(format!("{customer}\n{}", line(catalogue, locale, unshown)))
}

/// The same below a request for a human: one notice for all its messages.
#[must_use]
pub fn unshown_words(catalogue: &Catalogue, locale: &str, reason: &str) -> View {
    let what = catalogue.text(locale, "alert-unshown-words");
    View::text(format!("{what} {}", why(catalogue, locale, reason)))
}

/// What it is, why it is not shown, and where to find it.
pub(super) fn line(catalogue: &Catalogue, locale: &str, unshown: &Unshown) -> String {
    let kind = match unshown.kind.as_deref() {
        Some("voice") => "alert-unshown-voice",
        Some("video_note") => "alert-unshown-video-note",
        Some("photo") => "alert-unshown-photo",
        Some("video") => "alert-unshown-video",
        Some("audio") => "alert-unshown-audio",
        Some("document") => "alert-unshown-document",
        _ => "alert-unshown-message",
    };
    let mut what = catalogue.text(locale, kind);
    if let Some(seconds) = unshown.duration_s {
        what = format!("{what}, {}", duration(catalogue, locale, seconds));
    }
    let what = catalogue.with(locale, "alert-unshown", &[("what", what.into())]);
    [what, why(catalogue, locale, &unshown.reason), place(catalogue, locale, unshown)].join(" ")
}

fn why(catalogue: &Catalogue, locale: &str, reason: &str) -> String {
    let lower = reason.to_lowercase();
    let is = |fragment: &str| lower.contains(fragment);
    let id = if is("voice_messages_forbidden") {
        "alert-unshown-why-voice"
    } else if is("chat_send_") || is("not enough rights") || is("write_forbidden") || is("restricted") {
        "alert-unshown-why-rights"
    } else if is("can't be copied") || is("can't be forwarded") || is("forwards_restricted") {
        "alert-unshown-why-protected"
    } else if is("message to copy not found") || is("message_id_invalid") {
        "alert-unshown-why-deleted"
    } else {
        let values = [("reason", escape_html(reason).into())];
        return catalogue.with(locale, "alert-unshown-why-other", &values);
    };
    catalogue.text(locale, id)
}

fn place(catalogue: &Catalogue, locale: &str, unshown: &Unshown) -> String {
    match &unshown.shown_in {
        Some(chat) => catalogue.with(locale, "alert-unshown-in-chat", &[("chat", escape_html(chat).into())]),
        None => catalogue.text(locale, "alert-unshown-in-export"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_told_with_the_reason_and_where_it_can_be_had() {
        let catalogue = Catalogue::default();
        let voice = |reason: &str, shown_in: Option<&str>| Unshown {
            kind: Some("voice".to_owned()),
            duration_s: Some(75),
            reason: reason.to_owned(),
            shown_in: shown_in.map(str::to_owned),
        };
        let photo = Unshown {
            kind: Some("photo".to_owned()),
            duration_s: None,
            ..voice("CHAT_SEND_PHOTOS_FORBIDDEN", None)
        };
        let words = Unshown { kind: None, duration_s: None, ..voice("A_REASON_OF_TOMORROW", None) };
        let all = [
            voice("VOICE_MESSAGES_FORBIDDEN", None),
            voice("message can't be copied", Some("A & B")),
            voice("message to copy not found", None),
            photo,
            words,
        ];
        let shown =
            |locale| all.iter().map(|one| line(&catalogue, locale, one)).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(shown("ru"), @r"
        ⚠️ Голосовое сообщение, 1 мин 15 с: показать здесь не получилось. В этом чате не принимают голосовые и видеосообщения, так настроен Telegram. Файл есть в выгрузке ответов у администратора.
        ⚠️ Голосовое сообщение, 1 мин 15 с: показать здесь не получилось. Telegram не разрешает его копировать. Его видно в чате «A &amp; B».
        ⚠️ Голосовое сообщение, 1 мин 15 с: показать здесь не получилось. Клиент его уже удалил. Файл есть в выгрузке ответов у администратора.
        ⚠️ Фото: показать здесь не получилось. В этот чат боту нельзя присылать такие сообщения. Файл есть в выгрузке ответов у администратора.
        ⚠️ Сообщение клиента: показать здесь не получилось. Telegram отвечает: A_REASON_OF_TOMORROW. Файл есть в выгрузке ответов у администратора.
        ");
        insta::assert_snapshot!(shown("en"), @r"
        ⚠️ A voice message, 1 min 15 s: it could not be shown here. Voice and video messages are turned off in this chat, in Telegram’s settings. An admin finds the file in the export of answers.
        ⚠️ A voice message, 1 min 15 s: it could not be shown here. Telegram does not let it be copied. It can be seen in “A &amp; B”.
        ⚠️ A voice message, 1 min 15 s: it could not be shown here. The customer has deleted it. An admin finds the file in the export of answers.
        ⚠️ A photo: it could not be shown here. The bot may not send such messages to this chat. An admin finds the file in the export of answers.
        ⚠️ A message from the customer: it could not be shown here. Telegram says: A_REASON_OF_TOMORROW. An admin finds the file in the export of answers.
        ");
    }
}
