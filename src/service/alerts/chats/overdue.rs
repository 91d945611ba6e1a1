//! The chats that are told of overdue cases.

use super::{Chats, current};
use crate::config::{ChatTopic, Config};
use crate::domain::routing::Facts;
use crate::service::Unit;
use crate::service::alerts::routes::Route;
use crate::store::cases::CaseRow;
use crate::store::{self, Tx};

/// The chats for overdue cases that the environment names, under their current IDs.
pub(in crate::service::alerts) async fn named_for_overdue(
    tx: &mut Tx,
    config: &Config,
) -> store::Result<Vec<ChatTopic>> {
    current(tx, &config.escalation_chats).await
}

/// The chats for overdue cases that this one goes to. Of the second ones nobody knows whether they take it: they refused
/// before, and are tried again.
pub async fn open_escalation_chats(
    unit: &mut Unit<'_>,
    row: &CaseRow,
) -> store::Result<(Vec<ChatTopic>, Vec<ChatTopic>)> {
    let chats = Chats::load(unit, &[]).await?;
    let route = Route::find(&mut unit.tx, &unit.ctx.config, &chats, row).await?;
    let mut places = chats.subscribed_for(|chat| chat.escalations);
    places.extend(chats.escalations.iter().filter(|place| !chats.is_subscribed_for_overdue(**place)));
    places.retain(|place| chats.may_arrive(place.chat, place.topic));
    let facts = route.as_ref().map(|route| &route.facts);
    let is_lost = |place: &ChatTopic| chats.find_lost(place.chat, place.topic).is_some();
    let mut tried = chats.routed_overdue(places.clone(), facts);
    tried.retain(is_lost);
    places.retain(|place| !is_lost(place));
    Ok((chats.routed_overdue(places, facts), tried))
}

impl Chats {
    /// The places that an overdue case goes to: those whose filters fit or, if there are none, those without filters. The
    /// chats that the environment names for overdue cases have no filters for them.
    fn routed_overdue(&self, places: Vec<ChatTopic>, facts: Option<&Facts>) -> Vec<ChatTopic> {
        let Some(facts) = facts else { return places };
        let (named, chosen): (Vec<ChatTopic>, Vec<ChatTopic>) =
            places.into_iter().partition(|place| self.is_for_escalations(*place));
        let fitting = self.fitting(&chosen, facts);
        if !fitting.is_empty() {
            return fitting;
        }
        named.into_iter().chain(self.routed(&chosen, Some(facts))).collect()
    }

    pub fn is_for_escalations(&self, place: ChatTopic) -> bool {
        self.escalations.contains(&place)
    }

    fn is_subscribed_for_overdue(&self, place: ChatTopic) -> bool {
        self.find(place.chat, place.topic).is_some_and(|chat| chat.escalations)
    }
}
