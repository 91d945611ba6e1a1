//! The editor's first screen, the questions as a list, and a new one.

use super::{Deed, Desk, DeskAct, Screen, cut, fitting};
use crate::domain::metric::Metric;
use crate::domain::script::Script;
use crate::domain::script::edit::{Field, Tap};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

/// Who else has the draft before them: name, and minutes since their last step.
pub type Others = Vec<(String, u64)>;

impl Desk<'_> {
    #[must_use]
    pub fn home(&self, script: &Script, problems: (usize, usize), others: &Others) -> View {
        let head = format!(
            "<b>{}</b> — {}\n<code>{}</code> · {}",
            self.title(&script.title),
            self.text("desk-state-draft"),
            escape_html(self.slug),
            self.trigger(script.on)
        );
        let (errors, warnings) = problems;
        let verdict = match problems {
            (0, 0) => self.text("desk-verdict-fine"),
            (0, _) => self.one("desk-verdict-warnings", "count", warnings.to_string()),
            _ => self.one("desk-verdict-errors", "count", errors.to_string()),
        };
        let others: Vec<String> = others.iter().take(3).map(|(name, ago)| self.other(name, *ago)).collect();
        let questions = format!("{} · {}", self.text("field-questions"), script.questions.len());
        let mut view = View::text(paragraphs([head.as_str(), &verdict, &others.join("\n")]))
            .row([self.button(questions, DeskAct::Show(Screen::Questions))])
            .row([self.ask("field-title", Field::Title), self.ask("field-priority", Field::Priority)])
            .row([self.ask("field-greeting", Field::Greeting), self.ask("field-thanks", Field::Thanks)])
            .row([self.to("desk-button-when", Screen::When), self.to("desk-button-send", Screen::Send)]);
        if errors + warnings > 0 {
            let text = format!("{} · {}", self.text("desk-button-problems"), errors + warnings);
            view = view.row([self.button(text, DeskAct::Show(Screen::Problems))]);
        }
        self.previews(view)
            .row([
                self.deed("desk-button-file", Deed::File),
                self.deed("desk-button-backtest", Deed::Backtest),
            ])
            .row([self.to("desk-button-publish", Screen::Publish)])
            .row([
                self.to("desk-button-card", Screen::Card),
                self.to("desk-button-discard", Screen::AskDiscard),
            ])
    }

    fn other(&self, name: &str, minutes: u64) -> String {
        self.with(
            "desk-other",
            &[("name", escape_html(name).into()), ("minutes", minutes.to_string().into())],
        )
    }

    #[must_use]
    pub fn questions(&self, script: &Script) -> View {
        let lines: Vec<String> = script
            .questions
            .iter()
            .enumerate()
            .map(|(place, question)| {
                let branch = if question.show_if.is_some() { " ↳" } else { "" };
                let text = if question.text.is_empty() {
                    self.text("desk-no-text")
                } else {
                    self.own(&question.text, 60)
                };
                format!("{}.{branch} {text} <i>{}</i>", place + 1, self.metric(question.metric))
            })
            .collect();
        let text = if lines.is_empty() {
            self.text("desk-no-questions")
        } else {
            fitting(&lines, |count| self.one("desk-and-more", "count", count.to_string()))
        };
        let title = format!("<b>{}</b>", self.text("field-questions"));
        let mut view = View::text(paragraphs([title.as_str(), &text]));
        for (place, question) in script.questions.iter().enumerate() {
            let words = if question.text.is_empty() {
                question.key.clone()
            } else {
                cut(&question.text.get(self.locale).replace('\n', " "), 32)
            };
            let text = format!("{}. {words}", place + 1);
            view = view.row([self.button(text, DeskAct::Show(Screen::Question(place)))]);
        }
        view.row([self.to("desk-button-add-question", Screen::AddQuestion)])
            .row([self.to("desk-button-home", Screen::Home)])
    }

    #[must_use]
    pub fn add_question(&self) -> View {
        let mut view =
            View::text(paragraphs([self.text("desk-add-question").as_str(), &self.text("desk-metrics")]));
        for pair in Metric::ALL.chunks(2) {
            view =
                view.row(pair.iter().map(|metric| {
                    self.button(self.metric(*metric), DeskAct::Edit(Tap::AddQuestion(*metric)))
                }));
        }
        view.row([self.to("desk-button-questions", Screen::Questions)])
    }

    #[must_use]
    pub fn change_metric(&self, place: usize, now: Metric) -> View {
        let mut view =
            View::text(paragraphs([self.text("desk-metrics").as_str(), &self.text("desk-metric-series")]));
        for pair in Metric::ALL.chunks(2) {
            view = view.row(pair.iter().map(|metric| {
                self.choice(&self.metric(*metric), *metric == now, Tap::Metric(place, *metric))
            }));
        }
        view.row([self.to("desk-button-question", Screen::Question(place))])
    }
}
