use serde_json::{Value, json};

use super::{KEY, Reply, Server, purchase, reply};

/// Checks that an error is a problem document, whichever part of the program made it.
fn problem(reply: &Reply, status: u16) -> &Value {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    assert_eq!(reply.body["status"], status);
    assert!(!reply.body["detail"].as_str().unwrap().is_empty());
    &reply.body
}

#[tokio::test]
async fn nobody_comes_in_without_the_key() {
    let server = Server::start().await;
    let url = format!("{}/v1/events", server.address);
    for header in
        [None, Some("Bearer wrong-key-of-some-length"), Some("Basic YTpi"), Some("Bearer"), Some("Bearer ")]
    {
        let request = server.client.post(&url).json(&purchase("e"));
        let request =
            header.into_iter().fold(request, |request, value| request.header("authorization", value));
        let refused = reply(request).await;
        problem(&refused, 401);
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
    assert!(!server.is_stored("e").await);
    let lower_case =
        server.client.post(&url).header("authorization", format!("bearer {KEY}")).json(&purchase("e"));
    assert_eq!(reply(lower_case).await.status, 202);
}

#[tokio::test]
async fn malformed_bodies_are_named_with_their_place() {
    let server = Server::start().await;
    let cases: [(&[u8], &str); 5] = [
        (b"{\"event_id\": \"e\",\n  oops}", "line 2, column 3"),
        (b"", "line 1"),
        (b"[{\"event_id\": ", "line 1"),
        (b"{\"event_id\": \"\xff\xfe\"}", "UTF-8"),
        (b"{} {}", "trailing"),
    ];
    for (body, expected) in cases {
        let refused = server.post_raw(body).await;
        let detail = problem(&refused, 400)["detail"].as_str().unwrap();
        assert!(detail.contains(expected), "{detail}");
    }
    let deep = server.post_raw("[".repeat(200_000)).await;
    problem(&deep, 400);
}

#[tokio::test]
async fn a_wrong_item_of_ndjson_is_named_by_its_line_of_the_body() {
    let server = Server::start().await;
    server.post(&purchase("taken")).await;
    let mut other = purchase("taken");
    other["store"] = json!("s");
    let body = format!(
        "\u{feff}\r\n{}\r\n\r\n{{oops\r\n  \n{other}\n{{\"event_id\":\"\u{1}\"}}\n7",
        purchase("good")
    );
    let request = server.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let mixed = reply(request.body(body)).await;
    let rejected: Vec<(&Value, &Value)> = mixed.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| !result["index"].is_null())
        .map(|result| (&result["index"], &result["line"]))
        .collect();
    let expected = [(1, 4), (2, 6), (3, 7), (4, 8)].map(|(index, line)| (json!(index), json!(line)));
    assert_eq!(rejected, expected.each_ref().map(|(index, line)| (index, line)), "{}", mixed.body);
    for (result, place) in [(1, "line 4, column 2"), (3, "line 7, column 14")] {
        let detail = mixed.body["results"][result]["detail"].as_str().unwrap();
        assert!(detail.contains(place), "{detail}");
    }
    // For an array the position is that in the whole text, and an item has no line.
    let refused = server.post_raw(b"[{},\n{oops}]").await;
    let detail = problem(&refused, 400)["detail"].as_str().unwrap();
    assert!(detail.contains("line 2, column 2"), "{detail}");
    let array = server.post_raw(b"[{}]").await;
    assert!(array.body["results"][0]["line"].is_null(), "{}", array.body);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let server = Server::start().await;
    let wrong = json!({"event_id": "", "kind": "purchase", "occurred_at": "2026-11-21T12:00:00", "colour": 1,
                       "customer": {"telegram_id": "7"}});
    let refused = server.post(&wrong).await;
    let fields: Vec<_> =
        problem(&refused, 422)["errors"].as_array().unwrap().iter().map(|e| &e["field"]).collect();
    assert_eq!(fields, ["event_id", "occurred_at", "customer.id", "customer.telegram_id", "colour"]);
}

#[tokio::test]
async fn bodies_have_limits_by_what_they_are() {
    let server = Server::start().await;
    let long = |open: &str| format!("{open}{}", " ".repeat(10 << 20));
    let one = server.post_raw(long("{")).await;
    assert!(problem(&one, 413)["detail"].as_str().unwrap().contains("1 MiB"));
    // Ten MiB are too much for one event, but not for a batch.
    let batch = server.post_raw(format!("{}]", long("["))).await;
    assert_eq!(batch.status, 200);
    let (first, last) = (purchase("first").to_string(), purchase("last").to_string());
    let blanks = " ".repeat((64 << 20) - first.len() - last.len() - 3);
    let whole = server.post_raw(format!("[{first},{blanks}{last}]")).await;
    assert_eq!((whole.status, &whole.body["accepted"]), (200, &json!(2)), "{}", whole.body);
    let announced = server.post_raw(vec![b' '; (64 << 20) + 1]).await;
    assert!(problem(&announced, 413)["detail"].as_str().unwrap().contains("64 MiB"));
}

#[tokio::test]
async fn other_addresses_methods_and_media_types_are_refused() {
    let server = Server::start().await;
    problem(&server.get("/v1/nothing").await, 404);
    problem(&server.get("/v1/events/unknown").await, 404);
    problem(&server.get("/v1/events/%ff").await, 400);
    let method = reply(server.request("DELETE", "/v1/events")).await;
    problem(&method, 405);
    assert_eq!(method.headers["allow"], "POST");
    for media in ["application/x-www-form-urlencoded", "application/x-json", "text/csv"] {
        let request = server.request("POST", "/v1/events").header("content-type", media);
        problem(&reply(request.body(purchase("e").to_string())).await, 415);
    }
    let packed = server.request("POST", "/v1/events").header("content-encoding", "gzip");
    let refused = reply(packed.body(purchase("e").to_string())).await;
    assert!(problem(&refused, 415)["detail"].as_str().unwrap().contains("compressed"));
    let charset =
        server.request("POST", "/v1/events").header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(reply(charset.body(purchase("e").to_string())).await.status, 202);
}

#[tokio::test]
async fn a_nul_in_an_address_is_nobodys() {
    let server = Server::start().await;
    for (method, path) in [
        ("GET", "/v1/events/%00"),
        ("GET", "/v1/events/order%001"),
        ("GET", "/v1/surveys/a%00b"),
        ("GET", "/q/a%00b.png"),
        ("GET", "/%00"),
    ] {
        problem(&reply(server.request(method, path)).await, 404);
    }
    for (method, path) in [
        ("GET", "/v1/customers/a%00b"),
        ("DELETE", "/v1/customers/a%00b"),
        ("POST", "/v1/customers/a%00b/link"),
    ] {
        let refused = reply(server.request(method, path)).await;
        assert_eq!(problem(&refused, 422)["errors"][0]["field"], "customer.id", "{}", refused.body);
    }
    for (query, named) in [("since=a%00b", "since"), ("limit=%00", "limit"), ("te%00sts=true", "name")] {
        let refused = server.get(&format!("/v1/answers?{query}")).await;
        assert!(problem(&refused, 400)["detail"].as_str().unwrap().contains(named), "{}", refused.body);
    }
}

#[tokio::test]
async fn a_nul_in_an_event_is_refused_with_its_field() {
    let server = Server::start().await;
    let nul = "a\0b";
    for (pointer, field) in [
        ("/event_id", "event_id"),
        ("/kind", "kind"),
        ("/occurred_at", "occurred_at"),
        ("/customer/id", "customer.id"),
        ("/customer/name", "customer.name"),
        ("/customer/phone", "customer.phone"),
        ("/subject/title", "subject.title"),
        ("/subject/url", "subject.url"),
        ("/agent/name", "agent.name"),
        ("/store", "store"),
        ("/automation", "automation"),
        ("/tags/0", "tags"),
        ("/extra/note", "extra"),
        ("/script", "script"),
    ] {
        let mut event = purchase("e");
        for (name, value) in [
            ("subject", json!({"id": "1", "title": "t", "url": "https://shop.example/"})),
            ("agent", json!({"name": "n"})),
            ("tags", json!(["t"])),
            ("extra", json!({"note": "n"})),
            ("store", json!("s")),
            ("automation", json!("a")),
            ("script", json!("s")),
        ] {
            event[name] = value;
        }
        event["customer"]["name"] = json!("n");
        event["customer"]["phone"] = json!("+79990000000");
        *event.pointer_mut(pointer).unwrap() = json!(nul);
        let refused = server.post(&event).await;
        let errors = problem(&refused, 422)["errors"].to_string();
        assert!(errors.contains(&format!("\"field\":\"{field}")), "{pointer}: {errors}");
        let batch = server.post(&json!([event])).await;
        assert_eq!((batch.status, &batch.body["rejected"]), (200, &json!(1)), "{pointer}: {}", batch.body);
    }
    let mut event = purchase("e");
    event["extra"] = json!({"no\0te": 1});
    problem(&server.post(&event).await, 422);
    event = purchase("e");
    event["no\0field"] = json!(1);
    problem(&server.post(&event).await, 422);
    assert!(!server.is_stored("e").await);
}

#[tokio::test]
async fn a_locked_database_means_try_again_and_nothing_is_lost() {
    let server = Server::start().await;
    let other = server.database.open().await;
    let lock = other.write().await.unwrap();
    let refused = server.post(&purchase("e")).await;
    problem(&refused, 503);
    assert!(refused.headers.contains_key("retry-after"));
    let ready = server.get("/readyz").await;
    assert_eq!((ready.status, &ready.body["checks"]["database"]["ok"]), (503, &json!(false)));
    drop(lock);
    assert_eq!(server.post(&purchase("e")).await.status, 202);
    assert_eq!(server.get("/readyz").await.status, 200);
}
