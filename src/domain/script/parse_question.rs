//! From one `[[questions]]` table to a question; reports questions that cannot be asked.

use std::collections::{BTreeMap, BTreeSet};

use super::belongs::belongs_in_no_question;
use super::fields::{Fields, Value, known};
use super::key::key;
use super::problem::said;
use super::question::{Choice, Condition, Ends, FollowUp, Link, Question, ShowIf};
use super::texts::{Shown, localized};
use crate::domain::locale::Localized;
use crate::domain::metric::{Metric, SCORE_FIELDS, Scales};
use crate::domain::scale::{AlertLevel, Band, Bands, Orientation, Scale};

/// The most buttons of a question. Telegram allows 100, and back, stop and done need theirs.
const MAX_BUTTONS: usize = 90;

/// A question as it was read. `sound` says whether its metric and scale are known; if not, questions that refer to it
/// are not checked.
#[derive(Debug)]
pub(super) struct Draft {
    pub question: Question,
    pub path: String,
    pub sound: bool,
}

pub(super) fn question(fields: &Fields<'_>) -> Draft {
    let metric = fields.require("metric", &known(Metric::ALL)).and_then(|value| value.one_of(Metric::ALL));
    let scale = scale(fields, metric);
    let orientation = orientation(fields, metric);
    let question = Question {
        key: fields
            .require("key", "a short name like \"quality\"")
            .and_then(|v| v.read_as("lint-key", key))
            .unwrap_or_default(),
        metric: metric.unwrap_or(Metric::UNREAD),
        scale,
        factor: factor(fields, metric),
        orientation,
        text: fields.require_text("text", Shown::Message),
        labels: labels(fields, scale),
        ends: ends(fields),
        bands: bands(fields, metric, scale, orientation),
        alert: alert(fields, metric),
        options: choices(fields, "options"),
        multiple: fields.boolean("multiple").unwrap_or(false),
        show_if: fields.table("show_if").and_then(|fields| show_if(&fields)),
        low: follow_up(fields, "low"),
        neutral: follow_up(fields, "neutral"),
        high: follow_up(fields, "high"),
    };
    let sound = metric.is_some_and(|metric| metric.has_scale() == scale.is_some());
    if let Some(metric) = metric {
        fitting(fields, &question, metric);
    }
    fields.finish(belongs_in_no_question);
    Draft { question, path: fields.path.clone(), sound }
}

fn scale(fields: &Fields<'_>, metric: Option<Metric>) -> Option<Scale> {
    let value = fields.get("scale");
    let written = value.as_ref().and_then(|value| value.one_of(Scale::ALL));
    let Some(metric) = metric else {
        return written;
    };
    let Some(score) = metric.score() else {
        if let Some(value) = value {
            let message = format!("a question of metric {metric} has no scale: remove it");
            value.error(said("lint-no-scale", [], message));
        }
        return None;
    };
    match (&score.scales, value) {
        (Scales::Fixed(fixed), Some(value)) if written != Some(fixed.scale) => {
            if written.is_some() {
                let (id, message) = fixed.other_scale;
                value.error(said(id, [], message));
            }
            None
        }
        (Scales::Fixed(fixed), _) => Some(fixed.scale),
        (Scales::Any { .. }, None) => {
            let known = known(Scale::ALL);
            let message = format!("is missing: write {known}");
            fields
                .report
                .error(&fields.path_of("scale"), said("lint-missing-scale", [("known", known)], message));
            None
        }
        (Scales::Any { .. }, Some(_)) => written,
    }
}

fn orientation(fields: &Fields<'_>, metric: Option<Metric>) -> Orientation {
    let orientation: Option<Orientation> = fields.one_of("orientation", Orientation::ALL);
    if orientation.is_some() && metric.is_some_and(|metric| !metric.may_be_turned()) {
        let message = "is for ces only: everywhere else a high number is good";
        fields.report.error(&fields.path_of("orientation"), said("lint-orientation", [], message));
        return Orientation::HighIsEasy;
    }
    orientation.unwrap_or(Orientation::HighIsEasy)
}

fn factor(fields: &Fields<'_>, metric: Option<Metric>) -> Option<String> {
    let value = fields.get("factor")?;
    if metric.is_some_and(|metric| !metric.has_scale()) {
        let message = "means nothing here: only a question with a scale is about a factor";
        value.report.warn(&value.path, said("lint-factor-unused", [], message));
    }
    value.read_as("lint-factor", |text| match text.trim() {
        "" => Err("is blank: remove it, the key stands for it".to_owned()),
        text if text.chars().count() > 64 || text.contains(char::is_control) => {
            Err("is too long: write at most 64 characters in one line".to_owned())
        }
        text => Ok(text.to_owned()),
    })
}

fn labels(fields: &Fields<'_>, scale: Option<Scale>) -> BTreeMap<i64, Localized> {
    let mut labels = BTreeMap::new();
    for (name, value) in fields.table("labels").map(|table| table.entries()).unwrap_or_default() {
        let number = name.parse().ok().filter(|number: &i64| number.to_string() == name);
        match (number, scale) {
            (Some(number), Some(scale)) if !scale.contains(number) => {
                let message = format!("is not on the scale {scale}");
                value.error(said("lint-label-off-scale", [], message));
            }
            (None, _) => {
                let message = "labels are for the numbers of the scale, like \"1\"";
                value.error(said("lint-label-number", [], message));
            }
            _ => {}
        }
        if let Some(text) = localized(&value, Shown::Button) {
            labels.insert(number.unwrap_or_default(), text);
        }
    }
    labels
}

fn ends(fields: &Fields<'_>) -> Option<Ends> {
    let ends = fields.table("ends")?;
    let read =
        Ends { low: ends.require_text("low", Shown::Plain), high: ends.require_text("high", Shown::Plain) };
    ends.finish(|_| None);
    Some(read)
}

fn bands(
    fields: &Fields<'_>,
    metric: Option<Metric>,
    scale: Option<Scale>,
    turn: Orientation,
) -> Option<Bands> {
    let written = fields.table("bands");
    let numbers = written.map(|table| {
        let numbers = (table.integer("low_max"), table.integer("high_min"));
        table.finish(|_| None);
        numbers
    });
    let (metric, scale) = (metric?, scale?);
    let default = metric.default_bands(scale, turn);
    let Some((low_max, high_min)) = numbers else {
        return Some(default);
    };
    let (low_max, high_min) = (low_max.unwrap_or(default.low_max), high_min.unwrap_or(default.high_min));
    if let Some(Scales::Fixed(fixed)) = metric.score().map(|score| &score.scales)
        && (low_max, high_min) != (fixed.low_max, fixed.high_min)
    {
        let (id, message) = fixed.other_bands;
        fields.report.error(&fields.path_of("bands"), said(id, [], message));
        return Some(default);
    }
    if !(scale.min() <= low_max && low_max < high_min && high_min <= scale.max()) {
        let (min, max) = (scale.min(), scale.max());
        let message = format!("do not fit the scale {scale}: it takes {min} ≤ low_max < high_min ≤ {max}");
        fields.report.error(&fields.path_of("bands"), said("lint-bands", [], message));
        return Some(default);
    }
    Some(Bands::new(scale, turn, low_max, high_min))
}

fn alert(fields: &Fields<'_>, metric: Option<Metric>) -> AlertLevel {
    let scored = metric.is_none_or(Metric::is_scored);
    let written: Option<AlertLevel> = fields.one_of("alert", AlertLevel::ALL);
    if !scored && written.is_some_and(|level| level != AlertLevel::Off) {
        let (known, last) = all_scored();
        let message =
            format!("only {known} and {last} can be bad enough for an alert: write \"off\" or remove it");
        let values = [("known", known), ("last", last)];
        fields.report.error(&fields.path_of("alert"), said("lint-alert-unscored", values, message));
    }
    written.unwrap_or(if scored { AlertLevel::Low } else { AlertLevel::Off })
}

/// The metrics that can be bad enough for an alert: all but the last one, and the last one.
fn all_scored() -> (String, String) {
    let mut names: Vec<&str> =
        Metric::ALL.iter().filter(|metric| metric.is_scored()).map(|metric| metric.as_str()).collect();
    let last = names.pop().unwrap_or_default().to_owned();
    (names.join(", "), last)
}

/// Reads options or reasons: their keys must be unique, and they must fit on a keyboard.
fn choices(fields: &Fields<'_>, name: &'static str) -> Vec<Choice> {
    let path = fields.path_of(name);
    let tables = fields.tables(name);
    if tables.len() > MAX_BUTTONS {
        let message = format!("are {}: at most {MAX_BUTTONS} buttons fit", tables.len());
        fields.report.error(&path, said("lint-too-many", [("most", MAX_BUTTONS.to_string())], message));
    }
    let mut seen = BTreeSet::new();
    let mut choice = |table: Fields<'_>| {
        let key = table
            .require("key", "a short name like \"slow\"")
            .and_then(|value| value.read_as("lint-key", key));
        if let Some(key) = &key
            && !seen.insert(key.clone())
        {
            let message = said("lint-key-taken", [("key", key.clone())], format!("'{key}' is here twice"));
            table.report.error(&table.path_of("key"), message);
        }
        let text = table.require_text("text", Shown::Button);
        table.finish(|_| None);
        Choice { key: key.unwrap_or_default(), text }
    };
    tables.into_iter().take(MAX_BUTTONS + 1).map(&mut choice).collect()
}

fn follow_up(fields: &Fields<'_>, name: &'static str) -> FollowUp {
    let Some(table) = fields.table(name) else {
        return FollowUp::default();
    };
    let follow_up = FollowUp {
        reasons: choices(&table, "reasons"),
        comment: table.text("comment", Shown::Message),
        links: table.tables("links").iter().map(link).collect(),
    };
    table.finish(|_| None);
    follow_up
}

fn link(table: &Fields<'_>) -> Link {
    let link = Link {
        text: table.require_text("text", Shown::Button),
        url: table
            .require("url", "an address like \"https://…\"")
            .and_then(|v| v.read_as("lint-url", url))
            .unwrap_or_default(),
    };
    table.finish(|_| None);
    link
}

/// An address that Telegram accepts in a button.
fn url(text: &str) -> Result<String, String> {
    let wrong = || format!("'{text}' is not an address: write one like https://example.com/reviews");
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(wrong)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let spelt = name.contains('.') && !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
    let foreign =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\' | '`' | '@');
    if !spelt || host.contains(|c: char| foreign(c)) || rest.contains(|c: char| foreign(c) && c != '@') {
        return Err(wrong());
    }
    if text.len() > 2048 {
        return Err("is too long an address: at most 2048 bytes".to_owned());
    }
    Ok(text.to_owned())
}

fn show_if(fields: &Fields<'_>) -> Option<ShowIf> {
    let question = fields.require("question", "the key of an earlier question").and_then(|v| v.string());
    let band = fields.get("band");
    let value = fields.get("value");
    let option = fields.get("option");
    fields.finish(|_| None);
    let given: Vec<&Value<'_>> = [&band, &value, &option].into_iter().flatten().collect();
    let [only] = given.as_slice() else {
        let message = "needs exactly one of band, value and option";
        fields.report.error(&fields.path, said("lint-branch-one", [], message));
        return None;
    };
    let items = only.list();
    if items.is_empty() && !only.report.has_error_in(&only.path) {
        only.error(said("lint-branch-empty", [], "is empty: such a question is never asked"));
    }
    let cond = if band.is_some() {
        Condition::Band(items.iter().filter_map(|item| item.one_of(Band::ALL)).collect())
    } else if value.is_some() {
        Condition::Value(items.iter().filter_map(Value::integer).collect())
    } else {
        Condition::Option(items.iter().filter_map(|item| item.string().map(str::to_owned)).collect())
    };
    Some(ShowIf { question: question?.to_owned(), cond })
}

/// Checks what a metric requires and what it does not support.
fn fitting(fields: &Fields<'_>, question: &Question, metric: Metric) {
    let error = |name: &str, id, message: String| {
        fields.report.error(&fields.path_of(name), said(id, [], message));
    };
    if metric.takes_options() {
        if question.options.len() < 2 && !fields.report.has_error_in(&fields.path_of("options")) {
            let message = said("lint-few-options", [], "a choice needs at least two options");
            fields.report.error(&fields.path_of("options"), message);
        }
    } else {
        if !question.options.is_empty() {
            error(
                "options",
                "lint-choice-only",
                format!("are for metric choice only, not for {metric}: remove them"),
            );
        }
        if question.multiple {
            error(
                "multiple",
                "lint-choice-only",
                format!("is for metric choice only, not for {metric}: remove it"),
            );
        }
    }
    if metric.has_scale() {
        return;
    }
    for name in SCORE_FIELDS {
        if fields.has(name) {
            error(
                name,
                "lint-needs-score",
                format!("needs a score, which metric {metric} has not: remove it"),
            );
        }
    }
}
