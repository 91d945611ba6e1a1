//! Every delivery of `tests/it/fixtures/hooks` becomes what it says, byte for byte.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::mapping::{Delivery, Mapped, Opened, Settings};
use super::verify::Request;
use super::*;
use crate::domain::event::Event;
use crate::domain::time::Timestamp;

struct Sample {
    name: String,
    json: Json,
}

fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/hooks");
    let mut samples = Vec::new();
    for system in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(system.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            samples.push(Sample { name: path.display().to_string(), json });
        }
    }
    assert!(samples.len() > 20, "{} samples", samples.len());
    samples
}

impl Sample {
    fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
    }

    fn preset(&self) -> Preset {
        let system = self.text("/system");
        shipped::find(system).unwrap_or_else(|| panic!("{system} is not shipped"))
    }

    fn delivery(&self) -> Delivery {
        let headers = self.json.pointer("/request/headers").unwrap().as_object().unwrap();
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let query = self.text("/request/query").split_once('=');
        Delivery {
            received_at: self.received_at(),
            headers: headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            query: query.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: self.text("/request/body").as_bytes().to_vec(),
        }
    }

    fn received_at(&self) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(self.text("/received_at")).unwrap().to_utc().into()
    }

    fn settings(&self) -> Settings {
        Settings { name: self.text("/system").to_owned(), ..Settings::default() }
    }

    fn secrets(&self) -> Vec<String> {
        let secret = self.text("/config/secret");
        match self.text("/config/user") {
            _ if secret.is_empty() => Vec::new(),
            "" => vec![secret.to_owned()],
            user => vec![format!("{user}:{secret}")],
        }
    }

    fn expected(&self) -> Option<Event> {
        let event = self.json.pointer("/expect/event")?;
        Some(Event::parse(event.to_string().as_bytes(), self.received_at()).unwrap())
    }
}

/// The payment that a refund names, as an event of its own delivery.
fn earlier(id: &str) -> Event {
    let samples = samples();
    let payment =
        samples.iter().find(|sample| sample.name.ends_with("yookassa/payment_succeeded.json")).unwrap();
    let event = payment.expected().unwrap();
    assert_eq!(event.event_id, id);
    event
}

#[test]
fn every_sample_becomes_what_it_says() {
    for sample in samples() {
        let (preset, settings) = (sample.preset(), sample.settings());
        let delivery = sample.delivery();
        let mut opened = Opened::all(&preset, &settings, &delivery).unwrap().pop().unwrap();
        if let Some(id) = opened.earlier() {
            opened.with_earlier(&earlier(&id));
        }
        let trial = opened.map();
        match sample.text("/expect/outcome") {
            "event" => {
                let Mapped::Event(event) = &trial.mapped else {
                    panic!("{}: {:?}", sample.name, trial.mapped)
                };
                assert_eq!(event.to_json(), sample.expected().unwrap().to_json(), "{}", sample.name);
            }
            "skipped" => {
                let reason: Skip = sample.text("/expect/reason").parse().unwrap();
                assert_eq!(trial.mapped, Mapped::Skipped(reason), "{}", sample.name);
            }
            "unauthorized" => {}
            other => panic!("{other}"),
        }
    }
}

#[test]
fn every_sample_passes_the_check_of_its_system_unless_it_must_not() {
    for sample in samples() {
        let (preset, delivery) = (sample.preset(), sample.delivery());
        let Some(check) = &preset.check else { continue };
        let forwarded = delivery.headers.iter().find(|(name, _)| name == "x-forwarded-for");
        let address = forwarded.map_or("192.0.2.1", |(_, address)| address).parse().unwrap();
        let request = Request {
            headers: &delivery.headers,
            query: &delivery.query,
            body: &delivery.body,
            address,
            now: delivery.received_at,
        };
        let is_ping = sample.text("/expect/reason") == "ping";
        let must_pass = sample.text("/expect/outcome") != "unauthorized" && !is_ping;
        assert_eq!(check.passes(&request, &sample.secrets()), must_pass, "{}", sample.name);
        assert!(!check.needs_secret() || !check.passes(&request, &["other".to_owned()]), "{}", sample.name);
    }
}

/// Maps a delivery that needs no earlier event.
fn map(preset: &Preset, settings: &Settings, delivery: &Delivery) -> Trial {
    Opened::all(preset, settings, delivery).map_or_else(Trial::failed, |opened| opened[0].map())
}

fn paste(body: &str) -> Trial {
    let delivery = Delivery {
        received_at: Timestamp::from_millis(1_795_262_700_000),
        headers: Vec::new(),
        query: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    map(
        &shipped::find("paste").unwrap(),
        &Settings { name: "desk".to_owned(), ..Settings::default() },
        &delivery,
    )
}

#[test]
fn a_contact_without_an_id_is_no_customer() {
    let okdesk = shipped::find("okdesk").unwrap();
    let sample =
        samples().into_iter().find(|sample| sample.name.ends_with("okdesk/ticket_closed.json")).unwrap();
    let mut delivery = sample.delivery();
    let body = String::from_utf8(delivery.body).unwrap();
    delivery.body = body.replace(r#""id":"21""#, r#""id":"""#).replace(r#""id":"15""#, r#""id":null"#).into();
    let trial = map(&okdesk, &sample.settings(), &delivery);
    let absent = |message: &str| {
        Mapped::Failed(Failure::Field { field: "customer.id".to_owned(), message: message.to_owned() })
    };
    let named = "absent: the delivery has no issue.client.company.id and no issue.client.contact.id";
    assert_eq!(trial.mapped, absent(named));
    // A template writes its prefix also before an empty value.
    let trial = paste(r#"{"kind":"ticket_closed","customer":{"id":"freshdesk:"},"subject":{"id":"1"}}"#);
    let nobodys = "is nobody's: empty, 0, a word like null, or a placeholder that was not filled in";
    assert_eq!(trial.mapped, absent(nobodys));
}

#[test]
fn empty_texts_are_absent_and_what_does_not_fit_is_left_out() {
    let trial = paste(
        r#"{"kind":"ticket_closed","event_id":7,"customer":{"id":"C","phone":"","name":"","telegram_id":"-5","timezone":"Mars"},
            "subject":{"id":"","url":"javascript:x"},"tags":"","agent":{"name":"{{ 7*7 }} <b>\r\nX"},"metrics":{"messages":"-1"}}"#,
    );
    let Mapped::Event(event) = &trial.mapped else { panic!("{:?}", trial.mapped) };
    assert_eq!(event.event_id, "7");
    assert_eq!(event.agent.name.as_deref(), Some("{{ 7*7 }} <b>  X"), "it is data and nothing else");
    assert_eq!((&event.customer.phone, &event.customer.timezone, &event.subject.url), (&None, &None, &None));
    let dropped: Vec<&str> = trial
        .repairs
        .iter()
        .filter(|repair| repair.what == What::Dropped)
        .map(|repair| repair.field.as_str())
        .collect();
    assert_eq!(dropped, ["customer.telegram_id", "customer.timezone", "subject.url", "metrics.messages"]);
}

#[test]
fn a_delivery_id_that_no_database_can_look_up_is_none() {
    let preset = Preset::parse("preset = \"own\"\nextends = \"paste\"\ndelivery_id = \"number\"\n").unwrap();
    let id = |number: &str| {
        let delivery = Delivery {
            received_at: Timestamp::from_millis(0),
            headers: Vec::new(),
            query: Vec::new(),
            body: format!("{{\"number\":\"{number}\"}}").into_bytes(),
        };
        map(&preset, &Settings::default(), &delivery).delivery_id
    };
    assert_eq!(id("d-7").as_deref(), Some("d-7"));
    assert_eq!((id("d\\u0000"), id(&"x".repeat(5000))), (None, None));
}

#[test]
fn a_time_ahead_of_the_delivery_asks_for_the_time_zone() {
    let trial = paste(
        r#"{"kind":"purchase","event_id":"e","customer":{"id":"C"},"occurred_at":"2026-11-21 15:04:05"}"#,
    );
    let Mapped::Failed(failure) = trial.mapped else { panic!("{:?}", trial.mapped) };
    assert_eq!(
        failure.to_string(),
        "occurred_at: is more than 10 minutes in the future; is UTC the right time zone (tz)?"
    );
}

#[test]
fn a_rule_that_takes_too_long_is_stopped_and_says_so() {
    let source = r#"
preset = "slow"
[[rule]]
when = "range(100000)|list|length > 0"
kind = "'purchase'"
set = "x"
[set.x]
event_id = "id"
occurred_at = "received_at"
"customer.id" = "id"
"#;
    let slow = Preset::parse(source).unwrap();
    let delivery = Delivery {
        received_at: Timestamp::from_millis(0),
        headers: Vec::new(),
        query: Vec::new(),
        body: b"{}".to_vec(),
    };
    let trial = map(&slow, &Settings::default(), &delivery);
    let Mapped::Failed(failure) = trial.mapped else { panic!("{:?}", trial.mapped) };
    assert_eq!(failure.to_string(), "rule 1, when: takes too long: it was stopped");
}

const SEVERAL: &str = r#"
preset = "several"
each = "events"
delivery_id = "query.requestId"
[[rule]]
when = "item.action == 'UPDATE'"
kind = "'purchase'"
set = "order"
[set.order]
event_id = "cat('order-', item.order.number)"
occurred_at = "received_at"
"customer.id" = "item.order.client"
"customer.name" = "item.order.cleint_name"
"#;

fn several(body: &str) -> Result<Vec<Trial>, Failure> {
    let delivery = Delivery {
        received_at: Timestamp::from_millis(1_795_262_700_000),
        headers: Vec::new(),
        query: vec![("requestId".to_owned(), "r-1".to_owned())],
        body: body.as_bytes().to_vec(),
    };
    let preset = Preset::parse(SEVERAL).unwrap();
    let settings = Settings::default();
    Opened::all(&preset, &settings, &delivery).map(|all| all.iter().map(Opened::map).collect())
}

#[test]
fn each_element_of_a_delivery_is_mapped_by_itself() {
    let body = r#"{"events":[{"action":"UPDATE","order":{"number":1,"client":"A"}},{"action":"DELETE"},
        {"action":"UPDATE","order":{"number":3}}]}"#;
    let trials = several(body).unwrap();
    let told: Vec<String> = trials
        .iter()
        .map(|trial| match &trial.mapped {
            Mapped::Event(event) => event.event_id.clone(),
            Mapped::Skipped(skip) => skip.to_string(),
            Mapped::Failed(failure) => failure.to_string(),
        })
        .collect();
    assert_eq!(told, ["order-1", "no_rule", "customer.id: absent: the delivery has no item.order.client"]);
    assert!(trials.iter().all(|trial| trial.delivery_id.as_deref() == Some("r-1")));
    let members = r#"{"events":{"0":{"action":"UPDATE","order":{"number":7,"client":"A"}},"1":{}}}"#;
    assert_eq!(several(members).unwrap().len(), 2, "a form has objects and no lists");
    assert_eq!(several("{}"), Ok(Vec::new()));
    assert_eq!(several(r#"{"events":"x"}"#).unwrap_err().to_string(), "each: is no list and no object");
    let many = format!("{{\"events\":[{}]}}", vec!["{}"; 101].join(","));
    assert_eq!(several(&many).unwrap_err().to_string(), "each: holds more than 100");
}

#[test]
fn a_name_for_which_a_delivery_has_nothing_is_told_with_what_was_meant() {
    let delivery = Delivery {
        received_at: Timestamp::from_millis(0),
        headers: Vec::new(),
        query: Vec::new(),
        body: br#"{"events":[{"action":"UPDATE","order":{"number":1,"client_name":"A"}}]}"#.to_vec(),
    };
    let preset = Preset::parse(SEVERAL).unwrap();
    let settings = Settings::default();
    let opened = Opened::all(&preset, &settings, &delivery).unwrap().pop().unwrap();
    let missing = |place: &str, path: &str, meant: Option<&str>| Missing {
        place: place.to_owned(),
        path: path.to_owned(),
        meant: meant.map(str::to_owned),
    };
    assert_eq!(
        opened.missing(),
        [
            missing("delivery_id", "query.requestId", None),
            missing("rule 1, customer.id", "item.order.client", None),
            missing("rule 1, customer.name", "item.order.cleint_name", Some("client_name")),
        ]
    );
}
