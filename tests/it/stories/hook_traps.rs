//! Deliveries at their worst: signed bytes that no JSON library would write, bodies that cost too much, rules that do not
//! end, and a helpdesk that never answers. Whoever delivers beside them goes on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::hooks::{JSON, LOOK, closed, deliver, live, log, noticed};
use crate::harness::{Setting, Story, hours};

const FORM: &str = "application/x-www-form-urlencoded";

async fn deliver_bytes(story: &Story, path: &str, kind: &str, body: Vec<u8>) -> u16 {
    let url = format!("http://{}{path}", story.running.addr);
    let request = reqwest::Client::new().post(url).header("content-type", kind).body(body);
    request.send().await.unwrap().status().as_u16()
}

fn order(id: &str) -> Value {
    json!({"event_id": id, "kind": "purchase", "customer": {"id": "C-1"}})
}

#[tokio::test]
async fn a_signature_is_over_the_bytes_as_they_came() {
    let story = Story::new().await;
    let hook = live(&story, "shop", "woocommerce").await;
    let mut unit = story.unit().await;
    let row = unit.tx.find_hook("shop").await.unwrap().unwrap();
    afterword::service::hooks::add_secret(&mut unit, &row, "woo-secret").await.unwrap().unwrap();
    unit.commit().await.unwrap();
    noticed(&story).await;
    // A byte order mark, escapes that are not needed, members in no order, and a line end after all.
    let body = "\u{feff}{\"status\" : \"comple\\u0074ed\",\"number\":\"7\",\"id\":7,\"customer_id\":5,\
                \"billing\":{\"first_name\":\"\\u0410\\/\\u0411\"}}\r\n";
    let mut mac = Hmac::<Sha256>::new_from_slice(b"woo-secret").unwrap();
    mac.update(body.as_bytes());
    let signature = BASE64.encode(mac.finalize().into_bytes());
    let headers = [JSON[0], ("x-wc-webhook-signature", signature.as_str())];
    let rewritten: Value = serde_json::from_str(body.trim_start_matches('\u{feff}')).unwrap();
    assert_eq!(
        deliver(&story, &hook, &headers, &rewritten.to_string()).await.0,
        401,
        "the same in other bytes"
    );
    assert_eq!(deliver(&story, &hook, &headers, body.trim_end()).await.0, 401, "without the line end");
    assert_eq!(deliver(&story, &hook, &headers, body).await.0, 200);
    story.advance(LOOK).await;
    assert_eq!(log(&story, "shop").await, ["event  woo-order-7"]);
    story.end().await;
}

#[tokio::test]
async fn what_means_two_things_or_costs_too_much_is_stored_and_fails_and_the_next_is_taken() {
    let story = Story::new().await;
    let hook = live(&story, "shop", "paste").await;
    let json = |text: &str| ("application/json", text.as_bytes().to_vec());
    let bodies = [
        json(r#"{"kind":"purchase","event_id":1e400,"customer":{"id":"C-1"}}"#),
        json(r#"{"kind":"purchase","event_id":"a","event_id":"b","customer":{"id":"C-1"}}"#),
        json(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))),
        json(&format!("{{\"kind\":\"purchase\",\"tags\":[{}]}}", vec!["\"x\""; 20_000].join(","))),
        ("application/json", b"{\"kind\":\"purchase\",\"event_id\":\"\xff\"}".to_vec()),
        ("application/json", b"\x1f\x8b\x08\x00\x00\x00".to_vec()),
        (FORM, vec!["kind=purchase"; 10_000].join("&").into_bytes()),
    ];
    let count = bodies.len();
    for (kind, body) in bodies {
        assert_eq!(deliver_bytes(&story, &hook, kind, body).await, 200, "a mistake is never the sender's");
    }
    // More digits than a number may have, a name that is no path, and a place in a list that is not there.
    let long = br#"{"kind":"purchase","event_id":9007199254740993,"customer":{"id":18446744073709551617}}"#;
    assert_eq!(deliver_bytes(&story, &hook, "application/json", long.to_vec()).await, 200);
    let form = b"kind=purchase&event_id=order-1&customer[id]=C-1&a[b[c]=1&tags[999999999]=x".to_vec();
    assert_eq!(deliver_bytes(&story, &hook, FORM, form).await, 200);
    story.advance(LOOK).await;
    let told = log(&story, "shop").await;
    assert!(told[..count].iter().all(|line| line.starts_with("failed(malformed: ")), "{told:?}");
    assert_eq!(told[count..], ["event  9007199254740993", "event  order-1"]);
    let (_, event) = story.get("/v1/events/9007199254740993").await;
    assert_eq!(event["customer_id"], "18446744073709551617", "{event}");
    story.end().await;
}

const ENDLESS: &str = r#"
preset = "endless"
[[rule]]
when = "how == 'long' and range(1000000000)|list|length > 0"
skip = "ping"
[[rule]]
when = "how == 'much' and ('x' * 1073741824)|length > 0"
skip = "ping"
[[rule]]
when = "how"
kind = "'purchase'"
set = "order"
[set.order]
event_id = "id"
occurred_at = "received_at"
"customer.id" = "'C-1'"
"#;

#[tokio::test]
async fn a_rule_that_does_not_end_fails_alone() {
    let story = Story::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    std::fs::write(&file, ENDLESS).unwrap();
    let hook = live(&story, "shop", file.to_str().unwrap()).await;
    let other = live(&story, "desk", "paste").await;
    for (id, how) in [("1", "long"), ("2", "much"), ("3", "well")] {
        let body = json!({"id": id, "how": how}).to_string();
        assert_eq!(deliver(&story, &hook, JSON, &body).await.0, 200);
    }
    assert_eq!(deliver(&story, &other, JSON, &order("order-1").to_string()).await.0, 200);
    story.advance(LOOK).await;
    let told = log(&story, "shop").await;
    assert!(
        told[0].starts_with("failed(rule 1, when: ") && told[1].starts_with("failed(rule 2, when: "),
        "{told:?}"
    );
    assert_eq!(told[2], "event  3");
    assert_eq!(log(&story, "desk").await, ["event  order-1"]);
    story.end().await;
}

#[tokio::test]
async fn a_helpdesk_that_never_answers_holds_up_no_delivery() {
    let helpdesk = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = helpdesk.local_addr().unwrap().port();
    let story = Setting::new()
        .await
        .reached_at()
        .set("HELPDESK_URL", &format!("zendesk+http://me%40shop.example:key@127.0.0.1:{port}"))
        .set("OUTBOUND_ALLOW", &format!("127.0.0.1,:{port}"))
        .set("OUTBOUND_ALLOW_HTTP", "true")
        .start()
        .await;
    let address = live(&story, "desk", "paste").await;
    let hook = &address[address.find("/hooks/").unwrap()..];
    story.ticket("42", "C-1", json!({"customer": {"name": "Анна"}, "metrics": {"messages": 5}})).await;
    story.advance(hours(3)).await;
    let (mut call, _) = helpdesk.accept().await.unwrap();
    for ticket in ["T-1", "T-2"] {
        assert_eq!(deliver(&story, hook, JSON, &closed(ticket, "desk:1").to_string()).await.0, 200);
        story.advance(LOOK).await;
    }
    let told = log(&story, "desk").await;
    assert!(
        told.len() == 2 && told.iter().all(|line| line.starts_with("event  desk-ticket_closed-T-")),
        "{told:?}"
    );
    call.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
    story.writes_back("helpdesk", "sent", 1).await;
    story.end().await;
}
