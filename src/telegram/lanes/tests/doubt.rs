//! What leaves while nobody knows whether Telegram answers.

use super::*;

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
