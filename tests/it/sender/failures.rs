//! Failures on the way to Telegram, and what the chats show of them.

use std::time::Duration;

use afterword::domain::ids::{ChatId, SurveyKey, TopicId};
use afterword::sandbox::{Fault, GroupKind};
use afterword::store::{Lane, Outgoing, Payload};
use rstest::rstest;

use super::{answer, edit, rig};

#[tokio::test]
async fn a_request_lost_on_the_way_arrives_once() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.world.fault(Fault::dropped_before().on("sendMessage"));
    rig.queue(&[answer(anna, "Hello"), answer(anna, "again")]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Hello", "again"]);
}

#[tokio::test]
async fn a_lost_reply_shows_one_copy_more_and_never_a_third() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let message = rig.message(anna).await;
    rig.world.fault(Fault::dropped_after().on("sendMessage").times(3));
    rig.queue(&[answer(anna, "Hello").message(message)]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Hello", "Hello"]);
    assert_eq!(rig.message_id(message).await, None);
    assert_eq!(rig.unknown().await, 1, "nobody knows, and it is not taken for sent");
}

#[tokio::test]
async fn what_was_in_flight_at_a_kill_is_sent_once_more_and_never_a_third_time() {
    let rig = rig().await;
    let (anna, boris) = (rig.person("Anna"), rig.person("Boris"));
    let now = rig.clock.now();
    rig.write(async |tx| {
        tx.enqueue(&answer(anna, "in flight at one kill"), now).await?;
        tx.enqueue(&answer(boris, "in flight at two kills"), now).await?;
        let queued: Vec<i64> = tx.list_outbox_after(0, 2).await?.iter().map(|row| row.id).collect();
        tx.claim_outbox(&queued).await?;
        tx.claim_outbox(&queued[1..]).await.map(drop)
    })
    .await;
    rig.drain().await;
    assert_eq!((rig.texts(anna).len(), rig.texts(boris).len()), (1, 0));
    assert_eq!((rig.world.calls("sendChatAction"), rig.unknown().await), (1, 1));
}

#[tokio::test]
async fn connections_that_are_cut_lose_nothing_though_they_are_cut_again_and_again() {
    let rig = rig().await;
    let people: Vec<_> = (0..20).map(|n| rig.person(&n.to_string())).collect();
    rig.world.fault(Fault::dropped_before().until(rig.clock.now().plus(Duration::from_secs(20))));
    rig.queue(&people.iter().map(|person| answer(*person, "Hello")).collect::<Vec<_>>()).await;
    rig.sender.idle().await;
    assert!(rig.health.problems()[0].contains("has not answered"), "{:?}", rig.health.problems());
    rig.drain().await;
    for person in people {
        assert_eq!(rig.texts(person), ["Hello"]);
    }
    assert_eq!((rig.health.problems(), rig.unknown().await), (Vec::<String>::new(), 0));
}

#[tokio::test]
async fn while_sends_alone_are_cut_few_of_them_are_tried() {
    let rig = rig().await;
    let people: Vec<_> = (0..100).map(|n| rig.person(&n.to_string())).collect();
    let surveys: Vec<_> = people
        .iter()
        .map(|p| Outgoing::send(Lane::Surveys, ChatId::new(*p), Payload::text("How was it?")))
        .collect();
    let end = rig.clock.now().plus(Duration::from_secs(20));
    rig.world.fault(Fault::dropped_before().on("sendMessage").until(end));
    rig.queue(&surveys).await;
    rig.sender.idle().await;
    while rig.clock.now() < end {
        rig.pass(1).await;
    }
    assert!(rig.unknown().await < 20, "{} of 100 may have arrived", rig.unknown().await);
    rig.drain().await;
    assert!(people.iter().all(|person| rig.texts(*person) == ["How was it?"]));
}

#[tokio::test]
async fn a_page_of_somebody_else_is_no_answer_and_loses_neither_send_nor_edit() {
    let rig = rig().await;
    let (anna, boris) = (rig.person("Anna"), rig.person("Boris"));
    let message = rig.message(anna).await;
    rig.queue(&[answer(anna, "Old").message(message)]).await;
    rig.drain().await;
    rig.world.fault(Fault::foreign_page().until(rig.clock.now().plus(Duration::from_mins(10))));
    rig.queue(&[edit(anna, message, "New"), answer(boris, "Hello")]).await;
    rig.sender.idle().await;
    assert!(rig.health.problems()[0].contains("not Telegram's Bot API"), "{:?}", rig.health.problems());
    rig.drain().await;
    assert_eq!((rig.texts(anna), rig.texts(boris)), (vec!["New".to_owned()], vec!["Hello".to_owned()]));
    let calls = (rig.world.calls("sendMessage"), rig.world.calls("editMessageText"), rig.unknown().await);
    assert_eq!(calls, (3, 2, 0), "one try each, until a sign of life");
}

#[tokio::test]
async fn a_gateway_that_does_not_know_is_waited_for_and_the_message_arrives_once() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    // The message, and four probes of two calls.
    rig.world.fault(Fault::bad_gateway().times(9));
    rig.queue(&[answer(anna, "Hello")]).await;
    for wait in [1, 2, 4, 8] {
        assert_eq!(rig.waits().await, Some(wait));
        rig.pass(wait).await;
    }
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Hello"]);
}

#[tokio::test]
async fn a_failing_telegram_is_asked_until_it_is_well_and_the_message_arrives_once() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.world.fault(Fault::internal_server_error().on("sendMessage").times(5));
    rig.queue(&[answer(anna, "Hello")]).await;
    for wait in [1, 2, 4, 8, 16] {
        assert_eq!(rig.waits().await, Some(wait));
        rig.pass(wait).await;
    }
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Hello"]);
}

#[tokio::test]
async fn html_that_telegram_cannot_read_goes_as_plain_text() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.world
        .fault(Fault::error(400, "Bad Request: can't parse entities: Unexpected end tag").on("sendMessage"));
    rig.queue(&[answer(anna, "<b>Anna</b> &lt;3")]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["Anna <3"]);
}

#[tokio::test]
async fn a_message_telegram_will_never_take_is_given_up_and_the_next_one_goes() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    rig.world.fault(Fault::error(400, "Bad Request: message is too long").on("sendMessage"));
    rig.queue(&[answer(anna, "bad"), answer(anna, "good")]).await;
    rig.drain().await;
    assert_eq!(rig.texts(anna), ["good"]);
}

#[tokio::test]
async fn a_closed_or_deleted_topic_hands_its_messages_to_the_chat() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let forum = rig.world.add_group("Leads", GroupKind::Forum, anna);
    let (closed, deleted) = (rig.world.add_topic(forum, "Closed"), rig.world.add_topic(forum, "Deleted"));
    rig.world.set_topic_closed(forum, closed, true);
    rig.world.delete_topic(forum, deleted);
    let alert = |topic, text: &str| {
        Outgoing::send(Lane::Alerts, ChatId::new(forum), Payload::text(text)).thread(topic)
    };
    rig.queue(&[alert(TopicId::new(closed), "one"), alert(TopicId::new(deleted), "two")]).await;
    rig.drain().await;
    assert_eq!(rig.texts(forum), ["one", "two"]);
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_gets_its_messages_there() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let old = rig.world.add_group("Leads", GroupKind::Basic, anna);
    let message = rig.message(old).await;
    rig.queue(&[Outgoing::send(Lane::Alerts, ChatId::new(old), Payload::text("before")).message(message)])
        .await;
    rig.drain().await;
    let new = rig.world.migrate_group(old);
    let edit =
        Outgoing::edit(Lane::Alerts, ChatId::new(old), message, None, Payload::text("before, changed"));
    let send = Outgoing::send(Lane::Alerts, ChatId::new(old), Payload::text("after"));
    rig.queue(&[send, edit]).await;
    rig.drain().await;
    assert_eq!(rig.texts(new), ["after", "before, changed"]);
}

#[tokio::test]
async fn a_group_that_threw_the_bot_out_is_gone() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let leads = rig.world.add_group("Leads", GroupKind::Supergroup, anna);
    rig.world.kick_bot(leads, anna);
    rig.sql_with("INSERT INTO alert_chats (chat_id, locale, subscribed_at) VALUES ($1, 'en', 0)", leads)
        .await;
    rig.queue(&[Outgoing::send(Lane::Alerts, ChatId::new(leads), Payload::text("<b>2</b> of 10"))]).await;
    rig.drain().await;
    assert_eq!(rig.number("SELECT COUNT(*) FROM lost_chats WHERE kind = 'gone'").await, 1);
    assert_eq!(rig.queued_rows().await, 0);
}

#[tokio::test]
async fn a_soft_stop_finishes_what_is_in_flight_and_starts_nothing_more() {
    let rig = rig().await;
    let anna = rig.person("Anna");
    let (fault, gate) = Fault::held();
    rig.world.fault(fault.on("sendMessage"));
    rig.queue(&[answer(anna, "in flight"), answer(anna, "queued")]).await;
    gate.arrived(1).await;
    rig.stop.cancel();
    gate.open();
    rig.tasks.wait().await;
    assert_eq!(rig.texts(anna), ["in flight"]);
    assert_eq!(rig.queued_rows().await, 1);
}

#[rstest]
#[case(1)]
#[case(2)]
#[case(3)]
#[tokio::test]
async fn whatever_fails_each_chat_reads_everything_in_order_and_nothing_three_times(#[case] seed: u64) {
    let rig = rig().await;
    let entropy = afterword::entropy::Entropy::seeded(seed);
    let draw = |most: u8| u32::from(entropy.bytes::<1>()[0] % most);
    let people: Vec<_> = (0..30).map(|n| rig.person(&n.to_string())).collect();
    for person in &people {
        rig.world.fault(Fault::dropped_before().on("sendMessage").chat(*person).after(draw(8)));
    }
    for _ in 0..80 {
        let fault = match draw(4) {
            0 => Fault::dropped_after(),
            1 => Fault::internal_server_error(),
            2 => Fault::bad_gateway(),
            _ => Fault::too_many_requests(i64::from(draw(5)) + 1),
        };
        rig.world.fault(fault.on("sendMessage").after(draw(200)));
    }
    let texts: Vec<_> = (1..=8).map(|n| n.to_string()).collect();
    let rows: Vec<_> = texts.iter().flat_map(|text| people.iter().map(|p| answer(*p, text))).collect();
    rig.queue(&rows).await;
    rig.drain().await;
    let mut missing = 0;
    for person in people {
        let shown = rig.texts(person);
        let runs: Vec<&[String]> = shown.chunk_by(|a, b| a == b).collect();
        let read: Vec<_> = runs.iter().map(|run| run[0].clone()).collect();
        let in_order: Vec<_> = texts.iter().filter(|text| read.contains(text)).cloned().collect();
        assert_eq!(read, in_order, "seed {seed}: {shown:?}");
        missing += texts.len() - read.len();
        assert!(runs.iter().all(|run| run.len() <= 2), "seed {seed}: {shown:?}");
    }
    let unknown = usize::try_from(rig.unknown().await).unwrap();
    assert!(missing <= unknown && unknown < 5, "seed {seed}: {missing} are missing, {unknown} are unknown");
}

#[tokio::test]
async fn an_outcome_that_cannot_be_stored_holds_up_no_other() {
    let rig = rig().await;
    let (anna, boris) = (rig.person("Anna"), rig.person("Boris"));
    for statement in [
        "INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C', 0)",
        "INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body) \
         VALUES (1, 'e', 'purchase', 0, 0, 1, '{}')",
        "INSERT INTO surveys (id, survey_id, state) VALUES (1, 's', 'of no kind')",
    ] {
        rig.sql(statement).await;
    }
    let message = rig.message(boris).await;
    rig.queue(&[
        answer(anna, "broken").invitation(SurveyKey::new(1), None),
        answer(boris, "whole").message(message),
    ])
    .await;
    rig.drain().await;
    assert_eq!((rig.texts(anna).len(), rig.texts(boris).len()), (1, 1));
    assert_eq!(rig.message_id(message).await, rig.world.last_message(boris).map(|m| m.id));
}
