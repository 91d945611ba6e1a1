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
        "received_at": "2026-11-21T08:04:06.120Z", "customer_id": "C-42", "test": false,
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
        "subject_id": "1001", "sent_at": "2026-11-22T09:00:00Z", "case_number": null, "disputed": null, "test": false
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
        "segments": ["gold"], "agent_since": null, "automation": null, "test": false, "answers": [answer()]
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
        "human_requests": []
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

pub(super) fn figures() -> Value {
    json!({
        "period": {"from": "2026-10-01", "to": "2026-10-31", "zone": "Europe/Moscow", "settled": false, "open": 2},
        "compare": {"from": "2026-09-01", "to": "2026-09-30", "zone": "Europe/Moscow", "settled": true, "open": 0},
        "filter": {"script": ["support"]},
        "url": "/v1/figures?script=support&question=agent&index=mean&period=2026-10&compare=previous",
        "ledger": {"events": 16, "eligible": 15, "delivered": 13, "answered": 12, "completed": 11, "open": 2,
                   "response_rate": 0.923_076_923_076_923_1, "coverage": 0.8,
                   "states": {"completed": 11, "partial(stopped)": 1, "scheduled": 1, "sent": 1,
                              "suppressed(cancelled)": 1, "suppressed(sampled_out)": 1}},
        "questions": [{
            "script": "support", "question": "agent", "metric": "csi", "scale": "1-5", "factor": "support", "rho": 0.3,
            "rows": [{
                "key": null, "n": 12, "customers": 11, "deff": 1.05, "values": {"1": 2, "2": 5, "3": 2, "4": 1, "5": 2},
                "indices": {"mean": {
                    "value": 2.666_666_666_666_667, "lo": 1.952_658_411_831_645_7, "hi": 3.480_259_882_439_957,
                    "state": "wide", "bounds": [2.333_333_333_333_333, 3.133_333_333_333_333_3],
                    "compare": {"n": 11, "value": 3.909_090_909_090_909, "diff": -1.242_424_242_424_242_4,
                                "lo": -2.197_539_193_877_586, "hi": 0.044_087_758_062_630_655,
                                "p": 0.058_810_210_815_299_066, "verdict": "no_change"}
                }}
            }]
        }]
    })
}

/// What every report begins with.
fn head(path: &str) -> Value {
    json!({
        "period": {"from": "2026-10-01", "to": "2026-10-31", "zone": "Europe/Moscow", "settled": true, "open": 0},
        "filter": {"team": ["first-line"]},
        "url": format!("/v1/figures/{path}?script=support&team=first-line&period=2026-10"),
        "ledger": {"events": 120, "eligible": 110, "delivered": 90, "answered": 60, "completed": 55, "open": 0,
                   "response_rate": 0.666_666_666_666_666_6, "coverage": 0.545_454_545_454_545_4,
                   "states": {"completed": 55, "partial(expired)": 5, "expired(untouched)": 30,
                              "undeliverable(never_linked)": 20, "suppressed(cancelled)": 10}},
    })
}

fn report(path: &str, question: &Value) -> Value {
    let mut report = head(path);
    report["questions"] = json!([question]);
    report
}

pub(super) fn agents() -> Value {
    report(
        "agents",
        &json!({
            "script": "support", "question": "agent", "index": "mean", "ranked": [],
            "compared": [{"key": "a-17", "name": "Ольга", "n": 30, "rest_n": 30, "value": 4.5, "lo": 4.1, "hi": 4.8,
                          "rest": 3.9, "q": 0.03, "label": "higher"}],
            "unranked": [{"key": "a-21", "n_new": 7, "n": 0}],
        }),
    )
}

pub(super) fn topics() -> Value {
    report(
        "topics",
        &json!({
            "script": "support", "question": "agent", "index": "low",
            "rows": [{"key": "refund", "n": 20, "rest_n": 40, "value": 40.0, "lo": 21.9, "hi": 61.3, "rest": 10.0,
                      "impact": 10.0, "impact_lo": 2.0, "impact_hi": 17.4, "q": 0.01, "label": "higher"}],
        }),
    )
}

pub(super) fn reasons() -> Value {
    report(
        "reasons",
        &json!({
            "script": "support", "question": "agent", "low": 15, "given": 12,
            "reasons": [{"key": "slow", "count": 9, "value": 75.0, "lo": 46.8, "hi": 91.1, "state": "wide",
                         "together": 75.0}],
        }),
    )
}

pub(super) fn bounds() -> Value {
    report(
        "bounds",
        &json!({
            "script": "support", "question": "agent", "index": "mean", "n": 60, "eligible": 110, "bounds": [2.7, 4.5],
            "late": {"n": 12, "compare": {"n": 47, "value": 4.3, "diff": -0.2, "lo": -0.9, "hi": 0.3, "p": 0.4,
                                          "verdict": "no_change"}},
        }),
    )
}

pub(super) fn importance() -> Value {
    let figure = |value: f64, lo: f64, hi: f64| json!({"value": value, "lo": lo, "hi": hi, "state": "ok"});
    let mut report = head("importance");
    report["scripts"] = json!([{
        "script": "importance", "customers": 60, "simple": 6.55, "weighted": figure(6.52, 6.1, 6.9),
        "factors": [{
            "factor": "delivery", "importance": figure(8.9, 8.4, 9.3), "satisfaction": figure(6.1, 5.5, 6.7),
            "weight": 0.3, "gap": -2.8, "gap_lo": -3.6, "gap_hi": -2.0, "important": "high", "satisfied": "low"
        }]
    }]);
    report
}

pub(super) fn drivers() -> Value {
    let mut report = head("drivers");
    report["scripts"] = json!([{
        "script": "purchase", "outcome": "recommend", "state": "found", "n": 420, "r2": 0.41, "explains_little": false,
        "factors": [{"question": "goods", "factor": "goods", "share": 0.62, "lo": 0.51, "hi": 0.73,
                     "correlation": 0.58, "mean": 0.81}]
    }]);
    report
}

pub(super) fn decomposition() -> Value {
    let mut report = report(
        "decomposition",
        &json!({
            "script": "support", "question": "agent", "index": "csat", "n_before": 300, "n": 320, "change": 10.0,
            "mix": {"value": -4.0, "lo": -6.0, "hi": -2.0}, "rate": {"value": 14.0, "lo": 7.0, "hi": 21.0},
            "groups": [{"key": "new", "share_before": 0.2, "share": 0.4, "mix": -3.0, "rate": 5.0}],
        }),
    );
    report["by"] = json!("tenure");
    report["compare"] = json!({"from": "2026-09-01", "to": "2026-09-30", "zone": "Europe/Moscow", "settled": true, "open": 0});
    report
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
