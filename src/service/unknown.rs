//! Resolves what nobody knows the fate of, so that it does not stay unknown for ever: a message that may have arrived
//! twice, and a survey whose outcome could not be stored.

use std::time::Duration;

use crate::domain::time::Timestamp;
use crate::service::{Unit, alerts, answers, delivery, talk};
use crate::store::{self, Lane, OutboxRow, Tx};

/// How long to wait for a tap, or anything else, to show that a message arrived.
const WAITS_FOR_PROOF: Duration = Duration::from_hours(1);

/// The same for an alert: then somebody else hears of it.
const ALERT_WAITS_FOR_PROOF: Duration = Duration::from_mins(1);

/// Whether there is anything to resolve.
pub async fn is_any(tx: &mut Tx, now: Timestamp) -> store::Result<bool> {
    let since = now.minus(WAITS_FOR_PROOF);
    let alerts_since = now.minus(ALERT_WAITS_FOR_PROOF);
    Ok(!tx.list_resolvable_unknown(since, alerts_since, now, 1).await?.is_empty()
        || !tx.list_forgotten_invitations(since, 1).await?.is_empty())
}

/// Resolves what is known by now, or has waited long enough, at most `limit` of each kind. Returns how many there were.
pub async fn resolve(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let now = unit.now;
    let since = now.minus(WAITS_FOR_PROOF);
    let rows = unit.tx.list_resolvable_unknown(since, now.minus(ALERT_WAITS_FOR_PROOF), now, limit).await?;
    let mut resolved = Vec::with_capacity(rows.len());
    for row in &rows {
        let is_over = row.unknown_at.is_some_and(|at| at <= since);
        if row.message_id.is_some() {
            delivery::delivered(unit, row).await?;
        } else if row.lane == Lane::Alerts && alerts::unseen(unit, row).await? {
            tracing::warn!(row = row.id, "nothing shows that an alert arrived; the admins see it, too");
        } else if is_over {
            give_up(unit, row).await?;
        } else {
            continue;
        }
        resolved.push(row.id);
    }
    unit.tx.delete_outbox(&resolved).await?;
    let forgotten = unit.tx.list_forgotten_invitations(since, limit).await?;
    for (survey, _) in &forgotten {
        let Some(survey) = unit.tx.find_survey(*survey).await? else { continue };
        tracing::warn!(
            survey = survey.id.get(),
            "the outcome of an invitation was never stored; its survey is ended"
        );
        if survey.message_id.is_some() {
            answers::invitation_arrived(unit, &survey).await?;
        } else {
            answers::unconfirmed(unit, &survey).await?;
        }
    }
    Ok(resolved.len() + forgotten.len())
}

/// Gives up a message that may have arrived. It is not sent again.
async fn give_up(unit: &mut Unit<'_>, row: &OutboxRow) -> store::Result<()> {
    tracing::warn!(
        row = row.id,
        lane = ?row.lane,
        "Telegram's answers for a message were lost, and nothing shows that it arrived; it is not sent again"
    );
    talk::given_up(unit, row).await?;
    // If it repeated a step, a tap may still show that it arrived.
    let Some(survey) = row.survey.filter(|_| row.first) else { return Ok(()) };
    match unit.tx.find_survey(survey).await? {
        Some(survey) => answers::unconfirmed(unit, &survey).await,
        None => Ok(()),
    }
}
