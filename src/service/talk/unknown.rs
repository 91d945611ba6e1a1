//! A reply to a message of ours that nobody knows, because the answers to the calls that sent it were lost. What it shows
//! tells which it is. Where that leaves several cases, it is about none: words for one customer must not go to another.

use std::collections::BTreeSet;
use std::time::Duration;

use super::chat;
use crate::config::ChatTopic;
use crate::domain::ids::{CaseNumber, ChatId, MessageId, MessageKey, TopicId};
use crate::service::Unit;
use crate::service::alerts::MARK;
use crate::service::words::Attachment;
use crate::store;
use crate::view::{has_form, talk as view};

/// How old a message may be that is recognised by its words.
const RECENT: Duration = Duration::from_hours(30 * 24);

/// What a message of ours is about, for somebody who replies to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressed {
    Case(CaseNumber),
    /// It lists several cases.
    Fold,
    /// It is about no case.
    Other,
}

/// A message of the bot that somebody replies to, as Telegram shows it.
#[derive(Clone, Debug)]
pub struct Replied<'m> {
    pub message_id: MessageId,
    /// What its buttons are about.
    pub buttons: Option<Addressed>,
    /// Its text or caption.
    pub text: Option<&'m str>,
    pub file: Option<Attachment>,
}

/// What a message that nobody knows is about. It is known from now on, if there is no doubt which it is.
pub(super) async fn recognise(
    unit: &mut Unit<'_>,
    chat: ChatId,
    replied: &Replied<'_>,
) -> store::Result<Addressed> {
    let found = match replied.buttons {
        Some(Addressed::Case(number)) => {
            let post = unit.tx.find_unknown_case_post(number, chat, replied.message_id).await?;
            post.map(|post| (post.case_number, post.message)).into_iter().collect()
        }
        Some(other) => return Ok(other),
        None => match (&replied.file, replied.text) {
            (Some(file), caption) => files(unit, chat, file, caption.unwrap_or_default()).await?,
            (None, Some(text)) => texts(unit, chat, text).await?,
            (None, None) => Vec::new(),
        },
    };
    let numbers: BTreeSet<CaseNumber> = found.iter().map(|(number, _)| *number).collect();
    let (Some(number), 1) = (numbers.first().copied(), numbers.len()) else { return Ok(Addressed::Other) };
    if let [(_, message)] = found[..] {
        unit.tx.learn_message_id(message, replied.message_id).await?;
    }
    Ok(Addressed::Case(number))
}

/// The messages that show such a file of a customer.
async fn files(
    unit: &mut Unit<'_>,
    chat: ChatId,
    file: &Attachment,
    caption: &str,
) -> store::Result<Vec<(CaseNumber, MessageKey)>> {
    let Some(size) = file.file_size else { return Ok(Vec::new()) };
    let since = unit.now.minus(RECENT);
    unit.tx.list_shown_files((chat, since), (file.kind, size, caption)).await
}

/// The messages that show a customer's words, or ask a lead for theirs, and read so.
async fn texts(
    unit: &mut Unit<'_>,
    chat: ChatId,
    text: &str,
) -> store::Result<Vec<(CaseNumber, MessageKey)>> {
    let ctx = unit.ctx;
    let since = unit.now.minus(RECENT);
    let text = text.replace(MARK, "");
    let mut found = Vec::new();
    for (number, message, person) in unit.tx.list_shown_words((chat, since), &text).await? {
        let parts = unit.tx.list_shown_texts(message, person).await?;
        let parts: Option<Vec<String>> = parts.into_iter().map(|(_, part)| part).collect();
        if parts.is_some_and(|parts| parts.join("\n\n").replace(MARK, "") == text) {
            found.push((number, message));
        }
    }
    if found.is_empty() {
        let locale = chat::locale(unit, ChatTopic { chat, topic: TopicId::NONE }).await?;
        for (number, message) in unit.tx.list_unknown_headings(chat, since).await? {
            let forms = [
                view::ask_reply_form(&ctx.catalogue, locale, number),
                view::album_form(&ctx.catalogue, locale, number),
            ];
            if forms.iter().any(|form| has_form(&text, form)) {
                found.push((number, message));
            }
        }
    }
    Ok(found)
}
