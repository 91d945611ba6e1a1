//! How much one person may write: enough for anybody who needs help, and not so much that others are held up.

use std::time::Duration;

use super::waits;
use crate::domain::ids::CaseNumber;
use crate::service::words::Words;
use crate::service::{Unit, cases, person};
use crate::store;
use crate::store::cases::{CaseRow, NewPrompt, Prompt};
use crate::store::persons::Person;
use crate::view::View;

/// The most messages of one person that are taken in a day.
const MOST_A_DAY: i64 = 300;
const DAY: Duration = Duration::from_hours(24);
/// How often somebody hears that no more is taken.
const SAID_EVERY: Duration = Duration::from_hours(1);

/// The most messages, and characters, of a stranger that are kept until a lead takes the case.
const MOST_KEPT: (i64, i64) = (20, 8000);
/// What they are told then, once a case.
const HOLD: &str = "case-hold";
/// For how long they are told it only once.
const HELD: Duration = Duration::from_hours(365 * 24);

/// Whether a case takes these words of its customer. If not, they are told.
pub(super) async fn has_room(
    unit: &mut Unit<'_>,
    person: &Person,
    row: &CaseRow,
    words: &Words,
) -> store::Result<bool> {
    let since = unit.now.minus(DAY);
    if unit.tx.count_case_words_since(person.id, since).await? >= MOST_A_DAY {
        say(unit, person, row.number, "case-too-many", SAID_EVERY).await?;
        return Ok(false);
    }
    if !row.is_held_back() {
        return Ok(true);
    }
    let (messages, characters) = unit.tx.measure_kept_words(row.number).await?;
    let more = words.text.as_deref().map_or(0, |text| text.chars().count());
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    if messages < MOST_KEPT.0 && characters.saturating_add(more) <= MOST_KEPT.1 {
        return Ok(true);
    }
    say(unit, person, row.number, HOLD, HELD).await?;
    unit.tx.count_dropped_word(row.number, person.id.chat(), &waits::said(HOLD)).await?;
    cases::show_kept(unit, row.number);
    Ok(false)
}

/// Whether a lead has muted this person. They are told so once a day.
pub async fn is_muted(unit: &mut Unit<'_>, person: &Person) -> store::Result<bool> {
    if !unit.tx.is_muted(person.id, unit.now).await? {
        return Ok(false);
    }
    if let Some(case) = unit.tx.list_cases_of(person.id).await?.first() {
        say(unit, person, case.number, "case-muted", DAY).await?;
    }
    Ok(true)
}

/// Says this once in a while, however much the person writes.
async fn say(
    unit: &mut Unit<'_>,
    person: &Person,
    number: CaseNumber,
    id: &'static str,
    every: Duration,
) -> store::Result<()> {
    let kind = waits::said(id);
    let said = NewPrompt {
        chat_id: person.id.chat(),
        person: person.id,
        kind: &kind,
        case_number: number,
        argument: None,
        message: None,
        expires_at: unit.now.plus(every),
    };
    let before = unit.tx.find_case_prompt(said.chat_id, person.id, &kind).await?;
    let is_known = |before: &Prompt| id != HOLD || before.case_number == number;
    if before.is_some_and(|before| is_known(&before) && before.expires_at > unit.now) {
        return Ok(());
    }
    unit.tx.put_case_prompt(&said).await?;
    let ctx = unit.ctx;
    let view = View::text(ctx.catalogue.text(person::locale(ctx, person), id));
    person::say(unit, person.id, &view).await
}
