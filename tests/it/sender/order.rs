//! Order, lanes and rates.

use afterword::domain::ids::ChatId;
use afterword::sandbox::{Fault, GroupKind};
use afterword::store::{Lane, Outgoing, Payload};

use super::{answer, rig};

#[tokio::test]
async fn a_chat_reads_its_messages_in_the_order_they_were_queued() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let rows: Vec<_> = (1..=7).map(|n| answer(anna, &n.to_string())).collect();
    rig.queue(&rows).await;
    rig.sender.idle().await;
    assert_eq!(rig.texts(anna), ["1", "2", "3"]);
    assert_eq!(rig.waits().await, Some(1));
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(rig.world.refused_by_limits(), 0);
}

#[tokio::test]
async fn a_chat_that_must_wait_delays_no_other() {
    let rig = rig().await;
    let (anna, boris) = (rig.person("Anna"), rig.person("Boris"));
    rig.world.fault(Fault::too_many_requests(8).chat(anna));
    rig.queue(&[answer(anna, "one"), answer(anna, "two"), answer(boris, "for you")]).await;
    assert_eq!(rig.waits().await, Some(8));
    assert_eq!(rig.texts(boris), ["for you"]);
    assert!(rig.texts(anna).is_empty());
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["one", "two"]);
}

#[tokio::test]
async fn a_chat_whose_call_hangs_delays_no_other() {
    let rig = rig().await;
    let (anna, boris) = (rig.person("Anna"), rig.person("Boris"));
    let (fault, gate) = Fault::held();
    rig.world.fault(fault.chat(anna));
    rig.queue(&[answer(anna, "slow"), answer(anna, "after it")]).await;
    gate.arrived(1).await;
    rig.queue(&[answer(boris, "for you")]).await;
    rig.world.bot_message_after(boris, 1).await;
    assert!(rig.texts(anna).is_empty());
    gate.open();
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["slow", "after it"]);
}

#[tokio::test]
async fn forty_alerts_to_a_group_delay_no_customer_and_break_no_limit() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let leads = rig.world.add_group("Leads", GroupKind::Supergroup, anna);
    let mut rows: Vec<_> = (1..=40)
        .map(|n| Outgoing::send(Lane::Alerts, ChatId::new(leads), Payload::text(format!("alert {n}"))))
        .collect();
    rows.push(answer(anna, "thank you"));
    rig.queue(&rows).await;
    assert_eq!(rig.waits().await, Some(60));
    // Two calls are reserved for answers to what leads do, and three for edits of the message that lists many alerts.
    assert_eq!((rig.texts(anna).len(), rig.texts(leads).len()), (1, 13));
    rig.drain().await;
    assert_eq!(rig.texts(leads), (1..=40).map(|n| format!("alert {n}")).collect::<Vec<_>>());
    assert_eq!(rig.world.refused_by_limits(), 0);
}

#[tokio::test]
async fn surveys_leave_at_their_rate_while_answers_do_not_wait_for_them() {
    let rig = rig().await;
    let people: Vec<_> = (0..100).map(|n| rig.person(&n.to_string())).collect();
    let surveys: Vec<_> = people
        .iter()
        .map(|p| Outgoing::send(Lane::Surveys, ChatId::new(*p), Payload::text("How was it?")))
        .collect();
    rig.queue(&surveys).await;
    rig.sender.idle().await;
    let last = people[99];
    rig.queue(&[answer(last, "Hello")]).await;
    rig.sender.idle().await;
    assert_eq!(rig.texts(last), ["Hello"]);
    let started = rig.clock.now();
    rig.drain().await;
    let took = rig.clock.now().since(started).as_millis();
    assert!((3_800..=4_200).contains(&took), "100 surveys at 25 a second took {took} ms");
    assert_eq!(rig.world.refused_by_limits(), 0);
}

#[tokio::test]
async fn taps_are_answered_at_once_and_once() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let markup = serde_json::json!({"inline_keyboard": [[{"text": "Good", "callback_data": "x"}]]});
    let payload = Payload::text("How?").keyboard(Some(&markup));
    rig.queue(&[Outgoing::send(Lane::Surveys, ChatId::new(anna), payload)]).await;
    rig.sender.idle().await;
    let tap = rig.world.tap_last(anna, "Good").unwrap();
    let answer =
        afterword::telegram::sender::CallbackAnswer { query_id: tap.clone(), text: Some("Saved".to_owned()) };
    rig.sender.answer_callback(answer).await;
    rig.drain().await;
    assert_eq!(rig.world.answer(&tap).unwrap().text, "Saved");
    assert_eq!(rig.world.calls("answerCallbackQuery"), 1);
}
