//! What follows when a message was sent, or when Telegram refuses it for good.

use crate::domain::ids::{MessageId, MessageKey, SurveyKey};
use crate::domain::ledger::{State, Unreachable};
use crate::domain::loss::Loss;
use crate::service::{Unit, alerts, answers, people, talk};
use crate::store::surveys::SurveyRow;
use crate::store::{Lane, Method, OutboxRow, Outgoing, Payload, Result, Tx};
use crate::view::talk::Unsent;

/// Why a message will never arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Blocked,
    Deactivated,
    CantInitiate,
    ChatNotFound,
    /// The bot is no longer in the chat.
    Removed,
    /// The chat does not accept it: the bot may not write there, or Telegram gives a reason we do not know. Contains
    /// Telegram's words.
    Chat(String),
    /// The chat works but does not accept this copy. Contains Telegram's words.
    Content(String),
    /// No chat would accept it, because of a bug of ours. Contains Telegram's words.
    Message(String),
}

impl Refusal {
    /// Why a lead's words did not reach the customer.
    fn unsent(&self) -> Unsent {
        match self {
            Self::Blocked | Self::CantInitiate => Unsent::Blocked,
            Self::Deactivated | Self::ChatNotFound | Self::Removed => Unsent::Deactivated,
            Self::Chat(text) | Self::Content(text) | Self::Message(text) => {
                let text = text.to_lowercase();
                if text.contains("voice_messages_forbidden") {
                    Unsent::Voice
                } else if text.contains("too large") || text.contains("too big") {
                    Unsent::Large
                } else {
                    Unsent::Cannot
                }
            }
        }
    }
}

/// A message was sent. If it is an invitation, its survey is now sent; a tap may already have started it.
pub async fn delivered(unit: &mut Unit<'_>, row: &OutboxRow) -> Result<()> {
    alerts::arrived(unit, row).await?;
    talk::delivered(unit, row).await?;
    if let Some((survey, message)) = followed(row) {
        return answers::arrived(unit, survey, message).await;
    }
    match invited(&mut unit.tx, row).await? {
        Some(survey) => answers::invitation_arrived(unit, &survey).await,
        None => Ok(()),
    }
}

/// A call definitely had no effect. Returns false if its message is no longer wanted; the caller then deletes its row.
pub async fn is_still_wanted(unit: &mut Unit<'_>, row: &OutboxRow) -> Result<bool> {
    let Some(survey) = row.survey.filter(|_| row.first) else { return Ok(true) };
    if !unit.tx.is_survey_stopped(survey).await? {
        return Ok(true);
    }
    match unit.tx.find_survey(survey).await? {
        Some(survey) => Ok(!answers::never_arrived(unit, &survey).await?),
        None => Ok(true),
    }
}

/// A message arrived that was erased while it was being sent, so it is deleted in the chat.
pub async fn arrived_after_erasing(
    unit: &mut Unit<'_>,
    row: &OutboxRow,
    message_id: MessageId,
) -> Result<()> {
    let delete = Outgoing::delete(Lane::Answers, row.chat_id, Some(message_id), Payload::default());
    unit.tx.enqueue(&delete.thread(row.thread_id), unit.now).await?;
    unit.tx.mark_erasure().await
}

/// The survey and the message of a send that is not an invitation.
fn followed(row: &OutboxRow) -> Option<(SurveyKey, MessageKey)> {
    row.survey.zip(row.message).filter(|_| !row.first)
}

async fn invited(tx: &mut Tx, row: &OutboxRow) -> Result<Option<SurveyRow>> {
    match row.survey {
        Some(survey) if row.first => tx.find_survey(survey).await,
        _ => Ok(None),
    }
}

/// The sending window of an invitation, or of a repeated step, ended before the call was made, so it is decided on
/// again.
pub async fn given_back(unit: &mut Unit<'_>, row: &OutboxRow) -> Result<()> {
    let now = unit.now;
    if let Some((survey, message)) = followed(row) {
        return answers::given_back(unit, survey, message).await;
    }
    let Some(survey) = invited(&mut unit.tx, row).await? else { return Ok(()) };
    if survey.state()? == State::Sending && !answers::never_arrived(unit, &survey).await? {
        unit.tx.move_survey(survey.id, State::Sending, State::Scheduled, now)?;
        unit.tx.release_survey(survey.id, now).await?;
    }
    Ok(())
}

/// Telegram refuses a message for good.
pub async fn undeliverable(unit: &mut Unit<'_>, row: &OutboxRow, refusal: &Refusal) -> Result<()> {
    if let Some(survey) = invited(&mut unit.tx, row).await? {
        invitation_refused(unit, &survey, refusal).await?;
    }
    if let Some((survey, message)) = followed(row) {
        answers::refused(&mut unit.tx, survey, message).await?;
    }
    talk::words_refused(unit, row, matches!(refusal, Refusal::Content(_))).await?;
    let is_of_talk = talk::refused(unit, row, refusal.unsent()).await?;
    let is_of_content = matches!(refusal, Refusal::Chat(_) | Refusal::Content(_) | Refusal::Message(_));
    if is_of_talk && is_of_content {
        return Ok(());
    }
    let why = match refusal {
        Refusal::Blocked => people::Unreachable::Blocked,
        Refusal::Deactivated => people::Unreachable::Deactivated,
        Refusal::CantInitiate => people::Unreachable::CantInitiate,
        Refusal::ChatNotFound => people::Unreachable::ChatNotFound,
        Refusal::Removed => {
            return alerts::refused(unit, row, Loss::Gone, "the bot was removed from the chat").await;
        }
        Refusal::Content(reason) => {
            return alerts::copy_refused(unit, row, reason).await;
        }
        Refusal::Chat(reason) => return refused_by_chat(unit, row, reason).await,
        Refusal::Message(reason) => return alerts::text_refused(unit, row, reason).await,
    };
    match row.chat_id.person() {
        Some(person) => people::unreachable(unit, person, why).await,
        None => alerts::refused(unit, row, Loss::Gone, "Telegram knows no such chat").await,
    }
}

async fn refused_by_chat(unit: &mut Unit<'_>, row: &OutboxRow, reason: &str) -> Result<()> {
    // A refused reply in a group counts too. A refused edit or deletion there does not show that the group refuses
    // messages.
    let is_change = matches!(row.method, Method::Edit | Method::Delete);
    if row.lane.spec().is_for_leads || (!row.chat_id.is_private() && !is_change) {
        return alerts::refused(unit, row, Loss::Silent, reason).await;
    }
    Ok(())
}

async fn invitation_refused(unit: &mut Unit<'_>, survey: &SurveyRow, refusal: &Refusal) -> Result<()> {
    let now = unit.now;
    let state = survey.state()?;
    // An earlier copy whose fate was unknown may have arrived and been tapped.
    if state != State::Sending || answers::never_arrived(unit, survey).await? {
        return Ok(());
    }
    let reason = match refusal {
        Refusal::Blocked => Unreachable::Blocked,
        Refusal::Deactivated => Unreachable::Deactivated,
        Refusal::CantInitiate | Refusal::ChatNotFound if unit.tx.is_linked_by_id(survey.id).await? => {
            // The `telegram_id` of the event did not help. A personal link still may.
            unit.tx.move_survey(survey.id, state, State::Scheduled, now)?;
            unit.tx.move_survey(survey.id, State::Scheduled, State::WaitingForLink, now)?;
            return unit.tx.release_survey(survey.id, survey.due_at.unwrap_or(now)).await;
        }
        Refusal::CantInitiate | Refusal::ChatNotFound => Unreachable::ChatNotFound,
        Refusal::Removed | Refusal::Chat(_) | Refusal::Content(_) | Refusal::Message(_) => {
            Unreachable::MessageRefused
        }
    };
    unit.tx.move_survey(survey.id, state, State::Undeliverable(reason), now)?;
    unit.tx.end_survey(survey.id, now).await
}

/// Whether an edit whose message no longer exists must be sent as a new message. This is so for an alert, and for the
/// message that an open survey lives in.
pub async fn must_be_seen(tx: &mut Tx, row: &OutboxRow) -> Result<bool> {
    match (row.survey, row.message) {
        _ if row.method == Method::Delete => Ok(false),
        _ if row.lane.spec().is_shown_again => Ok(true),
        (Some(survey), Some(message)) => tx.is_current_message(survey, message).await,
        _ => Ok(false),
    }
}
