//! A chat takes messages again: what it missed comes as one list, what stands there is drawn as it is now, and words that
//! were kept for it are shown.

use super::chats::Chats;
use super::folds::{self, Change, Touched};
use super::opened::opening_survey;
use super::routes::Route;
use crate::service::{Unit, cases};
use crate::store;
use crate::store::alerts::NewAlert;
use crate::store::folds::Lists;
use crate::store::lost_chats::LostChat;

/// The most cases in a list, and the most posts that are edited.
const BATCH: i64 = 200;

pub(super) async fn catch_up(unit: &mut Unit<'_>, lost: &LostChat, chats: &Chats) -> store::Result<()> {
    let place = (lost.chat_id, lost.thread_id);
    for number in unit.tx.list_cases_changed_in(place, lost.lost_at, BATCH).await? {
        cases::show(unit, number);
    }
    // Words about a resolved case are shown in no other chat meanwhile.
    let kept = unit.tx.list_cases_with_kept_words_in(place, BATCH).await?;
    unit.noted.announced.extend(kept);
    let mut missed = Vec::new();
    for number in unit.tx.list_cases_missed_in(place, lost.lost_at, BATCH).await? {
        let Some(row) = unit.tx.find_case(number).await? else { continue };
        let route = Route::find(&mut unit.tx, &unit.ctx.config, chats, &row).await?;
        let targets = chats.targets_of(unit.ctx, route.as_ref());
        if targets.iter().any(|target| (target.chat, target.topic) == place) {
            missed.push(number);
        }
    }
    if missed.is_empty() {
        return Ok(());
    }
    let message = unit.tx.insert_message(place.0, place.1).await?;
    let fold = unit.tx.insert_fold(place, Lists::Missed, message, unit.now).await?;
    for number in missed {
        let about =
            opening_survey(unit, number).await?.map_or_else(|| NewAlert::of_case(number), NewAlert::of);
        let (chat_id, thread_id) = (Some(place.0), place.1);
        let line = NewAlert { case: Some(number), chat_id, thread_id, fold: Some(fold.id), ..about };
        unit.tx.insert_alert(&line, unit.now).await?;
    }
    folds::show(unit, &Touched::from([(fold.id, Change::Begun)])).await
}
