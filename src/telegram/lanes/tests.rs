mod doubt;
mod group;

use super::*;
use crate::domain::ids::{AlertKey, ChatId, MessageId, MessageKey, PersonId, TopicId};
use crate::store::Method;

const START: Instant = Instant::from_millis(1_700_000_000_000);

fn row(id: i64, lane: Lane, chat_id: i64, method: Method, message: Option<i64>) -> OutboxRow {
    OutboxRow {
        id,
        lane,
        chat_id: ChatId::new(chat_id),
        thread_id: TopicId::NONE,
        method,
        message: message.map(MessageKey::new),
        message_id: None,
        survey: None,
        first: false,
        alert: None,
        attempts: 0,
        not_after: None,
        unknown_at: None,
        edit: None,
        author: None,
    }
}

fn send(id: i64, lane: Lane, chat_id: i64) -> OutboxRow {
    row(id, lane, chat_id, Method::Send, None)
}

fn edit(id: i64, lane: Lane, chat_id: i64, message: i64) -> OutboxRow {
    OutboxRow {
        message_id: Some(MessageId::new(message)),
        ..row(id, lane, chat_id, Method::Edit, Some(message))
    }
}

/// Lets all calls go that may, each finishing before the next. Returns their order.
fn drain(lanes: &mut Lanes, now: Instant) -> Vec<i64> {
    let mut ids = Vec::new();
    while let Some(call) = lanes.pop(now) {
        ids.push(call.row.id);
        lanes.finish(&call, now);
    }
    ids
}

#[test]
fn first_lanes_go_first_and_a_lane_keeps_its_order() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Digests, 1), START);
    lanes.push(send(2, Lane::Surveys, 2), START);
    lanes.push(send(3, Lane::Alerts, 3), START);
    lanes.push(send(4, Lane::Answers, 4), START);
    lanes.push(send(5, Lane::Answers, 5), START);
    assert_eq!(drain(&mut lanes, START), [4, 5, 3, 2, 1]);
}

#[test]
fn a_chat_keeps_its_order_with_one_call_in_flight() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Answers, 7), START);
    lanes.push(edit(2, Lane::Answers, 7, 70), START);
    lanes.push(send(3, Lane::Answers, 8), START);
    let first = lanes.pop(START).unwrap();
    let other = lanes.pop(START).unwrap();
    assert_eq!((first.row.id, other.row.id), (1, 3));
    assert!(lanes.pop(START).is_none());
    lanes.finish(&first, START);
    assert_eq!(lanes.pop(START).unwrap().row.id, 2);
}

#[test]
fn words_of_one_person_keep_their_order_while_the_first_wait_for_another_try() {
    let words = |id, of| OutboxRow { author: Some(PersonId::new(of)), ..send(id, Lane::Words, -7) };
    let mut lanes = Lanes::new(1000);
    lanes.push(words(1, 5), START);
    let first = lanes.pop(START).unwrap();
    lanes.push(words(2, 5), START);
    lanes.push(words(3, 6), START);
    let later = START.plus_millis(1000);
    lanes.put_back(first, later, START);
    assert_eq!(drain(&mut lanes, START), [3], "nobody else waits for them");
    assert_eq!(drain(&mut lanes, later), [1, 2]);
}

#[test]
fn an_answer_overtakes_the_survey_that_waits_for_its_rate_in_the_same_chat() {
    let mut lanes = Lanes::new(1);
    lanes.push(send(1, Lane::Surveys, 6), START);
    lanes.push(send(2, Lane::Surveys, 7), START);
    assert_eq!(drain(&mut lanes, START), [1]);
    lanes.push(send(3, Lane::Answers, 7), START);
    assert_eq!(drain(&mut lanes, START), [3]);
    assert_eq!(lanes.next_at(START), Some(START.plus_millis(1000)));
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)), [2]);
}

#[test]
fn an_edit_never_overtakes_the_send_of_its_message() {
    let mut lanes = Lanes::new(1000);
    lanes.push(row(1, Lane::Surveys, 7, Method::Send, Some(70)), START);
    lanes.push(row(2, Lane::Answers, 7, Method::Edit, Some(70)), START);
    let first = lanes.pop(START).unwrap();
    assert_eq!(first.row.id, 1);
    lanes.set_message_id(ChatId::new(7), MessageKey::new(70), Some(MessageId::new(555)), START);
    lanes.finish(&first, START);
    assert_eq!(lanes.pop(START).unwrap().row.message_id, Some(MessageId::new(555)));
}

#[test]
fn the_newest_edit_takes_the_place_of_waiting_ones_and_their_rows_go_with_it() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Answers, 7), START);
    let busy = lanes.pop(START).unwrap();
    for id in 2..=4 {
        lanes.push(edit(id, Lane::Answers, 7, 70), START);
    }
    lanes.push(edit(5, Lane::Answers, 7, 71), START);
    assert_eq!(lanes.queued(), 2);
    lanes.finish(&busy, START);
    let call = lanes.pop(START).unwrap();
    let mut ids: Vec<_> = call.row_ids().collect();
    ids.sort_unstable();
    assert_eq!((call.row.id, ids), (4, vec![2, 3, 4]));
}

#[test]
fn an_edit_that_failed_gives_way_to_a_newer_one() {
    let mut lanes = Lanes::new(1000);
    lanes.push(edit(1, Lane::Answers, 7, 70), START);
    let failed = lanes.pop(START).unwrap();
    lanes.push(edit(2, Lane::Answers, 7, 70), START);
    lanes.put_back(failed, START.plus_millis(500), START);
    assert_eq!(lanes.next_at(START), Some(START.plus_millis(500)));
    let call = lanes.pop(START.plus_millis(500)).unwrap();
    assert_eq!(call.row_ids().collect::<Vec<_>>(), [2, 1]);
    assert_eq!(lanes.queued(), 0);
}

#[test]
fn a_parked_chat_delays_no_other() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Surveys, 7), START);
    lanes.push(send(2, Lane::Surveys, 8), START);
    let call = lanes.pop(START).unwrap();
    let until = START.plus(Duration::from_secs(8));
    lanes.park(ChatId::new(7), until, START);
    lanes.put_back(call, until, START);
    assert_eq!(drain(&mut lanes, START), [2]);
    assert_eq!(lanes.next_at(START), Some(until));
    assert_eq!(drain(&mut lanes, until), [1]);
    assert_eq!(lanes.next_at(until), None);
}

#[test]
fn two_parked_customers_mean_that_the_bot_is_too_fast_and_surveys_wait() {
    let mut lanes = Lanes::new(1000);
    let until = START.plus(Duration::from_secs(8));
    lanes.park(ChatId::new(-7), until, START);
    lanes.park(ChatId::new(7), until, START);
    lanes.push(send(1, Lane::Surveys, 9), START);
    assert_eq!(drain(&mut lanes, START), [1]);
    lanes.park(ChatId::new(8), until, START);
    lanes.push(send(2, Lane::Surveys, 10), START);
    lanes.push(send(3, Lane::Answers, 11), START);
    assert_eq!(drain(&mut lanes, START), [3]);
    assert_eq!(drain(&mut lanes, until), [2]);
}

#[test]
fn a_lane_whose_calls_hang_holds_up_no_other() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=40 {
        lanes.push(send(id, Lane::Alerts, -id), START);
    }
    let hanging: Vec<_> = std::iter::from_fn(|| lanes.pop(START)).collect();
    assert_eq!((hanging.len(), lanes.in_flight()), (CALLS_PER_LANE, CALLS_PER_LANE));
    lanes.push(send(41, Lane::Digests, 1), START);
    assert_eq!(lanes.pop(START).unwrap().row.id, 41);
    assert_eq!(lanes.next_at(START), None);
}

/// A send that may have arrived already.
#[test]
fn an_answer_overtakes_a_survey_that_is_tried_again_in_the_same_chat() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Surveys, 7), START);
    let call = lanes.pop(START).unwrap();
    let later = START.plus_millis(4000);
    lanes.put_back(call, later, START);
    lanes.push(send(2, Lane::Answers, 7), START);
    assert_eq!(drain(&mut lanes, START), [2]);
    assert_eq!(lanes.next_at(START), Some(later));
    assert_eq!(drain(&mut lanes, later), [1]);
}

#[test]
fn failures_of_a_chat_wait_longer_each_time_and_a_success_ends_that() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Answers, 7), START);
    let mut now = START;
    let mut waits = Vec::new();
    for _ in 0..8 {
        let call = lanes.pop(now).unwrap();
        let wait = lanes.back_off(ChatId::new(7));
        waits.push(wait.as_secs());
        lanes.put_back(call, now.plus(wait), now);
        now = now.plus(wait);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    let call = lanes.pop(now).unwrap();
    lanes.finish(&call, now);
    assert_eq!(lanes.back_off(ChatId::new(7)).as_secs(), 1);
}

#[test]
fn a_migrated_groups_queue_moves_and_keeps_its_order() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Alerts, -7), START);
    lanes.push(send(2, Lane::Alerts, -7), START);
    let told = lanes.pop(START).unwrap();
    lanes.migrate(told, ChatId::new(-1007), START);
    let call = lanes.pop(START).unwrap();
    assert_eq!((call.row.id, call.row.chat_id), (1, ChatId::new(-1007)));
    lanes.finish(&call, START);
    assert_eq!(drain(&mut lanes, START), [2]);
    assert_eq!((lanes.queued(), lanes.in_flight()), (0, 0));
}

#[test]
fn rested_chats_are_forgotten() {
    let mut lanes = Lanes::new(1000);
    let mut now = START;
    for id in 1..=10_000 {
        lanes.push(send(id, Lane::Answers, id), now);
        assert_eq!(drain(&mut lanes, now), [id]);
        now = now.plus_millis(10);
    }
    assert!(lanes.chats.len() <= 1025, "{}", lanes.chats.len());
}
