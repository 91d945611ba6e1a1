//! The content of each screen, from the current state of the database.

use std::collections::HashMap;

use super::overlap::taken;
use super::{At, LIST, NEIGHBOURS, Shown};
use crate::domain::script::diff::Diff;
use crate::domain::script::edit::{Draft, List};
use crate::domain::script::{Question, Script, Trigger};
use crate::service::Unit;
use crate::service::backtest::Overlaps;
use crate::service::scripts::{compared, never_asks};
use crate::store;
use crate::store::scripts::ScriptFigures;
use crate::view::View;
use crate::view::callback::Screen;
use crate::view::editor::{Card, Listed, Others, Publishing, RollingBack, Shares, State, Version};

const WEEK: std::time::Duration = std::time::Duration::from_hours(7 * 24);

impl At<'_> {
    pub(super) async fn screen(&self, unit: &mut Unit<'_>, screen: Screen) -> store::Result<Shown> {
        let view = match screen {
            Screen::List => self.list(unit, None).await?,
            Screen::New => self.editor().new_script(),
            Screen::Card => return self.card(unit).await,
            Screen::Versions => {
                let versions = unit.tx.list_script_versions(&self.slug).await?;
                let versions: Vec<Version> = versions
                    .iter()
                    .map(|known| Version { version: known.version, published_at: known.published_at })
                    .collect();
                self.editor().versions(&versions, self.live.as_ref().map_or(0, |live| live.version))
            }
            Screen::AskPause => {
                let (scheduled, open) = self.waiting(unit).await?;
                self.editor().ask_pause(scheduled, open)
            }
            Screen::AskRollBack(version) => return self.ask_roll_back(unit, version).await,
            editing => return self.editing(unit, editing).await,
        };
        Ok((view, None))
    }

    async fn waiting(&self, unit: &mut Unit<'_>) -> store::Result<(i64, i64)> {
        Ok((
            unit.tx.count_scheduled_surveys_of(&self.slug).await?,
            unit.tx.count_open_surveys_of(&self.slug).await?,
        ))
    }

    async fn figures(&self, unit: &mut Unit<'_>) -> store::Result<HashMap<String, ScriptFigures>> {
        let figures = unit.tx.list_script_figures(unit.now.minus(WEEK)).await?;
        Ok(figures.into_iter().map(|figures| (figures.script.clone(), figures)).collect())
    }

    /// The list of scripts. `overlaps` is the result of its count, once that is done.
    pub(super) async fn list(&self, unit: &mut Unit<'_>, overlaps: Option<&Overlaps>) -> store::Result<View> {
        let (live, drafts) = (unit.tx.list_live_scripts().await?, unit.tx.list_script_drafts().await?);
        let figures = self.figures(unit).await?;
        let mut listed: Vec<Listed> = Vec::new();
        for row in &live {
            let Ok(script) = Script::read_published(&row.source, self.languages()) else { continue };
            let figures = figures.get(&row.slug);
            listed.push(Listed {
                slug: row.slug.clone(),
                title: script.title,
                state: if row.paused_at.is_some() { State::Paused } else { State::Live },
                on: script.on,
                version: row.version,
                has_draft: drafts.iter().any(|draft| draft.slug == row.slug),
                sent: figures.map_or(0, |figures| figures.sent),
                answered: figures.map_or(0, |figures| figures.answered),
            });
        }
        for row in drafts.iter().filter(|draft| live.iter().all(|live| live.slug != draft.slug)) {
            let Ok(script) = Script::read_published(&row.source, self.languages()) else { continue };
            let (title, on) = (script.title, script.on);
            let (slug, state) = (row.slug.clone(), State::Draft);
            listed.push(Listed { slug, title, state, on, version: 0, has_draft: true, sent: 0, answered: 0 });
        }
        let scripts = self.live_scripts(unit).await?;
        let (days, taken) = if let Some(overlaps) = overlaps {
            let known: Vec<&Script> = scripts.iter().map(|(script, _)| script).collect();
            (overlaps.days, taken(overlaps, &known))
        } else {
            let asking: Vec<Trigger> =
                scripts.iter().filter(|(_, paused)| !paused).map(|(script, _)| script.on).collect();
            let is_shared = |on: &Trigger| asking.iter().filter(|other| *other == on).count() > 1;
            if asking.iter().any(is_shared) {
                self.count(unit, LIST).await?;
            }
            (0, Vec::new())
        };
        Ok(self.editor().list(&listed, days, &taken))
    }

    async fn card(&self, unit: &mut Unit<'_>) -> store::Result<Shown> {
        let source =
            self.live.as_ref().map(|live| &live.source).or(self.draft.as_ref().map(|draft| &draft.source));
        let Some(script) = source.and_then(|source| Script::read_published(source, self.languages()).ok())
        else {
            return Ok((self.list(unit, None).await?, self.toast("editor-toast-gone")));
        };
        let figures = self.figures(unit).await?;
        let figures = figures.get(&self.slug);
        let state = match &self.live {
            None => State::Draft,
            Some(live) if live.paused_at.is_some() => State::Paused,
            Some(_) => State::Live,
        };
        let card = Card {
            script: &script,
            state,
            version: self.live.as_ref().map_or(0, |live| live.version),
            published_at: self.live.as_ref().map(|live| live.published_at),
            has_draft: self.draft.is_some(),
            never: never_asks(&script),
            sent: figures.map_or(0, |figures| figures.sent),
            answered: figures.map_or(0, |figures| figures.answered),
        };
        Ok((self.editor().card(&card), None))
    }

    pub(super) async fn ask_roll_back(&self, unit: &mut Unit<'_>, version: i64) -> store::Result<Shown> {
        let (Some(live), Some(source)) = (&self.live, unit.tx.find_script_source(&self.slug, version).await?)
        else {
            return Ok((self.card(unit).await?.0, self.toast("editor-toast-gone")));
        };
        if version == live.version {
            return Ok((self.card(unit).await?.0, self.toast("editor-toast-same")));
        }
        let open = unit.tx.count_open_surveys_of(&self.slug).await?;
        let diff = self.compared(unit, &live.source, &source).await?;
        let Ok(script) = Script::read_published(&source, self.languages()) else {
            return Ok((self.card(unit).await?.0, self.toast("editor-toast-gone")));
        };
        let back = RollingBack {
            version,
            live: live.version,
            diff: &diff,
            open,
            paused: live.paused_at.is_some(),
            on: script.on,
            never: never_asks(&script),
        };
        Ok((self.editor().ask_roll_back(&back), None))
    }

    /// The screens of a draft.
    async fn editing(&self, unit: &mut Unit<'_>, screen: Screen) -> store::Result<Shown> {
        let Some(draft) = self.read() else {
            return Ok((self.card(unit).await?.0, self.toast("editor-toast-gone")));
        };
        let editor = self.editor();
        let script = &draft.script;
        let view = match screen {
            Screen::Home => self.home(unit, &draft).await?,
            Screen::Problems => editor.problems(script, &self.remarks(unit, &draft).await?),
            Screen::Publish => self.publishing(unit, &draft, None).await?,
            Screen::AskDiscard => editor.ask_discard(self.live.is_some()),
            Screen::AddQuestion => editor.add_question(script),
            Screen::When => editor.when(script),
            Screen::Send => editor.send(script),
            Screen::Rule(rule) => editor.rule(script, rule),
            Screen::Question(place)
            | Screen::Metric(place)
            | Screen::Scale(place)
            | Screen::Bands(place)
            | Screen::HighFrom(place, _)
            | Screen::Labels(place)
            | Screen::Branch(place)
            | Screen::RemoveQuestion(place)
            | Screen::Band(place, _)
            | Screen::Items(List::Options(place) | List::Reasons(place, _) | List::Links(place, _))
            | Screen::Item(List::Options(place) | List::Reasons(place, _) | List::Links(place, _), _) => {
                let shown =
                    script.questions.get(place).and_then(|question| self.of(script, screen, place, question));
                match shown {
                    Some(view) => view,
                    None => return Ok((editor.questions(script), self.toast("editor-toast-gone"))),
                }
            }
            _ => editor.questions(script),
        };
        Ok((view, None))
    }

    /// The screens of a question. `None` if the question does not have what the screen is about.
    fn of(&self, script: &Script, screen: Screen, place: usize, question: &Question) -> Option<View> {
        let editor = self.editor();
        let scale = || question.scale;
        Some(match screen {
            Screen::Metric(_) => editor.change_metric(place, question.metric),
            Screen::Scale(_) => scale().map(|_| editor.scales(place, question))?,
            Screen::Bands(_) => editor.bands(place, scale()?, None),
            Screen::HighFrom(_, low) => editor.bands(place, scale()?, Some(low)),
            Screen::Labels(_) => editor.labels(place, question, scale()?),
            Screen::Branch(_) => editor.branch(script, place, question),
            Screen::RemoveQuestion(_) => editor.ask_remove(place, question),
            Screen::Band(_, band) => scale().map(|_| editor.follow_up(place, question, band))?,
            Screen::Items(list) => editor.items(question, list),
            Screen::Item(list, at) => match editor.item(question, list, at) {
                Some(view) => view,
                None => editor.items(question, list),
            },
            _ => editor.question(script, place, question),
        })
    }

    async fn home(&self, unit: &mut Unit<'_>, draft: &Draft) -> store::Result<View> {
        let remarks = self.remarks(unit, draft).await?;
        let others = self.others(unit).await?;
        Ok(self.editor().home(&draft.script, &remarks, &others, self.live.is_some()))
    }

    async fn others(&self, unit: &mut Unit<'_>) -> store::Result<Others> {
        let since = unit.now.minus(NEIGHBOURS);
        let neighbours = unit.tx.list_neighbours(&self.slug, self.person.id, since).await?;
        let one = |other: store::editing::Neighbour| {
            let ago = unit.now.since(other.touched_at).as_secs() / 60;
            (other.first_name.unwrap_or_else(|| other.person.to_string()), ago)
        };
        Ok(neighbours.into_iter().map(one).collect())
    }

    /// The screen before publishing. `counted` is the result of its count, once that is done.
    pub(super) async fn publishing(
        &self,
        unit: &mut Unit<'_>,
        draft: &Draft,
        counted: Option<Shares>,
    ) -> store::Result<View> {
        let remarks = self.remarks(unit, draft).await?;
        let (scheduled, open) = self.waiting(unit).await?;
        let source = self.draft.as_ref().map(|draft| draft.source.as_str()).unwrap_or_default();
        let difference = match &self.live {
            Some(live) => self.compared(unit, &live.source, source).await?,
            None => Diff::default(),
        };
        let never = never_asks(&draft.script);
        let shares = match counted {
            Some(counted) => counted,
            None if remarks.blocking() > 0 || never.is_some() => Shares::Alone,
            None => self.shares(unit, draft.script.on).await?,
        };
        Ok(self.editor().publishing(&Publishing {
            live: self.live.as_ref().map_or(0, |live| live.version),
            diff: &difference,
            scheduled,
            open,
            paused: self.live.as_ref().is_some_and(|live| live.paused_at.is_some()),
            remarks: &remarks,
            script: &draft.script,
            shares: &shares,
            never,
        }))
    }

    /// The differences between two sources. If one can no longer be read, no differences can be shown.
    pub(super) async fn compared(
        &self,
        unit: &mut Unit<'_>,
        before: &str,
        after: &str,
    ) -> store::Result<Diff> {
        let read = |source: &str| Script::read_published(source, self.languages());
        match (read(before), read(after)) {
            (Ok(before), Ok(after)) => compared(&mut unit.tx, &self.ctx.scripts, &before, &after).await,
            _ => Ok(Diff::default()),
        }
    }
}
