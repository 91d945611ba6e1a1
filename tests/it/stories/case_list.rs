//! `/cases`: the list, the cards and the settings.

use serde_json::json;

use crate::harness::{Person, Setting, Story, minutes, script};

const ONE: &str = r#"
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }
"#;
const AT_ONCE: &str = "delay_min = \"0s\"\ndelay = \"0s\"\nquiet_hours = \"off\"\nmin_gap = \"off\"";

/// Customers who were asked about tickets and are not content.
async fn complaints(story: &Story, count: u32) -> Vec<Person> {
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let mut people = Vec::new();
    for number in 1..=count {
        let person = story.customer(&format!("Имя{number}"), &format!("C-{number}")).await;
        story
            .ticket(
                &number.to_string(),
                &format!("C-{number}"),
                json!({ "customer": { "name": format!("Имя{number}") } }),
            )
            .await;
        story.advance(minutes(6)).await;
        story.tap(person, "1").await;
        people.push(person);
    }
    people
}

#[tokio::test]
pub async fn leads_see_the_list_page_it_and_take_a_case_from_its_card() {
    let story = Story::new().await;
    story.start(story.lead).await;
    complaints(&story, 9).await;
    story.say(story.lead, "/cases").await;
    let list = story.last(story.lead);
    assert!(list.contains("Обращения: открыто 9, просрочено 0"), "{list}");
    assert!(list.contains("№101 · 🔴 1 из 5 · Имя1, C-1 · 22.11"), "{list}");
    assert!(!list.contains("№109 ·"), "{list}");
    story.tap(story.lead, "›").await;
    assert!(story.last(story.lead).contains("№109 · 🔴 1 из 5"), "{}", story.last(story.lead));
    story.tap(story.lead, "№109").await;
    let card = story.last(story.lead);
    assert!(card.contains("№109 · свободно · ответить до"), "{card}");
    story.tap(story.lead, "Взять").await;
    assert!(story.last(story.lead).contains("№109 · ведёт Пётр"), "{}", story.last(story.lead));
    story.say(story.lead, "/cases").await;
    story.tap(story.lead, "Мои").await;
    let mine = story.last(story.lead);
    assert!(mine.contains("№109 · 🔴 1 из 5") && mine.contains("Пётр") && !mine.contains("№101 ·"), "{mine}");
    story.tap(story.lead, "Закрытые").await;
    assert!(story.last(story.lead).contains("По этому фильтру ничего нет."), "{}", story.last(story.lead));
    story.say(story.lead, "/cases C-3").await;
    assert!(story.last(story.lead).contains("№103"), "{}", story.last(story.lead));
    story.say(story.lead, "/cases 999").await;
    assert!(story.last(story.lead).contains("Обращения №999 нет."), "{}", story.last(story.lead));
    for written in ["№103", "#103", "№ 103"] {
        story.say(story.lead, &format!("/cases {written}")).await;
        assert!(story.last(story.lead).contains("№103 · свободно"), "{}", story.last(story.lead));
    }
    story.say(story.lead, "/cases #999").await;
    assert!(story.last(story.lead).contains("Обращения №999 нет."), "{}", story.last(story.lead));
    for asked in ["C-999", "101 102"] {
        story.say(story.lead, &format!("/cases {asked}")).await;
        let told = story.last(story.lead);
        assert!(told.contains(&format!("По «{asked}» обращений нет.")), "{told}");
    }
    story.end().await;
}

#[tokio::test]
async fn the_list_names_strangers_by_their_telegram_and_scores_with_their_mark() {
    let story = Setting::new().await.set("LOCALES", "en").start().await;
    story.start(story.lead).await;
    complaints(&story, 1).await;
    for name in ["Eve", "\u{200b}"] {
        let eve = story.person(name);
        story.start(eve).await;
        story.say(eve, "Hello").await;
    }
    story.say(story.lead, "/cases").await;
    let list = story.last(story.lead);
    for row in
        ["no. 101 · 🔴 1 of 5 · Имя1, C-1 · 22 Nov", "no. 102 · ✉️ · Eve · 23 Nov", "no. 103 · ✉️ · 23 Nov"]
    {
        assert!(list.contains(row), "{row}: {list}");
    }
    story.end().await;
}

#[tokio::test]
pub async fn others_are_refused_and_a_group_gets_two_counts() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "/cases").await;
    assert!(story.last(anna).contains("Обращения ведут руководители."), "{}", story.last(anna));
    story.world.say_in(story.leads, None, story.lead.id, "/cases");
    story.settle().await;
    let said = "Открыто 0, просрочено 0. Список в личном чате со мной.";
    assert!(story.alerts().contains(said), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn admins_change_the_settings_and_what_is_wrong_is_explained() {
    let story = Setting::new().await.set("CASE_PROMISE", "on").start().await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/cases").await;
    story.tap(lead, "⚙ Настройки").await;
    assert!(
        story.last(lead).contains("Срок первого ответа: срочно 4 ч, обычно 24 ч, может подождать 48 ч"),
        "{}",
        story.last(lead)
    );
    story.tap(lead, "Рабочие часы").await;
    assert!(story.last(lead).contains("Рабочие часы: сейчас mon-sun 00:00-24:00."), "{}", story.last(lead));
    story.say(lead, "с утра до вечера").await;
    let told = story.last(lead);
    assert!(told.contains("Так не подойдёт: «утра до вечера» — не промежуток часов"), "{told}");
    story.say(lead, "mon-fri 09:00-18:00").await;
    let settings = story.last(lead);
    assert!(settings.contains("Рабочие часы: mon-fri 09:00-18:00"), "{settings}");
    for hint in [
        "Срок первого ответа, обычно: 24 ч — это примерно 3 дн.",
        "Срок решения, может подождать: 96 ч — это примерно 11 дн.",
    ] {
        assert!(settings.contains(hint), "{settings}");
    }
    assert!(!settings.contains("Срок первого ответа, срочно"), "four hours fit: {settings}");
    story.tap(lead, "Сделать «1 рабочий день»").await;
    let settings = story.last(lead);
    let days = "Срок первого ответа: срочно 4 ч, обычно 1 рабочий день, может подождать 1 рабочий день";
    assert!(settings.contains(days) && !settings.contains("примерно"), "{settings}");
    story.tap(lead, "Обещание клиенту").await;
    assert!(story.last(lead).contains("Задано в настройке CASE_PROMISE"), "{}", story.last(lead));
    story.end().await;
}

#[tokio::test]
async fn admins_read_in_their_language_what_holds_and_why_a_value_will_not_do() {
    let story = Story::new().await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/cases").await;
    story.tap(lead, "⚙ Настройки").await;
    let settings = story.last(lead);
    for line in [
        "Выходные и праздники: нет",
        "Часовой пояс: Europe/Moscow",
        "Сколько ждём слов после закрытия: 7 дн.",
        "Обещание клиенту: называем срок ответа",
        "Имена сотрудников клиенту: не показываем",
        "Срочные сегменты: нет",
        "Сообщения вне опросов: открывают обращение",
    ] {
        assert!(settings.contains(line), "{line}: {settings}");
    }
    for (setting, written, why) in [
        ("Рабочие часы", "mon-fri 9-18", "«9-18» — не промежуток часов, пишут так: 09:00-18:00."),
        ("Выходные и праздники", "завтра", "«завтра» — не дата, пишут так: 2027-01-01."),
        ("Часовой пояс", "Москва", "«Москва» — не часовой пояс."),
        ("Срок решения", "скоро 4h", "«скоро» — не важность, пишут urgent (срочно)"),
        ("Сколько ждём слов после закрытия", "неделя", "«неделя» — не срок, пишут целое число"),
        ("Срочные сегменты", ",", "не назван ни один сегмент."),
    ] {
        story.tap(lead, setting).await;
        story.say(lead, written).await;
        let told = story.last(lead);
        assert!(told.contains(&format!("Так не подойдёт: {why}")), "{told}");
        story.tap(lead, "‹ Настройки").await;
    }
    // What was not named holds as before.
    story.tap(lead, "Срок первого ответа").await;
    story.say(lead, "normal 12h, delivery/urgent 30m").await;
    let first = "Срок первого ответа: срочно 4 ч, обычно 12 ч, может подождать 48 ч, delivery: срочно 30 мин";
    assert!(story.last(lead).contains(first), "{}", story.last(lead));
    story.tap(lead, "Срок первого ответа").await;
    let now = "сейчас urgent 4h, normal 12h, minor 48h, delivery/urgent 30m.";
    assert!(story.last(lead).contains(now), "{}", story.last(lead));
    story.tap(lead, "‹ Настройки").await;
    // Two values are two buttons.
    for (setting, holds, other) in [
        ("Обещание клиенту", "называем срок ответа", "не называем срок ответа"),
        ("Сообщения вне опросов", "открывают обращение", "никому не передаём"),
    ] {
        story.tap(lead, setting).await;
        assert!(story.last(lead).contains(&format!("[ ✓ {holds} ]")), "{}", story.last(lead));
        story.tap(lead, other).await;
        assert!(story.last(lead).contains(&format!("{setting}: {other}")), "{}", story.last(lead));
    }
    story.end().await;
}
