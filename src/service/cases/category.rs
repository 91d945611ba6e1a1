//! What a case is about: what the customer chose, until a lead chooses.

use super::clocks;
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::script::Script;
use crate::domain::template::{Escape, Values, render};
use crate::service::{Context, Unit};
use crate::store::cases::NewStep;
use crate::store::{self, Tx};
use crate::view::callback::Mark;
use crate::view::editor::cut;

/// The customer's answers say what the case is about. What a lead has chosen stays.
pub async fn follow_category(unit: &mut Unit<'_>, number: CaseNumber, category: &str) -> store::Result<()> {
    if category.is_empty() || unit.tx.has_chosen_category(number).await? {
        return Ok(());
    }
    set(unit, number, category, None).await
}

/// A lead chooses what the case is about. Returns false if nothing has this mark any more.
pub(super) async fn choose_category(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    mark: Mark,
    by: PersonId,
) -> store::Result<bool> {
    let ctx = unit.ctx;
    let known = categories(&mut unit.tx, ctx, ctx.config.default_locale).await?;
    let Some((category, _)) = known.iter().find(|(key, _)| Mark::of(key) == mark) else { return Ok(false) };
    set(unit, number, category, Some(by)).await?;
    Ok(true)
}

/// The most categories that a lead chooses from, and the most characters of a name.
const MOST: usize = 40;
const NAME: usize = 40;

/// What a case may be about: the factors of the questions of live scripts, and the reasons below them. Each with its
/// name.
pub async fn categories(tx: &mut Tx, ctx: &Context, locale: &str) -> store::Result<Vec<(String, String)>> {
    let mut known: Vec<(String, String)> = Vec::new();
    for row in tx.list_live_scripts().await? {
        let Ok(script) = Script::read_published(&row.source, &ctx.config.languages) else { continue };
        for question in script.questions.iter().filter(|question| question.metric.is_scored()) {
            let text = render(question.text.get(locale), &Values::default(), Escape::Plain);
            let factor = (question.factor(), text.as_str());
            let reasons = [&question.low, &question.neutral].into_iter().flat_map(|follow| &follow.reasons);
            let reasons = reasons.map(|reason| (reason.key.as_str(), reason.text.get(locale)));
            for (key, name) in std::iter::once(factor).chain(reasons) {
                if !known.iter().any(|(other, _)| other == key) {
                    known.push((key.to_owned(), cut(name, NAME)));
                }
            }
        }
    }
    known.truncate(MOST);
    Ok(known)
}

async fn set(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    category: &str,
    by: Option<PersonId>,
) -> store::Result<()> {
    let now = unit.now;
    let Some(mut row) = unit.tx.find_case(number).await? else { return Ok(()) };
    if row.case.status.is_resolved() {
        return Ok(());
    }
    if row.category == category {
        // A lead who confirms what the customer chose has chosen: it no longer follows the answers.
        if by.is_none() || unit.tx.has_chosen_category(number).await? {
            return Ok(());
        }
    } else {
        category.clone_into(&mut row.category);
        clocks::recategorise(&mut row, &unit.ctx.case_terms());
    }
    row.turn += i64::from(by.is_some());
    let step = NewStep { actor: by, detail: Some(category), ..NewStep::of(Happening::CategoryChanged) };
    unit.tx.append_case_step(number, step, now).await?;
    unit.noted.case(number);
    unit.tx.update_case(&row).await
}
