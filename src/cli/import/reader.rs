//! Reads a file of events row by row, from JSON lines or CSV. A bad row never affects other rows.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::lines::{self, Line};
use crate::domain::event::columns::{self, Row};
use crate::domain::event::csv::{Before, Cut, Header, before_header};
use crate::domain::event::{Event, FieldError, Json, Malformed};
use crate::domain::time::Timestamp;

/// A quote that stays open for more lines than this is broken.
const LINES_A_ROW: usize = 100;

/// What the next row is.
#[derive(Debug)]
pub enum Next {
    End,
    /// A row. It is in the buffer as it was written.
    Row {
        number: u64,
        event: Result<Box<Event>, String>,
    },
    /// The start of the row is in the buffer. The rest must still be read from [`Reader::input`].
    TooLong {
        number: u64,
    },
}

/// Reads rows and counts lines.
pub struct Reader {
    pub input: Box<dyn BufRead + Send>,
    header: Option<Header>,
    cells: Vec<Vec<u8>>,
    number: u64,
    /// Lines that were read as the rest of a row but turned out to be rows of their own.
    again: VecDeque<(u64, Line, Vec<u8>)>,
    /// How many bytes were taken from the input.
    pub taken: u64,
    /// How many rows of an export were skipped because their events are erased.
    pub erased: u64,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader at line {}", self.number)
    }
}

impl Reader {
    /// A reader for one JSON object per line.
    pub fn of_json_lines(input: Box<dyn BufRead + Send>) -> Self {
        let again = VecDeque::new();
        Self { input, header: None, cells: Vec::new(), number: 0, again, taken: 0, erased: 0 }
    }

    /// A reader for a table. Its columns are named by the first line, or by the one after `sep=;`. The lines read for
    /// the header are left in `buffer`.
    pub fn of_csv(input: Box<dyn BufRead + Send>, buffer: &mut Vec<u8>) -> io::Result<Result<Self, String>> {
        let mut reader = Self::of_json_lines(input);
        let mut said = None;
        let mut before = Vec::new();
        loop {
            let (number, kind) = reader.line(buffer)?;
            if kind != Line::Whole {
                return Ok(Err("has no header that can be read".to_owned()));
            }
            match before_header(buffer) {
                Before::Header => break,
                Before::Blank => {}
                Before::Separator(separator) => {
                    said = Some(separator);
                    before.clone_from(buffer);
                    before.push(b'\n');
                }
                Before::NoSeparator => {
                    return Ok(Err(format!("line {number}: 'sep=' names nothing that could separate cells")));
                }
            }
        }
        let header = Header::parse(without_return(buffer), said);
        buffer.splice(..0, before);
        Ok(match header {
            Ok(header) => Ok(Self { header: Some(header), ..reader }),
            Err(errors) => Err(joined(&errors)),
        })
    }

    pub fn next(&mut self, buffer: &mut Vec<u8>, now: Timestamp) -> io::Result<Next> {
        loop {
            let (number, kind) = self.line(buffer)?;
            match kind {
                Line::End => return Ok(Next::End),
                Line::TooLong => return Ok(Next::TooLong { number }),
                Line::Whole if is_blank(buffer) => continue,
                Line::Whole => {}
            }
            let row = match self.header.take() {
                None => object(buffer, now).map(Some),
                Some(header) => {
                    let row = self.row(&header, buffer, now);
                    self.header = Some(header);
                    row?
                }
            };
            match row {
                Ok(None) => {}
                Ok(Some(Row::Erased)) => self.erased += 1,
                Ok(Some(Row::Event(event))) => return Ok(Next::Row { number, event: Ok(event) }),
                Err(why) => return Ok(Next::Row { number, event: Err(why) }),
            }
        }
    }

    fn line(&mut self, buffer: &mut Vec<u8>) -> io::Result<(u64, Line)> {
        if let Some((number, kind, line)) = self.again.pop_front() {
            *buffer = line;
            return Ok((number, kind));
        }
        let kind = lines::next(&mut *self.input, buffer)?;
        self.number += 1;
        self.taken += buffer.len() as u64 + 1;
        Ok((self.number, kind))
    }

    /// Completes a row whose quote is still open at the end of its line. If the row turns out to be broken, it consists
    /// of its first line only, and the other lines are read again.
    fn row(
        &mut self,
        header: &Header,
        buffer: &mut Vec<u8>,
        now: Timestamp,
    ) -> io::Result<Result<Option<Row>, String>> {
        let mut cells = std::mem::take(&mut self.cells);
        let first = buffer.len();
        let mut joined = Vec::new();
        let broken = loop {
            match header.cut(without_return(buffer), &mut cells) {
                Cut::Whole if joined.is_empty() || header.fits(&cells) => break None,
                Cut::Whole | Cut::Broken if joined.is_empty() => {
                    break Some("a quote is broken: a character stands behind the closing one");
                }
                Cut::Open if joined.len() < LINES_A_ROW && buffer.len() < lines::MAX_LINE => {}
                _ => break Some("a quote is broken: it is opened and not closed"),
            }
            let mut line = Vec::new();
            let (number, kind) = self.line(&mut line)?;
            if kind == Line::Whole {
                buffer.push(b'\n');
                buffer.extend_from_slice(&line);
            }
            let ended = kind != Line::Whole;
            if kind != Line::End {
                joined.push((number, kind, line));
            }
            if ended {
                break Some("a quote is broken: it is opened and not closed");
            }
        };
        let row = if let Some(why) = broken {
            buffer.truncate(first);
            for line in joined.into_iter().rev() {
                self.again.push_front(line);
            }
            Err(why.to_owned())
        } else {
            header.read(&cells, now)
        };
        self.cells = cells;
        Ok(row)
    }
}

/// Reads a line of JSON, either an event or a row of an export.
fn object(line: &[u8], now: Timestamp) -> Result<Row, String> {
    let json = Json::parse(line).map_err(|error| place_in_line(&error))?;
    let row = if columns::is_row(&json) {
        columns::read(json, now)
    } else {
        Event::from_json(&json, now).map(|event| Row::Event(Box::new(event)))
    };
    row.map_err(|errors| joined(&errors))
}

fn is_blank(line: &[u8]) -> bool {
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii().is_empty()
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Names the column only, because every row is one line.
fn place_in_line(malformed: &Malformed) -> String {
    format!("not valid JSON at column {}: {}", malformed.column, malformed.message)
}

fn joined(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
