//! When a script asks, and by which rules it is sent.

use chrono::Weekday;

use super::{EditorAct, EditorView, Screen};
use crate::domain::script::diff::sending;
use crate::domain::script::edit::{Field, LIST_FIELDS, ListField, SEND_FIELDS, SendField, Tap};
use crate::domain::script::{Script, Trigger, When};
use crate::domain::template::escape_html;
use crate::view::{View, paragraphs};

const WEEK: [(&str, Weekday); 7] = [
    ("weekday-mon", Weekday::Mon),
    ("weekday-tue", Weekday::Tue),
    ("weekday-wed", Weekday::Wed),
    ("weekday-thu", Weekday::Thu),
    ("weekday-fri", Weekday::Fri),
    ("weekday-sat", Weekday::Sat),
    ("weekday-sun", Weekday::Sun),
];

fn listed(when: &When, list: ListField) -> &[String] {
    match list {
        ListField::Channels => &when.channels,
        ListField::Teams => &when.teams,
        ListField::Stores => &when.stores,
        ListField::TagsAny => &when.tags_any,
        ListField::TagsNone => &when.tags_none,
    }
}

impl EditorView<'_> {
    #[must_use]
    pub fn when(&self, script: &Script) -> View {
        let any = self.text("editor-any");
        let mut lines: Vec<String> = LIST_FIELDS
            .iter()
            .map(|list| {
                let items = listed(&script.when, *list);
                let items = match items {
                    [] if *list == ListField::TagsNone => self.text("editor-none"),
                    [] => any.clone(),
                    items => escape_html(&super::cut(&items.join(", "), 200)),
                };
                format!("{}: {items}", self.name(list.name()))
            })
            .collect();
        let least = script.when.min_messages.map_or(any, |least| least.to_string());
        lines.push(format!("{}: {least}", self.text("field-min-messages")));
        lines.push(format!("{}: {}%", self.text("field-sample"), script.when.sample));
        let head = self.text("editor-when");
        let mut view = View::text(paragraphs([head.as_str(), &lines.join("\n")]));
        for on in Trigger::ALL {
            view = view.row([self.choice(&self.trigger(*on), script.on == *on, Tap::On(*on))]);
        }
        for pair in LIST_FIELDS.chunks(2) {
            view = view.row(
                pair.iter().map(|list| self.button(self.name(list.name()), self.asks(Field::When(*list)))),
            );
        }
        view.row([
            self.ask("field-min-messages", Field::MinMessages),
            self.ask("field-sample", Field::Sample),
        ])
        .row([self.to("editor-button-home", Screen::Home)])
    }

    #[must_use]
    pub fn send(&self, script: &Script) -> View {
        let usual = self.text("editor-usual");
        let lines: Vec<String> = sending(&script.send)
            .into_iter()
            .map(|(name, value)| {
                let value = if value.is_empty() { usual.clone() } else { self.shown(&value) };
                format!("{}: {value}", self.name(name))
            })
            .collect();
        let head = self.text("editor-send");
        let mut view = View::text(paragraphs([head.as_str(), &lines.join("\n")]));
        for pair in SEND_FIELDS.chunks(2) {
            view = view.row(
                pair.iter()
                    .map(|rule| self.button(self.name(rule.name()), EditorAct::Show(Screen::Rule(*rule)))),
            );
        }
        view.row([self.to("editor-button-home", Screen::Home)])
    }

    fn shown(&self, value: &str) -> String {
        if value == "off" { self.text("editor-off") } else { escape_html(value) }
    }

    #[must_use]
    pub fn rule(&self, script: &Script, rule: SendField) -> View {
        let now = sending(&script.send).into_iter().find(|(name, _)| *name == rule.name());
        let now = now.map(|(_, value)| value).unwrap_or_default();
        let shown = if now.is_empty() { self.text("editor-usual") } else { self.shown(&now) };
        let head = format!("<b>{}</b>: {shown}", self.name(rule.name()));
        let about = self.text(match rule {
            SendField::Delay => "about-delay",
            SendField::DelayMin => "about-delay-min",
            SendField::DelayMax => "about-delay-max",
            SendField::MaxAge => "about-max-age",
            SendField::QuietHours => "about-quiet-hours",
            SendField::DaysOff => "about-days-off",
            SendField::MinGap => "about-min-gap",
            SendField::MinGapSame => "about-min-gap-same",
            SendField::RemindAfter => "about-remind-after",
            SendField::ExpiresAfter => "about-expires-after",
        });
        let mut view = View::text(paragraphs([head.as_str(), &about]));
        if rule == SendField::DaysOff {
            let days = script.send.days_off.clone().unwrap_or_default();
            view = view.row(WEEK.iter().enumerate().map(|(at, (id, day))| {
                let on = days.weekdays.contains(day);
                self.choice(&self.text(id), on, Tap::DayOff(at, !on))
            }));
        }
        for row in rule.presets().chunks(4).enumerate() {
            let (number, values) = row;
            view = view.row(values.iter().enumerate().map(|(at, value)| {
                self.choice(&self.shown(value), now == *value, Tap::Preset(rule, number * 4 + at))
            }));
        }
        view.row([
            self.ask("editor-button-write", Field::Send(rule)),
            self.tap("editor-button-usual", Tap::Clear(Field::Send(rule))),
        ])
        .row([self.to("editor-button-send", Screen::Send)])
    }
}
