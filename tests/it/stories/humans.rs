//! Customers who ask for a human, and what they may ask the bot itself.

use afterword::sandbox::{Media, Role};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes};

async fn customer() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let more =
        json!({ "customer": { "name": "Анна" }, "subject": { "url": "https://shop.example/1?a=1&b=2" } });
    story.purchase("1", "C-1", more).await;
    (story, anna)
}

/// The chat from these words on.
fn since(story: &Story, person: Person, words: &str) -> String {
    let chat = story.chat(person);
    let (_, rest) = chat.split_once(words).unwrap();
    format!("{words}{rest}")
}

#[tokio::test]
async fn the_leads_learn_at_once_that_somebody_asks_for_a_human_and_get_the_words() {
    let (story, anna) = customer().await;
    story.say(anna, "Ау, есть кто?").await;
    story.say(anna, "/human").await;
    story.say(anna, "Курьер не приехал").await;
    story.world.send_voice(anna.id, 7);
    story.world.send_media(anna.id, Media::Sticker { emoji: "😡".to_owned() }, None);
    story.settle().await;
    assert_snapshot!(since(&story, anna, "Анна: Ау"), @r"
    Анна: Ау, есть кто?
    Bot: Спасибо за сообщение! Сейчас у вас нет открытого опроса, поэтому здесь его никто не прочитает. Нужен человек? Отправьте /human.
    Анна: /human
    Bot: Мы передали сотрудникам, что вы хотите поговорить с человеком. Напишите сюда, что случилось: передадим и это. Ответят вам не здесь, а так, как с вами обычно связываются. Если так вас не застать, оставьте телефон или почту.
    Анна: Курьер не приехал
    Bot: Спасибо, передали.
    Анна: (voice 0:07)
    Анна: (sticker 😡)
    ");
    assert_snapshot!(story.alerts(), @r"
    Bot: 🙋 Клиент просит связаться с ним

      Клиент: Анна, C-1
      Последнее событие: №1 <https://shop.example/1?a=1&b=2>

      То, что он напишет, придёт сюда ответами. Через бота ответить пока нельзя: свяжитесь с клиентом, как обычно.
    Bot (to 2): Курьер не приехал
    Bot (to 2): (voice 0:07)
    Bot (to 2): (sticker 😡)
    ");
    story.say(anna, "/human ну где же вы").await;
    assert_snapshot!(story.last(anna), @"Bot: Сотрудники уже знают, что вы хотите поговорить с человеком. Всё, что вы сейчас напишете, мы им передадим.");
    assert!(story.alerts().ends_with(": /human ну где же вы\n"), "{}", story.alerts());
    // Long after it the words are nobody's again.
    story.advance(hours(1)).await;
    story.say(anna, "Спасибо").await;
    assert!(story.last(anna).contains("никто не прочитает"), "{}", story.last(anna));
    assert_eq!(story.answers().await, "");
    story.end().await;
}

#[tokio::test]
async fn words_with_the_command_go_along_and_edits_follow() {
    let (story, anna) = customer().await;
    let message = story.say(anna, "/human верните деньги").await;
    story.world.edit_own_message(anna.id, anna.id, message, "/human верните деньги за заказ 1");
    story.settle().await;
    assert_snapshot!(story.alerts(), @r"
    Bot: 🙋 Клиент просит связаться с ним

      Клиент: Анна, C-1
      Последнее событие: №1 <https://shop.example/1?a=1&b=2>

      То, что он напишет, придёт сюда ответами. Через бота ответить пока нельзя: свяжитесь с клиентом, как обычно.
    Bot (edited) (to 2): /human верните деньги за заказ 1
    ");
    story.end().await;
}

#[tokio::test]
async fn a_survey_goes_on_beside_the_request() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.say(anna, "/human").await;
    story.say(anna, "Это про прошлый раз").await;
    assert_eq!(story.state("ticket_closed-7").await, "sent");
    // Whoever goes on with the survey speaks of that.
    story.tap(anna, "🙁").await;
    story.say(anna, "Не помогли").await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · agent · csi · 1
    ticket_closed-7 · agent · comment · Не помогли
    ");
    // Asked for again: the words are for the human.
    story.say(anna, "/human").await;
    story.say(anna, "Позвоните").await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · agent · csi · 1
    ticket_closed-7 · agent · comment · Не помогли
    ");
    assert!(story.alerts().contains("Позвоните"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn a_request_waits_for_somebody_to_tell() {
    let story = Setting::new().await.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await;
    let john = story.person_in("John", Some("en"));
    story.start(john).await;
    story.say(john, "/human").await;
    story.say(john, "Nobody answers the phone").await;
    story.say(john, "/human").await;
    assert_snapshot!(since(&story, john, "John: /human"), @r"
    John: /human
    Bot: There is nobody to tell right now, but your request is saved, and we will pass it on as soon as we can. You can write what happened straight away. If it is urgent, please contact us the usual way.
    John: Nobody answers the phone
    Bot: Thank you, saved. We will pass it on as soon as somebody can read it.
    John: /human
    Bot: There is nobody to tell right now, but your request is saved, and we will pass it on as soon as we can. You can write what happened straight away. If it is urgent, please contact us the usual way.
    ");
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(story.lead, &link).await;
    let chat = story.chat(story.lead);
    assert_snapshot!(chat.split_once('\n').unwrap().1, @r"
    Bot: Готово, вы администратор.

      Шаг 1 из 5

      На каком языке вам удобнее? · Which language do you prefer?
      [ Русский | English ]
    Bot: 🙋 Клиент просит связаться с ним

      John (Telegram). Заказов и обращений за ним не нашли.

      То, что он напишет, придёт сюда ответами. Через бота ответить пока нельзя: свяжитесь с клиентом, как обычно.

      ℹ️ Пришло вам: чата для плохих оценок пока нет. Отправьте /alerts в группе руководителей, и они будут приходить туда.
    Bot (to 3): Nobody answers the phone
    ");
    story.advance(minutes(1)).await;
    story.end().await;
}

#[tokio::test]
async fn a_request_that_a_lost_chat_never_got_goes_to_the_admins() {
    let setting = Setting::new().await;
    setting.world.kick_bot(setting.leads, setting.lead.id);
    let story = setting.start().await;
    story.start(story.lead).await;
    let anna = story.person("Анна");
    story.start(anna).await;
    story.say(anna, "/human помогите").await;
    assert!(story.chat(story.lead).contains("просит связаться"), "{}", story.chat(story.lead));
    assert!(story.chat(story.lead).contains("помогите"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
async fn in_a_group_a_customers_commands_are_their_own_business() {
    let story = Story::new().await;
    let lena = story.person("Лена");
    story.world.add_member(story.leads, lena.id, Role::Member);
    let before = story.world.sent_count(story.leads);
    for command in ["/human", "/language", "/privacy", "/stop"] {
        story.world.say_in(story.leads, None, lena.id, command);
    }
    story.settle().await;
    assert_eq!(story.world.sent_count(story.leads), before);
    story.end().await;
}

#[tokio::test]
async fn privacy_says_what_is_kept_why_and_how_to_end_it() {
    let story = Setting::new().await.set("PRIVACY_URL", "https://shop.example/privacy").start().await;
    let anna = story.person("Анна");
    story.say(anna, "/privacy").await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Что мы храним. Ваше имя и язык в Telegram; имя и номер клиента, заказы и обращения, о которых нам сообщила компания; ваши оценки и всё, что вы сюда написали или прислали.

      Зачем. Чтобы разобраться, если что-то пошло не так, и работать лучше. Оценки и сообщения видят сотрудники, которые за это отвечают.

      Как всё прекратить. /stop сразу выключает опросы. /forget стирает всё, что мы о вас знаем: останутся только оценки без имени.

      Как мы обращаемся с вашими данными <https://shop.example/privacy>
    ");
    let ann = story.person_in("Ann", Some("en"));
    story.say(ann, "/privacy").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: What we keep. Your name and language in Telegram; your customer name and number, and the orders and requests that the company told us about; your scores, and everything you wrote or sent here.

      Why. To sort things out when something went wrong, and to do better. The staff who deal with that see your scores and messages.

      How to end it. /stop turns surveys off at once. /forget erases everything we know about you; only scores without a name stay.

      How we handle your data <https://shop.example/privacy>
    ");
    story.end().await;
}
