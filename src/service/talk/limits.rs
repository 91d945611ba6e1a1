//! How much one person may write: enough for anybody who needs help, and not so much that others are held up.

use std::time::Duration;

use super::waits;
use crate::domain::case::Status;
use crate::domain::ids::CaseNumber;
use crate::service::words::Words;
use crate::service::{Unit, person};
use crate::store;
use crate::store::cases::{CaseRow, NewPrompt};
use crate::store::persons::Person;
use crate::view::View;

/// The most messages of one person that are taken in a day.
const MOST_A_DAY: i64 = 300;
const DAY: Duration = Duration::from_hours(24);
/// The most messages and characters of somebody we do not know, until a lead takes their case.
const MOST_OF_A_STRANGER: usize = 20;
const CHARACTERS_OF_A_STRANGER: usize = 8_000;
/// How often somebody hears that no more is taken.
const SAID_EVERY: Duration = Duration::from_hours(1);

/// Whether this is the case of somebody we do not know, whom no lead has taken on yet. Their words are kept until then.
pub(super) async fn is_unanswered_stranger(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<bool> {
    let (Some(person), None) = (row.person, row.customer) else { return Ok(false) };
    if row.case.status != Status::Open || row.last_out_at.is_some() {
        return Ok(false);
    }
    unit.tx.is_stranger(person).await
}

/// Whether there is room for these words. If not, the person is told.
pub(super) async fn has_room(
    unit: &mut Unit<'_>,
    person: &Person,
    row: &CaseRow,
    words: &Words,
    is_kept: bool,
) -> store::Result<bool> {
    let since = unit.now.minus(DAY);
    if unit.tx.count_case_words_since(person.id, since).await? >= MOST_A_DAY {
        say(unit, person, row.number, "case-too-many").await?;
        return Ok(false);
    }
    if !is_kept {
        return Ok(true);
    }
    let length = |text: Option<&str>| text.map_or(0, |text| text.chars().count());
    let kept = unit.tx.list_kept_case_messages(row.number).await?;
    let characters: usize = kept.iter().map(|message| length(message.text.as_deref())).sum();
    let characters = characters + length(words.text.as_deref());
    if kept.len() < MOST_OF_A_STRANGER && characters <= CHARACTERS_OF_A_STRANGER {
        return Ok(true);
    }
    say(unit, person, row.number, "case-hold").await?;
    Ok(false)
}

/// Says this once an hour, however much the person writes.
async fn say(
    unit: &mut Unit<'_>,
    person: &Person,
    number: CaseNumber,
    id: &'static str,
) -> store::Result<()> {
    let kind = waits::said(id);
    let said = NewPrompt {
        chat_id: person.id.chat(),
        person: person.id,
        kind: &kind,
        case_number: number,
        argument: None,
        message: None,
        expires_at: unit.now.plus(SAID_EVERY),
    };
    let before = unit.tx.take_case_prompt(said.chat_id, person.id, &kind).await?;
    if let Some(before) = before.filter(|before| before.expires_at > unit.now) {
        return unit.tx.put_case_prompt(&NewPrompt { expires_at: before.expires_at, ..said }).await;
    }
    unit.tx.put_case_prompt(&said).await?;
    let ctx = unit.ctx;
    let view = View::text(ctx.catalogue.text(person::locale(ctx, person), id));
    person::say(unit, person.id, &view).await
}
