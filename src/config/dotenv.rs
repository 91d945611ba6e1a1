//! The file `.env` in the working directory: what the environment itself does not say.

use std::collections::HashMap;
use std::io;
use std::path::Path;

/// Why the file cannot be used. Names the place, never what stands there: it may be a secret.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DotenvError {
    #[error(
        ".env, line {0}: cannot be read; write NAME=value, and put a value with spaces, #, $ or quotes into 'single quotes'"
    )]
    Line(usize),
    #[error(".env: it is not UTF-8 text")]
    NotText,
    #[error(".env: cannot be read: {0}")]
    Unreadable(String),
}

/// Reads the file's variables; none if there is no file. Of a name that stands there twice the first one counts.
pub fn read(file: &Path) -> Result<HashMap<String, String>, DotenvError> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(error) => return Err(DotenvError::Unreadable(error.to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|_| DotenvError::NotText)?;
    parse(text.strip_prefix('\u{feff}').unwrap_or(&text))
}

fn parse(text: &str) -> Result<HashMap<String, String>, DotenvError> {
    let mut found = HashMap::new();
    for item in dotenvy::from_read_iter(text.as_bytes()) {
        match item {
            Ok((name, value)) => drop(found.entry(name).or_insert(value)),
            Err(dotenvy::Error::LineParse(line, _)) => return Err(DotenvError::Line(number(text, &line))),
            Err(error) => return Err(DotenvError::Unreadable(error.to_string())),
        }
    }
    Ok(found)
}

/// The number of the line where the broken piece stands: a line from its beginning, or what follows its `=`.
fn number(text: &str, broken: &str) -> usize {
    let begins = |at: &usize| *at == 0 || text[..*at].trim_end_matches([' ', '\t']).ends_with(['\n', '=']);
    let at = text.match_indices(broken).map(|(at, _)| at).find(begins);
    text[..at.unwrap_or(0)].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_comments_quotes_and_windows_line_ends() {
        let found = parse("# a comment\r\nBRAND='Our shop'\r\n\r\nMIN_GAP=12h\nMIN_GAP=1h\n").unwrap();
        assert_eq!(found["BRAND"], "Our shop");
        assert_eq!(found["MIN_GAP"], "12h");
    }

    #[test]
    fn a_broken_line_is_named_by_its_number_and_not_shown() {
        for text in ["A=1\nB=2\nAPI_KEY=secret words\n", "A=1\n\nAPI_KEY='secret\nC=3\n", "A=1\n\nsecret\n"] {
            let error = parse(text).unwrap_err();
            assert_eq!(error, DotenvError::Line(3), "{text}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn no_file_is_no_variables_and_a_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join(".env")), Ok(HashMap::new()));
        assert!(matches!(read(folder.path()), Err(DotenvError::Unreadable(_))));
    }

    #[test]
    fn text_in_another_encoding_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        std::fs::write(&file, b"BRAND=\xcf\xf0\n").unwrap();
        assert_eq!(read(&file), Err(DotenvError::NotText));
    }
}
