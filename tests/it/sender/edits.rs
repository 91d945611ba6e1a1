//! Edits of messages that are identified by our own key.

use afterword::domain::ids::ChatId;
use afterword::sandbox::Fault;
use afterword::store::{Lane, Outgoing, Payload};

use super::{answer, edit, rig};

#[tokio::test]
async fn an_edit_waits_for_its_message_and_only_the_newest_is_made() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let message = rig.message(anna).await;
    rig.queue(&[
        answer(anna, "Question 1").message(message),
        edit(anna, message, "Question 2"),
        edit(anna, message, "Question 3"),
        edit(anna, message, "Thanks"),
    ])
    .await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Thanks"]);
    assert_eq!(rig.world.calls("editMessageText"), 1);
    assert_eq!(rig.message_id(message).await, rig.world.last_message(anna).map(|m| m.id));
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_a_success() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let message = rig.message(anna).await;
    rig.queue(&[answer(anna, "Same").message(message), edit(anna, message, "Same")]).await;
    rig.drain().await;
    assert_eq!(rig.world.calls("editMessageText"), 1);
}

#[tokio::test]
async fn an_edit_whose_answer_is_lost_is_repeated_and_shows_once() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let message = rig.message(anna).await;
    rig.world.fault(Fault::dropped_after().on("editMessageText"));
    rig.queue(&[answer(anna, "Old").message(message), edit(anna, message, "New")]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["New"]);
}

#[tokio::test]
async fn an_edit_without_text_changes_the_keyboard_only() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let message = rig.message(anna).await;
    let markup = serde_json::json!({"inline_keyboard": [[{"text": "Good", "callback_data": "x"}]]});
    let send =
        Outgoing::send(Lane::Answers, ChatId::new(anna), Payload::text("How?").keyboard(Some(&markup)));
    let bare = Outgoing::edit(Lane::Answers, ChatId::new(anna), message, None, Payload::default());
    rig.queue(&[send.message(message), bare]).await;
    rig.drain().await;
    assert!(rig.world.last_message(anna).unwrap().keyboard.is_empty());
    assert_eq!(rig.texts(anna), ["How?"]);
}

#[tokio::test]
async fn an_edit_of_a_deleted_message_that_nobody_needs_is_dropped() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let message = rig.message(anna).await;
    rig.queue(&[answer(anna, "Old").message(message)]).await;
    rig.drain().await;
    rig.world.delete_message(anna, rig.message_id(message).await.unwrap());
    rig.queue(&[edit(anna, message, "New")]).await;
    rig.drain().await;
    assert!(rig.texts(anna).is_empty());
}

#[tokio::test]
pub async fn an_alert_whose_message_is_gone_is_shown_anew() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let message = rig.message(anna).await;
    rig.queue(&[Outgoing::send(Lane::Alerts, ChatId::new(anna), Payload::text("Alert")).message(message)])
        .await;
    rig.drain().await;
    rig.world.delete_message(anna, rig.message_id(message).await.unwrap());
    let newer =
        |text: &str| Outgoing::edit(Lane::Alerts, ChatId::new(anna), message, None, Payload::text(text));
    rig.queue(&[newer("Alert, with a reason")]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Alert, with a reason"]);
    rig.queue(&[newer("Alert, with a comment")]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Alert, with a comment"]);
}
