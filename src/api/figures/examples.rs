//! Examples of figures and reports. Tests compare the replies with their description.

use serde_json::{Value, json};

pub(super) fn figures() -> Value {
    let ledger = json!({"events": 16, "eligible": 15, "delivered": 13, "answered": 12, "completed": 11, "open": 2,
                        "response_rate": 0.923_076_923_076_923_1, "coverage": 0.8,
                        "states": {"completed": 11, "partial(stopped)": 1, "scheduled": 1, "sent": 1,
                                   "suppressed(cancelled)": 1, "suppressed(sampled_out)": 1}});
    json!({
        "period": {"from": "2026-10-01", "to": "2026-10-31", "zone": "Europe/Moscow", "settled": false, "open": 2},
        "compare": {"from": "2026-09-01", "to": "2026-09-30", "zone": "Europe/Moscow", "settled": true, "open": 0},
        "filter": {"script": ["support"]},
        "url": "/v1/figures?script=support&question=agent&index=mean&period=2026-10&compare=previous",
        "ledger": ledger,
        "questions": [{
            "script": "support", "question": "agent", "metric": "csi", "scale": "1-5", "factor": "support", "rho": 0.3,
            "rows": [{
                "key": null, "ledger": ledger, "n": 12, "customers": 11, "deff": 1.05, "values": {"1": 2, "2": 5, "3": 2, "4": 1, "5": 2},
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
            "compared": [{"key": "a-17", "name": "Ольга", "n": 30, "n_new": 0, "rest_n": 30,
                          "state": "ok", "value": 4.5, "lo": 4.1, "hi": 4.8,
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
            "rows": [{"key": "refund", "n": 20, "rest_n": 40, "state": "wide", "value": 40.0, "lo": 21.9, "hi": 61.3, "rest": 10.0,
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
    let mut weighted = figure(6.52, 6.1, 6.9);
    weighted["bounds"] = json!([2.9, 8.1]);
    let mut report = head("importance");
    report["scripts"] = json!([{
        "script": "importance", "customers": 60, "simple": 6.55, "weighted": weighted,
        "factors": [{
            "factor": "delivery", "importance_n": 60, "importance": figure(8.9, 8.4, 9.3),
            "satisfaction_n": 58, "satisfaction": figure(6.1, 5.5, 6.7),
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
            "script": "support", "question": "agent", "index": "csat", "comparable": true, "n_before": 300, "n": 320, "change": 10.0,
            "mix": {"value": -4.0, "lo": -6.0, "hi": -2.0}, "rate": {"value": 14.0, "lo": 7.0, "hi": 21.0},
            "groups": [{"key": "new", "n_before": 60, "n": 128, "share_before": 0.2, "share": 0.4, "mix": -3.0, "rate": 5.0}],
        }),
    );
    report["by"] = json!("tenure");
    report["compare"] = json!({"from": "2026-09-01", "to": "2026-09-30", "zone": "Europe/Moscow", "settled": true, "open": 0});
    report
}

pub(super) fn waiting() -> Value {
    let share = |count: u64, n: u64, value: f64, lo: f64, hi: f64| json!({"count": count, "n": n, "value": value, "lo": lo, "hi": hi, "state": "ok"});
    let too_few = json!({
        "n": 60, "low": 15, "missing": 0, "deff": 1.0, "edges": 4, "verdict": "too_few", "trend_z": null,
        "trend_p": null, "odds_ratio": null, "bins": [{"from": 63.0, "until": 68.8, "n": 60, "low": 15}], "curve": []
    });
    report(
        "waiting",
        &json!({
            "script": "support", "question": "agent", "index": "low",
            "first_response": {
                "n": 1200, "low": 180, "missing": 14, "deff": 1.03, "edges": 22, "verdict": "break", "trend_z": 8.1,
                "trend_p": 5.6e-16, "odds_ratio": 1.9,
                "critical": {"seconds": 860.1, "lo": 607.9, "hi": 1217.7, "shape": "hinge",
                             "before": share(48, 640, 7.5, 5.6, 9.9), "after": share(132, 560, 23.6, 20.2, 27.3)},
                "bins": [{"from": 860.1, "until": 938.0, "n": 40, "low": 6}],
                "curve": [{"seconds": 898.2, "low": 9.4}]
            },
            "resolution": too_few
        }),
    )
}

pub(super) fn kpis() -> Value {
    let share = |count: u64, n: u64, value: f64, lo: f64, hi: f64| json!({"count": count, "n": n, "value": value, "lo": lo, "hi": hi, "state": "ok"});
    let durations = |n: u64, missing: u64, median: [u64; 3], p90: [u64; 3], mean: f64| {
        json!({"n": n, "missing": missing, "state": "ok", "median": median[0], "median_lo": median[1], "median_hi": median[2],
               "p90": p90[0], "p90_lo": p90[1], "p90_hi": p90[2], "mean": mean})
    };
    let rate = json!({"contacts": 2400, "state": "ok", "value": 12.0, "lo": 11.5, "hi": 12.6});
    let mut of_channel = rate.clone();
    of_channel["channel"] = json!("telegram");
    let mut first_response = durations(2210, 90, [310, 296, 325], [1900, 1795, 2060], 820.4);
    first_response["within"] = share(1768, 2210, 80.0, 78.3, 81.6);
    let mut report = head("kpis");
    report["url"] = json!("/v1/figures/kpis?team=first-line&period=2026-10&first_response_target=15m");
    report["tickets"] = json!({
        "opened": 2400, "reopened": 110, "closed": 2300, "closed_only": false, "first_response": first_response,
        "resolution": durations(2290, 10, [9400, 9010, 9830], [86_000, 82_100, 91_300], 30_400.0),
        "backlog": durations(140, 0, [52_000, 41_000, 66_000], [410_000, 300_000, 520_000], 140_000.5),
        "time_to_close": {"n": 2400, "closed": 2270, "state": "ok", "median": 9800, "p90": 97_000},
        "messages": {"sum": 13_800, "tickets": 2300, "per_day": 445.2, "per_ticket": 6.0, "state": "ok"},
        "overdue": share(184, 2300, 8.0, 7.0, 9.2),
        "first_contact_resolution": {"of_said": share(1265, 2100, 60.2, 58.1, 62.3),
                                     "of_closed": share(1265, 2300, 55.0, 53.0, 57.0)},
        "reopen_rate": share(92, 2300, 4.0, 3.3, 4.9)
    });
    report["contact_rate"] =
        json!({"of": "opened", "purchases": 20_000, "total": rate, "channels": [of_channel]});
    let mut cause = share(28, 96, 29.2, 21.0, 38.9);
    cause["cause"] = json!("delivery");
    report["cases"] = json!({
        "opened": 104, "resolved": 96, "contacted_in_time": share(95, 102, 93.1, 86.5, 96.6),
        "resolved_share": share(96, 104, 92.3, 85.6, 96.1),
        "time_to_resolve": {"n": 104, "closed": 96, "state": "ok", "median": 14_400, "p90": 80_000},
        "recovered": share(30, 41, 73.2, 58.1, 84.3), "causes": [cause]
    });
    report
}
