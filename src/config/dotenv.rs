//! The file `.env` in the working directory. It supplies the variables that the environment does not set.
//!
//! Shells, systemd, docker and the usual libraries read such files in different ways. A value that they all read alike
//! is taken literally. A value that some of them would cut or change is refused with its name before dotenvy reads it,
//! so that no value is ever shortened unnoticed.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::Path;

use super::variables::{VARIABLES, Variable};

/// Why the file cannot be used. It names the line, never the value, which may be a secret.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DotenvError {
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Lines(Vec<BadLine>),
    #[error(".env: it is not UTF-8 text")]
    NotText,
    #[error(".env: cannot be read: {0}")]
    Unreadable(String),
}

/// One line that cannot be used.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadLine {
    #[error(".env, line {0}: cannot be read; write NAME=value, or begin the line with # to leave it out")]
    NoAssignment(usize),
    #[error(".env, line {line}: {name}: {problem}")]
    Value { line: usize, name: String, problem: Problem },
    #[error(
        ".env, line {line}: {name} stands in line {first} already, with another value; leave one of them"
    )]
    Twice { line: usize, first: usize, name: &'static str },
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Problem {
    #[error(
        "what follows # may be a comment or a part of the value; put the comment on a line of its own, or the whole value \
         into 'single quotes'"
    )]
    Hash,
    #[error(
        "it has $, \\ or a quote mark, which programs read in different ways; put the value into 'single quotes', where \
         everything stands for itself"
    )]
    Special,
    #[error("in \"double quotes\", write \\$ for $ and \\\\ for \\, or use 'single quotes' instead")]
    Escape,
    #[error("the quote is not closed on its line; a value that begins with ' goes into \"double quotes\"")]
    Open,
    #[error(
        "something follows the closing quote; a value that has ' in it goes into \"double quotes\", with \\\" for \", \\$ \
         for $ and \\\\ for \\"
    )]
    AfterQuote,
    #[error("it has a control character")]
    Control,
}

/// Reads the file's variables. Returns none if there is no file.
pub fn read(file: &Path) -> Result<HashMap<String, String>, DotenvError> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound && file.is_symlink() => {
            return Err(DotenvError::Unreadable("it is a link to a file that is not there".to_owned()));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(error) => return Err(DotenvError::Unreadable(error.to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|_| DotenvError::NotText)?;
    parse(text.strip_prefix('\u{feff}').unwrap_or(&text))
}

/// Names that are well known and near to one of ours.
const KNOWN: [&str; 2] = ["HTTP_PROXY", "NO_PROXY"];
/// The most slips of a name that is taken for one of ours.
const MOST_SLIPS: usize = 2;

/// A name that is none of ours, but nearly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelt {
    line: usize,
    name: String,
    meant: &'static str,
}

impl fmt::Display for Misspelt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, name, meant } = self;
        write!(f, "line {line}: {name} is no variable of Afterword's, so it is not read; {meant} is one")
    }
}

/// Finds names in the file that were probably meant to be ours. Other programs may share it, so they are no mistakes.
#[must_use]
pub fn misspelt(file: &Path) -> Vec<Misspelt> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = (1..).zip(text.lines().map(|line| line.trim_matches(BLANK)));
    let named = lines.filter(|(_, text)| !text.starts_with('#')).filter_map(|(line, text)| {
        let (name, _) = assignment(text)?;
        Some((line, name))
    });
    named
        .filter_map(|(line, name)| Some(Misspelt { line, name: name.to_owned(), meant: meant(name)? }))
        .collect()
}

fn meant(name: &str) -> Option<&'static str> {
    let is_ours = VARIABLES.iter().any(|variable| variable.name == name);
    if is_ours || KNOWN.contains(&name) {
        return None;
    }
    let slips = |variable: &Variable| strsim::damerau_levenshtein(&name.to_uppercase(), variable.name);
    let nearest = VARIABLES.iter().map(|variable| (slips(variable), variable.name)).min()?;
    // A short name is near to too many others.
    (nearest.0 <= MOST_SLIPS.min(nearest.1.len() / 4)).then_some(nearest.1)
}

fn parse(text: &str) -> Result<HashMap<String, String>, DotenvError> {
    let mut found: HashMap<&'static str, (usize, String)> = HashMap::new();
    let mut bad = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let (line, text) = (index + 1, text.trim_matches(BLANK));
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let Some((name, rest)) = assignment(text) else {
            bad.push(BadLine::NoAssignment(line));
            continue;
        };
        let ours = VARIABLES.iter().find(|variable| variable.name == name);
        match (ours, value(rest, ours.is_none_or(Variable::may_hold_hash))) {
            (Some(variable), Ok(value)) => match found.get(variable.name) {
                Some((first, other)) if *other != value => {
                    bad.push(BadLine::Twice { line, first: *first, name: variable.name });
                }
                Some(_) => {}
                None => drop(found.insert(variable.name, (line, value))),
            },
            // Other programs may share the file and read their variables in their own way. But an unclosed quote would
            // swallow some of our lines.
            (None, Ok(_)) => {}
            (None, Err(problem)) if problem != Problem::Open => {}
            (_, Err(problem)) => bad.push(BadLine::Value { line, name: name.to_owned(), problem }),
        }
    }
    if bad.is_empty() {
        Ok(found.into_iter().map(|(name, (_, value))| (name.to_owned(), value)).collect())
    } else {
        Err(DotenvError::Lines(bad))
    }
}

const BLANK: [char; 2] = [' ', '\t'];

/// Splits a line into its name and everything after its `=`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once('=')?;
    let name = name.trim_end_matches(BLANK);
    let name = match name.strip_prefix("export") {
        Some(exported) if exported.starts_with(BLANK) => exported.trim_start_matches(BLANK),
        _ => name,
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    is_name.then_some((name, rest))
}

/// Reads what follows a line's `=`. If a `#` can be part of the value, an unquoted value may not be followed by a
/// comment.
fn value(rest: &str, may_hold_hash: bool) -> Result<String, Problem> {
    let text = rest.trim_start_matches(BLANK);
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(Problem::Control);
    }
    match text.chars().next() {
        Some('\'') => single_quoted(&text[1..]).and_then(as_it_is),
        Some('"') => double_quoted(&text[1..]).and_then(|()| unquoted(text)),
        _ => bare(rest, may_hold_hash).and_then(as_it_is),
    }
}

/// Reads a value in which every character is literal. dotenvy treats a `\` before a single quote as an escape, so it
/// gets such a value in double quotes.
fn as_it_is(value: &str) -> Result<String, Problem> {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    unquoted(&quoted)
}

/// Reads a double-quoted text. Its quotes must be closed, and only a comment may follow them.
fn unquoted(text: &str) -> Result<String, Problem> {
    let line = format!("VALUE={text}");
    let (_, value) =
        dotenvy::from_read_iter(line.as_bytes()).next().and_then(Result::ok).ok_or(Problem::Escape)?;
    Ok(value)
}

fn bare(rest: &str, may_hold_hash: bool) -> Result<&str, Problem> {
    let comment = rest.match_indices('#').map(|(at, _)| at).find(|at| rest[..*at].ends_with(BLANK));
    let text = match comment {
        Some(_) if may_hold_hash => return Err(Problem::Hash),
        Some(at) => &rest[..at],
        None => rest,
    };
    let text = text.trim_matches(BLANK);
    if text.starts_with('#') {
        return Err(Problem::Hash);
    }
    if text.contains(['$', '\\', '\'', '"']) {
        return Err(Problem::Special);
    }
    Ok(text)
}

fn single_quoted(text: &str) -> Result<&str, Problem> {
    let (value, behind) = text.split_once('\'').ok_or(Problem::Open)?;
    nothing_follows(behind).map(|()| value)
}

fn double_quoted(text: &str) -> Result<(), Problem> {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return nothing_follows(chars.as_str()),
            '$' => return Err(Problem::Escape),
            '\\' if !matches!(chars.next(), Some('"' | '\\' | '$')) => return Err(Problem::Escape),
            _ => {}
        }
    }
    Err(Problem::Open)
}

/// Only a comment may follow a closing quote.
fn nothing_follows(behind: &str) -> Result<(), Problem> {
    let text = behind.trim_start_matches(BLANK);
    let is_comment = text.starts_with('#') && text.len() < behind.len();
    if text.is_empty() || is_comment { Ok(()) } else { Err(Problem::AfterQuote) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_one(line: &str) -> Result<String, BadLine> {
        let (name, _) = line.split_once('=').unwrap();
        match parse(line) {
            Ok(mut found) => Ok(found.remove(name.trim_start_matches("export ").trim()).unwrap()),
            Err(DotenvError::Lines(mut bad)) => Err(bad.remove(0)),
            Err(other) => panic!("{other}"),
        }
    }

    fn problem(line: &str) -> Problem {
        match read_one(line) {
            Err(BadLine::Value { line: 1, problem, .. }) => problem,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn values_are_read_with_comments_quotes_and_windows_line_ends() {
        let found =
            parse("# a comment\r\nBRAND='Our shop'\r\n\r\nMIN_GAP=12h\nexport LINK_TTL = 1h\n").unwrap();
        assert_eq!((found["BRAND"].as_str(), found["MIN_GAP"].as_str()), ("Our shop", "12h"));
        assert_eq!(found["LINK_TTL"], "1h");
    }

    #[test]
    fn what_a_careful_person_writes_in_a_password_is_kept() {
        for (line, kept) in [
            ("API_KEY=abc#def", "abc#def"),
            ("API_KEY=abc=def==", "abc=def=="),
            ("API_KEY=correct horse battery", "correct horse battery"),
            ("API_KEY=пароль-Ж", "пароль-Ж"),
            ("API_KEY=a`b;c&d|e<f>g(h)i!j*k~l%20m", "a`b;c&d|e<f>g(h)i!j*k~l%20m"),
            ("API_KEY='a$b #c \\d \"e\" '", "a$b #c \\d \"e\" "),
            ("API_KEY='a' # a comment", "a"),
            (r#"API_KEY="it's \$5 \\ \" #1""#, r#"it's $5 \ " #1"#),
            ("API_KEY=", ""),
            ("MIN_GAP=12h # half a day, isn't it", "12h"),
            ("MIN_GAP= # the default", ""),
        ] {
            assert_eq!(read_one(line).as_deref(), Ok(kept), "{line}");
        }
    }

    #[test]
    fn what_some_programs_would_cut_or_change_is_refused_by_name() {
        for (line, expected) in [
            ("API_KEY=abc #def", Problem::Hash),
            ("API_KEY=#def", Problem::Hash),
            ("API_KEY= #def", Problem::Hash),
            ("MIN_GAP=#12h", Problem::Hash),
            ("BRAND=Shop #1", Problem::Hash),
            ("API_KEY=a$b", Problem::Special),
            ("API_KEY=${OTHER}", Problem::Special),
            ("API_KEY=a\\b", Problem::Special),
            ("API_KEY=a'b", Problem::Special),
            ("API_KEY=a\"b c\"d", Problem::Special),
            ("API_KEY='a'b'", Problem::AfterQuote),
            ("API_KEY='a'#b", Problem::AfterQuote),
            ("API_KEY='a''b'", Problem::AfterQuote),
            ("API_KEY=\"a\"b", Problem::AfterQuote),
            ("API_KEY=\"a$b\"", Problem::Escape),
            ("API_KEY=\"a\\nb\"", Problem::Escape),
            ("API_KEY='a", Problem::Open),
            ("API_KEY=\"a\\\"", Problem::Open),
            ("API_KEY='a\nb'", Problem::Open),
            ("API_KEY=a\u{7}b", Problem::Control),
            ("OTHER='a", Problem::Open),
        ] {
            assert_eq!(problem(line), expected, "{line}");
        }
    }

    #[test]
    fn every_broken_line_is_named_by_its_number_and_variable_and_not_shown() {
        let error = parse("API_KEY=secret #1\nsecret\nMIN_GAP=1h\nBRAND='secret\n").unwrap_err().to_string();
        let lines: Vec<&str> = error.lines().collect();
        for (line, said) in
            lines.iter().zip([".env, line 1: API_KEY: ", ".env, line 2: ", ".env, line 4: BRAND: "])
        {
            assert!(line.starts_with(said), "{error}");
        }
        assert!(lines.len() == 3 && !error.contains("secret"), "{error}");
    }

    #[test]
    fn a_variable_that_stands_twice_must_say_the_same() {
        let error = parse("MIN_GAP=12h\n\nMIN_GAP=1h\n").unwrap_err();
        let twice = BadLine::Twice { line: 3, first: 1, name: "MIN_GAP" };
        assert_eq!(error, DotenvError::Lines(vec![twice]));
        assert_eq!(parse("MIN_GAP=12h\nMIN_GAP='12h'\n").unwrap()["MIN_GAP"], "12h");
    }

    #[test]
    fn what_other_programs_share_the_file_for_is_their_own() {
        let found = parse("POSTGRES_PASSWORD=a$b #c\nA_PATH=$HOME/x\nMIN_GAP=1h\nX=1\nX=2\n").unwrap();
        assert_eq!(found.len(), 1);
    }

    proptest! {
        #[test]
        fn what_is_put_into_single_quotes_comes_out_as_it_is(value in "[^'\\p{Cc}]{0,40}") {
            prop_assert_eq!(read_one(&format!("API_KEY='{value}'")), Ok(value));
        }

        #[test]
        fn a_bare_value_is_read_whole_or_refused(value in r#"[ #$'"a=\\]{0,12}"#) {
            let whole = value.trim_matches(BLANK);
            match read_one(&format!("DATABASE_URL={value}")) {
                Ok(read) => prop_assert!(read == whole || whole.starts_with(['\'', '"']), "{} became {}", whole, read),
                Err(BadLine::Value { .. }) => {}
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn no_file_is_no_variables_and_a_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join(".env")), Ok(HashMap::new()));
        assert!(matches!(read(folder.path()), Err(DotenvError::Unreadable(_))));
    }

    #[test]
    fn a_link_to_nowhere_is_no_missing_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        std::os::unix::fs::symlink("nowhere", &file).unwrap();
        assert!(matches!(read(&file), Err(DotenvError::Unreadable(_))));
    }

    #[test]
    fn a_name_that_is_nearly_ours_is_told_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        let text = "RETENTON=30d\n# QUIET_HOUR=off\ndatabase_url=x\nexport ALERT_CHAT=1\nHTTP_PROXY=x\n\
                    POSTGRES_PASSWORD=x\nAPI_URL=x\nMIN_GAP=1h\nPATH=/bin\nno line of ours\n";
        std::fs::write(&file, text).unwrap();
        let told: Vec<String> = misspelt(&file).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "line 1: RETENTON is no variable of Afterword's, so it is not read; RETENTION is one",
                "line 3: database_url is no variable of Afterword's, so it is not read; DATABASE_URL is one",
                "line 4: ALERT_CHAT is no variable of Afterword's, so it is not read; ALERT_CHATS is one",
            ]
        );
    }

    #[test]
    fn text_in_another_encoding_is_refused_and_a_byte_order_mark_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        std::fs::write(&file, b"BRAND=\xcf\xf0\n").unwrap();
        assert_eq!(read(&file), Err(DotenvError::NotText));
        std::fs::write(&file, "\u{feff}MIN_GAP=1h\r\n").unwrap();
        assert_eq!(read(&file).unwrap()["MIN_GAP"], "1h");
    }
}
