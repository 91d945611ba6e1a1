//! The language of presets: expressions of `MiniJinja` with our own functions, each of which gives *absent* for absent.
//!
//! An expression has no access to anything but its scope, and fuel bounds its time and memory.

use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono_tz::Tz;
use minijinja::value::{Rest, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior};
use sha2::{Digest as _, Sha256};

use super::{body, door, moment, phone};
use crate::domain::time::Timestamp;

/// A rule's dozen of short expressions take a few hundred units each.
const FUEL: u64 = 50_000;
const RECURSION: usize = 64;
/// What is said of a value that should be a time. It quotes nothing.
const NO_TIME: &str = "is no time that can be read";
const NO_FORMAT: &str = "there is no time of that format: it is written like '%d.%m.%Y %H:%M'";
/// The longest expression. Longer ones belong into several fields.
const MAX_SOURCE: usize = 4096;

/// What is called like a variable and is none: our functions, and Jinja's own.
const FUNCTIONS: [&str; 7] = ["cat", "words", "latest", "range", "dict", "debug", "namespace"];

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Chainable);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(RECURSION);
    engine.add_function("cat", cat);
    engine.add_function("words", words);
    engine.add_function("latest", latest);
    engine.add_filter("time", time);
    engine.add_filter("unix", unix);
    engine.add_filter("seconds_until", seconds_until);
    engine.add_filter("phone", phone_filter);
    engine.add_filter("language", |value: Value| text_of(&value).and_then(|text| door::language(&text)));
    engine.add_filter("map", map);
    engine
        .add_filter("tags", |value: Value| if is_absent(&value) { None } else { Some(door::labels(&value)) });
    engine.add_filter("from_json", from_json);
    engine.add_filter("number", |value: Value| text_of(&value).and_then(|text| door::number(&text)));
    engine.add_filter("text", |value: Value| text_of(&value));
    engine.add_filter("sha256", sha256);
    engine
});

/// One compiled expression.
#[derive(Clone)]
pub struct Expression {
    source: String,
    compiled: std::sync::Arc<minijinja::Expression<'static, 'static>>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({})", self.source)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Returns a sentence that says what is wrong with it.
    pub fn parse(source: &str) -> Result<Self, String> {
        if source.len() > MAX_SOURCE {
            return Err(format!("is longer than {MAX_SOURCE} bytes"));
        }
        refuse_traps(source)?;
        let compiled = ENGINE.compile_expression_owned(source.to_owned()).map_err(|error| told(&error))?;
        let expression = Self { source: source.to_owned(), compiled: compiled.into() };
        // Names of filters and functions are looked up only when they are used.
        match expression.compiled.eval(Value::UNDEFINED) {
            Err(error) if is_unknown(error.kind()) => Err(told(&error)),
            Err(error) if error.detail() == Some(NO_FORMAT) => Err(NO_FORMAT.to_owned()),
            _ => Ok(expression),
        }
    }

    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Evaluates the expression.
    ///
    /// # Errors
    /// Returns a sentence that says why it could not be evaluated. It quotes nothing of the delivery.
    pub fn value(&self, scope: &Value) -> Result<Value, String> {
        self.compiled.eval(scope.clone()).map_err(|error| why_not(&error))
    }

    /// Whether the expression is true.
    ///
    /// # Errors
    /// As [`Expression::value`].
    pub fn is_true(&self, scope: &Value) -> Result<bool, String> {
        self.value(scope).map(|value| value.is_true())
    }

    /// The text that the expression gives; `None` if it is absent.
    ///
    /// # Errors
    /// As [`Expression::value`].
    pub fn text(&self, scope: &Value) -> Result<Option<String>, String> {
        self.value(scope).map(|value| text_of(&value))
    }

    /// The variables that the expression names, as dotted paths in their alphabetical order.
    pub fn variables(&self) -> impl Iterator<Item = String> {
        let named = self.compiled.undeclared_variables(true).into_iter();
        let named: BTreeSet<String> = named.filter(|name| !FUNCTIONS.contains(&name.as_str())).collect();
        named.into_iter()
    }
}

fn is_unknown(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnknownFilter
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownTest
            | ErrorKind::SyntaxError
    )
}

/// What is wrong with an expression.
fn told(error: &Error) -> String {
    let kind = error.kind();
    let detail = error.detail().filter(|_| is_unknown(kind));
    detail.map_or_else(|| kind.to_string(), ToOwned::to_owned)
}

/// Why an expression gave nothing, in words that name no value of a delivery, because values are personal data.
pub(super) fn why_not(error: &Error) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "takes too long: it was stopped".to_owned(),
        (_, Some(NO_TIME)) => NO_TIME.to_owned(),
        (kind, _) => format!("cannot be computed: {kind}"),
    }
}

/// Refuses what would turn an absent value into a present one: `'okdesk:' ~ absent` is one customer for everybody
/// without an ID, and `int` makes 0 of nothing.
fn refuse_traps(source: &str) -> Result<(), String> {
    let code = outside_of_texts(source);
    if code.contains('~') {
        return Err("joins with '~', which makes a text of an absent value too; write cat(…)".to_owned());
    }
    let filters = code.split('|').skip(1).map(str::trim_start);
    let names = filters.map(|filter| filter.split(|c: char| !c.is_alphanumeric() && c != '_').next());
    match names.flatten().find(|name| matches!(*name, "int" | "float" | "default" | "d" | "string")) {
        Some("int" | "float") => {
            Err("makes a number of an absent value too with 'int' or 'float'; write number".to_owned())
        }
        Some("string") => Err("makes a text of an absent value too with 'string'; write text".to_owned()),
        Some(name) => Err(format!("uses '{name}', which leaves empty texts as they are; write 'or'")),
        None => Ok(()),
    }
}

/// The source without what is quoted in it.
fn outside_of_texts(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        if !matches!(c, '\'' | '"') {
            code.push(c);
            continue;
        }
        while let Some(inner) = chars.next() {
            if inner == '\\' {
                chars.next();
            } else if inner == c {
                break;
            }
        }
    }
    code
}

/// Whether there is nothing: undefined, null, or an empty text.
#[must_use]
pub fn is_absent(value: &Value) -> bool {
    value.is_undefined() || value.is_none() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A text, or a number as text; `None` for what is absent or neither.
#[must_use]
pub fn text_of(value: &Value) -> Option<String> {
    if is_absent(value) {
        return None;
    }
    match value.kind() {
        ValueKind::String => value.as_str().map(|text| text.trim().to_owned()),
        ValueKind::Number => Some(value.to_string().trim_end_matches(".0").to_owned()),
        _ => None,
    }
}

fn cat(Rest(parts): Rest<Value>) -> Option<String> {
    parts.iter().map(text_of).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
}

/// The parts that are there, with spaces between them.
fn words(Rest(parts): Rest<Value>) -> Option<String> {
    let parts: Vec<String> = parts.iter().filter_map(text_of).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The latest of the times that are there, to the second. What is no time is passed over.
fn latest(state: &State<'_, '_>, Rest(times): Rest<Value>) -> Option<String> {
    let times = times.iter().filter_map(|time| instant(state, time, None).ok().flatten());
    let seconds = times.map(|at| at.millis().div_euclid(1000)).max()?;
    Some(Timestamp::from_millis(seconds * 1000).to_rfc3339())
}

/// The zone for times without an offset.
fn zone(state: &State<'_, '_>) -> Tz {
    let zone = state.lookup("tz").and_then(|tz| tz.as_str().and_then(|tz| tz.parse().ok()));
    zone.unwrap_or(Tz::UTC)
}

fn time(state: &State<'_, '_>, value: &Value, format: Option<&str>) -> Result<Option<String>, Error> {
    instant(state, value, format).map(|at| at.map(Timestamp::to_rfc3339))
}

fn instant(state: &State<'_, '_>, value: &Value, format: Option<&str>) -> Result<Option<Timestamp>, Error> {
    if format.is_some_and(|format| !moment::is_format(format)) {
        return Err(Error::new(ErrorKind::InvalidOperation, NO_FORMAT));
    }
    let Some(text) = text_of(value) else { return Ok(None) };
    let read = match format {
        Some(format) => moment::with_format(&text, format, zone(state)),
        None => moment::read(&text, zone(state)).map(|(at, _)| at),
    };
    read.map(Some).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, NO_TIME))
}

fn unix(state: &State<'_, '_>, value: &Value) -> Result<Option<i64>, Error> {
    instant(state, value, None).map(|at| at.map(|at| at.millis().div_euclid(1000)))
}

/// The whole seconds from one time to a later one.
fn seconds_until(state: &State<'_, '_>, from: &Value, to: &Value) -> Result<Option<i64>, Error> {
    let (from, to) = (instant(state, from, None)?, instant(state, to, None)?);
    let seconds = from.zip(to).map(|(from, to)| (to.millis() - from.millis()).div_euclid(1000));
    Ok(seconds.filter(|seconds| *seconds >= 0))
}

fn phone_filter(state: &State<'_, '_>, value: &Value, region: Option<String>) -> Option<String> {
    let region = region.or_else(|| state.lookup("region").and_then(|region| text_of(&region)));
    text_of(value).and_then(|text| phone::international(&text, region.as_deref()))
}

/// Looks the value up in a table. It takes the name of Jinja's own `map`, which presets have no use for.
fn map(value: &Value, table: &Value) -> Value {
    text_of(value).and_then(|key| table.get_item(&Value::from(key)).ok()).unwrap_or_default()
}

/// Reads JSON inside a text.
fn from_json(value: &Value) -> Value {
    text_of(value).and_then(|text| body::json(text.as_bytes()).ok()).unwrap_or_default()
}

fn sha256(value: &Value) -> Option<String> {
    text_of(value).map(|text| hexadecimal(&Sha256::digest(text.as_bytes())))
}

/// Bytes as two digits each.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn value(source: &str, scope: &Value) -> String {
        Expression::parse(source).unwrap().value(scope).unwrap().to_string()
    }

    #[test]
    fn what_has_an_absent_part_is_absent() {
        let scope = context! { id => 7, empty => "", tz => "Europe/Moscow", at => "2026-11-21 15:04:05" };
        assert_eq!(value("cat('x:', id)", &scope), "x:7");
        for source in [
            "cat('x:', empty)",
            "words(empty, nothing)",
            "cat('x:', nothing.at.all)",
            "empty|number",
            "empty|text",
            "nothing|time",
            "nothing|sha256",
            "nothing|seconds_until(at)",
            "nothing|map({'a': 'b'})",
            "latest(empty, nothing, 'soon')",
            "id|map({'a': 'b'})",
        ] {
            let value = Expression::parse(source).unwrap().value(&scope).unwrap();
            assert!(is_absent(&value), "{source}: {value}");
        }
        assert_eq!(value("words(empty, id, 'Анна')", &scope), "7 Анна");
        assert_eq!(value("at|time", &scope), "2026-11-21T12:04:05Z");
        assert_eq!(value("at|unix", &scope), "1795262645");
        assert_eq!(
            value("latest(1795262640, at, empty, 'soon', 1795262645.9)", &scope),
            "2026-11-21T12:04:05Z"
        );
        assert_eq!(value("id|text|map({'7': 'seven'})", &scope), "seven");
    }

    #[test]
    fn what_makes_something_of_nothing_is_refused_and_so_is_an_unknown_name() {
        for (source, why) in [
            ("'okdesk:' ~ id", "write cat"),
            ("id | int", "write number"),
            ("id|default('x')", "write 'or'"),
            ("id|string", "write text"),
            ("id|nmuber", "nmuber"),
            ("kat(id)", "kat"),
            ("id +", "unexpected"),
            ("at|time('%Q%Q')", "no time of that format"),
            ("at|time('DD.MM.YYYY')", "no time of that format"),
        ] {
            let told = Expression::parse(source).unwrap_err();
            assert!(told.contains(why), "{source}: {told}");
        }
        assert!(Expression::parse("cat('~', id, '|int')").is_ok());
    }

    #[test]
    fn an_expression_that_takes_too_long_or_too_much_is_stopped() {
        let scope = context! { long => "x".repeat(100_000) };
        for source in [
            "range(10**9)|list",
            "range(100000)|list",
            "('x' * 1000000000)|length",
            "[[1] * 1000000000]|length",
            "range(99999)|join('x')",
            "long * 100000",
        ] {
            let expression = Expression::parse(source).unwrap();
            assert!(expression.value(&scope).is_err(), "{source}");
        }
        assert!(Expression::parse(&"(".repeat(4000)).is_err());
    }
}
