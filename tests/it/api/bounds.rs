//! Junk is cheap: it takes little memory, little of other callers' time, and little of the reply.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{KEY, Reply, Server, purchase, reply};

/// How many rejected items get a full list of what is wrong with them.
const TOLD: usize = 100;

fn counts(reply: &Reply) -> [u64; 4] {
    assert_eq!(reply.status, 200, "{}", reply.body);
    ["accepted", "known", "rejected", "left_out"].map(|name| reply.body[name].as_u64().unwrap())
}

fn results(reply: &Reply) -> &[Value] {
    reply.body["results"].as_array().unwrap()
}

#[tokio::test]
async fn of_a_million_numbers_the_first_are_named_and_the_others_counted() {
    let server = Server::start().await;
    let count = 1 << 20;
    let junk = server.post_raw(format!("[{}0]", "0,".repeat(count - 1))).await;
    let rejected = u64::try_from(count).unwrap();
    assert_eq!(counts(&junk), [0, 0, rejected, rejected - 100]);
    assert_eq!(results(&junk).len(), TOLD);
    assert!(junk.body.to_string().len() < 32 << 10);
}

#[tokio::test]
async fn good_items_among_junk_all_have_results_and_the_rejected_say_where_they_stood() {
    let server = Server::start().await;
    server.post(&purchase("conflict")).await;
    let mut conflict = purchase("conflict");
    conflict["store"] = json!("s");
    // Every hundred items hold a good event, one that contradicts it, and ninety-eight that are not events.
    let item = |place: usize| match place % 100 {
        0 => purchase(&format!("e{place}")),
        1 => conflict.clone(),
        _ => json!({"event_id": format!("bad{place}"), "colour": "red"}),
    };
    let batch: Vec<Value> = (0..1000).map(item).collect();
    let lines = batch.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    for form in ["application/json", "application/x-ndjson"] {
        let body = if form == "application/json" { json!(batch).to_string() } else { lines.clone() };
        let request = server.request("POST", "/v1/events").header("content-type", form);
        let mixed = reply(request.body(body)).await;
        let good = if form == "application/json" { [10, 0] } else { [0, 10] };
        assert_eq!(counts(&mixed), [good[0], good[1], 990, 890], "{form}");
        let rejected: Vec<u64> =
            results(&mixed).iter().filter_map(|result| result["index"].as_u64()).collect();
        let expected: Vec<u64> = (0..1000).filter(|place| place % 100 != 0).take(TOLD).collect();
        assert_eq!(rejected, expected);
        let accepted: Vec<&Value> =
            results(&mixed).iter().filter(|result| result["index"].is_null()).collect();
        assert_eq!(accepted.len(), 10);
        assert_eq!(
            (&accepted[9]["event_id"], &results(&mixed)[2]["event_id"]),
            (&json!("e900"), &json!("bad2"))
        );
        assert_eq!(results(&mixed)[1]["status"], 409);
    }
}

#[tokio::test]
async fn no_complaint_repeats_what_is_longer_than_its_sense() {
    let server = Server::start().await;
    let long = "x".repeat(100_000);
    let mut wrong = purchase(&long);
    wrong["kind"] = json!(long);
    wrong["script"] = json!(long);
    wrong["extra"] = json!({"twice": 1});
    wrong["customer"] = json!({"id": long, "timezone": long, "language": long, (long.as_str()): 1});
    let wrong = wrong.to_string().replace("\"twice\":1", &format!("\"{long}\":1,\"{long}\":2"));
    let refused = server.post_raw(wrong.clone()).await;
    assert_eq!(refused.status, 422);
    let fields: Vec<&str> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert!(fields.contains(&"extra") && fields.contains(&"customer.timezone"), "{fields:?}");
    assert!(refused.body.to_string().len() < 4096, "{}", refused.body);
    let batch = server.post_raw(format!("[{wrong}]")).await;
    assert_eq!(counts(&batch), [0, 0, 1, 0]);
    assert!(batch.body.to_string().len() < 4096, "{}", batch.body);
}

#[tokio::test]
async fn an_item_that_is_no_events_size_is_refused_alone() {
    let server = Server::start().await;
    let huge = format!("{{\"event_id\":\"{}\"}}", "x".repeat(1 << 20));
    let many = format!("{{\"event_id\":\"many\",\"extra\":{{\"list\":[{}0]}}}}", "0,".repeat(100_000));
    let batch = server.post_raw(format!("[{},{huge},{many},{}]", purchase("a"), purchase("b"))).await;
    assert_eq!(counts(&batch), [2, 0, 2, 0]);
    assert_eq!(results(&batch)[1]["status"], 413);
    assert!(results(&batch)[1]["detail"].as_str().unwrap().contains("1 MiB"));
    assert!(results(&batch)[2].to_string().contains("10000 values"), "{}", results(&batch)[2]);
    assert_eq!(results(&batch)[2]["event_id"], "many");
    let members = (0..50_000).map(|n| format!("\"f{n}\":0")).collect::<Vec<_>>().join(",");
    let alone = server.post_raw(format!("{{{members}}}")).await;
    assert_eq!((alone.status, alone.body["errors"].as_array().unwrap().len()), (422, 100));
}

/// Server and callers share one thread here, so work that takes the thread away from the others shows.
#[tokio::test]
async fn junk_is_read_while_others_are_answered() {
    let server = Server::start().await;
    let address = server.address.strip_prefix("http://").unwrap();
    let junk = format!("[{}0]", "{\"a\":{\"b\":[0,1,2]}},".repeat(1 << 17));
    let mut wire = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n",
        junk.len()
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    let (most, last) = junk.split_at(junk.len() - 1);
    wire.write_all(most.as_bytes()).await.unwrap();
    for _ in 0..10 {
        assert_eq!(server.get("/healthz").await.status, 200);
    }
    wire.write_all(last.as_bytes()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(server.get("/healthz").await.status, 200);
    }
    let early = wire.try_read(&mut [0; 16]);
    assert!(early.is_err(), "the junk was answered first: {early:?}");
    let mut answer = String::new();
    wire.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"rejected\":131073"), "{answer:.300}");
}
