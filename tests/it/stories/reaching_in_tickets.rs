//! The personal link as a reply in the ticket of a helpdesk, and the answers as a note there.

use afterword::cli::Output;
use afterword::cli::check::{self, CheckArgs};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::hooks::{live, mapped};
use crate::doubles::{HttpServer, MailServer, Request};
use crate::harness::{Person, Setting, Story, hours, minutes};

pub async fn with(service: &str, server: &HttpServer) -> Setting {
    Setting::new()
        .await
        .reached_at()
        .set("HELPDESK_URL", &format!("{service}+http://me%40shop.example:key@127.0.0.1:{}", server.port))
        .set("OUTBOUND_ALLOW", &format!("127.0.0.1,:{}", server.port))
        .set("OUTBOUND_ALLOW_HTTP", "true")
}

/// Makes a hook that is live, and returns the path of its address.
pub async fn hook(story: &Story, preset: &str) -> String {
    let address = live(story, "desk", preset).await;
    address[address.find("/hooks/").unwrap()..].to_owned()
}

/// Makes a hook with a preset of one's own that is live, and returns the path of its address.
pub async fn hook_of(story: &Story, preset: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    std::fs::write(&file, preset).unwrap();
    hook(story, file.to_str().unwrap()).await
}

pub fn ticket() -> Value {
    json!({ "customer": { "name": "Анна", "language": "ru" }, "metrics": { "messages": 5 } })
}

fn comment(request: &Request) -> Value {
    let body: Value = serde_json::from_str(&request.body).unwrap();
    body["ticket"]["comment"].clone()
}

fn link(text: &str) -> &str {
    text.split(' ').find(|word| word.contains("?start=")).unwrap()
}

/// Follows the link in the reply of this ticket and answers everything, badly.
async fn answer(story: &Story, reply: &Request) {
    let text = comment(reply)["body"].as_str().unwrap().to_owned();
    answer_badly(story, story.person("Анна"), link(&text)).await;
}

pub async fn answer_badly(story: &Story, anna: Person, link: &str) {
    story.follow(anna, link).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "🙁").await;
    story.say(anna, "Долго <ждала> & зря").await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
}

#[tokio::test]
pub async fn the_link_comes_as_a_public_reply_and_the_answers_as_a_private_note() {
    let server = HttpServer::start().await;
    let story = with("zendesk", &server).await.start().await;
    story.ticket("42", "C-1", ticket()).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let [reply] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!((reply.method.as_str(), reply.path.as_str()), ("PUT", "/api/v2/tickets/42.json"));
    assert_eq!(comment(reply)["public"], true);
    answer(&story, reply).await;
    story.advance(hours(1)).await;
    story.writes_back("helpdesk", "sent", 2).await;
    let note = comment(&server.requests()[1]);
    assert_eq!(note["public"], false);
    assert_snapshot!(note["body"].as_str().unwrap(), @r"
    🔴 1 из 3 «Плохо», плохо — Как мы справились с вашим обращением в целом?
    «Долго <ждала> & зря»
    🟢 3 из 3 «Отлично», хорошо — Обращением занимался специалист поддержки. Как вам помощь?
    ▫️ Да — Получилось решить ваш вопрос?
    ");
    story.end().await;
}

#[tokio::test]
async fn without_notes_only_the_link_comes() {
    let server = HttpServer::start().await;
    let address = format!("zendesk+http://me:key@127.0.0.1:{}/?notes=off", server.port);
    let story = with("zendesk", &server).await.set("HELPDESK_URL", &address).start().await;
    story.ticket("42", "C-1", ticket()).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    answer(&story, &server.requests()[0]).await;
    story.advance(hours(75)).await;
    assert_eq!(server.requests().len(), 1);
    story.end().await;
}

#[tokio::test]
async fn a_purchase_has_no_ticket_and_a_ticket_that_cannot_be_replied_to_gets_a_mail() {
    let (server, mails) = (HttpServer::start().await, MailServer::start().await);
    let setting = with("zammad", &server).await;
    let setting = setting.set("SMTP_URL", &mails.url()).set("SMTP_FROM", "hello@shop.example");
    let story = setting.start().await;
    story.purchase("1", "C-1", json!({ "customer": { "email": "anna@example.com" } })).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    // Zammad replies by mail, so it needs the customer's address.
    story.ticket("7", "C-2", ticket()).await;
    story
        .ticket(
            "8",
            "C-3",
            json!({ "customer": { "email": "vera@example.com" }, "metrics": { "messages": 5 } }),
        )
        .await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let [reply] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!((body["ticket_id"].as_str(), body["to"].as_str()), (Some("8"), Some("vera@example.com")));
    assert_eq!(mails.mails().len(), 1);
    assert_eq!(story.state("ticket_closed-7").await, "waiting_for_link");
    story.end().await;
}

#[tokio::test]
pub async fn a_delivery_shaped_like_zendesks_becomes_a_link_in_the_ticket_and_then_a_note() {
    let server = HttpServer::start().await;
    let story = with("zendesk", &server).await.start().await;
    let hook = hook(&story, "zendesk").await;
    let delivery = json!({
        "event_id": "zendesk-42-ticket_closed-2026-11-21T14:59:00+0300",
        "kind": "ticket_closed",
        "occurred_at": "2026-11-21T14:59:00+0300",
        "customer": { "id": "zendesk:7", "name": "Анна", "phone": "", "email": "", "language": "Русский" },
        "subject": { "id": "42", "title": "Возврат", "url": "https://shop.zendesk.com/42" },
        "tags": "vip refund",
    });
    mapped(&story, &hook, &delivery).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let [reply] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!(reply.path, "/api/v2/tickets/42.json");
    answer(&story, reply).await;
    // Our own reply makes Zendesk say again that the ticket is closed.
    mapped(&story, &hook, &delivery).await;
    story.advance(hours(1)).await;
    story.writes_back("helpdesk", "sent", 2).await;
    assert_eq!(server.requests().len(), 2);
    assert_eq!(comment(&server.requests()[1])["public"], false);
    story.end().await;
}

#[tokio::test]
async fn a_preset_of_ones_own_says_how_its_helpdesk_is_called() {
    const OWN: &str = r#"
preset = "own"
extends = "paste"
[[write]]
on = "survey.waiting_for_link"
url = "{{ base }}/tickets/{{ ticket }}/reply"
bearer = "{{ password }}"
form = { text = "{{ text }}" }
"#;
    let server = HttpServer::start().await;
    let story = with("own", &server).await.start().await;
    let hook = hook_of(&story, OWN).await;
    let delivery =
        json!({ "kind": "ticket_closed", "customer": { "id": "own:1" }, "subject": { "id": "a/b?c" } });
    mapped(&story, &hook, &delivery).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let [reply] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!(
        (reply.path.as_str(), reply.authorization.as_str()),
        ("/tickets/a%2Fb%3Fc/reply", "Bearer key")
    );
    assert!(reply.form["text"].contains("?start="), "{:?}", reply.form);
    story.end().await;
}

#[tokio::test]
async fn a_field_of_an_order_can_get_the_link_alone() {
    const OWN: &str = r#"
preset = "own"
extends = "paste"
[[write]]
on = "survey.waiting_for_link"
about = "purchase"
url = "{{ base }}/orders/{{ ticket }}/edit"
headers.X-API-KEY = "{{ password }}"
json = { order = { customFields = { afterword_link = "{{ link }}" } } }
"#;
    let server = HttpServer::start().await;
    let story = with("own", &server).await.start().await;
    let hook = hook_of(&story, OWN).await;
    let about = |kind: &str, subject: &str| json!({ "kind": kind, "customer": { "id": "own:1" }, "subject": { "id": subject } });
    mapped(&story, &hook, &about("ticket_closed", "7")).await;
    mapped(&story, &hook, &about("purchase", "1001")).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let [call] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!(call.path, "/orders/1001/edit");
    let body: Value = serde_json::from_str(&call.body).unwrap();
    let link = body["order"]["customFields"]["afterword_link"].as_str().unwrap();
    assert!(link.starts_with("https://t.me/") && !link.contains(' '), "{link}");
    story.end().await;
}

#[tokio::test]
async fn what_a_customer_writes_after_completing_is_in_the_note() {
    let server = HttpServer::start().await;
    let story = with("zendesk", &server).await.start().await;
    story.ticket("42", "C-1", ticket()).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let text = comment(&server.requests()[0])["body"].as_str().unwrap().to_owned();
    let anna = story.person("Анна");
    story.follow(anna, link(&text)).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "🙁").await;
    story.say(anna, "Долго ждала").await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    story.advance(minutes(14)).await;
    story.say(anna, "И ещё: никто не перезвонил").await;
    story.advance(minutes(10)).await;
    assert_eq!(server.requests().len(), 1, "the survey has not ended yet");
    story.advance(minutes(30)).await;
    story.writes_back("helpdesk", "sent", 2).await;
    let note = comment(&server.requests()[1])["body"].as_str().unwrap().to_owned();
    assert!(note.contains("никто не перезвонил"), "{note}");
    story.end().await;
}

pub async fn checked(story: &Story) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&story.setup(), &CheckArgs::default(), &mut to).await.unwrap();
    String::from_utf8(out).unwrap()
}

#[tokio::test]
pub async fn check_names_the_hook_whose_customers_nobody_reaches() {
    let story = Story::new().await;
    let hook = hook(&story, "paste").await;
    let delivery =
        json!({ "kind": "ticket_closed", "customer": { "id": "own:1" }, "subject": { "id": "1" } });
    mapped(&story, &hook, &delivery).await;
    let told = checked(&story).await;
    assert!(
        told.contains("WRONG  hook desk: 1 customer waits for their link and can never be reached"),
        "{told}"
    );
    story.end().await;
}
