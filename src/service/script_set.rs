//! The set of published scripts in memory, from which a running program chooses.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use chrono_tz::Tz;

use super::known::Known;
use crate::domain::case_settings::CaseSetting;
use crate::domain::event::{Event, Kind};
use crate::domain::ledger::Suppression;
use crate::domain::locale::Languages;
use crate::domain::script::{Facts, NoMatch, Problem, Script, Trigger};
use crate::store::settings::TIME_ZONE;
use crate::store::{self, Tx};

/// One published version. It never changes.
#[derive(Debug, PartialEq)]
pub struct Published {
    pub version: i64,
    pub script: Script,
}

/// A live script.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    pub published: Arc<Published>,
    pub paused: bool,
}

impl Live {
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.published.script
    }
}

/// Whether pauses apply while something is tried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pauses {
    Kept,
    Lifted,
}

/// Why no script asks about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoneAsks {
    pub why: Suppression,
    /// The script that would have asked but for its pause or its draw. Its figures count the event as not covered.
    pub script: Option<String>,
}

impl NoneAsks {
    fn of(why: Suppression, live: &Live) -> Self {
        let would_ask = matches!(why, Suppression::Paused | Suppression::SampledOut);
        Self { why, script: would_ask.then(|| live.script().slug.clone()) }
    }
}

pub(super) fn broken(slug: &str, version: i64, problems: &[Problem]) -> store::Error {
    let first = problems.first().map(ToString::to_string).unwrap_or_default();
    store::Error::broken("scripts", format!("{slug} version {version}: {first}"))
}

/// The published scripts in memory, and the time zone for customers without one. Cheap to clone; all clones share one
/// set.
#[derive(Clone, Debug, Default)]
pub struct ScriptSet {
    cache: Arc<RwLock<Cache>>,
    /// The installation's languages.
    languages: Languages,
}

#[derive(Debug, Default)]
struct Cache {
    /// The database's revision when `live` was read. `None` before that.
    revision: Option<i64>,
    /// Sorted by priority, then slug: the order in which scripts are chosen.
    live: Arc<[Live]>,
    /// The time zone that an admin chose.
    zone: Option<Tz>,
    /// The settings of cases that admins made.
    case_settings: Arc<BTreeMap<CaseSetting, String>>,
    versions: HashMap<String, HashMap<i64, Arc<Published>>>,
    /// The questions of every version, and the revision at which these were all.
    questions: Option<(i64, Arc<Known>)>,
}

impl ScriptSet {
    /// An empty set for an installation with these languages.
    #[must_use]
    pub fn new(languages: &Languages) -> Self {
        Self { cache: Arc::default(), languages: languages.clone() }
    }

    /// Reloads the live scripts if the database says that they have changed. If not, this costs one small query. A
    /// transaction that sees an older state than the set's changes nothing. Do not call this in a transaction that
    /// publishes a script itself, because it might still be rolled back.
    pub async fn refresh(&self, tx: &mut Tx) -> store::Result<()> {
        let revision = tx.scripts_revision().await?;
        if self.read().revision >= Some(revision) {
            return Ok(());
        }
        let mut live = Vec::new();
        for row in tx.list_live_scripts().await? {
            let published = self.remember(&row.slug, row.version, &row.source)?;
            live.push(Live { published, paused: row.paused_at.is_some() });
        }
        live.sort_by(|a, b| order(a.script(), b.script()));
        let zone = time_zone(tx).await?;
        let case_settings = case_settings(tx).await?;
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        if cache.revision >= Some(revision) {
            // Another task that sees a newer state of the database was faster.
            return Ok(());
        }
        cache.live = live.into();
        cache.zone = zone;
        cache.case_settings = Arc::new(case_settings);
        cache.revision = Some(revision);
        Ok(())
    }

    /// The time zone that an admin chose.
    #[must_use]
    pub fn zone(&self) -> Option<Tz> {
        self.read().zone
    }

    /// The settings of cases that admins made.
    #[must_use]
    pub fn case_settings(&self) -> Arc<BTreeMap<CaseSetting, String>> {
        Arc::clone(&self.read().case_settings)
    }

    /// The script that a survey is pinned to.
    pub async fn version(&self, tx: &mut Tx, slug: &str, version: i64) -> store::Result<Arc<Published>> {
        if let Some(published) = self.known(slug, version) {
            return Ok(published);
        }
        let source = tx.find_script_source(slug, version).await?;
        let missing = || store::Error::broken("scripts", format!("{slug} version {version} is missing"));
        self.remember(slug, version, &source.ok_or_else(missing)?)
    }

    /// The questions of every published version.
    pub async fn known_questions(&self, tx: &mut Tx) -> store::Result<Arc<Known>> {
        let revision = tx.scripts_revision().await?;
        if let Some((_, known)) = self.read().questions.as_ref().filter(|(of, _)| *of == revision) {
            return Ok(Arc::clone(known));
        }
        let mut known = Known::default();
        for live in tx.list_live_scripts().await? {
            let mut versions: Vec<i64> =
                tx.list_script_versions(&live.slug).await?.into_iter().map(|row| row.version).collect();
            versions.sort_by_key(|version| (*version != live.version, std::cmp::Reverse(*version)));
            let mut published = Vec::with_capacity(versions.len());
            for version in versions {
                published.push(self.version(tx, &live.slug, version).await?);
            }
            known.add_script(&live.slug, published.iter().map(|published| &published.script));
        }
        let known = Arc::new(known);
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        cache.questions = Some((revision, Arc::clone(&known)));
        Ok(known)
    }

    /// All live scripts, in the order in which they are chosen.
    #[must_use]
    pub fn live(&self) -> Arc<[Live]> {
        Arc::clone(&self.read().live)
    }

    #[must_use]
    pub fn find(&self, slug: &str) -> Option<Live> {
        self.read().live.iter().find(|live| live.script().slug == slug).cloned()
    }

    /// The scripts that may ask about an event, best first. The list is never empty.
    ///
    /// # Errors
    ///
    /// Returns the reason if no script may ask, and the script that came closest.
    pub fn choose(&self, event: &Event) -> Result<Vec<Arc<Published>>, NoneAsks> {
        choose(&self.live(), event)
    }

    /// A separate set with the same scripts, for trying something out: `draft` replaces the live version of its slug
    /// and is not paused. This set is never refreshed.
    #[must_use]
    pub fn rehearsal(&self, draft: Option<&Script>, pauses: Pauses) -> Self {
        let is_replaced = |live: &Live| draft.is_some_and(|draft| draft.slug == live.script().slug);
        let now = self.live();
        let kept = now
            .iter()
            .filter(|live| !is_replaced(live))
            .map(|live| Live { paused: live.paused && pauses == Pauses::Kept, ..live.clone() });
        let draft = draft.map(|draft| Live {
            published: Arc::new(Published { version: 0, script: draft.clone() }),
            paused: false,
        });
        let mut live: Vec<Live> = kept.chain(draft).collect();
        live.sort_by(|a, b| order(a.script(), b.script()));
        let cache = Cache { live: live.into(), zone: self.zone(), ..Cache::default() };
        Self { cache: Arc::new(RwLock::new(cache)), languages: self.languages.clone() }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Cache> {
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, slug: &str, version: i64) -> Option<Arc<Published>> {
        self.read().versions.get(slug)?.get(&version).map(Arc::clone)
    }

    fn remember(&self, slug: &str, version: i64, source: &str) -> store::Result<Arc<Published>> {
        if let Some(published) = self.known(slug, version) {
            return Ok(published);
        }
        let script = Script::read_published(source, &self.languages)
            .map_err(|problems| broken(slug, version, &problems))?;
        let published = Arc::new(Published { version, script });
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        cache.versions.entry(slug.to_owned()).or_default().insert(version, Arc::clone(&published));
        Ok(published)
    }
}

/// The time zone that an admin chose, as stored.
pub async fn time_zone(tx: &mut Tx) -> store::Result<Option<Tz>> {
    let Some(name) = tx.find_setting(TIME_ZONE).await? else { return Ok(None) };
    let zone = name.parse().ok();
    if zone.is_none() {
        tracing::warn!(zone = name, "the time zone that was chosen is not known any more; the default holds");
    }
    Ok(zone)
}

/// The settings of cases that admins made, as stored.
pub async fn case_settings(tx: &mut Tx) -> store::Result<BTreeMap<CaseSetting, String>> {
    let mut stored: HashMap<String, String> = tx.list_settings().await?.into_iter().collect();
    let settings = CaseSetting::ALL.into_iter();
    Ok(settings.filter_map(|setting| Some((setting, stored.remove(&setting.stored_name())?))).collect())
}

/// Sorts by priority, then slug.
fn order(a: &Script, b: &Script) -> std::cmp::Ordering {
    b.priority.cmp(&a.priority).then_with(|| a.slug.cmp(&b.slug))
}

/// Whether an event is of the kind that a script asks about. The script's other conditions are ignored.
#[must_use]
pub fn asks_about(script: &Script, event: &Event) -> bool {
    let named = event.script.as_ref().map(|slug| event.kind.asks() && *slug == script.slug);
    named.unwrap_or_else(|| trigger(event.kind) == Some(script.on))
}

fn trigger(kind: Kind) -> Option<Trigger> {
    match kind {
        Kind::Purchase => Some(Trigger::Purchase),
        Kind::TicketClosed => Some(Trigger::TicketClosed),
        Kind::CaseResolved => Some(Trigger::CaseResolved),
        _ => None,
    }
}

fn choose(live: &[Live], event: &Event) -> Result<Vec<Arc<Published>>, NoneAsks> {
    if let Some(slug) = &event.script {
        // The event names the script itself, so the script's own conditions do not count.
        return match live.iter().find(|live| live.script().slug == *slug) {
            None => Err(NoneAsks { why: Suppression::NoScript, script: None }),
            Some(live) if live.paused => Err(NoneAsks::of(Suppression::Paused, live)),
            Some(live) => Ok(vec![Arc::clone(&live.published)]),
        };
    }
    let facts = facts(event);
    let mut chosen = Vec::new();
    let mut closest = NoneAsks { why: Suppression::NoScript, script: None };
    for live in live.iter().filter(|live| trigger(event.kind) == Some(live.script().on)) {
        let verdict = match live.script().when.matches(&facts) {
            Ok(()) if live.paused => Suppression::Paused,
            Ok(()) => {
                chosen.push(Arc::clone(&live.published));
                continue;
            }
            // A test is meant to be seen.
            Err(NoMatch::SampledOut) if event.test && !live.paused => {
                chosen.push(Arc::clone(&live.published));
                continue;
            }
            Err(NoMatch::SampledOut) => Suppression::SampledOut,
            Err(NoMatch::NotEligible) => Suppression::NotEligible,
        };
        // If several scripts do not ask, the one that came closest gives the reason.
        if closeness(verdict) > closeness(closest.why) {
            closest = NoneAsks::of(verdict, live);
        }
    }
    if chosen.is_empty() { Err(closest) } else { Ok(chosen) }
}

fn closeness(why: Suppression) -> u8 {
    match why {
        Suppression::Paused => 3,
        Suppression::SampledOut => 2,
        Suppression::NotEligible => 1,
        _ => 0,
    }
}

fn facts(event: &Event) -> Facts<'_> {
    Facts {
        event_id: &event.event_id,
        channel: event.channel.as_deref(),
        team: event.agent.team.as_deref(),
        store: event.store.as_deref(),
        tags: &event.tags,
        messages: event.metrics.messages,
    }
}
