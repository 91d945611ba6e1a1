//! Reads and parses a file's rows on a separate thread, ahead of the transactions that store them.

use std::io::{self, Write};

use tokio::sync::mpsc;

use super::lines;
use super::reader::{Next, Reader};
use crate::clock::Clock;
use crate::domain::event::Normalised;

/// How many rows are handed over at once. Handing over single rows would cost more than it gains. A transaction takes
/// whole parcels.
pub const ROWS_A_PARCEL: usize = 128;
/// How many parcels may wait.
const PARCELS: usize = 32;

/// A row as it was written, and the event in it or the reason why there is none.
#[derive(Debug)]
pub struct Row {
    pub number: u64,
    pub line: Vec<u8>,
    pub event: Result<Normalised, String>,
}

/// A piece of the file. Pieces come in the file's order.
#[derive(Debug)]
pub enum Piece {
    Rows(Vec<Row>),
    /// A part of a row that is too long to be an event, and therefore is never held in memory as a whole.
    Part(Vec<u8>),
    EndOfLong {
        number: u64,
    },
    /// The end of the file. If the pieces end without it, reading was cut off.
    End {
        /// How many rows of erased events were skipped.
        erased: u64,
    },
}

/// Pieces, each with the number of bytes read for it.
pub type Pieces = mpsc::Receiver<io::Result<(Piece, u64)>>;

/// Starts reading. The thread ends at the end of the file, or when nobody receives its pieces any more.
pub fn read(reader: Reader, clock: Clock) -> Pieces {
    let (sender, pieces) = mpsc::channel(PARCELS);
    std::thread::spawn(move || {
        let mut ahead = Ahead { reader, pieces: sender, rows: Vec::new(), reported: 0 };
        if let Err(error) = ahead.read(&clock) {
            // If nobody receives the error, the thread ends anyway.
            drop(ahead.pieces.blocking_send(Err(error)));
        }
    });
    pieces
}

struct Ahead {
    reader: Reader,
    pieces: mpsc::Sender<io::Result<(Piece, u64)>>,
    rows: Vec<Row>,
    /// How many of the bytes taken so far have been reported.
    reported: u64,
}

impl Ahead {
    fn read(&mut self, clock: &Clock) -> io::Result<()> {
        let mut line = Vec::new();
        loop {
            match self.reader.next(&mut line, clock.now())? {
                Next::End => {
                    self.send_rows()?;
                    return self.send(Piece::End { erased: self.reader.erased });
                }
                Next::Row { number, event } => {
                    self.rows.push(Row {
                        number,
                        line: line.clone(),
                        event: event.map(|event| Normalised::from(*event)),
                    });
                    if self.rows.len() == ROWS_A_PARCEL {
                        self.send_rows()?;
                    }
                }
                Next::TooLong { number } => {
                    self.send_rows()?;
                    self.send(Piece::Part(std::mem::take(&mut line)))?;
                    let mut parts = Parts { pieces: &self.pieces };
                    lines::copy_rest(&mut *self.reader.input, &mut parts)?;
                    self.send(Piece::EndOfLong { number })?;
                }
            }
        }
    }

    fn send_rows(&mut self) -> io::Result<()> {
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(ROWS_A_PARCEL));
        self.send(Piece::Rows(rows))
    }

    fn send(&mut self, piece: Piece) -> io::Result<()> {
        let read = self.reader.taken - self.reported;
        self.reported = self.reader.taken;
        send(&self.pieces, piece, read)
    }
}

/// A writer that sends what it gets as parts of a row.
struct Parts<'a> {
    pieces: &'a mpsc::Sender<io::Result<(Piece, u64)>>,
}

impl Write for Parts<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        send(self.pieces, Piece::Part(part.to_vec()), part.len() as u64)?;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn send(pieces: &mpsc::Sender<io::Result<(Piece, u64)>>, piece: Piece, read: u64) -> io::Result<()> {
    pieces.blocking_send(Ok((piece, read))).map_err(|_| io::ErrorKind::BrokenPipe.into())
}
