mod fold;

use super::*;
use crate::domain::locale::Languages;

const SCRIPT: &str = r#"
slug = "purchase"
on = "purchase"
title = { ru = "После покупки", en = "After a purchase" }

[[questions]]
key = "quality"
metric = "csi"
scale = "0-10"
text = { ru = "Насколько вы довольны качеством, {name}?", en = "How happy are you with the quality, {name}?" }
alert = "low"
[questions.low]
reasons = [ { key = "slow", text = { ru = "Долго", en = "Slow" } }, { key = "broken", text = { ru = "Брак", en = "Broken" } } ]
comment = { ru = "Что не так?", en = "What went wrong?" }

[[questions]]
key = "agent"
metric = "csat"
scale = "smiley3"
text = { ru = "Как вам {agent|наш специалист}?", en = "How was {agent|our specialist}?" }
alert = "neutral"
[questions.low]
comment = { ru = "Что не так?", en = "What went wrong?" }
[questions.neutral]
comment = { ru = "Что улучшить?", en = "What could be better?" }

[[questions]]
key = "solved"
metric = "choice"
text = { ru = "Вопрос решён?", en = "Is it solved?" }
options = [ { key = "yes", text = { ru = "Да", en = "Yes" } }, { key = "no", text = { ru = "Нет", en = "No" } } ]

[[questions]]
key = "effort"
metric = "ces"
scale = "1-7"
orientation = "high_is_hard"
text = { ru = "Насколько трудно было решить вопрос?", en = "How hard was it to get it solved?" }
alert = "neutral"
[questions.low]
comment = { ru = "Что было трудно?", en = "What was hard?" }
[questions.neutral]
comment = { ru = "Что упростить?", en = "What could be easier?" }
"#;

const EVENT: &str = r#"{
    "event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T15:04:05+03:00",
    "customer": {"id": "C-42", "phone": "+79990000000", "segments": ["gold"]},
    "subject": {"id": "1001", "title": "Заказ <№1001>", "url": "https://shop.example/?order=1001&a=\"b\""},
    "agent": {"id": "a-17", "name": "Ольга", "team": "first-line"},
    "store": "msk-2", "channel": "telegram", "tags": ["delivery", "refund"],
    "metrics": {"first_response_s": 45, "resolution_s": 5400, "messages": 7, "reopened": 2, "sla_breached": true}
}"#;

struct Facts {
    script: Script,
    event: Event,
    catalogue: Catalogue,
}

fn facts(event: &str) -> Facts {
    let now = Timestamp::from_millis(1_900_000_000_000);
    Facts {
        script: Script::parse("test.toml", SCRIPT, &Languages::default()).unwrap().script,
        event: Event::parse(event.as_bytes(), now).unwrap(),
        catalogue: Catalogue::default(),
    }
}

impl Facts {
    fn alert(&self, entries: Vec<Entry>) -> Alert<'_> {
        Alert {
            script: &self.script,
            event: &self.event,
            name: Some("Анна & Ко"),
            brand: None,
            test: false,
            entries,
            attachments: 0,
            unshown: Vec::new(),
            earlier: Vec::new(),
            zone: chrono_tz::Europe::Moscow,
            no_chat: None,
            case: None,
        }
    }

    /// A score given to this question in an earlier survey.
    fn earlier(&self, question: usize, value: i64) -> ScoreOnScale {
        ScoreOnScale::of(&self.script.questions[question], value).unwrap()
    }

    fn shown(&self, locale: &str, shown: &Alert<'_>) -> String {
        alert(&self.catalogue, locale, shown).shown()
    }
}

fn low() -> Entry {
    Entry {
        value: Some(2),
        reasons: vec!["slow".to_owned(), "broken".to_owned()],
        comment: Some("Ждал <неделю>,\nа пришёл брак".to_owned()),
        ..Entry::default()
    }
}

#[test]
fn an_alert_tells_the_score_the_words_and_everything_about_the_event() {
    let facts = facts(EVENT);
    let entries = vec![
        low(),
        Entry { question: 1, value: Some(3), former: Some(1), ..Entry::default() },
        Entry { question: 2, options: vec!["no".to_owned()], ..Entry::default() },
    ];
    let at = Timestamp::from_millis(1_790_000_000_000);
    let earlier = vec![
        Earlier { at, scores: vec![facts.earlier(0, 9), facts.earlier(1, 3), facts.earlier(3, 7)] },
        Earlier { at: at.plus_millis(-3_000_000_000), scores: vec![facts.earlier(0, 10)] },
    ];
    let alert = Alert { test: true, attachments: 2, earlier, ..facts.alert(entries) };
    assert!(alert.is_reached());
    insta::assert_snapshot!(facts.shown("ru", &alert), @r#"
    🧪 Тест
    <b>🔴 Плохая оценка: 2 из 10</b>
    <i>Насколько вы довольны качеством, Анна &amp; Ко?</i>

    Причины: Долго, Брак
    «Ждал &lt;неделю&gt;,
    а пришёл брак»

    📎 2 вложения

    Другие ответы:
    🟢 3 из 3 «Отлично» (была 1 из 3 «Плохо»), хорошо — Как вам Ольга?
    ▫️ Нет — Вопрос решён?

    Клиент: Анна &amp; Ко, C-42 (gold)
    Телефон: +79990000000
    <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a>
    Покупка: 21.11.2026 15:04
    Сотрудник: Ольга
    Команда: first-line
    Магазин: msk-2
    Канал: telegram
    Метки: delivery, refund
    Первый ответ через 45 с · решено за 1 ч 30 мин · 7 сообщений · открыто заново 2 раза · срок SLA нарушен
    Опрос: После покупки

    Раньше: 21.09.2026: 9/10, 3/3, трудно: 7/7; 17.08.2026: 10/10
    "#);
    insta::assert_snapshot!(facts.shown("en", &alert), @r#"
    🧪 Test
    <b>🔴 Bad score: 2 of 10</b>
    <i>How happy are you with the quality, Анна &amp; Ко?</i>

    Reasons: Slow, Broken
    “Ждал &lt;неделю&gt;,
    а пришёл брак”

    📎 2 attachments

    Other answers:
    🟢 3 of 3 “Great” (was 1 of 3 “Bad”), good — How was Ольга?
    ▫️ No — Is it solved?

    Customer: Анна &amp; Ко, C-42 (gold)
    Phone: +79990000000
    <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a>
    Purchase: 2026-11-21 15:04
    Agent: Ольга
    Team: first-line
    Store: msk-2
    Channel: telegram
    Tags: delivery, refund
    First reply in 45 s · resolved in 1 h 30 min · 7 messages · reopened 2 times · SLA missed
    Survey: After a purchase

    Earlier: 21 Sep 2026: 9/10, 3/3, hard: 7/7; 17 Aug 2026: 10/10
    "#);
}

#[test]
fn an_event_that_says_little_makes_a_short_alert() {
    let facts = facts(
        r#"{"event_id": "e", "kind": "purchase", "occurred_at": "2026-11-21T12:00:00Z", "customer": {"id": "C-1"}}"#,
    );
    let entries = vec![Entry { question: 1, value: Some(2), ..Entry::default() }];
    let alert = Alert { name: None, ..facts.alert(entries) };
    insta::assert_snapshot!(facts.shown("ru", &alert), @r"
    <b>🟡 Средняя оценка: 2 из 3 «Нормально»</b>
    <i>Как вам наш специалист?</i>

    Клиент: C-1
    Покупка: 21.11.2026 15:00
    Опрос: После покупки
    ");
}

#[test]
fn a_changed_score_is_told_with_what_it_was_and_no_longer_rings() {
    let facts = facts(EVENT);
    let alert = facts.alert(vec![Entry { value: Some(9), former: Some(2), ..low() }]);
    assert!(!alert.is_reached());
    assert!(facts.shown("ru", &alert).starts_with("<b>🟢 Оценку исправили: 9 из 10</b>\n"));
    assert!(facts.shown("en", &alert).contains("\nWas 2 of 10, now 9 of 10\n"));
    let withdrawn = facts.alert(vec![Entry { withdrawn: true, ..low() }]);
    assert!(!withdrawn.is_reached());
    assert!(facts.shown("ru", &withdrawn).starts_with("<b>⚪ Оценка больше не действует</b>\n"));
}

fn before() -> Before {
    Before { reasons: vec!["broken".to_owned()], comment: Some("Треснул экран".to_owned()) }
}

#[test]
fn what_was_said_about_the_former_score_stays_in_sight() {
    let facts = facts(EVENT);
    let better = Entry { value: Some(9), former: Some(2), before: before(), ..Entry::default() };
    let alert = facts.alert(vec![better]);
    let upper = |locale| facts.shown(locale, &alert).split("\n\n").take(2).collect::<Vec<_>>().join("\n\n");
    insta::assert_snapshot!(upper("ru"), @r"
    <b>🟢 Оценку исправили: 9 из 10</b>
    <i>Насколько вы довольны качеством, Анна &amp; Ко?</i>
    Была 2 из 10, стала 9 из 10

    Причины прежней оценки: Брак
    О прежней оценке: «Треснул экран»
    ");
    insta::assert_snapshot!(upper("en"), @r"
    <b>🟢 Score improved: 9 of 10</b>
    <i>How happy are you with the quality, Анна &amp; Ко?</i>
    Was 2 of 10, now 9 of 10

    Reasons for the earlier score: Broken
    About the earlier score: “Треснул экран”
    ");
}

#[test]
fn effort_is_told_in_words_for_either_end_may_be_the_bad_one() {
    let facts = facts(EVENT);
    let effort = |value, former| Entry { question: 3, value: Some(value), former, ..Entry::default() };
    let head = |locale, entry: Entry| {
        let shown = facts.shown(locale, &facts.alert(vec![entry]));
        shown.split("\n\n").next().unwrap().to_owned()
    };
    let other = |locale| {
        let shown = facts.shown(locale, &facts.alert(vec![low(), effort(6, Some(2))]));
        shown.lines().find(|line| line.starts_with("🔴 ")).unwrap().to_owned()
    };
    let told = |locale| {
        let again = again(&facts.catalogue, locale, &facts.alert(vec![effort(7, Some(2))])).shown();
        let heads = [effort(7, None), effort(4, None), effort(2, Some(7))].map(|entry| head(locale, entry));
        format!("{}\n{}\n{again}", heads.join("\n"), other(locale))
    };
    insta::assert_snapshot!(told("ru"), @r"
    <b>🔴 Плохая оценка, трудно: 7 из 7</b>
    <i>Насколько трудно было решить вопрос?</i>
    <b>🟡 Средняя оценка, ни легко, ни трудно: 4 из 7</b>
    <i>Насколько трудно было решить вопрос?</i>
    <b>🟢 Оценку исправили, легко: 2 из 7</b>
    <i>Насколько трудно было решить вопрос?</i>
    Было трудно: 7 из 7, стало легко: 2 из 7
    🔴 трудно: 6 из 7 (было легко: 2 из 7) — Насколько трудно было решить вопрос?
    🔴 Снова трудно: 7 из 7
    ");
    insta::assert_snapshot!(told("en"), @r"
    <b>🔴 Bad score, hard: 7 of 7</b>
    <i>How hard was it to get it solved?</i>
    <b>🟡 Neutral score, neither easy nor hard: 4 of 7</b>
    <i>How hard was it to get it solved?</i>
    <b>🟢 Score improved, easy: 2 of 7</b>
    <i>How hard was it to get it solved?</i>
    Was hard: 7 of 7, now easy: 2 of 7
    🔴 hard: 6 of 7 (was easy: 2 of 7) — How hard was it to get it solved?
    🔴 Again hard: 7 of 7
    ");
}

#[test]
fn an_alert_that_comes_to_an_admin_ends_with_the_reason() {
    let facts = facts(EVENT);
    let alert = Alert { no_chat: Some(NoChat::Never), ..facts.alert(vec![low()]) };
    let why = no_chat(&facts.catalogue, "ru", NoChat::Never);
    assert!(facts.shown("ru", &alert).ends_with(&format!("\n\n{why}")));
}

#[test]
fn a_renewed_fall_is_one_short_line() {
    let facts = facts(EVENT);
    let alert = facts.alert(vec![Entry { former: Some(9), ..low() }]);
    insta::assert_snapshot!(again(&facts.catalogue, "ru", &alert).shown(), @"🔴 Оценка снова упала: 2 из 10");
    insta::assert_snapshot!(again(&facts.catalogue, "en", &alert).shown(), @"🔴 The score fell again: 2 of 10");
}

#[test]
fn however_much_was_written_the_alert_fits_and_its_html_stays_whole() {
    let facts = facts(EVENT);
    let long = || Some("<&> 🔴 ".repeat(4000));
    let mut entries = vec![Entry { comment: long(), ..low() }];
    entries.extend((0..40).map(|_| Entry {
        question: 1,
        value: Some(1),
        comment: long(),
        ..Entry::default()
    }));
    let html = facts.shown("ru", &facts.alert(entries));
    assert!(visible_len(&html) <= 4096, "{}", visible_len(&html));
    assert_eq!(html.matches("<b>").count(), html.matches("</b>").count());
    assert_eq!(html.matches("<a ").count(), html.matches("</a>").count());
}
