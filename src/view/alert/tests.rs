use super::*;
use crate::domain::ids::CaseNumber;
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
    fn earlier(&self, question: usize, value: i64) -> EarlierScore {
        EarlierScore::of(&self.script.questions[question], value).unwrap()
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

fn folded(scores: usize, newest: Vec<Alert<'_>>) -> Folded<'_> {
    let newest = newest.into_iter().map(|alert| Line::Score(alert, None)).collect();
    Folded { scores, bad: scores, others: 0, strangers: false, missed: false, newest, no_chat: None }
}

#[test]
fn a_fold_counts_what_is_bad_now_and_what_was_corrected() {
    let facts = facts(EVENT);
    let shown = |locale, bad| {
        let better = Entry { value: Some(9), before: before(), ..Entry::default() };
        let folded = Folded { bad, ..folded(8, vec![facts.alert(vec![better])]) };
        fold(&facts.catalogue, locale, &folded).shown()
    };
    insta::assert_snapshot!(shown("ru", 6), @r#"
    <b>🔴 Ещё 6 плохих оценок за несколько минут</b>
    <b>🟢 2 плохие оценки из этого списка уже исправили</b>
    Их слишком много, чтобы слать по одной. Последние сверху:

    🟢 <b>9 из 10</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    <i>Насколько вы довольны качеством, Анна &amp; Ко?</i>
    О прежней оценке: «Треснул экран»

    …и ещё 7 — раньше
    "#);
    insta::assert_snapshot!(shown("en", 0), @r#"
    <b>🟢 8 bad scores on this list were improved</b>
    Too many to send one by one. The latest first:

    🟢 <b>9 of 10</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    <i>How happy are you with the quality, Анна &amp; Ко?</i>
    About the earlier score: “Треснул экран”

    …and 7 more before that
    "#);
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
    <i>Насколько вы довольны качеством, Анна &amp; Ко?</i> — Долго, Брак
    «Ждал &lt;неделю&gt;, а пришёл брак»

    🟡 <b>2 из 3 «Нормально»</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    <i>Как вам Ольга?</i>
    "#);
    insta::assert_snapshot!(fold(&facts.catalogue, "en", &folded(7, newest())).shown(), @r#"
    <b>🔴 7 more bad scores within minutes</b>
    Too many to send one by one. The latest first:

    🔴 <b>2 of 10</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    <i>How happy are you with the quality, Анна &amp; Ко?</i> — Slow, Broken
    “Ждал &lt;неделю&gt;, а пришёл брак”

    🟡 <b>2 of 3 “Okay”</b> · Анна &amp; Ко, C-42 (gold) · <a href="https://shop.example/?order=1001&amp;a=&quot;b&quot;">Заказ &lt;№1001&gt;</a> · Ольга
    <i>How was Ольга?</i>

    …and 5 more before that
    "#);
    let many = vec![facts.alert(vec![Entry { comment: Some("я".repeat(500)), ..low() }]); 100];
    assert!(visible_len(&fold(&facts.catalogue, "ru", &folded(500, many)).html) <= 4096);
}

#[test]
fn a_fold_has_a_line_for_each_of_forty_however_long_their_names_are() {
    // Right to left, so that each name is isolated.
    let long = "שם ארוך מאוד ".repeat(10);
    let mut facts = facts(EVENT);
    facts.event.customer.id = long.clone();
    facts.event.subject.title = Some(long.clone());
    facts.event.agent.name = Some(long.clone());
    facts.event.customer.segments = vec![long.clone(); 5];
    let medium = Entry { question: 3, value: Some(4), comment: Some(long.clone()), ..Entry::default() };
    let newest = (0..40).map(|n| {
        let alert = Alert { name: Some(&long), test: true, ..facts.alert(vec![medium.clone()]) };
        Line::Score(alert, Some(CaseNumber::new(1_000_000 + n)))
    });
    let folded = Folded { newest: newest.collect(), ..folded(40, Vec::new()) };
    for locale in ["ru", "en"] {
        let html = fold(&facts.catalogue, locale, &folded).html;
        assert_eq!(html.matches("4/7").count(), 40, "{html}");
        assert!(visible_len(&html) <= 4096);
    }
}

#[test]
fn a_line_of_a_fold_is_as_long_as_the_lines_to_come_let_it_be() {
    let long = "Очень длинное имя ".repeat(10);
    let mut facts = facts(EVENT);
    facts.event.customer.id = "C-42".to_owned();
    let first = |count: i64| {
        let alert = || Alert {
            name: Some(&long),
            ..facts.alert(vec![Entry { comment: Some("я".repeat(500)), ..low() }])
        };
        let newest = (0..count).map(|n| Line::Score(alert(), Some(CaseNumber::new(101 + n)))).collect();
        let html = fold(&facts.catalogue, "ru", &Folded { newest, ..folded(20, Vec::new()) }).html;
        html.split("\n\n").nth(1).unwrap().to_owned()
    };
    assert!(first(20).contains("«яяя"), "{}", first(20));
    let brief = first(40);
    assert!(brief.contains(" · Очень длинное имя Очень длинное имя Оче…, C-42 · "), "{brief}");
    assert!(!brief.contains('\n'), "{brief}");
}
