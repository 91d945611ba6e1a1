//! The languages of an installation: a third one that comes to it, one alone, and those that go.

use afterword::cli::Output;
use afterword::cli::script::{self, ScriptCommand};
use afterword::service::export::{Filter, What};
use insta::assert_snapshot;
use serde_json::json;

use super::commands::run_check;
use crate::harness::{Person, Setting, Story, hours, minutes};

/// The shipped script of the same name in three languages, shorter.
const SUPPORT: &str = r#"slug = "support"
on = "ticket_closed"
title = { ru = "После обращения", en = "After a ticket", kk = "Өтініштен кейін" }

[send]
thanks = { ru = "Спасибо!", en = "Thank you!", kk = "Рахмет!" }

[[questions]]
key = "agent"
metric = "csi"
scale = "smiley3"
factor = "support"
text = { ru = "Как вам помощь?", en = "How was the help?", kk = "Көмек қалай болды?" }
[questions.low]
comment = { ru = "Что пошло не так?", en = "What went wrong?", kk = "Не дұрыс болмады?" }
"#;

async fn speak(story: &mut Story, languages: &str) {
    story.reconfigure(|config| config.languages = languages.parse().unwrap()).await;
}

/// A ticket of somebody with this Telegram, three hours later.
async fn asked(story: &Story, language: &str, number: &str) -> Person {
    let person = story.person_in("Әсел", Some(language));
    let customer = format!("C-{number}");
    story.link(person, &customer).await;
    story.ticket(number, &customer, json!({})).await;
    story.advance(hours(3)).await;
    person
}

/// Exit code, and what is said.
async fn run_script(story: &Story, command: ScriptCommand) -> (u8, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    let code = script::run(&story.setup(), command, &mut to).await.unwrap();
    out.extend(err);
    (code, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn an_earlier_script_stays_live_and_asks_in_the_first_language_it_has() {
    let mut story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    speak(&mut story, "ru,en,kk").await;
    let asel = asked(&story, "kk", "1").await;
    assert_snapshot!(story.last(asel), @r"
    Bot: Здравствуйте! №1: всё ли получилось? Ответьте, пожалуйста, на несколько коротких вопросов — это займёт полминуты.

      Вопрос 1 из 4

      Как мы справились с вашим обращением в целом?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
    ");
    let (_, said) = run_check(&story.setup()).await;
    let said: Vec<&str> = said.lines().filter(|line| line.contains("kk")).collect();
    assert_snapshot!(said.join("\n"), @r"
    note   LOCALES: kk: scripts are shown in it, the program's own words and buttons in ru
    note   script purchase: version 1 asks on purchase; texts are missing in kk, and customers see those in another language
    note   script recovery: version 1 asks on case_resolved; texts are missing in kk, and customers see those in another language
    note   script support: version 1 asks on ticket_closed; texts are missing in kk, and customers see those in another language
    ");
    story.say(story.lead, "/start").await;
    story.say(story.lead, "/scripts").await;
    story.tap(story.lead, "После обращения").await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot (edited): После обращения
      support · 🟢 работает, версия 1

      Спрашивает после закрытого обращения.
      Опубликован 21.11.2026 15:00
      За 7 дней: отправлено 1, ответов 0
      Не все тексты есть на этих языках: казахский. Чего нет, клиенты видят на другом языке.

      1. Как мы справились с вашим обращением в целом?
      2. Обращением занимался специалист {agent|поддержки}. Как вам помощь?
      3. Получилось решить ваш вопрос?
      4. Что осталось нерешённым?
      [ Изменить ]
      [ Предпросмотр · RU | Предпросмотр · EN ]
      [ Предпросмотр · KK ]
      [ Пройти самому | Примерить на прошлом ]
      [ Файл TOML | Версии ]
      [ Пауза ]
      [ ‹ Опросы ]
    ");
    story.end().await;
}

#[tokio::test]
async fn publishing_without_a_language_of_the_installation_is_refused_and_names_it() {
    let mut story = Story::new().await;
    speak(&mut story, "ru,en,kk").await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/scripts").await;
    for button in ["После обращения", "Изменить", "Опубликовать…"] {
        story.tap(lead, button).await;
    }
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Версию 2 пока нельзя опубликовать

      Отличий от работающей версии нет.

      Чтобы опубликовать, переведите: казахский.
      [ Перевод: казахский · 23 ]
      [ ‹ Черновик ]
    ");
    story.tap(lead, "‹ Черновик").await;
    story.tap(lead, "Замечания").await;
    let remarks = story.last(lead);
    assert!(remarks.contains("⛔ казахский: нет 23 текст"), "{remarks}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("support.toml");
    std::fs::write(&file, SUPPORT.replace(", kk = \"Рахмет!\"", "")).unwrap();
    for command in
        [ScriptCommand::Check { files: vec![file.clone()] }, ScriptCommand::Publish { named: file }]
    {
        let (code, said) = run_script(&story, command).await;
        assert_eq!(code, 1);
        assert!(said.ends_with("support.toml:6: send.thanks: has no text in the language 'kk'\n"), "{said}");
    }
    let live = story.running.db.read().await.unwrap().find_live_script("support").await.unwrap().unwrap();
    assert_eq!(live.version, 1);
    story.end().await;
}

#[tokio::test]
async fn with_its_texts_a_language_is_spoken_with_our_own_words_in_the_fallback() {
    let mut story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    speak(&mut story, "ru,en,kk").await;
    story.publish(SUPPORT).await;
    story.advance(minutes(1)).await;
    let asel = asked(&story, "kk", "1").await;
    assert_snapshot!(story.last(asel), @r"
    Bot: Көмек қалай болды?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
    ");
    story.tap(asel, "Плохо").await;
    story.say(asel, "Ұзақ күттім").await;
    assert_snapshot!(story.chat(asel).rsplit_once("/privacy\n").unwrap().1, @r"
    Bot (edited): Ваша оценка: 🙁 Плохо

      Не дұрыс болмады?

      Можно написать здесь, записать голосовое или прислать фото.
    Әсел: Ұзақ күттім
    Bot (edited): Рахмет!

      Передали ваш ответ тем, кто может это исправить.

      Комментарий записан. Если хотите добавить что-то ещё, просто напишите.

      Обращение №101. Ответим здесь 22 ноября до 19:00.
      [ Изменить ответ ]
    ");
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:01
      Язык клиента: казахский

      🔴 Плохая оценка: 1 из 3 «Плохо»
      Как вам помощь?

      «Ұзақ күттім»

      Клиент: C-1
      №1
      Обращение закрыто: 21.11.2026 15:01
      Опрос: После обращения
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-1 · agent · csi · 1
    ticket_closed-1 · agent · comment · Ұзақ күттім
    ");
    let surveys = story.export(What::Surveys, &Filter::default()).await;
    assert_eq!((surveys.len(), surveys[0]["state"].as_str()), (1, "completed"));
    story.end().await;
}

#[tokio::test]
async fn a_language_of_the_installation_is_chosen_and_what_is_open_changes_at_once() {
    let mut story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    speak(&mut story, "ru,en,kk").await;
    story.publish(SUPPORT).await;
    story.advance(minutes(1)).await;
    let asel = asked(&story, "ru", "1").await;
    assert!(story.last(asel).contains("Как вам помощь?"), "{}", story.last(asel));
    story.say(asel, "/language").await;
    assert_snapshot!(story.last(asel), @r"
    Bot: На каком языке вам писать?
      Which language do you prefer?
      [ ✓ Русский ]
      [ English ]
      [ Қазақ тілі ]
    ");
    assert_snapshot!(story.tap(asel, "Қазақ тілі").await, @"Язык вопросов: Қазақ тілі");
    assert_snapshot!(story.chat(asel).rsplit_once(": /privacy\n").unwrap().1, @r"
    Bot (edited): Көмек қалай болды?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
    Әсел: /language
    Bot (edited): Хорошо, вопросы будут на этом языке, если они на него переведены: Қазақ тілі. Остальное пишем по-русски.
      [ Русский ]
      [ English ]
      [ ✓ Қазақ тілі ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_script_in_a_further_language_asks_those_who_speak_it_once_it_is_whole() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    story.publish(&SUPPORT.replace(", kk = \"Рахмет!\"", "")).await;
    story.advance(minutes(1)).await;
    let asel = asked(&story, "kk", "1").await;
    assert!(story.last(asel).contains("Как вам помощь?"), "{}", story.last(asel));
    story.publish(SUPPORT).await;
    story.advance(minutes(1)).await;
    let marat = asked(&story, "kk", "2").await;
    assert!(story.last(marat).contains("Көмек қалай болды?"), "{}", story.last(marat));
    story.end().await;
}

#[tokio::test]
async fn one_language_alone_is_not_asked_for() {
    let setting = Setting::new().await.set("LOCALES", "en").set("ADMIN_IDS", "").set("ALERT_CHATS", "");
    let story = setting.start().await;
    let ann = story.person_in("Ann", Some("ru"));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(ann, &link).await;
    assert!(story.last(ann).contains("Step 1 of 4\n"), "{}", story.last(ann));
    story.tap(ann, "Yes").await;
    assert!(story.last(ann).contains("Step 2 of 4\n"), "{}", story.last(ann));
    story.say(ann, "/help").await;
    assert!(
        story.last(ann).contains("/human") && !story.last(ann).contains("/language"),
        "{}",
        story.last(ann)
    );
    story.say(ann, "/language").await;
    assert_snapshot!(story.last(ann), @"Bot: Everything here is in one language: English.");
    story.advance(minutes(1)).await;
    let menus = story.world.commands();
    assert!(menus.keys().all(|(_, language)| ["", "en"].contains(&language.as_str())), "{menus:?}");
    assert!(menus.values().flatten().all(|(name, _)| name != "language"), "{menus:?}");
    let john = asked(&story, "de", "1").await;
    assert!(story.last(john).contains("How did we do overall?"), "{}", story.last(john));
    story.end().await;
}

#[tokio::test]
async fn in_one_language_the_editor_asks_for_one_text_and_publishes_it() {
    let story = Setting::new().await.set("LOCALES", "en").start().await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/scripts").await;
    story.tap(lead, "+ New survey").await;
    story.tap(lead, "after a purchase").await;
    let write = async |text: &str| {
        story.clock.advance_to(story.clock.now().plus_millis(1500));
        story.say(lead, text).await;
    };
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): What is the new survey called?

      Send one line.
      [ Cancel ]
    ");
    write("Our own").await;
    story.tap(lead, "Text").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Question 1 · Text

      Send the text as one message. You may use {name}, {agent|our specialist}, {subject|your order}, {store|the shop}, {brand}, {date}: the words after the bar are used when it is not known.
      [ Cancel ]
    ");
    write("How was it?").await;
    assert_snapshot!(story.last(lead), @r"
    Bot: Noted.

      Question 1 of 1
      how_was_it

      EN: How was it?

      Metric: Text
      Always asked
      [ Text ]
      [ Metric ]
      [ Key ]
      [ Copy | Delete ]
      [ + Question ]
      [ ‹ Questions | ‹ Draft ]
    ");
    story.tap(lead, "‹ Draft").await;
    story.tap(lead, "Preview").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): 👁 Preview, English. Nothing is stored.

      How was it?

      Answer with a message: text, voice or a photo.
      [ Skip ]
      [ Stop ]
      [ From the start | Close ]
    ");
    story.tap(lead, "Close").await;
    story.tap(lead, "Publish…").await;
    assert_eq!(story.tap(lead, "Publish").await, "Published: version 1");
    story.end().await;
}

#[tokio::test]
async fn in_three_languages_the_editor_asks_for_each_that_is_missing() {
    let mut story = Story::new().await;
    speak(&mut story, "ru,en,kk").await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/scripts").await;
    for button in ["После обращения", "Изменить", "Благодарность"] {
        story.tap(lead, button).await;
    }
    let write = async |text: &str| {
        story.clock.advance_to(story.clock.now().plus_millis(1500));
        story.say(lead, text).await;
    };
    // There is an English text already.
    write("Большое спасибо!").await;
    story.tap(lead, "То же: казахский").await;
    assert!(story.last(lead).contains("Благодарность · казахский"), "{}", story.last(lead));
    write("Рахмет!").await;
    story.tap(lead, "Название").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Название · русский

      Пришлите одну строку — или по строке на каждый язык: русский, английский, казахский.

      Сейчас:
      После обращения
      After a support ticket
      [ Отмена ]
    ");
    write("После обращения\nAfter a ticket\nӨтініштен кейін").await;
    let draft = story.running.db.read().await.unwrap().find_script_draft("support").await.unwrap().unwrap();
    assert!(draft.source.contains("kk = \"Рахмет!\"") && draft.source.contains("kk = \"Өтініштен кейін\""));
    story.tap(lead, "Вопросы · 4").await;
    story.tap(lead, "2.").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Вопрос 2 из 4
      agent

      RU: Обращением занимался специалист {agent|поддержки}. Как вам помощь?
      EN: {agent|Our team} handled your request. How was the help?
      KK: нет текста

      Показатель: CSI
      Шкала: смайлики
      Плохо: 1 · средне: 2 · хорошо: 3
      Фактор: support
      Задаётся всегда
      После плохой: Жаль это слышать. Что не понравилось в работе специалиста? · Непонятный ответ, Отписка вместо ответа, Были невежливы, Не разобрались в проблеме, Другое
      После средней: Чего не хватило, чтобы помощь была отличной?
      [ Текст · RU | Текст · EN | Текст · KK ]
      [ Показатель | Шкала ]
      [ Границы | Подписи ]
      [ После плохой ✎ | После средней ✎ | После хорошей ]
      [ 🔔 При плохой ✓ | 🔔 И при средней | Без 🔔 ]
      [ Когда задавать ]
      [ Ключ | Фактор ]
      [ ↑ Выше | ↓ Ниже ]
      [ Копировать | Удалить ]
      [ + Вопрос ]
      [ ‹ Вопросы | ‹ Черновик ]
    ");
    story.end().await;
}

#[tokio::test]
async fn the_buttons_of_a_language_that_is_gone_are_out_of_date() {
    let mut story = Story::new().await;
    speak(&mut story, "ru,en,kk").await;
    story.publish(SUPPORT).await;
    let lead = story.lead;
    let asel = story.customer("Әсел", "C-1").await;
    story.start(lead).await;
    story.say(asel, "/language").await;
    story.say(lead, "/scripts").await;
    for button in ["После обращения", "Изменить", "Вопросы", "1."] {
        story.tap(lead, button).await;
    }
    let of_kazakh = |story: &Story| {
        let menus = story.world.commands().into_keys().map(|(_, language)| language);
        let texts = story.world.descriptions().into_keys().map(|(_, language)| language);
        menus.chain(texts).filter(|language| language == "kk").count()
    };
    story.wait_until(|world| world.descriptions().contains_key(&("name", "kk".to_owned()))).await;
    assert_eq!(of_kazakh(&story), 5);
    speak(&mut story, "ru,en").await;
    assert_eq!(story.tap(asel, "Қазақ тілі").await, "Эта кнопка больше не действует");
    assert_snapshot!(story.last(asel), @r"
    Bot (edited): На каком языке вам писать?
      Which language do you prefer?
      [ ✓ Русский ]
      [ English ]
    ");
    assert_eq!(story.tap(lead, "Текст · KK").await, "Кнопка устарела: показываю, как сейчас");
    assert!(!story.last(lead).contains("Текст · KK"), "{}", story.last(lead));
    assert!(story.last(lead).contains("KK: Көмек қалай болды?"), "kept, and shown: {}", story.last(lead));
    story.advance(minutes(1)).await;
    assert_eq!(of_kazakh(&story), 0);
    story.end().await;
}

#[tokio::test]
async fn the_set_up_asks_for_a_language_in_all_there_are_and_keeps_to_them() {
    let setting = Setting::new().await.set("LOCALES", "kk,en,ru").set("ADMIN_IDS", "").set("ALERT_CHATS", "");
    let mut story = setting.start().await;
    let ann = story.person_in("Анна", Some("ru"));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(ann, &link).await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Готово, вы администратор.

      Шаг 1 из 5

      На каком языке вам удобнее? · Which language do you prefer?
      [ Қазақ тілі | English ]
      [ Русский ]
    ");
    story
        .reconfigure(|config| (config.languages, config.default_locale) = ("en,ru".parse().unwrap(), "en"))
        .await;
    story.tap(ann, "Қазақ тілі").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Шаг 1 из 5

      На каком языке вам удобнее? · Which language do you prefer?
      [ English | Русский ]
    ");
    for button in ["Русский", "Верно", "22:00–09:00", "Дальше", "О покупках"] {
        story.tap(ann, button).await;
    }
    story.advance(minutes(1)).await;
    // The hours are taken though the shipped script would lack a language.
    speak(&mut story, "ru,en,kk").await;
    story.say(ann, "/start").await;
    for button in ["Настроить по шагам", "Русский", "Верно", "20:00–11:00", "Дальше", "О покупках"]
    {
        story.tap(ann, button).await;
    }
    let live = story.running.db.read().await.unwrap().find_live_script("purchase").await.unwrap().unwrap();
    assert!(live.version == 3 && live.source.contains("quiet_hours = \"20:00-11:00\""), "{}", live.source);
    story.end().await;
}
