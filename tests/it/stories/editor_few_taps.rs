//! A script of two questions from nothing to its publication, counted in taps and messages; and the ways that make it short.

use insta::assert_snapshot;

use crate::harness::{Person, Setting, Story, hours};

/// Somebody who counts what they do.
struct Counted<'s> {
    story: &'s Story,
    person: Person,
    taps: usize,
    messages: usize,
}

impl<'s> Counted<'s> {
    async fn admin(story: &'s Story) -> Self {
        story.start(story.lead).await;
        Self { story, person: story.lead, taps: 0, messages: 0 }
    }

    async fn tap(&mut self, buttons: &[&str]) {
        for button in buttons {
            self.story.tap(self.person, button).await;
            self.taps += 1;
        }
    }

    async fn write(&mut self, text: &str) {
        self.story.clock.advance_to(self.story.clock.now().plus_millis(1500));
        self.story.say(self.person, text).await;
        self.messages += 1;
    }

    fn last(&self) -> String {
        self.story.last(self.person)
    }

    /// Tries the draft out and waits for the result.
    async fn try_out(&mut self, button: &str, result: &str) {
        // A chat takes a message a second.
        self.story.clock.advance_to(self.story.clock.now().plus_millis(5000));
        self.story.touch(self.person, button);
        self.taps += 1;
        self.story.wait_until(|world| world.transcript(self.person.id).contains(result)).await;
        self.story.settle().await;
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in one go")]
async fn a_script_of_two_questions_takes_at_most_18_taps_and_8_messages() {
    let story = Story::new().await;
    let mut admin = Counted::admin(&story).await;
    admin.write("/scripts").await;
    admin.tap(&["+ Новый опрос", "после покупки"]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): Как назовём опрос?

      Пришлите одну строку — или по строке на каждый язык: русский, английский.
      [ Отмена ]
    ");
    admin.write("Доставка").await;
    assert_snapshot!(admin.last(), @r"
    Bot: Доставка

      Новый вопрос: что он измеряет?

      Довольны ли в целом — CSAT, чем-то одним — CSI. Посоветуют ли — NPS. Легко ли было — CES. Насколько это важно — важность. Варианты на выбор — выбор. Ответ словами — текст.
      [ CSI | CSAT ]
      [ NPS | CES ]
      [ Важность | Выбор ]
      [ Текст ]
      [ ‹ Черновик ]
    ");
    admin.tap(&["CSAT"]).await;
    admin.write("Как вам доставка?").await;
    assert_snapshot!(admin.last(), @r"
    Bot: Записано.

      Вопрос 1 из 1
      kak_vam_dostavka

      RU: Как вам доставка?
      EN: нет текста

      Показатель: CSAT
      Шкала: 1–5
      Плохо: 1–2 · средне: 3 · хорошо: 4–5
      Фактор: kak_vam_dostavka
      Задаётся всегда
      [ То же: английский ]
      [ Текст · RU | Текст · EN ]
      [ Показатель | Шкала ]
      [ Границы | Подписи ]
      [ После плохой | После средней | После хорошей ]
      [ + Причины плохой оценки ]
      [ 🔔 При плохой ✓ | 🔔 И при средней | Без 🔔 ]
      [ Ключ | Фактор ]
      [ Копировать | Удалить ]
      [ + Вопрос ]
      [ ‹ Вопросы | ‹ Черновик ]
    ");
    admin.tap(&["+ Причины плохой оценки"]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): После плохой · Причины · русский

      Пришлите одним сообщением: каждая строка — отдельная кнопка, до 64 знаков.
      [ Отмена ]
    ");
    admin.write("Привезли поздно\nПовредили").await;
    admin.tap(&["+ Вопрос", "Текст"]).await;
    admin.write("Что нам исправить?").await;
    admin.tap(&["Когда задавать", "после 1."]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): Когда задавать этот вопрос?

      Задаётся, если на вопрос 1 ответили плохо
      [ Задаётся всегда ]
      [ ✓ после 1. Как вам доставка? ]
      [ ✓ плохо | средне | хорошо ]
      [ 1 | 2 | 3 | 4 | 5 ]
      [ ‹ Вопрос | ‹ Черновик ]
    ");
    admin.tap(&["‹ Черновик"]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): Доставка — ✏️ черновик
      dostavka · после покупки

      Чтобы опубликовать, переведите: английский.
      [ Вопросы · 2 | + Вопрос ]
      [ Название | Короткое имя ]
      [ Приветствие | Благодарность ]
      [ Когда спрашивать | Правила отправки ]
      [ Приоритет · 0 ]
      [ Перевод: английский · 5 ]
      [ Замечания · 1 ]
      [ Предпросмотр · RU | Предпросмотр · EN ]
      [ Файл TOML | Примерить на прошлом ]
      [ Опубликовать… ]
      [ ‹ Опрос | Удалить черновик ]
    ");
    admin.tap(&["Перевод: английский · 5"]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): Перевод · английский

      Пришлите переводы одним сообщением: по строке на каждую строку, в том же порядке.

      1. Доставка
      2. Как вам доставка?
      3. Привезли поздно
      4. Повредили
      5. Что нам исправить?
      [ Отмена ]
    ");
    admin.write("Delivery\nHow was the delivery?\nToo late\nDamaged\nWhat should we fix?").await;
    assert_snapshot!(admin.last(), @r"
    Bot: Записано.

      Доставка — ✏️ черновик
      dostavka · после покупки

      ✅ Можно публиковать.
      [ Вопросы · 2 | + Вопрос ]
      [ Название | Короткое имя ]
      [ Приветствие | Благодарность ]
      [ Когда спрашивать | Правила отправки ]
      [ Приоритет · 0 ]
      [ Предпросмотр · RU | Предпросмотр · EN ]
      [ Файл TOML | Примерить на прошлом ]
      [ Опубликовать… ]
      [ ‹ Опрос | Удалить черновик ]
    ");
    admin.tap(&["Предпросмотр · RU", "2", "Пропустить"]).await;
    assert!(admin.last().contains("Что нам исправить?"), "{}", admin.last());
    admin.tap(&["Закрыть"]).await;
    admin.try_out("Примерить на прошлом", "не было событий").await;
    admin.tap(&["Опубликовать…"]).await;
    assert_eq!(story.tap(admin.person, "Опубликовать").await, "Опубликовано: версия 1");
    admin.taps += 1;
    assert!(admin.taps <= 18 && admin.messages <= 8, "{} taps, {} messages", admin.taps, admin.messages);
    assert_eq!((admin.taps, admin.messages), (17, 6), "as it is today");
    let live = story.running.db.read().await.unwrap().find_live_script("dostavka").await.unwrap().unwrap();
    assert_snapshot!(live.source, @r#"
    slug = "dostavka"
    on = "purchase"
    title = { ru = "Доставка" , en = "Delivery" }

    [[questions]]
    key = "kak_vam_dostavka"
    metric = "csat"
    scale = "1-5"
    text = { ru = "Как вам доставка?" , en = "How was the delivery?" }

    [questions.low]
    reasons = [{ key = "privezli_pozdno", text = { ru = "Привезли поздно" , en = "Too late" } }, { key = "povredili", text = { ru = "Повредили" , en = "Damaged" } }]

    [[questions]]
    key = "chto_nam_ispravit"
    metric = "text"
    text = { ru = "Что нам исправить?" , en = "What should we fix?" }
    show_if = { question = "kak_vam_dostavka", band = ["low"] }
    "#);
    story.end().await;
}

#[tokio::test]
async fn in_an_installation_of_one_language_nothing_is_asked_for_twice() {
    let story = Setting::new().await.set("LOCALES", "en").start().await;
    let mut admin = Counted::admin(&story).await;
    admin.write("/scripts").await;
    admin.tap(&["+ New survey", "after a purchase"]).await;
    admin.write("Delivery").await;
    admin.tap(&["CSAT"]).await;
    admin.write("How was the delivery?").await;
    admin.tap(&["+ Reasons for a bad score"]).await;
    admin.write("Too late\nDamaged").await;
    assert_snapshot!(admin.last(), @r"
    Bot: Noted.

      Question 1 of 1
      how_was_the_delivery

      EN: How was the delivery?

      Metric: CSAT
      Scale: 1–5
      Bad: 1–2 · neutral: 3 · good: 4–5
      Factor: how_was_the_delivery
      Always asked
      After bad: Too late, Damaged
      [ Text ]
      [ Metric | Scale ]
      [ Bands | Labels ]
      [ After bad ✎ | After neutral | After good ]
      [ 🔔 On bad ✓ | 🔔 On neutral too | No 🔔 ]
      [ Key | Factor ]
      [ Copy | Delete ]
      [ + Question ]
      [ ‹ Questions | ‹ Draft ]
    ");
    admin.tap(&["+ Question", "Text"]).await;
    admin.write("What should we fix?").await;
    admin.tap(&["When it is asked", "after 1.", "‹ Draft"]).await;
    assert!(admin.last().contains("✅ Ready to publish."), "{}", admin.last());
    admin.tap(&["Preview", "2", "Skip", "Close"]).await;
    admin.try_out("Try on past events", "no event in this period").await;
    admin.tap(&["Publish…", "Publish"]).await;
    assert!(admin.last().contains("delivery · 🟢 live, version 1"), "{}", admin.last());
    assert_eq!((admin.taps, admin.messages), (16, 5));
    story.end().await;
}

#[tokio::test]
async fn a_translation_with_a_line_too_few_says_how_many_are_needed() {
    let story = Story::new().await;
    let mut admin = Counted::admin(&story).await;
    admin.write("/scripts").await;
    admin.tap(&["+ Новый опрос", "после покупки"]).await;
    admin.write("Доставка").await;
    admin.tap(&["Выбор"]).await;
    admin.write("Как получили?").await;
    admin.tap(&["+ Варианты"]).await;
    admin.write("Курьером\nВ пункте\nВ магазине").await;
    assert_snapshot!(admin.last(), @r"
    Bot: Записано.

      Вопрос 1 из 1
      kak_poluchili

      RU: Как получили?
      EN: нет текста

      Показатель: Выбор
      Задаётся всегда
      Варианты: Курьером, В пункте, В магазине
      [ То же: английский ]
      [ Текст · RU | Текст · EN ]
      [ Показатель ]
      [ Варианты · 3 ]
      [ ✓ Один ответ | Несколько ответов ]
      [ Ключ ]
      [ Копировать | Удалить ]
      [ + Вопрос ]
      [ ‹ Вопросы | ‹ Черновик ]
    ");
    admin.tap(&["‹ Черновик", "Перевод: английский · 5"]).await;
    admin.write("1. Delivery\n2. How did you get it?").await;
    assert_snapshot!(admin.last(), @r"
    Bot: Перевод · английский

      ⛔ Нужно 5 строк, а пришло: 2.

      Пришлите переводы одним сообщением: по строке на каждую строку, в том же порядке.

      1. Доставка
      2. Как получили?
      3. Курьером
      4. В пункте
      5. В магазине
      [ Отмена ]
    ");
    let long = "x".repeat(70);
    admin
        .write(&format!("1. Delivery\n2. How did you get it?\n3. By courier\n4. {long}\n5. In a shop"))
        .await;
    assert!(admin.last().contains("70 знаков, а на кнопку помещается 64"), "{}", admin.last());
    admin
        .write("1. Delivery\n2. How did you get it?\n3. By courier\n4) At a pick-up point\n5. In a shop")
        .await;
    assert!(admin.last().contains("✅ Можно публиковать."), "{}", admin.last());
    story.end().await;
}

#[tokio::test]
async fn a_remark_has_a_button_to_its_place() {
    let story = Story::new().await;
    let mut admin = Counted::admin(&story).await;
    admin.write("/scripts").await;
    admin.tap(&["После обращения", "Изменить", "Вопросы · 4", "2.", "Шкала", "1–5", "‹ Черновик"]).await;
    admin.tap(&["Правила отправки", "Через сколько", "1 день", "Правила отправки", "‹ Черновик"]).await;
    admin.tap(&["Замечания"]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): Замечания

      ⛔ Через сколько: «Через сколько» (1 день) позже, чем «Не позже чем через» (6 ч)
      ⛔ Вопрос 2 · Ключ: Шкала: было смайлики, стало 1–5. Ответы с ключом «agent» читаются вместе, поэтому так нельзя: дайте вопросу новый ключ или верните как было
      [ → Через сколько ]
      [ → Вопрос 2 · Ключ ]
      [ ‹ Черновик ]
    ");
    admin.tap(&["→ Вопрос 2 · Ключ"]).await;
    admin.write("agent_5").await;
    admin.tap(&["‹ Черновик", "Замечания"]).await;
    admin.tap(&["→ Через сколько"]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): Через сколько: 1 день

      Сколько обычно проходит от события до опроса.
      [ 0 мин | 30 мин | 1 ч | 2 ч ]
      [ 3 ч | 4 ч | 6 ч | ✓ 1 день ]
      [ Написать своё | Как обычно ]
      [ Правила отправки ]
    ");
    admin.tap(&["4 ч", "Правила отправки"]).await;
    assert_snapshot!(admin.last(), @r"
    Bot (edited): Правила отправки

      Через сколько: 4 ч
      Не раньше чем через: 2 ч (как обычно)
      Не позже чем через: 6 ч (как обычно)
      Не отправлять позже чем через: 2 дня (как обычно)
      Тихие часы: 21:00–10:00 (как обычно)
      Выходные: нет (как обычно)
      Между любыми опросами: 1 день (как обычно)
      Между такими же опросами: выкл. (как обычно)
      Напомнить через: 20 ч (как обычно)
      Закрыть через: 3 дня (как обычно)
      [ Через сколько | Не раньше чем через ]
      [ Не позже чем через | Не отправлять позже чем через ]
      [ Тихие часы | Выходные ]
      [ Между любыми опросами | Между такими же опросами ]
      [ Напомнить через | Закрыть через ]
      [ ‹ Черновик ]
    ");
    admin.tap(&["‹ Черновик"]).await;
    assert!(admin.last().contains("✅ Можно публиковать"), "{}", admin.last());
    story.end().await;
}

#[tokio::test]
async fn the_trial_is_read_without_a_table_and_names_each_reason_once() {
    let story = Story::new().await;
    let lead = story.lead;
    story.start(lead).await;
    let anna = story.customer("Анна", "C-1").await;
    story.customer("Борис", "C-2").await;
    story.purchase("1", "C-1", serde_json::json!({})).await;
    story.purchase("2", "C-2", serde_json::json!({})).await;
    story.purchase("3", "C-3", serde_json::json!({})).await;
    story.world.block(anna.id);
    story.advance(hours(50)).await;
    story.say(lead, "/scripts").await;
    for button in ["После покупки", "Изменить"] {
        story.tap(lead, button).await;
    }
    story.touch(lead, "Примерить на прошлом");
    story.wait_until(|world| world.transcript(lead.id).contains("Событий, о которых")).await;
    story.settle().await;
    let report = story.last(lead);
    assert_snapshot!(report, @r"
    Bot (edited): Примерка на последних 30 днях

      Событий, о которых он мог бы спросить: 3.

      С этим опросом / с теми, что работают / как было:
      спросили бы: 1 / 1 / 1
      не открыли ссылку: 1 / 1 / 1
      заблокировали бота: 1 / 1 / 1

      По часам отправки:
      18:00: 1 / 1 / 1

      Паузы не учтены.
      [ Опубликовать… | ‹ Черновик ]
    ");
    for (place, line) in report.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        assert!(report.lines().skip(place + 1).all(|other| other != line), "twice: {line}\n{report}");
    }
    story.end().await;
}
