//! Customers who are known by their phone number, shared as their own contact.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours};
use afterword::domain::ids::PersonId;

/// A shop that names phone numbers, and a purchase that waits for its customer.
async fn waiting() -> Story {
    let story = Story::new().await;
    story.purchase("1", "C-1", json!({ "customer": { "phone": "+79990000001" } })).await;
    story
}

async fn share(story: &Story, person: Person, phone: &str, owner: Option<Person>) {
    story.world.share_contact(person.id, phone, owner.map(|owner| owner.id));
    story.settle().await;
}

fn since_start(story: &Story, person: Person) -> String {
    let chat = story.chat(person);
    chat.split_once(": /privacy\n").unwrap().1.to_owned()
}

#[tokio::test]
pub async fn ones_own_number_links_the_customer_with_consent_and_the_button_goes() {
    let story = waiting().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    assert_snapshot!(since_start(&story, anna), @r"
    Bot: Нет ссылки под рукой? Поделитесь номером телефона, и мы узнаем вас по нему.

      Нажимая кнопку, вы соглашаетесь, что Лавка сохранит ваш номер и найдёт по нему ваши заказы и обращения. Больше ни для чего он не понадобится.
      { Поделиться номером }
    ");
    // Telegram writes it without the plus.
    share(&story, anna, "79990000001", Some(anna)).await;
    assert_snapshot!(since_start(&story, anna), @r"
    Bot: Нет ссылки под рукой? Поделитесь номером телефона, и мы узнаем вас по нему.

      Нажимая кнопку, вы соглашаетесь, что Лавка сохранит ваш номер и найдёт по нему ваши заказы и обращения. Больше ни для чего он не понадобится.
    Анна: (contact 79990000001)
    Bot: Готово, узнали вас по номеру телефона: больше ничего делать не нужно.
    ");
    let mut tx = story.running.db.read().await.unwrap();
    let person = tx.find_person(PersonId::new(anna.id)).await.unwrap().unwrap();
    assert_eq!((person.phone.as_deref(), person.phone_asked_at), (Some("79990000001"), None));
    assert_eq!(tx.find_phone_consent(PersonId::new(anna.id)).await.unwrap(), Some(story.clock.now()));
    drop(tx);
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.start(anna).await;
    assert!(!story.last(anna).contains("Поделиться"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_number_that_nobody_has_yet_is_kept_and_known_when_an_order_comes() {
    let story = waiting().await;
    let john = story.person_in("John", Some("en"));
    story.start(john).await;
    share(&story, john, "+79990000002", Some(john)).await;
    assert_snapshot!(since_start(&story, john), @r"
    Bot: No link at hand? Share your phone number, and we will recognise you by it.

      By pressing the button you agree that Лавка stores your number and uses it to find your orders and requests. It is used for nothing else.
    John: (contact +79990000002)
    Bot: Thank you! Nothing is connected with this number yet. As soon as there is an order or a request, we will recognise you.
    ");
    let link = story.purchase("2", "C-2", json!({ "customer": { "phone": "+79990000002" } })).await;
    assert_eq!(link, None);
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    story.say(john, "/privacy").await;
    assert!(story.last(john).contains("phone number"), "{}", story.last(john));
    story.end().await;
}

#[tokio::test]
async fn anothers_contact_a_forwarded_one_and_one_without_an_account_are_refused_kindly() {
    let story = waiting().await;
    let (anna, boris) = (story.person("Анна"), story.person("Борис"));
    story.start(anna).await;
    share(&story, anna, "+79990000001", Some(boris)).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Это контакт другого человека, сохранить его мы не можем: разрешить это вправе только он сам. А своим номером можно поделиться кнопкой под полем ввода, и мы узнаем вас по нему.

      Нажимая кнопку, вы соглашаетесь, что Лавка сохранит ваш номер и найдёт по нему ваши заказы и обращения. Больше ни для чего он не понадобится.
    ");
    share(&story, anna, "+79990000001", None).await;
    let forwarded = json!({
        "message_id": 4_000_000,
        "date": story.clock.now().millis() / 1000,
        "chat": { "id": anna.id, "type": "private", "first_name": "Анна" },
        "from": { "id": anna.id, "is_bot": false, "first_name": "Анна", "language_code": "ru" },
        "contact": { "phone_number": "+79990000001", "first_name": "Анна", "user_id": anna.id },
        "forward_origin": { "type": "user", "date": 1, "sender_user": { "id": anna.id } },
    });
    story.advance(hours(1)).await;
    story.world.inject("message", &forwarded);
    story.settle().await;
    assert!(story.last(anna).contains("другого человека"), "{}", story.last(anna));
    assert_eq!(story.state("purchase-1").await, "waiting_for_link");
    // Whoever never saw the button is shown it; whoever has shared theirs is only refused.
    let john = story.person_in("John", Some("en"));
    share(&story, john, "+79990000001", Some(boris)).await;
    assert_snapshot!(story.last(john), @r"
    Bot: This is somebody else's contact, and we cannot keep it: only they may agree to that. You can share your own number with the button below the input field, and we will recognise you by it.

      By pressing the button you agree that Лавка stores your number and uses it to find your orders and requests. It is used for nothing else.
    ");
    share(&story, john, "+79990000003", Some(john)).await;
    share(&story, john, "+79990000001", Some(boris)).await;
    assert_snapshot!(story.last(john), @"Bot: This is somebody else's contact, and we cannot keep it: only they may agree to that.");
    assert_eq!(story.state("purchase-1").await, "waiting_for_link");
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn nothing_is_kept_before_it_was_said_what_for() {
    let story = waiting().await;
    let anna = story.person("Анна");
    share(&story, anna, "+79990000001", Some(anna)).await;
    assert!(story.last(anna).contains("вы соглашаетесь"), "{}", story.last(anna));
    assert_eq!(story.state("purchase-1").await, "waiting_for_link");
    share(&story, anna, "+79990000001", Some(anna)).await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    story.end().await;
}

#[tokio::test]
pub async fn a_shop_without_numbers_asks_for_none_but_keeps_one_that_is_sent() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    assert_eq!(story.world.sent_count(anna.id), 1);
    share(&story, anna, "+79990000001", Some(anna)).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Спасибо! Номер пока не сохранён: сначала нужно ваше согласие.

      Нажимая кнопку, вы соглашаетесь, что Лавка сохранит ваш номер и найдёт по нему ваши заказы и обращения. Больше ни для чего он не понадобится.
    ");
    share(&story, anna, "+79990000001", Some(anna)).await;
    assert!(story.last(anna).contains("пока ничего не связано"), "{}", story.last(anna));
    let boris = story.person("Борис");
    share(&story, boris, "+79990000001", Some(anna)).await;
    assert_snapshot!(story.last(boris), @"Bot: Это контакт другого человека, сохранить его мы не можем: разрешить это вправе только он сам.");
    // The shop names a number for the first time.
    let link = story.purchase("1", "C-1", json!({ "customer": { "phone": "+79990000001" } })).await;
    assert_eq!(link, None);
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert!(story.last(anna).contains("Вопрос 1 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_number_does_not_take_a_customer_from_whoever_tapped_the_link() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({ "customer": { "phone": "+79990000001" } })).await;
    let boris = story.person("Борис");
    story.start(boris).await;
    share(&story, boris, "+79990000001", Some(boris)).await;
    assert!(story.last(boris).contains("пока ничего не связано"), "{}", story.last(boris));
    story.advance(hours(3)).await;
    assert!(story.last(anna).contains("Вопрос 1 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_number_that_belongs_to_another_account_now_takes_its_customer_along() {
    let story = waiting().await;
    let (anna, boris) = (story.person("Анна"), story.person("Борис"));
    for person in [anna, boris] {
        story.start(person).await;
        share(&story, person, "+79990000001", Some(person)).await;
    }
    story.advance(hours(3)).await;
    assert!(story.last(boris).contains("Вопрос 1 из 3"), "{}", story.last(boris));
    assert!(!story.chat(anna).contains("Вопрос 1 из 3"), "{}", story.chat(anna));
    // Nor does a telegram_id in an event take it back.
    story.advance(hours(24)).await;
    story.purchase("2", "C-1", json!({ "customer": { "telegram_id": anna.id } })).await;
    story.advance(hours(72)).await;
    assert!(!story.chat(anna).contains("Вопрос 1 из 3"), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_link_makes_the_button_superfluous() {
    let story = waiting().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    assert!(story.chat(anna).contains("{ Поделиться номером }"), "{}", story.chat(anna));
    story.link(anna, "C-9").await;
    assert!(!story.chat(anna).contains("{ Поделиться номером }"), "{}", story.chat(anna));
    story.end().await;
}
