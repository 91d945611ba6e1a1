//! `/scripts`: the list, pausing, going back, files, publishing.

use afterword::sandbox::Fault;
use afterword::service::export::{Filter, What};
use insta::assert_snapshot;
use serde_json::json;

use super::harness::{Person, Story, hours, minutes};

/// An admin who has the list before them.
async fn admin() -> Story {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.say(story.lead, "/scripts").await;
    story
}

/// Sends a file and waits for what comes of it, which happens beside the updates.
async fn send_file(story: &Story, person: Person, name: &str, content: &[u8]) {
    // A chat takes a message a second.
    story.clock.advance_to(story.clock.now().plus_millis(5000));
    let before = story.world.sent_count(person.id);
    story.world.send_file(person.id, name, content);
    story.wait_until(|world| world.sent_count(person.id) > before).await;
    story.settle().await;
}

#[tokio::test]
async fn the_chat_shows_typing_while_a_file_is_fetched_and_until_the_answer() {
    let story = admin().await;
    let lead = story.lead;
    let (held, gate) = Fault::held();
    story.world.fault(held.on("getFile"));
    story.clock.advance_to(story.clock.now().plus_millis(5000));
    story.world.send_file(lead.id, "notes.toml", "просто слова");
    story.wait_until(|world| world.is_typing(lead.id)).await;
    gate.arrived(1).await;
    assert_eq!(story.world.calls("sendChatAction"), 1);
    gate.open();
    story.wait_until(|world| !world.is_typing(lead.id)).await;
    assert!(story.last(lead).contains("notes.toml не принят"), "{}", story.last(lead));
    // A bot that may not say it answers all the same.
    story.world.fault(Fault::internal_server_error().on("sendChatAction"));
    send_file(&story, lead, "words.toml", "просто слова".as_bytes()).await;
    assert!(story.last(lead).contains("words.toml не принят"), "{}", story.last(lead));
    story.end().await;
}

/// The newest message with buttons.
fn screen(story: &Story, person: Person) -> String {
    let messages = story.world.messages(person.id);
    let shown = messages.iter().rev().find(|message| !message.keyboard.is_empty()).unwrap();
    story.world.shown(person.id, shown.id)
}

#[tokio::test]
async fn the_list_shows_what_is_live_and_what_it_did_this_week() {
    let story = admin().await;
    let lead = story.lead;
    let (anna, boris) = (story.customer("Анна", "C-1").await, story.customer("Борис", "C-2").await);
    story.purchase("1", "C-1", json!({})).await;
    story.purchase("2", "C-2", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "9").await;
    assert!(story.last(boris).contains("Вопрос 1"), "{}", story.last(boris));
    story.say(lead, "/scripts").await;
    assert_snapshot!(story.last(lead), @r"
    Bot: Опросы

      После покупки — 🟢 работает, версия 1
      после покупки; за 7 дней отправлено 2, ответили 1

      После обращения — 🟢 работает, версия 1
      после закрытого обращения; за 7 дней отправлено 0, ответили 0

      Что для вас важно — ✏️ черновик
      после покупки

      Готовность рекомендовать — ✏️ черновик
      после покупки

      После решения проблемы — ✏️ черновик
      после решения проблемы
      [ После покупки ]
      [ После обращения ]
      [ Что для вас важно ]
      [ Готовность рекомендовать ]
      [ После решения проблемы ]
      [ + Новый опрос ]
    ");
    story.tap(lead, "После покупки").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): После покупки
      purchase · 🟢 работает, версия 1

      Спрашивает после покупки.
      Опубликован 21.11.2026 15:00
      за 7 дней отправлено 2, ответили 1

      1. Насколько вы довольны качеством товара?
      2. Насколько вы довольны обслуживанием?
      3. Насколько цена соответствует тому, что вы получили?
      [ Изменить ]
      [ Предпросмотр · RU | Предпросмотр · EN ]
      [ Пройти самому | Примерить на прошлом ]
      [ Файл TOML | Версии ]
      [ Пауза ]
      [ ‹ Опросы ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_script_is_paused_and_resumed_with_the_consequence_said_before() {
    let story = admin().await;
    let lead = story.lead;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.tap(lead, "После покупки").await;
    story.tap(lead, "Пауза").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Поставить опрос на паузу?

      О новых событиях он спрашивать не будет. Ждут отправки: 1 — они подождут или устареют. Открыты у клиентов: 0 — на них можно ответить до конца.
      [ Да, пауза | Нет ]
    ");
    assert_eq!(story.tap(lead, "Да, пауза").await, "На паузе");
    story.purchase("2", "C-1", json!({})).await;
    assert_eq!(story.state("purchase-2").await, "suppressed(paused)");
    assert_eq!(story.tap(lead, "Снова спрашивать").await, "Снова спрашивает");
    let rows = story.export(What::StaffLog, &Filter::default()).await;
    let acts: Vec<String> = rows.iter().map(|row| format!("{} {}", row["act"], row["script"])).collect();
    assert_eq!(acts, ["script_paused purchase", "script_resumed purchase"]);
    story.end().await;
}

#[tokio::test]
async fn a_file_goes_out_and_comes_back_with_its_comments_as_a_draft_that_is_published() {
    let story = admin().await;
    let lead = story.lead;
    story.tap(lead, "После обращения").await;
    assert_eq!(story.tap(lead, "Файл TOML").await, "Отправляю файл");
    let (name, content) = story.world.last_file(lead.id).unwrap();
    assert_eq!(name, "support.toml");
    let source = String::from_utf8(content).unwrap();
    let changed = source.replace("Спасибо!", "Большое спасибо!") + "\n# кто спросит: поддержка\n";
    assert_ne!(changed.len(), source.len());
    // As an editor on Windows saves it.
    let windows = format!("\u{feff}{}", changed.replace('\n', "\r\n"));
    send_file(&story, lead, "support (1).TOML", windows.as_bytes()).await;
    assert_snapshot!(story.last(lead), @r"
    Bot: Файл принят: это теперь черновик «support».

      Благодарность · русский: Спасибо! Мы читаем каждый ответ. → Большое спасибо! Мы читаем каждый ответ.
      [ Открыть черновик | Опубликовать… ]
    ");
    story.tap(lead, "Опубликовать").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Опубликовать версию 2?

      Благодарность · русский: Спасибо! Мы читаем каждый ответ. → Большое спасибо! Мы читаем каждый ответ.

      Ждут отправки: 0 — пойдут уже с новой версией. Открыты у клиентов: 0 — останутся со своей. Прежние ответы не изменятся.
      [ Опубликовать ]
      [ ‹ Черновик ]
    ");
    assert_eq!(story.tap(lead, "Опубликовать").await, "Опубликовано: версия 2");
    story.tap(lead, "Файл TOML").await;
    let (_, content) = story.world.last_file(lead.id).unwrap();
    assert_eq!(String::from_utf8(content).unwrap(), changed, "the very file, comments included");
    story.tap(lead, "Версии").await;
    assert_snapshot!(screen(&story, lead), @r"
    Bot (edited): Версии

      2 — 21.11.2026 15:00 · сейчас работает
      1 — 21.11.2026 15:00

      Возврат — это новая версия с прежним содержанием: история и ответы не теряются.
      [ Вернуть версию 1 ]
      [ ‹ Опрос ]
    ");
    story.tap(lead, "Вернуть версию 1").await;
    assert_snapshot!(screen(&story, lead), @r"
    Bot (edited): Вернуть версию 1?

      Благодарность · русский: Большое спасибо! Мы читаем каждый ответ. → Спасибо! Мы читаем каждый ответ.

      Это будет новая версия. Неотправленные опросы пойдут с ней, открытые у клиентов (0) останутся со своей.
      [ Да, вернуть | Нет ]
    ");
    assert_eq!(story.tap(lead, "Да, вернуть").await, "Опубликовано: версия 3");
    story.end().await;
}

#[tokio::test]
async fn a_file_that_cannot_work_is_refused_by_line_and_nothing_changes() {
    let story = admin().await;
    let lead = story.lead;
    let broken = "slug = \"support\"\non = \"ticket_closed\"\ntitle = { ru = \"Т\" }\n\n[[questions]]\nkey = \"q\"\n\
                  metric = \"nps\"\nscale = \"1-5\"\ntext = { ru = \"Посоветуете {agent}?\", en = \"Recommend?\" }\n";
    send_file(&story, lead, "support.toml", broken.as_bytes()).await;
    assert_snapshot!(story.last(lead), @r"
    Bot: support.toml не принят, ничего не изменилось:

      строка 3: Название: нет текста на этом языке: английский
      строка 8: Вопрос 1 · Шкала: NPS спрашивают только от 0 до 10: на другой шкале его не с чем сравнить
      строка 9: Вопрос 1 · Текст · русский: с 13-го знака подстановка написана неверно. Бывают {name}, {brand}, {date} и, со словами на случай неизвестности, {agent|…}, {subject|…}, {store|…}

      Исправьте и пришлите ещё раз.
      [ ‹ Опросы ]
    ");
    send_file(&story, lead, "notes.toml", "просто слова\nещё слова".as_bytes()).await;
    assert_snapshot!(story.last(lead), @r"
    Bot: notes.toml не принят, ничего не изменилось:

      строка 1: это не похоже на TOML (key with no value, expected `=`)
      строка 1: это не похоже на TOML (invalid unquoted key, expected letters, numbers, `-`, `_`)
      строка 2: это не похоже на TOML (key with no value, expected `=`)

      Исправьте и пришлите ещё раз.
      [ ‹ Опросы ]
    ");
    send_file(&story, lead, "latin.toml", b"slug = \"caf\xe9\"").await;
    assert!(story.last(lead).contains("UTF-8"), "{}", story.last(lead));
    send_file(&story, lead, "huge.toml", &vec![b'#'; 5 << 20]).await;
    assert_snapshot!(story.last(lead), @"Bot: Файл «huge.toml» слишком большой: опрос занимает страницу-другую, до 256 КБ.");
    send_file(&story, lead, "report.pdf", b"%PDF").await;
    assert_snapshot!(story.last(lead), @"Bot: Файл «report.pdf» прочитать не могу: опросы описываются в файлах .toml.");
    story.advance(minutes(1)).await;
    story.say(lead, "/scripts").await;
    assert!(!story.last(lead).contains("есть черновик"), "{}", story.last(lead));
    let anna = story.person("Анна");
    story.start(anna).await;
    send_file(&story, anna, "mine.toml", broken.as_bytes()).await;
    assert!(story.last(anna).contains("здесь его никто не прочитает"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_backtest_by_a_button_shows_what_would_have_been_asked() {
    let story = admin().await;
    let lead = story.lead;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(4)).await;
    story.tap(lead, "После покупки").await;
    story.touch(lead, "Примерить на прошлом");
    story.wait_until(|world| world.transcript(lead.id).contains("Событий, о которых")).await;
    story.settle().await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Примерка на последних 30 днях

      Событий, о которых он мог бы спросить: 1

                              этот живой  было
      спросили бы                1     1     1

      По часам отправки:
                              этот живой  было
      18:00                      1     1     1

      «Этот» — с этим опросом, «живой» — с теми, что работают, «было» — как вышло на деле. Паузы не учтены.
      [ ‹ Назад ]
    ");
    story.tap(lead, "Назад").await;
    assert_eq!(story.tap(lead, "Пройти самому").await, "Отправляю тестовый опрос");
    story.advance(minutes(1)).await;
    assert!(story.last(lead).contains("🧪"), "{}", story.chat(lead));
    story.end().await;
}
