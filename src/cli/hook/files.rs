//! Files that `afterword hook …` reads: presets, and bodies of deliveries.

use std::io::Read as _;
use std::path::Path;

use clap::Args;

use crate::cli::Misuse;
use crate::domain::hook::body::begins_as_json;
use crate::domain::hook::mapping::Delivery;
use crate::domain::hook::preset::MAX_FILE_BYTES;
use crate::domain::hook::{Preset, shipped};
use crate::domain::time::Timestamp;

/// The largest body.
const MAX_BODY_BYTES: usize = 1 << 20;

/// What comes beside the body of a file.
#[derive(Clone, Debug, Default, Args)]
pub struct Beside {
    /// A header that comes with the file, as name:value
    #[arg(long = "header", value_name = "NAME:VALUE")]
    pub headers: Vec<String>,
    /// What stands behind the address to which the file comes, as name=value
    #[arg(long, value_name = "NAME=VALUE")]
    pub query: Vec<String>,
}

impl Beside {
    fn pairs(given: &[String], separator: char) -> Result<Vec<(String, String)>, Misuse> {
        let pairs = given.iter().map(|text| {
            let pair = text.split_once(separator);
            let (name, value) =
                pair.ok_or_else(|| Misuse(format!("'{text}': write it as name{separator}value")))?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        });
        pairs.collect()
    }
}

/// A preset's name, and its text if it is an admin's own.
pub(super) fn named(preset: &str) -> Result<(String, Option<String>), Misuse> {
    let path = Path::new(preset);
    if shipped::source(preset).is_some() || !path.exists() {
        return Ok((preset.to_owned(), None));
    }
    let text = read(path, MAX_FILE_BYTES)?;
    let text = String::from_utf8(text).map_err(|_| Misuse(format!("{preset}: the file is not UTF-8")))?;
    Preset::parse(&text).map_err(|error| Misuse(format!("{preset}: {error}")))?;
    Ok((preset.to_owned(), Some(text)))
}

fn read(path: &Path, most: usize) -> Result<Vec<u8>, Misuse> {
    let wrong = |error| Misuse(format!("{}: cannot be read: {error}", path.display()));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(wrong)?;
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() > most {
        return Err(Misuse(format!("{}: is larger than {} KiB", path.display(), most / 1024)));
    }
    Ok(bytes)
}

/// A file as if it were delivered now: JSON if it begins like that, else a form.
pub(super) fn delivery(path: &Path, beside: &Beside, now: Timestamp) -> Result<Delivery, Misuse> {
    let body = read(path, MAX_BODY_BYTES)?;
    let is_json = begins_as_json(&body);
    let content_type = if is_json { "application/json" } else { "application/x-www-form-urlencoded" };
    let given = Beside::pairs(&beside.headers, ':')?;
    let mut headers: Vec<(String, String)> =
        given.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), content_type.to_owned()));
    }
    Ok(Delivery {
        received_at: now,
        headers,
        query: Beside::pairs(&beside.query, '=')?,
        body: if is_json { body } else { body.trim_ascii_end().to_vec() },
    })
}
