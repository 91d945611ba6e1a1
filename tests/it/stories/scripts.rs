//! `/scripts`: the list, pausing, going back, files, publishing.

use afterword::domain::ids::{MessageId, PersonId};
use afterword::domain::locale::Languages;
use afterword::domain::script::Script;
use afterword::sandbox::Fault;
use afterword::service::export::{Filter, What};
use afterword::service::{editor, scripts};
use afterword::store::editing::ScriptJob;
use afterword::view::callback::editor::Deed;
use afterword::view::callback::{EditorAct, EditorTap};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script};

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

#[tokio::test]
async fn a_file_of_thousands_of_tables_is_refused_with_its_first_mistakes_and_their_count() {
    let story = admin().await;
    let lead = story.lead;
    send_file(&story, lead, "many.toml", "[[a]]\n".repeat(29_000).as_bytes()).await;
    let said = story.last(lead);
    assert!(said.contains("many.toml не принят"), "{said}");
    let own: Vec<String> = (0..9000).map(|table| format!("[a{table}]\n")).collect();
    send_file(&story, lead, "own.toml", own.concat().as_bytes()).await;
    let said = story.last(lead);
    assert!(said.contains("own.toml не принят") && said.contains("и ещё"), "{said}");
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
      После покупки. За 7 дней: отправлено 2, ответов 1

      После решения проблемы — 🟢 работает, версия 1
      После решения проблемы. За 7 дней: отправлено 0, ответов 0

      После обращения — 🟢 работает, версия 1
      После закрытого обращения. За 7 дней: отправлено 0, ответов 0

      Что для вас важно — ✏️ черновик
      После покупки

      Готовность рекомендовать — ✏️ черновик
      После покупки
      [ После покупки ]
      [ После решения проблемы ]
      [ После обращения ]
      [ Что для вас важно ]
      [ Готовность рекомендовать ]
      [ + Новый опрос ]
    ");
    story.tap(lead, "После покупки").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): После покупки
      purchase · 🟢 работает, версия 1

      Спрашивает после покупки.
      Опубликован 21.11.2026 15:00
      За 7 дней: отправлено 2, ответов 1

      1. Насколько вы довольны покупкой в целом?
      2. Насколько вы довольны качеством товара?
      3. Насколько вы довольны обслуживанием?
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

      О новых событиях он спрашивать не будет.
      Ждут отправки: 1. Они подождут или устареют.
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
pub async fn a_file_goes_out_and_comes_back_with_its_comments_as_a_draft_that_is_published() {
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

      Прежние ответы не изменятся.
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

      Возврат — это новая версия с прежним содержанием. История и ответы не теряются.
      [ Вернуть версию 1 ]
      [ ‹ Опрос ]
    ");
    story.tap(lead, "Вернуть версию 1").await;
    assert_snapshot!(screen(&story, lead), @r"
    Bot (edited): Вернуть версию 1?

      Благодарность · русский: Большое спасибо! Мы читаем каждый ответ. → Спасибо! Мы читаем каждый ответ.

      Это будет новая версия. Неотправленные опросы уйдут с ней, открытые у клиентов (0) останутся со своей.
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

      строка 1: после имени нужен знак = и значение
      строка 1: здесь запись не по правилам TOML
      строка 2: после имени нужен знак = и значение

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
    assert!(story.last(anna).contains("Спасибо, передали: обращение №101"), "{}", story.last(anna));
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

      Событий, о которых он мог бы спросить: 1.

      С этим опросом / с теми, что работают / как было:
      спросили бы: 1 / 1 / 1

      По часам отправки:
      18:00: 1 / 1 / 1

      Паузы не учтены.
      [ ‹ Опрос ]
    ");
    story.tap(lead, "‹ Опрос").await;
    assert_eq!(story.tap(lead, "Пройти самому").await, "Отправляю тестовый опрос");
    story.advance(minutes(1)).await;
    assert!(story.last(lead).contains("🧪"), "{}", story.chat(lead));
    story.end().await;
}

/// Does it in the database, past the program.
async fn sql(story: &Story, statement: &'static str) {
    use sqlx::Connection as _;
    let url = story.database_url();
    if url.starts_with("sqlite:") {
        let mut beside = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::query(statement).execute(&mut beside).await.unwrap();
    } else {
        let mut beside = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::query(statement).execute(&mut beside).await.unwrap();
    }
}

#[tokio::test]
async fn a_backtest_that_cannot_be_done_says_so_and_lets_what_waits_behind_it_through() {
    for (language, title, button, told) in [
        ("Русский", "После покупки", "Примерить на прошлом", "Не получилось: ошибка на нашей стороне"),
        ("English", "After a purchase", "Try on past events", "That did not work: internal error"),
    ] {
        let story = admin().await;
        let lead = story.lead;
        story.say(lead, "/language").await;
        story.tap(lead, language).await;
        story.customer("Анна", "C-1").await;
        story.purchase("1", "C-1", json!({})).await;
        story.advance(hours(4)).await;
        sql(&story, "UPDATE surveys SET reason = 'unheard of' WHERE state = 'sent'").await;
        story.say(lead, "/scripts").await;
        story.tap(lead, title).await;
        story.touch(lead, button);
        story.wait_until(|world| world.transcript(lead.id).contains(told)).await;
        send_file(&story, lead, "no.toml", b"slug = ").await;
        assert!(story.last(lead).contains("no.toml"), "{}", story.last(lead));
        sql(&story, "UPDATE surveys SET reason = NULL").await;
        story.end().await;
    }
}

#[tokio::test]
async fn what_was_asked_for_is_not_done_for_somebody_who_is_no_admin_any_more() {
    let story = admin().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    story.purchase("1", "C-1", json!({})).await;
    let message = story.world.last_message(anna.id).unwrap().id;
    let file = |kind: &str| ScriptJob {
        id: 0,
        kind: kind.to_owned(),
        person: PersonId::new(anna.id),
        message_id: MessageId::new(message),
        message: None,
        slug: Some("purchase".to_owned()),
        file_id: Some("no-such-file".to_owned()),
        file_name: Some("own.toml".to_owned()),
    };
    // Asked for while there was the role, which was gone when its turn came.
    let mut tx = story.running.db.write().await.unwrap();
    tx.insert_script_job(&file("backtest"), story.clock.now()).await.unwrap();
    tx.insert_script_job(&file("file"), story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let closed = "Этот экран для администраторов";
    story.wait_until(|world| world.transcript(anna.id).matches(closed).count() == 2).await;
    assert!(story.world.shown(anna.id, message).contains(closed), "{}", story.chat(anna));
    assert_eq!(story.world.calls("getFile"), 0, "nothing was fetched");
    story.end().await;
}

/// Everything whose type, name or place is wrong; and what is no TOML.
const SLIPS: &str = "slug = 7\non = \"sale\"\npriority = \"high\"\ntitle = \"Одно\"\ndelay = \"3h\"\ncolour = 1\n\n\
    [when]\nsample = \"all\"\nstores = \"msk\"\nteams = [\" \"]\ndellay = 1\n\n\
    [send]\ndays_off = [1]\ngreeting = { ru = 1, en = \"Hi\" }\n\n\
    [[questions]]\nkey = \"a\"\nmetric = \"csi\"\ntext = { ru = \"Как?\", en = \"How?\", de = \"Wie?\" }\n\
    orientation = \"high_is_easy\"\nmultiple = \"no\"\noptions = [ { key = \"x\", text = { ru = \"х\", en = \"x\" } } ]\n\
    reasons = []\nlabels = { one = { ru = \"р\", en = \"o\" } }\nlow = 5\n\n\
    [[questions]]\nkey = \"b\"\nmetric = \"text\"\nscale = \"1-5\"\nfactor = \"b\"\nalert = \"low\"\nlow = {}\n\
    text = { ru = \"Что?\", en = \"What?\" }\nshow_if = { question = \"a\", band = [\"bad\"], value = [1] }\n";
const NO_TOML: &str = "slug = покупка\non = \"purchase\non = \"purchase\"\npriority\ntitle = { ru = \"Т\" en = \"T\" }\n\
    [when\nsample = \n";

#[tokio::test]
pub async fn mistakes_of_type_name_and_place_are_told_in_the_admins_language() {
    let story = admin().await;
    let lead = story.lead;
    send_file(&story, lead, "slips.toml", SLIPS.as_bytes()).await;
    assert_snapshot!(story.last(lead), @r#"
    Bot: slips.toml не принят, ничего не изменилось:

      строка 1: Короткое имя: здесь число, впишите текст в кавычках
      строка 2: О чём спрашивает: «sale» не подходит. Есть: purchase, ticket_closed, case_resolved
      строка 3: Приоритет: здесь текст, впишите целое число без кавычек
      строка 4: Название: не сказано, на каком языке текст. Напишите { ru = "…", en = "…" }
      строка 5: Через сколько: здесь этому полю не место: впишите его в [send]
      строка 6: colour: такого поля нет. Есть: slug, on, priority, title, when, send, questions
      строка 9: Доля событий: здесь текст, впишите целое число без кавычек
      строка 10: Магазины: здесь текст, впишите список [ … ]
      строка 11: Команды 1: пусто
      строка 12: dellay: такого поля нет. Есть: channels, teams, stores, tags_any, tags_none, min_messages, sample
      строка 15: Выходные 1: здесь число, впишите текст в кавычках
      строка 16: Приветствие · русский: здесь число, впишите текст в кавычках
      строка 18: Вопрос 1 · Шкала: не указана. Есть: smiley3, 1-5, 1-7, 1-10, 0-10, yes-no
      строка 22: Вопрос 1 · Направление шкалы: бывает только у CES: у остальных чем больше, тем лучше
      строка 23: Вопрос 1 · Несколько ответов: здесь текст, впишите true или false без кавычек
      строка 24: Вопрос 1 · Варианты: бывает только у вопроса с вариантами (metric = "choice")
      строка 25: Вопрос 1 · Причины: здесь этому полю не место: впишите его в [questions.low], [questions.neutral] или [questions.high]
      строка 26: Вопрос 1 · Подпись · one: подписи бывают у чисел шкалы, например "1"
      строка 27: Вопрос 1 · После плохой: здесь число, впишите таблицу { … }
      строка 32: Вопрос 2 · Шкала: у такого вопроса шкалы нет: уберите её
      строка 34: Вопрос 2 · Оповещение: тревогу поднимают только csi, csat, nps и ces: уберите или напишите off
      строка 35: Вопрос 2 · После плохой: бывает только у вопроса с оценкой
      строка 37: Вопрос 2 · Когда задавать: нужно ровно одно из band, value и option

      Исправьте и пришлите ещё раз.
      [ ‹ Опросы ]
    "#);
    send_file(&story, lead, "no.toml", NO_TOML.as_bytes()).await;
    assert_snapshot!(story.last(lead), @r"
    Bot: no.toml не принят, ничего не изменилось:

      строка 1: текст пишется в кавычках
      строка 2: в тексте в кавычках ошибка: кавычка не закрыта, или лишний знак \
      строка 3: это имя в таблице уже есть
      строка 4: после имени нужен знак = и значение
      строка 5: лишняя запятая, или её не хватает
      строка 6: не закрыта скобка

      Исправьте и пришлите ещё раз.
      [ ‹ Опросы ]
    ");
    story.say(lead, "/language").await;
    story.tap(lead, "English").await;
    send_file(&story, lead, "slips.toml", SLIPS.as_bytes()).await;
    assert_snapshot!(story.last(lead), @r#"
    Bot: slips.toml was not taken, nothing has changed:

      line 1: Short name: this is a number, but a text in quotes is expected
      line 2: What it asks about: “sale” is not allowed. Allowed: purchase, ticket_closed, case_resolved
      line 3: Priority: this is a text, but a whole number without quotes is expected
      line 4: Title: the text does not say its language. Write { ru = "…", en = "…" }
      line 5: Sent after: this field does not belong here: write it under [send]
      line 6: colour: there is no such field. Fields: slug, on, priority, title, when, send, questions
      line 9: Share of events: this is a text, but a whole number without quotes is expected
      line 10: Stores: this is a text, but a list [ … ] is expected
      line 11: Teams 1: is blank
      line 12: dellay: there is no such field. Fields: channels, teams, stores, tags_any, tags_none, min_messages, sample
      line 15: Days off 1: this is a number, but a text in quotes is expected
      line 16: Greeting · Russian: this is a number, but a text in quotes is expected
      line 18: Question 1 · Scale: is missing. Allowed: smiley3, 1-5, 1-7, 1-10, 0-10, yes-no
      line 22: Question 1 · Direction of the scale: is for CES only: everywhere else a high number is good
      line 23: Question 1 · Several answers: this is a text, but true or false without quotes is expected
      line 24: Question 1 · Options: is for a question with options only (metric = "choice")
      line 25: Question 1 · Reasons: this field does not belong here: write it under [questions.low], [questions.neutral] or [questions.high]
      line 26: Question 1 · Label · one: labels are for the numbers of the scale, like "1"
      line 27: Question 1 · After bad: this is a number, but a table { … } is expected
      line 32: Question 2 · Scale: such a question has no scale: remove it
      line 34: Question 2 · Alert: only csi, csat, nps and ces can be bad enough for an alert: remove it or write off
      line 35: Question 2 · After bad: is for a question with a score only
      line 37: Question 2 · When it is asked: exactly one of band, value and option is needed

      Please fix it and send it again.
      [ ‹ Surveys ]
    "#);
    send_file(&story, lead, "no.toml", NO_TOML.as_bytes()).await;
    assert_snapshot!(story.last(lead), @r"
    Bot: no.toml was not taken, nothing has changed:

      line 1: put texts in quotes
      line 2: a quoted text is broken: the quote is not closed, or there is a stray \
      line 3: this name is already in the table
      line 4: after a name there must be = and a value
      line 5: a comma is missing, or there is one too many
      line 6: a bracket is not closed

      Please fix it and send it again.
      [ ‹ Surveys ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_test_of_a_script_whose_publication_is_taken_back_leaves_what_is_live_alone() {
    let story = admin().await;
    let version = |low: &str| {
        let question = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                        text = { ru = \"Как?\", en = \"How?\" }\n";
        script(
            "own",
            "",
            "",
            &format!("{question}low = {{ comment = {{ ru = \"{low}\", en = \"Why?\" }} }}\n"),
        )
    };
    story.publish(&version("Почему?")).await;
    story.advance(minutes(1)).await;
    let source = version("Отчего?");
    let second = Script::parse("own.toml", &source, &Languages::default()).unwrap().script;
    let mut unit = story.unit().await;
    scripts::publish(&mut unit, &second, &source).await.unwrap();
    let person = unit.tx.find_person(PersonId::new(story.lead.id)).await.unwrap().unwrap();
    let tap = EditorTap { slug: "own".to_owned(), mark: 2, act: EditorAct::Do(Deed::Test) };
    let said = editor::tap(&mut unit, &person, tap, MessageId::new(1)).await.unwrap();
    assert_eq!(said.as_deref(), Some("Отправляю тестовый опрос"));
    drop(unit);
    assert_eq!(story.running.ctx.scripts.find("own").unwrap().published.version, 1);
    story.end().await;
}
