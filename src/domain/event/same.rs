//! Finds the fields in which two events differ. This is only needed on a conflict, so it may take the slow way through
//! JSON.

use serde_json::{Map, Value};

use super::Event;

/// The fields in the order of the API's description. Objects are listed with their fields and are compared field by
/// field.
pub(super) const SECTIONS: [(&str, &[&str]); 14] = [
    ("event_id", &[]),
    ("kind", &[]),
    ("occurred_at", &[]),
    ("customer", &["id", "telegram_id", "phone", "email", "name", "language", "timezone", "segments"]),
    ("subject", &["id", "title", "url"]),
    ("agent", &["id", "name", "team", "since"]),
    ("automation", &[]),
    ("store", &[]),
    ("channel", &[]),
    ("tags", &[]),
    (
        "metrics",
        &[
            "opened_at",
            "first_response_s",
            "resolution_s",
            "messages",
            "reopened",
            "sla_breached",
            "first_contact_resolution",
        ],
    ),
    ("script", &[]),
    ("extra", &[]),
    ("test", &[]),
];

pub(super) fn differing_fields(a: &Event, b: &Event) -> Vec<String> {
    let (a, b) = (members(a), members(b));
    let mut differing = Vec::new();
    for (section, fields) in SECTIONS {
        let (left, right) = (a.get(section), b.get(section));
        if left == right {
            continue;
        }
        if fields.is_empty() {
            differing.push(section.to_owned());
        }
        for field in fields {
            let inner = |value: Option<&Value>| value.and_then(|value| value.get(field)).cloned();
            if inner(left) != inner(right) {
                differing.push(format!("{section}.{field}"));
            }
        }
    }
    differing
}

fn members(event: &Event) -> Map<String, Value> {
    match serde_json::to_value(event) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}
