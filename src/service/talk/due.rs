//! What is said or done when the time of a row of `case_prompts` is over.

use super::waits::{ALBUM, HELD, REPLY, SLOW, WHICH};
use super::{albums, chat, held, prompt as question, which};
use crate::config::ChatTopic;
use crate::domain::case::WordState;
use crate::domain::ids::{CaseMessageKey, MessageId, TopicId};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::store::cases::Prompt;
use crate::store::{self, Tx};
use crate::view::View;

/// Whether the time of anything is over.
pub async fn is_due(tx: &mut Tx, now: Timestamp) -> store::Result<bool> {
    tx.is_any_case_prompt_over(now).await
}

/// Does what follows for at most `limit` of them. Returns how many there were.
pub async fn run(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let over = unit.tx.take_expired_case_prompts(unit.now, limit).await?;
    for prompt in &over {
        run_one(unit, prompt).await?;
    }
    Ok(over.len())
}

async fn run_one(unit: &mut Unit<'_>, prompt: &Prompt) -> store::Result<()> {
    let number = prompt.case_number;
    if let Some(group) = prompt.kind.strip_prefix(ALBUM) {
        return albums::pass(unit, number, prompt.chat_id, group).await;
    }
    if prompt.kind.starts_with(HELD) {
        let message = prompt.argument.as_deref().and_then(|id| id.parse().ok());
        return match message.map(CaseMessageKey::new) {
            Some(message) => held::expire(unit, message, prompt.message).await,
            None => Ok(()),
        };
    }
    if let Some(id) = prompt.kind.strip_prefix(SLOW).and_then(|id| id.parse().ok()) {
        return tell_slow(unit, prompt, MessageId::new(id)).await;
    }
    match prompt.kind.as_str() {
        REPLY => question::delete_question(unit, prompt).await,
        WHICH => which::chosen(unit, prompt.person, (number, number), prompt.message).await,
        _ => Ok(()),
    }
}

async fn tell_slow(unit: &mut Unit<'_>, prompt: &Prompt, message_id: MessageId) -> store::Result<()> {
    let message = unit.tx.find_case_message_at(prompt.chat_id, message_id).await?;
    if message.is_none_or(|message| message.state != WordState::Waiting) {
        return Ok(());
    }
    let place = ChatTopic { chat: prompt.chat_id, topic: TopicId::NONE };
    let locale = chat::locale(unit, place).await?;
    let view = View::text(unit.ctx.catalogue.text(locale, "reply-slow"));
    chat::answer(unit, place, message_id, &view).await
}
