//! Hooks: other systems deliver, admins watch and let them go, and customers are asked.

use std::collections::BTreeMap;
use std::time::Duration;

use afterword::cli::Output;
use afterword::cli::hook::{HookCommand, run};
use serde_json::{Value, json};

use crate::harness::{Setting, Story, hours};

/// When the jobs look again.
pub const LOOK: Duration = Duration::from_secs(1);

/// Runs a command as in a shell, and returns its exit code and what it prints.
pub async fn shell(story: &Story, command: HookCommand) -> (u8, String) {
    let (code, out, _) = shell_told(story, command).await;
    (code, out)
}

/// The same with what it tells beside that.
pub async fn shell_told(story: &Story, command: HookCommand) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let done = run(&story.setup(), command, &mut Output { out: &mut out, err: &mut err }).await;
    let code = done.unwrap_or_else(|error| panic!("{error}"));
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// Makes a hook that is live, and returns its address.
pub async fn live(story: &Story, name: &str, preset: &str) -> String {
    let address = watching(story, name, preset).await;
    shell(story, HookCommand::Go { name: name.to_owned() }).await;
    noticed(story).await;
    address
}

pub async fn watching(story: &Story, name: &str, preset: &str) -> String {
    let add = HookCommand::Add { name: name.to_owned(), preset: preset.to_owned() };
    let (_, printed) = shell(story, add).await;
    noticed(story).await;
    printed.trim().to_owned()
}

/// The running program looks for changed hooks at most once a second.
pub async fn noticed(story: &Story) {
    story.advance(LOOK).await;
}

pub async fn log(story: &Story, name: &str) -> Vec<String> {
    let (_, printed) = shell(story, HookCommand::Log { name: name.to_owned() }).await;
    // Without number and time.
    printed.lines().rev().map(|line| line.splitn(3, "  ").nth(2).unwrap().to_owned()).collect()
}

/// Delivers a body, and returns the status and the reply. Nothing is mapped until time passes.
pub async fn deliver(story: &Story, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let url = format!("http://{}{path}", story.running.addr);
    let mut request = reqwest::Client::new().post(url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

pub const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

/// Delivers JSON that must be stored, and lets it be mapped.
pub async fn mapped(story: &Story, path: &str, body: &Value) {
    assert_eq!(deliver(story, path, JSON, &body.to_string()).await, (200, "ok".to_owned()));
    story.advance(LOOK).await;
}

pub fn closed(ticket: &str, customer: &str) -> Value {
    json!({"kind": "ticket_closed", "customer": {"id": customer, "name": "Анна"}, "subject": {"id": ticket}})
}

fn reopened(ticket: &str, customer: &str) -> Value {
    json!({"kind": "ticket_reopened", "customer": {"id": customer}, "subject": {"id": ticket}})
}

#[tokio::test]
pub async fn a_hook_watches_first_and_then_its_deliveries_ask_customers() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "desk:1").await;
    let hook = watching(&story, "desk", "paste").await;
    mapped(&story, &hook, &closed("T-1", "desk:1")).await;
    assert_eq!(log(&story, "desk").await, ["watched  desk-ticket_closed-T-1@1795262401"]);
    let (status, _) = story.get("/v1/events/desk-ticket_closed-T-1@1795262401").await;
    assert_eq!(status, 404, "it only watches");
    shell(&story, HookCommand::Go { name: "desk".to_owned() }).await;
    noticed(&story).await;
    mapped(&story, &hook, &closed("T-2", "desk:1")).await;
    let events = log(&story, "desk").await;
    assert!(events[1].starts_with("event  desk-ticket_closed-T-2@"), "{events:?}");
    story.advance(hours(3)).await;
    assert!(story.last(anna).contains("Анна, здравствуйте"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn a_ticket_that_is_closed_again_and_again_is_one_until_it_is_reopened() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    for _ in 0..3 {
        mapped(&story, &hook, &closed("T-1", "desk:1")).await;
    }
    let (_, shown) = shell(&story, HookCommand::Show { delivery: 2 }).await;
    assert!(shown.ends_with("\nskipped(already_closed)\n"), "{shown}");
    mapped(&story, &hook, &reopened("T-1", "desk:1")).await;
    mapped(&story, &hook, &closed("T-1", "desk:1")).await;
    let states: Vec<String> =
        log(&story, "desk").await.iter().map(|line| line.split('-').next().unwrap().to_owned()).collect();
    assert_eq!(
        states,
        ["event  desk", "skipped(already_closed)", "skipped(already_closed)", "event  desk", "event  desk"]
    );
    let events = log(&story, "desk").await;
    let id = |line: &str| line.split("  ").nth(1).unwrap().to_owned();
    assert_eq!(story.state(&id(&events[0])).await, "suppressed(cancelled)");
    assert_eq!(story.state(&id(&events[4])).await, "waiting_for_link");
    story.end().await;
}

#[tokio::test]
pub async fn the_same_delivery_at_once_and_after_a_stop_before_it_was_mapped_is_one_event() {
    let mut story = Story::new().await;
    let hook = live(&story, "shop", "paste").await;
    let order = json!({"event_id": "order-1", "kind": "purchase", "customer": {"id": "C-1"}}).to_string();
    let five = (0..5).map(|_| deliver(&story, &hook, JSON, &order));
    let replies = futures_util::future::join_all(five).await;
    assert!(replies.iter().all(|(status, _)| *status == 200), "{replies:?}");
    story.restart().await;
    story.advance(LOOK).await;
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for line in log(&story, "shop").await {
        *states.entry(line).or_default() += 1;
    }
    assert_eq!(states, BTreeMap::from([("event  order-1".to_owned(), 1), ("known  order-1".to_owned(), 4)]));
    // An edit of the order comes under its ID too: it is known, and the first content stays.
    let edited =
        json!({"event_id": "order-1", "kind": "purchase", "customer": {"id": "C-1"}, "store": "msk-2"});
    mapped(&story, &hook, &edited).await;
    assert_eq!(log(&story, "shop").await.last().unwrap(), "known(occurred_at, store)  order-1");
    story.end().await;
}

#[tokio::test]
pub async fn ten_deliveries_without_a_customers_id_are_ten_failures_and_no_customer() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    for ticket in 0..10 {
        mapped(&story, &hook, &closed(&ticket.to_string(), "")).await;
    }
    assert_eq!(log(&story, "desk").await, vec!["failed(customer.id: absent)"; 10]);
    assert_eq!(
        deliver(&story, &hook, JSON, "{broken").await.0,
        200,
        "a mistake of ours is never the sender's"
    );
    story.advance(LOOK).await;
    assert!(log(&story, "desk").await[10].starts_with("failed(malformed: not valid JSON at line 1"));
    let replayed = shell(&story, HookCommand::Replay { deliveries: vec![1] }).await;
    assert_eq!(replayed.0, 0);
    story.advance(LOOK).await;
    assert_eq!(log(&story, "desk").await[0], "failed(customer.id: absent)");
    story.end().await;
}

#[tokio::test]
pub async fn what_waits_to_be_mapped_is_bounded_for_each_hook() {
    let story = Story::new().await;
    let (hook, other) = (live(&story, "desk", "paste").await, live(&story, "shop", "paste").await);
    let body = closed("T-1", "desk:1").to_string();
    // One that is almost as large as everything that may wait.
    story
        .sql(
            "INSERT INTO deliveries (hook, received_at, headers, query, body, bytes, state) \
             VALUES (1, 1795262400000, '[]', '[]', '', 67108860, 'received')",
        )
        .await;
    assert_eq!(deliver(&story, &hook, JSON, &body).await.0, 503, "the sender comes again");
    assert_eq!(deliver(&story, &other, JSON, &body).await.0, 200, "it holds up no other");
    story.advance(LOOK).await;
    assert_eq!(deliver(&story, &hook, JSON, &body).await.0, 200);
    story.advance(LOOK).await;
    let states = [log(&story, "desk").await.len(), log(&story, "shop").await.len()];
    assert_eq!(states, [2, 1]);
    story.end().await;
}

#[tokio::test]
pub async fn a_revoked_hook_is_unknown_and_its_token_is_nowhere() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    let token = hook.rsplit('/').next().unwrap();
    assert_eq!(deliver(&story, "/hooks/wrong", JSON, "{}").await.0, 404);
    mapped(&story, &hook, &closed("T-1", "desk:1")).await;
    let metrics = story.text("/metrics").await;
    assert!(
        metrics.contains(r#"afterword_hook_deliveries_total{hook="desk",outcome="event"} 1"#),
        "{metrics}"
    );
    assert!(!metrics.contains(token));
    let file = story.running.db.file().unwrap();
    let mut database = std::fs::read(file).unwrap();
    database.extend(std::fs::read(format!("{}-wal", file.display())).unwrap());
    let is_stored = |text: &str| database.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(is_stored("desk-ticket_closed-T-1@") && !is_stored(token), "only its hash is stored");
    shell(&story, HookCommand::Revoke { name: "desk".to_owned() }).await;
    noticed(&story).await;
    let (status, reply) = deliver(&story, &hook, JSON, "{}").await;
    assert_eq!(status, 404);
    assert!(!reply.contains(token), "{reply}");
    story.end().await;
}

/// A sample of `fixtures/hooks` with its body and headers.
fn sample(name: &str) -> (String, Vec<(String, String)>) {
    let path = format!("{}/tests/it/fixtures/hooks/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let sample: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let headers = sample["request"]["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    (sample["request"]["body"].as_str().unwrap().to_owned(), headers)
}

async fn deliver_sample(story: &Story, hook: &str, name: &str) -> u16 {
    let (body, headers) = sample(name);
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    deliver(story, hook, &headers, &body).await.0
}

#[tokio::test]
pub async fn a_forged_address_of_yookassa_is_refused_unless_a_trusted_proxy_says_it() {
    let direct = Story::new().await;
    let hook = live(&direct, "pay", "yookassa").await;
    direct.jump_to("2026-11-21T12:05:00Z").await;
    assert_eq!(
        deliver_sample(&direct, &hook, "yookassa/payment_succeeded").await,
        401,
        "X-Forwarded-For is anybody's"
    );
    direct.end().await;

    let story = Setting::new().await.set("TRUSTED_PROXIES", "127.0.0.1").start().await;
    let hook = live(&story, "pay", "yookassa").await;
    story.jump_to("2026-11-21T12:05:00Z").await;
    assert_eq!(deliver_sample(&story, &hook, "yookassa/foreign_address").await, 401);
    assert_eq!(deliver_sample(&story, &hook, "yookassa/payment_succeeded").await, 200);
    assert_eq!(deliver_sample(&story, &hook, "yookassa/refund_succeeded").await, 200);
    story.advance(LOOK).await;
    assert_eq!(
        log(&story, "pay").await,
        [
            "event  yookassa-22d6d597-000f-5000-9000-000000000001",
            "event  yookassa-21b23b5b-000f-5061-a000-000000000002",
        ],
        "a refund takes its customer from the payment"
    );
    assert_eq!(story.state("yookassa-22d6d597-000f-5000-9000-000000000001").await, "suppressed(cancelled)");
    story.end().await;
}

#[tokio::test]
pub async fn a_signature_is_checked_over_the_bytes_once_there_is_a_secret() {
    let story = Story::new().await;
    let hook = live(&story, "chat", "chatwoot").await;
    story.jump_to("2026-11-21T12:05:00Z").await;
    assert_eq!(deliver_sample(&story, &hook, "chatwoot/conversation_resolved").await, 200, "no secret yet");
    // The secret before the newest stays valid while the other system is changed, and no longer.
    let secrets = ["another-secret", "chatwoot-webhook-secret-for-tests", "the-next", "the-one-after"];
    for (secret, status) in secrets.into_iter().zip([401, 200, 200, 401]) {
        let mut unit = story.unit().await;
        let row = unit.tx.find_hook("chat").await.unwrap().unwrap();
        afterword::service::hooks::add_secret(&mut unit, &row, secret).await.unwrap().unwrap();
        unit.commit().await.unwrap();
        noticed(&story).await;
        assert_eq!(deliver_sample(&story, &hook, "chatwoot/conversation_reopened").await, status);
    }
    let shop = live(&story, "shop", "woocommerce").await;
    let mut unit = story.unit().await;
    let row = unit.tx.find_hook("shop").await.unwrap().unwrap();
    afterword::service::hooks::add_secret(&mut unit, &row, "woo-secret-for-tests").await.unwrap().unwrap();
    unit.commit().await.unwrap();
    noticed(&story).await;
    assert_eq!(deliver_sample(&story, &shop, "woocommerce/ping").await, 200, "never signed");
    assert_eq!(deliver_sample(&story, &shop, "woocommerce/order_completed").await, 200);
    let (body, _) = sample("woocommerce/order_completed");
    assert_eq!(deliver(&story, &shop, JSON, &body).await.0, 401, "no signature");
    story.advance(LOOK).await;
    assert_eq!(log(&story, "shop").await, ["skipped(ping)", "event  woo-order-1001"]);
    let listed = story.running.db.read().await.unwrap().list_hooks().await.unwrap();
    assert_eq!((listed[0].refused, listed[1].refused), (2, 1));
    let metrics = story.text("/metrics").await;
    assert!(
        metrics.contains(r#"afterword_hook_deliveries_total{hook="chat",outcome="refused"} 2"#),
        "{metrics}"
    );
    story.end().await;
}

#[tokio::test]
pub async fn an_erased_customer_is_in_no_delivery_and_what_is_old_goes_by_itself() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    let watched = watching(&story, "trial", "paste").await;
    mapped(&story, &hook, &closed("T-1", "desk:anna")).await;
    // It is closed already, and still hers.
    mapped(&story, &hook, &closed("T-1", "desk:anna")).await;
    mapped(&story, &watched, &closed("T-9", "trial:boris")).await;
    mapped(&story, &hook, &closed("T-2", "desk:vera")).await;
    assert_eq!(story.delete("/v1/customers/desk:anna").await.0, 200);
    assert_eq!(story.delete("/v1/customers/trial:boris").await.0, 200, "no customer yet, but delivered");
    let mut tx = story.running.db.read().await.unwrap();
    let left = tx.list_deliveries(1, 10).await.unwrap();
    let bodies: Vec<bool> = left.iter().map(|row| row.body.is_empty()).collect();
    assert_eq!(bodies, [false, true, true]);
    assert!(tx.list_deliveries(2, 10).await.unwrap()[0].body.is_empty());
    drop(tx);
    let shown = shell(&story, HookCommand::Show { delivery: left[1].id }).await;
    assert!(!shown.1.contains("Анна") && !shown.1.contains("desk:anna"), "{}", shown.1);
    story.advance(hours(24 * 8)).await;
    assert!(log(&story, "desk").await.is_empty());
    story.end().await;
}

#[tokio::test]
pub async fn a_delivery_is_shown_with_every_field_and_a_changed_mapping_with_its_differences() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "okdesk").await;
    story.jump_to("2026-11-21T12:05:00Z").await;
    assert_eq!(deliver_sample(&story, &hook, "okdesk/ticket_closed").await, 200);
    story.advance(LOOK).await;
    let (_, shown) = shell(&story, HookCommand::Show { delivery: 1 }).await;
    for told in [
        "event  okdesk-153@1795262645",
        "rule 1",
        "customer.id               okdesk:21    = cat('okdesk:', issue.client.contact.id) or cat('okdesk:company-', issue.client.company.id)",
        "it is known already",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let set = |value: &str| HookCommand::Set {
        name: "desk".to_owned(),
        values: vec![value.to_owned()],
        preset: None,
    };
    let (_, differences) = shell(&story, set("closed=archived")).await;
    assert_eq!(differences, "1  okdesk-153@1795262645  ->  skipped(no_rule)\n");
    let (_, differences) = shell(&story, set("telegram_field=other")).await;
    assert_eq!(differences, "");
    story.end().await;
}

#[tokio::test]
pub async fn an_admin_connects_a_system_in_telegram_and_nothing_shown_there_outlives_its_customer() {
    let story = Setting::new().await.set("PUBLIC_URL", "https://afterword.shop.example").start().await;
    let lead = story.lead;
    story.start(lead).await;
    story.say(lead, "/hooks").await;
    assert!(story.last(lead).contains("Пока ни одной"), "{}", story.last(lead));
    story.tap(lead, "Подключить").await;
    story.tap(lead, "Своя система").await;
    let made = story.last(lead);
    let at = made.find("https://afterword.shop.example").unwrap_or_else(|| panic!("no address in {made}"));
    let path = made[at..]
        .split_whitespace()
        .next()
        .unwrap()
        .trim_start_matches("https://afterword.shop.example")
        .to_owned();
    noticed(&story).await;
    mapped(&story, &path, &closed("T-1", "desk:anna")).await;
    let told = story.last(lead);
    for line in ["customer.name: Анна", "customer.name", "станет событием", "[ ✅ Всё верно, включить ]"]
    {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert_eq!(story.tap(lead, "Всё верно").await, "Теперь доставки становятся событиями");
    assert!(story.last(lead).contains("paste — "), "{}", story.last(lead));
    story.tap(lead, "Настройки").await;
    story.say(lead, "tz=Mars").await;
    assert!(story.last(lead).contains("Так не подойдёт"), "{}", story.last(lead));
    story.say(lead, "tz=Asia/Yekaterinburg").await;
    assert!(story.last(lead).contains("разбираются так же, как раньше"), "{}", story.last(lead));
    assert!(story.last(lead).contains("tz=Asia/Yekaterinburg"), "{}", story.last(lead));
    noticed(&story).await;
    mapped(&story, &path, &closed("T-2", "desk:anna")).await;
    story.tap(lead, "Обновить").await;
    story.tap(lead, "№ 2").await;
    assert!(story.chat(lead).contains("Анна"));
    assert_eq!(story.delete("/v1/customers/desk:anna").await.0, 200);
    assert!(!story.chat(lead).contains("Анна"), "{}", story.chat(lead));
    let visitor = story.person("Борис");
    story.say(visitor, "/hooks").await;
    assert!(!story.last(visitor).contains("paste"), "{}", story.last(visitor));
    story.end().await;
}

#[tokio::test]
async fn whoever_only_looks_whether_the_address_is_there_delivers_nothing() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    let head = async |path: &str| {
        let url = format!("http://{}{path}", story.running.addr);
        reqwest::Client::new().head(url).send().await.unwrap().status().as_u16()
    };
    let path = &hook[hook.find("/hooks/").unwrap()..];
    assert_eq!((head(path).await, head("/hooks/unknown").await), (200, 404));
    noticed(&story).await;
    assert_eq!(log(&story, "desk").await, [""; 0]);
    story.end().await;
}
