//! Where in the document a field's text belongs.

use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

use super::document::{follow_up, holder, item, question, section};
use super::{Field, List};

/// The table, and the name in it. Labels are handled separately, because their name is a number.
pub(super) fn place_of(
    document: &mut DocumentMut,
    field: Field,
) -> Option<(&mut dyn TableLike, &'static str)> {
    Some(match field {
        Field::Slug => (document.as_table_mut(), "slug"),
        Field::Title => (document.as_table_mut(), "title"),
        Field::Priority => (document.as_table_mut(), "priority"),
        Field::Greeting => (section(document, "send")?, "greeting"),
        Field::Thanks => (section(document, "send")?, "thanks"),
        Field::Send(rule) => (section(document, "send")?, rule.name()),
        Field::When(list) => (section(document, "when")?, list.name()),
        Field::MinMessages => (section(document, "when")?, "min_messages"),
        Field::Sample => (section(document, "when")?, "sample"),
        Field::Text(place) => (question(document, place)?, "text"),
        Field::Key(place) => (question(document, place)?, "key"),
        Field::Factor(place) => (question(document, place)?, "factor"),
        Field::LowEnd(place) => (ends(document, place)?, "low"),
        Field::HighEnd(place) => (ends(document, place)?, "high"),
        Field::Comment(place, band) => (follow_up(document, place, band)?, "comment"),
        Field::ItemText(list, at) => (item(document, list, at)?, "text"),
        Field::ItemKey(list, at) => (item(document, list, at)?, "key"),
        Field::Url(place, band, at) => (item(document, List::Links(place, band), at)?, "url"),
        Field::NewItem(list) => holder(document, list)?,
        Field::Label(..) | Field::Translation => return None,
    })
}

fn ends(document: &mut DocumentMut, place: usize) -> Option<&mut dyn TableLike> {
    let table = question(document, place)?;
    table.entry("ends").or_insert(Item::Value(Value::InlineTable(InlineTable::new()))).as_table_like_mut()
}
