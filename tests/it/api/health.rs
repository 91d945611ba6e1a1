use afterword::clock::Instant;
use afterword::domain::ids::ChatId;
use serde_json::json;

use super::{NOON, Server, purchase, reply};

#[tokio::test]
async fn health_needs_no_key_and_names_every_check() {
    let server = Server::start().await;
    let get = |path: &str| reply(server.client.get(format!("{}{path}", server.address)));
    assert_eq!(get("/healthz").await.status, 200);
    let ready = get("/readyz").await;
    assert_eq!((ready.status, &ready.body["status"]), (200, &json!("ready")));
    let names: Vec<_> = ready.body["checks"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["alert_chats", "backlog", "database", "telegram", "work"]);
}

#[tokio::test]
async fn a_bot_that_telegram_refuses_is_not_ready_and_says_why() {
    let server = Server::start().await;
    server.health.intake_fails("another program polls with this token".to_owned(), Instant::NEVER);
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert_eq!(
        ready.body["checks"]["telegram"],
        json!({"ok": false, "detail": "another program polls with this token"})
    );
    server.health.intake_is_well();
    assert_eq!(server.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn messages_that_wait_too_long_are_a_red_backlog() {
    use afterword::store::{Lane, Outgoing, Payload};
    let server = Server::start().await;
    let mut tx = server.db.write().await.unwrap();
    tx.enqueue(&Outgoing::send(Lane::Answers, ChatId::new(7), Payload::text("hi")), NOON).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(server.get("/readyz").await.status, 200);
    server.ctx.clock.advance(std::time::Duration::from_mins(20));
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.body["checks"]["backlog"]["detail"], "1 message waits, the oldest for 20m");
}

/// A load balancer sends no events to an instance that is not ready, so the program must become ready again without an
/// event.
#[tokio::test]
async fn once_the_database_can_be_written_again_it_is_ready_though_no_event_comes() {
    let server = Server::start().await;
    let other = server.database.open().await;
    let lock = other.write().await.unwrap();
    assert_eq!(server.post(&purchase("e")).await.status, 503);
    drop(lock);
    let ready = server.get("/readyz").await;
    assert_eq!((ready.status, &ready.body["checks"]["database"]["ok"]), (503, &json!(false)));
    server.ctx.clock.advance(std::time::Duration::from_secs(30));
    assert_eq!(server.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn of_how_many_messages_nobody_knows_whether_they_arrived_is_said_with_the_time() {
    use afterword::store::{Lane, Outgoing, Payload};
    let server = Server::start().await;
    let mut tx = server.db.write().await.unwrap();
    for chat in [7, 8] {
        tx.enqueue(&Outgoing::send(Lane::Alerts, ChatId::new(chat), Payload::text("hi")), NOON)
            .await
            .unwrap();
    }
    for row in tx.list_outbox_after(0, 2).await.unwrap() {
        tx.mark_outbox_unknown(row.id, NOON.plus_millis(row.id)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let detail = server.get("/readyz").await.body["checks"]["backlog"]["detail"].as_str().unwrap().to_owned();
    let since = NOON.plus_millis(1);
    assert!(
        detail.contains(&format!("of 2 messages nobody knows whether they arrived, since {since}")),
        "{detail}"
    );
}
