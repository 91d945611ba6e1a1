//! The program accepts exactly the events that the description allows: each field is tried on both sides of each of its
//! bounds.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Server;
use super::openapi::Description;

/// An event with every field.
fn whole() -> Value {
    json!({
        "event_id": "T-7#1", "kind": "ticket_closed", "occurred_at": "2026-11-21T11:04:05+03:00",
        "customer": {"id": "C-42", "telegram_id": 700_000_001, "phone": "+79990000000", "email": "anna@example.com", "name": "Анна",
                     "language": "ru", "timezone": "Europe/Moscow", "segments": ["gold"]},
        "subject": {"id": "T-7", "title": "Обращение №7", "url": "https://desk.example/7"},
        "agent": {"id": "a-17", "name": "Ольга", "team": "first-line", "since": "2026-09-01"},
        "automation": "auto-reply", "store": "msk-2", "channel": "telegram", "tags": ["delivery"],
        "metrics": {"opened_at": "2026-11-21T10:30:00+03:00", "first_response_s": 45, "resolution_s": 5400,
                    "messages": 7, "reopened": 0, "sla_breached": false, "first_contact_resolution": true},
        "script": "support", "extra": {"anything": 1}, "test": true
    })
}

impl Description {
    /// Returns the schema itself, without the alternative `null`.
    fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let is_null = |choice: &&Value| choice["type"] == "null";
        if let Some(choices) = schema["oneOf"].as_array() {
            return self.resolved(choices.iter().find(|choice| !is_null(choice)).unwrap());
        }
        match schema["$ref"].as_str() {
            Some(reference) => self.resolved(self.0.pointer(reference.strip_prefix('#').unwrap()).unwrap()),
            None => schema,
        }
    }

    /// Finds every place in an event, with its schema: fields, their fields, and the items of lists.
    fn places(&self, schema: &Value, at: &str, found: &mut Vec<(String, Value)>) {
        let schema = self.resolved(schema);
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{at}/{name}");
            found.push((place.clone(), field.clone()));
            self.places(field, &place, found);
            if let Some(items) = self.resolved(field).get("items") {
                found.push((format!("{place}/0"), items.clone()));
            }
        }
    }
}

/// Texts that some rules accept and others do not.
const TEXTS: [&str; 50] = [
    "x",
    " ",
    " x",
    "a b",
    "a\0b",
    "a\nb",
    "a\u{200b}b",
    "a\u{a0}b",
    "a\u{202e}b",
    "a\u{2028}b",
    "\u{feff}a",
    "a\u{fffd}",
    "\u{3000}",
    "a|b",
    "ж",
    "😀",
    "❤\u{fe0f}",
    "A",
    "purchase",
    "und",
    "UND-x",
    "en",
    "en_US",
    "pt-BR",
    "zh-Hant-TW",
    "de-1996",
    "sl-rozaj",
    "abcd",
    "en-",
    "Europe/Berlin",
    "europe/berlin",
    "Mars/Olympus",
    "2026-02-28",
    "2026-02-30",
    "2026-9-1",
    "2026-11-21T08:00:00Z",
    "2026-11-21T08:00:00",
    "https://a.b/c?d=e@f",
    "http://:80/",
    "ftp://a.b",
    "null",
    " None ",
    "n/a",
    "[object Object]",
    "-",
    "—",
    "%id%",
    "{{customer.id}}",
    "nullable",
    "1970-01-01T00:00:00Z",
];
const PHONES: [&str; 6] =
    ["+1234567", "+123456", "+123456789012345", "+1234567890123456", "+0123456789", "79990000000"];
const ADDRESSES: [&str; 5] = ["HTTPS://u:p@пример.рф", "https://", "https:///x", "https://a b", "http://@/"];

/// Returns values around every bound of a schema.
fn around(schema: &Value, now: &Value) -> Vec<Value> {
    let mut values =
        vec![Value::Null, json!(true), json!(7), json!(1.5), json!([]), json!({}), json!(["a", "b"])];
    values.extend([-1, 0, 1].map(Value::from));
    values.extend(TEXTS.iter().chain(&PHONES).chain(&ADDRESSES).map(|text| json!(text)));
    for bound in ["minimum", "maximum"] {
        let bound = schema[bound].as_i64().into_iter();
        values.extend(bound.flat_map(|bound| [bound - 1, bound, bound + 1]).map(Value::from));
    }
    if let (Some(most), Some(now)) = (schema["maxLength"].as_u64(), now.as_str()) {
        let most = usize::try_from(most).unwrap();
        let room = |length: usize| length - now.chars().count();
        values.extend([most, most + 1].map(|length| json!(format!("{now}{}", "ж".repeat(room(length))))));
    }
    if let Some(most) = schema["maxItems"].as_u64() {
        let list = |count: u64| (0..count).map(|item| json!(format!("l{item}"))).collect::<Value>();
        values.extend([list(most), list(most + 1)]);
    }
    values.extend(schema["enum"].as_array().into_iter().flatten().take(10).cloned());
    values
}

/// Returns the event with one place changed, each under its own ID, and whether the description allows it.
fn variants(description: &Description) -> Vec<(String, Value, bool)> {
    let schema = &description.0["components"]["schemas"]["Event"];
    let mut places = Vec::new();
    description.places(schema, "", &mut places);
    let mut variants = Vec::new();
    for (place, described) in places {
        let described = description.resolved(&described);
        for value in around(described, whole().pointer(&place).unwrap()) {
            let mut event = whole();
            event["event_id"] = json!(format!("{place} {}", variants.len()));
            *event.pointer_mut(&place).unwrap() = value.clone();
            let name = format!("{place} = {value}");
            variants.push((name, event));
        }
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut without = whole();
        without["event_id"] = json!(format!("without {place}"));
        if let Some(members) = without.pointer_mut(parent).unwrap().as_object_mut() {
            members.remove(name);
            variants.push((format!("without {place}"), without));
        }
        let mut more = whole();
        more["event_id"] = json!(format!("more at {parent}"));
        if let Some(members) = more.pointer_mut(parent).unwrap().as_object_mut() {
            members.insert("colour".to_owned(), json!("red"));
            variants.push((format!("more at {parent}"), more));
        }
    }
    for kind in ["purchase_cancelled", "ticket_reopened", "purchase"] {
        for subject in
            [Value::Null, json!({}), json!({"title": "x"}), json!({"id": null}), json!({"id": "1"})]
        {
            let name = format!("{kind} of {subject}");
            let mut event = whole();
            event["event_id"] = json!(name);
            (event["kind"], event["subject"]) = (json!(kind), subject);
            variants.push((name, event));
        }
    }
    let validator = description.validator(schema);
    let judged = variants.into_iter().map(|(name, event)| {
        let is_allowed = validator.is_valid(&event);
        (name, event, is_allowed)
    });
    judged.collect()
}

#[tokio::test]
async fn what_is_described_of_an_event_is_what_is_taken() {
    let server = Server::start().await;
    let description = server.description().await;
    let variants = variants(&description);
    let (mut wrong, mut counts) = (Vec::new(), [0, 0]);
    // If there are more than a hundred rejected items, the others are only counted.
    for part in variants.chunks(100) {
        let batch: Value = part.iter().map(|(_, event, _)| event.clone()).collect();
        let reply = server.post(&batch).await;
        let results = reply.body["results"].as_array().unwrap();
        assert_eq!((reply.status, results.len()), (200, part.len()), "{}", reply.body);
        for ((name, _, is_allowed), result) in part.iter().zip(results) {
            let is_taken = matches!(result["status"].as_u64(), Some(200 | 202));
            assert!(is_taken || result["status"] == 422, "{name}: {result}");
            counts[usize::from(is_taken)] += 1;
            if is_taken != *is_allowed {
                wrong.push(format!("{name}: taken {is_taken}, allowed {is_allowed}: {result}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {counts:?}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(counts.iter().all(|count| *count > 500), "{counts:?}");
}

#[tokio::test]
async fn the_described_event_has_the_fields_of_the_real_one() {
    let server = Server::start().await;
    let description = server.description().await;
    let event = whole();
    assert_eq!(server.post(&event).await.status, 202);
    let schema = &description.0["components"]["schemas"]["Event"];
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&schema["properties"]), names(&event));
    for section in ["customer", "subject", "agent", "metrics"] {
        let described = description.resolved(&schema["properties"][section]);
        assert_eq!(names(&described["properties"]), names(&event[section]), "{section}");
    }
}
