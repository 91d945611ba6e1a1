//! From a TOML file to a script. This module checks syntax, fields and types; `lint` finds what cannot work.

use toml::de::DeTable;

use super::belongs::{Section, belongs};
use super::fields::Fields;
use super::key::key;
use super::parse_question::{Draft, question};
use super::problem::{Problem, Report, Said, line_of, said};
use super::texts::Shown;
use super::{Script, Trigger, When, lint};
use crate::domain::locale::{Languages, Localized};
use crate::domain::sending::{DaysOff, SendOverrides};

/// The largest file accepted. A script takes a page or two, so a larger file is something else.
pub const MAX_FILE_BYTES: usize = 256 * 1024;
const MAX_QUESTIONS: usize = 50;
/// A file with more syntax errors than this is not TOML at all.
const MAX_SYNTAX_ERRORS: usize = 8;

/// A script that can work, with the warnings about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    pub script: Script,
    pub warnings: Vec<Problem>,
}

impl Script {
    /// Reads a script for an installation with these languages. The file name is used only in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the file's order.
    pub fn parse(
        file: &str,
        source: impl AsRef<[u8]>,
        languages: &Languages,
    ) -> Result<Parsed, Vec<Problem>> {
        let source = decode(file, source.as_ref()).map_err(|problem| vec![problem])?;
        let (script, errors, warnings) = read(file, &source, languages)?;
        if errors.is_empty() { Ok(Parsed { script, warnings }) } else { Err(errors) }
    }

    /// Reads a version that has already been published, perhaps when there were fewer rules or the installation had
    /// other languages. Errors by today's rules do not stop the surveys that are pinned to it.
    ///
    /// # Errors
    /// The source is not valid TOML.
    pub fn read_published(source: &str, languages: &Languages) -> Result<Self, Vec<Problem>> {
        read("published", source, languages).map(|(script, _, _)| script)
    }
}

/// The script, as far as it can be read, with its errors and warnings.
pub(super) fn read(
    file: &str,
    source: &str,
    languages: &Languages,
) -> Result<(Script, Vec<Problem>, Vec<Problem>), Vec<Problem>> {
    let (document, syntax) = DeTable::parse_recoverable(source);
    if !syntax.is_empty() {
        return Err(syntax_problems(file, source, &syntax));
    }
    let report = Report::new(file, source, languages);
    let script = script(&Fields::root(document.get_ref(), &report));
    let (errors, warnings) = report.into_parts();
    Ok((script, errors, warnings))
}

/// Decodes a file's text: UTF-8, with the byte order mark removed and line ends normalised.
///
/// # Errors
/// The file is too large or is not UTF-8.
pub fn decode(file: &str, bytes: &[u8]) -> Result<String, Problem> {
    let problem = |line, id, message: String| Problem {
        file: file.to_owned(),
        line,
        field: String::new(),
        message,
        said: Said { id, values: Vec::new() },
    };
    if bytes.len() > MAX_FILE_BYTES {
        let message =
            format!("the file is larger than {} KiB, too large for a question script", MAX_FILE_BYTES / 1024);
        return Err(problem(1, "lint-file-too-large", message));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        problem(
            line_of(bytes, error.valid_up_to()),
            "lint-file-not-utf8",
            "the file is not UTF-8: save it in that encoding".to_owned(),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n"))
}

fn syntax_problems(file: &str, source: &str, errors: &[toml::de::Error]) -> Vec<Problem> {
    let mut problems: Vec<_> = errors
        .iter()
        .take(MAX_SYNTAX_ERRORS)
        .map(|error| Problem {
            file: file.to_owned(),
            line: line_of(source.as_bytes(), error.span().map_or(0, |span| span.start)),
            field: String::new(),
            message: format!("not TOML: {}", error.message()),
            said: Said { id: slip(error.message()), values: Vec::new() },
        })
        .collect();
    problems.sort_by_key(|problem| problem.line);
    problems.dedup();
    if let (true, Some(last)) = (errors.len() > MAX_SYNTAX_ERRORS, problems.last().cloned()) {
        let more = errors.len() - MAX_SYNTAX_ERRORS;
        let message = format!("and {more} more: is this a TOML file?");
        let said = Said { id: "lint-not-toml-at-all", values: vec![("count", more.to_string())] };
        problems.push(Problem { message, said, ..last });
    }
    problems
}

/// The catalogue's message for the kind of error that the TOML parser reports in English.
fn slip(message: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if has(&["duplicate key"]) {
        "lint-toml-duplicate"
    } else if has(&["must be quoted"]) {
        "lint-toml-unquoted"
    } else if has(&["string", "escape"]) {
        "lint-toml-string"
    } else if has(&["unclosed"]) {
        "lint-toml-unclosed"
    } else if has(&["no value", "missing value"]) {
        "lint-toml-no-value"
    } else if has(&["comma"]) {
        "lint-toml-comma"
    } else {
        "lint-not-toml"
    }
}

fn script(top: &Fields<'_>) -> Script {
    let slug =
        top.require("slug", "a short name like \"support\"").and_then(|value| value.read_as("lint-key", key));
    let on = top
        .require("on", "purchase, ticket_closed or case_resolved")
        .and_then(|value| value.one_of(Trigger::ALL))
        .unwrap_or(Trigger::Purchase);
    let priority = top.integer("priority").unwrap_or(0);
    let title = top.require_text("title", Shown::Plain);
    let when = when(top);
    let (send, greeting, thanks) = send(top);
    let drafts = questions(top);
    let slug = slug.unwrap_or_default();
    let (languages, questions) = (Vec::new(), Vec::new());
    let script = Script { slug, on, priority, title, when, send, greeting, thanks, questions, languages };
    top.finish(|name| belongs(name, Section::Top));
    lint::script(script, drafts, top.report)
}

fn when(top: &Fields<'_>) -> When {
    let Some(fields) = top.table("when") else {
        return When::default();
    };
    let within = |name, least, most| {
        let number = fields.integer(name)?;
        if !(least..=most).contains(&number) {
            let values = [("least", least.to_string()), ("most", most.to_string())];
            let message = format!("{number} is not possible: write {least} to {most}");
            fields.report.error(&fields.path_of(name), said("lint-number-range", values, message));
        }
        Some(number)
    };
    let when = When {
        channels: fields.strings("channels"),
        teams: fields.strings("teams"),
        stores: fields.strings("stores"),
        tags_any: fields.strings("tags_any"),
        tags_none: fields.strings("tags_none"),
        min_messages: within("min_messages", 0, 1_000_000),
        sample: within("sample", 0, 100).unwrap_or(100),
    };
    fields.finish(|name| belongs(name, Section::When));
    when
}

fn send(top: &Fields<'_>) -> (SendOverrides, Option<Localized>, Option<Localized>) {
    let Some(fields) = top.table("send") else {
        return (SendOverrides::default(), None, None);
    };
    let send = SendOverrides {
        delay: fields.duration("delay"),
        delay_min: fields.duration("delay_min"),
        delay_max: fields.duration("delay_max"),
        max_age: fields.duration("max_age"),
        quiet_hours: fields.parsed_as("lint-quiet-hours", "quiet_hours"),
        days_off: days_off(&fields),
        min_gap: fields.parsed_as("lint-duration-or-off", "min_gap"),
        min_gap_same: fields.parsed_as("lint-duration-or-off", "min_gap_same"),
        remind_after: fields.parsed_as("lint-duration-or-off", "remind_after"),
        expires_after: fields.duration("expires_after"),
    };
    let greeting = fields.text("greeting", Shown::Message);
    let thanks = fields.text("thanks", Shown::Message);
    fields.finish(|name| belongs(name, Section::Send));
    (send, greeting, thanks)
}

fn days_off(fields: &Fields<'_>) -> Option<DaysOff> {
    let mut days = DaysOff::default();
    for item in fields.get("days_off")?.list() {
        let Some(day) = item.day() else { continue };
        if let Err(message) = days.add(&day) {
            item.error(said("lint-day", [("text", day)], message));
        }
    }
    Some(days)
}

fn questions(top: &Fields<'_>) -> Vec<Draft> {
    if !top.has("questions") {
        let message = said("lint-no-questions", [], "is missing: write at least one [[questions]]");
        top.report.error("questions", message);
    }
    let tables = top.tables("questions");
    if tables.len() > MAX_QUESTIONS {
        let message = format!("are {}: at most {MAX_QUESTIONS} fit", tables.len());
        top.report.error("questions", said("lint-too-many", [("most", MAX_QUESTIONS.to_string())], message));
    }
    if tables.is_empty() && top.has("questions") && !top.report.has_error_in("questions") {
        top.report
            .error("questions", said("lint-no-questions", [], "there is no question: write at least one"));
    }
    // Nobody wants to know what is wrong with thousands of questions.
    tables.iter().take(MAX_QUESTIONS).map(question).collect()
}
