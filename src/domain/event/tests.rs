use serde_json::Value;

use super::*;

const FULL: &str = r#"{
    "event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T15:04:05+03:00",
    "customer": {"id": "C-42", "telegram_id": 700000001, "phone": "+79990000000", "name": "Анна",
        "language": "ru", "timezone": "Europe/Moscow", "segments": ["gold"]},
    "subject": {"id": "1001", "title": "Заказ №1001", "url": "https://shop.example/orders/1001"},
    "agent": {"id": "a-17", "name": "Ольга", "team": "first-line", "since": "2026-09-01"},
    "automation": "auto-reply-delivery", "store": "msk-2", "channel": "telegram", "tags": ["delivery", "refund"],
    "metrics": {"opened_at": "2026-11-21T12:00:00+03:00", "first_response_s": 45, "resolution_s": 5400,
        "messages": 7, "reopened": 0, "sla_breached": false, "first_contact_resolution": true},
    "script": "purchase", "extra": {"basket": [1, 2.5, {"sku": "A"}]}, "test": true
}"#;

fn now() -> Timestamp {
    instant::instant("2026-11-21T12:10:00Z").unwrap()
}

fn parse(text: &str) -> Result<Event, ParseError> {
    Event::parse(text.as_bytes(), now())
}

fn errors(text: &str) -> Vec<(String, String)> {
    match parse(text) {
        Err(ParseError::Fields(errors)) => errors.into_iter().map(|e| (e.field, e.message)).collect(),
        other => panic!("{other:?}"),
    }
}

/// The smallest event, with `change` inserted before its end.
fn minimal(change: &str) -> String {
    format!(
        r#"{{"event_id": "e", "kind": "purchase", "occurred_at": "2026-11-21T12:00:00Z", "customer": {{"id": "C"}}{change}}}"#
    )
}

#[test]
fn the_contracts_event_is_read_whole_and_reads_back_from_what_is_stored() {
    let event = parse(FULL).unwrap();
    assert_eq!(event.customer.timezone, Some(chrono_tz::Europe::Moscow));
    assert_eq!(event.occurred_at.to_rfc3339(), "2026-11-21T12:04:05Z");
    assert_eq!(event.metrics.first_response_s, Some(45));
    assert!(event.test);
    assert_eq!(Event::from_stored(&event.to_json()).unwrap(), event);
}

#[test]
fn the_smallest_event_stores_nothing_that_was_not_said() {
    let event = parse(&minimal("")).unwrap();
    insta::assert_snapshot!(event.to_json(), @r#"{"event_id":"e","kind":"purchase","occurred_at":"2026-11-21T12:00:00Z","customer":{"id":"C"}}"#);
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let text = r#"{
        "kind": "purchas", "occured_at": "x", "customer": {"id": 5, "telegram_id": "7", "phone": "123",
        "timezone": "Mars/Base", "nmae": "x"}, "subject": [], "tags": ["a", 1, ""], "metrics": {"messages": -1},
        "extra": "x", "test": "yes", "script": "Two Words", "store": ""
    }"#;
    let lines: Vec<_> =
        errors(text).into_iter().map(|(field, message)| format!("{field}: {message}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    event_id: is required
    kind: must be one of purchase, ticket_closed, ticket_opened, ticket_reopened, purchase_cancelled; did you mean purchase?
    occurred_at: is required
    customer.id: must be a text, not a number: write it in quotes
    customer.telegram_id: must be a number, not a text: write it without quotes
    customer.phone: must be an international number like +79990000000: '+' and 7 to 15 digits
    customer.timezone: 'Mars/Base' is not a known time zone; write its IANA name, like Europe/Moscow
    customer.nmae: is not a field of an event; did you mean customer.name?
    subject: must be an object, not a list
    tags[1]: must be a text, not a number: write it in quotes
    tags[2]: must not be empty
    metrics.messages: must be a whole number, zero or more
    script: must be a script's slug: 1 to 64 of a-z, 0-9, '-' and '_'
    extra: must be an object, not a text
    test: must be true or false, not a text
    occured_at: is not a field of an event; did you mean occurred_at?
    ");
}

#[test]
fn a_time_needs_an_offset_and_may_be_ten_minutes_ahead_and_no_more() {
    let at = |time: &str| minimal("").replace("2026-11-21T12:00:00Z", time);
    assert!(parse(&at("2026-11-21T12:20:00Z")).is_ok());
    assert_eq!(errors(&at("2026-11-21T12:20:00.001Z"))[0].1, "is more than 10 minutes in the future");
    assert!(errors(&at("2026-11-21T12:00:00"))[0].1.contains("no offset"));
}

#[test]
fn a_cancelling_kind_needs_its_subject() {
    for kind in Kind::REPORTED {
        let text = minimal("").replace("\"purchase\"", &format!("\"{}\"", kind.as_str()));
        if kind.cancels() {
            assert_eq!(errors(&text)[0], ("subject.id".into(), format!("is required for {}", kind.as_str())));
        } else {
            assert!(parse(&text).is_ok());
        }
    }
}

#[test]
fn a_name_that_stands_twice_is_refused_wherever_it_stands() {
    assert_eq!(
        errors(&minimal(r#", "store": "a", "store": "a""#)),
        [("store".into(), "stands twice".into())]
    );
    assert!(errors(&minimal(r#", "extra": {"a": {"b": 1, "b": 1}}"#))[0].1.contains("'b' twice"));
}

#[test]
fn nul_and_what_cannot_be_printed_are_refused() {
    assert_eq!(errors(&minimal(r#", "store": "a\u0000""#))[0].0, "store");
    assert_eq!(errors(&minimal(r#", "extra": {"a": ["\u0000"]}"#))[0].0, "extra");
    assert!(parse(&minimal(r#", "extra": {"a": "two\nlines"}"#)).is_ok());
}

#[test]
fn extra_is_free_up_to_four_kibibytes() {
    let of = |length: usize| minimal(&format!(r#", "extra": {{"a":"{}"}}"#, "x".repeat(length)));
    assert!(parse(&of(4096 - 8)).is_ok());
    assert!(errors(&of(4096 - 7))[0].1.contains("4097 bytes"));
}

#[test]
fn what_is_not_an_event_at_all_is_said_plainly() {
    assert_eq!(errors("[]")[0], (String::new(), "an event is an object; this is a list".into()));
    assert!(matches!(parse("{\"a\": }"), Err(ParseError::Malformed(Malformed { line: 1, column: 7, .. }))));
    assert_eq!(errors("{}").len(), 4);
}

#[test]
fn the_same_content_is_the_same_however_it_is_written() {
    let event = parse(&minimal(r#", "tags": ["a", "b"], "store": null, "extra": {"n": 1}"#)).unwrap();
    let other = parse(
        r#"{"customer": {"name": null, "id": "C", "segments": []}, "tags": ["b", "a", "a"], "subject": {},
            "extra": {"n": 1.0, "m": null}, "test": false,
            "occurred_at": "2026-11-21T15:00:00.000+03:00", "kind": "purchase", "event_id": "e"}"#,
    )
    .unwrap();
    assert_eq!(event.to_json(), other.to_json());
    assert!(event.differing_fields(&other).is_empty());
}

#[test]
fn an_empty_text_is_absent_where_an_empty_cell_is_and_nowhere_else() {
    let event = parse(
        r#"{"event_id": "e", "kind": "purchase", "occurred_at": "2026-11-21T12:00:00Z", "store": "", "tags": "", "extra": "",
            "customer": {"id": "C", "telegram_id": "", "phone": "", "name": "", "language": "", "timezone": "", "segments": ""},
            "subject": {"id": "", "title": ""}, "metrics": {"messages": "", "sla_breached": ""}, "test": ""}"#,
    );
    assert_eq!(event.unwrap().to_json(), parse(&minimal("")).unwrap().to_json());
    for (wrong, field, message) in [
        (r#", "store": " ""#, "store", "must not be empty"),
        (r#", "subject": """#, "subject", "must be an object"),
        (r#", "tags": ["a", ""]"#, "tags[1]", "must not be empty"),
        (r#", "tags": "gift,first""#, "tags", r#"write ["a", "b"]"#),
        (r#", "test": "false""#, "test", "write it without quotes"),
        (r#", "metrics": {"messages": "7"}"#, "metrics.messages", "write it without quotes"),
        (r#", "subject": {"id": 10042}"#, "subject.id", "write it in quotes"),
    ] {
        let errors = errors(&minimal(wrong));
        assert!(errors[0].0 == field && errors[0].1.contains(message), "{wrong}: {errors:?}");
    }
    let told = errors(&minimal("").replace("\"e\"", "\"\"").replace("\"C\"", "\"\""));
    assert_eq!(
        told,
        [("event_id".into(), "is required".into()), ("customer.id".into(), "is required".into())]
    );
}

#[test]
fn other_content_names_the_fields_that_differ() {
    let full = parse(FULL).unwrap();
    let mut other = full.clone();
    other.occurred_at = other.occurred_at.plus_millis(1);
    other.customer.name = None;
    other.tags.clear();
    other.metrics.messages = Some(8);
    other.extra = Extra::default();
    other.agent = Agent::default();
    assert_eq!(
        full.differing_fields(&other),
        [
            "occurred_at",
            "customer.name",
            "agent.id",
            "agent.name",
            "agent.team",
            "agent.since",
            "tags",
            "metrics.messages",
            "extra"
        ]
    );
}

#[test]
fn the_comparison_knows_every_field() {
    let full = serde_json::to_value(parse(FULL).unwrap()).unwrap();
    let mut other = parse(&minimal("")).unwrap();
    other.event_id = "other".into();
    other.kind = Kind::TicketClosed;
    other.customer.id = "other".into();
    let count: usize = full
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| match value {
            Value::Object(inner) if name != "extra" => inner.len(),
            _ => 1,
        })
        .sum();
    assert_eq!(parse(FULL).unwrap().differing_fields(&other).len(), count);
}
