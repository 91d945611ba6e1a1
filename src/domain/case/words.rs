//! What customers and leads say to each other about a case, and where a customer's words go.

use std::time::Duration;

use crate::domain::ids::CaseNumber;
use crate::domain::scale::written;
use crate::domain::time::Timestamp;

written! {
    /// Who wrote a message about a case.
    Side { Customer = "customer", Staff = "staff" }
}

written! {
    /// What has become of a message about a case.
    WordState {
        /// Stored until the leads can be shown it.
        Kept = "kept",
        /// On its way.
        Waiting = "waiting",
        Delivered = "delivered",
        Undeliverable = "undeliverable",
        TakenBack = "taken_back",
        /// It waits for its author's choice.
        Held = "held",
        /// Its author decided against it, or the time for the choice is over.
        Dropped = "dropped",
    }
}

/// How long after its last word a talk takes what the customer writes.
const TALK: Duration = Duration::from_hours(72);

/// An unresolved case of the person who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ongoing {
    pub number: CaseNumber,
    /// When the customer last asked for a human or wrote.
    pub last_in_at: Option<Timestamp>,
    /// When a lead's words last arrived.
    pub last_out_at: Option<Timestamp>,
}

impl Ongoing {
    fn last_word_at(self) -> Option<Timestamp> {
        self.last_in_at.max(self.last_out_at)
    }

    fn is_live(self, now: Timestamp) -> bool {
        self.last_word_at().is_some_and(|at| now.since(at) <= TALK)
    }
}

/// What the person's survey would do with words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurveyTakes {
    Nothing,
    /// They would add to a comment. The survey was last touched then.
    Comment {
        since: Timestamp,
    },
    /// Its step asks for words, and was shown or last touched then.
    Answer {
        since: Timestamp,
    },
}

/// A case that was resolved lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub number: CaseNumber,
    pub at: Timestamp,
}

/// What a message was said about already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thread {
    Survey,
    Case(CaseNumber),
}

/// What decides where a customer's words go.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'s> {
    /// What the message that they reply to is about.
    pub replied_to: Option<Thread>,
    /// Where the first part of the same album went.
    pub album: Option<Thread>,
    pub survey: SurveyTakes,
    /// The person's unresolved cases.
    pub ongoing: &'s [Ongoing],
    /// The case that was resolved last, if that is recent.
    pub resolved: Option<Resolved>,
}

/// Where words go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    Survey,
    /// To an unresolved case, or, as an afterword, to one that was resolved lately.
    Case(CaseNumber),
    /// The customer is asked which of several cases they mean. Without an answer, the words go to this one.
    Asked(CaseNumber),
    /// They belong to nothing that is known.
    Nowhere,
}

/// Decides where words go; the first rule that fits decides. Prompts and editing steps come before all of these.
#[must_use]
pub fn destination(situation: &Situation<'_>, now: Timestamp) -> Destination {
    let Situation { replied_to, album, survey, ongoing, resolved } = *situation;
    match replied_to.or(album) {
        Some(Thread::Survey) => return Destination::Survey,
        Some(Thread::Case(number)) => return Destination::Case(number),
        None => {}
    }
    let last_said = ongoing.iter().filter_map(|case| case.last_word_at()).max();
    if let SurveyTakes::Answer { since } = survey
        && last_said.is_none_or(|said| since > said)
    {
        return Destination::Survey;
    }
    let live: Vec<Ongoing> = ongoing.iter().copied().filter(|case| case.is_live(now)).collect();
    let answered = live.iter().filter(|case| case.last_out_at.is_some());
    if let Some(case) = answered.max_by_key(|case| case.last_out_at) {
        return Destination::Case(case.number);
    }
    match live.iter().map(|case| case.number).max() {
        Some(newest) if live.len() > 1 => return Destination::Asked(newest),
        Some(only) => return Destination::Case(only),
        None => {}
    }
    // Words after the end of a case are no more about the score that opened it: nobody would hear them there.
    if let (SurveyTakes::Comment { since }, Some(resolved)) = (survey, resolved)
        && resolved.at >= since
    {
        return Destination::Case(resolved.number);
    }
    if survey != SurveyTakes::Nothing {
        return Destination::Survey;
    }
    let newest = ongoing.iter().max_by_key(|case| (case.last_word_at(), case.number)).map(|case| case.number);
    let last = newest.or(resolved.map(|resolved| resolved.number));
    last.map_or(Destination::Nowhere, Destination::Case)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * 3_600_000)
    }

    fn case(number: i64, last_in: Option<i64>, last_out: Option<i64>) -> Ongoing {
        Ongoing {
            number: CaseNumber::new(number),
            last_in_at: last_in.map(at),
            last_out_at: last_out.map(at),
        }
    }

    fn to(number: i64) -> Destination {
        Destination::Case(CaseNumber::new(number))
    }

    fn comment(since: i64) -> SurveyTakes {
        SurveyTakes::Comment { since: at(since) }
    }

    const NOTHING: Situation<'static> = Situation {
        replied_to: None,
        album: None,
        survey: SurveyTakes::Nothing,
        ongoing: &[],
        resolved: None,
    };

    #[test]
    fn a_reply_decides_and_then_a_step_that_was_shown_after_the_last_word() {
        let ongoing = [case(101, Some(5), Some(6))];
        let talk = Situation { ongoing: &ongoing, ..NOTHING };
        let reply = Some(Thread::Case(CaseNumber::new(100)));
        assert_eq!(destination(&Situation { replied_to: reply, ..talk }, at(7)), to(100));
        let step = |hours| SurveyTakes::Answer { since: at(hours) };
        assert_eq!(destination(&Situation { survey: step(7), ..talk }, at(8)), Destination::Survey);
        assert_eq!(destination(&Situation { survey: step(5), ..talk }, at(8)), to(101));
        assert_eq!(destination(&Situation { survey: comment(7), ..talk }, at(8)), to(101));
    }

    #[test]
    fn of_several_talks_the_one_in_which_a_lead_wrote_last_goes_on_and_without_one_the_customer_is_asked() {
        let answered = [case(101, Some(3), Some(2)), case(102, Some(9), None), case(103, None, Some(8))];
        assert_eq!(destination(&Situation { ongoing: &answered, ..NOTHING }, at(10)), to(103));
        let unanswered = [case(101, Some(3), None), case(102, Some(9), None)];
        let asked = Destination::Asked(CaseNumber::new(102));
        assert_eq!(destination(&Situation { ongoing: &unanswered, ..NOTHING }, at(10)), asked);
    }

    #[test]
    fn after_three_days_a_survey_comes_first_and_an_unresolved_case_still_before_a_resolved_one() {
        let old = [case(101, Some(0), Some(1))];
        let resolved = Some(Resolved { number: CaseNumber::new(100), at: at(70) });
        let situation = Situation { ongoing: &old, resolved, ..NOTHING };
        let touched_after = Situation { survey: comment(79), ..situation };
        assert_eq!(destination(&touched_after, at(80)), Destination::Survey);
        let touched_before = Situation { survey: comment(69), ..situation };
        assert_eq!(destination(&touched_before, at(80)), to(100), "the case was resolved since");
        assert_eq!(destination(&situation, at(80)), to(101));
        assert_eq!(destination(&Situation { ongoing: &[], ..situation }, at(80)), to(100));
        assert_eq!(destination(&NOTHING, at(80)), Destination::Nowhere);
    }

    proptest! {
        /// No word reaches a case that is not the person's own.
        #[test]
        fn words_go_to_a_case_of_the_person_only(
            cases in prop::collection::vec((1i64..9, prop::option::of(0i64..100), prop::option::of(0i64..100)), 0..5),
            resolved in prop::option::of(10i64..12),
            since in prop::option::of(0i64..100),
            now in 0i64..200,
        ) {
            let ongoing: Vec<Ongoing> =
                cases.iter().map(|(number, last_in, last_out)| case(*number, *last_in, *last_out)).collect();
            let situation = Situation {
                survey: since.map_or(comment(now / 2), |since| SurveyTakes::Answer { since: at(since) }),
                ongoing: &ongoing,
                resolved: resolved.map(|number| Resolved { number: CaseNumber::new(number), at: at(now / 2) }),
                ..NOTHING
            };
            match destination(&situation, at(now)) {
                Destination::Case(number) | Destination::Asked(number) => prop_assert!(
                    ongoing.iter().any(|case| case.number == number)
                        || situation.resolved.is_some_and(|resolved| resolved.number == number)
                ),
                Destination::Survey | Destination::Nowhere => {}
            }
        }
    }
}
