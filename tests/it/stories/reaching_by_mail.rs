//! Customers whom the bot cannot write to get their personal link by e-mail.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::doubles::{Mail, MailServer};
use crate::harness::{Setting, hours, minutes};

async fn with_mail(server: &MailServer) -> Setting {
    Setting::new()
        .await
        .reached_at()
        .set("SMTP_URL", &server.url())
        .set("SMTP_FROM", "Лавка <hello@shop.example>")
}

fn email(address: &str) -> Value {
    json!({ "customer": { "email": address, "name": "Анна", "language": "ru" } })
}

fn shown(mail: &Mail) -> String {
    let token = mail.text.rsplit_once("/u/").unwrap().1;
    let link = mail.text.split("?start=").nth(1).unwrap().split_whitespace().next().unwrap();
    let text = mail.text.replace(token, "TOKEN").replace(link, "LINK");
    let public = text.rsplit_once('\n').unwrap().1.rsplit_once("/u/").unwrap().0.to_owned();
    let text = text.replace(&public, "PUBLIC");
    format!("To: {}\nFrom: {}\nSubject: {}\n\n{text}", mail.to, mail.header("from"), mail.header("subject"))
}

fn link(mail: &Mail) -> String {
    mail.text.lines().find(|line| line.contains("?start=")).unwrap().to_owned()
}

/// The path at which the mail's recipient unsubscribes.
fn unsubscribe(mail: &Mail) -> String {
    let (_, token) = mail.text.rsplit_once("/u/").unwrap();
    format!("/u/{token}")
}

#[tokio::test]
async fn a_customer_without_a_chat_gets_the_link_when_the_survey_would_come_and_then_the_survey() {
    let server = MailServer::start().await;
    let story = with_mail(&server).await.start().await;
    story.purchase("1", "C-1", email("anna@example.com")).await;
    assert_eq!(story.state("purchase-1").await, "waiting_for_link");
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    let [mail] = &server.mails()[..] else { panic!("{:?}", server.mails()) };
    assert_snapshot!(shown(mail), @r"
    To: anna@example.com
    From: Лавка <hello@shop.example>
    Subject: Лавка: как всё прошло?

    Анна, здравствуйте!

    Недавно вы купили у нас. Как всё прошло? Речь об этом: №1.

    Пара коротких вопросов в Telegram, на каждый хватит одного касания:
    https://t.me/afterword_sandbox_bot?start=LINK

    Мы читаем каждый ответ.

    --
    Вы получили это письмо, потому что недавно покупали у нас или обращались к нам. Больше не получать:
    PUBLIC/u/TOKEN
    ");
    assert_eq!(mail.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    assert!(mail.header("list-unsubscribe").ends_with(&format!("{}>", unsubscribe(mail))), "{mail:?}");
    let anna = story.person("Анна");
    story.follow(anna, &link(mail)).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.tap(anna, "9").await;
    assert_eq!(story.state("purchase-1").await, "started");
    story.end().await;
}

#[tokio::test]
pub async fn a_mail_keeps_quiet_hours_and_the_gap_and_goes_once_an_event() {
    let server = MailServer::start().await;
    let story = with_mail(&server).await.start().await;
    // 20:00 in Moscow: three hours later it is night.
    story.jump_to("2026-11-21T20:00:00+03:00").await;
    story.purchase("1", "C-1", email("anna@example.com")).await;
    story.jump_to("2026-11-22T09:59:00+03:00").await;
    assert_eq!(server.mails().len(), 0);
    story.jump_to("2026-11-22T10:00:00+03:00").await;
    story.writes_back("email", "sent", 1).await;
    // The same customer, and another one with the same address.
    story.purchase("2", "C-1", email("anna@example.com")).await;
    story.purchase("3", "C-2", email("Anna@Example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "throttled", 2).await;
    assert_eq!(server.mails().len(), 1);
    story.end().await;
}

#[tokio::test]
pub async fn whoever_unsubscribes_gets_no_more_even_after_they_were_erased() {
    let server = MailServer::start().await;
    let story = with_mail(&server).await.start().await;
    story.purchase("1", "C-1", email("anna@example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    let path = unsubscribe(&server.mails()[0]);
    let page = story.text(&path).await;
    assert!(
        page.contains("Больше не присылать приглашения к опросам «Лавка» по почте, SMS и в заявках?"),
        "{page}"
    );
    // A scanner that opens the address has changed nothing.
    story.advance(hours(24)).await;
    story.purchase("2", "C-1", email("anna@example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 2).await;
    let (status, page) = story.post_form(&path, "List-Unsubscribe=One-Click").await;
    assert_eq!(status, 200);
    assert!(page.contains("Готово"), "{page}");
    story.delete("/v1/customers/C-1").await;
    story.advance(hours(16)).await;
    story.purchase("3", "C-7", email("ANNA@example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "unsubscribed", 1).await;
    assert_eq!(server.mails().len(), 2);
    story.end().await;
}

#[tokio::test]
pub async fn whoever_was_erased_can_still_unsubscribe() {
    let server = MailServer::start().await;
    let story = with_mail(&server).await.start().await;
    story.purchase("1", "C-1", email("anna@example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    let path = unsubscribe(&server.mails()[0]);
    story.delete("/v1/customers/C-1").await;
    let page = story.text(&path).await;
    assert!(page.contains("Больше не присылать"), "{page}");
    let (status, page) = story.post_form(&path, "List-Unsubscribe=One-Click").await;
    assert_eq!(status, 200);
    assert!(page.contains("Готово"), "{page}");
    story.advance(hours(21)).await;
    story.purchase("2", "C-7", email("Anna@example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "unsubscribed", 1).await;
    assert_eq!(server.mails().len(), 1);
    let (status, page) = story.post_form("/u/2fTz8mQwVb0a1cRkYJxP4A", "").await;
    assert_eq!(status, 404, "{page}");
    story.end().await;
}

#[tokio::test]
async fn nothing_is_sent_to_whoever_is_linked_cancelled_or_erased_meanwhile() {
    let server = MailServer::start().await;
    let story = with_mail(&server).await.start().await;
    let link = story.purchase("1", "C-1", email("anna@example.com")).await.unwrap();
    story.purchase("2", "C-2", email("boris@example.com")).await;
    story.purchase("3", "C-3", email("vera@example.com")).await;
    story.advance(hours(1)).await;
    let anna = story.person("Анна");
    story.follow(anna, &link).await;
    story.happened("purchase_cancelled", "2", "C-2", json!({})).await;
    story.delete("/v1/customers/C-3").await;
    story.advance(hours(3)).await;
    story.writes_back("email", "not_needed", 2).await;
    assert_eq!(server.mails().len(), 0);
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
pub async fn a_mail_server_that_cannot_now_is_tried_again_and_one_that_refuses_is_not() {
    let server = MailServer::start().await;
    let story = with_mail(&server).await.start().await;
    server.answer("451 try again later");
    story.purchase("1", "C-1", email("anna@example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "again", 1).await;
    story.advance(minutes(1)).await;
    story.writes_back("email", "sent", 1).await;
    server.answer("550 no such user");
    story.purchase("2", "C-2", email("nobody@example.com")).await;
    story.advance(hours(2)).await;
    story.advance(minutes(59)).await;
    story.writes_back("email", "refused", 1).await;
    story.advance(hours(3)).await;
    assert_eq!(server.mails().len(), 1);
    story.end().await;
}

#[tokio::test]
async fn the_cap_of_a_day_puts_the_rest_off() {
    let server = MailServer::start().await;
    let story = with_mail(&server).await.set("LINKS_PER_DAY", "1").start().await;
    story.purchase("1", "C-1", email("anna@example.com")).await;
    story.purchase("2", "C-2", email("boris@example.com")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    story.advance(hours(2)).await;
    assert_eq!(server.mails().len(), 1);
    story.jump_to("2026-11-22T10:00:00+03:00").await;
    story.writes_back("email", "sent", 2).await;
    assert_eq!(server.mails()[1].to, "boris@example.com");
    story.end().await;
}

#[tokio::test]
async fn a_mail_that_was_under_way_when_the_program_was_killed_goes_again_under_its_number() {
    let server = MailServer::start().await;
    let mut story = with_mail(&server).await.start().await;
    story.purchase("1", "C-1", email("anna@example.com")).await;
    story.advance(minutes(1)).await;
    story.killed_while_sending_the_first_link("a-token").await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    let [mail] = &server.mails()[..] else { panic!("{:?}", server.mails()) };
    assert_eq!(mail.header("message-id"), "<a-token@shop.example>");
    story.end().await;
}
