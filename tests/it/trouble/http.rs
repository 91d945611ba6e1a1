//! The HTTP API and bad requests: the reply always says what is wrong, is never a 5xx, and leaves the connection and
//! the next caller as well off as before.

use afterword::service::export::{Filter, What};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

use super::{Place, Serve, purchase, within};
use crate::harness::{API_KEY, Story};

/// A connection that bytes are written to unchanged.
struct Wire(BufReader<TcpStream>);

impl Wire {
    async fn open(story: &Story) -> Self {
        Self(BufReader::new(TcpStream::connect(story.running.addr).await.unwrap()))
    }

    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).await.unwrap();
    }

    /// Reads one reply: status, head and body.
    async fn read(&mut self) -> (u16, String, String) {
        let answer = async {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert!(self.0.read_line(&mut head).await.unwrap() > 0, "hung up after '{head}'");
            }
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            self.0.read_exact(&mut body).await.unwrap();
            (head[9..12].parse().unwrap(), head, String::from_utf8(body).unwrap())
        };
        within("an answer", answer).await
    }

    async fn post(&mut self, body: impl AsRef<[u8]>) -> (u16, String, String) {
        let body = body.as_ref();
        self.write(head(&format!("Content-Length: {}\r\n", body.len()))).await;
        self.write(body).await;
        self.read().await
    }
}

fn head(more: &str) -> String {
    format!("POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {API_KEY}\r\n{more}\r\n")
}

fn event(id: &str, more: &Value) -> Value {
    let mut event = json!({"event_id": id, "kind": "purchase", "occurred_at": "2026-11-21T12:00:00Z",
                           "customer": {"id": "C-1"}});
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

#[tokio::test]
async fn one_connection_lives_through_every_mistake() {
    let story = Story::new().await;
    let mut wire = Wire::open(&story).await;
    let ok = event("fine", &json!({}));
    let with = |more: Value| event("x", &more).to_string().into_bytes();
    let cases: Vec<(Vec<u8>, u16, &str)> = vec![
        (b"".to_vec(), 400, "line 1"),
        (b"{\n\n  \"event_id\": oops}".to_vec(), 400, "line 3, column 15"),
        (b"{\"event_id\": \"\xc3\x28\"}".to_vec(), 400, "line 1, column 15"),
        (b"\"\\ud800\"".to_vec(), 400, "line 1"),
        (b"{\"a\": \"\x00\"}".to_vec(), 400, "line 1"),
        (b"[".repeat(500_000), 400, "line 1, column 500000"),
        ([b"[".repeat(100_000), b"]".repeat(100_000)].concat(), 200, "recursion limit"),
        (b"{\"a\":".repeat(100_000), 400, "recursion"),
        (b"NaN".to_vec(), 400, "line 1"),
        (b"{\"customer\": {\"telegram_id\": 1e999}}".to_vec(), 400, "number out of range"),
        (b"7".to_vec(), 422, "an event is an object; this is a number"),
        (with(json!({"kind": "purchased"})), 422, "did you mean purchase?"),
        (with(json!({"kind": ["purchase"]})), 422, "must be a text, not a list"),
        (with(json!({"occurred_at": "2026-11-21T12:00:00"})), 422, "no offset"),
        (with(json!({"occurred_at": 1_795_262_400})), 422, "must be a text"),
        (with(json!({"occurred_at": "2026-11-21T12:10:01Z"})), 422, "future"),
        (with(json!({"occurred_at": "9999-12-31T23:59:59Z"})), 422, "future"),
        (with(json!({"custommer": {}})), 422, "did you mean customer?"),
        (with(json!({"customer": {"id": "C\u{0}"}})), 422, "U+0000"),
        (with(json!({"customer": {"id": "C", "telegram_id": -1}})), 422, "customer.telegram_id"),
        (with(json!({"customer": {"id": "C", "telegram_id": 18_446_744_073_709_551_615_u64}})), 422, "customer.telegram_id"),
        (with(json!({"metrics": {"messages": 1e18}})), 422, "metrics.messages"),
        (with(json!({"tags": vec!["t"; 1000]})), 422, "1000 entries"),
        (with(json!({"extra": {"long": "x".repeat(5000)}})), 422, "4096"),
        (with(json!({"event_id": "x".repeat(129)})), 422, "event_id"),
        (br#"{"event_id":"x","event_id":"y","kind":"purchase","occurred_at":"2026-11-21T12:00:00Z","customer":{"id":"C"}}"#.to_vec(), 422, "stands twice"),
        (b"[]".to_vec(), 200, "\"accepted\":0"),
        (b"[7, null, [], {}]".to_vec(), 200, "\"rejected\":4"),
    ];
    for (body, status, said) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        let (got, head, answer) = wire.post(&body).await;
        assert_eq!(got, status, "{shown}: {answer}");
        assert!(answer.contains(said), "{shown}: {answer}");
        assert!(status == 200 || head.contains("application/problem+json"), "{head}");
    }
    let (status, _, answer) = wire.post(ok.to_string()).await;
    assert_eq!(status, 202, "{answer}");
    let known = story.export(What::Surveys, &Filter::default()).await;
    assert_eq!(known.len(), 1, "only the right one was stored");
    story.end().await;
}

#[tokio::test]
async fn ten_megabytes_are_cut_short_and_the_next_caller_is_served() {
    let story = Story::new().await;
    let mut wire = Wire::open(&story).await;
    wire.write(head("Content-Length: 10485760\r\n")).await;
    wire.write([b"{\"event_id\": \"".as_slice(), &vec![b'x'; 1 << 20]].concat()).await;
    let (status, said, answer) = wire.read().await;
    assert_eq!(status, 413, "{answer}");
    assert!(answer.contains("1 MiB") && said.contains("connection: close"), "{said}{answer}");
    // A body that is too large even for a batch is refused before it is sent.
    let mut wire = Wire::open(&story).await;
    wire.write(head("Content-Length: 99999999999\r\n")).await;
    assert_eq!(wire.read().await.0, 413);
    let (status, _) = story.post(&event("fine", &json!({}))).await;
    assert_eq!(status, 202);
    story.end().await;
}

#[tokio::test]
async fn bytes_that_are_no_http_are_refused_and_hurt_nobody() {
    let story = Story::new().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nbroken header\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: minus\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut wire = Wire::open(&story).await;
        wire.write(bytes).await;
        wire.0.get_mut().shutdown().await.unwrap();
        let mut answer = Vec::new();
        // A reset counts as a reply, too.
        let _ = within("the end", wire.0.read_to_end(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let endless = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 1 << 20]].concat();
    let mut wire = Wire::open(&story).await;
    // The server may close the connection before everything is written.
    let _ = wire.0.get_mut().write_all(&endless).await;
    let mut answer = Vec::new();
    let _ = within("the end", wire.0.read_to_end(&mut answer)).await;
    assert_eq!(story.get("/healthz").await.0, 200);
    story.end().await;
}

#[tokio::test]
async fn a_body_that_breaks_off_stores_nothing() {
    let story = Story::new().await;
    let whole = event("half", &json!({})).to_string();
    let mut wire = Wire::open(&story).await;
    wire.write(head(&format!("Content-Length: {}\r\n", whole.len() + 1))).await;
    wire.write(&whole).await;
    drop(wire);
    let mut wire = Wire::open(&story).await;
    wire.write(head("Transfer-Encoding: chunked\r\n")).await;
    wire.write(format!("{:x}\r\n{whole}\r\n", whole.len())).await;
    drop(wire);
    assert_eq!(story.get("/v1/events/half").await.0, 404);
    let mut wire = Wire::open(&story).await;
    wire.write(head("Transfer-Encoding: chunked\r\n")).await;
    wire.write(format!("{:x}\r\n{whole}\r\n0\r\n\r\n", whole.len())).await;
    assert_eq!(wire.read().await.0, 202);
    story.end().await;
}

#[tokio::test]
async fn more_unfinished_requests_than_there_are_files_leave_the_api_reachable() {
    let place = Place::new().await;
    let mut command = Command::new("sh");
    place.settle_in(&mut command);
    command.args(["-c", "ulimit -n 160; exec \"$0\" serve", env!("CARGO_BIN_EXE_afterword")]);
    let serve = Serve::start(command, &place.path("log")).await;
    let mut unfinished = Vec::new();
    // Incomplete heads, heads without a key whose body does not come, and callers that send nothing at all.
    let begun = [
        &b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: "[..],
        b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        b"",
    ];
    for bytes in begun.into_iter().cycle().take(200) {
        let mut stream = TcpStream::connect(serve.address.trim_start_matches("http://")).await.unwrap();
        // The connection may be closed before everything is written.
        let _ = stream.write_all(bytes).await;
        unfinished.push(stream);
    }
    assert_eq!(serve.get("/healthz").await.status, 200);
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    let tap = place.world.tap_last(anna, "2").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.is_green().await;
    serve.stop().await;
}

/// Any JSON, which may have the names and values of events.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "event_id", "kind", "occurred_at", "customer", "id", "telegram_id", "phone", "name", "language",
            "timezone", "segments", "subject", "title", "url", "agent", "team", "since", "automation", "store",
            "channel", "tags", "metrics", "opened_at", "messages", "sla_breached", "script", "extra", "test",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            "purchase",
            "ticket_closed",
            "ticket_opened",
            "ticket_reopened",
            "purchase_cancelled",
            "support",
            "2026-11-21T12:00:00Z",
            "0000-01-01T00:00:00Z",
            "-262143-01-01T00:00:00Z",
            "2026-09-01",
            "ru",
            "en",
            "Europe/Moscow",
            "C-1",
            "https://shop.example/",
            "+79990000000",
            "e-1",
            "e-2",
        ])
        .prop_map(Value::from),
        prop::sample::select(vec![0, 1, 700_000_001, i64::MAX]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 12, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..12)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// An event that is valid except for a few fields.
fn almost_an_event() -> impl Strategy<Value = Value> {
    (any::<u8>(), any_json()).prop_map(|(number, more)| {
        let mut event = event(&format!("e-{number}"), &json!({}));
        if let Value::Object(more) = more {
            event.as_object_mut().unwrap().extend(more);
        }
        event
    })
}

#[test]
fn no_json_at_all_gives_an_error_of_ours() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let story = runtime.block_on(Story::new());
    let client = reqwest::Client::new();
    let url = format!("http://{}/v1/events", story.running.addr);
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let body = prop_oneof![
        any_json(),
        almost_an_event(),
        prop::collection::vec(almost_an_event(), 0..4).prop_map(Value::from),
    ];
    let outcome = runner.run(&body, |body| {
        let (status, answer) = runtime.block_on(async {
            let response = client.post(&url).bearer_auth(API_KEY).json(&body).send().await.unwrap();
            (response.status().as_u16(), response.json::<Value>().await.unwrap())
        });
        if !matches!(status, 200 | 202 | 400 | 409 | 422) {
            return Err(TestCaseError::fail(format!("{status}: {answer}")));
        }
        let wrong = |result: &Value| result["status"].as_u64().is_some_and(|status| status >= 500);
        if answer["results"].as_array().is_some_and(|results| results.iter().any(wrong)) {
            return Err(TestCaseError::fail(answer.to_string()));
        }
        if status == 422 && answer["errors"].as_array().is_none_or(Vec::is_empty) {
            return Err(TestCaseError::fail(format!("no field is named: {answer}")));
        }
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(async {
        assert_eq!(story.get("/readyz").await.0, 200);
        story.end().await;
    });
}
