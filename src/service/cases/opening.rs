//! Opens cases, and lets what happens about the same subject join the unresolved one.

use super::{act_on, clocks};
use crate::domain::case::{Act, Membership, Severity, Source};
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, CustomerKey, EventKey, PersonId, SurveyKey};
use crate::service::Unit;
use crate::store;
use crate::store::cases::{CaseRow, NewCase, NewStep, Subject};

/// What is known of the trouble.
#[derive(Clone, Debug)]
pub struct Opening<'a> {
    pub person: PersonId,
    /// `None`: a stranger.
    pub customer: Option<CustomerKey>,
    pub event: Option<EventKey>,
    /// The family of the event: `purchase` and `ticket` have IDs of their own.
    pub family: &'a str,
    pub subject: Subject,
    pub survey: Option<SurveyKey>,
    pub test: bool,
    /// Nobody knows the person.
    pub stranger: bool,
    pub source: Source,
    pub severity: Severity,
    /// A reason, a factor, or `human` or `message`.
    pub category: &'a str,
}

/// How trouble found its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    New(CaseNumber),
    Joined(CaseNumber),
}

impl Opened {
    #[must_use]
    pub const fn number(self) -> CaseNumber {
        match self {
            Self::New(number) | Self::Joined(number) => number,
        }
    }
}

impl Opening<'_> {
    /// What belongs to one case: person, customer and subject. Without a subject's ID it is the event.
    fn key(&self) -> String {
        let customer = self.customer.map(|customer| customer.to_string()).unwrap_or_default();
        let about = match (&self.subject.id, self.event) {
            (Some(id), _) => format!("{}:{id}", self.family),
            (None, Some(event)) => format!("event:{event}"),
            (None, None) => String::new(),
        };
        let test = if self.test { "test:" } else { "" };
        format!("{test}{}:{customer}:{about}", self.person)
    }
}

/// Finds the case of this trouble: the unresolved one about the same subject, the one that was resolved only just, or a
/// new one.
pub async fn open_or_join(unit: &mut Unit<'_>, opening: &Opening<'_>) -> store::Result<Opened> {
    let key = opening.key();
    if let Some(row) = unit.tx.find_last_case(&key).await? {
        let number = row.number;
        let trouble = Act::Trouble { own_survey: false };
        if row.case.after(trouble, &unit.ctx.case_rules(), unit.now).is_ok() {
            let _ = act_on(unit, row, trouble, None).await?;
            raise(unit, number, opening.severity).await?;
            if let Some(survey) = opening.survey {
                unit.tx.insert_case_survey(number, survey, Membership::Joined).await?;
                unit.noted.joined(number, survey);
            }
            return Ok(Opened::Joined(number));
        }
    }
    open(unit, opening, key).await.map(Opened::New)
}

async fn open(unit: &mut Unit<'_>, opening: &Opening<'_>, key: String) -> store::Result<CaseNumber> {
    let now = unit.now;
    let new = NewCase {
        key,
        person: opening.person,
        customer: opening.customer,
        event: opening.event,
        subject: opening.subject.clone(),
        test: opening.test,
        stranger: opening.stranger,
        category: opening.category.to_owned(),
        source: opening.source,
        severity: opening.severity,
        deadlines: unit.ctx.case_terms().deadlines(opening.category, opening.severity, now),
    };
    let number = unit.tx.insert_case(&new, now).await?;
    unit.noted.opened.push(number);
    if let Some(survey) = opening.survey {
        unit.tx.insert_case_survey(number, survey, Membership::Opened).await?;
    }
    let step = NewStep { detail: Some(opening.severity.as_str()), ..NewStep::of(Happening::CaseOpened) };
    unit.tx.append_case_step(number, step, now).await?;
    Ok(number)
}

/// By itself the severity only rises.
pub(super) async fn raise(unit: &mut Unit<'_>, number: CaseNumber, severity: Severity) -> store::Result<()> {
    let now = unit.now;
    let Some(mut row) = unit.tx.find_case(number).await? else { return Ok(()) };
    if severity <= row.case.severity || row.case.status.is_resolved() {
        return Ok(());
    }
    row.case = row.case.with_severity(severity).case;
    clocks::tighten(&mut row, &unit.ctx.case_terms(), now);
    let step = NewStep { detail: Some(severity.as_str()), ..NewStep::of(Happening::SeverityChanged) };
    unit.tx.append_case_step(number, step, now).await?;
    unit.noted.case(number);
    unit.noted.risen.insert(number);
    unit.tx.update_case(&row).await
}

/// The answers of a survey of this case fell to the alert level: once more, or those to whether the solution helped.
pub async fn fell_again(unit: &mut Unit<'_>, row: CaseRow, survey: SurveyKey) -> store::Result<()> {
    // While the case is unresolved the posts ring by themselves.
    if !row.case.status.is_resolved() {
        return Ok(());
    }
    let surveys = unit.tx.list_case_surveys(row.number).await?;
    let is_recovery = surveys.contains(&(survey, Membership::Recovery));
    let act = if is_recovery { Act::RecoveryLow } else { Act::Trouble { own_survey: true } };
    let _ = act_on(unit, row, act, None).await?;
    Ok(())
}
