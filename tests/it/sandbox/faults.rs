//! Faults that are made on demand.

use std::time::Duration;

use afterword::sandbox::{Duplicate, Fault};
use serde_json::json;

use super::{bench, beside};

#[tokio::test]
async fn errors_come_as_often_as_asked_and_only_where_asked() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let [ada, bob] = ["Ada", "Bob"].map(|name| world.add_user(name, None));
    world.start(ada, None);
    world.start(bob, None);
    world.fault(Fault::too_many_requests(7).on("SendMessage").chat(ada).times(2));
    bot.say(bob, "not meant").await;
    for _ in 0..2 {
        let refused = bot.reply("sendMessage", json!({ "chat_id": ada, "text": "meant" })).await;
        assert_eq!(refused["error_code"], 429);
        assert_eq!(refused["description"], "Too Many Requests: retry after 7");
        assert_eq!(refused["parameters"]["retry_after"], 7);
    }
    bot.say(ada, "over").await;
    assert_eq!((world.sent_count(ada), world.sent_count(bob)), (1, 1));
}

#[tokio::test]
async fn server_errors_are_pages_and_not_json() {
    let bench = bench().await;
    for (fault, code) in [(Fault::internal_server_error(), 500), (Fault::bad_gateway(), 502)] {
        bench.world.fault(fault);
        let (status, body) = bench.bot.try_call("getMe", json!({})).await.unwrap();
        assert_eq!(status, code);
        assert!(body.starts_with("<html>"), "{body}");
    }
}

#[tokio::test]
async fn a_dropped_call_was_done_or_not_as_asked() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let send = || bench.bot.try_call("sendMessage", json!({ "chat_id": ada, "text": "hello" }));
    bench.world.fault(Fault::dropped_before());
    send().await.unwrap_err();
    assert_eq!(bench.world.sent_count(ada), 0);
    bench.world.fault(Fault::dropped_after().after(1));
    send().await.unwrap();
    send().await.unwrap_err();
    assert_eq!(bench.world.sent_count(ada), 2);
}

#[tokio::test]
async fn a_held_call_waits_for_its_gate_and_others_overtake_it() {
    let bench = bench().await;
    let [ada, bob] = ["Ada", "Bob"].map(|name| bench.world.add_user(name, None));
    bench.world.start(ada, None);
    bench.world.start(bob, None);
    let (fault, gate) = Fault::held();
    bench.world.fault(fault.chat(ada));
    let bot = bench.bot.clone();
    let held = beside(async move { bot.say(ada, "late").await });
    gate.arrived(1).await;
    bench.bot.say(bob, "early").await;
    assert_eq!(bench.world.sent_count(ada), 0);
    gate.open();
    held.await.unwrap();
    assert_eq!(bench.world.sent_count(ada), 1);
}

#[tokio::test]
async fn a_slow_call_is_done_all_the_same() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    bench.world.fault(Fault::slow(Duration::from_millis(1)));
    bench.bot.say(ada, "slow").await;
    assert_eq!(bench.world.sent_count(ada), 1);
}

#[tokio::test]
async fn a_poll_that_waits_already_meets_a_fault_too() {
    let bench = bench().await;
    let bot = bench.bot.clone();
    let poll = beside(async move { bot.try_call("getUpdates", json!({ "timeout": 10 })).await });
    bench.world.idle().await;
    bench.world.fault(Fault::bad_gateway().on("getUpdates"));
    assert_eq!(poll.await.unwrap().unwrap().0, 502);
}

#[tokio::test]
async fn an_update_whose_poll_was_lost_comes_again() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.say(ada, "hello");
    bench.world.fault(Fault::dropped_after().on("getUpdates"));
    bench.bot.try_call("getUpdates", json!({})).await.unwrap_err();
    assert_eq!(bench.bot.updates(0).await.len(), 1);
}

#[tokio::test]
async fn updates_are_doubled_under_their_own_or_the_next_id() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.duplicate_next(Duplicate::NewId, 1);
    bench.world.duplicate_next(Duplicate::SameId, 1);
    bench.world.say(ada, "twice");
    bench.world.say(ada, "again");
    let updates = bench.bot.updates(0).await;
    let texts: Vec<_> = updates.iter().map(|update| &update["message"]["text"]).collect();
    assert_eq!(texts, ["twice", "twice", "again"]);
    let last = updates[2]["update_id"].as_i64().unwrap();
    assert_eq!(last, updates[0]["update_id"].as_i64().unwrap() + 2);
    assert_eq!(bench.bot.updates(last + 1).await, updates[2..]);
    assert!(bench.bot.updates(last + 1).await.is_empty());
}
