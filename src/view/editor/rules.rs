//! When a script asks, and the rules it is sent by.

use chrono::Weekday;

use super::{EditorAct, EditorView, Screen};
use crate::domain::script::diff::sending;
use crate::domain::script::edit::{Field, LIST_FIELDS, ListField, SEND_FIELDS, SendField, Tap};
use crate::domain::script::{Script, Trigger, When};
use crate::domain::sending::{QuietHours, SendOverrides};
use crate::domain::template::escape_html;
use crate::domain::time::parse_duration;
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
        let lines: Vec<String> = SEND_FIELDS
            .iter()
            .map(|rule| format!("{}: {}", self.name(rule.name()), self.rule_now(script, *rule)))
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

    /// The current value of a rule, and whether the script sets it.
    fn rule_now(&self, script: &Script, rule: SendField) -> String {
        let of = |send: &SendOverrides| {
            let known = sending(send).into_iter().find(|(name, _)| *name == rule.name());
            known.map(|(_, value)| value).unwrap_or_default()
        };
        let own = of(&script.send);
        if !own.is_empty() {
            return escape_html(&self.rule_value(&own));
        }
        let usual = of(&script.send.resolve(self.sending).into());
        let value = if usual.is_empty() { self.text("editor-no-days") } else { self.rule_value(&usual) };
        self.one("editor-usual-value", "value", value)
    }

    /// A duration, hours of the day, or days, in words.
    pub(super) fn rule_value(&self, value: &str) -> String {
        if value == "off" {
            return self.text("editor-off");
        }
        if let Ok(duration) = parse_duration(value) {
            let seconds = duration.as_secs();
            let units = [
                ("editor-days", 86_400),
                ("editor-hours", 3600),
                ("editor-minutes", 60),
                ("editor-seconds", 1),
            ];
            let unit = units.into_iter().find(|(_, size)| seconds > 0 && seconds.is_multiple_of(*size));
            let (id, size) = unit.unwrap_or(("editor-minutes", 60));
            return self.one(id, "count", seconds / size);
        }
        if value.parse::<QuietHours>().is_ok() {
            return value.replace('-', "–");
        }
        let day = |day: &str| {
            let known = WEEK.iter().find(|(_, weekday)| weekday.to_string().eq_ignore_ascii_case(day));
            known.map_or_else(|| day.to_owned(), |(id, _)| self.text(id))
        };
        value.split(", ").map(day).collect::<Vec<_>>().join(", ")
    }

    #[must_use]
    pub fn rule(&self, script: &Script, rule: SendField) -> View {
        let now = sending(&script.send).into_iter().find(|(name, _)| *name == rule.name());
        let now = now.map(|(_, value)| value).unwrap_or_default();
        let head = format!("<b>{}</b>: {}", self.name(rule.name()), self.rule_now(script, rule));
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
                let is_same = now == *value
                    || parse_duration(&now).is_ok_and(|now| parse_duration(value).is_ok_and(|v| v == now));
                self.choice(&self.rule_value(value), is_same, Tap::Preset(rule, number * 4 + at))
            }));
        }
        view.row([
            self.ask("editor-button-write", Field::Send(rule)),
            self.tap("editor-button-usual", Tap::Clear(Field::Send(rule))),
        ])
        .row([self.to("editor-button-send", Screen::Send)])
    }
}
