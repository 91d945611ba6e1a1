//! Forms: `a[b][0]=x` and `a.b=x` become objects in objects, always with text keys, so that `x[999999999]` costs nothing.
//! Only `a[]=x` becomes a list.

use std::borrow::Cow;

use super::body::Unreadable;
use crate::domain::event::Json;

const MOST_FIELDS: usize = 1000;
const DEEPEST: usize = 8;

/// A form's fields, decoded, in their order.
pub(super) type Fields = Vec<(String, String)>;

/// Decodes a form whose bytes are in the charset that its header names.
pub(super) fn fields(bytes: &[u8], charset: Option<&str>) -> Result<Fields, Unreadable> {
    if bytes.is_empty() {
        return Ok(Fields::new());
    }
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let mut fields = Fields::new();
    for pair in pairs {
        if fields.len() == MOST_FIELDS {
            return Err(Unreadable::TooManyFields);
        }
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let value = pair.get(at + 1..).unwrap_or_default();
        fields.push((text(&pair[..at], charset)?, text(value, charset)?));
    }
    Ok(fields)
}

/// The parameters of an address. One that cannot be read is left out.
pub(super) fn parameters(raw: &str) -> Fields {
    let pairs = raw.split('&').filter(|pair| !pair.is_empty()).take(MOST_FIELDS);
    pairs.filter_map(|pair| fields(pair.as_bytes(), None).ok()).flatten().collect()
}

/// Undoes the percent encoding and reads the bytes as text.
fn text(encoded: &[u8], charset: Option<&str>) -> Result<String, Unreadable> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match first {
            b'+' => b' ',
            b'%' => match after {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    rest = after;
                    (hex(*high) << 4) | hex(*low)
                }
                _ => b'%',
            },
            other => *other,
        };
        bytes.push(byte);
    }
    super::body::decoded(bytes, charset)
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

/// Puts the fields into objects by their names.
pub(super) fn nested(fields: &[(String, String)]) -> Json<'_> {
    let mut root = Vec::new();
    for (name, value) in fields {
        let list = name.strip_suffix("[]").filter(|list| !list.is_empty());
        let path = path(list.unwrap_or(name)).unwrap_or_else(|| vec![list.unwrap_or(name)]);
        insert(&mut root, &path, Json::Text(value.into()), list.is_some());
    }
    Json::Object(root)
}

/// Puts the members of an object that have dotted names into objects, as a form's fields are.
pub(super) fn arranged(json: Json<'_>) -> Json<'_> {
    let Json::Object(members) = json else { return json };
    let (dotted, mut root): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| {
        matches!(name, Cow::Borrowed(name) if name.contains('.') && path(name).is_some_and(|path| path.len() > 1))
    });
    for (name, value) in dotted {
        if let Cow::Borrowed(name) = name {
            insert(&mut root, &path(name).unwrap_or_default(), value, false);
        }
    }
    Json::Object(root)
}

/// The parts of a name; `None` for one that is no path, which then stands as it is.
fn path(name: &str) -> Option<Vec<&str>> {
    let (first, rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    let mut parts: Vec<&str> = first.split('.').collect();
    let mut rest = rest;
    while let Some(inner) = rest.strip_prefix('[') {
        let (part, after) = inner.split_once(']')?;
        parts.push(part);
        rest = after;
    }
    let is_path = rest.is_empty() && parts.len() <= DEEPEST && parts.iter().all(|part| !part.is_empty());
    is_path.then_some(parts)
}

/// Puts a value in its place, or at the end of the list there. Of two for one place, the first one stays.
fn insert<'f>(
    members: &mut Vec<(Cow<'f, str>, Json<'f>)>,
    path: &[&'f str],
    value: Json<'f>,
    is_entry: bool,
) {
    let [name, rest @ ..] = path else { return };
    let at = members.iter().position(|(known, _)| known == name);
    match (rest, at) {
        ([], None) => {
            let value = if is_entry { Json::Array(vec![value]) } else { value };
            members.push(((*name).into(), value));
        }
        (_, None) => {
            let mut inner = Vec::new();
            insert(&mut inner, rest, value, is_entry);
            members.push(((*name).into(), Json::Object(inner)));
        }
        (_, Some(at)) => match &mut members[at].1 {
            Json::Object(inner) => insert(inner, rest, value, is_entry),
            Json::Array(items) if rest.is_empty() && is_entry => items.push(value),
            _ => {}
        },
    }
}
