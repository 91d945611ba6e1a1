//! Whose ticket it is, and which way is left: a link goes only into the helpdesk that its ticket is of, and by another way
//! once its own is gone. The shell and Telegram tell whom nobody can reach.

use afterword::cli::hook::HookCommand;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::hooks::{closed, live, mapped, shell_told};
use super::reaching_in_tickets::{answer_badly, checked, hook, hook_of, ticket, with};
use crate::doubles::{HttpServer, MailServer};
use crate::harness::{Setting, Story, hours, minutes};

async fn with_mail_too(server: &HttpServer, mails: &MailServer) -> Setting {
    let setting = with("zendesk", server).await;
    setting.set("SMTP_URL", &mails.url()).set("SMTP_FROM", "hello@shop.example")
}

fn reachable_by_mail() -> Value {
    let mut ticket = ticket();
    ticket["customer"]["email"] = json!("anna@example.com");
    ticket
}

#[tokio::test]
pub async fn a_ticket_of_another_system_is_not_written_to() {
    let (server, mails) = (HttpServer::start().await, MailServer::start().await);
    let story = with_mail_too(&server, &mails).await.start().await;
    // Zendesk has a ticket 57 too, of somebody else.
    let other = hook(&story, "paste").await;
    let mut anna = closed("57", "other-desk:1");
    anna["customer"]["email"] = json!("anna@example.com");
    mapped(&story, &other, &anna).await;
    mapped(&story, &other, &closed("58", "other-desk:2")).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    let mail = mails.mails()[0].text.clone();
    let link = mail.lines().find(|line| line.contains("?start=")).unwrap();
    let anna = story.person("Анна");
    answer_badly(&story, anna, link).await;
    story.advance(hours(75)).await;
    assert_eq!(server.requests().len(), 0, "neither a link nor a note: {:?}", server.requests());
    story.end().await;
}

#[tokio::test]
pub async fn a_link_whose_way_is_gone_goes_by_another_one() {
    let (server, mails) = (HttpServer::start().await, MailServer::start().await);
    let mut story = with_mail_too(&server, &mails).await.start().await;
    story.ticket("42", "C-1", reachable_by_mail()).await;
    story.first_link_is_planned().await;
    story.reconfigure(|config| config.helpdesk = None).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    assert_eq!((server.requests().len(), mails.mails().len()), (0, 1));
    story.end().await;
}

#[tokio::test]
pub async fn a_link_that_one_way_refuses_goes_by_the_next() {
    let (server, mails) = (HttpServer::start().await, MailServer::start().await);
    let story = with_mail_too(&server, &mails).await.start().await;
    server.answer(404, "{}");
    story.ticket("42", "C-1", reachable_by_mail()).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "refused", 1).await;
    story.advance(minutes(1)).await;
    story.writes_back("email", "sent", 1).await;
    assert_eq!((server.requests().len(), mails.mails().len()), (1, 1));
    // A login that is refused may be put right.
    server.answer(401, "{}");
    story.ticket("43", "C-2", json!({ "customer": { "name": "Борис" } })).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "again", 1).await;
    story.advance(minutes(2)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    story.end().await;
}

#[tokio::test]
pub async fn a_link_that_waits_for_a_way_goes_once_there_is_one() {
    let (server, mails) = (HttpServer::start().await, MailServer::start().await);
    let mut story = with_mail_too(&server, &mails).await.start().await;
    let mut mail = None;
    story
        .reconfigure(|config| {
            config.helpdesk = None;
            mail = config.mail.take();
        })
        .await;
    story.ticket("42", "C-1", reachable_by_mail()).await;
    story.advance(hours(3)).await;
    assert_eq!((server.requests().len(), mails.mails().len()), (0, 0));
    story.reconfigure(|config| config.mail = mail).await;
    story.advance(minutes(1)).await;
    story.writes_back("email", "sent", 1).await;
    story.end().await;
}

#[tokio::test]
async fn a_link_for_a_ticket_of_one_helpdesk_does_not_go_to_the_next() {
    let (server, next) = (HttpServer::start().await, HttpServer::start().await);
    let mails = MailServer::start().await;
    let setting = with_mail_too(&server, &mails).await;
    let allowed = format!("127.0.0.1,:{},:{}", server.port, next.port);
    let mut story = setting.set("OUTBOUND_ALLOW", &allowed).start().await;
    story.ticket("42", "C-1", reachable_by_mail()).await;
    story.first_link_is_planned().await;
    let moved = format!("zendesk+http://me:key@127.0.0.1:{}", next.port);
    let moved = Setting::new().await.set("HELPDESK_URL", &moved).reached_at().config().helpdesk;
    story.reconfigure(|config| config.helpdesk = moved).await;
    story.advance(hours(3)).await;
    story.writes_back("email", "sent", 1).await;
    assert_eq!((server.requests().len(), next.requests().len()), (0, 0));
    // What closes from now on is of the new one.
    story.ticket("43", "C-2", ticket()).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    assert_eq!(next.requests().len(), 1);
    story.end().await;
}

#[tokio::test]
async fn a_test_is_marked_in_the_ticket_and_by_sms_too() {
    let server = HttpServer::start().await;
    let sms = format!("smsc+http://me:pass@127.0.0.1:{}", server.port);
    let story = with("zendesk", &server).await.set("SMS_URL", &sms).start().await;
    let mut trial = ticket();
    trial["test"] = json!(true);
    story.ticket("42", "C-1", trial).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let more = json!({ "test": true, "customer": { "phone": "+79990000000", "language": "ru" } });
    story.purchase("1", "C-2", more).await;
    story.writes_back("sms", "sent", 1).await;
    let [reply, sms] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert!(reply.body.contains("🧪 Тестовый опрос"), "{}", reply.body);
    assert!(sms.form["mes"].starts_with("🧪 Тестовый опрос"), "{:?}", sms.form);
    story.end().await;
}

#[tokio::test]
pub async fn check_counts_as_reached_only_whom_a_link_reaches() {
    let server = HttpServer::start().await;
    let story = with("zendesk", &server).await.start().await;
    let hook = hook(&story, "zendesk").await;
    server.answer(404, "{}");
    server.answer(404, "{}");
    for (ticket, result, count) in [("1", "refused", 1), ("2", "refused", 2), ("3", "sent", 1)] {
        let mut closed = closed(ticket, &format!("zendesk:{ticket}"));
        closed["test"] = json!(true);
        mapped(&story, &hook, &closed).await;
        story.writes_back("helpdesk", result, count).await;
    }
    let told = checked(&story).await;
    assert!(
        told.contains(
            "note   hook desk: 3 customers wait for their link; 1 of them gets it from us; 2 do not, mostly because: HTTP 404"
        ),
        "{told}"
    );
    story.end().await;
}

#[tokio::test]
pub async fn check_refuses_a_helpdesk_that_no_preset_says_how_to_call() {
    let server = HttpServer::start().await;
    let known = "chatwoot, zammad and zendesk";
    for (service, told) in [
        (
            "zendsk",
            format!(
                "WRONG  HELPDESK_URL: no preset says how zendsk is called; did you mean zendesk? Known are {known}"
            ),
        ),
        ("okdesk", format!("WRONG  HELPDESK_URL: no preset says how okdesk is called. Known are {known}")),
    ] {
        let story = with(service, &server).await.start().await;
        let checked = checked(&story).await;
        assert!(checked.contains(&told), "{checked}");
        story.end().await;
    }
    // One of a hook's own is as good as a shipped one.
    let story = with("own", &server).await.start().await;
    hook_of(&story, OWN).await;
    let checked = checked(&story).await;
    assert!(checked.contains("HELPDESK_URL: own at 127.0.0.1"), "{checked}");
    story.end().await;
}

const OWN: &str = r#"
preset = "own"
extends = "paste"
[[write]]
on = "survey.waiting_for_link"
url = "{{ base }}/tickets/{{ ticket }}/reply"
form = { text = "{{ text }}" }
"#;

async fn told_by_add(story: &Story, preset: &str) -> String {
    let name = format!("a-{preset}");
    let add = HookCommand::Add { name: name.clone(), preset: preset.to_owned() };
    let told = shell_told(story, add).await.2;
    shell_told(story, HookCommand::Go { name }).await;
    told
}

const NOTE: &str = "only customers who have started the bot can be asked";

#[tokio::test]
pub async fn whoever_connects_a_system_hears_that_its_customers_are_not_reached() {
    let server = HttpServer::start().await;
    let story = with("zendesk", &server).await.start().await;
    for (preset, is_told) in
        [("yookassa", true), ("tilda", true), ("okdesk", true), ("paste", true), ("zendesk", false)]
    {
        let told = told_by_add(&story, preset).await;
        assert_eq!(told.contains(NOTE), is_told, "{preset}: {told}");
    }
    let told = checked(&story).await;
    for (hook, is_told) in [("a-yookassa", true), ("a-okdesk", true), ("a-zendesk", false)] {
        assert_eq!(told.contains(&format!("note   hook {hook}: {NOTE}")), is_told, "{hook}: {told}");
    }
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/hooks").await;
    story.tap(lead, "Подключить").await;
    story.tap(lead, "Tilda").await;
    let made = story.last(lead);
    assert!(made.contains("Спросить получится только тех, кто уже запустил бота"), "{made}");
    assert!(made.contains("SMTP_URL, SMS_URL"), "{made}");
    story.tap(lead, "Что пришло").await;
    assert!(story.last(lead).contains("Спросить получится только тех"), "{}", story.last(lead));
    story.end().await;
}

#[tokio::test]
async fn two_services_at_one_address_do_not_wait_for_each_other() {
    // Takes connections and never answers.
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = HttpServer::start().await;
    let port = hanging.local_addr().unwrap().port();
    let sms = format!("smsc+http://me:pass@127.0.0.1:{}", server.port);
    let story = with("zendesk", &server)
        .await
        .set("HELPDESK_URL", &format!("zendesk+http://me:key@127.0.0.1:{port}"))
        .set("OUTBOUND_ALLOW", &format!("127.0.0.1,:{port},:{}", server.port))
        .set("SMS_URL", &sms)
        .start()
        .await;
    story.ticket("42", "C-1", ticket()).await;
    story.purchase("1", "C-2", json!({ "customer": { "phone": "+79990000000", "language": "ru" } })).await;
    story.advance(hours(3)).await;
    let (mut call, _) = hanging.accept().await.unwrap();
    story.writes_back("sms", "sent", 1).await;
    call.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
    story.writes_back("helpdesk", "sent", 1).await;
    story.end().await;
}

#[tokio::test]
async fn a_hook_that_is_live_for_another_preset_of_that_name_is_asked_by_its_own() {
    let server = HttpServer::start().await;
    let story = with("own", &server).await.start().await;
    hook_of(&story, OWN).await;
    let other = live(&story, "shop", "paste").await;
    let other = &other[other.find("/hooks/").unwrap()..];
    mapped(&story, other, &closed("7", "shop:1")).await;
    // By the API, subject.id is the helpdesk's.
    story.ticket("8", "C-1", ticket()).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    let [reply] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!(reply.path, "/tickets/8/reply");
    story.end().await;
}

#[tokio::test]
pub async fn somebody_who_blocked_the_bot_does_not_hold_up_the_links_of_others() {
    let server = HttpServer::start().await;
    let story = with("zendesk", &server).await.start().await;
    let anna = story.customer("Анна", "C-1").await;
    story.world.block(anna.id);
    story.ticket("42", "C-1", ticket()).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("ticket_closed-42").await, "undeliverable(blocked)");
    story.ticket("43", "C-2", ticket()).await;
    story.advance(hours(3)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    assert_eq!(server.requests()[0].path, "/api/v2/tickets/43.json");
    story.end().await;
}

#[tokio::test]
pub async fn whoever_looks_is_told_that_links_stand_still_at_a_row_that_cannot_be_read() {
    let server = HttpServer::start().await;
    let story = with("zendesk", &server).await.start().await;
    let readiness = async || {
        let (status, ready) = story.get("/readyz").await;
        (status, ready.to_string())
    };
    assert_eq!(readiness().await.0, 200);
    story.sql("INSERT INTO journal (at, kind) VALUES (0, 'of_tomorrow')").await;
    story.ticket("42", "C-1", ticket()).await;
    story.advance(hours(3)).await;
    let (status, ready) = readiness().await;
    assert!(status == 503 && ready.contains("'write_backs' cannot go on since"), "{status} {ready}");
    let told = checked(&story).await;
    assert!(told.contains("WRONG  follower 'write_backs': fails since"), "{told}");
    assert_eq!(server.requests().len(), 0);
    story.sql("DELETE FROM journal WHERE kind = 'of_tomorrow'").await;
    story.advance(minutes(2)).await;
    story.writes_back("helpdesk", "sent", 1).await;
    assert_eq!(readiness().await.0, 200);
    story.end().await;
}
