//! JSON as it was written: unlike `serde_json::Value` it still knows that a name stood twice in an object,
//! so that this can be reported as that field's mistake instead of one of the two values being dropped.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Text that is not JSON, and where it stops being it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not valid JSON at line {line}, column {column}: {message}")]
pub struct Malformed {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl Json {
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        Ok(serde_json::from_str(text(bytes)?)?)
    }

    /// The text under `name`, if this is an object that has one.
    #[must_use]
    pub fn member_text(&self, name: &str) -> Option<&str> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(member, _)| member == name).and_then(|(_, value)| match value {
            Self::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// What it is, in the words of an error message.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The same as a plain value in which equal contents are equal: members that are null are left out, and
    /// `1.0` is `1`. Names that stand twice must have been refused before.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Number(number) => Value::Number(whole(number).map_or_else(|| number.clone(), Number::from)),
            Self::Text(text) => Value::String(text.clone()),
            Self::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Self::Object(members) => Value::Object(members_to_map(members)),
        }
    }
}

/// Cuts an array into the texts of its items without reading them, so that a mistake in one does not stop the rest.
pub fn split_array(bytes: &[u8]) -> Result<Vec<&str>, Malformed> {
    let items: Vec<&RawValue> = serde_json::from_str(text(bytes)?)?;
    Ok(items.into_iter().map(RawValue::get).collect())
}

fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    let text = str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

impl From<serde_json::Error> for Malformed {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or_default().to_owned();
        Self { line: error.line(), column: error.column(), message }
    }
}

pub(super) fn members_to_map(members: &[(String, Json)]) -> Map<String, Value> {
    let present = members.iter().filter(|(_, value)| *value != Json::Null);
    present.map(|(name, value)| (name.clone(), value.to_value())).collect()
}

/// The number as an integer, if it is one however it was written (`45`, `45.0`, `4.5e1`).
pub(super) fn whole(number: &Number) -> Option<i64> {
    /// Above this a float no longer holds every integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT)?;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and within 53 bits")]
        Some(float as i64)
    })
}

fn not_utf8(bytes: &[u8], valid: usize) -> Malformed {
    let before = &bytes[..valid];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Malformed {
        line: before.split(|byte| *byte == b'\n').count(),
        column: valid - line_start + 1,
        message: "the text is not UTF-8".into(),
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_line_and_column() {
        let error = Json::parse(b"{\n  \"a\": 1,\n  b\n}").unwrap_err();
        assert_eq!((error.line, error.column), (3, 3));
        let error = Json::parse(b"{\n\"a\": \"\xff\"}").unwrap_err();
        assert_eq!((error.line, error.column, error.message.as_str()), (2, 7, "the text is not UTF-8"));
        assert!(Json::parse(b"{} {}").is_err(), "two values");
        assert!(
            Json::parse("[".repeat(100_000).as_bytes()).is_err(),
            "deep nesting must not end the process"
        );
    }

    #[test]
    fn both_of_two_equal_names_are_kept() {
        let Json::Object(members) = Json::parse(br#"{"a": 1, "a": 2}"#).unwrap() else { panic!("an object") };
        assert_eq!(members.len(), 2);
    }

    #[test]
    fn values_that_mean_the_same_are_equal() {
        let value = |text: &str| Json::parse(text.as_bytes()).unwrap().to_value();
        assert_eq!(value(r#"{"a": 1.0, "b": null, "c": [1e2]}"#), value(r#"{"c": [100], "a": 1}"#));
        assert_ne!(value(r#"{"a": 1.5}"#), value(r#"{"a": 1}"#));
    }
}
