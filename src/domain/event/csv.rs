//! Events as rows of a table: a header with dotted field names, and tags separated by `|`. Tables are accepted as
//! spreadsheets save them. Cells that a spreadsheet has destroyed are refused, and the error names the column.

use serde_json::Number;

use super::columns::{ADDED, FIELDS, Field, Form, Members, REQUIRED, Row, is_exported, unknown};
use super::{FieldError, Json};
use crate::domain::cell::damage::{self, Damage};
use crate::domain::cell::unescape;
use crate::domain::time::Timestamp;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Field(Field),
    /// What became of an exported event.
    Outcome,
    /// A column without a name at the edge of the table. Its cells must be empty.
    Empty,
}

/// The columns of a table and their separator.
#[derive(Clone, Debug)]
pub struct Header {
    separator: u8,
    columns: Vec<Column>,
    /// The number of columns without the empty ones at the end.
    named: usize,
    is_exported: bool,
}

/// Whether a text is a complete row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    Whole,
    /// A quote is still open, so the row continues on the next line.
    Open,
    /// There is something between a closing quote and the next separator.
    Broken,
}

/// What a line at or before the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// A line of nothing but separators.
    Blank,
    /// Excel's `sep=;`.
    Separator(u8),
    /// `sep=` without a usable separator.
    NoSeparator,
    Header,
}

/// Tells whether a line comes before the header or is the header.
#[must_use]
pub fn before_header(line: &[u8]) -> Before {
    let line = without_mark(line);
    let between = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"');
    if line.iter().all(between) {
        return Before::Blank;
    }
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    match line.split_at_checked(b"sep=".len()) {
        Some((name, rest)) if name.eq_ignore_ascii_case(b"sep=") => separator_of(rest),
        _ => Before::Header,
    }
}

/// Reads the character after `sep=`; Excel accepts any. If the table was saved again with another separator, the line
/// has further cells, which are empty. The old separator then no longer applies.
fn separator_of(rest: &[u8]) -> Before {
    let Some((separator, rest)) = rest.split_first() else { return Before::NoSeparator };
    let separates =
        separator.is_ascii() && !separator.is_ascii_alphanumeric() && !b"\"'\r\n._ ".contains(separator);
    if !separates {
        return Before::NoSeparator;
    }
    let is_end = |byte: &u8| byte == separator || matches!(byte, b'"' | b' ' | b'\r');
    if rest.iter().all(is_end) { Before::Separator(*separator) } else { Before::Blank }
}

fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line)
}

impl Header {
    /// Reads the line that names the columns. Tables from a spreadsheet may be separated by semicolons or tabs.
    /// `separator` is the one that a `sep=` line before the header gave.
    ///
    /// # Errors
    /// Returns every column that is missing, appears twice or is not a field of an event.
    pub fn parse(line: &[u8], separator: Option<u8>) -> Result<Self, Vec<FieldError>> {
        let wrong = |message: &str| vec![FieldError::new("header", message)];
        let Ok(text) = str::from_utf8(without_mark(line)) else {
            return Err(wrong("is not UTF-8: save the table as \"CSV UTF-8\""));
        };
        if text.contains('\r') {
            return Err(wrong(
                "ends with CR alone, as old Macintosh files do: save the table as \"CSV UTF-8\"",
            ));
        }
        let count = |separator: u8| text.bytes().filter(|byte| *byte == separator).count();
        let likeliest = || [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator));
        let separator = separator.or_else(likeliest).unwrap_or(b',');
        let mut cells = Vec::new();
        if cut(text.as_bytes(), separator, &mut cells) != Cut::Whole {
            return Err(wrong("has a broken quote"));
        }
        let names: Vec<String> =
            cells.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        let last = names.iter().rposition(|name| !name.is_empty());
        let is_exported = is_exported(|wanted| names.iter().any(|name| name == wanted));
        let columns = columns(&names, is_exported)?;
        Ok(Self { separator, columns, named: last.map_or(0, |last| last + 1), is_exported })
    }

    /// Cuts a row into its cells.
    pub fn cut(&self, row: &[u8], cells: &mut Vec<Vec<u8>>) -> Cut {
        cut(row, self.separator, cells)
    }

    /// Whether a row has a cell for every named column and nothing after the last column.
    #[must_use]
    pub fn fits(&self, cells: &[Vec<u8>]) -> bool {
        cells.len() >= self.named && cells.iter().skip(self.columns.len()).all(|cell| is_blank(cell))
    }

    /// Reads a row; an empty cell is an absent field. Returns `None` if all cells are empty.
    ///
    /// # Errors
    /// Returns what is wrong with the row as a whole, or every wrong cell.
    pub fn read(&self, cells: &[Vec<u8>], now: Timestamp) -> Result<Option<Row>, String> {
        if !self.fits(cells) {
            if cells.iter().all(|cell| is_blank(cell)) {
                return Ok(None);
            }
            return Err(format!("has {} cells; the header has {} columns", cells.len(), self.columns.len()));
        }
        let mut members = Members::default();
        let mut is_empty = true;
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            if is_blank(cell) {
                continue;
            }
            is_empty = false;
            match column {
                Column::Field(field) => self.put(&mut members, *field, cell)?,
                Column::Outcome => {}
                Column::Empty => {
                    return Err(format!(
                        "column {}: holds something, but the header does not name it",
                        index + 1
                    ));
                }
            }
        }
        if is_empty {
            return Ok(None);
        }
        let wrong =
            |errors: Vec<FieldError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        members.read(self.is_exported, now).map(Some).map_err(wrong)
    }

    fn put(&self, members: &mut Members<'_>, (name, form): Field, cell: &[u8]) -> Result<(), String> {
        let cell = str::from_utf8(cell)
            .map_err(|_| format!("{name}: is not UTF-8 (Windows-1251?): save the table as \"CSV UTF-8\""))?;
        if form == Form::Labels {
            let labels = cell.split('|').filter(|label| !label.trim().is_empty());
            let labels = labels.map(|label| self.text(members, (name, form), label)).collect();
            members.put(name, Json::Array(labels));
        } else {
            let text = self.text(members, (name, form), cell);
            members.put(name, text);
        }
        Ok(())
    }

    fn text(&self, members: &mut Members<'_>, (name, form): Field, cell: &str) -> Json<'static> {
        if let Some(damage) = damage::of(cell.trim())
            && (!matches!(damage, Damage::Day | Damage::Formula) || form == Form::Id)
        {
            members.wrong(FieldError::new(name, damage.to_string()));
            return Json::Null;
        }
        read(form, &unescape(cell, self.separator))
    }
}

/// Returns what the columns with these names hold.
fn columns(names: &[String], is_exported: bool) -> Result<Vec<Column>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut columns: Vec<Column> = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        if let Some(field) = FIELDS.iter().find(|(field, _)| field == name) {
            if columns.contains(&Column::Field(*field)) {
                errors.push(FieldError::new(name, "is the name of two columns"));
            }
            columns.push(Column::Field(*field));
        } else if is_exported && ADDED.contains(&name.as_str()) {
            columns.push(Column::Outcome);
        } else {
            let is_edge =
                names[..index].iter().all(String::is_empty) || names[index..].iter().all(String::is_empty);
            if !name.is_empty() {
                errors.push(unknown(name));
            } else if !is_edge {
                errors.push(FieldError::new(format!("column {}", index + 1), "has no name"));
            }
            columns.push(Column::Empty);
        }
    }
    for required in REQUIRED {
        if !names.iter().any(|name| name == required) {
            errors.push(FieldError::new(required, "has no column"));
        }
    }
    if errors.is_empty() { Ok(columns) } else { Err(errors) }
}

fn is_blank(cell: &[u8]) -> bool {
    match cell.first() {
        None => true,
        // It may be some kind of space.
        Some(b' ' | b'\t'..=b'\r' | 0xc2 | 0xe1..=0xe3) => {
            str::from_utf8(cell).is_ok_and(|text| text.trim().is_empty())
        }
        Some(_) => false,
    }
}

/// Turns a cell's text into JSON. What cannot be parsed as its form stays text, and the event's own rules then refuse
/// it and name the field.
fn read(form: Form, text: &str) -> Json<'static> {
    let as_text = || Json::text(text);
    match form {
        Form::Number => text.parse::<Number>().map_or_else(|_| as_text(), Json::Number),
        Form::Flag => flag(text).map_or_else(as_text, Json::Bool),
        Form::Id | Form::Text | Form::Labels => as_text(),
        Form::Json => Json::parse(text.as_bytes()).map_or_else(|_| as_text(), Json::into_owned),
    }
}

/// Reads a Boolean. Russian spreadsheets write their own words for true and false.
fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") || text == "ИСТИНА" {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") || text == "ЛОЖЬ" {
        Some(false)
    } else {
        None
    }
}

/// Splits a row into cells by RFC 4180. A quote inside a cell that does not begin with one is an ordinary character.
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

/// Reads up to the closing quote and returns what follows it, or `None` if there is no closing quote.
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

    const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);

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
        match row_of(header, row)? {
            Some(Row::Event(event)) => Ok(*event),
            other => panic!("{other:?}"),
        }
    }

    fn row_of(header: &str, row: &str) -> Result<Option<Row>, String> {
        let header = Header::parse(header.as_bytes(), None).map_err(|errors| format!("{errors:?}"))?;
        let mut cells = Vec::new();
        assert_eq!(header.cut(row.as_bytes(), &mut cells), Cut::Whole);
        header.read(&cells, NOW)
    }

    #[test]
    fn a_row_is_the_event_that_the_same_json_is() {
        let header = "\u{feff}event_id;kind;occurred_at;customer.id;customer.telegram_id;tags;metrics.messages;\
                      metrics.sla_breached;extra;test;store";
        let row = "e;purchase;2026-11-21T12:00:00+03:00;C;7;b|a;3;TRUE;\"{\"\"a\"\": 1}\";false;";
        let json = r#"{"event_id":"e","kind":"purchase","occurred_at":"2026-11-21T12:00:00+03:00","tags":["a","b"],
            "customer":{"id":"C","telegram_id":7},"metrics":{"messages":3,"sla_breached":true},"extra":{"a":1}}"#;
        assert_eq!(event(header, row).unwrap(), Event::parse(json.as_bytes(), NOW).unwrap());
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
            Header::parse("event_id,kind,ocurred_at,customer.id,kind,colour".as_bytes(), None).unwrap_err();
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
        let errors = Header::parse(b",event_id,kind,,occurred_at,customer.id,", None).unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["column 4: has no name"], "inside; at the edges it is an empty one");
        assert!(Header::parse(b"\xff\xfee\0v", None).unwrap_err()[0].message.contains("UTF-8"));
        assert!(Header::parse(b"event_id\re", None).unwrap_err()[0].message.contains("CR alone"));
    }

    const HEADER: &str = ";event_id;kind;occurred_at;customer.id;tags;customer.telegram_id;;";

    #[test]
    fn empty_columns_at_the_edges_are_passed_over() {
        let whole = event(&HEADER[1..HEADER.len() - 2], "e;purchase;2026-11-21T08:00:00Z;C;a|b;7").unwrap();
        for behind in ["", ";", ";;", ";;;;", "; ;\u{a0};"] {
            let row = format!(";e;purchase;2026-11-21T08:00:00Z;C;a|b;7{behind}");
            assert_eq!(event(HEADER, &row).unwrap(), whole, "{row}");
        }
        let row = ";e;purchase;2026-11-21T08:00:00Z;C;a|b;7;;x";
        assert_eq!(
            event(HEADER, row).unwrap_err(),
            "column 9: holds something, but the header does not name it"
        );
        assert_eq!(
            event(HEADER, &format!("{row};;y")).unwrap_err(),
            "has 11 cells; the header has 9 columns"
        );
        assert_eq!(event(HEADER, ";e;purchase").unwrap_err(), "has 3 cells; the header has 9 columns");
    }

    #[test]
    fn a_row_of_empty_cells_is_none() {
        for row in ["", ";", ";;;;;;;;", "\"\";;\u{a0};;\"  \";;;;;;;;;;;"] {
            assert_eq!(row_of(HEADER, row), Ok(None), "{row}");
        }
    }

    #[test]
    fn what_stands_before_the_header_is_told_from_it() {
        for (line, expected) in [
            ("", Before::Blank),
            (";;;;", Before::Blank),
            ("\u{feff}\t\t\r", Before::Blank),
            ("\"\",\"\"", Before::Blank),
            ("sep=;", Before::Separator(b';')),
            ("\u{feff}SEP=,\r", Before::Separator(b',')),
            ("sep=\t", Before::Separator(b'\t')),
            ("sep=|", Before::Separator(b'|')),
            ("\"sep=;\"", Before::Separator(b';')),
            ("sep=;;;;;", Before::Separator(b';')),
            ("sep=;,,,", Before::Blank),
            ("sep=", Before::NoSeparator),
            ("sep=a", Before::NoSeparator),
            ("event_id;kind", Before::Header),
            ("separator;kind", Before::Header),
            ("x", Before::Header),
        ] {
            assert_eq!(before_header(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn cells_that_a_spreadsheet_destroyed_are_refused_by_name_and_once() {
        let cell = |id: &str, tags: &str, telegram_id: &str| {
            let row = format!(";e;purchase;2026-11-21T08:00:00Z;{id};{tags};{telegram_id};;");
            event(HEADER, &row).map_err(|told| told.split(" (").next().unwrap_or_default().to_owned())
        };
        for (id, tags, telegram_id, expected) in [
            ("1,23E+11", "", "", "customer.id: is a number that a spreadsheet has rounded"),
            ("#ИМЯ?", "", "", "customer.id: is a spreadsheet's error"),
            ("01.фев", "", "", "customer.id: is a day that a spreadsheet has made of another value"),
            ("C", "a|#N/A", "", "tags: is a spreadsheet's error"),
            ("C", "", "7.1E+08", "customer.telegram_id: is a number that a spreadsheet has rounded"),
        ] {
            assert_eq!(cell(id, tags, telegram_id).unwrap_err(), expected);
        }
        let told = event(HEADER, ";e;purchase;####;C;;;;").unwrap_err();
        assert!(told.starts_with("occurred_at: holds only #:") && !told.contains("required"), "{told}");
        // A value marked as intended is accepted, and a tag may be a month.
        assert_eq!(cell("'1,23E+11", "", "").unwrap().customer.id, "1,23E+11");
        assert_eq!(cell("C", "Nov-26", "").unwrap().tags, ["Nov-26"]);
    }

    #[test]
    fn the_escape_of_an_export_is_taken_off_and_spaces_around_a_cell_go() {
        let row = ";\"'=e\"; purchase ;2026-11-21T08:00:00Z;'+7; x |'-y|' z;;;";
        let event = event(HEADER, row).unwrap();
        assert_eq!((event.event_id.as_str(), event.customer.id.as_str()), ("=e", "+7"));
        assert_eq!(event.tags, [" z", "-y", "x"]);
    }

    #[test]
    fn what_an_export_says_of_the_outcome_is_passed_over() {
        let header = "event_id,kind,occurred_at,customer.id,test,state,reason";
        let of = |customer: &str| {
            row_of(header, &format!("e,purchase,2026-11-21T08:00:00Z,{customer},ЛОЖЬ,suppressed,stale"))
        };
        assert!(matches!(of("C"), Ok(Some(Row::Event(_)))));
        assert_eq!(of(""), Ok(Some(Row::Erased)));
        let errors = Header::parse(header.replace("reason", "").as_bytes(), None).unwrap_err();
        assert_eq!(errors[0].field, "state");
    }
}
