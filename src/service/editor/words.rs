//! What an admin writes while the editor waits for words.

use super::At;
use crate::domain::ids::MessageKey;
use crate::domain::script::Trigger;
use crate::domain::script::edit::{self, Edit, Prompt, Refusal};
use crate::service::{Unit, person, prompts};
use crate::store;
use crate::store::editing::EditorPlace as Place;
use crate::store::persons::Person;
use crate::view::View;
use crate::view::callback::Screen;
use crate::view::editor::owner;

/// Takes words that the editor waits for at this place; false if they are not for it after all. `text` is absent where
/// something else was sent.
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
    /// `None`: these words are not for the editor after all.
    async fn heard(
        &mut self,
        unit: &mut Unit<'_>,
        place: &Place,
        awaits: &str,
        text: &str,
    ) -> store::Result<Option<View>> {
        if let Some(on) = awaits.strip_prefix('+') {
            let Ok(on) = on.parse::<Trigger>() else { return Ok(None) };
            return self.named(unit, on, awaits, text).await.map(Some);
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
        if draft.revision != place.revision {
            let name = match draft.saved_by {
                Some(by) => self.name_of(unit, by).await?,
                None => self.text("log-shell"),
            };
            let trouble = self.editor().one("editor-meanwhile", "name", name);
            return Ok(Some(self.ask(unit, prompt, Some(trouble), None).await?.0));
        }
        match edit::apply(&draft.source, &Edit::Words(prompt, text.to_owned()), self.languages()) {
            Ok(source) => {
                self.save(unit, &source).await?;
                self.go_on(unit, prompt).await.map(Some)
            }
            Err(refusal) => {
                let trouble = self.trouble(&refusal);
                Ok(Some(self.ask(unit, prompt, trouble, None).await?.0))
            }
        }
    }

    /// The next language that has no text yet, else where the field belongs.
    async fn go_on(&mut self, unit: &mut Unit<'_>, prompt: Prompt) -> store::Result<View> {
        let draft = self.read();
        let is_empty = |next: &Prompt| {
            let now =
                draft.as_ref().and_then(|draft| super::now::value(&draft.script, *next, self.languages()));
            now.is_some_and(|now| now.is_empty())
        };
        let later = prompt.language.into_iter().flat_map(|language| self.languages().after(language));
        let next = later.map(|language| Prompt::new(prompt.field, language)).find(is_empty);
        match next {
            Some(next) => Ok(self.ask(unit, next, None, None).await?.0),
            None => self.done_with(unit, prompt, "editor-heard").await,
        }
    }

    /// No words are waited for any more: where the field belongs, below what came of them.
    async fn done_with(&self, unit: &mut Unit<'_>, prompt: Prompt, id: &str) -> store::Result<View> {
        self.sit(unit, MessageKey::NONE, None, None).await?;
        let (view, _) = self.screen(unit, owner(prompt.field)).await?;
        Ok(View { html: format!("{}\n\n{}", self.text(id), view.html), ..view })
    }

    fn trouble(&self, refusal: &Refusal) -> Option<String> {
        let editor = self.editor();
        match refusal {
            Refusal::Wrong(problems) => {
                let said: Vec<String> =
                    problems.iter().take(3).map(|problem| editor.problem(problem)).collect();
                Some(said.join("\n"))
            }
            Refusal::TooLarge => self.toast("editor-toast-too-large"),
            Refusal::Gone => self.toast("editor-toast-gone"),
            // The hint below says what is wanted.
            Refusal::Lines(_) => self.toast("editor-trouble-lines"),
            Refusal::Number => self.toast("editor-trouble-number"),
        }
    }

    /// The name of a new script.
    async fn named(
        &mut self,
        unit: &mut Unit<'_>,
        on: Trigger,
        awaits: &str,
        text: &str,
    ) -> store::Result<View> {
        let slug = text.trim().to_lowercase();
        let is_slug = crate::domain::script::slug(&slug).is_ok();
        let taken = is_slug
            && (unit.tx.find_live_script(&slug).await?.is_some()
                || unit.tx.find_script_draft(&slug).await?.is_some());
        if !is_slug || taken {
            let message = self.logical(unit, None).await?;
            self.sit(unit, message, Some(awaits.to_owned()), None).await?;
            return Ok(if taken {
                self.editor().slug_taken(&slug)
            } else {
                self.editor().slug_refused(&slug)
            });
        }
        self.slug = slug;
        self.begin(unit, on).await?;
        self.sit(unit, MessageKey::NONE, None, None).await?;
        Ok(self.screen(unit, Screen::Home).await?.0)
    }
}
