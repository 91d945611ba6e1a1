//! A script as a customer meets it, clearly marked, with buttons that store nothing.

use super::{Deed, Desk, DeskAct, Screen};
use crate::domain::ids::SurveyKey;
use crate::domain::locale::LOCALES;
use crate::domain::scale::Band;
use crate::domain::script::Script;
use crate::domain::survey::{Dialogue, Part};
use crate::domain::template::Values;
use crate::view::callback::Data;
use crate::view::survey::{self, Ended, Survey};
use crate::view::{Action, View, paragraphs};

/// Where the preview stands.
#[derive(Clone, Copy, Debug)]
pub struct Previewed<'a> {
    pub script: &'a Script,
    pub dialogue: &'a Dialogue,
    /// Moves made so far; a button of another step is stale.
    pub turn: usize,
    /// The place of the customer's language.
    pub language: usize,
    pub after_words: bool,
    pub stopped: bool,
    pub brand: Option<&'a str>,
    /// The draft is open, not the live version.
    pub is_draft: bool,
}

impl Desk<'_> {
    #[must_use]
    pub fn preview(&self, previewed: &Previewed<'_>) -> View {
        let locale = LOCALES.get(previewed.language).copied().unwrap_or(LOCALES[0]);
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
        let shown = Survey { id: SurveyKey::NONE, script, dialogue, values, locale, test: false };
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
                *button = self.button(text, DeskAct::Preview(previewed.turn, act));
            }
        }
        let mark = format!("<i>{}</i>", self.one("desk-preview", "language", self.name(locale)));
        let alert = if rings(script, dialogue) {
            format!("<i>{}</i>", self.text("desk-preview-alert"))
        } else {
            String::new()
        };
        view.html = paragraphs([mark.as_str(), &alert, &view.html]);
        let other = (previewed.language + 1) % LOCALES.len();
        let other_name = LOCALES.get(other).copied().unwrap_or(LOCALES[0]).to_uppercase();
        let back = if previewed.is_draft { Screen::Home } else { Screen::Card };
        view.row([
            self.button(
                format!("{} {other_name}", self.text("desk-button-in-language")),
                DeskAct::Do(Deed::Preview(other)),
            ),
            self.deed("desk-button-again", Deed::Preview(previewed.language)),
            self.to("desk-button-end-preview", back),
        ])
    }
}

/// Whether the leads would have been told by now.
fn rings(script: &Script, dialogue: &Dialogue) -> bool {
    script.questions.iter().enumerate().any(|(place, question)| {
        let given = dialogue.live(place, Part::Answer).and_then(|given| given.band);
        given.is_some_and(|band: Band| question.alert.reached_by(band))
    })
}
