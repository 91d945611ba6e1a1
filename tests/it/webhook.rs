//! Webhook mode beyond its stories: who may bring updates, what is brought again, what becomes of the webhook, and the
//! way from one mode to the other.

use std::sync::Arc;
use std::time::Duration;

use afterword::cli::check::CheckArgs;
use afterword::cli::{Output, Setup, check};
use afterword::entropy::Entropy;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use crate::harness::{Person, Setting, Story, WEBHOOK_SECRET, hours, minutes, stage};
use crate::ports::free_addr;

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

async fn story() -> Story {
    Setting::new().await.with_webhook().start().await
}

/// Anna, who has a survey before her.
async fn asked(story: &Story) -> Person {
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    anna
}

fn says(person: Person, update: i64, text: &str) -> Value {
    json!({
        "update_id": update,
        "message": {
            "message_id": 7_000 + update, "date": 1_795_262_400, "text": text,
            "chat": {"id": person.id, "type": "private", "first_name": "Anna"},
            "from": {"id": person.id, "is_bot": false, "first_name": "Anna", "language_code": "ru"}
        }
    })
}

fn request(story: &Story) -> reqwest::RequestBuilder {
    reqwest::Client::new().post(format!("http://{}/telegram/webhook", story.running.addr))
}

async fn status(request: reqwest::RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

/// What Telegram knows of the webhook.
async fn info(story: &Story) -> Value {
    let url = format!("{}/bot{}/getWebhookInfo", story.parts.config.api_url, afterword::sandbox::TOKEN);
    let reply: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    reply["result"].clone()
}

#[tokio::test]
async fn only_who_knows_the_secret_is_heard() {
    let story = story().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    let sent = story.world.sent_count(anna.id);
    let body = says(anna, 1, "/help");
    let longer = format!("{WEBHOOK_SECRET}x");
    let wrong: [&[u8]; 6] =
        [b"", b"wrong", &WEBHOOK_SECRET.as_bytes()[1..], longer.as_bytes(), b"\xff\xfe", b"two words"];
    assert_eq!(status(request(&story).json(&body)).await, 401);
    for secret in wrong {
        assert_eq!(status(request(&story).header(SECRET_HEADER, secret).json(&body)).await, 401);
    }
    let key = request(&story).bearer_auth(crate::harness::API_KEY).json(&body);
    assert_eq!(status(key).await, 401);
    let refused = request(&story).header(SECRET_HEADER, "wrong").body("not even JSON").send().await.unwrap();
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    story.settle().await;
    assert_eq!(story.world.sent_count(anna.id), sent);
    // Who guesses on is turned away, and who knows the secret is not.
    let guesses = (0..60).map(|_| status(request(&story).header(SECRET_HEADER, "wrong").json(&body)));
    let mut guesses: FuturesUnordered<_> = guesses.collect();
    while guesses.next().await.expect("one of them is turned away") != 429 {}
    drop(guesses);
    // Nothing was stored of it: with the secret, the same update is new.
    assert_eq!(status(request(&story).header(SECRET_HEADER, WEBHOOK_SECRET).json(&body)).await, 200);
    story.settle().await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    story.end().await;
}

#[tokio::test]
async fn what_is_no_update_is_refused_and_what_cannot_be_read_is_put_aside() {
    let story = story().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    let sent = story.world.sent_count(anna.id);
    let bring = |body: Vec<u8>| request(&story).header(SECRET_HEADER, WEBHOOK_SECRET).body(body);
    for body in ["", "{", "[]", "7", "null", "{}", r#"{"update_id": "1"}"#, "\u{0}"] {
        assert_eq!(status(bring(body.into())).await, 400, "{body}");
    }
    assert_eq!(status(bring(vec![0xff; 100])).await, 400);
    assert_eq!(status(bring(vec![b' '; (1 << 20) + 1])).await, 413);
    let odd =
        json!({"update_id": 2, "message": {"message_id": "not a number", "text": "a customer's words"}});
    assert_eq!(status(bring(odd.to_string().into())).await, 200);
    assert_eq!(status(bring(json!({"update_id": 3, "unheard_of": {}}).to_string().into())).await, 200);
    assert_eq!(status(bring(says(anna, 4, "/help").to_string().into())).await, 200);
    story.settle().await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    let get = reqwest::get(format!("http://{}/telegram/webhook", story.running.addr)).await.unwrap();
    assert_eq!(get.status(), 405);
    story.end_with(|problem| problem == "1 dead updates").await;
}

#[tokio::test]
async fn updates_brought_side_by_side_and_again_are_each_handled_once() {
    let story = story().await;
    let people: Vec<Person> = (0..12).map(|number| story.person(&format!("Person {number}"))).collect();
    for person in &people {
        story.start(*person).await;
    }
    let bring = |(index, person): (usize, &Person)| {
        let update = says(*person, i64::try_from(index).unwrap(), "/help");
        status(request(&story).header(SECRET_HEADER, WEBHOOK_SECRET).json(&update))
    };
    let brought = people.iter().enumerate().chain(people.iter().enumerate()).map(bring);
    let statuses = futures_util::future::join_all(brought).await;
    assert_eq!(statuses, [200; 24]);
    story.settle().await;
    // Long after they were committed.
    let again = futures_util::future::join_all(people.iter().enumerate().map(bring)).await;
    assert_eq!(again, [200; 12]);
    story.settle().await;
    for person in &people {
        assert_eq!(story.world.sent_count(person.id), 2);
    }
    story.end().await;
}

#[tokio::test]
async fn where_updates_are_polled_there_is_no_such_address() {
    let story = Story::new().await;
    assert_eq!(status(request(&story).header(SECRET_HEADER, WEBHOOK_SECRET).json(&json!({}))).await, 404);
    story.end().await;
}

#[tokio::test]
async fn the_webhook_is_set_at_the_start_kept_and_left_at_the_stop() {
    let mut story = story().await;
    let url = format!("http://{}/telegram/webhook", story.running.addr);
    let known = info(&story).await;
    assert_eq!((known["url"].as_str(), known["max_connections"].as_i64()), (Some(url.as_str()), Some(40)));
    let kinds = json!(["callback_query", "channel_post", "edited_message", "message", "my_chat_member"]);
    assert_eq!(known["allowed_updates"], kinds);
    assert_eq!(story.world.calls("getUpdates"), 0);
    // Somebody else takes it away.
    story.world.set_webhook("https://elsewhere.example/hook");
    look(&story).await;
    assert_eq!(story.world.webhook().as_deref(), Some(url.as_str()));
    assert!(story.running.stop(minutes(1)).await);
    assert_eq!(story.world.webhook().as_deref(), Some(url.as_str()));
    assert_eq!(story.world.calls("deleteWebhook"), 0);
    story.restart().await;
    story.end().await;
}

#[tokio::test]
async fn the_mode_may_change_in_the_middle_of_a_dialogue_in_both_directions() {
    let mut story = story().await;
    let anna = asked(&story).await;
    let webhook = story.parts.config.webhook.clone();
    story.tap(anna, "3").await;
    assert!(story.running.stop(minutes(1)).await);
    let said = story.touch(anna, "Пропустить");
    // Whether it was confirmed before the stop or not, it comes once more.
    story.world.duplicate_next(afterword::sandbox::Duplicate::SameId, 1);
    story.reconfigure(|config| config.webhook = None).await;
    story.wait_until(|world| world.answer(&said).is_some()).await;
    assert_eq!((story.world.webhook(), story.world.calls("deleteWebhook")), (None, 1));
    story.tap(anna, "9").await;
    assert!(story.running.stop(minutes(1)).await);
    story.touch(anna, "8");
    story.reconfigure(|config| config.webhook = webhook).await;
    assert!(story.world.webhook().is_some());
    story.advance(minutes(30)).await;
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_eq!(story.answered(&["question", "value"]).await, "overall · 3\nquality · 9\nservice · 8\n");
    story.end().await;
}

#[tokio::test]
async fn after_a_long_stop_what_was_open_is_shown_again_and_after_a_short_one_not() {
    let mut story = story().await;
    let anna = asked(&story).await;
    let sent = story.world.sent_count(anna.id);
    story.stop_for(minutes(2), |_| ()).await;
    story.advance(minutes(5)).await;
    assert_eq!(story.world.sent_count(anna.id), sent);
    story.stop_for(minutes(20), |story| drop(story.touch(anna, "2"))).await;
    story.advance(minutes(5)).await;
    assert_eq!(story.world.updates_expired(), 1);
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    assert!(story.last(anna).contains("были недоступны"), "{}", story.last(anna));
    story.end_with(|problem| problem.starts_with("a tap whose spinner turns")).await;
}

async fn checked(story: &Story) -> String {
    let config = Arc::clone(&story.parts.config);
    let setup = Setup { config, clock: story.clock.clone(), entropy: Entropy::seeded(3) };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&setup, &CheckArgs::default(), &mut to).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    said.lines().find(|line| line.contains("webhook:")).unwrap().to_owned()
}

/// Lets half a minute pass, and the program look at the webhook.
async fn look(story: &Story) {
    story.clock.advance(minutes(1) / 2);
    let (now, mut rests_until) = (story.clock.instant(), story.stage.webhook_rests_until.clone());
    rests_until.wait_for(|until| until.is_some_and(|until| until > now)).await.unwrap();
}

#[tokio::test]
async fn while_telegram_cannot_bring_updates_it_is_red_and_later_what_was_open_is_shown_again() {
    let mut story = story().await;
    let anna = asked(&story).await;
    let url = format!("http://{}/telegram/webhook", story.running.addr);
    assert_eq!(
        checked(&story).await,
        format!("ok     webhook: Telegram brings updates to {url}; 0 updates wait")
    );
    // The way from outside: a proxy that is not there yet.
    let outside = free_addr();
    let elsewhere = format!("http://{outside}/telegram/webhook");
    assert!(checked(&story).await.starts_with("ok "));
    story.reconfigure(|config| config.webhook.as_mut().unwrap().url.clone_from(&elsewhere)).await;
    let sent = story.world.sent_count(anna.id);
    story.clock.advance(Duration::from_secs(1));
    story.touch(anna, "2");
    story.world.delivery_pauses().await;
    let mut health = story.running.health.watch();
    look(&story).await;
    health.wait_for(|state| state.intake.is_some()).await.unwrap();
    let (code, ready) = story.get("/readyz").await;
    let detail = ready["checks"]["telegram"]["detail"].as_str().unwrap();
    let said = format!("Telegram cannot bring updates to {elsewhere}: Connection refused; 1 update waits");
    assert_eq!((code, detail), (503, said.as_str()));
    assert_eq!(checked(&story).await, format!("WRONG  webhook: {said}"));
    for _ in 0..5 {
        look(&story).await;
    }
    // The tap has got lost. Now the proxy comes, and with it the next word.
    let proxy = TcpListener::bind(outside).await.unwrap();
    let (inside, tasks) = (story.running.addr, TaskTracker::new());
    let forwarding = tasks.spawn(async move {
        loop {
            let (mut from, _) = proxy.accept().await.unwrap();
            let mut to = TcpStream::connect(inside).await.unwrap();
            drop(tokio::io::copy_bidirectional(&mut from, &mut to).await);
        }
    });
    // Not /start, which brings the question back at once.
    story.say(anna, "/help").await;
    look(&story).await;
    health.wait_for(|state| state.intake.is_none()).await.unwrap();
    story.settle().await;
    story.advance(minutes(5)).await;
    assert_eq!(story.get("/readyz").await.0, 200);
    assert!(
        story.world.messages(anna.id).iter().any(|message| message.first_text().contains("были недоступны"))
    );
    assert_eq!(story.world.sent_count(anna.id), sent + 2);
    forwarding.abort();
    story.stage = stage(&story.world, &story.clock, &story.running);
    story.end_with(|problem| problem.starts_with("a tap whose spinner turns")).await;
}

#[tokio::test]
async fn while_nothing_can_be_stored_telegram_is_asked_to_come_again() {
    let story = story().await;
    let anna = asked(&story).await;
    // Another program that holds the file for longer than anybody waits.
    let file = SqliteConnectOptions::new().filename(story.running.db.file().unwrap());
    let mut other = SqliteConnection::connect_with(&file).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let update = says(anna, 1, "/help");
    let brought = request(&story).header(SECRET_HEADER, WEBHOOK_SECRET).json(&update).send();
    let answer = brought.await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let tap = story.touch(anna, "3");
    story.wait_until(|world| world.answer(&tap).is_some()).await;
    story.settle().await;
    assert_eq!(status(request(&story).header(SECRET_HEADER, WEBHOOK_SECRET).json(&update)).await, 200);
    story.end().await;
}
