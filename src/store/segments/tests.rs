//! Whatever is counted from columns is what comes of looking at every survey.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use proptest::prelude::*;

use super::besides::BesideScan;
use super::day::encode;
use super::dictionary::Dictionary;
use super::events::EventScan;
use super::parts::Part;
use super::reading::DayCounter;
use super::reasons::ReasonScan;
use super::rounds::Round;
use super::row::Row;
use super::scan::Scan;
use super::waits::WaitScan;
use crate::domain::counting::{
    AnswerFacts, BesideCounter, Counter, Counting, Customers, Days, Dimension, EventCounts, EventFacts,
    Filter, Grouping, QuestionKey, ReasonCounts, Selection, Series, SurveyFacts, Tenure, WaitCounts, Waited,
};
use crate::domain::ids::{CustomerKey, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::scale::{Band, Orientation, Scale};
use crate::domain::stats::drivers::Group as Unit;
use crate::domain::stats::index::{Index, Oriented};

/// The first of two days.
fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 1 + number).unwrap()
}

fn selection() -> Selection {
    Selection::of(Days { from: day(0), until: day(2) }, Tz::UTC, 90)
}

/// What differs between the surveys: day, customer, tags, agent, waits, and by question a value with its reasons.
type Drawn = (u32, Option<i64>, BTreeSet<u8>, u8, [Option<u64>; 2], BTreeMap<u8, (i64, BTreeSet<u8>)>);

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let tags = prop::collection::btree_set(0..3_u8, 0..3);
    let waits = prop::array::uniform2(prop::option::of(0..100_000_u64));
    let reasons = prop::collection::btree_set(0..3_u8, 0..3);
    let answers = prop::collection::btree_map(0..2_u8, (1..6_i64, reasons), 0..3);
    prop::collection::vec((0..2_u32, prop::option::of(1..6_i64), tags, 0..3_u8, waits, answers), 1..40)
}

fn survey(number: i64, (day_number, customer, tags, agent, waits, answers): Drawn) -> SurveyFacts {
    let script = if agent == 0 { "purchase" } else { "support" };
    let answer = |(question, (value, reasons)): (u8, (i64, BTreeSet<u8>))| AnswerFacts {
        question: format!("q{question}"),
        value: Some(value),
        band: Some(if value < 3 { Band::Low } else { Band::High }),
        options: Vec::new(),
        reasons: (!reasons.is_empty()).then(|| reasons.iter().map(|reason| format!("r{reason}")).collect()),
        is_disputed: value == 5 && agent == 2,
    };
    SurveyFacts {
        survey: SurveyKey::new(number),
        day: day(day_number),
        script: Some(script.to_owned()),
        version: Some(1),
        state: State::Completed,
        is_delivered: true,
        is_late: number % 3 == 0,
        customer: customer.map(CustomerKey::new),
        unit: Unit::of_erased_survey("S"),
        event: EventFacts {
            kind: ["ticket_closed", "purchase", "case_resolved"][usize::try_from(number % 7 % 3).unwrap()]
                .to_owned(),
            agent: (agent > 0).then(|| format!("a{agent}")),
            team: None,
            store: None,
            channel: (number % 2 == 0).then(|| format!("c{}", number % 3)),
            automation: None,
            hook: None,
            tags: tags.iter().map(|tag| format!("t{tag}")).collect(),
            segments: Vec::new(),
            tenure: Tenure::Unknown,
        },
        first_response: waits[0],
        resolution: waits[1],
        messages: waits[0].map(|wait| wait % 9),
        overdue: waits[0].map(|wait| wait % 2 == 0),
        solved_at_once: waits[1].map(|wait| wait % 2 == 0),
        answers: answers.into_iter().map(answer).collect(),
    }
}

fn surveys(drawn: Vec<Drawn>) -> Vec<SurveyFacts> {
    (1..).zip(drawn).map(|(number, drawn)| survey(number, drawn)).collect()
}

/// Selections of several kinds.
fn selections() -> impl Strategy<Value = Selection> {
    let tag = prop::option::of((0..3_u8, any::<bool>()));
    let script = prop::option::of(any::<bool>());
    let reasons = prop::collection::btree_set(0..3_u8, 0..2);
    let bands = prop::option::of(any::<bool>());
    (tag, script, reasons, bands, any::<bool>(), prop::option::of(any::<bool>())).prop_map(
        |(tag, script, reasons, bands, is_reviewed, is_late)| {
            let filter = |dimension, value: String, is_left_out| Filter {
                dimension,
                values: [Some(value)].into(),
                is_left_out,
            };
            let tag = tag.map(|(tag, is_out)| filter(Dimension::Tag, format!("t{tag}"), is_out));
            let script = script.map(|is_out| filter(Dimension::Script, "support".to_owned(), is_out));
            Selection {
                filters: tag.into_iter().chain(script).collect(),
                reasons: reasons.iter().map(|reason| format!("r{reason}")).collect(),
                bands: bands.map(|is_low| if is_low { Band::Low } else { Band::High }).into_iter().collect(),
                is_reviewed,
                is_late,
                ..selection()
            }
        },
    )
}

/// Counts the surveys from columns, as days that were stored; every fifth survey has changed since and comes apart.
fn counted<C: DayCounter>(surveys: &[SurveyFacts], new: impl FnOnce(&mut Dictionary) -> C) -> C::Counts {
    let mut words = Dictionary::default();
    let mut parts = Vec::new();
    for number in 0..2 {
        let rows = |words: &mut Dictionary, is_wanted: &dyn Fn(&SurveyFacts) -> bool| {
            let of_day = surveys.iter().filter(|survey| survey.day == day(number) && is_wanted(survey));
            of_day.map(|survey| Row::of(survey, None, words)).collect::<Vec<Row>>()
        };
        let has_changed = |survey: &SurveyFacts| survey.survey.get() % 5 == 0;
        let without: HashSet<i64> =
            surveys.iter().filter(|of| has_changed(of)).map(|of| of.survey.get()).collect();
        let stored = encode(rows(&mut words, &|_| true));
        let pending = encode(rows(&mut words, &has_changed));
        parts.push(Part { date: day(number), columns: stored, without });
        parts.push(Part { date: day(number), columns: pending, without: HashSet::new() });
    }
    parts.retain(|part| !part.columns.is_empty());
    let mut counter = new(&mut words);
    loop {
        counter.begin(parts.len());
        for part in &parts {
            let mut needed = part.columns.clone();
            let columns = counter.columns(&words);
            needed.retain(|column, _| columns.contains(column) || !part.without.is_empty());
            counter
                .add(&Part { columns: needed, without: part.without.clone(), date: part.date }, &words)
                .unwrap();
        }
        if !counter.end(&words).unwrap() {
            return counter.finish(&words).unwrap();
        }
    }
}

fn key(survey: &SurveyFacts, answer: &AnswerFacts) -> QuestionKey {
    QuestionKey { script: survey.script.clone().unwrap(), question: answer.question.clone() }
}

/// The selected answers, one by one.
fn answers<'s>(
    surveys: &'s [SurveyFacts],
    selection: &'s Selection,
) -> impl Iterator<Item = (&'s SurveyFacts, &'s AnswerFacts)> {
    surveys.iter().filter(|survey| selection.takes(survey)).flat_map(|survey| {
        survey.answers.iter().filter(|answer| selection.counts(answer)).map(move |answer| (survey, answer))
    })
}

/// The low answers of each question, one by one.
fn plain_reasons(surveys: &[SurveyFacts], selection: &Selection) -> BTreeMap<QuestionKey, ReasonCounts> {
    let mut counts: BTreeMap<QuestionKey, (ReasonCounts, Customers)> = BTreeMap::new();
    for (survey, answer) in answers(surveys, selection).filter(|(_, of)| of.band == Some(Band::Low)) {
        let (of, customers) = counts.entry(key(survey, answer)).or_default();
        of.low += 1;
        if let Some(reasons) = &answer.reasons {
            of.reasons.add(reasons.iter().cloned().collect(), 1);
            customers.add(survey.customer);
        }
    }
    let sized = |(key, (of, customers)): (QuestionKey, (ReasonCounts, Customers))| {
        (key, ReasonCounts { sizes: customers.sizes(), ..of })
    };
    counts.into_iter().map(sized).collect()
}

/// The waits of the answers to one question, one by one.
fn plain_waits(surveys: &[SurveyFacts], selection: &Selection, series: &Series) -> WaitCounts {
    let waited = |wait: fn(&SurveyFacts) -> Option<u64>| {
        let (mut waited, mut customers) = (Waited::default(), Customers::default());
        for (survey, answer) in
            answers(surveys, selection).filter(|(of, answer)| key(of, answer) == series.key)
        {
            let point = series.index.point(series.on, answer.value.unwrap(), answer.band).unwrap();
            match wait(survey) {
                Some(seconds) => {
                    waited.waits.add(seconds, 1, u64::from(point > 0));
                    customers.add(survey.customer);
                }
                None => waited.missing += 1,
            }
        }
        Waited { sizes: customers.sizes(), ..waited }
    };
    WaitCounts { first_response: waited(|of| of.first_response), resolution: waited(|of| of.resolution) }
}

/// What purchases and closed tickets say, one by one.
fn plain_events(surveys: &[SurveyFacts], selection: &Selection) -> EventCounts {
    let mut counts = EventCounts::default();
    for of in surveys.iter().filter(|survey| selection.takes(survey)) {
        if of.event.kind == "purchase" {
            counts.purchases += 1;
        }
        if of.event.kind != "ticket_closed" {
            continue;
        }
        *counts.channels.entry(of.event.channel.clone()).or_default() += 1;
        counts.first_response.extend(of.first_response.map(|wait| u32::try_from(wait).unwrap()));
        counts.resolution.extend(of.resolution.map(|wait| u32::try_from(wait).unwrap()));
        counts.with_messages += u64::from(of.messages.is_some());
        counts.messages += of.messages.unwrap_or_default();
        for (said, is_true) in
            [(&mut counts.overdue, of.overdue), (&mut counts.solved_at_once, of.solved_at_once)]
        {
            said.closed += 1;
            said.said += u64::from(is_true.is_some());
            said.is_true += u64::from(is_true == Some(true));
        }
    }
    counts.first_response.sort_unstable();
    counts.resolution.sort_unstable();
    counts
}

proptest! {
    #[test]
    fn events_come_to_what_they_are_one_by_one(drawn in drawn(), selection in selections()) {
        let surveys = surveys(drawn);
        let from_columns = counted(&surveys, |words| EventScan::new(&selection, words));
        prop_assert_eq!(from_columns, plain_events(&surveys, &selection));
    }

    #[test]
    fn counts_come_to_what_they_are_survey_by_survey(
        drawn in drawn(),
        selection in selections(),
        grouping in prop::sample::select(vec![
            Grouping::None, Grouping::Day, Grouping::By(Dimension::Tag), Grouping::By(Dimension::Agent),
        ]),
        one in any::<bool>(),
        most in prop_oneof![Just(usize::MAX), 0..9_usize],
    ) {
        let surveys = surveys(drawn);
        let questions = one.then(|| "q1".to_owned()).into_iter().collect();
        let counting = Counting { selection, questions, grouping };
        let mut plain = Counter::new(&counting);
        for survey in &surveys {
            plain.add(survey);
        }
        let from_columns = counted(&surveys, |words| {
            let mut scan = Scan::new(&counting, words).unwrap();
            scan.round = Round::of(most);
            scan
        });
        prop_assert_eq!(from_columns, plain.finish());
    }

    #[test]
    fn values_beside_the_rest_come_to_what_they_are_survey_by_survey(
        drawn in drawn(),
        selection in selections(),
        dimension in prop::sample::select(vec![Dimension::Tag, Dimension::Agent, Dimension::Automation]),
        most in prop_oneof![Just(usize::MAX), 0..9_usize],
        one in any::<bool>(),
    ) {
        let surveys = surveys(drawn);
        let mut plain = BesideCounter::new(&selection, dimension);
        for survey in surveys.iter().filter(|survey| selection.takes(survey)) {
            plain.add(survey);
        }
        let keys: BTreeSet<String> = one.then(|| "q1".to_owned()).into_iter().collect();
        let from_columns = counted(&surveys, |words| {
            let mut scan = BesideScan::new(&selection, dimension, &keys, words).unwrap();
            scan.round = Round::of(most);
            scan
        });
        let mut plain = plain.finish();
        plain.retain(|key, _| !one || key.question == "q1");
        prop_assert_eq!(from_columns, plain);
    }

    #[test]
    fn reasons_come_to_what_they_are_survey_by_survey(drawn in drawn(), selection in selections()) {
        let surveys = surveys(drawn);
        let from_columns = counted(&surveys, |words| ReasonScan::new(&selection, words));
        prop_assert_eq!(from_columns, plain_reasons(&surveys, &selection));
    }

    #[test]
    fn waits_come_to_what_they_are_survey_by_survey(drawn in drawn(), selection in selections()) {
        let surveys = surveys(drawn);
        let on = Oriented { scale: Scale::OneToFive, orientation: Orientation::HighIsEasy };
        let of = |script: &str, question: &str| Series {
            key: QuestionKey { script: script.to_owned(), question: question.to_owned() },
            on,
            index: Index::Low,
        };
        let series = [of("support", "q0"), of("purchase", "q1"), of("support", "unasked")];
        let from_columns = counted(&surveys, |words| WaitScan::new(&selection, &series, words));
        let plain: Vec<WaitCounts> =
            series.iter().map(|series| plain_waits(&surveys, &selection, series)).collect();
        prop_assert_eq!(from_columns, plain);
    }
}
