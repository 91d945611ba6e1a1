//! Deliveries to shipped presets in situations that no sample shows.

use serde_json::{Value, json};

use super::mapping::{Delivery, Mapped, Opened, Settings};
use super::*;
use crate::domain::event::Event;
use crate::domain::time::Timestamp;

/// 2026-11-21T12:05:00Z
const NOW: Timestamp = Timestamp::from_millis(1_795_262_700_000);
const FORM: &str = "application/x-www-form-urlencoded";

fn map(preset: &str, content_type: &str, query: &[(&str, &str)], body: &str) -> Trial {
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let delivery = Delivery {
        received_at: NOW,
        headers: vec![text(&("content-type", content_type))],
        query: query.iter().map(text).collect(),
        body: body.as_bytes().to_vec(),
    };
    let preset = shipped::find(preset).unwrap();
    let settings = Settings { name: "desk".to_owned(), ..Settings::default() };
    Opened::all(&preset, &settings, &delivery).map_or_else(Trial::failed, |opened| opened[0].map())
}

fn event(trial: Trial) -> Event {
    match trial.mapped {
        Mapped::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

fn chatwoot(more: &Value) -> Event {
    let mut body = json!({
        "event": "conversation_status_changed", "id": 7, "status": "resolved", "channel": "Channel::Telegram",
        "created_at": 1_795_262_000, "timestamp": 1_795_262_000, "updated_at": 1_795_262_600.75,
        "meta": { "sender": { "id": 3, "identifier": null }, "assignee": { "id": 17, "name": "Ольга", "type": "user" } },
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    event(map("chatwoot", "application/json", &[], &body.to_string()))
}

#[test]
fn a_chat_is_closed_when_its_status_changes_and_not_at_its_last_message() {
    let closed = chatwoot(&json!({}));
    assert_eq!(closed.occurred_at, Timestamp::from_millis(1_795_262_600_000));
    assert_eq!(closed.event_id, "chatwoot-7@1795262600");
    assert_eq!(closed.metrics.resolution_s, Some(600));
    let again = chatwoot(&json!({ "updated_at": 1_795_262_650 }));
    assert_ne!(again.event_id, closed.event_id, "nobody wrote in between");
}

#[test]
fn a_bot_is_an_automation_and_no_agent() {
    let bot = json!({ "sender": { "id": 3 }, "assignee": { "id": 17, "name": "Fin", "type": "agent_bot" } });
    let by_bot = chatwoot(&json!({ "meta": bot, "channel": null }));
    assert_eq!((by_bot.agent.id, by_bot.automation.as_deref(), by_bot.channel), (None, Some("Fin"), None));
    let by_olga = chatwoot(&json!({}));
    assert_eq!((by_olga.agent.id.as_deref(), by_olga.automation), (Some("17"), None));
    let blank = chatwoot(&json!({ "meta": { "sender": { "id": 3, "identifier": " " } } }));
    assert_eq!(blank.customer.id, "chatwoot:3", "a blank text is absent");
}

#[test]
fn the_system_itself_is_neither_an_agent_nor_a_customer() {
    let ticket = |customer: Value, owner: Value| {
        let ticket = json!({ "ticket": {
            "id": 5, "state": "closed", "updated_at": "2026-11-21T12:00:00Z", "customer": customer, "owner": owner,
        }});
        map("zammad", "application/json", &[("kind", "ticket_closed")], &ticket.to_string())
    };
    let system = json!({ "id": 1, "firstname": "-", "lastname": "" });
    let unowned = event(ticket(json!({ "id": 9, "firstname": "Анна" }), system.clone()));
    assert_eq!((unowned.agent.id, unowned.agent.name), (None, None));
    let Mapped::Failed(failure) = ticket(system, json!({ "id": 4 })).mapped else { panic!("a customer") };
    assert!(failure.to_string().starts_with("customer.id: absent"), "{failure}");
}

#[test]
fn other_events_of_a_sender_are_none_of_ours() {
    let of = |body: &str| map("standard", "application/json", &[], body).mapped;
    assert_eq!(
        of(r#"{"type":"invoice.paid","data":{"customer":{"id":"C"}}}"#),
        Mapped::Skipped(Skip::NoRule)
    );
    let wrong = of(r#"{"type":"x","data":{"kind":"purchas","event_id":"e","customer":{"id":"C"}}}"#);
    assert!(matches!(wrong, Mapped::Failed(_)), "{wrong:?}");
}

#[test]
fn a_form_may_come_as_json_or_in_the_address_and_an_order_may_have_a_number_only() {
    let form = "order_id=&order_number=10C&customer_id=5&status=complete";
    let by_form = event(map("retailcrm", FORM, &[], form));
    assert_eq!(
        (by_form.event_id.as_str(), by_form.subject.id.as_deref()),
        ("retailcrm-order-10C", Some("10C"))
    );
    let body = r#"{"order_id":"","order_number":"10C","customer_id":"5","status":"complete"}"#;
    assert_eq!(event(map("retailcrm", "application/json", &[], body)), by_form);
    let query = [("order_number", "10C"), ("customer_id", "5"), ("status", "complete")];
    assert_eq!(event(map("retailcrm", "", &query, "")), by_form);
    let ping = map("tilda", "application/json", &[], r#"{"test":"test"}"#).mapped;
    assert_eq!(ping, Mapped::Skipped(Skip::Ping));
}

#[test]
fn a_time_that_a_field_cannot_be_computed_from_costs_only_the_field() {
    for wrong in ["—", "0000-00-00 00:00:00", "soon"] {
        let body = json!({
            "event": { "event_type": "new_ticket_status", "new_status": { "code": "completed" }, "old_status": { "code": "opened" } },
            "issue": {
                "id": 8, "completed_at": "2026-11-21T15:00:00+03:00", "created_at": "2026-11-21T14:00:00+03:00",
                "reacted_at": wrong, "client": { "contact": { "id": 21 } },
            },
        });
        let closed = event(map("okdesk", "application/json", &[], &body.to_string()));
        assert_eq!(closed.metrics.first_response_s, None, "{wrong}");
        assert_eq!(closed.metrics.resolution_s, Some(3600));
    }
}

#[test]
fn what_a_template_spoils_is_noted() {
    let body = "{\"kind\":\"purchase\",\"customer.id\":\"42\",\"subject.id\":\"7\",\"subject.title\":\"Стол\nи стул\"}";
    let trial = map("paste", "application/json", &[], body);
    let noted = trial.repairs.iter().find(|repair| repair.field == "body").map(|repair| repair.what);
    assert_eq!(noted, Some(What::Controls));
    let bought = event(trial);
    assert_eq!((bought.customer.id.as_str(), bought.subject.title.as_deref()), ("42", Some("Стол и стул")));
}

#[test]
fn a_language_is_known_without_its_country() {
    for (said, code) in [
        ("English (United States)", "en"),
        ("English (UK)", "en"),
        ("Português do Brasil", "pt"),
        ("Chinese (Simplified)", "zh"),
        ("Español (Latinoamérica)", "es"),
    ] {
        let body =
            json!({ "kind": "purchase", "event_id": "e", "customer": { "id": "C", "language": said } });
        let bought = event(map("paste", "application/json", &[], &body.to_string()));
        assert_eq!(bought.customer.language.as_deref(), Some(code), "{said}");
    }
}
