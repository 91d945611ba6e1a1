//! A survey's message: greeting, progress, question, the meaning of the numbers, and buttons.

mod choices;
mod end;

pub use end::{Ended, closed, ended, stopped};

use super::callback::{Act, Data};
use super::{Button, View, paragraphs};
use crate::domain::ids::SurveyKey;
use crate::domain::locale::Localized;
use crate::domain::metric::Answer;
use crate::domain::scale::Band;
use crate::domain::script::{FollowUp, Question, Script};
use crate::domain::survey::{Dialogue, Input, Part, Step};
use crate::domain::template::{Escape, Values, escape_html, render};
use crate::i18n::Catalogue;

/// Telegram lays out at most eight buttons in a row well.
const BUTTONS_IN_A_ROW: usize = 8;
/// Clients cut long labels in the middle of a word, so we cut them ourselves.
const BUTTON_CHARS: usize = 32;
/// The most characters for all questions in the list of answers; the answers may take as many again.
const REVIEW_CHARS: usize = 1600;

/// What the view needs to know of one survey.
#[derive(Clone, Copy, Debug)]
pub struct Survey<'a> {
    pub id: SurveyKey,
    pub script: &'a Script,
    pub dialogue: &'a Dialogue,
    pub values: Values<'a>,
    pub locale: &'a str,
    pub test: bool,
    /// Whether the customer's messages belong to this survey, which is so until it ends.
    pub takes_words: bool,
    /// What the customer is told of the case that the survey belongs to.
    pub case: Option<&'a str>,
}

/// The current step.
#[must_use]
pub fn step(catalogue: &Catalogue, survey: &Survey<'_>) -> View {
    survey.marked(catalogue, survey.step(catalogue))
}

/// The current step, with a note that the customer's words were received.
#[must_use]
pub fn step_after_words(catalogue: &Catalogue, survey: &Survey<'_>) -> View {
    let noted = catalogue.text(survey.locale, "survey-noted");
    let view = match survey.dialogue.step {
        Step::Ask(index) => survey.ask(catalogue, index, &noted),
        Step::Why(index) => {
            let view = survey.why(catalogue, index);
            View { html: paragraphs([noted.as_str(), &view.html]), ..view }
        }
        Step::End | Step::Review => survey.step(catalogue),
    };
    survey.marked(catalogue, view)
}

/// Why the current step is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    Reminder,
    /// The bot was not running, and a tap may have been lost.
    Silence,
    /// The customer has come back and may no longer see it.
    Comeback,
}

/// The current step again, with the reason.
#[must_use]
pub fn step_again(catalogue: &Catalogue, survey: &Survey<'_>, why: Again) -> View {
    let note = catalogue.text(
        survey.locale,
        match why {
            Again::Reminder => "survey-reminder",
            Again::Silence => "survey-shown-again",
            Again::Comeback => "survey-still-open",
        },
    );
    let view = if let Step::Ask(index) = survey.dialogue.step {
        // Goes below the greeting, which says who is asking.
        survey.ask(catalogue, index, &note)
    } else {
        let view = survey.step(catalogue);
        View { html: paragraphs([note.as_str(), &view.html]), ..view }
    };
    survey.marked(catalogue, view)
}

/// The current step without buttons: what an old message shows once the dialogue continues in a newer one.
#[must_use]
pub fn left_behind(catalogue: &Catalogue, survey: &Survey<'_>) -> View {
    let mut view = View::text(step(catalogue, survey).html);
    for chosen in survey.chosen(catalogue) {
        view.html.push_str("\n✓ ");
        view.html.push_str(&escape_html(&chosen));
    }
    view
}

impl<'a> Survey<'a> {
    fn step(&self, catalogue: &Catalogue) -> View {
        match self.dialogue.step {
            Step::Ask(index) => self.ask(catalogue, index, ""),
            Step::Why(index) => self.why(catalogue, index),
            Step::Review => self.review(catalogue),
            Step::End => self.thanks(catalogue),
        }
    }

    fn marked(&self, catalogue: &Catalogue, view: View) -> View {
        if !self.test {
            return view;
        }
        let html = paragraphs([catalogue.text(self.locale, "survey-test").as_str(), &view.html]);
        View { html, ..view }
    }

    fn button(&self, text: impl Into<String>, input: Input) -> Button {
        let data = Data::Survey { survey: self.id, turn: self.dialogue.turn, act: Act::Input(input) };
        Button::new(text, &data)
    }

    /// The script's own text, with values filled in.
    fn own(&self, text: &Localized) -> String {
        render(text.get(self.locale), &self.values, Escape::Html)
    }

    fn label(&self, text: &'a Localized) -> String {
        render(text.get(self.locale), &self.values, Escape::Plain)
    }

    fn ask(&self, catalogue: &Catalogue, index: usize, note: &str) -> View {
        let question = &self.script.questions[index];
        // Words may have arrived before any answer.
        let is_first = index == 0 && self.dialogue.given.keys().all(|(_, part)| *part != Part::Answer);
        let greeting = self.script.greeting.as_ref().filter(|_| is_first);
        let greeting = greeting.map(|text| self.own(text)).unwrap_or_default();
        let (number, total) = self.dialogue.progress(self.script, index);
        let progress = if total > 1 {
            let values = [("number", number.into()), ("total", total.into())];
            format!("<i>{}</i>", catalogue.with(self.locale, "survey-progress", &values))
        } else {
            String::new()
        };
        let text = format!("<b>{}</b>", self.own(&question.text));
        let hint = match question.metric.spec().answer {
            Answer::Words => catalogue.text(self.locale, "survey-write-answer"),
            Answer::Options if question.multiple => catalogue.text(self.locale, "survey-choose-several"),
            Answer::Options => String::new(),
            Answer::Score(_) => self.ends(catalogue, question),
        };
        let mut view = View::text(paragraphs([greeting.as_str(), note, &progress, &text, &hint]));
        view.rows = self.choices(catalogue, index, question);
        let given = self.dialogue.live(index, Part::Answer).is_some_and(|given| !given.skipped);
        let multiple = question.multiple && given;
        let single = given && !multiple;
        view.row(
            multiple.then(|| self.button(catalogue.text(self.locale, "survey-button-done"), Input::Done)),
        )
        .row(
            (question.may_skip() && !given)
                .then(|| self.button(catalogue.text(self.locale, "survey-button-skip"), Input::Skip)),
        )
        .row(single.then(|| self.button(catalogue.text(self.locale, "survey-button-keep"), Input::Keep)))
        .row(
            (self.dialogue.previous(self.script, index).is_some())
                .then(|| self.button(catalogue.text(self.locale, "survey-button-back"), Input::Back)),
        )
        .row(self.stop(catalogue))
    }

    /// The stop button. It goes below everything else, so that nobody hits it who aims for a score. There is none when
    /// nothing more will be asked.
    fn stop(&self, catalogue: &Catalogue) -> Option<Button> {
        let data = Data::Survey { survey: self.id, turn: self.dialogue.turn, act: Act::Stop };
        let complete = self.dialogue.is_complete(self.script);
        (!complete).then(|| Button::new(catalogue.text(self.locale, "survey-button-stop"), &data))
    }

    fn why(&self, catalogue: &Catalogue, index: usize) -> View {
        let question = &self.script.questions[index];
        let band = self.dialogue.band(index).unwrap_or(Band::Low);
        let follow_up = question.follow_up(band);
        let score = self.dialogue.live(index, Part::Answer).and_then(|given| given.value);
        let score = score.map(|value| self.given_score(catalogue, question, value)).unwrap_or_default();
        let (words, hint) = match &follow_up.comment {
            Some(comment) => {
                let hint = catalogue.text(self.locale, "survey-write-here");
                (format!("<b>{}</b>", self.own(comment)), hint)
            }
            None => (catalogue.text(self.locale, "survey-choose-several"), String::new()),
        };
        let view = View::text(paragraphs([score.as_str(), &words, &hint]));
        self.with_reasons(catalogue, view, index, follow_up)
    }

    fn with_reasons(&self, catalogue: &Catalogue, view: View, index: usize, follow_up: &FollowUp) -> View {
        let chosen =
            self.dialogue.live(index, Part::Reason).map(|given| given.options.as_slice()).unwrap_or_default();
        let mut view = view;
        for (at, reason) in follow_up.reasons.iter().enumerate() {
            let on = chosen.contains(&reason.key);
            let text = ticked(&self.label(&reason.text), on);
            view = view.row([self.button(text, Input::Toggle { index: at, on: !on })]);
        }
        let (id, input) = if chosen.is_empty() {
            ("survey-button-skip", Input::Skip)
        } else {
            ("survey-button-done", Input::Done)
        };
        let back = self.button(catalogue.text(self.locale, "survey-button-back"), Input::Back);
        view.row([self.button(catalogue.text(self.locale, id), input)]).row([back]).row(self.stop(catalogue))
    }

    /// What is chosen at the current step, in words: an answer or reasons.
    fn chosen(&self, catalogue: &Catalogue) -> Vec<String> {
        let index = match self.dialogue.step {
            Step::Why(index) => index,
            Step::Ask(index) => {
                let given = self.dialogue.live(index, Part::Answer);
                let is_chosen = given.is_some_and(|given| given.value.is_some() || !given.options.is_empty());
                let question = &self.script.questions[index];
                return is_chosen
                    .then(|| self.given_in_words(catalogue, index, question))
                    .into_iter()
                    .collect();
            }
            Step::End | Step::Review => return Vec::new(),
        };
        let (Some(band), Some(given)) = (self.dialogue.band(index), self.dialogue.live(index, Part::Reason))
        else {
            return Vec::new();
        };
        let reasons = &self.script.questions[index].follow_up(band).reasons;
        let chosen = reasons.iter().filter(|reason| given.options.contains(&reason.key));
        chosen.map(|reason| self.label(&reason.text)).collect()
    }

    fn review(&self, catalogue: &Catalogue) -> View {
        let mut view = View::text(format!("<b>{}</b>", catalogue.text(self.locale, "survey-review")));
        let applicable = self.dialogue.applicable(self.script);
        // All of them fit into one message, however long the questions are.
        let room = (REVIEW_CHARS / applicable.len().max(1)).clamp(20, 200);
        for (number, index) in applicable.into_iter().enumerate() {
            let question = &self.script.questions[index];
            let given = self.given_in_words(catalogue, index, question);
            let text = escape_html(&shortened(&self.label(&question.text), room));
            let line = format!("{}. {text} — <b>{}</b>", number + 1, escape_html(&shortened(&given, room)));
            view.html.push_str(if number == 0 { "\n\n" } else { "\n" });
            view.html.push_str(&line);
            let label = format!("{} · {given}", number + 1);
            view = view.row([self.button(shortened(&label, BUTTON_CHARS), Input::ChangeQuestion(index))]);
        }
        view.row([self.button(catalogue.text(self.locale, "survey-button-keep"), Input::Keep)])
    }

    fn given_in_words(&self, catalogue: &Catalogue, index: usize, question: &Question) -> String {
        let Some(given) = self.dialogue.live(index, Part::Answer) else {
            return catalogue.text(self.locale, "survey-given-nothing");
        };
        if let (Some(value), Some(scale)) = (given.value, question.scale) {
            return self.score_in_words(catalogue, question, scale, value);
        }
        let chosen: Vec<String> = question
            .options
            .iter()
            .filter(|choice| given.options.contains(&choice.key))
            .map(|choice| self.label(&choice.text))
            .collect();
        match (chosen.is_empty(), given.words) {
            (false, _) => chosen.join(", "),
            (true, true) => catalogue.text(self.locale, "survey-given-words"),
            (true, false) => catalogue.text(self.locale, "survey-given-nothing"),
        }
    }
}

/// Marks with a character rather than a colour, because screen readers read a character aloud.
fn ticked(text: &str, on: bool) -> String {
    if on { format!("✓ {text}") } else { text.to_owned() }
}

fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Languages;
    use crate::domain::script::shipped::SHIPPED;

    /// The text, then each row of buttons on a line.
    fn drawn(view: &View) -> String {
        let rows = view.rows.iter().map(|row| {
            let texts: Vec<&str> = row.iter().map(|button| button.text.as_str()).collect();
            format!("\n[ {} ]", texts.join(" | "))
        });
        format!("{}{}", view.html, rows.collect::<String>())
    }

    fn walk(slug: &str, locale: &str, moves: &[Input]) -> String {
        let catalogue = Catalogue::default();
        let (_, source) = SHIPPED.iter().find(|(file, _)| file.starts_with(slug)).unwrap();
        let script = Script::parse("shipped", source, &Languages::default()).unwrap().script;
        let values = Values {
            name: Some("Анна"),
            subject: Some("Заказ №1001"),
            agent: Some("Ольга"),
            ..Values::default()
        };
        let mut dialogue = Dialogue::begin();
        let mut out = String::new();
        for input in std::iter::once(None).chain(moves.iter().map(Some)) {
            if let Some(input) = input {
                dialogue.apply(&script, *input).unwrap();
            }
            let survey = Survey {
                id: SurveyKey::new(1),
                script: &script,
                dialogue: &dialogue,
                values,
                locale,
                test: false,
                takes_words: true,
                case: None,
            };
            out += &drawn(&step(&catalogue, &survey));
            out += "\n-----\n";
        }
        out
    }
    #[rstest::rstest]
    fn the_shipped_scripts_read_well_at_every_step(#[values("ru", "en")] locale: &str) {
        let reason = Input::Toggle { index: 1, on: true };
        let purchase = [
            Input::Score(7),
            Input::Skip,
            Input::Score(2),
            reason,
            Input::Words,
            Input::Score(9),
            Input::Change,
            Input::ChangeQuestion(0),
            Input::Score(2),
        ];
        insta::assert_snapshot!(format!("purchase-{locale}"), walk("purchase", locale, &purchase));
        let support =
            [Input::Score(3), Input::Score(1), Input::Words, Input::Option(1), Input::Words, Input::Words];
        insta::assert_snapshot!(format!("support-{locale}"), walk("support", locale, &support));
    }
}
