//! How a group's calls share its budget.

use super::*;

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
    // Of eight calls for words one is left to whoever speaks next, and nine in all are not kept for alerts and answers.
    assert_eq!(drain(&mut lanes, START).len(), 7 + 2);
    for id in 91..=96 {
        lanes.push(to_group(id, Lane::Alerts, id), START.plus_millis(1000));
    }
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)).len(), 6);
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)), [0; 0]);
}

#[test]
fn who_has_said_least_is_passed_on_first_and_one_person_gets_three_a_minute_while_others_wait() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=10 {
        lanes.push(to_group(id, Lane::Words, 1), START);
    }
    lanes.push(to_group(11, Lane::Words, 2), START);
    for id in 12..=14 {
        lanes.push(to_group(id, Lane::Words, 2), START);
    }
    // Each has three. What is left is for somebody else while both wait.
    assert_eq!(drain(&mut lanes, START), [1, 11, 2, 12, 3, 13]);
    lanes.push(to_group(15, Lane::Words, 3), START);
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)), [15]);
    assert_eq!(drain(&mut lanes, START.plus_millis(60_000)), [4, 14, 5, 6, 7, 8]);
}

#[test]
fn who_speaks_alone_leaves_one_call_to_whoever_speaks_next() {
    let mut lanes = Lanes::new(1000);
    for id in 1..=10 {
        lanes.push(to_group(id, Lane::Words, 1), START);
    }
    assert_eq!(drain(&mut lanes, START), [1, 2, 3, 4, 5, 6, 7]);
    lanes.push(to_group(11, Lane::Words, 2), START);
    assert_eq!(drain(&mut lanes, START.plus_millis(1000)), [11]);
    assert_eq!(drain(&mut lanes, START.plus_millis(60_000)), [8, 9, 10]);
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
