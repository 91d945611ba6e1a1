//! Messages to the leads that came twice because both answers to their calls were lost. The program does not know them;
//! a tap or a reply shows which they are, and from then on they are like any other.

use afterword::domain::ids;
use afterword::sandbox::{Fault, Message, MessageId};
use serde_json::json;

use super::case_faults::trouble;
use crate::harness::{Person, Setting, Story, hours, minutes, seconds};

/// The answers to the next two calls of this kind to a chat are lost, although both are carried out.
fn lose(story: &Story, chat: i64, method: &str) {
    story.world.fault(Fault::dropped_after().chat(chat).on(method).times(2));
}

/// The messages of the bot in a chat of which this is true. There have to be two.
fn copies(story: &Story, chat: i64, is_it: impl Fn(&Message) -> bool) -> [MessageId; 2] {
    let messages = story.world.messages(chat).into_iter();
    let found: Vec<_> =
        messages.filter(|message| message.is_from_bot() && !message.deleted && is_it(message)).collect();
    let ids: Vec<MessageId> = found.iter().map(|message| message.id).collect();
    ids.try_into().unwrap_or_else(|_| panic!("not two copies:\n{}", story.world.transcript(chat)))
}

fn has(message: &Message, button: &str) -> bool {
    message.keyboard.iter().flatten().any(|known| known.text == button)
}

async fn press(story: &Story, person: Person, chat: i64, message: MessageId, button: &str) -> String {
    let tap = story.world.tap(person.id, chat, message, button).unwrap_or_else(|error| panic!("{error}"));
    story.settle().await;
    story.advance(seconds(5)).await;
    story.toast(&tap)
}

async fn reply(story: &Story, to: MessageId, text: &str) {
    story.world.reply_in(story.leads, story.lead.id, to, text);
    story.advance(minutes(1)).await;
}

/// How many messages of the bot in a person's chat say this.
fn seen(story: &Story, person: Person, text: &str) -> usize {
    let messages = story.world.messages(person.id);
    messages.iter().filter(|message| message.is_from_bot() && message.text.plain.contains(text)).count()
}

/// The customer of a case whose post came twice, and the two messages.
async fn posted_twice(setting: Setting, language: &str, take: &str) -> (Story, Person, [MessageId; 2]) {
    let story = setting.start().await;
    story.start(story.lead).await;
    let anna = story.person_in("Анна", Some(language));
    story.link(anna, "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    lose(&story, story.leads, "sendMessage");
    story.say(anna, "/human").await;
    story.advance(minutes(5)).await;
    let posts = copies(&story, story.leads, |message| has(message, take));
    (story, anna, posts)
}

#[tokio::test]
pub async fn a_post_that_nobody_knows_is_known_once_it_is_tapped() {
    let (story, anna, [first, second]) = posted_twice(Setting::new().await, "ru", "Взять").await;
    story.advance(hours(2)).await;
    assert_eq!(
        press(&story, story.lead, story.leads, first, "Взять").await,
        "Теперь это обращение ведёте вы"
    );
    let shown = |message| story.world.shown(story.leads, message);
    assert!(shown(first).contains("№101 · ведёт Пётр"), "{}", shown(first));
    // It is what later changes are shown in, and what the customer's words stand under.
    story.say(anna, "Где мой заказ?").await;
    story.advance(minutes(1)).await;
    let words = story.world.last_message(story.leads).unwrap();
    assert_eq!((words.text.plain.as_str(), words.reply_to), ("Где мой заказ?", Some(first)));
    press(&story, story.lead, story.leads, first, "Закрыть").await;
    press(&story, story.lead, story.leads, first, "Закрыть без ответа").await;
    press(&story, story.lead, story.leads, first, "‹ Назад").await;
    // The other copy works, too, and is the post from then on.
    assert!(shown(second).contains("№101 · свободно"), "{}", shown(second));
    assert_eq!(press(&story, story.lead, story.leads, second, "Ещё").await, "");
    assert!(shown(second).contains("№101 · ведёт Пётр"), "{}", shown(second));
    press(&story, story.lead, story.leads, second, "Отпустить").await;
    assert!(shown(second).contains("№101 · свободно"), "{}", shown(second));
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
async fn a_post_in_english_that_nobody_knows_is_known_once_it_is_tapped() {
    let setting = Setting::new().await.set("LOCALES", "en");
    let (story, _, [_, second]) = posted_twice(setting, "en", "Take").await;
    // Before it is given up.
    assert_eq!(press(&story, story.lead, story.leads, second, "Take").await, "The case is yours");
    let shown = story.world.shown(story.leads, second);
    assert!(shown.contains("No. 101 · Пётр"), "{shown}");
    story.advance(hours(2)).await;
    assert_eq!(copies(&story, story.leads, |message| !message.keyboard.is_empty()).len(), 2, "and no third");
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn nobody_without_the_role_makes_a_post_known() {
    let (story, _, [first, _]) = posted_twice(Setting::new().await, "ru", "Взять").await;
    story.advance(hours(2)).await;
    let stranger = story.person("Прохожий");
    let refused = "Эти кнопки для руководителей. Роль выдаёт администратор";
    assert_eq!(press(&story, stranger, story.leads, first, "Взять").await, refused);
    let mut tx = story.running.db.read().await.unwrap();
    let at = (ids::ChatId::new(story.leads), ids::MessageId::new(first));
    assert_eq!(tx.find_case_post(at.0, at.1).await.unwrap(), None);
    drop(tx);
    // A message that is known to be another one is not taken for it, even with the data of its buttons.
    let boris = story.person("Борис");
    story.say(boris, "/human").await;
    story.advance(minutes(1)).await;
    let other = story.world.last_message(story.leads).unwrap();
    assert!(other.text.plain.contains("№102"), "{}", other.text.plain);
    let toast = story.forge(story.lead, story.leads, other.id, "1c:2t:0:t").await;
    assert_eq!(toast, "Эта кнопка больше не действует");
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn the_card_of_an_overdue_case_that_nobody_knows_is_known_once_it_is_tapped() {
    let setting = Setting::new().await;
    let leads = setting.leads.to_string();
    let (story, _) = trouble(setting.set("ESCALATION_CHATS", &leads)).await;
    story.advance(hours(23)).await;
    lose(&story, story.leads, "sendMessage");
    story.advance(hours(4)).await;
    let is_card = |message: &Message| message.text.plain.starts_with("🔥") && has(message, "Взять");
    let cards = copies(&story, story.leads, is_card);
    assert_eq!(
        press(&story, story.lead, story.leads, cards[1], "Взять").await,
        "Теперь это обращение ведёте вы"
    );
    let shown = |message| story.world.shown(story.leads, message);
    assert!(shown(cards[1]).contains("🔥 №101"), "it is the card, not the post: {}", shown(cards[1]));
    assert!(shown(cards[1]).contains("№101 · ведёт Пётр"), "{}", shown(cards[1]));
    let post = story.world.messages(story.leads).into_iter().find(Message::is_from_bot).unwrap();
    assert!(shown(post.id).contains("№101 · ведёт Пётр"), "{}", story.alerts());
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn a_list_that_nobody_knows_posts_the_case_whose_number_is_tapped() {
    let story = Story::new().await;
    let mut people = Vec::new();
    for number in 1..=11 {
        let customer = format!("C-{number}");
        people.push(story.customer("Анна", &customer).await);
        story.purchase(&number.to_string(), &customer, json!({})).await;
    }
    story.advance(minutes(1)).await;
    for person in &people[..5] {
        story.say_at_once(*person, "/human").await;
    }
    story.settle().await;
    lose(&story, story.leads, "sendMessage");
    story.say_at_once(people[5], "/human").await;
    story.advance(minutes(3)).await;
    let lists = copies(&story, story.leads, |message| has(message, "№106"));
    assert_eq!(press(&story, story.lead, story.leads, lists[0], "№106").await, "");
    let card = story.world.last_message(story.leads).unwrap();
    assert!(has(&card, "Взять") && card.text.plain.contains("№106"), "{}", story.alerts());
    // The list goes on in the message that was tapped.
    for person in &people[6..] {
        story.say_at_once(*person, "/human").await;
    }
    story.advance(minutes(1)).await;
    let list = story.world.message(story.leads, lists[0]).unwrap();
    assert!(has(&list, "№111"), "{}", story.alerts());
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn replies_to_words_that_nobody_knows_reach_their_customer() {
    let (story, anna) = trouble(Setting::new().await).await;
    lose(&story, story.leads, "sendMessage");
    story.say(anna, "слово-текст").await;
    story.advance(minutes(3)).await;
    lose(&story, story.leads, "copyMessage");
    story.world.send_photo(anna.id, Some("слово-фото"));
    story.advance(minutes(3)).await;
    let texts = copies(&story, story.leads, |message| message.text.plain == "слово-текст");
    let photos = copies(&story, story.leads, |message| message.text.plain == "слово-фото");
    reply(&story, texts[0], "ответ-на-текст").await;
    story.advance(hours(2)).await;
    reply(&story, texts[1], "ответ-на-копию").await;
    reply(&story, photos[1], "ответ-на-фото").await;
    for words in ["ответ-на-текст", "ответ-на-копию", "ответ-на-фото"] {
        assert_eq!(seen(&story, anna, words), 1, "{words}: {}", story.chat(anna));
    }
    // What was replied to within the hour is known to have arrived.
    let lost = "Связь оборвалась";
    assert_eq!(seen(&story, anna, lost), 1, "of the photo only: {}", story.chat(anna));
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn a_reply_to_the_header_of_an_album_or_to_a_post_that_nobody_knows_reaches_the_customer() {
    let (story, anna, [_, second]) = posted_twice(Setting::new().await, "ru", "Взять").await;
    story.advance(hours(2)).await;
    reply(&story, second, "ответ-на-обращение").await;
    assert_eq!(seen(&story, anna, "ответ-на-обращение"), 1, "{}", story.chat(anna));
    assert!(story.world.shown(story.leads, second).contains("№101 · ведёт Пётр"), "{}", story.alerts());
    lose(&story, story.leads, "sendMessage");
    let photo = || afterword::sandbox::Media::Photo;
    story.world.send_album(anna.id, &[photo(), photo()], None);
    story.settle().await;
    story.advance(minutes(5)).await;
    let headers = copies(&story, story.leads, |message| message.text.plain == "№101 · вложений: 2");
    reply(&story, headers[1], "ответ-на-альбом").await;
    assert_eq!(seen(&story, anna, "ответ-на-альбом"), 1, "{}", story.alerts());
    story.advance(hours(2)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn a_reply_to_words_that_may_be_of_two_customers_reaches_nobody() {
    let (story, anna) = trouble(Setting::new().await).await;
    let boris = story.customer("Борис", "C-2").await;
    story.purchase("2", "C-2", json!({})).await;
    story.say(boris, "/human").await;
    story.advance(minutes(1)).await;
    for person in [anna, boris] {
        lose(&story, story.leads, "sendMessage");
        story.say(person, "Алло").await;
        story.advance(minutes(3)).await;
    }
    let same: Vec<MessageId> = story
        .world
        .messages(story.leads)
        .into_iter()
        .filter(|message| message.is_from_bot() && message.text.plain == "Алло")
        .map(|message| message.id)
        .collect();
    assert_eq!(same.len(), 4);
    reply(&story, same[0], "ответ-кому-то").await;
    assert_eq!((seen(&story, anna, "ответ-кому-то"), seen(&story, boris, "ответ-кому-то")), (0, 0));
    let told = story.world.last_message(story.leads).unwrap();
    assert!(told.text.plain.starts_with("Это сообщение не про обращение"), "{}", story.alerts());
    story.advance(hours(2)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn answers_to_questions_that_nobody_knows_are_taken_as_what_was_asked_for() {
    let (story, anna) = trouble(Setting::new().await).await;
    let post = super::case_faults::post(&story);
    press(&story, story.lead, story.leads, post, "Взять").await;
    lose(&story, story.leads, "sendMessage");
    press(&story, story.lead, story.leads, post, "Ответить").await;
    story.advance(minutes(3)).await;
    let questions = copies(&story, story.leads, |message| message.text.plain.contains("уйдёт клиенту"));
    reply(&story, questions[1], "ответ-на-вопрос").await;
    assert_eq!(seen(&story, anna, "ответ-на-вопрос"), 1, "{}", story.chat(anna));

    press(&story, story.lead, story.leads, post, "Закрыть").await;
    press(&story, story.lead, story.leads, post, "Доставка").await;
    lose(&story, story.leads, "sendMessage");
    press(&story, story.lead, story.leads, post, "Написать заметку").await;
    story.advance(minutes(3)).await;
    let questions = copies(&story, story.leads, |message| message.text.plain.contains("что сделали"));
    reply(&story, questions[0], "Вернули деньги").await;
    let shown = story.world.shown(story.leads, post);
    assert!(shown.contains("№101 · закрыто") && shown.contains("📝 Вернули деньги"), "{shown}");
    assert_eq!(seen(&story, anna, "Вернули деньги"), 0, "a note is for colleagues: {}", story.chat(anna));
    story.advance(hours(2)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn questions_with_buttons_that_nobody_knows_go_once_they_are_answered() {
    let (story, anna) = trouble(Setting::new().await).await;
    let post = super::case_faults::post(&story);
    press(&story, story.lead, story.leads, post, "Взять").await;
    let olga = super::case_seeds::lead(&story, "Ольга").await;
    lose(&story, story.leads, "sendMessage");
    story.world.reply_in(story.leads, olga.id, post, "ответ-чужого");
    story.advance(minutes(3)).await;
    let asked = copies(&story, story.leads, |message| has(message, "Не отправлять"));
    assert_eq!(press(&story, olga, story.leads, asked[1], "Не отправлять").await, "");
    let shown = story.world.shown(story.leads, asked[1]);
    assert!(!shown.contains("[ "), "the question is answered: {shown}");
    assert_eq!(seen(&story, anna, "ответ-чужого"), 0, "{}", story.chat(anna));
    story.advance(hours(2)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn a_copy_of_a_post_is_not_taken_for_a_card_that_still_waits() {
    let setting = Setting::new().await;
    let leads = setting.leads.to_string();
    let story = setting.set("ESCALATION_CHATS", &leads).start().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::dropped_after().chat(story.leads).on("sendMessage"));
    story.say(anna, "/human").await;
    story.advance(hours(23)).await;
    let posts = copies(&story, story.leads, |message| has(message, "Взять"));
    // The group takes nothing for a while, and the deadline passes.
    let end = story.clock.now().plus(hours(2));
    story.world.fault(Fault::too_many_requests(60).chat(story.leads).until(end));
    story.clock.advance(hours(2).saturating_sub(minutes(1)));
    story.rests().await;
    let tap = story.world.tap(story.lead.id, story.leads, posts[0], "Взять").unwrap();
    story.wait_until(afterword::sandbox::World::all_confirmed).await;
    story.advance(minutes(5)).await;
    assert_eq!(story.toast(&tap), "Теперь это обращение ведёте вы");
    let shown = story.world.shown(story.leads, posts[0]);
    assert!(shown.contains("№101 · ведёт Пётр") && !shown.contains("🔥"), "{shown}");
    let is_card = |message: &Message| message.text.plain.starts_with("🔥 №101");
    let cards = story.world.messages(story.leads).into_iter().filter(is_card).count();
    assert_eq!(cards, 1, "{}", story.alerts());
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn a_tap_under_another_copy_takes_no_case_away_from_a_colleague() {
    let (story, _, [first, second]) = posted_twice(Setting::new().await, "ru", "Взять").await;
    let olga = super::case_seeds::lead(&story, "Ольга").await;
    let told = "Ведёт Пётр. Нажмите ещё раз, чтобы забрать";
    press(&story, story.lead, story.leads, first, "Взять").await;
    let shown = story.world.message(story.leads, second).unwrap();
    let take = shown.keyboard.iter().flatten().find(|button| button.text == "Взять").unwrap();
    let afterword::sandbox::Action::Callback(take) = take.action.clone() else { panic!("{take:?}") };
    assert_eq!(story.forge(olga, story.leads, first, &take).await, told);
    // It still says that nobody has the case.
    assert_eq!(press(&story, olga, story.leads, second, "Взять").await, told);
    let shown = story.world.shown(story.leads, second);
    assert!(shown.contains("№101 · ведёт Пётр"), "{shown}");
    assert_eq!(story.forge(olga, story.leads, second, &take).await, "Теперь это обращение ведёте вы");
    story.advance(hours(2)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn a_tap_under_a_copy_that_a_colleague_has_tapped_takes_no_case_away_either() {
    let (story, _, [first, second]) = posted_twice(Setting::new().await, "ru", "Взять").await;
    let olga = super::case_seeds::lead(&story, "Ольга").await;
    let shown = story.world.message(story.leads, second).unwrap();
    let take = shown.keyboard.iter().flatten().find(|button| button.text == "Взять").unwrap();
    let afterword::sandbox::Action::Callback(take) = take.action.clone() else { panic!("{take:?}") };
    let told = "Ведёт Пётр. Нажмите ещё раз, чтобы забрать";
    press(&story, story.lead, story.leads, first, "Взять").await;
    assert_eq!(story.forge(olga, story.leads, first, &take).await, told);
    // Both still saw the second copy as it was, and Pyotr's tap there makes it known.
    story.forge(story.lead, story.leads, second, &take).await;
    assert_eq!(story.forge(olga, story.leads, second, &take).await, told);
    assert_eq!(story.forge(olga, story.leads, second, &take).await, "Теперь это обращение ведёте вы");
    story.advance(hours(2)).await;
    story.end_after_a_lost_reply().await;
}
