//! JSON as it was written. Unlike `serde_json::Value`, it keeps both members when a name appears twice in an object, so
//! that this can be reported as a mistake in that field instead of one value being dropped.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The most values that one text may hold. An event has a few hundred at most, and each value takes more memory than
/// its text.
pub const MOST_VALUES: usize = 10_000;

/// A value. Its texts and names are parts of the text that it was read from, unless they have escapes.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
    /// Stands in for all values of a list or an object after the first `MOST_VALUES` of the text.
    LeftOut,
}

/// Text that is not JSON, and the place of the first error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not valid JSON at line {line}, column {column}: {message}")]
pub struct Malformed {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl<'a> Json<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = serde_json::Deserializer::from_str(text(bytes)?);
        let json = Reading { left: &Cell::new(MOST_VALUES) }.deserialize(&mut reader)?;
        reader.end()?;
        Ok(json)
    }

    /// A text that is not part of what is read.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Cow::Owned(text.into()))
    }

    /// Returns the value under `name` if this is an object that has it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// Returns the text under `name` if this is an object that has one.
    #[must_use]
    pub fn member_text(&self, name: &str) -> Option<&str> {
        match self.member(name) {
            Some(Self::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether this is null or an empty text, as an empty cell of a table is.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// The type's name for an error message.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
            Self::LeftOut => "too much",
        }
    }

    /// The same value with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Json<'static> {
        match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(flag),
            Self::Number(number) => Json::Number(number),
            Self::Text(text) => Json::text(text),
            Self::Array(items) => Json::Array(items.into_iter().map(Json::into_owned).collect()),
            Self::Object(members) => {
                let owned =
                    |(name, value): (Cow<'a, str>, Self)| (name.into_owned().into(), value.into_owned());
                Json::Object(members.into_iter().map(owned).collect())
            }
            Self::LeftOut => Json::LeftOut,
        }
    }

    /// Converts to a plain value in which equal contents compare equal: members that are null are left out, and `1.0`
    /// becomes `1`. Duplicate names must have been refused before.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null | Self::LeftOut => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Number(number) => Value::Number(whole(number).map_or_else(|| number.clone(), Number::from)),
            Self::Text(text) => Value::String(text.clone().into_owned()),
            Self::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Self::Object(members) => Value::Object(members_to_map(members)),
        }
    }
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, Malformed> {
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

pub(super) fn members_to_map(members: &[(Cow<'_, str>, Json<'_>)]) -> Map<String, Value> {
    let present = members.iter().filter(|(_, value)| *value != Json::Null);
    present.map(|(name, value)| (name.clone().into_owned(), value.to_value())).collect()
}

/// Returns the number as an integer if it is one, however it was written (`45`, `45.0`, `4.5e1`).
pub(super) fn whole(number: &Number) -> Option<i64> {
    /// Above this, a float cannot represent every integer.
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

/// Reads one value, within the number of values that the text may still hold.
#[derive(Clone, Copy)]
struct Reading<'l> {
    left: &'l Cell<usize>,
}

impl Reading<'_> {
    /// Takes one value from the allowance. Returns whether there was one left.
    fn take(self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while self.take() {
            let Some(item) = seq.next_element_seed(self)? else { return Ok(Json::Array(items)) };
            items.push(item);
        }
        if seq.next_element::<IgnoredAny>()?.is_some() {
            items.push(Json::LeftOut);
            while seq.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut members = Vec::new();
        while self.take() {
            let Some(Name(name)) = map.next_key()? else { return Ok(Json::Object(members)) };
            members.push((name, map.next_value_seed(self)?));
        }
        if map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            members.push((Cow::default(), Json::LeftOut));
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        }
        Ok(Json::Object(members))
    }
}

/// A member's name, borrowed where it can be; a plain `Cow` never is.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

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
    fn behind_the_most_values_none_is_kept_and_the_text_is_read_to_its_end() {
        let listed = |count: usize| format!("[[{}]]", vec!["0"; count].join(","));
        let large = listed(1 << 20);
        let Json::Array(outer) = Json::parse(large.as_bytes()).unwrap() else { panic!("a list") };
        let Json::Array(inner) = &outer[0] else { panic!("a list") };
        assert!(inner.len() <= MOST_VALUES && inner.last() == Some(&Json::LeftOut));
        let named = format!("{{{}}}", vec!["\"a\":{}"; MOST_VALUES + 1].join(","));
        let Json::Object(members) = Json::parse(named.as_bytes()).unwrap() else { panic!("an object") };
        assert!(members.len() <= MOST_VALUES + 1 && members.last().unwrap().1 == Json::LeftOut);
        assert!(Json::parse(large.trim_end_matches(']').as_bytes()).is_err(), "it breaks off");
        // A text within the limit is kept whole.
        let small = listed(1000);
        let Json::Array(outer) = Json::parse(small.as_bytes()).unwrap() else { panic!("a list") };
        assert_eq!(outer, [Json::Array(vec![Json::Number(0.into()); 1000])]);
    }

    #[test]
    fn values_that_mean_the_same_are_equal() {
        let value = |text: &str| Json::parse(text.as_bytes()).unwrap().to_value();
        assert_eq!(value(r#"{"a": 1.0, "b": null, "c": [1e2]}"#), value(r#"{"c": [100], "a": 1}"#));
        assert_ne!(value(r#"{"a": 1.5}"#), value(r#"{"a": 1}"#));
    }
}
