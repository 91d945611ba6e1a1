//! The editor's first screen, the list of questions, and adding a question.

use super::{Deed, EditorAct, EditorView, Remarks, Screen, cut, fitting};
use crate::domain::locale::Localized;
use crate::domain::metric::Metric;
use crate::domain::script::Script;
use crate::domain::script::edit::{Field, Tap};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

/// Who else has the draft open: their name, and the minutes since their last step.
pub type Others = Vec<(String, u64)>;

impl EditorView<'_> {
    #[must_use]
    pub fn home(&self, script: &Script, remarks: &Remarks, others: &Others, is_live: bool) -> View {
        let head = format!(
            "<b>{}</b> — {}\n<code>{}</code> · {}",
            self.title(&script.title),
            self.text("editor-state-draft"),
            escape_html(self.slug),
            self.trigger(script.on)
        );
        let verdict = self.verdict(remarks);
        let others: Vec<String> = others.iter().take(3).map(|(name, ago)| self.other(name, *ago)).collect();
        let questions = format!("{} · {}", self.text("field-questions"), script.questions.len());
        let priority = format!("{} · {}", self.text("field-priority"), script.priority);
        let written = |id: &str, text: Option<&Localized>, field: Field| {
            let mark = if text.is_some() { " ✎" } else { "" };
            self.button(format!("{}{mark}", self.text(id)), self.asks(field))
        };
        let priority = self.button(priority, self.asks(Field::Priority));
        let slug = (!is_live).then(|| self.ask("editor-button-slug", Field::Slug));
        let (beside, below) = match slug {
            Some(slug) => (slug, Some(priority)),
            None => (priority, None),
        };
        let mut view = View::text(paragraphs([head.as_str(), &verdict, &others.join("\n")]))
            .row([
                self.button(questions, EditorAct::Show(Screen::Questions)),
                self.to("editor-button-add-question", Screen::AddQuestion),
            ])
            .row([self.ask("field-title", Field::Title), beside])
            .row([
                written("field-greeting", script.greeting.as_ref(), Field::Greeting),
                written("field-thanks", script.thanks.as_ref(), Field::Thanks),
            ])
            .row([self.to("editor-button-when", Screen::When), self.to("editor-button-send", Screen::Send)])
            .row(below);
        view = self.translations(view, script, remarks);
        if remarks.count() > 0 {
            let text = format!("{} · {}", self.text("editor-button-problems"), remarks.count());
            view = view.row([self.button(text, EditorAct::Show(Screen::Problems))]);
        }
        self.previews(view)
            .row([
                self.deed("editor-button-file", Deed::File),
                self.deed("editor-button-backtest", Deed::Backtest),
            ])
            .row([self.to("editor-button-publish", Screen::Publish)])
            .row([
                self.to("editor-button-card", Screen::Card),
                self.to("editor-button-discard", Screen::AskDiscard),
            ])
    }

    fn other(&self, name: &str, minutes: u64) -> String {
        self.with(
            "editor-other",
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
                    self.text("editor-no-text")
                } else {
                    self.own(&question.text, 60)
                };
                format!("{}.{branch} {text} <i>{}</i>", place + 1, self.metric(question.metric))
            })
            .collect();
        let text = if lines.is_empty() {
            self.text("editor-no-questions")
        } else {
            fitting(&lines, |count| self.one("editor-and-more", "count", count.to_string()))
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
            view = view.row([self.button(text, EditorAct::Show(Screen::Question(place)))]);
        }
        view.row([self.to("editor-button-add-question", Screen::AddQuestion)])
            .row([self.to("editor-button-home", Screen::Home)])
    }

    #[must_use]
    pub fn add_question(&self, script: &Script) -> View {
        let of = format!("<b>{}</b>", self.title(&script.title));
        let mut view = View::text(paragraphs([
            of.as_str(),
            &self.text("editor-add-question"),
            &self.text("editor-metrics"),
        ]));
        for pair in Metric::ALL.chunks(2) {
            view =
                view.row(pair.iter().map(|metric| {
                    self.button(self.metric(*metric), EditorAct::Edit(Tap::AddQuestion(*metric)))
                }));
        }
        view.row([self.to("editor-button-home", Screen::Home)])
    }

    #[must_use]
    pub fn change_metric(&self, place: usize, now: Metric) -> View {
        let mut view = View::text(paragraphs([
            self.text("editor-metrics").as_str(),
            &self.text("editor-metric-series"),
        ]));
        for pair in Metric::ALL.chunks(2) {
            view = view.row(pair.iter().map(|metric| {
                self.choice(&self.metric(*metric), *metric == now, Tap::Metric(place, *metric))
            }));
        }
        view.row([self.to("editor-button-question", Screen::Question(place))])
    }
}
