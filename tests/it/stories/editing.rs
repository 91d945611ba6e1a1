//! The editor: a script built with buttons and messages only, and everything that may happen meanwhile.

use afterword::domain::ids::PersonId;
use afterword::domain::locale::Languages;
use afterword::domain::script::Script;
use afterword::service::export::{Filter, What};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes};

const EXAMPLE: &str = include_str!("../../../src/domain/script/tests/example.toml");

/// Says it a moment later: two messages at one moment would look like one that was sent twice.
async fn write(story: &Story, person: Person, text: &str) {
    story.clock.advance_to(story.clock.now().plus_millis(1500));
    story.say(person, text).await;
}

/// The newest message with buttons.
fn screen(story: &Story, person: Person) -> String {
    let messages = story.world.messages(person.id);
    let shown = messages.iter().rev().find(|message| !message.keyboard.is_empty()).unwrap();
    story.world.shown(person.id, shown.id)
}

async fn taps(story: &Story, person: Person, buttons: &[&str]) {
    for button in buttons {
        story.tap(person, button).await;
    }
}

/// A text, first in one language, then in the other that is offered.
async fn both(story: &Story, person: Person, button: &str, ru: &str, en: &str) {
    one(story, person, button, ru).await;
    one(story, person, "То же: английский", en).await;
}

async fn one(story: &Story, person: Person, button: &str, text: &str) {
    story.tap(person, button).await;
    write(story, person, text).await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in one go")]
async fn the_contracts_script_is_built_from_nothing_with_buttons_and_messages() {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    let ann = story.person("Анна");
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(ann, &link).await;
    write(&story, ann, "/scripts").await;
    taps(&story, ann, &["+ Новый опрос", "после закрытого обращения"]).await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Как назовём опрос?

      Пришлите одну строку — или по строке на каждый язык: русский, английский.
      [ Отмена ]
    ");
    write(&story, ann, "После обращения\nAfter a ticket").await;
    story.tap(ann, "‹ Черновик").await;
    one(&story, ann, "Короткое имя", "support-2").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Записано.

      После обращения — ✏️ черновик
      support-2 · после закрытого обращения

      Чтобы опубликовать, исправьте 1 замечание.
      [ Вопросы · 0 | + Вопрос ]
      [ Название | Короткое имя ]
      [ Приветствие | Благодарность ]
      [ Когда спрашивать | Правила отправки ]
      [ Приоритет · 0 ]
      [ Замечания · 1 ]
      [ Предпросмотр · RU | Предпросмотр · EN ]
      [ Файл TOML | Примерить на прошлом ]
      [ Опубликовать… ]
      [ ‹ Опрос | Удалить черновик ]
    ");
    both(
        &story,
        ann,
        "Приветствие",
        "{name}, здравствуйте! Вы обращались к нам: {subject|недавно}.",
        "Hi {name}! You contacted us: {subject|recently}.",
    )
    .await;
    both(&story, ann, "Благодарность", "Спасибо! Мы это прочитаем.", "Thank you! We read every answer.")
        .await;
    // When to ask.
    story.tap(ann, "Когда спрашивать").await;
    one(&story, ann, "Нет ни одной из меток", "spam").await;
    one(&story, ann, "Сообщений не меньше", "2").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Записано.

      О каких событиях спрашивать

      Каналы: любые
      Команды: любые
      Магазины: любые
      Есть любая из меток: любые
      Нет ни одной из меток: spam
      Сообщений не меньше: 2
      Доля событий: 100%
      [ после покупки ]
      [ ✓ после закрытого обращения ]
      [ после решения проблемы ]
      [ Каналы | Команды ]
      [ Магазины | Есть любая из меток ]
      [ Нет ни одной из меток ]
      [ Сообщений не меньше | Доля событий ]
      [ ‹ Черновик ]
    ");
    taps(&story, ann, &["Черновик", "Правила отправки"]).await;
    for (rule, value) in [
        ("Через сколько", "3 ч"),
        ("Не раньше чем через", "2 ч"),
        ("Не позже чем через", "6 ч"),
        ("Не отправлять позже чем через", "2 дня"),
        ("Тихие часы", "21:00–10:00"),
        ("Между любыми опросами", "1 день"),
        ("Между такими же опросами", "выкл."),
        ("Напомнить через", "20 ч"),
    ] {
        taps(&story, ann, &[rule, value, "Правила отправки"]).await;
    }
    story.tap(ann, "Закрыть через").await;
    one(&story, ann, "Написать своё", "72h").await;
    story.tap(ann, "Правила отправки").await;
    story.tap(ann, "Выходные").await;
    one(&story, ann, "Написать своё", "2027-01-01, 2027-01-02").await;
    taps(&story, ann, &["Вс", "Правила отправки"]).await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Правила отправки

      Через сколько: 3 ч
      Не раньше чем через: 2 ч
      Не позже чем через: 6 ч
      Не отправлять позже чем через: 2 дня
      Тихие часы: 21:00–10:00
      Выходные: Вс, 2027-01-01, 2027-01-02
      Между любыми опросами: 1 день
      Между такими же опросами: выкл.
      Напомнить через: 20 ч
      Закрыть через: 3 дня
      [ Через сколько | Не раньше чем через ]
      [ Не позже чем через | Не отправлять позже чем через ]
      [ Тихие часы | Выходные ]
      [ Между любыми опросами | Между такими же опросами ]
      [ Напомнить через | Закрыть через ]
      [ ‹ Черновик ]
    ");
    // The first question.
    taps(&story, ann, &["Черновик", "+ Вопрос"]).await;
    both(
        &story,
        ann,
        "CSI",
        "Вам отвечает {agent|наш специалист}. Как вам ответ?",
        "{agent|Our specialist} answered you. How was it?",
    )
    .await;
    one(&story, ann, "Ключ", "agent").await;
    one(&story, ann, "Фактор", "support").await;
    taps(&story, ann, &["Шкала", "смайлики", "Подписи"]).await;
    one(&story, ann, "1", "Плохо\nBad").await;
    one(&story, ann, "Нижний край", "плохо\nbad").await;
    one(&story, ann, "Верхний край", "отлично\ngreat").await;
    taps(&story, ann, &["Вопрос", "После плохой"]).await;
    both(&story, ann, "Вопрос словами · RU", "Что пошло не так?", "What went wrong?").await;
    one(&story, ann, "+ Причины", "Долго\nГрубо").await;
    for (reason, key) in [("1. Долго", "slow"), ("2. Грубо", "rude")] {
        taps(&story, ann, &["После плохой", "Причины · 2", reason]).await;
        one(&story, ann, "Ключ", key).await;
        taps(&story, ann, &["Назад", "Назад", "‹ Вопрос"]).await;
    }
    story.tap(ann, "После хорошей").await;
    one(&story, ann, "+ Ссылки", "Отзыв\nhttps://example.com/r?a=1").await;
    taps(&story, ann, &["Назад", "‹ Вопрос"]).await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Вопрос 1 из 1
      agent

      RU: Вам отвечает {agent|наш специалист}. Как вам ответ?
      EN: {agent|Our specialist} answered you. How was it?

      Показатель: CSI
      Шкала: смайлики
      Плохо: 1 · средне: 2 · хорошо: 3
      Фактор: support
      Задаётся всегда
      После плохой: Что пошло не так? · Долго, Грубо
      После хорошей: 🔗 Отзыв
      [ Текст · RU | Текст · EN ]
      [ Показатель | Шкала ]
      [ Границы | Подписи ]
      [ После плохой ✎ | После средней | После хорошей ✎ ]
      [ 🔔 При плохой ✓ | 🔔 И при средней | Без 🔔 ]
      [ Ключ | Фактор ]
      [ Копировать | Удалить ]
      [ + Вопрос ]
      [ ‹ Вопросы | ‹ Черновик ]
    ");
    // The second.
    story.tap(ann, "+ Вопрос").await;
    both(&story, ann, "Выбор", "Решили?", "Solved?").await;
    one(&story, ann, "Ключ", "solved").await;
    one(&story, ann, "+ Варианты", "Да\nНет").await;
    for (option, key) in [("1. Да", "yes"), ("2. Нет", "no")] {
        taps(&story, ann, &["Варианты · 2", option]).await;
        one(&story, ann, "Ключ", key).await;
        taps(&story, ann, &["Назад", "‹ Вопрос"]).await;
    }
    taps(&story, ann, &["Когда задавать", "после 1.", "средне", "хорошо", "✓ плохо"]).await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Когда задавать этот вопрос?

      Задаётся, если на вопрос 1 ответили средне или хорошо
      [ Задаётся всегда ]
      [ ✓ после 1. Вам отвечает {agent|наш сп… ]
      [ плохо | ✓ средне | ✓ хорошо ]
      [ 1 | 2 | 3 ]
      [ ‹ Вопрос | ‹ Черновик ]
    ");
    // The third.
    taps(&story, ann, &["‹ Черновик", "+ Вопрос"]).await;
    both(&story, ann, "CES", "Сколько усилий ушло?", "How much effort did it take?").await;
    one(&story, ann, "Ключ", "effort").await;
    taps(&story, ann, &["Больше — труднее", "После плохой"]).await;
    both(&story, ann, "Вопрос словами · RU", "Что было трудно?", "What was hard?").await;
    taps(&story, ann, &["‹ Вопрос", "Когда задавать", "после 2.", "‹ Черновик", "Перевод: английский"]).await;
    write(&story, ann, "Slow\nRude\nReview\nYes\nNo").await;
    story.tap(ann, "Вопросы").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Вопросы

      1. Вам отвечает {agent|наш специалист}. Как вам ответ? CSI
      2. ↳ Решили? Выбор
      3. ↳ Сколько усилий ушло? CES
      [ 1. Вам отвечает {agent|наш специал… ]
      [ 2. Решили? ]
      [ 3. Сколько усилий ушло? ]
      [ + Вопрос ]
      [ ‹ Черновик ]
    ");
    story.tap(ann, "Черновик").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): После обращения — ✏️ черновик
      support-2 · после закрытого обращения

      ✅ Можно публиковать.
      [ Вопросы · 3 | + Вопрос ]
      [ Название | Короткое имя ]
      [ Приветствие ✎ | Благодарность ✎ ]
      [ Когда спрашивать | Правила отправки ]
      [ Приоритет · 0 ]
      [ Предпросмотр · RU | Предпросмотр · EN ]
      [ Файл TOML | Примерить на прошлом ]
      [ Опубликовать… ]
      [ ‹ Опрос | Удалить черновик ]
    ");
    story.tap(ann, "Файл TOML").await;
    let (_, content) = story.world.last_file(ann.id).unwrap();
    let exported = String::from_utf8(content).unwrap();
    let built = Script::parse("exported", &exported, &Languages::default()).unwrap().script;
    let mut wanted = Script::parse("example", EXAMPLE, &Languages::default()).unwrap().script;
    wanted.slug = "support-2".to_owned();
    assert_eq!(built, wanted, "{exported}");
    taps(&story, ann, &["Опубликовать…"]).await;
    assert_snapshot!(screen(&story, ann), @r"
    Bot (edited): Опубликовать версию 1?

      Это первая версия.

      Опрос начнёт спрашивать после закрытого обращения.
      За последние 30 дней подходящих ему событий не было.
      [ Опубликовать ]
      [ ‹ Черновик ]
    ");
    assert_eq!(story.tap(ann, "Опубликовать").await, "Опубликовано: версия 1");
    story.end().await;
}

/// An admin with a draft of the shop's script before them.
async fn drafting(language: &str) -> (Story, Person) {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    let ann = story.person_in("Ann", Some(language));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(ann, &link).await;
    write(&story, ann, "/scripts").await;
    (story, ann)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in one go")]
pub async fn an_admin_edits_and_publishes_in_english() {
    let (story, ann) = drafting("en").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Surveys

      After a purchase — 🟢 live, version 1
      After a purchase. Last 7 days: 0 sent, 0 answered

      After a problem is solved — 🟢 live, version 1
      After a resolved case. Last 7 days: 0 sent, 0 answered

      After a support ticket — 🟢 live, version 1
      After a closed ticket. Last 7 days: 0 sent, 0 answered

      What matters to you — ✏️ draft
      After a purchase

      Recommendation — ✏️ draft
      After a purchase
      [ After a purchase ]
      [ After a problem is solved ]
      [ After a support ticket ]
      [ What matters to you ]
      [ Recommendation ]
      [ + New survey ]
    ");
    story.tap(ann, "After a support ticket").await;
    story.tap(ann, "Change").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): After a support ticket — ✏️ draft
      support · after a closed ticket

      ✅ Ready to publish.
      [ Questions · 4 | + Question ]
      [ Title | Priority · 0 ]
      [ Greeting ✎ | Thanks ✎ ]
      [ When to ask | Sending rules ]
      [ Preview · RU | Preview · EN ]
      [ TOML file | Try on past events ]
      [ Publish… ]
      [ ‹ Survey | Delete the draft ]
    ");
    taps(&story, ann, &["Questions", "2."]).await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Question 2 of 4
      agent

      RU: Обращением занимался специалист {agent|поддержки}. Как вам помощь?
      EN: {agent|Our team} handled your request. How was the help?

      Metric: CSI
      Scale: smileys
      Bad: 1 · neutral: 2 · good: 3
      Factor: support
      Always asked
      After bad: We are sorry to hear that. What was wrong with the help? · An unclear answer, A canned reply, Not polite, Did not get the problem, Something else
      After neutral: What would have made the help excellent?
      [ Text · RU | Text · EN ]
      [ Metric | Scale ]
      [ Bands | Labels ]
      [ After bad ✎ | After neutral ✎ | After good ]
      [ 🔔 On bad ✓ | 🔔 On neutral too | No 🔔 ]
      [ When it is asked ]
      [ Key | Factor ]
      [ ↑ Up | ↓ Down ]
      [ Copy | Delete ]
      [ + Question ]
      [ ‹ Questions | ‹ Draft ]
    ");
    story.tap(ann, "Text · EN").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Question 2 · Text · English

      Send the text as one message. You may use {name}, {agent|our specialist}, {subject|your order}, {store|the shop}, {brand}, {date}: the words after the bar are used when it is not known.

      Now:
      {agent|Our team} handled your request. How was the help?
      [ Cancel ]
    ");
    write(&story, ann, "{agent}, how was it?").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Question 2 · Text · English

      ⛔ the placeholder at character 1 is not valid. There are {name}, {brand}, {date} and, with words for when they are not known, {agent|…}, {subject|…}, {store|…}

      Send the text as one message. You may use {name}, {agent|our specialist}, {subject|your order}, {store|the shop}, {brand}, {date}: the words after the bar are used when it is not known.

      Now:
      {agent|Our team} handled your request. How was the help?
      [ Cancel ]
    ");
    write(&story, ann, "How did {agent|our specialist} do?").await;
    taps(&story, ann, &["Scale", "1–5", "‹ Questions", "‹ Draft"]).await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): After a support ticket — ✏️ draft
      support · after a closed ticket

      Fix 1 problem before publishing.
      [ Questions · 4 | + Question ]
      [ Title | Priority · 0 ]
      [ Greeting ✎ | Thanks ✎ ]
      [ When to ask | Sending rules ]
      [ Problems · 1 ]
      [ Preview · RU | Preview · EN ]
      [ TOML file | Try on past events ]
      [ Publish… ]
      [ ‹ Survey | Delete the draft ]
    ");
    story.tap(ann, "Problems").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Problems

      ⛔ Question 2 · Key: Scale: was smileys, is 1–5. Answers under the key “agent” are read together, so this is not allowed: give the question a new key, or put it back
      [ → Question 2 · Key ]
      [ ‹ Draft ]
    ");
    taps(&story, ann, &["‹ Draft", "Questions", "2."]).await;
    one(&story, ann, "Key", "agent_5").await;
    taps(&story, ann, &["‹ Questions", "‹ Draft", "Publish"]).await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Publish version 2?

      🆕 agent_5: a new question; starts from zero
      How did {agent|our specialist} do?

      ➖ agent: no longer asked; its answers are kept

      Earlier answers do not change.
      [ Publish ]
      [ ‹ Draft ]
    ");
    assert_eq!(story.tap(ann, "Publish").await, "Published: version 2");
    story.end().await;
}

#[tokio::test]
async fn two_admins_are_told_of_each_other_and_overwrite_nothing() {
    let story = Story::new().await;
    let (peter, ann) = (story.lead, story.person("Анна"));
    story.start(peter).await;
    story.start(ann).await;
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(ann.id), "admin", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    for person in [peter, ann] {
        write(&story, person, "/scripts").await;
        taps(
            &story,
            person,
            &["После покупки", if person.id == peter.id { "Изменить" } else { "Открыть черновик" }],
        )
        .await;
    }
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): После покупки — ✏️ черновик
      purchase · после покупки

      ✅ Можно публиковать.

      👥 Черновик открыт и у других: Пётр (0 мин назад).
      [ Вопросы · 3 | + Вопрос ]
      [ Название | Приоритет · 0 ]
      [ Приветствие ✎ | Благодарность ✎ ]
      [ Когда спрашивать | Правила отправки ]
      [ Предпросмотр · RU | Предпросмотр · EN ]
      [ Файл TOML | Примерить на прошлом ]
      [ Опубликовать… ]
      [ ‹ Опрос | Удалить черновик ]
    ");
    // Both ask for the title; the slower one is told and sees what is there now.
    story.tap(peter, "Название").await;
    story.tap(ann, "Название").await;
    write(&story, ann, "После заказа\nAfter an order").await;
    write(&story, peter, "Покупка\nPurchase").await;
    assert_snapshot!(story.last(peter), @r"
    Bot: Название · русский

      ⛔ Пока вы писали, черновик изменился (Анна). Посмотрите, что сейчас, и отправьте ещё раз.

      Пришлите одну строку — или по строке на каждый язык: русский, английский.

      Сейчас:
      После заказа
      After an order
      [ Отмена ]
    ");
    story.tap(peter, "Отмена").await;
    story.tap(ann, "Когда спрашивать").await;
    one(&story, peter, "Приоритет", "5").await;
    assert_eq!(
        story.tap(ann, "после решения проблемы").await,
        "Черновик изменился (Пётр): показываю, как сейчас"
    );
    let draft = story.running.db.read().await.unwrap().find_script_draft("purchase").await.unwrap().unwrap();
    assert!(
        draft.source.contains("priority = 5") && draft.source.contains("После заказа"),
        "{}",
        draft.source
    );
    assert!(draft.source.contains("on = \"purchase\""), "{}", draft.source);
    story.end().await;
}

#[tokio::test]
async fn publishing_twice_and_old_buttons_leave_a_clear_sentence() {
    let story = Story::new().await;
    let lead = story.lead;
    story.start(lead).await;
    write(&story, lead, "/scripts").await;
    taps(&story, lead, &["После покупки", "Изменить"]).await;
    one(&story, lead, "Приоритет", "7").await;
    let screen = story.world.messages(lead.id).iter().rev().find(|m| !m.keyboard.is_empty()).unwrap().id;
    story.tap(lead, "Опубликовать…").await;
    let (first, second) = (story.touch(lead, "Опубликовать"), story.touch(lead, "Опубликовать"));
    story.settle().await;
    assert_eq!(story.toast(&first), "Опубликовано: версия 2");
    assert_eq!(story.toast(&second), "Уже опубликовано: версия 2");
    assert_eq!(story.tap_stale(lead, screen, "Вопросы · 3").await, "Этого уже нет: показываю, что есть");
    // The role goes in the middle.
    taps(&story, lead, &["Изменить", "Название"]).await;
    let mut tx = story.running.db.write().await.unwrap();
    let person = story.person("Борис");
    tx.upsert_staff(PersonId::new(person.id), "admin", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut story = story;
    story.reconfigure(|config| config.admin_ids.clear()).await;
    assert_eq!(story.tap(lead, "Отмена").await, "Вы больше не администратор");
    let draft = story.running.db.read().await.unwrap().find_script_draft("purchase").await.unwrap();
    assert!(draft.unwrap().source.contains("priority = 7"), "the draft is intact");
    story.end().await;
}

#[tokio::test]
async fn what_is_typed_is_shown_as_typed_and_what_does_not_fit_is_said() {
    let story = Story::new().await;
    let lead = story.lead;
    story.start(lead).await;
    write(&story, lead, "/scripts").await;
    taps(&story, lead, &["После обращения", "Изменить", "Благодарность"]).await;
    write(&story, lead, &"😀".repeat(2000)).await;
    assert!(story.last(lead).contains("до 4000 знаков"), "{}", story.last(lead));
    story.world.send_voice(lead.id, 3);
    story.settle().await;
    assert!(story.last(lead).contains("Напишите, пожалуйста, текстом"), "{}", story.last(lead));
    write(&story, lead, "<b>Спасибо</b> & שלום 👩‍👩‍👧").await;
    let draft = story.running.db.read().await.unwrap().find_script_draft("support").await.unwrap().unwrap();
    let script = Script::parse("draft", &draft.source, &Languages::default()).unwrap().script;
    assert_eq!(script.thanks.unwrap().exact("ru"), Some("<b>Спасибо</b> & שלום 👩‍👩‍👧"));
    // The only questions go.
    story.tap(lead, "Вопросы").await;
    for _ in 0..3 {
        taps(&story, lead, &["1.", "Удалить", "Да, удалить"]).await;
    }
    story.tap(lead, "Черновик").await;
    assert!(story.last(lead).contains("исправьте 1 замечание"), "{}", story.last(lead));
    assert_eq!(story.tap(lead, "Предпросмотр · RU").await, "Сначала исправьте то, что мешает");
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Замечания

      ⛔ Вопрос 1 · Когда задавать: раньше этого вопроса нет вопроса «solved»
      [ → Вопрос 1 · Когда задавать ]
      [ ‹ Черновик ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_preview_lives_through_every_branch_stores_nothing_and_alerts_nobody() {
    let story = Story::new().await;
    let lead = story.lead;
    story.start(lead).await;
    write(&story, lead, "/scripts").await;
    taps(&story, lead, &["После обращения", "Предпросмотр · RU"]).await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): 👁 Предпросмотр, русский. Ничего не сохраняется.

      Анна, здравствуйте! Заказ №1001: всё ли получилось? Ответьте, пожалуйста, на несколько коротких вопросов — это займёт полминуты.

      Вопрос 1 из 4

      Как мы справились с вашим обращением в целом?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
      [ То же на EN | Сначала | Закрыть ]
    ");
    story.tap(lead, "Плохо").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): 👁 Предпросмотр, русский. Ничего не сохраняется.

      🔔 Здесь руководители получили бы оповещение.

      Ваша оценка: 🙁 Плохо

      Жаль, что так вышло. Что пошло не так?

      Можно написать здесь, записать голосовое или прислать фото.
      [ Пришлось долго ждать ]
      [ Пришлось объяснять заново ]
      [ Трудно было связаться ]
      [ Не устроило решение ]
      [ Другое ]
      [ Пропустить ]
      [ ← Назад ]
      [ Остановить ]
      [ То же на EN | Сначала | Закрыть ]
    ");
    write(&story, lead, "Всё сломалось").await;
    assert!(story.last(lead).contains("Вопрос 2 из 4"), "{}", story.last(lead));
    story.tap(lead, "То же на EN").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): 👁 Предпросмотр, английский. Ничего не сохраняется.

      Hello Anna! Order No. 1001: did it all work out? Please answer a few short questions; it takes half a minute.

      Question 1 of 4

      How did we do overall?
      [ 🙁 Bad | 😐 Okay | 🙂 Great ]
      [ Stop ]
      [ То же на RU | Сначала | Закрыть ]
    ");
    taps(&story, lead, &["Great"]).await;
    assert!(story.last(lead).contains("Ничего не сохраняется"), "{}", story.last(lead));
    story.tap(lead, "Закрыть").await;
    assert_eq!((story.answers().await, story.alerts()), (String::new(), String::new()));
    story.end().await;
}

#[tokio::test]
async fn answers_keep_their_version_while_a_live_script_is_edited() {
    const CUSTOMERS: usize = 100;
    let story = Setting::new().await.set("ALERT_CHATS", "").set("QUIET_HOURS", "off").start().await;
    let lead = story.lead;
    story.start(lead).await;
    let mut people = Vec::new();
    for number in 0..CUSTOMERS {
        let customer = format!("C-{number}");
        people.push(story.customer("Клиент", &customer).await);
        story.purchase(&number.to_string(), &customer, json!({})).await;
    }
    story.advance(hours(3)).await;
    for person in &people[..50] {
        story.tap(*person, "9").await;
    }
    write(&story, lead, "/scripts").await;
    taps(&story, lead, &["После покупки", "Изменить", "Вопросы", "2."]).await;
    one(&story, lead, "Ключ", "second").await;
    taps(&story, lead, &["‹ Вопросы", "‹ Черновик", "Опубликовать…", "Опубликовать"]).await;
    for person in &people {
        for _ in 0..3 {
            if story.last(*person).contains("[ 0 |") {
                story.tap(*person, "8").await;
            }
        }
    }
    let rows = story.export(What::Answers, &Filter::default()).await;
    assert_eq!(rows.len(), CUSTOMERS * 3);
    for row in &rows {
        assert_eq!(row["script_version"], "1", "{row:?}");
        assert_ne!(row["question"], "second", "{row:?}");
    }
    story.advance(hours(24)).await;
    story.purchase("new", "C-0", json!({"event_id": "purchase-new"})).await;
    story.advance(hours(3)).await;
    for _ in 0..3 {
        story.tap(people[0], "10").await;
    }
    let rows = story.export(What::Answers, &Filter::default()).await;
    let newer: Vec<&str> =
        rows.iter().filter(|row| row["script_version"] == "2").map(|row| row["question"].as_str()).collect();
    assert_eq!(newer.len(), 3);
    assert!(newer.contains(&"second"), "{newer:?}");
    story.advance(minutes(1)).await;
    // A hundred customers at one moment of a clock that stands still.
    story.end_with(|problem| problem.contains("refused by the limits")).await;
}

/// Two admins, and a script with two versions and a draft that nobody touches.
async fn two_admins_and_two_versions() -> (Story, Person) {
    let story = Story::new().await;
    let ann = story.person_in("Ann", Some("en"));
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(ann.id), "admin", story.clock.now()).await.unwrap();
    let source = tx.find_live_script("purchase").await.unwrap().unwrap().source;
    let second = source.replace("Спасибо!", "Большое спасибо!");
    tx.insert_script_version("purchase", &second, story.clock.now()).await.unwrap();
    let third = source.replace("Спасибо!", "Огромное спасибо!");
    tx.save_script_draft("purchase", &third, None, story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    for admin in [story.lead, ann] {
        story.start(admin).await;
        story.say(admin, "/scripts").await;
        story.tap(admin, if admin.id == ann.id { "After a purchase" } else { "После покупки" }).await;
    }
    (story, ann)
}

async fn live_version(story: &Story) -> i64 {
    story.running.db.read().await.unwrap().find_live_script("purchase").await.unwrap().unwrap().version
}

#[tokio::test]
async fn going_back_is_about_the_version_that_was_shown_though_there_is_a_draft() {
    let (story, ann) = two_admins_and_two_versions().await;
    let peter = story.lead;
    taps(&story, peter, &["Версии", "Вернуть версию 1"]).await;
    taps(&story, ann, &["Versions", "Restore version 1"]).await;
    assert_eq!(story.tap(ann, "Yes, restore").await, "Published: version 3");
    // What Peter has before him says "version 2 is live".
    assert_eq!(
        story.tap(peter, "Да, вернуть").await,
        "Пока вы смотрели, вышла версия 3: показываю, как сейчас"
    );
    assert_eq!(live_version(&story).await, 3);
    story.end().await;
}

#[tokio::test]
async fn publishing_is_about_the_version_that_was_shown_though_the_draft_is_the_same() {
    let (story, ann) = two_admins_and_two_versions().await;
    let peter = story.lead;
    taps(&story, ann, &["Open the draft", "Publish…"]).await;
    assert!(story.last(ann).contains("version 3"), "{}", story.last(ann));
    taps(&story, peter, &["Версии", "Вернуть версию 1", "Да, вернуть"]).await;
    assert_eq!(
        story.tap(ann, "Publish").await,
        "Version 3 came out while you were looking: here is the current state"
    );
    assert_eq!(live_version(&story).await, 3);
    assert!(story.last(ann).contains("version 4"), "{}", story.last(ann));
    assert_eq!(story.tap(ann, "Publish").await, "Published: version 4");
    story.end().await;
}

#[tokio::test]
async fn the_short_name_comes_from_the_title_and_can_be_changed_until_it_is_published() {
    let (story, ann) = two_admins_and_two_versions().await;
    story.tap(ann, "Surveys").await;
    taps(&story, ann, &["+ New survey", "after a closed ticket"]).await;
    // As long as a message can be, and quoted in part.
    write(&story, ann, &"<".repeat(4096)).await;
    assert!(story.last(ann).contains("4096 characters; a button holds 64"), "{}", story.last(ann));
    write(&story, ann, "Support").await;
    taps(&story, ann, &["‹ Draft"]).await;
    assert!(story.last(ann).contains("support_2"), "{}", story.last(ann));
    one(&story, ann, "Short name", "Support").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Short name

      ⛔ The name “support” is taken, choose another one.

      Latin letters, digits, hyphen and underscore, up to 32 characters. It names the survey in events and exports; customers do not see it. It cannot change after publishing.

      Now:
      support_2
      [ Cancel ]
    ");
    write(&story, ann, "no spaces").await;
    assert!(story.last(ann).contains("is not allowed"), "{}", story.last(ann));
    write(&story, ann, "Tickets").await;
    assert!(story.last(ann).contains("\n  tickets · after a closed ticket"), "{}", story.last(ann));
    let mut tx = story.running.db.read().await.unwrap();
    assert_eq!(tx.find_script_draft("support_2").await.unwrap(), None);
    assert!(tx.find_script_draft("tickets").await.unwrap().unwrap().source.contains("slug = \"tickets\""));
    drop(tx);
    // What is live keeps its name.
    taps(&story, ann, &["‹ Survey", "‹ Surveys", "After a purchase", "Open the draft"]).await;
    assert!(!story.last(ann).contains("Short name"), "{}", story.last(ann));
    story.end().await;
}
