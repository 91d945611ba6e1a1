//! Two programs on one PostgreSQL database: both answer HTTP, one talks to Telegram, and together they keep the rules.

use afterword::app::{self, Parts, Running};
use afterword::entropy::Entropy;
use afterword::service::hooks::{HookSet, taking};
use serde_json::{Value, json};

use crate::cluster;
use crate::harness::{self, API_KEY, Setting, Story, hours, seconds};
use crate::stories::hooks::{live, log};

/// A story with a second program, which waits for its turn.
async fn two() -> Option<(Story, Running)> {
    if cluster::is_missing() {
        return None;
    }
    let story = Setting::on_postgres().await.start().await;
    let parts = Parts { entropy: Entropy::seeded(8), ..story.parts.clone() };
    let second = app::start(parts).await.unwrap();
    assert!(second.leading().is_none());
    Some((story, second))
}

async fn call(program: &Running, path: &str, body: Option<&Value>) -> (u16, Value) {
    let http = reqwest::Client::new();
    let url = format!("http://{}{path}", program.addr);
    let request = match body {
        Some(body) => http.post(url).json(body),
        None => http.get(url),
    };
    let response = request.bearer_auth(API_KEY).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn post(program: &Running, event: &Value) -> (u16, Value) {
    call(program, "/v1/events", Some(event)).await
}

fn purchase(story: &Story, order: &str, more: &Value) -> Value {
    let mut event = json!({
        "event_id": order, "kind": "purchase", "occurred_at": story.clock.now().to_rfc3339(),
        "customer": { "id": "C-1" },
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

/// The second program goes on alone.
async fn hand_over(story: &mut Story, second: Running) {
    let polls = story.world.calls("getUpdates");
    let first = std::mem::replace(&mut story.running, second);
    assert!(first.stop(std::time::Duration::from_secs(30)).await, "it does not stop in time");
    story.wait_until(|world| world.calls("getUpdates") > polls).await;
    story.stage = harness::stage(&story.world, &story.clock, &story.running);
    story.settle().await;
}

#[tokio::test]
async fn everybody_says_who_talks_to_telegram() {
    let Some((mut story, second)) = two().await else { return };
    let telegram = |(status, ready): (u16, Value)| {
        assert_eq!(status, 200, "{ready}");
        ready["checks"]["telegram"]["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(telegram(story.get("/readyz").await), "connected");
    let told = telegram(call(&second, "/readyz", None).await);
    let holder = format!("process {} on ", std::process::id());
    assert!(told.starts_with("another program on this database talks to Telegram"), "{told}");
    assert!(told.contains(&holder), "{told}");
    hand_over(&mut story, second).await;
    assert_eq!(telegram(story.get("/readyz").await), "connected");
    story.end().await;
}

#[tokio::test]
async fn an_event_handed_to_both_at_once_is_taken_once() {
    let Some((story, second)) = two().await else { return };
    for number in 0..20 {
        let order = format!("order-{number}");
        let event = purchase(&story, &order, &json!({}));
        // The same instant, written otherwise: it has to be compared with what the other is just writing.
        let moment = story.clock.now().to_rfc3339().replace('Z', "+00:00");
        let again = purchase(&story, &order, &json!({ "occurred_at": moment, "tags": [] }));
        let answers =
            tokio::join!(post(&story.running, &event), post(&second, &again), post(&second, &event));
        let answers = [answers.0, answers.1, answers.2];
        let mut statuses = answers.each_ref().map(|(status, _)| *status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 202], "{answers:?}");
        assert!(
            answers.iter().all(|(_, answer)| answer["survey_id"] == answers[0].1["survey_id"]),
            "{answers:?}"
        );
    }
    let other = purchase(&story, "order-x", &json!({ "store": "msk-1" }));
    let another = purchase(&story, "order-x", &json!({ "store": "msk-2" }));
    let (one, two) = tokio::join!(post(&story.running, &other), post(&second, &another));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409], "{one:?} {two:?}");
    second.stop(std::time::Duration::from_secs(30)).await;
    story.end().await;
}

#[tokio::test]
async fn of_what_both_took_in_at_once_for_one_person_the_newest_is_asked_about() {
    let Some((story, second)) = two().await else { return };
    let anna = story.customer("Анна", "C-1").await;
    let now = story.clock.now();
    let orders: Vec<Value> = (0..16)
        .map(|number| {
            let at = now.minus(std::time::Duration::from_mins(60 - number)).to_rfc3339();
            purchase(&story, &format!("order-{number}"), &json!({ "occurred_at": at }))
        })
        .collect();
    let programs = [&story.running, &second].into_iter().cycle();
    let posted = orders.iter().zip(programs).map(|(order, program)| post(program, order));
    for (status, answer) in futures_util::future::join_all(posted).await {
        assert_eq!((status, answer["state"].as_str()), (202, Some("scheduled")), "{answer}");
    }
    // All are due when somebody looks again.
    story.jump_to("2026-11-21T15:30:00Z").await;
    let mut states = Vec::new();
    for number in 0..16 {
        states.push(story.state(&format!("order-{number}")).await);
    }
    let (last, others) = states.split_last().unwrap();
    assert_eq!(last, "sent");
    assert!(others.iter().all(|state| state == "suppressed(throttled)"), "{states:?}");
    assert_eq!(story.chat(anna).matches("Лавка").count(), 1, "{}", story.chat(anna));
    second.stop(std::time::Duration::from_secs(30)).await;
    story.end().await;
}

#[tokio::test]
async fn what_the_waiting_program_takes_in_is_asked_by_the_other() {
    let Some((story, second)) = two().await else { return };
    let anna = story.customer("Анна", "C-1").await;
    assert_eq!(post(&second, &purchase(&story, "order-1", &json!({}))).await.0, 202);
    story.advance(hours(3)).await;
    assert_eq!(story.state("order-1").await, "sent");
    story.tap(anna, "2").await;
    let (_, ledger) = call(&second, "/v1/events/order-1", None).await;
    assert_eq!(ledger["state"], "started");
    second.stop(std::time::Duration::from_secs(30)).await;
    story.end().await;
}

#[tokio::test]
async fn what_telegram_brings_to_the_waiting_program_is_handled_there_and_answered_by_both() {
    if cluster::is_missing() {
        return;
    }
    let setting = Setting::on_postgres().await.with_webhook();
    let brought_to = setting.config().http_addr;
    // The address outside leads to the program that does not hold the lease.
    let story = setting.set("HTTP_ADDR", "127.0.0.1:0").start().await;
    let mut parts = Parts { entropy: Entropy::seeded(8), ..story.parts.clone() };
    std::sync::Arc::make_mut(&mut parts.config).http_addr = brought_to;
    let second = app::start(parts).await.unwrap();
    assert!(second.leading().is_none());
    let anna = story.person("Анна");
    let sent = |count| story.wait_until(move |world| world.sent_count(anna.id) == count);
    let link = post(&second, &purchase(&story, "order-1", &json!({}))).await.1["link"].clone();
    story.world.follow(anna.id, link.as_str().unwrap());
    sent(1).await;
    story.settle().await;
    story.advance(hours(3)).await;
    sent(2).await;
    for (score, shown) in
        [("2", "2/10"), ("Пропустить", "Вопрос 2 из 3"), ("9", "Вопрос 3 из 3"), ("9", "Спасибо")]
    {
        let tap = story.touch(anna, score);
        story.wait_until(|world| world.answer(&tap).is_some() && story.last(anna).contains(shown)).await;
    }
    story.settle().await;
    assert_eq!(story.answered(&["question", "value"]).await, "overall · 2\nquality · 9\nservice · 9\n");
    assert_eq!(story.world.calls("setWebhook"), 1);
    second.stop(std::time::Duration::from_secs(30)).await;
    story.end().await;
}

#[tokio::test]
async fn when_one_stops_the_other_goes_on_where_it_was() {
    let Some((mut story, second)) = two().await else { return };
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    hand_over(&mut story, second).await;
    story.tap(anna, "Пропустить").await;
    for _ in 0..2 {
        story.tap(anna, "9").await;
    }
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_eq!(story.answered(&["question", "value"]).await, "overall · 2\nquality · 9\nservice · 9\n");
    story.end().await;
}

#[tokio::test]
async fn a_delivery_that_both_take_at_once_is_mapped_once() {
    const DELIVERIES: usize = 20;
    let Some((story, second)) = two().await else { return };
    let hook = live(&story, "shop", "paste").await;
    let order = |number: usize| {
        json!({"event_id": format!("order-{number}"), "kind": "purchase", "customer": {"id": "C-1"}})
            .to_string()
    };
    for number in 0..DELIVERIES {
        let address = if number % 2 == 0 { story.running.addr } else { second.addr };
        let url = format!("http://{address}{hook}");
        let request = reqwest::Client::new().post(url).header("content-type", "application/json");
        assert_eq!(request.body(order(number)).send().await.unwrap().status(), 200);
    }
    // As two programs would that both hold the lease for a moment.
    let sets = [HookSet::default(), HookSet::default()];
    let (one, other) = tokio::join!(
        taking::take(&story.running.db, &story.running.ctx, &sets[0]),
        taking::take(&second.db, &second.ctx, &sets[1]),
    );
    one.unwrap();
    other.unwrap();
    story.advance(seconds(2)).await;
    let told = log(&story, "shop").await;
    let expected: Vec<String> = (0..DELIVERIES).map(|number| format!("event  order-{number}")).collect();
    assert_eq!(told, expected);
    let metrics = [story.text("/metrics").await, call_text(&second, "/metrics").await];
    let counted = metrics.iter().filter_map(|text| events_counted(text)).sum::<usize>();
    assert_eq!(counted, DELIVERIES);
    assert!(second.stop(std::time::Duration::from_secs(30)).await);
    story.end().await;
}

async fn call_text(program: &Running, path: &str) -> String {
    reqwest::get(format!("http://{}{path}", program.addr)).await.unwrap().text().await.unwrap()
}

/// How many deliveries a program says it has made events of.
fn events_counted(metrics: &str) -> Option<usize> {
    let line = metrics.lines().find(|line| line.contains("hook=\"shop\",outcome=\"event\""))?;
    line.rsplit(' ').next()?.parse().ok()
}
