//! A file of events, row by row: JSON lines or CSV. One bad row never takes others along.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::lines::{self, Line};
use crate::domain::event::columns::{self, Row};
use crate::domain::event::csv::{Before, Cut, Header, before_header};
use crate::domain::event::{Event, FieldError, Json, Malformed};
use crate::domain::time::Timestamp;

/// A row whose quote is open longer than this has a broken quote.
const LINES_A_ROW: usize = 100;

/// What comes next.
#[derive(Debug)]
pub enum Next {
    End,
    /// The row is in the buffer as it was written.
    Row {
        number: u64,
        event: Result<Box<Event>, String>,
    },
    /// Its beginning is in the buffer, the rest still in [`Reader::input`].
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
    /// Lines that were read as the rest of a row and are rows of their own.
    again: VecDeque<(u64, Line, Vec<u8>)>,
    /// Bytes that were taken from the input.
    pub taken: u64,
    /// Rows of an export whose events are erased: they were passed over.
    pub erased: u64,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader at line {}", self.number)
    }
}

impl Reader {
    /// One JSON object per line.
    pub fn of_json_lines(input: Box<dyn BufRead + Send>) -> Self {
        let again = VecDeque::new();
        Self { input, header: None, cells: Vec::new(), number: 0, again, taken: 0, erased: 0 }
    }

    /// A table, whose first line says what the columns are, or the one behind `sep=;`; what was read of it is left in
    /// `buffer`.
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

    /// Completes a row whose quote is open at the end of its line. A row that is broken all the same is only its first
    /// line; the others are read again.
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

/// A line of JSON: an event, or a row of an export.
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

/// Every row is one line, so that the column alone says where.
fn place_in_line(malformed: &Malformed) -> String {
    format!("not valid JSON at column {}: {}", malformed.column, malformed.message)
}

fn joined(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
