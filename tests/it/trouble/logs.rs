//! Even the most verbose log contains nothing that a customer wrote, and no secret.

use std::path::Path;

use afterword::sandbox::{Fault, TOKEN, World};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::json;

use super::{KEY, Place, Serve, purchase, until, within};

#[tokio::test]
async fn a_log_that_nobody_can_write_stops_nothing() {
    let mut place = Place::new().await;
    place.set("RUST_LOG", "debug");
    let serve = Serve::start(place.command(&["serve"]), Path::new("/dev/full")).await;
    let anna = serve.customer(&place.world, "C-1").await;
    // The program complains about a broken update.
    place.world.inject("message", &json!({"message_id": "no number"}));
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    let tap = place.world.tap_last(anna, "9").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.stop().await;
}

#[tokio::test]
async fn a_whole_story_leaves_no_words_and_no_secrets_in_the_log() {
    for format in ["text", "json"] {
        let mut place = Place::new().await;
        place.set("RUST_LOG", "trace").set("LOG_FORMAT", format);
        place.unset("ADMIN_IDS");
        let mut secrets: Vec<String> = [
            TOKEN,
            TOKEN.split_once(':').unwrap().1,
            KEY,
            "Mummelsee",
            "Zwiebelkuchen",
            "Anastasia",
            "Lebkuchen",
        ]
        .map(str::to_owned)
        .into();
        let serve = place.serve().await;

        // The customer follows a link, is asked, and answers with words, a voice message and a file.
        let mut event = purchase("1001", "C-1");
        event["customer"] = json!({"id": "C-1", "name": "Anastasia", "phone": "+79991234567"});
        event["subject"] = json!({"title": "Lebkuchen No. 7"});
        secrets.push("79991234567".to_owned());
        let link = serve.event(&event).await["link"].as_str().unwrap().to_owned();
        secrets.push(link.split_once("start=").unwrap().1.to_owned());
        let anna = place.world.add_user("Anastasia", Some("en"));
        place.world.follow(anna, &link);
        serve.reaches("1001", "sent").await;
        let tap = place.world.tap_last(anna, "1").unwrap();
        within("the tap's answer", place.world.answered(&tap)).await;
        let said = place.world.say(anna, "The Zwiebelkuchen was cold");
        within("the next question", place.world.bot_message_after(anna, said)).await;

        // Things go wrong on the way: refusals, stale and forged taps, a broken update, and one that makes the program
        // fail.
        place.world.fault(
            Fault::error(400, "Bad Request: can't parse entities: unsupported start tag \"Zwiebelkuchen\"")
                .on("sendMessage"),
        );
        place.world.fault(Fault::error(418, "I am a teapot").on("editMessageText"));
        place.world.fault(Fault::dropped_after().on("sendMessage").after(1));
        place.world.fault(Fault::too_many_requests(1).on("answerCallbackQuery"));
        for data in ["", "Zwiebelkuchen", "a:1:2:3"] {
            place.world.forge_callback(anna, anna, said, data);
        }
        place.world.inject("message", &json!({"message_id": "Zwiebelkuchen", "text": "Zwiebelkuchen"}));
        place.world.inject("callback_query", &json!({"id": 7, "data": "Zwiebelkuchen"}));
        place.world.say(anna, "/start Zwiebelkuchen");
        place.world.say(anna, "/Zwiebelkuchen");
        let last = place.world.say(anna, "Zwiebelkuchen again");
        within("an answer", place.world.bot_message_after(anna, last)).await;
        place.world.block(anna);
        within("all updates", place.world.wait_until(World::all_confirmed)).await;

        // Requests that have a customer's words in every wrong place.
        for body in [
            json!({"event_id": "Zwiebelkuchen", "Mummelsee": 1}),
            json!({"event_id": "1001", "kind": "Mummelsee", "occurred_at": "Mummelsee", "customer": {"name": "Mummelsee"}}),
        ] {
            assert_eq!(serve.post(&body).await.status, 422);
        }
        event["store"] = json!("Mummelsee");
        assert_eq!(serve.post(&event).await.status, 409);
        assert_eq!(serve.get("/v1/events/Mummelsee").await.status, 404);
        let refused =
            serve.client.get(format!("{}/v1/events/1?Mummelsee", serve.address)).bearer_auth("Mummelsee");
        assert_eq!(refused.send().await.unwrap().status(), 401);

        let log = place.path("log");
        serve.stop().await;
        let log = std::fs::read_to_string(log).unwrap();
        assert!(log.lines().count() > 2, "the log says something: {log}");
        for secret in secrets {
            assert!(!log.contains(&secret), "'{secret}' is in the log:\n{log}");
        }
    }
}

/// A hook's address is a password: anybody who has it can send events.
#[tokio::test]
async fn the_address_of_a_hook_is_in_no_log_and_no_answer() {
    for format in ["text", "json"] {
        let mut place = Place::new().await;
        place.set("RUST_LOG", "trace").set("LOG_FORMAT", format);
        let serve = place.serve().await;
        let added = place.run(&["hook", "add", "desk", "--preset", "freshdesk"]).await;
        let path = added.out.trim().to_owned();
        let token = path.rsplit('/').next().unwrap().to_owned();
        assert!(token.len() >= 20, "{path}");
        let url = format!("{}{path}", serve.address);
        let body = json!({"kind": "ticket_closed", "customer": {"id": "Mummelsee"}, "subject": {"id": "7"}});
        let mut answers = Vec::new();
        let delivered = until("the hook", async || {
            let request =
                serve.client.post(&url).header("referer", &url).header("x-original-url", &url).json(&body);
            let answer = request.send().await.unwrap();
            let status = answer.status();
            answers.push(answer.text().await.unwrap());
            (status == 200).then_some(())
        });
        delivered.await;
        for request in [
            serve.client.post(&url).body("x".repeat((1 << 20) + 1)),
            serve.client.patch(&url),
            serve.client.post(format!("{url}/more")),
            serve.client.post(format!("{url}?Mummelsee")).body("{"),
            serve.client.post(url.replace("/hooks/", "/hooks/x")),
        ] {
            let answer = request.send().await.unwrap();
            answers.push(format!("{:?} {}", answer.headers().clone(), answer.text().await.unwrap()));
        }
        answers.push(serve.get("/metrics").await.body.to_string());
        let shown = place.run(&["hook", "show", "1"]).await;
        answers.push(shown.out);
        place.run(&["hook", "revoke", "desk"]).await;
        let log = place.path("log");
        serve.stop().await;
        for said in answers.into_iter().chain([std::fs::read_to_string(log).unwrap()]) {
            assert!(!said.contains(&token), "the token is in: {said}");
        }
    }
}

#[tokio::test]
async fn wrong_keys_are_told_of_once_and_never_shown() {
    let place = Place::new().await;
    let serve = place.serve().await;
    let guess = |number: usize| {
        let request = serve.client.get(format!("{}/v1/answers", serve.address));
        request.bearer_auth(format!("Mummelsee-key-number-{number}")).send()
    };
    let mut guesses: FuturesUnordered<_> = (0..60).map(guess).collect();
    let mut turned_away = 0;
    for _ in 0..50 {
        let answer = within("an answer", guesses.next()).await.unwrap().unwrap();
        turned_away += usize::from(answer.status() == 429);
    }
    assert!(turned_away > 0);
    drop(guesses);
    let right = serve.get("/v1/answers").await;
    assert_eq!(right.status, 200);
    let log = serve.logged();
    assert_eq!(
        log.matches("wrong API keys, webhook secrets, addresses of hooks or links to the pages").count(),
        1,
        "{log}"
    );
    assert!(!log.contains("Mummelsee"), "{log}");
    serve.stop().await;
}

#[tokio::test]
async fn an_option_of_the_databases_address_that_nobody_knows_is_not_logged_with_its_value() {
    if crate::cluster::is_missing() {
        return;
    }
    let database = crate::cluster::TestDatabase::migrated(crate::cluster::Engine::Postgres).await;
    let mut place = Place::new().await;
    let sign = if database.url.contains('?') { '&' } else { '?' };
    place.set("DATABASE_URL", &format!("{}{sign}passwd=Mummelsee", database.url)).set("RUST_LOG", "trace");
    let (mut serve, address) = super::Serve::launch(place.command(&["serve"]), &place.path("log")).await;
    // The address may be refused, but it is not repeated in the log.
    if address.is_some() {
        serve.signal("TERM").await;
    }
    serve.ended().await;
    assert!(!serve.logged().contains("Mummelsee"), "{}", serve.logged());
}

#[tokio::test]
async fn commands_complain_without_quoting_what_customers_wrote() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let mut event = purchase("1001", "C-1");
    event["customer"]["name"] = json!("Mummelsee\u{7}");
    event["extra"] = json!("Mummelsee");
    place.write("events.jsonl", format!("{event}\n{{\"customer\": \"Mummelsee\n"));
    let ran = place.run(&["import", "events.jsonl"]).await;
    assert_eq!((ran.code, ran.err.lines().count()), (1, 2), "{ran:?}");
    assert!(!ran.err.contains("Mummelsee"), "{ran:?}");
    let check = place.run(&["check"]).await;
    assert!(!check.out.contains(TOKEN) && !check.out.contains(KEY), "{check:?}");
}
