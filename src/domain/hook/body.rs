//! The body of a delivery: JSON or a form, as its preset or its header says.

use std::borrow::Cow;

use minijinja::Value;

use super::form;
use crate::domain::event::{Json, Malformed};

/// From this many digits on, an integer is read as a text, so that no digit is lost.
const LONG_INTEGER: usize = 19;

/// How a body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Json,
    Form,
    /// A form if the header says so, else JSON.
    #[default]
    Auto,
}

/// Why a body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error(transparent)]
    Json(#[from] Malformed),
    #[error("'{0}' stands twice in one object")]
    Twice(String),
    #[error("holds more than 10,000 values")]
    TooManyValues,
    #[error("has more than 1,000 fields")]
    TooManyFields,
    #[error("its text is not in the charset that it names")]
    Charset,
}

/// A body that was read.
#[derive(Clone, Debug)]
pub struct Body {
    pub content: Value,
    /// The fields of a form with their names as they are written.
    pub form: Value,
}

/// Reads a body.
///
/// # Errors
/// Returns why it cannot be read.
pub fn read(bytes: &[u8], format: Format, content_type: &str) -> Result<Body, Unreadable> {
    let is_form = match format {
        Format::Json => false,
        Format::Form => true,
        Format::Auto => content_type.to_ascii_lowercase().contains("form-urlencoded"),
    };
    let charset = content_type.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    let charset = charset.map(|charset| charset.trim_matches('"'));
    if bytes.is_empty() {
        // A GET has nothing but its address.
        return Ok(Body { content: flat(&[]), form: flat(&[]) });
    }
    if !is_form {
        let text = decoded(bytes.to_vec(), charset)?;
        return Ok(Body { content: json(text.as_bytes())?, form: flat(&[]) });
    }
    let fields = form::fields(bytes, charset)?;
    Ok(Body { content: value(&form::nested(&fields))?, form: flat(&fields) })
}

/// The parameters of an address, decoded.
#[must_use]
pub fn query(raw: &str) -> Vec<(String, String)> {
    form::parameters(raw)
}

/// An object of these members. Of two with one name, the first one stays.
fn flat(pairs: &[(String, String)]) -> Value {
    Value::from_pairs(pairs.iter().rev().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// Reads JSON as a value for expressions.
///
/// # Errors
/// Returns why it cannot be read.
pub fn json(bytes: &[u8]) -> Result<Value, Unreadable> {
    let Ok(text) = str::from_utf8(bytes) else { return value(&Json::parse(bytes)?) };
    value(&Json::parse(with_long_integers_quoted(text).as_bytes())?)
}

fn value(json: &Json<'_>) -> Result<Value, Unreadable> {
    Ok(match json {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => Value::from(number),
            (_, Some(number), _) => Value::from(number),
            (.., number) => Value::from(number.unwrap_or_default()),
        },
        Json::Text(text) => Value::from(&**text),
        Json::Array(items) => Value::from(items.iter().map(value).collect::<Result<Vec<_>, _>>()?),
        Json::Object(members) => {
            let mut seen = std::collections::HashSet::new();
            if let Some((name, _)) = members.iter().find(|(name, _)| !seen.insert(name)) {
                return Err(Unreadable::Twice(crate::domain::event::shown(name, 64)));
            }
            let read =
                |(name, json): &(Cow<'_, str>, Json<'_>)| Ok((name.clone().into_owned(), value(json)?));
            Value::from_pairs(members.iter().map(read).collect::<Result<Vec<_>, Unreadable>>()?)
        }
        Json::LeftOut => return Err(Unreadable::TooManyValues),
    })
}

/// Puts integers that no number type holds into quotes.
fn with_long_integers_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut is_inside, mut is_escaped) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let number = if is_inside { "" } else { number_at(rest) };
        if number.is_empty() {
            is_inside ^= c == '"' && !is_escaped;
            is_escaped = is_inside && c == '\\' && !is_escaped;
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let is_long = number.len() >= LONG_INTEGER && number.bytes().all(|byte| byte.is_ascii_digit());
        let quote = if is_long { "\"" } else { "" };
        out.extend([quote, number, quote]);
        rest = &rest[number.len()..];
    }
    out
}

/// The number with which the text begins, if it does.
fn number_at(text: &str) -> &str {
    let is_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return "";
    }
    &text[..text.bytes().position(|byte| !is_number(byte)).unwrap_or(text.len())]
}

/// Reads bytes in a charset: UTF-8, or Windows-1251 if it is named.
pub(super) fn decoded(bytes: Vec<u8>, charset: Option<&str>) -> Result<String, Unreadable> {
    if charset
        .is_some_and(|charset| matches!(charset.to_ascii_lowercase().as_str(), "windows-1251" | "cp1251"))
    {
        return Ok(bytes.into_iter().map(windows_1251).collect());
    }
    String::from_utf8(bytes).map_err(|_| Unreadable::Charset)
}

/// The upper half of Windows-1251 below its letters А–я.
const UPPER: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

fn windows_1251(byte: u8) -> char {
    match byte {
        0..=0x7f => char::from(byte),
        0x80..=0xbf => UPPER.chars().nth(usize::from(byte - 0x80)).unwrap_or('\u{fffd}'),
        0xc0..=0xff => char::from_u32(0x410 + u32::from(byte - 0xc0)).unwrap_or('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], content_type: &str) -> Result<String, String> {
        let body = read(bytes, Format::Auto, content_type).map_err(|error| error.to_string())?;
        serde_json::to_string(&body.content).map_err(|error| error.to_string())
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn ids_keep_every_digit() {
        let body = br#"{"a":9007199254740993,"b":18446744073709551617,"c":"12345678901234567890\"7","d":-7,"e":1.5e3}"#;
        assert_eq!(
            shown(body, "application/json").unwrap(),
            r#"{"a":9007199254740993,"b":"18446744073709551617","c":"12345678901234567890\"7","d":-7,"e":1500.0}"#
        );
    }

    #[test]
    fn what_could_mean_two_things_or_costs_too_much_is_unreadable() {
        let wrong = |body: &[u8], kind: &str| shown(body, kind).unwrap_err();
        assert!(wrong(br#"{"a":1,"a":2}"#, "").contains("'a' stands twice"));
        assert!(wrong(br#"{"a":1e400}"#, "").contains("number out of range"));
        assert!(wrong(br#"{"a""#, "").contains("line 1"));
        assert!(wrong("[".repeat(100_000).as_bytes(), "").contains("recursion"));
        assert!(shown(format!("{}1{}", "[".repeat(100), "]".repeat(100)).as_bytes(), "").is_ok());
        assert!(wrong(format!("[{}]", vec!["0"; 20_000].join(",")).as_bytes(), "").contains("10,000"));
        assert!(wrong(b"{\"a\":\"\xff\"}", "").contains("charset"));
        assert!(wrong(b"\x1f\x8b\x08\x00", "").contains("charset"), "gzip");
        assert!(wrong(vec!["a=1"; 1001].join("&").as_bytes(), FORM).contains("1,000"));
        assert!(wrong(b"a=%ff", FORM).contains("charset"));
    }

    #[test]
    fn a_form_becomes_objects_and_never_lists() {
        let form =
            "a[b][0][c]=1&a[b][999999999]=2&customer.id=C-42&x[=3&y[b[c]=4&d=%D0%90+%2B&empty&=0&d=second";
        assert_eq!(
            shown(form.as_bytes(), FORM).unwrap(),
            "{\"\":\"0\",\"a\":{\"b\":{\"0\":{\"c\":\"1\"},\"999999999\":\"2\"}},\"customer\":{\"id\":\"C-42\"},\"d\":\"А +\",\
             \"empty\":\"\",\"x[\":\"3\",\"y\":{\"b[c\":\"4\"}}"
        );
        let deep = format!("a{}=1", "[b]".repeat(50));
        assert_eq!(shown(deep.as_bytes(), FORM).unwrap(), format!("{{\"a{}\":\"1\"}}", "[b]".repeat(50)));
        let body = read(b"payment[orderid]=7", Format::Form, "").unwrap();
        assert_eq!(body.form.get_item(&"payment[orderid]".into()).unwrap(), "7".into());
    }

    #[test]
    fn windows_1251_is_read_if_it_is_named() {
        assert_eq!(
            shown(b"a=%C0%ED%ED%E0+%B9%B8", "x/form-urlencoded; charset=Windows-1251").unwrap(),
            "{\"a\":\"Анна №ё\"}"
        );
        assert_eq!(shown(b"{\"a\":\"\xc0\"}", "application/json; charset=cp1251").unwrap(), "{\"a\":\"А\"}");
        assert_eq!(UPPER.chars().count(), 64);
    }

    #[test]
    fn a_byte_order_mark_and_line_ends_around_json_do_not_matter() {
        assert_eq!(shown("\u{feff}{\"a\": \"\\u0430\\/\"}\r\n".as_bytes(), "").unwrap(), "{\"a\":\"а/\"}");
    }
}
