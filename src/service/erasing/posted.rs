//! What was posted in the leads' chats about somebody who is being erased. Alerts are edited, and copied files are
//! deleted.
//!
//! These calls go last in the queue, because there may be many and nobody waits for them.

use std::collections::BTreeMap;

use super::limit;
use crate::domain::ids::{PersonId, SurveyKey};
use crate::service::Unit;
use crate::service::alerts::{self, Erasable, Fold};
use crate::store::erasing::{CopyRow, Erased};
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::alert::gone;

/// Why there is nothing more to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Erased,
    Aged,
}

/// What to do in the chats once the tables are done.
#[derive(Debug, Default)]
pub(super) struct Posted {
    alerts: Vec<alerts::PostedAlert>,
    folds: BTreeMap<i64, Fold>,
    copies: Vec<CopyRow>,
}

impl Posted {
    /// Withdraws what waits to be sent about a survey, and records what is already posted.
    pub async fn take_back(&mut self, unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<Erased> {
        let Erasable { alerts, folds } = alerts::erasable(unit, survey).await?;
        let mut copies = Vec::new();
        let listed = unit.tx.take_copies_of_survey(survey).await?;
        for copy in listed {
            if !unit.tx.is_unsent(copy.message).await? {
                copies.push(copy);
            }
            unit.tx.delete_outbox_of_message(copy.message).await?;
        }
        unit.tx.delete_outbox_of_survey(survey).await?;
        let count = counted(alerts.len() + folds.len(), copies.len());
        self.alerts.extend(alerts);
        self.copies.extend(copies);
        self.note_folds(folds);
        Ok(count)
    }

    fn note_folds(&mut self, folds: Vec<(i64, Fold)>) {
        for (id, fold) in folds {
            let known = self.folds.entry(id).or_insert(fold);
            // The unsent message was withdrawn, so it is sent again, without what is erased.
            if fold == Fold::Unsent {
                *known = fold;
            }
        }
    }

    /// Withdraws or records what was announced and copied because a person asked for a human.
    pub async fn take_back_requests(
        &mut self,
        unit: &mut Unit<'_>,
        requests: &[i64],
        person: PersonId,
    ) -> store::Result<Erased> {
        if requests.is_empty() {
            return Ok(Erased::default());
        }
        let mut told = 0;
        for request in requests {
            let Erasable { alerts, folds } = alerts::erasable_request(unit, *request).await?;
            told += alerts.len() + folds.len();
            self.alerts.extend(alerts);
            self.note_folds(folds);
        }
        let copies = self.take_back_copies(&mut unit.tx, person).await?;
        Ok(counted(told, copies))
    }

    /// Records the copies of a person's messages that belong to no survey, so that they are deleted.
    pub async fn take_back_copies(&mut self, tx: &mut Tx, person: PersonId) -> store::Result<usize> {
        let copies = tx.take_copies_of_person(person).await?;
        let count = copies.len();
        self.copies.extend(copies);
        Ok(count)
    }

    /// Queues the edits and deletions.
    pub async fn show(&self, unit: &mut Unit<'_>, why: Why) -> store::Result<()> {
        let Unit { ctx, now, .. } = *unit;
        let text = |locale: &str, human: bool| {
            let id = match (why, human) {
                (Why::Erased, false) => "alert-erased",
                (Why::Aged, false) => "alert-aged",
                (Why::Erased, true) => "alert-human-erased",
                (Why::Aged, true) => "alert-human-aged",
            };
            gone(&ctx.catalogue, locale, id)
        };
        for alert in &self.alerts {
            let text = text(&alert.locale, alert.human);
            let edit = Outgoing::edit(Lane::CleanUp, alert.chat, alert.message, None, payload(&text));
            unit.tx.enqueue(&edit.thread(alert.topic), now).await?;
        }
        for copy in &self.copies {
            let caption = payload(&text(ctx.config.default_locale, true));
            let delete = Outgoing::delete(Lane::CleanUp, copy.chat_id, None, caption);
            unit.tx.enqueue(&delete.thread(copy.thread_id).message(copy.message), now).await?;
        }
        alerts::show_folds(unit, &self.folds).await
    }
}

fn counted(alerts: usize, copies: usize) -> Erased {
    Erased { alerts: limit(alerts), copies: limit(copies), ..Erased::default() }
}

fn payload(view: &View) -> Payload {
    Payload::text(view.html.as_str())
}
