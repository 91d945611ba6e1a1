//! A script's TOML document: finds tables in it, and sets values in the right place without losing comments.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::List;
use crate::domain::scale::Band;

/// Makes tables appear in the order of the document's tree, because their old positions are meaningless after a move.
pub(super) fn in_order(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => in_order(table),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(in_order),
            _ => {}
        }
    }
}

/// Replaces a value and keeps the comment beside it.
pub(super) fn put(table: &mut dyn TableLike, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    if let Some(item) = table.get_mut(key) {
        if let Some(old) = item.as_value() {
            *value.decor_mut() = old.decor().clone();
        }
        *item = Item::Value(value);
    } else {
        table.insert(key, Item::Value(value));
    }
}

/// The table `[when]` or `[send]`; created above the questions if it is missing.
pub(super) fn section<'d>(document: &'d mut DocumentMut, name: &str) -> Option<&'d mut dyn TableLike> {
    let root = document.as_table_mut();
    if !root.contains_key(name) {
        let questions = root.remove_entry("questions");
        root.insert(name, Item::Table(Table::new()));
        if let Some((key, questions)) = questions {
            root.insert_formatted(&key, questions);
        }
    }
    root.get_mut(name)?.as_table_like_mut()
}

/// All questions, converted to `[[questions]]` whichever way they were written.
pub(super) fn questions(document: &mut DocumentMut) -> Option<&mut toml_edit::ArrayOfTables> {
    let root = document.as_table_mut();
    let item = root.entry("questions").or_insert(Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
    if !item.is_array_of_tables() {
        let written = std::mem::take(item);
        *item = match written.into_array_of_tables() {
            Ok(tables) => Item::ArrayOfTables(tables),
            Err(Item::Value(Value::Array(list))) if list.is_empty() => {
                Item::ArrayOfTables(toml_edit::ArrayOfTables::new())
            }
            Err(written) => written,
        };
    }
    item.as_array_of_tables_mut()
}

pub(super) fn question(document: &mut DocumentMut, place: usize) -> Option<&mut Table> {
    questions(document)?.get_mut(place)
}

/// The follow-up of one band of a question; created if it is missing.
pub(super) fn follow_up(document: &mut DocumentMut, place: usize, band: Band) -> Option<&mut dyn TableLike> {
    let question = question(document, place)?;
    question.entry(band.as_str()).or_insert(Item::Table(Table::new())).as_table_like_mut()
}

/// The table that holds a list, and the list's name in that table.
pub(super) fn holder(document: &mut DocumentMut, list: List) -> Option<(&mut dyn TableLike, &'static str)> {
    Some(match list {
        List::Options(place) => (question(document, place)?, "options"),
        List::Reasons(place, band) => (follow_up(document, place, band)?, "reasons"),
        List::Links(place, band) => (follow_up(document, place, band)?, "links"),
    })
}

/// One entry of a list.
pub(super) fn item(document: &mut DocumentMut, list: List, at: usize) -> Option<&mut dyn TableLike> {
    let (holder, name) = holder(document, list)?;
    match holder.get_mut(name)? {
        Item::ArrayOfTables(tables) => tables.get_mut(at).map(|table| table as &mut dyn TableLike),
        Item::Value(Value::Array(array)) => {
            array.get_mut(at)?.as_inline_table_mut().map(|table| table as &mut dyn TableLike)
        }
        _ => None,
    }
}

/// Changes a list as a whole. Returns `None` if `change` refuses.
pub(super) fn rearrange(
    document: &mut DocumentMut,
    list: List,
    change: impl FnOnce(&mut Vec<Item>) -> Option<()>,
) -> Option<()> {
    let (holder, name) = holder(document, list)?;
    let mut items: Vec<Item> = match holder.get(name) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().cloned().map(Item::Table).collect(),
        Some(Item::Value(Value::Array(array))) => array.iter().cloned().map(Item::Value).collect(),
        None | Some(Item::None) => Vec::new(),
        Some(_) => return None,
    };
    change(&mut items)?;
    match holder.get_mut(name) {
        Some(Item::ArrayOfTables(tables)) if !items.is_empty() => {
            tables.clear();
            for item in items {
                tables.push(item.into_table().ok()?);
            }
        }
        Some(Item::Value(Value::Array(array))) if !items.is_empty() => {
            array.clear();
            for item in items {
                array.push_formatted(item.into_value().ok()?);
            }
            tidy(array);
        }
        _ if items.is_empty() => {
            holder.remove(name);
        }
        _ => {
            let mut array = Array::new();
            for item in items {
                array.push_formatted(item.into_value().ok()?);
            }
            tidy(&mut array);
            holder.insert(name, Item::Value(Value::Array(array)));
        }
    }
    Some(())
}

/// Spaces the array as people write it by hand, unless its author has spread it over several lines.
fn tidy(array: &mut Array) {
    if array.iter().any(|value| value.decor().prefix().is_some_and(has_line)) || has_line(array.trailing()) {
        return;
    }
    for (place, value) in array.iter_mut().enumerate() {
        value.decor_mut().set_prefix(if place == 0 { "" } else { " " });
        value.decor_mut().set_suffix("");
    }
}

fn has_line(text: &toml_edit::RawString) -> bool {
    text.as_str().is_some_and(|text| text.contains('\n'))
}

/// A text in several languages.
pub(super) fn localized<'l, 't>(texts: impl IntoIterator<Item = (&'l str, &'t str)>) -> Value {
    let mut table = InlineTable::new();
    for (locale, text) in texts {
        table.insert(locale, Value::from(text));
    }
    Value::InlineTable(table)
}

/// Sets a text in one language and keeps the others.
pub(super) fn put_text(table: &mut dyn TableLike, key: &str, locale: &str, text: &str) {
    match table.get_mut(key).and_then(Item::as_table_like_mut) {
        Some(texts) => put(texts, locale, text),
        None => put(table, key, localized([(locale, text)])),
    }
}
