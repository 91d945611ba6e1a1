//! What the demo's page brings along beside its looks: the crowd, and the folder that keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;

use afterword::demo::crowd::{Place, Plan, Progress, live};
use afterword::service::export::{Filter, What};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::harness::{API_KEY, Story};

/// Lives through a short month and returns what came of it: the answers, line by line, and the surveys' states.
async fn month(seed: u64) -> (Progress, String, BTreeSet<String>, BTreeMap<String, f64>) {
    let story = Story::new().await;
    let plan = Plan { seed, round: 1, customers: 60, days: 9 };
    let api = format!("http://{}", story.running.addr);
    let place = Place { stage: &story.stage, api, api_key: API_KEY };
    let progress = live(&place, plan, |_, players| assert_eq!(players.len(), 60)).await.unwrap();
    let columns = ["event_id", "question", "metric", "value", "options", "text", "answered_at"];
    let answers = story.answered(&columns).await;
    let surveys = story.export(What::Surveys, &Filter::default()).await;
    let states = surveys.iter().map(|row| row["state"].clone()).collect();
    let rows = story.export(What::Answers, &Filter::default()).await;
    let mut scores: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["scale"] == "0-10" && row["metric"] == "csi") {
        scores.entry(row["agent_id"].clone()).or_default().push(row["value"].parse().unwrap());
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of scores")]
    let means = scores.into_iter().map(|(agent, of)| (agent, of.iter().sum::<f64>() / of.len() as f64));
    let means = means.collect();
    assert!(!story.alerts().is_empty());
    story.end().await;
    (progress, answers, states, means)
}

#[tokio::test]
async fn a_crowd_lives_the_same_for_the_same_seed_and_leaves_something_of_everything() {
    let (progress, answers, states, means) = month(7).await;
    let (again, same, ..) = month(7).await;
    assert_eq!((progress, &answers), (again, &same));
    assert_eq!((progress.hours, progress.of), (9 * 24, 9 * 24));
    for state in ["completed", "expired", "suppressed", "undeliverable"] {
        assert!(states.contains(state), "no survey is {state}: {states:?}");
    }
    let comments: Vec<&str> =
        answers.lines().filter_map(|line| line.split_once("· comment · ")).map(|c| c.1).collect();
    assert!(answers.contains("· reason ·") && answers.contains("· choice ·"), "{answers}");
    for letters in ['а'..='я', 'a'..='z'] {
        let any = comments
            .iter()
            .any(|comment| comment.split(" · ").next().unwrap().contains(|c| letters.contains(&c)));
        assert!(any, "nobody wrote in {letters:?}: {comments:?}");
    }
    assert!(means["a-17"] > means["a-22"], "waiting and skill tell: {means:?}");
}

/// The binary with a folder to keep everything in, and where its page is.
async fn demo(folder: &Path) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
    command.args(["demo", "--port", "0", "--lang", "en", "--keep"]).arg(folder.join("kept"));
    command.current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let greeting = out.next_line().await.unwrap().expect("the demo says where it is");
    (child, greeting.split_once(": ").unwrap().1.to_owned())
}

#[tokio::test]
async fn a_demo_that_is_kept_goes_on_with_its_chats_its_clock_and_its_database() {
    const EMMA: i64 = 5_000_000_001;
    let folder = tempfile::tempdir().unwrap();
    let http = reqwest::Client::new();
    let (mut child, url) = demo(folder.path()).await;
    let event = json!({
        "event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T15:04:05+03:00",
        "customer": { "id": "C-108", "language": "en" },
    });
    let accepted = http.post(format!("{url}/program/v1/events")).json(&event).send().await.unwrap();
    let accepted: Value = accepted.json().await.unwrap();
    let (_, payload) = accepted["link"].as_str().unwrap().split_once("start=").unwrap();
    let act = json!({ "do": "start", "user": EMMA, "payload": payload });
    assert_eq!(http.post(format!("{url}/act")).json(&act).send().await.unwrap().status(), 200);
    let jump = http.post(format!("{url}/time")).json(&json!({ "minutes": 180 })).send().await.unwrap();
    assert_eq!(jump.status(), 200);
    let history = format!("/history?chat={EMMA}&before=1000");
    let get = async |url: String| -> Value { http.get(url).send().await.unwrap().json().await.unwrap() };
    let before = get(format!("{url}{history}")).await;
    assert!(before.to_string().contains("Question 1 of 3"), "{before}");
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));

    let (_child, url) = demo(folder.path()).await;
    assert_eq!(get(format!("{url}{history}")).await, before);
    let ledger = get(format!("{url}/program/v1/events/order-1001")).await;
    assert_eq!(ledger["state"], "sent");
    let message = before["messages"].as_array().unwrap().last().unwrap();
    let data = &message["buttons"][0][2]["data"];
    let tap = json!({ "do": "tap", "user": EMMA, "chat": EMMA, "message": message["id"], "data": data });
    assert_eq!(http.post(format!("{url}/act")).json(&tap).send().await.unwrap().status(), 200);
    let ledger = get(format!("{url}/program/v1/events/order-1001")).await;
    assert_eq!(ledger["state"], "started");
}

#[tokio::test]
async fn the_page_passes_on_calls_of_the_api_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let (_child, url) = demo(folder.path()).await;
    let addr = url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    // An HTTP client would tidy up the path.
    let get = async |target: &str| {
        let mut stream = TcpStream::connect(&addr).await.unwrap();
        let head = format!("GET {target} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let passed_on = get("/program/v1/answers").await;
    assert!(passed_on.starts_with("HTTP/1.1 200") && passed_on.contains("\"answers\":[]"), "{passed_on}");
    for target in [
        "/program/v1/../metrics",
        "/program/v1/%2e%2e/metrics",
        "/program/v1/..%2fmetrics",
        "/program/v1/..%5cmetrics",
        "/program/v1/x/../../metrics",
        "/program/v1/..\\metrics",
        "/program/v1//../metrics",
        "/program/q/../readyz",
        "/program/q/%2E%2E/openapi.json",
        "/program/metrics",
        "/program//metrics",
        "/program/telegram/webhook",
        &format!("http://{addr}/program/v1/../metrics"),
    ] {
        let answer = get(target).await;
        let status = answer.split_whitespace().nth(1).unwrap_or_default();
        assert!(["400", "404"].contains(&status), "{target}: {answer}");
        assert!(!answer.contains("afterword_") && !answer.contains("checks"), "{target}: {answer}");
    }
}

#[tokio::test]
async fn the_page_leads_to_the_dashboard_of_the_lead() {
    let folder = tempfile::tempdir().unwrap();
    let (_child, url) = demo(folder.path()).await;
    let page = reqwest::get(format!("{url}/dashboard")).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.url().path().starts_with("/login/"), "{}", page.url());
    let page = page.text().await.unwrap();
    assert!(page.contains("Olivia") && page.contains("method=\"post\""), "{page}");
}

/// The paths that the page's HTML loads.
fn named_in(html: &str) -> BTreeSet<&str> {
    let quoted = |attribute| html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
    quoted("href=\"/").chain(quoted("src=\"/")).collect()
}

#[tokio::test]
async fn the_whole_page_is_under_100_kb_on_the_wire_and_is_not_sent_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (_child, url) = demo(folder.path()).await;
    // A client that unpacks nothing.
    let http = reqwest::Client::new();
    let html = http.get(&url).send().await.unwrap().text().await.unwrap();
    let mut size = 0;
    for path in named_in(&html).into_iter().chain([""]) {
        let get = || http.get(format!("{url}/{path}")).header("accept-encoding", "gzip, deflate, br");
        let sent = get().send().await.unwrap();
        let headers = sent.headers().clone();
        assert_eq!(sent.status(), 200, "/{path}");
        assert_eq!(headers["content-encoding"], "gzip", "/{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "/{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "/{path}: {policy}");
        size += sent.bytes().await.unwrap().len();
        let again = get().header("if-none-match", &headers["etag"]).send().await.unwrap();
        assert_eq!(again.status(), 304, "/{path}");
        assert!(again.bytes().await.unwrap().is_empty(), "/{path}");
    }
    assert!((10_000..100_000).contains(&size), "the page has {size} bytes");
}

#[tokio::test]
async fn what_happens_is_told_at_once_and_never_waits_to_be_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let (_child, url) = demo(folder.path()).await;
    let http = reqwest::Client::new();
    let stream = http.get(format!("{url}/live?chats=5000000001")).header("accept-encoding", "gzip");
    let mut stream = stream.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers().get("content-encoding"), None);
    let mut heard = String::new();
    while !heard.ends_with("\n\n") {
        heard += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
    }
    assert!(heard.contains("event: snapshot\n"), "{heard}");
}

#[tokio::test]
async fn a_file_that_somebody_attaches_can_be_read_and_saved() {
    const EMMA: i64 = 5_000_000_001;
    let folder = tempfile::tempdir().unwrap();
    let http = reqwest::Client::new();
    let (_child, url) = demo(folder.path()).await;
    let to = json!({ "chat": EMMA, "topic": null, "reply": null, "quote": null });
    let what = json!({ "file": { "name": "script.toml", "content": "slug = \"mine\"" } });
    let act = json!({ "do": "attach", "user": EMMA, "to": to, "what": what, "caption": "" });
    assert_eq!(http.post(format!("{url}/act")).json(&act).send().await.unwrap().status(), 200);
    let history = format!("{url}/history?chat={EMMA}&before=1000");
    let history: Value = http.get(history).send().await.unwrap().json().await.unwrap();
    let media = &history["messages"][0]["media"];
    assert_eq!((&media["name"], &media["size"]), (&json!("script.toml"), &json!(13)));
    let file = format!("{url}/file/{}", media["id"].as_str().unwrap());
    assert_eq!(http.get(file).send().await.unwrap().text().await.unwrap(), "slug = \"mine\"");
    assert_eq!(http.get(format!("{url}/file/nothing")).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_folder_that_cannot_keep_the_demo_is_named_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let keep = async |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        command.args(["demo", "--port", "0", "--keep", name]).current_dir(folder.path()).env_clear();
        let output = command.output().await.unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (_child, _) = demo(folder.path()).await;
    assert_eq!(
        keep("kept").await,
        (
            Some(2),
            "afterword: --keep=kept: another demo keeps everything there; end it first, or choose another folder\n"
                .to_owned()
        )
    );
    std::fs::write(folder.path().join("file"), "").unwrap();
    assert_eq!(
        keep("file").await,
        (
            Some(2),
            "afterword: --keep=file: this is a file; name a folder, which may be a new one\n".to_owned()
        )
    );
    std::fs::create_dir(folder.path().join("broken")).unwrap();
    std::fs::write(folder.path().join("broken/world.json"), "{").unwrap();
    let (code, said) = keep("broken").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("broken/world.json cannot be read"), "{said}");
}

/// A demo that was asked to open the browser, on a system with these programs; what it says from its second line on.
fn demo_that_opens(
    folder: &Path,
    programs: &Path,
) -> (Child, tokio::io::Lines<BufReader<tokio::process::ChildStdout>>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
    command.args(["demo", "--port", "0", "--lang", "en", "--open"]).current_dir(folder);
    command.env_clear().env("PATH", programs).env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, out)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_page_is_opened_in_the_browser_and_where_there_is_none_that_is_said() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    let (_child, mut out) = demo_that_opens(folder.path(), &programs);
    let greeting = out.next_line().await.unwrap().unwrap();
    let (_, url) = greeting.split_once(": ").unwrap();
    let said = loop {
        let line = out.next_line().await.unwrap().unwrap();
        if line.starts_with("xdg-open") {
            break line;
        }
    };
    assert_eq!(said, format!("xdg-open opened no browser here. Open the address yourself: {url}"));
    assert_eq!(reqwest::get(url).await.unwrap().status(), 200);

    // What it is told goes through a pipe, so that it can be waited for.
    let pipe = folder.path().join("opened");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let opener = programs.join("xdg-open");
    std::fs::write(&opener, format!("#!/bin/sh\nprintf %s \"$1\" >'{}'\n", pipe.display())).unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (_child, mut out) = demo_that_opens(folder.path(), &programs);
    let greeting = out.next_line().await.unwrap().unwrap();
    let address = tokio::task::spawn_blocking(move || std::fs::read_to_string(pipe).unwrap()).await.unwrap();
    assert!(greeting.ends_with(&address), "{greeting}, but opened {address}");
}
