//! The body of a delivery: JSON or a form, as its preset, its header or its beginning says.

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
    /// A form if the header says so and it does not begin as JSON does; else JSON.
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
    #[error("its text is not UTF-8, and not in a charset that it names")]
    Charset,
    #[error("multipart/form-data is not read: send JSON, or a form as application/x-www-form-urlencoded")]
    Multipart,
}

/// A body that was read.
#[derive(Clone, Debug)]
pub struct Body {
    pub content: Value,
    /// The fields of a form with their names as they are written.
    pub form: Value,
    /// Whether characters were put right that JSON does not have in its texts.
    pub is_mended: bool,
}

/// Reads a body.
///
/// # Errors
/// Returns why it cannot be read.
pub fn read(bytes: &[u8], format: Format, content_type: &str) -> Result<Body, Unreadable> {
    if bytes.is_empty() {
        return of_fields(&[]);
    }
    let header = content_type.to_ascii_lowercase();
    if header.contains("multipart/") {
        return Err(Unreadable::Multipart);
    }
    let is_form = match format {
        Format::Json => false,
        Format::Form => !header.contains("json") && !begins_as_json(bytes),
        Format::Auto => header.contains("form-urlencoded") && !begins_as_json(bytes),
    };
    let charset = header.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    let charset = charset.map(|charset| charset.trim_matches('"'));
    if is_form {
        return of_fields(&form::fields(bytes, charset)?);
    }
    let text = decoded(bytes.to_vec(), charset)?;
    let (content, is_mended) = json_of(&text, format != Format::Json)?;
    let form = if format == Format::Form { content.clone() } else { flat(&[]) };
    Ok(Body { content, form, is_mended })
}

/// The body that a form with these fields would be.
///
/// # Errors
/// There are too many.
pub fn of_fields(fields: &[(String, String)]) -> Result<Body, Unreadable> {
    Ok(Body { content: value(&form::nested(fields))?, form: flat(fields), is_mended: false })
}

/// Whether this is an object or a list of JSON. Some senders say it is a form.
pub(crate) fn begins_as_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
    matches!(text.first(), Some(b'{' | b'['))
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
    json_of(text, false).map(|(value, _)| value)
}

/// Reads JSON, and says whether it had to be mended. `dotted` puts members with dotted names into objects, as a form's
/// fields are.
fn json_of(text: &str, dotted: bool) -> Result<(Value, bool), Unreadable> {
    let arranged = |json| if dotted { form::arranged(json) } else { json };
    let text = with_long_integers_quoted(text);
    match Json::parse(text.as_bytes()) {
        Ok(json) => Ok((value(&arranged(json))?, false)),
        Err(error) => {
            let mended = mended(&text).ok_or(error)?;
            Ok((value(&arranged(Json::parse(mended.as_bytes())?))?, true))
        }
    }
}

/// The text with what templates put into JSON's texts though it cannot stand there: line breaks and other controls become
/// spaces, halves of a pair of surrogates U+FFFD. `None` if there are none.
fn mended(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut is_inside, mut rest) = (false, text);
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '"' => {
                is_inside = !is_inside;
                out.push(c);
                1
            }
            '\\' if is_inside => escape(rest, &mut out),
            c if is_inside && c.is_control() => {
                out.push(' ');
                c.len_utf8()
            }
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    (out != text).then_some(out)
}

/// Copies the escape with which the text begins. Returns its length in bytes.
fn escape(text: &str, out: &mut String) -> usize {
    let unit = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let length = match (unit(0), unit(6)) {
        (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
        (Some(0xd800..0xe000), _) => {
            out.push_str("\\ufffd");
            return 6;
        }
        (Some(_), _) => 6,
        (None, _) => 1 + text[1..].chars().next().map_or(0, char::len_utf8),
    };
    out.push_str(&text[..length]);
    length
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
        Json::Text(text) => Value::from(if stands_for_nothing(text) { "" } else { text }),
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

/// Whether a text is nothing: blank, or the zero date of databases. It becomes the empty text, which is false.
fn stands_for_nothing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || text == "0000-00-00"
        || text.starts_with("0000-00-00 ")
        || text.starts_with("0000-00-00T")
}

/// Puts integers that no number type holds into quotes, without a fraction of zeros.
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
        match long_integer(number) {
            Some(integer) => out.extend(["\"", integer, "\""]),
            None => out.push_str(number),
        }
        rest = &rest[number.len()..];
    }
    out
}

/// The integer that a number is, if it is a long one.
fn long_integer(number: &str) -> Option<&str> {
    let whole = number.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'));
    let whole = whole.map_or(number, |(whole, _)| whole);
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_long = digits.len() >= LONG_INTEGER && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_long.then_some(whole)
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
        let body = br#"{"a":9007199254740993,"b":18446744073709551617,"c":"12345678901234567890\"7","d":-7,"e":1.5e3,"f":-92233720368547758089,"g":12345678901234567890123.0}"#;
        assert_eq!(
            shown(body, "application/json").unwrap(),
            r#"{"a":9007199254740993,"b":"18446744073709551617","c":"12345678901234567890\"7","d":-7,"e":1500.0,"f":"-92233720368547758089","g":"12345678901234567890123"}"#
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
    fn a_body_is_read_as_what_it_is_whatever_its_header_says() {
        let of = |bytes: &[u8], format, content_type| {
            let body = read(bytes, format, content_type).map_err(|error| error.to_string())?;
            Ok::<_, String>(serde_json::to_string(&(body.content, body.form)).unwrap())
        };
        assert_eq!(of(b"{\"a\":1}", Format::Form, "application/json").unwrap(), "[{\"a\":1},{\"a\":1}]");
        assert_eq!(of(b" {\"a\":1}", Format::Form, FORM).unwrap(), "[{\"a\":1},{\"a\":1}]");
        assert_eq!(of(b"{\"a\":1}", Format::Auto, FORM).unwrap(), "[{\"a\":1},{}]");
        assert_eq!(
            of(b"a=1", Format::Auto, "Application/X-WWW-Form-Urlencoded; Charset=\"UTF-8\"").unwrap(),
            "[{\"a\":\"1\"},{\"a\":\"1\"}]"
        );
        assert!(
            of(b"--x", Format::Form, "multipart/form-data; boundary=x").unwrap_err().starts_with("multipart")
        );
        let fields = [("customer.id".to_owned(), "7".to_owned())];
        let content = of_fields(&fields).unwrap().content;
        assert_eq!(serde_json::to_string(&content).unwrap(), "{\"customer\":{\"id\":\"7\"}}");
    }

    #[test]
    fn what_templates_spoil_in_a_text_is_mended() {
        for (body, read) in [
            ("{\"a\":\"one\ntwo\"}", "{\"a\":\"one two\"}"),
            ("{\"a\":\"Аня \\ud83d\"}", "{\"a\":\"Аня \u{fffd}\"}"),
            ("{\"a\":\"\\ude00 \\ud83d\\ude00\\n\\\\\"}", "{\"a\":\"\u{fffd} 😀\\n\\\\\"}"),
        ] {
            assert_eq!(shown(body.as_bytes(), "").unwrap(), read);
            assert!(super::read(body.as_bytes(), Format::Json, "").unwrap().is_mended);
        }
        assert!(!super::read(b"{\"a\":\"b\"}", Format::Json, "").unwrap().is_mended);
        assert!(shown(b"{\"a\":\"say \"hi\"\"}", "").is_err(), "nobody knows which quote ends it");
        assert!(shown(b"{\"a\":\"\\ud8\"}", "").is_err());
    }

    #[test]
    fn dotted_names_become_objects_in_json_as_in_forms() {
        let body =
            "{\"customer.id\":\"42\",\"customer\":{\"name\":\"А\",\"id\":\"7\"},\"subject.id\":1,\"v1.\":2}";
        assert_eq!(
            shown(body.as_bytes(), "").unwrap(),
            "{\"customer\":{\"id\":\"7\",\"name\":\"А\"},\"subject\":{\"id\":1},\"v1.\":2}"
        );
        let body = super::read(b"{\"a.b\":1}", Format::Json, "").unwrap();
        assert_eq!(serde_json::to_string(&body.content).unwrap(), "{\"a.b\":1}");
    }

    #[test]
    fn a_byte_order_mark_and_line_ends_around_json_do_not_matter() {
        assert_eq!(shown("\u{feff}{\"a\": \"\\u0430\\/\"}\r\n".as_bytes(), "").unwrap(), "{\"a\":\"а/\"}");
    }
}
