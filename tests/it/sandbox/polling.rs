//! `getUpdates`: waiting, confirming, conflicts and expiry.

use std::time::Duration;

use serde_json::{Value, json};

use super::{bench, bench_with, beside};

#[tokio::test]
async fn a_long_poll_ends_at_once_when_an_update_arrives() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    let bot = bench.bot.clone();
    let poll = beside(async move { bot.ok("getUpdates", json!({ "timeout": 10 })).await });
    bench.world.idle().await;
    bench.world.say(ada, "hello");
    let updates = poll.await.unwrap();
    assert_eq!(updates[0]["message"]["text"], "hello");
    assert_eq!(bench.world.updates_pending(), 1);
    assert_eq!(bench.world.message(ada, 1).unwrap().delivered, 1);
}

#[tokio::test]
async fn updates_stay_until_a_higher_offset_confirms_them() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    for text in ["a", "b", "c"] {
        bench.world.say(ada, text);
    }
    let first = bench.bot.updates(0).await;
    assert_eq!(bench.bot.updates(0).await, first);
    let second = first[1]["update_id"].as_i64().unwrap();
    assert_eq!(bench.bot.updates(second).await, first[1..]);
    assert_eq!(bench.bot.updates(0).await, first[1..]);
    let limited = bench.bot.ok("getUpdates", json!({ "limit": 1 })).await;
    assert_eq!(limited.as_array().unwrap()[..], first[1..2]);
    assert_eq!(bench.bot.updates(second + 2).await, Vec::<Value>::new());
    assert!(bench.world.all_confirmed());
}

#[tokio::test]
async fn of_two_polls_the_first_is_told_to_go() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    let poll =
        |bot: super::Bot| beside(async move { bot.reply("getUpdates", json!({ "timeout": 10 })).await });
    let first = poll(bench.bot.clone());
    bench.world.idle().await;
    let second = poll(bench.bot.clone());
    let refused = first.await.unwrap();
    assert_eq!(
        (refused["error_code"].as_i64(), refused["description"].as_str()),
        (
            Some(409),
            Some(
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        )
    );
    bench.world.say(ada, "hello");
    assert_eq!(second.await.unwrap()["result"][0]["message"]["text"], "hello");
}

#[tokio::test]
async fn a_poll_that_lost_its_connection_leaves_no_trace() {
    let bench = bench().await;
    let bot = bench.bot.clone();
    let poll = beside(async move { bot.ok("getUpdates", json!({ "timeout": 10 })).await });
    bench.world.idle().await;
    poll.abort();
    bench.world.wait_until(|world| !world.is_polled()).await;
}

#[tokio::test]
async fn taps_that_nobody_asks_for_are_gone_after_150_seconds() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.say(ada, "hello");
    let tap = bench.world.forge_callback(ada, ada, 1, "x");
    bench.clock.advance(Duration::from_secs(151));
    let updates = bench.bot.updates(0).await;
    assert_eq!((updates.len(), bench.world.updates_expired()), (1, 1));
    let error = bench.bot.error("answerCallbackQuery", json!({ "callback_query_id": tap })).await;
    assert!(error.starts_with("Bad Request: query is too old"), "{error}");
}

#[tokio::test]
async fn only_the_kinds_that_were_asked_for_arrive() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.bot.ok("getUpdates", json!({ "allowed_updates": ["message"] })).await;
    bench.world.say(ada, "hello");
    bench.world.block(ada);
    bench.bot.ok("getUpdates", json!({ "allowed_updates": [] })).await;
    bench.world.unblock(ada);
    let updates = bench.bot.updates(0).await;
    assert_eq!(updates.len(), 2);
    assert_eq!(updates[1]["my_chat_member"]["new_chat_member"]["status"], "member");
    bench.bot.error("getUpdates", json!({ "allowed_updates": ["messages"] })).await;
    assert_eq!(
        bench.world.take_violations(),
        ["getUpdates: Bad Request: allowed_updates names the unknown kind messages"]
    );
}

#[tokio::test]
async fn a_webhook_stands_in_the_way_until_it_is_deleted() {
    let bench = bench().await;
    bench.world.set_webhook("https://example.com/hook");
    let error = bench.bot.error("getUpdates", json!({})).await;
    assert!(error.starts_with("Conflict: can't use getUpdates method while webhook is active"), "{error}");
    assert_eq!(bench.bot.ok("getWebhookInfo", json!({})).await["url"], "https://example.com/hook");
    bench.bot.ok("deleteWebhook", json!({})).await;
    assert_eq!(bench.bot.ok("getWebhookInfo", json!({})).await["url"], "");
    bench.bot.ok("getUpdates", json!({})).await;
}

#[tokio::test]
async fn a_server_that_stops_ends_the_poll_and_the_world_goes_on_behind_another() {
    let bench = bench_with(afterword::sandbox::Options::default()).await;
    let ada = bench.world.add_user("Ada", None);
    let bot = bench.bot.clone();
    let poll = beside(async move { bot.ok("getUpdates", json!({ "timeout": 10 })).await });
    bench.world.idle().await;
    let addr = bench.sandbox.addr();
    bench.sandbox.stop().await;
    assert_eq!(poll.await.unwrap(), json!([]));
    bench.world.say(ada, "hello");
    let _again = afterword::sandbox::Sandbox::serve(bench.world.clone(), addr).await.unwrap();
    assert_eq!(bench.bot.updates(0).await.len(), 1);
}
