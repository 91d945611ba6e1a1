//! The one place that knows who listens to what happened within a transaction. The listeners run once per unit, before
//! the commit, however much happened. Work that may happen after the commit follows the journal instead
//! (`jobs::followers`).

use std::collections::BTreeSet;

use crate::domain::ids::CaseNumber;
use crate::service::cases::promise;
use crate::service::noted::Noted;
use crate::service::{Unit, alerts, answers, case_times, cases, talk};
use crate::store;

impl Unit<'_> {
    /// Runs the listeners, then commits everything.
    pub async fn commit(mut self) -> store::Result<()> {
        run(&mut self).await?;
        self.tx.into_inner().commit().await
    }
}

async fn run(unit: &mut Unit<'_>) -> store::Result<()> {
    let answers = std::mem::take(&mut unit.noted.answers);
    alerts::follow_answers(unit, &answers).await?;
    for survey in std::mem::take(&mut unit.noted.recovery) {
        cases::show_recovery(unit, survey).await?;
    }
    tell_of_cases(unit).await?;
    let ended = std::mem::take(&mut unit.noted.ended);
    alerts::resolve_corrected(unit, &ended).await?;
    for number in std::mem::take(&mut unit.noted.closed) {
        case_times::closed(unit, number).await?;
    }
    for number in std::mem::take(&mut unit.noted.risen) {
        alerts::announce_risen(unit, number).await?;
    }
    // What finds no chat posts its case in another one, and is shown there in the second round.
    for _ in 0..2 {
        for number in std::mem::take(&mut unit.noted.announced) {
            talk::show_kept_if_announced(unit, number).await?;
        }
    }
    // What was done with cases, by anybody and by what changed above, is drawn once.
    let Noted { mut cases, opened, timed, ran, posted, .. } = std::mem::take(&mut unit.noted);
    let touched: BTreeSet<CaseNumber> =
        cases.keys().chain(&opened).chain(&timed).chain(&ran).copied().collect();
    case_times::plan(unit, &touched, &ran).await?;
    // The post of a case that was just opened shows all of it.
    cases.retain(|number, changed| {
        changed.tapped.is_some() || changed.even_if_new || !opened.contains(number)
    });
    alerts::show_cases(unit, &cases, &posted).await
}

/// Customers learn of their cases: under the last text of the survey, or later if it does not stand yet.
async fn tell_of_cases(unit: &mut Unit<'_>) -> store::Result<()> {
    for survey in std::mem::take(&mut unit.noted.moved) {
        let stands = answers::last_text_stands(unit, survey).await?;
        if let Some(number) = promise::follow_survey(unit, survey, stands).await? {
            promise::promise(unit, number).await?;
            answers::show_case(unit, survey).await?;
        }
    }
    Ok(())
}
