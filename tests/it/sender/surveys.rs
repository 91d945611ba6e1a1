//! Invitations: their outcome moves the survey along the ledger.

use std::time::Duration;

use afterword::domain::event::Event;
use afterword::domain::ids::{ChatId, MessageId, MessageKey, SurveyKey};
use afterword::sandbox::{Fault, UserId};
use afterword::service::events::{Links, accept};
use afterword::service::{due, scripts};
use afterword::store::{Lane, Outgoing, Payload};
use serde_json::json;

use super::{Rig, rig};

impl Rig {
    /// Stores an event of a person. Its survey is due when this returns.
    async fn event_due(&self, person: UserId) {
        let now = self.clock.now();
        self.unit(async |unit| scripts::install_shipped(unit).await).await;
        self.write(async |tx| self.ctx.scripts.refresh(tx).await).await;
        let event = json!({
            "event_id": "order-1", "kind": "purchase", "occurred_at": now.to_rfc3339(),
            "customer": {"id": "C-1", "telegram_id": person}, "subject": {"id": "1"},
        });
        let event = Event::parse(event.to_string().as_bytes(), now).unwrap();
        self.unit(async |unit| accept(unit, &[event.into()], Links::Omit).await).await.remove(0).unwrap();
        self.clock.advance(Duration::from_hours(3));
    }

    /// Claims the surveys that are due, and returns how many there were.
    async fn claim(&self) -> usize {
        self.unit(async |unit| {
            let found = due::look(&mut unit.tx, 10, unit.now).await?;
            due::claim_due(unit, &found, 10).await
        })
        .await
        .claimed
    }

    async fn path(&self) -> String {
        self.text(
            "SELECT string_agg(kind || COALESCE('(' || reason || ')', ''), ' ' ORDER BY position) FROM journal \
             WHERE survey IS NOT NULL AND answer IS NULL",
        )
        .await
    }
}

#[tokio::test]
async fn a_delivered_invitation_is_sent_and_its_clocks_run_from_then() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.event_due(anna).await;
    assert_eq!(rig.claim().await, 1);
    rig.drain().await;
    assert!(rig.path().await.ends_with("scheduled sending sent"), "{}", rig.path().await);
    let now = rig.clock.now().millis();
    assert_eq!(rig.number("SELECT sent_at FROM surveys").await, now);
    assert_eq!(rig.number("SELECT expires_at - sent_at FROM surveys").await, 72 * 3_600_000);
    assert_eq!(rig.number("SELECT last_sent_at FROM persons").await, now);
    assert_eq!(rig.number("SELECT message_id FROM messages").await, rig.world.last_message(anna).unwrap().id);
}

#[tokio::test]
async fn an_invitation_of_unknown_fate_is_not_taken_for_sent() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.event_due(anna).await;
    rig.claim().await;
    rig.world.fault(Fault::dropped_after().on("sendMessage").times(2));
    rig.drain().await;
    assert_eq!(rig.texts(anna).len(), 2);
    assert!(rig.path().await.ends_with("scheduled sending"));
    assert_eq!(rig.number("SELECT COUNT(*) FROM surveys WHERE sent_at IS NULL").await, 1);
}

#[tokio::test]
async fn a_tap_on_the_first_copy_spares_the_second() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.event_due(anna).await;
    rig.world.fault(Fault::dropped_after().on("sendMessage"));
    rig.claim().await;
    assert_eq!(rig.waits().await, Some(1));
    // The router does this with every tap: the message that the tap came from becomes the survey's message.
    let copy = rig.world.last_message(anna).unwrap().id;
    let message = rig.number("SELECT message FROM surveys").await;
    rig.write(async |tx| tx.set_message_id(MessageKey::new(message), MessageId::new(copy)).await).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna).len(), 1);
    assert!(rig.path().await.ends_with("sending sent"));
}

#[tokio::test]
async fn a_customer_who_blocked_the_bot_is_not_reachable() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.event_due(anna).await;
    rig.world.block(anna);
    rig.claim().await;
    rig.drain().await;
    assert!(rig.path().await.ends_with("sending undeliverable(blocked)"));
    assert_eq!(rig.text("SELECT unreachable FROM persons").await, "blocked");
    assert_eq!(rig.number("SELECT COUNT(*) FROM surveys WHERE ended_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_block_noticed_by_any_message_ends_what_is_open() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.event_due(anna).await;
    rig.claim().await;
    rig.drain().await;
    rig.world.block(anna);
    rig.queue(&[Outgoing::send(Lane::Answers, ChatId::new(anna), Payload::text("Hello"))]).await;
    rig.drain().await;
    assert!(rig.path().await.ends_with("sending sent expired(blocked)"));
}

#[tokio::test]
async fn a_telegram_id_that_cannot_be_written_to_waits_for_a_link() {
    let rig = rig().await;
    let stranger = rig.world.add_user("Stranger", None);
    rig.event_due(stranger).await;
    rig.sql("UPDATE persons SET unreachable = NULL, started_at = 1").await;
    rig.sql("UPDATE surveys SET state = 'scheduled', due_at = 0").await;
    rig.claim().await;
    rig.drain().await;
    assert!(rig.path().await.ends_with("sending scheduled waiting_for_link"), "{}", rig.path().await);
    assert_eq!(rig.number("SELECT COUNT(*) FROM surveys WHERE person IS NULL").await, 1);
}

#[tokio::test]
async fn an_invitation_whose_time_is_over_is_given_back_and_not_sent() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.event_due(anna).await;
    rig.world.fault(Fault::internal_server_error().on("sendMessage"));
    rig.claim().await;
    rig.sender.idle().await;
    rig.clock.advance(Duration::from_hours(12));
    rig.drain().await;
    assert!(rig.path().await.ends_with("sending scheduled"), "{}", rig.path().await);
    assert!(rig.texts(anna).is_empty());
    assert_eq!(rig.number("SELECT COUNT(*) FROM surveys WHERE person IS NULL AND message IS NULL").await, 1);
}

#[tokio::test]
pub async fn the_survey_a_customer_deleted_is_shown_anew_by_its_next_edit() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.event_due(anna).await;
    rig.claim().await;
    rig.drain().await;
    rig.world.delete_message(anna, rig.world.last_message(anna).unwrap().id);
    let message = rig.number("SELECT message FROM surveys").await;
    let survey = SurveyKey::new(rig.number("SELECT id FROM surveys").await);
    let edit = Outgoing::edit(
        Lane::Answers,
        ChatId::new(anna),
        MessageKey::new(message),
        None,
        Payload::text("Question 2"),
    )
    .survey(survey);
    rig.queue(&[edit]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Question 2"]);
}
