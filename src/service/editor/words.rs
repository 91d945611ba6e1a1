//! What an admin writes while the editor waits for words.

use std::collections::HashSet;

use super::At;
use crate::domain::ids::MessageKey;
use crate::domain::script::Trigger;
use crate::domain::script::edit::{self, Edit, Field, Prompt, Refusal};
use crate::domain::script::texts::BUTTON_CHARS;
use crate::service::{Unit, person, prompts};
use crate::store;
use crate::store::editing::EditorPlace as Place;
use crate::store::persons::Person;
use crate::view::View;
use crate::view::callback::Screen;
use crate::view::editor::owner;

/// Accepts the words that the editor waits for in this place. Returns false if they are not meant for it after all.
/// `text` is `None` if something other than text was sent.
pub async fn accept_words(
    unit: &mut Unit<'_>,
    person: &Person,
    place: &Place,
    text: Option<&str>,
) -> store::Result<bool> {
    let mut at = At::load(unit, person, &place.slug).await?;
    let view = match (&place.awaits, &place.preview, text) {
        (Some(awaits), _, Some(text)) => at.heard(unit, place, awaits, text).await?,
        (None, Some(preview), _) => {
            let message = at.logical(unit, None).await?;
            at.words_in_preview(unit, preview, message).await?
        }
        _ => {
            person::say(unit, person.id, &View::text(at.text("editor-write-words"))).await?;
            return Ok(true);
        }
    };
    let Some(view) = view else { return Ok(false) };
    prompts::say_below(unit, place, &view).await?;
    Ok(true)
}

impl At<'_> {
    /// Returns `None` if these words are not meant for the editor after all.
    async fn heard(
        &mut self,
        unit: &mut Unit<'_>,
        place: &Place,
        awaits: &str,
        text: &str,
    ) -> store::Result<Option<View>> {
        if let Some(on) = awaits.strip_prefix('+') {
            let Ok(on) = on.parse::<Trigger>() else { return Ok(None) };
            return self.titled(unit, on, awaits, text).await.map(Some);
        }
        let code = awaits.strip_prefix('?').and_then(edit::codes::read);
        let Some(prompt) = code.and_then(|code| Prompt::from_code(&code)) else { return Ok(None) };
        let Some(draft) = self.draft.clone() else {
            unit.tx.delete_editor_place(self.person.id).await?;
            return Ok(Some(self.editor().notice(self.text("editor-toast-gone"))));
        };
        if !self.is_asked_in(prompt) {
            return self.done_with(unit, prompt, "editor-toast-stale").await.map(Some);
        }
        if prompt.field == Field::Slug && self.live.is_some() {
            return self.done_with(unit, prompt, "editor-toast-stale").await.map(Some);
        }
        if draft.revision != place.revision {
            let name = match draft.saved_by {
                Some(by) => self.name_of(unit, by).await?,
                None => self.text("log-shell"),
            };
            let trouble = self.editor().one("editor-meanwhile", "name", name);
            return Ok(Some(self.ask(unit, prompt, Some(trouble), None).await?.0));
        }
        let trouble =
            match edit::apply(&draft.source, &Edit::Words(prompt, text.to_owned()), self.languages()) {
                Ok(source) if prompt.field == Field::Slug => {
                    let slug = text.trim().to_lowercase();
                    if slug == self.slug || !self.taken(unit).await?.contains(&slug) {
                        if slug != self.slug {
                            self.move_to(unit, &slug, &source).await?;
                        }
                        return self.done_with(unit, prompt, "editor-heard").await.map(Some);
                    }
                    Some(self.editor().one("editor-slug-taken", "slug", slug))
                }
                Ok(source) => {
                    self.save(unit, &source).await?;
                    return self.go_on(unit, prompt).await.map(Some);
                }
                Err(refusal) => self.trouble(&refusal),
            };
        Ok(Some(self.ask(unit, prompt, trouble, None).await?.0))
    }

    /// Returns the screen that the field belongs to, with an offer to write the same text in a language that lacks it.
    /// A translation continues until its language is complete.
    async fn go_on(&mut self, unit: &mut Unit<'_>, prompt: Prompt) -> store::Result<View> {
        let Some(draft) = self.read() else { return self.done_with(unit, prompt, "editor-heard").await };
        if let (Field::Translation, Some(language)) = (prompt.field, prompt.language)
            && let Some(next) = self.editor().translate(&draft.script, language)
        {
            return Ok(self.ask(unit, next, None, None).await?.0);
        }
        let mut view = self.done_with(unit, prompt, "editor-heard").await?;
        if let Some(offer) = self.editor().in_another_language(&draft.script, prompt) {
            view.rows.insert(0, vec![offer]);
        }
        Ok(view)
    }

    /// The names of all scripts and drafts.
    async fn taken(&self, unit: &mut Unit<'_>) -> store::Result<HashSet<String>> {
        let live = unit.tx.list_live_scripts().await?.into_iter().map(|live| live.slug);
        let drafts = unit.tx.list_script_drafts().await?.into_iter().map(|draft| draft.slug);
        Ok(live.chain(drafts).collect())
    }

    /// Stops waiting for words. Returns the screen that the field belongs to, below the text `id` about the result.
    async fn done_with(&self, unit: &mut Unit<'_>, prompt: Prompt, id: &str) -> store::Result<View> {
        self.sit(unit, MessageKey::NONE, None, None).await?;
        let (view, _) = self.screen(unit, owner(prompt.field)).await?;
        Ok(View { html: format!("{}\n\n{}", self.text(id), view.html), ..view })
    }

    fn trouble(&self, refusal: &Refusal) -> Option<String> {
        let editor = self.editor();
        match refusal {
            Refusal::Wrong(problems) => {
                let one = |problem| {
                    if problems.len() > 1 { editor.placed(problem) } else { editor.problem(problem) }
                };
                let said: Vec<String> = problems.iter().take(3).map(one).collect();
                Some(said.join("\n"))
            }
            Refusal::TooLarge => self.toast("editor-toast-too-large"),
            Refusal::Gone => self.toast("editor-toast-gone"),
            Refusal::Lines { wanted, got } => {
                let values = [("wanted", (*wanted).into()), ("got", (*got).into())];
                Some(editor.with("editor-trouble-lines", &values))
            }
            Refusal::Long(count) => {
                let values = [("count", count.to_string().into()), ("most", BUTTON_CHARS.to_string().into())];
                Some(editor.with("lint-button-long", &values))
            }
            Refusal::Number => self.toast("editor-trouble-number"),
        }
    }

    /// Takes the title of a new script, and makes its short name from it.
    async fn titled(
        &mut self,
        unit: &mut Unit<'_>,
        on: Trigger,
        awaits: &str,
        text: &str,
    ) -> store::Result<View> {
        let taken = self.taken(unit).await?;
        let stem = edit::key_from(text).unwrap_or_else(|| "survey".to_owned());
        let slug = edit::unique(&stem, |slug| taken.contains(slug));
        let title = Prompt::new(Field::Title, self.editor().own_language());
        let begun = edit::begin(&slug, on);
        match edit::apply(&begun, &Edit::Words(title, text.to_owned()), self.languages()) {
            Ok(source) => {
                self.slug = slug;
                self.begin(unit, &source).await?;
                self.sit(unit, MessageKey::NONE, None, None).await?;
                Ok(self.screen(unit, Screen::AddQuestion).await?.0)
            }
            Err(refusal) => {
                let message = self.logical(unit, None).await?;
                self.sit(unit, message, Some(awaits.to_owned()), None).await?;
                Ok(self.editor().ask_title(&self.trouble(&refusal).unwrap_or_default()))
            }
        }
    }
}
