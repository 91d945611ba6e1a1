//! Every sentence that a mapping can fail with is understood, so that nobody reads it in a language that is not theirs. The
//! sentences are not listed here: they are made by what makes them in the program.

use std::collections::BTreeSet;

use super::super::Hooks;
use super::{KINDS, KINDS_WITHIN, Reason, kind_of};
use crate::domain::event::Json;
use crate::domain::event::columns::{FIELDS, Members, REQUIRED};
use crate::domain::hook::body::{self, Format, Unreadable};
use crate::domain::hook::mapping::{Delivery, Opened};
use crate::domain::hook::{Mapped, Preset, Settings, Trial};
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;

const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);
const FORM: &str = "application/x-www-form-urlencoded";

fn json(text: &str) -> Json<'_> {
    Json::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Values of every type, of which each field refuses most.
fn values() -> Vec<Json<'static>> {
    let texts = [
        "",
        " ",
        "x",
        "a|b",
        "purchas",
        "Not A Slug",
        "Mars/Olympus",
        "a\0b",
        "a\u{200b}b",
        "a\nb",
        "soon",
        "2026-11-21",
        "21.11.2026 15:04:05",
        "03/04/2026 10:00",
        "2026-11-21 15:04:05 +0300",
        "2026-11-21T15:04:05 CET",
        "1795262645",
        "45000",
        "2030-01-01T00:00:00Z",
        "0000-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "2026-11-21T15:04:05+24:00",
        "%1%",
        "https://shop.example/\u{202e}",
    ];
    let long = "x".repeat(5000);
    let mut values: Vec<Json<'_>> = texts.iter().map(|text| Json::text(*text)).collect();
    values.push(Json::text(long.clone()));
    values.push(Json::text(format!("https://shop.example/{long}")));
    values.extend(
        ["true", "-1", "1.5", "1e30", "[]", "[7]", r#"["a|b", "", "a\u0000b"]"#, "{}", r#"{"a": 1, "a": 2}"#]
            .map(json),
    );
    values.extend([r#"{"a": "\u0000"}"#, r#"{"\u0000": 1}"#].map(json));
    values.push(json(&format!("[{}]", vec!["\"t\""; 100].join(","))).into_owned());
    values.push(json(&format!(r#"{{"a": "{long}"}}"#)).into_owned());
    values.push(json(&format!(r#"{{"a": [{}]}}"#, vec!["0"; 20_000].join(","))).into_owned());
    values
}

/// The members of an event, without some of them.
fn event(without: &str) -> Members<'static> {
    let mut members = Members::default();
    for (name, value) in [
        ("event_id", "e"),
        ("kind", "purchase"),
        ("occurred_at", "2026-11-21T12:00:00Z"),
        ("customer.id", "C"),
    ] {
        if name != without {
            members.put(name, Json::text(value));
        }
    }
    members
}

fn told(members: Members<'_>) -> Vec<String> {
    let errors = members.read(false, NOW).err().unwrap_or_default();
    errors.into_iter().map(|error| error.message).collect()
}

/// What the rules of an event say about its fields.
fn sentences_of_fields() -> BTreeSet<String> {
    let mut sentences = BTreeSet::new();
    for (name, _) in FIELDS {
        for value in values() {
            let mut members = event(name);
            members.put(name, value.clone());
            sentences.extend(told(members));
        }
        let mut twice = event(name);
        for value in ["a", "b"] {
            twice.put(name, Json::text(value));
        }
        sentences.extend(told(twice));
    }
    sentences.extend(REQUIRED.iter().flat_map(|name| told(event(name))));
    let mut cancellation = event("kind");
    cancellation.put("kind", Json::text("ticket_reopened"));
    sentences.extend(told(cancellation));
    let mut too_much = event("");
    too_much.put("…", Json::LeftOut);
    sentences.extend(told(too_much));
    sentences
}

/// Why a body cannot be read; each of the reasons.
fn sentences_of_bodies() -> BTreeSet<String> {
    let many = format!("[{}]", vec!["0"; 20_000].join(","));
    let form = vec!["a=1"; 1001].join("&");
    let bodies: [(&[u8], &str); 7] = [
        (b"{\"a\"", ""),
        (b"{\"a\":1,\"a\":2}", ""),
        (many.as_bytes(), ""),
        (form.as_bytes(), FORM),
        (b"{\"a\":\"\xff\"}", ""),
        (b"a=%ff", FORM),
        (b"--x", "multipart/form-data; boundary=x"),
    ];
    let errors = bodies.map(|(body, of)| body::read(body, Format::Auto, of).unwrap_err());
    let places: BTreeSet<u8> = errors
        .iter()
        .map(|error| match error {
            Unreadable::Json(_) => 0,
            Unreadable::Twice(_) => 1,
            Unreadable::TooManyValues => 2,
            Unreadable::TooManyFields => 3,
            Unreadable::Charset => 4,
            Unreadable::Multipart => 5,
        })
        .collect();
    assert_eq!(places.len(), 6, "{errors:?}");
    errors.iter().map(ToString::to_string).collect()
}

/// The failures of a delivery with this body, mapped by the preset for any system with these lines added.
fn failures(lines: &str, body: &str) -> Vec<String> {
    let preset = format!("preset = \"own\"\nextends = \"paste\"\n{lines}");
    let preset = Preset::parse(&preset).unwrap_or_else(|error| panic!("{lines}: {error}"));
    let settings = Settings { name: "own".to_owned(), ..Settings::default() };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let delivery = Delivery { received_at: NOW, headers, query: Vec::new(), body: body.as_bytes().to_vec() };
    let trials: Vec<Trial> = match Opened::all(&preset, &settings, &delivery) {
        Ok(all) => all.iter().map(Opened::map).collect(),
        Err(failure) => vec![Trial::failed(failure)],
    };
    let failed = trials.into_iter().filter_map(|trial| match trial.mapped {
        Mapped::Failed(failure) => Some(failure.to_string()),
        Mapped::Event(_) | Mapped::Skipped(_) => None,
    });
    let failed: Vec<String> = failed.collect();
    assert!(!failed.is_empty(), "{lines} {body} does not fail");
    failed
}

/// Failures on every way through the mapping.
fn failures_of_mappings() -> Vec<String> {
    let body = |id: &str, kind: &str, customer: &str, more: &str| {
        format!(r#"{{"event_id": "{id}", "kind": "{kind}", "customer": {{"id": "{customer}"}}{more}}}"#)
    };
    let of = |more: &str| body("e", "purchase", "C", more);
    let many = format!(r#"{{"items": [{}]}}"#, vec!["0"; 101].join(","));
    let when = |expression: &str| format!("[[rule]]\nwhen = \"{expression}\"\nset = \"event\"\n");
    let cases = [
        (String::new(), "{\"a\"".to_owned()),
        (String::new(), r#"{"kind": "purchase"}"#.to_owned()),
        (String::new(), body("e", "purchas", "C", "")),
        (String::new(), body("e", "purchase", "null", "")),
        (
            "earlier = \"event_id\"\n[[rule]]\nwhen = \"kind\"\nset = \"event\"\n[set.event]\n\
             event_id = \"event_id\"\nkind = \"kind\"\noccurred_at = \"received_at\"\n\
             \"customer.id\" = \"earlier.customer.id\"\n"
                .to_owned(),
            of(""),
        ),
        (String::new(), body("e", "ticket_reopened", "C", "")),
        (String::new(), body("e", "purchase", r"C\u200bx", "")),
        (String::new(), of(r#", "occurred_at": "soon""#)),
        (String::new(), of(r#", "occurred_at": "2030-01-01T00:00:00Z""#)),
        (String::new(), of(r#", "script": "Not A Slug""#)),
        (String::new(), body(&"x".repeat(300), "purchase", "C", "")),
        ("each = \"items\"\n".to_owned(), r#"{"items": "none"}"#.to_owned()),
        ("each = \"items\"\n".to_owned(), many),
        ("each = \"items + 1\"\n".to_owned(), r#"{"items": []}"#.to_owned()),
        ("delivery_id = \"at|time\"\n".to_owned(), of(r#", "at": "soon""#)),
        ("delivery_id = \"kind - 1\"\n".to_owned(), of("")),
        (when("kind.nothing()"), of("")),
        (when("range(99999)|list"), of("")),
    ];
    let mut failures: Vec<String> = cases.iter().flat_map(|(lines, body)| failures(lines, body)).collect();
    if let Mapped::Failed(gone) = Trial::gone().mapped {
        failures.push(gone.to_string());
    }
    failures
}

#[test]
fn every_failure_of_a_mapping_is_understood() {
    for failure in failures_of_mappings() {
        assert!(Reason::read(&failure).is_some(), "{failure}");
    }
}

#[test]
fn every_sentence_has_a_kind_and_every_kind_a_sentence() {
    let failures = failures_of_mappings();
    let of_mappings = failures.iter().filter_map(|failure| failure.split_once(": ")).map(|(_, why)| why);
    let mut sentences: BTreeSet<String> = of_mappings.map(str::to_owned).collect();
    sentences.retain(|sentence| !sentence.starts_with("it is revoked"));
    sentences.extend(sentences_of_fields());
    sentences.extend(sentences_of_bodies());
    let strange: Vec<&String> = sentences.iter().filter(|sentence| kind_of(sentence).is_none()).collect();
    assert!(strange.is_empty(), "{strange:#?}");
    let starts = KINDS.iter().filter(|(start, _)| !sentences.iter().any(|of| of.starts_with(start)));
    let words = KINDS_WITHIN.iter().filter(|(words, _)| !sentences.iter().any(|of| of.contains(words)));
    let unused: Vec<_> = starts.chain(words).collect();
    assert!(unused.is_empty(), "nothing says {unused:?}");
}

#[test]
fn a_condition_is_named_by_its_rule_and_what_is_not_understood_by_no_word_of_its_own() {
    let catalogue = Catalogue::default();
    let hooks = Hooks { catalogue: &catalogue, locale: "ru", zone: chrono_tz::UTC };
    let failure = failures("[[rule]]\nwhen = \"kind - 1\"\nset = \"event\"\n", r#"{"kind": "purchase"}"#);
    assert_eq!(failure, ["rule 1, when: cannot be computed: invalid operation"]);
    assert_eq!(hooks.reason(&failure[0]), "правило 1, when: выражение не удалось вычислить");
    assert_eq!(hooks.reason("a sentence of another version"), "подробности покажет afterword hook show");
}
