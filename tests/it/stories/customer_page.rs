//! The page of one customer: whether the bot reaches them, and everything about them as a file.

use afterword::domain::staff::Role;
use serde_json::{Value, json};

use super::pages::member;
use crate::harness::{Reader, Story, hours};

/// What the page says about the way to a customer.
async fn reach(reader: &Reader, customer: &str) -> String {
    let page = reader.open(&format!("/customers/{customer}")).await;
    let (_, after) = page.html.split_once("<h2>Связь</h2></header>").expect("a panel");
    after.split_once("</section>").unwrap().0.replace("<p class=\"say\">", "").replace("</p>", "\n")
}

#[tokio::test]
pub async fn the_page_says_whether_the_bot_reaches_a_customer() {
    let story = Story::new().await;
    let lead = story.signed_in(story.lead).await;
    let anna = story.customer("Анна", "C-1").await;
    assert_eq!(reach(&lead, "C-1").await, "Бот может писать клиенту в Telegram.\n");
    story.say(anna, "/stop").await;
    let stopped = "21 ноября 2026 клиент отказался от опросов и больше их не получает.\n";
    assert_eq!(reach(&lead, "C-1").await, stopped);
    story.world.block(anna.id);
    story.settle().await;
    let blocked = "Клиент заблокировал бота: опросы и ответы до него не доходят.\n";
    assert_eq!(reach(&lead, "C-1").await, format!("{blocked}{stopped}"));
    story.purchase("2", "C-2", json!({})).await;
    assert!(reach(&lead, "C-2").await.starts_with("Чата с клиентом нет"));
    let carl = story.person("Карл");
    story.purchase("3", "C-3", json!({ "customer": { "telegram_id": carl.id } })).await;
    assert!(reach(&lead, "C-3").await.starts_with("Telegram клиента известен, но боту он ещё не писал."));
    story.advance(hours(3)).await;
    assert!(reach(&lead, "C-3").await.starts_with("Боту нельзя писать клиенту"));
    story.end().await;
}

#[tokio::test]
pub async fn everything_about_a_customer_is_a_file_for_admins() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    let admin = story.signed_in(story.lead).await;
    let page = admin.open("/customers/C-1").await;
    assert!(page.html.contains("href=\"/customers/C-1/record\""), "{}", page.html);
    let file = admin.get("/customers/C-1/record").await;
    let name = file.headers["content-disposition"].to_str().unwrap();
    assert_eq!((file.status, name), (200, "attachment; filename=\"afterword-customer-C-1.json\""));
    assert_eq!(file.headers["cache-control"], "no-store");
    let (_, mut record) = story.get("/v1/customers/C-1").await;
    // Whoever taps a link first becomes the customer.
    for link in record["links"].as_array_mut().unwrap() {
        link["token"] = Value::Null;
    }
    assert_eq!(serde_json::from_str::<Value>(&file.html).unwrap(), record);
    let maria = member(&story, "Мария", Role::Lead, None).await;
    let lead = story.signed_in(maria).await;
    assert!(!lead.open("/customers/C-1").await.html.contains("/record"));
    assert_eq!(lead.get("/customers/C-1/record").await.status, 403);
    let olga = member(&story, "Ольга", Role::Agent, Some("a-1")).await;
    assert_eq!(story.signed_in(olga).await.get("/customers/C-1/record").await.status, 404);
    assert_eq!(story.reader().get("/customers/C-1/record").await.leads_to(), "/login");
    story.delete("/v1/customers/C-1").await;
    for path in ["/customers/C-1", "/customers/C-1/record", "/customers/C-99"] {
        let gone = admin.get(path).await;
        assert_eq!((gone.status, gone.heading().as_str()), (404, "Такого клиента нет"), "{path}");
    }
    story.end().await;
}
