//! Templates of a call: texts, addresses, forms and JSON with values in them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde_json::Value as Json;
use toml::Value as Toml;

use super::BASE;

/// What a call is made for.
const MESSAGE: [&str; 2] = ["text", "link"];
const FUEL: u64 = 50_000;
/// The longest word that a log gets.
const WORD: usize = 40;

static TEXTS: LazyLock<Environment<'static>> = LazyLock::new(engine);

/// The same, with every value percent-encoded.
static ADDRESSES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = engine();
    engine.set_formatter(|out, _, value| {
        if !value.is_undefined() && !value.is_none() {
            out.write_str(&encoded(&value.to_string())).map_err(Error::from)?;
        }
        Ok(())
    });
    engine
});

fn engine() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Chainable);
    engine.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    engine.set_fuel(Some(FUEL));
    engine
}

/// An error in words that name no value.
fn told(error: &Error) -> String {
    match error.kind() {
        ErrorKind::OutOfFuel => "a template takes too long".to_owned(),
        kind => format!("a template: {kind}"),
    }
}

/// What is wrong with a template or an expression; it quotes nothing but the source.
fn mistake(error: &Error) -> String {
    error.detail().map_or_else(|| told(error), ToOwned::to_owned)
}

/// Whether an error is in the source, so that no values can mend it.
fn is_of_source(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnknownFilter
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownMethod
            | ErrorKind::SyntaxError
    )
}

/// The names in a template for which it needs values. It is tried with each of these scopes, because filters and
/// functions are looked up only when they are used.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn names(source: &str, scopes: &[Value]) -> Result<Vec<String>, String> {
    let template = TEXTS.template_from_str(source).map_err(|error| mistake(&error))?;
    let tried = scopes.iter().map(|scope| template.render(scope.clone()).map(drop));
    sound(tried)?;
    Ok(sorted(template.undeclared_variables(false)))
}

/// The same of an expression.
pub(super) fn names_of_expression(source: &str, scopes: &[Value]) -> Result<Vec<String>, String> {
    let expression = TEXTS.compile_expression(source).map_err(|error| mistake(&error))?;
    let tried = scopes.iter().map(|scope| expression.eval(scope.clone()).map(drop));
    sound(tried)?;
    Ok(sorted(expression.undeclared_variables(false)))
}

fn sound(tried: impl Iterator<Item = Result<(), Error>>) -> Result<(), String> {
    let wrong = tried.filter_map(Result::err).find(is_of_source);
    wrong.map_or(Ok(()), |error| Err(mistake(&error)))
}

fn sorted(names: HashSet<String>) -> Vec<String> {
    let is_global = |name: &String| TEXTS.globals().any(|(known, _)| known == name);
    let mut names: Vec<String> = names.into_iter().filter(|name| !is_global(name)).collect();
    names.sort();
    names
}

/// Fills a template in that has to say what the call is made for, if it names that.
pub(super) fn said(source: &str, scope: &Value) -> Result<String, String> {
    let filled = text(source, scope)?;
    if filled.trim().is_empty() && says(source) {
        return Err("a template: what the call is made for is missing in its place".to_owned());
    }
    Ok(filled)
}

/// Whether the message, or the link alone, is in a template.
pub(super) fn says(source: &str) -> bool {
    let named = TEXTS.template_from_str(source).map(|template| template.undeclared_variables(false));
    named.is_ok_and(|named| MESSAGE.iter().any(|name| named.contains(*name)))
}

pub(super) fn text(source: &str, scope: &Value) -> Result<String, String> {
    TEXTS.render_str(source, scope.clone()).map_err(|error| told(&error))
}

/// Fills in an address. `{{ base }}` at its beginning is put there as it is.
pub(super) fn url(source: &str, scope: &Value) -> Result<String, String> {
    let rest = source.strip_prefix(BASE);
    let base = rest.map(|_| text(BASE, scope)).transpose()?.unwrap_or_default();
    let rest = ADDRESSES.render_str(rest.unwrap_or(source), scope.clone()).map_err(|error| told(&error))?;
    Ok(format!("{}{rest}", base.trim_end_matches('/')))
}

/// Fills in the texts of a table. What is no text stays as it is.
pub(super) fn json(source: &Toml, scope: &Value) -> Result<Json, String> {
    Ok(match source {
        Toml::String(source) => Json::String(said(source, scope)?),
        Toml::Integer(number) => (*number).into(),
        Toml::Float(number) => (*number).into(),
        Toml::Boolean(flag) => (*flag).into(),
        Toml::Datetime(at) => Json::String(at.to_string()),
        Toml::Array(items) => {
            Json::Array(items.iter().map(|item| json(item, scope)).collect::<Result<_, _>>()?)
        }
        Toml::Table(members) => {
            let filled = members.iter().map(|(name, value)| Ok((name.clone(), json(value, scope)?)));
            Json::Object(filled.collect::<Result<_, String>>()?)
        }
    })
}

pub(super) fn form<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

/// Everything but what RFC 3986 calls unreserved as percent signs.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Whether an expression is true. One that cannot be evaluated is not.
pub(super) fn holds(source: &str, scope: &Value) -> bool {
    let value = TEXTS.compile_expression(source).and_then(|expression| expression.eval(scope.clone()));
    value.is_ok_and(|value| value.is_true())
}

/// A short text or number for the log, if the expression gives one.
pub(super) fn word(source: &str, scope: &Value) -> Option<String> {
    let value =
        TEXTS.compile_expression(source).and_then(|expression| expression.eval(scope.clone())).ok()?;
    let word: String = value.to_string().chars().filter(|c| !c.is_control()).take(WORD).collect();
    Some(word).filter(|word| !value.is_undefined() && !value.is_none() && !word.is_empty())
}
