//! One message that lists many.

use super::*;
use crate::domain::ids::CaseNumber;

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
        let number = CaseNumber::new(1_000_000 + n);
        Line::Score(alert, Some(Standing { number, owner: Some(&long), is_resolved: false }))
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
        let standing = |n| Standing { number: CaseNumber::new(101 + n), owner: None, is_resolved: false };
        let newest = (0..count).map(|n| Line::Score(alert(), Some(standing(n)))).collect();
        let html = fold(&facts.catalogue, "ru", &Folded { newest, ..folded(20, Vec::new()) }).html;
        html.split("\n\n").nth(1).unwrap().to_owned()
    };
    assert!(first(20).contains("«яяя"), "{}", first(20));
    let brief = first(40);
    assert!(brief.contains(" · Очень длинное имя Очень длинное имя Оче…, C-42 · "), "{brief}");
    assert!(!brief.contains('\n'), "{brief}");
}

#[test]
fn a_line_ends_with_who_has_the_case_before_what_was_said() {
    let facts = facts(EVENT);
    let line = |locale, owner, is_resolved| {
        let standing = Standing { number: CaseNumber::new(107), owner, is_resolved };
        let newest = vec![Line::Score(facts.alert(vec![low()]), Some(standing))];
        let html = fold(&facts.catalogue, locale, &Folded { newest, ..folded(1, Vec::new()) }).html;
        let line = html.split("\n\n").nth(1).unwrap();
        let (first, said) = line.split_once('\n').unwrap();
        assert!(said.contains("Ждал"), "{line}");
        first.rsplit_once("</a> · ").unwrap().1.to_owned()
    };
    assert_eq!(line("ru", None, false), "Ольга");
    assert_eq!(line("ru", Some("Вера & Ко"), false), "Ольга · ведёт Вера &amp; Ко");
    assert_eq!(line("en", Some("Вера"), false), "Ольга · Вера has it");
    assert_eq!(line("en", None, true), "Ольга · ✅");
}
