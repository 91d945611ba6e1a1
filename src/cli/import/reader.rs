//! A file of events, row by row: JSON lines or CSV. One bad row never takes others along.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::lines::{self, Line};
use crate::domain::event::csv::{Cut, Header};
use crate::domain::event::{Event, ParseError};
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
        event: Box<Result<Event, String>>,
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
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader at line {}", self.number)
    }
}

impl Reader {
    /// One JSON object a line.
    pub fn of_json_lines(input: Box<dyn BufRead + Send>) -> Self {
        Self { input, header: None, cells: Vec::new(), number: 0, again: VecDeque::new(), taken: 0 }
    }

    /// A table, whose first line says what the columns are; that line is left in `buffer`.
    pub fn of_csv(input: Box<dyn BufRead + Send>, buffer: &mut Vec<u8>) -> io::Result<Result<Self, String>> {
        let mut reader = Self::of_json_lines(input);
        if reader.line(buffer)?.1 != Line::Whole {
            return Ok(Err("has no header that can be read".to_owned()));
        }
        Ok(match Header::parse(without_return(buffer)) {
            Ok(header) => Ok(Self { header: Some(header), ..reader }),
            Err(errors) => Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
        })
    }

    pub fn next(&mut self, buffer: &mut Vec<u8>, now: Timestamp) -> io::Result<Next> {
        loop {
            let (number, kind) = self.line(buffer)?;
            match kind {
                Line::End => return Ok(Next::End),
                Line::TooLong => return Ok(Next::TooLong { number }),
                Line::Whole if buffer.trim_ascii().is_empty() => {}
                Line::Whole => {
                    let event = match self.header.take() {
                        None => Event::parse(buffer, now).map_err(|error| reason(&error)),
                        Some(header) => {
                            let event = self.row(&header, buffer, now);
                            self.header = Some(header);
                            event?
                        }
                    };
                    return Ok(Next::Row { number, event: Box::new(event) });
                }
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
    ) -> io::Result<Result<Event, String>> {
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
        let event = if let Some(why) = broken {
            buffer.truncate(first);
            for line in joined.into_iter().rev() {
                self.again.push_front(line);
            }
            Err(why.to_owned())
        } else {
            header.to_json(&cells).and_then(|json| {
                Event::from_json(&json, now).map_err(|errors| reason(&ParseError::Fields(errors)))
            })
        };
        self.cells = cells;
        Ok(event)
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn reason(error: &ParseError) -> String {
    match error {
        // Every row is one line, so that the column alone says where.
        ParseError::Malformed(malformed) => {
            format!("not valid JSON at column {}: {}", malformed.column, malformed.message)
        }
        ParseError::Fields(_) => error.to_string(),
    }
}
