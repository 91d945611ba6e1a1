//! The table: a function for each row or pair of rows.

use super::{
    Act, Case, Cause, Contact, Effect, MOST_SNOOZES, Next, Refusal, Rules, Severity, Source, Status,
};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

type Decision = Result<Next, Refusal>;

impl Case {
    /// A case as it is opened.
    #[must_use]
    pub const fn opened(source: Source, severity: Severity) -> Self {
        Self {
            status: Status::Open,
            source,
            severity,
            contacted_at: None,
            resolved_at: None,
            afterword_at: None,
            reopened: 0,
            snoozed: 0,
            erased: false,
        }
    }

    /// What an act makes of this case.
    ///
    /// # Errors
    /// Returns why the act is refused. The case stays as it is.
    pub fn after(self, act: Act, rules: &Rules, now: Timestamp) -> Decision {
        if self.erased && act != Act::CustomerErased {
            return Err(Refusal::Erased);
        }
        match act {
            Act::Take { by, again } => self.take(by, again),
            Act::Reply { by } => self.reply(by),
            Act::ContactedOtherwise { by } => self.contacted_otherwise(by, now),
            Act::Wait { by } => self.wait(by),
            Act::Release { by, is_admin } => self.release(by, is_admin),
            Act::HandOver { by, is_admin, to } => self.hand_over(by, is_admin, to),
            Act::Snooze { by, until } => self.snooze(by, until),
            Act::Resolve { by, cause, again } => self.resolve(by, cause, again, now),
            Act::NoReplyNeeded { by: _ } => self.no_reply_needed(now),
            Act::Reopen { by } => self.reopen_by_lead(by),
            Act::SetSeverity { by: _, severity } => Ok(self.with_severity(severity)),
            Act::CustomerWords => self.customer_words(rules, now),
            Act::CustomerReopens => self.customer_reopens(rules, now),
            Act::Trouble { own_survey } => self.trouble(own_survey, rules, now),
            Act::RecoveryLow | Act::AfterwordIgnored => self.reopen_if_resolved(act),
            Act::OwnerLost => self.owner_lost(),
            Act::CustomerSilent => self.customer_silent(now),
            Act::Corrected => self.corrected(now),
            Act::CustomerErased => Ok(self.customer_erased(now)),
            Act::TestOver => self.test_over(now),
        }
    }

    /// Row 1 and 2.
    fn take(self, by: PersonId, again: bool) -> Decision {
        match self.status {
            Status::Open => Ok(self.with(Status::Taken(by), [])),
            Status::Taken(owner) | Status::Waiting(owner) if owner == by => Ok(self.with(self.status, [])),
            Status::Taken(owner) | Status::Waiting(owner) if !again => Err(Refusal::TakenBy(owner)),
            Status::Taken(owner) => Ok(self.with(Status::Taken(by), [Effect::TellFormerOwner(owner)])),
            Status::Waiting(owner) => Ok(self.with(Status::Waiting(by), [Effect::TellFormerOwner(owner)])),
            Status::Resolved(_) => Err(Refusal::Resolved),
        }
    }

    /// Row 3. The first contact is noted when Telegram has delivered the words; see [`Case::contacted`].
    fn reply(self, by: PersonId) -> Decision {
        match self.status {
            Status::Open => Ok(self.with(Status::Taken(by), [Effect::Send])),
            Status::Taken(owner) | Status::Waiting(owner) if owner == by => {
                Ok(self.with(self.status, [Effect::Send]))
            }
            Status::Resolved(_) if self.afterword_at.is_some() => {
                Ok(Self { afterword_at: None, ..self }.with(self.status, [Effect::Send]))
            }
            Status::Taken(_) | Status::Waiting(_) | Status::Resolved(_) => Err(Refusal::Held),
        }
    }

    fn contacted_otherwise(self, by: PersonId, now: Timestamp) -> Decision {
        match self.status {
            Status::Resolved(_) => Err(Refusal::Resolved),
            Status::Open => Ok(Self { status: Status::Taken(by), ..self }.contacted(Contact::Otherwise, now)),
            Status::Taken(owner) | Status::Waiting(owner) if owner != by => Err(Refusal::NotOwner(owner)),
            Status::Taken(_) | Status::Waiting(_) => Ok(self.contacted(Contact::Otherwise, now)),
        }
    }

    /// A lead's words were delivered, or the customer was contacted in another way.
    #[must_use]
    pub fn contacted(self, how: Contact, now: Timestamp) -> Next {
        if self.contacted_at.is_some() {
            return self.with(self.status, []);
        }
        Self { contacted_at: Some(now), ..self }.with(self.status, [Effect::FirstContact(how)])
    }

    /// Row 4.
    fn wait(self, by: PersonId) -> Decision {
        match self.status {
            Status::Open => Err(Refusal::NotTaken),
            Status::Taken(owner) | Status::Waiting(owner) if owner != by => Err(Refusal::NotOwner(owner)),
            Status::Taken(_) if self.contacted_at.is_none() => Err(Refusal::NotContacted),
            Status::Taken(owner) => Ok(self.with(Status::Waiting(owner), [Effect::StopClock])),
            Status::Waiting(_) => Ok(self.with(self.status, [])),
            Status::Resolved(_) => Err(Refusal::Resolved),
        }
    }

    /// Row 5.
    fn customer_words(self, rules: &Rules, now: Timestamp) -> Decision {
        match self.status {
            Status::Open | Status::Taken(_) => Ok(self.with(self.status, [Effect::Ring])),
            Status::Waiting(owner) => {
                Ok(self.with(Status::Taken(owner), [Effect::ContinueClock, Effect::Ring]))
            }
            Status::Resolved(_) if self.is_recent(rules, now) => {
                let afterword_at = self.afterword_at.or(Some(now));
                Ok(Self { afterword_at, ..self }.with(self.status, [Effect::Ring]))
            }
            Status::Resolved(_) => Err(Refusal::NewCase),
        }
    }

    /// Row 6. A survey always belongs to the same case: when its answers fall again, they reopen it, however late.
    fn trouble(self, own_survey: bool, rules: &Rules, now: Timestamp) -> Decision {
        match self.status {
            Status::Open | Status::Taken(_) => Ok(self.with(self.status, [Effect::Ring])),
            Status::Waiting(owner) => {
                Ok(self.with(Status::Taken(owner), [Effect::ContinueClock, Effect::Ring]))
            }
            Status::Resolved(_) if own_survey || self.is_recent(rules, now) => {
                Ok(self.reopened_to(Status::Open, true))
            }
            Status::Resolved(_) => Err(Refusal::NewCase),
        }
    }

    /// Rows 7 and 17.
    fn reopen_if_resolved(self, act: Act) -> Decision {
        let is_due = act == Act::RecoveryLow || self.afterword_at.is_some();
        match self.status {
            Status::Resolved(_) if is_due => Ok(self.reopened_to(Status::Open, true)),
            _ => Err(Refusal::AlreadyDone),
        }
    }

    /// Row 8.
    fn release(self, by: PersonId, is_admin: bool) -> Decision {
        match self.status {
            Status::Open => Err(Refusal::AlreadyDone),
            Status::Taken(owner) | Status::Waiting(owner) if owner != by && !is_admin => {
                Err(Refusal::NotOwner(owner))
            }
            Status::Taken(_) => Ok(self.with(Status::Open, [Effect::LeaveHome])),
            Status::Waiting(_) => Ok(self.with(Status::Open, [Effect::ContinueClock, Effect::LeaveHome])),
            Status::Resolved(_) => Err(Refusal::Resolved),
        }
    }

    /// Row 9. The home stays.
    fn hand_over(self, by: PersonId, is_admin: bool, to: PersonId) -> Decision {
        match self.status {
            Status::Open if is_admin => Ok(self.with(Status::Taken(to), [])),
            Status::Open => Err(Refusal::NotTaken),
            Status::Taken(owner) | Status::Waiting(owner) if owner != by && !is_admin => {
                Err(Refusal::NotOwner(owner))
            }
            Status::Taken(_) => Ok(self.with(Status::Taken(to), [])),
            Status::Waiting(_) => Ok(self.with(Status::Waiting(to), [])),
            Status::Resolved(_) => Err(Refusal::Resolved),
        }
    }

    /// Row 10.
    fn snooze(self, by: PersonId, until: Timestamp) -> Decision {
        match self.status {
            Status::Open => Err(Refusal::NotTaken),
            Status::Resolved(_) => Err(Refusal::Resolved),
            Status::Taken(owner) | Status::Waiting(owner) if owner != by => Err(Refusal::NotOwner(owner)),
            Status::Taken(_) | Status::Waiting(_) if self.contacted_at.is_none() => {
                Err(Refusal::NotContacted)
            }
            Status::Taken(_) | Status::Waiting(_) if self.snoozed >= MOST_SNOOZES => Err(Refusal::TooOften),
            Status::Taken(_) | Status::Waiting(_) => {
                Ok(Self { snoozed: self.snoozed + 1, ..self }.with(self.status, [Effect::PutOff(until)]))
            }
        }
    }

    /// Row 11.
    fn resolve(self, by: PersonId, cause: Cause, again: bool, now: Timestamp) -> Decision {
        match self.status {
            Status::Taken(owner) | Status::Waiting(owner) if owner != by && !again => {
                Err(Refusal::TakenBy(owner))
            }
            Status::Open | Status::Taken(_) | Status::Waiting(_) => Ok(self.resolved(cause, now)),
            Status::Resolved(_) => Err(Refusal::Resolved),
        }
    }

    /// Row 12.
    fn no_reply_needed(self, now: Timestamp) -> Decision {
        if self.status.is_resolved() {
            return match self.afterword_at {
                Some(_) => Ok(Self { afterword_at: None, ..self }.with(self.status, [])),
                None => Err(Refusal::Resolved),
            };
        }
        if self.source != Source::Message || self.contacted_at.is_some() {
            return Err(Refusal::AlreadyDone);
        }
        Ok(self.resolved(Cause::NoReplyNeeded, now))
    }

    /// Row 13, by a lead.
    fn reopen_by_lead(self, by: PersonId) -> Decision {
        match self.status {
            Status::Resolved(_) => Ok(self.reopened_to(Status::Taken(by), false)),
            _ => Err(Refusal::AlreadyDone),
        }
    }

    /// Row 13, by the customer.
    fn customer_reopens(self, rules: &Rules, now: Timestamp) -> Decision {
        match self.status {
            Status::Resolved(_) if self.is_recent(rules, now) => Ok(self.reopened_to(Status::Open, true)),
            Status::Resolved(_) => Err(Refusal::NewCase),
            _ => Err(Refusal::AlreadyDone),
        }
    }

    /// Row 14.
    fn owner_lost(self) -> Decision {
        match self.status {
            Status::Taken(_) => Ok(self.with(Status::Open, [Effect::LeaveHome])),
            Status::Waiting(_) => Ok(self.with(Status::Open, [Effect::ContinueClock, Effect::LeaveHome])),
            Status::Open | Status::Resolved(_) => Err(Refusal::AlreadyDone),
        }
    }

    /// Row 15.
    fn customer_silent(self, now: Timestamp) -> Decision {
        match self.status {
            Status::Waiting(_) => Ok(self.resolved(Cause::NoAnswer, now)),
            _ => Err(Refusal::AlreadyDone),
        }
    }

    /// Row 16.
    fn corrected(self, now: Timestamp) -> Decision {
        match self.status {
            Status::Open => Ok(self.resolved(Cause::Corrected, now)),
            _ => Err(Refusal::AlreadyDone),
        }
    }

    /// Row 18.
    fn customer_erased(self, now: Timestamp) -> Next {
        let erased = Self { erased: true, afterword_at: None, ..self };
        if self.status.is_resolved() {
            return erased.with(self.status, []);
        }
        Self { resolved_at: Some(now), ..erased }.with(Status::Resolved(Cause::Erased), [])
    }

    fn test_over(self, now: Timestamp) -> Decision {
        if self.status.is_resolved() {
            return Err(Refusal::AlreadyDone);
        }
        Ok(Self { resolved_at: Some(now), ..self }.with(Status::Resolved(Cause::Test), []))
    }

    /// The severity as somebody set it, or as the facts raise it. A lower one moves no deadline.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Next {
        let rises = severity > self.severity && !self.status.is_resolved();
        let effects = if rises { vec![Effect::TightenClocks] } else { Vec::new() };
        Next { case: Self { severity, ..self }, effects }
    }

    fn with<const N: usize>(self, status: Status, effects: [Effect; N]) -> Next {
        Next { case: Self { status, ..self }, effects: effects.to_vec() }
    }

    fn resolved(self, cause: Cause, now: Timestamp) -> Next {
        let over = Self { resolved_at: Some(now), afterword_at: None, ..self };
        over.with(Status::Resolved(cause), [Effect::Closed])
    }

    /// A new round begins. A reopened case is urgent, unless the customer had corrected the score.
    fn reopened_to(self, status: Status, rings: bool) -> Next {
        let was_corrected = self.status == Status::Resolved(Cause::Corrected);
        let severity = if was_corrected { self.severity } else { Severity::Urgent };
        let case = Self {
            status,
            severity,
            contacted_at: None,
            resolved_at: None,
            afterword_at: None,
            reopened: self.reopened + 1,
            snoozed: 0,
            ..self
        };
        let effects = if rings {
            vec![Effect::LeaveHome, Effect::StartClocks, Effect::Ring]
        } else {
            vec![Effect::StartClocks]
        };
        Next { case, effects }
    }

    /// Whether it was resolved so recently that what the customer says belongs to it.
    #[must_use]
    pub fn is_recent(self, rules: &Rules, now: Timestamp) -> bool {
        self.resolved_at.is_some_and(|at| now.since(at) <= rules.reopen)
    }
}
