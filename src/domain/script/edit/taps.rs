//! The effect of each button on the document. The functions return `None` if the thing that the button names does not
//! exist.

use toml_edit::{Array, DocumentMut, InlineTable, Table, TableLike, Value};

use super::document::{put, question, questions, rearrange, section};
use super::follow::{drop_empty, forget_field};
use super::{SendField, Tap};
use crate::domain::metric::{Answer, Metric};
use crate::domain::scale::Band;
use crate::domain::script::{Condition, Question, Script, ShowIf};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) fn apply(document: &mut DocumentMut, script: &Script, tap: Tap) -> Option<()> {
    match tap {
        Tap::On(trigger) => put(document.as_table_mut(), "on", trigger.as_str()),
        Tap::AddQuestion(metric) => add_question(document, script, metric)?,
        Tap::RemoveQuestion(place) => {
            let questions = questions(document)?;
            questions.get(place)?;
            questions.remove(place);
        }
        Tap::MoveQuestion(place, up) => move_question(document, place, up)?,
        Tap::CopyQuestion(place) => copy_question(document, script, place)?,
        Tap::Metric(place, metric) => change_metric(question(document, place)?, metric),
        Tap::Scale(place, scale) => {
            let table = question(document, place)?;
            put(table, "scale", scale.as_str());
            table.remove("bands");
            table.remove("labels");
        }
        Tap::HighIsHard(place, hard) => {
            let value = if hard { "high_is_hard" } else { "high_is_easy" };
            put(question(document, place)?, "orientation", value);
        }
        Tap::Bands(place, low, high) => set_bands(document, script, place, [low, high])?,
        Tap::DefaultBands(place) => drop(question(document, place)?.remove("bands")),
        Tap::Alert(place, level) => put(question(document, place)?, "alert", level.as_str()),
        Tap::Multiple(place, multiple) => put(question(document, place)?, "multiple", multiple),
        Tap::RemoveItem(list, at) => {
            rearrange(document, list, |items| (at < items.len()).then(|| drop(items.remove(at))))?;
            drop_empty(document, list)?;
        }
        Tap::MoveItem(list, at, up) => rearrange(document, list, |items| {
            let to = if up { at.checked_sub(1)? } else { at + 1 };
            (at < items.len() && to < items.len()).then(|| items.swap(at, to))
        })?,
        Tap::Clear(field) => forget_field(document, field)?,
        Tap::NoBranch(place) => drop(question(document, place)?.remove("show_if")),
        Tap::Branch(place, of) => branch(document, script, place, of)?,
        Tap::BranchBand(place, ..) | Tap::BranchValue(place, ..) | Tap::BranchOption(place, ..) => {
            toggle_branch(document, script, place, tap)?;
        }
        Tap::Preset(field, at) => put(section(document, "send")?, field.name(), *field.presets().get(at)?),
        Tap::DayOff(at, on) => day_off(section(document, "send")?, WEEKDAYS.get(at)?, on)?,
    }
    Some(())
}

fn move_question(document: &mut DocumentMut, place: usize, up: bool) -> Option<()> {
    let questions = questions(document)?;
    let to = if up { place.checked_sub(1)? } else { place + 1 };
    questions.get(place)?;
    questions.get(to)?;
    let table = questions.remove(place);
    questions.insert(to, table);
    Some(())
}

fn copy_question(document: &mut DocumentMut, script: &Script, place: usize) -> Option<()> {
    let key = unique(&script.questions.get(place)?.key, |key| script.question(key).is_some());
    let questions = questions(document)?;
    let mut table = questions.get(place)?.clone();
    put(&mut table, "key", key);
    questions.insert(place + 1, table);
    Some(())
}

/// The limits of the bands are counted from the lowest value of the scale.
fn set_bands(
    document: &mut DocumentMut,
    script: &Script,
    place: usize,
    [low_max, high_min]: [usize; 2],
) -> Option<()> {
    let least = script.questions.get(place)?.scale?.min();
    let mut bands = InlineTable::new();
    bands.insert("low_max", Value::from(least + i64::try_from(low_max).ok()?));
    bands.insert("high_min", Value::from(least + i64::try_from(high_min).ok()?));
    put(question(document, place)?, "bands", Value::InlineTable(bands));
    Some(())
}

/// Adds or removes one of the answers after which a question is asked.
fn toggle_branch(document: &mut DocumentMut, script: &Script, place: usize, tap: Tap) -> Option<()> {
    match tap {
        Tap::BranchBand(_, band, on) => {
            let chosen = |show_if: &ShowIf| match &show_if.cond {
                Condition::Band(bands) => bands.clone(),
                _ => Vec::new(),
            };
            let bands = toggled(script, place, Band::ALL, &band, on, chosen)?;
            condition(document, place, "band", bands.iter().map(|band| band.as_str().into()))?;
        }
        Tap::BranchValue(_, at, on) => {
            let scale = asked(script, place)?.scale?;
            let all: Vec<i64> = scale.values().collect();
            let chosen = |show_if: &ShowIf| match &show_if.cond {
                Condition::Value(values) => values.clone(),
                _ => Vec::new(),
            };
            let values = toggled(script, place, &all, all.get(at)?, on, chosen)?;
            condition(document, place, "value", values.into_iter().map(Value::from))?;
        }
        Tap::BranchOption(_, at, on) => {
            let all: Vec<String> = asked(script, place)?.options.iter().map(|o| o.key.clone()).collect();
            let chosen = |show_if: &ShowIf| match &show_if.cond {
                Condition::Option(options) => options.clone(),
                _ => Vec::new(),
            };
            let options = toggled(script, place, &all, all.get(at)?, on, chosen)?;
            condition(document, place, "option", options.into_iter().map(Value::from))?;
        }
        _ => return None,
    }
    Some(())
}

/// The key itself, or with a number appended if it is already taken.
#[must_use]
pub fn unique(key: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(key) {
        return key.to_owned();
    }
    let stem: String = key.chars().take(28).collect();
    let numbered = (2..).map(|number| format!("{stem}_{number}"));
    numbered.into_iter().find(|key| !is_taken(key)).unwrap_or(stem)
}

fn add_question(document: &mut DocumentMut, script: &Script, metric: Metric) -> Option<()> {
    let mut table = Table::new();
    put(&mut table, "key", unique(metric.as_str(), |key| script.question(key).is_some()));
    put(&mut table, "metric", metric.as_str());
    if let Some(scale) = metric.usual_scale() {
        put(&mut table, "scale", scale.as_str());
    }
    table.decor_mut().set_prefix("\n");
    questions(document)?.push(table);
    Some(())
}

/// Removes the fields that the new metric cannot have.
fn change_metric(table: &mut Table, metric: Metric) {
    put(table, "metric", metric.as_str());
    if let Some(scale) = metric.usual_scale().filter(|_| !table.contains_key("scale")) {
        put(table, "scale", scale.as_str());
        table.remove("bands");
    }
    for name in metric.unfit_fields() {
        table.remove(name);
    }
}

/// The question that a branch depends on.
fn asked(script: &Script, place: usize) -> Option<&Question> {
    script.question(&script.questions.get(place)?.show_if.as_ref()?.question)
}

fn branch(document: &mut DocumentMut, script: &Script, place: usize, of: usize) -> Option<()> {
    let asked = script.questions.get(of).filter(|_| of < place)?;
    let (name, value) = match asked.metric.spec().answer {
        Answer::Words => return None,
        Answer::Options => ("option", asked.options.first()?.key.as_str()),
        Answer::Score(_) => ("band", Band::Low.as_str()),
    };
    let mut table = InlineTable::new();
    table.insert("question", Value::from(asked.key.as_str()));
    table.insert(name, Value::Array(Array::from_iter([value])));
    put(question(document, place)?, "show_if", Value::InlineTable(table));
    Some(())
}

/// The selection after switching `one` on or off, in the order of `all`.
fn toggled<T: Clone + PartialEq>(
    script: &Script,
    place: usize,
    all: &[T],
    one: &T,
    on: bool,
    chosen: impl Fn(&ShowIf) -> Vec<T>,
) -> Option<Vec<T>> {
    let chosen = chosen(script.questions.get(place)?.show_if.as_ref()?);
    Some(
        all.iter().filter(|other| if *other == one { on } else { chosen.contains(other) }).cloned().collect(),
    )
}

fn condition(
    document: &mut DocumentMut,
    place: usize,
    name: &str,
    values: impl Iterator<Item = Value>,
) -> Option<()> {
    let table = question(document, place)?.get_mut("show_if")?.as_table_like_mut()?;
    for other in ["band", "value", "option"] {
        if other != name {
            table.remove(other);
        }
    }
    put(table, name, Value::Array(values.collect()));
    Some(())
}

/// Adds or removes a weekday; dates in the list are kept.
fn day_off(send: &mut dyn TableLike, day: &str, on: bool) -> Option<()> {
    let name = SendField::DaysOff.name();
    if !send.contains_key(name) {
        put(send, name, Value::Array(Array::new()));
    }
    let days = send.get_mut(name)?.as_array_mut()?;
    days.retain(|value| value.as_str() != Some(day));
    if on {
        days.push(day);
    }
    days.fmt();
    Some(())
}
