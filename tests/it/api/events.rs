use serde_json::json;

use super::{Server, purchase};

#[tokio::test]
async fn an_event_is_taken_once_and_known_afterwards() {
    let server = Server::start().await;
    let first = server.post(&purchase("order/1 №#2")).await;
    assert_eq!(first.status, 202);
    assert_eq!(first.body["state"], "waiting_for_link");
    assert!(first.body["link"].as_str().unwrap().starts_with("https://t.me/afterword_bot?start="));
    let again = server.post(&purchase("order/1 №#2")).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let ledger = server.get("/v1/events/order%2F1%20%E2%84%96%232").await;
    assert_eq!(ledger.status, 200);
    assert_eq!(ledger.body["survey_id"], first.body["survey_id"]);
    assert_eq!(
        ledger.body["transitions"],
        json!([{"state": "received", "at": "2026-11-21T09:00:00Z"},
               {"state": "waiting_for_link", "at": "2026-11-21T09:00:00Z"}])
    );
}

#[tokio::test]
async fn other_content_under_a_known_id_names_the_fields_that_differ() {
    let server = Server::start().await;
    server.post(&purchase("e")).await;
    let mut other = purchase("e");
    other["store"] = json!("s");
    other["customer"]["name"] = json!("Anna");
    let conflict = server.post(&other).await;
    assert_eq!(conflict.status, 409);
    let fields: Vec<_> = conflict.body["errors"].as_array().unwrap().iter().map(|e| &e["field"]).collect();
    assert_eq!(fields, ["customer.name", "store"]);
}

#[tokio::test]
async fn a_batch_gives_each_event_its_own_result_in_the_order_given() {
    let server = Server::start().await;
    server.post(&purchase("known")).await;
    let mut conflicting = purchase("known");
    conflicting["tags"] = json!(["x"]);
    let mut wrong = purchase("wrong");
    wrong["customer"] = json!({"id": 5, "colour": "red"});
    let reply = server.post(&json!([purchase("new"), purchase("known"), conflicting, wrong, 7])).await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        (&reply.body["accepted"], &reply.body["known"], &reply.body["rejected"]),
        (&json!(1), &json!(1), &json!(3))
    );
    let results = reply.body["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [202, 200, 409, 422, 422]);
    assert_eq!(results[0]["state"], "waiting_for_link");
    assert_eq!(results[3]["event_id"], "wrong");
    let fields: Vec<_> = results[3]["errors"].as_array().unwrap().iter().map(|e| &e["field"]).collect();
    assert_eq!(fields, ["customer.id", "customer.colour"]);
    assert!(server.is_stored("new").await && !server.is_stored("wrong").await);
}

#[tokio::test]
async fn a_batch_of_thousands_and_an_empty_one_are_both_answered() {
    let server = Server::start().await;
    let events: Vec<_> = (0..2500).map(|n| purchase(&format!("e{n}"))).collect();
    let reply = server.post(&json!(events)).await;
    assert_eq!(reply.body["accepted"], 2500);
    assert_eq!(reply.body["results"][2499]["event_id"], "e2499");
    let empty = server.post(&json!([])).await;
    assert_eq!((empty.status, &empty.body["results"]), (200, &json!([])));
}

#[tokio::test]
async fn what_arrives_together_is_answered_each_with_its_own() {
    let server = Server::start().await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..64 {
        let request = server.request("POST", "/v1/events").json(&purchase(&format!("e{n}")));
        calls.spawn(async move { (n, super::reply(request).await) });
    }
    while let Some(call) = calls.join_next().await {
        let (n, reply) = call.unwrap();
        assert_eq!((reply.status, reply.body["event_id"].as_str().unwrap()), (202, format!("e{n}").as_str()));
        assert!(server.is_stored(&format!("e{n}")).await);
    }
}

#[tokio::test]
async fn lines_are_a_batch_in_which_a_broken_line_stops_no_other() {
    let server = Server::start().await;
    let mut body = format!("\u{feff}{}\r\n\n{{oops\n{}\n", purchase("first"), purchase("first")).into_bytes();
    body.extend_from_slice(b"{\"event_id\":\"\xff\"}\n");
    body.extend_from_slice(purchase("last").to_string().as_bytes());
    let request =
        server.request("POST", "/v1/events").header("content-type", "application/x-ndjson; charset=utf-8");
    let reply = super::reply(request.body(body)).await;
    assert_eq!(reply.status, 200);
    let results = reply.body["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [202, 400, 200, 400, 202]);
    assert!(results[1]["detail"].as_str().unwrap().contains("column 2"), "{}", results[1]);
    assert!(server.is_stored("first").await && server.is_stored("last").await);
    let one = server.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let one = super::reply(one.body(purchase("alone").to_string())).await;
    assert_eq!((one.status, &one.body["accepted"]), (200, &json!(1)));
}

#[tokio::test]
async fn lines_by_the_thousand_are_answered_in_their_order() {
    let server = Server::start().await;
    let lines: Vec<String> = (0..2500).map(|n| purchase(&format!("e{n}")).to_string()).collect();
    let lines = lines.join("\n");
    let request = server.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let reply = super::reply(request.body(lines)).await;
    assert_eq!(reply.body["accepted"], 2500);
    for n in [0, 499, 500, 1999, 2499] {
        assert_eq!(reply.body["results"][n]["event_id"], format!("e{n}"));
    }
}
