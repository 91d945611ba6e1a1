//! Opens the file to import, and finds out its format.

use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context as _;

use super::super::Misuse;

pub struct Opened {
    pub name: String,
    pub input: Box<dyn BufRead + Send>,
    /// In bytes. `None` for a stream, whose end is not known.
    pub size: Option<u64>,
    pub is_csv: bool,
}

/// Opens the file, or standard input.
pub fn open(file: &Path) -> anyhow::Result<Opened> {
    let mut opened = if file == Path::new("-") {
        let input = Box::new(BufReader::new(std::io::stdin()));
        Opened { name: "stdin".to_owned(), input, size: None, is_csv: false }
    } else {
        open_file(file)?
    };
    let Opened { name, input, is_csv, .. } = &mut opened;
    let begins = input.fill_buf().with_context(|| format!("{name}: cannot be read"))?;
    if let Some(what) = what_is_no_text(begins) {
        return Err(Misuse(format!("{name}: is {what}; nothing was taken in")).into());
    }
    *is_csv = by_its_name(file).unwrap_or_else(|| begins_a_table(begins));
    Ok(opened)
}

fn open_file(file: &Path) -> anyhow::Result<Opened> {
    let name = file.display().to_string();
    let cannot = |error| Misuse(format!("{name}: cannot be read: {error}"));
    let opened = std::fs::File::open(file).map_err(cannot)?;
    let about = opened.metadata().map_err(cannot)?;
    if about.is_dir() {
        return Err(Misuse(format!("{name}: is a folder")).into());
    }
    let size = about.is_file().then_some(about.len());
    let input = Box::new(BufReader::with_capacity(1 << 16, opened));
    Ok(Opened { name, input, size, is_csv: false })
}

fn by_its_name(file: &Path) -> Option<bool> {
    let extension = file.extension()?.to_ascii_lowercase();
    match extension.to_str()? {
        "csv" | "tsv" => Some(true),
        "jsonl" | "ndjson" | "json" => Some(false),
        _ => None,
    }
}

/// Guesses the format from the first bytes: JSON lines begin with a brace, a table with the name of its first column.
fn begins_a_table(begins: &[u8]) -> bool {
    let begins = begins.strip_prefix("\u{feff}".as_bytes()).unwrap_or(begins);
    begins.trim_ascii_start().first().is_some_and(|first| *first != b'{' && *first != b'[')
}

/// Recognises files that are not UTF-8 text, so that the reason is given once instead of for every line.
fn what_is_no_text(begins: &[u8]) -> Option<&'static str> {
    const UTF_16: &str = "UTF-16 (\"Unicode text\") and not UTF-8: in Excel save it as \"CSV UTF-8\", in other programs choose UTF-8";
    match begins {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, ..] | [_, 0, ..] => Some(UTF_16),
        [b'P', b'K', 3, 4, ..] => {
            Some("a workbook (.xlsx, .ods) and not a text: save the sheet as \"CSV UTF-8\"")
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            Some("a workbook (.xls) and not a text: save the sheet as \"CSV UTF-8\"")
        }
        [0x1f, 0x8b, ..] => Some("compressed: unpack it first, for example with gunzip"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_told_by_how_it_begins() {
        for (begins, expected) in [
            (&b"\xff\xfee\0v\0"[..], Some("UTF-16")),
            (b"\xfe\xff\0e\0v", Some("UTF-16")),
            (b"e\0v\0", Some("UTF-16")),
            (b"\0e\0v", Some("UTF-16")),
            (b"PK\x03\x04\x14", Some("workbook")),
            (b"\xd0\xcf\x11\xe0\xa1", Some("workbook")),
            (b"\x1f\x8b\x08", Some("compressed")),
            (b"", None),
            (b"{", None),
            (b"PK,kind", None),
            ("\u{feff}event_id".as_bytes(), None),
        ] {
            let what = what_is_no_text(begins);
            assert_eq!(what.is_some(), expected.is_some(), "{begins:?}");
            assert!(what.unwrap_or_default().contains(expected.unwrap_or_default()), "{begins:?}");
        }
    }

    #[test]
    fn a_table_is_known_by_its_name_or_its_beginning() {
        for (name, is_csv) in
            [("a.CSV", Some(true)), ("a.tsv", Some(true)), ("a.jsonl", Some(false)), ("a", None), ("-", None)]
        {
            assert_eq!(by_its_name(Path::new(name)), is_csv, "{name}");
        }
        for (begins, is_csv) in
            [("\u{feff}event_id", true), ("\u{feff}{", false), ("\n [", false), ("sep=;", true), ("", false)]
        {
            assert_eq!(begins_a_table(begins.as_bytes()), is_csv, "{begins:?}");
        }
    }
}
