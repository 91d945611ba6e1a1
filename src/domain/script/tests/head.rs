//! Errors outside the questions.

use super::check;

#[test]
fn the_head_of_the_file() {
    check(&[
        (
            r#""support"
on"#,
            r#""Support editor"
on"#,
            "1: slug: 'Support editor' is not a key: write 1 to 32 of a-z, 0-9, _ and -",
        ),
        (
            r#"slug  = "support"
"#,
            "",
            r#"1: slug: is missing: write a short name like "support""#,
        ),
        (r#"slug  = "support""#, "slug = 7", "1: slug: is a number: write a text in quotes"),
        (
            r#"on    = "ticket_closed""#,
            r#"on = "tickets_closed""#,
            "2: on: 'tickets_closed' is not known here: write purchase, ticket_closed, case_resolved",
        ),
        (
            r#"on    = "ticket_closed"
"#,
            "",
            "1: on: is missing: write purchase, ticket_closed or case_resolved",
        ),
        (
            "priority = 0",
            r#"priority = "high""#,
            "3: priority: is a text: write a whole number without quotes",
        ),
        ("priority = 0", "priority = 99999999999999999999", "3: priority: is too large a number"),
        ("priority = 0", "prority = 0", "3: prority: there is no such field; did you mean priority?"),
        (
            "priority = 0",
            r#"colour = "red""#,
            "3: colour: there is no such field; there are slug, on, priority, title, when, send, questions",
        ),
        (
            r#"title = { ru = "После обращения", en = "After a ticket" }"#,
            r#"title = "After""#,
            r#"4: title: does not say its language: write { ru = "…", en = "…" }"#,
        ),
        (
            r#"title = { ru = "После обращения", en = "After a ticket" }"#,
            r#"title = { ru = "После" }"#,
            "4: title: has no text in the language 'en'",
        ),
    ]);
}

#[test]
fn the_conditions() {
    check(&[
        (
            "min_messages = 2",
            "min_messages = -1
priority = 3",
            "12: when.min_messages: -1 is not possible: write 0 to 1000000
13: when.priority: does not belong here: write it at the top of the file, above the first [table]",
        ),
        ("sample = 100", "sample = 101", "13: when.sample: 101 is not possible: write 0 to 100"),
        (
            "sample = 100",
            "sample = 12.5",
            "13: when.sample: is a number: write a whole number without quotes",
        ),
        (
            r#"tags_none = ["spam"]"#,
            r#"tags_none = "spam""#,
            "11: when.tags_none: is a text: write a list: [ … ]",
        ),
        (
            r#"tags_any = []
tags_none = ["spam"]"#,
            r#"tags_any = ["spam"]
tags_none = ["spam", ""]"#,
            "10: when.tags_any: can never hold: every one of these tags is in tags_none
11: when.tags_none[1]: is blank",
        ),
    ]);
}

#[test]
fn the_sending_rules() {
    check(&[
        (
            r#"delay = "3h""#,
            r#"delay = "3 hours""#,
            "16: send.delay: '3 hours' is not a duration: write a whole number and s, m, h or d, like 90s or 3h",
        ),
        (r#"delay = "3h""#, "delay = 3", "16: send.delay: is a number: write a text in quotes"),
        (
            r#"delay = "3h""#,
            r#"delay = "1h""#,
            "16: send.delay: delay_min (2h) is later than delay (1h); it takes delay_min ≤ delay ≤ delay_max ≤ max_age",
        ),
        (
            r#"delay_max = "6h""#,
            r#"delay_max = "150m""#,
            "18: send.delay_max: delay (3h) is later than delay_max (150m); it takes delay_min ≤ delay ≤ delay_max ≤ max_age",
        ),
        (
            r#"max_age = "48h""#,
            r#"max_age = "5h""#,
            "19: send.max_age: delay_max (6h) is later than max_age (5h); it takes delay_min ≤ delay ≤ delay_max ≤ max_age",
        ),
        (
            r#"delay = "3h"
delay_min = "2h""#,
            r#"delay = "30m""#,
            "16: send.delay: delay_min (2h by default) is later than delay (30m); it takes delay_min ≤ delay ≤ delay_max ≤ max_age",
        ),
        (
            r#"quiet_hours = "21:00-10:00""#,
            r#"quiet_hours = "21-10""#,
            "20: send.quiet_hours: '21-10' is not a range of hours: write it like 21:00-10:00, or off",
        ),
        (
            r#"quiet_hours = "21:00-10:00""#,
            r#"quiet_hours = "10:00-10:00""#,
            "20: send.quiet_hours: '10:00-10:00' begins where it ends: write off for no quiet hours",
        ),
        (
            r#"days_off = ["sun", "2027-01-01", 2027-01-02]"#,
            r#"days_off = ["sunday", "2027-02-30", 7]"#,
            "21: send.days_off[0]: 'sunday' is not a day: write mon, tue, wed, thu, fri, sat, sun or a date like 2027-01-01
21: send.days_off[1]: '2027-02-30' is not a day: write mon, tue, wed, thu, fri, sat, sun or a date like 2027-01-01
21: send.days_off[2]: is a number: write a text in quotes",
        ),
        (
            r#"days_off = ["sun", "2027-01-01", 2027-01-02]"#,
            r#"days_off = ["mon","tue","wed","thu","fri","sat","sun"]"#,
            "21: send.days_off: no day of the week is left to send on",
        ),
        (
            r#"min_gap = "24h""#,
            r#"min_gap = "none""#,
            "22: send.min_gap: 'none' is not a duration: write a whole number and s, m, h or d, like 90s or 3h, or off",
        ),
        (
            r#"remind_after = "20h""#,
            r#"remind_after = "72h""#,
            "24: send.remind_after: a reminder must come before the survey expires",
        ),
        (
            r#"expires_after = "72h""#,
            r#"expires_after = "0s""#,
            "25: send.expires_after: must be longer than nothing",
        ),
        (
            r#"expires_after = "72h""#,
            r#"expires_afer = "72h""#,
            "25: send.expires_afer: there is no such field; did you mean expires_after?",
        ),
    ]);
}

#[test]
fn the_words() {
    check(&[
        (
            r#"title = { ru = "После обращения", en = "After a ticket" }"#,
            r#"title = { ru = "После", en = " ", de = "Nach" }"#,
            "4: title.en: is blank",
        ),
        (
            r#"title = { ru = "После обращения", en = "After a ticket" }"#,
            r#"title = { ru = "{name}", en = "a\u0000b" }
thanks = {ru="a",en="b"}"#,
            "4: title.en: contains a control character
4: title.ru: {name} is not filled in here, only in messages
5: thanks: does not belong here: write it under [send]",
        ),
        (
            "{name}, здравствуйте",
            "{nmae}, здравствуйте",
            "26: send.greeting.ru: at character 1: there is no placeholder {nmae}; did you mean {name}?",
        ),
        (
            "{subject|recently}",
            "{subject}",
            "26: send.greeting.en: at character 30: {subject} needs words for when the event does not say: write {subject|…}",
        ),
        (
            "Hi {name}!",
            "Hi {name!",
            "26: send.greeting.en: at character 4: '{' is never closed: write '}' after the placeholder, or '{{' to show a brace",
        ),
        (
            r#"thanks   = { ru = "Спасибо! Мы это прочитаем.""#,
            r#"thanks = { ru = "{date}""#,
            "27: send.thanks.ru: is empty for an event that says nothing: add words of your own",
        ),
        (
            r#"ru = "Грубо""#,
            r#"ru = "Грубо\nочень""#,
            "41: questions[0].low.reasons[1].text.ru: is shown on a button: write it in one line",
        ),
        (
            r#"ru = "Грубо""#,
            r#"ru = "{name}""#,
            "41: questions[0].low.reasons[1].text.ru: {name} is not filled in here, only in messages",
        ),
    ]);
}
