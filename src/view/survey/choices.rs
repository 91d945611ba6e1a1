//! The choices of a question: the button labels, the meaning of the ends of its scale, and a given score in words.

use super::{BUTTONS_IN_A_ROW, Survey, ticked};
use crate::domain::scale::Scale;
use crate::domain::script::Question;
use crate::domain::survey::{Input, Part};
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;
use crate::view::Button;

impl Survey<'_> {
    pub(super) fn choices(
        &self,
        catalogue: &Catalogue,
        index: usize,
        question: &Question,
    ) -> Vec<Vec<Button>> {
        if question.metric.takes_options() {
            let chosen = self.dialogue.live(index, Part::Answer);
            return question
                .options
                .iter()
                .enumerate()
                .map(|(option, choice)| {
                    let text = self.label(&choice.text);
                    let on = chosen.is_some_and(|given| given.options.contains(&choice.key));
                    let input = if question.multiple {
                        Input::Toggle { index: option, on: !on }
                    } else {
                        Input::Option(option)
                    };
                    vec![self.button(ticked(&text, on), input)]
                })
                .collect();
        }
        let Some(scale) = question.scale else { return Vec::new() };
        let chosen = self.dialogue.live(index, Part::Answer).and_then(|given| given.value);
        let buttons: Vec<Button> = scale
            .values()
            .map(|value| {
                let label = self.value_label(catalogue, question, scale, value);
                self.button(ticked(&label, chosen == Some(value)), Input::Score(value))
            })
            .collect();
        let wordy = buttons.iter().any(|button| button.text.chars().count() > 12);
        let width = match buttons.len() {
            _ if wordy => 1,
            // Splits 0–10 into 0–5 and 6–10, and 1–10 into 1–5 and 6–10.
            11 => 6,
            10 => 5,
            n => n.min(BUTTONS_IN_A_ROW),
        };
        buttons.chunks(width).map(<[Button]>::to_vec).collect()
    }

    pub(super) fn value_label(
        &self,
        catalogue: &Catalogue,
        question: &Question,
        scale: Scale,
        value: i64,
    ) -> String {
        if let Some(label) = question.labels.get(&value) {
            return label.get(self.locale).to_owned();
        }
        let id = match (scale, value) {
            (Scale::Smiley3, 1) => "scale-smiley-1",
            (Scale::Smiley3, 2) => "scale-smiley-2",
            (Scale::Smiley3, _) => "scale-smiley-3",
            (Scale::YesNo, 0) => "scale-no",
            (Scale::YesNo, _) => "scale-yes",
            _ => return value.to_string(),
        };
        catalogue.text(self.locale, id)
    }

    /// "0 = not at all likely, 10 = extremely likely". Scales whose labels are words need no such line.
    pub(super) fn ends(&self, catalogue: &Catalogue, question: &Question) -> String {
        let Some(scale) = question.scale else { return String::new() };
        let (low, high) = match &question.ends {
            Some(ends) => (self.own(&ends.low), self.own(&ends.high)),
            None if matches!(scale, Scale::Smiley3 | Scale::YesNo) || !question.labels.is_empty() => {
                return String::new();
            }
            None => {
                let Some((low, high)) = question.metric.end_words(question.orientation) else {
                    return String::new();
                };
                (catalogue.text(self.locale, low), catalogue.text(self.locale, high))
            }
        };
        let values = [
            ("low", scale.min().into()),
            ("low_meaning", low.into()),
            ("high", scale.max().into()),
            ("high_meaning", high.into()),
        ];
        catalogue.with(self.locale, "scale-ends", &values)
    }

    /// A number with its scale (`2/10`), or the text of its button.
    pub(super) fn score_in_words(
        &self,
        catalogue: &Catalogue,
        question: &Question,
        scale: Scale,
        value: i64,
    ) -> String {
        let label = self.value_label(catalogue, question, scale, value);
        if label == value.to_string() { format!("{value}/{}", scale.max()) } else { label }
    }

    pub(super) fn given_score(&self, catalogue: &Catalogue, question: &Question, value: i64) -> String {
        let shown = question.scale.map(|scale| self.score_in_words(catalogue, question, scale, value));
        let shown = escape_html(&shown.unwrap_or_default());
        let id = if question.scale == Some(Scale::YesNo) {
            "survey-current-answer"
        } else {
            "survey-current-score"
        };
        catalogue.with(self.locale, id, &[("value", shown.into())])
    }
}
