//! Every kind of error that a script can have, and what its author is told.

use proptest::prelude::*;

use super::*;
use crate::domain::metric::Metric;
use crate::domain::scale::{Band, Scale};
use crate::domain::sending::SendingDefaults;

mod head;
mod languages;
mod questions;

/// A script that uses every field of the format.
const EXAMPLE: &str = include_str!("example.toml");

/// The problems reported after one change to the example, one per line.
fn after(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "{from}");
    said(EXAMPLE.replacen(from, to, 1))
}

fn said(source: impl AsRef<[u8]>) -> String {
    let lines = |problems: &[Problem], kind: &str| {
        let line = |p: &Problem| format!("{kind}{}: {}: {}", p.line, p.field, p.message);
        problems.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    match Script::parse("t.toml", source, &Languages::default()) {
        Ok(parsed) => lines(&parsed.warnings, "warning "),
        Err(problems) => lines(&problems, ""),
    }
}

/// Checks rows of the text to replace, its replacement, and the expected problems.
fn check(rows: &[(&str, &str, &str)]) {
    for (from, to, expected) in rows {
        assert_eq!(after(from, to), *expected, "{from} -> {to}");
    }
}

#[test]
fn the_format_with_every_field_is_read_whole() {
    let parsed = Script::parse("t.toml", EXAMPLE, &Languages::default()).unwrap();
    assert_eq!(parsed.warnings, []);
    let script = parsed.script;
    assert_eq!((script.slug.as_str(), script.on, script.priority), ("support", Trigger::TicketClosed, 0));
    assert_eq!(script.title.get("en"), "After a ticket");
    assert_eq!((script.when.min_messages, script.when.sample), (Some(2), 100));
    assert_eq!(script.when.tags_none, ["spam"]);
    let sending = script.send.resolve(&SendingDefaults::default());
    assert_eq!((sending.days_off.weekdays.len(), sending.days_off.dates.len()), (1, 2));
    assert_eq!(sending.min_gap_same, None);
    assert!(script.greeting.is_some() && script.thanks.is_some());

    let agent = script.question("agent").unwrap();
    assert_eq!((agent.metric, agent.scale, agent.factor()), (Metric::Csi, Some(Scale::Smiley3), "support"));
    assert_eq!(agent.labels[&1].get("ru"), "Плохо");
    assert_eq!(agent.follow_up(Band::Low).reasons[1].key, "rude");
    assert_eq!(agent.follow_up(Band::High).links[0].url, "https://example.com/r?a=1");
    assert!(agent.follow_up(Band::Low).asks() && !agent.follow_up(Band::High).asks());
    let solved = script.question("solved").unwrap();
    assert_eq!(solved.factor(), "solved");
    let cond = Condition::Band(vec![Band::Neutral, Band::High]);
    assert_eq!(solved.show_if, Some(ShowIf { question: "agent".to_owned(), cond }));
    let effort = script.question("effort").unwrap();
    assert_eq!([1, 4, 7].map(|value| effort.band(value).unwrap()), [Band::High, Band::Neutral, Band::Low]);
}

#[test]
fn what_is_left_out_has_its_default() {
    let source = r#"
slug = "nps"
on = "purchase"
title = { ru = "Т", en = "T" }
[[questions]]
key = "nps"
metric = "nps"
text = { ru = "Порекомендуете нас?", en = "Would you recommend us?" }
"#;
    let script = Script::parse("t.toml", source, &Languages::default()).unwrap().script;
    assert_eq!((&script.when, &script.send), (&When::default(), &SendOverrides::default()));
    let nps = &script.questions[0];
    assert_eq!((nps.scale, nps.alert.as_str()), (Some(Scale::ZeroToTen), "low"));
    assert_eq!([6, 7, 9].map(|value| nps.band(value).unwrap()), [Band::Low, Band::Neutral, Band::High]);
}

#[test]
fn a_byte_order_mark_and_foreign_line_ends_change_nothing() {
    let foreign = format!("\u{feff}{}", EXAMPLE.replace('\n', "\r\n"));
    assert_eq!(
        Script::parse("t.toml", &foreign, &Languages::default()),
        Script::parse("t.toml", EXAMPLE, &Languages::default())
    );
    let broken = foreign.replace("\"smiley3\"", "\"smiley4\"");
    assert!(said(broken).starts_with("32: questions[0].scale: 'smiley4'"));
}

#[test]
fn what_is_no_script_is_refused_clearly() {
    assert_eq!(
        said(vec![b' '; 5_000_000]),
        "1: : the file is larger than 256 KiB, too large for a question script"
    );
    assert_eq!(said(b"slug = 'a'\n# \xff\n"), "2: : the file is not UTF-8: save it in that encoding");
    assert_eq!(after("slug  = \"support\"", "slug = \"a\"\nslug = \"b\""), "2: : not TOML: duplicate key");
    assert_eq!(
        said(""),
        "1: slug: is missing: write a short name like \"support\"\n\
         1: on: is missing: write purchase, ticket_closed or case_resolved\n\
         1: title: is missing: write it in every language: { ru = \"…\", en = \"…\" }\n\
         1: questions: is missing: write at least one [[questions]]"
    );
    let prose = said("Dear all,\nplease find the questions attached\n".repeat(20));
    assert!(prose.lines().count() <= 9 && prose.ends_with("is this a TOML file?"), "{prose}");
    assert!(said("[".repeat(100_000)).contains("not TOML"));
}

#[test]
fn every_mistake_is_reported_at_once_in_the_files_order() {
    let source = EXAMPLE
        .replace("priority = 0", "priority = \"0\"")
        .replace("\"3h\"", "\"3x\"")
        .replace("en = \"Slow\"", "fr = \"Lent\"")
        .replace("\"1-7\"", "\"1-8\"");
    let lines: Vec<_> =
        said(source).lines().map(|line| line.split(": ").nth(1).unwrap().to_owned()).collect();
    assert_eq!(lines, ["priority", "send.delay", "questions[0].low.reasons[0].text", "questions[2].scale"]);
}

#[test]
fn a_problem_reads_as_file_line_field_and_message() {
    let problems =
        Script::parse("support.toml", EXAMPLE.replace("\"csi\"", "\"nps\""), &Languages::default())
            .unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "support.toml:32: questions[0].scale: NPS is always asked from 0 to 10; remove the scale or write \"0-10\""
    );
}

#[test]
fn texts_must_fit_a_message() {
    let said = after("Спасибо! Мы это прочитаем.", &"ы".repeat(4000));
    assert!(said.starts_with("27: send.thanks: takes up to 4000 characters in 'ru'"), "{said}");
    let said = after("{name}, здравствуйте!", &"ы".repeat(3500));
    assert!(said.starts_with("26: send.greeting: together with the first question it takes up to"), "{said}");
    assert_eq!(after("{name}, здравствуйте!", &"ы".repeat(3000)), "");
    // An emoji counts as two units.
    assert!(
        after("Что пошло не так?", &"🙂".repeat(1921))
            .starts_with("42: questions[0].low.comment: takes up to 3842")
    );
}

#[test]
fn of_thousands_of_mistakes_the_first_are_named_and_the_others_counted() {
    let counted = |source: String| {
        let problems = Script::parse("t.toml", source, &Languages::default()).unwrap_err();
        (problems.len(), problems.last().unwrap().message.clone())
    };
    let unknown: Vec<String> = (0..9000).map(|table| format!("[a{table}]\n")).collect();
    assert_eq!(counted(unknown.concat()), (101, "and 8904 more: put these right first".to_owned()));
    let questions = format!("{EXAMPLE}{}", "[[questions]]\n".repeat(15_000));
    let (named, last) = counted(questions.clone());
    assert!(named == 101 && last.starts_with("and "), "{named}: {last}");
    assert!(said(questions).contains("at most 50 fit"));
    let members = format!("{EXAMPLE}{}", "[[questions.options]]\n".repeat(10_000));
    assert!(counted(members).0 <= 101);
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_fall_over(source in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Script::parse("t.toml", source, &Languages::default());
    }

    #[test]
    fn no_slip_in_a_script_makes_the_parser_fall_over(
        at in 0..EXAMPLE.len(), length in 0usize..40, typed in "[a-z0-9 ={}\"\\[\\]\n.]{0,5}",
    ) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, typed.bytes());
        let lines = bytes.split(|byte| *byte == b'\n').count();
        if let Err(problems) = Script::parse("t.toml", &bytes, &Languages::default()) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!((1..=lines).contains(&problem.line) && !problem.message.is_empty(), "{}", problem);
            }
        }
    }
}
