//! Actions on a whole script: creating, publishing, pausing, rolling back and discarding it.

use super::trial::take;
use super::{At, Shown};
use crate::domain::ids::MessageId;
use crate::domain::script::edit::{Field, Prompt};
use crate::domain::staff::Deed as Noted;
use crate::service::Unit;
use crate::service::scripts::{self, RollbackError, Switched};
use crate::service::staff_log;
use crate::store;
use crate::store::editing::ScriptJob;
use crate::view::callback::Screen;
use crate::view::callback::editor::Deed;

impl At<'_> {
    pub(super) async fn deed(
        &mut self,
        unit: &mut Unit<'_>,
        deed: Deed,
        is_stale: bool,
        message_id: MessageId,
    ) -> store::Result<Shown> {
        match deed {
            Deed::Begin(on) => {
                let message = self.logical(unit, Some(message_id)).await?;
                self.sit(unit, message, Some(format!("+{on}")), None).await?;
                Ok((self.editor().ask_title(""), None))
            }
            Deed::Change => self.change(unit).await,
            Deed::Priority => {
                if !self.has_draft(unit).await? {
                    return self.with_toast(unit, Screen::List, "editor-toast-gone").await;
                }
                let prompt = Prompt::new(Field::Priority, self.editor().own_language());
                self.ask(unit, prompt, None, Some(message_id)).await
            }
            Deed::Conditions => {
                if !self.has_draft(unit).await? {
                    return self.with_toast(unit, Screen::List, "editor-toast-gone").await;
                }
                self.leave_words(unit).await?;
                self.screen(unit, Screen::When).await
            }
            Deed::Pause => self.switch(unit, true).await,
            Deed::Resume => self.switch(unit, false).await,
            Deed::RollBack(version, seen) if seen != self.live_version() => {
                let toast = self.live_changed();
                let (view, other) = self.ask_roll_back(unit, version).await?;
                Ok((view, other.or(Some(toast))))
            }
            Deed::Discard if is_stale => {
                let toast = self.stale(unit).await?;
                Ok((self.screen(unit, Screen::Card).await?.0, toast))
            }
            Deed::RollBack(version, _) => self.roll_back(unit, version).await,
            Deed::Publish(seen) => self.publish(unit, is_stale, seen).await,
            Deed::Discard => {
                unit.tx.delete_script_draft(&self.slug).await?;
                self.draft = None;
                unit.tx.delete_editor_place(self.person.id).await?;
                self.note(unit, Noted::DraftDiscarded, None).await?;
                let screen = if self.live.is_some() { Screen::Card } else { Screen::List };
                self.with_toast(unit, screen, "editor-toast-discarded").await
            }
            Deed::Preview(language) => self.begin_preview(unit, language, message_id).await,
            Deed::EndPreview => self.screen(unit, Screen::Card).await,
            Deed::Backtest => {
                self.job(unit, "backtest", message_id).await?;
                Ok((crate::view::View::text(self.editor().backtest_begun()), None))
            }
            Deed::Test => {
                let toast = take(unit, self.person, &self.slug).await?;
                Ok((self.screen(unit, Screen::Card).await?.0, Some(toast)))
            }
            Deed::File => self.send_file(unit).await,
        }
    }

    fn live_version(&self) -> i64 {
        self.live.as_ref().map_or(0, |live| live.version)
    }

    /// The toast for a screen about a version that is no longer live.
    fn live_changed(&self) -> String {
        self.editor().one("editor-toast-live-changed", "version", self.live_version().to_string())
    }

    /// Queues work that takes longer than handling a tap may.
    async fn job(&self, unit: &mut Unit<'_>, kind: &str, message_id: MessageId) -> store::Result<()> {
        let job = ScriptJob {
            id: 0,
            kind: kind.to_owned(),
            person: self.person.id,
            message_id,
            message: None,
            slug: Some(self.slug.clone()),
            file_id: None,
            file_name: None,
        };
        unit.tx.insert_script_job(&job, unit.now).await.map(drop)
    }

    async fn note(&self, unit: &mut Unit<'_>, deed: Noted, version: Option<i64>) -> store::Result<()> {
        staff_log::script(unit, Some(self.person.id), deed, &self.slug, version).await
    }

    /// Makes a draft from the live version, unless there is a draft already. Returns false if there is neither.
    async fn has_draft(&mut self, unit: &mut Unit<'_>) -> store::Result<bool> {
        if self.draft.is_some() {
            return Ok(true);
        }
        let Some(live) = &self.live else { return Ok(false) };
        let source = live.source.clone();
        self.begin(unit, &source).await?;
        Ok(true)
    }

    async fn change(&mut self, unit: &mut Unit<'_>) -> store::Result<Shown> {
        if !self.has_draft(unit).await? {
            return self.with_toast(unit, Screen::List, "editor-toast-gone").await;
        }
        self.leave_words(unit).await?;
        self.screen(unit, Screen::Home).await
    }

    async fn switch(&mut self, unit: &mut Unit<'_>, paused: bool) -> store::Result<Shown> {
        let switched = scripts::set_paused(unit, &self.slug, paused).await?;
        let toast = match switched {
            Switched::Done => {
                self.note(unit, if paused { Noted::ScriptPaused } else { Noted::ScriptResumed }, None)
                    .await?;
                if paused { "editor-toast-paused" } else { "editor-toast-resumed" }
            }
            Switched::Already => "editor-toast-already",
            Switched::Unknown => "editor-toast-gone",
        };
        self.live = unit.tx.find_live_script(&self.slug).await?;
        self.with_toast(unit, Screen::Card, toast).await
    }

    async fn roll_back(&mut self, unit: &mut Unit<'_>, version: i64) -> store::Result<Shown> {
        let toast = match scripts::rollback(unit, &self.slug, Some(version)).await {
            Ok(done) => {
                self.note(unit, Noted::ScriptRolledBack, Some(done.version)).await?;
                Some(self.editor().one("editor-toast-published", "version", done.version.to_string()))
            }
            Err(RollbackError::Store(error)) => return Err(error),
            Err(RollbackError::Live { .. } | RollbackError::Same { .. }) => self.toast("editor-toast-same"),
            Err(_) => self.toast("editor-toast-gone"),
        };
        self.live = unit.tx.find_live_script(&self.slug).await?;
        Ok((self.screen(unit, Screen::Card).await?.0, toast))
    }

    async fn publish(&mut self, unit: &mut Unit<'_>, is_stale: bool, seen: i64) -> store::Result<Shown> {
        let source = self.draft.as_ref().map(|draft| draft.source.clone());
        let Some((draft, source)) = self.read().zip(source) else {
            let toast = match &self.live {
                Some(live) => Some(self.editor().one(
                    "editor-toast-published-already",
                    "version",
                    live.version.to_string(),
                )),
                None => self.toast("editor-toast-gone"),
            };
            return Ok((self.screen(unit, Screen::Card).await?.0, toast));
        };
        if is_stale {
            // The version shown before the tap is not the one that would be published.
            let toast = self.stale(unit).await?;
            return Ok((self.screen(unit, Screen::Publish).await?.0, toast));
        }
        if seen != self.live_version() {
            let toast = self.live_changed();
            return Ok((self.screen(unit, Screen::Publish).await?.0, Some(toast)));
        }
        if self.remarks(unit, &draft).await?.blocking() > 0 {
            return self.with_toast(unit, Screen::Problems, "editor-toast-not-yet").await;
        }
        if draft.script.slug != self.slug {
            return self.with_toast(unit, Screen::Home, "editor-toast-gone").await;
        }
        let done = scripts::publish(unit, &draft.script, &source).await?;
        if done.new {
            self.note(unit, Noted::ScriptPublished, Some(done.version)).await?;
        }
        unit.tx.delete_editor_place(self.person.id).await?;
        (self.draft, self.live) = (None, unit.tx.find_live_script(&self.slug).await?);
        let id = if done.new { "editor-toast-published" } else { "editor-toast-published-already" };
        let toast = self.editor().one(id, "version", done.version.to_string());
        Ok((self.screen(unit, Screen::Card).await?.0, Some(toast)))
    }

    /// Creates a draft under its own name.
    pub(super) async fn begin(&mut self, unit: &mut Unit<'_>, source: &str) -> store::Result<()> {
        self.save(unit, source).await?;
        self.note(unit, Noted::DraftBegun, None).await
    }

    /// Renames a draft that was never published.
    pub(super) async fn move_to(
        &mut self,
        unit: &mut Unit<'_>,
        slug: &str,
        source: &str,
    ) -> store::Result<()> {
        unit.tx.delete_script_draft(&self.slug).await?;
        self.note(unit, Noted::DraftDiscarded, None).await?;
        slug.clone_into(&mut self.slug);
        self.begin(unit, source).await
    }
}
