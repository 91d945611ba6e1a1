//! The queues: which updates were seen, and what waits to be sent.

use std::collections::HashSet;

use afterword::domain::ids::{ChatId, MessageId, TopicId};
use afterword::domain::time::Timestamp;
use afterword::store::{Db, Lane, Method, Outgoing, Payload};

use crate::cluster::TestDatabase;
use crate::variant;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

async fn db() -> (TestDatabase, Db) {
    let database = TestDatabase::migrated(variant::current().engine).await;
    let db = database.open().await;
    (database, db)
}

#[tokio::test]
pub async fn an_update_is_fresh_once_and_the_offset_is_worth_what_is_known_of_it() {
    let (_database, db) = db().await;
    let now = Timestamp::from_millis(1_700_000_000_000);
    let mut tx = db.write().await.unwrap();
    assert_eq!(tx.find_offset(42).await.unwrap(), None);
    tx.upsert_bot(42, "a_bot").await.unwrap();
    let fresh = tx.mark_updates_seen(42, &[10, 11, 12, 13, 14, 10], now).await.unwrap();
    assert_eq!(fresh.len(), 5);
    let fresh = tx.mark_updates_seen(42, &[14, 15], now.plus_millis(1)).await.unwrap();
    assert_eq!(fresh, HashSet::from([15]));
    assert_eq!(tx.mark_updates_seen(43, &[15], now).await.unwrap().len(), 1);
    tx.set_offset(42, 16).await.unwrap();
    assert_eq!(tx.find_offset(42).await.unwrap(), Some((16, now.plus_millis(1))));
    assert_eq!(tx.find_bot_username(42).await.unwrap().as_deref(), Some("a_bot"));
    assert!(!tx.has_updates_seen_before(now).await.unwrap());
    assert!(tx.has_updates_seen_before(now.plus_millis(1)).await.unwrap());
    assert_eq!(tx.delete_updates_seen(now.plus_millis(2), 5).await.unwrap(), 5);
    assert_eq!(tx.delete_updates_seen(now.plus_millis(2), 5).await.unwrap(), 2);
    assert_eq!(tx.find_offset(42).await.unwrap(), None);
    tx.insert_dead_update(42, 16, "{}", "why", now).await.unwrap();
    tx.insert_dead_update(42, 16, "{}", "why", now).await.unwrap();
    assert_eq!(tx.count_dead_updates().await.unwrap(), 1);
}

#[tokio::test]
pub async fn a_row_is_loaded_as_it_was_queued_and_its_edit_knows_the_message() {
    let (_database, db) = db().await;
    let mut grew = db.outbox_grew();
    let mut tx = db.write().await.unwrap();
    let message = tx.insert_message(ChatId::new(7), TopicId::new(3)).await.unwrap();
    let payload =
        Payload::text("<b>Hi</b>").keyboard(Some(&serde_json::json!({"inline_keyboard": []}))).silent();
    let send = Outgoing::send(Lane::Alerts, ChatId::new(7), payload).thread(TopicId::new(3)).message(message);
    tx.enqueue(&send, now()).await.unwrap();
    let edit = Outgoing::edit(Lane::Answers, ChatId::new(7), message, None, Payload::text("Ho"));
    tx.enqueue(&edit, now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(grew.has_changed().unwrap());
    grew.borrow_and_update();

    let mut tx = db.write().await.unwrap();
    let rows = tx.list_outbox_after(0, 10).await.unwrap();
    let (first, edited) = (rows[0].id, rows[1].id);
    assert!(first < edited);
    assert_eq!(
        (rows[0].id, rows[0].lane, rows[0].method, rows[0].thread_id),
        (first, Lane::Alerts, Method::Send, TopicId::new(3))
    );
    assert_eq!((rows[0].attempts, rows[0].edit.as_deref()), (0, None));
    assert_eq!(
        (rows[1].id, rows[1].message_id, rows[1].edit.as_deref()),
        (edited, None, Some(r#"{"text":"Ho"}"#))
    );
    let claimed = tx.claim_outbox(&[first, 999]).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].payload, r#"{"text":"<b>Hi</b>","keyboard":{"inline_keyboard":[]},"silent":true}"#);
    tx.set_message_id(message, MessageId::new(55)).await.unwrap();
    assert_eq!(tx.find_message_id(message).await.unwrap(), Some(MessageId::new(55)));
    assert_eq!(tx.list_outbox_after(first, 10).await.unwrap()[0].message_id, Some(MessageId::new(55)));
    assert_eq!(tx.list_outbox_after(0, 10).await.unwrap()[0].attempts, 1);
    tx.release_outbox(first).await.unwrap();
    assert_eq!(tx.list_outbox_after(0, 10).await.unwrap()[0].attempts, 0);
    tx.delete_outbox(&[first, edited]).await.unwrap();
    assert!(tx.list_outbox_after(0, 10).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert!(!grew.has_changed().unwrap());
}

#[tokio::test]
pub async fn a_migrated_group_is_known_by_its_new_id_only() {
    let (_database, db) = db().await;
    let mut tx = db.write().await.unwrap();
    let message = tx.insert_message(ChatId::new(-7), TopicId::NONE).await.unwrap();
    tx.set_message_id(message, MessageId::new(5)).await.unwrap();
    tx.enqueue(&Outgoing::edit(Lane::Alerts, ChatId::new(-7), message, None, Payload::text("x")), now())
        .await
        .unwrap();
    tx.migrate_chat(ChatId::new(-7), ChatId::new(-1007)).await.unwrap();
    let row = tx.list_outbox_after(0, 10).await.unwrap().remove(0);
    assert_eq!((row.chat_id, row.message_id), (ChatId::new(-1007), None));
}
