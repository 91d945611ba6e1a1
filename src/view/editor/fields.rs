//! The names of a script's parts.

use super::EditorView;
use crate::domain::locale;
use crate::domain::metric::Metric;
use crate::domain::scale::{AlertLevel, Band, Orientation, Scale};
use crate::domain::script::edit::{Field, List};

/// The catalogue's message for a field, given the field's name in a script.
#[must_use]
pub fn field_id(name: &str) -> Option<&'static str> {
    Some(match name {
        "slug" => "field-slug",
        "title" => "field-title",
        "on" => "field-on",
        "priority" => "field-priority",
        "greeting" => "field-greeting",
        "thanks" => "field-thanks",
        "delay" => "field-delay",
        "delay_min" => "field-delay-min",
        "delay_max" => "field-delay-max",
        "max_age" => "field-max-age",
        "quiet_hours" => "field-quiet-hours",
        "days_off" => "field-days-off",
        "min_gap" => "field-min-gap",
        "min_gap_same" => "field-min-gap-same",
        "remind_after" => "field-remind-after",
        "expires_after" => "field-expires-after",
        "channels" => "field-channels",
        "teams" => "field-teams",
        "stores" => "field-stores",
        "tags_any" => "field-tags-any",
        "tags_none" => "field-tags-none",
        "min_messages" => "field-min-messages",
        "sample" => "field-sample",
        "questions" => "field-questions",
        "text" => "field-text",
        "key" => "field-key",
        "factor" => "field-factor",
        "labels" => "field-labels",
        "ends" => "field-ends",
        "comment" => "field-comment",
        "metric" => "field-metric",
        "scale" => "field-scale",
        "bands" => "field-bands",
        "alert" => "field-alert",
        "orientation" => "field-orientation",
        "options" => "field-options",
        "multiple" => "field-multiple",
        "show_if" => "field-show-if",
        "reasons" => "field-reasons",
        "links" => "field-links",
        "url" => "field-url",
        "low" => "field-low",
        "neutral" => "field-neutral",
        "high" => "field-high",
        _ => return None,
    })
}

/// The message for a band in a family of messages.
pub(super) fn band_id(band: Band, family: &str) -> &'static str {
    match (family, band) {
        ("editor-answered", Band::Low) => "editor-answered-low",
        ("editor-answered", Band::Neutral) => "editor-answered-neutral",
        ("editor-answered", Band::High) => "editor-answered-high",
        ("editor-bound", Band::Low) => "editor-bound-low",
        ("editor-bound", Band::Neutral) => "editor-bound-neutral",
        ("editor-bound", Band::High) => "editor-bound-high",
        (_, Band::Low) => "field-low",
        (_, Band::Neutral) => "field-neutral",
        (_, Band::High) => "field-high",
    }
}

impl EditorView<'_> {
    /// The name of a field or language; anything else is returned as it is.
    pub(super) fn name(&self, name: &str) -> String {
        match (field_id(name), locale::code(name)) {
            (Some(id), _) => self.text(id),
            (None, Some(language)) => self.language(language),
            (None, None) => name.to_owned(),
        }
    }

    /// A path such as `questions[0].low.reasons[1].text.ru` in words.
    pub(super) fn place(&self, path: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        let mut before = "";
        for part in path.split('.') {
            let (name, index) = match part.split_once('[') {
                Some((name, index)) => (name, index.trim_end_matches(']').parse::<usize>().ok()),
                None => (part, None),
            };
            let numbered = index.map(|index| (index + 1).to_string());
            match (name, numbered) {
                ("send" | "when", _) => {}
                ("question" | "band" | "value" | "option", _) if before == "show_if" => {}
                ("questions", Some(number)) => {
                    words.push(self.one("field-question-number", "number", number));
                }
                ("options", Some(number)) => words.push(self.one("field-option-number", "number", number)),
                ("reasons", Some(number)) => words.push(self.one("field-reason-number", "number", number)),
                ("links", Some(number)) => words.push(self.one("field-link-number", "number", number)),
                ("low", _) if before == "ends" => words.push(self.text("field-end-low")),
                ("high", _) if before == "ends" => words.push(self.text("field-end-high")),
                (_, Some(number)) => words.push(format!("{} {number}", self.name(name))),
                _ => words.push(self.name(name)),
            }
            before = name;
        }
        words.join(" · ")
    }

    /// A field's value in words; a value without words of its own is returned as it is.
    pub(super) fn value(&self, path: &str, value: &str) -> String {
        let field = path.rsplit('.').next().unwrap_or_default();
        let known = match field {
            "metric" => value.parse().ok().map(|metric| self.metric(metric)),
            "scale" => value.parse().ok().map(|scale| self.scale(scale)),
            "alert" => value.parse().ok().map(|level| self.alert(level)),
            "orientation" => value.parse().ok().map(|orientation| self.orientation(orientation)),
            "on" => value.parse().ok().map(|on| self.trigger(on)),
            "delay" | "delay_min" | "delay_max" | "max_age" | "quiet_hours" | "days_off" | "min_gap"
            | "min_gap_same" | "remind_after" | "expires_after" => Some(self.rule_value(value)),
            "multiple" => (value == "true").then(|| self.text("editor-many-options")),
            "show_if" => value.split_once(": ").map(|(key, answers)| {
                let word =
                    |answer: &str| answer.parse().map_or_else(|_| answer.to_owned(), |b| self.answered(b));
                format!("{key}: {}", answers.split(", ").map(word).collect::<Vec<_>>().join(", "))
            }),
            _ => None,
        };
        known.unwrap_or_else(|| value.to_owned())
    }

    pub(super) fn orientation(&self, orientation: Orientation) -> String {
        self.text(match orientation {
            Orientation::HighIsEasy => "editor-high-is-easy",
            Orientation::HighIsHard => "editor-high-is-hard",
        })
    }

    pub(super) fn metric(&self, metric: Metric) -> String {
        self.text(metric.spec().name)
    }

    pub(super) fn scale(&self, scale: Scale) -> String {
        match scale {
            Scale::Smiley3 => self.text("scale-name-smileys"),
            Scale::YesNo => self.text("scale-name-yes-no"),
            other => other.as_str().replace('-', "–"),
        }
    }

    /// The name of the follow-up to a score in this band.
    pub(super) fn band(&self, band: Band) -> String {
        self.text(band_id(band, "field"))
    }

    /// The name of an answer in this band.
    pub(super) fn answered(&self, band: Band) -> String {
        self.text(band_id(band, "editor-answered"))
    }

    pub(super) fn alert(&self, level: AlertLevel) -> String {
        self.text(match level {
            AlertLevel::Low => "alert-level-low",
            AlertLevel::Neutral => "alert-level-neutral",
            AlertLevel::Off => "alert-level-off",
        })
    }

    /// The name of a field that is being asked for.
    pub(super) fn asked_for(&self, field: Field) -> String {
        let band = |band: Band, id: &str| format!("{} · {}", self.band(band), self.text(id));
        let numbered = |place: usize| self.one("field-question-number", "number", (place + 1).to_string());
        match field {
            Field::Slug => self.text("field-slug"),
            Field::Title => self.text("field-title"),
            Field::Priority => self.text("field-priority"),
            Field::Greeting => self.text("field-greeting"),
            Field::Thanks => self.text("field-thanks"),
            Field::Send(rule) => self.name(rule.name()),
            Field::When(list) => self.name(list.name()),
            Field::MinMessages => self.text("field-min-messages"),
            Field::Sample => self.text("field-sample"),
            Field::Translation => self.text("editor-translation"),
            Field::Text(place) => format!("{} · {}", numbered(place), self.text("field-text")),
            Field::Key(place) => format!("{} · {}", numbered(place), self.text("field-key")),
            Field::Factor(place) => format!("{} · {}", numbered(place), self.text("field-factor")),
            Field::Label(place, value) => {
                format!("{} · {} {value}", numbered(place), self.text("field-labels"))
            }
            Field::LowEnd(place) => format!("{} · {}", numbered(place), self.text("field-end-low")),
            Field::HighEnd(place) => format!("{} · {}", numbered(place), self.text("field-end-high")),
            Field::Comment(place, of) => format!("{} · {}", numbered(place), band(of, "field-comment")),
            Field::ItemText(list, at) => {
                format!("{} · {}", self.item_name(list, at), self.text("field-text"))
            }
            Field::ItemKey(list, at) => format!("{} · {}", self.item_name(list, at), self.text("field-key")),
            Field::Url(place, of, at) => {
                format!("{} · {}", self.item_name(List::Links(place, of), at), self.text("field-url"))
            }
            Field::NewItem(list) => self.list_name(list),
        }
    }

    pub(super) fn item_name(&self, list: List, at: usize) -> String {
        let id = match list {
            List::Options(_) => "field-option-number",
            List::Reasons(..) => "field-reason-number",
            List::Links(..) => "field-link-number",
        };
        self.one(id, "number", (at + 1).to_string())
    }

    pub(super) fn list_name(&self, list: List) -> String {
        match list {
            List::Options(_) => self.text("field-options"),
            List::Reasons(_, band) => format!("{} · {}", self.band(band), self.text("field-reasons")),
            List::Links(_, band) => format!("{} · {}", self.band(band), self.text("field-links")),
        }
    }
}
