//! The scripts' screens: one message that is navigated with buttons. Values in, text and buttons out.

mod card;
mod editor;
mod fields;
mod items;
mod preview;
mod problems;
mod prompt;
mod publish;
mod question;
mod report;
mod rules;

use chrono_tz::Tz;

use super::callback::desk::Deed;
use super::callback::{Data, DeskAct, DeskTap, Screen};
use super::{Button, View};
use crate::domain::locale::Localized;
use crate::domain::script::Trigger;
use crate::domain::script::edit::{Field, Prompt, Tap};
use crate::domain::template::escape_html;
use crate::i18n::{Catalogue, FluentValue};

pub use card::{Card, Listed, State, Version};
pub use editor::Others;
pub use preview::Previewed;
pub use prompt::{Asked, owner};
pub use publish::Publishing;
pub use report::Row;

/// What a screen may take of Telegram's 4096 characters, so that a line more does no harm.
pub const SCREEN_UNITS: usize = 3800;
/// Phones cut longer words on a button.
const BUTTON_CHARS: usize = 38;

/// What these screens are drawn with.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    pub catalogue: &'a Catalogue,
    pub locale: &'a str,
    pub zone: Tz,
    pub slug: &'a str,
    /// The draft's revision, or the live version.
    pub mark: i64,
}

impl<'a> Desk<'a> {
    #[must_use]
    pub fn text(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }

    #[must_use]
    pub fn with(&self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.catalogue.with(self.locale, id, values)
    }

    #[must_use]
    pub fn one(&self, id: &str, name: &str, value: impl Into<FluentValue<'a>>) -> String {
        self.with(id, &[(name, value.into())])
    }

    #[must_use]
    pub fn button(&self, text: impl Into<String>, act: DeskAct) -> Button {
        let text: String = text.into();
        let data = Data::Desk(DeskTap { slug: self.slug.to_owned(), mark: self.mark, act });
        Button::new(cut(&text, BUTTON_CHARS), &data)
    }

    fn to(&self, id: &str, screen: Screen) -> Button {
        self.button(self.text(id), DeskAct::Show(screen))
    }

    fn tap(&self, id: &str, tap: Tap) -> Button {
        self.button(self.text(id), DeskAct::Edit(tap))
    }

    /// One of several, marked where it holds.
    fn choice(&self, text: &str, holds: bool, tap: Tap) -> Button {
        let text = if holds { format!("✓ {text}") } else { text.to_owned() };
        self.button(text, DeskAct::Edit(tap))
    }

    fn ask(&self, id: &str, field: Field) -> Button {
        self.button(self.text(id), DeskAct::Ask(Prompt::first(field)))
    }

    fn deed(&self, id: &str, deed: Deed) -> Button {
        self.button(self.text(id), DeskAct::Do(deed))
    }

    /// What is asked about, in words.
    #[must_use]
    pub fn trigger(&self, on: Trigger) -> String {
        self.text(match on {
            Trigger::Purchase => "desk-on-purchase",
            Trigger::TicketClosed => "desk-on-ticket",
            Trigger::CaseResolved => "desk-on-case",
        })
    }

    /// A text of the script's own in the reader's language.
    fn own(&self, text: &Localized, room: usize) -> String {
        escape_html(&cut(text.get(self.locale), room))
    }

    /// The script's title, or its slug as long as it has none.
    fn title(&self, title: &Localized) -> String {
        if title.is_empty() { escape_html(self.slug) } else { self.own(title, 80) }
    }

    /// Under a screen that was opened by mistake or is over: only the way back.
    #[must_use]
    pub fn notice(&self, html: String) -> View {
        View::text(html).row([self.to("desk-button-scripts", Screen::List)])
    }
}

/// So many characters, with … in place of the rest.
#[must_use]
pub fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Lines as far as a screen holds them; the last one tells how many are left out.
fn fitting(lines: &[String], more: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut units = 0;
    for (place, line) in lines.iter().enumerate() {
        units += line.encode_utf16().count() + 1;
        if units > SCREEN_UNITS - 400 {
            text.push_str(&more(lines.len() - place));
            return text;
        }
        text.push_str(line);
        text.push('\n');
    }
    text.trim_end().to_owned()
}
