//! Which scripts share events. Requested where it matters, and counted in the background.

use super::At;
use crate::domain::ids::MessageId;
use crate::domain::script::{Script, Trigger};
use crate::service::Unit;
use crate::service::backtest::Overlaps;
use crate::store;
use crate::store::editing::ScriptJob;
use crate::store::persons::Person;
use crate::view::View;
use crate::view::editor::{Shares, Sharing, Taken};

/// The screens that are drawn again once the count is done.
pub const LIST: &str = "list";
pub const PUBLISH: &str = "publish";

/// Draws a screen again with the result of its count. Returns `None` if there is nothing new to show. If `overlaps` is
/// `None`, the count failed.
pub async fn with_shares(
    unit: &mut Unit<'_>,
    person: &Person,
    job: &ScriptJob,
    revision: i64,
    overlaps: Option<&Overlaps>,
) -> store::Result<Option<View>> {
    let at = At::load(unit, person, job.slug.as_deref().unwrap_or_default()).await?;
    if job.kind == LIST {
        let Some(overlaps) = overlaps.filter(|overlaps| !overlaps.taken.is_empty()) else {
            return Ok(None);
        };
        return at.list(unit, Some(overlaps)).await.map(Some);
    }
    let Some(draft) = at.read() else { return Ok(None) };
    if at.mark() != revision {
        // Somebody has changed the draft since, so it is counted again.
        unit.tx.insert_script_job(job, unit.now).await?;
        return Ok(None);
    }
    let shares = match overlaps {
        None => Shares::Unknown,
        Some(overlaps) => {
            let mut scripts = at.live_scripts(unit).await?;
            scripts.retain(|(script, _)| script.slug != at.slug);
            let known: Vec<&Script> =
                scripts.iter().map(|(script, _)| script).chain([&draft.script]).collect();
            let mut taken = taken(overlaps, &known);
            taken.retain(|taken| taken.from.slug == at.slug || taken.by.slug == at.slug);
            let fitting = overlaps.fitting.get(&at.slug).copied().unwrap_or_default();
            Shares::Counted { days: overlaps.days, fitting, taken }
        }
    };
    at.publishing(unit, &draft, Some(shares)).await.map(Some)
}

/// The pairs of scripts in which one takes events from the other, largest loss first.
pub(super) fn taken(overlaps: &Overlaps, scripts: &[&Script]) -> Vec<Taken> {
    let sharing = |slug: &str| {
        let script = scripts.iter().find(|script| script.slug == slug)?;
        Some(Sharing { slug: slug.to_owned(), title: script.title.clone(), priority: script.priority })
    };
    let pair = |((from, by), taken): (&(String, String), &usize)| {
        let fitting = *overlaps.fitting.get(from)?;
        Some(Taken { from: sharing(from)?, by: sharing(by)?, taken: *taken, fitting })
    };
    let mut pairs: Vec<Taken> = overlaps.taken.iter().filter_map(pair).collect();
    pairs.sort_by_key(|taken| std::cmp::Reverse(taken.taken));
    pairs
}

impl At<'_> {
    /// The live scripts that can be read, and whether each is paused.
    pub(super) async fn live_scripts(&self, unit: &mut Unit<'_>) -> store::Result<Vec<(Script, bool)>> {
        let rows = unit.tx.list_live_scripts().await?;
        let read = |row: &store::LiveScript| {
            let script = Script::read_published(&row.source, self.languages()).ok()?;
            Some((script, row.paused_at.is_some()))
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    /// How this draft would share events with the live scripts, as far as that is known at once. The count is added to
    /// the screen later.
    pub(super) async fn shares(&self, unit: &mut Unit<'_>, on: Trigger) -> store::Result<Shares> {
        let live = self.live_scripts(unit).await?;
        let rivals =
            |(script, paused): &(Script, bool)| !paused && script.slug != self.slug && script.on == on;
        if !live.iter().any(rivals) {
            return Ok(Shares::Alone);
        }
        self.count(unit, PUBLISH).await?;
        Ok(Shares::Counting)
    }

    /// Requests the count for the message that shows this screen.
    pub(super) async fn count(&self, unit: &mut Unit<'_>, kind: &str) -> store::Result<()> {
        if self.message_id.is_none() && self.message.is_none() {
            return Ok(());
        }
        let job = ScriptJob {
            id: 0,
            kind: kind.to_owned(),
            person: self.person.id,
            message_id: self.message_id.unwrap_or(MessageId::new(0)),
            message: self.message,
            slug: Some(self.slug.clone()).filter(|slug| !slug.is_empty() && kind == PUBLISH),
            file_id: None,
            file_name: None,
        };
        unit.tx.insert_script_job(&job, unit.now).await.map(drop)
    }
}
