//! Examples of requests and replies. Tests post the requests, and compare the replies with their description.

use serde_json::{Value, json};

pub(super) fn purchase() -> Value {
    json!({
        "event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T11:04:05+03:00",
        "customer": {"id": "C-42", "telegram_id": 700_000_001, "phone": "+79990000000", "email": "anna@example.com", "name": "Анна",
                     "language": "ru", "timezone": "Europe/Moscow", "segments": ["gold"]},
        "subject": {"id": "1001", "title": "Заказ №1001", "url": "https://shop.example/orders/1001"},
        "store": "msk-2", "channel": "site", "tags": ["delivery"], "extra": {"basket": 3}
    })
}

pub(super) fn ticket() -> Value {
    json!({
        "event_id": "T-7#2", "kind": "ticket_closed", "occurred_at": "2026-11-21T11:30:00+03:00",
        "customer": {"id": "C-42"}, "subject": {"id": "T-7", "title": "Обращение №7"},
        "agent": {"id": "a-17", "name": "Ольга", "team": "first-line", "since": "2026-09-01"},
        "automation": "auto-reply-delivery", "channel": "telegram", "tags": ["delivery", "refund"],
        "metrics": {"opened_at": "2026-11-21T10:30:00+03:00", "first_response_s": 45, "resolution_s": 3600,
                    "messages": 7, "reopened": 1, "sla_breached": false, "first_contact_resolution": false},
        "script": "support"
    })
}

pub(super) fn cancellation() -> Value {
    json!({
        "event_id": "order-1001-cancelled", "kind": "purchase_cancelled", "occurred_at": "2026-11-21T11:45:00+03:00",
        "customer": {"id": "C-42"}, "subject": {"id": "1001"}
    })
}

/// A body of two NDJSON lines.
pub(super) fn lines() -> String {
    format!("{}\n{}\n", ticket(), cancellation())
}

pub(super) fn receipt() -> Value {
    json!({
        "event_id": "order-1001", "survey_id": "0kYQ3XJ5v1d2mBqT", "state": "waiting_for_link",
        "link": "https://t.me/shop_bot?start=2fTz8mQwVb0a1cRkYJxP4A"
    })
}

pub(super) fn batch_reply() -> Value {
    json!({
        "accepted": 1, "known": 0, "rejected": 1, "left_out": 0,
        "results": [
            {"status": 202, "event_id": "T-7#2", "survey_id": "9aBcQ3XJ5v1d2mBq", "state": "suppressed",
             "reason": "no_script"},
            {"status": 422, "index": 1, "event_id": "order-1001-cancelled", "detail": "one field is wrong",
             "errors": [{"field": "subject.id", "message": "is required for purchase_cancelled"}]}
        ]
    })
}

pub(super) fn ledger() -> Value {
    json!({
        "event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T08:04:05Z",
        "received_at": "2026-11-21T08:04:06.120Z", "customer_id": "C-42", "test": false, "hook": null,
        "survey_id": "0kYQ3XJ5v1d2mBqT", "script": "purchase", "script_version": null, "state": "scheduled",
        "reason": null, "outcome": null, "due_at": "2026-11-22T09:00:00Z",
        "transitions": [
            {"state": "received", "at": "2026-11-21T08:04:06.120Z"},
            {"state": "scheduled", "at": "2026-11-21T08:04:06.120Z"}
        ]
    })
}

fn answer() -> Value {
    json!({
        "answer_id": "0kYQ3XJ5v1d2mBqT.agent.answer", "stored_at": "2026-11-22T09:01:00Z",
        "answered_at": "2026-11-22T09:01:00Z", "event_id": "order-1001", "event_kind": "purchase",
        "occurred_at": "2026-11-21T08:04:05Z", "survey_id": "0kYQ3XJ5v1d2mBqT", "script": "purchase",
        "script_version": 1, "question": "goods", "metric": "csi", "factor": "goods", "scale": "0-10", "value": 9,
        "options": [], "text": null, "attachments": [], "band": "high", "revision": 1, "withdrawn": false,
        "customer_id": "C-42", "segments": ["gold"], "agent_id": null, "agent_name": null, "agent_since": null,
        "automation": null, "team": null, "store": "msk-2", "channel": "site", "tags": ["delivery"],
        "subject_id": "1001", "sent_at": "2026-11-22T09:00:00Z", "case_number": null, "disputed": null, "test": false,
        "hook": null
    })
}

pub(super) fn answers() -> Value {
    json!({"answers": [answer()], "next": "AAAAAAAAAAHxJ0pQ", "more": false})
}

pub(super) fn survey() -> Value {
    json!({
        "survey_id": "0kYQ3XJ5v1d2mBqT", "event_id": "order-1001", "event_kind": "purchase", "script": "purchase",
        "script_version": 1, "customer_id": "C-42", "state": "started", "reason": null, "agent_id": null,
        "team": null, "store": "msk-2", "channel": "site", "tags": ["delivery"],
        "occurred_at": "2026-11-21T08:04:05Z", "due_at": "2026-11-22T09:00:00Z", "sent_at": "2026-11-22T09:00:00Z",
        "started_at": "2026-11-22T09:01:00Z", "completed_at": null, "reminded_at": null, "ended_at": null,
        "segments": ["gold"], "agent_since": null, "automation": null, "test": false, "hook": null,
        "answers": [answer()]
    })
}

pub(super) fn link() -> Value {
    json!({
        "url": "https://t.me/shop_bot?start=2fTz8mQwVb0a1cRkYJxP4A",
        "png": "https://survey.shop.example/q/2fTz8mQwVb0a1cRkYJxP4A.png",
        "svg": "https://survey.shop.example/q/2fTz8mQwVb0a1cRkYJxP4A.svg", "expires_at": "2026-12-21T09:00:00Z"
    })
}

pub(super) fn customer() -> Value {
    json!({
        "customer_id": "C-42", "name": "Анна", "language": "ru", "time_zone": "Europe/Moscow", "phone": "79990000000",
        "linked_by": null, "linked_at": null, "persons": [],
        "links": [{"token": null, "created_at": "2026-11-21T08:04:06Z", "expires_at": "2026-12-21T08:04:06Z",
                   "telegram_id": null, "bound_at": null}],
        "events": [{"event_id": "order-1001", "received_at": "2026-11-21T08:04:06Z", "event": purchase(),
                    "survey": null}],
        "cases": []
    })
}

pub(super) fn erased() -> Value {
    json!({"events": 2, "surveys": 1, "alerts": 0, "copies": 0})
}

pub(super) fn ready() -> Value {
    let fine = |detail: &str| json!({"ok": true, "detail": detail});
    json!({
        "status": "ready",
        "checks": {"database": fine("writable"), "telegram": fine("connected"), "backlog": fine("0 messages wait"),
                   "alert_chats": fine("there is a chat for alerts"), "work": fine("moving")}
    })
}

pub(super) fn not_ready() -> Value {
    let mut example = ready();
    example["status"] = json!("not ready");
    example["checks"]["database"] = json!({"ok": false, "detail": "no write was possible for 3 s"});
    example
}

fn case_columns() -> Value {
    json!({
        "case_number": 128, "opened_at": "2026-11-21T12:04:05Z", "customer_id": "C-42",
        "survey_id": "0kYQ3XJ5v1d2mBqT", "event_id": "T-7#2", "severity": "normal", "category": "slow",
        "status": "resolved", "owner": null, "first_contact_due_at": "2026-11-22T12:04:05Z",
        "first_contact_at": "2026-11-21T12:31:00Z", "resolution_due_at": "2026-11-23T12:04:05Z",
        "resolved_at": "2026-11-21T13:02:00Z", "cause": "delivery", "note": "Sent again by courier", "disputed": null,
        "recovery_value": 5, "reopened": 0, "source": "score", "subject_id": "T-7", "script": "support",
        "agent_id": "a-17", "team": "first-line", "store": null, "first_contact_how": "reply",
        "resolution_first_due_at": "2026-11-23T12:04:05Z", "resolved_by": 700_000_002, "recovery_band": "high",
        "joined_surveys": 0, "test": false, "revision": 9
    })
}

pub(super) fn cases() -> Value {
    json!({"cases": [case_columns()], "next": "AAAAAAAAABpnYzH1", "more": false})
}

pub(super) fn case() -> Value {
    let mut case = case_columns();
    case["steps"] = json!([
        {"kind": "case_opened", "at": "2026-11-21T12:04:05Z", "actor": null, "detail": "normal", "words": null},
        {"kind": "taken", "at": "2026-11-21T12:30:10Z", "actor": 700_000_002, "detail": null, "words": null}
    ]);
    case["messages"] = json!([
        {"side": "staff", "telegram_id": 700_000_002, "written_at": "2026-11-21T12:31:00Z",
         "text": "We are looking into it.", "kind": null, "file_id": null, "state": "delivered", "reason": null}
    ]);
    case
}
