//! `/scripts`: the scripts' screens and the editor of drafts. Each tap is judged anew: by the role that the person has
//! at that moment, and by the revision of the draft that its button was drawn for.

mod deeds;
mod files;
mod now;
mod preview;
mod screens;
mod words;

use std::time::Duration;

use crate::domain::script::Problem;
use crate::domain::script::edit::{self, Draft, Edit, Prompt, Refusal, Tap};
use crate::domain::time::Timestamp;
use crate::service::staff::{Role, role};
use crate::service::{Context, people};
use crate::store::desks::Desk as Place;
use crate::store::persons::Person;
use crate::store::scripts::{DraftScript, LiveScript};
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::callback::{DeskAct, DeskTap, Screen};
use crate::view::desk::{Desk, owner};

pub use files::{File, Read, file_lost, import, read_file, take_file};
pub(super) use words::words;

/// Who has had a draft before them in this time is told of others who have it too.
const NEIGHBOURS: Duration = Duration::from_mins(15);

/// One admin at one script.
struct At<'a> {
    ctx: &'a Context,
    person: &'a Person,
    now: Timestamp,
    slug: String,
    live: Option<LiveScript>,
    draft: Option<DraftScript>,
}

/// What is shown, and what pops up.
type Shown = (View, Option<String>);

/// `/scripts`, by an admin.
pub async fn open(tx: &mut Tx, ctx: &Context, person: &Person, now: Timestamp) -> store::Result<()> {
    let at = At::load(tx, ctx, person, "", now).await?;
    let (view, _) = at.screen(tx, Screen::List).await?;
    tx.delete_desk(person.id).await?;
    people::say(tx, person.id, &view, now).await
}

/// A tap under the message with this ID. The result is what to say in a toast.
pub async fn tap(
    tx: &mut Tx,
    ctx: &Context,
    person: &Person,
    tap: DeskTap,
    message_id: i64,
    now: Timestamp,
) -> store::Result<Option<String>> {
    if role(tx, ctx, person.id).await? != Some(Role::Admin) {
        tracing::warn!(person = person.id, "a button of the scripts' screens was refused: no admin");
        tx.delete_desk(person.id).await?;
        let text = |id| ctx.catalogue.text(people::locale(ctx, person), id);
        show(tx, person.id, message_id, &View::text(text("team-closed")), now).await?;
        return Ok(Some(text("team-toast-not-admin")));
    }
    let mut at = At::load(tx, ctx, person, &tap.slug, now).await?;
    let (view, toast) = at.act(tx, &tap, message_id).await?;
    show(tx, person.id, message_id, &view, now).await?;
    Ok(toast)
}

async fn show(tx: &mut Tx, person: i64, message_id: i64, view: &View, now: Timestamp) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    tx.enqueue(&Outgoing::edit_shown(Lane::Answers, person, message_id, payload), now).await
}

impl<'a> At<'a> {
    async fn load(
        tx: &mut Tx,
        ctx: &'a Context,
        person: &'a Person,
        slug: &str,
        now: Timestamp,
    ) -> store::Result<Self> {
        let (live, draft) = if slug.is_empty() {
            (None, None)
        } else {
            (tx.find_live_script(slug).await?, tx.find_script_draft(slug).await?)
        };
        Ok(Self { ctx, person, now, slug: slug.to_owned(), live, draft })
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            catalogue: &self.ctx.catalogue,
            locale: people::locale(self.ctx, self.person),
            zone: self.ctx.zone(),
            slug: &self.slug,
            mark: self.mark(),
        }
    }

    /// What a button must have been drawn for to be believed.
    fn mark(&self) -> i64 {
        let live = self.live.as_ref().map_or(0, |live| live.version);
        self.draft.as_ref().map_or(live, |draft| draft.revision)
    }

    fn text(&self, id: &str) -> String {
        self.ctx.catalogue.text(people::locale(self.ctx, self.person), id)
    }

    #[expect(clippy::unnecessary_wraps, reason = "callers hand it on as what may pop up")]
    fn toast(&self, id: &str) -> Option<String> {
        Some(self.text(id))
    }

    async fn act(&mut self, tx: &mut Tx, tap: &DeskTap, message_id: i64) -> store::Result<Shown> {
        let is_stale = tap.mark != self.mark();
        if !matches!(tap.act, DeskAct::Preview(..)) {
            self.leave_words(tx).await?;
        }
        match tap.act {
            DeskAct::Show(screen) => self.screen(tx, screen).await,
            DeskAct::Do(deed) => self.deed(tx, deed, is_stale, message_id).await,
            DeskAct::Edit(edit) if is_stale => {
                let toast = self.stale(tx).await?;
                Ok((self.screen(tx, after(edit, None)).await?.0, toast))
            }
            DeskAct::Edit(edit) => self.edit(tx, edit).await,
            DeskAct::Ask(prompt) => {
                let toast = if is_stale { self.stale(tx).await? } else { None };
                let (view, gone) = self.ask(tx, prompt, None, Some(message_id)).await?;
                Ok((view, toast.or(gone)))
            }
            DeskAct::Preview(turn, act) => self.move_in_preview(tx, is_stale, turn, act).await,
        }
    }

    /// Why the button does nothing: somebody else was faster, or it is an old one.
    async fn stale(&self, tx: &mut Tx) -> store::Result<Option<String>> {
        let Some(by) = self.draft.as_ref().and_then(|draft| draft.saved_by) else {
            return Ok(self.toast("desk-toast-stale"));
        };
        if by == self.person.id {
            return Ok(self.toast("desk-toast-stale"));
        }
        let name = self.name_of(tx, by).await?;
        Ok(Some(self.desk().one("desk-toast-changed", "name", name)))
    }

    async fn name_of(&self, tx: &mut Tx, person: i64) -> store::Result<String> {
        let name = tx.find_person(person).await?.and_then(|person| person.first_name);
        Ok(name.unwrap_or_else(|| person.to_string()))
    }

    /// The draft as it can be shown. `None` where there is none.
    fn read(&self) -> Option<Draft> {
        edit::read(&self.draft.as_ref()?.source).ok()
    }

    async fn series(&self, tx: &mut Tx, draft: &Draft) -> store::Result<Vec<Problem>> {
        if self.live.is_none() {
            return Ok(Vec::new());
        }
        crate::service::scripts::broken_series(tx, &self.ctx.scripts, &draft.script).await
    }

    async fn save(&mut self, tx: &mut Tx, source: &str) -> store::Result<()> {
        tx.save_script_draft(&self.slug, source, Some(self.person.id), self.now).await?;
        self.draft = tx.find_script_draft(&self.slug).await?;
        Ok(())
    }

    async fn edit(&mut self, tx: &mut Tx, tap: Tap) -> store::Result<Shown> {
        let Some(draft) = &self.draft else {
            return self.with_toast(tx, Screen::Card, "desk-toast-gone").await;
        };
        match edit::apply(&draft.source, &Edit::Tap(tap)) {
            Ok(source) => {
                self.save(tx, &source).await?;
                let count = self.read().map(|draft| draft.script.questions.len());
                self.screen(tx, after(tap, count)).await
            }
            Err(Refusal::TooLarge) => self.with_toast(tx, after(tap, None), "desk-toast-too-large").await,
            Err(_) => self.with_toast(tx, after(tap, None), "desk-toast-gone").await,
        }
    }

    async fn with_toast(&mut self, tx: &mut Tx, screen: Screen, toast: &str) -> store::Result<Shown> {
        let (view, _) = self.screen(tx, screen).await?;
        Ok((view, self.toast(toast)))
    }

    /// Asks for words. `message_id` is the message that the question is shown in; without one it will be a new one.
    async fn ask(
        &mut self,
        tx: &mut Tx,
        prompt: Prompt,
        trouble: Option<String>,
        message_id: Option<i64>,
    ) -> store::Result<Shown> {
        let Some(now) = self.read().and_then(|draft| now::value(&draft.script, prompt)) else {
            return self.with_toast(tx, owner(prompt.field), "desk-toast-gone").await;
        };
        let message = self.logical(tx, message_id).await?;
        let code = edit::codes::write(&prompt.code());
        self.sit(tx, message, Some(format!("?{code}")), None).await?;
        Ok((self.desk().prompt(&crate::view::desk::Asked { prompt, now, trouble }), None))
    }

    /// A message as ours, so that its buttons can be taken away when there is a newer one.
    async fn logical(&self, tx: &mut Tx, message_id: Option<i64>) -> store::Result<i64> {
        let message = tx.insert_message(self.person.id, 0).await?;
        if let Some(message_id) = message_id {
            tx.set_message_id(message, message_id).await?;
        }
        Ok(message)
    }

    /// Remembers where the person stands.
    async fn sit(
        &self,
        tx: &mut Tx,
        message: i64,
        awaits: Option<String>,
        preview: Option<String>,
    ) -> store::Result<()> {
        let place = Place {
            person: self.person.id,
            slug: self.slug.clone(),
            revision: self.mark(),
            message,
            awaits,
            preview,
            touched_at: self.now,
        };
        tx.save_desk(&place).await
    }

    /// A tap elsewhere: no words are waited for any more.
    async fn leave_words(&self, tx: &mut Tx) -> store::Result<()> {
        if self.draft.is_some() {
            self.sit(tx, 0, None, None).await
        } else {
            tx.delete_desk(self.person.id).await
        }
    }
}

/// Where one is after an edit; `count` is the number of questions then.
fn after(tap: Tap, count: Option<usize>) -> Screen {
    match tap {
        Tap::On(_) => Screen::When,
        Tap::AddQuestion(_) => {
            count.and_then(|count| count.checked_sub(1)).map_or(Screen::Questions, Screen::Question)
        }
        Tap::RemoveQuestion(_) => Screen::Questions,
        Tap::MoveQuestion(place, up) if count.is_some() => {
            Screen::Question(if up { place.saturating_sub(1) } else { place + 1 })
        }
        Tap::CopyQuestion(place) if count.is_some() => Screen::Question(place + 1),
        Tap::MoveQuestion(place, _)
        | Tap::CopyQuestion(place)
        | Tap::Metric(place, _)
        | Tap::Scale(place, _)
        | Tap::HighIsHard(place, _)
        | Tap::Bands(place, ..)
        | Tap::DefaultBands(place)
        | Tap::Alert(place, _)
        | Tap::Multiple(place, _) => Screen::Question(place),
        Tap::RemoveItem(list, _) => Screen::Items(list),
        Tap::MoveItem(list, at, up) if count.is_some() => {
            Screen::Item(list, if up { at.saturating_sub(1) } else { at + 1 })
        }
        Tap::MoveItem(list, at, _) => Screen::Item(list, at),
        Tap::Clear(field) => owner(field),
        Tap::NoBranch(place)
        | Tap::Branch(place, _)
        | Tap::BranchBand(place, ..)
        | Tap::BranchValue(place, ..)
        | Tap::BranchOption(place, ..) => Screen::Branch(place),
        Tap::Preset(rule, _) => Screen::Rule(rule),
        Tap::DayOff(..) => Screen::Rule(edit::SendField::DaysOff),
    }
}
