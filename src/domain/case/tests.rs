//! Every row of the table, with each status, and what holds for any sequence of acts.

use proptest::prelude::*;

use super::*;

const ANNA: PersonId = PersonId::new(1);
const BORIS: PersonId = PersonId::new(2);
const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);
const DAY: Duration = Duration::from_hours(24);
const RULES: Rules = Rules { reopen: DAY.saturating_mul(7) };

/// A low score that nobody has contacted the customer about, in this status.
fn case(status: Status) -> Case {
    let resolved_at = status.is_resolved().then_some(NOW.minus(DAY));
    Case { status, resolved_at, ..Case::opened(Source::Score, Severity::Normal) }
}

/// What becomes of a case, as the table writes it.
fn told(before: Case, act: Act) -> String {
    let name = |person: PersonId| if person == ANNA { "anna" } else { "boris" };
    match before.after(act, &RULES, NOW) {
        Ok(Next { case: next, .. }) => {
            let mut told = match next.status {
                Status::Open => "open".to_owned(),
                Status::Taken(owner) => format!("taken by {}", name(owner)),
                Status::Waiting(owner) => format!("waiting, {}", name(owner)),
                Status::Resolved(cause) => format!("resolved {cause}"),
            };
            if next.reopened > before.reopened {
                told.push_str(", reopened");
            }
            if next.afterword_at.is_some() {
                told.push_str(", afterword");
            }
            told
        }
        Err(Refusal::TakenBy(owner)) => format!("refused: taken by {}", name(owner)),
        Err(Refusal::NotOwner(owner)) => format!("refused: {} owns it", name(owner)),
        Err(refusal) => format!("refused: {refusal:?}"),
    }
}

/// A row: an act on an open case, on one that Anna has, on one in which she waits for the customer, on a resolved one.
fn row(act: Act, outcomes: [&str; 4]) {
    let statuses =
        [Status::Open, Status::Taken(ANNA), Status::Waiting(ANNA), Status::Resolved(Cause::Product)];
    let told = statuses.map(|status| told(case(status), act));
    assert_eq!(told, outcomes, "{act:?}");
}

#[test]
fn taking() {
    let taken = ["taken by anna", "taken by anna", "waiting, anna", "refused: Resolved"];
    row(Act::Take { by: ANNA, again: false }, taken);
    let by_another =
        ["taken by boris", "refused: taken by anna", "refused: taken by anna", "refused: Resolved"];
    row(Act::Take { by: BORIS, again: false }, by_another);
    let taken_over = ["taken by boris", "taken by boris", "waiting, boris", "refused: Resolved"];
    row(Act::Take { by: BORIS, again: true }, taken_over);
    let next = case(Status::Taken(ANNA)).after(Act::Take { by: BORIS, again: true }, &RULES, NOW).unwrap();
    assert_eq!(next.effects, [Effect::TellFormerOwner(ANNA)]);
}

#[test]
fn words_of_a_lead() {
    row(Act::Reply { by: ANNA }, ["taken by anna", "taken by anna", "waiting, anna", "refused: Held"]);
    row(Act::Reply { by: BORIS }, ["taken by boris", "refused: Held", "refused: Held", "refused: Held"]);
    let afterword = Case { afterword_at: Some(NOW), ..case(Status::Resolved(Cause::Product)) };
    assert_eq!(told(afterword, Act::Reply { by: BORIS }), "resolved product");
    let otherwise = Act::ContactedOtherwise { by: ANNA };
    row(otherwise, ["taken by anna", "taken by anna", "waiting, anna", "refused: Resolved"]);
    let next = case(Status::Taken(ANNA)).after(otherwise, &RULES, NOW).unwrap();
    assert_eq!(next.effects, [Effect::FirstContact(Contact::Otherwise)]);
    let again = next.case.contacted(Contact::Reply, NOW.plus(DAY));
    assert_eq!((again.case.contacted_at, again.effects), (Some(NOW), vec![]));
}

#[test]
fn waiting_for_the_customer() {
    row(
        Act::Wait { by: ANNA },
        ["refused: NotTaken", "refused: NotContacted", "waiting, anna", "refused: Resolved"],
    );
    let contacted = Case { contacted_at: Some(NOW), ..case(Status::Taken(ANNA)) };
    assert_eq!(told(contacted, Act::Wait { by: ANNA }), "waiting, anna");
    assert_eq!(told(contacted, Act::Wait { by: BORIS }), "refused: anna owns it");
    row(
        Act::CustomerSilent,
        ["refused: AlreadyDone", "refused: AlreadyDone", "resolved no_answer", "refused: AlreadyDone"],
    );
}

#[test]
fn words_and_further_trouble_of_the_customer() {
    row(Act::CustomerWords, ["open", "taken by anna", "taken by anna", "resolved product, afterword"]);
    let joined = ["open", "taken by anna", "taken by anna", "open, reopened"];
    row(Act::Trouble { own_survey: false }, joined);
    let old = Case { resolved_at: Some(NOW.minus(DAY * 8)), ..case(Status::Resolved(Cause::Product)) };
    assert_eq!(told(old, Act::CustomerWords), "refused: NewCase");
    assert_eq!(told(old, Act::Trouble { own_survey: false }), "refused: NewCase");
    assert_eq!(told(old, Act::Trouble { own_survey: true }), "open, reopened");
    assert_eq!(told(old, Act::CustomerReopens), "refused: NewCase");
}

#[test]
fn releasing_and_handing_over() {
    let release = |by, is_admin| Act::Release { by, is_admin };
    row(release(ANNA, false), ["refused: AlreadyDone", "open", "open", "refused: Resolved"]);
    row(release(BORIS, true), ["refused: AlreadyDone", "open", "open", "refused: Resolved"]);
    assert_eq!(told(case(Status::Taken(ANNA)), release(BORIS, false)), "refused: anna owns it");
    row(
        Act::HandOver { by: ANNA, is_admin: false, to: BORIS },
        ["refused: NotTaken", "taken by boris", "waiting, boris", "refused: Resolved"],
    );
    let by_admin = Act::HandOver { by: BORIS, is_admin: true, to: BORIS };
    assert_eq!(told(case(Status::Open), by_admin), "taken by boris");
    row(Act::OwnerLost, ["refused: AlreadyDone", "open", "open", "refused: AlreadyDone"]);
}

#[test]
fn snoozing() {
    let snooze = Act::Snooze { by: ANNA, until: NOW.plus(DAY) };
    row(snooze, ["refused: NotTaken", "refused: NotContacted", "refused: NotContacted", "refused: Resolved"]);
    let mut case = Case { contacted_at: Some(NOW), ..case(Status::Taken(ANNA)) };
    for _ in 0..MOST_SNOOZES {
        case = case.after(snooze, &RULES, NOW).unwrap().case;
    }
    assert_eq!(told(case, snooze), "refused: TooOften");
}

#[test]
fn resolving() {
    let resolve = |by, again| Act::Resolve { by, cause: Cause::Delivery, again };
    let resolved = "resolved delivery";
    row(resolve(ANNA, false), [resolved, resolved, resolved, "refused: Resolved"]);
    row(
        resolve(BORIS, false),
        [resolved, "refused: taken by anna", "refused: taken by anna", "refused: Resolved"],
    );
    row(resolve(BORIS, true), [resolved, resolved, resolved, "refused: Resolved"]);
    let none = Act::NoReplyNeeded { by: ANNA };
    let done = "refused: AlreadyDone";
    row(none, [done, done, done, "refused: Resolved"]);
    let message = Case { source: Source::Message, ..case(Status::Taken(ANNA)) };
    assert_eq!(told(message, none), "resolved none");
    assert_eq!(told(Case { contacted_at: Some(NOW), ..message }, none), done);
    let afterword = Case { afterword_at: Some(NOW), ..case(Status::Resolved(Cause::Product)) };
    assert_eq!(told(afterword, none), "resolved product");
}

#[test]
fn reopening() {
    let done = "refused: AlreadyDone";
    row(Act::Reopen { by: BORIS }, [done, done, done, "taken by boris, reopened"]);
    row(Act::CustomerReopens, [done, done, done, "open, reopened"]);
    row(Act::RecoveryLow, [done, done, done, "open, reopened"]);
    row(Act::AfterwordIgnored, [done, done, done, done]);
    let afterword = Case { afterword_at: Some(NOW), ..case(Status::Resolved(Cause::Product)) };
    assert_eq!(told(afterword, Act::AfterwordIgnored), "open, reopened");
    let urgent = afterword.after(Act::AfterwordIgnored, &RULES, NOW).unwrap().case;
    assert_eq!((urgent.severity, urgent.contacted_at, urgent.reopened), (Severity::Urgent, None, 1));
    let corrected = case(Status::Resolved(Cause::Corrected));
    let again = corrected.after(Act::Trouble { own_survey: true }, &RULES, NOW).unwrap().case;
    assert_eq!(again.severity, Severity::Normal);
}

#[test]
fn what_ends_by_itself() {
    let done = "refused: AlreadyDone";
    row(Act::Corrected, ["resolved corrected", done, done, done]);
    row(Act::TestOver, ["resolved test", "resolved test", "resolved test", done]);
    let erased = "resolved erased";
    row(Act::CustomerErased, [erased, erased, erased, "resolved product"]);
    let gone = Case { erased: true, ..case(Status::Resolved(Cause::Erased)) };
    assert_eq!(told(gone, Act::Reopen { by: ANNA }), "refused: Erased");
}

#[test]
fn only_a_rise_of_the_severity_moves_deadlines() {
    let rise = case(Status::Open).with_severity(Severity::Urgent);
    assert_eq!((rise.case.severity, rise.effects), (Severity::Urgent, vec![Effect::TightenClocks]));
    let fall = case(Status::Open).with_severity(Severity::Minor);
    assert_eq!((fall.case.severity, fall.effects), (Severity::Minor, vec![]));
}

fn acts() -> impl Strategy<Value = Act> {
    let by = prop_oneof![Just(ANNA), Just(BORIS)];
    (by, any::<bool>(), 0..20).prop_map(|(by, yes, act)| match act {
        0 => Act::Take { by, again: yes },
        1 => Act::Reply { by },
        2 => Act::ContactedOtherwise { by },
        3 => Act::Wait { by },
        4 => Act::Release { by, is_admin: yes },
        5 => Act::HandOver { by, is_admin: yes, to: BORIS },
        6 => Act::Snooze { by, until: NOW.plus(DAY) },
        7 => Act::Resolve { by, cause: Cause::Other, again: yes },
        8 => Act::NoReplyNeeded { by },
        9 => Act::Reopen { by },
        10 => Act::SetSeverity { by, severity: if yes { Severity::Urgent } else { Severity::Minor } },
        11 => Act::CustomerWords,
        12 => Act::CustomerReopens,
        13 => Act::Trouble { own_survey: yes },
        14 => Act::RecoveryLow,
        15 => Act::OwnerLost,
        16 => Act::CustomerSilent,
        17 => Act::Corrected,
        18 => Act::AfterwordIgnored,
        _ => Act::CustomerErased,
    })
}

proptest! {
    #[test]
    fn no_sequence_of_acts_leaves_the_table(acts in prop::collection::vec(acts(), 0..60)) {
        let mut case = Case::opened(Source::Message, Severity::Normal);
        for act in acts {
            let Ok(Next { case: next, .. }) = case.after(act, &RULES, NOW) else { continue };
            prop_assert_eq!(next.status.is_resolved(), next.resolved_at.is_some());
            prop_assert!(next.afterword_at.is_none() || next.status.is_resolved());
            prop_assert!(!case.erased || next.erased);
            prop_assert!(next.reopened >= case.reopened);
            case = next;
        }
    }
}
