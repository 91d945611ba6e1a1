//! A reader's position among the answers. It is opaque to the reader, and a cursor that was never issued is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A position among all answers, in the order in which they were stored or changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor(pub(super) i64);

/// A cursor that was never issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongCursor {
    #[error("is not a valid cursor: pass back `next` unchanged, or omit `since` to start over")]
    Malformed,
    #[error(
        "is newer than the last change: it comes from another database, or this one was restored from a backup; omit \
         `since` to start over"
    )]
    Ahead,
}

const CHECK: usize = 4;
/// What a cursor's check depends on besides its position, so that a cursor of one list is no cursor of another.
const ANSWERS: &[u8] = b"afterword answers";
const CASES: &[u8] = b"afterword cases";

fn check(of: &[u8], position: [u8; 8]) -> [u8; CHECK] {
    let digest = Sha256::new().chain_update(of).chain_update(position).finalize();
    let mut check = [0; CHECK];
    check.copy_from_slice(&digest[..CHECK]);
    check
}

impl Cursor {
    /// The pattern that every cursor matches: position and check, as base64.
    pub const SHAPE: &'static str = "^[A-Za-z0-9_-]{16}$";

    /// # Errors
    ///
    /// Returns an error if the text is not a cursor issued by this program.
    pub fn parse(text: &str) -> Result<Self, WrongCursor> {
        read(ANSWERS, text).map(Self)
    }
}

/// A position among all cases, in the order in which they last changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseCursor(i64);

impl CaseCursor {
    /// The pattern that every cursor matches.
    pub const SHAPE: &'static str = Cursor::SHAPE;

    /// # Errors
    ///
    /// Returns an error if the text is not a cursor issued by this program.
    pub fn parse(text: &str) -> Result<Self, WrongCursor> {
        read(CASES, text).map(Self)
    }

    pub(super) const fn at(position: i64) -> Self {
        Self(position)
    }

    pub(super) const fn position(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for CaseCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&written(CASES, self.0))
    }
}

fn read(of: &[u8], text: &str) -> Result<i64, WrongCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| WrongCursor::Malformed)?;
    let (position, checked) = bytes.split_at_checked(8).ok_or(WrongCursor::Malformed)?;
    let position: [u8; 8] = position.try_into().map_err(|_| WrongCursor::Malformed)?;
    if checked != check(of, position) {
        return Err(WrongCursor::Malformed);
    }
    Ok(i64::from_be_bytes(position))
}

fn written(of: &[u8], position: i64) -> String {
    let position = position.to_be_bytes();
    URL_SAFE_NO_PAD.encode([position.as_slice(), &check(of, position)].concat())
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&written(ANSWERS, self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_anything_else_is_refused() {
        for position in [0, 1, i64::MAX] {
            let text = Cursor(position).to_string();
            assert_eq!(Cursor::parse(&text), Ok(Cursor(position)));
            assert_eq!(text.len(), 16);
        }
        let right = Cursor(7).to_string();
        let other = right.replacen('A', "B", 1);
        assert_eq!(CaseCursor::parse(&right), Err(WrongCursor::Malformed));
        let case = CaseCursor::at(7);
        assert_eq!(CaseCursor::parse(&case.to_string()), Ok(case));
        for wrong in ["", "7", "ж", &other, &right[1..], &format!("{right}AAAA")] {
            assert_eq!(Cursor::parse(wrong), Err(WrongCursor::Malformed), "{wrong}");
        }
    }
}
