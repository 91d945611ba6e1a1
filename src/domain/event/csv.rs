//! Events as rows of a table: a header with the fields' names with dots, tags separated by `|`. A row becomes the
//! JSON that the same event would be, so that it is read and checked by the same rules.

use serde_json::Number;

use super::{FieldError, Json, shown};
use crate::domain::nearest::nearest;

/// How a field is written in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Flag,
    /// Separated by `|`.
    Labels,
    Json,
}

const FIELDS: [(&str, Kind); 31] = [
    ("event_id", Kind::Text),
    ("kind", Kind::Text),
    ("occurred_at", Kind::Text),
    ("customer.id", Kind::Text),
    ("customer.telegram_id", Kind::Number),
    ("customer.phone", Kind::Text),
    ("customer.name", Kind::Text),
    ("customer.language", Kind::Text),
    ("customer.timezone", Kind::Text),
    ("customer.segments", Kind::Labels),
    ("subject.id", Kind::Text),
    ("subject.title", Kind::Text),
    ("subject.url", Kind::Text),
    ("agent.id", Kind::Text),
    ("agent.name", Kind::Text),
    ("agent.team", Kind::Text),
    ("agent.since", Kind::Text),
    ("automation", Kind::Text),
    ("store", Kind::Text),
    ("channel", Kind::Text),
    ("tags", Kind::Labels),
    ("metrics.opened_at", Kind::Text),
    ("metrics.first_response_s", Kind::Number),
    ("metrics.resolution_s", Kind::Number),
    ("metrics.messages", Kind::Number),
    ("metrics.reopened", Kind::Number),
    ("metrics.sla_breached", Kind::Flag),
    ("metrics.first_contact_resolution", Kind::Flag),
    ("script", Kind::Text),
    ("extra", Kind::Json),
    ("test", Kind::Flag),
];

/// Without these no row can be an event.
const REQUIRED: [&str; 4] = ["event_id", "kind", "occurred_at", "customer.id"];

/// What the columns are, and what separates them.
#[derive(Clone, Debug)]
pub struct Header {
    separator: u8,
    columns: Vec<(&'static str, Kind)>,
}

/// How far a text is a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    Whole,
    /// A quote is open: the row goes on behind the end of the line.
    Open,
    /// Something stands between a closing quote and the next separator.
    Broken,
}

impl Header {
    /// Reads the first line. Tables from a spreadsheet may separate by semicolons or tabs.
    ///
    /// # Errors
    /// Every column that is missing, doubled or no field of an event.
    pub fn parse(line: &[u8]) -> Result<Self, Vec<FieldError>> {
        let wrong = |message: &str| vec![FieldError::new("header", message)];
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        let Ok(text) = str::from_utf8(line) else {
            return Err(wrong("is not UTF-8: save the table as \"CSV UTF-8\""));
        };
        let count = |separator: char| text.matches(separator).count();
        let separator = [',', ';', '\t'].into_iter().rev().max_by_key(|separator| count(*separator));
        let separator = separator.map_or(b',', |separator| separator as u8);
        let mut cells = Vec::new();
        if cut(line, separator, &mut cells) != Cut::Whole {
            return Err(wrong("has a broken quote"));
        }
        let mut columns: Vec<(&'static str, Kind)> = Vec::new();
        let mut errors = Vec::new();
        for (index, cell) in cells.iter().enumerate() {
            let name = String::from_utf8_lossy(cell).trim().to_owned();
            match FIELDS.iter().find(|(field, _)| *field == name) {
                Some((field, _)) if columns.iter().any(|(known, _)| known == field) => {
                    errors.push(FieldError::new(name, "is the name of two columns"));
                }
                Some(field) => columns.push(*field),
                None if name.is_empty() => {
                    errors.push(FieldError::new(format!("column {}", index + 1), "has no name"));
                }
                None => errors.push(unknown(&name)),
            }
        }
        for name in REQUIRED {
            if !columns.iter().any(|(known, _)| *known == name) {
                errors.push(FieldError::new(name, "has no column"));
            }
        }
        if errors.is_empty() { Ok(Self { separator, columns }) } else { Err(errors) }
    }

    /// Cuts a row into its cells.
    pub fn cut(&self, row: &[u8], cells: &mut Vec<Vec<u8>>) -> Cut {
        cut(row, self.separator, cells)
    }

    /// Whether a row has a cell for every column.
    #[must_use]
    pub fn fits(&self, cells: &[Vec<u8>]) -> bool {
        cells.len() == self.columns.len()
    }

    /// The row as the JSON of its event; an empty cell is an absent field.
    ///
    /// # Errors
    /// What is wrong with the row as a whole.
    pub fn to_json(&self, cells: &[Vec<u8>]) -> Result<Json, String> {
        if !self.fits(cells) {
            return Err(format!("has {} cells; the header has {} columns", cells.len(), self.columns.len()));
        }
        let mut members: Vec<(String, Json)> = Vec::new();
        for ((name, kind), cell) in self.columns.iter().zip(cells) {
            let text = str::from_utf8(cell).map_err(|_| {
                format!("{name}: is not UTF-8 (Windows-1251?): save the table as \"CSV UTF-8\"")
            })?;
            let text = text.trim();
            if !text.is_empty() {
                put(&mut members, name, read(*kind, text));
            }
        }
        Ok(Json::Object(members))
    }
}

fn unknown(name: &str) -> FieldError {
    let shown = shown(name, 64);
    let message = match nearest(&shown, FIELDS.iter().map(|(field, _)| *field)) {
        Some(meant) => format!("is not a field of an event; did you mean {meant}?"),
        None => "is not a field of an event".to_owned(),
    };
    FieldError::new(shown, message)
}

fn put(members: &mut Vec<(String, Json)>, name: &str, value: Json) {
    let Some((section, field)) = name.split_once('.') else {
        members.push((name.to_owned(), value));
        return;
    };
    let known = members.iter_mut().find(|(known, _)| known == section);
    if let Some((_, Json::Object(inner))) = known {
        inner.push((field.to_owned(), value));
    } else {
        members.push((section.to_owned(), Json::Object(vec![(field.to_owned(), value)])));
    }
}

/// What does not read as its kind stays a text, which the event's own rules refuse by name.
fn read(kind: Kind, text: &str) -> Json {
    let as_text = || Json::Text(text.to_owned());
    match kind {
        Kind::Number => text.parse::<Number>().map_or_else(|_| as_text(), Json::Number),
        Kind::Flag if text.eq_ignore_ascii_case("true") => Json::Bool(true),
        Kind::Flag if text.eq_ignore_ascii_case("false") => Json::Bool(false),
        Kind::Text | Kind::Flag => as_text(),
        Kind::Labels => {
            let labels = text.split('|').map(str::trim).filter(|label| !label.is_empty());
            Json::Array(labels.map(|label| Json::Text(label.to_owned())).collect())
        }
        Kind::Json => Json::parse(text.as_bytes()).unwrap_or_else(|_| as_text()),
    }
}

/// Cuts by RFC 4180; a quote inside a cell that does not begin with one is a character like others.
fn cut(row: &[u8], separator: u8, cells: &mut Vec<Vec<u8>>) -> Cut {
    let mut used = 0;
    let mut rest = row;
    loop {
        if cells.len() == used {
            cells.push(Vec::new());
        }
        let cell = &mut cells[used];
        cell.clear();
        used += 1;
        if rest.first() == Some(&b'"') {
            match quoted(&rest[1..], cell) {
                None => return Cut::Open,
                Some(after) => rest = after,
            }
            if rest.first().is_some_and(|next| *next != separator) {
                return Cut::Broken;
            }
        } else {
            let end = rest.iter().position(|byte| *byte == separator).unwrap_or(rest.len());
            cell.extend_from_slice(&rest[..end]);
            rest = &rest[end..];
        }
        if let Some((_, after)) = rest.split_first() {
            rest = after;
        } else {
            cells.truncate(used);
            return Cut::Whole;
        }
    }
}

/// Reads up to the closing quote; gives what stands behind it. `None` if there is none.
fn quoted<'a>(mut rest: &'a [u8], cell: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        let end = rest.iter().position(|byte| *byte == b'"')?;
        cell.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        if rest.first() != Some(&b'"') {
            return Some(rest);
        }
        cell.push(b'"');
        rest = &rest[1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Event;
    use crate::domain::time::Timestamp;

    fn cells(row: &str) -> (Cut, Vec<String>) {
        let mut cells = Vec::new();
        let cut = cut(row.as_bytes(), b',', &mut cells);
        (cut, cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect())
    }

    #[test]
    fn a_row_is_cut_by_the_rules_of_rfc_4180() {
        for (row, expected) in [
            ("a,b", vec!["a", "b"]),
            ("", vec![""]),
            (",", vec!["", ""]),
            (r#""a,b","say ""hi""",c"#, vec!["a,b", "say \"hi\"", "c"]),
            ("\"two\nlines\",", vec!["two\nlines", ""]),
            (r#"5" pipe,x"#, vec!["5\" pipe", "x"]),
        ] {
            assert_eq!(cells(row), (Cut::Whole, expected.into_iter().map(str::to_owned).collect()), "{row}");
        }
        assert_eq!(cells(r#"a,"b,c"#).0, Cut::Open);
        assert_eq!(cells(r#"a,"b"c,d"#).0, Cut::Broken);
    }

    fn event(header: &str, row: &str) -> Result<Event, String> {
        let header = Header::parse(header.as_bytes()).map_err(|errors| format!("{errors:?}"))?;
        let mut cells = Vec::new();
        assert_eq!(header.cut(row.as_bytes(), &mut cells), Cut::Whole);
        let json = header.to_json(&cells)?;
        Event::from_json(&json, Timestamp::from_millis(1_795_251_600_000))
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn a_row_is_the_event_that_the_same_json_is() {
        let header = "\u{feff}event_id;kind;occurred_at;customer.id;customer.telegram_id;tags;metrics.messages;\
                      metrics.sla_breached;extra;test;store";
        let row = "e;purchase;2026-11-21T12:00:00+03:00;C;7;b|a;3;TRUE;\"{\"\"a\"\": 1}\";false;";
        let json = r#"{"event_id":"e","kind":"purchase","occurred_at":"2026-11-21T12:00:00+03:00","tags":["a","b"],
            "customer":{"id":"C","telegram_id":7},"metrics":{"messages":3,"sla_breached":true},"extra":{"a":1}}"#;
        let now = Timestamp::from_millis(1_795_251_600_000);
        assert_eq!(event(header, row).unwrap(), Event::parse(json.as_bytes(), now).unwrap());
    }

    #[test]
    fn wrong_cells_are_named_by_their_column() {
        let header = "event_id,kind,occurred_at,customer.id,customer.telegram_id,metrics.reopened,test";
        let told = event(header, "e,sale,2026-11-21 12:00:00,,seven,1.5,1").unwrap_err();
        for field in [
            "kind: must be",
            "occurred_at: has no offset",
            "customer.id: is required",
            "customer.telegram_id: ",
            "metrics.reopened: ",
            "test: ",
        ] {
            assert!(told.contains(field), "{field}: {told}");
        }
        assert_eq!(event(header, "e,purchase").unwrap_err(), "has 2 cells; the header has 7 columns");
    }

    #[test]
    fn a_header_names_every_column_that_is_wrong() {
        let errors =
            Header::parse("event_id,kind,ocurred_at,customer.id,kind,colour".as_bytes()).unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "ocurred_at: is not a field of an event; did you mean occurred_at?",
                "kind: is the name of two columns",
                "colour: is not a field of an event",
                "occurred_at: has no column",
            ]
        );
        let errors = Header::parse(b"event_id,kind,,occurred_at,customer.id,").unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["column 3: has no name", "column 6: has no name"]);
        assert!(Header::parse(b"\xff\xfee\0v").unwrap_err()[0].message.contains("UTF-8"));
    }

    #[test]
    fn every_field_of_the_contract_has_a_column() {
        let sections = crate::domain::event::same::SECTIONS;
        let names: Vec<String> = sections
            .iter()
            .flat_map(|(section, fields)| match *fields {
                [] => vec![(*section).to_owned()],
                fields => fields.iter().map(|field| format!("{section}.{field}")).collect(),
            })
            .collect();
        let columns: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(columns.len(), names.len());
        assert!(names.iter().all(|name| columns.contains(&name.as_str())), "{names:?}");
    }
}
