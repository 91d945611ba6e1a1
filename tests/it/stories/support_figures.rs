//! The figures of a support desk: its KPIs, and how long its customers wait.

use afterword::domain::case::{Act, Cause, Contact};
use afterword::domain::ids::{CaseNumber, PersonId};
use afterword::service::{cases, tickets};
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, hours, minutes, script};

const BREAKPOINT: &str = include_str!("../../../src/domain/stats/tests/vectors/breakpoint.json");

const QUESTION: &str = r#"
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }
"#;

const DAY: u64 = 24 * 3600;

async fn kpis(story: &Story, query: &str) -> Value {
    let (status, report) = story.get(&format!("/v1/figures/kpis?{query}")).await;
    assert_eq!(status, 200, "{report}");
    report
}

/// Some members of an object, as far as they are expected.
fn assert_has(of: &str, found: &Value, expected: &Value) {
    for (name, expected) in expected.as_object().unwrap() {
        match expected {
            Value::Object(_) => assert_has(&format!("{of}.{name}"), &found[name], expected),
            _ => assert_eq!(&found[name], expected, "{of}.{name} in {found}"),
        }
    }
}

/// Twelve days of a desk, which began on a Saturday: three tickets opened, of which one is reopened, and one that was
/// only reported closed.
async fn lived(story: &Story) {
    for order in 0..20 {
        story.purchase(&order.to_string(), "C-1", json!({})).await;
    }
    story.happened("ticket_opened", "T-1", "C-1", json!({ "channel": "chat" })).await;
    story.happened("ticket_opened", "T-2", "C-2", json!({ "channel": "chat" })).await;
    story.advance(hours(1)).await;
    story.happened("ticket_opened", "T-3", "C-3", json!({ "channel": "phone" })).await;
    let metrics = json!({ "first_response_s": 60, "resolution_s": 3600, "messages": 4, "sla_breached": false,
                          "first_contact_resolution": true });
    story
        .ticket("T-1", "C-1", json!({ "agent": { "id": "a-1", "team": "north" }, "metrics": metrics }))
        .await;
    story.advance(hours(1)).await;
    let metrics =
        json!({ "first_response_s": 120, "resolution_s": 7200, "messages": 8, "sla_breached": true });
    story
        .ticket("T-2", "C-2", json!({ "agent": { "id": "a-2", "team": "south" }, "metrics": metrics }))
        .await;
}

#[tokio::test]
pub async fn the_kpis_of_a_desk_are_what_its_events_come_to() {
    let story = Setting::new().await.set("MIN_N", "1").start().await;
    lived(&story).await;
    // What has just come is in the figures at once.
    let first = kpis(&story, "period=2026-11-21").await;
    assert_has(
        "at once",
        &first["tickets"],
        &json!({
            "opened": 3, "closed": 2, "reopened": 0, "closed_only": false, "backlog": { "n": 1, "median": 3600 },
            "time_to_close": { "n": 3, "closed": 2, "median": 7200, "p90": 7200 }, "reopen_rate": { "n": 0, "value": null },
        }),
    );
    story.advance(hours(24)).await;
    story.happened("ticket_reopened", "T-2", "C-2", json!({})).await;
    story.advance(hours(7 * 24)).await;
    story.ticket("T-4", "C-4", json!({})).await;
    story.advance(hours(3 * 24)).await;

    let found = kpis(&story, "period=2026-11&first_response_target=90s").await;
    assert_eq!(found["url"], "/v1/figures/kpis?period=2026-11&first_response_target=90s");
    assert_has(
        "tickets",
        &found["tickets"],
        &json!({
            "opened": 3, "closed": 3, "reopened": 1,
            "first_response": { "n": 2, "missing": 1, "median": 60, "p90": 120, "mean": 90.0,
                                "within": { "count": 1, "n": 2, "value": 50.0 } },
            "resolution": { "n": 2, "missing": 1, "median": 3600, "p90": 7200 },
            // T-2 is open since it was reopened, T-3 since it was opened.
            "backlog": { "n": 2 },
            "time_to_close": { "n": 3, "closed": 2, "median": 7200, "p90": null },
            "messages": { "sum": 12, "tickets": 2, "per_ticket": 6.0, "per_day": 0.4 },
            "overdue": { "count": 1, "n": 2, "value": 50.0 },
            "first_contact_resolution": { "of_said": { "count": 1, "n": 1 }, "of_closed": { "count": 1, "n": 3 } },
            // T-4 was closed less than seven days ago.
            "reopen_rate": { "count": 1, "n": 2, "value": 50.0 },
        }),
    );
    assert_has(
        "contacts",
        &found["contact_rate"],
        &json!({
            "of": "opened", "purchases": 20, "total": { "contacts": 3, "value": 15.0 },
        }),
    );
    let channels = found["contact_rate"]["channels"].as_array().unwrap();
    let channels: Vec<_> = channels.iter().map(|row| (&row["channel"], &row["contacts"])).collect();
    assert_eq!(channels, [(&json!("chat"), &json!(2)), (&json!("phone"), &json!(1))]);

    // Each number is about the event that the filter selects.
    let north = kpis(&story, "period=2026-11&team=north").await;
    assert_has(
        "north",
        &north["tickets"],
        &json!({
            "opened": 0, "closed": 1, "backlog": { "n": 0 }, "time_to_close": { "n": 0 },
            "reopen_rate": { "count": 0, "n": 1 },
        }),
    );
    let phone = kpis(&story, "period=2026-11&channel=phone").await;
    assert_has(
        "phone",
        &phone["tickets"],
        &json!({
            "opened": 1, "closed": 0, "backlog": { "n": 1 }, "time_to_close": { "n": 1, "closed": 0 },
        }),
    );
    // T-3 has been open since before this day.
    let later = kpis(&story, "period=2026-11-25&channel=phone").await;
    assert_has("later", &later["tickets"], &json!({ "opened": 0, "backlog": { "n": 1 } }));
    assert_eq!(later["tickets"]["backlog"]["median"].as_u64().unwrap(), 4 * DAY + 8 * 3600);
    let rows = story.csv("/v1/figures/kpis?period=2026-11").await;
    let row = rows.iter().find(|row| row["part"] == "tickets" && row["kpi"] == "reopen_rate").unwrap();
    assert_eq!((row["count"].as_str(), row["n"].as_str(), row["value"].as_str()), ("1", "2", "50"));

    // They stay what they are when the steps lose their events' words.
    story.delete("/v1/customers/C-3").await;
    story.advance(minutes(2)).await;
    let erased = kpis(&story, "period=2026-11").await;
    assert_has("erased", &erased["tickets"], &json!({ "opened": 3, "closed": 3, "backlog": { "n": 2 } }));
    for wrong in ["script=support", "by=team", "kind=purchase", "first_response_target=soon"] {
        let (status, refused) = story.get(&format!("/v1/figures/kpis?{wrong}")).await;
        let name = wrong.split('=').next().unwrap();
        assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!(name)), "{refused}");
    }
    story.end().await;
}

async fn act(story: &Story, number: i64, act: Act) {
    let mut unit = story.unit().await;
    cases::act(&mut unit, CaseNumber::new(number), act, None).await.unwrap().unwrap();
    unit.commit().await.unwrap();
    story.settle().await;
}

async fn rated(story: &Story, name: &str, customer: &str, ticket: &str, score: &str) -> Person {
    let person = story.customer(name, customer).await;
    story.ticket(ticket, customer, json!({ "agent": { "id": "a-1", "team": "north" } })).await;
    story.advance(minutes(1)).await;
    story.tap(person, score).await;
    person
}

#[tokio::test]
pub async fn the_kpis_of_cases_are_those_of_the_cases_opened_in_the_period() {
    let story = Setting::new().await.set("MIN_N", "1").start().await;
    let send = "delay_min = \"0s\"\ndelay = \"0s\"\nquiet_hours = \"off\"\nmin_gap = \"off\"";
    story.publish(&script("support", "on = \"ticket_closed\"", send, QUESTION)).await;
    let anna = rated(&story, "Анна", "C-1", "1", "1").await;
    rated(&story, "Борис", "C-2", "2", "2").await;
    rated(&story, "Вера", "C-3", "3", "5").await;
    let by = PersonId::new(story.lead.id);
    act(&story, 101, Act::Take { by, again: false }).await;
    let mut unit = story.unit().await;
    cases::contacted(&mut unit, CaseNumber::new(101), Contact::Otherwise).await.unwrap();
    unit.commit().await.unwrap();
    act(&story, 101, Act::Resolve { by, cause: Cause::Delivery, again: false }).await;
    story.advance(hours(2) + minutes(1)).await;
    story.tap(anna, "5").await;
    story.advance(hours(4 * 24)).await;

    let found = kpis(&story, "period=2026-11").await;
    assert_has(
        "cases",
        &found["cases"],
        &json!({
            "opened": 2, "resolved": 1,
            // The other is past its deadline by now.
            "contacted_in_time": { "count": 1, "n": 2, "value": 50.0 },
            "resolved_share": { "count": 1, "n": 2 },
            "time_to_resolve": { "n": 2, "closed": 1, "p90": null },
            "recovered": { "count": 1, "n": 1 },
        }),
    );
    let cause = &found["cases"]["causes"][0];
    assert_eq!((&cause["cause"], &cause["count"], &cause["n"]), (&json!("delivery"), &json!(1), &json!(1)));
    for (team, opened) in [("north", 2), ("south", 0)] {
        let found = kpis(&story, &format!("period=2026-11&team={team}")).await;
        assert_eq!(found["cases"]["opened"], json!(opened), "{team}");
    }
    // Times that are cut to days change nothing of what was done in time.
    story.delete("/v1/customers/C-1").await;
    story.advance(minutes(2)).await;
    let erased = kpis(&story, "period=2026-11").await;
    for member in ["contacted_in_time", "time_to_resolve", "recovered", "causes"] {
        assert_eq!(erased["cases"][member], found["cases"][member], "{member}");
    }
    story.end().await;
}

#[tokio::test]
pub async fn kpis_are_the_same_whether_the_steps_of_tickets_are_stored_or_have_just_come() {
    let story = Setting::new().await.set("MIN_N", "1").start().await;
    let mut chance = 7_u64;
    let mut any = |below: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % below
    };
    let now = story.clock.now();
    for batch in 0..3 {
        let events: Vec<Value> = (0..60)
            .map(|number| {
                // Few moments, so that some are the same; and they come in any order.
                let at = now.minus(hours(12 * any(50)));
                let channel = ["chat", "phone"][usize::try_from(any(2)).unwrap()];
                let team = ["north", "south"][usize::try_from(any(2)).unwrap()];
                let kind =
                    ["ticket_opened", "ticket_reopened", "ticket_closed"][usize::try_from(any(3)).unwrap()];
                json!({
                    "event_id": format!("{batch}-{number}"), "kind": kind, "occurred_at": at.to_rfc3339(),
                    "customer": { "id": format!("C-{}", any(4)) }, "subject": { "id": any(5).to_string() },
                    "channel": channel,
                    "agent": { "id": "a-1", "team": team, "since": "2026-09-01" },
                    "metrics": { "messages": any(9) },
                })
            })
            .collect();
        assert_eq!(story.post(&json!(events)).await.0, 200);
        let mut reports: Vec<Vec<Value>> = Vec::new();
        for is_stored in [false, true] {
            if is_stored {
                tickets::follow(&story.running.db, &story.running.ctx).await.unwrap();
            }
            let mut of_cuts = Vec::new();
            for cut in ["", "&team=north", "&channel=chat", "&team=south&channel=phone", "&tenure=new"] {
                for period in ["2026-11", "2026-11-03..2026-11-12", "2026-10"] {
                    let found = kpis(&story, &format!("period={period}{cut}")).await;
                    of_cuts.push(json!([cut, period, found["tickets"], found["contact_rate"]]));
                }
            }
            reports.push(of_cuts);
        }
        for (just_come, stored) in reports[0].iter().zip(&reports[1]) {
            assert_eq!(just_come, stored, "batch {batch}");
        }
        let known = &reports[0][0][2];
        let counted =
            ["backlog", "time_to_close", "reopen_rate"].map(|name| known[name]["n"].as_u64().unwrap());
        assert!(counted.iter().all(|n| *n > 0), "{counted:?}");
    }
    story.end().await;
}

/// Posts a closed ticket for each answer of a vector, and puts the answers in.
async fn answered(story: &Story, case: &Value) {
    let mut events = Vec::new();
    for row in case["answers"].as_array().unwrap() {
        let [seconds, answers, low] = [0, 1, 2].map(|place| row[place].as_u64().unwrap());
        for number in 0..answers {
            let id = format!("{seconds}-{number}");
            events.push(json!({
                "event_id": id, "kind": "ticket_closed", "occurred_at": story.clock.now().to_rfc3339(),
                "customer": { "id": id }, "tags": [if number < low { "low" } else { "fine" }],
                "metrics": { "first_response_s": seconds },
            }));
        }
    }
    for some in events.chunks(500) {
        let (status, answer) = story.post(&json!(some)).await;
        assert_eq!(status, 200, "{answer}");
    }
    story
        .sql("UPDATE surveys SET script = 'support', script_version = 1, state = 'completed', reason = NULL, sent_at = 1, ended_at = 1")
        .await;
    story
        .sql(
            "INSERT INTO answers (survey, question, part, value, band, answered_at, stored_at) \
             SELECT id, 'agent', 'answer', CASE tags WHEN 'low' THEN 1 ELSE 5 END, \
             CASE tags WHEN 'low' THEN 'low' ELSE 'high' END, 1, 1 FROM events",
        )
        .await;
    story.sql("INSERT INTO segment_marks (survey) SELECT id FROM surveys").await;
}

fn assert_near(of: &str, found: &Value, expected: f64) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{of}: {found} is no number"));
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{of}: {found} is not {expected}");
}

#[tokio::test]
pub async fn the_critical_wait_of_answers_is_that_of_the_vectors() {
    let vectors: Value = serde_json::from_str(BREAKPOINT).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["name"] == "a step at 10 min").unwrap();
    let story = Story::new().await;
    story.publish(&script("support", "on = \"ticket_closed\"", "", QUESTION)).await;
    answered(&story, case).await;
    let (status, report) = story.get("/v1/figures/waiting?script=support&period=2026-11").await;
    assert_eq!(status, 200, "{report}");
    let (found, expected) = (&report["questions"][0]["first_response"], &case["expected"]);
    assert_has(
        "counts",
        found,
        &json!({
            "n": expected["n"], "low": expected["low"], "missing": 0, "deff": 1.0, "verdict": "break",
        }),
    );
    let critical = &found["critical"];
    for (member, of) in [("seconds", "seconds"), ("lo", "lo_seconds"), ("hi", "hi_seconds")] {
        assert_near(member, &critical[member], expected[of].as_f64().unwrap());
    }
    for (member, of) in [("before", "share_before"), ("after", "share_after")] {
        for part in ["value", "lo", "hi"] {
            assert_near(member, &critical[member][part], 100.0 * expected[of][part].as_f64().unwrap());
        }
    }
    let sum = |member: &str| -> u64 {
        found["bins"].as_array().unwrap().iter().map(|bin| bin[member].as_u64().unwrap()).sum()
    };
    assert_eq!((json!(sum("n")), json!(sum("low"))), (expected["n"].clone(), expected["low"].clone()));
    let curve = found["curve"].as_array().unwrap();
    let shares: Vec<f64> = curve.iter().map(|point| point["low"].as_f64().unwrap()).collect();
    assert!(shares.is_sorted() && shares[0] < shares[shares.len() - 1], "a step up: {shares:?}");
    let resolution = &report["questions"][0]["resolution"];
    assert_eq!((&resolution["verdict"], &resolution["missing"]), (&json!("too_few"), &expected["n"]));
    let rows = story.csv("/v1/figures/waiting?script=support&period=2026-11").await;
    assert_eq!((rows.len(), rows[0]["verdict"].as_str()), (2, "break"));
    story.end().await;
}

#[tokio::test]
pub async fn the_page_of_the_desk_says_what_is_still_open() {
    let story = Setting::new().await.set("MIN_N", "5").start().await;
    for ticket in 0..12 {
        story.happened("ticket_opened", &format!("T-{ticket}"), "C-1", json!({})).await;
    }
    story.advance(hours(1)).await;
    let close = async |tickets: std::ops::Range<i32>| {
        for ticket in tickets {
            let metrics = json!({ "metrics": { "resolution_s": 600 } });
            story.ticket(&format!("T-{ticket}"), "C-1", metrics).await;
        }
    };
    close(0..3).await;
    story.advance(hours(1)).await;
    let lead = story.signed_in(story.lead).await;
    let half = lead.open("/support?period=2026-11").await;
    for said in ["половина ещё открыта (3 из 12 закрыто)", "медиана возраста в очереди 2 ч"]
    {
        assert!(half.html.contains(said), "{said}: {}", half.html);
    }
    assert!(!half.html.contains("с учётом открытых"), "{}", half.html);
    close(3..12).await;
    let all = lead.open("/support?period=2026-11").await;
    for said in ["с учётом открытых 2 ч", "с учётом открытых 9 из 10 быстрее 2 ч"]
    {
        assert!(all.html.contains(said), "{said}: {}", all.html);
    }
    assert!(
        !all.html.contains("половина ещё открыта") && !all.html.contains("медиана возраста"),
        "{}",
        all.html
    );
    story.end().await;
}
