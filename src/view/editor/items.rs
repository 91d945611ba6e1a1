//! Follow-ups to an answer, and lists: options, reasons, links.

use super::{EditorAct, EditorView, Screen, cut};
use crate::domain::locale::Localized;
use crate::domain::scale::Band;
use crate::domain::script::Question;
use crate::domain::script::edit::{Field, List, Tap};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

/// A list entry: text, key, address.
struct Entry<'q> {
    text: &'q Localized,
    key: Option<&'q str>,
    url: Option<&'q str>,
}

fn entries(question: &Question, list: List) -> Vec<Entry<'_>> {
    match list {
        List::Options(_) => question
            .options
            .iter()
            .map(|choice| Entry { text: &choice.text, key: Some(&choice.key), url: None })
            .collect(),
        List::Reasons(_, band) => question
            .follow_up(band)
            .reasons
            .iter()
            .map(|choice| Entry { text: &choice.text, key: Some(&choice.key), url: None })
            .collect(),
        List::Links(_, band) => question
            .follow_up(band)
            .links
            .iter()
            .map(|link| Entry { text: &link.text, key: None, url: Some(&link.url) })
            .collect(),
    }
}

impl EditorView<'_> {
    /// What is asked after an answer in one band.
    #[must_use]
    pub fn follow_up(&self, place: usize, question: &Question, band: Band) -> View {
        let follow_up = question.follow_up(band);
        let comment = match &follow_up.comment {
            Some(comment) => self.in_languages(comment),
            None => format!("<i>{}</i>", self.text("editor-no-comment")),
        };
        let list = |list: List, count: usize| {
            let name = match list {
                List::Links(..) => self.text("field-links"),
                _ => self.text("field-reasons"),
            };
            if count == 0 {
                let new = Field::NewItem(list);
                return self.button(format!("+ {name}"), self.asks(new));
            }
            self.button(format!("{name} · {count}"), EditorAct::Show(Screen::Items(list)))
        };
        let head = format!("<b>{}</b>", self.band(band));
        let about = self.text("editor-follow-up");
        let has_comment = follow_up.comment.is_some();
        let comment_field = Field::Comment(place, band);
        let view = View::text(paragraphs([head.as_str(), &about, &comment]));
        self.ask_in_languages(view, "field-comment", comment_field)
            .row(has_comment.then(|| self.tap("editor-button-clear-comment", Tap::Clear(comment_field))))
            .row([
                list(List::Reasons(place, band), follow_up.reasons.len()),
                list(List::Links(place, band), follow_up.links.len()),
            ])
            .row([
                self.to("editor-button-question", Screen::Question(place)),
                self.to("editor-button-home", Screen::Home),
            ])
    }

    #[must_use]
    pub fn items(&self, question: &Question, list: List) -> View {
        let entries = entries(question, list);
        let note = match list {
            List::Links(..) => self.text("editor-links-note"),
            List::Reasons(..) => self.text("editor-reasons-note"),
            List::Options(_) => String::new(),
        };
        let empty = if entries.is_empty() { self.text("editor-none-yet") } else { String::new() };
        let head = format!("<b>{}</b>", self.list_name(list));
        let mut view = View::text(paragraphs([head.as_str(), &note, &empty]));
        for (at, entry) in entries.iter().enumerate() {
            let text = format!("{}. {}", at + 1, cut(entry.text.get(self.locale), 34));
            view = view.row([self.button(text, EditorAct::Show(Screen::Item(list, at)))]);
        }
        let back = match list {
            List::Options(place) => self.to("editor-button-question", Screen::Question(place)),
            List::Reasons(place, band) | List::Links(place, band) => {
                self.to("editor-button-back", Screen::Band(place, band))
            }
        };
        let name = self.text(match list {
            List::Options(_) => "field-options",
            List::Reasons(..) => "field-reasons",
            List::Links(..) => "field-links",
        });
        view.row([self.button(format!("+ {name}"), self.asks(Field::NewItem(list)))]).row([back])
    }

    /// `None` if there is no such entry.
    #[must_use]
    pub fn item(&self, question: &Question, list: List, at: usize) -> Option<View> {
        let entries = entries(question, list);
        let entry = entries.get(at)?;
        let head = format!("<b>{}</b>", self.item_name(list, at));
        let mut facts = self.in_languages(entry.text);
        if let Some(key) = entry.key {
            facts = format!("{facts}\n{}: <code>{}</code>", self.text("field-key"), escape_html(key));
        }
        if let Some(url) = entry.url {
            facts = format!("{facts}\n{}: {}", self.text("field-url"), escape_html(&cut(url, 300)));
        }
        let text = self.ask("field-text", Field::ItemText(list, at));
        let second = match list {
            List::Links(place, band) => self.ask("field-url", Field::Url(place, band, at)),
            _ => self.ask("field-key", Field::ItemKey(list, at)),
        };
        let up = (at > 0).then(|| self.tap("editor-button-up", Tap::MoveItem(list, at, true)));
        let down =
            (at + 1 < entries.len()).then(|| self.tap("editor-button-down", Tap::MoveItem(list, at, false)));
        let view = View::text(paragraphs([head.as_str(), &facts]))
            .row([text, second])
            .row(up.into_iter().chain(down))
            .row([self.tap("editor-button-remove", Tap::RemoveItem(list, at))])
            .row([self.to("editor-button-back", Screen::Items(list))]);
        Some(view)
    }
}
