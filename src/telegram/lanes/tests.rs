use super::*;
use crate::domain::ids::{AlertKey, ChatId, MessageId, MessageKey, PersonId, TopicId};

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
fn repeat(id: i64, lane: Lane, chat_id: i64) -> OutboxRow {
    OutboxRow { attempts: 1, ..send(id, lane, chat_id) }
}

/// Lets Telegram answer a probe.
fn heard(lanes: &mut Lanes, now: Instant) {
    let probe = lanes.probe(now).unwrap();
    lanes.probed(probe, Heard::InChat, now);
}

#[test]
fn nobody_is_called_until_telegram_is_known_to_answer_again() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=3 {
        lanes.push(send(id, Lane::Answers, id), START);
    }
    let failed = lanes.pop(START).unwrap();
    lanes.unanswered(ChatId::new(1), START);
    lanes.put_back(failed, START, START);
    assert!(lanes.pop(START).is_none());
    let probe = lanes.probe(START).unwrap();
    assert_eq!((probe.chat, lanes.next_at(START)), (ChatId::new(1), None));
    let mut now = START;
    for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
        lanes.probed(probe, Heard::Nowhere, now);
        let next = lanes.next_at(now).unwrap();
        assert_eq!(next.since(now).as_secs(), wait);
        assert!(lanes.probe(now).is_none());
        now = next;
        assert!(lanes.pop(now).is_none() && lanes.probe(now).is_some());
    }
    lanes.probed(probe, Heard::InChat, now);
    let first = lanes.pop(now).unwrap();
    assert!(lanes.pop(now).is_none(), "one call shows whether the others may follow");
    lanes.answered(&first);
    lanes.finish(&first, now);
    assert_eq!(drain(&mut lanes, now).len(), 2);
}

#[test]
fn calls_that_fail_one_after_another_wait_longer_though_probes_are_answered() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Answers, 7), START);
    let mut now = START;
    for wait in [0, 1, 2, 4] {
        let call = lanes.pop(now).unwrap();
        lanes.unanswered(ChatId::new(7), now);
        lanes.put_back(call, now, now);
        let next = lanes.next_at(now).unwrap();
        assert_eq!(next.since(now).as_secs(), wait);
        now = next;
        heard(&mut lanes, now);
    }
}

#[test]
fn an_answer_does_not_wait_for_a_survey_that_hangs() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Surveys, 7), START);
    let survey = lanes.pop(START).unwrap();
    let later = START.plus(Duration::from_secs(2));
    lanes.push(send(2, Lane::Answers, 7), later);
    lanes.push(send(3, Lane::Answers, 7), later);
    let answer = lanes.pop(later).unwrap();
    assert_eq!(answer.row.id, 2);
    assert!(lanes.pop(later).is_none(), "one at a time");
    lanes.finish(&answer, later);
    assert!(lanes.pop(later).is_none(), "the survey is still in flight");
    lanes.finish(&survey, later);
    let later = later.plus(Duration::from_secs(2));
    assert_eq!(drain(&mut lanes, later), [3]);
    // Nothing overtakes an answer.
    lanes.push(send(4, Lane::Answers, 8), later);
    let hangs = lanes.pop(later).unwrap();
    lanes.push(send(5, Lane::Answers, 8), later.plus(Duration::from_secs(2)));
    assert!(lanes.pop(later.plus(Duration::from_secs(2))).is_none());
    lanes.finish(&hangs, later);
}

#[test]
fn a_chat_in_which_nothing_is_answered_holds_up_nobody_else() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Answers, 7), START);
    lanes.push(send(2, Lane::Answers, 8), START);
    let mut failed = lanes.pop(START).unwrap();
    failed.row.attempts = 1;
    lanes.unanswered(ChatId::new(7), START);
    lanes.put_back(failed, START, START);
    let probe = lanes.probe(START).unwrap();
    lanes.probed(probe, Heard::Elsewhere, START);
    let other = lanes.pop(START).unwrap();
    assert_eq!(other.row.id, 2);
    lanes.answered(&other);
    lanes.finish(&other, START);
    let mut now = START;
    for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert!(lanes.pop(now).is_none(), "nothing goes to the silent chat");
        let next = lanes.next_at(now).unwrap();
        assert_eq!(next.since(now).as_secs(), wait);
        now = next;
        let probe = lanes.probe(now).unwrap();
        assert_eq!(probe.chat, ChatId::new(7));
        lanes.push(send(100 + i64::try_from(wait).unwrap(), Lane::Answers, 8), now);
        assert_eq!(drain(&mut lanes, now).len(), 1, "others do not wait for the probe");
        lanes.probed(probe, if wait % 2 == 0 { Heard::Elsewhere } else { Heard::Nowhere }, now);
    }
    now = lanes.next_at(now).unwrap();
    let probe = lanes.probe(now).unwrap();
    lanes.probed(probe, Heard::InChat, now);
    assert_eq!(drain(&mut lanes, now), [1]);
    assert_eq!(lanes.next_at(now), None);
}

#[test]
fn a_silent_chat_in_which_nothing_waits_is_not_probed_for_ever() {
    let mut lanes = Lanes::new(1000);
    lanes.push(send(1, Lane::Answers, 7), START);
    let failed = lanes.pop(START).unwrap();
    lanes.unanswered(ChatId::new(7), START);
    lanes.finish(&failed, START);
    let probe = lanes.probe(START).unwrap();
    lanes.probed(probe, Heard::Elsewhere, START);
    assert_eq!(lanes.next_at(START), None, "no other probe");
    lanes.push(send(2, Lane::Answers, 7), START);
    assert_eq!(drain(&mut lanes, START), [2]);
}

#[test]
fn an_answer_to_what_began_before_the_failure_shows_nothing() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=3 {
        lanes.push(send(id, Lane::Answers, id), START);
    }
    let (failed, slow) = (lanes.pop(START).unwrap(), lanes.pop(START).unwrap());
    lanes.unanswered(ChatId::new(1), START);
    lanes.put_back(failed, START, START);
    lanes.answered(&slow);
    lanes.finish(&slow, START);
    assert!(lanes.pop(START).is_none());
    let probe = lanes.probe(START).unwrap();
    lanes.unanswered(ChatId::new(9), START);
    lanes.probed(probe, Heard::InChat, START);
    assert!(lanes.pop(START).is_none(), "another call failed while the probe was out");
    heard(&mut lanes, START);
    assert!(lanes.pop(START).is_some());
}

#[test]
fn what_may_have_arrived_is_repeated_after_another_call_was_answered() {
    let mut lanes = Lanes::new(1000);
    lanes.push(repeat(1, Lane::Answers, 7), START);
    lanes.push(send(2, Lane::Answers, 8), START);
    lanes.push(send(3, Lane::Answers, 7), START);
    assert!(lanes.pop(START).is_none());
    heard(&mut lanes, START);
    let other = lanes.pop(START).unwrap();
    assert_eq!(other.row.id, 2);
    lanes.answered(&other);
    lanes.finish(&other, START);
    assert_eq!(drain(&mut lanes, START), [1, 3], "in the order of their chat");
}

#[test]
fn what_may_have_arrived_is_repeated_after_a_sign_of_life_if_there_is_no_other_call() {
    let mut lanes = Lanes::new(1000);
    lanes.push(repeat(1, Lane::Surveys, 7), START);
    lanes.push(repeat(2, Lane::Surveys, 8), START);
    assert_eq!(lanes.next_at(START), Some(START));
    heard(&mut lanes, START);
    let first = lanes.pop(START).unwrap();
    assert!(lanes.pop(START).is_none());
    lanes.unanswered(first.row.chat_id, START);
    lanes.finish(&first, START);
    assert!(lanes.pop(START).is_none(), "the other keeps its chance");
}

#[test]
fn what_may_have_arrived_is_repeated_first_and_a_few_at_a_time() {
    let mut lanes = Lanes::new(1000);
    let repeats = i64::try_from(REPEATS).unwrap();
    for id in 1..=repeats + 2 {
        lanes.push(repeat(id, Lane::Digests, id), START);
    }
    for id in [51, 52] {
        lanes.push(send(id, Lane::Answers, id), START);
    }
    heard(&mut lanes, START);
    let fresh = lanes.pop(START).unwrap();
    lanes.answered(&fresh);
    lanes.finish(&fresh, START);
    let calls: Vec<_> = std::iter::from_fn(|| lanes.pop(START)).collect();
    let ids: Vec<_> = calls.iter().map(|call| call.row.id).collect();
    assert_eq!((fresh.row.id, ids), (51, (1..=repeats).chain([52]).collect()), "two wait for the others");
    lanes.finish(&calls[0], START);
    assert_eq!(drain(&mut lanes, START), [repeats + 1, repeats + 2]);
}

#[test]
fn what_is_said_under_an_alert_of_unknown_outcome_waits_for_it() {
    let mut lanes = Lanes::new(1000);
    lanes.push(repeat(1, Lane::Alerts, -7), START);
    lanes.push(send(2, Lane::Words, -7), START);
    lanes.push(send(3, Lane::Answers, 8), START);
    heard(&mut lanes, START);
    let fresh = lanes.pop(START).unwrap();
    lanes.answered(&fresh);
    lanes.finish(&fresh, START);
    assert_eq!(fresh.row.id, 3);
    assert_eq!(drain(&mut lanes, START), [1, 2]);
}

#[test]
fn what_may_have_arrived_is_not_forgotten_while_it_waits() {
    let mut lanes = Lanes::new(1000);
    lanes.push(repeat(1, Lane::Answers, 1), START);
    for id in 2..=3000 {
        lanes.push(send(id, Lane::Answers, id), START);
    }
    heard(&mut lanes, START);
    let first = lanes.pop(START).unwrap();
    lanes.answered(&first);
    lanes.finish(&first, START);
    assert!(drain(&mut lanes, START).contains(&1));
}

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

/// A call to a group as an attack or a crowd causes it. `of` is the message, the alert or the author.
fn to_group(id: i64, lane: Lane, of: i64) -> OutboxRow {
    match lane {
        Lane::Folds | Lane::Edits | Lane::CleanUp => edit(id, lane, -7, of),
        Lane::Words => OutboxRow { author: Some(PersonId::new(of)), ..send(id, lane, -7) },
        Lane::Rings => OutboxRow { alert: Some(AlertKey::new(of)), ..send(id, lane, -7) },
        _ => send(id, lane, -7),
    }
}

#[test]
fn sixty_words_of_one_person_and_thirty_edits_let_the_next_alert_pass() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=60 {
        lanes.push(to_group(id, Lane::Words, 1), START);
    }
    for id in 61..=90 {
        lanes.push(to_group(id, Lane::Edits, id), START);
    }
    assert_eq!(drain(&mut lanes, START).len(), 3 + 4);
    for id in 91..=96 {
        lanes.push(to_group(id, Lane::Alerts, id), START.plus_millis(1000));
    }
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)).len(), 6);
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)), [0; 0]);
}

#[test]
fn who_has_said_least_is_passed_on_first_and_one_person_gets_three_a_minute() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=10 {
        lanes.push(to_group(id, Lane::Words, 1), START);
    }
    lanes.push(to_group(11, Lane::Words, 2), START);
    assert_eq!(drain(&mut lanes, START), [1, 11, 2, 3]);
    lanes.push(to_group(12, Lane::Words, 3), START);
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)), [12]);
    assert_eq!(drain(&mut lanes, START.plus_millis(60_000)), [4, 5, 6]);
}

#[test]
fn edits_of_one_message_are_apart_and_hold_up_no_other() {
    let mut lanes = Lanes::new(1000);
    lanes.push(to_group(1, Lane::Edits, 70), START);
    assert_eq!(drain(&mut lanes, START), [1]);
    lanes.push(to_group(2, Lane::Edits, 70), START);
    lanes.push(to_group(3, Lane::Edits, 71), START);
    assert_eq!(drain(&mut lanes, START), [3]);
    assert_eq!(lanes.next_at(START), Some(START.plus_millis(4000)));
    assert_eq!(drain(&mut lanes, START.plus_millis(4000)), [2]);
}

#[test]
fn an_alert_rings_once_a_minute() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=3 {
        lanes.push(to_group(id, Lane::Rings, 70), START);
    }
    lanes.push(to_group(4, Lane::Rings, 71), START);
    assert_eq!(drain(&mut lanes, START), [1, 4]);
    assert_eq!(drain(&mut lanes, START.plus_millis(59_999)), [0; 0]);
    assert_eq!(drain(&mut lanes, START.plus_millis(60_000)), [2]);
}

#[test]
fn every_eighth_edit_is_of_a_single_alert_while_a_fold_has_work() {
    let mut lanes = Lanes::new(1000);
    let mut order = Vec::new();
    let mut id = 0;
    for second in 0..400 {
        let now = START.plus_millis(second * 1000);
        for (lane, of) in [(Lane::Folds, 70), (Lane::Edits, 71)] {
            id += 1;
            lanes.push(to_group(id, lane, of), now);
        }
        while let Some(call) = lanes.pop(now) {
            order.push(call.lane == Lane::Edits);
            lanes.finish(&call, now);
        }
    }
    let singles = order.iter().filter(|single| **single).count();
    assert!(order.len() > 50 && (order.len() / 10..=order.len() / 7).contains(&singles), "{order:?}");
}

mod any_load {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const LOAD: [Lane; 8] = [
        Lane::Answers,
        Lane::Alerts,
        Lane::Rings,
        Lane::Words,
        Lane::Folds,
        Lane::Edits,
        Lane::Digests,
        Lane::CleanUp,
    ];
    const MINUTE: i64 = 60_000;

    /// Bursts of calls: when, in which lane, how many, and of how many people or messages.
    fn bursts() -> impl Strategy<Value = Vec<(i64, usize, i64, i64)>> {
        prop::collection::vec((0..180_000_i64, 0..LOAD.len(), 1..40_i64, 1..6_i64), 1..25)
    }

    /// The lane that stands for the group of lanes to which this one belongs.
    fn class(lane: Lane) -> Lane {
        match lane {
            Lane::Rings => Lane::Alerts,
            Lane::Edits => Lane::Folds,
            _ => lane,
        }
    }

    fn is_last(lane: Lane) -> bool {
        matches!(lane, Lane::Digests | Lane::CleanUp)
    }

    fn is_edit_lane(lane: Lane) -> bool {
        matches!(lane, Lane::Folds | Lane::Edits | Lane::CleanUp)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_group_gets_eighteen_calls_a_minute_no_send_stands_behind_an_edit_and_no_lane_stands_still(
            mut bursts in bursts(),
        ) {
            bursts.sort_unstable();
            let mut lanes = Lanes::new(1000);
            let mut id = 0;
            let mut waits: HashMap<Lane, usize> = HashMap::new();
            // Since when a lane has had work and got nothing.
            let mut still: HashMap<Lane, i64> = HashMap::new();
            let mut made: Vec<(i64, Lane)> = Vec::new();
            let mut now = 0;
            let mut bursts = bursts.into_iter().peekable();
            loop {
                let at = START.plus_millis(now);
                while let Some((_, lane, count, of)) = bursts.next_if(|burst| burst.0 <= now) {
                    for n in 0..count {
                        id += 1;
                        // Each of these has its own author or alert, so that no limit per person or alert holds it up.
                        let of = if matches!(LOAD[lane], Lane::Words | Lane::Rings) { id } else { n % of };
                        let of = i64::try_from(lane).unwrap() * 10_000 + of;
                        lanes.push(to_group(id, LOAD[lane], of), at);
                    }
                }
                count_waiting(&lanes, &mut waits);
                for (lane, _) in waits.iter().filter(|(_, count)| **count > 0) {
                    still.entry(class(*lane)).or_insert(now);
                }
                while let Some(call) = lanes.pop(at) {
                    let lane = call.lane;
                    let recent = |of: &dyn Fn(Lane) -> bool| {
                        made.iter().filter(|(when, lane)| *when > now - MINUTE && of(*lane)).count()
                    };
                    prop_assert!(recent(&|_| true) < 18, "a nineteenth call at {now}");
                    if is_edit_lane(lane) {
                        // An answer or an alert waits only for edits that have not had their minimum.
                        let sends = waits.get(&Lane::Alerts).max(waits.get(&Lane::Answers)).copied();
                        let had = recent(&|of| of == lane);
                        let least = if lane == Lane::Folds { 4 } else { 1 };
                        let is_due = had < least || sends.unwrap_or_default() == 0;
                        prop_assert!(is_due, "{lane:?} at {now} after {had}");
                    }
                    made.push((now, lane));
                    still.remove(&class(lane));
                    lanes.finish(&call, at);
                    count_waiting(&lanes, &mut waits);
                    let is_left = waits.iter().any(|(of, count)| class(*of) == class(lane) && *count > 0);
                    still.extend(is_left.then_some((class(lane), now)));
                }
                for (lane, since) in &still {
                    // Lanes that nobody waits for come last.
                    let most = if is_last(*lane) { 2 * MINUTE } else { MINUTE };
                    prop_assert!(now - since <= most, "{lane:?} stands still since {since} at {now}");
                }
                let next = lanes.next_at(at).map(|next| next.since(START).as_millis());
                let next = next.map(|next| i64::try_from(next).unwrap());
                let Some(next) = next.into_iter().chain(bursts.peek().map(|burst| burst.0)).min() else { break };
                prop_assert!(next > now, "nothing leaves at {now} though its time has come");
                now = next;
            }
            prop_assert_eq!(lanes.queued(), 0);
        }
    }

    fn count_waiting(lanes: &Lanes, waits: &mut HashMap<Lane, usize>) {
        for lane in Lane::ALL.iter().copied() {
            let waiting = lanes.chats.get(&ChatId::new(-7)).map_or(0, |chat| chat.queues[lane.index()].len());
            waits.insert(lane, waiting);
        }
    }
}
