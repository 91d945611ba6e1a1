//! `/scripts`: the screens of the scripts, and the draft editor. Each tap is judged on its own: by the person's role at
//! that moment, and by the draft revision that its button was drawn for.

mod deeds;
mod files;
mod now;
mod overlap;
mod preview;
mod screens;
mod trial;
mod words;

use std::time::Duration;

use crate::domain::ids::{MessageId, MessageKey, PersonId, TopicId};
use crate::domain::locale::Languages;
use crate::domain::script::Problem;
use crate::domain::script::edit::{self, Draft, Edit, Field, Prompt, Refusal, Tap};
use crate::domain::staff::Role;
use crate::service::roles::role;
use crate::service::{Context, Unit, person};
use crate::store::editing::EditorPlace as Place;
use crate::store::persons::Person;
use crate::store::scripts::{DraftScript, LiveScript};
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;
use crate::view::callback::{EditorAct, EditorTap, Screen};
use crate::view::editor::{EditorView, Remarks, owner};

pub use files::{File, Read, file_lost, import, read_file, take_file};
pub use overlap::{LIST, PUBLISH, with_shares};
pub use trial::take;
pub use words::accept_words;

/// An admin who works on a draft is told about others who have opened it within this time.
const NEIGHBOURS: Duration = Duration::from_mins(15);

/// One admin working on one script.
struct At<'a> {
    ctx: &'a Context,
    person: &'a Person,
    slug: String,
    live: Option<LiveScript>,
    draft: Option<DraftScript>,
    /// The message that shows the screen, by Telegram's ID or by ours. Both are `None` for a new message that will not
    /// be edited.
    message_id: Option<MessageId>,
    message: Option<MessageKey>,
}

/// The screen, and the toast.
type Shown = (View, Option<String>);

/// Handles `/scripts` from an admin.
pub async fn open(unit: &mut Unit<'_>, person: &Person) -> store::Result<()> {
    let mut at = At::load(unit, person, "").await?;
    let message = at.logical(unit, None).await?;
    at.message = Some(message);
    let (view, _) = at.screen(unit, Screen::List).await?;
    unit.tx.delete_editor_place(person.id).await?;
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let send = Outgoing::send(Lane::Answers, person.id.chat(), payload).message(message);
    unit.tx.enqueue(&send, unit.now).await
}

/// Handles a tap on a button of the message with this ID. Returns the text for a toast.
pub async fn tap(
    unit: &mut Unit<'_>,
    person: &Person,
    tap: EditorTap,
    message_id: MessageId,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    if role(&mut unit.tx, ctx, person.id).await? != Some(Role::Admin) {
        tracing::warn!(person = person.id.get(), "a button of the scripts' screens was refused: no admin");
        unit.tx.delete_editor_place(person.id).await?;
        let text = |id| ctx.catalogue.text(person::locale(ctx, person), id);
        show(unit, person.id, message_id, &View::text(text("team-closed"))).await?;
        return Ok(Some(text("team-toast-not-admin")));
    }
    unit.tx.delete_screen_jobs(person.id, message_id).await?;
    let mut at = At::load(unit, person, &tap.slug).await?;
    at.message_id = Some(message_id);
    let (view, toast) = at.act(unit, &tap, message_id).await?;
    show(unit, person.id, message_id, &view).await?;
    Ok(toast)
}

async fn show(
    unit: &mut Unit<'_>,
    person: PersonId,
    message_id: MessageId,
    view: &View,
) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx.enqueue(&Outgoing::edit_shown(Lane::Answers, person.chat(), message_id, payload), unit.now).await
}

impl<'a> At<'a> {
    async fn load<'u: 'a>(unit: &mut Unit<'u>, person: &'a Person, slug: &str) -> store::Result<Self> {
        let ctx = unit.ctx;
        let (live, draft) = if slug.is_empty() {
            (None, None)
        } else {
            (unit.tx.find_live_script(slug).await?, unit.tx.find_script_draft(slug).await?)
        };
        let slug = slug.to_owned();
        Ok(Self { ctx, person, slug, live, draft, message_id: None, message: None })
    }

    /// The installation's languages.
    fn languages(&self) -> &'a Languages {
        &self.ctx.config.languages
    }

    fn editor(&self) -> EditorView<'_> {
        EditorView {
            catalogue: &self.ctx.catalogue,
            locale: person::locale(self.ctx, self.person),
            zone: self.ctx.zone(),
            languages: self.languages(),
            sending: &self.ctx.config.sending,
            slug: &self.slug,
            mark: self.mark(),
        }
    }

    /// The revision that a button must have been drawn for to be accepted.
    fn mark(&self) -> i64 {
        let live = self.live.as_ref().map_or(0, |live| live.version);
        self.draft.as_ref().map_or(live, |draft| draft.revision)
    }

    fn text(&self, id: &str) -> String {
        self.ctx.catalogue.text(person::locale(self.ctx, self.person), id)
    }

    #[expect(clippy::unnecessary_wraps, reason = "callers hand it on as what may pop up")]
    fn toast(&self, id: &str) -> Option<String> {
        Some(self.text(id))
    }

    async fn act(
        &mut self,
        unit: &mut Unit<'_>,
        tap: &EditorTap,
        message_id: MessageId,
    ) -> store::Result<Shown> {
        let is_stale = tap.mark != self.mark();
        if !matches!(tap.act, EditorAct::Preview(..)) {
            self.leave_words(unit).await?;
        }
        match tap.act {
            EditorAct::Show(screen) => self.screen(unit, screen).await,
            EditorAct::Do(deed) => self.deed(unit, deed, is_stale, message_id).await,
            EditorAct::Edit(edit) if is_stale => {
                let toast = self.stale(unit).await?;
                Ok((self.screen(unit, after(edit, None)).await?.0, toast))
            }
            EditorAct::Edit(edit) => self.edit(unit, edit, message_id).await,
            EditorAct::Ask(prompt) if !self.is_asked_in(prompt) => {
                self.with_toast(unit, owner(prompt.field), "editor-toast-stale").await
            }
            EditorAct::Ask(prompt) => {
                let toast = if is_stale { self.stale(unit).await? } else { None };
                let (view, gone) = self.ask(unit, prompt, None, Some(message_id)).await?;
                Ok((view, toast.or(gone)))
            }
            EditorAct::Preview(turn, act) => self.move_in_preview(unit, is_stale, turn, act).await,
        }
    }

    /// Returns false for a text in a language that the installation no longer has.
    fn is_asked_in(&self, prompt: Prompt) -> bool {
        prompt.language.is_none_or(|language| self.languages().contains(language))
    }

    /// Why the button does nothing: somebody else changed the draft first, or the button is an old one.
    async fn stale(&self, unit: &mut Unit<'_>) -> store::Result<Option<String>> {
        let Some(by) = self.draft.as_ref().and_then(|draft| draft.saved_by) else {
            return Ok(self.toast("editor-toast-stale"));
        };
        if by == self.person.id {
            return Ok(self.toast("editor-toast-stale"));
        }
        let name = self.name_of(unit, by).await?;
        Ok(Some(self.editor().one("editor-toast-changed", "name", name)))
    }

    async fn name_of(&self, unit: &mut Unit<'_>, person: PersonId) -> store::Result<String> {
        let name = unit.tx.find_person(person).await?.and_then(|person| person.first_name);
        Ok(name.unwrap_or_else(|| person.to_string()))
    }

    /// The draft, parsed. `None` if there is none that can be shown.
    fn read(&self) -> Option<Draft> {
        edit::read(&self.draft.as_ref()?.source, self.languages()).ok()
    }

    /// What prevents publishing the draft, and what is only advice.
    async fn remarks(&self, unit: &mut Unit<'_>, draft: &Draft) -> store::Result<Remarks> {
        Ok(Remarks::new(draft, self.series(unit, draft).await?, self.languages()))
    }

    async fn series(&self, unit: &mut Unit<'_>, draft: &Draft) -> store::Result<Vec<Problem>> {
        if self.live.is_none() {
            return Ok(Vec::new());
        }
        crate::service::scripts::broken_series(&mut unit.tx, &self.ctx.scripts, &draft.script).await
    }

    async fn save(&mut self, unit: &mut Unit<'_>, source: &str) -> store::Result<()> {
        unit.tx.save_script_draft(&self.slug, source, Some(self.person.id), unit.now).await?;
        self.draft = unit.tx.find_script_draft(&self.slug).await?;
        Ok(())
    }

    async fn edit(&mut self, unit: &mut Unit<'_>, tap: Tap, message_id: MessageId) -> store::Result<Shown> {
        let Some(draft) = &self.draft else {
            return self.with_toast(unit, Screen::Card, "editor-toast-gone").await;
        };
        match edit::apply(&draft.source, &Edit::Tap(tap), self.languages()) {
            Ok(source) => {
                self.save(unit, &source).await?;
                let count = self.read().map(|draft| draft.script.questions.len());
                match (after(tap, count), tap) {
                    // A new question needs a text first.
                    (Screen::Question(place), Tap::AddQuestion(_)) => {
                        let prompt = Prompt::new(Field::Text(place), self.editor().own_language());
                        self.ask(unit, prompt, None, Some(message_id)).await
                    }
                    (screen, _) => self.screen(unit, screen).await,
                }
            }
            Err(Refusal::TooLarge) => self.with_toast(unit, after(tap, None), "editor-toast-too-large").await,
            Err(_) => self.with_toast(unit, after(tap, None), "editor-toast-gone").await,
        }
    }

    async fn with_toast(&mut self, unit: &mut Unit<'_>, screen: Screen, toast: &str) -> store::Result<Shown> {
        let (view, _) = self.screen(unit, screen).await?;
        Ok((view, self.toast(toast)))
    }

    /// Asks for words. `message_id` is the message that shows the question; without one it will be a new message.
    async fn ask(
        &mut self,
        unit: &mut Unit<'_>,
        prompt: Prompt,
        trouble: Option<String>,
        message_id: Option<MessageId>,
    ) -> store::Result<Shown> {
        let Some(now) = self.read().and_then(|draft| now::value(&draft.script, prompt, self.languages()))
        else {
            return self.with_toast(unit, owner(prompt.field), "editor-toast-gone").await;
        };
        let message = self.logical(unit, message_id).await?;
        let code = edit::codes::write(&prompt.code());
        self.sit(unit, message, Some(format!("?{code}")), None).await?;
        Ok((self.editor().prompt(&crate::view::editor::Asked { prompt, now, trouble }), None))
    }

    /// Our key for a message, so that its buttons can be removed when there is a newer one.
    async fn logical(&self, unit: &mut Unit<'_>, message_id: Option<MessageId>) -> store::Result<MessageKey> {
        let message = unit.tx.insert_message(self.person.id.chat(), TopicId::NONE).await?;
        if let Some(message_id) = message_id {
            unit.tx.set_message_id(message, message_id).await?;
        }
        Ok(message)
    }

    /// Stores which screen the person is on.
    async fn sit(
        &self,
        unit: &mut Unit<'_>,
        message: MessageKey,
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
            touched_at: unit.now,
        };
        unit.tx.save_editor_place(&place).await
    }

    /// The person tapped elsewhere, so the editor stops waiting for words.
    async fn leave_words(&self, unit: &mut Unit<'_>) -> store::Result<()> {
        if self.draft.is_some() {
            self.sit(unit, MessageKey::NONE, None, None).await
        } else {
            unit.tx.delete_editor_place(self.person.id).await
        }
    }
}

/// The screen after an edit. `count` is the number of questions after it.
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
