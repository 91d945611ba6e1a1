//! Decides who gets alerts: the chats whose filters fit, else those without filters, else the admins.

mod overdue;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub(super) use overdue::named_for_overdue;
pub use overdue::open_escalation_chats;

use super::routes::Route;
use crate::config::{ChatTopic, Config};
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::domain::loss::Loss;
use crate::domain::routing::{Facts, Filters};
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit, person, roles};
use crate::store::alert_chats::{AlertChat, WithdrawnChat};
use crate::store::alerts::AlertRow;
use crate::store::audience::Audience;
use crate::store::lost_chats::LostChat;
use crate::store::persons::Person;
use crate::store::{self, Tx};
use crate::view::chats::{NoChat, Place};

/// A chat or topic that gets a message, and its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub chat: ChatId,
    pub topic: TopicId,
    pub locale: String,
}

/// What is known about all chats that get alerts now, or that have received an alert about this survey.
#[derive(Debug)]
pub(super) struct Chats {
    audience: Arc<Audience>,
    admins: Vec<PersonId>,
    /// The people who may see alerts in their own chat with the bot.
    entitled: BTreeSet<PersonId>,
    configured: Vec<ChatTopic>,
    /// The chats that the environment names for overdue cases. They get nothing else.
    escalations: Vec<ChatTopic>,
    persons: HashMap<PersonId, Person>,
    /// Looked up only if no chat gets alerts.
    withdrawn: Option<WithdrawnChat>,
    now: Timestamp,
}

/// The chats for alerts that the environment names, under their current IDs.
pub async fn configured(tx: &mut Tx, config: &Config) -> store::Result<Vec<ChatTopic>> {
    current(tx, &config.alert_chats).await
}

/// These chats under their current IDs, each once.
async fn current(tx: &mut Tx, named: &[ChatTopic]) -> store::Result<Vec<ChatTopic>> {
    let mut places: Vec<ChatTopic> = Vec::with_capacity(named.len());
    let may_have_migrated = named.iter().any(|place| is_basic_group(place.chat));
    let migrated = if may_have_migrated { tx.list_migrated_chats().await? } else { Vec::new() };
    for place in named {
        let chat = migrated.iter().find(|(old, _)| *old == place.chat).map_or(place.chat, |(_, new)| *new);
        let place = ChatTopic { chat, topic: place.topic };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}

/// Only a basic group can turn into another chat. The IDs of supergroups and channels begin with -100.
const fn is_basic_group(chat: ChatId) -> bool {
    let number = chat.get();
    number < 0 && number > -1_000_000_000_000
}

/// The admins whose own chats the bot may write to, each with their language.
pub async fn open_admins(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<Vec<(ChatId, String)>> {
    let admins = Chats::look(tx, ctx, &[], now).await?.open_admins(ctx);
    Ok(admins.into_iter().map(|admin| (admin.chat, admin.locale)).collect())
}

/// Who is told of a bad score now: the chats that get alerts or, if there are none, the admins. Each with its language.
pub async fn open_leads(unit: &mut Unit<'_>) -> store::Result<Vec<(ChatId, TopicId, String)>> {
    let targets = Chats::load(unit, &[]).await?.targets(unit.ctx);
    Ok(targets.into_iter().map(|target| (target.chat, target.topic, target.locale)).collect())
}

impl Chats {
    /// Loads the state of all these chats. The chats of the alerts in `rows` are included.
    pub async fn load(unit: &mut Unit<'_>, rows: &[AlertRow]) -> store::Result<Self> {
        Self::look(&mut unit.tx, unit.ctx, rows, unit.now).await
    }

    /// The same, but read-only.
    pub async fn look(tx: &mut Tx, ctx: &Context, rows: &[AlertRow], now: Timestamp) -> store::Result<Self> {
        let audience = tx.audience().await?;
        let subscribed = &audience.chats;
        let admins = roles::admins_among(&audience, &ctx.config);
        let entitled = admins.iter().chain(&audience.leads).copied().collect();
        let mut persons = HashMap::new();
        let chats =
            rows.iter().filter_map(|row| row.chat_id).chain(subscribed.iter().map(|chat| chat.chat_id));
        let people = chats.filter_map(ChatId::person).chain(admins.iter().copied());
        for id in people.collect::<BTreeSet<_>>() {
            if let Some(person) = tx.find_person(id).await? {
                persons.insert(id, person);
            }
        }
        let configured = configured(tx, &ctx.config).await?;
        let escalations = named_for_overdue(tx, &ctx.config).await?;
        let withdrawn = if subscribed.is_empty() && configured.is_empty() {
            tx.list_withdrawn_chats().await?.into_iter().next()
        } else {
            None
        };
        Ok(Self { audience, admins, entitled, configured, escalations, persons, withdrawn, now })
    }

    /// Whether alerts may be shown in this place: either the person has a role that lets them see alerts, or the chat
    /// gets alerts or overdue cases now.
    fn is_entitled(&self, place: ChatTopic) -> bool {
        if let Some(person) = place.chat.person() {
            return self.entitled.contains(&person)
                || self.configured.iter().chain(&self.escalations).any(|named| named.chat == place.chat);
        }
        self.is_configured(place)
            || self.escalations.contains(&place)
            || self.find(place.chat, place.topic).is_some()
    }

    /// The subscription of this chat or topic.
    pub fn find(&self, chat: ChatId, topic: TopicId) -> Option<&AlertChat> {
        self.audience.chats.find(ChatTopic { chat, topic })
    }

    fn find_lost(&self, chat: ChatId, topic: TopicId) -> Option<&LostChat> {
        self.audience.find_lost(ChatTopic { chat, topic })
    }

    /// Whether this place refused the last message that was sent there.
    pub fn is_lost(&self, chat: ChatId, topic: TopicId) -> bool {
        self.find_lost(chat, topic).is_some()
    }

    /// Whether alerts may be sent to this place.
    pub fn is_open(&self, chat: ChatId, topic: TopicId) -> bool {
        self.is_entitled(ChatTopic { chat, topic }) && self.may_arrive(chat, topic)
    }

    /// Whether a message may arrive in this place. A chat that refuses messages is left alone for a while, then tried
    /// again.
    fn may_arrive(&self, chat: ChatId, topic: TopicId) -> bool {
        self.person_of(chat).is_none_or(|person| person.unreachable.is_none())
            && self.find_lost(chat, topic).is_none_or(|lost| lost.may_be_tried(self.now))
    }

    /// Who subscribed this chat or topic, if that is recorded.
    pub fn subscriber(&self, place: ChatTopic) -> Option<PersonId> {
        self.find(place.chat, place.topic)?.subscribed_by
    }

    /// All subscribed and configured chats, including those that refuse messages.
    pub fn places(&self) -> Vec<ChatTopic> {
        let mut places = self.subscribed_for(|_| true);
        places.extend(self.configured.iter().filter(|place| self.audience.chats.find(**place).is_none()));
        places
    }

    /// Whether new or overdue cases are meant to come to this place.
    pub fn gets_anything(&self, place: ChatTopic) -> bool {
        self.is_configured(place)
            || self.find(place.chat, place.topic).is_some_and(|chat| chat.cases || chat.escalations)
    }

    /// The subscribed places of this kind.
    fn subscribed_for(&self, wanted: impl Fn(&AlertChat) -> bool) -> Vec<ChatTopic> {
        self.audience.chats.iter().filter(|chat| wanted(chat)).map(AlertChat::place).collect()
    }

    /// The places that are meant to get new cases, including those that refuse messages.
    fn meant_for_cases(&self) -> Vec<ChatTopic> {
        let mut places = self.subscribed_for(|chat| chat.cases);
        places.extend(
            self.configured
                .iter()
                .filter(|place| !self.find(place.chat, place.topic).is_some_and(|chat| chat.cases)),
        );
        places
    }

    /// The places that take new cases and may be sent to.
    fn takers(&self) -> Vec<ChatTopic> {
        let mut places = self.meant_for_cases();
        places.retain(|place| self.is_open(place.chat, place.topic));
        places
    }

    /// The chats that take new cases and may be sent to.
    pub fn chats(&self, ctx: &Context) -> Vec<Target> {
        self.takers().into_iter().map(|place| self.target(ctx, place)).collect()
    }

    /// Whether any chat has filters, so that cases go different ways.
    pub fn has_filters(&self) -> bool {
        self.audience.chats.iter().any(|chat| self.filters_of(chat.place()).is_some())
    }

    /// The filters of a place. A chat that the environment names has none.
    fn filters_of(&self, place: ChatTopic) -> Option<&Filters> {
        if self.is_configured(place) {
            return None;
        }
        self.audience.chats.find(place).map(|chat| &chat.filters).filter(|filters| !filters.is_empty())
    }

    /// The places that a case goes to: those whose filters fit or, if there are none, those without filters.
    fn routed(&self, places: &[ChatTopic], facts: Option<&Facts>) -> Vec<ChatTopic> {
        let Some(facts) = facts else { return places.to_vec() };
        let fitting = self.fitting(places, facts);
        if !fitting.is_empty() {
            return fitting;
        }
        places.iter().filter(|place| self.filters_of(**place).is_none()).copied().collect()
    }

    fn fitting(&self, places: &[ChatTopic], facts: &Facts) -> Vec<ChatTopic> {
        let fits = |place: &&ChatTopic| self.filters_of(**place).is_some_and(|filters| filters.fit(facts));
        places.iter().filter(fits).copied().collect()
    }

    /// The chats whose filters fit, of those that take new cases and may be sent to.
    pub fn fitting_targets(&self, ctx: &Context, route: &Route) -> Vec<Target> {
        let fitting = self.fitting(&self.takers(), &route.facts);
        fitting.into_iter().map(|place| self.target(ctx, place)).collect()
    }

    /// Whether a chat takes this case: its filters fit, or it has none.
    pub fn is_taken(&self, facts: &Facts) -> bool {
        !self.routed(&self.takers(), Some(facts)).is_empty()
    }

    /// Who gets this case now. If no chat takes it, it goes to the admins, and if none of them can be told, to every
    /// chat, for somebody has to see it.
    pub fn targets_of(&self, ctx: &Context, route: Option<&Route>) -> Vec<Target> {
        let routed = self.routed(&self.takers(), route.map(|route| &route.facts));
        if !routed.is_empty() {
            return routed.into_iter().map(|place| self.target(ctx, place)).collect();
        }
        let admins = self.open_admins(ctx);
        if admins.is_empty() { self.chats(ctx) } else { admins }
    }

    /// Everybody who may get cases now.
    pub fn targets(&self, ctx: &Context) -> Vec<Target> {
        let chats = self.chats(ctx);
        if chats.is_empty() { self.open_admins(ctx) } else { chats }
    }

    /// The admins' own chats that may be sent to.
    pub fn open_admins(&self, ctx: &Context) -> Vec<Target> {
        let chats = self.admins.iter().map(|admin| admin.chat());
        let open = chats.filter(|chat| self.is_open(*chat, TopicId::NONE));
        open.map(|chat| self.target(ctx, ChatTopic { chat, topic: TopicId::NONE })).collect()
    }

    /// Why an alert goes to an admin in this chat, if it does so only because no other chat accepts it.
    pub fn no_chat(
        &self,
        ctx: &Context,
        (chat, topic): (ChatId, TopicId),
        route: Option<&Route>,
    ) -> Option<NoChat<'_>> {
        let place = ChatTopic { chat, topic };
        let is_its_own = self.find(chat, topic).is_some() || self.is_configured(place);
        if !self.is_admins(chat) || is_its_own {
            return None;
        }
        let mut places = if self.chats(ctx).is_empty() {
            self.meant_for_cases()
        } else {
            // The chat that would take it may refuse messages.
            let route = route.filter(|route| !self.is_taken(&route.facts))?;
            let places = self.routed(&self.meant_for_cases(), Some(&route.facts));
            if places.is_empty() {
                return Some(NoChat::Unrouted(route.number));
            }
            places
        };
        places.sort_by_key(|place| place.chat.is_private());
        let Some(ChatTopic { chat, topic }) = places.first().copied() else {
            let withdrawn = self.withdrawn.as_ref().map(|row| NoChat::Withdrawn(place_of(row)));
            return Some(withdrawn.unwrap_or(NoChat::Never));
        };
        if chat.is_private() {
            return Some(NoChat::Person(
                self.person_of(chat).and_then(|person| person.first_name.as_deref()),
            ));
        }
        let loss = self.find_lost(chat, topic).map_or(Loss::Silent, |lost| lost.loss);
        Some(NoChat::Lost(Place { chat, topic, title: self.title(chat) }, loss))
    }

    fn target(&self, ctx: &Context, ChatTopic { chat, topic }: ChatTopic) -> Target {
        Target { chat, topic, locale: self.locale_of(ctx, chat, topic).to_owned() }
    }

    /// Whether this chat refused the last message, so that sending to it is only a try.
    pub fn is_tried(&self, target: &Target) -> bool {
        self.find_lost(target.chat, target.topic).is_some()
    }

    pub fn title(&self, chat: ChatId) -> Option<&str> {
        self.audience.chats.iter().find(|known| known.chat_id == chat)?.title.as_deref()
    }

    fn person_of(&self, chat: ChatId) -> Option<&Person> {
        self.persons.get(&chat.person()?)
    }

    /// Whether the owner of this private chat has ever written to the bot. The bot cannot write first.
    pub fn has_started(&self, chat: ChatId) -> bool {
        self.person_of(chat).is_some_and(|person| person.started_at.is_some())
    }

    /// Whether this is an admin's own chat.
    pub fn is_admins(&self, chat: ChatId) -> bool {
        chat.person().is_some_and(|person| self.admins.contains(&person))
    }

    pub fn is_configured(&self, place: ChatTopic) -> bool {
        self.configured.contains(&place)
    }

    /// Whether an alert is in a place that alerts may be sent to.
    pub fn is_there(&self, row: &AlertRow) -> bool {
        row.chat_id.is_some_and(|chat| self.is_open(chat, row.thread_id))
    }

    /// Whether an alert may be erased where it is. Its chat may no longer get alerts.
    pub fn may_be_erased(&self, row: &AlertRow) -> bool {
        row.chat_id.is_some_and(|chat| self.may_arrive(chat, row.thread_id))
    }

    pub fn locale(&self, ctx: &Context, row: &AlertRow) -> &'static str {
        match row.chat_id {
            Some(chat) => self.locale_of(ctx, chat, row.thread_id),
            None => ctx.config.default_locale,
        }
    }

    pub fn locale_of(&self, ctx: &Context, chat: ChatId, topic: TopicId) -> &'static str {
        // A private chat uses its owner's language.
        if let Some(known) = self.find(chat, topic).filter(|_| !chat.is_private()) {
            return person::chat_locale(ctx, &known.locale);
        }
        self.person_of(chat).map_or(ctx.config.default_locale, |person| person::locale(ctx, person))
    }
}

/// A chat that waits for an admin's decision, described as people know it.
pub(super) fn place_of(row: &WithdrawnChat) -> Place<'_> {
    Place { chat: row.chat_id, topic: row.thread_id, title: row.title.as_deref() }
}
