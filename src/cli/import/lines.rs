//! Reads lines from a file of any size in bounded memory. A line that is too long to be an event is passed on in
//! pieces.

use std::io::{self, BufRead, Write};

/// The length in bytes of the longest line that can be an event.
pub const MAX_LINE: usize = 1 << 20;

/// The kind of the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    End,
    /// The whole line is in the buffer, without its line break.
    Whole,
    /// The start of the line is in the buffer. The rest must be read with [`copy_rest`].
    TooLong,
}

/// Reads the next line into `buffer`.
pub fn next(input: &mut dyn BufRead, buffer: &mut Vec<u8>) -> io::Result<Line> {
    buffer.clear();
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(if buffer.is_empty() { Line::End } else { Line::Whole });
        }
        let (taken, ended) = match available.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at, true),
            None => (available.len(), false),
        };
        let room = MAX_LINE - buffer.len();
        if taken > room {
            buffer.extend_from_slice(&available[..room]);
            input.consume(room);
            return Ok(Line::TooLong);
        }
        buffer.extend_from_slice(&available[..taken]);
        input.consume(taken + usize::from(ended));
        if ended {
            return Ok(Line::Whole);
        }
    }
}

/// Copies the rest of a line that is too long, without its line break. Returns the number of bytes.
pub fn copy_rest(input: &mut dyn BufRead, to: &mut dyn Write) -> io::Result<u64> {
    let mut copied = 0;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(copied);
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(available.len());
        to.write_all(&available[..taken])?;
        copied += taken as u64;
        input.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(copied);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_a_line_feed_or_with_the_file() {
        let mut input = io::BufReader::with_capacity(3, "one\n\ntwo and more".as_bytes());
        let mut buffer = Vec::new();
        let mut lines = Vec::new();
        while next(&mut input, &mut buffer).unwrap() == Line::Whole {
            lines.push(String::from_utf8(buffer.clone()).unwrap());
        }
        assert_eq!(lines, ["one", "", "two and more"]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_on_and_the_next_one_read() {
        let long = "x".repeat(MAX_LINE + 5);
        let text = format!("{long}\nnext\n");
        let mut input = io::BufReader::new(text.as_bytes());
        let mut buffer = Vec::new();
        assert_eq!(next(&mut input, &mut buffer).unwrap(), Line::TooLong);
        let mut rest = Vec::new();
        assert_eq!(copy_rest(&mut input, &mut rest).unwrap(), 5);
        assert_eq!(buffer.len() + rest.len(), long.len());
        assert_eq!(next(&mut input, &mut buffer).unwrap(), Line::Whole);
        assert_eq!(buffer, b"next");
        assert_eq!(next(&mut input, &mut buffer).unwrap(), Line::End);
    }
}
