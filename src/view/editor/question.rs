//! One question with its scale: bands, labels, branches.

use super::fields::band_id;
use super::{EditorAct, EditorView, Screen, cut};
use crate::domain::locale::Localized;
use crate::domain::metric::Answer;
use crate::domain::scale::{AlertLevel, Band, Bands, Scale};
use crate::domain::script::edit::{Field, List, Prompt, Tap};
use crate::domain::script::{Choice, Condition, Question, Script};
use crate::domain::template::escape_html;
use crate::view::{Button, View, paragraphs};

/// The most characters of a text in one language, and of all its translations together.
const TEXT_ROOM: usize = 500;
const TEXTS_ROOM: usize = 1000;
/// Telegram allows 100 buttons; a few of them are needed for navigation.
const MOST_BUTTONS: usize = 96;

impl EditorView<'_> {
    /// A text in each of the installation's languages, or a note that it is missing, and in any other languages it has.
    pub(super) fn in_languages(&self, text: &Localized) -> String {
        let further = text.iter().map(|(language, _)| language);
        let further = further.filter(|language| !self.languages.contains(language));
        let shown: Vec<&str> = self.languages.iter().chain(further).collect();
        let room = TEXT_ROOM.min(TEXTS_ROOM / shown.len());
        let line = |language: &&str| {
            let words = text.exact(language).filter(|words| !words.is_empty());
            let words = words.map_or_else(
                || format!("<i>{}</i>", self.text("editor-no-text")),
                |words| escape_html(&cut(words, room)),
            );
            format!("{}: {words}", language.to_uppercase())
        };
        shown.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Adds one button per language for a long text.
    pub(super) fn ask_in_languages(&self, view: View, id: &str, field: Field) -> View {
        let one = |language| {
            let text = self.of_language(self.text(id), language);
            self.button(text, EditorAct::Ask(Prompt::new(field, language)))
        };
        let buttons: Vec<Button> = self.languages.iter().map(one).collect();
        buttons.chunks(3).fold(view, |view, row| view.row(row.iter().cloned()))
    }

    #[must_use]
    pub fn question(&self, script: &Script, place: usize, question: &Question) -> View {
        let values = [
            ("number", (place + 1).to_string().into()),
            ("total", script.questions.len().to_string().into()),
        ];
        let head = format!(
            "<b>{}</b>\n<code>{}</code>",
            self.with("editor-question", &values),
            escape_html(&question.key)
        );
        let text = self.in_languages(&question.text);
        let view = View::text(paragraphs([head.as_str(), &text, &self.facts(script, question)]));
        let view = self.ask_in_languages(view, "field-text", Field::Text(place));
        let view = view.row(
            std::iter::once(self.to("field-metric", Screen::Metric(place)))
                .chain(Self::can_scale(question).then(|| self.to("field-scale", Screen::Scale(place)))),
        );
        let view = self.about_scores(view, place, question);
        let view = self.about_options(view, place, question);
        self.question_end(view, script, place, question)
    }

    /// Adds the bands, their follow-ups, and when leads are told.
    fn about_scores(&self, mut view: View, place: usize, question: &Question) -> View {
        if question.metric.has_scale() {
            let bands = Self::can_scale(question).then(|| self.to("field-bands", Screen::Bands(place)));
            let words = self.to("editor-button-labels", Screen::Labels(place));
            view = view.row(bands.into_iter().chain([words]));
            view = view.row(Band::ALL.iter().map(|band| {
                let has = question.follow_up(*band) != &crate::domain::script::FollowUp::default();
                let mark = if has { " ✎" } else { "" };
                let text = format!("{}{mark}", self.band(*band));
                self.button(text, EditorAct::Show(Screen::Band(place, *band)))
            }));
        }
        if question.metric.is_scored() {
            if question.low.reasons.is_empty() {
                let reasons = self.asks(Field::NewItem(List::Reasons(place, Band::Low)));
                view = view.row([self.button(self.text("editor-button-low-reasons"), reasons)]);
            }
            view = view.row(AlertLevel::ALL.iter().map(|level| {
                let mark = if *level == question.alert { " ✓" } else { "" };
                let text = format!("{}{mark}", self.alert(*level));
                self.button(text, EditorAct::Edit(Tap::Alert(place, *level)))
            }));
        }
        if question.metric.may_be_turned() {
            let hard = question.orientation == crate::domain::scale::Orientation::HighIsHard;
            view = view.row([
                self.choice(&self.text("editor-high-is-easy"), !hard, Tap::HighIsHard(place, false)),
                self.choice(&self.text("editor-high-is-hard"), hard, Tap::HighIsHard(place, true)),
            ]);
        }
        view
    }

    fn about_options(&self, view: View, place: usize, question: &Question) -> View {
        if !question.metric.takes_options() {
            return view;
        }
        let options = match question.options.len() {
            0 => {
                let ask = self.asks(Field::NewItem(List::Options(place)));
                self.button(self.text("editor-new-option"), ask)
            }
            count => {
                let text = format!("{} · {count}", self.text("field-options"));
                self.button(text, EditorAct::Show(Screen::Items(List::Options(place))))
            }
        };
        view.row([options]).row([
            self.choice(&self.text("editor-one-option"), !question.multiple, Tap::Multiple(place, false)),
            self.choice(&self.text("editor-many-options"), question.multiple, Tap::Multiple(place, true)),
        ])
    }

    /// The facts about a question: its metric, its numbers, and when it is asked.
    fn facts(&self, script: &Script, question: &Question) -> String {
        let mut facts = vec![format!("{}: {}", self.text("field-metric"), self.metric(question.metric))];
        if let Some(scale) = question.scale {
            facts.push(format!("{}: {}", self.text("field-scale"), self.scale(scale)));
        }
        if let Some((scale, bands)) = question.scale.zip(question.bands) {
            facts.push(self.bounds(scale, bands));
        }
        if question.metric.has_scale() {
            facts.push(format!("{}: {}", self.text("field-factor"), escape_html(question.factor())));
        }
        facts.push(self.shown_when(script, question));
        let options = self.listed(&question.options);
        if !options.is_empty() {
            facts.push(format!("{}: {options}", self.text("field-options")));
        }
        for band in Band::ALL {
            let follow_up = question.follow_up(*band);
            let comment = follow_up.comment.as_ref().map(|comment| self.own(comment, 100));
            let reasons = Some(self.listed(&follow_up.reasons)).filter(|reasons| !reasons.is_empty());
            let links = follow_up.links.iter().map(|link| format!("🔗 {}", self.own(&link.text, 40)));
            let said: Vec<String> = comment.into_iter().chain(reasons).chain(links).collect();
            if !said.is_empty() {
                facts.push(format!("{}: {}", self.band(*band), said.join(" · ")));
            }
        }
        facts.join("\n")
    }

    fn listed(&self, choices: &[Choice]) -> String {
        let texts: Vec<String> = choices.iter().take(12).map(|choice| self.own(&choice.text, 40)).collect();
        texts.join(", ")
    }

    /// The scores that are bad, neutral and good: *bad: 1–2 · neutral: 3 · good: 4–5*.
    fn bounds(&self, scale: Scale, bands: Bands) -> String {
        let one = |band: &Band| {
            let mut values = scale.values().filter(|value| bands.band(*value) == *band);
            let first = values.next()?;
            let values = match values.next_back() {
                Some(last) => format!("{first}–{last}"),
                None => first.to_string(),
            };
            Some(self.one(band_id(*band, "editor-bound"), "values", values))
        };
        crate::view::capitalised(&Band::ALL.iter().filter_map(one).collect::<Vec<_>>().join(" · "))
    }

    fn question_end(&self, view: View, script: &Script, place: usize, question: &Question) -> View {
        let factor = question.metric.has_scale().then(|| self.ask("field-factor", Field::Factor(place)));
        let up = (place > 0).then(|| self.tap("editor-button-up", Tap::MoveQuestion(place, true)));
        let down = (place + 1 < script.questions.len())
            .then(|| self.tap("editor-button-down", Tap::MoveQuestion(place, false)));
        let branch = (place > 0).then(|| self.to("field-show-if", Screen::Branch(place)));
        view.row(branch)
            .row([self.ask("field-key", Field::Key(place))].into_iter().chain(factor))
            .row(up.into_iter().chain(down))
            .row([
                self.tap("editor-button-copy", Tap::CopyQuestion(place)),
                self.to("editor-button-remove", Screen::RemoveQuestion(place)),
            ])
            .row([self.to("editor-button-add-question", Screen::AddQuestion)])
            .row([
                self.to("editor-button-questions", Screen::Questions),
                self.to("editor-button-home", Screen::Home),
            ])
    }

    fn can_scale(question: &Question) -> bool {
        question.metric.usual_scale().is_some()
    }

    fn shown_when(&self, script: &Script, question: &Question) -> String {
        let Some(show_if) = &question.show_if else { return self.text("editor-asked-always") };
        let asked = script.question(&show_if.question);
        let quoted = |text: &str| self.one("editor-quoted", "text", text.to_owned());
        let values: Vec<String> = match &show_if.cond {
            Condition::Band(bands) => bands.iter().map(|band| self.answered(*band)).collect(),
            Condition::Value(values) => values.iter().map(ToString::to_string).collect(),
            Condition::Option(keys) => keys
                .iter()
                .map(|key| {
                    let option = asked.and_then(|asked| asked.option(key));
                    quoted(option.map_or(key, |option| option.text.get(self.locale)))
                })
                .collect(),
        };
        let place = script.questions.iter().position(|question| question.key == show_if.question);
        let question = place.map_or_else(|| quoted(&show_if.question), |place| (place + 1).to_string());
        let or = format!(" {} ", self.text("editor-or"));
        let values =
            [("question", escape_html(&question).into()), ("answers", escape_html(&values.join(&or)).into())];
        self.with("editor-asked-if", &values)
    }

    #[must_use]
    pub fn scales(&self, place: usize, question: &Question) -> View {
        let mut view =
            View::text(paragraphs([self.text("editor-scales").as_str(), &self.text("editor-metric-series")]));
        for pair in Scale::ALL.chunks(3) {
            view = view.row(pair.iter().map(|scale| {
                self.choice(&self.scale(*scale), question.scale == Some(*scale), Tap::Scale(place, *scale))
            }));
        }
        view.row([self.to("editor-button-question", Screen::Question(place))])
    }

    /// Asks for the last low number, and once that is chosen, for the first high one.
    #[must_use]
    pub fn bands(&self, place: usize, scale: Scale, low: Option<usize>) -> View {
        let id = if low.is_some() { "editor-bands-high" } else { "editor-bands-low" };
        let least = scale.min();
        let values = scale.values().enumerate().filter(|(at, value)| match low {
            Some(low) => *at > low,
            None => *value < scale.max(),
        });
        let buttons: Vec<Button> = values
            .map(|(at, _)| {
                let value = (least + i64::try_from(at).unwrap_or(0)).to_string();
                match low {
                    Some(low) => self.button(value, EditorAct::Edit(Tap::Bands(place, low, at))),
                    None => self.button(value, EditorAct::Show(Screen::HighFrom(place, at))),
                }
            })
            .collect();
        let mut view = View::text(paragraphs([self.text(id).as_str(), &self.text("editor-bands-note")]));
        for row in buttons.chunks(6) {
            view = view.row(row.iter().cloned());
        }
        view.row([self.tap("editor-bands-default", Tap::DefaultBands(place))])
            .row([self.to("editor-button-question", Screen::Question(place))])
    }

    #[must_use]
    pub fn labels(&self, place: usize, question: &Question, scale: Scale) -> View {
        let word = |text: &Localized| escape_html(&cut(text.get(self.locale), 60));
        let mut lines: Vec<String> =
            question.labels.iter().map(|(value, label)| format!("{value} — {}", word(label))).collect();
        if let Some(ends) = &question.ends {
            lines.push(format!("{}: {}", self.text("field-end-low"), word(&ends.low)));
            lines.push(format!("{}: {}", self.text("field-end-high"), word(&ends.high)));
        }
        let mut view = View::text(paragraphs([self.text("editor-labels").as_str(), &lines.join("\n")]));
        let values: Vec<Button> = scale
            .values()
            .map(|value| self.button(value.to_string(), self.asks(Field::Label(place, value))))
            .collect();
        for row in values.chunks(6) {
            view = view.row(row.iter().cloned());
        }
        view.row([
            self.ask("field-end-low", Field::LowEnd(place)),
            self.ask("field-end-high", Field::HighEnd(place)),
        ])
        .row([self.to("editor-button-question", Screen::Question(place))])
    }

    /// When the question is asked: always, or after an earlier answer. Only possible choices are offered.
    #[must_use]
    pub fn branch(&self, script: &Script, place: usize, question: &Question) -> View {
        let mut view =
            View::text(paragraphs([self.text("editor-branch").as_str(), &self.shown_when(script, question)]))
                .row([self.choice(
                    &self.text("editor-asked-always"),
                    question.show_if.is_none(),
                    Tap::NoBranch(place),
                )]);
        let room = MOST_BUTTONS.saturating_sub(place);
        for (of, earlier) in script.questions.iter().enumerate().take(place) {
            let has_answers = match earlier.metric.spec().answer {
                Answer::Words => false,
                Answer::Options => !earlier.options.is_empty(),
                Answer::Score(_) => true,
            };
            if !has_answers {
                continue;
            }
            let show_if = question.show_if.as_ref().filter(|show_if| show_if.question == earlier.key);
            let text = format!(
                "{} {}. {}",
                self.text("editor-after"),
                of + 1,
                Self::short(earlier.text.get(self.locale))
            );
            view = view.row([self.choice(&text, show_if.is_some(), Tap::Branch(place, of))]);
            if let Some(show_if) = show_if {
                view = self.branch_answers(view, (place, room), earlier, &show_if.cond);
            }
        }
        view.row([
            self.to("editor-button-question", Screen::Question(place)),
            self.to("editor-button-home", Screen::Home),
        ])
    }

    fn branch_answers(
        &self,
        view: View,
        (place, room): (usize, usize),
        earlier: &Question,
        cond: &Condition,
    ) -> View {
        if earlier.metric.takes_options() {
            let buttons = earlier.options.iter().enumerate().take(room).map(|(at, option)| {
                let on = matches!(cond, Condition::Option(keys) if keys.contains(&option.key));
                self.choice(option.text.get(self.locale), on, Tap::BranchOption(place, at, !on))
            });
            return buttons.fold(view, |view, button| view.row([button]));
        }
        let mut view = view.row(Band::ALL.iter().map(|band| {
            let on = matches!(cond, Condition::Band(bands) if bands.contains(band));
            self.choice(&self.answered(*band), on, Tap::BranchBand(place, *band, !on))
        }));
        let values = earlier.scale.into_iter().flat_map(Scale::values).enumerate();
        let buttons: Vec<Button> = values
            .map(|(at, value)| {
                let on = matches!(cond, Condition::Value(values) if values.contains(&value));
                self.choice(&value.to_string(), on, Tap::BranchValue(place, at, !on))
            })
            .collect();
        for row in buttons.chunks(6) {
            view = view.row(row.iter().cloned());
        }
        view
    }

    #[must_use]
    pub fn ask_remove(&self, place: usize, question: &Question) -> View {
        let values =
            [("number", (place + 1).to_string().into()), ("text", self.own(&question.text, 200).into())];
        View::text(self.with("editor-ask-remove", &values)).row([
            self.tap("editor-button-remove-now", Tap::RemoveQuestion(place)),
            self.to("editor-button-no", Screen::Question(place)),
        ])
    }
}
