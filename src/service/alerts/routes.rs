//! Which cases come to which chats: the filters of a chat, and what of a case they look at.

use std::time::Duration;

use super::chats::{Chats, configured, named_for_overdue};
use crate::config::{ChatTopic, Config};
use crate::domain::ids::CaseNumber;
use crate::domain::routing::{Facts, FilterKind, Filters};
use crate::domain::time::Timestamp;
use crate::service::person;
use crate::store::cases::CaseRow;
use crate::store::{self, Tx};

/// A case and what decides where it goes. Nothing is loaded while no chat has filters.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub number: CaseNumber,
    pub facts: Facts,
}

impl Route {
    /// `None` if it makes no difference, because no chat has filters.
    pub async fn find(
        tx: &mut Tx,
        config: &Config,
        chats: &Chats,
        row: &CaseRow,
    ) -> store::Result<Option<Self>> {
        if !chats.has_filters() {
            return Ok(None);
        }
        Ok(Some(Self { number: row.number, facts: facts(tx, config, row).await? }))
    }
}

/// What the filters look at.
pub(super) async fn facts(tx: &mut Tx, config: &Config, row: &CaseRow) -> store::Result<Facts> {
    let mut facts = Facts::of(row.case.severity);
    if let Some(person) = row.person
        && let Some(person) = tx.find_person(person).await?
    {
        facts.language = Some(person::locale_in(config, &person).to_owned());
    }
    if let Some(event) = row.event
        && let Some(event) = tx.find_routed_event(event).await?
    {
        facts.team = event.team;
        facts.store = event.store;
        facts.agent = event.agent_id;
        facts.channel = event.channel;
        facts.tags = event.tags.split('|').filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        facts.script = event.script;
    }
    Ok(facts)
}

/// The values offered are those of events that are no older than this, and of so many of the newest at most.
const LATELY: Duration = Duration::from_hours(90 * 24);
const NEWEST: i64 = 10_000;

/// The values that a filter can have, the most frequent first. Values that are chosen already are among them.
pub(super) async fn values(
    tx: &mut Tx,
    config: &Config,
    kind: FilterKind,
    chosen: &Filters,
    now: Timestamp,
) -> store::Result<Vec<String>> {
    let mut values = known_values(tx, config, kind, now).await?;
    let missing: Vec<String> = chosen
        .values(kind)
        .filter(|value| !values.iter().any(|known| known == value))
        .map(str::to_owned)
        .collect();
    values.splice(0..0, missing);
    Ok(values)
}

/// The values that cases can have now.
pub(super) async fn known_values(
    tx: &mut Tx,
    config: &Config,
    kind: FilterKind,
    now: Timestamp,
) -> store::Result<Vec<String>> {
    Ok(match kind {
        FilterKind::Severity => ["normal", "urgent"].map(str::to_owned).to_vec(),
        FilterKind::Language => config.languages.iter().map(str::to_owned).collect(),
        FilterKind::Script => tx.list_live_scripts().await?.into_iter().map(|script| script.slug).collect(),
        _ => tx.list_newest_values(kind, now.minus(LATELY), NEWEST).await?,
    })
}

/// The most unresolved cases that are looked at, the newest first.
const LOOKED_AT: i64 = 500;

/// Where cases go, for the operator.
#[derive(Debug, Default)]
pub struct Routing {
    /// The subscribed chats that get something else than all new cases.
    pub chats: Vec<RoutedChat>,
    /// Unresolved cases that nobody has taken in a chat and that fit the filters of no chat.
    pub unrouted: Vec<CaseNumber>,
}

/// A subscribed chat with filters, or without new cases.
#[derive(Debug)]
pub struct RoutedChat {
    pub place: ChatTopic,
    filters: Filters,
    gets_anything: bool,
    /// A filter of which no value is known: nothing can fit it.
    unknown: Option<FilterKind>,
}

impl RoutedChat {
    /// `team B2B or Retail, severity urgent`. `None` without filters.
    #[must_use]
    pub fn filters(&self) -> Option<String> {
        let filters = self.filters.kinds().map(|kind| self.filter(kind));
        let filters = filters.collect::<Vec<_>>().join(", ");
        (!filters.is_empty()).then_some(filters)
    }

    fn filter(&self, kind: FilterKind) -> String {
        let values: Vec<&str> = self.filters.values(kind).collect();
        format!("{kind} {}", values.join(" or "))
    }

    /// Why nothing can come to the chat.
    #[must_use]
    pub fn unreachable(&self) -> Option<String> {
        if !self.gets_anything {
            return Some("new and overdue cases are switched off".to_owned());
        }
        let kind = self.unknown?;
        Some(match kind {
            FilterKind::Script => format!("there is no {}", self.filter(kind)),
            FilterKind::Language => format!("customers are spoken to in no {}", self.filter(kind)),
            _ => format!("no event of late has {}", self.filter(kind)),
        })
    }
}

/// Looks at the filters of all chats, and for cases that fit none.
pub async fn routing(tx: &mut Tx, config: &Config, now: Timestamp) -> store::Result<Routing> {
    let mut routing = Routing::default();
    let configured = configured(tx, config).await?;
    let overdue = named_for_overdue(tx, config).await?;
    let mut open = Vec::new();
    for chat in tx.audience().await?.chats.iter() {
        let place = chat.place();
        let filters = if configured.contains(&place) { Filters::default() } else { chat.filters.clone() };
        if chat.cases || configured.contains(&place) {
            open.push(filters.clone());
        }
        let mut unknown = None;
        for kind in filters.kinds() {
            let known = known_values(tx, config, kind, now).await?;
            if !filters.values(kind).any(|value| known.iter().any(|known| known == value)) {
                unknown = Some(kind);
            }
        }
        let is_named = configured.contains(&place) || overdue.contains(&place);
        let gets_anything = chat.cases || chat.escalations || is_named;
        if !gets_anything || !filters.is_empty() {
            routing.chats.push(RoutedChat { place, filters, gets_anything, unknown });
        }
    }
    // With a chat without filters, every case has a place.
    let all_filter =
        configured.is_empty() && !open.is_empty() && open.iter().all(|filters| !filters.is_empty());
    if !all_filter {
        return Ok(routing);
    }
    for number in tx.list_newest_unresolved_cases(LOOKED_AT).await? {
        let Some(row) = tx.find_case(number).await?.filter(|row| row.home.is_none()) else { continue };
        let facts = facts(tx, config, &row).await?;
        if open.iter().all(|filters| !filters.fit(&facts)) {
            routing.unrouted.push(number);
        }
    }
    routing.unrouted.sort_unstable();
    Ok(routing)
}
