//! A script as a customer sees it, clearly marked as a preview. Its buttons store nothing.

use super::{Deed, EditorAct, EditorView, Screen};
use crate::domain::ids::SurveyKey;
use crate::domain::scale::Band;
use crate::domain::script::Script;
use crate::domain::survey::{Dialogue, Part};
use crate::domain::template::Values;
use crate::view::callback::Data;
use crate::view::survey::{self, Ended, Survey};
use crate::view::{Action, View, paragraphs};

/// The state of the preview.
#[derive(Clone, Copy, Debug)]
pub struct Previewed<'a> {
    pub script: &'a Script,
    pub dialogue: &'a Dialogue,
    /// The number of moves so far; a button from another step is stale.
    pub turn: usize,
    /// The customer's language.
    pub language: &'static str,
    pub after_words: bool,
    pub stopped: bool,
    pub brand: Option<&'a str>,
    /// Whether this previews the draft rather than the live version.
    pub is_draft: bool,
}

impl EditorView<'_> {
    #[must_use]
    pub fn preview(&self, previewed: &Previewed<'_>) -> View {
        let locale = previewed.language;
        let said = |id: &str| self.catalogue.text(locale, id);
        let (name, agent) = (said("preview-name"), said("preview-agent"));
        let (subject, store) = (said("preview-subject"), said("preview-store"));
        let date = said("preview-date");
        let values = Values {
            name: Some(&name),
            agent: Some(&agent),
            subject: Some(&subject),
            store: Some(&store),
            brand: previewed.brand,
            date: Some(&date),
        };
        let Previewed { script, dialogue, .. } = *previewed;
        let shown = Survey {
            id: SurveyKey::NONE,
            script,
            dialogue,
            values,
            locale,
            test: false,
            takes_words: true,
            case: None,
        };
        let mut view = if previewed.stopped {
            survey::ended(self.catalogue, &shown, Ended::Stopped)
        } else if previewed.after_words {
            survey::step_after_words(self.catalogue, &shown)
        } else {
            survey::step(self.catalogue, &shown)
        };
        for button in view.rows.iter_mut().flatten() {
            if let Action::CallbackData(data) = &button.action
                && let Some(Data::Survey { act, .. }) = Data::decode(data)
            {
                let text = std::mem::take(&mut button.text);
                *button = self.button(text, EditorAct::Preview(previewed.turn, act));
            }
        }
        let mark = format!("<i>{}</i>", self.one("editor-preview", "language", self.language(locale)));
        let alert = if rings(script, dialogue) {
            format!("<i>{}</i>", self.text("editor-preview-alert"))
        } else {
            String::new()
        };
        view.html = paragraphs([mark.as_str(), &alert, &view.html]);
        let other = self.languages.next(locale);
        let other = (other != locale).then(|| {
            let text = format!("{} {}", self.text("editor-button-in-language"), other.to_uppercase());
            self.button(text, EditorAct::Do(Deed::Preview(other)))
        });
        let back = if previewed.is_draft { Screen::Home } else { Screen::Card };
        let again = self.deed("editor-button-again", Deed::Preview(locale));
        view.row(other.into_iter().chain([again, self.to("editor-button-end-preview", back)]))
    }
}

/// Whether the leads would have got an alert by now.
fn rings(script: &Script, dialogue: &Dialogue) -> bool {
    script.questions.iter().enumerate().any(|(place, question)| {
        let given = dialogue.live(place, Part::Answer).and_then(|given| given.band);
        given.is_some_and(|band: Band| question.alert.reached_by(band))
    })
}
