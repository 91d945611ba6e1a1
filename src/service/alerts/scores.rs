//! The cases of bad scores: each survey whose answers fall to the alert level opens one, or joins one.

use super::load::Loaded;
use crate::domain::case::{Act, Membership, Severity, Source, Status};
use crate::domain::ids::{CaseNumber, CustomerKey, EventKey, PersonId, SurveyKey};
use crate::domain::scale::Band;
use crate::service::Unit;
use crate::service::cases::{self, Opened, Opening};
use crate::store;
use crate::store::cases::Subject;

/// Finds or opens the case of a survey whose answers stand at the alert level.
pub(super) async fn case_of(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    fell: bool,
) -> store::Result<Option<Opened>> {
    let survey = loaded.survey();
    if let Some(row) = unit.tx.find_case_of_survey(survey).await? {
        let number = row.number;
        if fell {
            cases::fell_again(unit, row, survey).await?;
        }
        follow_category(unit, number).await?;
        return Ok(Some(Opened::Joined(number)));
    }
    let Some(opening) = opening(unit, loaded).await? else { return Ok(None) };
    let opened = cases::open_or_join(unit, &opening.borrowed()).await?;
    unit.tx.set_case_of_posts(survey, opened.number()).await?;
    if matches!(opened, Opened::Joined(_)) {
        follow_category(unit, opened.number()).await?;
    }
    Ok(Some(opened))
}

/// The category of a case follows the answers of its surveys: the first reason that the customer chose in any of them,
/// or else the factor of the first.
async fn follow_category(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    let ctx = unit.ctx;
    let mut factor = None;
    for (survey, how) in unit.tx.list_case_surveys(number).await? {
        if how == Membership::Recovery {
            continue;
        }
        let Some(loaded) = Loaded::find_brief(&mut unit.tx, ctx, survey).await? else { continue };
        let view = loaded.view(ctx);
        if view.has_reason() {
            return cases::follow_category(unit, number, &view.category()).await;
        }
        factor = factor.or(Some(view.category()).filter(|factor| !factor.is_empty()));
    }
    match factor {
        Some(factor) => cases::follow_category(unit, number, &factor).await,
        None => Ok(()),
    }
}

/// What a bad score says about its case.
struct Score {
    person: PersonId,
    customer: CustomerKey,
    event: EventKey,
    family: &'static str,
    subject: Subject,
    survey: SurveyKey,
    test: bool,
    severity: Severity,
    category: String,
}

impl Score {
    fn borrowed(&self) -> Opening<'_> {
        Opening {
            person: self.person,
            customer: Some(self.customer),
            event: Some(self.event),
            family: self.family,
            subject: self.subject.clone(),
            survey: Some(self.survey),
            test: self.test,
            stranger: false,
            source: Source::Score,
            severity: self.severity,
            category: &self.category,
        }
    }
}

async fn opening(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<Option<Score>> {
    let ctx = unit.ctx;
    let survey = loaded.survey();
    let (Some(person), Some(customer)) = (loaded.person(), unit.tx.find_customer_of_survey(survey).await?)
    else {
        return Ok(None);
    };
    let view = loaded.view(ctx);
    let event = view.event;
    let urgent = ctx.case_settings().urgent_segments;
    let severity = match view.lead_band() {
        _ if event.customer.segments.iter().any(|segment| urgent.contains(segment)) => Severity::Urgent,
        Some(Band::Neutral | Band::High) => Severity::Minor,
        Some(Band::Low) | None => Severity::Normal,
    };
    let subject = &event.subject;
    Ok(Some(Score {
        person,
        customer,
        event: EventKey::new(survey.get()),
        family: event.kind.family().asking().as_str(),
        subject: Subject { id: subject.id.clone(), title: subject.title.clone(), url: subject.url.clone() },
        survey,
        test: view.test,
        severity,
        category: view.category(),
    }))
}

/// Resolves the cases of surveys that have ended if the customer corrected every bad score and nobody has said a word.
pub(in crate::service) async fn resolve_corrected(
    unit: &mut Unit<'_>,
    ended: &[SurveyKey],
) -> store::Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    for number in unit.tx.list_cases_of_surveys(ended).await? {
        if is_corrected(unit, number).await? {
            // A refusal is harmless: a case that somebody has taken in the meantime stays theirs.
            let _ = cases::act(unit, number, Act::Corrected, None).await?;
        }
    }
    Ok(())
}

async fn is_corrected(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<bool> {
    let ctx = unit.ctx;
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(false) };
    let is_untouched = row.case.status == Status::Open
        && row.case.source == Source::Score
        && row.case.contacted_at.is_none()
        && row.last_in_at.is_none();
    if !is_untouched {
        return Ok(false);
    }
    for (survey, _) in unit.tx.list_case_surveys(number).await? {
        let Some(loaded) = Loaded::find_brief(&mut unit.tx, ctx, survey).await? else { return Ok(false) };
        if !loaded.is_over() || loaded.has_words() || loaded.view(ctx).is_reached() {
            return Ok(false);
        }
    }
    Ok(true)
}
