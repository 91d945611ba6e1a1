//! Reaching a customer: links, `telegram_id`, blocks, and saying stop.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Story, hours};

#[tokio::test]
async fn start_without_a_link_says_who_asks_and_how_to_stop() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Чтобы мы знали, о чём вас спрашивать, откройте личную ссылку или QR-код: они есть в чеке, на странице заказа или в письме от нас.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Что мы о вас храним и зачем: /privacy
    ");
    let john = story.person_in("John", Some("en-GB"));
    story.start(john).await;
    assert_snapshot!(story.last(john), @r"
    Bot: Hello! This is Лавка. Here we ask how things went.

      So that we know what to ask you about, open your personal link or QR code: you will find it on the receipt, the order page or in our e-mail.

      After a purchase or a support request we send a couple of short questions, at most once a day. Each takes one tap.

      To stop these surveys, send /stop.

      What we keep about you, and why: /privacy
    ");
    story.end().await;
}

#[tokio::test]
async fn a_link_binds_the_first_who_taps_it_and_nobody_else() {
    let story = Story::new().await;
    let (anna, boris) = (story.person("Анна"), story.person("Борис"));
    let link = story.purchase("1", "C-1", json!({})).await.unwrap();
    story.follow(anna, &link).await;
    story.follow(anna, &link).await;
    assert_snapshot!(story.last(anna), @"Bot: Вы уже подключены, больше ничего делать не нужно. Напишем, когда будет о чём спросить.");
    story.follow(boris, &link).await;
    assert_snapshot!(story.last(boris), @r"
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Эта ссылка личная, и её уже открыл другой человек. Попросите свою там, где получили эту, — это быстро.

      Что мы о вас храним и зачем: /privacy
      [ Позвать человека ]
    ");
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert_eq!(story.world.sent_count(boris.id), 1);
    story.end().await;
}

#[tokio::test]
async fn a_link_that_nobody_made_or_that_is_too_old_is_refused_kindly() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    let link = story.purchase("1", "C-1", json!({})).await.unwrap();
    let forged = format!("{}x", &link[..link.len() - 1]);
    story.follow(anna, &forged).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Эта ссылка больше не действует или скопирована не целиком. Попросите новую там, где получили эту.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Что мы о вас храним и зачем: /privacy
      [ Позвать человека ]
    ");
    story.advance(hours(24 * 30)).await;
    story.follow(anna, &link).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Эта ссылка больше не действует или скопирована не целиком. Попросите новую там, где получили эту.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Что мы о вас храним и зачем: /privacy
      [ Позвать человека ]
    ");
    assert_eq!(story.state("purchase-1").await, "undeliverable(never_linked)");
    story.end().await;
}

#[tokio::test]
async fn a_telegram_id_that_cannot_be_written_to_waits_for_a_link() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    let more = json!({ "customer": { "telegram_id": anna.id } });
    let link = story.purchase("1", "C-1", more).await.unwrap();
    assert_eq!(story.state("purchase-1").await, "scheduled");
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "waiting_for_link");
    story.follow(anna, &link).await;
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn a_telegram_id_that_knows_the_bot_needs_no_link() {
    let story = Story::new().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    let link = story.purchase("1", "C-1", json!({ "customer": { "telegram_id": anna.id } })).await;
    assert_eq!(link, None);
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn blocking_ends_what_is_open_and_unblocking_ends_the_block() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.world.block(anna.id);
    story.settle().await;
    assert_eq!(story.state("purchase-1").await, "expired(blocked)");
    story.advance(hours(24)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-2").await, "undeliverable(blocked)");
    story.world.unblock(anna.id);
    story.settle().await;
    story.advance(hours(21)).await;
    story.purchase("3", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-3").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn an_account_that_is_gone_is_learnt_from_telegrams_refusal() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.deactivate(anna.id);
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "undeliverable(deactivated)");
    story.end().await;
}

#[tokio::test]
async fn stop_ends_everything_until_the_person_resumes() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "9").await;
    story.say(anna, "/stop").await;
    assert_eq!(story.state("purchase-1").await, "partial(stopped)");
    assert_snapshot!(story.last(anna), @r"
    Bot: Хорошо, опросов больше не будет. Передумаете — нажмите кнопку.
      [ Снова получать опросы ]
    ");
    story.advance(hours(24)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-2").await, "suppressed(opted_out)");
    story.world.block(anna.id);
    story.world.unblock(anna.id);
    story.advance(hours(21)).await;
    story.purchase("3", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-3").await, "suppressed(opted_out)");
    let button = story.world.last_message(anna.id).unwrap().keyboard[0][0].text.clone();
    story.tap(anna, &button).await;
    assert_snapshot!(story.last(anna), @"Bot: Спасибо, что вернулись! Будем иногда спрашивать ваше мнение. Выключить опросы можно в любой момент: /stop");
    story.purchase("4", "C-1", json!({})).await;
    story.advance(hours(24)).await;
    assert_eq!(story.state("purchase-4").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn the_first_admin_comes_by_the_one_time_link() {
    let story = crate::harness::Setting::new().await.set("ADMIN_IDS", "").start().await;
    let link = story.running.claim_link().await.unwrap().unwrap();
    assert_eq!(story.running.claim_link().await.unwrap().as_ref(), Some(&link));
    story.follow(story.lead, &link).await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot: Готово, вы администратор.

      Шаг 1 из 5

      На каком языке вам удобнее? · Which language do you prefer?
      [ Русский | English ]
    ");
    assert_eq!(story.running.claim_link().await.unwrap(), None);
    let boris = story.person("Борис");
    story.follow(boris, &link).await;
    assert_snapshot!(story.last(boris), @"Bot: Эта ссылка одноразовая, и ею уже воспользовались. Попросите у администратора новую.");
    story.end().await;
}
