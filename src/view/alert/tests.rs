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
"#;

const EVENT: &str = r#"{
    "event_id": "order-1001", "kind": "purchase", "occurred_at": "2026-11-21T15:04:05+03:00",
    "customer": {"id": "C-42", "segments": ["gold"]},
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
        }
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
        Earlier { at, scores: vec![(9, Scale::ZeroToTen), (3, Scale::Smiley3)] },
        Earlier { at: at.plus_millis(-3_000_000_000), scores: vec![(10, Scale::ZeroToTen)] },
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
    <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a>
    Сотрудник: Ольга
    Команда: first-line
    Магазин: msk-2
    Канал: telegram
    Метки: delivery, refund
    Первый ответ через 45 с · решено за 1 ч 30 мин · 7 сообщений · открыто заново 2 раза · срок SLA нарушен
    Опрос: После покупки

    Раньше: 21.09.2026: 9/10, 3/3; 17.08.2026: 10/10
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
    <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a>
    Agent: Ольга
    Team: first-line
    Store: msk-2
    Channel: telegram
    Tags: delivery, refund
    First reply after 45 s · resolved in 1 h 30 min · 7 messages · reopened 2 times · SLA missed
    Survey: After a purchase

    Earlier: 21 Sep 2026: 9/10, 3/3; 17 Aug 2026: 10/10
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
    <b>🟡 Оценка средняя: 2 из 3 «Нормально»</b>
    <i>Как вам наш специалист?</i>

    Клиент: C-1
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

fn folded(scores: usize, newest: Vec<Alert<'_>>) -> Folded<'_> {
    Folded { scores, requests: 0, strangers: false, newest: newest.into_iter().map(Line::Score).collect() }
}

#[test]
fn a_fold_counts_all_and_lists_the_newest_that_fit() {
    let facts = facts(EVENT);
    let other = Entry { question: 1, value: Some(2), ..Entry::default() };
    let newest = || vec![facts.alert(vec![low()]), facts.alert(vec![other.clone()])];
    insta::assert_snapshot!(fold(&facts.catalogue, "ru", &folded(2, newest())).shown(), @r#"
    <b>🔴 Ещё 2 плохие оценки за несколько минут</b>
    Их слишком много, чтобы слать по одной. Последние сверху:

    🔴 <b>2 из 10</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    «Ждал &lt;неделю&gt;, а пришёл брак»

    🟡 <b>2 из 3 «Нормально»</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    "#);
    insta::assert_snapshot!(fold(&facts.catalogue, "en", &folded(7, newest())).shown(), @r#"
    <b>🔴 7 more bad scores within minutes</b>
    Too many to send one by one. The latest first:

    🔴 <b>2 of 10</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    “Ждал &lt;неделю&gt;, а пришёл брак”

    🟡 <b>2 of 3 “Okay”</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга

    …and 5 more that came before
    "#);
    let many = vec![facts.alert(vec![Entry { comment: Some("я".repeat(500)), ..low() }]); 100];
    assert!(visible_len(&fold(&facts.catalogue, "ru", &folded(500, many)).html) <= 4096);
}
