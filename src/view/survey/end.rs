//! The end of a survey: the thanks, or the final text if it ended early.

use super::{Survey, paragraphs};
use crate::domain::scale::Band;
use crate::domain::script::Link;
use crate::domain::survey::{Input, Part};
use crate::i18n::Catalogue;
use crate::view::callback::{Act, Data};
use crate::view::customer::human;
use crate::view::{Action, Button, View};

/// Why a survey ended before its last question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Expired,
    Stopped,
    /// Its customer now has another chat.
    Moved,
    Erased,
}

/// The final text of a survey that is over. One whose time was over has a button that asks for a human, unless its
/// customer has a case already.
#[must_use]
pub fn ended(catalogue: &Catalogue, survey: &Survey<'_>, how: Ended) -> View {
    let partly = survey.dialogue.given.values().any(|given| !given.withdrawn && !given.skipped);
    let id = match (how, partly) {
        (Ended::Moved, _) => "survey-moved",
        (Ended::Expired, false) => "survey-expired",
        (Ended::Expired, true) => "survey-expired-partly",
        (Ended::Stopped, false) => "survey-stopped",
        (Ended::Stopped, true) => "survey-stopped-partly",
        (Ended::Erased, _) => "survey-erased",
    };
    let case = survey.case.filter(|_| matches!(how, Ended::Expired | Ended::Stopped)).unwrap_or_default();
    let text = catalogue.text(survey.locale, id);
    let human = (how == Ended::Expired && survey.case.is_none()).then(|| human(catalogue, survey.locale));
    survey.marked(catalogue, View::text(paragraphs([text.as_str(), case])).row(human))
}

/// The final text of a survey that the customer stopped, with a button to continue it.
#[must_use]
pub fn stopped(catalogue: &Catalogue, survey: &Survey<'_>) -> View {
    let data = Data::Survey { survey: survey.id, turn: survey.dialogue.turn, act: Act::Continue };
    let button = Button::new(catalogue.text(survey.locale, "survey-button-continue"), &data);
    ended(catalogue, survey, Ended::Stopped).row([button])
}

/// The thanks once nothing can be changed any more.
#[must_use]
pub fn closed(catalogue: &Catalogue, survey: &Survey<'_>) -> View {
    let mut view = Survey { takes_words: false, ..*survey }.thanks(catalogue);
    view.rows.retain(|row| row.iter().all(|button| matches!(button.action, Action::Url(_))));
    survey.marked(catalogue, view)
}

impl<'a> Survey<'a> {
    pub(super) fn thanks(&self, catalogue: &Catalogue) -> View {
        let usual = catalogue.text(self.locale, "survey-thanks");
        // Thanks that equal the usual text count as none, so that low scores get their own text.
        let own = self.script.thanks.as_ref().map(|text| self.own(text)).filter(|own| *own != usual);
        let is_passed_on = self.dialogue.is_low_told(self.script);
        let (thanks, passed_on) = match own {
            Some(own) if is_passed_on => (own, catalogue.text(self.locale, "survey-passed-on")),
            Some(own) => (own, String::new()),
            None if is_passed_on => (catalogue.text(self.locale, "survey-thanks-low"), String::new()),
            None => (usual, String::new()),
        };
        let worded = self
            .dialogue
            .given
            .iter()
            .any(|((_, part), given)| *part == Part::Comment && given.words && !given.withdrawn);
        let kept = if worded { catalogue.text(self.locale, "survey-comment-kept") } else { String::new() };
        let kept = if worded && self.takes_words {
            format!("{kept} {}", catalogue.text(self.locale, "survey-write-more"))
        } else {
            kept
        };
        let case = self.case.unwrap_or_default();
        let mut view = View::text(paragraphs([thanks.as_str(), &passed_on, &kept, case]));
        for link in self.links() {
            view = view.row([Button::url(self.label(&link.text), link.url.clone())]);
        }
        if self.dialogue.applicable(self.script).is_empty() {
            return view;
        }
        view.row([self.button(catalogue.text(self.locale, "survey-button-change"), Input::Change)])
    }

    /// Links go below the thanks of customers who are happy with everything. Each appears once.
    fn links(&self) -> Vec<&'a Link> {
        let script = self.script;
        let scored = self
            .dialogue
            .applicable(script)
            .into_iter()
            .filter(|at| script.questions[*at].metric.is_scored());
        let bands: Vec<(usize, Option<Band>)> = scored.map(|at| (at, self.dialogue.band(at))).collect();
        if bands.iter().any(|(_, band)| *band != Some(Band::High)) {
            return Vec::new();
        }
        let mut links: Vec<&Link> = Vec::new();
        for link in bands.iter().flat_map(|(at, _)| &script.questions[*at].high.links) {
            if !links.iter().any(|known| known.url == link.url) {
                links.push(link);
            }
        }
        links
    }
}
