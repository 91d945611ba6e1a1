//! What was posted in the leads' chats about somebody who is being erased. Alerts are edited, and copied files are
//! deleted.
//!
//! These calls go last in the queue, because there may be many and nobody waits for them.

use std::collections::{BTreeMap, BTreeSet};

use super::limit;
use crate::domain::ids::{CaseNumber, PersonId, SurveyKey};
use crate::service::Unit;
use crate::service::alerts::{self, Erasable, Fold};
use crate::service::cases;
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
    /// Unresolved cases that go on without what their survey said.
    outlasting: BTreeSet<CaseNumber>,
}

impl Posted {
    /// Withdraws what waits to be sent about a survey, and records what is already posted.
    pub async fn take_back(&mut self, unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<Erased> {
        self.take_back_posts(unit, survey, false).await
    }

    /// The same where whose answers they were stays known. An unresolved case stays in its chats, where it is redrawn
    /// without the survey.
    pub async fn take_back_details(&mut self, unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<()> {
        let case = unit.tx.find_case_of_survey(survey).await?;
        let outlasts = case.filter(|row| row.person.is_some() && !row.case.status.is_resolved());
        self.take_back_posts(unit, survey, outlasts.is_some()).await?;
        if let Some(row) = outlasts {
            self.alerts.extend(alerts::erasable_histories(unit, row.number).await?);
            unit.tx.show_posts_without_survey(survey, row.number).await?;
            self.outlasting.insert(row.number);
        }
        Ok(())
    }

    async fn take_back_posts(
        &mut self,
        unit: &mut Unit<'_>,
        survey: SurveyKey,
        case_stays_open: bool,
    ) -> store::Result<Erased> {
        let Erasable { alerts, folds } = alerts::erasable(unit, survey, case_stays_open).await?;
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

    /// Withdraws or records the posts of a case that show no survey, the customer's words below all its posts, and what
    /// leads were asked about it.
    pub async fn take_back_case(&mut self, unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<Erased> {
        let Erasable { alerts, folds } = alerts::erasable_case(unit, number).await?;
        for question in unit.tx.list_questions_about(number).await? {
            let is_unsent = unit.tx.is_unsent(question.message).await?;
            unit.tx.delete_outbox_of_message(question.message).await?;
            if !is_unsent {
                self.copies.push(question);
            }
        }
        let copies = unit.tx.take_copies_of_case(number).await?;
        let count = counted(alerts.len() + folds.len(), copies.len());
        self.alerts.extend(alerts);
        self.copies.extend(copies);
        self.note_folds(folds);
        Ok(count)
    }

    /// Records the copies of a person's messages that belong to no survey, so that they are deleted.
    pub async fn take_back_copies(&mut self, tx: &mut Tx, person: PersonId) -> store::Result<Erased> {
        let copies = tx.take_copies_of_person(person).await?;
        let count = counted(0, copies.len());
        self.copies.extend(copies);
        Ok(count)
    }

    /// Queues the edits and deletions.
    pub async fn show(&self, unit: &mut Unit<'_>, why: Why) -> store::Result<()> {
        let Unit { ctx, now, .. } = *unit;
        let text = |locale: &str, is_score: bool| {
            let id = match (why, is_score) {
                (Why::Erased, true) => "alert-erased",
                (Why::Aged, true) => "alert-aged",
                (Why::Erased, false) => "alert-case-erased",
                (Why::Aged, false) => "alert-case-aged",
            };
            gone(&ctx.catalogue, locale, id)
        };
        for alert in &self.alerts {
            let text = text(&alert.locale, alert.is_score);
            let edit = Outgoing::edit(Lane::CleanUp, alert.chat, alert.message, None, payload(&text));
            unit.tx.enqueue(&edit.thread(alert.topic), now).await?;
        }
        for copy in &self.copies {
            let caption = payload(&text(ctx.config.default_locale, false));
            let delete = Outgoing::delete(Lane::CleanUp, copy.chat_id, None, caption);
            unit.tx.enqueue(&delete.thread(copy.thread_id).message(copy.message), now).await?;
        }
        alerts::show_folds(unit, &self.folds).await?;
        for number in &self.outlasting {
            alerts::announce_case(unit, *number).await?;
            cases::show(unit, *number);
        }
        Ok(())
    }
}

fn counted(alerts: usize, copies: usize) -> Erased {
    Erased { alerts: limit(alerts), copies: limit(copies), ..Erased::default() }
}

fn payload(view: &View) -> Payload {
    Payload::text(view.html.as_str())
}
