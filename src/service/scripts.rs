//! Publishing scripts, pausing them, and going back to earlier versions.

mod rollback;
mod series;
mod trial;

pub use rollback::{RollbackError, RolledBack, rollback};
pub use series::{broken_series, compared};
pub use trial::trial;

use crate::domain::script::Script;
use crate::domain::script::shipped::{DRAFTS, SHIPPED};
use crate::domain::script::when::Never;
use crate::service::Unit;
use crate::service::script_set::broken;
use crate::store;

/// Why a script will never ask anybody, whatever happens. `None` if it may ask.
#[must_use]
pub fn never_asks(script: &Script) -> Option<Never> {
    (script.when.sample == 0).then_some(Never::NoSample)
}

/// The result of publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    pub version: i64,
    /// False if the live version already has the same content.
    pub new: bool,
    /// The script does not ask until it is resumed.
    pub paused: bool,
}

/// Makes a script's source the live version of its slug, and removes the draft of that slug. The script must have been
/// parsed from this source.
pub async fn publish(unit: &mut Unit<'_>, script: &Script, source: &str) -> store::Result<Publication> {
    unit.tx.delete_script_draft(&script.slug).await?;
    let live = unit.tx.find_live_script(&script.slug).await?;
    let paused = live.as_ref().is_some_and(|live| live.paused_at.is_some());
    if let Some(live) = live.filter(|live| live.source == source) {
        return Ok(Publication { version: live.version, new: false, paused });
    }
    let version = unit.tx.insert_script_version(&script.slug, source, unit.now).await?;
    Ok(Publication { version, new: true, paused })
}

/// The result of pausing or resuming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched {
    Done,
    /// It already was in that state.
    Already,
    Unknown,
}

/// Pauses a script, or lets it ask again.
pub async fn set_paused(unit: &mut Unit<'_>, slug: &str, paused: bool) -> store::Result<Switched> {
    match unit.tx.find_live_script(slug).await? {
        None => Ok(Switched::Unknown),
        Some(live) if live.paused_at.is_some() == paused => Ok(Switched::Already),
        Some(_) => {
            unit.tx.set_script_paused(slug, paused.then_some(unit.now)).await?;
            Ok(Switched::Done)
        }
    }
}

/// Installs the scripts that come with the program, some live and some as drafts, if there are no scripts at all. They
/// keep the languages they have, which need not be the installation's. Returns how many are live.
pub async fn install_shipped(unit: &mut Unit<'_>) -> store::Result<usize> {
    let Unit { ctx, now, .. } = *unit;
    let languages = &ctx.config.languages;
    if !unit.tx.list_live_scripts().await?.is_empty() || !unit.tx.list_script_drafts().await?.is_empty() {
        return Ok(0);
    }
    for (file, source) in DRAFTS {
        let script =
            Script::read_published(source, languages).map_err(|problems| broken(file, 0, &problems))?;
        unit.tx.save_script_draft(&script.slug, source, None, now).await?;
    }
    for (file, source) in SHIPPED {
        let script =
            Script::read_published(source, languages).map_err(|problems| broken(file, 0, &problems))?;
        unit.tx.insert_script_version(&script.slug, source, now).await?;
    }
    Ok(SHIPPED.len())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::domain::event::Event;
    use crate::domain::ledger::Suppression;
    use crate::domain::locale::Languages;
    use crate::domain::time::Timestamp;
    use crate::entropy::Entropy;
    use crate::i18n::Catalogue;
    use crate::service::Context;
    use crate::service::script_set::ScriptSet;
    use crate::store::Db;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    struct Fixture {
        db: Db,
        ctx: Context,
        set: ScriptSet,
        _dir: tempfile::TempDir,
    }

    async fn fixture() -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::new_in(dir.path()).await;
        let set = ScriptSet::default();
        let ctx = Context {
            clock: Clock::frozen(NOW),
            entropy: Entropy::seeded(1),
            config: Arc::new(Config::from_lookup(|_| None).unwrap()),
            catalogue: Arc::new(Catalogue::default()),
            scripts: set.clone(),
            bot_username: "".into(),
        };
        Fixture { db, ctx, set, _dir: dir }
    }

    impl Fixture {
        async fn unit(&self) -> Unit<'_> {
            Unit::begin(&self.db, &self.ctx).await.unwrap()
        }

        async fn publish(&self, source: &str) -> Publication {
            let script = Script::parse("t.toml", source, &Languages::default()).unwrap().script;
            let mut unit = self.unit().await;
            let publication = publish(&mut unit, &script, source).await.unwrap();
            unit.commit().await.unwrap();
            publication
        }

        async fn set_paused(&self, slug: &str, paused: bool) -> Switched {
            let mut unit = self.unit().await;
            let switched = set_paused(&mut unit, slug, paused).await.unwrap();
            unit.commit().await.unwrap();
            switched
        }

        async fn refresh(&self) {
            self.set.refresh(&mut self.db.read().await.unwrap()).await.unwrap();
        }

        async fn choose(&self, event: &Event) -> Result<Vec<String>, Suppression> {
            self.refresh().await;
            let chosen = self.set.choose(event).map_err(|none| none.why)?;
            Ok(chosen.iter().map(|p| format!("{} {}", p.script.slug, p.version)).collect())
        }
    }

    fn source(slug: &str, extra: &str) -> String {
        format!(
            "slug = \"{slug}\"\non = \"purchase\"\n{extra}\ntitle = {{ ru = \"Т\", en = \"T\" }}\n\
             questions = [ {{ key = \"q\", metric = \"text\", text = {{ ru = \"Как?\", en = \"How?\" }} }} ]\n"
        )
    }

    fn purchase(extra: &str) -> Event {
        let json = format!(
            r#"{{"event_id":"o-1","kind":"purchase","occurred_at":"2026-01-01T00:00:00Z","customer":{{"id":"C"}}{extra}}}"#
        );
        Event::parse(json.as_bytes(), NOW).unwrap()
    }

    #[tokio::test]
    async fn shipped_scripts_go_only_into_a_database_that_has_none() {
        let f = fixture().await;
        let mut unit = f.unit().await;
        assert_eq!(install_shipped(&mut unit).await.unwrap(), SHIPPED.len());
        assert_eq!(install_shipped(&mut unit).await.unwrap(), 0);
        let drafts = unit.tx.list_script_drafts().await.unwrap();
        let slugs: Vec<&str> = drafts.iter().map(|draft| draft.slug.as_str()).collect();
        assert_eq!(slugs, ["importance", "nps"]);
        unit.commit().await.unwrap();
        assert_eq!(f.choose(&purchase("")).await, Ok(vec!["purchase 1".to_owned()]));
        assert_eq!(f.choose(&purchase(r#","script":"nps""#)).await, Err(Suppression::NoScript));

        let g = fixture().await;
        g.publish(&source("own", "")).await;
        let mut unit = g.unit().await;
        assert_eq!(install_shipped(&mut unit).await.unwrap(), 0);
        assert_eq!(unit.tx.list_script_drafts().await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_version_never_changes_and_the_same_source_is_no_new_version() {
        let f = fixture().await;
        let (first, second) = (source("own", "priority = 1"), source("own", "priority = 2"));
        assert_eq!(f.publish(&first).await, Publication { version: 1, new: true, paused: false });
        assert_eq!(f.publish(&first).await, Publication { version: 1, new: false, paused: false });
        f.set_paused("own", true).await;
        assert_eq!(f.publish(&second).await, Publication { version: 2, new: true, paused: true });
        f.refresh().await;
        assert_eq!(f.set.find("own").unwrap().published.version, 2);
        let mut tx = f.db.read().await.unwrap();
        let pinned = f.set.version(&mut tx, "own", 1).await.unwrap();
        assert_eq!((pinned.version, pinned.script.priority), (1, 1));
        assert!(f.set.version(&mut tx, "own", 3).await.unwrap_err().to_string().contains("own version 3"));
    }

    #[tokio::test]
    async fn scripts_are_chosen_by_priority_then_slug_and_never_by_time() {
        let f = fixture().await;
        for (slug, priority) in [("b", 0), ("a", 0), ("z", 5)] {
            f.publish(&source(slug, &format!("priority = {priority}"))).await;
        }
        f.publish(&source("ticket", "").replace("\"purchase\"", "\"ticket_closed\"")).await;
        let in_order = ["z 1", "a 1", "b 1"].map(str::to_owned).to_vec();
        assert_eq!(f.choose(&purchase("")).await, Ok(in_order));
        assert_eq!(f.choose(&purchase(r#","script":"ticket""#)).await, Ok(vec!["ticket 1".to_owned()]));
        assert_eq!(f.choose(&purchase(r#","script":"gone""#)).await, Err(Suppression::NoScript));
    }

    #[tokio::test]
    async fn where_no_script_asks_the_closest_one_gives_the_reason() {
        let f = fixture().await;
        assert_eq!(f.choose(&purchase("")).await, Err(Suppression::NoScript));
        f.publish(&source("a", "when = { stores = [\"msk\"] }")).await;
        assert_eq!(f.choose(&purchase("")).await, Err(Suppression::NotEligible));
        assert_eq!(f.choose(&purchase(r#","store":"msk""#)).await, Ok(vec!["a 1".to_owned()]));
        f.publish(&source("b", "when = { sample = 0 }")).await;
        assert_eq!(f.choose(&purchase("")).await, Err(Suppression::SampledOut));
        f.publish(&source("c", "")).await;
        assert_eq!(f.set_paused("c", true).await, Switched::Done);
        assert_eq!(f.choose(&purchase("")).await, Err(Suppression::Paused));
        assert_eq!(f.choose(&purchase(r#","script":"c""#)).await, Err(Suppression::Paused));
    }

    #[tokio::test]
    async fn a_running_set_sees_what_another_process_published_paused_and_resumed() {
        let f = fixture().await;
        f.refresh().await;
        assert_eq!(f.set.live().len(), 0);
        f.publish(&source("own", "")).await;
        f.refresh().await;
        assert!(!f.set.find("own").unwrap().paused);
        assert_eq!(f.set_paused("own", true).await, Switched::Done);
        assert_eq!(f.set_paused("own", true).await, Switched::Already);
        f.refresh().await;
        assert!(f.set.find("own").unwrap().paused);
        assert_eq!(f.set_paused("own", false).await, Switched::Done);
        f.refresh().await;
        assert!(!f.set.find("own").unwrap().paused);
        assert_eq!(f.set_paused("other", true).await, Switched::Unknown);
    }

    #[tokio::test]
    async fn an_older_state_of_the_database_never_replaces_a_newer_one() {
        let f = fixture().await;
        f.publish(&source("own", "priority = 1")).await;
        let mut older = f.db.read().await.unwrap();
        let revision = older.scripts_revision().await.unwrap();
        f.publish(&source("own", "priority = 2")).await;
        f.refresh().await;
        f.set.refresh(&mut older).await.unwrap();
        assert_eq!(older.scripts_revision().await.unwrap(), revision, "it still sees what was before");
        assert_eq!(f.set.find("own").unwrap().published.version, 2);
    }

    #[tokio::test]
    async fn a_version_that_todays_rules_refuse_goes_on() {
        let f = fixture().await;
        let old = source("own", "colour = 1");
        assert!(Script::parse("t.toml", &old, &Languages::default()).is_err());
        let mut tx = f.db.write().await.unwrap();
        tx.insert_script_version("own", &old, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(f.choose(&purchase("")).await, Ok(vec!["own 1".to_owned()]));
    }
}
