//! Customers whom the bot cannot write to get their personal link by SMS.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::hooks::{live, log, mapped};
use crate::doubles::{HttpServer, MailServer, Request};
use crate::harness::{Setting, hours, minutes};

async fn with(service: &str, server: &HttpServer) -> Setting {
    Setting::new()
        .await
        .reached_at()
        .set("SMS_URL", &format!("{service}+http://me:p%40ss@127.0.0.1:{}/?sender=LAVKA", server.port))
        .set("OUTBOUND_ALLOW", &format!("127.0.0.1,:{}", server.port))
        .set("OUTBOUND_ALLOW_HTTP", "true")
}

fn phone(number: &str) -> Value {
    json!({ "customer": { "phone": number, "language": "ru" } })
}

fn text<'s>(sms: &'s Request, field: &str) -> &'s str {
    &sms.form[field]
}

/// The text with its addresses replaced.
fn shown(text: &str) -> String {
    let word = |word: &str| {
        if word.contains("?start=") {
            "LINK".to_owned()
        } else if word.contains("/u/") {
            "UNSUBSCRIBE".to_owned()
        } else {
            word.to_owned()
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_link_comes_by_smsc_and_leads_to_the_survey() {
    let server = HttpServer::start().await;
    let story = with("smsc", &server).await.start().await;
    story.purchase("1", "C-1", phone("+79990000000")).await;
    story.advance(hours(3)).await;
    story.writes_back("sms", "sent", 1).await;
    let [sms] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!((sms.path.as_str(), sms.authorization.as_str()), ("/sys/send.php", ""));
    assert_eq!((text(sms, "login"), text(sms, "psw"), text(sms, "sender")), ("me", "p@ss", "LAVKA"));
    assert_eq!(text(sms, "phones"), "+79990000000");
    assert_snapshot!(shown(text(sms, "mes")), @"Лавка: как всё прошло? Ответьте касанием в Telegram: LINK Больше не присылать: UNSUBSCRIBE");
    let link = text(sms, "mes").split(' ').find(|word| word.contains("?start=")).unwrap();
    let anna = story.person("Анна");
    story.follow(anna, link).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn the_link_comes_by_sms_aero() {
    let server = HttpServer::start().await;
    let story = with("smsaero", &server).await.start().await;
    story.ticket("7", "C-1", json!({ "customer": { "phone": "+79990000000", "language": "en" }, "metrics": { "messages": 5 } })).await;
    story.advance(hours(3)).await;
    story.writes_back("sms", "sent", 1).await;
    let [sms] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!((sms.path.as_str(), sms.authorization.as_str()), ("/v2/sms/send", "Basic bWU6cEBzcw=="));
    assert_eq!((text(sms, "number"), text(sms, "sign")), ("79990000000", "LAVKA"));
    assert_snapshot!(shown(text(sms, "text")), @"Лавка: how did it go? One tap each, in Telegram: LINK No more of this: UNSUBSCRIBE");
    story.end().await;
}

#[tokio::test]
async fn without_money_it_is_tried_again_and_after_an_unclear_end_never_twice() {
    let server = HttpServer::start().await;
    let story = with("smsc", &server).await.start().await;
    server.answer(200, "{\"error\":\"no money\",\"error_code\":3}");
    story.purchase("1", "C-1", phone("+79990000001")).await;
    story.advance(hours(3)).await;
    story.writes_back("sms", "again", 1).await;
    story.advance(minutes(1)).await;
    story.writes_back("sms", "sent", 1).await;
    server.answer(502, "<html>");
    story.purchase("2", "C-2", phone("+79990000002")).await;
    story.advance(minutes(179)).await;
    story.writes_back("sms", "unknown", 1).await;
    story.advance(hours(20)).await;
    assert_eq!(server.requests().len(), 3);
    story.end().await;
}

#[tokio::test]
async fn a_private_address_is_not_called_unless_the_operator_allows_it() {
    let server = HttpServer::start().await;
    let story = with("smsc", &server).await.set("OUTBOUND_ALLOW", "").start().await;
    story.purchase("1", "C-1", phone("+79990000000")).await;
    story.advance(hours(3)).await;
    story.writes_back("sms", "refused", 1).await;
    assert_eq!(server.requests().len(), 0);
    story.end().await;
}

#[tokio::test]
async fn an_sms_that_was_under_way_when_the_program_was_killed_does_not_go_twice() {
    let server = HttpServer::start().await;
    let mut story = with("smsc", &server).await.start().await;
    story.purchase("1", "C-1", phone("+79990000001")).await;
    story.advance(minutes(1)).await;
    story.killed_while_sending_the_first_link("a-token").await;
    story.purchase("2", "C-2", phone("+79990000002")).await;
    story.advance(hours(4)).await;
    story.writes_back("sms", "sent", 1).await;
    let [sms] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!(text(sms, "phones"), "+79990000002");
    story.end().await;
}

#[tokio::test]
async fn a_service_that_hangs_holds_up_no_other_and_no_tap() {
    // Takes connections and never answers.
    let hanging = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let port = hanging.local_addr().unwrap().port();
    let mails = MailServer::start().await;
    let setting = Setting::new().await.reached_at();
    let setting = setting
        .set("SMS_URL", &format!("smsc+http://me:pass@127.0.0.2:{port}"))
        .set("OUTBOUND_ALLOW", &format!("127.0.0.2,:{port}"))
        .set("OUTBOUND_ALLOW_HTTP", "true")
        .set("SMTP_URL", &mails.url())
        .set("SMTP_FROM", "hello@shop.example");
    let story = setting.start().await;
    let hook = live(&story, "desk", "paste").await;
    let hook = &hook[hook.find("/hooks/").unwrap()..];
    let vera = story.customer("Вера", "C-3").await;
    story.purchase("1", "C-1", phone("+79990000001")).await;
    story.purchase("2", "C-2", json!({ "customer": { "email": "anna@example.com" } })).await;
    story.purchase("3", "C-3", json!({})).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    story.tap(vera, "9").await;
    assert_eq!(story.state("purchase-3").await, "started");
    // A delivery is answered and mapped while the service still hangs.
    let delivery = json!({ "kind": "ticket_closed", "customer": { "id": "C-4" }, "subject": { "id": "7" } });
    mapped(&story, hook, &delivery).await;
    assert!(log(&story, "desk").await[0].starts_with("event  desk-ticket_closed-7@"));
    let under_way = story.running.db.read().await.unwrap().list_write_backs_under_way(10).await.unwrap();
    assert_eq!(under_way.len(), 1, "nobody has answered yet");
    drop(hanging);
    story.end().await;
}
