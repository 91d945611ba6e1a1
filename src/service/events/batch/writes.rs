//! Writes a decided batch, in a handful of statements.

use std::collections::BTreeSet;

use super::Batch;
use crate::domain::event::Event;
use crate::domain::happening::Happening;
use crate::domain::ids::{CustomerKey, EventKey, PersonId, SurveyKey};
use crate::domain::ledger::{State, Suppression};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::service::events::waiting::schedule_waiting;
use crate::store::events::{CustomerRow, NewEvent, NewSurvey, SubjectKey};
use crate::store::journal::Subject;
use crate::store::{self, Tx};

impl Batch<'_> {
    /// Writes everything that was decided.
    pub async fn store(&mut self, unit: &mut Unit<'_>) -> store::Result<()> {
        self.store_customers(unit).await?;
        let first = unit.tx.next_event_key(self.now).await?;
        let events: Vec<NewEvent<'_>> = self
            .new
            .iter()
            .zip(first.onwards())
            .map(|(new, id)| NewEvent {
                id,
                event: new.event,
                body: new.body,
                hook: new.hook,
                customer: self.customer_key(new.event),
                received_at: self.now,
            })
            .collect();
        unit.tx.insert_events(&events).await?;
        self.store_surveys(&mut unit.tx, first).await?;
        self.store_cancellations(&mut unit.tx).await?;
        let linked = self.customers.values().filter(|customer| customer.linked);
        let (linked, persons): (Vec<CustomerKey>, Vec<Option<PersonId>>) =
            linked.map(|customer| (customer.row.id, customer.row.person)).unzip();
        for person in persons.into_iter().flatten() {
            unit.tx.record(Happening::Linked, Subject::Person(person), self.now);
        }
        schedule_waiting(unit, &linked).await
    }

    fn customer_key(&self, event: &Event) -> CustomerKey {
        self.customer(event).map_or(CustomerKey::NONE, |customer| customer.row.id)
    }

    async fn store_customers(&mut self, unit: &mut Unit<'_>) -> store::Result<()> {
        let unknown: BTreeSet<PersonId> = self
            .customers
            .values()
            .filter(|customer| customer.changed)
            .filter_map(|customer| customer.row.person)
            .filter(|person| !self.persons.contains_key(person))
            .collect();
        unit.tx.insert_persons(&unknown.into_iter().collect::<Vec<_>>()).await?;
        let changed = self.customers.values_mut().filter(|customer| customer.changed);
        let mut rows: Vec<&mut CustomerRow> = changed.map(|customer| &mut customer.row).collect();
        unit.tx.upsert_customers(&mut rows).await
    }

    async fn store_surveys(&self, tx: &mut Tx, first: EventKey) -> store::Result<()> {
        let surveys: Vec<NewSurvey<'_>> = self
            .new
            .iter()
            .zip(first.onwards())
            .filter_map(|(new, key)| {
                let outcome = new.outcome.as_ref()?;
                Some(NewSurvey {
                    id: key.survey(),
                    survey_id: &outcome.survey_id,
                    test: new.event.test,
                    script: outcome.script.as_deref(),
                    state: outcome.state,
                    due_at: outcome.due_at,
                    stale_at: outcome.stale_at,
                })
            })
            .collect();
        tx.insert_surveys(&surveys).await?;
        let transitions: Vec<(SurveyKey, State)> =
            surveys.iter().map(|survey| (survey.id, survey.state)).collect();
        tx.record_transitions(&transitions, self.now);
        Ok(())
    }

    /// Cancels what is pending for the subjects of the cancelling events, including events from earlier in this batch.
    async fn store_cancellations(&self, tx: &mut Tx) -> store::Result<()> {
        const CANCELLED: State = State::Suppressed(Suppression::Cancelled);
        let reached: Vec<(SubjectKey, Timestamp)> = self
            .new
            .iter()
            .filter(|new| new.event.kind.cancels())
            .filter_map(|new| {
                let key = SubjectKey {
                    customer: self.customer_key(new.event),
                    subject_id: new.event.subject.id.clone()?,
                    kind: new.event.kind.family().asking().as_str(),
                    test: new.event.test,
                };
                Some((key, new.event.occurred_at))
            })
            .collect();
        let pending = tx.list_pending_of(&reached).await?;
        tx.update_survey_states(&pending, CANCELLED).await?;
        let transitions: Vec<(SurveyKey, State)> =
            pending.into_iter().map(|survey| (survey, CANCELLED)).collect();
        tx.record_transitions(&transitions, self.now);
        Ok(())
    }
}
