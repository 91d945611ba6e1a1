//! A due write-back: judged once more, and marked as being sent.

use super::job::{Claimed, Job, Ready, Verdict};
use super::{link, note};
use crate::domain::event::Event;
use crate::service::Unit;
use crate::store;
use crate::store::write_backs::{LINK, WriteBack};

/// Judges a due write-back and claims it if it may be made now.
pub async fn claim(unit: &mut Unit<'_>, due: &WriteBack) -> store::Result<Claimed> {
    let now = unit.now;
    // Somebody else may have acted on it meanwhile.
    if !unit.tx.is_write_back_due(due.survey, &due.kind, now).await? {
        return Ok(Claimed::Waits);
    }
    let row = unit.tx.list_write_back_surveys(&[due.survey]).await?.pop();
    let Some(row) = row else { return Ok(Claimed::Waits) };
    let verdict = match Event::from_stored(&row.body) {
        Err(_) => Verdict::Skip("erased"),
        Ok(event) if due.kind == LINK => link::verdict(unit, due, &row, &event).await?,
        Ok(event) => note::verdict(unit, due, &row, &event).await?,
    };
    match verdict {
        Verdict::Send(Ready { message, recipient, token }) => {
            let (recipient, token) = (recipient.as_deref(), token.as_deref());
            unit.tx.claim_write_back(due.survey, &due.kind, recipient, token, now).await?;
            let WriteBack { survey, kind, way, host, .. } = due.clone();
            Ok(Claimed::Job(Box::new(Job { survey, kind, way, host, message })))
        }
        Verdict::PutOff(until) => {
            unit.tx.put_off_write_back(due.survey, &due.kind, until, None).await?;
            Ok(Claimed::Waits)
        }
        Verdict::Move(way, host) => {
            unit.tx.move_write_back(due.survey, &due.kind, way, &host, now).await?;
            Ok(Claimed::Waits)
        }
        Verdict::Skip(why) => {
            unit.tx.end_write_back(due.survey, &due.kind, "skipped", Some(why), false).await?;
            Ok(Claimed::Skipped(why))
        }
    }
}
