//! Escapes a text for a CSV cell so that no spreadsheet runs it as a formula, and unescapes it without loss. [`damage`]
//! detects cells that a spreadsheet has destroyed.
//!
//! An apostrophe goes before everything that would start a formula: at the start of the cell, and inside it after every
//! character that a spreadsheet with other settings may take for the end of a cell. If the text already has an
//! apostrophe there, it gets one more, so that unescaping always has exactly one to remove.

pub mod damage;

use std::borrow::Cow;

const APOSTROPHE: char = '\'';

/// Returns the text as it is written into a cell of a table with this separator.
#[must_use]
pub fn escape(text: &str, separator: u8) -> Cow<'_, str> {
    let mut places = Places::of(text, separator);
    let Some(first) = places.next() else { return Cow::Borrowed(text) };
    let mut escaped = String::with_capacity(text.len() + 4);
    let mut done = 0;
    for place in std::iter::once(first).chain(places) {
        escaped.push_str(&text[done..place.at]);
        escaped.push(APOSTROPHE);
        done = place.at;
    }
    escaped.push_str(&text[done..]);
    Cow::Owned(escaped)
}

/// Returns the text that a cell stands for. Surrounding spaces are trimmed unless [`escape`] has marked them as part of
/// the text.
#[must_use]
pub fn unescape(cell: &str, separator: u8) -> Cow<'_, str> {
    if !cell.as_bytes().contains(&b'\'') {
        return Cow::Borrowed(cell.trim());
    }
    let text = if is_marked(cell) { cell } else { cell.trim() };
    let mut unescaped = String::with_capacity(text.len());
    let mut done = 0;
    for place in Places::of(text, separator).filter(|place| place.has_apostrophe) {
        unescaped.push_str(&text[done..place.at]);
        done = place.at + 1;
    }
    unescaped.push_str(&text[done..]);
    Cow::Owned(unescaped)
}

/// Whether the cell begins with an apostrophe of ours.
fn is_marked(cell: &str) -> bool {
    let rest = cell.trim_start_matches(APOSTROPHE);
    rest.len() < cell.len() && needs_mark(rest)
}

/// Whether a text, without its leading apostrophes, needs one: because it starts a formula, because an import would
/// trim it, or because an import would take it for a value that a spreadsheet has destroyed.
fn needs_mark(text: &str) -> bool {
    let edge = |c: char| c.is_whitespace() || c.is_control();
    text.starts_with(|c: char| is_trigger(c) || edge(c))
        || text.ends_with(char::is_whitespace)
        || damage::of(text).is_some()
}

/// The characters that start a formula in Excel, `LibreOffice` and Google Sheets. The full-width forms come from East
/// Asian keyboards.
const fn is_trigger(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '＝' | '＋' | '－' | '＠')
}

/// Whether spreadsheets skip this character between the start of a cell and its formula.
fn is_passed_over(c: char) -> bool {
    c == '"' || c == '\u{feff}' || c.is_whitespace() || c.is_control()
}

/// A position in a text where an apostrophe belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    at: usize,
    has_apostrophe: bool,
}

/// Iterates, in order, over the positions in a text where an apostrophe belongs. It finds the same positions before and
/// after the apostrophes are inserted, which is what makes unescaping safe.
struct Places<'a> {
    text: &'a str,
    at: usize,
    /// Whether a comma ends a cell for other programs. It does not where it is our own separator: a cell that contains
    /// a comma is quoted there.
    comma: bool,
    /// True while the current piece has held only characters that may precede a formula.
    fresh: bool,
}

impl<'a> Places<'a> {
    const fn of(text: &'a str, separator: u8) -> Self {
        Self { text, at: 0, comma: separator != b',', fresh: true }
    }

    /// Whether another program may start a new cell after this character.
    const fn ends_cell(&self, c: char) -> bool {
        matches!(c, ';' | '\t' | '\r' | '\n') || (c == ',' && self.comma)
    }

    /// Skips a run of apostrophes. Returns where it starts, whether there were any, and the character after it, which
    /// decides whether an apostrophe belongs there.
    fn after_apostrophes(&mut self) -> (usize, bool, Option<char>) {
        let start = self.at;
        let rest = &self.text[start..];
        let behind = rest.trim_start_matches(APOSTROPHE);
        self.at += rest.len() - behind.len();
        (start, self.at > start, behind.chars().next())
    }

    /// Checks the start of the cell, where more things need a mark than further inside.
    fn first(&mut self) -> Option<Place> {
        let (at, has_apostrophe, _) = self.after_apostrophes();
        let marked = needs_mark(&self.text[self.at..]);
        self.fresh = !has_apostrophe && !marked;
        marked.then_some(Place { at, has_apostrophe })
    }
}

impl Iterator for Places<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        if self.at == 0 && !self.text.is_empty() {
            if let Some(place) = self.first() {
                self.step_over();
                return Some(place);
            }
            self.step_over();
        }
        while self.at < self.text.len() {
            if self.fresh {
                let (at, has_apostrophe, behind) = self.after_apostrophes();
                if behind.is_some_and(is_trigger) {
                    self.fresh = false;
                    self.step_over();
                    return Some(Place { at, has_apostrophe });
                }
                self.fresh = !has_apostrophe;
            }
            self.step_over();
        }
        None
    }
}

impl Places<'_> {
    /// Advances past one character.
    fn step_over(&mut self) {
        let Some(c) = self.text[self.at..].chars().next() else { return };
        self.at += c.len_utf8();
        self.fresh = self.ends_cell(c) || (self.fresh && is_passed_over(c));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_a_formula_gets_an_apostrophe() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+7", "'+7"),
            ("-2 за всё", "'-2 за всё"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("  =1", "'  =1"),
            ("\"=1\"", "\"'=1\""),
            ("＝1", "'＝1"),
            ("＠1", "'＠1"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            (" x", "' x"),
            ("x ", "'x "),
            ("1,23E+11", "'1,23E+11"),
            ("#N/A", "'#N/A"),
        ] {
            assert_eq!(escape(text, b','), expected, "{text:?}");
            assert_eq!(unescape(expected, b','), text, "{expected:?}");
        }
    }

    #[test]
    fn so_does_what_would_begin_one_in_a_cell_that_others_cut_in_pieces() {
        for (text, expected) in [
            ("x;=cmd", "x;'=cmd"),
            ("a\n=1+1", "a\n'=1+1"),
            ("a\r\n=1+1", "a\r\n'=1+1"),
            ("a\t@x", "a\t'@x"),
            ("a; \"=1\"", "a; \"'=1\""),
            ("a;\t=x", "a;'\t'=x"),
            ("=1;=2;'=3", "'=1;'=2;''=3"),
            ("a;\u{a0}＋1", "a;\u{a0}'＋1"),
            ("a;'b;=c", "a;'b;'=c"),
        ] {
            for separator in [b',', b';', b'\t'] {
                assert_eq!(escape(text, separator), expected, "{text:?}");
                assert_eq!(unescape(expected, separator), text, "{expected:?}");
            }
        }
        // Where the comma is the separator, a cell that contains commas is quoted, so nobody splits it there.
        assert_eq!(escape("{\"a\":[1,-2]}", b','), "{\"a\":[1,-2]}");
        assert_eq!(escape("a,=1", b';'), "a,'=1");
    }

    #[test]
    fn what_runs_nowhere_stays_as_it_is() {
        for text in
            ["", "'", "''", "'90s", "Анна", "a=b", "2+2", "a;b", "it's", "x; y", "#1", "№ 5", "5-7", "e-mail"]
        {
            assert_eq!(escape(text, b','), text);
            assert_eq!(unescape(text, b','), text);
        }
        assert_eq!(unescape("  '90s ", b','), "'90s");
        assert_eq!(unescape(" '+7 ", b','), "+7");
    }

    /// Random texts made of the characters that matter here.
    fn texts() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "'", "\"", "=", "+", "-", "@", "\t", "\r", "\n", ";", ",", " ", "\u{a0}", "\u{feff}", "\u{7}",
            "＝", "＠", "a", "1,5E+3", "#N/A", "é", "|",
        ]);
        prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in texts(), separator in prop::sample::select(b",;\t".to_vec())) {
            let cell = escape(&text, separator).into_owned();
            prop_assert_eq!(unescape(&cell, separator).into_owned(), text);
        }

        #[test]
        fn no_piece_of_a_cell_begins_a_formula(
            text in texts(),
            (separator, others) in prop::sample::select(vec![(b',', ";\t"), (b';', ",\t"), (b'\t', ",;")]),
        ) {
            let cell = escape(&text, separator);
            for other in others.chars() {
                for piece in cell.split([other, '\r', '\n']) {
                    let begins = piece.trim_start_matches(is_passed_over);
                    prop_assert!(!begins.starts_with(is_trigger), "{:?} in {:?}", piece, cell);
                }
            }
        }
    }
}
