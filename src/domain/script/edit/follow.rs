//! The side effects of an edit: what is removed or renamed along with something else. Also handles labels, which are
//! identified by their numbers.

use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

use super::document::{put, put_text, question};
use super::places::place_of;
use super::{Field, List};
use crate::domain::scale::Band;
use crate::domain::script::Script;

/// Removes a follow-up that no longer asks anything.
pub(super) fn drop_empty(document: &mut DocumentMut, list: List) -> Option<()> {
    match list {
        List::Options(_) => {}
        List::Reasons(place, band) | List::Links(place, band) => drop_empty_band(document, place, band)?,
    }
    Some(())
}

fn drop_empty_band(document: &mut DocumentMut, place: usize, band: Band) -> Option<()> {
    drop_if_empty(question(document, place)?, band.as_str());
    Some(())
}

fn drop_if_empty(table: &mut dyn TableLike, name: &str) {
    let is_empty = table.get(name).and_then(Item::as_table_like).is_some_and(TableLike::is_empty);
    if is_empty {
        table.remove(name);
    }
}

/// Removes an optional field.
pub(super) fn forget_field(document: &mut DocumentMut, field: Field) -> Option<()> {
    if !field.is_optional() {
        return None;
    }
    if let Field::Label(place, value) = field {
        let table = question(document, place)?;
        if let Some(labels) = table.get_mut("labels").and_then(Item::as_table_like_mut) {
            labels.remove(&value.to_string());
        }
        drop_if_empty(table, "labels");
        return Some(());
    }
    let (table, name) = place_of(document, field)?;
    table.remove(name);
    match field {
        Field::Comment(place, band) => drop_empty_band(document, place, band),
        Field::LowEnd(place) | Field::HighEnd(place) => {
            // The meaning of only one end is useless.
            question(document, place)?.remove("ends");
            Some(())
        }
        _ => Some(()),
    }
}

/// Updates an option's key in later questions whose condition refers to it.
pub(super) fn rename_option(document: &mut DocumentMut, script: &Script, place: usize, from: &str, to: &str) {
    let Some(of) = script.questions.get(place).map(|question| question.key.as_str()) else { return };
    for (later, _) in script
        .questions
        .iter()
        .enumerate()
        .filter(|(_, question)| question.show_if.as_ref().is_some_and(|show_if| show_if.question == of))
    {
        let Some(options) = question(document, later).and_then(|table| {
            table.get_mut("show_if")?.as_table_like_mut()?.get_mut("option")?.as_array_mut()
        }) else {
            continue;
        };
        for option in options.iter_mut().filter(|option| option.as_str() == Some(from)) {
            *option = Value::from(to);
        }
        options.fmt();
    }
}

/// Updates this question's key in later questions whose condition refers to it.
pub(super) fn rename_question(document: &mut DocumentMut, script: &Script, from: &str, to: &str) {
    for (later, _) in script
        .questions
        .iter()
        .enumerate()
        .filter(|(_, question)| question.show_if.as_ref().is_some_and(|show_if| show_if.question == from))
    {
        if let Some(table) = question(document, later)
            .and_then(|table| table.get_mut("show_if").and_then(Item::as_table_like_mut))
        {
            put(table, "question", to);
        }
    }
}

/// Sets the label of one number on the scale.
pub(super) fn put_label(
    document: &mut DocumentMut,
    place: usize,
    value: i64,
    language: &str,
    text: &str,
) -> Option<()> {
    let table = question(document, place)?;
    let labels = table.entry("labels").or_insert(Item::Value(Value::InlineTable(InlineTable::new())));
    let labels = labels.as_table_like_mut()?;
    put_text(labels, &value.to_string(), language, text);
    Some(())
}
